// SPDX-License-Identifier: GPL-3.0-or-later
/* Each seed of the fuzzer cut off at each byte, and with each byte turned into another: refused with a sentence, or
 * read to the end. */
#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "import/format.h"
#include "support/test.h"

static const char *const FORMATS[] = {NULL, "json-stat", "pxweb-json", "kolada"};

/* True where the bytes are a file that can be read. */
static bool reads(const char *bytes, size_t length, const char *format)
{
    const struct uf_reader_wishes wishes = {0};
    struct uf_error error = {0};
    struct uf_input *input = NULL;
    struct uf_reader reader;
    if (uf_input_open_memory("broken", bytes, length, NULL, &input, &error) != UF_OK) return false;
    bool open = uf_reader_open(input, format, &wishes, &reader, &error) == UF_OK;
    if (!open) {
        assert_true(error.message[0] != '\0');
        assert_string_equal(error.file, "broken");
    }
    for (bool more = open; more;) {
        struct uf_cell cell;
        assert_ok(reader.format->next(&reader, &cell, &more, &error), &error);
        if (more && cell.is_read) assert_int_equal(isnan(cell.value) != 0, uf_value_is_missing(cell.status));
    }
    if (open) uf_reader_close(&reader);
    uf_input_close(input);
    return open;
}

static void break_seed(const char *path)
{
    static char bytes[1 << 13];
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    size_t length = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    assert_true(length > 0 && length < sizeof bytes);
    while (strchr(" \n", bytes[length - 1])) length--;
    for (size_t f = 0; f < sizeof FORMATS / sizeof *FORMATS; f++) {
        for (size_t n = 1; n < length; n++)
            if (reads(bytes, n, FORMATS[f])) fail_msg("%s cut off after %zu bytes was accepted", path, n);
        for (size_t n = 0; n < length; n++) {
            static const char OTHERS[] = {'"', '}', ']', ',', '0', 'x', '\\'};
            char kept = bytes[n];
            for (size_t i = 0; i < sizeof OTHERS; i++) {
                bytes[n] = OTHERS[i];
                (void)reads(bytes, length, FORMATS[f]);
            }
            bytes[n] = kept;
        }
    }
}

static void broken_seeds_are_refused(void **state)
{
    (void)state;
    size_t seeds = 0;
    char folder[512];
    snprintf(folder, sizeof folder, "%s", source_path("tests/fuzz/corpus/json"));
    DIR *directory = opendir(folder);
    assert_non_null(directory);
    for (struct dirent *entry = readdir(directory); entry; entry = readdir(directory)) {
        char path[1024];
        if (entry->d_name[0] == '.') continue;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        break_seed(path);
        seeds++;
    }
    closedir(directory);
    assert_true(seeds >= 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(broken_seeds_are_refused)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
