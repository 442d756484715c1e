// SPDX-License-Identifier: GPL-3.0-or-later
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "profile/panel_activity.h"
#include "profile/spatial_neighbours.h"
#include "profile/spatial_study.h"

static const char *const island_choices[] = {"kept", "not-counted", "left-out", NULL};
static const char *const tail_choices[] = {"two-sided", "folded", NULL};

static void study_clear(struct spatial_study *study)
{
    panel_series_clear(&study->series);
    uf_spatial_weights_clear(&study->weights);
    rounding_bands_clear(&study->bands);
    void *const all[] = {study->used, study->place, study->x,    study->local,   study->drawn,
                         study->lag,  study->q,     study->star, study->quadrant};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) free(all[i]);
    *study = (struct spatial_study){0};
}

/* Regions without a value are left out with their links; then, where asked, those without a neighbour among the others. */
static uf_status choose(struct spatial_study *study, const struct uf_spatial_weights *all,
                        const struct uf_options *options, struct uf_result *result, struct uf_error *error)
{
    const size_t n = study->series.n_regions;
    bool *missing = calloc(n + 1, sizeof *missing);
    if (!missing) return uf_fail_memory(error);
    uf_value_status reasons = 0;
    for (size_t r = 0; r < n; r++) {
        size_t k = panel_series_at(&study->series, r, study->period);
        missing[r] = !study->used[r];
        if (missing[r]) reasons |= study->series.status[k];
    }
    uf_status status = panel_series_tell_missing(&study->series, missing, reasons, result, error);
    free(missing);
    UF_TRY(status);
    UF_TRY(uf_spatial_weights_subset(all, study->used, &study->weights, error));
    if (!strcmp(uf_options_text(options, "islands"), "left-out")) {
        for (size_t r = 0, i = 0; r < n; r++)
            if (study->used[r]) {
                study->used[r] = spatial_study_neighbours(study, i) > 0;
                i++;
            }
        uf_spatial_weights_clear(&study->weights);
        UF_TRY(uf_spatial_weights_subset(all, study->used, &study->weights, error));
    }
    for (size_t r = 0; r < n; r++)
        if (study->used[r]) study->place[r] = study->n++;
    return UF_OK;
}

static uf_status prepare(struct spatial_study *study, const struct uf_panel *panel,
                         const struct uf_options *options, const struct uf_context *context,
                         struct uf_result *result, struct uf_error *error)
{
    UF_TRY(panel_activity_period(panel, options, "period", true, &study->period, error));
    UF_TRY(panel_series_new(panel, options, context->language, &study->series, error));
    const size_t n = study->series.n_regions;
    study->used = calloc(n + 1, sizeof *study->used);
    study->place = calloc(n + 1, sizeof *study->place);
    if (!study->used || !study->place) return uf_fail_memory(error);
    for (size_t r = 0; r < n; r++)
        study->used[r] = !isnan(study->series.value[panel_series_at(&study->series, r, study->period)]);
    struct uf_spatial_weights all = {0};
    UF_TRY(spatial_neighbours_find(&study->series, study->used, options, context, result, &all, error));
    uf_status status = choose(study, &all, options, result, error);
    uf_spatial_weights_clear(&all);
    UF_TRY(status);
    study->row_standardised = !strcmp(uf_options_text(options, "style"), "row");
    if (study->row_standardised) uf_spatial_weights_row_standardise(&study->weights);
    study->count_islands = strcmp(uf_options_text(options, "islands"), "not-counted") != 0;
    study->folded = !strcmp(uf_options_text(options, "p"), "folded");
    study->level = uf_options_number(options, "false-discovery");
    if (!(study->level > 0 && study->level < 1))
        return uf_fail(error, UF_BAD_USAGE,
                       "The option 'false-discovery' is %g; expected a share between 0 and 1, as 0.05.",
                       study->level);
    return UF_OK;
}

static uf_status allocate(struct spatial_study *study, struct uf_error *error)
{
    const size_t n = study->n + 1;
    study->x = calloc(n, sizeof *study->x);
    study->local = calloc(n, sizeof *study->local);
    study->drawn = calloc(n, sizeof *study->drawn);
    study->lag = calloc(n, sizeof *study->lag);
    study->q = calloc(n, sizeof *study->q);
    study->star = calloc(n, sizeof *study->star);
    study->quadrant = calloc(n, sizeof *study->quadrant);
    bool ok =
        study->x && study->local && study->drawn && study->lag && study->q && study->star && study->quadrant;
    return ok ? UF_OK : uf_fail_memory(error);
}

