// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The priority map of 16 German Länder × 17 sections, from the figures to the table, against R (s3_practice): density
 * of binary relatedness, complexity 0 to 100, quadrants; and the entry model against R's glm and lm with a sandwich
 * clustered by region, on figures made by a formula.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <utfall/priority.h>

#include "support/activity_panel.h"
#include "support/peer_results.h"
#include "support/test.h"

static const char *const as_balland[] = {"measure",      "probability", "base", "co-occurrences",
                                         "related-from", "1",           NULL};

static struct uf_panel *laender_panel(const struct laender *laender)
{
    static char text[16 * 17 * 64];
    size_t used = (size_t)snprintf(text, sizeof text, "region,sector,year,jobs\n");
    for (size_t r = 0; r < laender->n_regions; r++)
        for (size_t s = 0; s < laender->n_sectors; s++)
            used += (size_t)snprintf(text + used, sizeof text - used, "%s,%s,2015,%.0f\n", laender->region[r],
                                     laender->sector[s], gsl_matrix_get(laender->value, r, s));
    return activity_panel(text);
}

static const char *quadrant_of(const json_t *value, size_t r, size_t s)
{
    return json_string_value(json_array_get(json_array_get(json_object_get(value, "values"), r), s));
}

static void expect_same_words(const char *ours, const char *theirs)
{
    assert_int_equal(ours == NULL, theirs == NULL);
    for (; ours && *ours; ours++, theirs++) assert_int_equal(*ours == '-' ? '_' : *ours, *theirs);
}

static void laender_as_balland_maps_them(void **state)
{
    (void)state;
    struct laender laender = laender_read();
    json_t *json = load_json(need_shared("reference/peers/results/s3_practice.json"));
    const json_t *density = peer_value(json, "balland_density_binary_unrounded"),
                 *complexity = peer_value(json, "complexity_0_100"), *quadrant = peer_value(json, "quadrant");
    struct uf_panel *panel = laender_panel(&laender);
    struct uf_result result;
    struct uf_error error;
    assert_ok(activity_run(&uf_method_priority_map, panel, UF_ENGLISH, as_balland, &result, &error), &error);
    size_t placed = 0;
    for (size_t r = 0; r < laender.n_regions; r++)
        for (size_t s = 0; s < laender.n_sectors; s++) {
            const char *region = laender.region[r], *sector = laender.sector[s];
            expect_within(100 * activity_cell(&result, "priority-map", region, sector, "density", NULL),
                          peer_cell(density, region, sector), 1e-10, "density");
            expect_within(activity_cell(&result, "priority-map", region, sector, "benefit", NULL),
                          peer_named(complexity, sector), 1e-7, "complexity 0-100");
            expect_same_words(activity_text(&result, "priority-map", region, sector, "quadrant"),
                              quadrant_of(quadrant, r, s));
            placed += quadrant_of(quadrant, r, s) != NULL;
        }
    assert_int_equal(uf_table_rows(uf_result_table(&result, "priority-candidates")), placed);
    /* 17 broad sections: the index means nothing, and the map says so as `complexity` does */
    assert_int_equal(uf_result_note(&result, "complexity-means-little")->severity, UF_WARNING);
    uf_result_clear(&result);
    uf_panel_free(panel);
    json_decref(json);
    laender_free(&laender);
}

enum { N_REGIONS = 12, N_SECTORS = 15 };
struct history {
    gsl_matrix *before, *after, *density;
    gsl_vector *benefit;
};
static struct history history_new(void)
{
    struct history h = {gsl_matrix_alloc(N_REGIONS, N_SECTORS), gsl_matrix_alloc(N_REGIONS, N_SECTORS),
                        gsl_matrix_alloc(N_REGIONS, N_SECTORS), gsl_vector_alloc(N_SECTORS)};
    for (size_t r = 0; r < N_REGIONS; r++)
        for (size_t s = 0; s < N_SECTORS; s++) {
            double density = (double)((13 * r + 29 * s + r * s) % 37) / 37;
            gsl_matrix_set(h.before, r, s, (7 * r + 3 * s) % 5 < 2);
            gsl_matrix_set(h.density, r, s, density);
            gsl_matrix_set(h.after, r, s,
                           (double)((r * r + 5 * s + 3 * r * s) % 11) / 11 < 0.15 + 0.7 * density);
            gsl_vector_set(h.benefit, s, (double)(7 * s));
        }
    return h;
}
static void history_free(struct history *h)
{
    gsl_matrix_free(h->before);
    gsl_matrix_free(h->after);
    gsl_matrix_free(h->density);
    gsl_vector_free(h->benefit);
}

static const struct {
    bool exits, benefit;
    enum uf_entry_form form;
    size_t n, events;
    double coefficient[3], error[3];
} fits[] = {
    {false,
     false,
     UF_ENTRY_LOGIT,
     108,
     58,
     {-1.685389089838394, 3.969306853422884},
     {0.2817397518478212, 0.6816292932120059}},
    {false,
     false,
     UF_ENTRY_LINEAR,
     108,
     58,
     {0.1391603151888861, 0.8403358247913382},
     {0.04585747691188476, 0.09909146924644058}},
    {false,
     true,
     UF_ENTRY_LOGIT,
     108,
     58,
     {-1.457063026472406264, 3.956241063172824202, -0.004513015788235513},
     {0.341436343526385744, 0.699099307131916037, 0.005996170556913343}},
    {true,
     false,
     UF_ENTRY_LOGIT,
     72,
     31,
     {1.155277654193942, -2.832724952542375},
     {0.3928769535246624, 0.7638014946578862}},
    {true,
     false,
     UF_ENTRY_LINEAR,
     72,
     31,
     {0.7633333558968669, -0.6377842159059375},
     {0.08362067222899235, 0.14173313128474452}},
    {true,
     true,
     UF_ENTRY_LOGIT,
     72,
     31,
     {1.045138509054953868, -2.859599980336115621, 0.002538944302227689},
     {0.413099052689511803, 0.819168072403989478, 0.008807731111670302}},
};

static void entry_models_of_r(void **state)
{
    (void)state;
    struct history h = history_new();
    for (size_t i = 0; i < sizeof fits / sizeof *fits; i++) {
        struct uf_entry_fit fit;
        struct uf_error error;
        assert_ok(uf_entry_model(h.before, h.after, h.density, fits[i].benefit ? h.benefit : NULL,
                                 fits[i].exits, fits[i].form, &fit, &error),
                  &error);
        assert_int_equal(fit.n_cells, fits[i].n);
        assert_int_equal(fit.n_events, fits[i].events);
        assert_int_equal(fit.n_regions, N_REGIONS);
        assert_int_equal(fit.n_terms, fits[i].benefit ? 3 : 2);
        for (size_t j = 0; j < fit.n_terms; j++) {
            expect_close(fit.coefficient[j], fits[i].coefficient[j], 1e-9, "coefficient");
            expect_close(fit.standard_error[j], fits[i].error[j], 1e-9, "clustered error");
        }
    }
    struct uf_entry_fit fit;
    struct uf_error error;
    assert_ok(uf_entry_model(h.before, h.after, h.density, NULL, false, UF_ENTRY_LOGIT, &fit, &error),
              &error);
    expect_close(fit.marginal, 0.7570098820728191, 1e-10, "mean marginal change");
    expect_close(fit.p[1], 1.153003140636120e-04, 1e-8, "p");
    history_free(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(laender_as_balland_maps_them),
                                       cmocka_unit_test(entry_models_of_r)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
