// SPDX-License-Identifier: GPL-3.0-or-later
#include "profile/spatial_study.h"

#include <math.h>
#include <stdlib.h>

#include "base/fail.h"
#include "profile/tidy.h"

static const char *const quadrant_codes[] = {"", "high-high", "low-high", "low-low", "high-low"};

const char *spatial_quadrant_label(enum uf_spatial_quadrant quadrant, enum uf_language language)
{
    static const struct uf_words labels[] = {{"", ""},
                                             {"High among high", "Hög bland höga"},
                                             {"Low among high", "Låg bland höga"},
                                             {"Low among low", "Låg bland låga"},
                                             {"High among low", "Hög bland låga"}};
    return uf_words_in(labels[quadrant], language);
}

/* A statistic with its band at a place of the drawn ones. */
static void drawn_number(struct tidy_row *row, const struct spatial_study *study, double value, size_t at,
                         uf_value_status none)
{
    const bool drawn = study->bands.low != NULL && isfinite(value);
    tidy_banded(row, value, drawn ? study->bands.low[at] : (double)NAN,
                drawn ? study->bands.high[at] : (double)NAN, none,
                study->bands.low != NULL ? none : UF_VALUE_NOT_APPLICABLE);
}

static uf_status global_table(const struct spatial_study *study, struct uf_table **out,
                              struct uf_error *error)
{
    static const struct uf_words title = {"Spatial autocorrelation", "Rumslig autokorrelation"};
    static const struct uf_words labels[] = {
        {"Moran's I", "Morans I"}, {"Geary's C", "Gearys C"}, {"Getis and Ord's G", "Getis och Ords G"}};
    static const char *const codes[] = {"moran-i", "geary-c", "getis-ord-g"};
    static const struct tidy_column columns[] = {{"statistic", UF_COLUMN_TEXT, NULL, -1},
                                                 {"label", UF_COLUMN_TEXT, NULL, -1},
                                                 {"period", UF_COLUMN_TEXT, NULL, -1},
                                                 TIDY_BANDED("value", NULL, 4),
                                                 {"expectation", UF_COLUMN_NUMBER, NULL, 4},
                                                 {"variance", UF_COLUMN_NUMBER, NULL, 6},
                                                 {"z", UF_COLUMN_NUMBER, NULL, 3},
                                                 {"p_value", UF_COLUMN_NUMBER, NULL, 4},
                                                 {"variance_normal", UF_COLUMN_NUMBER, NULL, 6},
                                                 {"z_normal", UF_COLUMN_NUMBER, NULL, 3},
                                                 {"p_normal", UF_COLUMN_NUMBER, NULL, 4},
                                                 {"p_permutation", UF_COLUMN_NUMBER, NULL, 4},
                                                 {"permutations", UF_COLUMN_NUMBER, NULL, 0},
                                                 {"regions", UF_COLUMN_NUMBER, NULL, 0}};
    struct uf_table *table = NULL;
    const enum uf_language language = study->series.language;
    UF_TRY(tidy_table_new("spatial", uf_words_in(title, language), columns, sizeof columns / sizeof *columns,
                          &table, error));
    uf_status status = UF_OK;
    for (size_t s = 0; s < UF_SPATIAL_STATISTICS && status == UF_OK; s++) {
        const struct uf_spatial_test *test = &study->global[s];
        const struct uf_spatial_permutation *drawn = &study->global_drawn[s];
        const uf_value_status none = s == UF_SPATIAL_GETIS_ORD ? UF_VALUE_NOT_APPLICABLE : UF_VALUE_UNDEFINED;
        struct tidy_row row = tidy_row_add(table, error);
        tidy_text(&row, codes[s]);
        tidy_text(&row, uf_words_in(labels[s], language));
        tidy_text(&row, panel_series_period(&study->series, study->period));
        const double numbers[] = {test->expectation,        test->randomisation.variance,
                                  test->randomisation.z,    test->randomisation.p_value,
                                  test->normality.variance, test->normality.z,
                                  test->normality.p_value,  spatial_study_p(study, drawn)};
        drawn_number(&row, study, test->statistic, s, none);
        for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) tidy_number(&row, numbers[i], none);
        tidy_number(&row, drawn->draws > 0 ? (double)drawn->draws : (double)NAN, none);
        tidy_number(&row, (double)test->n, none);
        status = row.status;
    }
    if (status == UF_OK)
        *out = table;
    else
        uf_table_free(table);
    return status;
}

