// SPDX-License-Identifier: GPL-3.0-or-later
/* The priority map as tables: every sector of every region, and those that it is not specialised in. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "profile/priority_map.h"
#include "profile/tidy.h"

enum { BAND_COLUMNS = 2 };

/* A number of a cell with what the draws leave of it. */
static void drawn_number(struct tidy_row *row, const struct priority_map *x, int number, size_t r, size_t s,
                         double value)
{
    const size_t at = priority_drawn_at(x, number, r, s);
    const bool drawn = x->drawn.low != NULL && isfinite(value);
    tidy_banded(row, value, drawn ? x->drawn.low[at] : (double)NAN, drawn ? x->drawn.high[at] : (double)NAN,
                0, x->drawn.low != NULL ? 0 : UF_VALUE_NOT_APPLICABLE);
}

/* `high-road slow-road`: the quadrants of a candidate over all drawn tables. */
static uf_status reached_text(const struct priority_map *x, size_t r, size_t s, char **out,
                              struct uf_error *error)
{
    struct uf_buffer text;
    uf_buffer_init(&text);
    const unsigned reached = x->reached[r * x->complexity.network.n_sectors + s];
    for (size_t q = 0; q < UF_QUADRANT_NONE; q++) {
        if (!(reached & 1U << q)) continue;
        if (text.length) uf_buffer_append_char(&text, ' ');
        uf_buffer_append(&text, priority_quadrant_codes[q]);
    }
    *out = uf_buffer_take(&text);
    return *out ? UF_OK : uf_fail_memory(error);
}

static uf_status map_row(const struct priority_map *x, size_t r, size_t s, struct uf_table *table,
                         struct uf_error *error)
{
    const struct panel_network *n = &x->complexity.network;
    const struct panel_activity *a = &n->activity;
    const enum uf_quadrant quadrant = priority_quadrant_at(x, r, s);
    const double density = gsl_matrix_get(x->density, r, s), benefit = gsl_vector_get(x->benefit, s);
    struct tidy_row row = tidy_row_add(table, error);
    tidy_text(&row, panel_activity_region_code(a, r));
    tidy_text(&row, panel_activity_region_label(a, r));
    tidy_text(&row, panel_activity_sector_code(a, s));
    tidy_text(&row, panel_activity_sector_label(a, s));
    tidy_text(&row, panel_activity_period_code(a, 0));
    tidy_number(&row, gsl_matrix_get(n->presence, r, s), 0);
    tidy_number(&row, gsl_matrix_get(n->quotient, r, s), 0);
    if (x->low) {
        tidy_number(&row, gsl_matrix_get(x->low, r, s), 0);
        tidy_number(&row, gsl_matrix_get(x->high, r, s), 0);
    }
    tidy_number(&row, gsl_matrix_get(a->at[0].value[BOUND_VALUE], r, s), 0);
    drawn_number(&row, x, PRIORITY_DENSITY, r, s, density);
    drawn_number(&row, x, PRIORITY_BENEFIT, r, s, benefit);
    tidy_number(&row, x->cuts[r].density, UF_VALUE_NOT_APPLICABLE);
    tidy_number(&row, x->cuts[r].benefit, UF_VALUE_NOT_APPLICABLE);
    drawn_number(&row, x, PRIORITY_NEARER, r, s, density - x->cuts[r].density);
    drawn_number(&row, x, PRIORITY_BETTER, r, s, benefit - x->cuts[r].benefit);
    const bool placed = quadrant != UF_QUADRANT_NONE;
    tidy_text(&row, placed ? priority_quadrant_codes[quadrant] : NULL);
    tidy_text(&row, placed ? uf_words_in(priority_quadrant_words[quadrant], x->language) : NULL);
    if (!placed || !x->reached) {
        tidy_text(&row, NULL);
        return row.status;
    }
    char *reached = NULL;
    UF_TRY(reached_text(x, r, s, &reached, error));
    tidy_text(&row, reached);
    free(reached);
    return row.status;
}

