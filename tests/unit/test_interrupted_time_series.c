// SPDX-License-Identifier: GPL-3.0-or-later
/* The method `interrupted-time-series` from a panel to tables, notes and refusals. */
#include "support/small_panel.h"
#include "support/test.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/interrupted_time_series.h>
#include <utfall/random.h>

static const char *const names[] = {"y", "w"};

struct ran {
    struct uf_result result;
    uf_status status;
    struct uf_error error;
};

static struct ran run_in(struct uf_panel *panel, enum uf_language language, const char *const *settings)
{
    struct ran ran;
    struct uf_options *options;
    struct uf_context context = {.language = language};
    uf_result_init(&ran.result);
    assert_ok(uf_options_new(&uf_method_interrupted_time_series, &options, &ran.error), &ran.error);
    /* few, to be quick */
    assert_ok(uf_options_set(options, "size-draws", "200", &ran.error), &ran.error);
    for (size_t i = 0; settings && settings[i]; i += 2)
        assert_ok(uf_options_set(options, settings[i], settings[i + 1], &ran.error), &ran.error);
    uf_error_clear(&ran.error);
    ran.status = uf_method_interrupted_time_series.run(panel, options, &context, &ran.result, &ran.error);
    uf_options_free(options);
    free(panel->covariates);
    small_panel_free(panel);
    return ran;
}

static struct ran run(struct uf_panel *panel, const char *const *settings)
{
    struct ran ran = run_in(panel, UF_ENGLISH, settings);
    if (ran.status != UF_OK) fail_msg("%s", ran.error.message);
    return ran;
}

static double noise(uint64_t i)
{
    struct uf_random random;
    uf_random_init(&random, 1, UF_PURPOSE_SIMULATION, i);
    return uf_random_uniform(&random) - 0.5;
}

/* All treated from `start` on; the level falls by 3 there, and then rises by 0.5 a year more than before. */
static struct uf_panel *counties(size_t units, size_t periods, size_t start)
{
    struct uf_panel *panel = small_panel_new(units, periods, 2000, names, 2);
    for (size_t u = 0; u < units; u++) {
        for (size_t t = 0; t < periods; t++) {
            double since = (double)t - (double)start;
            *small_panel_cell(panel, 0, u, t) = 20 + (double)u + 2 * (double)t +
                                                (since >= 0 ? -3 + 0.5 * since : 0) +
                                                0.2 * noise(u * periods + t);
            *small_panel_cell(panel, 1, u, t) = 1 + (double)u;
        }
        panel->treatment.first_period[u] = start;
    }
    return panel;
}

static double cell(const struct uf_table *table, size_t row, const char *column)
{
    return uf_table_number(table, row, uf_table_column(table, column));
}

static const char *cell_text(const struct uf_table *table, size_t row, const char *column)
{
    const char *text = uf_table_text(table, row, uf_table_column(table, column));
    return text ? text : "";
}

static size_t find_row(const struct uf_table *table, const char *term, const char *vcov, const char *group)
{
    assert_non_null(table);
    for (size_t i = 0; i < uf_table_rows(table); i++)
        if (!strcmp(cell_text(table, i, "term"), term) && !strcmp(cell_text(table, i, "vcov"), vcov) &&
            !strcmp(cell_text(table, i, "group"), group))
            return i;
    fail_msg("no row %s %s %s", term, vcov, group);
    return 0;
}

