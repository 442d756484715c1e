// SPDX-License-Identifier: GPL-3.0-or-later
/* Where the treatment can be dealt out in too few ways no effect is found by that, however large, and `power` says so. */
#include "support/method_run.h"
#include "support/small_panel.h"
#include "support/test.h"

#include <stdint.h>
#include <string.h>
#include <utfall/power.h>

static struct uf_panel *panel_new(size_t units, size_t treated)
{
    static const char *const columns[] = {"y"};
    struct uf_panel *panel = small_panel_new(units, 12, 2008, columns, 1);
    for (size_t u = 0; u < units; u++)
        for (size_t t = 0; t < 12; t++) *small_panel_cell(panel, 0, u, t) = run_noise(u * 12 + t);
    for (size_t u = 0; u < treated; u++) panel->treatment.first_period[u] = 8;
    return panel;
}

static void what_is_never_found_is_said(void **state)
{
    (void)state;
    static const char *const few[] = {"draws", "60", "permutations", "99", NULL};
    struct ran ran = run_method(&uf_method_power, panel_new(10, 9), few); /* ten ways: no p below 0.1 */
    assert_int_equal(uf_result_note(&ran.result, "never-found")->severity, UF_WARNING);
    uf_result_clear(&ran.result);
    ran = run_method(&uf_method_power, panel_new(24, 6), few);
    assert_null(uf_result_note(&ran.result, "never-found"));
    uf_result_clear(&ran.result);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_is_never_found_is_said)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
