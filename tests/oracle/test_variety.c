// SPDX-License-Identifier: GPL-3.0-or-later
/* Related and unrelated variety of 226 countries' exports (SITC 4 digits within 2 and within 1) against R;
 * the identity. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/variety.h>

#include "support/peer_results.h"
#include "support/test.h"

static void agrees_with_the_definition_in_r(void **state)
{
    (void)state;
    json_t *json = load_json(need_shared("reference/peers/results/variety_world_trade.json"));
    const json_t *expected = peer_value(json, "variety_log2_by_country");
    struct raw_csv csv = raw_csv_read(need_shared("reference/peers/data/world_trade_avg_1998_2000.csv"));
    size_t countries = 0, from = 0;
    double *value = calloc(csv.n_rows, sizeof *value);
    size_t *two = calloc(csv.n_rows, sizeof *two), *one = calloc(csv.n_rows, sizeof *one);
    while (from < csv.n_rows) { /* rows come country by country */
        const char *country = csv.cell[from * csv.n_columns];
        size_t n = 0;
        for (; from + n < csv.n_rows && strcmp(csv.cell[(from + n) * csv.n_columns], country) == 0; n++) {
            const char *product = csv.cell[(from + n) * csv.n_columns + 1];
            one[n] = (size_t)(product[0] - '0');
            two[n] = one[n] * 10 + (size_t)(product[1] - '0');
            value[n] = raw_csv_number(&csv, from + n, 2);
        }
        struct uf_variety by_two, by_one;
        struct uf_error error;
        assert_ok(uf_variety(value, two, n, 100, &by_two, &error), &error);
        assert_ok(uf_variety(value, one, n, 10, &by_one, &error), &error);
        expect_within(by_two.total, peer_cell(expected, country, "H_4digit"), 1e-10, country);
        expect_within(by_two.unrelated, peer_cell(expected, country, "UV_2digit"), 1e-10, country);
        expect_within(by_two.related, peer_cell(expected, country, "RV_4within2"), 1e-10, country);
        expect_within(by_one.unrelated, peer_cell(expected, country, "UV_1digit"), 1e-10, country);
        expect_within(by_one.related, peer_cell(expected, country, "RV_4within1"), 1e-10, country);
        expect_within(by_two.unrelated + by_two.related, by_two.total, 1e-12, "identity");
        countries++;
        from += n;
    }
    assert_int_equal(countries, 226);
    free(one);
    free(two);
    free(value);
    raw_csv_free(&csv);
    json_decref(json);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(agrees_with_the_definition_in_r)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
