// SPDX-License-Identifier: GPL-3.0-or-later
/* The tables of a composite index: the index itself, its pillars and what each part adds. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "profile/composite_tables.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static uf_status add(const struct composite_problem *p, const struct composite_index *x,
                     const struct composite_plan *plan, struct uf_result *result, struct uf_error *error)
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
uf_value_status composite_reason(const struct composite_problem *p, size_t u)
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

struct tidy_row composite_unit_row(const struct composite_problem *p, size_t u, struct uf_table *table,
                                   struct uf_error *error)
{
    struct tidy_row row = tidy_row_add(table, error);
    tidy_text(&row, composite_unit_code(p, u));
    tidy_text(&row, composite_unit_label(p, u));
    tidy_text(&row, p->when[0] ? p->panel->periods.code[p->period] : "");
    return row;
}

/* --- the index and its pillars ------------------------------------------------------------------ */

static const struct tidy_column index_columns[] = {COMPOSITE_UNIT_COLUMNS,
                                                   TIDY_BANDED("index", NULL, 2),
                                                   TIDY_BANDED("rank", NULL, 0),
                                                   {"rank_p05", UF_COLUMN_NUMBER, NULL, 1},
                                                   {"rank_p95", UF_COLUMN_NUMBER, NULL, 1},
                                                   {"missing", UF_COLUMN_NUMBER, NULL, 0}};

void composite_rounded(struct tidy_row *row, double value, const struct rounding_bands *bands, size_t at,
                       uf_value_status reason)
{
    const bool drawn = bands->low != NULL && !isnan(value);
    tidy_banded(row, value, drawn ? bands->low[at] : (double)NAN, drawn ? bands->high[at] : (double)NAN,
                reason, bands->low != NULL ? reason : (uf_value_status)UF_VALUE_NOT_APPLICABLE);
}

static void rounded_number(struct tidy_row *row, const struct composite_problem *p,
                           const struct composite_index *x, enum composite_number number, size_t aggregate,
                           size_t u)
{
    const gsl_matrix *from = number == COMPOSITE_RANK ? x->rank : x->value;
    composite_rounded(row, gsl_matrix_get(from, u, aggregate), &x->rounding,
                      composite_place(p, number, aggregate, u), composite_reason(p, u));
}

static uf_status fill_index(const struct composite_problem *p, const struct composite_index *x,
                            struct uf_table *table, struct uf_error *error)
{
    size_t top = p->tree.n_aggregates - 1;
    for (size_t u = 0; u < p->n_units; u++) {
        struct tidy_row row = composite_unit_row(p, u, table, error);
        uf_value_status reason = composite_reason(p, u);
        uf_value_status drawn = x->uncertain ? reason : UF_VALUE_NOT_APPLICABLE;
        rounded_number(&row, p, x, COMPOSITE_VALUE, top, u);
        rounded_number(&row, p, x, COMPOSITE_RANK, top, u);
        tidy_number(&row, x->uncertain ? x->uncertainty.unit[u].low : (double)NAN, drawn);
        tidy_number(&row, x->uncertain ? x->uncertainty.unit[u].high : (double)NAN, drawn);
        tidy_number(&row, count_missing(p, u), 0);
        UF_TRY(row.status);
    }
    return UF_OK;
}

static const struct tidy_column pillar_columns[] = {COMPOSITE_UNIT_COLUMNS,
                                                    {"pillar", UF_COLUMN_TEXT, NULL, -1},
                                                    TIDY_BANDED("value", NULL, 2),
                                                    TIDY_BANDED("rank", NULL, 0)};

static uf_status fill_pillars(const struct composite_problem *p, const struct composite_index *x,
                              struct uf_table *table, struct uf_error *error)
{
    for (size_t u = 0; u < p->n_units; u++)
        for (size_t a = 0; a + 1 < p->tree.n_aggregates; a++) {
            struct tidy_row row = composite_unit_row(p, u, table, error);
            tidy_text(&row, p->label[p->tree.n_indicators + a]);
            rounded_number(&row, p, x, COMPOSITE_VALUE, a, u);
            rounded_number(&row, p, x, COMPOSITE_RANK, a, u);
            UF_TRY(row.status);
        }
    return UF_OK;
}

/* --- contributions ------------------------------------------------------------------------------ */

static const struct tidy_column contribution_columns[] = {COMPOSITE_UNIT_COLUMNS,
                                                          {"part", UF_COLUMN_TEXT, NULL, -1},
                                                          {"part_label", UF_COLUMN_TEXT, NULL, -1},
                                                          TIDY_BANDED("contribution", NULL, 2),
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

static uf_status add_contributions(const struct composite_problem *p, const struct composite_index *x,
                                   size_t u, double *items, struct uf_table *table, struct uf_error *error)
{
    const double *share = items + p->n_items;
    composite_contributions(p, x, u, items, items + p->n_items);
    for (size_t i = 0; i + 1 < p->n_items; i++) {
        if (p->parent[i] != p->n_items - 1) continue;
        struct tidy_row row = composite_unit_row(p, u, table, error);
        tidy_text(&row, p->code[i]);
        tidy_text(&row, p->label[i]);
        composite_rounded(&row, items[i], &x->rounding, composite_place(p, COMPOSITE_CONTRIBUTION, i, u),
                          composite_reason(p, u));
        tidy_number(&row, share[i], composite_reason(p, u));
        UF_TRY(row.status);
    }
    return UF_OK;
}

static uf_status fill_contributions(const struct composite_problem *p, const struct composite_index *x,
                                    struct uf_table *table, struct uf_error *error)
{
    size_t *order = malloc((p->n_units + 1) * sizeof *order);
    double *items = malloc(2 * p->n_items * sizeof *items);
    uf_status status = order && items ? UF_OK : uf_fail_memory(error);
    if (status == UF_OK) order_units(p, x, order);
    for (size_t i = 0; i < p->n_units && status == UF_OK; i++)
        status = add_contributions(p, x, order[i], items, table, error);
    free(order);
    free(items);
    return status;
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
    static const struct composite_plan own[] = {
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
         fill_contributions}};
    for (size_t i = 0; i < COUNT(own); i++) {
        if (own[i].fill == fill_pillars && p->tree.n_aggregates == 1) continue;
        if (own[i].fill == fill_contributions && x->aggregation.top != UF_AGGREGATE_ARITHMETIC) continue;
        UF_TRY(add(p, x, &own[i], result, error));
    }
    for (size_t i = 0; i < COMPOSITE_INDICATOR_TABLES; i++)
        UF_TRY(add(p, x, &composite_indicator_tables[i], result, error));
    for (size_t i = 0; x->uncertain && i < (has_sensitivity(x) ? COMPOSITE_CHOICE_TABLES : 1); i++)
        UF_TRY(add(p, x, &composite_choice_tables[i], result, error));
    return UF_OK;
}