static void all_treated_at_once(void **state)
{
    (void)state;
    struct ran ran = run(counties(21, 20, 12), NULL);
    const struct uf_table *estimates = uf_result_table(&ran.result, "estimates");
    assert_int_equal(uf_table_rows(estimates), 12);
    assert_string_equal(cell_text(estimates, 0, "term"), "departure");
    assert_string_equal(cell_text(estimates, 0, "vcov"), "integrated-ar1");
    static const char *const kinds[] = {"integrated-ar1", "prais-winsten", "newey-west"};
    for (size_t k = 0; k < 3; k++) {
        const char *vcov = kinds[k];
        expect_within(cell(estimates, find_row(estimates, "level-change", vcov, ""), "estimate"), -3, 0.15,
                      "level");
        expect_within(cell(estimates, find_row(estimates, "slope-change", vcov, ""), "estimate"), 0.5, 0.03,
                      "slope");
    }
    double level = cell(estimates, 1, "estimate"), slope = cell(estimates, 2, "estimate");
    expect_close(cell(estimates, 0, "estimate"), level + 3.5 * slope, 1e-12, "mean of eight departures");
    expect_close(cell(estimates, 3, "estimate"), level + 7 * slope, 1e-12, "the last of them");
    expect_close(cell(estimates, 0, "n_obs"), 20, 0, "periods");
    expect_close(cell(estimates, 0, "n_treated"), 21, 0, "regions");
    assert_true(isnan(cell(estimates, 0, "n_control")));
    /* a mixture has no degrees of freedom; its parts and the others do */
    assert_true(isnan(cell(estimates, 0, "df")) && isnan(cell(estimates, 0, "statistic")));
    expect_close(cell(estimates, 4, "df"), 16, 0, "n - 4");
    /* never an effect, whatever comes out */
    assert_int_equal(ran.result.claim, UF_CLAIM_DIFFERENCE);
    assert_non_null(uf_result_note(&ran.result, "cannot-rule-out"));
    assert_null(uf_result_note(&ran.result, "all-treated"));
    const struct uf_table *departures = uf_result_table(&ran.result, "departures");
    assert_int_equal(uf_table_rows(departures), 8);
    for (size_t i = 0; i < 8; i++)
        expect_close(cell(departures, i, "estimate"), level + (double)i * slope, 1e-12, "departure");
    for (size_t i = 0; i < 8; i++) /* all at once is wider than one by one */
        assert_true(cell(departures, i, "band_low") < cell(departures, i, "conf_low") &&
                    cell(departures, i, "band_high") > cell(departures, i, "conf_high"));
    const struct uf_table *rejections = uf_result_table(&ran.result, "rejections");
    assert_int_equal(uf_table_rows(rejections), 4);
    expect_close(cell(rejections, 2, "rho"), 0.7, 0, "dependence");
    assert_true(cell(rejections, 2, "rejected") > 0 && cell(rejections, 2, "rejected") < 0.1);
    const struct uf_table *series = uf_result_table(&ran.result, "series");
    assert_int_equal(uf_table_rows(series), 20 + 20 + 8);
    /* continued + departure = fitted */
    expect_close(cell(series, 20 + 15, "value") + level + 3 * slope, cell(series, 40 + 3, "value"), 1e-12,
                 "fitted");
    const struct uf_table *regions = uf_result_table(&ran.result, "by-region");
    assert_int_equal(uf_table_rows(regions), 63);
    assert_int_equal(uf_table_rows(uf_result_table(&ran.result, "series-fit")), 3);
    assert_non_null(strstr(uf_result_note(&ran.result, "by-region")->text, "downwards in 21"));
    uf_result_clear(&ran.result);
}

/* Least squares is linear, so that the mean of the regions' departures is the departure of their mean; with weights too. */
static void regions_add_up_to_their_mean(void **state)
{
    (void)state;
    for (int weighted = 0; weighted < 2; weighted++) {
        struct uf_panel *panel = counties(5, 16, 9);
        if (weighted) panel->weight = 1;
        struct ran ran = run(panel, (const char *const[]){"inference", "newey-west", NULL});
        const struct uf_table *estimates = uf_result_table(&ran.result, "estimates"),
                              *regions = uf_result_table(&ran.result, "by-region");
        double sum = 0, total = 0;
        for (size_t u = 0; u < 5; u++) {
            double weight = weighted ? 1 + (double)u : 1;
            sum += weight * cell(regions, 3 * u, "estimate");
            total += weight;
        }
        expect_close(cell(estimates, 0, "estimate"), sum / total, 1e-10, "mean of the regions");
        uf_result_clear(&ran.result);
    }
    struct ran mean = run(counties(5, 16, 9), NULL),
               sum = run(counties(5, 16, 9),
                         (const char *const[]){"series", "sum", "by-region", "false", NULL});
    const struct uf_table *one = uf_result_table(&mean.result, "estimates"),
                          *five = uf_result_table(&sum.result, "estimates");
    expect_close(cell(five, 0, "estimate"), 5 * cell(one, 0, "estimate"), 1e-9, "five times the mean");
    expect_close(cell(five, 0, "p_value"), cell(one, 0, "p_value"), 1e-6, "the same test");
    assert_null(uf_result_table(&sum.result, "by-region"));
    uf_result_clear(&mean.result), uf_result_clear(&sum.result);
}

