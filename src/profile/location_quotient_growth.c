// SPDX-License-Identifier: GPL-3.0-or-later
#include "profile/location_quotient_growth.h"

#include <math.h>

#include "base/fail.h"
#include "profile/tidy.h"

static double growth(double before, double now)
{
    return before > 0 ? 100 * (now / before - 1) : NAN;
}

/* The two ends of a band; none where figures are neither rounded nor bounded. */
static void band_cells(struct tidy_row *row, const struct panel_activity *a, double shown, double low,
                       double high, uf_value_status reason)
{
    const bool banded = panel_activity_banded(a, !isnan(shown));
    tidy_number(row, banded ? low : NAN, a->bands ? reason : UF_VALUE_NOT_APPLICABLE);
    tidy_number(row, banded ? high : NAN, a->bands ? reason : UF_VALUE_NOT_APPLICABLE);
}

static uf_status growth_row(const struct panel_activity *a, const gsl_matrix *const quotient[BOUNDS],
                            size_t r, size_t s, const double nation[BOUNDS], struct uf_table *table,
                            struct uf_error *error)
{
    const struct period_activity *first = &a->at[0], *last = &a->at[a->n_periods - 1];
    const size_t place = r * a->n_sectors + s;
    const double now = gsl_matrix_get(last->value[BOUND_VALUE], r, s);
    const double before = gsl_matrix_get(first->value[BOUND_VALUE], r, s);
    const uf_value_status both = first->status[place] | last->status[place];
    struct tidy_row row = tidy_row_add(table, error);
    tidy_text(&row, panel_activity_region_code(a, r));
    tidy_text(&row, panel_activity_region_label(a, r));
    tidy_text(&row, panel_activity_sector_code(a, s));
    tidy_text(&row, panel_activity_sector_label(a, s));
    tidy_text(&row, panel_activity_period_code(a, 0));
    tidy_text(&row, panel_activity_period_code(a, a->n_periods - 1));
    tidy_value(&row, now, last->status[place]);
    const double shown = growth(before, now);
    const uf_value_status nations = first->sector_sum[s] | last->sector_sum[s];
    const uf_value_status reason =
        last->region_sum[r] | last->sector_sum[s] | last->all_cells | last->all_totals;
    tidy_number(&row, shown, both);
    band_cells(
        &row, a, shown,
        growth(gsl_matrix_get(first->value[BOUND_HIGH], r, s), gsl_matrix_get(last->value[BOUND_LOW], r, s)),
        growth(gsl_matrix_get(first->value[BOUND_LOW], r, s), gsl_matrix_get(last->value[BOUND_HIGH], r, s)),
        both);
    tidy_number(&row, nation[BOUND_VALUE], nations);
    band_cells(&row, a, nation[BOUND_VALUE], nation[BOUND_LOW], nation[BOUND_HIGH], nations);
    tidy_number(&row, gsl_matrix_get(quotient[BOUND_VALUE], r, s), reason);
    band_cells(&row, a, gsl_matrix_get(quotient[BOUND_VALUE], r, s),
               gsl_matrix_get(quotient[BOUND_LOW], r, s), gsl_matrix_get(quotient[BOUND_HIGH], r, s), reason);
    return row.status;
}

/* The sector's growth in the reference area: its own row where one is given, else all regions. */
static void sector_growth(const struct panel_activity *a, size_t s, double out[BOUNDS])
{
    double sum[2][BOUNDS] = {{0}};
    for (int k = 0; k < 2; k++) {
        const struct period_activity *p = &a->at[k ? a->n_periods - 1 : 0];
        for (int b = 0; b < BOUNDS; b++)
            if (p->whole[b] != NULL)
                sum[k][b] = gsl_vector_get(p->whole[b], s);
            else
                for (size_t r = 0; r < a->n_regions; r++) sum[k][b] += gsl_matrix_get(p->value[b], r, s);
    }
    out[BOUND_VALUE] = growth(sum[0][BOUND_VALUE], sum[1][BOUND_VALUE]);
    out[BOUND_LOW] = growth(sum[0][BOUND_HIGH], sum[1][BOUND_LOW]);
    out[BOUND_HIGH] = growth(sum[0][BOUND_LOW], sum[1][BOUND_HIGH]);
}

uf_status location_quotient_growth_table(const struct panel_activity *activity,
                                         const gsl_matrix *const quotient[BOUNDS], struct uf_table **out,
                                         struct uf_error *error)
{
    static const struct uf_words title = {"Specialisation and growth by region and sector",
                                          "Specialisering och tillväxt per region och bransch"};
    const struct tidy_column columns[] = {
        {"unit", UF_COLUMN_TEXT, NULL, -1},
        {"label", UF_COLUMN_TEXT, NULL, -1},
        {"sector", UF_COLUMN_TEXT, NULL, -1},
        {"sector_label", UF_COLUMN_TEXT, NULL, -1},
        {"from", UF_COLUMN_TEXT, NULL, -1},
        {"to", UF_COLUMN_TEXT, NULL, -1},
        {"value", UF_COLUMN_NUMBER, activity->column->unit, -1},
        {"growth", UF_COLUMN_NUMBER, "%", 1},
        {"growth_low", UF_COLUMN_NUMBER, "%", 1},
        {"growth_high", UF_COLUMN_NUMBER, "%", 1},
        {"reference_growth", UF_COLUMN_NUMBER, "%", 1},
        {"reference_growth_low", UF_COLUMN_NUMBER, "%", 1},
        {"reference_growth_high", UF_COLUMN_NUMBER, "%", 1},
        {"location_quotient", UF_COLUMN_NUMBER, NULL, 2},
        {"low", UF_COLUMN_NUMBER, NULL, 2},
        {"high", UF_COLUMN_NUMBER, NULL, 2},
    };
    struct uf_table *table = NULL;
    UF_TRY(tidy_table_new("location-quotient-growth", uf_words_in(title, activity->language), columns,
                          sizeof columns / sizeof *columns, &table, error));
    for (size_t s = 0; s < activity->n_sectors; s++) {
        double nation[BOUNDS];
        sector_growth(activity, s, nation);
        for (size_t r = 0; r < activity->n_regions; r++) {
            uf_status status = growth_row(activity, quotient, r, s, nation, table, error);
            if (status != UF_OK) {
                uf_table_free(table);
                return status;
            }
        }
    }
    *out = table;
    return UF_OK;
}
