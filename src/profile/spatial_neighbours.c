// SPDX-License-Identifier: GPL-3.0-or-later
#include "profile/spatial_neighbours.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/file.h>

#include "base/fail.h"

const char *const spatial_weight_kinds[] = {"contiguity", "k-nearest", "distance-band", NULL};
const char *const spatial_contiguities[] = {"queen", "rook", NULL};
const char *const spatial_metrics[] = {"planar", "great-circle", NULL};
const char *const spatial_styles[] = {"row", "binary", NULL};

/* A list of pairs being matched with the regions of the series. */
struct matching {
    const struct panel_series *series;
    const struct uf_panel *pairs; /* units and sectors are the two regions, the outcome the weight */
    bool parts;  /* a region's code may be the beginning of the list's: NUTS 2 from counties */
    char **code; /* n_regions: under which the list knows it; NULL: as in the data */
};

/* --- the list ----------------------------------------------------------------------------------- */

static uf_status read_pairs(const char *path, const char *first, const char *second, const char *weight,
                            struct uf_panel **out, struct uf_error *error)
{
    const struct uf_file_panel_request request = {
        .path = path, .unit = first, .sector = second, .outcome = weight};
    struct uf_result ledger;
    uf_result_init(&ledger);
    uf_status status = uf_panel_from_file(&request, &ledger, out, error);
    uf_result_clear(&ledger);
    return status;
}

/* A user's list names its columns, or has them under one of the names in use. */
static uf_status read_list(const char *path, const struct uf_options *options, struct uf_panel **out,
                           struct uf_error *error)
{
    static const char *const names[][2] = {
        {"code_a", "code_b"}, {"from", "to"}, {"region", "neighbour"}, {"region", "neighbor"}};
    const struct uf_text_list *given = uf_options_list(options, "neighbour-columns");
    if (given->count == 1 || given->count > 3)
        return uf_fail(error, UF_BAD_USAGE,
                       "The option 'neighbour-columns' names %zu columns; expected both regions and, where "
                       "there is one, the weight.",
                       given->count);
    if (given->count)
        return read_pairs(path, given->items[0], given->items[1], given->count == 3 ? given->items[2] : NULL,
                          out, error);
    const char *const weights[] = {uf_options_text(options, "contiguity"), "weight", NULL};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        for (size_t w = 0; w < 3; w++) {
            struct uf_error inner = {0};
            uf_status status = read_pairs(path, names[i][0], names[i][1], weights[w], out, &inner);
            if (status == UF_BAD_USAGE) continue; /* no such column */
            if (status != UF_OK && error) *error = inner;
            return status;
        }
    return uf_fail_at(error, UF_BAD_USAGE, path, 1, 0,
                      "no columns with the two regions of a pair were found (code_a and code_b, from and to, "
                      "region and neighbour); name them with 'neighbour-columns'");
}

static const char *code_in_list(const struct matching *m, size_t r)
{
    return m->code && m->code[r] ? m->code[r] : panel_series_code(m->series, r);
}

/* The region that a code of the list stands for, or SIZE_MAX. */
static size_t region_of(const struct matching *m, const char *code)
{
    for (size_t r = 0; r < m->series->n_regions; r++)
        if (!strcmp(code_in_list(m, r), code)) return r;
    for (size_t r = 0; m->parts && r < m->series->n_regions; r++) {
        const char *own = code_in_list(m, r);
        if (strlen(own) >= 3 && !strncmp(own, code, strlen(own))) return r;
    }
    return SIZE_MAX;
}

static void place_codes(const struct matching *m, const struct uf_dictionary *codes, size_t *place,
                        bool *known)
{
    for (size_t i = 0; i < codes->count; i++) {
        place[i] = region_of(m, codes->code[i]);
        if (place[i] != SIZE_MAX) known[place[i]] = true;
    }
}

struct links {
    size_t *from, *to, count;
    double *weight;
};

