// SPDX-License-Identifier: GPL-3.0-or-later
/* The datasets that ship: regions, aliases and sectors, and the programmes and whom they reached. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/file.h>
#include <utfall/import.h>
#include <utfall/number.h>

#include "base/fail.h"
#include "import/input.h"
#include "import/records.h"

enum { MAX_COLUMNS = 12 };

/* A row of one of these files, its cells in the order of the columns asked for. */
struct row {
    const char *cell[MAX_COLUMNS]; /* NULL: empty */
    const struct uf_records *records;
    size_t place[MAX_COLUMNS]; /* column in the file */
};
typedef uf_status put_function(struct uf_store *store, const struct row *row, const void *user,
                               struct uf_error *error);

static uf_status fail_in_row(const struct row *row, size_t cell, struct uf_error *error, const char *message,
                             const char *what)
{
    size_t line, column;
    uf_records_place(row->records, row->place[cell], &line, &column);
    return uf_fail_at(error, UF_BAD_INPUT, uf_records_name(row->records), line, column, "%s '%s'", message,
                      what);
}

/* What the store says of a row gets the row's place. */
static uf_status at_row(const struct row *row, uf_status status, const struct uf_error *inner,
                        struct uf_error *error)
{
    if (status == UF_OK) return UF_OK;
    if (status != UF_BAD_INPUT) {
        if (error) *error = *inner;
        return status;
    }
    size_t line, column;
    uf_records_place(row->records, 0, &line, &column);
    return uf_fail_at(error, status, uf_records_name(row->records), line, 0, "%s", inner->message);
}

static uf_status each_row(struct uf_store *store, struct uf_records *records, const char *const *columns,
                          size_t n_columns, put_function *put, const void *user, struct uf_error *error)
{
    struct uf_text_list names = {0};
    struct row row = {.records = records};
    uf_status status = uf_records_header(records, &names, error);
    size_t n_names = names.count;
    for (size_t j = 0; j < n_columns && status == UF_OK; j++) {
        row.place[j] = uf_text_list_find(&names, columns[j]);
        if (row.place[j] == SIZE_MAX)
            status = uf_fail_at(error, UF_BAD_INPUT, uf_records_name(records), 1, 0,
                                "the column '%s' is missing from the header", columns[j]);
    }
    uf_text_list_clear(&names);
    bool more = status == UF_OK;
    while (more && status == UF_OK) {
        struct uf_record record;
        struct uf_error inner = {0};
        UF_TRY(uf_records_next(records, &record, &more, error));
        if (!more) break;
        UF_TRY(uf_records_check(records, &record, n_names, error));
        for (size_t j = 0; j < n_columns; j++) {
            const struct uf_field *field = &record.fields[row.place[j]];
            row.cell[j] = field->length ? field->text : NULL;
        }
        status = put(store, &row, user, &inner);
        if (status != UF_OK && inner.line == 0) return at_row(&row, status, &inner, error);
        if (status != UF_OK && error) *error = inner;
    }
    return status;
}

static uf_status load(struct uf_store *store, const char *directory, const char *name,
                      const char *const *columns, size_t n_columns, put_function *put, const void *user,
                      struct uf_error *error)
{
    char *path = uf_path_join(directory, name);
    if (!path) return uf_fail_memory(error);
    struct uf_input *input = NULL;
    struct uf_records *records = NULL;
    uf_status status = uf_input_open(path, "utf-8", &input, error);
    if (status == UF_OK) status = uf_records_open(input, ',', &records, error);
    if (status == UF_OK) status = each_row(store, records, columns, n_columns, put, user, error);
    uf_records_close(records);
    uf_input_close(input);
    free(path);
    return status;
}

static uf_status read_integer(const struct row *row, size_t cell, int otherwise, int *out,
                              struct uf_error *error)
{
    const char *text = row->cell[cell];
    double value = otherwise;
    if (text &&
        (!uf_number_parse(text, strlen(text), '.', &value) || value != floor(value) || fabs(value) > 1e9))
        return fail_in_row(row, cell, error, "expected a whole number here, found", text);
    *out = (int)value;
    return UF_OK;
}

static uf_status read_number(const struct row *row, size_t cell, double *out, struct uf_error *error)
{
    const char *text = row->cell[cell];
    double value = NAN;
    if (text && !uf_number_parse(text, strlen(text), '.', &value))
        return fail_in_row(row, cell, error, "expected a number here, found", text);
    *out = value;
    return UF_OK;
}

static uf_status read_period(const struct row *row, size_t cell, uf_period *out, struct uf_error *error)
{
    const char *text = row->cell[cell];
    uf_period period = 0;
    if (text && !uf_period_parse(text, strlen(text), &period))
        return fail_in_row(row, cell, error, "expected a period such as 2018 or 2018K1 here, found", text);
    *out = period;
    return UF_OK;
}

/* --- reference --------------------------------------------------------------------------------- */

