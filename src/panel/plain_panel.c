// SPDX-License-Identifier: GPL-3.0-or-later
#include "panel/plain_panel.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <utfall/number.h>
#include <utfall/text.h>

#include "base/fail.h"
#include "import/plain_file.h"
#include "panel/layout.h"

enum { MOST_PERIODS = 20000 };

/* One text column's codes over all parts: sorted, and where each part's own codes stand among them. */
struct code_set {
    uint32_t **rank; /* n_parts × the part's codes */
    struct code *code;
    size_t count;
};
struct code {
    uint64_t key; /* the first eight bytes, so that most comparisons need no more */
    uint32_t part, index;
};

/* What the columns of the file are to the panel. */
struct plain {
    const struct uf_file_panel_request *request;
    struct plain_file file;
    const char **texts, **numbers;
    size_t n_texts, n_numbers;
    size_t unit, period, sector, cohort, *cluster; /* among the texts; SIZE_MAX: none */
    size_t *first_row;                             /* n_parts: the number of the part's first row */
    struct code_set *codes;                        /* n_texts */
    uint32_t *place;                               /* n_rows: where each row goes in the panel */
    bool doubtful;                                 /* something that the careful way should look at */
};

static const char *code_text(const struct plain *p, size_t column, const struct code *code)
{
    const struct plain_codes *codes = &p->file.part[code->part].codes[column];
    return codes->bytes + codes->offset[code->index];
}

static int compare_codes(const struct plain *p, size_t column, const struct code *a, const struct code *b)
{
    if (a->key != b->key) return a->key < b->key ? -1 : 1;
    if ((a->key & 0xFF) == 0) return 0; /* both end within the key */
    return strcmp(code_text(p, column, a), code_text(p, column, b));
}

static uint64_t key_of(const char *text)
{
    uint64_t key = 0;
    for (size_t i = 0, ended = 0; i < 8; i++) {
        ended = ended || text[i] == '\0';
        key = key << 8 | (ended ? 0 : (unsigned char)text[i]);
    }
    return key;
}

/* Merges two sorted runs of `from` into `to`. */
static void merge_runs(const struct plain *p, size_t column, const struct code *from, size_t first,
                       size_t middle, size_t last, struct code *to)
{
    size_t a = first, b = middle;
    for (size_t i = first; i < last; i++)
        to[i] = b == last || (a < middle && compare_codes(p, column, &from[a], &from[b]) <= 0) ? from[a++]
                                                                                               : from[b++];
}

static uf_status sort_codes(const struct plain *p, size_t column, struct code *code, size_t n,
                            size_t *out_count, struct uf_error *error)
{
    struct code *other = malloc((n + 1) * sizeof *other), *from = code, *to = other;
    if (!other) return uf_fail_memory(error);
    for (size_t run = 1; run < n; run *= 2) {
#pragma omp parallel for schedule(dynamic, 1) if (n > 10000 && run < n / 2)
        for (size_t piece = 0; piece < (n + 2 * run * 256 - 1) / (2 * run * 256); piece++)
            for (size_t first = piece * 2 * run * 256; first < n && first < (piece + 1) * 2 * run * 256;
                 first += 2 * run) {
                size_t middle = first + run < n ? first + run : n,
                       last = first + 2 * run < n ? first + 2 * run : n;
                merge_runs(p, column, from, first, middle, last, to);
            }
        struct code *swap = from;
        from = to, to = swap;
    }
    if (from != code) memcpy(code, from, n * sizeof *code);
    free(other);
    *out_count = n;
    return UF_OK;
}

