// SPDX-License-Identifier: GPL-3.0-or-later
/* What the method `imputation` says of its fit, and which inference it settles on. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "effect/imputation_run.h"

/* Below this many clusters the errors are never shown alone. */
enum { FEW_CLUSTERS = 50, FEWEST_DRAWS = 199, NAMED = 8 };
/* Time for randomisation, in rows (times columns) fitted: about two seconds' work. */
#define MOST_WORK 3e7

static const struct uf_words none = {NULL, NULL};

/* --- inference ---------------------------------------------------------------------------------- */

static bool asked(const struct uf_options *options, const char *name)
{
    return uf_text_list_find(uf_options_list(options, "inference"), name) != SIZE_MAX;
}

bool imputation_afford(double work, struct uf_randomisation_options *options)
{
    double affordable = MOST_WORK / work;
    if (affordable < FEWEST_DRAWS) return false;
    if (affordable < (double)options->most_enumerated) options->most_enumerated = (size_t)affordable;
    if (affordable < (double)options->draws) options->draws = (size_t)affordable;
    return true;
}

/* A fit with its errors. */
static bool afford(const struct imputation_run *run)
{
    const struct uf_did_data *data = &run->common.sample->data;
    double work =
        (double)data->n * (1 + (double)run->fit->n_covariates) + 300 + pow((double)data->n_periods, 3) / 10;
    return imputation_afford(work, &run->common.inference->randomisation);
}

static uf_status note_left_out_randomisation(const struct imputation_run *run, bool needed,
                                             struct uf_error *error)
{
    static const struct uf_words too_large = {"Randomisation was left out: with {0} observations everything "
                                              "would take long to estimate again hundreds of "
                                              "times.",
                                              "Randomisering har utelämnats: med {0} observationer skulle "
                                              "det ta lång tid att skatta allt på nytt hundratals "
                                              "gånger."};
    const struct uf_argument rows = uf_count_argument(run->fit->n);
    return effect_note(&run->common, needed ? UF_WARNING : UF_NOTE, "randomisation-left-out", too_large, none,
                       &rows, 1, error);
}

/* Everything is computed; what goes first is known afterwards. */
static uf_status choose_automatically(const struct imputation_run *run, struct imputation_inference *out,
                                      struct uf_error *error)
{
    struct effect_grounds grounds = {0};
    UF_TRY(effect_count_blocks(&run->common.sample->data, NULL, &grounds, error));
    *out = (struct imputation_inference){.automatic = true, .analytic = true, .randomise = afford(run)};
    if (out->randomise || effect_are_many(&grounds)) return UF_OK;
    return note_left_out_randomisation(run, true, error);
}

uf_status imputation_settle_inference(const struct imputation_run *run,
                                      const struct uf_randomisation *randomisation,
                                      const struct uf_did_assignment *assignment,
                                      struct imputation_inference *inference, struct uf_error *error)
{
    /* where every pool has one region only, the second is all there is */
    static const struct effect_analytic one_out = {
        "bjs-leave-one-out",
        {"clustered error of Borusyak, Jaravel & Spiess with leave-one-out",
         "klustrat fel enligt Borusyak, Jaravel & Spiess med leave-one-out"}};
    static const struct effect_analytic plain = {
        "bjs",
        {"clustered error of Borusyak, Jaravel & Spiess", "klustrat fel enligt Borusyak, Jaravel & Spiess"}};
    struct effect_grounds grounds = {.analytic = &plain,
                                     .randomised = randomisation,
                                     .noise = randomisation && !isnan(randomisation->p_scaled)};
    struct uf_imputation_averages simple;
    if (!inference->automatic) return UF_OK;
    UF_TRY(uf_imputation_average(run->fit, UF_AVERAGE_SIMPLE, &simple, error));
    uf_status status = UF_OK;
    if (simple.count > 0) {
        struct uf_t_test test;
        status = imputation_test_one_out(run, simple.share, simple.estimate[0], &test, error);
        grounds.cr2 = status == UF_OK && test.std_error > 0;
        if (grounds.cr2) grounds.analytic = &one_out;
    }
    uf_imputation_averages_clear(&simple);
    if (status == UF_OK)
        status = effect_count_blocks(&run->common.sample->data, randomisation ? assignment : NULL, &grounds,
                                     error);
    UF_TRY(status);
    inference->randomised_first = effect_choose(&grounds) != EFFECT_BY_CR2;
    run->common.inference->chosen = effect_chosen_name(&grounds);
    return effect_note_choice(&run->common, &grounds, error);
}

