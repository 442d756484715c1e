// SPDX-License-Identifier: GPL-3.0-or-later
/* The same comparison without a region, before it began, for other outcomes. */
#include "base/fail.h"
#include "effect/sensitivity_run.h"
#include "effect/significant.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_UNITS_LEFT_OUT = 1000 };

static const struct uf_words nothing = {NULL, NULL};
static const struct uf_words not_estimable = {"cannot be estimated from these rows",
                                              "går inte att skatta med dessa rader"};

/* A table of estimates, with who or what was changed in `label` and what that did in `change`. */
uf_status sensitivity_checks_table(const struct sensitivity_run *run, const char *name, struct uf_words title,
                                   struct uf_table **out, struct uf_error *error)
{
    struct uf_table *table = NULL;
    size_t column;
    UF_TRY(effect_table_new(name, title, &run->common, &table, error));
    uf_status status = uf_table_add_column(table, "label", UF_COLUMN_TEXT, NULL, -1, &column, error);
    if (status == UF_OK)
        status = uf_table_add_column(table, "role", UF_COLUMN_TEXT, NULL, -1, &column, error);
    if (status == UF_OK)
        status = uf_table_add_column(table, "change", UF_COLUMN_NUMBER, run->common.unit, 4, &column, error);
    if (status != UF_OK)
        uf_table_free(table);
    else
        *out = table;
    return status;
}

/* Estimates on the rows and adds the line; what cannot be estimated is said there. */
uf_status sensitivity_add_check(const struct sensitivity_run *run, const struct uf_did_data *data,
                                const struct sensitivity_check *check, struct uf_table *table,
                                double *out_estimate, struct uf_error *error)
{
    struct subsample_effect effect = {.estimate = NAN};
    struct uf_error reason;
    uf_status status = subsample_estimate(data, &run->covariance, run->level, &effect, &reason);
    bool good = status == UF_OK;
    if (!good && status != UF_NOT_IDENTIFIED && status != UF_BAD_USAGE) {
        if (error) *error = reason;
        return status;
    }
    if (!good) effect.estimate = NAN, effect.test = effect_no_test;
    struct effect_run common = run->common;
    if (check->outcome) common.outcome = check->outcome;
    const struct effect_row row = {.term = check->term,
                                   .vcov = run->vcov,
                                   .note = good ? NULL : uf_words_in(not_estimable, common.context->language),
                                   .period = check->period,
                                   .estimate = effect.estimate,
                                   .event_time = check->event_time,
                                   .test = effect.test,
                                   .n_obs = good ? (double)effect.n_obs : NAN,
                                   .n_treated = good ? (double)effect.n_treated : NAN,
                                   .n_control = good ? (double)effect.n_control : NAN,
                                   .n_clusters = good ? effect.n_clusters : 0};
    size_t index;
    UF_TRY(effect_add_row(table, &common, &row, &index, error));
    UF_TRY(uf_table_set_text(table, index, EFFECT_COLUMNS, check->label, error));
    UF_TRY(uf_table_set_text(table, index, EFFECT_COLUMNS + 1, check->role, error));
    double change = check->outcome ? NAN : effect.estimate - run->main.estimate;
    UF_TRY(effect_set_number(table, index, EFFECT_COLUMNS + 2, change, error));
    *out_estimate = effect.estimate;
    return UF_OK;
}

uf_status sensitivity_take(const struct sensitivity_run *run, struct uf_table *table, uf_status status,
                           struct uf_error *error)
{
    if (status == UF_OK && table && uf_table_rows(table) > 0)
        return uf_result_take_table(run->common.result, table, error);
    uf_table_free(table);
    return status;
}

const char *sensitivity_role_of(const struct sensitivity_run *run, bool treated)
{
    static const struct uf_words roles[] = {{"comparison", "jämförelse"}, {"treated", "insats"}};
    return uf_words_in(roles[treated], run->common.context->language);
}

/* --- without one region ---------------------------------------------------------------------------------- */

struct largest {
    size_t unit;
    double estimate;
};

