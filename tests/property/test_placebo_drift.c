// SPDX-License-Identifier: GPL-3.0-or-later
/* Slopes by placebo against the slow way: the drift is added to the outcomes of each placebo and the test is made, again and
 * again. And what must not matter: the unit of the outcome, the order of the regions, a drift or effect of the treated. */
#include "effect/placebo_regression.h"
#include "support/bench.h"
#include "support/did_data.h"
#include "support/test.h"

#include <gsl/gsl_errno.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { UNITS = 7, PERIODS = 9, N = UNITS * PERIODS };

/* Which units start when. */
struct design {
    const char *label;
    size_t first[UNITS];
};
#define NEVER SIZE_MAX
static const struct design one_start = {"one start", {5, 5, NEVER, NEVER, NEVER, NEVER, NEVER}},
                           two_starts = {"two starts", {4, 6, NEVER, NEVER, NEVER, NEVER, NEVER}},
                           more = {"more of a cohort", {4, 4, 4, NEVER, NEVER, NEVER, NEVER}},
                           /* two leads, which a covariance of three treated has the rank for */
    early = {"early start", {3, 3, 3, NEVER, NEVER, NEVER, NEVER}},
                           late = {"one later", {2, 2, 2, 2, 2, 3, NEVER}};

struct sample {
    struct uf_did_data data;
    size_t unit[N], period[N], first[UNITS];
    double outcome[N], treatment[N], weights[N];
};

/* Unit `order`[u] of the design is unit u (NULL: itself). */
static struct sample *sample_new(const struct design *design, const size_t *order, double scale, double drift)
{
    struct sample *s = calloc(1, sizeof *s);
    for (size_t u = 0; u < UNITS; u++) {
        const size_t own = order ? order[u] : u;
        s->first[u] = design->first[own];
        for (size_t t = 0; t < PERIODS; t++) {
            const size_t i = u * PERIODS + t;
            s->unit[i] = u, s->period[i] = t;
            s->treatment[i] = s->first[u] <= t;
            s->weights[i] = 1;
            s->outcome[i] =
                scale * (bench_noise(3, own * PERIODS + t) + 5 * bench_noise(4, own) + 0.1 * (double)t +
                         (s->first[u] != NEVER ? drift * (double)t : 0) + 2 * drift * s->treatment[i]);
        }
    }
    s->data = did_data_by_unit(N, UNITS, PERIODS,
                               (struct did_columns){s->unit, s->period, s->outcome, s->treatment, s->first});
    return s;
}

/* --- the procedures -------------------------------------------------------------------------------- */

static const struct uf_event_study_options event = {.reference = -1},
                                           bins = {.reference = -1, .bin_before = true, .before = -3};
static const struct uf_sun_abraham_options sun_abraham = {.reference = -1};
static const struct uf_stacked_options stacked = {.before = 4, .after = 1, .reference = -1},
                                       short_window = {.before = 3,
                                                       .after = 0,
                                                       .reference = -1,
                                                       .control = UF_STACK_NOT_YET_TREATED},
                                       two_before = {.before = 2, .after = 0, .reference = -1},
                                       never_treated = {.before = 3, .after = 0, .reference = -1};
static const struct uf_group_time_options varying = {.estimator = UF_DRDID_REGRESSION},
                                          universal = {.base = UF_BASE_UNIVERSAL,
                                                       .control = UF_CONTROL_NOT_YET_TREATED};
static const struct uf_imputation_options imputation;
static const struct uf_imputation_leads_options two_leads = {.leads = 2}, all_leads = {.reference = -1};
static const struct uf_covariance_options cr1s = {.kind = UF_COVARIANCE_CR1S},
                                          cr2 = {.kind = UF_COVARIANCE_CR2};

enum procedure { DID, SUN_ABRAHAM, STACKED, GROUP_TIME, IMPUTATION };
struct asked {
    const char *label;
    enum procedure procedure;
    const void *options, *further;
    const struct uf_covariance_options *covariance; /* NULL: dealt out anew */
};

static const double work = 1000;

static struct placebo_regressions regressions_of(const struct asked *asked,
                                                 struct imputation_lead_options *leads)
{
    *leads = (struct imputation_lead_options){asked->options, asked->further};
    switch (asked->procedure) {
    case DID:
        return did_regressions(asked->options, work);
    case SUN_ABRAHAM:
        return sun_abraham_regressions(asked->options, work);
    case STACKED:
        return stacked_regressions(asked->options, work);
    case IMPUTATION:
        return imputation_regressions(leads, work);
    case GROUP_TIME:
        break;
    }
    abort();
}