uf_status imputation_choose_inference(const struct imputation_run *run, const struct uf_options *options,
                                      struct imputation_inference *out, struct uf_error *error)
{
    static const struct uf_words few = {"There are {0} clusters. The errors of imputation ask for many: with "
                                        "so few they are too small, and p-values "
                                        "from them too.",
                                        "Det finns {0} kluster. Imputeringens medelfel förutsätter många: "
                                        "med så få är de för små, och p-värdena "
                                        "likaså."};
    static const struct uf_words few_advice = {"Go by the randomisation of the cohorts over the regions; of "
                                               "the errors, leave-one-out comes closest.",
                                               "Utgå från randomiseringen av kohorterna över regionerna; av "
                                               "medelfelen kommer leave-one-out närmast."};
    static const struct uf_words added = {
        "{0} was added: with {1} clusters the inference asked for rejects too often to stand alone.",
        "{0} har lagts till: med {1} kluster ger den begärda inferensen för ofta utslag för att stå ensam."};
    if (asked(options, "auto")) return choose_automatically(run, out, error);
    bool is_few = run->n_clusters < FEW_CLUSTERS;
    struct imputation_inference inference = {.analytic = asked(options, "bjs"),
                                             .randomise = asked(options, "randomisation"),
                                             .randomised_first = is_few};
    const struct uf_argument arguments[] = {uf_text_argument("randomisation"),
                                            uf_count_argument(run->n_clusters)};
    if (is_few && inference.analytic)
        UF_TRY(effect_note(&run->common, UF_WARNING, "few-clusters-imputation", few, few_advice,
                           &arguments[1], 1, error));
    if (is_few && !inference.randomise) {
        inference.randomise = true;
        UF_TRY(effect_note(&run->common, UF_NOTE, "inference-added", added, none, arguments, 2, error));
    }
    if (inference.randomise && !afford(run)) {
        inference.randomise = false;
        inference.analytic = true;
        UF_TRY(note_left_out_randomisation(run, is_few, error));
    }
    if (!inference.randomise && !inference.analytic) inference.analytic = true;
    *out = inference;
    return UF_OK;
}

/* --- the fit ------------------------------------------------------------------------------------ */

struct uf_words imputation_reason(enum uf_imputation_state state)
{
    static const struct uf_words words[UF_IMPUTATION_STATES] = {
        [UF_IMPUTATION_NO_UNIT] = {"the region has no untreated period",
                                   "regionen har ingen obehandlad period"},
        [UF_IMPUTATION_NO_PERIOD] = {"nobody is untreated in the period", "ingen är obehandlad i perioden"},
        [UF_IMPUTATION_NO_LINK] = {"no untreated observations link the region with the period",
                                   "inga obehandlade observationer binder samman regionen och perioden"},
        [UF_IMPUTATION_NO_COVARIATE] = {"a covariate varies here that does not vary among the untreated",
                                        "en kovariat varierar här men inte bland de obehandlade"},
    };
    return words[state];
}

/* Observations without a prediction: by region, and by period where it is the period that lacks the untreated. */
struct left_out {
    size_t n_names; /* units, or periods */
    size_t *count;  /* of them, by name */
    char *const *label;
};

