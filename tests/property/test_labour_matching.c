// SPDX-License-Identifier: GPL-3.0-or-later
/* Mismatch: bounds and identities on random groups; the method by hand. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <utfall/file.h>
#include <utfall/labour_matching.h>

#include "support/activity_cases.h"
#include "support/activity_panel.h"
#include "support/test.h"

static struct uf_mismatch mismatch_of(const double *u, const double *v, size_t n)
{
    struct uf_mismatch m;
    struct uf_error error;
    assert_ok(uf_labour_mismatch(u, v, n, &m, &error), &error);
    return m;
}

static void bounds_and_identities(void **state)
{
    (void)state;
    struct draw draw = {51};
    for (size_t k = 0; k < 500; k++) {
        double u[10], v[10], merged[2][10] = {{0}}, scaled[10], surplus = 0, absolute = 0, excess = 0;
        size_t n = 1 + draw_below(&draw, 10);
        for (size_t i = 0; i < n; i++) {
            u[i] = draw_below(&draw, 4) ? (double)draw_below(&draw, 900) : 0;
            v[i] = draw_below(&draw, 4) ? (double)draw_below(&draw, 300) : 0;
            scaled[i] = 7 * v[i];
            merged[0][i / 2] += u[i];
            merged[1][i / 2] += v[i];
        }
        struct uf_mismatch m = mismatch_of(u, v, n);
        if (m.unemployed == 0 || m.vacancies == 0) {
            assert_true(isnan(m.mismatch) && isnan(m.hires_lost) && isnan(m.mismatched));
            continue;
        }
        assert_true(m.mismatch >= 0 && m.mismatch <= 1 + 1e-15 && m.hires_lost >= 0 && m.hires_lost <= 1);
        /* Hellinger's inequalities bind the two */
        assert_true(m.hires_lost <= m.mismatch + 1e-12);
        assert_true(m.mismatch <= sqrt(1 - pow(1 - m.hires_lost, 2)) + 1e-9);
        for (size_t i = 0; i < n; i++) {
            double part = uf_labour_surplus(u[i], v[i], &m);
            surplus += part;
            absolute += fabs(part);
            excess += fmax(0, u[i] - v[i] / m.vacancies * m.unemployed); /* people above the even spread */
        }
        expect_within(surplus, 0, 1e-12, "surpluses add up to nothing");
        expect_within(absolute, m.mismatch, 1e-12, "and their sizes to the mismatch");
        expect_within(m.mismatched, excess, 1e-9 * (1 + excess), "people who would have to move");
        struct uf_mismatch more = mismatch_of(u, scaled, n), back = mismatch_of(v, u, n);
        struct uf_mismatch coarse = mismatch_of(merged[0], merged[1], (n + 1) / 2);
        expect_within(more.mismatch, m.mismatch, 1e-12, "more vacancies, spread alike");
        expect_within(back.mismatch, m.mismatch, 1e-15, "symmetric");
        assert_true(coarse.mismatch <= m.mismatch + 1e-12 && coarse.hires_lost <= m.hires_lost + 1e-12);
    }
    const double u[] = {30, 10}, v[] = {5, 15};
    expect_close(mismatch_of(u, v, 2).mismatch, 0.5, 1e-15, "by hand");
    expect_close(mismatch_of(u, v, 2).hires_lost, 1 - 2 * sqrt(0.75 * 0.25), 1e-14, "by hand");
    expect_within(mismatch_of(u, u, 2).hires_lost, 0, 1e-15, "alike");
    const double hidden[] = {30, NAN}, wrong[] = {5, -1};
    assert_true(isnan(mismatch_of(hidden, v, 2).mismatch));
    expect_within(mismatch_of(hidden, v, 2).vacancies, 20, 0, "the other side is known");
    struct uf_mismatch m = {.tightness = 9};
    struct uf_error error;
    assert_int_equal(uf_labour_mismatch(u, wrong, 2, &m, &error), UF_BAD_INPUT);
    assert_non_null(strstr(error.message, "found -1 vacancies in group 2"));
    expect_within(m.tightness, 9, 0, "untouched");
}