/* What the figures are counted in. */
static const char *panel_unit(const struct priority_map *x)
{
    return x->complexity.network.activity.column->unit;
}

uf_status priority_map_table(const struct priority_map *x, struct uf_table **out, struct uf_error *error)
{
    static const struct uf_words title = {"Sectors by relatedness density and benefit",
                                          "Branscher efter närhetstäthet och nytta"};
    static const struct tidy_column columns[] = {{"unit", UF_COLUMN_TEXT, NULL, -1},
                                                 {"label", UF_COLUMN_TEXT, NULL, -1},
                                                 {"sector", UF_COLUMN_TEXT, NULL, -1},
                                                 {"sector_label", UF_COLUMN_TEXT, NULL, -1},
                                                 {"period", UF_COLUMN_TEXT, NULL, -1},
                                                 {"specialised", UF_COLUMN_NUMBER, NULL, 0},
                                                 {"lq", UF_COLUMN_NUMBER, NULL, 2},
                                                 {"lq_low", UF_COLUMN_NUMBER, NULL, 2},
                                                 {"lq_high", UF_COLUMN_NUMBER, NULL, 2},
                                                 {"level", UF_COLUMN_NUMBER, NULL, -1},
                                                 TIDY_BANDED("density", NULL, 3),
                                                 TIDY_BANDED("benefit", NULL, 1),
                                                 {"cut_density", UF_COLUMN_NUMBER, NULL, 3},
                                                 {"cut_benefit", UF_COLUMN_NUMBER, NULL, 1},
                                                 TIDY_BANDED("density_beyond_cut", NULL, 3),
                                                 TIDY_BANDED("benefit_beyond_cut", NULL, 1),
                                                 {"quadrant", UF_COLUMN_TEXT, NULL, -1},
                                                 {"quadrant_label", UF_COLUMN_TEXT, NULL, -1},
                                                 {"quadrants_drawn", UF_COLUMN_TEXT, NULL, -1}};
    enum { N_COLUMNS = sizeof columns / sizeof *columns, BAND_AT = 7 };
    struct tidy_column used[N_COLUMNS];
    size_t n_used = 0;
    for (size_t i = 0; i < N_COLUMNS; i++)
        if (x->low || i < BAND_AT || i >= BAND_AT + BAND_COLUMNS) {
            used[n_used] = columns[i];
            if (!strcmp(columns[i].name, "level")) used[n_used].unit = panel_unit(x);
            n_used++;
        }
    struct uf_table *table = NULL;
    UF_TRY(tidy_table_new("priority-map", uf_words_in(title, x->language), used, n_used, &table, error));
    const struct panel_network *n = &x->complexity.network;
    uf_status status = UF_OK;
    for (size_t r = 0; r < n->n_regions; r++)
        for (size_t s = 0; s < n->n_sectors && status == UF_OK; s++) status = map_row(x, r, s, table, error);
    if (status != UF_OK)
        uf_table_free(table);
    else
        *out = table;
    return status;
}

/* The rows that have a quadrant. */
uf_status priority_candidate_table(const struct uf_table *map, enum uf_language language,
                                   struct uf_table **out, struct uf_error *error)
{
    static const struct uf_words title = {"Sectors the region is not specialised in",
                                          "Branscher som regionen inte är specialiserad i"};
    const size_t rows = uf_table_rows(map), quadrant = uf_table_column(map, "quadrant");
    bool *keep = calloc(rows + 1, sizeof *keep);
    if (!keep) return uf_fail_memory(error);
    for (size_t i = 0; i < rows; i++) keep[i] = uf_table_text(map, i, quadrant) != NULL;
    struct uf_table *table = NULL;
    uf_status status = uf_table_filter(map, "priority-candidates", keep, &table, error);
    free(keep);
    UF_TRY(status);
    status = uf_table_set_title(table, uf_words_in(title, language), error);
    if (status != UF_OK)
        uf_table_free(table);
    else
        *out = table;
    return status;
}