static uf_status build_codes(const struct plain *p, size_t column, struct code_set *set,
                             struct uf_error *error)
{
    const struct plain_file *file = &p->file;
    size_t n = 0, unique = 0;
    for (size_t i = 0; i < file->n_parts; i++) n += file->part[i].codes[column].count;
    set->code = malloc((n + 1) * sizeof *set->code);
    set->rank = calloc(file->n_parts + 1, sizeof *set->rank);
    if (!set->code || !set->rank) return uf_fail_memory(error);
    size_t next = 0;
    for (size_t i = 0; i < file->n_parts; i++) {
        const struct plain_codes *codes = &file->part[i].codes[column];
        set->rank[i] = malloc((codes->count + 1) * sizeof **set->rank);
        if (!set->rank[i]) return uf_fail_memory(error);
        for (uint32_t j = 0; j < codes->count; j++)
            set->code[next++] = (struct code){key_of(codes->bytes + codes->offset[j]), (uint32_t)i, j};
    }
    UF_TRY(sort_codes(p, column, set->code, n, &n, error));
    for (size_t i = 0; i < n; i++) {
        if (i == 0 || compare_codes(p, column, &set->code[unique - 1], &set->code[i]) != 0)
            set->code[unique++] = set->code[i];
        set->rank[set->code[i].part][set->code[i].index] = (uint32_t)(unique - 1);
    }
    set->count = unique;
    return UF_OK;
}

static uf_status fill_dictionary(const struct plain *p, size_t column, struct uf_dictionary *out,
                                 struct uf_error *error)
{
    const struct code_set *set = &p->codes[column];
    *out = (struct uf_dictionary){calloc(set->count + 1, sizeof(char *)),
                                  calloc(set->count + 1, sizeof(char *)), set->count};
    bool fine = out->code && out->label;
    for (size_t i = 0; fine && i < set->count; i++) {
        const char *text = code_text(p, column, &set->code[i]);
        fine = (out->code[i] = uf_text_copy(text)) && (out->label[i] = uf_text_copy(text));
    }
    return fine ? UF_OK : uf_fail_memory(error);
}

/* --- rows -------------------------------------------------------------------------------------- */

/* The rank of a row's code, by part and row of the part. */
static inline uint32_t rank_of(const struct plain *p, size_t column, size_t part, size_t row)
{
    return p->codes[column].rank[part][p->file.part[part].text[column][row]];
}

/* A cohort may: never treated. */
static bool may_be_empty(const struct plain *p, size_t column)
{
    bool key = column == p->unit || column == p->period || column == p->sector;
    for (size_t k = 0; k < p->request->n_clusters; k++) key |= column == p->cluster[k];
    return column == p->cohort && !key;
}

static bool any_empty(const struct plain *p, size_t column)
{
    bool found = false;
#pragma omp parallel for schedule(dynamic, 4) reduction(|| : found)
    for (size_t i = 0; i < p->file.n_parts; i++)
        for (size_t r = 0; r < p->file.part[i].n_rows && !found; r++)
            found = p->file.part[i].text[column][r] == PLAIN_EMPTY;
    return found;
}

/* As the careful way asks of the period column: all its codes are periods, or none. */
static bool mixed_periods(const struct uf_dictionary *periods)
{
    size_t found = 0;
    for (size_t i = 0; i < periods->count; i++) {
        const char *code = periods->code[i];
        uf_period period;
        double number;
        found += uf_period_parse(code, strlen(code), &period) ||
                 (uf_number_parse(code, strlen(code), '.', &number) && number == floor(number));
    }
    return found > 0 && found < periods->count;
}

