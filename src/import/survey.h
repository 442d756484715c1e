// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_IMPORT_SURVEY_H
#define UTFALL_IMPORT_SURVEY_H
/* A look at the kept cells of a file: which codes each dimension has, and which dimensions tell cells apart. */
#include <stdint.h>

#include "import/plan.h"
#include "store/codes.h"

enum { UF_SURVEY_CELLS = 200000, UF_SURVEY_CODES = 20000 };

struct uf_surveyed_dimension {
    struct uf_codes index;     /* code → place in `codes` */
    struct uf_text_list codes; /* of kept cells, in the order seen */
    /* of all cells, where the dimension has a keep: to see whether its codes are there */
    struct uf_text_list all;
    struct uf_codes all_index;
    bool overflow; /* more than UF_SURVEY_CODES */
};
struct uf_survey {
    struct uf_surveyed_dimension *dimensions;
    size_t count;
    uint32_t *cells; /* n_cells × count: places in `codes` */
    size_t n_cells, capacity;
    bool whole; /* the file ended before the limit */
};

uf_status uf_survey_make(struct uf_reader *reader, struct uf_plan *plan, struct uf_survey *out,
                         struct uf_error *error);
void uf_survey_clear(struct uf_survey *survey);

/* Sets `out_needed[d]` for each dimension that differs between two cells that agree in all of the `n_key` key
 * dimensions. */
uf_status uf_survey_needed(const struct uf_survey *survey, const size_t *key, size_t n_key, bool *out_needed,
                           struct uf_error *error);
#endif
