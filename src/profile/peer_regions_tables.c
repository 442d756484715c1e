// SPDX-License-Identifier: GPL-3.0-or-later
/* The nearest of each region as tables. */
#include <math.h>

#include "base/fail.h"
#include "profile/peer_regions_study.h"
#include "profile/tidy.h"

static uf_status peer_row(const struct peers *x, size_t r, size_t i, struct uf_table *table,
                          struct uf_error *error)
{
    const size_t peer = x->nearest[r * x->k + i];
    const double distance = gsl_matrix_get(x->distance, r, peer);
    double rank = 1, interval[2] = {0, 0};
    for (size_t j = 0; j < i; j++) /* what differs by rounding of the computation alone is a tie */
        rank += gsl_matrix_get(x->distance, r, x->nearest[r * x->k + j]) < distance * (1 - 1e-9);
    const struct peers_gap gap = peers_widest(x, r, peer);
    const bool bands = x->attributes.bands;
    struct tidy_row row = tidy_row_add(table, error);
    tidy_text(&row, peers_code(x, r));
    tidy_text(&row, peers_label(x, r));
    tidy_number(&row, rank, 0);
    tidy_text(&row, peers_code(x, peer));
    tidy_text(&row, peers_label(x, peer));
    tidy_number(&row, distance, 0);
    if (x->low) peers_rank_interval(x, r, peer, interval);
    tidy_number(&row, x->low ? gsl_matrix_get(x->low, r, peer) : (double)NAN, UF_VALUE_NOT_APPLICABLE);
    tidy_number(&row, x->low ? gsl_matrix_get(x->high, r, peer) : (double)NAN, UF_VALUE_NOT_APPLICABLE);
    tidy_number(&row, x->low ? interval[0] : (double)NAN, UF_VALUE_NOT_APPLICABLE);
    tidy_number(&row, x->low ? interval[1] : (double)NAN, UF_VALUE_NOT_APPLICABLE);
    tidy_text(&row, x->attributes.label[gap.attribute]);
    tidy_banded(&row, gap.by, bands ? gap.low : (double)NAN, bands ? gap.high : (double)NAN, 0,
                UF_VALUE_NOT_APPLICABLE);
    tidy_number(&row, bands ? (double)gap.candidates : (double)NAN, UF_VALUE_NOT_APPLICABLE);
    return row.status;
}

uf_status peers_table(const struct peers *x, struct uf_table **out, struct uf_error *error)
{
    static const struct uf_words title = {"Structural peers by region",
                                          "Strukturellt lika regioner per region"};
    static const struct tidy_column columns[] = {{"unit", UF_COLUMN_TEXT, NULL, -1},
                                                 {"label", UF_COLUMN_TEXT, NULL, -1},
                                                 {"rank", UF_COLUMN_NUMBER, NULL, 0},
                                                 {"peer", UF_COLUMN_TEXT, NULL, -1},
                                                 {"peer_label", UF_COLUMN_TEXT, NULL, -1},
                                                 {"distance", UF_COLUMN_NUMBER, NULL, 3},
                                                 {"distance_low", UF_COLUMN_NUMBER, NULL, 3},
                                                 {"distance_high", UF_COLUMN_NUMBER, NULL, 3},
                                                 {"rank_low", UF_COLUMN_NUMBER, NULL, 0},
                                                 {"rank_high", UF_COLUMN_NUMBER, NULL, 0},
                                                 {"differs_most", UF_COLUMN_TEXT, NULL, -1},
                                                 TIDY_BANDED("differs_by", NULL, 2),
                                                 {"differs_most_open", UF_COLUMN_NUMBER, NULL, 0}};
    struct uf_table *table = NULL;
    UF_TRY(tidy_table_new("peer-regions", uf_words_in(title, x->attributes.language), columns,
                          sizeof columns / sizeof *columns, &table, error));
    uf_status status = UF_OK;
    for (size_t r = 0; r < x->attributes.n_regions; r++)
        for (size_t i = 0; i < x->found[r] && status == UF_OK; i++) status = peer_row(x, r, i, table, error);
    if (status != UF_OK)
        uf_table_free(table);
    else
        *out = table;
    return status;
}

uf_status peers_distance_table(const struct peers *x, struct uf_table **out, struct uf_error *error)
{
    static const struct uf_words title = {"Structural distance between regions",
                                          "Strukturellt avstånd mellan regioner"};
    static const struct tidy_column columns[] = {{"unit", UF_COLUMN_TEXT, NULL, -1},
                                                 {"label", UF_COLUMN_TEXT, NULL, -1},
                                                 {"peer", UF_COLUMN_TEXT, NULL, -1},
                                                 {"peer_label", UF_COLUMN_TEXT, NULL, -1},
                                                 TIDY_BANDED("distance", NULL, 3)};
    struct uf_table *table = NULL;
    UF_TRY(tidy_table_new("structural-distance", uf_words_in(title, x->attributes.language), columns,
                          sizeof columns / sizeof *columns, &table, error));
    uf_status status = UF_OK;
    for (size_t r = 0; r < x->attributes.n_regions; r++)
        for (size_t j = 0; j < x->attributes.n_regions && status == UF_OK; j++) {
            struct tidy_row row = tidy_row_add(table, error);
            tidy_text(&row, peers_code(x, r));
            tidy_text(&row, peers_label(x, r));
            tidy_text(&row, peers_code(x, j));
            tidy_text(&row, peers_label(x, j));
            tidy_banded(&row, gsl_matrix_get(x->distance, r, j),
                        x->low ? gsl_matrix_get(x->low, r, j) : (double)NAN,
                        x->low ? gsl_matrix_get(x->high, r, j) : (double)NAN, UF_VALUE_INCOMPLETE,
                        x->low ? UF_VALUE_INCOMPLETE : UF_VALUE_NOT_APPLICABLE);
            status = row.status;
        }
    if (status != UF_OK)
        uf_table_free(table);
    else
        *out = table;
    return status;
}
