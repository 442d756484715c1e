// SPDX-License-Identifier: GPL-3.0-or-later
/* From the panel to one change and one dose per unit. */
#include "base/fail.h"
#include "effect/dose_response_run.h"
#include "effect/outcome_weights.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

void dose_units_clear(struct dose_units *u)
{
    free(u->after_less_before), free(u->late_less_early), free(u->dose), free(u->weights);
    free(u->early_dose), free(u->early_weights), free(u->unit), free(u->n_before), free(u->n_after);
    for (int d = 0; d < 2; d++) free(u->cluster[d]), free(u->early_cluster[d]);
    memset(u, 0, sizeof *u);
}

static uf_status refuse(const struct dose_run *run, const char *code, struct uf_words text,
                        struct uf_words advice, const struct uf_argument *arguments, size_t n,
                        struct uf_error *error)
{
    UF_TRY(effect_note(&run->common, UF_FATAL, code, text, advice, arguments, n, error));
    run->common.result->claim = UF_CLAIM_DESCRIPTION;
    return uf_design_refuse(run->common.result, error);
}

static uf_status find_start(struct dose_run *run, struct uf_error *error)
{
    static const struct uf_words several = {"The treated regions start in different periods ({0} and {1}, "
                                            "among others). Doses are compared after one start.",
                                            "Insatsregionerna börjar i olika perioder (bland andra {0} och "
                                            "{1}). Doser jämförs efter en gemensam start."};
    static const struct uf_words advice = {
        "Leave out the regions with another start, or make the treatment 0 and 1 and use callaway-santanna.",
        "Uteslut regionerna med annan start, eller gör insatsen till 0 och 1 och använd callaway-santanna."};
    const struct uf_did_data *data = &run->sample->data;
    const struct uf_dictionary *periods = &run->common.panel->periods;
    run->start = SIZE_MAX;
    for (size_t i = 0; i < data->n; i++) {
        size_t first = data->first_period[data->unit[i]];
        if (first == SIZE_MAX || first == run->start) continue;
        if (run->start == SIZE_MAX) {
            run->start = first;
            continue;
        }
        const struct uf_argument arguments[] = {uf_text_argument(periods->code[run->start]),
                                                uf_text_argument(periods->code[first])};
        return refuse(run, "several-starts", several, advice, arguments, 2, error);
    }
    return UF_OK;
}

/* What is known of a unit of the panel. */
struct tally {
    double before, after, dose, weight, least, most, early, late;
    size_t n, n_before, n_after, n_early, n_late, row; /* row: one of the sample's */
};

/* Where the periods before are cut in two: the number of those in the earlier half. */
static size_t half_of(const struct dose_run *run, long end)
{
    const struct uf_did_data *data = &run->sample->data;
    size_t count = 0;
    for (size_t t = 0; t < data->n_periods; t++) count += data->time[t] < end;
    return count / 2;
}

static void collect(struct dose_run *run, struct tally *tally)
{
    const struct uf_did_data *data = &run->sample->data;
    const long end = data->time[run->start] - run->anticipation;
    const size_t half = half_of(run, end);
    run->last = 0;
    for (size_t i = 0; i < data->n; i++)
        if (data->time[data->period[i]] < end && data->period[i] > run->last) run->last = data->period[i];
    for (size_t i = 0; i < data->n; i++) {
        struct tally *t = &tally[data->unit[i]];
        size_t period = data->period[i];
        double y = data->outcome[i], dose = data->treatment[i];
        t->row = i;
        if (period >= run->start) {
            t->least = t->n_after == 0 || dose < t->least ? dose : t->least;
            t->most = t->n_after == 0 || dose > t->most ? dose : t->most;
            t->after += y, t->dose += dose, t->n_after++;
        } else if (data->time[period] < end) {
            if (!run->last_before || period == run->last) t->before += y, t->n_before++;
            if (period < half)
                t->early += y, t->n_early++;
            else
                t->late += y, t->n_late++;
        }
        t->weight += data->weights ? data->weights[i] : 1;
        t->n++;
    }
}

