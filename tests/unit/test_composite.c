// SPDX-License-Identifier: GPL-3.0-or-later
/* The method composite-index on small panels: what its tables say, what is told, and what is refused. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/composite_uncertainty.h>

#include "support/small_panel.h"
#include "support/test.h"

enum { REGIONS = 6, COLUMNS = 3 };
static const char *const columns[COLUMNS] = {"jobs", "skills", "waiting"};
static const double figures[REGIONS][COLUMNS] = {{10, 1, 9}, {20, 2, 7}, {30, 4, 6},
                                                 {40, 3, 4}, {50, 6, 2}, {60, 5, 1}};

struct run {
    struct uf_panel *panel;
    struct uf_result result;
    struct uf_error error;
    uf_status status;
};

static struct uf_panel *new_panel(void)
{
    struct uf_panel *panel = small_panel_new(REGIONS, 1, 2018, columns, COLUMNS);
    for (size_t u = 0; u < REGIONS; u++)
        for (size_t k = 0; k < COLUMNS; k++) *small_panel_cell(panel, k, u, 0) = figures[u][k];
    return panel;
}

/* Settings: name, value, …, NULL. */
static struct run run_with(struct uf_panel *panel, enum uf_language language, const char *const *settings)
{
    struct run run = {.panel = panel};
    struct uf_options *options = NULL;
    const struct uf_context context = {.language = language, .seed = 1, .threads = 1};
    uf_result_init(&run.result);
    assert_ok(uf_options_new(&uf_method_composite_index, &options, &run.error), &run.error);
    for (; *settings; settings += 2)
        assert_ok(uf_options_set(options, settings[0], settings[1], &run.error), &run.error);
    run.status = uf_method_composite_index.run(panel, options, &context, &run.result, &run.error);
    uf_options_free(options);
    return run;
}

static void run_clear(struct run *run)
{
    uf_result_clear(&run->result);
    small_panel_free(run->panel);
}

static double number(const struct run *run, const char *name, size_t row, const char *column)
{
    const struct uf_table *table = uf_result_table(&run->result, name);
    assert_non_null(table);
    size_t index = uf_table_column(table, column);
    assert_true(index != SIZE_MAX);
    return uf_table_number(table, row, index);
}

#define BASIC "indicators", "jobs,skills,waiting", "less-is-better", "waiting"

static void an_index_by_hand(void **state)
{
    (void)state;
    struct run run = run_with(
        new_panel(), UF_ENGLISH,
        (const char *const[]){BASIC, "weights", "jobs:2,work:3", "pillars", "jobs:work,skills:work", NULL});
    assert_ok(run.status, &run.error);
    for (size_t u = 0; u < REGIONS; u++) {
        double jobs = 100 * (figures[u][0] - 10) / 50, skills = 100 * (figures[u][1] - 1) / 5,
               waiting = 100 * (9 - figures[u][2]) / 8, work = (2 * jobs + skills) / 3;
        expect_close(number(&run, "composite-index", u, "index"), (3 * work + waiting) / 4, 1e-12, "index");
        expect_close(number(&run, "composite-index-pillars", u, "value"), work, 1e-12, "pillar");
    }
    /* contributions add up to the index, region by region, the best first */
    double best = number(&run, "composite-index-contributions", 0, "contribution") +
                  number(&run, "composite-index-contributions", 1, "contribution");
    assert_true(
        number(&run, "composite-index", 4, "index") == best ||
        number(&run, "composite-index", 5, "index") == best ||
        fabs(fmax(number(&run, "composite-index", 4, "index"), number(&run, "composite-index", 5, "index")) -
             best) < 1e-9);
    expect_close(number(&run, "composite-index-indicators", 0, "weight_in_index"), 0.5, 1e-12,
                 "weight of jobs in all");
    expect_close(number(&run, "composite-index-indicators", 2, "weight_in_index"), 0.25, 1e-12,
                 "weight of waiting");
    assert_non_null(uf_result_table(&run.result, "composite-index-sensitivity"));
    assert_non_null(uf_result_note(&run.result, "rank-uncertainty"));
    run_clear(&run);
}

static void the_sentences_have_the_numbers(void **state)
{
    (void)state;
    static const char *const settings[] = {BASIC, "draws", "0", NULL};
    struct run english = run_with(new_panel(), UF_ENGLISH, settings),
               swedish = run_with(new_panel(), UF_SWEDISH, settings);
    assert_ok(english.status, &english.error);
    const struct uf_table *texts = uf_result_table(&english.result, "composite-index-findings");
    assert_string_equal(uf_table_text(texts, 0, 2),
                        "Region 1 ranks 6 of 6, 2018 (index 0.0), and 6 in each of its parts.");
    assert_string_equal(
        uf_table_text(texts, 2, 2),
        "Region 3 ranks 4 of 6, 2018 (index 45.8), best in skills (rank 3) and worst in jobs (rank 4).");
    texts = uf_result_table(&swedish.result, "composite-index-findings");
    assert_string_equal(
        uf_table_text(texts, 2, 2),
        "Region 3 har plats 4 av 6, 2018 (index 45,8), bäst i skills (plats 3) och sämst i jobs (plats 4).");
    assert_non_null(uf_result_note(&english.result, "ranks-without-uncertainty"));
    assert_null(uf_result_table(&english.result, "composite-index-ranks"));
    run_clear(&english);
    run_clear(&swedish);
}

