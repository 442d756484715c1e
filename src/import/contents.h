// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_IMPORT_CONTENTS_H
#define UTFALL_IMPORT_CONTENTS_H
/* What a file counts, as indicators: one, or one for each code of its content dimension, each with the unit, the
 * decimals and the kind that the file gives it where the user gave none. */
#include "import/plan.h"

struct uf_content {
    char *code;  /* of the file; "" where it has no dimension for it */
    char *label; /* NULL: not said */
    /* As it is put; its texts are borrowed from the request, the facts and the fields below. */
    struct uf_indicator indicator;
    char *name, *unit, *indicator_code, *source;
    bool put;          /* the store has it */
    bool kind_said;    /* by the user */
    bool kind_by_unit; /* a ratio, since the unit is a share, a mean or an index */
};
struct uf_contents {
    struct uf_content *items;
    size_t count;
    struct uf_codes index; /* file's code → place in `items` */
    bool several;
};

/* All that the plan knows of. Two contents with the same name are UF_BAD_USAGE; a name for a content that the file
 * does not have is too. Sentences on names that were made go to `notes`. */
uf_status uf_contents_make(const struct uf_plan *plan, const struct uf_reader *reader,
                           const struct uf_import_request *request, struct uf_contents *out,
                           struct uf_text_list *notes, struct uf_error *error);
void uf_contents_clear(struct uf_contents *contents);
/* The content of a cell; one that was not met before is made. */
uf_status uf_contents_find(struct uf_contents *contents, const struct uf_plan *plan,
                           const struct uf_reader *reader, const struct uf_import_request *request,
                           const char *code, struct uf_content **out, struct uf_error *error);
/* Why values of this content cannot be added up; NULL: they can. A name that speaks of a mean is no reason where the
 * user said that it is a stock or a flow. Static text. */
const char *uf_content_why_no_sum(const struct uf_content *content);
#endif
