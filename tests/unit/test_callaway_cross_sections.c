// SPDX-License-Identifier: GPL-3.0-or-later
/* Repeated cross-sections from a file to tables and notes: other people in each period, several rows for a region. */
#include "support/method_run.h"
#include "support/test.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/callaway_santanna.h>

static const char *const covariates[] = {"x"};
static const char *const sampled[] = {"sampling", "repeated-cross-sections", "permutations", "99", NULL};
enum { REGIONS = 21, PEOPLE = 5, FIRST = 2001, YEARS = 9 };

/* The first three regions are treated from 2006 on, and gain 2. `skip`: a region and year without rows (0: none). */
static const char *write_people(int skip_region, int skip_year, double x_of_treated, int wrong_row)
{
    static char path[4096];
    snprintf(path, sizeof path, "%s/people.csv", scratch_directory());
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fprintf(file, "person,region,year,y,x,start,on\n");
    int row = 0;
    for (int region = 1; region <= REGIONS; region++)
        for (int year = FIRST; year < FIRST + YEARS; year++)
            for (int person = 0; person < PEOPLE; person++, row++) {
                bool treated = region <= 3, on = treated && year >= 2006;
                if (region == skip_region && year == skip_year) continue;
                fprintf(file, "%d,r%02d,%d,%.6f,%.6f,%d,%d\n", row, region, year,
                        region * 0.1 + year * 0.2 + (on ? 2 : 0) + run_noise((uint64_t)row),
                        run_noise(5000 + (uint64_t)row) + (treated ? x_of_treated : 0), treated ? 2006 : 0,
                        row == wrong_row ? 1 : on);
            }
    fclose(file);
    return path;
}

static uf_status read_people(const char *path, const char *unit, bool by_start, bool several, bool covariate,
                             struct uf_panel **out, struct uf_error *error)
{
    const struct uf_file_panel_request request = {.path = path,
                                                  .unit = unit,
                                                  .period = "year",
                                                  .outcome = "y",
                                                  .cohort = by_start ? "start" : NULL,
                                                  .treatment = by_start ? NULL : "on",
                                                  .covariates = covariates,
                                                  .n_covariates = covariate,
                                                  .several_rows = several};
    struct uf_result ledger;
    uf_result_init(&ledger);
    uf_status status = uf_panel_from_file(&request, &ledger, out, error);
    uf_result_clear(&ledger);
    return status;
}

static struct uf_panel *people(const char *unit, bool by_start, bool covariate)
{
    struct uf_panel *panel;
    struct uf_error error;
    assert_ok(read_people(write_people(0, 0, 0, -1), unit, by_start, true, covariate, &panel, &error),
              &error);
    return panel;
}

static struct ran run(struct uf_panel *panel, enum uf_language language, const char *const *settings)
{
    struct ran ran = run_on(&uf_method_callaway_santanna, panel, language, settings);
    uf_panel_free(panel);
    return ran;
}

static void rows_of_a_file(void **state)
{
    (void)state;
    struct uf_panel *panel;
    struct uf_error error;
    assert_int_equal(read_people(write_people(0, 0, 0, -1), "region", true, false, false, &panel, &error),
                     UF_BAD_INPUT);
    assert_non_null(strstr(error.message, "rows 1 and 2 both hold unit 'r01'"));
    assert_non_null(strstr(error.message, "sampling: repeated-cross-sections"));
    panel = people("region", false, true);
    assert_true(panel->several_rows);
    assert_int_equal(panel->units.count, REGIONS);
    assert_int_equal(panel->n_rows, REGIONS * YEARS * PEOPLE);
    for (size_t i = 1; i < panel->n_rows; i++)
        assert_true(panel->unit[i - 1] < panel->unit[i] ||
                    (panel->unit[i - 1] == panel->unit[i] && panel->period[i - 1] <= panel->period[i]));
    assert_int_equal(panel->treatment.first_period[0], 5);
    assert_true(panel->treatment.first_period[3] == SIZE_MAX);
    assert_false(panel->treatment.switches_off);
    uf_panel_free(panel);
    /* one person of region 9 is said to be treated, and nobody else there */
    assert_int_equal(read_people(write_people(0, 0, 0, 8 * YEARS * PEOPLE + 7), "region", false, true, false,
                                 &panel, &error),
                     UF_BAD_INPUT);
    assert_non_null(strstr(error.message, "both 0 and 1 for unit 'r09' in '2002'") ||
                    strstr(error.message, "both 1 and 0 for unit 'r09' in '2002'"));
}