static void each_start_has_its_series(void **state)
{
    (void)state;
    struct uf_panel *panel = counties(6, 20, 12);
    for (size_t u = 0; u < 2; u++) panel->treatment.first_period[u] = 10;
    for (size_t u = 4; u < 6; u++) panel->treatment.first_period[u] = SIZE_MAX;
    struct ran ran = run(panel, NULL);
    const struct uf_table *estimates = uf_result_table(&ran.result, "estimates");
    assert_int_equal(uf_table_rows(estimates), 24);
    expect_close(cell(estimates, find_row(estimates, "departure", "prais-winsten", "2010"), "n_treated"), 2,
                 0, "regions");
    expect_close(cell(estimates, find_row(estimates, "departure", "newey-west", "2012"), "n_treated"), 2, 0,
                 "regions");
    assert_int_equal(uf_table_rows(uf_result_table(&ran.result, "by-region")), 12);
    const struct uf_table *series = uf_result_table(&ran.result, "series");
    assert_string_equal(cell_text(series, 0, "label"), "Observed");
    assert_string_not_equal(cell_text(series, 0, "group"),
                            cell_text(series, uf_table_rows(series) - 1, "group"));
    assert_non_null(uf_result_note(&ran.result, "controls-unused"));
    /* what is said of a series says of which */
    size_t said = 0;
    for (size_t i = 0; i < ran.result.n_notes; i++) {
        const struct uf_note *note = &ran.result.notes[i];
        if (strncmp(note->code, "p-values-", 9) != 0) continue;
        assert_true(!strncmp(note->text, "Start 2010: ", 12) || !strncmp(note->text, "Start 2012: ", 12));
        said++;
    }
    assert_true(said > 0);
    uf_result_clear(&ran.result);
}

static void regions_with_gaps_are_left_out_of_the_mean(void **state)
{
    (void)state;
    struct uf_panel *panel = counties(5, 20, 12);
    small_panel_miss(panel, 0, 3, 5);
    struct ran ran = run(panel, NULL);
    assert_non_null(
        strstr(uf_result_note(&ran.result, "regions-left-out")->text, "1 (the first is Region 4)"));
    const struct uf_table *estimates = uf_result_table(&ran.result, "estimates");
    expect_close(cell(estimates, 0, "n_treated"), 4, 0, "in the mean");
    /* by itself a region may have a gap */
    assert_int_equal(uf_table_rows(uf_result_table(&ran.result, "by-region")), 15);
    uf_result_clear(&ran.result);
}

static void warned_where_the_level_does_not_hold(void **state)
{
    (void)state;
    static const char *const prais[] = {
        "inference", "prais-winsten,integrated-ar1", "size-draws", "300", "by-region", "false", NULL};
    static const char *const thorough[] = {"size-draws", "2000", "by-region", "false", NULL};
    struct ran ran = run(counties(3, 16, 8), prais);
    assert_non_null(strstr(uf_result_note(&ran.result, "p-values-too-small")->text, "too small"));
    assert_string_equal(cell_text(uf_result_table(&ran.result, "rejections"), 0, "vcov"), "prais-winsten");
    uf_result_clear(&ran.result);
    ran =
        run(counties(3, 16, 8), thorough); /* the default holds up to 0.7, and says that it does not at 0.9 */
    assert_null(uf_result_note(&ran.result, "p-values-too-small"));
    assert_non_null(uf_result_note(&ran.result, "p-values-if-dependent"));
    uf_result_clear(&ran.result);
    ran = run(counties(3, 8, 5), thorough); /* too short for it too */
    assert_non_null(uf_result_note(&ran.result, "p-values-too-small"));
    uf_result_clear(&ran.result);
    ran = run(counties(3, 120, 60), (const char *const[]){"by-region", "false", NULL});
    assert_null(uf_result_note(&ran.result, "p-values-too-small"));
    assert_null(uf_result_note(&ran.result, "p-values-if-dependent"));
    uf_result_clear(&ran.result);
    ran = run(counties(3, 16, 8), (const char *const[]){"size-draws", "0", NULL});
    assert_null(uf_result_table(&ran.result, "rejections"));
    uf_result_clear(&ran.result);
}

/* --- was the trend straight before? -------------------------------------------------------------- */

/* The same as the method makes of the periods before alone, from the middle of them on. */
static void the_trend_before_is_tested_by_itself(void **state)
{
    (void)state;
    enum { BEFORE = 11 };
    struct ran whole = run(counties(4, 16, BEFORE), NULL);
    struct uf_panel *panel = counties(4, 16, BEFORE);
    for (size_t i = 0; i < panel->n_rows; i++)
        if (panel->period[i] >= BEFORE) panel->columns[0].value[i] = NAN;
    for (size_t u = 0; u < 4; u++) panel->treatment.first_period[u] = BEFORE / 2;
    struct ran early = run(panel, NULL);
    const struct uf_table *before = uf_result_table(&whole.result, "trend-before"),
                          *estimates = uf_result_table(&early.result, "estimates");
    assert_non_null(before);
    assert_int_equal(uf_table_rows(before), 3);
    for (size_t row = 0; row < 3; row++) {
        static const char *const columns[] = {"estimate", "std_error", "conf_low", "conf_high", "p_value"};
        const size_t other = find_row(estimates, "departure", cell_text(before, row, "vcov"), "");
        for (size_t c = 0; c < 5; c++)
            expect_close(cell(before, row, columns[c]), cell(estimates, other, columns[c]), 1e-9, columns[c]);
        assert_string_equal(cell_text(before, row, "placebo_start"), "2005");
    }
    assert_non_null(uf_result_note(&whole.result, "trend-before"));
    assert_null(uf_result_note(&whole.result, "trend-before-bends"));
    uf_result_clear(&whole.result), uf_result_clear(&early.result);
}

