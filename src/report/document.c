// SPDX-License-Identifier: GPL-3.0-or-later
#include "document.h"
#include "base/fail.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void clear_notes(struct uf_note *notes, size_t n_notes)
{
    for (size_t i = 0; i < n_notes; i++) {
        free(notes[i].code);
        free(notes[i].text);
        free(notes[i].advice);
    }
    free(notes);
}

static void clear_block(struct uf_block *block)
{
    free(block->text);
    uf_text_list_clear(&block->items);
    uf_table_free(block->table);
    free(block->csv_name);
    free(block->alt_text);
    free(block->svg);
    clear_notes(block->notes, block->n_notes);
}

void uf_report_free(struct uf_report *report)
{
    if (report == NULL) return;
    for (size_t s = 0; s < report->n_sections; s++) {
        struct uf_section *section = &report->sections[s];
        for (size_t b = 0; b < section->n_blocks; b++) clear_block(&section->blocks[b]);
        free(section->blocks);
        free(section->id);
        free(section->heading);
    }
    free(report->sections);
    free(report->title);
    free(report->subtitle);
    free(report);
}

uf_status uf_report_new(enum uf_language language, const char *title, const char *subtitle,
                        struct uf_report **out, struct uf_error *error)
{
    struct uf_report *report = calloc(1, sizeof *report);
    if (report == NULL) return uf_fail_memory(error);
    report->language = language;
    report->title = uf_text_copy(title);
    report->subtitle = uf_text_copy(subtitle);
    if (report->title == NULL || (subtitle != NULL && report->subtitle == NULL)) {
        uf_report_free(report);
        return uf_fail_memory(error);
    }
    *out = report;
    return UF_OK;
}

static bool id_is_taken(const struct uf_report *report, const char *id)
{
    for (size_t s = 0; s < report->n_sections; s++)
        if (strcmp(report->sections[s].id, id) == 0) return true;
    /* the page's own anchors begin so */
    return strncmp(id, "uf-", 3) == 0;
}

/* The slug of `id`, with a number after it where it is taken; NULL: out of memory. */
static char *unique_id(const struct uf_report *report, const char *id)
{
    char *slug = uf_text_slug(id);
    if (slug == NULL || !id_is_taken(report, slug)) return slug;
    const char *base = strncmp(slug, "uf-", 3) == 0 ? "section" : slug;
    size_t size = strlen(base) + 24;
    char *candidate = malloc(size);
    if (candidate != NULL) {
        unsigned n = 2;
        do snprintf(candidate, size, "%s-%u", base, n++);
        while (id_is_taken(report, candidate));
    }
    free(slug);
    return candidate;
}

uf_status uf_report_add_section(struct uf_report *report, const char *id, const char *heading,
                                struct uf_error *error)
{
    struct uf_section *sections = realloc(report->sections, (report->n_sections + 1) * sizeof *sections);
    if (sections == NULL) return uf_fail_memory(error);
    report->sections = sections;
    struct uf_section section = {.id = unique_id(report, id), .heading = uf_text_copy(heading)};
    if (section.id == NULL || section.heading == NULL) {
        free(section.id);
        free(section.heading);
        return uf_fail_memory(error);
    }
    sections[report->n_sections++] = section;
    return UF_OK;
}

/* Moves the block into the last section, or clears it. */
static uf_status take_block(struct uf_report *report, struct uf_block *block, struct uf_error *error)
{
    if (report->n_sections == 0) {
        clear_block(block);
        return uf_fail(error, UF_INTERNAL, "a block was added to a report that has no section yet");
    }
    struct uf_section *section = &report->sections[report->n_sections - 1];
    struct uf_block *blocks = realloc(section->blocks, (section->n_blocks + 1) * sizeof *blocks);
    if (blocks == NULL) {
        clear_block(block);
        return uf_fail_memory(error);
    }
    section->blocks = blocks;
    blocks[section->n_blocks++] = *block;
    return UF_OK;
}

static uf_status copy_text(const char *text, char **out, struct uf_error *error)
{
    char *copy = uf_text_copy(text);
    if (text != NULL && copy == NULL) return uf_fail_memory(error);
    *out = copy;
    return UF_OK;
}

static uf_status add_text(struct uf_report *report, enum uf_block_kind kind, const char *text,
                          struct uf_error *error)
{
    struct uf_block block = {.kind = kind};
    UF_TRY(copy_text(text, &block.text, error));
    return take_block(report, &block, error);
}

uf_status uf_report_add_heading(struct uf_report *report, const char *text, struct uf_error *error)
{
    return add_text(report, UF_BLOCK_HEADING, text, error);
}

uf_status uf_report_add_paragraph(struct uf_report *report, const char *text, struct uf_error *error)
{
    return add_text(report, UF_BLOCK_PARAGRAPH, text, error);
}

static uf_status add_items(struct uf_report *report, enum uf_block_kind kind, const char *const *items,
                           size_t n_items, struct uf_error *error)
{
    struct uf_block block = {.kind = kind};
    uf_text_list_init(&block.items);
    for (size_t i = 0; i < n_items; i++) {
        uf_status status = uf_text_list_add(&block.items, items[i] != NULL ? items[i] : "", error);
        if (status == UF_OK) continue;
        clear_block(&block);
        return status;
    }
    return take_block(report, &block, error);
}

uf_status uf_report_add_list(struct uf_report *report, const char *const *items, size_t n_items,
                             struct uf_error *error)
{
    return add_items(report, UF_BLOCK_LIST, items, n_items, error);
}

uf_status uf_report_add_facts(struct uf_report *report, const char *const *pairs, size_t n_pairs,
                              struct uf_error *error)
{
    return add_items(report, UF_BLOCK_FACTS, pairs, 2 * n_pairs, error);
}

