// SPDX-License-Identifier: GPL-3.0-or-later
/* `did` without the periods just before the start: the same as if nobody had values in them. */
#include "support/starts.h"
#include "support/test.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <string.h>
#include <utfall/did.h>

enum { UNITS = 12, TREATED = 3, START = 5 };

static struct uf_panel *one_start(void)
{
    struct uf_panel *panel = starts_panel(UNITS);
    for (size_t u = 0; u < UNITS; u++) panel->treatment.first_period[u] = u < TREATED ? START : SIZE_MAX;
    return panel;
}

static void expect_same_numbers(const struct uf_table *a, const struct uf_table *b)
{
    assert_int_equal(uf_table_rows(a), uf_table_rows(b));
    for (size_t row = 0; row < uf_table_rows(a); row++)
        for (size_t c = 0; c < uf_table_columns(a); c++) {
            if (uf_table_column_type(a, c) != UF_COLUMN_NUMBER) continue;
            const double x = uf_table_number(a, row, c), y = uf_table_number(b, row, c);
            assert_true(isnan(x) == isnan(y));
            if (!isnan(x)) expect_within(x, y, 1e-9 * (1 + fabs(y)), uf_table_column_name(a, c));
        }
}

static void as_if_nobody_had_values_then(void **state)
{
    (void)state;
    static const char *const asked[] = {"anticipation", "2", "inference", "randomisation,cr2,hc1", NULL},
                             *const other[] = {"reference", "-3", "inference", "randomisation,cr2,hc1", NULL};
    static const char *const tables[] = {"estimates", "event-study", "event-study-inference",
                                         "pretrend",  "raw-trends",  "randomisation-test"};
    struct uf_panel *without = one_start();
    for (size_t i = 0; i < without->n_rows; i++)
        if (without->period[i] == START - 1 || without->period[i] == START - 2)
            without->columns[0].value[i] = NAN, without->columns[0].status[i] = UF_VALUE_NOT_AVAILABLE;
    struct ran a = run_method(&uf_method_did, one_start(), asked),
               b = run_method(&uf_method_did, without, other);
    for (size_t t = 0; t < sizeof tables / sizeof *tables; t++)
        expect_same_numbers(table_of(&a, tables[t]), table_of(&b, tables[t]));
    assert_non_null(uf_result_note(&a.result, "anticipation"));
    assert_null(uf_result_note(&a.result, "reference-moved"));
    uf_result_clear(&a.result), uf_result_clear(&b.result);
}

/* What happens in these periods does not matter, and does without the option. */
static void what_happens_then_does_not_matter(void **state)
{
    (void)state;
    static const char *const asked[] = {"anticipation", "1", "inference", "cr2", NULL};
    struct ran ran[2];
    for (int moved = 0; moved < 2; moved++) {
        struct uf_panel *panel = one_start();
        for (size_t u = 0; u < TREATED; u++) *small_panel_cell(panel, 0, u, START - 1) += 50 * moved;
        ran[moved] = run_in(&uf_method_did, panel, UF_SWEDISH, asked);
        assert_int_equal(ran[moved].status, UF_OK);
        expect_swedish(&ran[moved]);
    }
    expect_same_numbers(table_of(&ran[0], "estimates"), table_of(&ran[1], "estimates"));
    expect_same_numbers(table_of(&ran[0], "event-study"), table_of(&ran[1], "event-study"));
    for (int moved = 0; moved < 2; moved++) uf_result_clear(&ran[moved].result);
}

static void several_starts_and_no_time_before_are_refused(void **state)
{
    (void)state;
    static const char *const asked[] = {"anticipation", "1", "inference", "cr2", NULL},
                             *const long_before[] = {"anticipation", "5", "inference", "cr2", NULL};
    struct ran ran = run_in(&uf_method_did, starts_panel(UNITS), UF_ENGLISH, asked);
    assert_int_equal(ran.status, UF_BAD_USAGE);
    assert_non_null(strstr(ran.error.message, "expected one start"));
    uf_result_clear(&ran.result);
    expect_refused_run(run_in(&uf_method_did, one_start(), UF_ENGLISH, long_before), "no-period-before");
}

int main(void)
{
    gsl_set_error_handler_off();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_if_nobody_had_values_then),
        cmocka_unit_test(what_happens_then_does_not_matter),
        cmocka_unit_test(several_starts_and_no_time_before_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
