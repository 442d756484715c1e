// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Relatedness of EconGeo 2.1's example of co-occurrences, and skill relatedness of 17 sections' flows (made up by a
 * formula) against R.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/relatedness.h>

#include "support/peer_results.h"
#include "support/test.h"

/* A square CSV whose first column holds the names. */
struct square {
    struct raw_csv csv;
    gsl_matrix *value;
    size_t n;
};
static struct square square_read(const char *path)
{
    struct square square = {.csv = raw_csv_read(need_shared(path))};
    square.n = square.csv.n_rows;
    square.value = gsl_matrix_alloc(square.n, square.n);
    for (size_t i = 0; i < square.n; i++)
        for (size_t j = 0; j < square.n; j++)
            gsl_matrix_set(square.value, i, j, raw_csv_number(&square.csv, i, j + 1));
    return square;
}
static void square_free(struct square *square)
{
    gsl_matrix_free(square->value);
    raw_csv_free(&square->csv);
}
static size_t expect_matrix(const struct square *square, const gsl_matrix *ours, const json_t *expected,
                            const char *what)
{
    size_t compared = 0;
    for (size_t i = 0; i < square->n; i++)
        for (size_t j = 0; j < square->n; j++)
            if (i != j) {
                expect_within(gsl_matrix_get(ours, i, j),
                              peer_cell(expected, square->csv.header[i + 1], square->csv.header[j + 1]),
                              1e-12, what);
                compared++;
            }
    return compared;
}

static void measures_of_co_occurrence(void **state)
{
    (void)state;
    struct square square = square_read("reference/peers/data/econgeo_toy_cooccurrence.csv");
    json_t *json = load_json(need_shared("reference/peers/results/econgeo_toy.json"));
    gsl_matrix *out = gsl_matrix_alloc(square.n, square.n);
    static const struct {
        const char *id;
        enum uf_relatedness_measure measure;
    } cases[] = {{"relatedness_prob", UF_RELATEDNESS_PROBABILITY},
                 {"relatedness_association", UF_RELATEDNESS_ASSOCIATION},
                 {"relatedness_cosine", UF_RELATEDNESS_COSINE},
                 {"relatedness_jaccard", UF_RELATEDNESS_JACCARD}};
    for (size_t i = 0; i < 4; i++) {
        struct uf_error error;
        assert_ok(uf_relatedness(square.value, 0, cases[i].measure, UF_BASE_CO_OCCURRENCES, out, &error),
                  &error);
        assert_int_equal(expect_matrix(&square, out, peer_value(json, cases[i].id), cases[i].id), 30);
    }
    gsl_matrix_free(out);
    json_decref(json);
    square_free(&square);
}

static void skill_relatedness_in_both_orders(void **state)
{
    (void)state;
    struct square square = square_read("reference/own/data/labour_flows_synthetic.csv");
    json_t *json = load_json(need_shared("reference/peers/results/s3_practice.json"));
    gsl_matrix *ratio = gsl_matrix_alloc(square.n, square.n), *mapped = gsl_matrix_alloc(square.n, square.n);
    struct uf_error error;
    assert_ok(uf_skill_relatedness(square.value, UF_FLOW_AVERAGE_RATIOS, ratio, mapped, &error), &error);
    expect_matrix(&square, ratio, peer_value(json, "skill_relatedness_raw"), "ratio");
    expect_matrix(&square, mapped, peer_value(json, "skill_relatedness_sym_average_then_normalise"),
                  "ratios averaged");
    assert_ok(uf_skill_relatedness(square.value, UF_FLOW_AVERAGE_MAPPED, NULL, mapped, &error), &error);
    expect_matrix(&square, mapped, peer_value(json, "skill_relatedness_sym_normalise_then_average"),
                  "mapped averaged");
    gsl_matrix_free(ratio);
    gsl_matrix_free(mapped);
    json_decref(json);
    square_free(&square);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(measures_of_co_occurrence),
                                       cmocka_unit_test(skill_relatedness_in_both_orders)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
