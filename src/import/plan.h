// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_IMPORT_PLAN_H
#define UTFALL_IMPORT_PLAN_H
/* What each dimension of a file means for one import: as the user said, else as its codes tell. */
#include <utfall/import.h>

#include "import/format.h"
#include "import/labels.h"
#include "import/region_names.h"
#include "store/codes.h"

struct uf_planned_dimension {
    enum uf_role role;
    const struct uf_keep *keep; /* borrowed; NULL: all codes */
    struct uf_codes kept;       /* file's code → 1 kept, 0 not; grows as codes are met */
    char *constant;             /* left out because each cell has this code; NULL: not so */
    struct uf_codes labels;     /* file's code → place among the file's labels, where it has any */
    bool from_labels;           /* its codes are serial numbers: what they mean stands in the labels */
    bool summed;                /* added up over: see `sums` of the plan */
};
/* A dimension that is added up over, with its parts. */
struct uf_planned_sum {
    size_t dimension;
    struct uf_codes parts; /* file's code → 0, 1, … */
    bool own_total;        /* its one part is the file's own total */
};
struct uf_plan {
    struct uf_planned_dimension *dimensions; /* as the reader's */
    size_t count;
    /* SIZE_MAX: the file has none */
    size_t region, period, sector, content;
    char *region_level;   /* regions are written by name, at this level; NULL: by code */
    bool region_doubtful; /* a number whose label is not the region's name is none that the store knows */
    struct uf_region_names names; /* where they are */
    struct uf_text_list left_out; /* dimensions not used though they have several codes */
    struct uf_text_list *codes; /* per dimension: those of kept cells; the file's own list where it has one */
    struct uf_planned_sum *sums;
    size_t n_sums;
    struct uf_text_list needs; /* what keeps the file from being imported, where that is no error */
};

/* Looks at the reader's cells (it stands somewhere in the file afterwards) and decides. Sentences on what was
 * guessed go to `notes`. `lenient`: what is lacking (a region, a period, one unit) is said in `needs` and is no
 * error. */
uf_status uf_plan_make(struct uf_store *store, struct uf_reader *reader,
                       const struct uf_import_request *request, bool lenient, struct uf_plan *out,
                       struct uf_text_list *notes, struct uf_error *error);
void uf_plan_clear(struct uf_plan *plan);

/* True where the cell has the codes asked for. */
uf_status uf_plan_keeps(struct uf_plan *plan, const struct uf_reader *reader, const struct uf_cell *cell,
                        bool *out, struct uf_error *error);
/* True for a dimension that tells in what the values are measured, by its name. */
bool uf_names_unit(const char *dimension);
/* The file's label of a code; NULL: it has none. */
const char *uf_plan_label(const struct uf_plan *plan, const struct uf_reader *reader, size_t dimension,
                          const char *code);
/* What a code means: the label where the codes are serial numbers, else itself. */
const char *uf_plan_meaning(const struct uf_plan *plan, const struct uf_reader *reader, size_t dimension,
                            const char *code);
/* A code or label that the user wrote means this code of the file: the code itself, its label, or the code
 * before the label (`20` for `20 Dalarnas län`). */
bool uf_plan_means(const struct uf_plan *plan, const struct uf_reader *reader, size_t dimension,
                   const char *said, const char *code);
/* The dimension with that name, else ignoring case; SIZE_MAX: none. */
size_t uf_plan_dimension(const struct uf_reader *reader, const char *name);
/* The store's code of the region that a code of the file means, as this file writes regions; NULL: the store does not
 * know it. */
uf_status uf_plan_find_region(struct uf_store *store, const struct uf_plan *plan,
                              const struct uf_reader *reader, const char *code, char **out,
                              struct uf_error *error);
#endif