static uf_status slopes_of(const struct asked *asked, const struct placebo_sample *sample,
                           struct placebo_slopes *out, struct uf_error *error)
{
    if (asked->procedure == GROUP_TIME && asked->covariance)
        return group_time_placebo_drift_of(sample, asked->options, work, 1, out, error);
    if (asked->covariance) {
        struct imputation_lead_options leads;
        const struct placebo_regressions regressions = regressions_of(asked, &leads);
        return placebo_drift_of_regression(sample, &regressions, asked->covariance, 1, out, error);
    }
    switch (asked->procedure) {
    case DID:
        return did_placebo_drift(sample, asked->options, 1, out, error);
    case SUN_ABRAHAM:
        return sun_abraham_placebo_drift(sample, asked->options, work, 1, out, error);
    case STACKED:
        return stacked_placebo_drift(sample, asked->options, work, 1, out, error);
    case GROUP_TIME:
        return group_time_placebo_drift(sample, asked->options, work, 1, out, error);
    case IMPUTATION:
        return imputation_placebo_drift(sample, asked->options, asked->further, work, 1, out, error);
    }
    abort();
}

static uf_status find_slopes(const struct asked *asked, const struct uf_did_data *data,
                             struct placebo_slopes *out, struct uf_error *error)
{
    struct uf_did_assignment assignment;
    struct placebo_sample sample;
    assert_ok(uf_did_assignment_init(data, &assignment, error), error);
    uf_status status = placebo_sample_init(data, &assignment, false, &sample, error);
    if (status == UF_OK) {
        status = slopes_of(asked, &sample, out, error);
        placebo_sample_clear(&sample);
    }
    uf_did_assignment_clear(&assignment);
    return status;
}

static double p_of_regression(const struct uf_did_data *data, const struct uf_did_fit *fit,
                              const struct uf_covariance_options *options)
{
    struct uf_covariance v;
    struct uf_joint_test test;
    struct uf_error error;
    assert_ok(uf_did_covariance(data, fit, options, &v, &error), &error);
    assert_ok(uf_did_pretrend(data, fit, options, &v, LONG_MIN, &test, &error), &error);
    uf_covariance_clear(&v);
    return test.p_value;
}

/* F of averages of cells by event time, by hand. */
static double p_of_averages(const struct uf_sun_abraham *fit, const struct uf_covariance_options *options)
{
    enum { MOST = 2 * PERIODS };
    const size_t k = fit->fit.fit.rank;
    gsl_matrix *rows = gsl_matrix_calloc(MOST, k);
    size_t q = 0, index[MOST];
    struct uf_covariance v;
    struct uf_joint_test test;
    struct uf_error error;
    for (long e = -PERIODS; e < 0; e++)
        q += uf_sun_abraham_average(fit, UF_CELLS_DYNAMIC, e, gsl_matrix_ptr(rows, q, 0)) > 0;
    assert_ok(uf_did_covariance(&fit->data, &fit->fit, options, &v, &error), &error);
    gsl_matrix *among = gsl_matrix_calloc(q, q);
    gsl_vector *lead = gsl_vector_calloc(q);
    for (size_t a = 0; a < q; a++) {
        index[a] = a;
        for (size_t c = 0; c < fit->n_cells; c++) {
            const size_t i = fit->cell[c].place;
            if (i == SIZE_MAX) continue;
            *gsl_vector_ptr(lead, a) += gsl_matrix_get(rows, a, i) * fit->cell[c].estimate;
            for (size_t b = 0; b < q; b++)
                for (size_t j = 0; j < k; j++)
                    *gsl_matrix_ptr(among, a, b) += gsl_matrix_get(rows, a, i) * gsl_matrix_get(rows, b, j) *
                                                    gsl_matrix_get(v.matrix, i, j);
        }
    }
    assert_ok(uf_joint_test(lead, among, index, q, (double)v.n_clusters - 1, &test, &error), &error);
    gsl_matrix_free(rows), gsl_matrix_free(among), gsl_vector_free(lead);
    uf_covariance_clear(&v);
    return test.p_value;
}