static bool is_used(const struct tally *t)
{
    return t->n_before > 0 && t->n_after > 0;
}

/* Rows of units that are not used leave the sample. */
static uf_status filter(struct dose_run *run, const struct tally *tally, struct uf_error *error)
{
    static const struct uf_words step = {"before and after", "före och efter"};
    static const struct uf_words reason = {"the region has no value before the start, or none after it",
                                           "regionen saknar värde före start, eller efter"};
    struct effect_sample *s = run->sample;
    enum uf_language language = run->common.context->language;
    size_t n = 0, before = s->data.n;
    for (size_t i = 0; i < before; i++) {
        if (!is_used(&tally[s->unit[i]])) continue;
        s->row[n] = s->row[i], s->unit[n] = s->unit[i], s->period[n] = s->period[i],
        s->outcome[n] = s->outcome[i];
        s->treatment[n] = s->data.first_period[s->unit[i]] <= s->period[i];
        if (s->weights) s->weights[n] = s->weights[i];
        for (size_t d = 0; d < s->data.n_cluster_dimensions; d++) s->cluster[d][n] = s->cluster[d][i];
        n++;
    }
    s->data.n = n;
    s->n_treated = s->n_control = 0;
    for (size_t u = 0; u < s->data.n_units; u++) {
        s->n_treated += is_used(&tally[u]) && s->data.first_period[u] != SIZE_MAX;
        s->n_control += is_used(&tally[u]) && s->data.first_period[u] == SIZE_MAX;
    }
    if (n == before) return UF_OK;
    return uf_result_add_ledger(run->common.result, uf_words_in(step, language),
                                uf_words_in(reason, language), before, n, error);
}

static uf_status check_dose(const struct dose_run *run, const struct tally *t, size_t unit,
                            struct uf_error *error)
{
    static const struct uf_words changes = {"The dose of {0} changes after the start ({1} to {2}). What one "
                                            "dose does can only be said of a dose that stays.",
                                            "Dosen för {0} ändras efter start ({1} till {2}). Vad en dos gör "
                                            "kan bara sägas om en dos som består."};
    static const struct uf_words changes_advice = {
        "Give each region one dose from the start on (its total or mean), or ask for changing-dose: mean.",
        "Ge varje region en dos från och med start (summa eller medelvärde), eller begär changing-dose: "
        "mean."};
    static const struct uf_words negative = {"The dose of {0} is negative ({1}).",
                                             "Dosen för {0} är negativ ({1})."};
    static const struct uf_words negative_advice = {
        "Give 0 for the untreated, and amounts above 0 for the treated.",
        "Ange 0 för de utan insats och belopp över 0 för övriga."};
    const struct uf_argument arguments[] = {uf_text_argument(run->common.panel->units.label[unit]),
                                            uf_number_argument(t->least, -1),
                                            uf_number_argument(t->most, -1)};
    if (t->least < 0) return refuse(run, "dose-negative", negative, negative_advice, arguments, 2, error);
    if (run->changing || !(t->most - t->least > 1e-9 * t->most)) return UF_OK;
    return refuse(run, "dose-changes", changes, changes_advice, arguments, 3, error);
}

static uf_status allocate(size_t n, const struct uf_did_data *data, struct dose_units *u,
                          struct uf_error *error)
{
    u->after_less_before = malloc((n + 1) * sizeof(double));
    u->late_less_early = malloc((n + 1) * sizeof(double));
    u->dose = malloc((n + 1) * sizeof(double)), u->early_dose = malloc((n + 1) * sizeof(double));
    u->weights = malloc((n + 1) * sizeof(double)), u->early_weights = malloc((n + 1) * sizeof(double));
    u->unit = malloc((n + 1) * sizeof *u->unit);
    u->n_before = malloc((n + 1) * sizeof *u->n_before), u->n_after = malloc((n + 1) * sizeof *u->n_after);
    bool memory = u->after_less_before && u->late_less_early && u->dose && u->early_dose && u->weights &&
                  u->early_weights && u->unit && u->n_before && u->n_after;
    for (size_t d = 0; d < data->n_cluster_dimensions; d++) {
        u->cluster[d] = malloc((n + 1) * sizeof *u->cluster[d]);
        u->early_cluster[d] = malloc((n + 1) * sizeof *u->early_cluster[d]);
        memory = memory && u->cluster[d] && u->early_cluster[d];
    }
    return memory ? UF_OK : uf_fail_memory(error);
}