static uf_status leave_each_out(const struct sensitivity_run *run, unsigned char *keep,
                                struct uf_table *table, struct largest *largest, size_t *sign_changes,
                                struct uf_error *error)
{
    const struct uf_did_data *data = &run->common.sample->data;
    const struct uf_dictionary *units = &run->common.panel->units;
    for (size_t u = 0; u < data->n_units; u++) {
        size_t left = 0;
        double estimate;
        for (size_t i = 0; i < data->n; i++) left += !(keep[i] = data->unit[i] != u);
        if (left == 0) continue;
        struct subsample part;
        UF_TRY(subsample_init(data, keep, &part, error));
        const struct sensitivity_check check = {
            .term = units->code[u],
            .label = units->label[u],
            .role = sensitivity_role_of(run, data->first_period[u] != SIZE_MAX),
            .event_time = NAN};
        uf_status status = sensitivity_add_check(run, &part.data, &check, table, &estimate, error);
        subsample_clear(&part);
        UF_TRY(status);
        if (isnan(estimate)) continue;
        *sign_changes += estimate * run->main.estimate < 0;
        if (largest->unit == SIZE_MAX ||
            fabs(estimate - run->main.estimate) > fabs(largest->estimate - run->main.estimate))
            *largest = (struct largest){u, estimate};
    }
    return UF_OK;
}

static uf_status note_largest(const struct sensitivity_run *run, struct largest largest, size_t sign_changes,
                              struct uf_error *error)
{
    /* never, once, more often */
    static const struct uf_words text[] = {
        {"One region at a time was left out. The estimate changes most without {0}: {1} instead of {2}. It "
         "keeps its sign whichever region is left out.",
         "En region i taget har utelämnats. Skattningen ändras mest utan {0}: {1} i stället för {2}. Den "
         "behåller sitt tecken vilken region som än utelämnas."},
        {"One region at a time was left out. The estimate changes most without {0}: {1} instead of {2}. One "
         "of "
         "the regions changes its sign when it is left out.",
         "En region i taget har utelämnats. Skattningen ändras mest utan {0}: {1} i stället för {2}. Den "
         "byter "
         "tecken när en av regionerna utelämnas."},
        {"One region at a time was left out. The estimate changes most without {0}: {1} instead of {2}. It "
         "changes sign for {3} of the regions left out.",
         "En region i taget har utelämnats. Skattningen ändras mest utan {0}: {1} i stället för {2}. Den "
         "byter "
         "tecken för {3} av de utelämnade regionerna."}};
    const struct uf_argument arguments[] = {uf_text_argument(run->common.panel->units.label[largest.unit]),
                                            significant_argument(largest.estimate),
                                            significant_argument(run->main.estimate),
                                            uf_count_argument(sign_changes)};
    return effect_note(&run->common, sign_changes ? UF_WARNING : UF_NOTE, "leave-one-out",
                       text[sign_changes < 2 ? sign_changes : 2], nothing, arguments, 4, error);
}

/* The estimate of the whole sample in each row, to compare with. */
static uf_status add_whole_sample(const struct sensitivity_run *run, struct uf_table *table,
                                  struct uf_error *error)
{
    size_t column;
    UF_TRY(uf_table_add_column(table, "whole_sample", UF_COLUMN_NUMBER, run->common.unit, 4, &column, error));
    for (size_t row = 0; row < uf_table_rows(table); row++)
        UF_TRY(effect_set_number(table, row, column, run->main.estimate, error));
    return UF_OK;
}

uf_status sensitivity_leave_out(const struct sensitivity_run *run, struct uf_error *error)
{
    static const struct uf_words title = {"The estimate without one region at a time",
                                          "Skattningen utan en region i taget"};
    static const struct uf_words many = {
        "No region was left out in turn: there are {0}, and no single one of so many matters.",
        "Ingen region har utelämnats i tur och ordning: de är {0}, och ingen enskild av så många spelar "
        "någon roll."};
    const struct uf_did_data *data = &run->common.sample->data;
    size_t present = run->common.sample->n_treated + run->common.sample->n_control;
    if (!uf_options_flag(run->options, "leave-one-out")) return UF_OK;
    const struct uf_argument count = uf_count_argument(present);
    if (present > MOST_UNITS_LEFT_OUT)
        return effect_note(&run->common, UF_NOTE, "leave-one-out-many", many, nothing, &count, 1, error);
    struct uf_table *table = NULL;
    struct largest largest = {SIZE_MAX, NAN};
    size_t sign_changes = 0;
    unsigned char *keep = malloc(data->n + 1);
    if (!keep) return uf_fail_memory(error);
    uf_status status = sensitivity_checks_table(run, "leave-one-out", title, &table, error);
    if (status == UF_OK) status = leave_each_out(run, keep, table, &largest, &sign_changes, error);
    free(keep);
    if (status == UF_OK) status = add_whole_sample(run, table, error);
    if (status == UF_OK && largest.unit != SIZE_MAX) status = note_largest(run, largest, sign_changes, error);
    return sensitivity_take(run, table, status, error);
}

