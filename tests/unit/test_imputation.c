// SPDX-License-Identifier: GPL-3.0-or-later
/* The methods `imputation` and `bacon` from a panel to tables and notes; the numbers themselves are held to peers in
 * tests/oracle. */
#include "support/small_panel.h"
#include "support/test.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/bacon.h>
#include <utfall/imputation.h>
#include <utfall/random.h>

static const char *const names[] = {"y", "x", "w"};

struct ran {
    struct uf_result result;
    uf_status status;
    struct uf_error error;
};

/* Runs on the panel with options `name=value`, NULL-terminated, and frees the panel. */
static struct ran run_in(const struct uf_method *method, struct uf_panel *panel, enum uf_language language,
                         const char *const *settings)
{
    struct ran ran;
    struct uf_options *options;
    struct uf_context context = {.language = language, .seed = 7};
    uf_result_init(&ran.result);
    assert_ok(uf_options_new(method, &options, &ran.error), &ran.error);
    for (size_t i = 0; settings && settings[i]; i += 2)
        assert_ok(uf_options_set(options, settings[i], settings[i + 1], &ran.error), &ran.error);
    uf_error_clear(&ran.error);
    ran.status = method->run(panel, options, &context, &ran.result, &ran.error);
    uf_options_free(options);
    free(panel->covariates);
    if (panel->n_cluster_dimensions > 0) free(panel->cluster[0]);
    free(panel->cluster), free(panel->n_clusters);
    small_panel_free(panel);
    return ran;
}

static struct ran run(const struct uf_method *method, struct uf_panel *panel, const char *const *settings)
{
    struct ran ran = run_in(method, panel, UF_ENGLISH, settings);
    if (ran.status != UF_OK) fail_msg("%s", ran.error.message);
    return ran;
}

static double noise(uint64_t i)
{
    struct uf_random random;
    uf_random_init(&random, 1, UF_PURPOSE_SIMULATION, i);
    return uf_random_uniform(&random) - 0.5;
}

/* 2008 … 2017; the first three units start in 2012, the next three in 2014, with an effect of 1, 2, 3 … */
static struct uf_panel *counties(size_t units)
{
    struct uf_panel *panel = small_panel_new(units, 10, 2008, names, 3);
    for (size_t u = 0; u < units; u++) {
        size_t start = u < 3 ? 4 : u < 6 ? 6 : SIZE_MAX;
        panel->treatment.first_period[u] = start;
        for (size_t t = 0; t < 10; t++) {
            bool on = start != SIZE_MAX && t >= start;
            *small_panel_cell(panel, 0, u, t) = 50 + (double)u + 3 * sin((double)t) +
                                                (on ? 1 + (double)(t - start) : 0) + noise(u * 10 + t) / 10;
            *small_panel_cell(panel, 1, u, t) = noise(100000 + u * 10 + t);
            *small_panel_cell(panel, 2, u, t) = 1 + (double)(u % 3);
        }
    }
    return panel;
}

static void use_covariate(struct uf_panel *panel, size_t column)
{
    panel->covariates = malloc(sizeof *panel->covariates);
    panel->covariates[0] = column;
    panel->n_covariates = 1;
}

static const struct uf_table *table_of(const struct ran *ran, const char *name)
{
    const struct uf_table *table = uf_result_table(&ran->result, name);
    if (!table) fail_msg("no table %s", name);
    return table;
}

static const char *cell_text(const struct uf_table *table, size_t row, const char *column)
{
    return uf_table_text(table, row, uf_table_column(table, column));
}

static double cell(const struct uf_table *table, size_t row, const char *column)
{
    return uf_table_number(table, row, uf_table_column(table, column));
}

/* The row whose text in `column` is that; fails where there is none. */
static size_t row_of(const struct uf_table *table, const char *column, const char *text)
{
    for (size_t row = 0; row < uf_table_rows(table); row++) {
        const char *found = cell_text(table, row, column);
        if (found && !strcmp(found, text)) return row;
    }
    fail_msg("no %s in %s", text, column);
    return 0;
}

