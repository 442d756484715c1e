// SPDX-License-Identifier: GPL-3.0-or-later
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/complexity.h>

#include "base/fail.h"
#include "profile/complexity_notes.h"
#include "profile/findings.h"
#include "profile/ranking.h"
#include "profile/tidy.h"

enum { REFLECTIONS_DEFAULT = 18 };

static void indices_clear(struct complexity_indices *x)
{
    panel_network_clear(&x->network);
    gsl_vector *const all[] = {
        x->eci, x->pci, x->fitness, x->complexity, x->outlook, x->region_reflections, x->sector_reflections};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) gsl_vector_free(all[i]);
    gsl_matrix_free(x->gain);
    rounding_bands_clear(&x->drawn);
    *x = (struct complexity_indices){0};
}

static uf_status allocate(struct complexity_indices *x, struct uf_error *error)
{
    gsl_vector **const regions[] = {&x->eci, &x->fitness, &x->outlook, &x->region_reflections};
    gsl_vector **const sectors[] = {&x->pci, &x->complexity, &x->sector_reflections};
    x->gain = gsl_matrix_alloc(x->network.n_regions, x->network.n_sectors);
    bool ok = x->gain != NULL;
    for (size_t i = 0; i < 4; i++) ok = (*regions[i] = gsl_vector_alloc(x->network.n_regions)) != NULL && ok;
    for (size_t i = 0; i < 3; i++) ok = (*sectors[i] = gsl_vector_alloc(x->network.n_sectors)) != NULL && ok;
    return ok ? UF_OK : uf_fail_memory(error);
}

/* --- computing --------------------------------------------------------------------------------- */

static struct uf_complexity_options complexity_options(const struct uf_options *options)
{
    bool population = !strcmp(uf_options_text(options, "sd"), "population");
    bool regions = !strcmp(uf_options_text(options, "sector-scale"), "regions");
    return (struct uf_complexity_options){population ? UF_DEVIATION_POPULATION : UF_DEVIATION_SAMPLE,
                                          regions ? UF_SCALE_REGIONS : UF_SCALE_OWN};
}

static uf_status compute_spectral(struct complexity_indices *x, const struct uf_options *options,
                                  struct uf_result *result, struct uf_error *error)
{
    struct uf_error inner = {0};
    const struct uf_complexity_options wanted = complexity_options(options);
    uf_status status = uf_complexity(x->network.presence, &wanted, x->eci, x->pci, &x->fit, &inner);
    if (status == UF_OK) return UF_OK;
    if (status == UF_NOT_IDENTIFIED) UF_TRY(complexity_explain_refusal(x, inner.message, result, error));
    if (error) *error = inner;
    return status;
}

static uf_status compute_outlook(struct complexity_indices *x, const struct uf_options *options,
                                 struct uf_error *error)
{
    const struct uf_outlook_options wanted = {uf_options_flag(options, "own"),
                                              uf_options_flag(options, "subtract-distance")};
    gsl_matrix *related = NULL;
    UF_TRY(panel_network_relatedness(&x->network, options, &related, error));
    uf_status status =
        uf_complexity_outlook(x->network.presence, related, x->pci, &wanted, x->outlook, x->gain, error);
    gsl_matrix_free(related);
    return status;
}

static uf_status compute(struct complexity_indices *x, const struct uf_options *options,
                         const struct uf_context *context, struct uf_result *result, struct uf_error *error)
{
    const double extremality = uf_options_number(options, "extremality");
    if (!(extremality > 0))
        return uf_fail(error, UF_BAD_USAGE,
                       "The option 'extremality' is %g; expected a number above 0, as 1.", extremality);
    UF_TRY(allocate(x, error));
    UF_TRY(compute_spectral(x, options, result, error));
    const gsl_matrix *presence = x->network.presence;
    size_t iterations = uf_options_count(options, "iterations");
    const struct uf_fitness_options fitness = {extremality, iterations == SIZE_MAX ? 0 : -1,
                                               iterations == SIZE_MAX ? 0 : iterations};
    UF_TRY(uf_complexity_fitness(presence, &fitness, x->fitness, x->complexity, &x->iterated, error));
    x->reflections = uf_options_count(options, "reflections");
    if (x->reflections == SIZE_MAX) x->reflections = REFLECTIONS_DEFAULT;
    UF_TRY(uf_complexity_reflections(presence, x->reflections, x->region_reflections, x->sector_reflections,
                                     error));
    UF_TRY(compute_outlook(x, options, error));
    const struct uf_complexity_options spectral = complexity_options(options);
    return complexity_draw(x, &spectral, options, context, error);
}

