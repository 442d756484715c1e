// SPDX-License-Identifier: GPL-3.0-or-later
/* Damaged workbooks and files of statistics programs: what a fuzzer found, and each seed with bytes changed. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/file.h>

#include "support/test.h"
#include "support/workbook.h"

/* The last name of a label set fills its place in the file and has no end. */
static void a_label_name_without_an_end(void **state)
{
    (void)state;
    char *text =
        dump_file(source_path("tests/fuzz/corpus/readstat/unterminated-label-name"), NULL, NULL, NULL);
    assert_non_null(strstr(text, "ERROR test"));
    free(text);
}

static void change_bytes(const char *path)
{
    static const unsigned char BYTES[] = {0x00, 0x7F, 0xFF};
    enum { PLACES = 150 };
    char *bytes;
    size_t length, changed = 0;
    struct uf_error error;
    assert_ok(uf_file_read(path, 0, &bytes, &length, &error), &error);
    for (size_t at = 0; at < length; at += 1 + length / PLACES)
        for (size_t i = 0; i < sizeof BYTES; i++) {
            char before = bytes[at];
            bytes[at] = (char)BYTES[i];
            char *text = dump_bytes("test", bytes, length, NULL, NULL, NULL);
            assert_true(!text || strncmp(text, "ERROR ", 6) != 0 || strlen(text) > 20);
            free(text);
            bytes[at] = before;
            changed++;
        }
    print_message("%s: %zu changes\n", path, changed);
    free(bytes);
}

static void statistics_files_with_changed_bytes(void **state)
{
    (void)state;
    char folder[512], path[1024];
    snprintf(folder, sizeof folder, "%s", source_path("tests/fuzz/corpus/readstat"));
    DIR *directory = opendir(folder);
    assert_non_null(directory);
    for (struct dirent *entry; (entry = readdir(directory));) {
        if (entry->d_name[0] == '.') continue;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        change_bytes(path);
    }
    closedir(directory);
}

/* Of the archive itself: its directory, sizes and check sums. */
static void a_workbook_with_changed_bytes(void **state)
{
    (void)state;
    size_t length;
    char *bytes =
        make_workbook("<worksheet><sheetData><row><c t='str'><v>lan</v></c><c><v>2018</v></c></row><row>"
                      "<c t='str'><v>01</v></c><c><v>5</v></c></row></sheetData></worksheet>",
                      "<sst/>", "<styleSheet/>", &length);
    char path[512];
    snprintf(path, sizeof path, "%s/workbook.xlsx", scratch_directory());
    FILE *file = fopen(path, "wb");
    assert_int_equal(fwrite(bytes, 1, length, file), length);
    fclose(file);
    free(bytes);
    change_bytes(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_label_name_without_an_end),
                                       cmocka_unit_test(statistics_files_with_changed_bytes),
                                       cmocka_unit_test(a_workbook_with_changed_bytes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
