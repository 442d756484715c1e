// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/store_fixture.h"

#include <stdio.h>
#include <string.h>

#include "import/import.h"
#include "support/test.h"

void put_test_regions(struct uf_store *store)
{
    static const struct uf_region REGIONS[] = {
        {"SE", "country", NULL, "Sverige", "Sweden", NULL, 0, 0},
        {"SE1", "nuts1", "SE", "\xC3\x96stra Sverige", "East Sweden", NULL, 0, 0},
        {"SE3", "nuts1", "SE", "Norra Sverige", "North Sweden", NULL, 0, 0},
        {"SE11", "nuts2", "SE1", "Stockholm", "Stockholm", NULL, 0, 0},
        {"SE31", "nuts2", "SE3", "Norra Mellansverige", "North Middle Sweden", NULL, 0, 0},
        {"SE110", "nuts3", "SE11", "Stockholms l\xC3\xA4n", "Stockholm county", "Stockholm", 0, 0},
        {"SE311", "nuts3", "SE31", "V\xC3\xA4rmlands l\xC3\xA4n", "V\xC3\xA4rmland county", "V\xC3\xA4rmland",
         0, 0},
        {"SE312", "nuts3", "SE31", "Dalarnas l\xC3\xA4n", "Dalarna county", "Dalarna", 0, 0},
        {"SE313", "nuts3", "SE31", "G\xC3\xA4vleborgs l\xC3\xA4n", "G\xC3\xA4vleborg county",
         "G\xC3\xA4vleborg", 0, 0},
        {"0180", "municipality", "SE110", "Stockholm", "Stockholm", NULL, 0, 0},
        {"1780", "municipality", "SE311", "Karlstad", "Karlstad", NULL, 0, 0},
        {"2080", "municipality", "SE312", "Falun", "Falun", NULL, 0, 0},
    };
    static const char *const ALIASES[][2] = {
        {"00", "SE"}, {"01", "SE110"}, {"17", "SE311"}, {"20", "SE312"}, {"21", "SE313"}};
    static const struct uf_sector SECTORS[] = {{"TOTAL", "aggregate", NULL, "Alla", "All"},
                                               {"A", "sni2007", "TOTAL", "Jordbruk", "Agriculture"},
                                               {"B-E", "aggregate", "TOTAL", "Industri", "Industry"},
                                               {"C", "sni2007", "B-E", "Tillverkning", "Manufacturing"},
                                               {"F", "sni2007", "TOTAL", "Bygg", "Construction"}};
    struct uf_error error;
    assert_ok(uf_store_begin(store, &error), &error);
    for (size_t i = 0; i < sizeof REGIONS / sizeof *REGIONS; i++)
        assert_ok(uf_store_put_region(store, &REGIONS[i], &error), &error);
    for (size_t i = 0; i < sizeof ALIASES / sizeof *ALIASES; i++)
        assert_ok(uf_store_put_region_alias(store, ALIASES[i][0], "scb", ALIASES[i][1], &error), &error);
    for (size_t i = 0; i < sizeof SECTORS / sizeof *SECTORS; i++)
        assert_ok(uf_store_put_sector(store, &SECTORS[i], &error), &error);
    assert_ok(uf_store_commit(store, &error), &error);
}

struct uf_store *store_with_regions(const char *path)
{
    struct uf_store *store;
    struct uf_error error;
    assert_ok(uf_store_open(path, UF_STORE_CREATE, &store, &error), &error);
    put_test_regions(store);
    return store;
}

uf_status import_text(struct uf_store *store, const char *text, const struct uf_import_request *request,
                      struct uf_import_summary *out, struct uf_error *error)
{
    struct uf_import_request plain = {.indicator = {.code = "x"}};
    if (request) plain = *request;
    if (!plain.indicator.code) plain.indicator.code = "x";
    struct uf_input *input;
    uf_status status = uf_input_open_memory("test.csv", text, strlen(text), plain.encoding, &input, error);
    if (status != UF_OK) return status;
    status = uf_import_input(store, input, &plain, out, error);
    uf_input_close(input);
    return status;
}

double query_number(struct uf_store *store, const char *sql)
{
    struct uf_table *table;
    struct uf_error error;
    assert_ok(uf_store_query(store, sql, NULL, 0, &table, &error), &error);
    if (uf_table_rows(table) != 1 || uf_table_columns(table) != 1) fail_msg("%s: not one cell", sql);
    double value = uf_table_number(table, 0, 0);
    uf_table_free(table);
    return value;
}

void expect_text(struct uf_store *store, const char *sql, const char *expected)
{
    struct uf_table *table;
    struct uf_error error;
    assert_ok(uf_store_query(store, sql, NULL, 0, &table, &error), &error);
    if (uf_table_rows(table) != 1 || uf_table_columns(table) != 1) fail_msg("%s: not one cell", sql);
    assert_string_equal(uf_table_text(table, 0, 0), expected);
    uf_table_free(table);
}

const char *scratch_file(const char *name, const char *text)
{
    static char path[512];
    snprintf(path, sizeof path, "%s/%s", scratch_directory(), name);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
    assert_int_equal(fclose(file), 0);
    return path;
}

void expect_error(const struct uf_error *error, uf_status status, size_t line, size_t column,
                  const char *words)
{
    if (error->status != status || error->line != line || error->column != column ||
        !strstr(error->message, words))
        fail_msg("expected status %d at %zu:%zu with \"%s\", got %d at %zu:%zu: %s", (int)status, line,
                 column, words, (int)error->status, error->line, error->column, error->message);
}
