// SPDX-License-Identifier: GPL-3.0-or-later
/* How the run of a method that is a regression begins and ends. */
#include "base/fail.h"
#include "effect/run.h"

#include <math.h>
#include <stdint.h>

/* Periods that an option can name. */
enum { MOST_PERIODS = 1000000 };

uf_status effect_frame_init(const struct uf_panel *panel, const struct uf_options *options,
                            const struct uf_context *context, const char *method, struct effect_frame *frame,
                            struct uf_result *result, struct effect_run *out, struct uf_error *error)
{
    frame->sample = (struct effect_sample){0};
    UF_TRY(effect_run_init(panel, context, method, &frame->sample, &frame->inference, result, out, error));
    return effect_inference_read(options, context, &frame->inference, error);
}

uf_status effect_frame_check(const struct effect_run *run, enum uf_comparison comparison,
                             struct effect_frame *frame, struct uf_error *error)
{
    UF_TRY(uf_design_check(run->panel, comparison, run->context, &frame->design, run->result, error));
    run->result->claim = frame->design.claim;
    return uf_result_has_fatal(run->result) ? uf_design_refuse(run->result, error) : UF_OK;
}

uf_status effect_frame_finish(const struct effect_run *run, struct effect_frame *frame, uf_status status,
                              struct uf_error *error)
{
    effect_sample_clear(&frame->sample);
    if (status != UF_OK) return status;
    return uf_design_report(run->panel, &frame->design, run->context->language, run->result, error);
}

bool effect_wants_row_scores(const struct effect_inference *inference)
{
    for (size_t c = 0; c < inference->n_covariances; c++)
        if (inference->covariance[c].kind == UF_COVARIANCE_HC1) return true;
    return false;
}

uf_status effect_refuse(const struct effect_run *run, const char *code, struct uf_words text,
                        struct uf_words advice, const struct uf_argument *arguments, size_t n_arguments,
                        struct uf_error *error)
{
    UF_TRY(effect_note(run, UF_FATAL, code, text, advice, arguments, n_arguments, error));
    run->result->claim = UF_CLAIM_DESCRIPTION;
    return uf_design_refuse(run->result, error);
}

uf_status effect_read_count(const struct uf_options *options, const char *name, long *out, bool *given,
                            struct uf_error *error)
{
    const size_t count = uf_options_count(options, name);
    const bool set = uf_options_is_set(options, name);
    if (set && count > MOST_PERIODS)
        return uf_fail(error, UF_BAD_USAGE, "option '%s': found %zu, expected a number of periods", name,
                       count);
    if (given) *given = set;
    if (count != SIZE_MAX) *out = (long)count;
    return UF_OK;
}

uf_status effect_read_whole(const struct uf_options *options, const char *name, long *out, bool *given,
                            struct uf_error *error)
{
    const double value = uf_options_number(options, name);
    const bool set = !isnan(value);
    if (set && (value != floor(value) || fabs(value) > MOST_PERIODS))
        return uf_fail(error, UF_BAD_USAGE, "option '%s': found %g, expected a whole number of periods", name,
                       value);
    if (given) *given = set;
    if (set) *out = (long)value;
    return UF_OK;
}