/* --- tables ------------------------------------------------------------------------------------ */

/* A number with its band at a place of the drawn ones. */
static void drawn_number(struct tidy_row *row, const struct complexity_indices *x, double value, size_t at)
{
    const uf_value_status none = UF_VALUE_NOT_APPLICABLE; /* takes no part, or exact figures */
    const bool drawn = x->drawn.low != NULL && !isnan(value);
    tidy_banded(row, value, drawn ? x->drawn.low[at] : (double)NAN, drawn ? x->drawn.high[at] : (double)NAN,
                none, none);
}

static double mean_ubiquity(const struct panel_network *n, size_t region)
{
    double sum = 0;
    for (size_t s = 0; s < n->n_sectors; s++)
        if (gsl_matrix_get(n->presence, region, s) > 0) sum += (double)n->ubiquity[s];
    return sum / (double)n->diversity[region];
}

static uf_status region_table(const struct complexity_indices *x, struct uf_table **out,
                              struct uf_error *error)
{
    static const struct uf_words title = {"Complexity by region", "Komplexitet per region"};
    static const struct tidy_column columns[] = {
        {"unit", UF_COLUMN_TEXT, NULL, -1},   {"label", UF_COLUMN_TEXT, NULL, -1},
        {"period", UF_COLUMN_TEXT, NULL, -1}, TIDY_BANDED("eci", NULL, 3),
        TIDY_BANDED("rank", NULL, 0),         TIDY_BANDED("fitness", NULL, 3),
        TIDY_BANDED("fitness_rank", NULL, 0), TIDY_BANDED("reflections", NULL, 4),
        TIDY_BANDED("diversity", NULL, 0),    TIDY_BANDED("mean_ubiquity", NULL, 2),
        TIDY_BANDED("outlook", NULL, 3)};
    const struct panel_network *n = &x->network;
    struct uf_table *table = NULL;
    UF_TRY(tidy_table_new("complexity-regions", uf_words_in(title, x->language), columns,
                          sizeof columns / sizeof *columns, &table, error));
    uf_status status = UF_OK;
    for (size_t r = 0; r < n->n_regions && status == UF_OK; r++) {
        size_t diversity = n->diversity[r];
        struct tidy_row row = tidy_row_add(table, error);
        tidy_text(&row, panel_activity_region_code(&n->activity, r));
        tidy_text(&row, panel_activity_region_label(&n->activity, r));
        tidy_text(&row, panel_activity_period_code(&n->activity, 0));
        drawn_number(&row, x, gsl_vector_get(x->eci, r), complexity_region_at(x, REGION_ECI, r));
        drawn_number(&row, x, rank_from_top(x->eci, r), complexity_region_at(x, REGION_RANK, r));
        drawn_number(&row, x, gsl_vector_get(x->fitness, r), complexity_region_at(x, REGION_FITNESS, r));
        drawn_number(&row, x, rank_from_top(x->fitness, r), complexity_region_at(x, REGION_FITNESS_RANK, r));
        drawn_number(&row, x, gsl_vector_get(x->region_reflections, r),
                     complexity_region_at(x, REGION_REFLECTIONS, r));
        drawn_number(&row, x, (double)diversity, complexity_region_at(x, REGION_DIVERSITY, r));
        drawn_number(&row, x, diversity ? mean_ubiquity(n, r) : (double)NAN,
                     complexity_region_at(x, REGION_MEAN_UBIQUITY, r));
        drawn_number(&row, x, diversity ? gsl_vector_get(x->outlook, r) : (double)NAN,
                     complexity_region_at(x, REGION_OUTLOOK, r));
        status = row.status;
    }
    if (status != UF_OK)
        uf_table_free(table);
    else
        *out = table;
    return status;
}

