// SPDX-License-Identifier: GPL-3.0-or-later
/* What the priority map says in words, and what the past says of it. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/advice.h"
#include "base/fail.h"
#include "profile/priority_map.h"
#include "profile/tidy.h"

/* --- history ----------------------------------------------------------------------------------- */

/* Presence of the earlier network's cells in the later one; NaN where region or sector is not there then. */
static gsl_matrix *later_presence(const struct panel_network *before, const struct panel_network *after)
{
    gsl_matrix *out = gsl_matrix_alloc(before->n_regions, before->n_sectors);
    if (!out) return NULL;
    gsl_matrix_set_all(out, NAN);
    for (size_t r = 0; r < before->n_regions; r++) {
        size_t i = 0;
        while (i < after->n_regions && after->activity.region[i] != before->activity.region[r]) i++;
        if (i == after->n_regions || before->region_out[r] || after->region_out[i]) continue;
        for (size_t s = 0; s < before->n_sectors; s++) {
            size_t j = 0;
            while (j < after->n_sectors && after->activity.sector[j] != before->activity.sector[s]) j++;
            if (j == after->n_sectors || before->sector_out[s] || after->sector_out[j]) continue;
            gsl_matrix_set(out, r, s, gsl_matrix_get(after->presence, i, j));
        }
    }
    return out;
}

static uf_status fit_one(const struct panel_network *before, const gsl_matrix *after,
                         const gsl_matrix *density, bool exits, enum uf_entry_form form,
                         struct uf_entry_fit *out, bool *out_has, char reason[256], struct uf_error *error)
{
    struct uf_error inner = {0};
    uf_status status = uf_entry_model(before->presence, after, density, NULL, exits, form, out, &inner);
    *out_has = status == UF_OK;
    if (status == UF_NOT_IDENTIFIED) {
        snprintf(reason, 256, "%.255s", inner.message);
        return UF_OK;
    }
    if (status != UF_OK && error) *error = inner;
    return status;
}

uf_status priority_map_history(const struct uf_panel *panel, const struct uf_options *options,
                               struct priority_map *map, struct uf_error *error)
{
    struct panel_network before = {0};
    struct uf_result unsaid; /* the earlier network's notes repeat the later one's */
    uf_result_init(&unsaid);
    uf_status status = panel_network_at(panel, options, map->language, map->from, &unsaid, &before, error);
    uf_result_clear(&unsaid);
    UF_TRY(status);
    gsl_matrix *related = gsl_matrix_alloc(before.n_sectors, before.n_sectors),
               *density = gsl_matrix_alloc(before.n_regions, before.n_sectors);
    gsl_matrix *after = later_presence(&before, &map->complexity.network);
    status = related && density && after ? priority_map_relate(before.presence, options, related, error)
                                         : uf_fail_memory(error);
    if (status == UF_OK)
        status =
            uf_relatedness_density(related, before.presence, uf_options_flag(options, "own"), density, error);
    const enum uf_entry_form form =
        !strcmp(uf_options_text(options, "model"), "linear") ? UF_ENTRY_LINEAR : UF_ENTRY_LOGIT;
    if (status == UF_OK)
        status =
            fit_one(&before, after, density, false, form, &map->entry, &map->has_entry, map->no_entry, error);
    if (status == UF_OK)
        status =
            fit_one(&before, after, density, true, form, &map->exit, &map->has_exit, map->no_exit, error);
    gsl_matrix_free(related);
    gsl_matrix_free(density);
    gsl_matrix_free(after);
    panel_network_clear(&before);
    return status;
}