static uf_status fill(const struct dose_run *run, const struct tally *tally, struct dose_units *u,
                      struct uf_error *error)
{
    const struct uf_did_data *data = &run->sample->data;
    size_t n = 0, early = 0;
    for (size_t unit = 0; unit < data->n_units; unit++) {
        const struct tally *t = &tally[unit];
        if (!is_used(t)) continue;
        UF_TRY(check_dose(run, t, unit, error));
        u->after_less_before[n] = t->after / (double)t->n_after - t->before / (double)t->n_before;
        u->dose[n] = t->most - t->least > 1e-9 * t->most ? t->dose / (double)t->n_after : t->most;
        u->weights[n] = t->weight / (double)t->n;
        u->unit[n] = unit;
        u->n_before[n] = t->n_before, u->n_after[n] = t->n_after;
        if (t->n_early > 0 && t->n_late > 0) {
            u->late_less_early[early] = t->late / (double)t->n_late - t->early / (double)t->n_early;
            u->early_dose[early] = u->dose[n], u->early_weights[early] = u->weights[n];
        }
        for (size_t d = 0; d < data->n_cluster_dimensions; d++)
            u->cluster[d][n] = u->early_cluster[d][early] = data->cluster[d][t->row];
        early += t->n_early > 0 && t->n_late > 0;
        n++;
    }
    u->change = (struct uf_dose_data){n, u->after_less_before, u->dose, data->weights ? u->weights : NULL};
    u->early = (struct uf_dose_data){early, u->late_less_early, u->early_dose,
                                     data->weights ? u->early_weights : NULL};
    return UF_OK;
}

uf_status dose_units_init(struct dose_run *run, struct dose_units *out, struct uf_error *error)
{
    const struct uf_did_data *data = &run->sample->data;
    struct dose_units units = {0};
    UF_TRY(find_start(run, error));
    struct tally *tally = calloc(data->n_units + 1, sizeof *tally);
    uf_status status = tally ? UF_OK : uf_fail_memory(error);
    if (status == UF_OK && run->start != SIZE_MAX) collect(run, tally);
    if (status == UF_OK) status = allocate(data->n_units, data, &units, error);
    if (status == UF_OK) status = fill(run, tally, &units, error);
    if (status == UF_OK) status = filter(run, tally, error);
    free(tally);
    if (status == UF_OK)
        *out = units;
    else
        dose_units_clear(&units);
    return status;
}

/* --- the regression ---------------------------------------------------------------------------------- */

uf_status dose_regression_init(const struct dose_run *run, const struct uf_least_squares *fit,
                               const gsl_matrix *x, const double *weights, size_t *const *cluster,
                               struct dose_regression *out, struct uf_error *error)
{
    const struct uf_did_data *data = &run->sample->data;
    gsl_vector *kept = gsl_vector_alloc(fit->rank ? fit->rank : 1);
    if (!kept) return uf_fail_memory(error);
    for (size_t r = 0; r < fit->rank; r++)
        gsl_vector_set(kept, r, gsl_vector_get(fit->coefficients, fit->kept[r]));
    *out = (struct dose_regression){.view = {.input = {.x = x,
                                                       .residuals = fit->residuals,
                                                       .inverse = fit->inverse,
                                                       .weights = weights,
                                                       .cluster = {cluster[0], cluster[1]},
                                                       .n_groups = {data->n_groups[0], data->n_groups[1]},
                                                       .n_cluster_dimensions = data->n_cluster_dimensions},
                                             .coefficients = kept,
                                             .df = fit->df},
                                    .kept = kept};
    return UF_OK;
}

void dose_regression_clear(struct dose_regression *regression)
{
    gsl_vector_free(regression->kept);
    memset(regression, 0, sizeof *regression);
}

