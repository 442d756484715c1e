// SPDX-License-Identifier: GPL-3.0-or-later
/* What the joint test of the leads could have found. */
#include "base/fail.h"
#include "effect/sensitivity_event.h"
#include "effect/significant.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/pretrend.h>

static const struct uf_words nothing = {NULL, NULL};

static uf_status add_powers(const struct sensitivity_event *e, struct uf_table *table, double slopes[2],
                            struct uf_error *error)
{
    static const double powers[] = {0.5, 0.8};
    size_t q = e->study.n_before, after = e->study.n_after;
    gsl_vector_const_view times = gsl_vector_const_subvector(e->times, 0, q);
    gsl_matrix_const_view leads = gsl_matrix_const_submatrix(e->covariance, 0, 0, q, q);
    gsl_vector *bias = gsl_vector_alloc(after);
    if (!bias) return uf_fail_memory(error);
    uf_status status = UF_OK;
    for (size_t i = 0; i < 2 && status == UF_OK; i++) {
        double average = 0;
        size_t row;
        status = uf_pretrend_power(&times.vector, &leads.matrix, e->df2, 0.05, powers[i], &slopes[i], error);
        if (status == UF_OK)
            status = uf_pretrend_passing_bias(e->times, e->covariance, q, 0.05, slopes[i], bias, error);
        if (status == UF_OK) status = uf_table_add_row(table, &row, error);
        for (size_t t = 0; t < after && status == UF_OK; t++)
            average += gsl_vector_get(bias, t) / (double)after;
        const double numbers[] = {powers[i], slopes[i], slopes[i] * (double)(after + 1) / 2, average};
        for (size_t c = 0; c < 4 && status == UF_OK; c++)
            status = effect_set_number(table, row, c, numbers[c], error);
    }
    gsl_vector_free(bias);
    return status;
}

uf_status sensitivity_report_power(const struct sensitivity_run *run, const struct sensitivity_event *e,
                                   struct uf_error *error)
{
    static const struct uf_words title = {"The line that the test of the leads could have found",
                                          "Den linje som testet av perioderna före start kunde ha upptäckt"};
    static const struct uf_words text = {"Had the difference in trends been a straight line of {0} per "
                                         "period, the joint test before the start (periods: {2}) would have "
                                         "found it half of the time, and one of {1} in four cases of "
                                         "five. Over the periods after the start these lines "
                                         "amount to {3} and {4} on average; the estimate is {5}.",
                                         "Om skillnaden i trend hade varit en rät linje på {0} per period "
                                         "skulle det gemensamma testet före start (perioder: {2}) ha "
                                         "upptäckt den i hälften av fallen, och en på {1} i fyra "
                                         "fall av fem. Över perioderna efter start motsvarar "
                                         "linjerna {3} och {4} i genomsnitt; skattningen är {5}."};
    static const struct effect_column columns[] = {{"power", true, false, 2},
                                                   {"slope", true, true, 4},
                                                   {"average_difference", true, true, 4},
                                                   {"average_bias_if_passed", true, true, 4}};
    struct uf_table *table = NULL;
    double slopes[2];
    if (isnan(e->df2)) return UF_OK;
    UF_TRY(effect_columns_new(&run->common, "pretrend-power", title, columns, 4, &table, error));
    struct uf_error reason;
    uf_status status = add_powers(e, table, slopes, &reason);
    if (status != UF_OK) {
        uf_table_free(table);
        if (status == UF_NOT_IDENTIFIED)
            return UF_OK; /* too many leads for the clusters: `pretrend-untestable` */
        if (error) *error = reason;
        return status;
    }
    UF_TRY(uf_result_take_table(run->common.result, table, error));
    double half = (double)(e->study.n_after + 1) / 2;
    const struct uf_argument arguments[] = {
        significant_argument(slopes[0]),        significant_argument(slopes[1]),
        uf_count_argument(e->study.n_before),   significant_argument(slopes[0] * half),
        significant_argument(slopes[1] * half), significant_argument(run->main.estimate)};
    return effect_note(&run->common, UF_NOTE, "pretrend-power", text, nothing, arguments, 6, error);
}
