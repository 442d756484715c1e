// SPDX-License-Identifier: GPL-3.0-or-later
/* Neighbours by distance: the coordinates of the regions, and the nearest or all within a band. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "profile/spatial_neighbours.h"

static uf_status read_coordinate(const struct panel_series *series, const char *name, double *out,
                                 struct uf_error *error)
{
    const struct uf_panel *panel = series->panel;
    size_t column = uf_panel_column(panel, name);
    if (column == SIZE_MAX)
        return uf_fail(
            error, UF_BAD_USAGE,
            "The option 'coordinates' names '%s', which is no column of the data (figures from a file: "
            "--data).",
            name);
    double *of_unit = malloc((panel->units.count + 1) * sizeof *of_unit);
    if (!of_unit) return uf_fail_memory(error);
    for (size_t u = 0; u < panel->units.count; u++) of_unit[u] = NAN;
    uf_status status = UF_OK;
    for (size_t i = 0; i < panel->n_rows && status == UF_OK; i++) {
        double value = panel->columns[column].value[i], *known = &of_unit[panel->unit[i]];
        if (isnan(value)) continue;
        if (!isnan(*known) && (value < *known || value > *known))
            status = uf_fail(
                error, UF_BAD_INPUT,
                "The region %s has two values of the coordinate '%s', %g and %g; regions do not move.",
                panel->units.code[panel->unit[i]], name, *known, value);
        *known = value;
    }
    for (size_t r = 0; r < series->n_regions && status == UF_OK; r++) {
        out[r] = of_unit[series->region[r]];
        if (isnan(out[r]))
            status = uf_fail(error, UF_BAD_INPUT, "The region %s has no coordinate '%s'.",
                             panel_series_code(series, r), name);
    }
    free(of_unit);
    return status;
}

static uf_status tell_ties(const struct panel_series *series, size_t ties, struct uf_result *result,
                           struct uf_error *error)
{
    static const struct uf_words text = {
        "For {0} regions several others are equally far away as the last nearest one; the first by code is "
        "taken.",
        "För {0} regioner ligger flera andra lika långt bort som den sista närmaste; den första i kodordning "
        "används."};
    if (ties == 0) return UF_OK;
    struct uf_argument argument = uf_count_argument(ties);
    return uf_result_add_note(result, series->language, UF_NOTE, "equally-near", text,
                              (struct uf_words){NULL, NULL}, &argument, 1, error);
}

/* The k nearest among those with a figure: one without it takes nobody's place. Moves the coordinates of those to the front. */
static uf_status nearest_with_figures(double *x, double *y, const bool *known, size_t n, size_t k,
                                      enum uf_distance_metric metric, struct uf_spatial_weights *out,
                                      size_t *ties, struct uf_error *error)
{
    struct uf_spatial_weights among = {0};
    size_t *region = malloc((n + 1) * sizeof *region), *from = NULL, count = 0;
    if (!region) return uf_fail_memory(error);
    for (size_t r = 0; r < n; r++)
        if (known[r]) {
            x[count] = x[r], y[count] = y[r];
            region[count++] = r;
        }
    uf_status status = uf_spatial_weights_k_nearest(x, y, count, k, metric, &among, ties, error);
    if (status == UF_OK && !(from = malloc((2 * among.n_links + 1) * sizeof *from)))
        status = uf_fail_memory(error);
    if (status == UF_OK) {
        size_t *to = from + among.n_links;
        for (size_t i = 0; i < count; i++)
            for (size_t l = among.start[i]; l < among.start[i + 1]; l++)
                from[l] = region[i], to[l] = region[among.neighbour[l]];
        status = uf_spatial_weights_from_links(n, from, to, NULL, among.n_links, false, out, error);
    }
    uf_spatial_weights_clear(&among);
    free(from);
    free(region);
    return status;
}

uf_status spatial_from_coordinates(const struct panel_series *series, const bool *known,
                                   const struct uf_options *options, struct uf_result *result,
                                   struct uf_spatial_weights *out, struct uf_error *error)
{
    const struct uf_text_list *columns = uf_options_list(options, "coordinates");
    bool nearest = !strcmp(uf_options_text(options, "weights"), "k-nearest");
    double distance = uf_options_number(options, "distance");
    if (columns->count != 2)
        return uf_fail(
            error, UF_BAD_USAGE,
            "Distances need the columns with the regions' coordinates: the option 'coordinates' names "
            "%zu, expected two, as X,Y.",
            columns->count);
    if (!nearest && isnan(distance))
        return uf_fail(error, UF_BAD_USAGE,
                       "A distance band needs the option 'distance', in the coordinates' unit or in km.");
    const enum uf_distance_metric metric =
        !strcmp(uf_options_text(options, "metric"), "planar") ? UF_DISTANCE_PLANAR : UF_DISTANCE_GREAT_CIRCLE;
    const size_t n = series->n_regions;
    double *x = malloc(2 * n * sizeof *x);
    size_t ties = 0;
    if (!x) return uf_fail_memory(error);
    uf_status status = read_coordinate(series, columns->items[0], x, error);
    if (status == UF_OK) status = read_coordinate(series, columns->items[1], x + n, error);
    if (status == UF_OK)
        status = nearest ? nearest_with_figures(x, x + n, known, n, uf_options_count(options, "k"), metric,
                                                out, &ties, error)
                         : uf_spatial_weights_distance_band(x, x + n, n, distance, metric, out, error);
    free(x);
    if (status == UF_OK) status = tell_ties(series, ties, result, error);
    return status;
}