/* --- before the start ------------------------------------------------------------------------------------ */

/* The untreated rows: the treated until their start, the others until the last start. */
static void untreated_rows(const struct uf_did_data *data, unsigned char *keep)
{
    size_t last = 0;
    for (size_t i = 0; i < data->n; i++) {
        size_t first = data->first_period[data->unit[i]];
        if (first != SIZE_MAX && first > last) last = first;
    }
    for (size_t i = 0; i < data->n; i++) {
        size_t first = data->first_period[data->unit[i]];
        keep[i] = data->period[i] < (first == SIZE_MAX ? last : first);
    }
}

/* Every start so many steps of the calendar earlier. */
static void shift_treatment(const struct uf_did_data *whole, long steps, struct subsample *part)
{
    for (size_t i = 0; i < part->data.n; i++) {
        size_t first = whole->first_period[part->unit[i]];
        part->treatment[i] =
            first != SIZE_MAX && whole->time[part->period[i]] >= whole->time[first] - steps ? 1 : 0;
    }
}

/* The code of the period of the false start, where there is one start. */
static const char *false_start(const struct sensitivity_run *run, long steps)
{
    const struct uf_did_data *data = &run->common.sample->data;
    size_t first = SIZE_MAX;
    if (run->common.sample->n_cohorts != 1) return NULL;
    for (size_t i = 0; i < data->n && first == SIZE_MAX; i++) first = data->first_period[data->unit[i]];
    for (size_t t = 0; first != SIZE_MAX && t < first; t++)
        if (data->time[t] == data->time[first] - steps) return run->common.panel->periods.code[t];
    return NULL;
}

static uf_status move_starts(const struct sensitivity_run *run, struct subsample *part,
                             struct uf_table *table, size_t *found, size_t *tried, struct uf_error *error)
{
    const struct uf_did_data *data = &run->common.sample->data;
    size_t most = uf_options_count(run->options, "placebo-starts");
    for (long steps = 1; steps <= (long)most; steps++) {
        double estimate;
        char term[32];
        shift_treatment(data, steps, part);
        snprintf(term, sizeof term, "start-%ld", steps);
        struct subsample_effect probe;
        if (subsample_estimate(&part->data, &run->covariance, run->level, &probe, NULL) != UF_OK) break;
        const struct sensitivity_check check = {
            .term = term, .period = false_start(run, steps), .event_time = -(double)steps};
        UF_TRY(sensitivity_add_check(run, &part->data, &check, table, &estimate, error));
        *tried += 1;
        *found += probe.test.p_value < 0.05;
    }
    return UF_OK;
}

