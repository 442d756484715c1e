// SPDX-License-Identifier: GPL-3.0-or-later
/* Data and ledger: where the figures come from and what became of each row; and the manifest at the end. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "study/compose.h"

enum { SHOWN_ROWS = 20 }; /* of a table of preparation; the file has all of it */

struct column {
    const char *name;
    enum uf_column_type type;
};

static uf_status make_table(const char *name, struct uf_words title, enum uf_language language,
                            const struct column *columns, size_t n_columns, struct uf_table **out,
                            struct uf_error *error)
{
    struct uf_table *table = NULL;
    UF_TRY(uf_table_new(name, &table, error));
    uf_status status = uf_table_set_title(table, uf_words_in(title, language), error);
    for (size_t i = 0; i < n_columns && status == UF_OK; i++)
        status = uf_table_add_column(table, columns[i].name, columns[i].type, NULL,
                                     columns[i].type == UF_COLUMN_NUMBER ? 0 : -1, NULL, error);
    if (status != UF_OK) {
        uf_table_free(table);
        return status;
    }
    *out = table;
    return UF_OK;
}

static uf_status sources_table(const struct run *run, struct uf_table **out, struct uf_error *error)
{
    static const struct column columns[] = {{"indicator", UF_COLUMN_TEXT}, {"file", UF_COLUMN_TEXT},
                                            {"source", UF_COLUMN_TEXT},    {"licence", UF_COLUMN_TEXT},
                                            {"format", UF_COLUMN_TEXT},    {"n_obs", UF_COLUMN_NUMBER},
                                            {"missing", UF_COLUMN_NUMBER}, {"rounding", UF_COLUMN_NUMBER}};
    struct uf_table *table = NULL;
    UF_TRY(make_table("sources", (struct uf_words){"Sources", "Källor"}, run->language, columns,
                      sizeof columns / sizeof *columns, &table, error));
    uf_status status = UF_OK;
    for (size_t i = 0; i < run->study->sources.count && status == UF_OK; i++) {
        const struct run_source *source = &run->sources[i];
        const char *name = run_words(run, &source->source->name);
        const char *texts[] = {name ? name : source->source->indicator.text, source->source->file.text,
                               source->source->source.text, source->source->licence.text,
                               source->summary.format};
        size_t row = 0;
        status = uf_table_add_row(table, &row, error);
        for (size_t j = 0; j < 5 && status == UF_OK; j++)
            status = uf_table_set_text(table, row, j, texts[j], error);
        if (status == UF_OK)
            status = uf_table_set_number(table, row, 5, (double)source->summary.imported, error);
        if (status == UF_OK)
            status = uf_table_set_number(table, row, 6, (double)source->summary.missing, error);
        if (status == UF_OK && source->source->rounding > 0)
            status = uf_table_set_number(table, row, 7, source->source->rounding, error);
        else if (status == UF_OK)
            status = uf_table_set_value(table, row, 7, NAN, UF_VALUE_NOT_APPLICABLE, error);
    }
    if (status != UF_OK) {
        uf_table_free(table);
        return status;
    }
    *out = table;
    return UF_OK;
}

/* What was guessed or skipped while reading, said per file. */
static uf_status add_import_notes(const struct composer *composer, struct uf_error *error)
{
    const struct run *run = composer->run;
    struct uf_text_list list;
    uf_text_list_init(&list);
    uf_status status = UF_OK;
    for (size_t i = 0; i < run->study->sources.count && status == UF_OK; i++)
        for (size_t j = 0; j < run->sources[i].summary.notes.count && status == UF_OK; j++) {
            const struct uf_argument arguments[] = {uf_text_argument(run->sources[i].source->file.text),
                                                    uf_text_argument(run->sources[i].summary.notes.items[j])};
            char *text = NULL;
            status = uf_phrase(run->language, (struct uf_words){"{0}: {1}", "{0}: {1}"}, arguments, 2, &text,
                               error);
            if (status == UF_OK) status = uf_text_list_add(&list, text, error);
            free(text);
        }
    static const struct uf_words lead = {
        "What was understood of the files as they were read:",
        "Så uppfattades filerna vid inläsningen (programmets meddelanden, på "
        "engelska):"};
    if (status == UF_OK && list.count > 0) status = compose_paragraph(composer, lead, NULL, 0, error);
    if (status == UF_OK) status = compose_list(composer, &list, error);
    uf_text_list_clear(&list);
    return status;
}

