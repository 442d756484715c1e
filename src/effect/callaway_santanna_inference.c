// SPDX-License-Identifier: GPL-3.0-or-later
/* The inference of callaway-santanna: what the design calls for, and the treatment dealt out anew. */
#include "base/fail.h"
#include "effect/callaway_santanna_internal.h"
#include "effect/group_time_sums.h"

#include <math.h>

static const struct uf_words none = {NULL, NULL};

static const struct effect_analytic by_influence = {
    "influence",
    {"cluster-robust error from influence functions (normal)",
     "klusterrobust fel från influensfunktioner (normalfördelning)"}};

/* Before anything is dealt out anew: where `auto` is sure to take the influence functions, that is not needed. */
uf_status callaway_choose_inference(struct callaway_run *run, struct uf_error *error)
{
    run->grounds = (struct effect_grounds){.cr2 = true, .analytic = &by_influence};
    UF_TRY(effect_count_blocks(&run->common.sample->data, NULL, &run->grounds, error));
    if (run->automatic) {
        run->influence = true;
        run->randomise |= !effect_are_many(&run->grounds);
    }
    /* intervals of the tables by term are those of the influence functions */
    run->influence |= !run->multiplier && !run->randomise;
    return UF_OK;
}

/* And after it. */
uf_status callaway_settle_inference(struct callaway_run *run, struct uf_error *error)
{
    struct effect_grounds *grounds = &run->grounds;
    grounds->cr2 = run->average[UF_AVERAGE_SIMPLE].std_error > 0;
    grounds->randomised = run->randomised;
    grounds->noise = run->randomised && !isnan(run->randomisation.p_scaled);
    UF_TRY(effect_count_blocks(&run->common.sample->data, run->randomised ? &run->assignment : NULL, grounds,
                               error));
    if (!run->automatic) return UF_OK;
    run->common.inference->chosen = effect_chosen_name(grounds);
    return effect_note_choice(&run->common, grounds, error);
}

/* Additions that dealing out anew may cost where it was not asked for by name, and the fewest draws worth it. */
#define MOST_WORK 1.5e9
enum { FEWEST_DRAWS = 499 };

double callaway_work(const struct callaway_run *run, bool sums)
{
    double cells = (double)run->group_time.n_cells, units = (double)run->group_time.n_units;
    double k = (double)run->common.panel->n_covariates;
    if (sums) return cells * (double)run->assignment.n_blocks * (20 + 4 * (k + 1) * (k + 1));
    return cells * units * (4 + 6 * k * (k + 1));
}

static bool afford(const struct callaway_run *run, bool sums, struct uf_randomisation_options *options)
{
    double affordable = MOST_WORK / (callaway_work(run, sums) + 1);
    *options = run->common.inference->randomisation;
    if (!run->automatic) return true;
    if (affordable < FEWEST_DRAWS) return false;
    if (affordable < (double)options->most_enumerated) options->most_enumerated = (size_t)affordable;
    if (affordable < (double)options->draws) options->draws = (size_t)affordable;
    return true;
}

/* The estimator that is dealt: the one asked for, or, where `auto` may not take that long, the regression, which sums by
 * region carry whatever the number of rows. False: neither. */
static uf_status choose_dealt(struct callaway_run *run, struct uf_group_time_options *dealt,
                              struct uf_randomisation_options *options, bool *out, struct uf_error *error)
{
    bool sums, regression;
    *dealt = run->options;
    UF_TRY(group_time_dealt_by_sums(&run->group_time, &run->options, &run->assignment, &sums, &regression,
                                    error));
    *out = afford(run, sums, options);
    if (*out || !regression || !afford(run, true, options)) return UF_OK;
    dealt->estimator = UF_DRDID_REGRESSION;
    run->dealt_by_regression = *out = true;
    return UF_OK;
}