/* Where the sorted codes of the periods went in time. */
static uf_status period_places(const struct plain *p, const struct uf_panel *panel, uint32_t **out,
                               struct uf_error *error)
{
    const struct code_set *set = &p->codes[p->period];
    *out = malloc((set->count + 1) * sizeof **out);
    if (!*out) return uf_fail_memory(error);
    for (size_t i = 0; i < set->count; i++)
        (*out)[i] = (uint32_t)uf_dictionary_find(&panel->periods, code_text(p, p->period, &set->code[i]));
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
static void carry_ranks(const struct plain *p, size_t column, const uint32_t *map, size_t *out)
{
#pragma omp parallel for schedule(dynamic, 1)
    for (size_t i = 0; i < p->file.n_parts; i++)
        for (size_t r = 0; r < p->file.part[i].n_rows; r++) {
            uint32_t rank = rank_of(p, column, i, r);
            out[p->place[p->first_row[i] + r]] = map ? map[rank] : rank;
        }
}

static uf_status place_rows(struct plain *p, struct uf_panel *panel, struct uf_error *error)
{
    const size_t n = p->file.n_rows, units = panel->units.count;
    size_t *start = calloc(units + 2, sizeof *start);
    uint32_t *map = NULL;
    panel->n_rows = n;
    panel->several_rows = p->request->several_rows;
    p->place = malloc((n + 1) * sizeof *p->place);
    panel->unit = calloc(n + 1, sizeof *panel->unit);
    panel->period = p->period == SIZE_MAX ? calloc(n + 1, sizeof *panel->period)
                                          : malloc((n + 1) * sizeof *panel->period);
    if (p->sector != SIZE_MAX) panel->sector = malloc((n + 1) * sizeof *panel->sector);
    uf_status status = UF_OK;
    if (!start || !p->place || !panel->unit || !panel->period || (p->sector != SIZE_MAX && !panel->sector)) {
        status = uf_fail_memory(error);
        goto done;
    }
    for (size_t i = 0; i < p->file.n_parts; i++)
        for (size_t r = 0; r < p->file.part[i].n_rows; r++) start[rank_of(p, p->unit, i, r) + 1]++;
    for (size_t u = 0; u < units; u++) start[u + 1] += start[u];
    for (size_t i = 0; i < p->file.n_parts; i++)
        for (size_t r = 0; r < p->file.part[i].n_rows; r++)
            p->place[p->first_row[i] + r] = (uint32_t)start[rank_of(p, p->unit, i, r)]++;
    memmove(start + 1, start, units * sizeof *start);
    start[0] = 0;
    for (size_t u = 0; u < units; u++)
        for (size_t i = start[u]; i < start[u + 1]; i++) panel->unit[i] = u;
    if (p->period != SIZE_MAX) {
        UF_TRY_GOTO(period_places(p, panel, &map, error), done);
        carry_ranks(p, p->period, map, panel->period);
    }
    if (p->sector != SIZE_MAX) carry_ranks(p, p->sector, NULL, panel->sector);
    bool ordered = true;
    for (size_t i = 1; i < n && ordered; i++)
        ordered = panel->unit[i - 1] != panel->unit[i] || in_order(panel, i);
    if (!ordered && !sort_units(p, panel, start)) p->doubtful = true;
done:
    free(start), free(map);
    return status;
}

static uf_status carry_number(struct plain *p, size_t j, struct uf_panel *panel, struct uf_error *error)
{
    struct uf_panel_column *column = &panel->columns[panel->n_columns++];
    const size_t n = panel->n_rows;
    column->name = uf_text_copy(p->numbers[j]);
    column->label = uf_text_copy(p->numbers[j]);
    column->value = malloc((n + 1) * sizeof *column->value);
    column->status = calloc(n + 1, sizeof *column->status); /* nobody touches it where all is observed */
    if (!column->name || !column->label || !column->value || !column->status) return uf_fail_memory(error);
#pragma omp parallel for schedule(dynamic, 1)
    for (size_t i = 0; i < p->file.n_parts; i++) {
        const struct plain_part *part = &p->file.part[i];
        const uint32_t *place = p->place + p->first_row[i];
        for (size_t r = 0; r < part->n_rows; r++) column->value[place[r]] = part->number[j][r];
        for (size_t r = 0; r < part->n_rows && part->status[j]; r++)
            column->status[place[r]] = part->status[j][r];
    }
    plain_file_drop_number(&p->file, j);
    return UF_OK;
}

static uf_status carry_clusters(struct plain *p, struct uf_panel *panel, struct uf_error *error)
{
    const size_t n = p->request->n_clusters;
    if (n == 0) return UF_OK;
    panel->cluster = calloc(n, sizeof *panel->cluster);
    panel->cluster_name = calloc(n, sizeof *panel->cluster_name);
    panel->n_clusters = calloc(n, sizeof *panel->n_clusters);
    panel->cluster_groups = calloc(n, sizeof *panel->cluster_groups);
    if (!panel->cluster || !panel->cluster_name || !panel->n_clusters || !panel->cluster_groups)
        return uf_fail_memory(error);
    panel->n_cluster_dimensions = n;
    for (size_t k = 0; k < n; k++) {
        UF_TRY(fill_dictionary(p, p->cluster[k], &panel->cluster_groups[k], error));
        panel->cluster_name[k] = uf_text_copy(p->request->clusters[k]);
        panel->cluster[k] = malloc((panel->n_rows + 1) * sizeof **panel->cluster);
        if (!panel->cluster_name[k] || !panel->cluster[k]) return uf_fail_memory(error);
        carry_ranks(p, p->cluster[k], NULL, panel->cluster[k]);
        panel->n_clusters[k] = panel->cluster_groups[k].count;
    }
    return UF_OK;
}

/* Each unit's cohort; doubtful where it has two, or one that is no period. */
static uf_status treat_by_cohort(struct plain *p, struct uf_panel *panel, struct uf_error *error)
{
    UF_TRY(panel_start_treatment(panel, error));
    const struct code_set *set = &p->codes[p->cohort];
    const size_t units = panel->units.count;
    uint32_t *of_unit = malloc((units + 1) * sizeof *of_unit);
    size_t *first = malloc((set->count + 1) * sizeof *first);
    if (!of_unit || !first) {
        free(of_unit), free(first);
        return uf_fail_memory(error);
    }
    for (size_t c = 0; c < set->count; c++)
        if (!panel_cohort_start(panel, code_text(p, p->cohort, &set->code[c]), &first[c])) p->doubtful = true;
    memset(of_unit, 0xFF, units * sizeof *of_unit); /* no row met */
    const uint32_t empty = (uint32_t)set->count;
    for (size_t i = 0; i < p->file.n_parts && !p->doubtful; i++)
        for (size_t r = 0; r < p->file.part[i].n_rows; r++) {
            uint32_t own = p->file.part[i].text[p->cohort][r],
                     cohort = own == PLAIN_EMPTY ? empty : set->rank[i][own],
                     *known = &of_unit[rank_of(p, p->unit, i, r)];
            if (*known == UINT32_MAX) *known = cohort;
            p->doubtful |= *known != cohort;
        }
    for (size_t u = 0; u < units && !p->doubtful; u++)
        panel->treatment.first_period[u] = of_unit[u] < empty ? first[of_unit[u]] : SIZE_MAX;
    free(of_unit), free(first);
    return UF_OK;
}

/* Columns that nobody will ask for again; the cohort and the unit are wanted last. */
static void drop_texts(struct plain *p, bool clusters_wanted)
{
    for (size_t j = 0; j < p->n_texts; j++) {
        bool wanted = j == p->unit || j == p->cohort;
        for (size_t k = 0; k < p->request->n_clusters && clusters_wanted; k++) wanted |= j == p->cluster[k];
        if (!wanted) plain_file_drop_text(&p->file, j);
    }
}

static uf_status build(struct plain *p, struct uf_panel *panel, struct uf_error *error)
{
    const struct uf_file_panel_request *request = p->request;
    panel->outcome = panel->weight = UF_NOWHERE;
    panel->treatment.cost = NAN;
    for (size_t j = 0; j < p->n_texts; j++) {
        if (!may_be_empty(p, j) && any_empty(p, j)) p->doubtful = true;
        if (p->doubtful) return UF_OK;
        UF_TRY(build_codes(p, j, &p->codes[j], error));
    }
    if (p->period != SIZE_MAX && p->codes[p->period].count > MOST_PERIODS) p->doubtful = true;
    if (p->doubtful) return UF_OK;
    UF_TRY(fill_dictionary(p, p->unit, &panel->units, error));
    if (p->sector != SIZE_MAX) UF_TRY(fill_dictionary(p, p->sector, &panel->sectors, error));
    if (p->period != SIZE_MAX) {
        UF_TRY(fill_dictionary(p, p->period, &panel->periods, error));
        if (mixed_periods(&panel->periods)) p->doubtful = true;
        if (p->doubtful) return UF_OK;
        UF_TRY(panel_order_periods(panel, error));
    } else {
        UF_TRY(panel_one_period(panel, error));
    }
    UF_TRY(place_rows(p, panel, error));
    if (p->doubtful) return UF_OK;
    drop_texts(p, true);
    UF_TRY(carry_clusters(p, panel, error));
    drop_texts(p, false);
    if (request->cohort) UF_TRY(treat_by_cohort(p, panel, error));
    for (size_t j = 0; j < p->n_texts; j++) plain_file_drop_text(&p->file, j);
    panel->columns = calloc(p->n_numbers + 1, sizeof *panel->columns);
    if (!panel->columns) return uf_fail_memory(error);
    for (size_t j = 0; j < p->n_numbers; j++) UF_TRY(carry_number(p, j, panel, error));
    UF_TRY(panel_set_roles(panel, request->outcome, request->weight, request->covariates,
                           request->n_covariates, error));
    if (request->treatment) UF_TRY(panel_treat_by_column(panel, request->treatment, error));
    if (request->n_treated)
        UF_TRY(panel_treat_by_list(panel, request->treated, request->n_treated, request->start, error));
    return UF_OK;
}

/* --- columns ----------------------------------------------------------------------------------- */

static size_t add_name(const char **names, size_t *count, const char *name)
{
    if (!name) return SIZE_MAX;
    for (size_t i = 0; i < *count; i++)
        if (!strcmp(names[i], name)) return i;
    names[*count] = name;
    return (*count)++;
}

static void name_columns(struct plain *p)
{
    const struct uf_file_panel_request *r = p->request;
    p->unit = add_name(p->texts, &p->n_texts, r->unit);
    p->period = add_name(p->texts, &p->n_texts, r->period);
    p->sector = add_name(p->texts, &p->n_texts, r->sector);
    for (size_t i = 0; i < r->n_clusters; i++)
        p->cluster[i] = add_name(p->texts, &p->n_texts, r->clusters[i]);
    p->cohort = add_name(p->texts, &p->n_texts, r->cohort);
    add_name(p->numbers, &p->n_numbers, r->outcome);
    add_name(p->numbers, &p->n_numbers, r->weight);
    add_name(p->numbers, &p->n_numbers, r->treatment);
    for (size_t i = 0; i < r->n_covariates; i++) add_name(p->numbers, &p->n_numbers, r->covariates[i]);
    for (size_t i = 0; i < r->n_extra; i++) add_name(p->numbers, &p->n_numbers, r->extra[i]);
}

static void plain_clear(struct plain *p)
{
    for (size_t j = 0; p->codes && j < p->n_texts; j++) {
        for (size_t i = 0; p->codes[j].rank && i < p->file.n_parts; i++) free(p->codes[j].rank[i]);
        free(p->codes[j].rank), free(p->codes[j].code);
    }
    free(p->codes), free(p->place), free(p->first_row), free(p->texts), free(p->numbers), free(p->cluster);
    plain_file_clear(&p->file);
}

uf_status panel_from_any_plain_file(const struct uf_file_panel_request *request, struct uf_panel **out,
                                    bool *out_done, struct uf_error *error)
{
    const size_t most = request->n_covariates + request->n_extra + request->n_clusters + 8;
    struct plain p = {.request = request,
                      .texts = calloc(most, sizeof(char *)),
                      .numbers = calloc(most, sizeof(char *)),
                      .cluster = calloc(request->n_clusters + 1, sizeof(size_t)),
                      .codes = calloc(most, sizeof(struct code_set))};
    struct uf_panel *panel = calloc(1, sizeof *panel);
    bool plain = false;
    *out_done = false;
    uf_status status = p.texts && p.numbers && p.cluster && p.codes && panel ? UF_OK : uf_fail_memory(error);
    if (status == UF_OK) {
        name_columns(&p);
        status = plain_file_read(request->path, p.texts, p.n_texts, p.numbers, p.n_numbers, &p.file, &plain,
                                 error);
    }
    if (status == UF_OK && plain && p.file.n_rows < UINT32_MAX) {
        p.first_row = malloc((p.file.n_parts + 1) * sizeof *p.first_row);
        if (!p.first_row) status = uf_fail_memory(error);
        for (size_t i = 0, row = 0; status == UF_OK && i < p.file.n_parts; row += p.file.part[i++].n_rows)
            p.first_row[i] = row;
        if (status == UF_OK) status = build(&p, panel, error);
        *out_done = status == UF_OK && !p.doubtful;
    }
    plain_clear(&p);
    if (*out_done)
        *out = panel;
    else
        uf_panel_free(panel);
    return status;
}

uf_status panel_from_plain_file(const struct uf_file_panel_request *request, struct uf_panel **out,
                                bool *out_done, struct uf_error *error)
{
    struct stat about;
    *out_done = false;
    if (stat(request->path, &about) != 0 || about.st_size < PANEL_PLAIN_FROM) return UF_OK;
    return panel_from_any_plain_file(request, out, out_done, error);
}
