// SPDX-License-Identifier: GPL-3.0-or-later
/* What the joint test of the leads could have found: the slope of a line by which the treated drift from the others. */
#include "base/fail.h"
#include "effect/pretrend.h"
#include "effect/significant.h"

#include <gsl/gsl_blas.h>
#include <math.h>
#include <stdint.h>
#include <string.h>
#include <utfall/pretrend.h>

/* The level of the joint test. */
#define LEVEL 0.05

double effect_line_at(const struct uf_did_data *data, size_t row)
{
    size_t first = data->first_period[data->unit[row]], period = data->period[row];
    if (first == SIZE_MAX) return 0;
    return data->time ? (double)(data->time[period] - data->time[first]) : (double)period - (double)first;
}

uf_status effect_line_coefficients(const struct uf_did_data *data,
                                   const struct uf_covariance_input *regression, gsl_vector *out,
                                   struct uf_error *error)
{
    if (!regression->x) { /* of so many rows only sums are kept: the power is not said */
        gsl_vector_set_all(out, NAN);
        return UF_OK;
    }
    size_t k = regression->x->size2;
    double longest = 0;
    gsl_vector *sum = gsl_vector_calloc(k > 0 ? k : 1);
    if (!sum) return uf_fail_memory(error);
    /* the effects are out of x, and need not be taken out of the line too */
    for (size_t i = 0; i < data->n; i++) {
        double line = effect_line_at(data, i);
        longest = fmax(longest, fabs(line));
        if (line == 0) continue;
        gsl_vector_const_view x = gsl_matrix_const_row(regression->x, i);
        gsl_blas_daxpy(line * (regression->weights ? regression->weights[i] : 1), &x.vector, sum);
    }
    gsl_blas_dsymv(CblasLower, 1, regression->inverse, sum, 0, out);
    for (size_t j = 0; j < k; j++)
        if (fabs(gsl_vector_get(out, j)) <= EFFECT_NIL_LINE * longest) gsl_vector_set(out, j, 0);
    gsl_vector_free(sum);
    return UF_OK;
}

uf_status effect_pretrend_add_noncentrality(struct effect_pretrend *pretrend,
                                            const struct uf_joint_test *test, double noncentrality,
                                            struct uf_error *error)
{
    static const double powers[] = {0.5, 0.8};
    if (test->restrictions == 0 || isnan(test->statistic) || !(test->df2 > 0)) return UF_OK;
    if (noncentrality == 0) pretrend->blind = true;
    for (size_t p = 0; p < 2; p++) {
        double slope;
        struct uf_error reason;
        uf_status status = uf_pretrend_slope(noncentrality, test->restrictions, test->df2, LEVEL, powers[p],
                                             &slope, &reason);
        if (status == UF_NOT_IDENTIFIED) continue; /* the cell stays empty */
        if (status != UF_OK) {
            if (error) *error = reason;
            return status;
        }
        UF_TRY(uf_table_set_number(pretrend->table, uf_table_rows(pretrend->table) - 1,
                                   EFFECT_PRETREND_SLOPE_50 + p, slope, error));
    }
    return UF_OK;
}

uf_status effect_pretrend_add_power(struct effect_pretrend *pretrend, const struct uf_joint_test *test,
                                    const gsl_vector *times, const gsl_matrix *covariance,
                                    struct uf_error *error)
{
    struct uf_error reason;
    double noncentrality = 0;
    if (test->restrictions == 0 || isnan(test->statistic) || isnan(gsl_vector_get(times, 0))) return UF_OK;
    if (!gsl_vector_isnull(times)) {
        uf_status status = uf_pretrend_noncentrality(times, covariance, &noncentrality, &reason);
        if (status == UF_NOT_IDENTIFIED) return UF_OK; /* singular */
        if (status != UF_OK) {
            if (error) *error = reason;
            return status;
        }
    }
    return effect_pretrend_add_noncentrality(pretrend, test, noncentrality, error);
}