static double p_with_covariance(const struct asked *asked, const struct uf_did_data *data)
{
    struct uf_did_fit event_study;
    struct uf_sun_abraham cells;
    struct uf_stacked stack;
    struct uf_imputation untreated;
    struct uf_imputation_leads leads;
    struct uf_group_time group_time;
    struct uf_group_time_pretest wald;
    struct uf_error error;
    double p = NAN;
    if (asked->procedure == DID) {
        assert_ok(uf_event_study_estimate(data, asked->options, &event_study, &error), &error);
        p = p_of_regression(data, &event_study, asked->covariance);
        uf_did_fit_clear(&event_study);
    } else if (asked->procedure == SUN_ABRAHAM) {
        assert_ok(uf_sun_abraham_estimate(data, asked->options, &cells, &error), &error);
        p = p_of_averages(&cells, asked->covariance);
        uf_sun_abraham_clear(&cells);
    } else if (asked->procedure == STACKED) {
        assert_ok(uf_stacked_estimate(data, asked->options, &stack, &error), &error);
        p = p_of_regression(&stack.data, &stack.fit, asked->covariance);
        uf_stacked_clear(&stack);
    } else if (asked->procedure == GROUP_TIME) {
        assert_ok(uf_group_time_estimate(data, asked->options, &group_time, &error), &error);
        assert_ok(uf_group_time_pretest(&group_time, NULL, &wald, &error), &error);
        p = wald.p_value;
        uf_group_time_clear(&group_time);
    } else {
        assert_ok(uf_imputation_fit(data, asked->options, &untreated, &error), &error);
        assert_ok(uf_imputation_leads(data, &untreated, asked->further, &leads, &error), &error);
        p = p_of_regression(&leads.data, &leads.fit, asked->covariance);
        uf_imputation_leads_clear(&leads);
        uf_imputation_clear(&untreated);
    }
    return p;
}

/* NaN: cannot be made. */
static double p_of(const struct asked *asked, const struct uf_did_data *data)
{
    const struct uf_randomisation_options all = {0};
    struct uf_did_assignment assignment;
    struct uf_randomisation_joint joint;
    struct uf_randomisation dealt;
    struct uf_error error;
    if (asked->covariance) return p_with_covariance(asked, data);
    assert_ok(uf_did_assignment_init(data, &assignment, &error), &error);
    if (asked->procedure == DID) {
        assert_ok(uf_did_randomise_pretrend(data, asked->options, &assignment, &all, &joint, &error), &error);
        const double p = joint.p;
        uf_randomisation_joint_clear(&joint);
        uf_did_assignment_clear(&assignment);
        return p;
    }
    uf_status status = UF_INTERNAL;
    if (asked->procedure == SUN_ABRAHAM)
        status = uf_sun_abraham_randomise_leads(data, asked->options, &assignment, &all, &dealt, &error);
    if (asked->procedure == STACKED)
        status = uf_stacked_randomise_leads(data, asked->options, &assignment, &all, &dealt, &error);
    if (asked->procedure == GROUP_TIME)
        status = uf_group_time_randomise_leads(data, asked->options, &assignment, &all, &dealt, &error);
    if (asked->procedure == IMPUTATION)
        status = uf_imputation_randomise_leads(data, asked->options, asked->further, &assignment, &all,
                                               &dealt, &error);
    assert_ok(status, &error);
    const double p = dealt.p_coefficient;
    uf_randomisation_clear(&dealt);
    uf_did_assignment_clear(&assignment);
    return p;
}

/* --- the slow way ---------------------------------------------------------------------------------- */

/* Residuals of unit and cohort-by-period means, which in a balanced panel are differences of means. */
static void residuals(const struct sample *s, double *out)
{
    size_t starts[UNITS], n_starts = 0;
    for (size_t u = 0; u < UNITS; u++) {
        size_t c = 0;
        while (c < n_starts && starts[c] != s->first[u]) c++;
        if (c == n_starts) starts[n_starts++] = s->first[u];
    }
    for (size_t u = 0; u < UNITS; u++)
        for (size_t t = 0; t < PERIODS; t++) {
            double own = 0, all = 0, now = 0, members = 0;
            for (size_t v = 0; v < UNITS; v++) {
                if (s->first[v] != s->first[u]) continue;
                members++;
                now += s->outcome[v * PERIODS + t];
                for (size_t r = 0; r < PERIODS; r++) all += s->outcome[v * PERIODS + r] / PERIODS;
            }
            for (size_t r = 0; r < PERIODS; r++) own += s->outcome[u * PERIODS + r] / PERIODS;
            out[u * PERIODS + t] = (s->outcome[u * PERIODS + t] - own - now / members + all / members) *
                                   sqrt((UNITS - 1.0) / (UNITS - (double)n_starts));
        }
}

