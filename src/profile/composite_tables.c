// SPDX-License-Identifier: GPL-3.0-or-later
/* The tables of a composite index. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "profile/composite_problem.h"
#include "profile/tidy.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

const struct uf_words composite_choice_words[UF_CHOICES] = {
    [UF_CHOICE_TREATMENT] = {"treatment of outliers", "behandling av extremvärden"},
    [UF_CHOICE_NORMALISATION] = {"normalisation", "normalisering"},
    [UF_CHOICE_WEIGHTING] = {"weighting", "viktning"},
    [UF_CHOICE_AGGREGATION] = {"aggregation", "sammanvägning"},
    [UF_CHOICE_WEIGHT_NOISE] = {"size of the weights", "vikternas storlek"},
    [UF_CHOICE_LEFT_OUT] = {"indicator left out", "utelämnad indikator"}};

/* One table: fills rows until something fails. */
typedef uf_status fill_function(const struct composite_problem *p, const struct composite_index *x,
                                struct uf_table *table, struct uf_error *error);

struct plan {
    const char *name;
    struct uf_words title;
    const struct tidy_column *columns;
    size_t n_columns;
    fill_function *fill;
};

static uf_status add(const struct composite_problem *p, const struct composite_index *x,
                     const struct plan *plan, struct uf_result *result, struct uf_error *error)
{
    struct uf_table *table = NULL;
    UF_TRY(tidy_table_new(plan->name, uf_words_in(plan->title, p->language), plan->columns, plan->n_columns,
                          &table, error));
    uf_status status = plan->fill(p, x, table, error);
    if (status == UF_OK) return uf_result_take_table(result, table, error);
    uf_table_free(table);
    return status;
}

/* Why a region has no index: the reasons of its missing indicators together. */
static uf_value_status reason_of(const struct composite_problem *p, size_t u)
{
    uf_value_status reason = 0;
    for (size_t k = 0; k < p->tree.n_indicators; k++)
        reason |= p->status[u * p->tree.n_indicators + k] & UF_VALUE_MISSING_MASK;
    return reason;
}

static double count_missing(const struct composite_problem *p, size_t u)
{
    double count = 0;
    for (size_t k = 0; k < p->tree.n_indicators; k++) count += isnan(gsl_matrix_get(p->raw, u, k)) ? 1 : 0;
    return count;
}

static struct tidy_row unit_row(const struct composite_problem *p, size_t u, struct uf_table *table,
                                struct uf_error *error)
{
    struct tidy_row row = tidy_row_add(table, error);
    tidy_text(&row, composite_unit_code(p, u));
    tidy_text(&row, composite_unit_label(p, u));
    tidy_text(&row, p->when[0] ? p->panel->periods.code[p->period] : "");
    return row;
}

/* --- the index and its pillars ------------------------------------------------------------------ */

#define UNIT_COLUMNS                                                                                         \
    {"unit", UF_COLUMN_TEXT, NULL, -1}, {"label", UF_COLUMN_TEXT, NULL, -1},                                 \
    {                                                                                                        \
        "period", UF_COLUMN_TEXT, NULL, -1                                                                   \
    }

static const struct tidy_column index_columns[] = {UNIT_COLUMNS,
                                                   TIDY_BANDED("index", NULL, 2),
                                                   TIDY_BANDED("rank", NULL, 0),
                                                   {"rank_p05", UF_COLUMN_NUMBER, NULL, 1},
                                                   {"rank_p95", UF_COLUMN_NUMBER, NULL, 1},
                                                   {"missing", UF_COLUMN_NUMBER, NULL, 0}};

/* A number with what rounding leaves of it. */
static void rounded_number(struct tidy_row *row, const struct composite_index *x, double value, size_t at,
                           uf_value_status reason)
{
    const bool drawn = x->rounding.low != NULL && !isnan(value);
    tidy_banded(row, value, drawn ? x->rounding.low[at] : (double)NAN,
                drawn ? x->rounding.high[at] : (double)NAN, reason,
                x->rounding.low != NULL ? reason : (uf_value_status)UF_VALUE_NOT_APPLICABLE);
}

static uf_status fill_index(const struct composite_problem *p, const struct composite_index *x,
                            struct uf_table *table, struct uf_error *error)
{
    size_t top = p->tree.n_aggregates - 1;
    for (size_t u = 0; u < p->n_units; u++) {
        struct tidy_row row = unit_row(p, u, table, error);
        uf_value_status reason = reason_of(p, u);
        uf_value_status drawn = x->uncertain ? reason : UF_VALUE_NOT_APPLICABLE;
        rounded_number(&row, x, gsl_matrix_get(x->value, u, top), u, reason);
        rounded_number(&row, x, gsl_matrix_get(x->rank, u, top), p->n_units + u, reason);
        tidy_number(&row, x->uncertain ? x->uncertainty.unit[u].low : (double)NAN, drawn);
        tidy_number(&row, x->uncertain ? x->uncertainty.unit[u].high : (double)NAN, drawn);
        tidy_number(&row, count_missing(p, u), 0);
        UF_TRY(row.status);
    }
    return UF_OK;
}

