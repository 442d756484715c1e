// SPDX-License-Identifier: GPL-3.0-or-later
#include "study/present_numbers.h"

#include <math.h>
#include <stdint.h>
#include <string.h>
#include <utfall/text.h>

static bool is_whole(const struct uf_table *table, size_t column)
{
    for (size_t i = 0; i < uf_table_rows(table); i++) {
        double value = uf_table_number(table, i, column);
        if (isfinite(value) && value != floor(value)) return false;
    }
    return true;
}

static bool is_limit(const char *name)
{
    return !strcmp(name, "low") || !strcmp(name, "high");
}

bool present_is_difference(const struct uf_table *table, size_t column)
{
    const char *name = uf_table_column_name(table, column);
    static const char *const differences[] = {"estimate",    "std_error", "conf_low",     "conf_high",
                                              "gap",         "average",   "rmspe_before", "rmspe_after",
                                              "average_gap", "att",       "band_low",     "band_high",
                                              "slope_50",    "slope_80",  "change",       "whole_sample"};
    for (size_t i = 0; i < sizeof differences / sizeof *differences; i++)
        if (!strcmp(name, differences[i])) return true;
    /* the interval of a difference, or of a curve of them */
    return is_limit(name) &&
           (uf_table_column(table, "estimate") != SIZE_MAX || uf_table_column(table, "att") != SIZE_MAX);
}

/* Limits under assumptions may lie as far apart as one likes: their original interval counts alone, as that of any other estimate. */
static bool is_assumed(const struct uf_table *table, size_t row)
{
    const size_t set = uf_table_column(table, "set");
    return set != SIZE_MAX && !uf_text_equal(uf_table_text(table, row, set), "original");
}

/* The largest difference of a row. */
static double size_of_row(const struct uf_table *table, size_t row)
{
    double size = 0;
    for (size_t j = 0; j < uf_table_columns(table); j++) {
        if (uf_table_column_type(table, j) != UF_COLUMN_NUMBER || !present_is_difference(table, j)) continue;
        const double value = fabs(uf_table_number(table, row, j));
        if (isfinite(value)) size = fmax(size, value);
    }
    return size;
}

/* An estimate and its interval have as many decimals as each other, and each row two figures of its largest difference: a slope per
 * unit of the dose stands below differences a thousand times its size. */
static int difference_decimals(const struct uf_table *table, int decimals)
{
    double most = 0;
    int by_row = 0;
    for (size_t i = 0; i < uf_table_rows(table); i++) {
        const double size = is_assumed(table, i) ? 0 : size_of_row(table, i);
        most = fmax(most, size);
        if (size > 1e-9) by_row = (int)fmax(by_row, 1 - floor(log10(size)));
    }
    const int by_size = most >= 100 ? 1 : most >= 1 ? 2 : most >= 0.1 ? 3 : decimals;
    return by_size >= 0 && by_row > by_size ? by_row : by_size;
}

/* Levels: what tells the numbers apart counts, not their size. */
static int level_decimals(const struct uf_table *table, size_t column, int decimals, bool chart)
{
    double low = INFINITY, high = -INFINITY;
    for (size_t i = 0; i < uf_table_rows(table); i++) {
        double value = uf_table_number(table, i, column);
        if (!isfinite(value)) continue;
        low = fmin(low, value);
        high = fmax(high, value);
    }
    if (!(fmax(fabs(low), fabs(high)) >= 10)) return decimals;
    return high - low >= 1000 ? 0 : chart || high >= 100 ? 1 : 2;
}

int present_decimals(const struct uf_table *table, const struct uf_table *whole, size_t column, bool effect,
                     bool chart)
{
    static const char *const levels[] = {"value", "treated", "synthetic", "donor_mean"};
    bool is_level = false;
    const char *name = uf_table_column_name(table, column);
    int decimals = uf_table_column_decimals(table, column);
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++)
        is_level = is_level || !strcmp(name, levels[i]);
    if (uf_table_column_type(table, column) != UF_COLUMN_NUMBER || is_whole(table, column)) return decimals;
    int wanted = decimals;
    if (effect && !strcmp(name, "p_value"))
        wanted = (uf_table_column(table, "least_p") != SIZE_MAX)
                     ? decimals
                     : 3; /* to be compared with the smallest possible one */
    else if (effect && present_is_difference(table, column))
        wanted = difference_decimals(whole, decimals);
    else if (!strcmp(uf_table_name(table), "effect-size") ||
             (effect && uf_table_column(table, "key") != SIZE_MAX))
        wanted = decimals < 0 ? -1 : 2;
    else if (is_level)
        wanted = level_decimals(table, column, decimals, chart);
    return decimals >= 0 && wanted > decimals ? decimals : wanted;
}

double present_rounded(double value)
{
    if (!isfinite(value) || value == floor(value) || value == 0) return value;
    double scale = pow(10, 3 - floor(log10(fabs(value))));
    return isfinite(scale) ? round(value * scale) / scale : value;
}
