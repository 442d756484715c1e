// SPDX-License-Identifier: GPL-3.0-or-later
/* The tables of dose-response, and under which assumption each may be read. */
#include "base/fail.h"
#include "effect/dose_response_run.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

struct effect_term dose_term(const struct dose_run *run, const char *name)
{
    return (struct effect_term){.term = name,
                                .event_time = NAN,
                                .n_obs = (double)run->units->change.n,
                                .n_treated = (double)run->units->n_treated,
                                .n_control = (double)run->units->n_control};
}

/* --- estimates -------------------------------------------------------------------------------------- */

static uf_status report_estimates(const struct dose_run *run, struct uf_error *error)
{
    static const struct uf_words title = {"Average over the treated regions, by type of inference",
                                          "Genomsnitt över insatsregionerna, efter typ av inferens"};
    struct effect_terms terms;
    struct uf_table *table = NULL;
    UF_TRY(effect_terms_init(2, run->fit->fit.rank, &terms, error));
    struct effect_term term = dose_term(run, "average_effect");
    effect_terms_add(&terms, &term,
                     uf_dose_mean(run->fit, &run->units->change, false, effect_terms_next(&terms)));
    term = dose_term(run, "average_slope");
    if (dose_has_slope(run->fit))
        effect_terms_add(&terms, &term,
                         uf_dose_mean(run->fit, &run->units->change, true, effect_terms_next(&terms)));
    uf_status status = effect_table_new("estimates", title, &run->common, &table, error);
    if (status == UF_OK)
        status = effect_add_findings(&run->common, run->findings, terms.term, 1, table, error);
    if (status == UF_OK && terms.count > 1) status = dose_add_slope(run, &terms.term[1], table, error);
    if (status == UF_OK && run->units->change.n_stacks == 1) status = dose_add_two_way(run, table, error);
    effect_terms_clear(&terms);
    if (status == UF_OK) effect_fit_estimates(table);
    if (status == UF_OK) return uf_result_take_table(run->common.result, table, error);
    uf_table_free(table);
    return status;
}

uf_status dose_report(const struct dose_run *run, struct uf_error *error)
{
    UF_TRY(report_estimates(run, error));
    UF_TRY(dose_report_curve(run, error));
    UF_TRY(dose_report_dealt(run, error));
    UF_TRY(dose_report_starts(run, error));
    UF_TRY(dose_report_cohorts(run, error));
    if (run->units->change.n_stacks == 1) UF_TRY(dose_report_weights(run, error));
    return dose_report_events(run, error);
}