static void expect_refusal(struct ran ran, const char *code)
{
    assert_int_equal(ran.status, UF_NOT_IDENTIFIED);
    const struct uf_note *note = uf_result_note(&ran.result, code);
    if (!note) fail_msg("no note %s: %s", code, ran.error.message);
    assert_int_equal(note->severity, UF_FATAL);
    assert_non_null(note->advice);
    uf_result_clear(&ran.result);
}

static const char *const few[] = {"permutations", "199", "enumerate", "100", NULL};

static void every_table_is_there(void **state)
{
    (void)state;
    struct ran ran = run(&uf_method_imputation, counties(16), few);
    const struct uf_table *estimates = table_of(&ran, "estimates"), *events = table_of(&ran, "event-study"),
                          *cells = table_of(&ran, "group-time"), *groups = table_of(&ran, "group-average"),
                          *years = table_of(&ran, "calendar-average");
    /* few clusters: randomisation first, the errors beside it, with a warning */
    assert_non_null(uf_result_note(&ran.result, "few-clusters-imputation"));
    assert_non_null(strstr(cell_text(estimates, 0, "vcov"), "randomisation"));
    size_t bjs = row_of(estimates, "vcov", "bjs");
    assert_string_equal(cell_text(estimates, bjs, "term"), "simple");
    /* (1 … 6 three times, 1 … 4 three times) */
    expect_within(cell(estimates, bjs, "estimate"), 3.1, 0.15, "simple");
    expect_within(cell(estimates, row_of(estimates, "term", "dynamic"), "estimate"), 3.5, 0.2, "dynamic");
    expect_within(cell(estimates, row_of(estimates, "term", "group"), "estimate"), 3, 0.2, "group");
    expect_within(cell(estimates, row_of(estimates, "term", "calendar"), "estimate"), 17.5 / 6 - 0.17, 0.5,
                  "calendar");
    expect_close(cell(estimates, bjs, "df"), 15, 0, "df");
    assert_int_equal(uf_table_rows(cells), 10);
    size_t first = row_of(cells, "term", "2014:2016");
    expect_within(cell(cells, first, "estimate"), 3, 0.3, "cell");
    expect_close(cell(cells, first, "n_treated"), 3, 0, "treated");
    expect_close(cell(cells, first, "n_control"), 10, 0, "comparison");
    double weight = 0;
    for (size_t row = 0; row < uf_table_rows(cells); row++) weight += cell(cells, row, "weight");
    expect_close(weight, 1, 1e-12, "weights");
    assert_int_equal(uf_table_rows(groups), 2);
    assert_int_equal(uf_table_rows(years), 6);
    /* −6 … 5; the reference in its place */
    assert_int_equal(uf_table_rows(events), 12);
    for (size_t row = 0; row < 12; row++)
        expect_close(cell(events, row, "event_time"), (double)row - 6, 0, "order");
    expect_close(cell(events, 5, "estimate"), 0, 0, "reference");
    expect_within(cell(events, 8, "estimate"), 3, 0.3, "third year");
    for (size_t row = 0; row < 12; row++) {
        if (row == 5) continue;
        assert_true(cell(events, row, "band_low") < cell(events, row, "conf_low"));
        assert_true(cell(events, row, "band_high") > cell(events, row, "conf_high"));
    }
    assert_non_null(uf_result_table(&ran.result, "pretrend"));
    assert_non_null(uf_result_table(&ran.result, "randomisation"));
    assert_non_null(uf_result_table(&ran.result, "raw-trends"));
    assert_non_null(uf_result_table(&ran.result, "design"));
    assert_null(uf_result_table(&ran.result, "left-out"));
    assert_int_equal(ran.result.claim, UF_CLAIM_EFFECT);
    uf_result_clear(&ran.result);
}

static void a_unit_always_treated_is_left_out_by_name(void **state)
{
    (void)state;
    struct uf_panel *panel = counties(16);
    panel->treatment.first_period[7] = 0;
    struct ran ran = run(&uf_method_imputation, panel, few);
    const struct uf_table *left = table_of(&ran, "left-out"), *cells = table_of(&ran, "group-time");
    assert_int_equal(uf_table_rows(left), 1);
    assert_string_equal(cell_text(left, 0, "name"), "Region 8");
    expect_close(cell(left, 0, "n_obs"), 10, 0, "observations");
    const struct uf_note *note = uf_result_note(&ran.result, "not-predicted");
    assert_non_null(note);
    assert_non_null(strstr(note->text, "Region 8"));
    size_t row = row_of(cells, "term", "2008:2011");
    assert_true(isnan(cell(cells, row, "estimate")));
    assert_non_null(strstr(cell_text(cells, row, "note"), "no untreated period"));
    assert_true(isfinite(cell(cells, row_of(cells, "term", "2012:2012"), "estimate")));
    uf_result_clear(&ran.result);
}

