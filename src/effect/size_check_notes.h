// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_EFFECT_SIZE_CHECK_NOTES_H
#define UTFALL_EFFECT_SIZE_CHECK_NOTES_H
/* What is said of the rates of a size check, and why there may be none. */
#include <utfall/design.h>
#include <utfall/size_check.h>

extern const struct uf_words size_check_sample_words[UF_SIZE_SAMPLES];

/* In per cent, with its Monte Carlo error; NaN of none. */
double size_check_share(size_t count, size_t tried, double *mc_error);

/* The procedure `chosen`, that of `auto`, and the usual one, in a sentence for each sample. */
uf_status size_check_note_rates(const struct uf_context *context, const struct uf_size_check *check,
                                int sample, const char *chosen, double threshold, struct uf_result *result,
                                struct uf_error *error);
/* The sample holds no placebo. */
uf_status size_check_note_unused(const struct uf_context *context, int sample, struct uf_result *result,
                                 struct uf_error *error);
/* Neither does: UF_NOT_IDENTIFIED, with what it takes. */
uf_status size_check_refuse(const struct uf_panel *panel, const struct uf_design *design,
                            const struct uf_context *context, struct uf_result *result,
                            struct uf_error *error);
#endif