/* --- randomisation: who is treated, dealt out anew ------------------------------------------------------ */

struct dealer {
    const struct dose_run *run;
    const struct uf_did_assignment *assignment;
    size_t *block, *place; /* n_units: the unit's row among the changes */
    double *share;         /* by unit's row */
    struct outcome_tally tally;
};

static uf_status statistic(void *user, const size_t *path, struct uf_randomisation_statistics *out,
                           struct uf_error *error)
{
    struct dealer *d = user;
    const struct dose_units *u = d->run->units;
    const struct uf_did_data *data = &d->run->sample->data;
    double sum[2] = {0}, all[2] = {0};
    (void)error;
    for (size_t i = 0; i < u->change.n; i++) {
        bool treated = d->assignment->first_period[path[d->block[u->unit[i]]]] != SIZE_MAX;
        double w = u->change.weights ? u->change.weights[i] : 1;
        d->share[i] = treated ? w : -w;
        sum[treated] += w * u->change.change[i], all[treated] += w;
    }
    if (!(all[0] > 0) || !(all[1] > 0)) return UF_OK;
    outcome_tally_start(&d->tally);
    for (size_t r = 0; r < data->n; r++) {
        size_t i = d->place[data->unit[r]];
        bool after = data->period[r] >= d->run->start, treated = d->share[i] > 0;
        if (!after && data->time[data->period[r]] >= data->time[d->run->start] - d->run->anticipation)
            continue;
        if (!after && d->run->last_before && data->period[r] != d->run->last) continue;
        double v = d->share[i] / all[treated] / (after ? (double)u->n_after[i] : -(double)u->n_before[i]);
        outcome_tally_add(&d->tally, data->unit[r], data->period[r],
                          data->n_cluster_dimensions ? data->cluster[0][r] : data->unit[r], v,
                          after ? u->change.change[i] - sum[treated] / all[treated] : 0, data->outcome[r]);
    }
    outcome_tally_finish(&d->tally, out);
    return UF_OK;
}

uf_status dose_randomise(const struct dose_run *run, struct uf_did_assignment *assignment,
                         struct uf_randomisation *out, struct uf_error *error)
{
    const struct uf_did_data *data = &run->sample->data;
    struct uf_randomisation_options options;
    struct uf_did_noise noise = {0};
    struct uf_error reason;
    struct dealer d = {.run = run, .assignment = assignment};
    if (!run->common.inference->randomise) return UF_OK;
    if (!effect_afford(&run->common, 12 * (double)data->n, &options))
        return effect_note_not_dealt(&run->common, true, error);
    UF_TRY(uf_did_assignment_init(data, assignment, error));
    size_t *block = malloc((data->n_units + 1) * sizeof *block),
           *place = malloc((data->n_units + 1) * sizeof *place);
    double *share = malloc((run->units->change.n + 1) * sizeof *share);
    uf_status status = block && place && share ? UF_OK : uf_fail_memory(error);
    d.block = block, d.place = place, d.share = share;
    if (status == UF_OK) {
        for (size_t u = 0; u < data->n_units; u++) d.block[u] = d.place[u] = SIZE_MAX;
        for (size_t i = 0; i < data->n; i++) d.block[data->unit[i]] = assignment->block[i];
        for (size_t i = 0; i < run->units->change.n; i++) d.place[run->units->unit[i]] = i;
        uf_status known = uf_did_noise_init(data, assignment, &noise, &reason);
        status =
            outcome_tally_init(data, assignment, known == UF_OK ? &noise : NULL, d.block, &d.tally, error);
    }
    if (status == UF_OK) {
        const struct uf_randomisation_design design = {assignment->n_blocks, assignment->n_paths,
                                                       assignment->path};
        status = uf_randomise(&design, statistic, &d, &options, out, &reason);
        if (status == UF_NOT_IDENTIFIED)
            status = effect_note_not_dealt(&run->common, false, error);
        else if (status != UF_OK && error)
            *error = reason;
    }
    outcome_tally_clear(&d.tally);
    uf_did_noise_clear(&noise);
    free(block), free(place), free(share);
    return status;
}