uf_status priority_map_entry_table(const struct priority_map *map, struct uf_table **out,
                                   struct uf_error *error)
{
    static const struct uf_words title = {"Entries and exits on relatedness density",
                                          "Inträden och utträden efter närhetstäthet"};
    static const struct tidy_column columns[] = {{"event", UF_COLUMN_TEXT, NULL, -1},
                                                 {"term", UF_COLUMN_TEXT, NULL, -1},
                                                 {"estimate", UF_COLUMN_NUMBER, NULL, 3},
                                                 {"std_error", UF_COLUMN_NUMBER, NULL, 3},
                                                 {"df", UF_COLUMN_NUMBER, NULL, 0},
                                                 {"p_value", UF_COLUMN_NUMBER, NULL, 3},
                                                 {"marginal_tenth", UF_COLUMN_NUMBER, NULL, 3},
                                                 {"n_cells", UF_COLUMN_NUMBER, NULL, 0},
                                                 {"n_events", UF_COLUMN_NUMBER, NULL, 0}};
    static const char *const terms[UF_ENTRY_TERMS] = {"constant", "density", "benefit"};
    struct uf_table *table = NULL;
    UF_TRY(tidy_table_new("entry-model", uf_words_in(title, map->language), columns, 9, &table, error));
    uf_status status = UF_OK;
    for (int exits = 0; exits < 2 && status == UF_OK; exits++) {
        const struct uf_entry_fit *fit = exits ? &map->exit : &map->entry;
        if (!(exits ? map->has_exit : map->has_entry)) continue;
        for (size_t j = 0; j < fit->n_terms && j < UF_ENTRY_TERMS && status == UF_OK; j++) {
            struct tidy_row row = tidy_row_add(table, error);
            tidy_text(&row, exits ? "exit" : "entry");
            tidy_text(&row, terms[j]);
            tidy_number(&row, fit->coefficient[j], 0);
            tidy_number(&row, fit->standard_error[j], 0);
            tidy_number(&row, fit->df, 0);
            tidy_number(&row, fit->p[j], 0);
            tidy_number(&row, j == 1 ? fit->marginal / 10 : (double)NAN, UF_VALUE_NOT_APPLICABLE);
            tidy_number(&row, (double)fit->n_cells, 0);
            tidy_number(&row, (double)fit->n_events, 0);
            status = row.status;
        }
    }
    if (status != UF_OK)
        uf_table_free(table);
    else
        *out = table;
    return status;
}

/* --- sentences --------------------------------------------------------------------------------- */

/* Names of the region's sectors in a quadrant, nearest first, at most three of them. */
static uf_status name_sectors(const struct priority_map *x, size_t r, enum uf_quadrant wanted, char **out,
                              size_t *out_count, struct uf_error *error)
{
    enum { MOST_NAMED = 3 };
    const struct panel_network *n = &x->complexity.network;
    size_t named[MOST_NAMED], n_named = 0, count = 0;
    for (size_t s = 0; s < n->n_sectors; s++) count += priority_quadrant_at(x, r, s) == wanted;
    while (n_named < MOST_NAMED && n_named < count) {
        size_t best = SIZE_MAX;
        for (size_t s = 0; s < n->n_sectors; s++) {
            bool taken = priority_quadrant_at(x, r, s) != wanted;
            for (size_t i = 0; i < n_named; i++) taken = taken || named[i] == s;
            if (taken) continue;
            if (best == SIZE_MAX || gsl_matrix_get(x->density, r, s) > gsl_matrix_get(x->density, r, best))
                best = s;
        }
        named[n_named++] = best;
    }
    struct uf_buffer buffer;
    uf_buffer_init(&buffer);
    for (size_t i = 0; i < n_named; i++) {
        if (i) uf_buffer_append(&buffer, ", ");
        uf_buffer_append(&buffer, panel_activity_sector_label(&n->activity, named[i]));
    }
    if (n_named < count) uf_buffer_append(&buffer, " …");
    *out_count = count;
    *out = uf_buffer_take(&buffer);
    return *out ? UF_OK : uf_fail_memory(error);
}

/* The sentence on where the region's candidates lie, and how many of those places rounding leaves open. */
static uf_status add_open(const struct priority_map *x, size_t r, size_t candidates, const char *placed,
                          char **out, struct uf_error *error)
{
    static const struct uf_words some = {
        "{0} Given the rounding, {1} of the {2} could lie in another quadrant.",
        "{0} Avrundningen gör att {1} av de {2} kan ligga i en annan kvadrant."};
    static const struct uf_words none = {
        "{0} Of {3} tables drawn within the rounding, none moves any of them to another quadrant.",
        "{0} Ingen av {3} tabeller dragna inom avrundningen flyttar någon av dem till en annan kvadrant."};
    const struct panel_network *n = &x->complexity.network;
    size_t open = 0;
    for (size_t s = 0; s < n->n_sectors; s++) open += priority_map_is_open(x, r, s);
    const struct uf_argument arguments[] = {uf_text_argument(placed), uf_count_argument(open),
                                            uf_count_argument(candidates),
                                            uf_count_argument(x->drawn.draws - x->drawn.failed)};
    const bool told = x->reached && candidates > 0;
    return uf_phrase(n->activity.language,
                     !told  ? (struct uf_words){"{0}", "{0}"}
                     : open ? some
                            : none,
                     arguments, 4, out, error);
}

