// SPDX-License-Identifier: GPL-3.0-or-later
/* A region of which nothing is seen before its start: what methods that compare a start with what was before it say must be what they say
 * of a file without its rows, to the last digit. Its own rows have the first year, a cluster and figures that no other has. */
#include "support/method_run.h"
#include "support/test.h"

#include <gsl/gsl_errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <utfall/report.h>
#include <utfall/utfall.h>

enum { REGIONS = 21, FIRST = 2008, LAST = 2019, ODD = 4 };

struct kind {
    int start;         /* of the odd region */
    int other;         /* one more region starts then; 0: none does */
    int figures_from;  /* the odd region has none before */
    bool alone;        /* in the first year, which the others do not have */
    bool column;       /* the treatment is a column of 0 and 1 */
    const char *named; /* the column of clusters, weights and covariates; NULL: none */
};

static void write_rows(FILE *file, const struct kind *kind, bool with)
{
    fputs("county,year,y,start,treated,cluster,x,w\n", file);
    for (int u = 1; u <= REGIONS; u++) {
        const int start = u <= 3 ? 2016 : u == ODD ? kind->start : u == 5 ? kind->other : 0;
        if (u == ODD && !with) continue;
        for (int year = FIRST - kind->alone; year <= LAST; year++) {
            if (year < FIRST && u != ODD) continue;
            const double noise = run_noise((uint64_t)(100 * u + year - FIRST)),
                         y = u + 0.3 * (year - FIRST) + (1 + 0.1 * u) * noise + (start && year >= start);
            char figure[32] = "";
            if (u != ODD || year >= kind->figures_from) snprintf(figure, sizeof figure, "%.6f", y);
            fprintf(file, "%02d,%d,%s,%d,%d,k%d,%.6f,%.3f\n", u, year, figure, start, start && year >= start,
                    u == ODD ? 0 : 1 + u % 7, run_noise((uint64_t)(9000 + 50 * u + year - FIRST)),
                    1 + 0.05 * u);
        }
    }
}

static struct uf_panel *panel_of(const struct kind *kind, bool with)
{
    char path[] = "/tmp/utfall-throughout-XXXXXX";
    const int handle = mkstemp(path);
    assert_true(handle >= 0);
    FILE *file = fdopen(handle, "w");
    assert_non_null(file);
    write_rows(file, kind, with);
    fclose(file);
    const char *const covariate[] = {"x"}, *const cluster[] = {"cluster"};
    const char *named = kind->named ? kind->named : "";
    const struct uf_file_panel_request request = {.path = path,
                                                  .unit = "county",
                                                  .period = "year",
                                                  .outcome = "y",
                                                  .cohort = kind->column ? NULL : "start",
                                                  .treatment = kind->column ? "treated" : NULL,
                                                  .weight = strstr(named, "w") ? "w" : NULL,
                                                  .covariates = covariate,
                                                  .n_covariates = strstr(named, "x") ? 1 : 0,
                                                  .clusters = cluster,
                                                  .n_clusters = strstr(named, "cluster") ? 1 : 0};
    struct uf_result ledger;
    struct uf_panel *panel;
    struct uf_error error;
    uf_result_init(&ledger);
    assert_ok(uf_panel_from_file(&request, &ledger, &panel, &error), &error);
    uf_result_clear(&ledger);
    unlink(path);
    return panel;
}

static void expect_same_tables(const struct uf_result *a, const struct uf_result *b)
{
    assert_int_equal(a->n_tables, b->n_tables);
    for (size_t t = 0; t < a->n_tables; t++) {
        char *left, *right;
        struct uf_error error;
        assert_ok(uf_table_to_json(a->tables[t], &left, &error), &error);
        assert_ok(uf_table_to_json(b->tables[t], &right, &error), &error);
        assert_string_equal(left, right);
        free(left), free(right);
    }
}

