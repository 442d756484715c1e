// SPDX-License-Identifier: GPL-3.0-or-later
#include "profile/location_quotient_ranks.h"

#include <math.h>
#include <stdlib.h>

#include "base/fail.h"
#include "profile/tidy.h"

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* How many of the sorted numbers are larger than `limit`. */
static size_t count_above(const double *sorted, size_t n, double limit)
{
    size_t low = 0, high = n;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (sorted[middle] > limit)
            high = middle;
        else
            low = middle + 1;
    }
    return n - low;
}

/* The numbers of a column that are there, sorted; an unbounded quotient is larger than all. */
static size_t sorted_column(const gsl_matrix *matrix, size_t s, double *out)
{
    size_t n = 0;
    for (size_t r = 0; r < matrix->size1; r++)
        if (!isnan(gsl_matrix_get(matrix, r, s))) out[n++] = gsl_matrix_get(matrix, r, s);
    qsort(out, n, sizeof *out, ascending);
    return n;
}

static void rank_sector(const gsl_matrix *value, const gsl_matrix *low, const gsl_matrix *high, size_t s,
                        double *room[3], struct quotient_ranks *ranks)
{
    const size_t n_sectors = value->size2, n = sorted_column(value, s, room[0]);
    const size_t n_low = low ? sorted_column(low, s, room[1]) : 0,
                 n_high = high ? sorted_column(high, s, room[2]) : 0;
    ranks->ranked[s] = n;
    for (size_t r = 0; r < value->size1; r++) {
        struct uf_rank *rank = &ranks->rank[r * n_sectors + s];
        const double own = gsl_matrix_get(value, r, s);
        *rank = (struct uf_rank){NAN, NAN, NAN};
        if (isnan(own)) continue;
        rank->rank = rank->low = rank->high = 1 + (double)count_above(room[0], n, own);
        if (!low || !high) continue;
        const double least = gsl_matrix_get(low, r, s), most = gsl_matrix_get(high, r, s);
        rank->low = 1 + (double)count_above(room[1], n_low, most);
        /* itself is among those whose upper end lies above its lower */
        rank->high = 1 + (double)count_above(room[2], n_high, least) - (most > least ? 1 : 0);
    }
}

uf_status quotient_ranks_new(const gsl_matrix *value, const gsl_matrix *low, const gsl_matrix *high,
                             struct quotient_ranks *out, struct uf_error *error)
{
    struct quotient_ranks ranks = {calloc(value->size1 * value->size2 + 1, sizeof *ranks.rank),
                                   calloc(value->size2 + 1, sizeof *ranks.ranked)};
    double *room = malloc((3 * value->size1 + 1) * sizeof *room);
    if (!ranks.rank || !ranks.ranked || !room) {
        quotient_ranks_clear(&ranks);
        free(room);
        return uf_fail_memory(error);
    }
    double *thirds[] = {room, room + value->size1, room + 2 * value->size1};
    for (size_t s = 0; s < value->size2; s++) rank_sector(value, low, high, s, thirds, &ranks);
    free(room);
    *out = ranks;
    return UF_OK;
}

void quotient_ranks_clear(struct quotient_ranks *ranks)
{
    free(ranks->rank);
    free(ranks->ranked);
    *ranks = (struct quotient_ranks){0};
}

uf_status quotient_ranks_table(const struct panel_activity *a, size_t period, const gsl_matrix *value,
                               const struct quotient_ranks *ranks,
                               uf_value_status (*reason)(const struct panel_activity *activity, size_t period,
                                                         size_t region, size_t sector),
                               struct uf_table **out, struct uf_error *error)
{
    static const struct uf_words title = {"Ranks of the location quotients among all regions",
                                          "Lokaliseringskvoternas rang bland alla regioner"};
    const struct tidy_column columns[] = {
        {"unit", UF_COLUMN_TEXT, NULL, -1},       {"label", UF_COLUMN_TEXT, NULL, -1},
        {"sector", UF_COLUMN_TEXT, NULL, -1},     {"sector_label", UF_COLUMN_TEXT, NULL, -1},
        {"period", UF_COLUMN_TEXT, NULL, -1},     {"location_quotient", UF_COLUMN_NUMBER, NULL, 2},
        {"rank", UF_COLUMN_NUMBER, NULL, 0},      {"rank_low", UF_COLUMN_NUMBER, NULL, 0},
        {"rank_high", UF_COLUMN_NUMBER, NULL, 0}, {"ranked", UF_COLUMN_NUMBER, NULL, 0},
        {"regions", UF_COLUMN_NUMBER, NULL, 0},
    };
    struct uf_table *table = NULL;
    UF_TRY(tidy_table_new("location-quotient-ranks", uf_words_in(title, a->language), columns,
                          sizeof columns / sizeof *columns, &table, error));
    uf_status status = UF_OK;
    for (size_t r = 0; r < a->n_regions && status == UF_OK; r++)
        for (size_t s = 0; s < a->n_sectors && status == UF_OK; s++) {
            const struct uf_rank *rank = &ranks->rank[r * a->n_sectors + s];
            const uf_value_status why = reason(a, period, r, s);
            struct tidy_row row = tidy_row_add(table, error);
            tidy_text(&row, panel_activity_region_code(a, r));
            tidy_text(&row, panel_activity_region_label(a, r));
            tidy_text(&row, panel_activity_sector_code(a, s));
            tidy_text(&row, panel_activity_sector_label(a, s));
            tidy_text(&row, panel_activity_period_code(a, period));
            tidy_number(&row, gsl_matrix_get(value, r, s), why);
            tidy_number(&row, rank->rank, why);
            tidy_number(&row, rank->low, why);
            tidy_number(&row, rank->high, why);
            tidy_number(&row, (double)ranks->ranked[s], 0);
            tidy_number(&row, (double)a->n_regions, 0);
            status = row.status;
        }
    if (status == UF_OK)
        *out = table;
    else
        uf_table_free(table);
    return status;
}

char *quotient_rank_text(const struct panel_activity *a, const struct quotient_ranks *ranks, size_t r,
                         size_t s)
{
    static const struct uf_words of_all = {"{0} of {1}", "{0} av {1}"},
                                 of_known = {"{0} of {1} with figures, of {2}",
                                             "{0} av {1} med uppgifter, av {2}"};
    const struct uf_rank *rank = &ranks->rank[r * a->n_sectors + s];
    struct uf_buffer place;
    uf_buffer_init(&place);
    uf_buffer_append_size(&place, (size_t)rank->low);
    if (rank->high > rank->low) {
        uf_buffer_append(&place, "–");
        uf_buffer_append_size(&place, (size_t)rank->high);
    }
    char *text = uf_buffer_take(&place), *out = NULL;
    if (!text) return NULL;
    const struct uf_argument arguments[] = {uf_text_argument(text), uf_count_argument(ranks->ranked[s]),
                                            uf_count_argument(a->n_regions)};
    const bool all = ranks->ranked[s] == a->n_regions;
    if (uf_phrase(a->language, all ? of_all : of_known, arguments, all ? 2 : 3, &out, NULL) != UF_OK)
        out = NULL;
    free(text);
    return out;
}
