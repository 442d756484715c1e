// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_EFFECT_DID_INTERNAL_H
#define UTFALL_EFFECT_DID_INTERNAL_H
/* What the files of the method `did` share. */
#include <utfall/design.h>
#include <utfall/did.h>

/* A regressor of which the fixed effects leave less than this share of its norm does not vary within units
 * and periods. */
#define DID_COLLINEAR 1e-10

uf_status did_regress(const struct uf_did_data *data, const gsl_matrix *leading, struct uf_did_fit *fit,
                      struct uf_error *error);

/* The panel's rows that can be used, as the kernel wants them. */
struct did_sample {
    struct uf_did_data data;
    size_t *row; /* n: of the panel */
    size_t *unit, *period, *cluster[2];
    double *outcome, *treatment, *weights;
    gsl_matrix *covariates;
    long *time;
    size_t n_treated, n_control, n_cohorts; /* units in the sample, ever treated or never */
    bool calendar;                          /* periods are on a calendar: gaps count */
};
/* Writes what was left out to the ledger of `result`. */
uf_status did_sample_init(const struct uf_panel *panel, enum uf_language language, struct did_sample *out,
                          struct uf_result *result, struct uf_error *error);
void did_sample_clear(struct did_sample *sample);

enum { DID_MAX_INFERENCES = 12 };

/* What the outcome is measured in, for the size in per cent. */
enum did_scale { DID_SCALE_AUTO, DID_SCALE_LEVEL, DID_SCALE_LOG, DID_SCALE_LOG_PER_CENT };

/* Options of the run, read once. */
struct did_request {
    struct uf_covariance_options covariance[DID_MAX_INFERENCES]; /* analytic ones, in the order asked for */
    size_t n_covariances;
    bool randomise;
    bool event_study;
    struct uf_event_study_options event;
    double level;
    enum did_scale scale;
    struct uf_randomisation_options randomisation;
};

/* One run: what the table builders need. */
struct did_run {
    const struct uf_panel *panel;
    const struct uf_context *context;
    const struct did_sample *sample;
    const struct did_request *request;
    struct uf_result *result;
    const char *outcome; /* label */
    /* of the main regression, in the order of the request's covariances; estimated once */
    struct uf_covariance *covariance;
};

uf_status did_report_estimates(const struct did_run *run, const struct uf_did_fit *fit,
                               const struct uf_randomisation *randomisation,
                               const struct uf_did_assignment *assignment, struct uf_error *error);
uf_status did_report_size(const struct did_run *run, const struct uf_did_fit *fit, struct uf_error *error);
uf_status did_report_randomisation(const struct did_run *run, const struct uf_randomisation *randomisation,
                                   const struct uf_did_assignment *assignment, struct uf_error *error);
uf_status did_report_trends(const struct did_run *run, struct uf_error *error);
/* The joint test of the leads, inference by inference. */
struct did_pretrend {
    struct uf_table *table;
    struct uf_joint_test decisive; /* the one that the note and the claim go by */
    const char *vcov;              /* its inference; NULL: there is nothing to test */
};
uf_status did_pretrend_init(const struct did_run *run, struct did_pretrend *out, struct uf_error *error);
uf_status did_pretrend_add(struct did_pretrend *pretrend, const struct uf_joint_test *test, const char *vcov,
                           struct uf_error *error);
uf_status did_pretrend_randomise(const struct did_run *run, const struct uf_event_study_options *event,
                                 size_t n_columns, const struct uf_did_assignment *assignment,
                                 struct did_pretrend *pretrend, struct uf_error *error);
/* The note, the claim and the table. */
uf_status did_pretrend_finish(const struct did_run *run, struct did_pretrend *pretrend,
                              struct uf_error *error);
void did_pretrend_clear(struct did_pretrend *pretrend);

/* `assignment` NULL: no randomisation. */
uf_status did_report_event_study(const struct did_run *run, const struct uf_did_assignment *assignment,
                                 struct uf_error *error);

/* The broom columns, in their order. */
enum {
    DID_TERM,
    DID_ESTIMATE,
    DID_STD_ERROR,
    DID_STATISTIC,
    DID_DF,
    DID_P_VALUE,
    DID_CONF_LOW,
    DID_CONF_HIGH,
    DID_OUTCOME,
    DID_GROUP,
    DID_PERIOD,
    DID_EVENT_TIME,
    DID_N_OBS,
    DID_N_TREATED,
    DID_N_CONTROL,
    DID_N_CLUSTERS,
    DID_METHOD,
    DID_VCOV,
    DID_NOTE,
    DID_COLUMNS
};
uf_status did_table_new(const char *name, struct uf_words title, enum uf_language language, const char *unit,
                        struct uf_table **out, struct uf_error *error);
struct did_row {
    const char *term, *method, *vcov, *note;
    double estimate, event_time; /* NaN: none */
    struct uf_t_test test;       /* NaN fields: missing */
    size_t n_clusters;           /* 0: none */
};
uf_status did_add_row(struct uf_table *table, const struct did_run *run, const struct did_row *row,
                      struct uf_error *error);
#endif