static uf_status note_regression(const struct callaway_run *run, struct uf_error *error)
{
    static const struct uf_words text = {"The treatment was dealt out anew with estimator: regression, whose "
                                         "average is {0} where {1} gives {2}: in data "
                                         "of this size {1} would take long under each assignment. The test "
                                         "is as honest; its p-values and intervals are "
                                         "those of the regression.",
                                         "Insatsen fördelades på nytt med estimator: regression, vars "
                                         "genomsnitt är {0} där {1} ger {2}: i ett så stort "
                                         "datamaterial skulle {1} ta lång tid för varje fördelning. Testet "
                                         "är lika ärligt; dess p-värden och intervall "
                                         "är regressionens."};
    static const struct uf_words advice = {
        "Ask for inference: influence,randomisation to have it all the same.",
        "Begär inference: influence,randomisation för att ändå få det."};
    const struct uf_argument arguments[] = {uf_number_argument(run->randomisation.coefficient[0], 4),
                                            uf_text_argument(callaway_estimators[run->options.estimator]),
                                            uf_number_argument(run->average[UF_AVERAGE_SIMPLE].estimate, 4)};
    return effect_note(&run->common, UF_NOTE, "randomisation-by-regression", text, advice, arguments, 3,
                       error);
}

static uf_status note_impossible(const struct callaway_run *run, bool too_large, struct uf_error *error)
{
    static const struct uf_words one_way = {
        "The treatment could not be dealt out anew over the units: there is only one way to do it.",
        "Insatsen kunde inte fördelas på nytt över enheterna: det finns bara ett sätt att göra det på."};
    static const struct uf_words large = {
        "The treatment was not dealt out anew over the units, which would take long in a panel of this size.",
        "Insatsen har inte fördelats på nytt över enheterna, vilket skulle ta lång tid i en så stor panel."};
    static const struct uf_words advice = {"Ask for it by name: inference: influence,randomisation.",
                                           "Begär det vid namn: inference: influence,randomisation."};
    return effect_note(&run->common, too_large ? UF_NOTE : UF_WARNING, "randomisation-impossible",
                       too_large ? large : one_way, too_large ? advice : none, NULL, 0, error);
}

/* What the leads dealt out anew would have found, where that is affordable. */
static uf_status find_slopes(struct callaway_run *run, const struct uf_group_time_options *dealt,
                             struct uf_error *error)
{
    struct placebo_sample sample;
    struct uf_error reason;
    bool sums, regression;
    UF_TRY(group_time_dealt_by_sums(&run->group_time, dealt, &run->assignment, &sums, &regression, error));
    uf_status status = placebo_sample_init(&run->common.sample->data, &run->assignment, dealt->cross_sections,
                                           &sample, &reason);
    if (status == UF_OK) {
        status = group_time_placebo_drift(&sample, dealt, callaway_work(run, sums),
                                          run->common.inference->randomisation.seed, &run->slopes, &reason);
        placebo_sample_clear(&sample);
    }
    if (status == UF_OK || status == UF_NOT_IDENTIFIED) return UF_OK;
    if (error) *error = reason;
    return status;
}

uf_status callaway_randomise(struct callaway_run *run, struct uf_error *error)
{
    const struct uf_did_data *data = &run->common.sample->data;
    struct uf_randomisation_options options;
    struct uf_group_time_options dealt;
    struct uf_did_noise noise = {0};
    struct uf_error reason;
    bool affordable;
    if (!run->randomise) return UF_OK;
    UF_TRY(uf_did_assignment_init(data, &run->assignment, error));
    UF_TRY(choose_dealt(run, &dealt, &options, &affordable, error));
    if (!affordable) return note_impossible(run, true, error);
    uf_status status = uf_did_noise_init(data, &run->assignment, &noise, &reason);
    if (status == UF_OK || status == UF_NOT_IDENTIFIED)
        status = uf_group_time_randomise(data, &dealt, &run->assignment, status == UF_OK ? &noise : NULL,
                                         &options, &run->randomisation, &reason);
    uf_did_noise_clear(&noise);
    if (status == UF_NOT_IDENTIFIED) return note_impossible(run, false, error);
    if (status == UF_OK) {
        run->randomised = true;
        status =
            uf_group_time_randomise_leads(data, &dealt, &run->assignment, &options, &run->leads, &reason);
        if (status == UF_NOT_IDENTIFIED) status = UF_OK; /* no lead */
        if (status == UF_OK && run->leads.count > 0) status = find_slopes(run, &dealt, &reason);
    }
    if (status != UF_OK) {
        if (error) *error = reason;
        return status;
    }
    return run->dealt_by_regression ? note_regression(run, error) : UF_OK;
}