static void a_missing_value_is_never_zero(void **state)
{
    (void)state;
    static const char *const words[] = {"unit", "renormalise", "mean", "median"};
    for (size_t m = 0; m < 4; m++) {
        struct uf_panel *panel = new_panel();
        small_panel_miss(panel, 1, 2, 0);
        struct run run = run_with(panel, UF_ENGLISH,
                                  (const char *const[]){BASIC, "missing", words[m], "draws", "50", NULL});
        assert_ok(run.status, &run.error);
        double jobs = 40, waiting = 100 * (9 - 6) / 8.0;
        /* the mean of the five others is 3.4, their median 3 */
        double filled[] = {NAN, NAN, 100 * (3.4 - 1) / 5, 100 * (3 - 1) / 5.0};
        double expected[] = {NAN, (jobs + waiting) / 2, (jobs + filled[2] + waiting) / 3,
                             (jobs + filled[3] + waiting) / 3};
        expect_close(number(&run, "composite-index", 2, "index"), expected[m], 1e-12, words[m]);
        expect_close(number(&run, "composite-index", 2, "missing"), 1, 0, "gaps");
        assert_true(isnan(number(&run, "composite-index", 2, "rank")) == (m == 0));
        assert_non_null(uf_result_note(&run.result, "indicators-missing"));
        if (m == 0)
            assert_string_equal(uf_table_text(uf_result_table(&run.result, "composite-index-findings"), 2, 2),
                                "Region 3 has no index, 2018: it lacks 1 of 3 indicators.");
        run_clear(&run);
    }
}

static void what_goes_against_is_told(void **state)
{
    (void)state;
    /* without a direction waiting goes against the two others */
    struct run run =
        run_with(new_panel(), UF_ENGLISH, (const char *const[]){"indicators", "jobs,skills,waiting", NULL});
    assert_ok(run.status, &run.error);
    const struct uf_note *note = uf_result_note(&run.result, "negative-correlations");
    assert_non_null(note);
    assert_non_null(strstr(note->text, "2 of 3 pairs go against each other"));
    assert_non_null(note->advice);
    assert_true(number(&run, "composite-index-coherence", 0, "alpha_raw") < 0);
    run_clear(&run);
}

static void weights_of_one_are_equal_weights(void **state)
{
    (void)state;
    struct run a = run_with(new_panel(), UF_ENGLISH, (const char *const[]){BASIC, NULL}),
               b = run_with(new_panel(), UF_ENGLISH,
                            (const char *const[]){BASIC, "weights", "jobs:1,skills:1", NULL});
    for (size_t u = 0; u < REGIONS; u++) {
        expect_close(number(&a, "composite-index", u, "index"), number(&b, "composite-index", u, "index"), 0,
                     "index");
        expect_close(number(&a, "composite-index", u, "rank_p95"),
                     number(&b, "composite-index", u, "rank_p95"), 0, "interval");
    }
    run_clear(&a);
    run_clear(&b);
}

static void what_cannot_be_computed_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *name, *value, *sentence;
        uf_status status;
    } bad[] = {
        {"aggregate", "geometric", "'jobs' of R001 is 0 after normalisation", UF_NOT_IDENTIFIED},
        {"vary-aggregation", "harmonic", "combine min-max with harmonic, and indicator 1 of unit 1 is then 0",
         UF_NOT_IDENTIFIED},
        {"normalise", "target", "indicator 'jobs': the target is no better", UF_NOT_IDENTIFIED},
        {"pillars", "jobs:a,a:b,b:a", "'pillars' makes 'a' a part of itself", UF_BAD_USAGE},
        {"pillars", "jobs:a,jobs:b", "says twice what 'jobs' is a part of", UF_BAD_USAGE},
        {"pillars", "jobs:skills", "it is an indicator", UF_BAD_USAGE},
        {"pillars", "jobs", "expected PART:WHOLE", UF_BAD_USAGE},
        {"pillars", "job:a", "did you mean 'jobs'?", UF_BAD_USAGE},
        {"weights", "jobs:-1", "expected a number of 0 or more", UF_BAD_USAGE},
        {"weights", "jobs:0,skills:0,waiting:0", "every part of 'index' the weight 0", UF_BAD_USAGE},
        {"less-is-better", "wait", "neither an indicator nor a pillar", UF_BAD_USAGE},
        {"weight-noise", "1", "expected a share from 0 to below 1", UF_BAD_USAGE},
        {"scale-high", "0", "expected the upper end above the lower", UF_BAD_USAGE},
        {"period", "2017", "there is no period 2017 in the data", UF_BAD_USAGE},
        {"indicators", "jobs,jobs", "names 'jobs' twice", UF_BAD_USAGE},
        {"draws", "1", "1 draw, expected at least 2", UF_BAD_USAGE},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct run run = run_with(
            new_panel(), UF_ENGLISH,
            (const char *const[]){"indicators", "jobs,skills,waiting", bad[i].name, bad[i].value, NULL});
        if (run.status != bad[i].status || !strstr(run.error.message, bad[i].sentence))
            fail_msg("%s: %s gave %d: %s", bad[i].name, bad[i].value, (int)run.status, run.error.message);
        if (bad[i].status == UF_NOT_IDENTIFIED) assert_true(uf_result_has_fatal(&run.result));
        run_clear(&run);
    }
    struct run run = run_with(new_panel(), UF_ENGLISH, (const char *const[]){NULL});
    assert_int_equal(run.status, UF_BAD_USAGE);
    assert_non_null(strstr(run.error.message, "an index needs indicators"));
    run_clear(&run);
}

