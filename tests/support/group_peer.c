// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/group_peer.h"
#include "support/test.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define NORMAL 1.95996398454005

json_t *group_peer_value(json_t *results, const char *entry)
{
    json_t *object = json_object_get(json_object_get(results, "results"), entry);
    if (!object) fail_msg("no entry %s", entry);
    json_object_set_new(object, "compared", json_true());
    return json_object_get(object, "value");
}

void group_peer_all_compared(json_t *results)
{
    const char *entry;
    json_t *object;
    json_object_foreach(json_object_get(results, "results"), entry, object)
    {
        if (!json_object_get(object, "compared")) fail_msg("nothing was compared with the entry %s", entry);
    }
}

double group_peer_member(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    return json_is_number(value) ? json_number_value(value) : NAN;
}

/* Estimates and errors of a peer: relative where they are not all but nil. */
static void expect_estimate(double estimate, double error, const json_t *row, double relative,
                            const char *what)
{
    const double tolerance = 1e-12;
    expect_within(estimate, group_peer_member(row, "att"),
                  tolerance + relative * fabs(group_peer_member(row, "att")), what);
    if (isnan(group_peer_member(row, "se")))
        assert_true(isnan(error) || error == 0);
    else
        expect_close(error, group_peer_member(row, "se"), 1e-6, what);
}

static const struct uf_group_time_cell *find_cell(const struct uf_group_time *g, long cohort, long period)
{
    for (size_t c = 0; c < g->n_cells; c++)
        if ((long)g->cohorts[g->cells[c].cohort].first_period == cohort && (long)g->cells[c].period == period)
            return &g->cells[c];
    fail_msg("no cell of cohort %ld in period %ld", cohort, period);
    return NULL;
}

void group_peer_compare_cells(const struct uf_group_time *g, json_t *value, long first_time, double relative,
                              bool errors, const char *entry)
{
    json_t *row;
    size_t index;
    char what[160];
    assert_int_equal(json_array_size(json_object_get(value, "att_gt")), g->n_cells);
    size_t n = (size_t)group_peer_member(value, "n"); /* 2.5.1 counts the units that it leaves out too */
    assert_true(n == g->n_units || n == g->n_units + g->n_always);
    json_array_foreach(json_object_get(value, "att_gt"), index, row)
    {
        long cohort = (long)group_peer_member(row, "group"), t = (long)group_peer_member(row, "t");
        const struct uf_group_time_cell *cell = find_cell(g, cohort - first_time, t - first_time);
        snprintf(what, sizeof what, "%s ATT(%ld, %ld)", entry, cohort, t);
        if (!errors) { /* drawn at random: tests/oracle/test_callaway_bands.c */
            expect_within(cell->estimate, group_peer_member(row, "att"),
                          1e-12 + relative * fabs(cell->estimate), what);
            continue;
        }
        expect_estimate(cell->estimate, cell->std_error, row, relative, what);
        if (isnan(cell->std_error)) continue;
        expect_within(cell->estimate - NORMAL * cell->std_error, group_peer_member(row, "ci_lo"), 1e-6, what);
        expect_within(cell->estimate + NORMAL * cell->std_error, group_peer_member(row, "ci_hi"), 1e-6, what);
    }
    json_t *wald = json_object_get(value, "wald_pretest");
    /* the peer tests the periods of anticipation too, in which the hypothesis allows a difference */
    if (!wald || json_is_null(wald) || strstr(entry, "anticip")) return;
    struct uf_group_time_pretest test;
    struct uf_error error;
    assert_ok(uf_group_time_pretest(g, NULL, &test, &error), &error);
    expect_close(test.wald, json_number_value(json_array_get(json_array_get(wald, 0), 0)), 1e-6, entry);
    json_t *p = json_object_get(value, "wald_p");
    while (json_is_array(p)) p = json_array_get(p, 0);
    assert_true(json_is_number(p));
    /* the peer rounds p to five places */
    expect_within(test.p_value, json_number_value(p), 0.6e-5, entry);
}

void group_peer_compare_average(const struct uf_average *a, json_t *value, const struct uf_group_time *g,
                                long first_time, double relative, const char *what)
{
    expect_close(a->estimate, group_peer_member(value, "overall_att"), relative, what);
    expect_close(a->std_error, group_peer_member(value, "overall_se"), 1e-6, what);
    json_t *rows = json_object_get(value, "egt"), *row, *limits = json_object_get(value, "overall_ci");
    for (size_t side = 0; side < 2 && limits; side++)
        expect_within(a->estimate + (side ? NORMAL : -NORMAL) * a->std_error,
                      json_number_value(json_array_get(limits, side)), 1e-6, what);
    size_t index;
    if (json_is_null(rows)) return;
    assert_int_equal(json_array_size(rows), a->n_terms);
    json_array_foreach(rows, index, row)
    {
        long key = (long)group_peer_member(row, "egt");
        if (a->kind == UF_AVERAGE_GROUP)
            assert_int_equal(g->cohorts[a->terms[index].key].first_period, key - first_time);
        else
            assert_int_equal(a->terms[index].key, a->kind == UF_AVERAGE_CALENDAR ? key - first_time : key);
        expect_estimate(a->terms[index].estimate, a->terms[index].std_error, row, relative, what);
    }
}

void group_peer_compare(const struct uf_did_data *data, long first_time, json_t *results, const char *entry,
                        const struct uf_group_time_options *options, double relative, bool old)
{
    static const char *const names[] = {"simple", "dynamic", "group", "calendar"};
    struct uf_group_time g;
    struct uf_error error;
    assert_ok(uf_group_time_estimate(data, options, &g, &error), &error);
    group_peer_compare_cells(&g, group_peer_value(results, entry), first_time, relative, true, entry);
    for (int kind = 0; kind < 4; kind++) {
        char name[160];
        struct uf_average a;
        snprintf(name, sizeof name, "%s_%s", entry, names[kind]);
        json_t *object = json_object_get(json_object_get(results, "results"), name);
        if (!object) continue;
        (void)group_peer_value(results, name);
        assert_ok(uf_group_time_average(&g, (enum uf_average_kind)kind, NULL, &a, &error), &error);
        /* 2.1.2 takes the weights of the wrong cohorts for the error of the overall group average */
        if (old && kind == UF_AVERAGE_GROUP) {
            json_object_set_new(json_object_get(object, "value"), "overall_se", json_real(a.std_error));
            json_object_del(json_object_get(object, "value"), "overall_ci");
        }
        group_peer_compare_average(&a, json_object_get(object, "value"), &g, first_time, relative, name);
        uf_average_clear(&a);
    }
    uf_group_time_clear(&g);
}