static uf_status left_out_init(const struct imputation_run *run, enum uf_imputation_state state,
                               struct left_out *out, struct uf_error *error)
{
    const struct uf_did_data *data = &run->common.sample->data;
    const struct uf_dictionary *names =
        state == UF_IMPUTATION_NO_PERIOD ? &run->common.panel->periods : &run->common.panel->units;
    *out = (struct left_out){names->count, calloc(names->count + 1, sizeof *out->count), names->label};
    if (!out->count) return uf_fail_memory(error);
    for (size_t i = 0; i < data->n; i++)
        if (run->fit->state[i] == state)
            out->count[state == UF_IMPUTATION_NO_PERIOD ? data->period[i] : data->unit[i]]++;
    return UF_OK;
}

static uf_status note_left_out(const struct imputation_run *run, enum uf_imputation_state state,
                               const struct left_out *left, struct uf_error *error)
{
    static const struct uf_words text = {
        "Treated observations without a prediction: {0}, because {1} ({2}{3}). The "
        "averages are of the others.",
        "Behandlade observationer utan förutsägelse: {0}, eftersom {1} ({2}{3}). "
        "Medelvärdena avser de övriga."};
    static const struct uf_words more = {" and {0} more", " och {0} till"};
    struct uf_buffer names;
    size_t found = 0;
    uf_buffer_init(&names);
    for (size_t u = 0; u < left->n_names; u++) {
        if (left->count[u] == 0 || found++ >= NAMED) continue;
        if (found > 1) uf_buffer_append(&names, ", ");
        uf_buffer_append(&names, left->label[u]);
    }
    char *listed = uf_buffer_take(&names), *rest = NULL;
    if (!listed) return uf_fail_memory(error);
    const struct uf_argument beyond = uf_count_argument(found > NAMED ? found - NAMED : 0);
    uf_status status =
        found > NAMED ? uf_phrase(run->common.context->language, more, &beyond, 1, &rest, error) : UF_OK;
    if (status == UF_OK) {
        const struct uf_argument arguments[] = {
            uf_count_argument(run->fit->count[state]),
            uf_text_argument(uf_words_in(imputation_reason(state), run->common.context->language)),
            uf_text_argument(listed), uf_text_argument(rest ? rest : "")};
        status = effect_note(&run->common, UF_WARNING, "not-predicted", text, none, arguments, 4, error);
    }
    free(listed), free(rest);
    return status;
}

static uf_status add_left_out(const struct imputation_run *run, enum uf_imputation_state state,
                              const struct left_out *left, struct uf_table *table, struct uf_error *error)
{
    const char *reason = uf_words_in(imputation_reason(state), run->common.context->language);
    for (size_t u = 0; u < left->n_names; u++) {
        size_t row;
        if (left->count[u] == 0) continue;
        UF_TRY(uf_table_add_row(table, &row, error));
        UF_TRY(uf_table_set_text(table, row, 0, left->label[u], error));
        UF_TRY(uf_table_set_text(table, row, 1, reason, error));
        UF_TRY(uf_table_set_number(table, row, 2, (double)left->count[u], error));
    }
    return UF_OK;
}

static uf_status report_left_out(const struct imputation_run *run, struct uf_error *error)
{
    static const struct uf_words title = {"Treated observations without a prediction",
                                          "Behandlade observationer utan förutsägelse"};
    struct uf_table *table = NULL;
    size_t missing = 0, index;
    for (int state = UF_IMPUTATION_NO_UNIT; state < UF_IMPUTATION_STATES; state++)
        missing += run->fit->count[state];
    if (missing == 0) return UF_OK;
    UF_TRY(uf_table_new("left-out", &table, error));
    uf_status status = uf_table_set_title(table, uf_words_in(title, run->common.context->language), error);
    if (status == UF_OK) status = uf_table_add_column(table, "name", UF_COLUMN_TEXT, NULL, -1, &index, error);
    if (status == UF_OK)
        status = uf_table_add_column(table, "reason", UF_COLUMN_TEXT, NULL, -1, &index, error);
    if (status == UF_OK)
        status = uf_table_add_column(table, "n_obs", UF_COLUMN_NUMBER, NULL, 0, &index, error);
    for (int state = UF_IMPUTATION_NO_UNIT; state < UF_IMPUTATION_STATES && status == UF_OK; state++) {
        struct left_out left;
        if (run->fit->count[state] == 0) continue;
        status = left_out_init(run, (enum uf_imputation_state)state, &left, error);
        if (status == UF_OK) status = note_left_out(run, (enum uf_imputation_state)state, &left, error);
        if (status == UF_OK) status = add_left_out(run, (enum uf_imputation_state)state, &left, table, error);
        free(left.count);
    }
    if (status != UF_OK) {
        uf_table_free(table);
        return status;
    }
    return uf_result_take_table(run->common.result, table, error);
}

