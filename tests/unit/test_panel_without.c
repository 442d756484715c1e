// SPDX-License-Identifier: GPL-3.0-or-later
/* What a panel without some of its units keeps of the things that files do not have; the rest is property/test_treated_throughout.c. */
#include "support/small_panel.h"
#include "support/test.h"

#include <stdlib.h>
#include <string.h>
#include <utfall/panel.h>
#include <utfall/text.h>

static const char *const columns[] = {"y", "x"};
enum { UNITS = 4, PERIODS = 3, GONE = 1 };

static void what_goes_by_unit(void **state)
{
    (void)state;
    struct uf_panel *panel = small_panel_new(UNITS, PERIODS, 2010, columns, 2), *less;
    struct uf_exposure *exposure = small_panel_expose(panel, "Other", 3, 21, 2011, 2012);
    char *group[UNITS] = {"A", "B", NULL, "C"}, **kept = panel->unit_group;
    bool left_out[UNITS] = {false};
    struct uf_error error;
    left_out[GONE] = true;
    panel->unit_group = group;
    for (size_t u = 0; u < UNITS; u++) {
        exposure->status[u] = u == 2 ? UF_EXPOSED : UF_NOT_EXPOSED;
        for (size_t t = 0; t < PERIODS; t++) *small_panel_cell(panel, 1, u, t) = (double)(10 * u + t);
    }
    small_panel_miss(panel, 0, 3, 1);
    panel->treatment.first_period[3] = 2;
    panel->treatment.cost = 5;
    assert_ok(uf_panel_without(panel, left_out, &less, &error), &error);
    panel->unit_group = kept;

    assert_int_equal(less->units.count, UNITS - 1);
    assert_int_equal(less->n_rows, (UNITS - 1) * PERIODS);
    assert_int_equal(less->periods.count, PERIODS);
    assert_string_equal(less->units.label[1], panel->units.label[2]);
    assert_string_equal(less->unit_group[0], "A");
    assert_null(less->unit_group[1]);
    assert_string_equal(less->unit_group[2], "C");
    assert_int_equal(less->n_exposures, 1);
    assert_int_equal(less->exposures[0].status[0], UF_NOT_EXPOSED);
    assert_int_equal(less->exposures[0].status[1], UF_EXPOSED);
    assert_int_equal(less->exposures[0].status[2], UF_NOT_EXPOSED);
    assert_int_equal(less->exposures[0].regions_total, 21);
    assert_string_equal(less->exposures[0].name, "Other");
    assert_int_equal(less->treatment.first_period[2], 2);
    assert_int_equal(less->treatment.first_period[1], SIZE_MAX);
    expect_close(less->treatment.cost, 5, 0, "cost");
    for (size_t i = 0; i < less->n_rows; i++) {
        const size_t u = less->unit[i] + (less->unit[i] >= GONE), t = less->period[i];
        expect_close(less->columns[1].value[i], (double)(10 * u + t), 0, "value");
        assert_int_equal(uf_value_is_missing(less->columns[0].status[i]), u == 3 && t == 1);
    }
    uf_panel_free(less);
    small_panel_free(panel);
}

/* Only the unit that goes has the first and the last period. */
static void periods_that_nobody_has_any_more(void **state)
{
    (void)state;
    struct uf_panel *panel = small_panel_new(UNITS, PERIODS, 2010, columns, 1), *less;
    bool left_out[UNITS] = {false};
    struct uf_error error;
    size_t n = 0;
    left_out[GONE] = true;
    panel->treatment.first_period[0] = 0, panel->treatment.first_period[2] = 2;
    for (size_t i = 0; i < panel->n_rows; i++) {
        if (panel->unit[i] != GONE && panel->period[i] != 1) continue;
        panel->unit[n] = panel->unit[i], panel->period[n] = panel->period[i];
        panel->columns[0].value[n++] = panel->columns[0].value[i];
    }
    panel->n_rows = n;
    assert_ok(uf_panel_without(panel, left_out, &less, &error), &error);
    assert_int_equal(less->periods.count, 1);
    assert_string_equal(less->periods.code[0], "2011");
    assert_int_equal(less->n_rows, UNITS - 1);
    assert_int_equal(less->treatment.first_period[0], 0);
    assert_int_equal(less->treatment.first_period[1], SIZE_MAX); /* it starts after what is there */
    uf_panel_free(less);
    small_panel_free(panel);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_goes_by_unit),
                                       cmocka_unit_test(periods_that_nobody_has_any_more)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