static uf_status sector_table(const struct complexity_indices *x, struct uf_table **out,
                              struct uf_error *error)
{
    static const struct uf_words title = {"Complexity by sector", "Komplexitet per bransch"};
    static const struct tidy_column columns[] = {
        {"sector", UF_COLUMN_TEXT, NULL, -1}, {"sector_label", UF_COLUMN_TEXT, NULL, -1},
        {"period", UF_COLUMN_TEXT, NULL, -1}, TIDY_BANDED("pci", NULL, 3),
        TIDY_BANDED("rank", NULL, 0),         TIDY_BANDED("complexity", NULL, 3),
        TIDY_BANDED("reflections", NULL, 4),  TIDY_BANDED("ubiquity", NULL, 0)};
    const struct panel_network *n = &x->network;
    struct uf_table *table = NULL;
    UF_TRY(tidy_table_new("complexity-sectors", uf_words_in(title, x->language), columns,
                          sizeof columns / sizeof *columns, &table, error));
    uf_status status = UF_OK;
    for (size_t s = 0; s < n->n_sectors && status == UF_OK; s++) {
        struct tidy_row row = tidy_row_add(table, error);
        tidy_text(&row, panel_activity_sector_code(&n->activity, s));
        tidy_text(&row, panel_activity_sector_label(&n->activity, s));
        tidy_text(&row, panel_activity_period_code(&n->activity, 0));
        drawn_number(&row, x, gsl_vector_get(x->pci, s), complexity_sector_at(x, SECTOR_PCI, s));
        drawn_number(&row, x, rank_from_top(x->pci, s), complexity_sector_at(x, SECTOR_RANK, s));
        drawn_number(&row, x, gsl_vector_get(x->complexity, s),
                     complexity_sector_at(x, SECTOR_COMPLEXITY, s));
        drawn_number(&row, x, gsl_vector_get(x->sector_reflections, s),
                     complexity_sector_at(x, SECTOR_REFLECTIONS, s));
        drawn_number(&row, x, (double)n->ubiquity[s], complexity_sector_at(x, SECTOR_UBIQUITY, s));
        status = row.status;
    }
    if (status != UF_OK)
        uf_table_free(table);
    else
        *out = table;
    return status;
}

/* What each sector that a region lacks would add to its outlook. */
static uf_status gain_table(const struct complexity_indices *x, struct uf_table **out, struct uf_error *error)
{
    static const struct uf_words title = {"Gain in outlook by region and sector it lacks",
                                          "Vinst i utsikter per region och bransch den saknar"};
    static const struct tidy_column columns[] = {
        {"unit", UF_COLUMN_TEXT, NULL, -1},   {"label", UF_COLUMN_TEXT, NULL, -1},
        {"sector", UF_COLUMN_TEXT, NULL, -1}, {"sector_label", UF_COLUMN_TEXT, NULL, -1},
        {"period", UF_COLUMN_TEXT, NULL, -1}, TIDY_BANDED("gain", NULL, 3)};
    const struct panel_network *n = &x->network;
    struct uf_table *table = NULL;
    UF_TRY(tidy_table_new("complexity-gain", uf_words_in(title, x->language), columns,
                          sizeof columns / sizeof *columns, &table, error));
    uf_status status = UF_OK;
    for (size_t i = 0; i < n->n_regions * n->n_sectors && status == UF_OK; i++) {
        const size_t r = i / n->n_sectors, s = i % n->n_sectors;
        if (!n->diversity[r] || !n->ubiquity[s] || gsl_matrix_get(n->presence, r, s) > 0) continue;
        struct tidy_row row = tidy_row_add(table, error);
        tidy_text(&row, panel_activity_region_code(&n->activity, r));
        tidy_text(&row, panel_activity_region_label(&n->activity, r));
        tidy_text(&row, panel_activity_sector_code(&n->activity, s));
        tidy_text(&row, panel_activity_sector_label(&n->activity, s));
        tidy_text(&row, panel_activity_period_code(&n->activity, 0));
        drawn_number(&row, x, gsl_matrix_get(x->gain, r, s), complexity_gain_at(x, r, s));
        status = row.status;
    }
    if (status != UF_OK)
        uf_table_free(table);
    else
        *out = table;
    return status;
}

