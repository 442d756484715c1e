// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_EFFECT_CALLAWAY_SANTANNA_INTERNAL_H
#define UTFALL_EFFECT_CALLAWAY_SANTANNA_INTERNAL_H
/* What the files of the method `callaway-santanna` share. */
#include <utfall/callaway_santanna.h>
#include <utfall/design.h>
#include <utfall/multiplier_bootstrap.h>

#include "effect/inference_choice.h"
#include "effect/placebo_drift.h"

enum { CALLAWAY_AVERAGES = 4 }; /* as enum uf_average_kind */

struct callaway_run {
    struct effect_run common;
    struct uf_group_time_options options;
    struct uf_average_options averaging;
    bool automatic, influence, multiplier,
        randomise;                 /* inferences; `automatic`: the design chooses which goes first */
    struct effect_grounds grounds; /* for that choice */
    struct uf_multiplier_options draws;
    bool bands; /* draws > 0 */
    enum effect_scale scale;
    struct uf_design design;
    struct uf_group_time group_time;
    struct uf_average average[CALLAWAY_AVERAGES];
    struct uf_multiplier_bootstrap bootstrap[CALLAWAY_AVERAGES]; /* empty without bands */
    bool randomised, dealt_by_regression; /* with the regression estimator, in place of the one asked for */
    struct uf_did_assignment assignment;
    struct uf_randomisation randomisation, leads; /* leads: count 0 where none are estimated */
    struct placebo_slopes
        slopes; /* what the leads dealt out anew would have found; n_placebos 0: not known */
};

/* The words of the options, in the order of their enums. */
extern const char *const callaway_estimators[],
    *const callaway_controls[], *const callaway_bases[], *const callaway_switchings[],
                                                             *const callaway_inferences[],
                                                                 *const callaway_samplings[];
int callaway_choice(const struct uf_options *options, const char *name, const char *const *choices);
/* The run's options, inferences and averages. */
uf_status callaway_read_request(const struct uf_options *options, const struct uf_context *context,
                                struct callaway_run *run, struct uf_error *error);

/* A fatal note, and the refusal with it. */
uf_status callaway_refuse(const struct callaway_run *run, const char *code, struct uf_words text,
                          struct uf_words advice, const struct uf_argument *arguments, size_t n_arguments,
                          struct uf_error *error);
/* Refuses units that are met in one period only: people or firms, of whom a panel says nothing. */
uf_status callaway_check_units(const struct callaway_run *run, struct uf_error *error);
/* Refuses a treatment that is no start. */
uf_status callaway_check_treatment(const struct callaway_run *run, const struct uf_options *options,
                                   struct uf_error *error);
/* Without a single effect after a start there is nothing to report. */
uf_status callaway_check_cells(const struct callaway_run *run, struct uf_error *error);

/* What an estimate costs: of sums by block, or of the rows with their regressions and logits. */
double callaway_work(const struct callaway_run *run, bool sums);
/* Before anything is dealt out anew, and after it. */
uf_status callaway_choose_inference(struct callaway_run *run, struct uf_error *error);
uf_status callaway_randomise(struct callaway_run *run, struct uf_error *error);
uf_status callaway_settle_inference(struct callaway_run *run, struct uf_error *error);

/* The tests at the run's level: normal, no degrees of freedom. */
struct uf_t_test callaway_test(const struct callaway_run *run, double estimate, double std_error);

/* Tables `estimates`, `group-time`, `event-study`, `group-average`, `calendar-average`. */
uf_status callaway_report_tables(const struct callaway_run *run, struct uf_error *error);
/* Table `pretrend`, its note, the claim. */
uf_status callaway_report_leads(const struct callaway_run *run, struct uf_error *error);

/* What is remarkable of a cell, in the run's language; NULL: nothing. free() it. */
uf_status callaway_cell_note(const struct callaway_run *run, const struct uf_group_time_cell *cell,
                             char **out, struct uf_error *error);
/* What the reader must know of sample and cells. */
uf_status callaway_add_notes(const struct callaway_run *run, struct uf_error *error);
#endif