static void links_clear(struct links *links)
{
    free(links->from);
    free(links->to);
    free(links->weight);
}

/* Where the file names this pair first, for the message of a mistake; 0: it is written in a way that this does not read. */
static size_t line_of_pair(const char *path, const char *one, const char *other)
{
    char line[1024], *names[2];
    size_t number = 0, found = 0;
    FILE *file = fopen(path, "r");
    while (file && !found && fgets(line, sizeof line, file)) {
        number++;
        size_t n = 0;
        static const char between[] = ",;\t\"\r\n";
        for (char *rest, *at = strtok_r(line, between, &rest); at && n < 2;
             at = strtok_r(NULL, between, &rest))
            names[n++] = at;
        if (n == 2 && !strcmp(names[0], one) && !strcmp(names[1], other)) found = number;
    }
    if (file) fclose(file);
    return found;
}

static uf_status collect(const struct matching *m, const char *path, const size_t *first,
                         const size_t *second, struct links *out, struct uf_error *error)
{
    const struct uf_panel *pairs = m->pairs;
    const double *weight = pairs->outcome >= 0 ? pairs->columns[pairs->outcome].value : NULL;
    for (size_t i = 0; i < pairs->n_rows; i++) {
        const char *a = pairs->units.code[pairs->unit[i]], *b = pairs->sectors.code[pairs->sector[i]];
        size_t from = first[pairs->unit[i]], to = second[pairs->sector[i]];
        if (!strcmp(a, b))
            return uf_fail_at(error, UF_BAD_INPUT, path, line_of_pair(path, a, b), 0,
                              "'%s' is listed as a neighbour of itself; take the row out", a);
        if (from == SIZE_MAX || to == SIZE_MAX || from == to) continue;
        if (weight && (!isfinite(weight[i]) || weight[i] < 0))
            return uf_fail_at(error, UF_BAD_INPUT, path, 0, 0,
                              "the pair '%s' and '%s' has no weight; expected a number of at least 0", a, b);
        if (weight && !(weight[i] > 0)) continue;
        out->from[out->count] = from;
        out->to[out->count] = to;
        out->weight[out->count++] = weight ? weight[i] : 1;
    }
    return UF_OK;
}

/* Links of the list among the regions; `known` marks the regions that it has. */
static uf_status match(const struct matching *m, const char *path, bool one_way, bool *known,
                       struct uf_spatial_weights *out, struct uf_error *error)
{
    const struct uf_panel *pairs = m->pairs;
    size_t *first = malloc((pairs->units.count + 1) * sizeof *first);
    size_t *second = malloc((pairs->sectors.count + 1) * sizeof *second);
    struct links links = {malloc((pairs->n_rows + 1) * sizeof(size_t)),
                          malloc((pairs->n_rows + 1) * sizeof(size_t)), 0,
                          malloc((pairs->n_rows + 1) * sizeof(double))};
    uf_status status =
        first && second && links.from && links.to && links.weight ? UF_OK : uf_fail_memory(error);
    if (status == UF_OK) {
        place_codes(m, &pairs->units, first, known);
        place_codes(m, &pairs->sectors, second, known);
        status = collect(m, path, first, second, &links, error);
    }
    if (status == UF_OK)
        status = uf_spatial_weights_from_links(m->series->n_regions, links.from, links.to, links.weight,
                                               links.count, !one_way, out, error);
    links_clear(&links);
    free(first);
    free(second);
    return status;
}

/* --- the list that ships ------------------------------------------------------------------------ */

