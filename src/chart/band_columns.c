// SPDX-License-Identifier: GPL-3.0-or-later
#include "chart/band_columns.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "chart/columns.h"

/* Names by which a kind finds the ends of its band where the request has none. */
static const struct {
    const char *kind, *low, *high;
    bool none; /* the kind draws no bands */
} standards[] = {
    {"bars", "low", "high", false},
    {"heat-map", "low", "high", false},
    {"histogram", "low", "high", false},
    {"intervals", "low", "high", false},
    {"event-study", "conf_low", "conf_high", false},
    {"tile-map", NULL, NULL, true},
    {"map", NULL, NULL, true},
    {"synthetic-control", NULL, NULL, true},
};

struct end {
    const char *asked, *standard;
    size_t column; /* SIZE_MAX: none */
};

/* A text where numbers belong: what was found, and where. */
static uf_status check_numbers(const struct uf_chart_request *request, const char *role, struct end *end,
                               struct uf_error *error)
{
    const struct uf_table *table = request->table;
    end->column = SIZE_MAX;
    if (end->asked)
        UF_TRY(uf_column_need(table, request->kind, end->asked, NULL, &end->column, error));
    else if (end->standard)
        end->column = uf_table_column(table, end->standard);
    if (end->column == SIZE_MAX || uf_table_column_type(table, end->column) == UF_COLUMN_NUMBER) return UF_OK;
    for (size_t r = 0; r < uf_table_rows(table); r++) {
        char unused[64];
        const char *text = uf_column_label(table, r, end->column, unused);
        if (*text == '\0' || uf_table_value_status(table, r, end->column) != 0) continue;
        return uf_fail(
            error, UF_BAD_INPUT,
            "the chart '%s' reads %s from the column '%s' of the table '%s': found the text '%s' in row "
            "%zu, expected numbers; name a column of numbers, or leave the column out of the table",
            request->kind, role, uf_table_column_name(table, end->column), uf_table_name(table), text, r + 1);
    }
    return UF_OK;
}

/* Rows in which the ends are the wrong way round; beyond the last digits of a number. */
static uf_status check_order(const struct uf_chart_request *request, const struct end ends[2],
                             struct uf_error *error)
{
    enum { NAMED = 5 };
    const struct uf_table *table = request->table;
    char rows[NAMED * 24 + 8] = "";
    size_t n = 0, first = 0, length = 0;
    for (size_t r = 0; r < uf_table_rows(table); r++) {
        const double low = uf_column_value(table, r, ends[0].column),
                     high = uf_column_value(table, r, ends[1].column);
        if (!(low > high + 1e-9 * (fabs(low) + fabs(high)))) continue;
        if (n == 0) first = r;
        if (n < NAMED)
            length += (size_t)snprintf(rows + length, sizeof rows - length, n ? ", %zu" : "%zu", r + 1);
        if (n++ == NAMED) snprintf(rows + length, sizeof rows - length, " …");
    }
    if (n == 0) return UF_OK;
    return uf_fail(
        error, UF_BAD_INPUT,
        "the lower end of the band ('%s') is above its upper end ('%s') in %zu row%s of the table '%s' "
        "(row %s; first %g above %g); expected the lower end first, or the two columns exchanged",
        uf_table_column_name(table, ends[0].column), uf_table_column_name(table, ends[1].column), n,
        n == 1 ? "" : "s", uf_table_name(table), rows, uf_table_number(table, first, ends[0].column),
        uf_table_number(table, first, ends[1].column));
}

static uf_status check_pair(const struct uf_chart_request *request, struct end low, struct end high,
                            struct uf_error *error)
{
    struct end ends[2] = {low, high};
    UF_TRY(check_numbers(request, "the lower end of a band", &ends[0], error));
    UF_TRY(check_numbers(request, "the upper end of a band", &ends[1], error));
    const bool whole = ends[0].column != SIZE_MAX && ends[1].column != SIZE_MAX;
    if (whole) return check_order(request, ends, error);
    if (!low.asked && !high.asked) return UF_OK;
    return uf_fail(
        error, UF_BAD_USAGE,
        "the chart '%s' was given the %s end of a band ('%s') and no column for the %s end; name both",
        request->kind, low.asked ? "lower" : "upper", low.asked ? low.asked : high.asked,
        low.asked ? "upper" : "lower");
}

uf_status uf_band_columns_check(const struct uf_chart_request *request, struct uf_error *error)
{
    const char *low = NULL, *high = NULL;
    for (size_t i = 0; i < sizeof standards / sizeof *standards; i++) {
        if (strcmp(request->kind, standards[i].kind) != 0) continue;
        if (standards[i].none && (request->low || request->high))
            return uf_fail(
                error, UF_BAD_USAGE,
                "the chart '%s' draws no bands: leave the columns of the band ('%s') out, or choose "
                "another kind",
                request->kind, request->low ? request->low : request->high);
        low = standards[i].low;
        high = standards[i].high;
    }
    if (request->form && strcmp(request->form, "intervals") == 0) low = "conf_low", high = "conf_high";
    struct end value = {request->value, NULL, 0};
    UF_TRY(check_numbers(request, "its values", &value, error));
    UF_TRY(
        check_pair(request, (struct end){request->low, low, 0}, (struct end){request->high, high, 0}, error));
    UF_TRY(check_pair(request, (struct end){request->low2, NULL, 0}, (struct end){request->high2, NULL, 0},
                      error));
    return check_pair(request, (struct end){request->x_low, NULL, 0}, (struct end){request->x_high, NULL, 0},
                      error);
}