/* For the chart: a ranking is only drawn where the index means something. */
static uf_status ranking_table(const struct complexity_indices *x, struct uf_table **out,
                               struct uf_error *error)
{
    static const struct uf_words title = {"Regions by complexity", "Regioner efter komplexitet"};
    static const struct tidy_column columns[] = {
        {"unit", UF_COLUMN_TEXT, NULL, -1}, {"label", UF_COLUMN_TEXT, NULL, -1}, TIDY_BANDED("eci", NULL, 3)};
    struct uf_table *table = NULL;
    UF_TRY(tidy_table_new("complexity-ranking", uf_words_in(title, x->language), columns,
                          sizeof columns / sizeof *columns, &table, error));
    uf_status status = UF_OK;
    for (size_t r = 0; r < x->network.n_regions && status == UF_OK; r++) {
        if (isnan(gsl_vector_get(x->eci, r))) continue;
        struct tidy_row row = tidy_row_add(table, error);
        tidy_text(&row, panel_activity_region_code(&x->network.activity, r));
        tidy_text(&row, panel_activity_region_label(&x->network.activity, r));
        drawn_number(&row, x, gsl_vector_get(x->eci, r), complexity_region_at(x, REGION_ECI, r));
        status = row.status;
    }
    if (status == UF_OK) status = uf_table_sort(table, 2, true, error);
    if (status != UF_OK)
        uf_table_free(table);
    else
        *out = table;
    return status;
}

static uf_status add_results(const struct complexity_indices *x, struct uf_result *result,
                             struct uf_error *error)
{
    struct uf_table *table = NULL;
    UF_TRY(region_table(x, &table, error));
    UF_TRY(uf_result_take_table(result, table, error));
    if (!complexity_means_little(x)) {
        UF_TRY(ranking_table(x, &table, error));
        UF_TRY(uf_result_take_table(result, table, error));
    }
    UF_TRY(sector_table(x, &table, error));
    UF_TRY(uf_result_take_table(result, table, error));
    UF_TRY(gain_table(x, &table, error));
    UF_TRY(uf_result_take_table(result, table, error));
    UF_TRY(findings_table_new(&x->network.activity, "complexity-findings", complexity_sentence, x, &table,
                              error));
    UF_TRY(uf_result_take_table(result, table, error));
    UF_TRY(complexity_tell(x, result, error));
    return rounding_bands_tell(&x->drawn, x->language, result, error);
}

static uf_status run(const struct uf_panel *panel, const struct uf_options *options,
                     const struct uf_context *context, struct uf_result *result, struct uf_error *error)
{
    struct complexity_indices x = {.language = context->language};
    result->claim = UF_CLAIM_DESCRIPTION;
    UF_TRY(panel_network_new(panel, options, context->language, result, &x.network, error));
    uf_status status = compute(&x, options, context, result, error);
    if (status == UF_OK) status = add_results(&x, result, error);
    indices_clear(&x);
    return status;
}

