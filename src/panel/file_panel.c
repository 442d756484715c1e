// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/fail.h"
#include "panel/layout.h"
#include "panel/plain_panel.h"
#include "panel/roles.h"

#include <stdlib.h>
#include <string.h>
#include <utfall/import.h>
#include <utfall/text.h>

/* A set of borrowed names, in order, no name twice. */
struct names {
    const char **items;
    size_t count, capacity;
};

static void add_name(struct names *names, const char *name)
{
    if (!name) return;
    for (size_t i = 0; i < names->count; i++)
        if (!strcmp(names->items[i], name)) return;
    if (names->count < names->capacity) names->items[names->count++] = name;
}

static uf_status check_roles(const struct uf_file_panel_request *request, bool of_effect,
                             struct uf_error *error)
{
    const struct panel_named single[] = {{ROLE_UNIT, request->unit},     {ROLE_PERIOD, request->period},
                                         {ROLE_SECTOR, request->sector}, {ROLE_OUTCOME, request->outcome},
                                         {ROLE_COHORT, request->cohort}, {ROLE_TREATMENT, request->treatment},
                                         {ROLE_WEIGHT, request->weight}};
    size_t n = sizeof single / sizeof *single;
    struct panel_named *named =
        calloc(n + request->n_covariates + request->n_clusters + request->n_extra, sizeof *named);
    if (!named) return uf_fail_memory(error);
    memcpy(named, single, sizeof single);
    for (size_t i = 0; i < request->n_covariates; i++)
        named[n++] = (struct panel_named){ROLE_COVARIATE, request->covariates[i]};
    for (size_t i = 0; i < request->n_clusters; i++)
        named[n++] = (struct panel_named){ROLE_CLUSTER, request->clusters[i]};
    for (size_t i = 0; i < request->n_extra; i++)
        named[n++] = (struct panel_named){ROLE_OPTION, request->extra[i]};
    uf_status status = panel_check_roles(named, n, of_effect, error);
    free(named);
    return status;
}

static uf_status check(const struct uf_file_panel_request *request, struct uf_error *error)
{
    int ways = (request->treatment != NULL) + (request->cohort != NULL) + (request->n_treated > 0);
    if (!request->unit) return uf_fail(error, UF_BAD_USAGE, "name the column with the units: --unit COLUMN");
    if (ways > 1)
        return uf_fail(error, UF_BAD_USAGE,
                       "say who was treated in one way: --treatment, --cohort, or --treated with --start");
    if (request->n_treated && !request->start)
        return uf_fail(error, UF_BAD_USAGE, "--treated needs the first treated period: --start PERIOD");
    if (ways && !request->period)
        return uf_fail(error, UF_BAD_USAGE, "name the column with the periods: --period COLUMN");
    return check_roles(request, ways > 0, error);
}

static uf_status build(const struct uf_file_panel_request *request, const struct uf_table *table,
                       const struct names *numbers, struct uf_result *ledger, struct uf_panel **out,
                       struct uf_error *error)
{
    const struct layout_request layout = {.table = table,
                                          .place = request->path,
                                          .unit = request->unit,
                                          .sector = request->sector,
                                          .period = request->period,
                                          .numbers = numbers->items,
                                          .n_numbers = numbers->count,
                                          .clusters = request->clusters,
                                          .n_clusters = request->n_clusters,
                                          .language = request->language,
                                          .several_rows = request->several_rows};
    struct uf_panel *panel = NULL;
    UF_TRY(panel_lay_out(&layout, ledger, &panel, error));
    uf_status status = panel_set_roles(panel, request->outcome, request->weight, request->covariates,
                                       request->n_covariates, error);
    if (status == UF_OK && request->treatment)
        status = panel_treat_by_column(panel, request->treatment, error);
    if (status == UF_OK && request->cohort) {
        if (uf_table_column(table, request->cohort) == (size_t)-1)
            status = uf_fail_at(error, UF_BAD_USAGE, request->path, 0, 0, "there is no column '%s'",
                                request->cohort);
        else
            status =
                panel_treat_by_cohort(panel, table, request->unit, request->cohort, request->path, error);
    }
    if (status == UF_OK && request->n_treated)
        status = panel_treat_by_list(panel, request->treated, request->n_treated, request->start, error);
    if (status == UF_OK)
        *out = panel;
    else
        uf_panel_free(panel);
    return status;
}

uf_status uf_panel_from_file(const struct uf_file_panel_request *request, struct uf_result *ledger,
                             struct uf_panel **out, struct uf_error *error)
{
    UF_TRY(check(request, error));
    const size_t most = request->n_covariates + request->n_extra + request->n_clusters + 8;
    struct names texts = {calloc(most, sizeof(char *)), 0, most},
                 numbers = {calloc(most, sizeof(char *)), 0, most};
    struct uf_table *table = NULL;
    uf_status status = texts.items && numbers.items ? UF_OK : uf_fail_memory(error);
    if (status == UF_OK) {
        bool done = false;
        status = panel_from_plain_file(request, out, &done, error);
        if (status != UF_OK || done) {
            free(texts.items), free(numbers.items);
            return status;
        }
    }
    if (status == UF_OK) {
        add_name(&texts, request->unit);
        add_name(&texts, request->period);
        add_name(&texts, request->sector);
        add_name(&texts, request->cohort);
        for (size_t i = 0; i < request->n_clusters; i++) add_name(&texts, request->clusters[i]);
        add_name(&numbers, request->outcome);
        add_name(&numbers, request->weight);
        add_name(&numbers, request->treatment);
        for (size_t i = 0; i < request->n_covariates; i++) add_name(&numbers, request->covariates[i]);
        for (size_t i = 0; i < request->n_extra; i++) add_name(&numbers, request->extra[i]);
        status = uf_read_delimited_checked(request->path, texts.items, texts.count, numbers.items,
                                           numbers.count, request->period, &table, error);
    }
    if (status == UF_OK) status = build(request, table, &numbers, ledger, out, error);
    uf_table_free(table);
    free(texts.items);
    free(numbers.items);
    return status;
}

uf_status uf_panel_side_table(const char *path, const char *const *columns, size_t n_columns,
                              struct uf_table **out, struct uf_error *error)
{
    return uf_read_delimited(path, columns, n_columns, out, error);
}
