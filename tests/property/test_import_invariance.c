// SPDX-License-Identifier: GPL-3.0-or-later
/* What must not matter: the shape of the file, the order of its rows. What must never happen: a crash, a
 * half-done import. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "import/import.h"
#include "support/store_fixture.h"
#include "support/test.h"

static uint64_t seed = UINT64_C(0x9E3779B97F4A7C15);
static size_t below(size_t n)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (size_t)((seed >> 16) % n);
}

static const char *const REGIONS[] = {"SE110", "SE311", "SE312", "SE313"};
static const char *const SECTORS[] = {"A", "B-E", "C", "F"};
static const char *const SEXES[] = {"kvinnor", "m\xC3\xA4n", "totalt"};
enum {
    N_REGIONS = 4,
    N_SECTORS = 4,
    N_SEXES = 3,
    N_YEARS = 5,
    CELLS = N_REGIONS * N_SECTORS * N_SEXES * N_YEARS
};

/* The value of a cell as text: numbers with and without decimals, and a sign for missing here and there. */
static void cell_text(const int *values, size_t i, char out[32], char decimal)
{
    if (values[i] % 7 == 0) {
        snprintf(out, 32, "..");
        return;
    }
    snprintf(out, 32, "%d.%d", values[i] / 10, values[i] % 10);
    *strchr(out, '.') = decimal;
}

static void shuffle(size_t *order, size_t n)
{
    for (size_t i = n; i > 1; i--) {
        size_t j = below(i), swap = order[i - 1];
        order[i - 1] = order[j];
        order[j] = swap;
    }
}

static char *write_long(const int *values, char delimiter, char decimal, bool shuffled)
{
    size_t order[CELLS];
    for (size_t i = 0; i < CELLS; i++) order[i] = i;
    if (shuffled) shuffle(order, CELLS);
    struct uf_buffer text = {0};
    char row[160], value[32];
    snprintf(row, sizeof row, "kon%cregion%csni%car%cv\xC3\xA4rde\n", delimiter, delimiter, delimiter,
             delimiter);
    uf_buffer_append(&text, row);
    for (size_t k = 0; k < CELLS; k++) {
        size_t i = order[k];
        cell_text(values, i, value, decimal);
        snprintf(row, sizeof row, "%s%c%s%c%s%c%zu%c\"%s\"\n", SEXES[i / N_YEARS % N_SEXES], delimiter,
                 REGIONS[i / N_YEARS / N_SEXES % N_REGIONS], delimiter,
                 SECTORS[i / N_YEARS / N_SEXES / N_REGIONS], delimiter, 2010 + i % N_YEARS, delimiter, value);
        uf_buffer_append(&text, row);
    }
    return uf_buffer_take(&text);
}

static char *write_wide(const int *values, char delimiter, char decimal, bool eurostat)
{
    struct uf_buffer text = {0};
    char field[96];
    uf_buffer_append(&text, eurostat ? "kon,sni,geo\\time" : "");
    if (!eurostat) {
        snprintf(field, sizeof field, "kon%csni%cregion", delimiter, delimiter);
        uf_buffer_append(&text, field);
    }
    for (size_t y = N_YEARS; y-- > 0;) {
        snprintf(field, sizeof field, "%c%zu", delimiter, 2010 + y);
        uf_buffer_append(&text, field);
    }
    uf_buffer_append(&text, "\r\n");
    for (size_t r = 0; r < CELLS / N_YEARS; r++) {
        char d = eurostat ? ',' : delimiter;
        snprintf(field, sizeof field, "%s%c%s%c%s", SEXES[r % N_SEXES], d, SECTORS[r / N_SEXES / N_REGIONS],
                 d, REGIONS[r / N_SEXES % N_REGIONS]);
        uf_buffer_append(&text, field);
        for (size_t y = N_YEARS; y-- > 0;) {
            char value[32];
            cell_text(values, r * N_YEARS + y, value, decimal);
            snprintf(field, sizeof field, "%c%s%s", delimiter, value, eurostat ? " " : "");
            uf_buffer_append(&text, field);
        }
        uf_buffer_append(&text, "\r\n");
    }
    return uf_buffer_take(&text);
}

