// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/test.h"

#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <utfall/file.h>
#include <utfall/report.h>

static struct uf_error error;

static struct uf_table *new_table(const char *name)
{
    struct uf_table *table;
    assert_ok(uf_table_new(name, &table, &error), &error);
    assert_ok(uf_table_set_title(table, "Löner & \"mer\"", &error), &error);
    assert_ok(uf_table_add_column(table, "label", UF_COLUMN_TEXT, NULL, -1, NULL, &error), &error);
    assert_ok(uf_table_add_column(table, "period", UF_COLUMN_NUMBER, NULL, 0, NULL, &error), &error);
    assert_ok(uf_table_add_column(table, "value", UF_COLUMN_NUMBER, "kr", 2, NULL, &error), &error);
    for (size_t i = 0; i < 3; i++) {
        assert_ok(uf_table_add_row(table, NULL, &error), &error);
        assert_ok(uf_table_set_text(table, i, 0, i == 0 ? "=1+1" : "<b>&", &error), &error);
        assert_ok(uf_table_set_number(table, i, 1, 2017, &error), &error);
        assert_ok(uf_table_set_value(table, i, 2, 1234.5 * (double)i,
                                     i == 2 ? UF_VALUE_SUPPRESSED : UF_VALUE_OBSERVED, &error),
                  &error);
    }
    return table;
}

static void need_unzip(void)
{
    if (system("command -v unzip >/dev/null 2>&1") == 0) return;
    print_message("unzip is not installed: skipped\n");
    skip();
}

/* A part of the archive as text. */
static char *unzip_part(const char *path, const char *part)
{
    char command[2048];
    snprintf(command, sizeof command, "unzip -p '%s' '%s'", path, part);
    FILE *pipe = popen(command, "r");
    assert_non_null(pipe);
    struct uf_buffer text;
    uf_buffer_init(&text);
    char block[4096];
    for (size_t n; (n = fread(block, 1, sizeof block, pipe)) > 0;) uf_buffer_append_bytes(&text, block, n);
    assert_int_equal(pclose(pipe), 0);
    return uf_buffer_take(&text);
}

static void same_tables_give_the_same_bytes_at_another_time(void **state)
{
    (void)state;
    struct uf_table *table = new_table("pay");
    const struct uf_table *tables[] = {table};
    char *a = uf_path_join(scratch_directory(), "a.xlsx"), *b = uf_path_join(scratch_directory(), "b.xlsx");
    assert_ok(uf_tables_write_xlsx(tables, 1, a, &error), &error);
    /* the clock inside a workbook has whole seconds */
    nanosleep(&(struct timespec){.tv_sec = 1, .tv_nsec = 100000000}, NULL);
    assert_ok(uf_tables_write_xlsx(tables, 1, b, &error), &error);
    char *x, *y;
    size_t n, m;
    assert_ok(uf_file_read(a, 0, &x, &n, &error), &error);
    assert_ok(uf_file_read(b, 0, &y, &m, &error), &error);
    assert_int_equal(n, m);
    assert_memory_equal(x, y, n);
    assert_memory_equal(x, "PK", 2);
    /* no temporary file is left */
    DIR *folder = opendir(scratch_directory());
    size_t files = 0;
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;) files += entry->d_name[0] != '.';
    closedir(folder);
    assert_int_equal(files, 2);
    free(x);
    free(y);
    free(a);
    free(b);
    uf_table_free(table);
}

static void cells_are_numbers_texts_and_remarks_never_formulas(void **state)
{
    (void)state;
    need_unzip();
    struct uf_table *table = new_table("pay");
    const struct uf_table *tables[] = {table};
    char *path = uf_path_join(scratch_directory(), "cells.xlsx");
    assert_ok(uf_tables_write_xlsx(tables, 1, path, &error), &error);
    char *sheet = unzip_part(path, "xl/worksheets/sheet2.xml");
    assert_null(strstr(sheet, "<f>"));
    assert_non_null(strstr(sheet, "<v>1234.5</v>"));
    assert_null(strstr(sheet, "NAN"));
    assert_null(strstr(sheet, "nan"));
    assert_null(strstr(sheet, "r=\"C4\""));     /* the suppressed number is an empty cell */
    assert_non_null(strstr(sheet, "r=\"D4\"")); /* with its reason beside it */
    char *strings = unzip_part(path, "xl/sharedStrings.xml");
    assert_non_null(strstr(strings, "value_status"));
    assert_non_null(strstr(strings, "suppressed"));
    assert_non_null(strstr(strings, "&lt;b&gt;&amp;"));
    assert_non_null(strstr(strings, "=1+1"));
    char *styles = unzip_part(path, "xl/styles.xml");
    assert_true(strstr(styles, "#,##0.00") != NULL || strstr(styles, "numFmtId=\"4\"") != NULL);
    free(sheet);
    free(strings);
    free(styles);
    free(path);
    uf_table_free(table);
}

static void sheet_names_are_cut_cleaned_and_unique(void **state)
{
    (void)state;
    need_unzip();
    static const char long_name[] = "a-very-long-name-of-a-table-that-does-not-fit";
    struct uf_table *made[] = {new_table(long_name),  new_table(long_name), new_table("a/b:c[d]*?'"),
                               new_table("CONTENTS"), new_table("history"), new_table("")};
    const struct uf_table *tables[6];
    for (size_t i = 0; i < 6; i++) tables[i] = made[i];
    char *path = uf_path_join(scratch_directory(), "names.xlsx");
    assert_ok(uf_tables_write_xlsx(tables, 6, path, &error), &error);
    char *book = unzip_part(path, "xl/workbook.xml");
    static const char *const names[] = {"contents",
                                        "a-very-long-name-of-a-table-tha",
                                        "a-very-long-name-of-a-table-t-2",
                                        "a-b-c-d----",
                                        "CONTENTS-2",
                                        "history-2",
                                        "table"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char expected[64];
        snprintf(expected, sizeof expected, "<sheet name=\"%s\"", names[i]);
        if (strstr(book, expected) == NULL) fail_msg("no %s in %s", expected, book);
    }
    free(book);
    free(path);
    for (size_t i = 0; i < 6; i++) uf_table_free(made[i]);
}

static void no_tables_still_make_a_workbook(void **state)
{
    (void)state;
    char *path = uf_path_join(scratch_directory(), "none.xlsx");
    assert_ok(uf_tables_write_xlsx(NULL, 0, path, &error), &error);
    assert_true(uf_file_exists(path));
    free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(same_tables_give_the_same_bytes_at_another_time),
                                       cmocka_unit_test(cells_are_numbers_texts_and_remarks_never_formulas),
                                       cmocka_unit_test(sheet_names_are_cut_cleaned_and_unique),
                                       cmocka_unit_test(no_tables_still_make_a_workbook)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