uf_status priority_map_sentence(const struct panel_activity *a, const void *what, size_t r, char **out,
                                struct uf_error *error)
{
    const struct priority_map *x = what;
    static const struct uf_words some = {
        "{0}{1} is not specialised in {2} of {3} sectors. {4} of them are on the high road, near what the "
        "region has "
        "and of more benefit than its mean: {5}. On the slow road are {6}, {7} are a casino, {8} a dead end.",
        "{0}{1} är inte specialiserad i {2} av {3} branscher. {4} av dem ligger på huvudvägen, nära det "
        "regionen har "
        "och till större nytta än dess medelvärde: {5}. På långsamma vägen ligger {6}, {7} är kasino och {8} "
        "återvändsgränd."};
    static const struct uf_words none = {
        "{0}{1} is not specialised in {2} of {3} sectors. None of them is both near what the region has and "
        "of more "
        "benefit than its mean; on the slow road are {6}, {7} are a casino, {8} a dead end.",
        "{0}{1} är inte specialiserad i {2} av {3} branscher. Ingen av dem ligger både nära det regionen har "
        "och är "
        "till större nytta än dess medelvärde; på långsamma vägen ligger {6}, {7} är kasino och {8} "
        "återvändsgränd."};
    size_t counts[4] = {0}, all = 0;
    char *high = NULL;
    for (int q = 1; q < 4; q++)
        for (size_t s = 0; s < a->n_sectors; s++)
            counts[q] += priority_quadrant_at(x, r, s) == (enum uf_quadrant)q;
    UF_TRY(name_sectors(x, r, UF_QUADRANT_HIGH_ROAD, &high, &counts[0], error));
    all = a->n_sectors - x->complexity.network.diversity[r];
    struct uf_argument arguments[] = {uf_text_argument(panel_activity_region_label(a, r)),
                                      uf_text_argument(a->at[0].when),
                                      uf_count_argument(all),
                                      uf_count_argument(a->n_sectors),
                                      uf_count_argument(counts[0]),
                                      uf_text_argument(high),
                                      uf_count_argument(counts[UF_QUADRANT_SLOW_ROAD]),
                                      uf_count_argument(counts[UF_QUADRANT_CASINO]),
                                      uf_count_argument(counts[UF_QUADRANT_DEAD_END])};
    char *placed = NULL;
    uf_status status = uf_phrase(a->language, counts[0] ? some : none, arguments, 9, &placed, error);
    free(high);
    if (status == UF_OK) status = add_open(x, r, all, placed, out, error);
    free(placed);
    return status;
}

static uf_status tell_bands(const struct priority_map *x, struct uf_result *result, struct uf_error *error)
{
    static const struct uf_words text = {
        "The figures are rounded: in {0} of {1} cells rounding decides whether the region is specialised "
        "(the band of "
        "the quotient crosses {2}), and so what is a candidate. See lq_low and lq_high.",
        "Uppgifterna är avrundade: i {0} av {1} celler avgör avrundningen om regionen är specialiserad "
        "(kvotens "
        "intervall täcker {2}), och därmed vad som är en kandidat. Se lq_low och lq_high."};
    const struct panel_network *n = &x->complexity.network;
    if (!x->low) return UF_OK;
    size_t open = 0;
    for (size_t i = 0; i < n->n_regions; i++)
        for (size_t s = 0; s < n->n_sectors; s++) {
            double low = gsl_matrix_get(x->low, i, s), high = gsl_matrix_get(x->high, i, s);
            open += !(low >= n->threshold) && !(high < n->threshold);
        }
    struct uf_argument arguments[] = {uf_count_argument(open), uf_count_argument(n->n_regions * n->n_sectors),
                                      uf_number_argument(n->threshold, -1)};
    return uf_result_add_note(result, x->language, open ? UF_WARNING : UF_NOTE, "rounding-decides", text,
                              no_advice, arguments, 3, error);
}

