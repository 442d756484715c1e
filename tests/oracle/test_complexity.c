// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Complexity of 226 countries × 785 products against economiccomplexity 2.0.0, py-ecomplexity and a singular value
 * decomposition in R, and of Hidalgo & Hausmann's network of 4 × 4.
 *
 * Not compared, and why: eg_kci and eg_tci (the package rounds the matrix to four decimals and divides the vector by
 * its own sum), eg_morc_20 and eg_mort_19 (rescaled at each step), py-ecomplexity's COI (from the raw eigenvector).
 * economiccomplexity's "20 iterations" of fitness are 19 updates.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/complexity.h>
#include <utfall/relatedness.h>

#include "support/network.h"
#include "support/peer_results.h"
#include "support/test.h"

static json_t *world_results(void)
{
    return load_json(need_shared("reference/peers/results/complexity_world_trade_full.json"));
}

static void expect_vector(const gsl_vector *ours, char **names, const json_t *expected, double absolute,
                          double relative, const char *what)
{
    for (size_t i = 0; i < ours->size; i++) {
        double value = peer_named(expected, names[i]), tolerance = absolute + relative * fabs(value);
        expect_within(gsl_vector_get(ours, i), value, tolerance, what);
    }
}

struct pair {
    gsl_vector *regions, *sectors;
};
static struct pair pair_new(const struct world_trade *trade)
{
    return (struct pair){gsl_vector_alloc(trade->n_countries), gsl_vector_alloc(trade->n_products)};
}
static void pair_free(struct pair *pair)
{
    gsl_vector_free(pair->regions);
    gsl_vector_free(pair->sectors);
}

static void the_index_is_the_second_singular_vector(void **state)
{
    (void)state;
    struct world_trade trade = world_trade_read();
    json_t *json = world_results();
    struct pair index = pair_new(&trade);
    struct uf_complexity_fit fit;
    struct uf_error error;
    assert_ok(uf_complexity(trade.presence, NULL, index.regions, index.sectors, &fit, &error), &error);
    const json_t *own = peer_value(json, "own_eci_svd"), *package = peer_value(json, "ec_eigenvalues");
    expect_close(fit.eigenvalue, peer_item(own, "eigenvalues", 1), 1e-10, "second eigenvalue");
    expect_close(fit.next_eigenvalue, peer_item(own, "eigenvalues", 2), 1e-10, "third eigenvalue");
    expect_close(fit.diversity_correlation, json_number_value(json_object_get(own, "sign_vs_diversity")),
                 1e-8, "correlation with diversity");
    expect_vector(index.regions, trade.country, json_object_get(own, "eci_z_n1"), 1e-9, 1e-8, "ECI");
    expect_vector(index.sectors, trade.product, json_object_get(own, "pci_z_n1"), 1e-9, 1e-8, "PCI");
    expect_vector(index.regions, trade.country, json_object_get(package, "complexity_index_country"), 1e-9,
                  1e-8, "ECI of the package");
    expect_vector(index.sectors, trade.product, json_object_get(package, "complexity_index_product"), 1e-9,
                  1e-8, "PCI of the package");
    const struct uf_complexity_options atlas = {UF_DEVIATION_POPULATION, UF_SCALE_REGIONS};
    assert_ok(uf_complexity(trade.presence, &atlas, index.regions, index.sectors, &fit, &error), &error);
    expect_vector(index.regions, trade.country, json_object_get(own, "eci_atlas_popsd"), 1e-9, 1e-8,
                  "Atlas ECI");
    expect_vector(index.sectors, trade.product, json_object_get(own, "pci_atlas_eci_scaled"), 1e-9, 1e-8,
                  "Atlas PCI");
    pair_free(&index);
    json_decref(json);
    world_trade_free(&trade);
}

