// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_EFFECT_INFERENCE_H
#define UTFALL_EFFECT_INFERENCE_H
/*
 * Which inference was asked for, and the estimates of a regression under each of them.
 *
 * Any method that fits a regression describes it as a struct effect_regression and what it reports as terms: linear
 * combinations of the kept coefficients (a single coefficient, or an average of many).
 */
#include <utfall/covariance.h>
#include <utfall/did.h>
#include <utfall/method.h>
#include <utfall/randomisation.h>
#include <utfall/wild_bootstrap.h>

struct effect_run;
struct uf_did_data;
struct uf_table;

enum { EFFECT_MOST_COVARIANCES = 16 };

struct effect_inference {
    struct uf_covariance_options covariance[EFFECT_MOST_COVARIANCES]; /* analytic ones, as asked for */
    size_t n_covariances;
    bool automatic;     /* a procedure is chosen by the design, and the others shown beside it */
    const char *chosen; /* with `automatic`, once it is known: the `vcov` whose row goes first; else NULL */
    bool randomise, wild, conley_taber, ferman_pinto;
    double level;
    struct uf_randomisation_options randomisation;
    struct uf_wild_bootstrap_options bootstrap;
    double bootstrap_null; /* the value that the bootstrap tests */
};

/* The choices of the options below; NULL-terminated. */
extern const char *const effect_inferences[],
    *const effect_k_rules[], *const effect_g_rules[], *const effect_df_rules[],
                                                          *const effect_joint_rules[],
                                                              *const effect_bootstrap_types[],
                                                                  *const effect_bootstrap_tails[],
                                                                      *const effect_bootstrap_weights[],
                                                                          *const effect_bootstrap_ties[];
/* Further rows, for methods whose covariance may depend on time and place. */
#define EFFECT_DEPENDENCE_OPTIONS                                                                            \
    {"lag",                                                                                                  \
     UF_OPTION_COUNT,                                                                                        \
     NULL,                                                                                                   \
     NULL,                                                                                                   \
     "lags of newey-west and driscoll-kraay; default: the fourth root of the periods",                       \
     UF_COLUMNS_NONE},                                                                                       \
        {"coordinates",                                                                                      \
         UF_OPTION_LIST,                                                                                     \
         NULL,                                                                                               \
         NULL,                                                                                               \
         "two columns with latitude and longitude in degrees, for conley",                                   \
         UF_COLUMNS_NUMBER},                                                                                 \
    {                                                                                                        \
        "distance", UF_OPTION_NUMBER, NULL, NULL,                                                            \
            "kilometres within which conley lets regions depend on each other", UF_COLUMNS_NONE              \
    }