/* SDMX-CSV; a missing value has a flag or is empty. */
static char *write_sdmx(const int *values, bool labels)
{
    size_t order[CELLS];
    for (size_t i = 0; i < CELLS; i++) order[i] = i;
    shuffle(order, CELLS);
    struct uf_buffer text = {0};
    char row[200], value[32];
    uf_buffer_append(&text, labels ? "STRUCTURE,STRUCTURE_ID,STRUCTURE_NAME,kon,Sex,sni,Branch,geo,Region,"
                                     "TIME_PERIOD,Time,OBS_VALUE,Value\n"
                                   : "DATAFLOW,LAST UPDATE,kon,sni,geo,TIME_PERIOD,OBS_VALUE,OBS_FLAG\n");
    for (size_t k = 0; k < CELLS; k++) {
        size_t i = order[k], year = 2010 + i % N_YEARS;
        const char *sex = SEXES[i / N_YEARS % N_SEXES], *region = REGIONS[i / N_YEARS / N_SEXES % N_REGIONS],
                   *sector = SECTORS[i / N_YEARS / N_SEXES / N_REGIONS];
        cell_text(values, i, value, '.');
        if (!strcmp(value, "..")) *value = '\0';
        if (labels)
            snprintf(row, sizeof row, "dataflow,X(1.0),Jobs,%s,Sex %s,%s,Branch %s,%s,Region %s,%zu,,%s,\n",
                     sex, sex, sector, sector, region, region, year, value);
        else
            snprintf(row, sizeof row, "X(1.0),now,%s,%s,%s,%zu,%s,\n", sex, sector, region, year, value);
        uf_buffer_append(&text, row);
    }
    return uf_buffer_take(&text);
}

/* As the wide table, with a title, headings of content and period, and notes below. */
static char *write_pxweb(const int *values)
{
    struct uf_buffer text = {0};
    char field[96], value[32];
    uf_buffer_append(&text, "Jobs by region, sex and branch\n\n\"kon\";\"sni\";\"region\"");
    for (size_t y = 0; y < N_YEARS; y++) {
        snprintf(field, sizeof field, ";\"Jobs %zu\"", 2010 + y);
        uf_buffer_append(&text, field);
    }
    for (size_t r = 0; r < CELLS / N_YEARS; r++) {
        snprintf(field, sizeof field, "\r\n\"%s\";\"%s\";\"%s\"", SEXES[r % N_SEXES],
                 SECTORS[r / N_SEXES / N_REGIONS], REGIONS[r / N_SEXES % N_REGIONS]);
        uf_buffer_append(&text, field);
        for (size_t y = 0; y < N_YEARS; y++) {
            cell_text(values, r * N_YEARS + y, value, ',');
            uf_buffer_append(&text, ";");
            uf_buffer_append(&text, value);
        }
    }
    uf_buffer_append(&text, "\r\n\r\nSource: nobody\r\n");
    return uf_buffer_take(&text);
}

/* All of a store's observations as one text. */
static char *contents(const char *text)
{
    struct uf_store *store = store_with_regions(":memory:");
    struct uf_import_summary summary;
    struct uf_error error;
    struct uf_table *table;
    assert_ok(import_text(store, text, NULL, &summary, &error), &error);
    assert_int_equal(summary.imported, CELLS);
    uf_import_summary_clear(&summary);
    assert_ok(
        uf_store_query(
            store,
            "SELECT group_concat(region || sector || breakdown || period || '=' || coalesce(value, '') || '/'"
            " || status, ';') AS all_of_it FROM (SELECT * FROM observations ORDER BY region, sector,"
            " breakdown, period)",
            NULL, 0, &table, &error),
        &error);
    char *copy = strdup(uf_table_text(table, 0, 0));
    uf_table_free(table);
    uf_store_close(store);
    return copy;
}

