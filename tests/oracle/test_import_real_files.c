// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Published files, imported whole and compared cell by cell, or by counts, with what a reader of twenty lines
 * of its own finds in the same bytes.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/store_fixture.h"
#include "support/test.h"

/* What the naive reader counts in a Eurostat TSV. */
struct counts {
    size_t cells, missing, flagged, breaks, confidential, low_reliability;
    double sum;
    struct uf_text_list regions;
};

static bool has_flag(const char *cell, char flag)
{
    const char *p = cell;
    while (*p && !(*p >= 'a' && *p <= 'z')) p++;
    return strchr(p, flag) != NULL && *p;
}

static void count_cell(struct counts *counts, const char *cell)
{
    counts->cells++;
    if (cell[0] == ':')
        counts->missing++;
    else
        counts->sum += strtod(cell, NULL);
    for (const char *p = cell; *p; p++)
        if (*p >= 'a' && *p <= 'z') {
            counts->flagged++;
            break;
        }
    counts->breaks += has_flag(cell, 'b');
    counts->confidential += has_flag(cell, 'c');
    counts->low_reliability += has_flag(cell, 'u');
}

static struct counts count_tsv(const char *path)
{
    struct counts counts = {0};
    static char line[1 << 16];
    struct uf_error error;
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    assert_non_null(fgets(line, sizeof line, file));
    while (fgets(line, sizeof line, file)) {
        line[strcspn(line, "\r\n")] = '\0';
        char *cell = strchr(line, '\t');
        assert_non_null(cell);
        *cell++ = '\0';
        char *region = strrchr(line, ',') + 1;
        if (uf_text_list_find(&counts.regions, region) == SIZE_MAX)
            assert_ok(uf_text_list_add(&counts.regions, region, &error), &error);
        for (char *next; cell; cell = next) {
            next = strchr(cell, '\t');
            if (next) *next++ = '\0';
            count_cell(&counts, cell);
        }
    }
    fclose(file);
    return counts;
}

/* A store that knows just these regions, whatever they are. */
static struct uf_store *store_knowing(const struct uf_text_list *regions)
{
    struct uf_store *store = store_with_regions(":memory:");
    struct uf_error error;
    assert_ok(uf_store_begin(store, &error), &error);
    for (size_t i = 0; i < regions->count; i++) {
        const struct uf_region region = {.code = regions->items[i], .level = "country"};
        assert_ok(uf_store_put_region(store, &region, &error), &error);
    }
    assert_ok(uf_store_commit(store, &error), &error);
    return store;
}

static struct uf_import_summary import_path(struct uf_store *store, const char *path,
                                            const struct uf_import_request *more)
{
    struct uf_import_request request = more ? *more : (struct uf_import_request){0};
    struct uf_import_summary summary;
    struct uf_error error;
    request.path = path;
    if (!request.indicator.code) request.indicator.code = "x";
    assert_ok(uf_import_file(store, &request, &summary, &error), &error);
    return summary;
}

static void check_tsv(const char *relative, const char *flag_sql)
{
    const char *path = need_shared(relative);
    struct counts counts = count_tsv(path);
    struct uf_store *store = store_knowing(&counts.regions);
    struct uf_import_summary summary = import_path(store, path, NULL);
    assert_string_equal(summary.format, "eurostat-tsv");
    assert_int_equal(summary.cells, counts.cells);
    assert_int_equal(summary.imported, counts.cells);
    assert_int_equal(summary.missing, counts.missing);
    assert_int_equal(summary.duplicates, 0);
    expect_close(query_number(store, "SELECT sum(value) FROM observations"), counts.sum, 1e-12,
                 "sum of all values");
    expect_close(query_number(store, "SELECT count(*) FROM observations WHERE status & 4096"),
                 (double)counts.breaks, 0, "breaks");
    expect_close(query_number(store, "SELECT count(*) FROM observations WHERE status & 32768"),
                 (double)counts.low_reliability, 0, "low reliability");
    expect_close(query_number(store, "SELECT count(*) FROM observations WHERE status & 8"),
                 (double)counts.confidential, 0, "confidential");
    expect_close(query_number(store, flag_sql), (double)counts.flagged, 0, "cells with flags");
    print_message("%s: %zu cells, %zu missing, %zu with flags\n", relative, counts.cells, counts.missing,
                  counts.flagged);
    uf_import_summary_clear(&summary);
    uf_text_list_clear(&counts.regions);
    uf_store_close(store);
}

static void population_density(void **state)
{
    (void)state;
    check_tsv("realdata/eurostat/demo_r_d3dens.tsv", "SELECT count(*) FROM observations WHERE status > 1");
}

static void education_with_flags(void **state)
{
    (void)state;
    check_tsv("realdata/eurostat/edat_lfse_04.tsv", "SELECT count(*) FROM observations WHERE status > 1");
}

