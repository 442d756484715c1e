// SPDX-License-Identifier: GPL-3.0-or-later
/* Cohorts dealt out anew from sums over units against a regression for each assignment, of `stacked` and `sun-abraham`: gaps,
 * covariates, weights that change within units. A column of zeros is collinear, which makes every assignment a regression. */
#include "support/bench.h"
#include "support/stacked_sample.h"
#include "support/test.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/sun_abraham.h>

enum { UNITS = 13, PERIODS = STACKED_PERIODS, DRAWS = 40, MOST_TERMS = STACKED_TERMS };

struct variant {
    const char *label;
    bool gaps;
    size_t covariates;
    bool weights, clusters;
    size_t others; /* when the rest start; 0: one of them, the others never */
};
#define NEVER SIZE_MAX
static const struct variant variants[] = {{"a covariate", false, 1, false, false, NEVER},
                                          {"gaps", true, 0, false, false, NEVER},
                                          {"gaps and a covariate", true, 1, false, true, NEVER},
                                          {"weights by row", false, 0, true, false, NEVER},
                                          {"all of it", true, 2, true, true, NEVER},
                                          {"all treated at last", false, 1, false, false, 8},
                                          {"all treated at last, with gaps", true, 1, false, false, 8},
                                          {"one always treated", false, 1, false, false, 0},
                                          {"one always treated, with gaps", true, 1, true, false, 0}};
enum { VARIANTS = sizeof variants / sizeof *variants };

static bool is_missing(size_t unit, size_t period)
{
    return bench_noise(31, unit * PERIODS + period) > 0.86;
}

struct setting {
    struct stacked_sample *sample;
    struct uf_did_assignment assignment;
    double weight[UNITS * PERIODS], variance[UNITS];
    struct uf_did_noise noise;
    gsl_matrix *columns; /* two covariates, then zeros */
    gsl_matrix_view some, all;
    bool none;
};

static struct setting *setting_new(const struct variant *variant)
{
    struct setting *out = calloc(1, sizeof *out);
    struct uf_error error;
    struct stacked_sample *s = out->sample =
        stacked_sample_new(UNITS, (const size_t[]){2, 2, 1}, variant->gaps ? is_missing : NULL);
    const size_t n = s->data.n, k = variant->covariates;
    for (size_t u = 0; u < UNITS; u++)
        if (s->first[u] == NEVER && (variant->others > 0 || u + 1 == UNITS)) s->first[u] = variant->others;
    for (size_t i = 0; i < n; i++) s->treatment[i] = s->first[s->unit[i]] <= s->period[i];
    out->columns = gsl_matrix_calloc(n, k + 1);
    for (size_t i = 0; i < n; i++) {
        if (variant->weights) s->weights[i] *= 1.5 + bench_noise(8, i);
        /* across units, and blocks that are units all the same */
        if (variant->clusters) s->cluster[i] = (s->unit[i] + 1) / 2;
        for (size_t j = 0; j < k; j++)
            gsl_matrix_set(out->columns, i, j,
                           100 * (double)j + bench_noise(40 + j, i) + 0.2 * (double)(s->unit[i] * j));
        s->outcome[i] += k > 0 ? 0.7 * gsl_matrix_get(out->columns, i, 0) : 0;
    }
    if (!variant->weights) s->data.weights = NULL;
    assert_ok(uf_did_assignment_init(&s->data, &out->assignment, &error), &error);
    assert_int_equal(out->assignment.n_blocks, UNITS);
    for (size_t c = 0; c < (size_t)UNITS * PERIODS; c++) out->weight[c] = 1.5;
    for (size_t u = 0; u < UNITS; u++) out->variance[u] = 1 + (double)u;
    out->noise.weight = out->weight, out->noise.variance = out->variance;
    out->none = k == 0;
    if (k > 0) out->some = gsl_matrix_submatrix(out->columns, 0, 0, n, k);
    out->all = gsl_matrix_submatrix(out->columns, 0, 0, n, k + 1);
    return out;
}

static void setting_free(struct setting *s)
{
    uf_did_assignment_clear(&s->assignment);
    gsl_matrix_free(s->columns);
    free(s->sample), free(s);
}

static const struct uf_randomisation_options draws = {.most_enumerated = 10, .draws = DRAWS, .seed = 5};

/* One run by sums, one by regressions; what it found last of each. */
struct found {
    struct uf_randomisation term[MOST_TERMS], leads;
};
typedef void (*dealing)(const struct setting *setting, const void *options, struct found *out);

static void deal_stacked(const struct setting *s, const void *options, struct found *out)
{
    struct uf_error error;
    assert_false(uf_stacked_by_means(&s->sample->data));
    assert_ok(uf_stacked_randomise_terms(&s->sample->data, options, &s->assignment, &s->noise, stacked_terms,
                                         STACKED_TERMS, &draws, out->term, &error),
              &error);
    assert_ok(
        uf_stacked_randomise_leads(&s->sample->data, options, &s->assignment, &draws, &out->leads, &error),
        &error);
}

