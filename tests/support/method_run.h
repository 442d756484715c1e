// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_TESTS_METHOD_RUN_H
#define UTFALL_TESTS_METHOD_RUN_H
/* A method run on a panel made in memory, and a look into its tables. */
#include <stdint.h>
#include <utfall/method.h>

struct ran {
    struct uf_result result; /* the test clears it */
    uf_status status;
    struct uf_error error;
};

/* Runs with options name, value, …, NULL (NULL: defaults); the panel stays the caller's. */
struct ran run_on(const struct uf_method *method, const struct uf_panel *panel, enum uf_language language,
                  const char *const *settings);
/* The same, and frees a panel of small_panel.h with its covariates; clusters stay the test's. */
struct ran run_in(const struct uf_method *method, struct uf_panel *panel, enum uf_language language,
                  const char *const *settings);
/* The same in English; fails the test where the run does. */
struct ran run_method(const struct uf_method *method, struct uf_panel *panel, const char *const *settings);

/* Settings: intervals that an effect must move by as much, from few draws. */
#define RUN_MOVING_INTERVALS                                                                                 \
    "inference", "randomisation,wild-bootstrap,cr2", "permutations", "199", "enumerate", "10"

/* Uniform between −0.5 and 0.5, the i-th of one stream. */
double run_noise(uint64_t i);

const char *cell_text(const struct uf_table *table, size_t row, const char *column);
double cell_number(const struct uf_table *table, size_t row, const char *column);
/* The row of a term by a kind of inference (NULL: any); the test fails without one. */
size_t find_row(const struct uf_table *table, const char *term, const char *vcov);
#endif