/* Regions that the list does not know by the data's codes may be known by another: `20` is SE312. */
static uf_status use_other_codes(struct matching *m, const char *folder, struct uf_error *error)
{
    char *path = uf_path_join(folder, "region_aliases.csv");
    struct uf_panel *aliases = NULL;
    m->code = calloc(m->series->n_regions + 1, sizeof *m->code);
    uf_status status =
        path && m->code ? read_pairs(path, "alias", "code", NULL, &aliases, error) : uf_fail_memory(error);
    for (size_t i = 0; status == UF_OK && i < aliases->n_rows; i++)
        for (size_t r = 0; r < m->series->n_regions; r++) {
            const char *own = panel_series_code(m->series, r);
            if (m->code[r] || strcmp(aliases->units.code[aliases->unit[i]], own) != 0) continue;
            m->code[r] = uf_text_copy(aliases->sectors.code[aliases->sector[i]]);
            if (!m->code[r]) status = uf_fail_memory(error);
        }
    uf_panel_free(aliases);
    free(path);
    return status;
}

/* Counties without any pair (Gotland) are known from the tile map. */
static uf_status know_tiles(const struct matching *m, const char *folder, bool *known, struct uf_error *error)
{
    char *path = uf_path_join(folder, "tile_grid.csv");
    struct uf_panel *tiles = NULL;
    if (!path) return uf_fail_memory(error);
    uf_status status = read_pairs(path, "code", "short", NULL, &tiles, error);
    for (size_t i = 0; status == UF_OK && i < tiles->units.count; i++) {
        size_t region = region_of(m, tiles->units.code[i]);
        if (region != SIZE_MAX) known[region] = true;
    }
    uf_panel_free(tiles);
    free(path);
    return status;
}

/* `SE31` holds `SE312`: neither is a neighbour of the other. */
static uf_status refuse_overlap(const struct matching *m, struct uf_error *error)
{
    size_t holders = 0, outer = SIZE_MAX, inner = SIZE_MAX;
    for (size_t r = 0; r < m->series->n_regions; r++) {
        const char *own = code_in_list(m, r);
        for (size_t q = 0; q < m->series->n_regions; q++) {
            const char *other = code_in_list(m, q);
            if (strlen(other) <= strlen(own) || strncmp(own, other, strlen(own)) != 0) continue;
            if (holders++ == 0) outer = r, inner = q;
            break;
        }
    }
    if (holders == 0) return UF_OK;
    return uf_fail(
        error, UF_BAD_USAGE,
        "%zu regions hold others, the first '%s' with '%s' inside: neighbours are of one level. Leave the "
        "others out (leave-out: %s, …), or take the level from the store.",
        holders, panel_series_code(m->series, outer), panel_series_code(m->series, inner),
        panel_series_code(m->series, outer));
}

static uf_status refuse_unknown(const struct panel_series *series, const bool *known, struct uf_error *error)
{
    size_t unknown = 0, first = SIZE_MAX;
    for (size_t r = 0; r < series->n_regions; r++) {
        if (known[r]) continue;
        if (first == SIZE_MAX) first = r;
        unknown++;
    }
    if (unknown == 0) return UF_OK;
    return uf_fail(
        error, UF_BAD_USAGE,
        "The list of neighbours that ships has Swedish counties (and NUTS 2 made of them), and %zu of "
        "%zu regions are not in it, the first '%s'. Name a file with pairs (neighbours), measure by "
        "coordinates (weights: k-nearest), or leave out what is no region (leave-out).",
        unknown, series->n_regions, panel_series_code(series, first));
}

static uf_status match_shipped(struct matching *m, const struct uf_context *context, bool one_way,
                               bool *known, const char *path, struct uf_spatial_weights *out,
                               struct uf_error *error)
{
    UF_TRY(match(m, path, one_way, known, out, error));
    uf_status status = know_tiles(m, context->reference_directory, known, error);
    bool all = true;
    for (size_t r = 0; r < m->series->n_regions; r++) all = all && known[r];
    if (status == UF_OK && !all) {
        uf_spatial_weights_clear(out);
        status = use_other_codes(m, context->reference_directory, error);
        if (status == UF_OK) status = match(m, path, one_way, known, out, error);
        if (status == UF_OK) status = know_tiles(m, context->reference_directory, known, error);
    }
    if (status == UF_OK) status = refuse_overlap(m, error);
    if (status == UF_OK) status = refuse_unknown(m->series, known, error);
    if (status != UF_OK) uf_spatial_weights_clear(out);
    return status;
}