/* The share of placebos with that slope, up or down, for which p < 0.05. */
static double slow_share(const struct asked *asked, const struct sample *s, double slope)
{
    struct sample placebo = *s;
    double rest[N], outcome[N];
    size_t found = 0, count = 0, first[UNITS];
    residuals(s, rest);
    memcpy(first, s->first, sizeof first);
    /* from the sorted order on */
    for (size_t a = 0; a < UNITS; a++)
        for (size_t b = a + 1; b < UNITS; b++)
            if (first[b] < first[a]) {
                const size_t keep = first[a];
                first[a] = first[b], first[b] = keep;
            }
    do {
        for (int sign = -1; sign <= 1; sign += 2) {
            for (size_t i = 0; i < N; i++) {
                const size_t start = first[placebo.unit[i]];
                outcome[i] = rest[i] + (start == NEVER ? 0 : sign * slope * (double)placebo.period[i]);
                placebo.treatment[i] = start <= placebo.period[i];
            }
            placebo.data.unit = placebo.unit, placebo.data.period = placebo.period;
            placebo.data.outcome = outcome, placebo.data.treatment = placebo.treatment;
            placebo.data.cluster[0] = placebo.unit;
            placebo.data.first_period = first;
            placebo.data.weights = s->data.weights ? placebo.weights : NULL;
            found += p_of(asked, &placebo.data) < 0.05;
            count++;
        }
    } while (uf_assignment_next(first, UNITS));
    return (double)found / (double)count;
}

static const struct asked procedures[] = {
    {"did", DID, &event, NULL, NULL},
    {"did, bins", DID, &bins, NULL, NULL},
    {"did, cr1s", DID, &event, NULL, &cr1s},
    {"did, bins, cr1s", DID, &bins, NULL, &cr1s},
    {"sun-abraham", SUN_ABRAHAM, &sun_abraham, NULL, NULL},
    {"sun-abraham, cr1s", SUN_ABRAHAM, &sun_abraham, NULL, &cr1s},
    {"stacked", STACKED, &stacked, NULL, NULL},
    {"stacked, cr1s", STACKED, &short_window, NULL, &cr1s},
    {"stacked, never treated, cr1s", STACKED, &never_treated, NULL, &cr1s},
    {"callaway-santanna", GROUP_TIME, &varying, NULL, NULL},
    {"callaway-santanna, universal base", GROUP_TIME, &universal, NULL, NULL},
    {"callaway-santanna, influence", GROUP_TIME, &varying, NULL, &cr1s},
    {"callaway-santanna, not yet treated, influence", GROUP_TIME, &universal, NULL, &cr1s},
    {"imputation", IMPUTATION, &imputation, &all_leads, NULL},
    {"imputation, two leads", IMPUTATION, &imputation, &two_leads, NULL},
    {"imputation, cr1s", IMPUTATION, &imputation, &all_leads, &cr1s},
    {"imputation, two leads, cr1s", IMPUTATION, &imputation, &two_leads, &cr1s},
};
enum { PROCEDURES = sizeof procedures / sizeof *procedures };

static void check_against_slow(const struct asked *asked, const struct design *design, bool weighted)
{
    static const double powers[] = {0.5, 0.8};
    struct sample *s = sample_new(design, NULL, 1, 0.3);
    struct placebo_slopes slopes;
    struct uf_error error;
    if (weighted) s->data.weights = s->weights;
    assert_ok(find_slopes(asked, &s->data, &slopes, &error), &error);
    expect_within(slopes.level, slow_share(asked, s, 0), 1e-12, asked->label);
    for (int p = 0; p < 2; p++) {
        if (isnan(slopes.slope[p])) {
            /* found as often without any, or not however steep: a bounded statistic, where controls drift too */
            assert_non_null(asked->covariance);
            assert_true(slow_share(asked, s, 0) >= powers[p] || slow_share(asked, s, 1e4) < powers[p]);
            continue;
        }
        assert_true(slow_share(asked, s, slopes.slope[p] * (1 + 1e-6)) >= powers[p]);
        assert_true(slow_share(asked, s, slopes.slope[p] * (1 - 1e-6)) < powers[p]);
    }
    free(s);
}

