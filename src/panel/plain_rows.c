// SPDX-License-Identifier: GPL-3.0-or-later
/* Where the rows of a plain file go in a panel: by unit, in time, by sector. */
#include "panel/plain_rows.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"

/* Where the sorted codes of the periods went in time. */
static uf_status period_places(const struct plain *p, const struct uf_panel *panel, uint32_t **out,
                               struct uf_error *error)
{
    const struct plain_code_set *set = &p->codes[p->period];
    *out = malloc((set->count + 1) * sizeof **out);
    if (!*out) return uf_fail_memory(error);
    for (size_t i = 0; i < set->count; i++)
        (*out)[i] =
            (uint32_t)uf_dictionary_find(&panel->periods, plain_code_text(p, p->period, &set->code[i]));
    return UF_OK;
}

struct keyed {
    size_t period, sector;
    uint32_t row;
};

static int compare_keyed(const void *a, const void *b)
{
    const struct keyed *x = a, *y = b;
    if (x->period != y->period) return x->period < y->period ? -1 : 1;
    if (x->sector != y->sector) return x->sector < y->sector ? -1 : 1;
    return (x->row > y->row) - (x->row < y->row);
}

static bool in_order(const struct uf_panel *panel, size_t i)
{
    if (panel->period[i - 1] != panel->period[i]) return panel->period[i - 1] < panel->period[i];
    if (panel->sector && panel->sector[i - 1] != panel->sector[i])
        return panel->sector[i - 1] < panel->sector[i];
    return panel->several_rows;
}

/* Rows of one unit that did not come in time: new places for them. False: two share a key, or no memory. */
static bool sort_units(struct plain *p, struct uf_panel *panel, const size_t *start)
{
    size_t n = panel->n_rows, units = panel->units.count;
    uint32_t *row_at = malloc((n + 1) * sizeof *row_at);
    bool fine = row_at != NULL;
    for (size_t i = 0; fine && i < n; i++) row_at[p->place[i]] = (uint32_t)i;
    for (size_t u = 0; u < units && fine; u++) {
        size_t first = start[u], count = start[u + 1] - first;
        bool ordered = true;
        for (size_t i = first + 1; i < first + count && ordered; i++) ordered = in_order(panel, i);
        if (ordered) continue;
        struct keyed *keyed = malloc((count + 1) * sizeof *keyed);
        if (!keyed) fine = false;
        for (size_t i = 0; i < count && fine; i++)
            keyed[i] = (struct keyed){panel->period[first + i], panel->sector ? panel->sector[first + i] : 0,
                                      row_at[first + i]};
        if (fine) qsort(keyed, count, sizeof *keyed, compare_keyed);
        for (size_t i = 0; i < count && fine; i++) {
            panel->period[first + i] = keyed[i].period;
            if (panel->sector) panel->sector[first + i] = keyed[i].sector;
            p->place[keyed[i].row] = (uint32_t)(first + i);
            fine = i == 0 || in_order(panel, first + i);
        }
        free(keyed);
    }
    free(row_at);
    return fine;
}

/* Fills out[place] with the column's ranks, through `map` where there is one. */
void plain_rows_carry(const struct plain *p, size_t column, const uint32_t *map, size_t *out)
{
#pragma omp parallel for schedule(dynamic, 1)
    for (size_t i = 0; i < p->file.n_parts; i++) {
        const struct plain_ranks ranks = plain_ranks(p, column, i);
        const uint32_t *place = p->place + p->first_row[i];
        for (size_t r = 0, n = p->file.part[i].n_rows; r < n; r++) {
            const uint32_t rank = ranks.rank[ranks.code[r]];
            out[place[r]] = map ? map[rank] : rank;
        }
    }
}

/* The parts of the file in so many groups, one after the other, which are placed at the same time. */
enum { GROUPS = 4 };

static size_t group_start(const struct plain *p, size_t group)
{
    return p->file.n_parts * group / GROUPS;
}

/* Each row's place: behind the rows of units before its own, and behind those of its unit that the file has first.
 * `start`: units + 1. */
static uf_status place_rows(struct plain *p, size_t units, size_t *start, struct uf_error *error)
{
    /* by unit, each group's rows: first their number, then the place of the next */
    uint32_t(*next)[GROUPS] = calloc(units + 1, sizeof *next);
    if (!next) return uf_fail_memory(error);
#pragma omp parallel for schedule(dynamic, 1)
    for (size_t g = 0; g < GROUPS; g++)
        for (size_t i = group_start(p, g); i < group_start(p, g + 1); i++) {
            const struct plain_ranks units_of = plain_ranks(p, p->unit, i);
            for (size_t r = 0, n = p->file.part[i].n_rows; r < n; r++)
                next[units_of.rank[units_of.code[r]]][g]++;
        }
    uint32_t row = 0;
    for (size_t u = 0; u < units; u++) {
        start[u] = row;
        for (size_t g = 0; g < GROUPS; g++) {
            const uint32_t rows = next[u][g];
            next[u][g] = row;
            row += rows;
        }
    }
    start[units] = row;
#pragma omp parallel for schedule(dynamic, 1)
    for (size_t g = 0; g < GROUPS; g++)
        for (size_t i = group_start(p, g); i < group_start(p, g + 1); i++) {
            const struct plain_ranks units_of = plain_ranks(p, p->unit, i);
            uint32_t *place = p->place + p->first_row[i];
            for (size_t r = 0, n = p->file.part[i].n_rows; r < n; r++)
                place[r] = next[units_of.rank[units_of.code[r]]][g]++;
        }
    free(next);
    return UF_OK;
}

uf_status plain_rows_place(struct plain *p, struct uf_panel *panel, struct uf_error *error)
{
    const size_t n = p->file.n_rows, units = panel->units.count;
    size_t *start = malloc((units + 1) * sizeof *start);
    uint32_t *map = NULL;
    panel->n_rows = n;
    panel->several_rows = p->request->several_rows;
    p->place = malloc((n + 1) * sizeof *p->place);
    panel->unit = malloc((n + 1) * sizeof *panel->unit);
    panel->period = p->period == SIZE_MAX ? calloc(n + 1, sizeof *panel->period)
                                          : malloc((n + 1) * sizeof *panel->period);
    if (p->sector != SIZE_MAX) panel->sector = malloc((n + 1) * sizeof *panel->sector);
    uf_status status = UF_OK;
    if (!start || !p->place || !panel->unit || !panel->period || (p->sector != SIZE_MAX && !panel->sector)) {
        status = uf_fail_memory(error);
        goto done;
    }
    UF_TRY_GOTO(place_rows(p, units, start, error), done);
#pragma omp parallel for schedule(static)
    for (size_t u = 0; u < units; u++)
        for (size_t i = start[u]; i < start[u + 1]; i++) panel->unit[i] = u;
    if (p->period != SIZE_MAX) {
        UF_TRY_GOTO(period_places(p, panel, &map, error), done);
        plain_rows_carry(p, p->period, map, panel->period);
    }
    if (p->sector != SIZE_MAX) plain_rows_carry(p, p->sector, NULL, panel->sector);
    bool ordered = true;
#pragma omp parallel for schedule(static) reduction(&& : ordered)
    for (size_t i = 1; i < n; i++)
        ordered = ordered && (panel->unit[i - 1] != panel->unit[i] || in_order(panel, i));
    if (!ordered && !sort_units(p, panel, start)) p->doubtful = true;
done:
    free(start), free(map);
    return status;
}