/* Parents come before children whatever the order of the file: `user` is the level of this walk. */
static uf_status put_region_of_level(struct uf_store *store, const struct row *row, const void *user,
                                     struct uf_error *error)
{
    const char *level = NULL;
    UF_TRY(uf_store_resolve_level(row->cell[1], &level, error));
    if (strcmp(level, user)) return UF_OK;
    struct uf_region region = {.code = row->cell[0],
                               .level = level,
                               .parent = row->cell[2],
                               .name_sv = row->cell[3],
                               .name_en = row->cell[4],
                               .short_name = row->cell[5]};
    UF_TRY(read_integer(row, 6, 0, &region.valid_from, error));
    UF_TRY(read_integer(row, 7, 0, &region.valid_to, error));
    return uf_store_put_region(store, &region, error);
}

static uf_status put_alias(struct uf_store *store, const struct row *row, const void *user,
                           struct uf_error *error)
{
    (void)user;
    return uf_store_put_region_alias(store, row->cell[0], row->cell[1], row->cell[2], error);
}

static uf_status put_sector(struct uf_store *store, const struct row *row, const void *user,
                            struct uf_error *error)
{
    (void)user;
    const struct uf_sector sector = {row->cell[0], row->cell[1], row->cell[2], row->cell[3], row->cell[4]};
    return uf_store_put_sector(store, &sector, error);
}

static uf_status load_reference(struct uf_store *store, const char *directory, struct uf_error *error)
{
    static const char *const REGION[] = {"code",    "level",      "parent",     "name_sv",
                                         "name_en", "short_name", "valid_from", "valid_to"};
    static const char *const ALIAS[] = {"alias", "scheme", "code"};
    static const char *const SECTOR[] = {"code", "scheme", "parent", "name_sv", "name_en"};
    static const char *const LEVELS[] = {"country", "nuts1", "nuts2", "nuts3", "municipality", "fa"};
    for (size_t i = 0; i < sizeof LEVELS / sizeof *LEVELS; i++)
        UF_TRY(load(store, directory, "regions.csv", REGION, 8, put_region_of_level, LEVELS[i], error));
    UF_TRY(load(store, directory, "region_aliases.csv", ALIAS, 3, put_alias, NULL, error));
    return load(store, directory, "sectors.csv", SECTOR, 5, put_sector, NULL, error);
}

/* --- programmes -------------------------------------------------------------------------------- */

static uf_status put_intervention(struct uf_store *store, const struct row *row, const void *user,
                                  struct uf_error *error)
{
    (void)user;
    struct uf_intervention intervention = {.code = row->cell[0],
                                           .name_sv = row->cell[1],
                                           .name_en = row->cell[2],
                                           .currency = row->cell[8],
                                           .source = row->cell[9]};
    UF_TRY(read_period(row, 3, &intervention.start, error));
    UF_TRY(read_period(row, 4, &intervention.end, error));
    UF_TRY(read_integer(row, 5, -1, &intervention.regions_exposed, error));
    UF_TRY(read_integer(row, 6, -1, &intervention.regions_total, error));
    UF_TRY(read_number(row, 7, &intervention.cost, error));
    return uf_store_put_intervention(store, &intervention, error);
}

static uf_status put_exposure(struct uf_store *store, const struct row *row, const void *user,
                              struct uf_error *error)
{
    (void)user;
    static const char *const STATUSES[] = {
        [UF_EXPOSED] = "exposed", [UF_NOT_EXPOSED] = "not-exposed", [UF_EXPOSURE_UNKNOWN] = "unknown"};
    int status = 0;
    while (status <= UF_EXPOSURE_UNKNOWN && !uf_text_equal(row->cell[2], STATUSES[status])) status++;
    if (status > UF_EXPOSURE_UNKNOWN)
        return fail_in_row(row, 2, error, "expected exposed, not-exposed or unknown here, found",
                           row->cell[2] ? row->cell[2] : "");
    uf_period start = 0, end = 0;
    double amount = NAN;
    UF_TRY(read_period(row, 3, &start, error));
    UF_TRY(read_period(row, 4, &end, error));
    UF_TRY(read_number(row, 5, &amount, error));
    return uf_store_put_exposure(store, row->cell[0], row->cell[1], (enum uf_exposure_status)status, start,
                                 end, amount, error);
}

static uf_status load_programmes(struct uf_store *store, const char *directory, struct uf_error *error)
{
    static const char *const INTERVENTION[] = {"code",     "name_sv",         "name_en",       "start",
                                               "end",      "regions_exposed", "regions_total", "cost",
                                               "currency", "source"};
    static const char *const EXPOSURE[] = {"intervention", "region", "status", "start", "end", "amount"};
    UF_TRY(load(store, directory, "interventions.csv", INTERVENTION, 10, put_intervention, NULL, error));
    return load(store, directory, "exposures.csv", EXPOSURE, 6, put_exposure, NULL, error);
}

typedef uf_status load_function(struct uf_store *store, const char *directory, struct uf_error *error);

static uf_status in_transaction(struct uf_store *store, const char *directory, load_function *function,
                                struct uf_error *error)
{
    UF_TRY(uf_store_begin(store, error));
    uf_status status = function(store, directory, error);
    if (status == UF_OK) status = uf_store_commit(store, error);
    if (status != UF_OK) uf_store_rollback(store);
    return status;
}

uf_status uf_import_reference(struct uf_store *store, const char *directory, struct uf_error *error)
{
    return in_transaction(store, directory, load_reference, error);
}

uf_status uf_import_programmes(struct uf_store *store, const char *directory, struct uf_error *error)
{
    return in_transaction(store, directory, load_programmes, error);
}
