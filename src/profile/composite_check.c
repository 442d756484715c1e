// SPDX-License-Identifier: GPL-3.0-or-later
/* Coherence: does what is put together belong together? Told before anything is made of the ranking. */
#include <math.h>
#include <stdlib.h>

#include "base/advice.h"
#include "base/fail.h"
#include "profile/composite_problem.h"
#include "profile/tidy.h"

/* Below it, two indicators of a pillar have next to nothing in common. */
static const double weak = 0.2;

/* The parts of one aggregate and how they go together. */
struct block {
    size_t aggregate, count, *part;
    gsl_matrix *values, *correlation;
    struct uf_cronbach alpha;
    size_t first, second; /* the pair with the lowest correlation */
    double lowest;
    size_t n_negative, n_weak;
};

static void block_clear(struct block *b)
{
    free(b->part);
    if (b->values) gsl_matrix_free(b->values);
    if (b->correlation) gsl_matrix_free(b->correlation);
}

static void find_lowest(struct block *b)
{
    b->lowest = NAN;
    for (size_t i = 0; i < b->count; i++)
        for (size_t j = 0; j < i; j++) {
            double r = gsl_matrix_get(b->correlation, i, j);
            b->n_negative += r < -weak;
            b->n_weak += fabs(r) <= weak;
            if (!(b->lowest <= r) && !isnan(r)) b->lowest = r, b->first = j, b->second = i;
        }
}

static uf_status block_new(const struct composite_problem *p, const struct composite_index *x,
                           size_t aggregate, struct block *out, struct uf_error *error)
{
    struct block b = {.aggregate = aggregate, .part = malloc(p->n_items * sizeof *b.part)};
    if (!b.part) return uf_fail_memory(error);
    b.count = composite_parts(p, aggregate, b.part);
    b.values = gsl_matrix_alloc(p->n_units, b.count);
    b.correlation = gsl_matrix_alloc(b.count, b.count);
    uf_status status = b.values && b.correlation ? UF_OK : uf_fail_memory(error);
    for (size_t j = 0; status == UF_OK && j < b.count; j++) {
        const gsl_vector column = composite_column(p, x, b.part[j]);
        gsl_matrix_set_col(b.values, j, &column);
    }
    if (status == UF_OK) status = uf_correlations(b.values, b.correlation, NULL, error);
    if (status == UF_OK) status = uf_cronbach_alpha(b.values, &b.alpha, error);
    if (status != UF_OK) {
        block_clear(&b);
        return status;
    }
    find_lowest(&b);
    *out = b;
    return UF_OK;
}

/* --- tables ------------------------------------------------------------------------------------ */

static uf_status add_coherence_row(const struct composite_problem *p, const struct block *b,
                                   struct uf_table *table, struct uf_error *error)
{
    bool pair = !isnan(b->lowest);
    struct tidy_row row = tidy_row_add(table, error);
    tidy_text(&row, p->label[b->aggregate]);
    tidy_number(&row, (double)b->count, 0);
    tidy_number(&row, (double)b->alpha.n, 0);
    tidy_number(&row, b->alpha.standardised, 0);
    tidy_number(&row, b->alpha.raw, 0);
    tidy_number(&row, b->alpha.mean_correlation, 0);
    tidy_number(&row, b->lowest, 0);
    tidy_text(&row, pair ? p->label[b->part[b->first]] : "");
    tidy_text(&row, pair ? p->label[b->part[b->second]] : "");
    return row.status;
}

static uf_status add_correlation_rows(const struct composite_problem *p, const struct block *b,
                                      struct uf_table *table, struct uf_error *error)
{
    for (size_t i = 0; i < b->count; i++)
        for (size_t j = 0; j < b->count; j++) {
            struct tidy_row row = tidy_row_add(table, error);
            tidy_text(&row, p->label[b->aggregate]);
            tidy_text(&row, p->label[b->part[i]]);
            tidy_text(&row, p->label[b->part[j]]);
            tidy_number(&row, gsl_matrix_get(b->correlation, i, j), 0);
            UF_TRY(row.status);
        }
    return UF_OK;
}

/* --- notes ------------------------------------------------------------------------------------- */