static void a_year_without_untreated_is_left_out(void **state)
{
    (void)state;
    struct ran ran = run(&uf_method_imputation, counties(6), few);
    const struct uf_table *cells = table_of(&ran, "group-time");
    assert_non_null(uf_result_note(&ran.result, "no-never-treated"));
    assert_true(isfinite(cell(cells, row_of(cells, "term", "2012:2013"), "estimate")));
    size_t row = row_of(cells, "term", "2012:2014");
    assert_true(isnan(cell(cells, row, "estimate")));
    assert_non_null(strstr(cell_text(cells, row, "note"), "nobody is untreated"));
    uf_result_clear(&ran.result);
    /* all at once: nothing is left */
    struct uf_panel *panel = counties(6);
    for (size_t u = 0; u < 6; u++) panel->treatment.first_period[u] = 4;
    expect_refusal(run_in(&uf_method_imputation, panel, UF_ENGLISH, few), "all-treated");
    /* the only later cohort has none to be compared with but those always treated */
    panel = counties(6);
    for (size_t u = 0; u < 6; u++) panel->treatment.first_period[u] = u < 3 ? 0 : 4;
    expect_refusal(run_in(&uf_method_imputation, panel, UF_ENGLISH, few), "nothing-predicted");
}

static void anticipation_moves_the_start(void **state)
{
    (void)state;
    static const char *const settings[] = {"anticipation", "1",   "inference", "bjs",
                                           "permutations", "199", NULL};
    struct ran ran = run(&uf_method_imputation, counties(60), settings);
    const struct uf_table *events = table_of(&ran, "event-study"), *estimates = table_of(&ran, "estimates");
    size_t row = row_of(events, "term", "event-time -1");
    assert_string_equal(cell_text(events, row, "vcov"), "bjs");
    expect_within(cell(events, row, "estimate"), 0, 0.2, "anticipated");
    expect_close(cell(events, row_of(events, "term", "event-time -2"), "estimate"), 0, 0, "reference");
    assert_non_null(uf_result_note(&ran.result, "anticipation"));
    /* 60 clusters: what was asked for, alone */
    assert_string_equal(cell_text(estimates, 0, "vcov"), "bjs");
    assert_null(uf_result_note(&ran.result, "few-clusters-imputation"));
    assert_null(uf_result_table(&ran.result, "randomisation"));
    /* the anticipated year is in no average but its own */
    expect_close(cell(estimates, 0, "estimate"), 3.1, 0.05, "simple");
    uf_result_clear(&ran.result);
}

static void leads_have_a_reference(void **state)
{
    (void)state;
    static const char *const two[] = {"leads", "2", "inference", "bjs", "permutations", "199", NULL};
    static const char *const other[] = {"reference", "-3", "inference", "bjs", "permutations", "199", NULL};
    struct ran ran = run(&uf_method_imputation, counties(60), two);
    const struct uf_table *events = table_of(&ran, "event-study");
    assert_int_equal(uf_table_rows(events), 9); /* −3 with all before it, −2, −1, 0 … 5 */
    expect_close(cell(events, 0, "event_time"), -3, 0, "reference");
    expect_close(cell(events, 0, "estimate"), 0, 0, "reference");
    uf_result_clear(&ran.result);
    ran = run(&uf_method_imputation, counties(60), other);
    events = table_of(&ran, "event-study");
    expect_close(cell(events, row_of(events, "term", "event-time -3"), "estimate"), 0, 0, "reference");
    assert_true(cell(events, row_of(events, "term", "event-time -1"), "std_error") > 0);
    uf_result_clear(&ran.result);
}