static void a_plain_run(void **state)
{
    (void)state;
    for (int by_start = 0; by_start < 2; by_start++) {
        struct ran ran = run(people("region", by_start, true), UF_ENGLISH, sampled);
        assert_ok(ran.status, &ran.error);
        const struct uf_table *estimates = uf_result_table(&ran.result, "estimates"),
                              *cells = uf_result_table(&ran.result, "group-time");
        /* few regions: dealt out anew over them */
        assert_string_equal(cell_text(estimates, 0, "vcov"), "randomisation-scaled");
        size_t simple = find_row(estimates, "simple", "influence");
        assert_true(fabs(cell_number(estimates, simple, "estimate") - 2) < 0.3);
        expect_close(cell_number(estimates, simple, "n_clusters"), REGIONS, 0, "a region is a cluster");
        expect_close(cell_number(estimates, 0, "p_value"), 1.0 / 1330, 1e-12, "the most extreme of 1,330");
        for (size_t i = 0; i < uf_table_rows(estimates); i++) { /* regions, not the people seen in them */
            expect_close(cell_number(estimates, i, "n_treated"), 3, 0, "treated");
            expect_close(cell_number(estimates, i, "n_control"), REGIONS - 3, 0, "controls");
        }
        assert_true(cell_number(estimates, 0, "conf_low") > 1 && cell_number(estimates, 0, "conf_high") < 3);
        assert_non_null(
            strstr(uf_result_note(&ran.result, "inference-chosen")->text, "3 treated and 18 untreated"));
        assert_non_null(strstr(uf_result_note(&ran.result, "repeated-cross-sections")->text, "the 945 rows"));
        assert_null(uf_result_note(&ran.result, "units-by-cell"));
        for (size_t i = 0; i < uf_table_rows(cells); i++) {
            expect_close(cell_number(cells, i, "n_treated"), 2 * 3 * PEOPLE, 0, "treated rows");
            expect_close(cell_number(cells, i, "n_obs"), 2 * REGIONS * PEOPLE, 0, "rows");
        }
        uf_result_clear(&ran.result);
    }
}

/* Each row a cluster: the same estimate. Each row a unit: there is nothing to follow. */
static void people_one_by_one(void **state)
{
    (void)state;
    static const char *const settings[] = {
        "sampling", "repeated-cross-sections", "inference", "influence", "draws", "0", NULL};
    struct uf_panel *panel = people("region", true, true);
    panel->n_cluster_dimensions = 1;
    panel->cluster = malloc(sizeof *panel->cluster);
    panel->n_clusters = malloc(sizeof *panel->n_clusters);
    panel->cluster_name = calloc(1, sizeof *panel->cluster_name);
    panel->cluster_groups = calloc(1, sizeof *panel->cluster_groups);
    panel->cluster[0] = malloc(panel->n_rows * sizeof **panel->cluster);
    for (size_t i = 0; i < panel->n_rows; i++) panel->cluster[0][i] = i;
    panel->n_clusters[0] = panel->n_rows;
    struct ran by_person = run(panel, UF_ENGLISH, settings),
               by_region = run(people("region", true, true), UF_ENGLISH, settings);
    assert_ok(by_person.status, &by_person.error);
    const struct uf_table *person = uf_result_table(&by_person.result, "estimates"),
                          *region = uf_result_table(&by_region.result, "estimates");
    for (size_t i = 0; i < 4; i++)
        expect_close(cell_number(person, i, "estimate"), cell_number(region, i, "estimate"), 1e-10,
                     "an average");
    expect_close(cell_number(person, 0, "n_clusters"), REGIONS * YEARS * PEOPLE, 0, "each a cluster");
    uf_result_clear(&by_person.result), uf_result_clear(&by_region.result);
    for (int by_start = 0; by_start < 2; by_start++) {
        struct ran ran = run(people("person", by_start, false), UF_ENGLISH, settings);
        assert_int_equal(ran.status, UF_NOT_IDENTIFIED);
        assert_non_null(
            strstr(uf_result_note(&ran.result, "no-unit-followed")->advice, "Name as the unit the region"));
        uf_result_clear(&ran.result);
    }
    /* taken for a panel: what it is not, and what to ask for */
    struct ran ran = run(people("person", true, false), UF_SWEDISH, NULL);
    assert_int_equal(ran.status, UF_NOT_IDENTIFIED);
    const struct uf_note *note = uf_result_note(&ran.result, "no-unit-followed");
    assert_non_null(strstr(note->text, "Ingen av de 945 enheterna"));
    assert_non_null(strstr(note->advice, "sampling: repeated-cross-sections"));
    uf_result_clear(&ran.result);
}