static const struct tidy_column pillar_columns[] = {UNIT_COLUMNS,
                                                    {"pillar", UF_COLUMN_TEXT, NULL, -1},
                                                    {"value", UF_COLUMN_NUMBER, NULL, 2},
                                                    {"rank", UF_COLUMN_NUMBER, NULL, 0}};

static uf_status fill_pillars(const struct composite_problem *p, const struct composite_index *x,
                              struct uf_table *table, struct uf_error *error)
{
    for (size_t u = 0; u < p->n_units; u++)
        for (size_t a = 0; a + 1 < p->tree.n_aggregates; a++) {
            struct tidy_row row = unit_row(p, u, table, error);
            tidy_text(&row, p->label[p->tree.n_indicators + a]);
            tidy_number(&row, gsl_matrix_get(x->value, u, a), reason_of(p, u));
            tidy_number(&row, gsl_matrix_get(x->rank, u, a), reason_of(p, u));
            UF_TRY(row.status);
        }
    return UF_OK;
}

/* --- contributions ------------------------------------------------------------------------------ */

static const struct tidy_column contribution_columns[] = {UNIT_COLUMNS,
                                                          {"part", UF_COLUMN_TEXT, NULL, -1},
                                                          {"part_label", UF_COLUMN_TEXT, NULL, -1},
                                                          {"contribution", UF_COLUMN_NUMBER, NULL, 2},
                                                          {"weight_share", UF_COLUMN_NUMBER, NULL, 3}};

/* The regions in the order of their rank, those without one last. */
static void order_units(const struct composite_problem *p, const struct composite_index *x, size_t *out)
{
    size_t top = p->tree.n_aggregates - 1;
    for (size_t u = 0; u < p->n_units; u++) {
        double rank = gsl_matrix_get(x->rank, u, top);
        size_t place = u;
        for (; place > 0 && !(gsl_matrix_get(x->rank, out[place - 1], top) <= rank) && !isnan(rank); place--)
            out[place] = out[place - 1];
        out[place] = u;
    }
}

/* Of an arithmetic mean: w·x/Σw, which add up to the index. */
static uf_status add_contributions(const struct composite_problem *p, const struct composite_index *x,
                                   size_t u, const size_t *parts, size_t count, struct uf_table *table,
                                   struct uf_error *error)
{
    double total = 0;
    bool there = !isnan(gsl_matrix_get(x->value, u, p->tree.n_aggregates - 1));
    for (size_t j = 0; j < count; j++) {
        const gsl_vector column = composite_column(p, x, parts[j]);
        total += isnan(gsl_vector_get(&column, u)) ? 0 : x->weights[parts[j]];
    }
    for (size_t j = 0; j < count; j++) {
        const gsl_vector column = composite_column(p, x, parts[j]);
        double value = gsl_vector_get(&column, u), share = x->weights[parts[j]] / total;
        struct tidy_row row = unit_row(p, u, table, error);
        tidy_text(&row, p->code[parts[j]]);
        tidy_text(&row, p->label[parts[j]]);
        tidy_number(&row, there ? share * value : (double)NAN, reason_of(p, u));
        tidy_number(&row, there && !isnan(value) ? share : (double)NAN, reason_of(p, u));
        UF_TRY(row.status);
    }
    return UF_OK;
}

static uf_status fill_contributions(const struct composite_problem *p, const struct composite_index *x,
                                    struct uf_table *table, struct uf_error *error)
{
    size_t *parts = malloc((p->n_items + p->n_units) * sizeof *parts),
           *order = parts ? parts + p->n_items : NULL;
    if (!parts) return uf_fail_memory(error);
    size_t count = composite_parts(p, p->n_items - 1, parts);
    uf_status status = UF_OK;
    order_units(p, x, order);
    for (size_t i = 0; i < p->n_units && status == UF_OK; i++)
        status = add_contributions(p, x, order[i], parts, count, table, error);
    free(parts);
    return status;
}

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

static const struct tidy_column value_columns[] = {UNIT_COLUMNS,
                                                   {"indicator", UF_COLUMN_TEXT, NULL, -1},
                                                   {"value", UF_COLUMN_NUMBER, NULL, -1},
                                                   {"after_treatment", UF_COLUMN_NUMBER, NULL, -1},
                                                   {"normalised", UF_COLUMN_NUMBER, NULL, 3}};

