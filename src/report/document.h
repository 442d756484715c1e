// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_REPORT_DOCUMENT_H
#define UTFALL_REPORT_DOCUMENT_H
/* The document behind `struct uf_report`: what the page writer reads. All of it is owned copies. */
#include <utfall/report.h>

struct uf_block {
    enum uf_block_kind kind;
    char *text;                /* heading, paragraph; a figure's caption */
    struct uf_text_list items; /* list, facts */
    struct uf_table *table;    /* table, figure; NULL where a figure has none */
    size_t max_rows;
    char *csv_name;
    char *alt_text;        /* figure */
    char *svg;             /* figure; from its `<svg` on; NULL where not drawn */
    struct uf_note *notes; /* findings */
    size_t n_notes;
};

struct uf_section {
    char *id; /* unique, a slug */
    char *heading;
    struct uf_block *blocks;
    size_t n_blocks;
};

struct uf_report {
    enum uf_language language;
    char *title, *subtitle;
    struct uf_section *sections;
    size_t n_sections;
};
#endif
