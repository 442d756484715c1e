// SPDX-License-Identifier: GPL-3.0-or-later
/* Each table of each result as CSV and JSON; all of them in one workbook where the study asks for it. */
#include <stdlib.h>
#include <string.h>
#include <utfall/file.h>

#include "base/fail.h"
#include "study/run.h"

/* `did-estimates`; a table whose name begins with the analysis' own is not called twice. */
static char *table_name(const struct run_analysis *analysis, const struct uf_table *table)
{
    const char *id = analysis->common->id.text, *name = uf_table_name(table);
    struct uf_buffer buffer;
    uf_buffer_init(&buffer);
    uf_buffer_append(&buffer, id);
    size_t length = strlen(id);
    if (strncmp(name, id, length) == 0 && (name[length] == '-' || name[length] == '\0')) {
        uf_buffer_append(&buffer, name + length);
    } else if (strcmp(name, "follow") != 0) {
        uf_buffer_append_char(&buffer, '-');
        uf_buffer_append(&buffer, name);
    }
    return uf_buffer_take(&buffer);
}

char *run_table_link(const struct run_analysis *analysis, const struct uf_table *table)
{
    char *name = table_name(analysis, table);
    if (!name) return NULL;
    struct uf_buffer buffer;
    uf_buffer_init(&buffer);
    uf_buffer_append(&buffer, "tables/");
    uf_buffer_append(&buffer, name);
    uf_buffer_append(&buffer, ".csv");
    free(name);
    return uf_buffer_take(&buffer);
}

static uf_status write_one(struct run *run, const struct run_analysis *analysis, const struct uf_table *table,
                           struct uf_error *error)
{
    char *name = table_name(analysis, table);
    char *csv = name ? run_path(run, "tables", name, ".csv") : NULL,
         *json = name ? run_path(run, "tables", name, ".json") : NULL;
    uf_status status = csv && json ? UF_OK : uf_fail_memory(error);
    if (status == UF_OK) status = uf_table_write_csv(table, csv, error);
    if (status == UF_OK) status = uf_table_write_json(table, json, error);
    if (status == UF_OK) run->summary->n_tables++;
    free(json);
    free(csv);
    free(name);
    return status;
}

/* Those that belong to no analysis, under their own names. */
static uf_status write_prepared(struct run *run, const struct uf_table *table, struct uf_error *error)
{
    char *csv = run_path(run, "tables", uf_table_name(table), ".csv"),
         *json = run_path(run, "tables", uf_table_name(table), ".json");
    uf_status status = csv && json ? UF_OK : uf_fail_memory(error);
    if (status == UF_OK) status = uf_table_write_csv(table, csv, error);
    if (status == UF_OK) status = uf_table_write_json(table, json, error);
    if (status == UF_OK) run->summary->n_tables++;
    free(json);
    free(csv);
    return status;
}

static bool wants(const struct run *run, const char *format)
{
    const struct study_texts *formats = &run->study->report.formats;
    for (size_t i = 0; i < formats->count; i++)
        if (!strcmp(formats->items[i].text, format)) return true;
    return false;
}

/* Sheets are called as the files are. */
static uf_status write_workbook(struct run *run, struct uf_error *error)
{
    size_t most = 0, count = 0;
    for (size_t i = 0; i < run->n_analyses; i++) most += run->analyses[i].result.n_tables;
    struct uf_table **sheets = calloc(most + 2, sizeof *sheets);
    char *path = run_path(run, NULL, "tables", ".xlsx");
    uf_status status = sheets && path ? UF_OK : uf_fail_memory(error);
    for (size_t i = 0; i < run->n_analyses && status == UF_OK; i++)
        for (size_t j = 0; j < run->analyses[i].result.n_tables && status == UF_OK; j++) {
            char *name = table_name(&run->analyses[i], run->analyses[i].result.tables[j]);
            status =
                name ? uf_table_filter(run->analyses[i].result.tables[j], name, NULL, &sheets[count], error)
                     : uf_fail_memory(error);
            free(name);
            if (status == UF_OK) count++;
        }
    if (status == UF_OK && run->adjusted) {
        status = uf_table_filter(run->adjusted, uf_table_name(run->adjusted), NULL, &sheets[count], error);
        if (status == UF_OK) count++;
    }
    if (status == UF_OK)
        status = uf_tables_write_xlsx((const struct uf_table *const *)sheets, count, path, error);
    for (size_t i = 0; sheets && i < count; i++) uf_table_free(sheets[i]);
    free(path);
    free(sheets);
    return status;
}

uf_status run_write_tables(struct run *run, struct uf_error *error)
{
    UF_TRY(run_step(run, (struct uf_words){"writing tables", "skriver tabeller"}, 0.7, 0.05, error));
    char *folder = run_path(run, NULL, "tables", "");
    uf_status status = folder ? uf_directory_make(folder, error) : uf_fail_memory(error);
    free(folder);
    for (size_t i = 0; i < run->n_analyses && status == UF_OK; i++)
        for (size_t j = 0; j < run->analyses[i].result.n_tables && status == UF_OK; j++)
            status = write_one(run, &run->analyses[i], run->analyses[i].result.tables[j], error);
    for (size_t j = 0; j < run->preparation.n_tables && status == UF_OK; j++)
        status = write_prepared(run, run->preparation.tables[j], error);
    if (status == UF_OK && run->adjusted) status = write_prepared(run, run->adjusted, error);
    if (status == UF_OK && run->n_analyses && wants(run, "xlsx")) status = write_workbook(run, error);
    return status;
}
