// SPDX-License-Identifier: GPL-3.0-or-later
/* Workbooks that agencies published, against the CSV files that were made of the same sheets by other means. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/import.h>
#include <utfall/number.h>
#include <utfall/store.h>

#include "support/store_fixture.h"
#include "support/test.h"
#include "support/workbook.h"

#define FOLDER "realdata/scb/region_dalarna/"

static uf_status import_path(struct uf_store *store, const char *path, size_t *out_imported,
                             struct uf_error *error)
{
    const struct uf_import_request request = {
        .path = path, .indicator = {.code = "x"}, .unknown_regions = UF_UNKNOWN_SKIP};
    struct uf_import_summary summary = {0};
    uf_status status = uf_import_file(store, &request, &summary, error);
    *out_imported = summary.imported;
    uf_import_summary_clear(&summary);
    return status;
}

static void unemployment_by_county_is_the_same_in_both(void **state)
{
    (void)state;
    char workbook[4096];
    snprintf(workbook, sizeof workbook, "%s", need_shared(FOLDER "arbetsmarknadsstatus_lan.xlsx"));
    const char *twin = need_shared(FOLDER "arbetsmarknadsstatus_lan__Sheet_1.csv");
    struct raw_csv csv = raw_csv_read(twin);
    struct uf_buffer expected = {0};
    for (size_t i = 0; i < csv.n_rows; i++) {
        char number[UF_NUMBER_SIZE], end[64];
        for (size_t j = 0; j + 1 < csv.n_columns; j++) {
            if (!strcmp(csv.header[j], "region"))
                continue; /* labels of regionkod, no dimension of their own */
            uf_buffer_append(&expected, j ? "|" : "");
            uf_buffer_append(&expected, csv.cell[i * csv.n_columns + j]);
        }
        snprintf(end, sizeof end, "=%s @'Sheet 1'!G%zu\n",
                 uf_number_print(raw_csv_number(&csv, i, csv.n_columns - 1), number), i + 2);
        uf_buffer_append(&expected, end);
    }
    char *text = dump_file(workbook, NULL, NULL, NULL);
    assert_int_equal(csv.n_rows, 66);
    assert_string_equal(text, expected.data);
    free(text);
    uf_buffer_clear(&expected);
    raw_csv_free(&csv);
    struct uf_store *store = store_with_regions(":memory:");
    struct uf_error error;
    size_t imported;
    assert_ok(import_path(store, workbook, &imported, &error), &error);
    double sum = query_number(store, "SELECT sum(value) FROM observations");
    size_t stored = imported;
    uf_store_close(store);
    store = store_with_regions(":memory:");
    assert_ok(import_path(store, twin, &imported, &error), &error);
    assert_int_equal(imported, stored);
    assert_true(stored > 0);
    expect_close(query_number(store, "SELECT sum(value) FROM observations"), sum, 0, "sum");
    uf_store_close(store);
}

/* A title, an empty row, a header over the values alone. */
static void new_firms_by_quarter_are_the_same_in_both(void **state)
{
    (void)state;
    char workbook[4096], line[256];
    snprintf(workbook, sizeof workbook, "%s", need_shared(FOLDER "Tillvaxtananalys_2024_08_21.xlsx"));
    FILE *file = fopen(need_shared(FOLDER "Tillvaxtananalys_2024_08_21__BE0101G9.csv"), "r");
    assert_non_null(file);
    struct uf_buffer expected = {0};
    for (size_t n = 0; fgets(line, sizeof line, file); n++) {
        if (n < 2) continue;
        char *value = strrchr(line, ','), *region = strchr(line, ','), place[32];
        assert_true(value > region);
        *value = *region = '\0';
        value[1 + strcspn(value + 1, "\r\n")] = '\0';
        uf_buffer_append(&expected, line);
        uf_buffer_append(&expected, "|");
        uf_buffer_append(&expected, region + 1);
        uf_buffer_append(&expected, "=");
        uf_buffer_append(&expected, value + 1);
        snprintf(place, sizeof place, " @BE0101G9!C%zu\n", n + 2);
        uf_buffer_append(&expected, place);
    }
    fclose(file);
    char *notes, *facts, *text = dump_file(workbook, NULL, &notes, &facts);
    assert_string_equal(text, expected.data);
    assert_non_null(
        strstr(facts, "Nystartade f\xC3\xB6retag 2011- efter kvartal, l\xC3\xA4n och variabel\n"));
    assert_non_null(strstr(notes, "the value is taken from column antal nystartade f\xC3\xB6retag\n"));
    free(text), free(notes), free(facts);
    uf_buffer_clear(&expected);
    struct uf_store *store = store_with_regions(":memory:");
    struct uf_error error;
    size_t imported;
    assert_ok(import_path(store, workbook, &imported, &error), &error);
    assert_int_equal(imported, 53);
    uf_store_close(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(unemployment_by_county_is_the_same_in_both),
                                       cmocka_unit_test(new_firms_by_quarter_are_the_same_in_both)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
