// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_EFFECT_TERM_REPORT_H
#define UTFALL_EFFECT_TERM_REPORT_H
/* Tables of terms (linear combinations of a regression's coefficients) under the inferences that were asked for. */
#include "effect/estimates.h"
#include "effect/inference_choice.h"
#include "effect/pretrend.h"

/* Terms that own their names and combinations. */
struct effect_terms {
    struct effect_term *term;
    char (*name)[64];
    double *combination; /* most × k */
    size_t count, most, k;
};
uf_status effect_terms_init(size_t most, size_t k, struct effect_terms *out, struct uf_error *error);
void effect_terms_clear(struct effect_terms *terms);
/* Room for the combination of the next term (k zeros), before it is added. */
double *effect_terms_next(struct effect_terms *terms);
/* Adds a term with the combination that was filled, or none (`estimated` false: the note says why). `prototype` gives
 * all else; its name is copied. */
void effect_terms_add(struct effect_terms *terms, const struct effect_term *prototype, bool estimated);

/* A fitted regression with what inference there is of its first term. */
struct effect_findings {
    const struct effect_regression *regression;
    const struct uf_covariance *covariance;       /* as settled */
    const struct uf_randomisation *randomisation; /* of the first term; NULL: none */
    const struct uf_did_assignment *assignment;   /* of the randomisation */
    /* the regression's rows, for procedures that need to know which of them were treated; NULL: none of these */
    const struct uf_did_data *data;
    enum effect_procedure procedure; /* with inference: auto */
    /* of the terms of `estimates` after the first, in their order (count 0: none); NULL: of none of them */
    const struct uf_randomisation *others;
    size_t n_others;
    size_t control_first; /* as in struct effect_grounds */
    /* who lends residuals to whom, where `data` does not say it: rows of a stack; NULL: it does */
    const struct effect_lenders *lenders;
};
/* Which procedure the design calls for, with its note; nothing unless the inference is automatic. */
uf_status effect_findings_choose(const struct effect_run *run, struct effect_findings *findings,
                                 struct uf_error *error);
/* Rows of all inferences, the chosen one first. Bootstrap and inference from the controls' residuals are of the first term alone
 * where they were not asked for by name. */
uf_status effect_add_findings(const struct effect_run *run, const struct effect_findings *findings,
                              const struct effect_term *terms, size_t n_terms, struct uf_table *table,
                              struct uf_error *error);

/* A table of terms under the first analytic inference, with simultaneous bands; `weights` (count numbers) adds a column
 * `weight`, NULL: none. Nothing where there is no such inference or no term. A term that is the reference (no
 * combination, `zero[t]`) has the estimate 0. */
struct effect_term_table {
    const char *name;
    struct uf_words title;
    const struct effect_terms *terms;
    const bool *zero;      /* NULL: none */
    const double *weights; /* NULL: no such column */
    bool band;
    bool fine; /* decimals by the errors (effect_fit_estimates) */
};
uf_status effect_report_terms(const struct effect_run *run, const struct effect_findings *findings,
                              const struct effect_term_table *wanted, struct uf_error *error);
/* Table `event-study-inference`: these terms under every inference that a regression has of any term, where there is more
 * than one. `zero` as above; `dealt` (one for each term, count 0: none): their randomisations, NULL: none at all. */
uf_status effect_report_by_inference(const struct effect_run *run, const struct effect_findings *findings,
                                     const struct effect_terms *terms, const bool *zero,
                                     const struct uf_randomisation *dealt, struct uf_error *error);
/* A table of further terms (cells, averages of cohorts) under every inference that was asked for by name, where there is more than
 * the first analytic one; nothing with an automatic choice, which shows them under the first alone. Only terms that are
 * estimated: the table under the first inference says why the others are not. Of `wanted` name, title and terms are read;
 * `dealt` as above. */
uf_status effect_report_named_inferences(const struct effect_run *run, const struct effect_findings *findings,
                                         const struct effect_term_table *wanted,
                                         const struct uf_randomisation *dealt, struct uf_error *error);
/* The same for a table of another name: whether there is more than the first analytic inference, and the rows. */
bool effect_has_by_inference(const struct effect_inference *inference, const struct uf_randomisation *dealt);
uf_status effect_add_by_inference(const struct effect_run *run, const struct effect_findings *findings,
                                  const struct effect_terms *terms, const bool *zero,
                                  const struct uf_randomisation *dealt, struct uf_table *table,
                                  struct uf_error *error);