static void bad_input_is_refused(void **state)
{
    (void)state;
    struct uf_panel *panel = counties(16);
    panel->treatment.switches_off = true;
    expect_refusal(run_in(&uf_method_imputation, panel, UF_ENGLISH, few), "switching-off-refused");
    panel = counties(16);
    panel->treatment.dose = calloc(160, sizeof(double));
    panel->treatment.dose[9] = 0.5;
    expect_refusal(run_in(&uf_method_imputation, panel, UF_SWEDISH, few), "treatment-not-binary");
    static const struct {
        const char *name, *value, *word;
    } wrong[] = {
        {"reference", "1", "below 0"}, {"leads", "0", "at least 1"}, {"confidence-level", "95", "share"}};
    for (size_t w = 0; w < sizeof wrong / sizeof *wrong; w++) {
        const char *const settings[] = {wrong[w].name, wrong[w].value, NULL};
        struct ran ran = run_in(&uf_method_imputation, counties(16), UF_ENGLISH, settings);
        assert_int_equal(ran.status, UF_BAD_USAGE);
        assert_non_null(strstr(ran.error.message, wrong[w].word));
        uf_result_clear(&ran.result);
    }
    /* a region that changes clusters */
    panel = counties(16);
    size_t *group = malloc(160 * sizeof *group), count = 4;
    for (size_t i = 0; i < 160; i++) group[i] = i % 4;
    panel->cluster = malloc(sizeof *panel->cluster);
    panel->n_clusters = malloc(sizeof *panel->n_clusters);
    panel->cluster[0] = group, panel->n_clusters[0] = count, panel->n_cluster_dimensions = 1;
    struct ran ran = run_in(&uf_method_imputation, panel, UF_ENGLISH, few);
    assert_int_equal(ran.status, UF_BAD_USAGE);
    assert_non_null(strstr(ran.error.message, "R001 lies in more than one cluster"));
    uf_result_clear(&ran.result);
}

static void a_single_region_in_a_cell_is_said(void **state)
{
    (void)state;
    static const char *const wide[] = {"pool", "event-time", "inference", "bjs", "permutations", "199", NULL};
    static const char *const one_out[] = {"leave-one-out", "true", "inference", "bjs",
                                          "permutations",  "199",  NULL};
    const char *const *settings[] = {few, wide, one_out};
    double spread[3];
    for (int s = 0; s < 3; s++) {
        struct uf_panel *panel = counties(16);
        panel->treatment.first_period[5] = 8; /* alone in its cohort */
        struct ran ran = run(&uf_method_imputation, panel, settings[s]);
        const struct uf_table *estimates = table_of(&ran, "estimates");
        assert_int_equal(uf_result_note(&ran.result, "single-region-cells") != NULL, s != 1);
        spread[s] = cell(estimates, row_of(estimates, "vcov", "bjs"), "std_error");
        uf_result_clear(&ran.result);
    }
    assert_true(spread[0] > 0 && spread[1] > spread[0]);
    assert_true(isnan(spread[2])); /* one region has no others to be compared with */
}

static void covariates_and_weights(void **state)
{
    (void)state;
    struct uf_panel *panel = counties(16);
    for (size_t u = 0; u < 16; u++)
        for (size_t t = 0; t < 10; t++)
            *small_panel_cell(panel, 1, u, t) = (double)u; /* constant over time */
    use_covariate(panel, 1);
    panel->weight = 2;
    struct ran ran = run(&uf_method_imputation, panel, few);
    assert_non_null(uf_result_note(&ran.result, "dropped-covariate"));
    assert_null(uf_result_note(&ran.result, "not-predicted"));
    uf_result_clear(&ran.result);
}

static void swedish_has_no_english(void **state)
{
    (void)state;
    const struct uf_method *const methods[] = {&uf_method_imputation, &uf_method_bacon};
    for (size_t m = 0; m < 2; m++) {
        struct ran ran = run_in(methods[m], counties(16), UF_SWEDISH, m ? NULL : few);
        assert_int_equal(ran.status, UF_OK);
        for (size_t i = 0; i < ran.result.n_notes; i++) {
            assert_null(strstr(ran.result.notes[i].text, " the "));
            assert_null(strstr(ran.result.notes[i].text, "{"));
        }
        for (size_t t = 0; t < ran.result.n_tables; t++)
            assert_null(strstr(uf_table_title(ran.result.tables[t]), " the "));
        uf_result_clear(&ran.result);
    }
}