static uf_status add_derived(const struct composer *composer, struct uf_error *error)
{
    const struct run *run = composer->run;
    const struct study_derived *derived = run->study->derived.items;
    if (run->study->derived.count == 0) return UF_OK;
    static const struct column columns[] = {{"indicator", UF_COLUMN_TEXT},
                                            {"expression", UF_COLUMN_TEXT},
                                            {"unit_label", UF_COLUMN_TEXT},
                                            {"code", UF_COLUMN_TEXT}};
    struct uf_table *table = NULL;
    UF_TRY(make_table("derived", (struct uf_words){"Derived indicators", "Härledda indikatorer"},
                      run->language, columns, 4, &table, error));
    uf_status status = UF_OK;
    for (size_t i = 0; i < run->study->derived.count && status == UF_OK; i++) {
        const char *texts[] = {run_words(run, &derived[i].label), derived[i].expression.text,
                               run_words(run, &derived[i].unit), derived[i].name.text};
        size_t row = 0;
        status = uf_table_add_row(table, &row, error);
        for (size_t j = 0; j < 4 && status == UF_OK; j++)
            status = uf_table_set_text(table, row, j, texts[j], error);
    }
    if (status == UF_OK) status = uf_report_add_table(composer->report, table, 0, NULL, error);
    uf_table_free(table);
    return status;
}

/* What was done to the series before any analysis: harmonised, spliced, added up. */
static uf_status add_preparation(const struct composer *composer, struct uf_error *error)
{
    const struct uf_result *prepared = &composer->run->preparation;
    if (!prepared->n_ledger && !prepared->n_notes) return UF_OK;
    UF_TRY(compose_heading(composer, uf_word("preparation", composer->run->language), error));
    if (prepared->n_notes)
        UF_TRY(uf_report_add_findings(composer->report, prepared->notes, prepared->n_notes, error));
    for (size_t i = 0; i < prepared->n_tables; i++) {
        char link[256];
        snprintf(link, sizeof link, "tables/%.200s.csv", uf_table_name(prepared->tables[i]));
        UF_TRY(uf_report_add_table(composer->report, prepared->tables[i], SHOWN_ROWS, link, error));
    }
    if (!prepared->n_ledger) return UF_OK;
    return uf_report_add_ledger(composer->report, prepared->ledger, prepared->n_ledger, error);
}

uf_status compose_data(const struct composer *composer, struct uf_error *error)
{
    const struct run *run = composer->run;
    UF_TRY(compose_section(composer, "data_and_ledger", error));
    struct uf_table *table = NULL;
    UF_TRY(sources_table(run, &table, error));
    uf_status status = uf_report_add_table(composer->report, table, 0, NULL, error);
    uf_table_free(table);
    UF_TRY(status);
    UF_TRY(add_import_notes(composer, error));
    UF_TRY(add_derived(composer, error));
    UF_TRY(add_preparation(composer, error));
    for (size_t i = 0; i < run->n_analyses; i++) {
        const struct run_analysis *analysis = &run->analyses[i];
        if (analysis->result.n_ledger == 0) continue;
        UF_TRY(compose_heading(composer, analysis->title, error));
        UF_TRY(uf_report_add_ledger(composer->report, analysis->result.ledger, analysis->result.n_ledger,
                                    error));
    }
    return UF_OK;
}

/* --- manifest ----------------------------------------------------------------------------------- */