/* The labels of a region's neighbours: `Gävleborg, Värmland`; the caller frees it. */
static char *neighbour_names(const struct spatial_study *study, const size_t *region_at, size_t i)
{
    struct uf_buffer names;
    uf_buffer_init(&names);
    for (size_t l = study->weights.start[i]; l < study->weights.start[i + 1]; l++) {
        if (names.length) uf_buffer_append(&names, ", ");
        uf_buffer_append(&names, panel_series_label(&study->series, region_at[study->weights.neighbour[l]]));
    }
    return uf_buffer_take(&names);
}

static void region_numbers(const struct spatial_study *study, size_t i, struct tidy_row *row)
{
    const uf_value_status none = UF_VALUE_NOT_APPLICABLE; /* an island has no neighbours */
    const struct uf_local_moran *local = &study->local[i];
    const bool island = spatial_study_neighbours(study, i) == 0;
    tidy_number(row, island ? (double)NAN : study->lag[i], none);
    drawn_number(row, study, (study->x[i] - study->mean) / study->deviation, spatial_study_drawn_z(study, i),
                 none);
    drawn_number(row, study,
                 island ? (double)NAN
                        : (study->lag[i] - spatial_study_links(study, i) * study->mean) / study->deviation,
                 spatial_study_drawn_lag(study, i), none);
    drawn_number(row, study, local->statistic, spatial_study_drawn_local(i), none);
    const double numbers[] = {local->conditional_expectation, local->conditional.variance,
                              spatial_study_p(study, &study->drawn[i]), study->q[i]};
    for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++) tidy_number(row, numbers[k], none);
}

static uf_status region_row(const struct spatial_study *study, const size_t *region_at, size_t r,
                            struct uf_table *table, struct uf_error *error)
{
    const struct panel_series *series = &study->series;
    const size_t k = panel_series_at(series, r, study->period), i = study->place[r];
    struct tidy_row row = tidy_row_add(table, error);
    tidy_text(&row, panel_series_code(series, r));
    tidy_text(&row, panel_series_label(series, r));
    tidy_text(&row, panel_series_period(series, study->period));
    tidy_value(&row, series->value[k], series->status[k]);
    if (!study->used[r]) {
        /* without a figure, or an island that was left out */
        const uf_value_status reason = isnan(series->value[k]) ? series->status[k] : UF_VALUE_NOT_APPLICABLE;
        for (int c = 0; c < 15; c++) tidy_number(&row, NAN, reason);
        for (int c = 0; c < 3; c++) tidy_text(&row, NULL);
        for (int c = 0; c < 3; c++) tidy_number(&row, NAN, reason);
        tidy_text(&row, NULL);
        return row.status;
    }
    char *names = neighbour_names(study, region_at, i);
    if (!names) return uf_fail_memory(error);
    tidy_number(&row, (double)spatial_study_neighbours(study, i), 0);
    region_numbers(study, i, &row);
    tidy_text(&row, quadrant_codes[study->quadrant[i]]);
    tidy_text(&row, spatial_quadrant_label(study->quadrant[i], series->language));
    tidy_text(&row, spatial_study_stands_out(study, i) ? quadrant_codes[study->quadrant[i]] : "");
    drawn_number(&row, study, study->star[i], spatial_study_drawn_star(study, i), UF_VALUE_NOT_APPLICABLE);
    tidy_text(&row, names);
    free(names);
    return row.status;
}