/* The rows of a descriptor that effect_inference_read wants; `default_list` as `cr2,randomisation,cr1s`. */
#define EFFECT_INFERENCE_OPTIONS(default_list)                                                               \
    {"inference",                                                                                            \
     UF_OPTION_LIST,                                                                                         \
     default_list,                                                                                           \
     effect_inferences,                                                                                      \
     "types of inference; auto chooses by the design and shows others beside",                               \
     UF_COLUMNS_NONE},                                                                                       \
        {"confidence-level", UF_OPTION_NUMBER, "0.95", NULL, "confidence level of the intervals",            \
         UF_COLUMNS_NONE},                                                                                   \
        {"permutations",                                                                                     \
         UF_OPTION_COUNT,                                                                                    \
         "9999",                                                                                             \
         NULL,                                                                                               \
         "random assignments drawn when there are too many to try all",                                      \
         UF_COLUMNS_NONE},                                                                                   \
        {"enumerate",                                                                                        \
         UF_OPTION_COUNT,                                                                                    \
         "25000",                                                                                            \
         NULL,                                                                                               \
         "try all assignments when there are at most this many",                                             \
         UF_COLUMNS_NONE},                                                                                   \
        {"bootstrap-draws", UF_OPTION_COUNT, "9999", NULL, "draws of the wild cluster bootstrap",            \
         UF_COLUMNS_NONE},                                                                                   \
        {"bootstrap-type",                                                                                   \
         UF_OPTION_CHOICE,                                                                                   \
         "wcr",                                                                                              \
         effect_bootstrap_types,                                                                             \
         "the null imposed (wcr) or not (wcu); 31: residuals of fits without the cluster, 13: jackknife "    \
         "errors, 33: both",                                                                                 \
         UF_COLUMNS_NONE},                                                                                   \
        {"bootstrap-p",                                                                                      \
         UF_OPTION_CHOICE,                                                                                   \
         "symmetric",                                                                                        \
         effect_bootstrap_tails,                                                                             \
         "which tails the bootstrap's p and interval take; greater: against a larger effect",                \
         UF_COLUMNS_NONE},                                                                                   \
        {"bootstrap-weights",                                                                                \
         UF_OPTION_CHOICE,                                                                                   \
         "auto",                                                                                             \
         effect_bootstrap_weights,                                                                           \
         "weights of the bootstrap; auto: Webb's below 12 clusters, else Rademacher's signs",                \
         UF_COLUMNS_NONE},                                                                                   \
        {"bootstrap-ties",                                                                                   \
         UF_OPTION_CHOICE,                                                                                   \
         "extreme",                                                                                          \
         effect_bootstrap_ties,                                                                              \
         "bootstrap draws just as far out as the estimate: extreme, or (boottest) left-out",                 \
         UF_COLUMNS_NONE},                                                                                   \
        {"bootstrap-null", UF_OPTION_NUMBER, "0", NULL, "value that the wild cluster bootstrap tests",       \
         UF_COLUMNS_NONE},                                                                                   \
        {"k-rule",                                                                                           \
         UF_OPTION_CHOICE,                                                                                   \
         "fixest",                                                                                           \
         effect_k_rules,                                                                                     \
         "what K counts in the factor (N-1)/(N-K) of cr1s",                                                  \
         UF_COLUMNS_NONE},                                                                                   \
        {"g-rule",                                                                                           \
         UF_OPTION_CHOICE,                                                                                   \
         "smallest",                                                                                         \
         effect_g_rules,                                                                                     \
         "the G of G/(G-1) with two cluster columns: the smaller for all, or each its own",                  \
         UF_COLUMNS_NONE},                                                                                   \
        {"df-rule",                                                                                          \
         UF_OPTION_CHOICE,                                                                                   \
         "default",                                                                                          \
         effect_df_rules,                                                                                    \
         "degrees of freedom of t: default is Satterthwaite for cr2 and cr3, clusters - 1 for cr0 to cr1s, " \
         "periods - 1 for newey-west and driscoll-kraay, residual else; saddlepoint gives p without t",      \
         UF_COLUMNS_NONE},                                                                                   \
    {                                                                                                        \
        "joint-test", UF_OPTION_CHOICE, "default", effect_joint_rules,                                       \
            "how several coefficients are tested together: default is htz for cr2 and cr3, f else",          \
            UF_COLUMNS_NONE                                                                                  \
    }

/* Options `permutations` and `enumerate`: no permutations are refused, and nothing to enumerate means that all is drawn. */
uf_status effect_randomisation_read(const struct uf_options *options, const struct uf_context *context,
                                    struct uf_randomisation_options *out, struct uf_error *error);
uf_status effect_inference_read(const struct uf_options *options, const struct uf_context *context,
                                struct effect_inference *out, struct uf_error *error);

/* A fitted regression; all borrowed. */
struct effect_regression {
    struct uf_covariance_input input;
    const gsl_vector *coefficients; /* k: the kept ones */
    double df;                      /* residual degrees of freedom */
};

/* Leaves out what cannot be computed in this sample, says so in notes, and adds an honest inference where none was
 * asked for and the clusters are few. `covariance` (EFFECT_MOST_COVARIANCES) is filled in the order of
 * run->inference->covariance as it is afterwards; clear it with effect_covariances_clear. */
