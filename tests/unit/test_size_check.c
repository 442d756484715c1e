// SPDX-License-Identifier: GPL-3.0-or-later
/* Placebo treatments in untreated data: shape, rates that are known, refusals. */
#include "support/did_data.h"
#include "support/method_run.h"
#include "support/small_panel.h"
#include "support/test.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/random.h>
#include <utfall/size_check.h>

enum { UNITS = 16, PERIODS = 14, ROWS = UNITS * PERIODS };

struct sample {
    struct uf_did_data data;
    size_t unit[ROWS], period[ROWS], first[UNITS];
    double outcome[ROWS], treatment[ROWS];
};

/* Independent noise, `treated` units from period `start` on, whose noise is `times` that of the others. */
static struct sample *sample_new(size_t treated, size_t start, double times)
{
    struct sample *s = calloc(1, sizeof *s);
    size_t n = 0;
    for (size_t u = 0; u < UNITS; u++) {
        s->first[u] = u < treated ? start : SIZE_MAX;
        for (size_t t = 0; t < PERIODS; t++, n++) {
            struct uf_random random;
            uf_random_init(&random, 5, UF_PURPOSE_SIMULATION, n);
            s->unit[n] = u, s->period[n] = t;
            s->treatment[n] = t >= s->first[u];
            s->outcome[n] = (u < treated ? times : 1) * (uf_random_uniform(&random) - 0.5) + (double)u;
        }
    }
    s->data = did_data_by_unit(n, UNITS, PERIODS,
                               (struct did_columns){s->unit, s->period, s->outcome, s->treatment, s->first});
    return s;
}

static void randomisation_holds_its_level_and_the_usual_error_does_not(void **state)
{
    (void)state;
    struct uf_error error;
    struct uf_size_check check;
    struct sample *s = sample_new(2, 9, 1);
    const struct uf_size_options options = {.draws = 200, .inner_draws = 99, .seed = 3};
    assert_ok(uf_size_check(&s->data, &options, &check, &error), &error);
    assert_int_equal(check.sample[UF_SIZE_CONTROLS].n_treated, 2);
    assert_int_equal(check.sample[UF_SIZE_CONTROLS].n_control, UNITS - 4);
    assert_int_equal(check.sample[UF_SIZE_CONTROLS].n_periods, PERIODS);
    assert_int_equal(check.sample[UF_SIZE_BEFORE].n_control, UNITS - 2);
    assert_int_equal(check.sample[UF_SIZE_BEFORE].n_periods, 9);
    for (int sample = 0; sample < UF_SIZE_SAMPLES; sample++) {
        const struct uf_size_count *count = check.sample[sample].count;
        assert_int_equal(count[UF_SIZE_RANDOMISATION].tried, 200);
        /* exact among all assignments: 4/91 or 6/120 of them; the draws miss that by chance */
        assert_true(count[UF_SIZE_RANDOMISATION].rejected <= 22);
        assert_true(count[UF_SIZE_CR1S].rejected > 2 * 200 * 5 / 100);
        assert_true(count[UF_SIZE_CR1S].alike_tried == 50);
    }
    free(s);
}

static void one_placebo_by_hand(void **state)
{
    (void)state;
    /* With one treated unit of three untreated ones no p can be below 1/3, nor can a rate be above 0; at a threshold
     * of 1 every procedure that gives a p rejects. */
    struct uf_error error;
    struct uf_size_check check;
    struct sample *s = sample_new(1, 9, 1);
    for (size_t u = 4; u < UNITS; u++) s->first[u] = 9;
    for (size_t i = 0; i < s->data.n; i++) s->treatment[i] = s->period[i] >= s->first[s->unit[i]];
    const struct uf_size_options options = {.draws = 20, .inner_draws = 99, .seed = 3};
    /* 13 treated: the three controls are too few, and so are 16 units less 13 only if fewer than two */
    assert_ok(uf_size_check(&s->data, &options, &check, &error), &error);
    assert_int_equal(check.sample[UF_SIZE_CONTROLS].placebos, 0);
    assert_non_null(strstr(check.sample[UF_SIZE_CONTROLS].why_not, "3 untreated"));
    assert_int_equal(check.sample[UF_SIZE_BEFORE].n_treated, 13);
    const struct uf_size_options all = {.draws = 20, .inner_draws = 99, .seed = 3, .threshold = 0.999999};
    assert_ok(uf_size_check(&s->data, &all, &check, &error), &error);
    assert_true(check.sample[UF_SIZE_BEFORE].count[UF_SIZE_CR2].rejected == 20);
    free(s);
}