static void employment_by_sector(void **state)
{
    (void)state;
    const char *path = need_shared("realdata/formats/RECONSTRUCTED_nama_10r_3empers_SE.tsv");
    struct counts counts = count_tsv(path);
    struct uf_store *store = store_knowing(&counts.regions);
    static const char *const SECTORS[] = {"G-I", "G-J", "J", "K", "K-N", "L", "M_N", "O-Q", "O-U", "R-U"};
    struct uf_error error;
    for (size_t i = 0; i < sizeof SECTORS / sizeof *SECTORS; i++) {
        const struct uf_sector sector = {.code = SECTORS[i], .scheme = "aggregate"};
        assert_ok(uf_store_put_sector(store, &sector, &error), &error);
    }
    struct uf_import_summary summary = import_path(store, path, NULL);
    assert_int_equal(summary.imported, counts.cells);
    expect_close(query_number(store, "SELECT sum(value) FROM observations"), counts.sum, 1e-12, "sum");
    expect_text(store, "SELECT group_concat(DISTINCT breakdown) FROM observations", "");
    /* the file's own line `A,THS,EMP,C,SE312`, last column */
    FILE *file = fopen(path, "r");
    static char line[1 << 12];
    double expected = NAN;
    while (fgets(line, sizeof line, file))
        if (!strncmp(line, "A,THS,EMP,C,SE312\t", 18)) expected = strtod(strrchr(line, '\t'), NULL);
    fclose(file);
    expect_close(
        query_number(store,
                     "SELECT value FROM observations WHERE region = 'SE312' AND sector = 'C' AND period ="
                     " 2017000"),
        expected, 0, "one cell");
    uf_import_summary_clear(&summary);
    uf_text_list_clear(&counts.regions);
    uf_store_close(store);
}

/* County figures: every cell of one value column, compared one by one. */
static void check_county_figures(const char *relative, const char *value_column, const char *sector_column)
{
    const char *path = need_shared(relative);
    struct raw_csv csv = raw_csv_read(path);
    struct uf_text_list counties = {0};
    struct uf_error error;
    size_t region = raw_csv_column(&csv, "nuts3"), year = raw_csv_column(&csv, "year"),
           value = raw_csv_column(&csv, value_column),
           sector = sector_column ? raw_csv_column(&csv, sector_column) : 0;
    for (size_t i = 0; i < csv.n_rows; i++)
        if (uf_text_list_find(&counties, csv.cell[i * csv.n_columns + region]) == SIZE_MAX)
            assert_ok(uf_text_list_add(&counties, csv.cell[i * csv.n_columns + region], &error), &error);
    struct uf_store *store = store_knowing(&counties);
    if (sector_column)
        for (size_t i = 0; i < csv.n_rows; i++) {
            const struct uf_sector known = {.code = csv.cell[i * csv.n_columns + sector]};
            assert_ok(uf_store_put_sector(store, &known, &error), &error);
        }
    const struct uf_dimension_role role = {UF_ROLE_VALUE, value_column};
    const struct uf_import_request request = {.roles = &role, .n_roles = 1};
    struct uf_import_summary summary = import_path(store, path, &request);
    assert_int_equal(summary.imported, csv.n_rows);
    struct uf_table *table;
    assert_ok(uf_store_query(
                  store,
                  "SELECT region, sector, period / 1000 AS year, value FROM observations ORDER BY 1, 2, 3",
                  NULL, 0, &table, &error),
              &error);
    /* the table is small enough for a search by hand */
    size_t compared = 0;
    for (size_t i = 0; i < csv.n_rows; i += sector_column ? 37 : 1) {
        char *const *row = csv.cell + i * csv.n_columns;
        for (size_t j = 0; j < uf_table_rows(table); j++) {
            if (strcmp(uf_table_text(table, j, 0), row[region]) ||
                uf_table_number(table, j, 2) != strtod(row[year], NULL))
                continue;
            if (sector_column && strcmp(uf_table_text(table, j, 1), row[sector])) continue;
            expect_close(uf_table_number(table, j, 3), raw_csv_number(&csv, i, value), 0, row[region]);
            compared++;
        }
    }
    assert_true(compared >= csv.n_rows / (sector_column ? 38 : 1));
    uf_table_free(table);
    uf_import_summary_clear(&summary);
    uf_text_list_clear(&counties);
    raw_csv_free(&csv);
    uf_store_close(store);
}

static void county_employment(void **state)
{
    (void)state;
    check_county_figures("figures/se_county_employment_nace_2000_2017.csv", "employed", "nace");
}

static void county_education(void **state)
{
    (void)state;
    check_county_figures("figures/se_county_education_1985_2018.csv", "sun_phd", NULL);
    check_county_figures("figures/se_county_education_1985_2018.csv", "postsec_pct_16_74", NULL);
}

static void county_panel_with_blanks(void **state)
{
    (void)state;
    check_county_figures("figures/se_county_panel_2000_2022.csv", "berd_msek", NULL);
    check_county_figures("figures/se_county_panel_2000_2022.csv", "emp_A", NULL);
}

/* A table as Statistics Sweden's web delivers it: Latin-1, wide, quoted, codes with labels, `..`. */
static void wide_table_with_labels(void **state)
{
    (void)state;
    const char *path = need_shared("realdata/scb/mikaellundqvist/000000CG_20210926-160057.csv");
    struct uf_text_list none = {0};
    struct uf_store *store = store_knowing(&none);
    struct uf_error error;
    static const char *const NUTS2[] = {"SE12", "SE21", "SE22", "SE23", "SE32", "SE33"};
    for (size_t i = 0; i < sizeof NUTS2 / sizeof *NUTS2; i++) {
        const struct uf_region region = {.code = NUTS2[i], .level = "nuts2", .parent = "SE"};
        assert_ok(uf_store_put_region(store, &region, &error), &error);
    }
    struct uf_import_summary summary = import_path(store, path, NULL);
    assert_string_equal(summary.format, "csv-wide");
    assert_string_equal(summary.encoding, "iso-8859-1");
    assert_int_equal(summary.imported, 16800);
    assert_int_equal(summary.missing, 6025); /* `grep -o '\.\.' | wc -l` */
    uf_import_summary_clear(&summary);
    uf_store_close(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(population_density),    cmocka_unit_test(education_with_flags),
        cmocka_unit_test(employment_by_sector),  cmocka_unit_test(county_employment),
        cmocka_unit_test(county_education),      cmocka_unit_test(county_panel_with_blanks),
        cmocka_unit_test(wide_table_with_labels)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
