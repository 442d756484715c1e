// SPDX-License-Identifier: GPL-3.0-or-later
#include "effect/comparable_panel.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "effect/design_facts.h"
#include "effect/run.h"

/* Who is treated within the periods, and who of them has a past. */
struct survey {
    const struct uf_panel *panel;
    long anticipation, *time;
    bool *past_of_start, *past_of_unit, *present; /* n_periods; n_units */
    bool *left_out;                               /* n_units */
    size_t n_treated, n_left_out;                 /* of those present */
};

static void survey_clear(struct survey *s)
{
    free(s->time), free(s->past_of_start), free(s->past_of_unit), free(s->present), free(s->left_out);
}

static uf_status survey_init(struct survey *s, struct uf_error *error)
{
    const size_t units = s->panel->units.count + 1;
    bool calendar;
    UF_TRY(effect_time_scale(s->panel, &s->time, &calendar, error));
    s->past_of_start = calloc(s->panel->periods.count + 1, sizeof(bool));
    s->past_of_unit = calloc(units, sizeof(bool));
    s->present = calloc(units, sizeof(bool));
    s->left_out = calloc(units, sizeof(bool));
    return s->past_of_start && s->past_of_unit && s->present && s->left_out ? UF_OK : uf_fail_memory(error);
}

static void find_pasts(struct survey *s)
{
    const struct uf_panel *panel = s->panel;
    for (size_t i = 0; i < panel->n_rows; i++) {
        const size_t unit = panel->unit[i], first = panel->treatment.first_period[unit];
        if (!design_row_counts(panel, true, i)) continue;
        s->present[unit] = true;
        if (first >= panel->periods.count || s->time[panel->period[i]] >= s->time[first] - s->anticipation)
            continue;
        s->past_of_unit[unit] = s->past_of_start[first] = true;
    }
}

static void leave_out(struct survey *s, enum effect_past past)
{
    for (size_t u = 0; u < s->panel->units.count; u++) {
        const size_t first = s->panel->treatment.first_period[u];
        if (!s->present[u] || first >= s->panel->periods.count) continue;
        s->left_out[u] = !(past == EFFECT_PAST_OF_UNIT ? s->past_of_unit[u] : s->past_of_start[first]);
        s->n_treated++;
        s->n_left_out += s->left_out[u];
    }
}

/* Something that the method refuses, whoever has it; or a treatment that ends or has a size, of which two-way effects can make
 * something without a past. */
static bool is_refused(const struct uf_panel *panel, enum effect_past past, const struct uf_options *options)
{
    const double *dose = panel->treatment.dose;
    if (panel->treatment.switches_off &&
        (past == EFFECT_PAST_OF_TWO_WAY || !strcmp(uf_options_text(options, "switching-off"), "refuse")))
        return true;
    for (size_t i = 0; dose && i < panel->n_rows; i++)
        if (!isnan(dose[i]) && dose[i] != 0 && dose[i] != 1) return true;
    return false;
}

static uf_status tell(const struct survey *s, const struct uf_panel *kept, enum uf_language language,
                      struct uf_result *result, struct uf_error *error)
{
    static const struct uf_words step = {"figures before the start", "uppgifter före start"};
    /* without anticipation, with it */
    static const struct uf_words reason[] = {
        {"treated regions without figures before their start are left out",
         "behandlade regioner utan uppgifter före sin start utesluts"},
        {"treated regions without figures before their start, less the anticipation, are left out",
         "behandlade regioner utan uppgifter före sin start, med avdrag för förväntan, utesluts"}};
    static const struct uf_words text[] = {
        {"Treated regions without figures before their start: {0} of {1} ({2}). Nothing shows how they "
         "developed without the treatment. They take no part in the comparison, nor when the treatment is "
         "dealt out anew: all results are those of the data without them.",
         "Behandlade regioner utan uppgifter före sin start: {0} av {1} ({2}). Inget visar hur de "
         "utvecklades utan insatsen. De ingår inte i jämförelsen, och inte heller när insatsen fördelas på "
         "nytt: alla resultat är de som datamaterialet ger utan dem."},
        {"Treated regions without figures before their start, less the anticipation ({3}): {0} of {1} ({2}). "
         "Nothing shows how they developed without the treatment. They take no part in the comparison, nor "
         "when the treatment is dealt out anew: all results are those of the data without them.",
         "Behandlade regioner utan uppgifter före sin start, med avdrag för förväntan ({3}): {0} av {1} "
         "({2}). Inget visar hur de utvecklades utan insatsen. De ingår inte i jämförelsen, och inte heller "
         "när insatsen fördelas på nytt: alla resultat är de som datamaterialet ger utan dem."}};
    const bool anticipated = s->anticipation > 0;
    char *names;
    UF_TRY(design_list_units(s->panel, s->left_out, &names, error));
    const struct uf_argument arguments[] = {uf_count_argument(s->n_left_out), uf_count_argument(s->n_treated),
                                            uf_text_argument(names),
                                            uf_number_argument((double)s->anticipation, 0)};
    uf_status status =
        uf_result_add_note(result, language, UF_NOTE, "treated-from-start", text[anticipated],
                           (struct uf_words){NULL, NULL}, arguments, anticipated ? 4 : 3, error);
    free(names);
    UF_TRY(status);
    return uf_result_add_ledger(result, uf_words_in(step, language),
                                uf_words_in(reason[anticipated], language), s->panel->n_rows, kept->n_rows,
                                error);
}

/* *out is NULL where nobody is left out. */
static uf_status comparable_panel(const struct uf_panel *panel, enum effect_past past,
                                  const struct uf_options *options, enum uf_language language,
                                  struct uf_result *result, struct uf_panel **out, struct uf_error *error)
{
    struct survey survey = {.panel = panel};
    *out = NULL;
    if (past != EFFECT_PAST_OF_TWO_WAY)
        UF_TRY(effect_read_count(options, "anticipation", &survey.anticipation, NULL, error));
    if (panel->outcome < 0 || !panel->treatment.given || !panel->period || is_refused(panel, past, options))
        return UF_OK;
    uf_status status = survey_init(&survey, error);
    if (status == UF_OK) {
        find_pasts(&survey);
        leave_out(&survey, past);
    }
    if (status == UF_OK && survey.n_left_out > 0 && survey.n_left_out < survey.n_treated) {
        status = uf_panel_without(panel, survey.left_out, out, error);
        if (status == UF_OK) status = tell(&survey, *out, language, result, error);
    }
    survey_clear(&survey);
    return status;
}

uf_status effect_run_comparable(const struct uf_panel *panel, enum effect_past past, effect_method_run *run,
                                const struct uf_options *options, const struct uf_context *context,
                                struct uf_result *result, struct uf_error *error)
{
    struct uf_panel *own;
    uf_status status = comparable_panel(panel, past, options, context->language, result, &own, error);
    if (status == UF_OK) status = run(own ? own : panel, options, context, result, error);
    uf_panel_free(own);
    return status;
}
