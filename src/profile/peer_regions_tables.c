// SPDX-License-Identifier: GPL-3.0-or-later
/* The nearest of each region as tables. */
#include <math.h>

#include "base/fail.h"
#include "profile/peer_regions_study.h"
#include "profile/tidy.h"

/* In standard deviations of the regions compared. */
size_t peers_widest(const struct peers *x, size_t a, size_t b, double *out)
{
    const gsl_matrix *v = x->attributes.value;
    size_t best = 0;
    *out = 0;
    for (size_t j = 0; j < v->size2; j++) {
        double gap = gsl_matrix_get(v, b, j) - gsl_matrix_get(v, a, j), unit = 0.01;
        if (!x->attributes.shares) {
            double sum = 0, squares = 0, n = 0;
            for (size_t r = 0; r < v->size1; r++) {
                if (!x->whole[r]) continue;
                sum += gsl_matrix_get(v, r, j);
                n++;
            }
            for (size_t r = 0; r < v->size1; r++)
                if (x->whole[r]) squares += pow(gsl_matrix_get(v, r, j) - sum / n, 2);
            unit = sqrt(squares / (n - 1));
        }
        if (fabs(gap / unit) <= fabs(*out)) continue;
        *out = gap / unit;
        best = j;
    }
    return best;
}

/* How many of the peers' candidates are surely nearer, and how many may be: the rank's interval. */
static void rank_interval(const struct peers *x, size_t r, size_t peer, double out[2])
{
    out[0] = out[1] = 1;
    for (size_t j = 0; j < x->attributes.n_regions; j++) {
        if (j == r || j == peer || isnan(gsl_matrix_get(x->low, r, j))) continue;
        out[0] += gsl_matrix_get(x->high, r, j) < gsl_matrix_get(x->low, r, peer);
        out[1] += gsl_matrix_get(x->low, r, j) < gsl_matrix_get(x->high, r, peer);
    }
}

static uf_status peer_row(const struct peers *x, size_t r, size_t i, struct uf_table *table,
                          struct uf_error *error)
{
    const size_t peer = x->nearest[r * x->k + i];
    const double distance = gsl_matrix_get(x->distance, r, peer);
    double rank = 1, gap, interval[2] = {0, 0};
    for (size_t j = 0; j < i; j++)
        rank += gsl_matrix_get(x->distance, r, x->nearest[r * x->k + j]) < distance;
    size_t attribute = peers_widest(x, r, peer, &gap);
    struct tidy_row row = tidy_row_add(table, error);
    tidy_text(&row, peers_code(x, r));
    tidy_text(&row, peers_label(x, r));
    tidy_number(&row, rank, 0);
    tidy_text(&row, peers_code(x, peer));
    tidy_text(&row, peers_label(x, peer));
    tidy_number(&row, distance, 0);
    if (x->low) rank_interval(x, r, peer, interval);
    tidy_number(&row, x->low ? gsl_matrix_get(x->low, r, peer) : (double)NAN, UF_VALUE_NOT_APPLICABLE);
    tidy_number(&row, x->low ? gsl_matrix_get(x->high, r, peer) : (double)NAN, UF_VALUE_NOT_APPLICABLE);
    tidy_number(&row, x->low ? interval[0] : (double)NAN, UF_VALUE_NOT_APPLICABLE);
    tidy_number(&row, x->low ? interval[1] : (double)NAN, UF_VALUE_NOT_APPLICABLE);
    tidy_text(&row, x->attributes.label[attribute]);
    tidy_number(&row, gap, 0);
    return row.status;
}

uf_status peers_table(const struct peers *x, struct uf_table **out, struct uf_error *error)
{
    static const struct uf_words title = {"Structural peers by region",
                                          "Strukturellt lika regioner per region"};
    static const struct tidy_column columns[] = {
        {"unit", UF_COLUMN_TEXT, NULL, -1},          {"label", UF_COLUMN_TEXT, NULL, -1},
        {"rank", UF_COLUMN_NUMBER, NULL, 0},         {"peer", UF_COLUMN_TEXT, NULL, -1},
        {"peer_label", UF_COLUMN_TEXT, NULL, -1},    {"distance", UF_COLUMN_NUMBER, NULL, 3},
        {"distance_low", UF_COLUMN_NUMBER, NULL, 3}, {"distance_high", UF_COLUMN_NUMBER, NULL, 3},
        {"rank_low", UF_COLUMN_NUMBER, NULL, 0},     {"rank_high", UF_COLUMN_NUMBER, NULL, 0},
        {"differs_most", UF_COLUMN_TEXT, NULL, -1},  {"differs_by", UF_COLUMN_NUMBER, NULL, 2}};
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
                                                 {"distance", UF_COLUMN_NUMBER, NULL, 3}};
    struct uf_table *table = NULL;
    UF_TRY(tidy_table_new("structural-distance", uf_words_in(title, x->attributes.language), columns, 5,
                          &table, error));
    uf_status status = UF_OK;
    for (size_t r = 0; r < x->attributes.n_regions; r++)
        for (size_t j = 0; j < x->attributes.n_regions && status == UF_OK; j++) {
            struct tidy_row row = tidy_row_add(table, error);
            tidy_text(&row, peers_code(x, r));
            tidy_text(&row, peers_label(x, r));
            tidy_text(&row, peers_code(x, j));
            tidy_text(&row, peers_label(x, j));
            tidy_number(&row, gsl_matrix_get(x->distance, r, j), UF_VALUE_INCOMPLETE);
            status = row.status;
        }
    if (status != UF_OK)
        uf_table_free(table);
    else
        *out = table;
    return status;
}