static void expect_note(enum uf_language language, const char *estimator, int skip_region, int skip_year,
                        double x, bool constant, const char *period, const char *expected)
{
    const char *const settings[] = {
        "sampling", "repeated-cross-sections", "inference", "influence", "estimator", estimator, "draws", "0",
        NULL};
    struct uf_panel *panel;
    struct uf_error error;
    assert_ok(
        read_people(write_people(skip_region, skip_year, x, -1), "region", true, true, true, &panel, &error),
        &error);
    for (size_t i = 0; constant && i < panel->n_rows; i++) /* among the controls of 2004 x is 1 */
        if (panel->unit[i] >= 3 && panel->period[i] == 3) panel->columns[panel->covariates[0]].value[i] = 1;
    struct ran ran = run(panel, language, settings);
    assert_ok(ran.status, &ran.error);
    const struct uf_table *cells = uf_result_table(&ran.result, "group-time");
    bool found = false;
    for (size_t i = 0; i < uf_table_rows(cells); i++) {
        if (strcmp(cell_text(cells, i, "period"), period)) continue;
        const char *note = cell_text(cells, i, "note");
        if (!note || !strstr(note, expected))
            fail_msg("expected '%s', found '%s'", expected, note ? note : "");
        assert_true(isnan(cell_number(cells, i, "estimate")));
        found = true;
    }
    assert_true(found);
    uf_result_clear(&ran.result);
}

static void rows_say_why(void **state)
{
    (void)state;
    expect_note(UF_ENGLISH, "regression", 0, 0, 0, true, "2004",
                "collinear: x does not vary among the 90 rows of the controls in 2004");
    expect_note(UF_SWEDISH, "regression", 0, 0, 0, true, "2004",
                "kollinjär: x varierar inte bland de 90 raderna för jämförelsegruppen 2004");
}

static void refusals(void **state)
{
    (void)state;
    static const char *const estimators[] = {"doubly-robust-improved", "ipw-unstandardised"};
    for (size_t i = 0; i < 2; i++) {
        const char *const settings[] = {"sampling", "repeated-cross-sections", "estimator", estimators[i],
                                        NULL};
        struct ran ran = run(people("region", true, true), UF_ENGLISH, settings);
        assert_int_equal(ran.status, UF_BAD_USAGE);
        assert_non_null(strstr(ran.error.message, estimators[i]));
        assert_non_null(strstr(ran.error.message, "expected doubly-robust, regression or ipw"));
        uf_result_clear(&ran.result);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_of_a_file), cmocka_unit_test(a_plain_run), cmocka_unit_test(people_one_by_one),
        cmocka_unit_test(rows_say_why),   cmocka_unit_test(refusals),
    };
    gsl_set_error_handler_off();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