static void fitness_agrees_at_each_number_of_iterations(void **state)
{
    (void)state;
    struct world_trade trade = world_trade_read();
    json_t *json = world_results();
    struct pair index = pair_new(&trade);
    static const struct {
        const char *id;
        size_t updates;
        double extremality;
    } cases[] = {{"ec_fitness_2", 1, 1},    {"ec_fitness_10", 9, 1},    {"ec_fitness", 19, 1},
                 {"ec_fitness_100", 99, 1}, {"ec_fitness_200", 199, 1}, {"ec_fitness_extremality2", 19, 2}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct uf_fitness_options options = {cases[i].extremality, -1, cases[i].updates};
        struct uf_fitness_fit fit;
        struct uf_error error;
        assert_ok(uf_complexity_fitness(trade.presence, &options, index.regions, index.sectors, &fit, &error),
                  &error);
        assert_int_equal(fit.iterations, cases[i].updates);
        const json_t *expected = peer_value(json, cases[i].id);
        expect_vector(index.regions, trade.country, json_object_get(expected, "complexity_index_country"),
                      1e-14, 1e-8, cases[i].id);
        expect_vector(index.sectors, trade.product, json_object_get(expected, "complexity_index_product"),
                      1e-14, 1e-8, cases[i].id);
    }
    pair_free(&index);
    json_decref(json);
    world_trade_free(&trade);
}

static void z_scores(gsl_vector *x)
{
    double mean = 0, squares = 0, n = (double)x->size;
    for (size_t i = 0; i < x->size; i++) mean += gsl_vector_get(x, i) / n;
    for (size_t i = 0; i < x->size; i++) squares += pow(gsl_vector_get(x, i) - mean, 2);
    for (size_t i = 0; i < x->size; i++)
        gsl_vector_set(x, i, (gsl_vector_get(x, i) - mean) / sqrt(squares / (n - 1)));
}

static void reflections_agree(void **state)
{
    (void)state;
    struct world_trade trade = world_trade_read();
    json_t *json = world_results();
    struct pair index = pair_new(&trade), odd = pair_new(&trade);
    struct uf_error error;
    static const char *const steps[] = {"eg_morc_0", "eg_morc_1", "eg_morc_2"};
    for (size_t n = 0; n < 3; n++) {
        assert_ok(uf_complexity_reflections(trade.presence, n, index.regions, index.sectors, &error), &error);
        expect_vector(index.regions, trade.country, peer_value(json, steps[n]), 0, 1e-12, steps[n]);
    }
    assert_ok(uf_complexity_reflections(trade.presence, 18, index.regions, index.sectors, &error), &error);
    assert_ok(uf_complexity_reflections(trade.presence, 19, odd.regions, odd.sectors, &error), &error);
    z_scores(index.regions);
    z_scores(odd.sectors);
    /* After so many steps all are nearly alike: what is left of the differences has some seven digits. */
    const json_t *expected = peer_value(json, "ec_reflections");
    expect_vector(index.regions, trade.country, json_object_get(expected, "complexity_index_country"), 5e-7,
                  5e-7, "reflections of countries");
    expect_vector(odd.sectors, trade.product, json_object_get(expected, "complexity_index_product"), 5e-7,
                  5e-7, "reflections of products");
    pair_free(&odd);
    pair_free(&index);
    json_decref(json);
    world_trade_free(&trade);
}

static double row_sum(const gsl_matrix *matrix, size_t row)
{
    double sum = 0;
    for (size_t j = 0; j < matrix->size2; j++) sum += gsl_matrix_get(matrix, row, j);
    return sum;
}

