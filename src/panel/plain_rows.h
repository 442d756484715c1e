// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_PANEL_PLAIN_ROWS_H
#define UTFALL_PANEL_PLAIN_ROWS_H
/* A plain file on its way to a panel: its columns' codes over all parts of the file, and the places of its rows. */
#include <stdint.h>
#include <utfall/panel.h>

#include "import/plain_file.h"

/* One text column's codes over all parts: sorted, and where each part's own codes stand among them. */
struct plain_code_set {
    uint32_t **rank; /* n_parts × the part's codes */
    struct plain_code *code;
    size_t count;
};
struct plain_code {
    uint64_t key; /* the first eight bytes, so that most comparisons need no more */
    uint32_t part, index;
};

/* What the columns of the file are to the panel. */
struct plain {
    const struct uf_file_panel_request *request;
    struct plain_file file;
    const char **texts, **numbers;
    size_t n_texts, n_numbers;
    size_t unit, period, sector, cohort, *cluster; /* among the texts; SIZE_MAX: none */
    size_t *first_row;                             /* n_parts: the number of the part's first row */
    struct plain_code_set *codes;                  /* n_texts */
    uint32_t *place;                               /* n_rows: where each row goes in the panel */
    bool doubtful;                                 /* something that the careful way should look at */
};

const char *plain_code_text(const struct plain *p, size_t column, const struct plain_code *code);
/* The codes of one text column, sorted. O(codes · log codes). */
uf_status plain_codes_build(const struct plain *p, size_t column, struct plain_code_set *set,
                            struct uf_error *error);
/* They as a dictionary of the panel. */
uf_status plain_codes_dictionary(const struct plain *p, size_t column, struct uf_dictionary *out,
                                 struct uf_error *error);

/* The ranks of one part's rows in a text column: rank[code[row]]. */
struct plain_ranks {
    const uint32_t *rank, *code;
};
static inline struct plain_ranks plain_ranks(const struct plain *p, size_t column, size_t part)
{
    return (struct plain_ranks){p->codes[column].rank[part], p->file.part[part].text[column]};
}

/* Each row's place by unit, period and sector, and the panel's unit, period and sector; `doubtful` where two share a key. */
uf_status plain_rows_place(struct plain *p, struct uf_panel *panel, struct uf_error *error);
/* Fills out[place] with the column's ranks, through `map` where there is one. */
void plain_rows_carry(const struct plain *p, size_t column, const uint32_t *map, size_t *out);
#endif