static uf_status compute_global(struct spatial_study *study, const struct uf_spatial_draws *draws,
                                struct uf_error *error)
{
    static const struct uf_spatial_moments none = {NAN, NAN, NAN};
    bool negative = false;
    for (size_t i = 0; i < study->n; i++) negative = negative || study->x[i] < 0;
    for (int s = 0; s < UF_SPATIAL_STATISTICS; s++) {
        study->global[s] = (struct uf_spatial_test){NAN, NAN, none, none, study->n};
        if (s == UF_SPATIAL_GETIS_ORD && negative) continue;
        UF_TRY(uf_spatial_global(&study->weights, study->x, (enum uf_spatial_statistic)s,
                                 study->count_islands, &study->global[s], error));
    }
    return uf_spatial_global_permutation(&study->weights, study->x, draws, study->global_drawn, error);
}

static uf_status compute(struct spatial_study *study, const struct uf_options *options,
                         const struct uf_context *context, struct uf_error *error)
{
    UF_TRY(allocate(study, error));
    for (size_t r = 0; r < study->series.n_regions; r++)
        if (study->used[r])
            study->x[study->place[r]] =
                study->series.value[panel_series_at(&study->series, r, study->period)];
    const struct uf_spatial_draws draws = {.draws = uf_options_count(options, "permutations"),
                                           .seed = context->seed,
                                           .threads = context->threads,
                                           .progress = context->progress,
                                           .user = context->user};
    if (draws.draws == 0)
        return uf_fail(
            error, UF_BAD_USAGE,
            "0 permutations make no distribution; give the option 'permutations' a number from 2, as 9999.");
    UF_TRY(compute_global(study, &draws, error));
    UF_TRY(uf_local_moran(&study->weights, study->x, study->local, error));
    UF_TRY(uf_local_moran_permutation(&study->weights, study->x, &draws, study->drawn, error));
    UF_TRY(uf_local_getis_ord(&study->weights, study->x, true, study->star, error));
    uf_spatial_lag(&study->weights, study->x, study->lag);
    uf_spatial_quadrants(&study->weights, study->x, study->quadrant);
    const double n = (double)study->n;
    for (size_t i = 0; i < study->n; i++) study->mean += study->x[i] / n;
    for (size_t i = 0; i < study->n; i++)
        study->deviation += (study->x[i] - study->mean) * (study->x[i] - study->mean) / n;
    study->deviation = sqrt(study->deviation);
    double *p = malloc((study->n + 1) * sizeof *p);
    if (!p) return uf_fail_memory(error);
    for (size_t i = 0; i < study->n; i++) p[i] = spatial_study_p(study, &study->drawn[i]);
    uf_status status = uf_false_discovery_rate(p, study->n, study->q, error);
    free(p);
    return status;
}

/* What cannot be told is said where the reader looks, too. */
static uf_status refuse(const struct spatial_study *study, const struct uf_error *reason,
                        struct uf_result *result, struct uf_error *error)
{
    static const struct uf_words text = {"Spatial autocorrelation cannot be computed: {0}",
                                         "Rumslig autokorrelation kan inte beräknas: {0}"};
    static const struct uf_words advice = {"Choose a period with figures for more regions, or other "
                                           "neighbours (weights, neighbours, k, distance).",
                                           "Välj en period med uppgifter för fler regioner, eller andra "
                                           "grannar (weights, neighbours, k, distance)."};
    struct uf_argument argument = uf_text_argument(reason->message);
    return uf_result_add_note(result, study->series.language, UF_FATAL, "no-autocorrelation", text, advice,
                              &argument, 1, error);
}

static uf_status run(const struct uf_panel *panel, const struct uf_options *options,
                     const struct uf_context *context, struct uf_result *result, struct uf_error *error)
{
    struct spatial_study study = {0};
    struct uf_error reason = {0};
    result->claim = UF_CLAIM_DESCRIPTION;
    uf_status status = prepare(&study, panel, options, context, result, &reason);
    if (status == UF_OK) status = compute(&study, options, context, &reason);
    if (status == UF_OK) status = spatial_draw(&study, options, context, &reason);
    if (status == UF_NOT_IDENTIFIED) {
        uf_status told = refuse(&study, &reason, result, &reason);
        if (told != UF_OK) status = told;
    }
    if (status == UF_OK) status = spatial_tables_add(&study, result, &reason);
    if (status == UF_OK) status = spatial_tell(&study, result, &reason);
    if (status == UF_OK) status = rounding_bands_tell(&study.bands, study.series.language, result, &reason);
    study_clear(&study);
    if (status != UF_OK && error) *error = reason;
    return status;
}

static const struct uf_option options_list[] = {
    {"period", UF_OPTION_PERIOD, NULL, NULL, "The period described; default the last with values", false},
    PANEL_SERIES_OPTIONS,
    SPATIAL_NEIGHBOURS_OPTIONS,
    {"islands", UF_OPTION_CHOICE, "kept", island_choices,
     "Regions without neighbours: kept, kept but not counted in the formulas, or left out", false},
    {"permutations", UF_OPTION_COUNT, "9999", NULL, "Random draws for the p-values", false},
    {"p", UF_OPTION_CHOICE, "two-sided", tail_choices,
     "p of both sides, or of the side where the statistic lies", false},
    {"false-discovery", UF_OPTION_NUMBER, "0.05", NULL,
     "False discovery rate at which a region stands out from chance", false},
    ROUNDING_DRAWS_OPTION,
};