static uf_status fill_values(const struct composite_problem *p, const struct composite_index *x,
                             struct uf_table *table, struct uf_error *error)
{
    for (size_t u = 0; u < p->n_units; u++)
        for (size_t k = 0; k < p->tree.n_indicators; k++) {
            uf_value_status status = p->status[u * p->tree.n_indicators + k];
            bool filled = isnan(gsl_matrix_get(p->raw, u, k)) && !isnan(gsl_matrix_get(p->values, u, k));
            struct tidy_row row = unit_row(p, u, table, error);
            tidy_text(&row, p->code[k]);
            tidy_value(&row, gsl_matrix_get(p->raw, u, k), status);
            if (filled) {
                tidy_value(&row, gsl_matrix_get(x->treated, u, k), UF_VALUE_IMPUTED);
                tidy_value(&row, gsl_matrix_get(x->normalised, u, k), UF_VALUE_IMPUTED);
            } else {
                tidy_number(&row, gsl_matrix_get(x->treated, u, k), status);
                tidy_number(&row, gsl_matrix_get(x->normalised, u, k), status);
            }
            UF_TRY(row.status);
        }
    return UF_OK;
}

/* --- uncertainty -------------------------------------------------------------------------------- */

static const struct tidy_column rank_columns[] = {UNIT_COLUMNS,
                                                  {"rank", UF_COLUMN_NUMBER, NULL, 0},
                                                  {"mean", UF_COLUMN_NUMBER, NULL, 1},
                                                  {"median", UF_COLUMN_NUMBER, NULL, 1},
                                                  {"low", UF_COLUMN_NUMBER, NULL, 1},
                                                  {"high", UF_COLUMN_NUMBER, NULL, 1},
                                                  {"among_top", UF_COLUMN_NUMBER, NULL, 3},
                                                  {"among_top_error", UF_COLUMN_NUMBER, NULL, 3}};

static uf_status fill_ranks(const struct composite_problem *p, const struct composite_index *x,
                            struct uf_table *table, struct uf_error *error)
{
    for (size_t u = 0; u < p->n_units; u++) {
        const struct uf_rank_interval *i = &x->uncertainty.unit[u];
        const double numbers[] = {i->nominal, i->mean,      i->median,         i->low,
                                  i->high,    i->top_share, i->top_share_error};
        struct tidy_row row = unit_row(p, u, table, error);
        for (size_t k = 0; k < COUNT(numbers); k++) tidy_number(&row, numbers[k], reason_of(p, u));
        UF_TRY(row.status);
    }
    return uf_table_sort(table, uf_table_column(table, "rank"), false, error);
}

static const struct tidy_column sensitivity_columns[] = {{"choice", UF_COLUMN_TEXT, NULL, -1},
                                                         {"label", UF_COLUMN_TEXT, NULL, -1},
                                                         {"alternatives", UF_COLUMN_NUMBER, NULL, 0},
                                                         {"first_order", UF_COLUMN_NUMBER, NULL, 3},
                                                         {"first_order_error", UF_COLUMN_NUMBER, NULL, 3},
                                                         {"total_order", UF_COLUMN_NUMBER, NULL, 3},
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
        tidy_number(&row, s->first, 0);
        tidy_number(&row, s->first_error, 0);
        tidy_number(&row, s->total, 0);
        tidy_number(&row, s->total_error, 0);
        UF_TRY(row.status);
    }
    return UF_OK;
}

/* --- together ----------------------------------------------------------------------------------- */

static bool has_sensitivity(const struct composite_index *x)
{
    bool any = false;
    for (size_t c = 0; x->uncertain && c < UF_CHOICES; c++)
        any = any || !isnan(x->uncertainty.index[c].total);
    return any;
}

uf_status composite_add_tables(const struct composite_problem *p, const struct composite_index *x,
                               struct uf_result *result, struct uf_error *error)
{
    static const struct plan plans[] = {
        {"composite-index",
         {"Composite index", "Sammansatt index"},
         index_columns,
         COUNT(index_columns),
         fill_index},
        {"composite-index-pillars",
         {"Pillars of the index", "Indexets delar"},
         pillar_columns,
         COUNT(pillar_columns),
         fill_pillars},
        {"composite-index-contributions",
         {"What each part adds to the index", "Vad varje del bidrar med till indexet"},
         contribution_columns,
         COUNT(contribution_columns),
         fill_contributions},
        {"composite-index-indicators",
         {"Indicators of the index", "Indexets indikatorer"},
         indicator_columns,
         COUNT(indicator_columns),
         fill_indicators},
        {"composite-index-values",
         {"Indicators, treated and normalised", "Indikatorer, behandlade och normaliserade"},
         value_columns,
         COUNT(value_columns),
         fill_values},
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
    for (size_t i = 0; i < COUNT(plans); i++) {
        if (plans[i].fill == fill_pillars && p->tree.n_aggregates == 1) continue;
        if (plans[i].fill == fill_contributions && x->aggregation.top != UF_AGGREGATE_ARITHMETIC) continue;
        if (plans[i].fill == fill_ranks && !x->uncertain) continue;
        if (plans[i].fill == fill_sensitivity && !has_sensitivity(x)) continue;
        UF_TRY(add(p, x, &plans[i], result, error));
    }
    return UF_OK;
}