uf_status effect_pretrend_add_power_of(struct effect_pretrend *pretrend, const struct uf_joint_test *test,
                                       const gsl_vector *line, const gsl_matrix *covariance,
                                       const size_t *lead, size_t n_leads, struct uf_error *error)
{
    if (n_leads == 0) return UF_OK;
    gsl_vector *times = gsl_vector_alloc(n_leads);
    gsl_matrix *part = gsl_matrix_alloc(n_leads, n_leads);
    uf_status status = times && part ? UF_OK : uf_fail_memory(error);
    for (size_t i = 0; i < n_leads && status == UF_OK; i++) {
        gsl_vector_set(times, i, gsl_vector_get(line, lead[i]));
        for (size_t j = 0; j < n_leads; j++)
            gsl_matrix_set(part, i, j, gsl_matrix_get(covariance, lead[i], lead[j]));
    }
    if (status == UF_OK) status = effect_pretrend_add_power(pretrend, test, times, part, error);
    gsl_vector_free(times);
    gsl_matrix_free(part);
    return status;
}

uf_status effect_pretrend_add_power_rows(struct effect_pretrend *pretrend, const struct uf_joint_test *test,
                                         const gsl_vector *line, const gsl_matrix *covariance,
                                         const gsl_matrix *combinations, struct uf_error *error)
{
    size_t q = combinations->size1;
    if (q == 0) return UF_OK;
    gsl_vector *times = gsl_vector_alloc(q);
    gsl_matrix *half = gsl_matrix_alloc(q, combinations->size2), *whole = gsl_matrix_alloc(q, q);
    uf_status status = times && half && whole ? UF_OK : uf_fail_memory(error);
    if (status == UF_OK) {
        gsl_blas_dgemv(CblasNoTrans, 1, combinations, line, 0, times);
        gsl_blas_dgemm(CblasNoTrans, CblasNoTrans, 1, combinations, covariance, 0, half);
        gsl_blas_dgemm(CblasNoTrans, CblasTrans, 1, half, combinations, 0, whole);
        status = effect_pretrend_add_power(pretrend, test, times, whole, error);
    }
    gsl_vector_free(times);
    gsl_matrix_free(half), gsl_matrix_free(whole);
    return status;
}

/* --- the note -------------------------------------------------------------------------------------- */

static double slope_of(const struct effect_pretrend *pretrend, size_t row, size_t column)
{
    return uf_table_number(pretrend->table, row, column);
}

static uf_status note_unknown(const struct effect_run *run, const struct effect_pretrend *pretrend,
                              struct uf_error *error)
{
    static const struct uf_words blind = {"The test cannot see a straight-line drift of the treated at any "
                                          "slope: in this sample it looks just like effects of regions and "
                                          "periods.",
                                          "Testet kan inte se en rätlinjig glidning hos de behandlade, hur "
                                          "brant den än är: i det här urvalet ser den ut precis som effekter "
                                          "av regioner och perioder."};
    static const struct uf_words blind_advice = {"Add regions that are never treated.",
                                                 "Lägg till regioner som aldrig behandlas."};
    static const struct uf_words unknown = {
        "How steep a drift before the start the test would have found "
        "cannot be computed: the regions are too few to tell how the "
        "errors of so many differences go together.",
        "Hur brant glidning före start testet skulle ha upptäckt går inte "
        "att beräkna: regionerna är för få för att visa hur felen i så "
        "många skillnader samvarierar."};
    static const struct uf_words advice = {
        "The method sensitivity computes it with the covariance of the untreated rows.",
        "Metoden sensitivity beräknar det med kovariansen hos de obehandlade raderna."};
    return effect_note(run, pretrend->blind ? UF_WARNING : UF_NOTE,
                       pretrend->blind ? "pretrend-blind" : "pretrend-power-unknown",
                       pretrend->blind ? blind : unknown, pretrend->blind ? blind_advice : advice, NULL, 0,
                       error);
}