/* Takes errors that go by periods' sums of residuals (driscoll-kraay) out of what was asked for, with a note: a regression
 * with an indicator for each period of the treated makes those sums nil. `events_only`: only the event study is such a one,
 * and the note says so. */
uf_status effect_drop_temporal(const struct effect_run *run, bool events_only, struct uf_error *error);
/* True where a method deals the treatment out anew for every term: asked for by name. */
bool effect_deals_all(const struct effect_inference *inference);
/* True where bootstrap, Conley–Taber or Ferman–Pinto was asked for by name, and so for every term. */
bool effect_wants_more(const struct effect_inference *inference);
/* Their rows, and those of `dealt` as above, for a table beside `estimates`. */
uf_status effect_add_more(const struct effect_run *run, const struct effect_findings *findings,
                          const struct uf_randomisation *dealt, const struct effect_term *terms,
                          size_t n_terms, struct uf_table *table, struct uf_error *error);

/* c_a'V c_b of the terms that have a combination (1 × 1 of 0 where there are none). */
uf_status effect_terms_covariance(const struct effect_terms *terms, const gsl_matrix *v, gsl_matrix **out,
                                  struct uf_error *error);
/* H0: all of the terms with a combination are nil. CR2 and CR3 with one cluster dimension: Hotelling's approximation for
 * few clusters, the regressors turned so that the terms are coefficients; else F as in uf_did_pretrend. */
uf_status effect_joint_test(const struct effect_run *run, const struct effect_regression *regression,
                            size_t inference, const struct uf_covariance *covariance,
                            const struct effect_terms *terms, struct uf_joint_test *out,
                            struct uf_error *error);
/* The same of combinations that are rows of a matrix (r: q × k, q > 0). */
uf_status effect_joint_test_of(const struct effect_regression *regression,
                               const struct uf_covariance_options *options,
                               const struct uf_covariance *covariance, const gsl_matrix *r,
                               struct uf_joint_test *out, struct uf_error *error);
struct placebo_slopes;
struct placebo_treatments;
struct placebo_regressions;
/* What a straight line of slope 1, by which the treated drift from the others, does to the leads (in the order of the terms
 * with a combination) and to the main estimate: for what the test could have found. */
struct effect_lead_line {
    const double *times;
    double estimate, drift;
    /* the regression under placebo treatments, for rows with a covariance (placebo_regression.h); NULL: none */
    const struct placebo_treatments *placebos;
    const struct placebo_regressions *regressions;
    bool by_dose; /* slopes by dose: table `pretrend-slope` */
};
/* Table `pretrend` of these terms under each analytic inference, its notes and the claim. `line` NULL: no power is said.
 * `dealt`: a randomisation of the leads together (its `coefficient`); NULL: none; `slopes` what that would have found (with
 * n_placebos 0: not known). With few treated a clustered covariance says nothing of that: its rows have slopes by placebo, or
 * none. */
uf_status effect_report_leads(const struct effect_run *run, const struct effect_findings *findings,
                              const struct effect_terms *leads, const struct effect_lead_line *line,
                              const struct uf_randomisation *dealt, const struct placebo_slopes *slopes,
                              struct uf_error *error);
/* Σ c_j b_j of the first term. */
double effect_term_value(const struct effect_regression *regression, const double *combination);

/* Lowers the number of assignments to what some seconds allow when each takes `work` multiplications; false where that
 * is too few to be worth it. Asked for by name, all are allowed. */
bool effect_afford(const struct effect_run *run, double work, struct uf_randomisation_options *options);
/* The same also where it was asked for by name. */
bool effect_afford_some(const struct effect_run *run, double work, struct uf_randomisation_options *options);
/* The terms of tables beyond `estimates` and the event study were not dealt out anew, which would take long. */
uf_status effect_note_cells_not_dealt(const struct effect_run *run, struct uf_error *error);
/* Why the treatment was not dealt out anew: it would take long, or there is only one way. */
uf_status effect_note_not_dealt(const struct effect_run *run, bool too_large, struct uf_error *error);
/* What follows the tables of terms: `effect-size` of a term of `estimates` with its first interval there; what the noise
 * of the treated does to p, and `randomisation`, where the treatment was dealt out anew; `raw-trends`. */
uf_status effect_report_rest(const struct effect_run *run, const struct effect_findings *findings,
                             enum effect_scale scale, const char *term, struct uf_error *error);
#endif