static uf_status inputs_table(const struct composer *composer, struct uf_error *error)
{
    static const struct column columns[] = {{"file", UF_COLUMN_TEXT}, {"sha256", UF_COLUMN_TEXT}};
    struct uf_table *table = NULL;
    UF_TRY(make_table("inputs", (struct uf_words){"Input files", "Indatafiler"}, composer->run->language,
                      columns, 2, &table, error));
    size_t index, row = 0;
    json_t *input;
    uf_status status = UF_OK;
    json_array_foreach(json_object_get(composer->run->manifest, "inputs"), index, input)
    {
        if (status == UF_OK) status = uf_table_add_row(table, &row, error);
        if (status == UF_OK)
            status =
                uf_table_set_text(table, row, 0, json_string_value(json_object_get(input, "path")), error);
        if (status == UF_OK)
            status =
                uf_table_set_text(table, row, 1, json_string_value(json_object_get(input, "sha256")), error);
    }
    if (status == UF_OK) status = uf_report_add_table(composer->report, table, 0, NULL, error);
    uf_table_free(table);
    return status;
}

static uf_status options_table(const struct composer *composer, struct uf_error *error)
{
    const struct run *run = composer->run;
    static const struct column columns[] = {{"analysis", UF_COLUMN_TEXT},
                                            {"method", UF_COLUMN_TEXT},
                                            {"option", UF_COLUMN_TEXT},
                                            {"value", UF_COLUMN_TEXT}};
    struct uf_table *table = NULL;
    UF_TRY(make_table("options",
                      (struct uf_words){"Options after defaults", "Inställningar, med förvalda värden"},
                      run->language, columns, 4, &table, error));
    uf_status status = UF_OK;
    for (size_t i = 0; i < run->n_analyses && status == UF_OK; i++) {
        const struct run_analysis *analysis = &run->analyses[i];
        for (size_t j = 0; analysis->method && j < analysis->method->n_options && status == UF_OK; j++) {
            const char *name = analysis->method->options[j].name;
            const char *texts[] = {analysis->common->id.text, analysis->method->name, name,
                                   uf_options_print(analysis->options, name)};
            size_t row = 0;
            if (!texts[3] || !*texts[3]) continue; /* not set, and without a default */
            status = uf_table_add_row(table, &row, error);
            for (size_t k = 0; k < 4 && status == UF_OK; k++)
                status = uf_table_set_text(table, row, k, texts[k], error);
        }
    }
    if (status == UF_OK && uf_table_rows(table))
        status = uf_report_add_table(composer->report, table, 0, NULL, error);
    uf_table_free(table);
    return status;
}

uf_status compose_manifest(const struct composer *composer, struct uf_error *error)
{
    const json_t *manifest = composer->run->manifest, *versions = json_object_get(manifest, "versions"),
                 *study = json_object_get(manifest, "study");
    UF_TRY(compose_section(composer, "manifest", error));
    UF_TRY(compose_paragraph(
        composer,
        (struct uf_words){
            "manifest.json beside this report says the same, with the hash of each output file; `utfall "
            "verify` repeats the "
            "run from it and compares byte by byte.",
            "manifest.json bredvid rapporten innehåller samma uppgifter samt kontrollsumman för varje "
            "resultatfil; `utfall verify` upprepar körningen och jämför byte för byte."},
        NULL, 0, error));
    static const struct uf_words seed = {"Seed of random draws", "Startvärde för slumptal"},
                                 file = {"Study file, SHA-256", "Studiefil, SHA-256"};
    const char *facts[] = {"Utfall",
                           json_string_value(json_object_get(manifest, "utfall")),
                           "SQLite",
                           json_string_value(json_object_get(versions, "sqlite")),
                           "GSL",
                           json_string_value(json_object_get(versions, "gsl")),
                           "gnuplot",
                           json_string_value(json_object_get(versions, "gnuplot")),
                           uf_words_in(seed, composer->run->language),
                           json_string_value(json_object_get(manifest, "seed")),
                           uf_words_in(file, composer->run->language),
                           json_string_value(json_object_get(study, "sha256"))};
    for (size_t i = 0; i < sizeof facts / sizeof *facts; i++)
        if (!facts[i]) facts[i] = "–";
    UF_TRY(uf_report_add_facts(composer->report, facts, sizeof facts / sizeof *facts / 2, error));
    UF_TRY(inputs_table(composer, error));
    return options_table(composer, error);
}
