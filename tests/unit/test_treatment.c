// SPDX-License-Identifier: GPL-3.0-or-later
/* When a unit is first treated, by a treatment column with rows missing. */
#include "support/test.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <utfall/panel.h>
#include <utfall/result.h>

/* Units a to f in 2001 to 2006, treated from `start[u]` (0: never); `gap[u]` is a year without a row (0:
 * none). */
static struct uf_panel *panel_with_gaps(const int start[6], const int gap[6])
{
    char path[4096];
    snprintf(path, sizeof path, "%s/panel.csv", scratch_directory());
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fprintf(file, "unit,year,y,d\n");
    for (int u = 0; u < 6; u++)
        for (int year = 2001; year <= 2006; year++)
            if (year != gap[u])
                fprintf(file, "%c,%d,%d,%d\n", 'a' + u, year, u * year % 7, start[u] && year >= start[u]);
    fclose(file);
    const struct uf_file_panel_request request = {
        .path = path, .unit = "unit", .period = "year", .outcome = "y", .treatment = "d"};
    struct uf_panel *panel = NULL;
    struct uf_result ledger;
    struct uf_error error;
    uf_result_init(&ledger);
    assert_ok(uf_panel_from_file(&request, &ledger, &panel, &error), &error);
    uf_result_clear(&ledger);
    return panel;
}

static void a_missing_row_at_the_start_is_no_cohort_of_its_own(void **state)
{
    (void)state;
    struct uf_panel *panel =
        panel_with_gaps((int[]){2004, 2004, 0, 0, 0, 0}, (int[]){2004, 0, 2004, 0, 0, 0});
    assert_int_equal(panel->treatment.first_period[0], 3);
    assert_int_equal(panel->treatment.first_period[1], 3);
    assert_int_equal(panel->treatment.first_period[2], SIZE_MAX);
    assert_false(panel->treatment.switches_off);
    uf_panel_free(panel);
}

static void without_one_known_start_the_first_treated_row_stands(void **state)
{
    (void)state;
    /* nobody else tells when a started: its first treated row does */
    struct uf_panel *panel = panel_with_gaps((int[]){2004, 2003, 0, 0, 0, 0}, (int[]){2004, 0, 0, 0, 0, 0});
    assert_int_equal(panel->treatment.first_period[0], 4);
    assert_int_equal(panel->treatment.first_period[1], 2);
    uf_panel_free(panel);
    /* two starts lie in the gap: either could be it */
    panel = panel_with_gaps((int[]){2004, 2004, 2005, 0, 0, 0}, (int[]){2004, 0, 0, 0, 0, 0});
    assert_int_equal(panel->treatment.first_period[0], 4);
    uf_panel_free(panel);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_missing_row_at_the_start_is_no_cohort_of_its_own),
        cmocka_unit_test(without_one_known_start_the_first_treated_row_stands),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
