// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_REPORT_H
#define UTFALL_REPORT_H
/*
 * The evaluation report as a document: sections of blocks, rendered to one self-contained HTML file; tables
 * as CSV, JSON, XLSX and terminal text; the vocabulary; and disclosure control. The report knows no method:
 * the study composes the blocks.
 */
#include <stdbool.h>
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
    UF_BLOCK_FIGURE,    /* chart, with its alt text and `table` behind it in a <details> */
    UF_BLOCK_FINDINGS,  /* notes of a result, gravest first, with a word and a sign and not only a colour */
    UF_BLOCK_FACTS      /* pairs: items[0] label, items[1] value, … as a definition list */
};

struct uf_report;

/* `subtitle` may be NULL. */
uf_status uf_report_new(enum uf_language language, const char *title, const char *subtitle,
                        struct uf_report **out, struct uf_error *error);
void uf_report_free(struct uf_report *report);

/* Sections come in the order they are added; `id` is an anchor (its slug, made unique). Blocks go to the last
 * section; one before the first section is UF_INTERNAL. Texts, tables and SVG are copied; all texts are plain
 * and may hold anything. */
uf_status uf_report_add_section(struct uf_report *report, const char *id, const char *heading,
                                struct uf_error *error);
uf_status uf_report_add_heading(struct uf_report *report, const char *text, struct uf_error *error);
uf_status uf_report_add_paragraph(struct uf_report *report, const char *text, struct uf_error *error);
uf_status uf_report_add_list(struct uf_report *report, const char *const *items, size_t n_items,
                             struct uf_error *error);
/* `pairs` has 2 * n_pairs texts: label, value, label, value … */
uf_status uf_report_add_facts(struct uf_report *report, const char *const *pairs, size_t n_pairs,
                              struct uf_error *error);
/* `max_rows` 0: all; else the rest is left to the CSV, and the caption says so. `csv_name` is linked, a path
 * relative to the report; NULL: no link. The heading of a column is uf_word of its name, with the unit. A
 * column of texts without one text is not shown; nor is one of numbers that are all merely not there (named
 * in the legend). A missing number is a short mark and a remark a raised letter, both spelt out in a legend;
 * a remark that all numbers of a column share is told once. Columns named as time (`period`, `year`, `from`,
 * …) get no thousands separator. */
uf_status uf_report_add_table(struct uf_report *report, const struct uf_table *table, size_t max_rows,
                              const char *csv_name, struct uf_error *error);
/* A chart that was not drawn becomes its alt text and a word on why. SVG that could fetch or run anything is
 * UF_INTERNAL. `table` may be NULL. */
uf_status uf_report_add_figure(struct uf_report *report, const struct uf_chart *chart, const char *caption,
                               const struct uf_table *table, const char *csv_name, struct uf_error *error);
/* No notes: nothing is added. */
uf_status uf_report_add_findings(struct uf_report *report, const struct uf_note *notes, size_t n_notes,
                                 struct uf_error *error);
/* A table: step, reason, rows before and after, dropped. */
uf_status uf_report_add_ledger(struct uf_report *report, const struct uf_ledger_entry *entries,
                               size_t n_entries, struct uf_error *error);

/* Valid HTML5 that is also well-formed XML, without scripts and without network (a content security policy
 * forbids both), style inline, `lang` set, headings in order, a table of contents; escaped throughout. The
 * same report gives the same bytes. Atomic. */
uf_status uf_report_write_html(const struct uf_report *report, const char *path, struct uf_error *error);

/* --- tables to files --------------------------------------------------------------------------- */

/* One table to a file, atomic.
 * - CSV: RFC 4180 (lines end in CR LF), UTF-8 without a byte order mark, the shortest digits that read back
 *   as the same double, decimal point, missing numbers empty, a `NAME_status` column beside each number
 *   column that has a missing value or a remark.
 * - JSON: {"name", "title", "columns": [{name, type, unit}], "rows": [{…}], "missing": [{row, column,
 *   reason}], "remarks": [{row, column, remark}]}; rows count from 0; a missing or infinite number is null
 *   and listed in "missing". */
uf_status uf_table_write_csv(const struct uf_table *table, const char *path, struct uf_error *error);
uf_status uf_table_write_json(const struct uf_table *table, const char *path, struct uf_error *error);
/* All tables as sheets of one workbook, after a sheet `contents` with title and units. Sheet names are the
 * tables' names, cut to 31 characters and made unique; numbers have the format of their column's decimals;
 * columns are those of the CSV. No cell is ever a formula. No clock in it: the same tables give the same
 * bytes. A table too large for a sheet is UF_BAD_INPUT. Atomic. */