static void as_the_slow_way(void **state)
{
    (void)state;
    const struct design *const designs[] = {&one_start, &two_starts, &more};
    for (size_t p = 0; p < PROCEDURES; p++)
        for (size_t d = 0; d < 3; d++) {
            if (procedures[p].covariance) continue;
            check_against_slow(&procedures[p], designs[d], false);
        }
    check_against_slow(&procedures[0], &more, true);
    /* the covariance stands still, or moves with the line: leads in a bin or without a reference, controls that drift later */
    static const struct {
        const char *label;
        const struct design *design;
    } clustered[] = {{"did, cr1s", &early},
                     {"did, bins, cr1s", &two_starts},
                     {"sun-abraham, cr1s", &early},
                     {"sun-abraham, cr1s", &two_starts},
                     {"stacked, never treated, cr1s", &early},
                     {"stacked, cr1s", &two_starts},
                     {"callaway-santanna, influence", &early},
                     {"callaway-santanna, not yet treated, influence", &late},
                     {"imputation, cr1s", &early},
                     {"imputation, two leads, cr1s", &two_starts}};
    for (size_t c = 0; c < sizeof clustered / sizeof *clustered; c++)
        for (size_t p = 0; p < PROCEDURES; p++)
            if (!strcmp(procedures[p].label, clustered[c].label))
                check_against_slow(&procedures[p], clustered[c].design, false);
}

/* With CR2, whose degrees of freedom shrink what is tested. */
static void cr2_as_the_slow_way(void **state)
{
    (void)state;
    static const struct asked asked[] = {{"did, cr2", DID, &event, NULL, &cr2},
                                         {"stacked, cr2", STACKED, &two_before, NULL, &cr2},
                                         {"imputation, cr2", IMPUTATION, &imputation, &two_leads, &cr2}};
    for (size_t p = 0; p < 3; p++) check_against_slow(&asked[p], &early, false);
}

static void what_does_not_matter(void **state)
{
    (void)state;
    static const size_t order[UNITS] = {3, 0, 6, 2, 5, 1, 4};
    for (size_t p = 0; p < PROCEDURES; p++) {
        const struct asked *asked = &procedures[p];
        const struct design *design = asked->covariance ? &early : &two_starts;
        struct sample *plain = sample_new(design, NULL, 1, 0), *scaled = sample_new(design, NULL, -40, 0),
                      *other = sample_new(design, order, 1, 0), *drifting = sample_new(design, NULL, 1, 3);
        struct placebo_slopes a, b, c, d;
        struct uf_error error;
        assert_ok(find_slopes(asked, &plain->data, &a, &error), &error);
        assert_ok(find_slopes(asked, &scaled->data, &b, &error), &error);
        assert_ok(find_slopes(asked, &other->data, &c, &error), &error);
        assert_ok(find_slopes(asked, &drifting->data, &d, &error), &error);
        for (int k = 0; k < 2; k++) {
            expect_close(b.slope[k], 40 * a.slope[k], 1e-7, asked->label);
            expect_close(c.slope[k], a.slope[k], 1e-7, asked->label);
            expect_close(d.slope[k], a.slope[k], 1e-7, asked->label);
        }
        free(plain), free(scaled), free(other), free(drifting);
    }
}

/* Ways to deal the treatment out: too few for any test at 5 %; and none. */
static void few_ways(void **state)
{
    (void)state;
    static const struct design seven = {"one of seven", {5, NEVER, NEVER, NEVER, NEVER, NEVER, NEVER}};
    struct sample *s = sample_new(&seven, NULL, 1, 0);
    struct placebo_slopes slopes;
    struct uf_error error;
    for (size_t p = 0; p < PROCEDURES; p++) {
        if (procedures[p].covariance) continue;
        assert_ok(find_slopes(&procedures[p], &s->data, &slopes, &error), &error);
        assert_true(slopes.level == 0 && isnan(slopes.slope[0]) && isnan(slopes.slope[1]));
        assert_int_equal(slopes.n_placebos, UNITS);
    }
    for (size_t u = 0; u < UNITS; u++) s->first[u] = u + 1 < PERIODS ? u + 1 : NEVER;
    for (size_t i = 0; i < N; i++) s->treatment[i] = s->first[s->unit[i]] <= s->period[i];
    assert_int_equal(find_slopes(&procedures[0], &s->data, &slopes, &error), UF_NOT_IDENTIFIED);
    free(s);
}

int main(void)
{
    gsl_set_error_handler_off();
    const struct CMUnitTest tests[] = {cmocka_unit_test(as_the_slow_way),
                                       cmocka_unit_test(cr2_as_the_slow_way),
                                       cmocka_unit_test(what_does_not_matter), cmocka_unit_test(few_ways)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