static uf_status note_placebo(const struct sensitivity_run *run, size_t tried, size_t found,
                              struct uf_error *error)
{
    /* one try or more; found never, once, more often */
    static const struct uf_words text[2][3] = {
        {{"The start was moved to the period before it, on the periods before the intervention alone. No "
          "difference shows at 5 %.",
          "Starten har flyttats till perioden före, med enbart perioderna före insatsen. Ingen skillnad syns "
          "på "
          "5-procentsnivån."},
         {"The start was moved to the period before it, on the periods before the intervention alone. A "
          "difference shows at 5 %, where there was no intervention that could have made it.",
          "Starten har flyttats till perioden före, med enbart perioderna före insatsen. En skillnad syns på "
          "5-procentsnivån, där ingen insats kan ha orsakat den."},
         {NULL, NULL}},
        {{"The start was moved to an earlier period {0} times, on the periods before the intervention alone. "
          "No "
          "difference shows at 5 % in any of them.",
          "Starten har flyttats till en tidigare period {0} gånger, med enbart perioderna före insatsen. "
          "Ingen "
          "av gångerna syns en skillnad på 5-procentsnivån."},
         {"The start was moved to an earlier period {0} times, on the periods before the intervention alone. "
          "In "
          "one of them a difference shows at 5 %, where there was no intervention that could have made it.",
          "Starten har flyttats till en tidigare period {0} gånger, med enbart perioderna före insatsen. En "
          "av "
          "gångerna syns en skillnad på 5-procentsnivån, där ingen insats kan ha orsakat den."},
         {"The start was moved to an earlier period {0} times, on the periods before the intervention alone. "
          "In "
          "{1} of them a difference shows at 5 %, where there was no intervention that could have made it.",
          "Starten har flyttats till en tidigare period {0} gånger, med enbart perioderna före insatsen. I "
          "{1} "
          "av fallen syns en skillnad på 5-procentsnivån, där ingen insats kan ha orsakat den."}}};
    const struct uf_argument arguments[] = {uf_count_argument(tried), uf_count_argument(found)};
    return effect_note(&run->common, found ? UF_WARNING : UF_NOTE, "placebo-in-time",
                       text[tried > 1][found < 2 ? found : 2], nothing, arguments, 2, error);
}

uf_status sensitivity_placebo_in_time(const struct sensitivity_run *run, struct uf_error *error)
{
    static const struct uf_words title = {"The intervention moved to before its start",
                                          "Insatsen flyttad till före sin start"};
    if (uf_options_count(run->options, "placebo-starts") == 0) return UF_OK;
    const struct uf_did_data *data = &run->common.sample->data;
    struct uf_table *table = NULL;
    struct subsample part = {0};
    size_t found = 0, tried = 0;
    unsigned char *keep = malloc(data->n + 1);
    if (!keep) return uf_fail_memory(error);
    untreated_rows(data, keep);
    uf_status status = subsample_init(data, keep, &part, error);
    free(keep);
    if (status == UF_OK) status = sensitivity_checks_table(run, "placebo-in-time", title, &table, error);
    if (status == UF_OK) status = move_starts(run, &part, table, &found, &tried, error);
    subsample_clear(&part);
    if (status == UF_OK && tried > 0) status = note_placebo(run, tried, found, error);
    return sensitivity_take(run, table, status, error);
}

/* --- other outcomes -------------------------------------------------------------------------------------- */

static uf_status one_outcome(const struct sensitivity_run *run, const char *name, unsigned char *keep,
                             struct uf_table *table, struct uf_error *error)
{
    const struct uf_did_data *data = &run->common.sample->data;
    size_t column = uf_panel_column(run->common.panel, name), row = 0;
    double estimate;
    const struct uf_panel_column *c = &run->common.panel->columns[column];
    struct subsample part;
    for (size_t i = 0; i < data->n; i++) keep[i] = isfinite(c->value[run->common.sample->row[i]]) != 0;
    UF_TRY(subsample_init(data, keep, &part, error));
    for (size_t i = 0; i < data->n; i++)
        if (keep[i]) part.outcome[row++] = c->value[run->common.sample->row[i]];
    const struct sensitivity_check check = {
        .term = "treatment", .label = c->label ? c->label : name, .event_time = NAN, .outcome = name};
    uf_status status = sensitivity_add_check(run, &part.data, &check, table, &estimate, error);
    subsample_clear(&part);
    return status;
}

uf_status sensitivity_placebo_outcomes(const struct sensitivity_run *run, struct uf_error *error)
{
    static const struct uf_words title = {"Outcomes that the intervention should not change",
                                          "Utfall som insatsen inte bör påverka"};
    const struct uf_text_list *names = uf_options_list(run->options, "placebo-outcomes");
    if (names->count == 0) return UF_OK;
    struct uf_table *table = NULL;
    unsigned char *keep = malloc(run->common.sample->data.n + 1);
    if (!keep) return uf_fail_memory(error);
    struct sensitivity_run unitless = *run; /* each outcome has a unit of its own */
    unitless.common.unit = NULL;
    uf_status status = sensitivity_checks_table(&unitless, "placebo-outcomes", title, &table, error);
    for (size_t i = 0; i < names->count && status == UF_OK; i++)
        status = one_outcome(&unitless, names->items[i], keep, table, error);
    free(keep);
    return sensitivity_take(run, table, status, error);
}
