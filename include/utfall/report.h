// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_REPORT_H
#define UTFALL_REPORT_H
/*
 * The evaluation report as a document: sections of blocks, rendered to one self-contained HTML file; and tables as CSV, JSON and
 * XLSX. The report knows no method: the study composes the blocks.
 */
#include <utfall/chart.h>
#include <utfall/result.h>

#ifdef __cplusplus
extern "C" {
#endif

enum uf_block_kind {
    UF_BLOCK_HEADING,   /* a subheading: text */
    UF_BLOCK_PARAGRAPH, /* text; plain, escaped */
    UF_BLOCK_LIST,      /* items */
    UF_BLOCK_TABLE,     /* table, with its title as caption */
    UF_BLOCK_FIGURE,    /* chart, with `table` behind it in a <details> */
    UF_BLOCK_FINDINGS,  /* notes of a result, by severity, with a word and a sign and not only a colour */
    UF_BLOCK_FACTS      /* pairs: items[0] label, items[1] value, … as a definition list */
};

struct uf_report;

/* `subtitle` may be NULL. */
uf_status uf_report_new(enum uf_language language, const char *title, const char *subtitle, struct uf_report **out,
                        struct uf_error *error);
void uf_report_free(struct uf_report *report);

/* Sections come in the order they are added; `id` is an anchor. Blocks go to the last section. Texts, tables and SVG are copied. */
uf_status uf_report_add_section(struct uf_report *report, const char *id, const char *heading, struct uf_error *error);
uf_status uf_report_add_heading(struct uf_report *report, const char *text, struct uf_error *error);
uf_status uf_report_add_paragraph(struct uf_report *report, const char *text, struct uf_error *error);
uf_status uf_report_add_list(struct uf_report *report, const char *const *items, size_t n_items,
                             struct uf_error *error);
uf_status uf_report_add_facts(struct uf_report *report, const char *const *pairs, size_t n_pairs,
                              struct uf_error *error);
/* `max_rows` 0: all; else the rest is left to the CSV, and the caption says so. `csv_name` is linked; NULL: no link. */
uf_status uf_report_add_table(struct uf_report *report, const struct uf_table *table, size_t max_rows,
                              const char *csv_name, struct uf_error *error);
uf_status uf_report_add_figure(struct uf_report *report, const struct uf_chart *chart, const char *caption,
                               const struct uf_table *table, const char *csv_name, struct uf_error *error);
uf_status uf_report_add_findings(struct uf_report *report, const struct uf_note *notes, size_t n_notes,
                                 struct uf_error *error);
uf_status uf_report_add_ledger(struct uf_report *report, const struct uf_ledger_entry *entries, size_t n_entries,
                               struct uf_error *error);

/* Valid HTML5, no network, style inline, `lang` set, headings in order, a table of contents; escaped throughout. Atomic. */
uf_status uf_report_write_html(const struct uf_report *report, const char *path, struct uf_error *error);

/* One table to a file, atomic. CSV: RFC 4180, UTF-8, decimal point, a `NAME_status` column beside each number column that has a remark.
 * JSON: {"name","title","columns":[{name,type,unit}],"rows":[{…}]}, missing numbers null with reasons in "missing". */
uf_status uf_table_write_csv(const struct uf_table *table, const char *path, struct uf_error *error);
uf_status uf_table_write_json(const struct uf_table *table, const char *path, struct uf_error *error);
/* All tables as sheets of one workbook. */
uf_status uf_tables_write_xlsx(const struct uf_table *const *tables, size_t n_tables, const char *path,
                               struct uf_error *error);
/* To memory, for standard output; the caller frees it. */
uf_status uf_table_to_csv(const struct uf_table *table, char **out, struct uf_error *error);
uf_status uf_table_to_json(const struct uf_table *table, char **out, struct uf_error *error);
/* Aligned columns for a terminal, in a language. */
uf_status uf_table_to_text(const struct uf_table *table, enum uf_language language, char **out,
                           struct uf_error *error);

/* The word for a column name (`std_error`), a section or a label of the interface; the key itself where there is none. */
const char *uf_word(const char *key, enum uf_language language);

#ifdef __cplusplus
}
#endif
#endif