uf_status effect_inference_settle(const struct effect_run *run, const struct effect_regression *regression,
                                  const struct uf_options *options, struct uf_covariance *covariance,
                                  struct uf_error *error);
void effect_covariances_clear(struct uf_covariance *covariance);

/* A number that is asked of a regression. */
struct effect_term {
    const char *term, *method, *group, *period; /* as in struct effect_row */
    double event_time;                          /* NaN: none */
    double dose;                                /* of a point of a curve; 0: none */
    const double *combination;                  /* k: of the kept coefficients; NULL: not estimated */
    bool covariate;                             /* a covariate's coefficient: no matter of who was treated */
    double n_obs, n_treated, n_control;         /* as in struct effect_row */
    const char *note; /* why it is not estimated; NULL: how the error was computed */
};
/* One row per term under the inference `inference` of run->inference. */
uf_status effect_add_terms(const struct effect_run *run, const struct effect_regression *regression,
                           size_t inference, const struct uf_covariance *covariance,
                           const struct effect_term *terms, size_t n_terms, struct uf_table *table,
                           struct uf_error *error);
/* A note that this inference cannot be had of a regression that kept sums only. */
uf_status effect_note_summed(const struct effect_run *run, const char *vcov, struct uf_error *error);
/* A row of the wild cluster bootstrap for each term that is estimated, of one or two cluster dimensions; what cannot be had
 * is said in a note. */
uf_status effect_add_wild(const struct effect_run *run, const struct effect_regression *regression,
                          const struct effect_term *terms, size_t n_terms, struct uf_table *table,
                          struct uf_error *error);
/* The rows of a regression as Conley–Taber and Ferman–Pinto see them: whose they are, and who can lend residuals. */
struct effect_lenders {
    size_t n_blocks, n_periods;
    const size_t *block, *period; /* of each row; borrowed unless own_block */
    size_t *own_block;
    bool *treated; /* n_blocks: some row is treated */
    bool *exposed; /* of each row, as in uf_few_treated_input; NULL: all of treated blocks */
    double *size;  /* n_blocks: weight per period; NULL: no weights */
};
/* Of rows that are the blocks' own periods. */
uf_status effect_lenders_init(const struct uf_did_data *data, const struct uf_did_assignment *assignment,
                              struct effect_lenders *out, struct uf_error *error);
void effect_lenders_clear(struct effect_lenders *lenders);
/* The blocks' weight per period, that of all units in them, in *out (NULL: none are given); free() it. */
uf_status effect_block_sizes(const struct uf_did_data *data, const struct uf_did_assignment *assignment,
                             double **out, struct uf_error *error);
/* Rows by Conley–Taber and Ferman–Pinto where asked for, for each term that is estimated and no covariate. What cannot
 * be had is said in a note. */
uf_status effect_add_few_treated(const struct effect_run *run, const struct effect_regression *regression,
                                 const struct effect_lenders *lenders, const struct effect_term *terms,
                                 size_t n_terms, struct uf_table *table, struct uf_error *error);
/* Where the context asks for it, the statistics of all draws go into the result, of the first term only (resampled.c). */
uf_status effect_keep_randomised(const struct effect_run *run, const struct uf_randomisation *randomisation,
                                 struct uf_error *error);
uf_status effect_keep_wild(const struct effect_run *run, const struct uf_wild_bootstrap *wild,
                           struct uf_error *error);
/* The rows (scaled, coefficient, t) of a randomisation for a term; `n_blocks` were dealt to. */
uf_status effect_add_randomised_term(const struct effect_run *run,
                                     const struct uf_randomisation *randomisation, double estimate,
                                     size_t n_blocks, const struct effect_term *term, struct uf_table *table,
                                     struct uf_error *error);
/* The same for a term of the whole sample. */
uf_status effect_add_randomised(const struct effect_run *run, const struct uf_randomisation *randomisation,
                                double estimate, size_t n_blocks, const char *term, struct uf_table *table,
                                struct uf_error *error);
#endif
