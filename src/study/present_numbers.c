// SPDX-License-Identifier: GPL-3.0-or-later
#include "study/present_numbers.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

static double largest(const struct uf_table *table, size_t column)
{
    double most = 0;
    for (size_t i = 0; i < uf_table_rows(table); i++) {
        double value = fabs(uf_table_number(table, i, column));
        if (isfinite(value) && value > most) most = value;
    }
    return most;
}

static bool is_whole(const struct uf_table *table, size_t column)
{
    for (size_t i = 0; i < uf_table_rows(table); i++) {
        double value = uf_table_number(table, i, column);
        if (isfinite(value) && value != floor(value)) return false;
    }
    return true;
}

bool present_is_difference(const struct uf_table *table, size_t column)
{
    const char *name = uf_table_column_name(table, column);
    static const char *const differences[] = {"estimate", "std_error",    "conf_low",    "conf_high",   "gap",
                                              "average",  "rmspe_before", "rmspe_after", "average_gap", "att",
                                              "band_low", "band_high",    "slope_50",    "slope_80"};
    for (size_t i = 0; i < sizeof differences / sizeof *differences; i++)
        if (!strcmp(name, differences[i])) return true;
    /* the interval of a curve of differences */
    return uf_table_column(table, "att") != SIZE_MAX && (!strcmp(name, "low") || !strcmp(name, "high"));
}

/* Decimals that leave the rows of a table two figures of their largest difference: a slope per unit of the dose stands below
 * differences a thousand times its size. */
static int decimals_for_rows(const struct uf_table *table)
{
    int most = 0;
    for (size_t i = 0; i < uf_table_rows(table); i++) {
        double size = 0;
        for (size_t j = 0; j < uf_table_columns(table); j++)
            if (uf_table_column_type(table, j) == UF_COLUMN_NUMBER && present_is_difference(table, j) &&
                isfinite(uf_table_number(table, i, j)))
                size = fmax(size, fabs(uf_table_number(table, i, j)));
        if (size > 1e-9) most = (int)fmax(most, 1 - floor(log10(size)));
    }
    return most;
}

/* An estimate and its interval have as many decimals as each other. */
static int difference_decimals(const struct uf_table *table, int decimals)
{
    double most = 0;
    for (size_t j = 0; j < uf_table_columns(table); j++)
        if (uf_table_column_type(table, j) == UF_COLUMN_NUMBER && present_is_difference(table, j))
            most = fmax(most, largest(table, j));
    const int by_size = most >= 100 ? 1 : most >= 1 ? 2 : most >= 0.1 ? 3 : decimals;
    const int by_row = decimals_for_rows(table);
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

int present_decimals(const struct uf_table *table, size_t column, bool effect, bool chart)
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
        wanted = difference_decimals(table, decimals);
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
