// SPDX-License-Identifier: GPL-3.0-or-later
/* The indicators of an index as tables: their shape, direction and weight, and their values on the way to it. */
#include <math.h>

#include "base/fail.h"
#include "profile/composite_tables.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* --- indicators --------------------------------------------------------------------------------- */

static const struct tidy_column indicator_columns[] = {{"indicator", UF_COLUMN_TEXT, NULL, -1},
                                                       {"label", UF_COLUMN_TEXT, NULL, -1},
                                                       {"pillar", UF_COLUMN_TEXT, NULL, -1},
                                                       {"better", UF_COLUMN_TEXT, NULL, -1},
                                                       {"n", UF_COLUMN_NUMBER, NULL, 0},
                                                       {"missing", UF_COLUMN_NUMBER, NULL, 0},
                                                       {"skewness", UF_COLUMN_NUMBER, NULL, 2},
                                                       {"kurtosis", UF_COLUMN_NUMBER, NULL, 2},
                                                       {"winsorised", UF_COLUMN_NUMBER, NULL, 0},
                                                       {"lambda", UF_COLUMN_NUMBER, NULL, 3},
                                                       {"skewness_after", UF_COLUMN_NUMBER, NULL, 2},
                                                       {"kurtosis_after", UF_COLUMN_NUMBER, NULL, 2},
                                                       {"target", UF_COLUMN_NUMBER, NULL, -1},
                                                       {"weight", UF_COLUMN_NUMBER, NULL, 4},
                                                       {"weight_in_index", UF_COLUMN_NUMBER, NULL, 4}};

/* The share of an item's weight among the parts of its whole. */
static double share_of(const struct composite_problem *p, const struct composite_index *x, size_t item)
{
    double sum = 0;
    for (size_t i = 0; i < p->parent[item]; i++) sum += p->parent[i] == p->parent[item] ? x->weights[i] : 0;
    return x->weights[item] / sum;
}

static uf_status fill_indicators(const struct composite_problem *p, const struct composite_index *x,
                                 struct uf_table *table, struct uf_error *error)
{
    static const struct uf_words directions[] = {{"more", "mer"}, {"less", "mindre"}};
    for (size_t k = 0; k < p->tree.n_indicators; k++) {
        const struct uf_outlier_fit *fit = &x->fit[k];
        double missing = 0, whole = 1;
        for (size_t u = 0; u < p->n_units; u++) missing += isnan(gsl_matrix_get(p->raw, u, k)) ? 1 : 0;
        for (size_t i = k; i != p->n_items - 1; i = p->parent[i]) whole *= share_of(p, x, i);
        struct tidy_row row = tidy_row_add(table, error);
        tidy_text(&row, p->code[k]);
        tidy_text(&row, p->label[k]);
        tidy_text(&row, p->label[p->parent[k]]);
        tidy_text(&row, uf_words_in(directions[p->less[k]], p->language));
        tidy_number(&row, (double)p->n_units - missing, 0);
        tidy_number(&row, missing, 0);
        tidy_number(&row, fit->before.skewness, 0);
        tidy_number(&row, fit->before.kurtosis, 0);
        tidy_number(&row, (double)fit->changed, 0);
        tidy_number(&row, fit->lambda, UF_VALUE_NOT_APPLICABLE);
        tidy_number(&row, fit->after.skewness, 0);
        tidy_number(&row, fit->after.kurtosis, 0);
        tidy_number(&row, p->target[k], UF_VALUE_NOT_APPLICABLE);
        tidy_number(&row, share_of(p, x, k), 0);
        tidy_number(&row, whole, 0);
        UF_TRY(row.status);
    }
    return UF_OK;
}

static const struct tidy_column value_columns[] = {COMPOSITE_UNIT_COLUMNS,
                                                   {"indicator", UF_COLUMN_TEXT, NULL, -1},
                                                   {"value", UF_COLUMN_NUMBER, NULL, -1},
                                                   {"after_treatment", UF_COLUMN_NUMBER, NULL, -1},
                                                   TIDY_BANDED("normalised", NULL, 3)};

static uf_status fill_values(const struct composite_problem *p, const struct composite_index *x,
                             struct uf_table *table, struct uf_error *error)
{
    for (size_t u = 0; u < p->n_units; u++)
        for (size_t k = 0; k < p->tree.n_indicators; k++) {
            uf_value_status status = p->status[u * p->tree.n_indicators + k];
            bool filled = isnan(gsl_matrix_get(p->raw, u, k)) && !isnan(gsl_matrix_get(p->values, u, k));
            struct tidy_row row = composite_unit_row(p, u, table, error);
            tidy_text(&row, p->code[k]);
            tidy_value(&row, gsl_matrix_get(p->raw, u, k), status);
            const double normalised = gsl_matrix_get(x->normalised, u, k);
            const size_t place = composite_place(p, COMPOSITE_NORMALISED, k, u);
            const bool banded = x->rounding.low != NULL && !isnan(normalised);
            const uf_value_status no_band =
                x->rounding.low != NULL ? status : (uf_value_status)UF_VALUE_NOT_APPLICABLE;
            if (filled) {
                tidy_value(&row, gsl_matrix_get(x->treated, u, k), UF_VALUE_IMPUTED);
                tidy_value(&row, normalised, UF_VALUE_IMPUTED);
            } else {
                tidy_number(&row, gsl_matrix_get(x->treated, u, k), status);
                tidy_number(&row, normalised, status);
            }
            tidy_number(&row, banded ? x->rounding.low[place] : (double)NAN, no_band);
            tidy_number(&row, banded ? x->rounding.high[place] : (double)NAN, no_band);
            UF_TRY(row.status);
        }
    return UF_OK;
}

const struct composite_plan composite_indicator_tables[COMPOSITE_INDICATOR_TABLES] = {
    {"composite-index-indicators",
     {"Indicators of the index", "Indexets indikatorer"},
     indicator_columns,
     COUNT(indicator_columns),
     fill_indicators},
    {"composite-index-values",
     {"Indicators, treated and normalised", "Indikatorer, behandlade och normaliserade"},
     value_columns,
     COUNT(value_columns),
     fill_values}};
