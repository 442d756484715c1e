// SPDX-License-Identifier: GPL-3.0-or-later
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/store.h>

#include "base/fail.h"
#include "cli/commands.h"
#include "cli/places.h"
#include "cli/terminal.h"

static uf_status read_number(const char *word, int64_t *out, struct uf_error *error)
{
    size_t length = strlen(word);
    if (length == 0 || length > 18 || strspn(word, "0123456789") != length)
        return uf_fail(error, UF_BAD_USAGE,
                       "found '%s', expected the number of a batch; `utfall show batches` lists them", word);
    *out = strtoll(word, NULL, 10);
    return UF_OK;
}

/* The file of a batch; "" where there is no such batch. */
static uf_status file_of(struct uf_store *store, int64_t batch, char **out, struct uf_error *error)
{
    char number[32];
    snprintf(number, sizeof number, "%lld", (long long)batch);
    const char *const parameters[] = {number};
    struct uf_table *table = NULL;
    UF_TRY(uf_store_query(store, "SELECT path FROM batch WHERE batch_id = ?1", parameters, 1, &table, error));
    *out = uf_text_copy(uf_table_rows(table) ? uf_table_text(table, 0, 0) : "");
    uf_table_free(table);
    return *out ? UF_OK : uf_fail_memory(error);
}

static uf_status forget_one(struct uf_store *store, const char *word, struct uf_table *table,
                            struct uf_error *error)
{
    int64_t batch = 0;
    char *file = NULL;
    size_t removed = 0, kept = 0, row = 0;
    UF_TRY(read_number(word, &batch, error));
    for (size_t i = 0; i < uf_table_rows(table); i++)
        if ((int64_t)uf_table_number(table, i, 0) == batch) return UF_OK; /* said twice */
    UF_TRY(file_of(store, batch, &file, error));
    uf_status status = uf_store_forget(store, batch, &removed, &kept, error);
    if (status == UF_OK) status = uf_table_add_row(table, &row, error);
    if (status == UF_OK) status = uf_table_set_number(table, row, 0, (double)batch, error);
    if (status == UF_OK) status = uf_table_set_text(table, row, 1, file, error);
    if (status == UF_OK) status = uf_table_set_number(table, row, 2, (double)removed, error);
    if (status == UF_OK) status = uf_table_set_number(table, row, 3, (double)kept, error);
    free(file);
    return status;
}

static uf_status make_table(struct uf_table **out, struct uf_error *error)
{
    static const struct {
        const char *name;
        enum uf_column_type type;
    } columns[] = {{"batch", UF_COLUMN_NUMBER},
                   {"file", UF_COLUMN_TEXT},
                   {"removed", UF_COLUMN_NUMBER},
                   {"kept", UF_COLUMN_NUMBER}};
    struct uf_table *table = NULL;
    UF_TRY(uf_table_new("forgotten", &table, error));
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
        uf_status status = uf_table_add_column(table, columns[i].name, columns[i].type, NULL, 0, NULL, error);
        if (status == UF_OK) continue;
        uf_table_free(table);
        return status;
    }
    *out = table;
    return UF_OK;
}

static uf_status forget_all(const struct arguments *arguments, struct uf_store *store, bool dry,
                            struct uf_table *table, struct uf_error *error)
{
    uf_status status = uf_store_begin(store, error);
    if (status != UF_OK) return status;
    for (size_t i = 0; i < arguments->words.count && status == UF_OK; i++)
        status = forget_one(store, arguments->words.items[i], table, error);
    if (status == UF_OK && !dry) status = uf_store_commit(store, error);
    if (status != UF_OK || dry) uf_store_rollback(store);
    return status;
}

static void say(const struct arguments *arguments, const struct uf_table *table, bool dry)
{
    double kept = 0;
    for (size_t i = 0; i < uf_table_rows(table); i++) kept += uf_table_number(table, i, 3);
    if (kept > 0)
        terminal_message(arguments, "what is kept was brought by another batch too, and is now that one's");
    if (dry) terminal_message(arguments, "nothing was changed (--dry-run)");
}

static uf_status run(const struct arguments *arguments, struct uf_error *error)
{
    bool dry = arguments_flag(arguments, "dry-run");
    struct uf_store *store = NULL;
    struct uf_table *table = NULL;
    UF_TRY(places_change_store(arguments, &store, error));
    uf_status status = make_table(&table, error);
    if (status == UF_OK) status = forget_all(arguments, store, dry, table, error);
    if (status == UF_OK) status = terminal_print_table(arguments, table, error);
    if (status == UF_OK) say(arguments, table, dry);
    uf_table_free(table);
    uf_store_close(store);
    return status;
}

static const struct argument_option what[] = {
    {"dry-run", 0, ARGUMENT_FLAG, NULL, "say what would be removed, and change nothing"},
};
static const struct argument_group what_group = {"What is done", what, sizeof what / sizeof *what};
static const struct argument_group *const groups[] = {&what_group, &store_options, &output_options,
                                                      &general_options, NULL};

const struct command command_forget = {
    .name = "forget",
    .usage = "BATCH [BATCH...] [OPTIONS]",
    .summary = "take what an import brought out of a store again",
    .more =
        "`utfall show batches` lists the imports. Removed are the observations that only this batch brought, "
        "and "
        "indicators without any left; a value that another batch brought too is kept. All batches named are "
        "forgotten, or none.",
    .groups = groups,
    .min_words = 1,
    .max_words = 64,
    .run = run,
    .family = -1};
