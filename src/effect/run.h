// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_EFFECT_RUN_H
#define UTFALL_EFFECT_RUN_H
/* One run of an effect method: what the builders of its tables need. */
#include "effect/inference.h"
#include "effect/sample.h"

#include <utfall/design.h>
#include <utfall/method.h>

struct effect_run {
    const struct uf_panel *panel;
    const struct uf_context *context;
    const struct effect_sample *sample;
    struct uf_result *result;
    const char *method;                 /* its name, for the column `method` */
    const char *outcome;                /* name of the outcome's column */
    const char *unit;                   /* of the outcome; NULL: none */
    struct effect_inference *inference; /* what was asked for, and is possible */
};

/* The run of a method on a panel: what every one of its tables is told. UF_BAD_USAGE: no outcome was named. The sample
 * and the inference are filled in by the method. */
uf_status effect_run_init(const struct uf_panel *panel, const struct uf_context *context, const char *method,
                          struct effect_sample *sample, struct effect_inference *inference,
                          struct uf_result *result, struct effect_run *out, struct uf_error *error);

/* --- the frame of a method that is a regression ---------------------------------------------------------- */

/* What such a run stands on beside its panel. */
struct effect_frame {
    struct uf_design design;
    struct effect_inference inference;
    struct effect_sample sample; /* filled in by the method, cleared by effect_frame_finish */
};
/* The run, and which inference was asked for. */
uf_status effect_frame_init(const struct uf_panel *panel, const struct uf_options *options,
                            const struct uf_context *context, const char *method, struct effect_frame *frame,
                            struct uf_result *result, struct effect_run *out, struct uf_error *error);
/* The design check: its claim is the result's, and what it finds fatal refuses the run. */
uf_status effect_frame_check(const struct effect_run *run, enum uf_comparison comparison,
                             struct effect_frame *frame, struct uf_error *error);
/* The end of a run that went as `status` says: the sample is cleared, and the design's tables go into the result. */
uf_status effect_frame_finish(const struct effect_run *run, struct effect_frame *frame, uf_status status,
                              struct uf_error *error);
/* Whether sums of many rows must keep what hc1 needs. */
bool effect_wants_row_scores(const struct effect_inference *inference);

/* Refuses with a fatal note: nothing but a description is left. */
uf_status effect_refuse(const struct effect_run *run, const char *code, struct uf_words text,
                        struct uf_words advice, const struct uf_argument *arguments, size_t n_arguments,
                        struct uf_error *error);

/* Options in periods, of at most a million. A count, and a whole number of either sign; *out stays as it is where the option
 * is not given and has no default. `given` may be NULL. */
uf_status effect_read_count(const struct uf_options *options, const char *name, long *out, bool *given,
                            struct uf_error *error);
uf_status effect_read_whole(const struct uf_options *options, const char *name, long *out, bool *given,
                            struct uf_error *error);

/* ----------------------------------------------------------------------------------------------------------- */

/* A note in the language of the run; `advice` may be {NULL, NULL}. */
uf_status effect_note(const struct effect_run *run, enum uf_severity severity, const char *code,
                      struct uf_words text, struct uf_words advice, const struct uf_argument *arguments,
                      size_t n_arguments, struct uf_error *error);

/* The period on an axis: 2017, 2017.25; the place in the order where periods are on no calendar. */
double effect_period_number(const struct effect_run *run, size_t period);

/* Table `raw-trends`: means of each cohort and of the comparison by period. */
uf_status effect_report_trends(const struct effect_run *run, struct uf_error *error);

/* Tables `randomisation`, `randomisation-scaled` (histograms of the statistics), `randomisation-test`, and the note. */
uf_status effect_report_randomisation(const struct effect_run *run,
                                      const struct uf_randomisation *randomisation,
                                      const struct uf_did_assignment *assignment, struct uf_error *error);

/* A note `treated-noisier` or `treated-quieter` where the treated blocks varied more or less before the start than the
 * others did (or, where that is not known, are smaller or larger by weight): which p-values cannot be trusted, and in
 * which direction. `data`: the rows that the assignment is of. `scaled`: the scaled randomisation is at hand. docs/design-check.md has the thresholds. */
uf_status effect_report_noise(const struct effect_run *run, const struct uf_did_data *data,
                              const struct uf_did_assignment *assignment, bool scaled,
                              struct uf_error *error);

/* What the outcome is measured in, for the size in per cent; in the order of effect_scales. */
enum effect_scale { EFFECT_SCALE_AUTO, EFFECT_SCALE_LEVEL, EFFECT_SCALE_LOG, EFFECT_SCALE_LOG_PER_CENT };
extern const char *const effect_scales[]; /* NULL-terminated, for an option `scale` */

/* Table `effect-size`: the estimate in units, in per cent of the counterfactual mean, per million of the cost. `estimate`
 * is per unit of treatment; its interval is the first one of table `estimates`, which is there already, as in the report's
 * sentences. */
uf_status effect_report_size(const struct effect_run *run, enum effect_scale scale, double estimate,
                             struct uf_error *error);
#endif