static struct uf_panel *labour_panel(void)
{
    static const char text[] = "region,group,year,vacancies,out,force,work,leave,enter,fit\n"
                               "1,care,2020,5,30,500,400,20,10,300\n1,it,2020,15,10,300,250,5,15,200\n"
                               "2,care,2020,10,20,400,350,30,10,200\n2,it,2020,,10,200,180,5,5,150\n";
    char path[256];
    struct uf_error error;
    struct uf_panel *panel = NULL;
    struct uf_result ledger;
    snprintf(path, sizeof path, "%s/labour.csv", scratch_directory());
    assert_ok(uf_file_write(path, text, strlen(text), &error), &error);
    static const char *const extra[] = {"out", "force", "work", "leave", "enter", "fit"};
    const struct uf_file_panel_request request = {.path = path,
                                                  .unit = "region",
                                                  .period = "year",
                                                  .sector = "group",
                                                  .outcome = "vacancies",
                                                  .extra = extra,
                                                  .n_extra = 6};
    uf_result_init(&ledger);
    assert_ok(uf_panel_from_file(&request, &ledger, &panel, &error), &error);
    uf_result_clear(&ledger);
    return panel;
}

static void the_method_by_hand(void **state)
{
    (void)state;
    struct uf_panel *panel = labour_panel();
    struct uf_result result;
    struct uf_error error;
    static const char *const options[] = {"unemployed", "out",   "labour-force", "force", "employed", "work",
                                          "leaving",    "leave", "entering",     "enter", "matched",  "fit",
                                          NULL};
    assert_ok(activity_run(&uf_method_labour_matching, panel, UF_ENGLISH, options, &result, &error), &error);
    static const struct {
        const char *column;
        double value;
    } first[] = {{"mismatch", 50},           {"mismatched", 20},
                 {"tightness", 0.5},         {"unemployment_rate", 5},
                 {"vacancy_rate", 2.5},      {"replacement_need", 100 * 25.0 / 650},
                 {"replacement_cover", 100}, {"matching_rate", 100 * 500.0 / 650}};
    for (size_t i = 0; i < sizeof first / sizeof *first; i++)
        expect_close(activity_cell(&result, "labour-matching", "1", NULL, first[i].column, NULL),
                     first[i].value, 1e-13, first[i].column);
    expect_close(activity_cell(&result, "labour-groups", "1", "care", "surplus", NULL), 25, 1e-13, "surplus");
    expect_close(activity_cell(&result, "labour-groups", "1", "it", "replacement_gap", NULL), -10, 1e-13,
                 "gap");
    uf_value_status status;
    assert_true(isnan(activity_cell(&result, "labour-matching", "2", NULL, "mismatch", &status)));
    assert_true(status & UF_VALUE_NOT_AVAILABLE);
    expect_close(activity_cell(&result, "labour-matching", "2", NULL, "unemployment_rate", NULL), 5, 1e-13,
                 "known");
    assert_string_equal(
        activity_text(&result, "labour-matching-findings", "1", NULL, "text"),
        "1, 2020: 50.0 per cent of the unemployed, 20 people, would have to change group for unemployed and "
        "vacancies to be spread alike; 0.50 vacancies per unemployed. Most short of people: it; most "
        "short of vacancies: care.");
    assert_string_equal(activity_text(&result, "labour-matching-findings", "2", NULL, "text"),
                        "2: no period has both vacancies and unemployed in all groups.");
    uf_result_clear(&result);
    static const char *const bare[] = {"unemployed", "out", NULL};
    assert_ok(activity_run(&uf_method_labour_matching, panel, UF_SWEDISH, bare, &result, &error), &error);
    assert_true(isnan(activity_cell(&result, "labour-matching", "1", NULL, "matching_rate", &status)));
    assert_true(status & UF_VALUE_NOT_APPLICABLE);
    uf_result_clear(&result);
    assert_int_equal(activity_run(&uf_method_labour_matching, panel, UF_ENGLISH, NULL, &result, &error),
                     UF_BAD_USAGE);
    assert_non_null(strstr(error.message, "expected the option 'unemployed'"));
    uf_result_clear(&result);
    static const char *const lone[] = {"unemployed", "out", "matched", "fit", NULL};
    assert_int_equal(activity_run(&uf_method_labour_matching, panel, UF_ENGLISH, lone, &result, &error),
                     UF_BAD_USAGE);
    uf_result_clear(&result);
    uf_panel_free(panel);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(bounds_and_identities),
                                       cmocka_unit_test(the_method_by_hand)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