static void deal_sun_abraham(const struct setting *s, const void *options, struct found *out)
{
    static const struct uf_cell_term terms[] = {{UF_CELLS_SIMPLE, 0},
                                                {UF_CELLS_DYNAMIC, -2},
                                                {UF_CELLS_DYNAMIC, 1},
                                                {UF_CELLS_GROUP, 3},
                                                {UF_CELLS_GROUP, 8},
                                                {UF_CELLS_CALENDAR, 6},
                                                {UF_CELLS_MEAN_DYNAMIC, 0},
                                                {UF_CELLS_MEAN_GROUP, 0},
                                                {UF_CELLS_MEAN_CALENDAR, 0},
                                                {UF_CELLS_ONE, 3 * PERIODS + 1},
                                                {UF_CELLS_ONE, 5 * PERIODS + 6}};
    struct uf_error error;
    assert_ok(uf_sun_abraham_randomise_terms(&s->sample->data, options, &s->assignment, &s->noise, terms,
                                             sizeof terms / sizeof *terms, &draws, out->term, &error),
              &error);
    assert_ok(uf_sun_abraham_randomise_leads(&s->sample->data, options, &s->assignment, &draws, &out->leads,
                                             &error),
              &error);
}

static void expect_numbers(const double *a, const double *b, size_t count, const char *label,
                           const char *what)
{
    for (size_t i = 0; i < count; i++) {
        if (isnan(a[i]) != isnan(b[i]))
            fail_msg("%s: %s is %g by sums, %g by regression", label, what, a[i], b[i]);
        if (!isnan(a[i])) expect_within(a[i], b[i], 1e-10 * (1 + fabs(b[i])), what);
    }
}

static void expect_same(const struct uf_randomisation *a, const struct uf_randomisation *b, const char *label)
{
    assert_int_equal(a->count, b->count);
    expect_numbers(a->coefficient, b->coefficient, a->count, label, "coefficient");
    expect_numbers(a->t, b->t, a->count, label, "t");
    expect_numbers(a->scaled, b->scaled, a->count, label, "scaled");
    expect_numbers(a->shift, b->shift, a->count, label, "shift");
}

/* Whether there are assignments that were not computed in the same way. */
static bool is_another_way(const struct found *a, const struct found *b)
{
    return memcmp(a->term[0].t, b->term[0].t, a->term[0].count * sizeof(double)) != 0;
}

static void clear(struct found *found)
{
    for (int k = 0; k < MOST_TERMS; k++) uf_randomisation_clear(&found->term[k]);
    uf_randomisation_clear(&found->leads);
}

static void compare(const struct variant *variant, dealing deal, const void *options, bool by_sums)
{
    struct setting *s = setting_new(variant);
    struct found sums = {0}, regressions = {0};
    s->sample->data.covariates = s->none ? NULL : &s->some.matrix;
    deal(s, options, &sums);
    s->sample->data.covariates = &s->all.matrix;
    deal(s, options, &regressions);
    for (int k = 0; k < MOST_TERMS; k++) expect_same(&sums.term[k], &regressions.term[k], variant->label);
    expect_same(&sums.leads, &regressions.leads, variant->label);
    assert_int_equal(sums.term[0].count, DRAWS + 1);
    if (by_sums) assert_true(is_another_way(&sums, &regressions));
    clear(&sums), clear(&regressions);
    setting_free(s);
}

static void stacks(void **state)
{
    (void)state;
    static const struct uf_stacked_options options[] = {{.before = 3, .after = 1, .reference = -1},
                                                        {.before = 3,
                                                         .after = 2,
                                                         .reference = -2,
                                                         .anticipation = 1,
                                                         .control = UF_STACK_NOT_YET_TREATED,
                                                         .weights = UF_STACK_BY_SAMPLE}};
    for (size_t o = 0; o < 2; o++)
        for (size_t v = 0; v < VARIANTS; v++)
            if (o == 1 || variants[v].others != 8) compare(&variants[v], deal_stacked, &options[o], true);
}

static void cohorts_with_gaps(void **state)
{
    (void)state;
    static const struct uf_sun_abraham_options options[] = {{.reference = -1},
                                                            {.reference = -2, .anticipation = 1}};
    for (size_t o = 0; o < 2; o++)
        for (size_t v = 0; v < VARIANTS; v++) compare(&variants[v], deal_sun_abraham, &options[o], true);
}

/* Nearly collinear: that is left to the regression, which says the same as ever, to the last digit. */
static void what_is_nearly_collinear_is_a_regression(void **state)
{
    (void)state;
    const struct uf_stacked_options stacked = {.before = 3, .after = 1, .reference = -1};
    const struct uf_sun_abraham_options sun_abraham = {.reference = -1};
    for (int method = 0; method < 2; method++) {
        struct setting *s = setting_new(&variants[2]);
        struct found found[2] = {0};
        for (size_t i = 0; i < s->sample->data.n; i++)
            gsl_matrix_set(s->columns, i, 0, (double)s->sample->period[i] + 1e-5 * bench_noise(50, i));
        for (int run = 0; run < 2; run++) {
            s->sample->data.covariates = run ? &s->all.matrix : &s->some.matrix;
            if (method)
                deal_sun_abraham(s, &sun_abraham, &found[run]);
            else
                deal_stacked(s, &stacked, &found[run]);
        }
        assert_false(is_another_way(&found[0], &found[1]));
        clear(&found[0]), clear(&found[1]);
        setting_free(s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(stacks), cmocka_unit_test(cohorts_with_gaps),
                                       cmocka_unit_test(what_is_nearly_collinear_is_a_regression)};
    gsl_set_error_handler_off();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