static void the_same_seed_gives_the_same_counts(void **state)
{
    (void)state;
    struct uf_error error;
    struct uf_size_check a, b;
    struct sample *s = sample_new(3, 8, 4);
    const struct uf_size_options options = {.draws = 60, .inner_draws = 59, .seed = 11};
    assert_ok(uf_size_check(&s->data, &options, &a, &error), &error);
    assert_ok(uf_size_check(&s->data, &options, &b, &error), &error);
    assert_memory_equal(a.sample[0].count, b.sample[0].count, sizeof a.sample[0].count);
    /* nobody among the controls is as noisy as the treated: the nearest quarter is still counted, and is the noisiest */
    assert_int_equal(a.sample[0].count[UF_SIZE_RANDOMISATION].alike_tried, 15);
    free(s);
}

static void what_cannot_be_checked_is_refused(void **state)
{
    (void)state;
    struct uf_error error;
    struct uf_size_check check;
    struct sample *s = sample_new(13, 2, 1); /* three controls, two periods before */
    assert_int_equal(uf_size_check(&s->data, NULL, &check, &error), UF_NOT_IDENTIFIED);
    assert_non_null(strstr(error.message, "2 periods before"));
    free(s);
    s = sample_new(2, 9, 1);
    s->treatment[12] = 0.5;
    assert_int_equal(uf_size_check(&s->data, NULL, &check, &error), UF_NOT_IDENTIFIED);
    free(s);
}

/* A panel of the method: `treated` units start in `start`; y is noise. */
static struct uf_panel *panel_new(size_t treated, size_t start)
{
    static const char *const columns[] = {"y"};
    struct uf_panel *panel = small_panel_new(UNITS, PERIODS, 2004, columns, 1);
    for (size_t u = 0; u < UNITS; u++)
        for (size_t t = 0; t < PERIODS; t++) *small_panel_cell(panel, 0, u, t) = run_noise(u * PERIODS + t);
    for (size_t u = 0; u < treated; u++) panel->treatment.first_period[u] = start;
    return panel;
}

static void every_sample_is_spoken_of(void **state)
{
    (void)state;
    static const char *const few[] = {"draws", "20", "inner-draws", "19", NULL};
    /* how noisy the regions are before so early a start is not known: nothing is said of those alike */
    struct ran ran = run_method(&uf_method_size_check, panel_new(3, 3), few);
    assert_null(strstr(uf_result_note(&ran.result, "size-check")->text, "as much as the actual ones"));
    assert_null(strstr(uf_result_note(&ran.result, "size-check")->text, "{"));
    assert_non_null(uf_result_note(&ran.result, "size-check-unused"));
    uf_result_clear(&ran.result);
    /* six periods before: the placebos start too early in them for the procedure of `auto` */
    ran = run_method(&uf_method_size_check, panel_new(3, 6), few);
    assert_non_null(strstr(uf_result_note(&ran.result, "size-check")->text, "as much as the actual ones"));
    assert_non_null(strstr(uf_result_note(&ran.result, "size-check-unused")->text,
                           "all regions before the start: randomisation-scaled"));
    uf_result_clear(&ran.result);
    /* a refusal says what there is and what it takes */
    ran = run_in(&uf_method_size_check, panel_new(15, 6), UF_ENGLISH, few);
    assert_int_equal(ran.status, UF_NOT_IDENTIFIED);
    assert_non_null(strstr(ran.error.message, "15 of 16 regions"));
    assert_non_null(strstr(ran.error.message, "(there are 1)"));
    uf_result_clear(&ran.result);
}

int main(void)
{
    gsl_set_error_handler_off();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(randomisation_holds_its_level_and_the_usual_error_does_not),
        cmocka_unit_test(one_placebo_by_hand),
        cmocka_unit_test(the_same_seed_gives_the_same_counts),
        cmocka_unit_test(what_cannot_be_checked_is_refused),
        cmocka_unit_test(every_sample_is_spoken_of),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
