// SPDX-License-Identifier: GPL-3.0-or-later
#include "study/undrawn_bands.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/number.h>
#include <utfall/text.h>

#include "base/fail.h"

static bool draws_bands(const struct uf_chart_hint *hint)
{
    static const char *const without[] = {"heat-map", "tile-map", "map"};
    for (size_t i = 0; i < sizeof without / sizeof *without; i++)
        if (!strcmp(hint->kind, without[i])) return false;
    return hint->low || (hint->scatter && hint->scatter->x_low);
}

struct bands {
    const struct uf_table *table;
    size_t value, low, high;
    double *width; /* of each band that is wider than nothing */
    size_t n, holding, widest;
    bool any; /* also without width */
};

static size_t column_of(const struct uf_table *table, const char *value, const char *end)
{
    char name[96];
    snprintf(name, sizeof name, "%s_%s", value, end);
    size_t column = uf_table_column(table, name);
    return column == SIZE_MAX ? uf_table_column(table, end) : column;
}

static bool is_number(const struct uf_table *table, size_t column)
{
    return column != SIZE_MAX && uf_table_column_type(table, column) == UF_COLUMN_NUMBER;
}

static int by_size(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static uf_status read_bands(const struct uf_chart_hint *hint, struct bands *bands, struct uf_error *error)
{
    const struct uf_table *table = bands->table;
    double most = 0;
    bands->width = malloc((uf_table_rows(table) + 1) * sizeof *bands->width);
    if (!bands->width) return uf_fail_memory(error);
    for (size_t row = 0; row < uf_table_rows(table); row++) {
        const double low = uf_table_number(table, row, bands->low),
                     high = uf_table_number(table, row, bands->high), width = high - low;
        if (!isfinite(width)) continue;
        bands->any = true;
        if (!(width > 0)) continue;
        bands->width[bands->n++] = width;
        bands->holding += low < hint->reference && hint->reference < high;
        if (width > most) most = width, bands->widest = row;
    }
    qsort(bands->width, bands->n, sizeof *bands->width, by_size);
    return UF_OK;
}

/* Decimals enough that a number of this size does not read as 0. */
static int decimals_for(const struct bands *bands, double size)
{
    enum { MOST = 8 };
    const int shown = uf_table_column_decimals(bands->table, bands->value);
    const int needed = size > 0 ? (int)ceil(-log10(size)) : 0;
    return shown < 0 && needed <= 0 ? -1 : needed > MOST ? MOST : needed > shown ? needed : shown;
}

/* `Gotland, Real estate activities`: the names of the row in the picture. */
static uf_status row_name(const struct uf_chart_hint *hint, const struct bands *bands, char **out,
                          struct uf_error *error)
{
    const char *const names[] = {hint->label, hint->group, hint->x};
    struct uf_buffer name;
    uf_buffer_init(&name);
    for (size_t i = 0; i < 3; i++) {
        const size_t column = names[i] ? uf_table_column(bands->table, names[i]) : SIZE_MAX;
        if (column == SIZE_MAX) continue;
        const bool text = uf_table_column_type(bands->table, column) == UF_COLUMN_TEXT;
        const char *word = text ? uf_table_text(bands->table, bands->widest, column) : NULL;
        if (text && !word) continue;
        if (name.length) uf_buffer_append(&name, ", ");
        char number[UF_NUMBER_SIZE];
        if (!text) word = uf_number_print(uf_table_number(bands->table, bands->widest, column), number);
        uf_buffer_append(&name, word);
    }
    *out = uf_buffer_take(&name);
    return *out ? UF_OK : uf_fail_memory(error);
}

static uf_status write_note(const struct uf_chart_hint *hint, const struct bands *bands, double unit,
                            enum uf_language language, char **out, struct uf_error *error)
{
    static const struct uf_words
        rounded = {"Rounding to whole {0} leaves spans that are not drawn: the middle one is {1} wide, the "
                   "widest goes "
                   "from {2} to {3} ({4}). The table has all.",
                   "Avrundningen till hela {0} lämnar spann som inte ritas: det mellersta är {1} brett, det "
                   "bredaste går "
                   "från {2} till {3} ({4}). Tabellen har alla."},
        other =
            {"What rounding or hidden figures leave open is not drawn: the middle span is {1} "
             "wide, the widest goes from {2} to {3} ({4}). The table has all.",
             "Det som avrundning eller dolda uppgifter lämnar öppet ritas inte: det mellersta spannet är {1} "
             "brett, det bredaste går från {2} till {3} ({4}). Tabellen har alla."},
        holding = {"{0} {1} of {2} spans hold {3}.", "{0} {1} av {2} spann omfattar {3}."};
    const double middle = bands->width[(bands->n - 1) / 2],
                 low = uf_table_number(bands->table, bands->widest, bands->low),
                 high = uf_table_number(bands->table, bands->widest, bands->high);
    char *name = NULL, *spans = NULL;
    UF_TRY(row_name(hint, bands, &name, error));
    const int ends = decimals_for(bands, high - low);
    const struct uf_argument arguments[] = {
        uf_number_argument(unit, -1), uf_number_argument(middle, decimals_for(bands, middle)),
        uf_number_argument(low, ends), uf_number_argument(high, ends), uf_text_argument(name)};
    uf_status status = uf_phrase(language, unit > 0 ? rounded : other, arguments, 5, &spans, error);
    if (status == UF_OK && isfinite(hint->reference) && bands->holding) {
        const struct uf_argument more[] = {uf_text_argument(spans), uf_count_argument(bands->holding),
                                           uf_count_argument(bands->n),
                                           uf_number_argument(hint->reference, -1)};
        status = uf_phrase(language, holding, more, 4, out, error);
        free(spans);
    } else if (status == UF_OK) {
        *out = spans;
    }
    free(name);
    return status;
}

uf_status undrawn_bands_note(const struct uf_chart_hint *hint, const struct uf_table *table, bool rounded,
                             double unit, enum uf_language language, char **out, struct uf_error *error)
{
    *out = NULL;
    if (draws_bands(hint) || !hint->value) return UF_OK;
    struct bands bands = {.table = table,
                          .value = uf_table_column(table, hint->value),
                          .low = column_of(table, hint->value, "low"),
                          .high = column_of(table, hint->value, "high")};
    if (!is_number(table, bands.value)) return UF_OK;
    uf_status status = UF_OK;
    if (is_number(table, bands.low) && is_number(table, bands.high)) status = read_bands(hint, &bands, error);
    if (status == UF_OK && bands.n) status = write_note(hint, &bands, unit, language, out, error);
    if (status == UF_OK && rounded && !bands.any)
        status = uf_phrase(
            language,
            (struct uf_words){
                "The figures are rounded; how far that moves what is shown here is not computed.",
                "Uppgifterna är avrundade; hur långt det flyttar det som visas här är inte beräknat."},
            NULL, 0, out, error);
    free(bands.width);
    return status;
}
