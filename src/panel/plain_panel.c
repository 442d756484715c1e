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
#include "panel/layout.h"
#include "panel/plain_rows.h"

enum { MOST_PERIODS = 20000 };

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

/* `*spare`, where there is one, becomes the column's memory, and then that which the file's column leaves. */
static uf_status carry_number(struct plain *p, size_t j, struct uf_panel *panel, double **spare,
                              struct uf_error *error)
{
    struct uf_panel_column *column = &panel->columns[panel->n_columns++];
    const size_t n = panel->n_rows;
    column->name = uf_text_copy(p->numbers[j]);
    column->label = uf_text_copy(p->numbers[j]);
    column->value = *spare ? *spare : malloc((n + 1) * sizeof *column->value);
    *spare = NULL;
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
    *spare = plain_file_reuse_number(&p->file, j, n + 1);
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
        UF_TRY(plain_codes_dictionary(p, p->cluster[k], &panel->cluster_groups[k], error));
        panel->cluster_name[k] = uf_text_copy(p->request->clusters[k]);
        panel->cluster[k] = malloc((panel->n_rows + 1) * sizeof **panel->cluster);
        if (!panel->cluster_name[k] || !panel->cluster[k]) return uf_fail_memory(error);
        plain_rows_carry(p, p->cluster[k], NULL, panel->cluster[k]);
        panel->n_clusters[k] = panel->cluster_groups[k].count;
    }
    return UF_OK;
}

/* Each unit's cohort; doubtful where it has two, or one that is no period. */
static uf_status treat_by_cohort(struct plain *p, struct uf_panel *panel, struct uf_error *error)
{
    UF_TRY(panel_start_treatment(panel, error));
    const struct plain_code_set *set = &p->codes[p->cohort];
    const size_t units = panel->units.count;
    uint32_t *of_unit = malloc((units + 1) * sizeof *of_unit);
    size_t *first = malloc((set->count + 1) * sizeof *first);
    if (!of_unit || !first) {
        free(of_unit), free(first);
        return uf_fail_memory(error);
    }
    for (size_t c = 0; c < set->count; c++)
        if (!panel_cohort_start(panel, plain_code_text(p, p->cohort, &set->code[c]), &first[c]))
            p->doubtful = true;
    const uint32_t empty = (uint32_t)set->count;
    bool differs = false;
    /* any of the unit's rows says its cohort; then no row may say another */
    for (int pass = 0; pass < 2 && !p->doubtful; pass++) {
#pragma omp parallel for schedule(dynamic, 1) reduction(|| : differs)
        for (size_t i = 0; i < p->file.n_parts; i++) {
            const struct plain_ranks units_of = plain_ranks(p, p->unit, i),
                                     cohorts = plain_ranks(p, p->cohort, i);
            for (size_t r = 0, n = p->file.part[i].n_rows; r < n; r++) {
                const uint32_t own = cohorts.code[r], cohort = own == PLAIN_EMPTY ? empty : cohorts.rank[own];
                uint32_t *known = &of_unit[units_of.rank[units_of.code[r]]];
                if (pass == 1) {
                    differs |= *known != cohort;
                } else {
#pragma omp atomic write
                    *known = cohort;
                }
            }
        }
        p->doubtful |= differs;
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
        UF_TRY(plain_codes_build(p, j, &p->codes[j], error));
    }
    if (p->period != SIZE_MAX && p->codes[p->period].count > MOST_PERIODS) p->doubtful = true;
    if (p->doubtful) return UF_OK;
    UF_TRY(plain_codes_dictionary(p, p->unit, &panel->units, error));
    if (p->sector != SIZE_MAX) UF_TRY(plain_codes_dictionary(p, p->sector, &panel->sectors, error));
    if (p->period != SIZE_MAX) {
        UF_TRY(plain_codes_dictionary(p, p->period, &panel->periods, error));
        if (mixed_periods(&panel->periods)) p->doubtful = true;
        if (p->doubtful) return UF_OK;
        UF_TRY(panel_order_periods(panel, error));
    } else {
        UF_TRY(panel_one_period(panel, error));
    }
    UF_TRY(plain_rows_place(p, panel, error));
    if (p->doubtful) return UF_OK;
    drop_texts(p, true);
    UF_TRY(carry_clusters(p, panel, error));
    drop_texts(p, false);
    if (request->cohort) UF_TRY(treat_by_cohort(p, panel, error));
    for (size_t j = 0; j < p->n_texts; j++) plain_file_drop_text(&p->file, j);
    panel->columns = calloc(p->n_numbers + 1, sizeof *panel->columns);
    if (!panel->columns) return uf_fail_memory(error);
    double *spare = NULL;
    uf_status status = UF_OK;
    for (size_t j = 0; j < p->n_numbers && status == UF_OK; j++)
        status = carry_number(p, j, panel, &spare, error);
    free(spare);
    UF_TRY(status);
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
                      .codes = calloc(most, sizeof(struct plain_code_set))};
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