/* --- bacon -------------------------------------------------------------------------------------- */

static void bacon_tells_the_forbidden(void **state)
{
    (void)state;
    struct ran ran = run(&uf_method_bacon, counties(16), NULL);
    const struct uf_table *comparisons = table_of(&ran, "comparisons"), *types = table_of(&ran, "by-type"),
                          *estimates = table_of(&ran, "estimates");
    double weight = 0, sum = 0;
    assert_int_equal(uf_table_rows(comparisons), 4);
    for (size_t row = 0; row < 4; row++) {
        weight += cell(comparisons, row, "weight");
        sum += cell(comparisons, row, "weight") * cell(comparisons, row, "estimate");
    }
    expect_close(weight, 1, 1e-12, "weights");
    expect_close(sum, cell(estimates, 0, "estimate"), 1e-12, "sum");
    assert_int_equal(uf_table_rows(types), 3);
    size_t row = row_of(comparisons, "label", "2014 against 2012");
    assert_non_null(strstr(cell_text(comparisons, row, "type"), "forbidden"));
    /* effects grow: the earlier cohort's growth counts against the later one */
    assert_true(cell(comparisons, row, "estimate") < 0);
    assert_non_null(uf_result_note(&ran.result, "forbidden-comparisons"));
    assert_int_equal(ran.result.claim, UF_CLAIM_DIFFERENCE);
    uf_result_clear(&ran.result);
    /* one start: nothing is forbidden */
    struct uf_panel *panel = counties(16);
    for (size_t u = 3; u < 6; u++) panel->treatment.first_period[u] = SIZE_MAX;
    ran = run(&uf_method_bacon, panel, NULL);
    assert_non_null(uf_result_note(&ran.result, "no-forbidden-comparisons"));
    uf_result_clear(&ran.result);
}

static void bacon_wants_a_balanced_panel(void **state)
{
    (void)state;
    static const char *const complete[] = {"balance", "complete-units", NULL};
    struct uf_panel *panel = counties(16);
    small_panel_miss(panel, 0, 8, 3);
    expect_refusal(run_in(&uf_method_bacon, panel, UF_ENGLISH, NULL), "gaps-refused");
    panel = counties(16);
    small_panel_miss(panel, 0, 8, 3);
    struct ran ran = run(&uf_method_bacon, panel, complete);
    const struct uf_table *estimates = table_of(&ran, "estimates");
    expect_close(cell(estimates, 0, "n_obs"), 150, 0, "observations");
    expect_close(cell(estimates, 0, "n_control"), 9, 0, "comparison");
    assert_true(ran.result.n_ledger >= 2);
    uf_result_clear(&ran.result);
    panel = counties(16);
    panel->weight = 2;
    *small_panel_cell(panel, 2, 3, 3) += 1;
    expect_refusal(run_in(&uf_method_bacon, panel, UF_SWEDISH, NULL), "weights-vary");
    panel = counties(16);
    panel->treatment.switches_off = true;
    expect_refusal(run_in(&uf_method_bacon, panel, UF_ENGLISH, NULL), "switching-off-refused");
    panel = counties(16);
    use_covariate(panel, 1);
    ran = run_in(&uf_method_bacon, panel, UF_ENGLISH, NULL);
    assert_int_equal(ran.status, UF_BAD_USAGE);
    assert_non_null(strstr(ran.error.message, "covariates"));
    uf_result_clear(&ran.result);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_table_is_there),
        cmocka_unit_test(a_unit_always_treated_is_left_out_by_name),
        cmocka_unit_test(a_year_without_untreated_is_left_out),
        cmocka_unit_test(anticipation_moves_the_start),
        cmocka_unit_test(leads_have_a_reference),
        cmocka_unit_test(bad_input_is_refused),
        cmocka_unit_test(a_single_region_in_a_cell_is_said),
        cmocka_unit_test(covariates_and_weights),
        cmocka_unit_test(swedish_has_no_english),
        cmocka_unit_test(bacon_tells_the_forbidden),
        cmocka_unit_test(bacon_wants_a_balanced_panel),
    };
    gsl_set_error_handler_off();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