/* All notes but the one, in their order: the sentence of `inference: auto` is among them. */
static void expect_same_notes(const struct uf_result *with, const struct uf_result *without)
{
    size_t w = 0;
    assert_int_equal(with->n_notes, without->n_notes + 1);
    for (size_t n = 0; n < with->n_notes; n++) {
        if (!strcmp(with->notes[n].code, "treated-from-start")) continue;
        assert_string_equal(with->notes[n].code, without->notes[w].code);
        assert_string_equal(with->notes[n].text, without->notes[w].text);
        assert_int_equal(with->notes[n].severity, without->notes[w++].severity);
    }
}

static void expect_same(const struct uf_method *method, const struct kind *kind, const char *const *settings)
{
    struct uf_panel *panel = panel_of(kind, true), *less = panel_of(kind, false);
    struct ran with = run_on(method, panel, UF_ENGLISH, settings),
               without = run_on(method, less, UF_ENGLISH, settings);
    if (with.status != UF_OK) fail_msg("%s: %s", method->name, with.error.message);
    assert_ok(without.status, &without.error);
    const struct uf_note *note = uf_result_note(&with.result, "treated-from-start");
    assert_non_null(note);
    assert_int_equal(note->severity, UF_NOTE);
    assert_non_null(strstr(note->text, "(04)"));
    assert_non_null(strstr(note->text, kind->other ? "1 of 5" : "1 of 4"));
    assert_null(uf_result_note(&without.result, "treated-from-start"));
    expect_same_notes(&with.result, &without.result);
    expect_same_tables(&with.result, &without.result);
    assert_int_equal(with.result.claim, without.result.claim);
    assert_int_equal(with.result.n_ledger, without.result.n_ledger + 1);
    assert_int_equal(with.result.ledger[0].rows_before - with.result.ledger[0].rows_after,
                     LAST - FIRST + 1 + kind->alone);
    uf_result_clear(&with.result), uf_result_clear(&without.result);
    uf_panel_free(panel), uf_panel_free(less);
}

#define DRAWN "permutations", "19", "enumerate", "10"
static const char *const regression[] = {DRAWN, "bootstrap-draws", "19", NULL};
static const char *const influence[] = {DRAWN, "draws", "19", NULL};
static const struct {
    const struct uf_method *method;
    const char *const *settings;
} methods[] = {{&uf_method_callaway_santanna, influence},
               {&uf_method_imputation, influence},
               {&uf_method_stacked, regression},
               {&uf_method_sun_abraham, regression}};
#define EACH(m)                                                                                              \
    size_t m = 0;                                                                                            \
    m < sizeof methods / sizeof *methods;                                                                    \
    m++

static void treated_throughout(void **state)
{
    (void)state;
    static const char *const all[] = {"enumerate", "1200", NULL};
    const struct kind kind = {.start = FIRST};
    for (EACH(m)) {
        expect_same(methods[m].method, &kind, methods[m].settings);
        struct uf_panel *panel = panel_of(&kind, true);
        struct ran ran = run_on(methods[m].method, panel, UF_SWEDISH, all);
        assert_ok(ran.status, &ran.error);
        const struct uf_table *estimates = uf_result_table(&ran.result, "estimates"),
                              *test = uf_result_table(&ran.result, "randomisation-test");
        /* 3 of 20 in 1,140 ways, and the years before are enough to scale by */
        assert_string_equal(cell_text(estimates, 0, "vcov"), "randomisation-scaled");
        expect_close(cell_number(test, 0, "assignments"), 1140, 0, "ways");
        assert_non_null(strstr(uf_result_note(&ran.result, "inference-chosen")->text, "3 behandlade och 17"));
        assert_non_null(
            strstr(uf_result_note(&ran.result, "treated-from-start")->text, "uppgifter före sin start"));
        uf_result_clear(&ran.result);
        uf_panel_free(panel);
    }
}

static void treated_before_the_data(void **state)
{
    (void)state;
    const struct kind kinds[] = {{.start = 1999, .alone = true}, {.start = FIRST, .column = true}};
    for (EACH(m))
        for (size_t k = 0; k < 2; k++) expect_same(methods[m].method, &kinds[k], methods[m].settings);
}

