// SPDX-License-Identifier: GPL-3.0-or-later
/* Terms by the wild cluster bootstrap. */
#include "base/fail.h"
#include "effect/estimates.h"
#include "effect/inference.h"

#include <math.h>
#include <stdlib.h>

static const struct uf_words none = {NULL, NULL};

/* `missed` of `asked` terms. */
static uf_status note_wild_left_out(const struct effect_run *run, bool two_way, size_t missed, size_t asked,
                                    struct uf_error *error)
{
    static const struct uf_words text = {
        "The wild cluster bootstrap was left out for {0} of {1} terms: it needs a cluster column with at "
        "least two clusters whose "
        "residuals "
        "vary, and not more fixed effects across the clusters than can be carried.",
        "Den vilda klusterbootstrapen har utelämnats för {0} av {1} termer: den kräver en klusterkolumn med "
        "minst två kluster vars "
        "residualer "
        "varierar, och inte fler fasta effekter tvärs över klustren än som går att bära."};
    static const struct uf_words both = {
        "The wild cluster bootstrap was left out for {0} of {1} terms: with these two cluster "
        "columns the variance of the estimate is not "
        "positive, or the clusters are too many.",
        "Den vilda klusterbootstrapen har utelämnats för {0} av {1} termer: med dessa två "
        "klusterkolumner är skattningens varians inte "
        "positiv, eller så är klustren för många."};
    const struct uf_argument arguments[] = {uf_count_argument(missed), uf_count_argument(asked)};
    return effect_note(run, UF_NOTE, "inference-left-out", two_way ? both : text, none, arguments, 2, error);
}

static uf_status add_wild_row(const struct effect_run *run, const struct uf_wild_bootstrap *wild,
                              const struct effect_term *term, struct uf_table *table, struct uf_error *error)
{
    char *how = NULL;
    UF_TRY(uf_wild_bootstrap_describe(wild, run->context->language, &how, error));
    struct effect_row row = effect_row_of(term);
    row.estimate = wild->estimate;
    row.test = (struct uf_t_test){wild->std_error, wild->statistic, NAN,
                                  wild->p_value,   wild->conf_low,  wild->conf_high};
    row.n_clusters = wild->n_clusters;
    row.vcov = "wild-bootstrap";
    row.note = how;
    uf_status status = effect_add_row(table, run, &row, NULL, error);
    free(how);
    return status;
}

uf_status effect_add_wild(const struct effect_run *run, const struct effect_regression *regression,
                          const struct effect_term *terms, size_t n_terms, struct uf_table *table,
                          struct uf_error *error)
{
    if (!run->inference->wild) return UF_OK;
    if (regression->input.summed) return effect_note_summed(run, "wild-bootstrap", error);
    bool two_way = regression->input.n_cluster_dimensions == 2;
    size_t missed = 0, asked = 0;
    for (size_t t = 0; t < n_terms; t++) {
        if (!terms[t].combination) continue;
        asked++;
        gsl_vector_const_view combination =
            gsl_vector_const_view_array(terms[t].combination, regression->coefficients->size);
        const struct uf_wild_bootstrap_input input = {&regression->input, regression->coefficients,
                                                      &combination.vector, run->inference->bootstrap_null};
        struct uf_wild_bootstrap wild;
        struct uf_error reason;
        uf_status status = uf_wild_bootstrap_test(&input, &run->inference->bootstrap, &wild, &reason);
        if (status == UF_NOT_IDENTIFIED || status == UF_BAD_USAGE) {
            missed++;
            continue;
        }
        if (status != UF_OK) {
            if (error) *error = reason;
            return status;
        }
        status = add_wild_row(run, &wild, &terms[t], table, error);
        if (status == UF_OK && t == 0) status = effect_keep_wild(run, &wild, error);
        uf_wild_bootstrap_clear(&wild);
        UF_TRY(status);
    }
    return missed > 0 ? note_wild_left_out(run, two_way, missed, asked, error) : UF_OK;
}