static uf_status tell(const struct composite_problem *p, const struct block *b, struct uf_result *result,
                      struct uf_error *error)
{
    static const struct uf_words negative = {
        "In '{0}' {1} of {2} pairs go against each other (correlation below −0.2), most of all {3} and {4} "
        "({5}): in the "
        "index they cancel out, and a region gains nothing by being good at one at the other’s expense.",
        "I '{0}' går {1} av {2} par emot varandra (korrelation under −0,2), mest {3} och {4} ({5}): i "
        "indexet tar "
        "de ut varandra, och en region vinner inget på att vara bra på det ena på det andras bekostnad."};
    static const struct uf_words none = {"In '{0}' {1} of {2} pairs have next to no correlation (within "
                                         "±0.2): what they say is only added up, not "
                                         "confirmed.",
                                         "I '{0}' har {1} av {2} par nästan ingen korrelation (inom ±0,2): "
                                         "det de säger läggs bara ihop, det bekräftas "
                                         "inte."};
    static const struct uf_words advice = {
        "Check the direction of the indicators (less-is-better), or place them in different pillars.",
        "Kontrollera indikatorernas riktning (less-is-better), eller lägg dem i olika delar (pillars)."};
    static const struct uf_words alpha = {
        "Cronbach’s α of '{0}' is {1} (standardised; raw {2}): {3} parts, mean correlation {4}.",
        "Cronbachs α för '{0}' är {1} (standardiserad; rå {2}): {3} delar, medelkorrelation {4}."};
    size_t pairs = b->count * (b->count - 1) / 2;
    if (pairs == 0 || isnan(b->lowest)) return UF_OK;
    const struct uf_argument pair[] = {uf_text_argument(p->label[b->aggregate]),
                                       uf_count_argument(b->n_negative),
                                       uf_count_argument(pairs),
                                       uf_text_argument(p->label[b->part[b->first]]),
                                       uf_text_argument(p->label[b->part[b->second]]),
                                       uf_number_argument(b->lowest, 2)};
    const struct uf_argument few[] = {uf_text_argument(p->label[b->aggregate]), uf_count_argument(b->n_weak),
                                      uf_count_argument(pairs)};
    const struct uf_argument numbers[] = {uf_text_argument(p->label[b->aggregate]),
                                          uf_number_argument(b->alpha.standardised, 3),
                                          uf_number_argument(b->alpha.raw, 3), uf_count_argument(b->count),
                                          uf_number_argument(b->alpha.mean_correlation, 2)};
    if (b->n_negative)
        UF_TRY(uf_result_add_note(result, p->language, UF_WARNING, "negative-correlations", negative, advice,
                                  pair, 6, error));
    if (b->n_weak)
        UF_TRY(uf_result_add_note(result, p->language, UF_NOTE, "weak-correlations", none, no_advice, few, 3,
                                  error));
    if (isnan(b->alpha.standardised)) return UF_OK;
    return uf_result_add_note(result, p->language, UF_NOTE, "cronbach-alpha", alpha, no_advice, numbers, 5,
                              error);
}

/* --- together ---------------------------------------------------------------------------------- */

static uf_status add_block(const struct composite_problem *p, const struct composite_index *x,
                           size_t aggregate, struct uf_table *coherence, struct uf_table *correlations,
                           struct uf_result *result, struct uf_error *error)
{
    struct block block;
    UF_TRY(block_new(p, x, aggregate, &block, error));
    uf_status status = add_coherence_row(p, &block, coherence, error);
    if (status == UF_OK) status = add_correlation_rows(p, &block, correlations, error);
    if (status == UF_OK) status = tell(p, &block, result, error);
    block_clear(&block);
    return status;
}

uf_status composite_add_coherence(const struct composite_problem *p, const struct composite_index *x,
                                  struct uf_result *result, struct uf_error *error)
{
    static const struct uf_words coherence_title = {"Coherence of the parts", "Delarnas samstämmighet"};
    static const struct uf_words correlation_title = {"Correlations within each pillar",
                                                      "Korrelationer inom varje del"};
    static const struct tidy_column coherence_columns[] = {{"pillar", UF_COLUMN_TEXT, NULL, -1},
                                                           {"parts", UF_COLUMN_NUMBER, NULL, 0},
                                                           {"n", UF_COLUMN_NUMBER, NULL, 0},
                                                           {"alpha", UF_COLUMN_NUMBER, NULL, 3},
                                                           {"alpha_raw", UF_COLUMN_NUMBER, NULL, 3},
                                                           {"mean_correlation", UF_COLUMN_NUMBER, NULL, 3},
                                                           {"lowest_correlation", UF_COLUMN_NUMBER, NULL, 3},
                                                           {"lowest_first", UF_COLUMN_TEXT, NULL, -1},
                                                           {"lowest_second", UF_COLUMN_TEXT, NULL, -1}};
    static const struct tidy_column correlation_columns[] = {{"pillar", UF_COLUMN_TEXT, NULL, -1},
                                                             {"first", UF_COLUMN_TEXT, NULL, -1},
                                                             {"second", UF_COLUMN_TEXT, NULL, -1},
                                                             {"correlation", UF_COLUMN_NUMBER, NULL, 3}};
    struct uf_table *coherence = NULL, *correlations = NULL;
    UF_TRY(tidy_table_new("composite-index-coherence", uf_words_in(coherence_title, p->language),
                          coherence_columns, sizeof coherence_columns / sizeof *coherence_columns, &coherence,
                          error));
    uf_status status = tidy_table_new(
        "composite-index-correlations", uf_words_in(correlation_title, p->language), correlation_columns,
        sizeof correlation_columns / sizeof *correlation_columns, &correlations, error);
    for (size_t a = p->tree.n_indicators; a < p->n_items && status == UF_OK; a++)
        status = add_block(p, x, a, coherence, correlations, result, error);
    if (status != UF_OK) {
        uf_table_free(coherence);
        uf_table_free(correlations);
        return status;
    }
    status = uf_result_take_table(result, coherence, error);
    if (status != UF_OK) {
        uf_table_free(correlations);
        return status;
    }
    return uf_result_take_table(result, correlations, error);
}