static void columns_beside_the_outcome(void **state)
{
    (void)state;
    const struct kind kinds[] = {{.start = FIRST, .other = 2013, .named = "x,w"},
                                 {.start = 1999, .alone = true, .named = "cluster"}};
    for (EACH(m))
        for (size_t k = 0; k < 2; k++) expect_same(methods[m].method, &kinds[k], methods[m].settings);
}

static void no_figures_before_the_start(void **state)
{
    (void)state;
    const struct kind kind = {.start = 2012, .figures_from = 2012};
    for (EACH(m)) expect_same(methods[m].method, &kind, methods[m].settings);
}

static void anticipation_takes_all_years_before(void **state)
{
    (void)state;
    static const char *const early[] = {"anticipation", "2", DRAWN, NULL};
    const struct kind kind = {.start = 2010, .other = 2013}, later = {.start = 2011};
    for (EACH(m)) {
        expect_same(methods[m].method, &kind, early);
        /* one year is left: it takes part */
        struct uf_panel *panel = panel_of(&later, true);
        struct ran ran = run_on(methods[m].method, panel, UF_ENGLISH, early);
        assert_ok(ran.status, &ran.error);
        assert_null(uf_result_note(&ran.result, "treated-from-start"));
        uf_result_clear(&ran.result);
        uf_panel_free(panel);
    }
}

/* Of methods about did on untreated data such a region is not one of the treated either; in did itself it is compared with. */
static void two_way_effects(void **state)
{
    (void)state;
    static const char *const size[] = {"draws", "19", "inner-draws", "19", NULL};
    static const char *const power[] = {"draws", "19", "permutations", "19", NULL};
    const struct kind kind = {.start = FIRST};
    expect_same(&uf_method_size_check, &kind, size);
    expect_same(&uf_method_power, &kind, power);
    struct uf_panel *panel = panel_of(&kind, true), *less = panel_of(&kind, false);
    struct ran with = run_on(&uf_method_did, panel, UF_ENGLISH, regression),
               without = run_on(&uf_method_did, less, UF_ENGLISH, regression);
    assert_ok(with.status, &with.error);
    assert_ok(without.status, &without.error);
    const struct uf_note *note = uf_result_note(&with.result, "treated-from-start");
    assert_int_equal(note->severity, UF_WARNING);
    assert_non_null(strstr(note->text, "1 (04)"));
    assert_non_null(strstr(note->text, "the others are compared with them"));
    assert_true(cell_number(uf_result_table(&with.result, "estimates"), 0, "estimate") !=
                cell_number(uf_result_table(&without.result, "estimates"), 0, "estimate"));
    uf_result_clear(&with.result), uf_result_clear(&without.result);
    uf_panel_free(panel), uf_panel_free(less);
}

/* Where nobody is left, or the treatment is refused, the whole panel is spoken of. */
static void what_is_refused_stays(void **state)
{
    (void)state;
    const struct kind kind = {.start = FIRST, .column = true};
    static const char *const swallowed[] = {"anticipation", "20", NULL};
    for (EACH(m)) {
        struct uf_panel *panel = panel_of(&kind, true);
        struct ran ran = run_on(methods[m].method, panel, UF_ENGLISH, swallowed);
        assert_int_equal(ran.status, UF_NOT_IDENTIFIED);
        uf_result_clear(&ran.result);
        for (size_t i = 0; i < panel->n_rows; i++)
            if (panel->unit[i] == ODD - 1 && panel->period[i] > 5) panel->treatment.dose[i] = 0;
        panel->treatment.switches_off = true;
        ran = run_on(methods[m].method, panel, UF_ENGLISH, NULL);
        assert_int_equal(ran.status, UF_NOT_IDENTIFIED);
        assert_non_null(strstr(ran.error.message, "untreated again"));
        uf_result_clear(&ran.result);
        uf_panel_free(panel);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(treated_throughout),
                                       cmocka_unit_test(treated_before_the_data),
                                       cmocka_unit_test(columns_beside_the_outcome),
                                       cmocka_unit_test(no_figures_before_the_start),
                                       cmocka_unit_test(anticipation_takes_all_years_before),
                                       cmocka_unit_test(two_way_effects),
                                       cmocka_unit_test(what_is_refused_stays)};
    gsl_set_error_handler_off();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