static uf_status region_table(const struct spatial_study *study, struct uf_table **out,
                              struct uf_error *error)
{
    static const struct uf_words title = {"Regions and their neighbours", "Regioner och deras grannar"};
    const char *unit = study->series.column->unit;
    const struct tidy_column columns[] = {{"unit", UF_COLUMN_TEXT, NULL, -1},
                                          {"label", UF_COLUMN_TEXT, NULL, -1},
                                          {"period", UF_COLUMN_TEXT, NULL, -1},
                                          {"value", UF_COLUMN_NUMBER, unit, -1},
                                          {"neighbours", UF_COLUMN_NUMBER, NULL, 0},
                                          {"lag", UF_COLUMN_NUMBER, unit, 2},
                                          TIDY_BANDED("z_value", NULL, 3),
                                          TIDY_BANDED("z_lag", NULL, 3),
                                          TIDY_BANDED("local_moran", NULL, 3),
                                          {"expectation", UF_COLUMN_NUMBER, NULL, 3},
                                          {"variance", UF_COLUMN_NUMBER, NULL, 4},
                                          {"p_value", UF_COLUMN_NUMBER, NULL, 4},
                                          {"q", UF_COLUMN_NUMBER, NULL, 4},
                                          {"quadrant", UF_COLUMN_TEXT, NULL, -1},
                                          {"quadrant_label", UF_COLUMN_TEXT, NULL, -1},
                                          {"cluster", UF_COLUMN_TEXT, NULL, -1},
                                          TIDY_BANDED("g_star", NULL, 2),
                                          {"neighbour_labels", UF_COLUMN_TEXT, NULL, -1}};
    size_t *region_at = malloc((study->n + 1) * sizeof *region_at);
    if (!region_at) return uf_fail_memory(error);
    for (size_t r = 0; r < study->series.n_regions; r++)
        if (study->used[r]) region_at[study->place[r]] = r;
    struct uf_table *table = NULL;
    uf_status status = tidy_table_new("spatial-regions", uf_words_in(title, study->series.language), columns,
                                      sizeof columns / sizeof *columns, &table, error);
    for (size_t r = 0; r < study->series.n_regions && status == UF_OK; r++)
        status = region_row(study, region_at, r, table, error);
    free(region_at);
    if (status == UF_OK)
        *out = table;
    else
        uf_table_free(table);
    return status;
}

static uf_status finding_table(const struct spatial_study *study, struct uf_table **out,
                               struct uf_error *error)
{
    static const struct uf_words title = {"Findings by region", "Iakttagelser per region"};
    static const struct tidy_column columns[] = {{"unit", UF_COLUMN_TEXT, NULL, -1},
                                                 {"label", UF_COLUMN_TEXT, NULL, -1},
                                                 {"text", UF_COLUMN_TEXT, NULL, -1}};
    struct uf_table *table = NULL;
    UF_TRY(tidy_table_new("spatial-findings", uf_words_in(title, study->series.language), columns, 3, &table,
                          error));
    uf_status status = UF_OK;
    for (size_t r = 0; r < study->series.n_regions && status == UF_OK; r++) {
        char *text = NULL;
        status = spatial_sentence(study, r, &text, error);
        if (status != UF_OK) break;
        struct tidy_row row = tidy_row_add(table, error);
        tidy_text(&row, panel_series_code(&study->series, r));
        tidy_text(&row, panel_series_label(&study->series, r));
        tidy_text(&row, text);
        status = row.status;
        free(text);
    }
    if (status == UF_OK)
        *out = table;
    else
        uf_table_free(table);
    return status;
}

uf_status spatial_tables_add(const struct spatial_study *study, struct uf_result *result,
                             struct uf_error *error)
{
    struct uf_table *table = NULL;
    UF_TRY(global_table(study, &table, error));
    UF_TRY(uf_result_take_table(result, table, error));
    UF_TRY(region_table(study, &table, error));
    UF_TRY(uf_result_take_table(result, table, error));
    UF_TRY(finding_table(study, &table, error));
    return uf_result_take_table(result, table, error);
}
