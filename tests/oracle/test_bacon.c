// SPDX-License-Identifier: GPL-3.0-or-later
/* The decomposition against bacondecomp 0.1.1: reference/peers/results/bacon.json, reference/own/results/bacon_sweden.json. */
#include "support/staggered.h"

#include <gsl/gsl_errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/bacon.h>

static long calendar(const struct staggered *p, size_t start)
{
    return start == SIZE_MAX ? 99999 : p->first_time + (long)start;
}

static void compare(const char *data, const char *results_file, const char *entry, const char *unit,
                    const char *outcome, const char *start)
{
    static const char *const types[] = {"Treated vs Untreated", "Earlier vs Later Treated",
                                        "Later vs Earlier Treated"};
    struct staggered p = staggered_read(data, unit, "year", outcome, start, NULL, NULL, NULL);
    json_t *results = load_json(need_shared(results_file));
    json_t *value = json_object_get(json_object_get(json_object_get(results, "results"), entry), "value"),
           *row;
    struct uf_error error;
    struct uf_bacon bacon;
    size_t index;
    assert_ok(uf_bacon_decompose(&p.data, &bacon, &error), &error);
    assert_int_equal(json_array_size(json_object_get(value, "table")), bacon.count);
    json_array_foreach(json_object_get(value, "table"), index, row)
    {
        long treated = (long)json_number_value(json_object_get(row, "treated")),
             control = (long)json_number_value(json_object_get(row, "untreated"));
        size_t c = 0;
        while (c < bacon.count && (calendar(&p, bacon.comparison[c].treated) != treated ||
                                   calendar(&p, bacon.comparison[c].control) != control))
            c++;
        if (c == bacon.count) fail_msg("no comparison of %ld with %ld", treated, control);
        expect_close(bacon.comparison[c].estimate, json_number_value(json_object_get(row, "estimate")), 1e-8,
                     entry);
        expect_close(bacon.comparison[c].weight, json_number_value(json_object_get(row, "weight")), 1e-10,
                     entry);
        assert_string_equal(types[bacon.comparison[c].type], json_string_value(json_object_get(row, "type")));
    }
    expect_close(bacon.estimate, json_number_value(json_object_get(value, "twfe")), 1e-8, "two-way estimate");
    char check[64]; /* the same from fixest */
    snprintf(check, sizeof check, "twfe_check_%s", entry);
    json_t *feols = json_object_get(json_object_get(json_object_get(results, "results"), check), "value");
    expect_close(bacon.estimate, json_number_value(json_object_get(feols, "d")), 1e-8, check);
    json_array_foreach(json_object_get(value, "by_type"), index, row)
    {
        size_t type = 0;
        while (strcmp(types[type], json_string_value(json_object_get(row, "type")))) type++;
        expect_close(bacon.weight[type], json_number_value(json_object_get(row, "weight")), 1e-10,
                     "weight of a type");
        expect_close(bacon.part[type], json_number_value(json_object_get(row, "wx")), 1e-8, "part of a type");
    }
    uf_bacon_clear(&bacon);
    json_decref(results);
    staggered_clear(&p);
}

static void mpdta(void **state)
{
    (void)state;
    compare("reference/peers/data/mpdta.csv", "reference/peers/results/bacon.json", "mpdta", "countyreal",
            "lemp", "first.treat");
}

/* 21 counties; their start is told by a 0/1 column. */
static void sweden(void **state)
{
    (void)state;
    compare("reference/own/data/sim_sweden_county_means.csv", "reference/own/results/bacon_sweden.json",
            "sweden_county", "lan_id", "y", "treated");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(mpdta), cmocka_unit_test(sweden)};
    gsl_set_error_handler_off();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
