// SPDX-License-Identifier: GPL-3.0-or-later
/* What is asked of callaway-santanna: its options as the kernels want them. */
#include "base/fail.h"
#include "effect/callaway_santanna_internal.h"

#include <math.h>
#include <string.h>

/* in the order of their enums */
const char *const callaway_estimators[] = {"doubly-robust",          "regression",         "ipw",
                                           "doubly-robust-improved", "ipw-unstandardised", NULL};
const char *const callaway_controls[] = {"never-treated", "not-yet-treated", NULL};
const char *const callaway_bases[] = {"varying", "universal", NULL};
const char *const callaway_switchings[] = {"refuse", "from-first-start", NULL};
const char *const callaway_inferences[] = {"auto", "influence", "multiplier", "randomisation", NULL};
const char *const callaway_samplings[] = {"panel", "repeated-cross-sections", NULL};

int callaway_choice(const struct uf_options *options, const char *name, const char *const *choices)
{
    int i = 0;
    while (choices[i] && strcmp(choices[i], uf_options_text(options, name))) i++;
    return i;
}

static uf_status whole(const struct uf_options *options, const char *name, long *out, bool *given,
                       struct uf_error *error)
{
    double value = uf_options_number(options, name);
    if (isnan(value)) return UF_OK;
    if (value != floor(value) || fabs(value) > 1e6)
        return uf_fail(error, UF_BAD_USAGE, "option '%s': found %g, expected a whole number of periods", name,
                       value);
    *out = (long)value;
    *given = true;
    return UF_OK;
}

uf_status callaway_read_request(const struct uf_options *options, const struct uf_context *context,
                                struct callaway_run *run, struct uf_error *error)
{
    const struct uf_text_list *list = uf_options_list(options, "inference");
    struct uf_average_options *averaging = &run->averaging;
    double level = uf_options_number(options, "confidence-level");
    if (!(level > 0 && level < 1))
        return uf_fail(error, UF_BAD_USAGE,
                       "option 'confidence-level': found %g, expected a share between 0 and 1, as 0.95",
                       level);
    run->options = (struct uf_group_time_options){
        .estimator = (enum uf_drdid_estimator)callaway_choice(options, "estimator", callaway_estimators),
        .control = (enum uf_group_time_control)callaway_choice(options, "control", callaway_controls),
        .base = (enum uf_group_time_base)callaway_choice(options, "base-period", callaway_bases),
        .anticipation = (long)uf_options_count(options, "anticipation"),
        .cross_sections = callaway_choice(options, "sampling", callaway_samplings) == 1,
        .threads = context->threads};
    if (run->options.anticipation > 1000000)
        return uf_fail(error, UF_BAD_USAGE, "option 'anticipation': found %ld, expected a number of periods",
                       run->options.anticipation);
    if (run->options.cross_sections && run->options.estimator > UF_DRDID_IPW)
        return uf_fail(
            error, UF_BAD_USAGE,
            "estimator '%s' needs a panel; with sampling: repeated-cross-sections expected doubly-robust, "
            "regression or ipw",
            callaway_estimators[run->options.estimator]);
    for (size_t i = 0; i < list->count; i++) {
        run->automatic |= !strcmp(list->items[i], "auto");
        run->influence |= !strcmp(list->items[i], "influence");
        run->multiplier |= !strcmp(list->items[i], "multiplier");
        run->randomise |= !strcmp(list->items[i], "randomisation");
    }
    size_t draws = uf_options_count(options, "draws");
    run->bands = draws > 0;
    run->draws = (struct uf_multiplier_options){
        .draws = draws, .seed = context->seed, .threads = context->threads, .level = level};
    if (run->multiplier && !run->bands)
        return uf_fail(error, UF_BAD_USAGE,
                       "inference 'multiplier' needs draws: found draws 0, expected some, as 999");
    run->scale = (enum effect_scale)callaway_choice(options, "scale", effect_scales);
    bool referenced = false;
    UF_TRY(whole(options, "reference", &run->options.reference, &referenced, error));
    if (referenced && run->options.base != UF_BASE_UNIVERSAL)
        return uf_fail(
            error, UF_BAD_USAGE,
            "option 'reference': found %ld with base-period varying, where every lead has the period "
            "before it as its own; expected base-period: universal",
            run->options.reference);
    if (referenced && run->options.reference >= -run->options.anticipation)
        return uf_fail(error, UF_BAD_USAGE,
                       "option 'reference': found %ld, expected a whole number of periods below %ld",
                       run->options.reference, -run->options.anticipation);
    averaging->least = -2000000, averaging->most = 2000000;
    UF_TRY(whole(options, "balance-event-time", &averaging->balance_event_time, &averaging->balanced, error));
    UF_TRY(whole(options, "least-event-time", &averaging->least, &averaging->limited, error));
    UF_TRY(whole(options, "most-event-time", &averaging->most, &averaging->limited, error));
    run->common.inference->level = level;
    return effect_randomisation_read(options, context, &run->common.inference->randomisation, error);
}