/* The deviation of a region from the average of itself alone is nil. */
static uf_status note_single(const struct imputation_run *run, struct uf_error *error)
{
    static const struct uf_words text = {"Cells (a starting year in a period) with a single region: {0} of "
                                         "{1}. That region's own deviation does not "
                                         "count in the errors, which are too small there.",
                                         "Celler (ett startår i en period) med en enda region: {0} av {1}. "
                                         "Den regionens egen avvikelse räknas inte i "
                                         "medelfelen, som därför är för små."};
    static const struct uf_words advice = {"Choose pool: event-time, or go by the randomisation.",
                                           "Välj pool: event-time, eller utgå från randomiseringen."};
    size_t single = 0, estimated = 0;
    for (size_t c = 0; c < run->fit->n_cells; c++) {
        single += run->fit->cell[c].count[UF_IMPUTATION_ESTIMATED] == 1;
        estimated += run->fit->cell[c].count[UF_IMPUTATION_ESTIMATED] > 0;
    }
    if (single == 0 || run->errors.pool != UF_POOL_CELL) return UF_OK;
    const struct uf_argument arguments[] = {uf_count_argument(single), uf_count_argument(estimated)};
    return effect_note(&run->common, UF_WARNING, "single-region-cells", text, advice, arguments, 2, error);
}

uf_status imputation_report_fit(const struct imputation_run *run, struct uf_error *error)
{
    static const struct uf_words fitted = {
        "{0} untreated observations predict {1} treated ones. Covariates: {2}.",
        "{0} obehandlade observationer förutsäger {1} behandlade. Kovariater: {2}."};
    static const struct uf_words anticipated = {
        "The {0} periods before each start are neither taken as untreated nor counted in the averages.",
        "De {0} perioderna före varje start räknas varken som obehandlade eller i medelvärdena."};
    static const struct uf_words dropped = {"{0} was dropped: among the untreated it is collinear with the "
                                            "fixed effects or with what stands before it.",
                                            "{0} har uteslutits: bland de obehandlade är variabeln kollinjär "
                                            "med de fasta effekterna eller med det som "
                                            "står före den."};
    const struct uf_imputation *fit = run->fit;
    const struct uf_panel *panel = run->common.panel;
    const struct uf_argument arguments[] = {uf_count_argument(fit->count[UF_IMPUTATION_UNTREATED]),
                                            uf_count_argument(fit->count[UF_IMPUTATION_ESTIMATED]),
                                            uf_count_argument(fit->rank)};
    UF_TRY(effect_note(&run->common, UF_NOTE, "predicted", fitted, none, arguments, 3, error));
    const struct uf_argument periods = uf_count_argument(run->options.anticipation);
    if (run->options.anticipation > 0)
        UF_TRY(effect_note(&run->common, UF_NOTE, "anticipation", anticipated, none, &periods, 1, error));
    for (size_t j = 0; j < fit->n_covariates; j++) {
        if (!isnan(fit->coefficient[j])) continue;
        const struct uf_argument name = uf_text_argument(panel->columns[panel->covariates[j]].label);
        UF_TRY(effect_note(&run->common, UF_WARNING, "dropped-covariate", dropped, none, &name, 1, error));
    }
    UF_TRY(report_left_out(run, error));
    return note_single(run, error);
}