static const char *const deviations[] = {"sample", "population", NULL};
static const char *const scales[] = {"own", "regions", NULL};
static const struct uf_option options_list[] = {
    PANEL_NETWORK_OPTIONS,
    {"sd", UF_OPTION_CHOICE, "sample", deviations,
     "Standard deviation of the z-scores: with n − 1, or with n", false},
    {"sector-scale", UF_OPTION_CHOICE, "own", scales,
     "Sectors as z-scores of their own, or with the mean and deviation of the regions' index", false},
    {"extremality", UF_OPTION_NUMBER, "1", NULL,
     "How much the least fit region decides a sector's complexity", false},
    {"iterations", UF_OPTION_COUNT, NULL, NULL, "Of fitness; default until nothing changes", false},
    {"reflections", UF_OPTION_COUNT, "18", NULL, "Steps of the method of reflections", false},
    PANEL_RELATEDNESS_OPTIONS,
    {"own", UF_OPTION_FLAG, "false", NULL, "A sector counts as related to itself in the outlook", false},
    {"subtract-distance", UF_OPTION_FLAG, "false", NULL,
     "The outlook's gain less what the sector's own complexity gives", false},
    ROUNDING_DRAWS_OPTION,
};

static const struct uf_chart_hint charts[] = {
    {.kind = "bars",
     .table = "complexity-ranking",
     .title = {"Economic complexity by region, {3}", "Ekonomisk komplexitet per region, {3}"},
     .value_label = {"Economic complexity index (z-score)", "Index för ekonomisk komplexitet (z-värde)"},
     .value = "eci",
     .low = "eci_low",
     .high = "eci_high",
     .label = "label",
     .reference = 0},
};

static const char *const sources[] = {
    "Hidalgo, C. A. & Hausmann, R. (2009). The building blocks of economic complexity. PNAS 106(26), "
    "10570–10575.",
    "Hausmann, R. et al. (2014). The Atlas of Economic Complexity. MIT Press.",
    "Tacchella, A., Cristelli, M., Caldarelli, G., Gabrielli, A. & Pietronero, L. (2012). A new metrics for "
    "countries’ "
    "fitness and products’ complexity. Scientific Reports 2, 723.",
    "Mealy, P., Farmer, J. D. & Teytelboym, A. (2019). Interpreting economic complexity. Science Advances "
    "5(1).",
    NULL,
};

const struct uf_method uf_method_complexity = {
    .name = "complexity",
    .family = UF_FAMILY_PROFILE,
    .title = {"Economic complexity", "Ekonomisk komplexitet"},
    .summary =
        {"Which regions have sectors that few others have? ECI and PCI, reflections, fitness, outlook",
         "Vilka regioner har branscher som få andra har? ECI och PCI, reflektioner, fitness, utsikter"},
    .formula_note =
        {"A sector is present in a region where its location quotient reaches the threshold. ECI is the "
         "eigenvector to "
         "the second largest eigenvalue of D⁻¹MU⁻¹M′ (M presence, D diversity, U ubiquity), PCI that of the "
         "sectors; "
         "both are z-scores, with the sign that makes ECI go with diversity. Fitness F = Σ M·Q and Q = "
         "1/Σ(M/F), "
         "divided by their means, iterated until nothing changes. The outlook adds up the complexity of the "
         "sectors "
         "a region lacks, weighted by relatedness density.",
         "En bransch är närvarande i en region där lokaliseringskvoten når gränsen. ECI är egenvektorn till "
         "det näst "
         "största egenvärdet av D⁻¹MU⁻¹M′ (M närvaro, D mångfald, U utbredning), PCI branschernas; båda är "
         "z-värden, "
         "med det tecken som låter ECI följa mångfalden. Fitness F = Σ M·Q och Q = 1/Σ(M/F), delade med sina "
         "medelvärden, upprepas tills inget ändras. Utsikterna summerar komplexiteten hos de branscher som "
         "regionen "
         "saknar, vägd med närhetstätheten."},
    .sources = sources,
    .options = options_list,
    .n_options = sizeof options_list / sizeof *options_list,
    .charts = charts,
    .n_charts = sizeof charts / sizeof *charts,
    .needs_sector = true,
    .run = run,
};