/* --- what is said ------------------------------------------------------------------------------- */

static uf_status tell_unlisted(const struct panel_series *series, const bool *known, const char *path,
                               struct uf_result *result, struct uf_error *error)
{
    static const struct uf_words text = {
        "{0} regions of the data are not in the list of neighbours and count as islands: {1}.",
        "{0} regioner i uppgifterna finns inte i grannlistan och räknas som öar: {1}."};
    bool *unknown = malloc((series->n_regions + 1) * sizeof *unknown);
    if (!unknown) return uf_fail_memory(error);
    size_t n = 0;
    for (size_t r = 0; r < series->n_regions; r++) n += unknown[r] = !known[r];
    uf_status status = UF_OK;
    if (n == series->n_regions)
        status =
            uf_fail_at(error, UF_BAD_INPUT, path, 0, 0,
                       "none of the %zu regions of the data is in this list, the first '%s'; expected the "
                       "codes of the data",
                       n, panel_series_code(series, 0));
    char *names = status == UF_OK ? panel_series_names(series, unknown) : NULL;
    if (status == UF_OK && !names) status = uf_fail_memory(error);
    if (status == UF_OK && n > 0) {
        struct uf_argument arguments[] = {uf_count_argument(n), uf_text_argument(names)};
        status = uf_result_add_note(result, series->language, UF_WARNING, "not-in-list", text,
                                    (struct uf_words){NULL, NULL}, arguments, 2, error);
    }
    free(names);
    free(unknown);
    return status;
}

static uf_status from_list(const struct panel_series *series, const struct uf_options *options,
                           const struct uf_context *context, struct uf_result *result,
                           struct uf_spatial_weights *out, struct uf_error *error)
{
    const char *file = uf_options_text(options, "neighbours");
    if (!file && !context->reference_directory)
        return uf_fail(
            error, UF_BAD_USAGE,
            "No list of neighbours is at hand; name a file with pairs with the option 'neighbours'.");
    char *path = file ? (context->directory ? uf_path_join(context->directory, file) : uf_text_copy(file))
                      : uf_path_join(context->reference_directory, "contiguity.csv");
    bool *known = calloc(series->n_regions + 1, sizeof *known), one_way = uf_options_flag(options, "one-way");
    struct uf_panel *pairs = NULL;
    struct matching m = {.series = series, .parts = !file};
    uf_status status = path && known ? UF_OK : uf_fail_memory(error);
    if (status == UF_OK && file) status = read_list(path, options, &pairs, error);
    if (status == UF_OK && !file)
        status = read_pairs(path, "code_a", "code_b", uf_options_text(options, "contiguity"), &pairs, error);
    m.pairs = pairs;
    if (status == UF_OK && file) {
        status = match(&m, path, one_way, known, out, error);
        if (status == UF_OK) status = tell_unlisted(series, known, path, result, error);
        if (status != UF_OK) uf_spatial_weights_clear(out);
    } else if (status == UF_OK) {
        status = match_shipped(&m, context, one_way, known, path, out, error);
    }
    for (size_t r = 0; m.code && r < series->n_regions; r++) free(m.code[r]);
    free(m.code);
    uf_panel_free(pairs);
    free(known);
    free(path);
    return status;
}

uf_status spatial_neighbours_find(const struct panel_series *series, const bool *known,
                                  const struct uf_options *options, const struct uf_context *context,
                                  struct uf_result *result, struct uf_spatial_weights *out,
                                  struct uf_error *error)
{
    if (!strcmp(uf_options_text(options, "weights"), "contiguity"))
        return from_list(series, options, context, result, out, error);
    return spatial_from_coordinates(series, known, options, result, out, error);
}
