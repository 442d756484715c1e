// SPDX-License-Identifier: GPL-3.0-or-later
#include "profile/location_quotient_growth.h"

#include <math.h>

#include "base/fail.h"
#include "profile/tidy.h"

static double growth(double before, double now)
{
    return before > 0 ? 100 * (now / before - 1) : NAN;
}

static uf_status growth_row(const struct panel_activity *a, const gsl_matrix *quotient, size_t r, size_t s,
                            double nation, struct uf_table *table, struct uf_error *error)
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
    tidy_number(&row, growth(before, now), both);
    tidy_number(&row, nation, first->sector_sum[s] | last->sector_sum[s]);
    tidy_number(&row, gsl_matrix_get(quotient, r, s),
                last->region_sum[r] | last->sector_sum[s] | last->all_cells | last->all_totals);
    return row.status;
}

/* The sector's growth in the reference area: its own row where one is given, else all regions. */
static double sector_growth(const struct panel_activity *a, size_t s)
{
    double sum[2] = {0};
    for (int k = 0; k < 2; k++) {
        const struct period_activity *p = &a->at[k ? a->n_periods - 1 : 0];
        if (p->whole[BOUND_VALUE] != NULL)
            sum[k] = gsl_vector_get(p->whole[BOUND_VALUE], s);
        else
            for (size_t r = 0; r < a->n_regions; r++) sum[k] += gsl_matrix_get(p->value[BOUND_VALUE], r, s);
    }
    return growth(sum[0], sum[1]);
}

uf_status location_quotient_growth_table(const struct panel_activity *activity, const gsl_matrix *quotient,
                                         struct uf_table **out, struct uf_error *error)
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
        {"reference_growth", UF_COLUMN_NUMBER, "%", 1},
        {"location_quotient", UF_COLUMN_NUMBER, NULL, 2},
    };
    struct uf_table *table = NULL;
    UF_TRY(tidy_table_new("location-quotient-growth", uf_words_in(title, activity->language), columns,
                          sizeof columns / sizeof *columns, &table, error));
    for (size_t s = 0; s < activity->n_sectors; s++) {
        const double nation = sector_growth(activity, s);
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