uf_status uf_tables_write_xlsx(const struct uf_table *const *tables, size_t n_tables, const char *path,
                               struct uf_error *error);
/* To memory, for standard output; the caller frees it. The CSV's lines end in LF here, as readers of a pipe
 * expect. */
uf_status uf_table_to_csv(const struct uf_table *table, char **out, struct uf_error *error);
uf_status uf_table_to_json(const struct uf_table *table, char **out, struct uf_error *error);
/* Aligned columns for a terminal, in a language: title, headings, rows, legend of the marks. No trailing
 * blanks; control characters in labels lose their power. */
uf_status uf_table_to_text(const struct uf_table *table, enum uf_language language, char **out,
                           struct uf_error *error);
/* The same, with the names of the columns as headings: of a table whose columns somebody else's file named. */
uf_status uf_table_to_literal_text(const struct uf_table *table, enum uf_language language, char **out,
                                   struct uf_error *error);

/* --- vocabulary -------------------------------------------------------------------------------- */

/* The word for a key; the key itself where there is none. Keys are
 * - column names (`std_error`, `location_quotient`, … as in docs/architecture.md);
 * - sections: summary, questions, data_and_ledger, profile, design_and_assumptions, results, robustness,
 *   limits, method_notes, manifest;
 * - labels: source, table, figure, contents, download_csv, missing, advice, ledger, references;
 * - severities: severity_fatal, severity_warning, severity_note;
 * - claims: claim_description, claim_difference, claim_effect. */
const char *uf_word(const char *key, enum uf_language language);

/* --- disclosure control ------------------------------------------------------------------------ */

enum uf_disclosure_action { UF_DISCLOSURE_REFUSE, UF_DISCLOSURE_SUPPRESS };
/* `refuse` or `suppress`; anything else is UF_BAD_USAGE. */
uf_status uf_disclosure_action_parse(const char *text, enum uf_disclosure_action *out,
                                     struct uf_error *error);

/*
 * The threshold rule for a table of counts of persons or firms, with the second cell that keeps a hidden one
 * from being worked out as total minus the rest. It knows one table at a time: it does not find what two
 * tables give away together, and it takes counts that the publisher has rounded or noised at their face
 * value.
 */
struct uf_disclosure_rule {
    double threshold;  /* a count above 0 and below it may not be shown; a true 0 may */
    double count_unit; /* persons or firms in 1 of the count column (1000 for thousands); 0: 1 */
    const char *count; /* the number column with the counts behind each row */
    /* Number columns that show the count or something worked out from it, hidden with it. n 0: all but time
     * columns. */
    const char *const *guarded;
    size_t n_guarded;
    /* True: the rows that agree in the `group` columns add up to a total that readers can see (n 0: all rows
     * do). */
    bool totals_shown;
    const char *const *group;
    size_t n_group;
    /* Rows of the table that are such totals themselves: this text column has this value. NULL: none. */
    const char *total_column, *total_value;
    enum uf_disclosure_action action;
};
struct uf_disclosure_summary {
    size_t n_below;     /* rows with a count below the threshold */
    size_t n_unknown;   /* rows that show something while their count is missing, so that nobody can tell */
    size_t n_secondary; /* rows hidden so that the others cannot be worked out */
};

/* Looks for such rows. REFUSE: any is UF_REFUSED_DISCLOSURE, with an error that names the rows (never their
 * counts). SUPPRESS: their guarded numbers become missing with UF_VALUE_SUPPRESSED; where a group has nothing
 * left to hide behind, that too is UF_REFUSED_DISCLOSURE and the table is untouched. Cells hidden within a
 * group are at least two, and never all pinned by their sum (two cells below 3 that add up to 2 are 1 and 1):
 * then the smallest shown count of the group is hidden too. A negative count is UF_BAD_INPUT, an unknown
 * column UF_BAD_USAGE. `out` may be NULL. O(rows * log rows + rows^2 in the largest group). */
uf_status uf_disclosure_check(struct uf_table *table, const struct uf_disclosure_rule *rule,
                              struct uf_disclosure_summary *out, struct uf_error *error);

#ifdef __cplusplus
}
#endif
#endif