uf_status effect_pretrend_note_power(const struct effect_run *run, const struct effect_pretrend *pretrend,
                                     struct uf_error *error)
{
    static const struct uf_words found = {
        "Had the treated drifted from the others along a straight line, the joint test ({0}) would have "
        "found "
        "a drift of {1} per period half of the time, and one of {2} in four cases of five.",
        "Om de behandlade hade glidit ifrån de andra längs en rät linje skulle det gemensamma testet ({0}) "
        "ha "
        "upptäckt en glidning på {1} per period i hälften av fallen, och en på {2} i fyra fall av fem."};
    static const struct uf_words with_drift = {
        "Had the treated drifted from the others along a straight line, the joint test ({0}) would have "
        "found "
        "a drift of {1} per period half of the time, and one of {2} in four cases of five. Carried on after "
        "the start, these lines alone would make the estimate {3} and {4}; it is {5}.",
        "Om de behandlade hade glidit ifrån de andra längs en rät linje skulle det gemensamma testet ({0}) "
        "ha "
        "upptäckt en glidning på {1} per period i hälften av fallen, och en på {2} i fyra fall av fem. "
        "Fortsatte linjerna efter start skulle de ensamma göra skattningen till {3} respektive {4}; den är "
        "{5}."};
    size_t rows = uf_table_rows(pretrend->table), row = pretrend->decisive_row;
    if (pretrend->decisive.restrictions == 0) return UF_OK;
    if (isnan(slope_of(pretrend, row, EFFECT_PRETREND_SLOPE_80)))
        for (row = 0; row < rows && isnan(slope_of(pretrend, row, EFFECT_PRETREND_SLOPE_80)); row++) continue;
    if (row == rows) return note_unknown(run, pretrend, error);
    double half = slope_of(pretrend, row, EFFECT_PRETREND_SLOPE_50),
           most = slope_of(pretrend, row, EFFECT_PRETREND_SLOPE_80);
    const struct uf_argument arguments[] = {
        uf_text_argument(uf_table_text(pretrend->table, row, EFFECT_PRETREND_VCOV)),
        significant_argument(half),
        significant_argument(most),
        significant_argument(half * pretrend->drift),
        significant_argument(most * pretrend->drift),
        significant_argument(pretrend->estimate)};
    static const struct uf_words optimistic = {
        "That is not the test that decides here, and with so few regions its errors are as a rule too small, "
        "so "
        "that it promises too much. The method sensitivity computes it with the covariance of the untreated "
        "rows.",
        "Det är inte det test som avgör här, och med så få regioner är dess fel som regel för små, så att "
        "det "
        "lovar för mycket. Metoden sensitivity beräknar det med kovariansen hos de obehandlade raderna."};
    static const struct uf_words few = {
        "Do not rely on it: no more regions are treated (or left to compare with) than there are differences "
        "to "
        "test. In simulations of 21 regions with three to five treated the test by cr1s rejected in half to "
        "nine "
        "tenths of the samples without any drift, and that by cr2 in next to none with the drift that it "
        "says it finds. "
        "Ask for inference: randomisation, or take distant event times together with bin-before.",
        "Lita inte på det: det är inte fler regioner som behandlas (eller finns att jämföra med) än det "
        "finns "
        "skillnader att pröva. I simuleringar av 21 regioner med tre till fem behandlade gav testet med cr1s "
        "utslag i hälften till nio tiondelar av urvalen utan någon glidning, och det med cr2 i nästan inget "
        "med "
        "den glidning som det säger sig upptäcka. Begär inference: randomisation, eller slå ihop avlägsna "
        "tidpunkter med bin-before."};
    static const struct uf_words none = {NULL, NULL};
    bool said = isfinite(pretrend->drift) && isfinite(pretrend->estimate),
         dealt = !strcmp(uf_table_text(pretrend->table, row, EFFECT_PRETREND_VCOV), "randomisation");
    return effect_note(run, UF_NOTE, "pretrend-power", said ? with_drift : found,
                       row != pretrend->decisive_row                                         ? optimistic
                       : !dealt && effect_pretrend_few(run, pretrend->decisive.restrictions) ? few
                                                                                             : none,
                       arguments, said ? 6 : 3, error);
}