/* How many of the places in the picture are not settled. */
static uf_status tell_open(const struct priority_map *x, struct uf_result *result, struct uf_error *error)
{
    static const struct uf_words text = {
        "Given the rounding, {0} of {1} candidates could lie in another quadrant (quadrants_drawn).",
        "Avrundningen gör att {0} av {1} kandidater kan ligga i en annan kvadrant (quadrants_drawn)."};
    const struct panel_network *n = &x->complexity.network;
    size_t open = 0, placed = 0;
    if (!x->reached) return UF_OK;
    for (size_t r = 0; r < n->n_regions; r++)
        for (size_t s = 0; s < n->n_sectors; s++) {
            placed += priority_quadrant_at(x, r, s) != UF_QUADRANT_NONE;
            open += priority_map_is_open(x, r, s);
        }
    const struct uf_argument arguments[] = {uf_count_argument(open), uf_count_argument(placed)};
    return uf_result_add_note(result, x->language, open ? UF_WARNING : UF_NOTE, "quadrants-open", text,
                              no_advice, arguments, 2, error);
}

static uf_status tell_event(const struct priority_map *x, bool exits, struct uf_result *result,
                            struct uf_error *error)
{
    static const struct uf_words texts[] = {
        {"Of {0} cells without specialisation {5}, {1} had it in the period described. 0.1 more in density "
         "goes with "
         "{2} percentage points of probability of such an entry (p {3}, clustered by {4} regions).",
         "Av {0} celler utan specialisering {5} hade {1} fått det i den beskrivna perioden. 0,1 högre täthet "
         "svarar "
         "mot {2} procentenheter i sannolikhet för ett sådant inträde (p {3}, klustrat på {4} regioner)."},
        {"Of {0} cells with specialisation {5}, {1} had lost it in the period described. 0.1 more in density "
         "goes with "
         "{2} percentage points of probability of such an exit (p {3}, clustered by {4} regions).",
         "Av {0} celler med specialisering {5} hade {1} förlorat den i den beskrivna perioden. 0,1 högre "
         "täthet svarar "
         "mot {2} procentenheter i sannolikhet för ett sådant utträde (p {3}, klustrat på {4} regioner)."}};
    static const struct uf_words not_said[] = {{"No model of entries since {1} can be formed: {0}.",
                                                "Ingen modell av inträden sedan {1} kan bildas: {0}."},
                                               {"No model of exits since {1} can be formed: {0}.",
                                                "Ingen modell av utträden sedan {1} kan bildas: {0}."}};
    const struct uf_entry_fit *fit = exits ? &x->exit : &x->entry;
    const char *from = x->complexity.network.activity.panel->periods.code[x->from];
    const char *code = exits ? "exits" : "entries";
    if (!(exits ? x->has_exit : x->has_entry)) {
        struct uf_argument arguments[] = {uf_text_argument(exits ? x->no_exit : x->no_entry),
                                          uf_text_argument(from)};
        return uf_result_add_note(result, x->language, UF_NOTE, code, not_said[exits], no_advice, arguments,
                                  2, error);
    }
    struct uf_argument arguments[] = {
        uf_count_argument(fit->n_cells),           uf_count_argument(fit->n_events),
        uf_number_argument(10 * fit->marginal, 1), uf_p_value_argument(fit->p[1], 3),
        uf_count_argument(fit->n_regions),         uf_text_argument(from)};
    return uf_result_add_note(result, x->language, UF_NOTE, code, texts[exits], no_advice, arguments, 6,
                              error);
}

uf_status priority_map_tell(const struct priority_map *map, struct uf_result *result, struct uf_error *error)
{
    if (!map->by_growth) UF_TRY(complexity_tell_meaning(&map->complexity, result, error));
    UF_TRY(tell_bands(map, result, error));
    UF_TRY(tell_open(map, result, error));
    if (map->from == SIZE_MAX) return UF_OK;
    UF_TRY(tell_event(map, false, result, error));
    return tell_event(map, true, result, error);
}