static const struct uf_scatter_hint moran_scatter = {
    .reference_x = 0,
    .x_low = "z_value_low",
    .x_high = "z_value_high",
    .fit = true,
    .x_label = {"The region (standard deviations from the mean)",
                "Regionen (standardavvikelser från medelvärdet)"},
    .quadrants = {{"High among high", "Hög bland höga"},
                  {"Low among high", "Låg bland höga"},
                  {"Low among low", "Låg bland låga"},
                  {"High among low", "Hög bland låga"}},
};

static const struct uf_chart_hint charts[] = {
    {.kind = "scatter",
     .table = "spatial-regions",
     .title = {"Regions and their neighbours, {3}. {0}", "Regioner och deras grannar, {3}. {0}"},
     .value_label = {"Its neighbours (standard deviations)", "Dess grannar (standardavvikelser)"},
     .value = "z_lag",
     .low = "z_lag_low",
     .high = "z_lag_high",
     .x = "z_value",
     .label = "label",
     .reference = 0,
     .scatter = &moran_scatter},
    {.kind = "tile-map",
     .table = "spatial-regions",
     .title = {"High and low surroundings (G*), {3}. {0}", "Höga och låga omgivningar (G*), {3}. {0}"},
     .value_label = {"G*: standard deviations from what chance gives",
                     "G*: standardavvikelser från det slumpen ger"},
     .value = "g_star",
     .label = "label",
     .reference = 0},
};

static const char *const sources[] = {
    "Cliff, A. D. & Ord, J. K. (1981). Spatial Processes: Models and Applications. Pion.",
    "Getis, A. & Ord, J. K. (1992). The analysis of spatial association by use of distance statistics. "
    "Geographical Analysis 24(3), 189–206.",
    "Anselin, L. (1995). Local indicators of spatial association – LISA. Geographical Analysis 27(2), "
    "93–115.",
    "Ord, J. K. & Getis, A. (1995). Local spatial autocorrelation statistics. Geographical Analysis 27(4), "
    "286–306.",
    "Sokal, R. R., Oden, N. L. & Thomson, B. A. (1998). Local spatial autocorrelation in a biological model. "
    "Geographical Analysis 30(4), 331–354.",
    "Benjamini, Y. & Hochberg, Y. (1995). Controlling the false discovery rate. Journal of the Royal "
    "Statistical "
    "Society B 57(1), 289–300.",
    NULL,
};

const struct uf_method uf_method_spatial = {
    .name = "spatial",
    .family = UF_FAMILY_PROFILE,
    .title = {"Spatial autocorrelation", "Rumslig autokorrelation"},
    .summary =
        {"Are neighbours alike? Moran's I, Geary's C, Getis and Ord's G, and the regions that stand out",
         "Är grannar lika? Morans I, Gearys C, Getis och Ords G, och de regioner som sticker ut"},
    .formula_note =
        {"Moran's I is the slope of the neighbours' mean on the region's own value; it is −1/(n − 1) on "
         "average if "
         "values lie at random, and higher where neighbours are alike. Geary's C is 1 at random and lower "
         "where "
         "neighbours are alike. The local figure of a region is its own deviation times its neighbours' mean "
         "deviation, over the variance. Its p comes from permutations: the region keeps its value, its "
         "neighbours get "
         "values drawn without replacement from all others; p = 2(b + 1)/(draws + 1), b the draws at least "
         "as far out "
         "on that side. Over all regions the false discovery rate is held by Benjamini and Hochberg's rule.",
         "Morans I är lutningen för grannarnas medelvärde mot regionens eget värde; i genomsnitt −1/(n − 1) "
         "om värdena "
         "ligger slumpmässigt, och högre när grannar liknar varandra. Gearys C är 1 vid slump och lägre när "
         "grannar "
         "liknar varandra. En regions lokala mått är dess egen avvikelse gånger grannarnas genomsnittliga "
         "avvikelse, "
         "delat med variansen. Dess p-värde kommer från permutationer: regionen behåller sitt värde, "
         "grannarna får "
         "värden dragna utan återläggning ur alla andras; p = 2(b + 1)/(dragningar + 1), där b är de "
         "dragningar som "
         "ligger minst lika långt ut åt samma håll. Över alla regioner begränsas andelen falska fynd med "
         "Benjamini "
         "och Hochbergs regel."},
    .sources = sources,
    .options = options_list,
    .n_options = sizeof options_list / sizeof *options_list,
    .charts = charts,
    .n_charts = sizeof charts / sizeof *charts,
    .run = run,
};