static void shape_and_order_do_not_matter(void **state)
{
    (void)state;
    for (int round = 0; round < 5; round++) {
        int values[CELLS];
        for (size_t i = 0; i < CELLS; i++) values[i] = (int)below(100000);
        char *shapes[] = {write_long(values, ',', '.', false),
                          write_long(values, ',', '.', true),
                          write_long(values, ';', ',', true),
                          write_long(values, '\t', ',', true),
                          write_wide(values, ';', ',', false),
                          write_wide(values, ',', '.', false),
                          write_wide(values, '\t', '.', true),
                          write_sdmx(values, false),
                          write_sdmx(values, true),
                          write_pxweb(values)};
        char *expected = contents(shapes[0]);
        for (size_t i = 1; i < sizeof shapes / sizeof *shapes; i++) {
            char *found = contents(shapes[i]);
            if (strcmp(found, expected)) fail_msg("shape %zu differs in round %d", i, round);
            free(found);
        }
        free(expected);
        for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) free(shapes[i]);
    }
}

/* Valid files with bytes changed, dropped, doubled: an import succeeds or fails with a sentence, and a failed
 * one leaves nothing. */
static void damaged_files_never_half_arrive(void **state)
{
    (void)state;
    static const char NASTY[] = "\"\"\",;\t\n\r\\:.-\xE2\x80\x93\xE5\xC3 0az";
    int values[CELLS];
    for (size_t i = 0; i < CELLS; i++) values[i] = (int)below(100000);
    char *const originals[] = {write_long(values, ',', '.', false), write_wide(values, ';', ',', false),
                               write_wide(values, '\t', '.', true), write_sdmx(values, true),
                               write_pxweb(values)};
    size_t refused = 0, accepted = 0;
    struct uf_store *store = store_with_regions(":memory:");
    struct uf_error error;
    for (size_t round = 0; round < 600; round++) {
        char *text = strdup(originals[round % 5]);
        size_t length = strlen(text), changes = 1 + below(4);
        for (size_t k = 0; k < changes; k++) {
            size_t at = below(round % 2 ? length : 200);
            switch (below(3)) {
            case 0:
                text[at] = NASTY[below(sizeof NASTY - 1)];
                break;
            case 1:
                memmove(text + at, text + at + 1, length - at);
                length--;
                break;
            default:
                text[length = length - below(length / 2)] = '\0';
            }
        }
        struct uf_import_summary summary = {0};
        struct uf_input *input;
        const struct uf_import_request request = {.indicator = {.code = "x"}};
        size_t count = 0;
        error = (struct uf_error){0};
        assert_ok(uf_store_begin(store, NULL), &error);
        uf_status status = uf_input_open_memory("damaged", text, length, NULL, &input, &error);
        if (status == UF_OK) {
            status = uf_import_input(store, input, &request, &summary, &error);
            uf_input_close(input);
        }
        assert_true(status == UF_OK || status == UF_BAD_INPUT);
        if (status != UF_OK && strlen(error.message) < 20) fail_msg("a poor sentence: %s", error.message);
        assert_ok(uf_store_count(store, NULL, &count, &error), &error);
        assert_int_equal(count, status == UF_OK ? summary.imported : 0);
        *(status == UF_OK ? &accepted : &refused) += 1;
        uf_import_summary_clear(&summary);
        uf_store_rollback(store);
        /* the same bytes as a table for a panel */
        struct uf_table *table = NULL;
        if (uf_input_open_memory("damaged", text, length, NULL, &input, &error) == UF_OK) {
            if (uf_read_delimited_input(input, NULL, 0, &table, &error) == UF_OK) uf_table_free(table);
            uf_input_close(input);
        }
        free(text);
    }
    print_message("%zu damaged files refused, %zu still readable\n", refused, accepted);
    assert_true(refused > 100 && accepted > 20);
    for (size_t i = 0; i < 5; i++) free(originals[i]);
    uf_store_close(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(shape_and_order_do_not_matter),
                                       cmocka_unit_test(damaged_files_never_half_arrive)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
