// SPDX-License-Identifier: GPL-3.0-or-later
/* The draws over choices as tables: the ranks of each region, and which choice moves them. */
#include <math.h>

#include "base/fail.h"
#include "profile/composite_tables.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

const struct uf_words composite_choice_words[UF_CHOICES] = {
    [UF_CHOICE_TREATMENT] = {"treatment of outliers", "behandling av extremvärden"},
    [UF_CHOICE_NORMALISATION] = {"normalisation", "normalisering"},
    [UF_CHOICE_WEIGHTING] = {"weighting", "viktning"},
    [UF_CHOICE_AGGREGATION] = {"aggregation", "sammanvägning"},
    [UF_CHOICE_WEIGHT_NOISE] = {"size of the weights", "vikternas storlek"},
    [UF_CHOICE_LEFT_OUT] = {"indicator left out", "utelämnad indikator"}};

static const struct tidy_column rank_columns[] = {COMPOSITE_UNIT_COLUMNS,
                                                  {"rank", UF_COLUMN_NUMBER, NULL, 0},
                                                  TIDY_BANDED("mean", NULL, 1),
                                                  TIDY_BANDED("median", NULL, 1),
                                                  {"low", UF_COLUMN_NUMBER, NULL, 1},
                                                  {"high", UF_COLUMN_NUMBER, NULL, 1},
                                                  TIDY_BANDED("among_top", NULL, 3),
                                                  {"among_top_error", UF_COLUMN_NUMBER, NULL, 3}};

static uf_status fill_ranks(const struct composite_problem *p, const struct composite_index *x,
                            struct uf_table *table, struct uf_error *error)
{
    for (size_t u = 0; u < p->n_units; u++) {
        const struct uf_rank_interval *i = &x->uncertainty.unit[u];
        const uf_value_status reason = composite_reason(p, u);
        struct tidy_row row = composite_unit_row(p, u, table, error);
        tidy_number(&row, i->nominal, reason);
        composite_rounded(&row, i->mean, &x->choice_rounding, composite_choice_place(p, COMPOSITE_MEAN, u),
                          reason);
        composite_rounded(&row, i->median, &x->choice_rounding,
                          composite_choice_place(p, COMPOSITE_MEDIAN, u), reason);
        tidy_number(&row, i->low, reason);
        tidy_number(&row, i->high, reason);
        composite_rounded(&row, i->top_share, &x->choice_rounding,
                          composite_choice_place(p, COMPOSITE_AMONG_TOP, u), reason);
        tidy_number(&row, i->top_share_error, reason);
        UF_TRY(row.status);
    }
    return uf_table_sort(table, uf_table_column(table, "rank"), false, error);
}

static const struct tidy_column sensitivity_columns[] = {{"choice", UF_COLUMN_TEXT, NULL, -1},
                                                         {"label", UF_COLUMN_TEXT, NULL, -1},
                                                         {"alternatives", UF_COLUMN_NUMBER, NULL, 0},
                                                         TIDY_BANDED("first_order", NULL, 3),
                                                         {"first_order_error", UF_COLUMN_NUMBER, NULL, 3},
                                                         TIDY_BANDED("total_order", NULL, 3),
                                                         {"total_order_error", UF_COLUMN_NUMBER, NULL, 3}};

static uf_status fill_sensitivity(const struct composite_problem *p, const struct composite_index *x,
                                  struct uf_table *table, struct uf_error *error)
{
    static const char *const names[UF_CHOICES] = {"treatment",   "normalisation", "weighting",
                                                  "aggregation", "weight-noise",  "left-out"};
    for (size_t c = 0; c < UF_CHOICES; c++) {
        const struct uf_sobol_index *s = &x->uncertainty.index[c];
        if (!x->uncertainty.varies[c]) continue;
        size_t count = x->n_alternatives[c];
        struct tidy_row row = tidy_row_add(table, error);
        tidy_text(&row, names[c]);
        tidy_text(&row, uf_words_in(composite_choice_words[c], p->language));
        tidy_number(&row, count ? (double)count : (double)NAN, UF_VALUE_NOT_APPLICABLE); /* any size */
        composite_rounded(&row, s->first, &x->choice_rounding, composite_sensitivity_place(p, c, false), 0);
        tidy_number(&row, s->first_error, 0);
        composite_rounded(&row, s->total, &x->choice_rounding, composite_sensitivity_place(p, c, true), 0);
        tidy_number(&row, s->total_error, 0);
        UF_TRY(row.status);
    }
    return UF_OK;
}

const struct composite_plan composite_choice_tables[COMPOSITE_CHOICE_TABLES] = {
    {"composite-index-ranks",
     {"Ranks over the draws (5–95 %)", "Placeringar över dragningarna (5–95 %)"},
     rank_columns,
     COUNT(rank_columns),
     fill_ranks},
    {"composite-index-sensitivity",
     {"Which choice moves the ranking", "Vilket val som flyttar rangordningen"},
     sensitivity_columns,
     COUNT(sensitivity_columns),
     fill_sensitivity}};