static void proximity_density_and_outlook_agree(void **state)
{
    (void)state;
    struct world_trade trade = world_trade_read();
    json_t *json = world_results();
    struct pair index = pair_new(&trade);
    size_t n = trade.n_products;
    gsl_matrix *proximity = gsl_matrix_alloc(n, n), *density = gsl_matrix_alloc(trade.n_countries, n);
    gsl_vector *outlook = gsl_vector_alloc(trade.n_countries);
    struct uf_complexity_fit fit;
    struct uf_error error;
    assert_ok(uf_complexity(trade.presence, NULL, index.regions, index.sectors, &fit, &error), &error);
    assert_ok(uf_co_occurrence(trade.presence, proximity, &error), &error);
    assert_ok(uf_relatedness(proximity, trade.n_countries, UF_RELATEDNESS_MIN_CONDITIONAL,
                             UF_BASE_OCCURRENCES, proximity, &error),
              &error);
    const json_t *block = peer_value(json, "ec_proximity_block"),
                 *sums = peer_value(json, "ec_proximity_rowsums");
    for (size_t i = 0; i < 25; i++)
        for (size_t j = 0; j < 25; j++)
            if (i != j)
                expect_close(gsl_matrix_get(proximity, i, j),
                             peer_cell(block, trade.product[i], trade.product[j]), 1e-12, "proximity");
    for (size_t i = 0; i < n; i++) /* the package's diagonal is 1 */
        expect_close(row_sum(proximity, i) + 1, peer_named(sums, trade.product[i]), 1e-10,
                     "sum of proximities");
    assert_ok(uf_relatedness_density(proximity, trade.presence, true, density, &error), &error);
    const json_t *means = peer_value(json, "ec_density_rowmeans"),
                 *cells = peer_value(json, "ec_density_block");
    for (size_t r = 0; r < trade.n_countries; r++)
        expect_close(row_sum(density, r) / (double)n, peer_named(means, trade.country[r]), 1e-10,
                     "mean density");
    for (size_t r = 0; r < 25; r++)
        for (size_t s = 0; s < 25; s++)
            expect_close(gsl_matrix_get(density, r, s), peer_cell(cells, trade.country[r], trade.product[s]),
                         1e-10, "density");
    struct uf_outlook_options options = {.own = true};
    assert_ok(
        uf_complexity_outlook(trade.presence, proximity, index.sectors, &options, outlook, density, &error),
        &error);
    const json_t *gains = peer_value(json, "ec_outlook_gain_rowsums");
    expect_vector(outlook, trade.country, peer_value(json, "ec_outlook_index"), 1e-8, 1e-8, "outlook index");
    for (size_t r = 0; r < trade.n_countries; r++)
        expect_within(row_sum(density, r), peer_named(gains, trade.country[r]), 1e-7, "outlook gain");
    options.subtract_distance = true;
    assert_ok(
        uf_complexity_outlook(trade.presence, proximity, index.sectors, &options, outlook, density, &error),
        &error);
    gains = peer_value(json, "own_cog_atlas_minus_distance_rowsums");
    for (size_t r = 0; r < trade.n_countries; r++)
        expect_within(row_sum(density, r), peer_named(gains, trade.country[r]), 1e-6, "the Atlas's gain");
    gsl_vector_free(outlook);
    gsl_matrix_free(density);
    gsl_matrix_free(proximity);
    pair_free(&index);
    json_decref(json);
    world_trade_free(&trade);
}

static void the_network_of_the_paper(void **state)
{
    (void)state;
    json_t *json = load_json(need_shared("reference/peers/results/complexity_hh2009_toy.json"));
    double cells[] = {1, 1, 1, 1, 0, 1, 0, 0, 0, 0, 1, 1, 0, 0, 0, 1};
    gsl_matrix_view presence = gsl_matrix_view_array(cells, 4, 4);
    gsl_vector *regions = gsl_vector_alloc(4), *sectors = gsl_vector_alloc(4);
    struct uf_complexity_fit fit;
    struct uf_error error;
    assert_ok(uf_complexity(&presence.matrix, NULL, regions, sectors, &fit, &error), &error);
    const json_t *own = peer_value(json, "own_eci_svd");
    expect_close(fit.eigenvalue, peer_item(own, "eigenvalues", 1), 1e-12, "second eigenvalue");
    expect_close(fit.next_eigenvalue, peer_item(own, "eigenvalues", 2), 1e-12, "third eigenvalue");
    /* Its sign is that of the correlation with diversity, here −0.05 for the vector as given. */
    double sign =
        gsl_vector_get(regions, 0) * peer_item(json_object_get(own, "eci_z_n1"), "values", 0) < 0 ? -1 : 1;
    for (size_t i = 0; i < 4; i++) {
        expect_close(sign * gsl_vector_get(regions, i),
                     peer_item(json_object_get(own, "eci_z_n1"), "values", i), 1e-9, "ECI");
        expect_close(sign * gsl_vector_get(sectors, i),
                     peer_item(json_object_get(own, "pci_z_n1"), "values", i), 1e-9, "PCI");
    }
    assert_true(fit.diversity_correlation >= 0);
    gsl_vector_free(regions);
    gsl_vector_free(sectors);
    json_decref(json);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_index_is_the_second_singular_vector),
        cmocka_unit_test(fitness_agrees_at_each_number_of_iterations), cmocka_unit_test(reflections_agree),
        cmocka_unit_test(proximity_density_and_outlook_agree), cmocka_unit_test(the_network_of_the_paper)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