static uf_status copy_table(const struct uf_table *table, struct uf_table **out, struct uf_error *error)
{
    return table == NULL ? UF_OK : uf_table_filter(table, uf_table_name(table), NULL, out, error);
}

uf_status uf_report_add_table(struct uf_report *report, const struct uf_table *table, size_t max_rows,
                              const char *csv_name, struct uf_error *error)
{
    struct uf_block block = {.kind = UF_BLOCK_TABLE, .max_rows = max_rows};
    uf_status status = UF_OK;
    UF_TRY_GOTO(copy_table(table, &block.table, error), fail);
    UF_TRY_GOTO(copy_text(csv_name, &block.csv_name, error), fail);
    return take_block(report, &block, error);
fail:
    clear_block(&block);
    return status;
}

/* A picture may not load or run anything: the page stands alone. It is our own, so one that does is a bug. */
static uf_status copy_svg(const struct uf_chart *chart, char **out, struct uf_error *error)
{
    static const char *const forbidden[] = {"<script",     "<foreignObject", "<image",  "<!ENTITY",
                                            "javascript:", "@import",        " onload="};
    if (!chart->drawn || chart->svg == NULL) return UF_OK;
    const char *svg = strstr(chart->svg, "<svg"); /* after an XML declaration and a document type */
    const char *end = svg != NULL ? strstr(svg, "</svg>") : NULL;
    if (end == NULL) return uf_fail(error, UF_INTERNAL, "the picture '%s' is not SVG", chart->name);
    for (size_t i = 0; i < sizeof forbidden / sizeof *forbidden; i++)
        if (strstr(svg, forbidden[i]) != NULL)
            return uf_fail(error, UF_INTERNAL, "the picture '%s' holds '%s'", chart->name, forbidden[i]);
    return copy_text(svg, out, error);
}

uf_status uf_report_add_figure(struct uf_report *report, const struct uf_chart *chart, const char *caption,
                               const struct uf_table *table, const char *csv_name, struct uf_error *error)
{
    struct uf_block block = {.kind = UF_BLOCK_FIGURE};
    uf_status status = UF_OK;
    UF_TRY_GOTO(copy_text(caption, &block.text, error), fail);
    UF_TRY_GOTO(copy_text(chart->alt_text, &block.alt_text, error), fail);
    UF_TRY_GOTO(copy_svg(chart, &block.svg, error), fail);
    UF_TRY_GOTO(copy_table(table, &block.table, error), fail);
    UF_TRY_GOTO(copy_text(csv_name, &block.csv_name, error), fail);
    return take_block(report, &block, error);
fail:
    clear_block(&block);
    return status;
}

uf_status uf_report_add_findings(struct uf_report *report, const struct uf_note *notes, size_t n_notes,
                                 struct uf_error *error)
{
    struct uf_block block = {.kind = UF_BLOCK_FINDINGS};
    if (n_notes == 0) return UF_OK;
    block.notes = calloc(n_notes, sizeof *block.notes);
    if (block.notes == NULL) return uf_fail_memory(error);
    uf_status status = UF_OK;
    /* the gravest first, each kind in the order it was found */
    for (int severity = UF_FATAL; severity >= UF_NOTE; severity--)
        for (size_t i = 0; i < n_notes; i++) {
            if ((int)notes[i].severity != severity) continue;
            struct uf_note *note = &block.notes[block.n_notes++];
            note->severity = notes[i].severity;
            UF_TRY_GOTO(copy_text(notes[i].code, &note->code, error), fail);
            UF_TRY_GOTO(copy_text(notes[i].text, &note->text, error), fail);
            UF_TRY_GOTO(copy_text(notes[i].advice, &note->advice, error), fail);
        }
    return take_block(report, &block, error);
fail:
    clear_block(&block);
    return status;
}

static uf_status fill_ledger(struct uf_table *table, const struct uf_ledger_entry *entries, size_t n_entries,
                             struct uf_error *error)
{
    static const char *const numbers[] = {"rows_before", "rows_after", "dropped"};
    UF_TRY(uf_table_add_column(table, "step", UF_COLUMN_TEXT, NULL, -1, NULL, error));
    UF_TRY(uf_table_add_column(table, "reason", UF_COLUMN_TEXT, NULL, -1, NULL, error));
    for (size_t c = 0; c < 3; c++)
        UF_TRY(uf_table_add_column(table, numbers[c], UF_COLUMN_NUMBER, NULL, 0, NULL, error));
    for (size_t i = 0; i < n_entries; i++) {
        double before = (double)entries[i].rows_before, after = (double)entries[i].rows_after;
        size_t row;
        UF_TRY(uf_table_add_row(table, &row, error));
        UF_TRY(uf_table_set_text(table, row, 0, entries[i].step, error));
        UF_TRY(uf_table_set_text(table, row, 1, entries[i].reason, error));
        UF_TRY(uf_table_set_number(table, row, 2, before, error));
        UF_TRY(uf_table_set_number(table, row, 3, after, error));
        UF_TRY(uf_table_set_number(table, row, 4, before - after, error));
    }
    return UF_OK;
}

uf_status uf_report_add_ledger(struct uf_report *report, const struct uf_ledger_entry *entries,
                               size_t n_entries, struct uf_error *error)
{
    struct uf_table *table = NULL;
    UF_TRY(uf_table_new("ledger", &table, error));
    uf_status status = uf_table_set_title(table, uf_word("ledger", report->language), error);
    if (status == UF_OK) status = fill_ledger(table, entries, n_entries, error);
    if (status == UF_OK) status = uf_report_add_table(report, table, 0, NULL, error);
    uf_table_free(table);
    return status;
}
