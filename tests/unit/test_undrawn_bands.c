// SPDX-License-Identifier: GPL-3.0-or-later
/* The sentence below a picture that has no room for bands. */
#include "study/undrawn_bands.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "support/test.h"

static struct uf_table *cells_table(void)
{
    static const struct {
        const char *region, *sector;
        double value, low, high;
    } cells[] = {{"Gotland", "Finance", 1.2, 0.5, 2.5},
                 {"Gotland", "Mining", 3, 2.9, 3.1},
                 {"Uppsala", "Finance", 0.9, 0.8, 1.1},
                 {"Uppsala", "Mining", 0, NAN, NAN}};
    struct uf_table *table = NULL;
    struct uf_error error;
    assert_ok(uf_table_new("cells", &table, &error), &error);
    assert_ok(uf_table_add_column(table, "label", UF_COLUMN_TEXT, NULL, -1, NULL, &error), &error);
    assert_ok(uf_table_add_column(table, "sector_label", UF_COLUMN_TEXT, NULL, -1, NULL, &error), &error);
    assert_ok(uf_table_add_column(table, "lq", UF_COLUMN_NUMBER, NULL, 2, NULL, &error), &error);
    assert_ok(uf_table_add_column(table, "low", UF_COLUMN_NUMBER, NULL, 2, NULL, &error), &error);
    assert_ok(uf_table_add_column(table, "high", UF_COLUMN_NUMBER, NULL, 2, NULL, &error), &error);
    for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) {
        size_t row;
        assert_ok(uf_table_add_row(table, &row, &error), &error);
        assert_ok(uf_table_set_text(table, row, 0, cells[i].region, &error), &error);
        assert_ok(uf_table_set_text(table, row, 1, cells[i].sector, &error), &error);
        assert_ok(uf_table_set_number(table, row, 2, cells[i].value, &error), &error);
        assert_ok(uf_table_set_number(table, row, 3, cells[i].low, &error), &error);
        assert_ok(uf_table_set_number(table, row, 4, cells[i].high, &error), &error);
    }
    return table;
}

static char *note_of(struct uf_chart_hint hint, double unit, enum uf_language language)
{
    struct uf_table *table = cells_table();
    struct uf_error error;
    char *note = NULL;
    assert_ok(undrawn_bands_note(&hint, table, unit > 0, unit, language, &note, &error), &error);
    uf_table_free(table);
    return note;
}

static void the_widest_and_the_middle_are_told(void **state)
{
    (void)state;
    const struct uf_chart_hint hint = {
        .kind = "heat-map", .value = "lq", .label = "label", .group = "sector_label", .reference = 1};
    char *note = note_of(hint, 1000, UF_ENGLISH);
    assert_string_equal(note,
                        "Rounding to whole 1,000 leaves spans that are not drawn: the middle one is 0.30 "
                        "wide, the widest goes from 0.50 to 2.50 (Gotland, Finance). The table has all. "
                        "2 of 3 spans hold 1.");
    free(note);
    note = note_of(hint, 0, UF_SWEDISH);
    assert_non_null(strstr(note, "avrundning eller dolda uppgifter"));
    assert_non_null(strstr(note, "0,50 till 2,50 (Gotland, Finance)"));
    assert_non_null(strstr(note, "2 av 3 spann omfattar 1."));
    free(note);
}

static void nothing_is_said_of_what_is_drawn_or_not_there(void **state)
{
    (void)state;
    struct uf_chart_hint hint = {
        .kind = "bars", .value = "lq", .low = "low", .label = "label", .reference = NAN};
    assert_null(note_of(hint, 1000, UF_ENGLISH));
    hint.kind = "tile-map";
    char *note = note_of(hint, 1000, UF_ENGLISH);
    assert_null(strstr(note, "hold"));
    free(note);
    hint.value = "label";
    assert_null(note_of(hint, 1000, UF_ENGLISH));
    hint.value = "other";
    assert_null(note_of(hint, 1000, UF_ENGLISH));
}

/* What is rounded and has no band says so, and only then. */
static void what_is_not_computed_is_said(void **state)
{
    (void)state;
    struct uf_table *table = NULL;
    struct uf_error error;
    size_t row;
    assert_ok(uf_table_new("points", &table, &error), &error);
    assert_ok(uf_table_add_column(table, "density", UF_COLUMN_NUMBER, NULL, 2, NULL, &error), &error);
    assert_ok(uf_table_add_row(table, &row, &error), &error);
    assert_ok(uf_table_set_number(table, row, 0, 0.5, &error), &error);
    const struct uf_chart_hint hint = {.kind = "scatter", .value = "density", .reference = NAN};
    char *note = NULL;
    assert_ok(undrawn_bands_note(&hint, table, true, 1000, UF_ENGLISH, &note, &error), &error);
    assert_non_null(strstr(note, "is not computed"));
    free(note);
    assert_ok(undrawn_bands_note(&hint, table, false, 0, UF_ENGLISH, &note, &error), &error);
    assert_null(note);
    uf_table_free(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_widest_and_the_middle_are_told),
                                       cmocka_unit_test(nothing_is_said_of_what_is_drawn_or_not_there),
                                       cmocka_unit_test(what_is_not_computed_is_said)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
