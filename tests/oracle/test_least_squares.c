// SPDX-License-Identifier: GPL-3.0-or-later
/* All eleven linear NIST StRD sets: correct digits of estimates and standard errors. */
#include "support/test.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/least_squares.h>

struct set {
    const char *name;
    int first, last; /* powers of x; 0, 0: the columns as they are */
    bool intercept;
    double estimate_digits, error_digits;
};

/* What the issue asks for; the certified zero variances of Wampler 1 and 2 are compared in absolute terms. */
static const struct set sets[] = {
    {"longley", 0, 0, true, 9, 9},  {"norris", 0, 0, true, 9, 9},   {"pontius", 1, 2, true, 9, 9},
    {"noint1", 0, 0, false, 9, 9},  {"noint2", 0, 0, false, 9, 9},  {"filip", 1, 10, true, 7, 7},
    {"wampler1", 1, 5, true, 7, 7}, {"wampler2", 1, 5, true, 9, 9}, {"wampler3", 1, 5, true, 7, 7},
    {"wampler4", 1, 5, true, 7, 7}, {"wampler5", 1, 5, true, 7, 7},
};

/* The columns, and in `rest` what a double cannot hold of their powers. */
static gsl_matrix *design(const struct set *set, const struct raw_csv *csv, gsl_matrix **rest)
{
    size_t shift = set->intercept ? 1 : 0;
    size_t columns = set->last ? (size_t)(set->last - set->first + 1) : csv->n_columns - 1;
    gsl_matrix *x = gsl_matrix_alloc(csv->n_rows, columns + shift);
    *rest = gsl_matrix_calloc(csv->n_rows, columns + shift);
    for (size_t i = 0; i < csv->n_rows; i++) {
        if (shift) gsl_matrix_set(x, i, 0, 1);
        for (size_t j = 0; j < columns; j++) {
            long double value = strtold(csv->cell[i * csv->n_columns + (set->last ? 1 : j + 1)], NULL),
                        power = 1;
            for (int l = 0; l < (set->last ? set->first + (int)j : 1); l++) power *= value;
            gsl_matrix_set(x, i, j + shift, (double)power);
            gsl_matrix_set(*rest, i, j + shift, (double)(power - (long double)(double)power));
        }
    }
    return x;
}

static void nist_sets(void **state)
{
    (void)state;
    struct uf_error error;
    json_t *root = load_json(source_path("tests/oracle/data/certified/certified.json"));
    json_t *certified = json_object_get(root, "sets");
    assert_int_equal(json_object_size(certified), sizeof sets / sizeof *sets);
    for (size_t s = 0; s < sizeof sets / sizeof *sets; s++) {
        const struct set *set = &sets[s];
        char path[128];
        snprintf(path, sizeof path, "tests/oracle/data/certified/%s.csv", set->name);
        struct raw_csv csv = raw_csv_read(source_path(path));
        gsl_matrix *rest, *x = design(set, &csv, &rest);
        gsl_vector *y = gsl_vector_alloc(csv.n_rows);
        for (size_t i = 0; i < csv.n_rows; i++) gsl_vector_set(y, i, raw_csv_number(&csv, i, 0));
        struct uf_least_squares fit;
        assert_ok(uf_least_squares_fit(x, y, NULL, NULL, &fit, &error), &error);
        assert_int_equal(fit.rank, x->size2);
        struct uf_least_squares exact;
        const struct uf_least_squares_options options = {.rest = rest};
        assert_ok(uf_least_squares_fit(x, y, NULL, &options, &exact, &error), &error);
        json_t *entry = json_object_get(certified, set->name),
               *coefficients = json_object_get(entry, "coefficients");
        double digits = 16, error_digits = 16, exact_digits = 16, variance = fit.rss / fit.df;
        const char *name;
        json_t *value;
        json_object_foreach(coefficients, name, value)
        {
            size_t j = (size_t)(name[1] - '0');
            if (name[2]) j = 10 * j + (size_t)(name[2] - '0');
            if (!set->intercept) j--;
            double estimate = json_number_value(json_object_get(value, "estimate"));
            double certified_error = json_number_value(json_object_get(value, "std_error"));
            double standard_error = sqrt(variance * gsl_matrix_get(fit.inverse, j, j));
            digits = fmin(digits, correct_digits(gsl_vector_get(fit.coefficients, j), estimate));
            exact_digits =
                fmin(exact_digits, correct_digits(gsl_vector_get(exact.coefficients, j), estimate));
            error_digits = fmin(error_digits, correct_digits(standard_error, certified_error));
        }
        double smallest = 1;
        for (size_t j = 0; j < fit.k; j++) smallest = fmin(smallest, fit.remaining[j]);
        print_message(
            "%-9s estimates %4.1f digits, standard errors %4.1f, condition %.1e, least column share %.1e, "
            "%zu refinements; estimates with powers in extended precision %4.1f\n",
            set->name, digits, error_digits, fit.condition, smallest, fit.refinements, exact_digits);
        assert_true(exact_digits >= fmin(digits - 1, 10));
        if (digits < set->estimate_digits || error_digits < set->error_digits)
            fail_msg("%s: %.1f and %.1f digits, asked for %g and %g", set->name, digits, error_digits,
                     set->estimate_digits, set->error_digits);
        double deviation = json_number_value(json_object_get(entry, "residual_sd"));
        if (deviation > 0) assert_true(correct_digits(sqrt(exact.rss / exact.df), deviation) >= 9);
        uf_least_squares_clear(&fit), uf_least_squares_clear(&exact);
        gsl_matrix_free(x), gsl_matrix_free(rest), gsl_vector_free(y), raw_csv_free(&csv);
    }
    json_decref(root);
}

int main(void)
{
    gsl_set_error_handler_off();
    const struct CMUnitTest tests[] = {cmocka_unit_test(nist_sets)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