/* A bend that moves the estimate to where half of the samples find it has p = 0.05; one twice as sharp as most find is warned of. */
static void a_bend_before_the_start_is_found(void **state)
{
    (void)state;
    enum { BEFORE = 12, MIDDLE = 6 };
    static const char *const kinds[] = {"inference", "newey-west,prais-winsten", NULL};
    struct ran straight = run(counties(4, 16, BEFORE), kinds);
    const struct uf_table *before = uf_result_table(&straight.result, "trend-before");
    const double times = 2.5; /* mean of 0 … 5 */
    double bend[2], sharp = 0;
    for (size_t row = 0; row < 2; row++) {
        bend[row] = cell(before, row, "slope_50") - cell(before, row, "estimate") / times;
        assert_true(cell(before, row, "slope_80") > cell(before, row, "slope_50"));
        sharp = fmax(sharp, 2 * cell(before, row, "slope_80") + fabs(cell(before, row, "estimate")));
    }
    uf_result_clear(&straight.result);
    for (size_t row = 0; row < 3; row++) {
        struct uf_panel *panel = counties(4, 16, BEFORE);
        for (size_t i = 0; i < panel->n_rows; i++)
            if (panel->period[i] >= MIDDLE)
                *small_panel_cell(panel, 0, panel->unit[i], panel->period[i]) +=
                    (row < 2 ? bend[row] : sharp) * (double)(panel->period[i] - MIDDLE);
        struct ran bent = run_in(panel, UF_SWEDISH, kinds);
        assert_int_equal(bent.status, UF_OK);
        before = uf_result_table(&bent.result, "trend-before");
        if (row < 2) expect_close(cell(before, row, "p_value"), 0.05, 1e-6, "at the edge");
        if (row == 2) {
            const struct uf_note *note = uf_result_note(&bent.result, "trend-before-bends");
            assert_non_null(note);
            assert_non_null(strstr(note->text, "Trenden hade vänt redan före start"));
            assert_null(strchr(note->text, '{'));
        }
        uf_result_clear(&bent.result);
    }
    straight = run(counties(4, 8, 3), NULL);
    assert_non_null(uf_result_note(&straight.result, "trend-before-untested"));
    uf_result_clear(&straight.result);
}

static void refusals(void **state)
{
    (void)state;
    struct ran ran = run_in(counties(5, 12, 2), UF_SWEDISH, NULL);
    assert_int_equal(ran.status, UF_NOT_IDENTIFIED);
    assert_non_null(strstr(ran.error.message, "2 perioder före start"));
    uf_result_clear(&ran.result);
    /* every region has a gap of its own: none is there throughout */
    struct uf_panel *panel = counties(4, 12, 6);
    for (size_t u = 0; u < 4; u++) small_panel_miss(panel, 0, u, u);
    ran = run_in(panel, UF_ENGLISH, NULL);
    assert_int_equal(ran.status, UF_NOT_IDENTIFIED);
    assert_non_null(uf_result_note(&ran.result, "series-too-short"));
    assert_int_equal(ran.result.claim, UF_CLAIM_DESCRIPTION);
    uf_result_clear(&ran.result);
    panel = counties(4, 16, 8);
    panel->covariates = malloc(sizeof *panel->covariates);
    panel->covariates[0] = 1;
    panel->n_covariates = 1;
    ran = run_in(panel, UF_ENGLISH, NULL);
    assert_int_equal(ran.status, UF_BAD_USAGE);
    assert_non_null(strstr(ran.error.message, "'w'"));
    uf_result_clear(&ran.result);
    ran = run_in(counties(4, 16, 8), UF_ENGLISH, (const char *const[]){"season", "true", NULL});
    assert_int_equal(ran.status, UF_BAD_USAGE);
    assert_non_null(strstr(ran.error.message, "within the year"));
    uf_result_clear(&ran.result);
    ran = run_in(counties(4, 16, 8), UF_ENGLISH, (const char *const[]){"lag", "16", NULL});
    assert_int_equal(ran.status, UF_BAD_USAGE);
    uf_result_clear(&ran.result);
}

int main(void)
{
    gsl_set_error_handler_off();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_treated_at_once),
        cmocka_unit_test(regions_add_up_to_their_mean),
        cmocka_unit_test(each_start_has_its_series),
        cmocka_unit_test(regions_with_gaps_are_left_out_of_the_mean),
        cmocka_unit_test(warned_where_the_level_does_not_hold),
        cmocka_unit_test(the_trend_before_is_tested_by_itself),
        cmocka_unit_test(a_bend_before_the_start_is_found),
        cmocka_unit_test(refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