static void a_constant_indicator_is_named(void **state)
{
    (void)state;
    struct uf_panel *panel = new_panel();
    for (size_t u = 0; u < REGIONS; u++) *small_panel_cell(panel, 1, u, 0) = 7;
    struct run run = run_with(panel, UF_ENGLISH, (const char *const[]){BASIC, NULL});
    assert_int_equal(run.status, UF_NOT_IDENTIFIED);
    assert_non_null(strstr(run.error.message, "'skills': the indicator has the same value everywhere"));
    run_clear(&run);
}

static void outliers_are_told_and_treated_by_name_only(void **state)
{
    (void)state;
    struct uf_panel *panel = new_panel(), *second = new_panel();
    *small_panel_cell(panel, 0, 5, 0) = 1e6, *small_panel_cell(second, 0, 5, 0) = 1e6;
    struct run kept = run_with(panel, UF_ENGLISH, (const char *const[]){BASIC, NULL}),
               treated =
                   run_with(second, UF_ENGLISH, (const char *const[]){BASIC, "treat", "winsorise", NULL});
    assert_non_null(uf_result_note(&kept.result, "outliers"));
    expect_close(number(&kept, "composite-index-values", 15, "after_treatment"), 1e6, 0, "kept");
    assert_non_null(uf_result_note(&treated.result, "outliers-treated"));
    assert_null(uf_result_note(&treated.result, "outliers"));
    expect_close(number(&treated, "composite-index-values", 15, "value"), 1e6, 0, "as observed");
    expect_close(number(&treated, "composite-index-values", 15, "after_treatment"), 50, 0, "winsorised");
    run_clear(&kept);
    run_clear(&treated);
}

static void one_step_of_winsorising_takes_all_that_are_tied(void **state)
{
    (void)state;
    double x[] = {1, 2, 3, 4, 90, 90, NAN}, out[7];
    gsl_vector_view in = gsl_vector_view_array(x, 7), to = gsl_vector_view_array(out, 7);
    struct uf_outlier_fit fit;
    struct uf_error error;
    const struct uf_outlier_options options = {.treatment = UF_OUTLIERS_WINSORISE, .points = 2};
    assert_ok(uf_treat_outliers(&in.vector, &options, &to.vector, &fit, &error), &error);
    /* both 90 become 4, which leaves the far end below: then 1 becomes 2 */
    const double expected[] = {2, 2, 3, 4, 4, 4, NAN};
    for (size_t i = 0; i < 7; i++) expect_close(out[i], expected[i], 0, "winsorised");
    assert_int_equal(fit.steps, 2);
    assert_int_equal(fit.changed, 3);
    /* λ = 0 is the logarithm */
    double lambda = 0;
    const struct uf_outlier_options log_options = {
        .treatment = UF_OUTLIERS_BOX_COX, .skewness = 1e-9, .kurtosis = 1e-9, .lambda = &lambda};
    double skewed[] = {1, 2, 3, 4, 5, 6, 1000};
    gsl_vector_view long_tail = gsl_vector_view_array(skewed, 7);
    assert_ok(uf_treat_outliers(&long_tail.vector, &log_options, &to.vector, &fit, &error), &error);
    for (size_t i = 0; i < 7; i++) expect_within(out[i], log(skewed[i]), 1e-12, "logarithm");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(an_index_by_hand),
                                       cmocka_unit_test(the_sentences_have_the_numbers),
                                       cmocka_unit_test(a_missing_value_is_never_zero),
                                       cmocka_unit_test(what_goes_against_is_told),
                                       cmocka_unit_test(weights_of_one_are_equal_weights),
                                       cmocka_unit_test(what_cannot_be_computed_is_refused),
                                       cmocka_unit_test(a_constant_indicator_is_named),
                                       cmocka_unit_test(outliers_are_told_and_treated_by_name_only),
                                       cmocka_unit_test(one_step_of_winsorising_takes_all_that_are_tied)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
