// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_IMPORT_IMPORTER_H
#define UTFALL_IMPORT_IMPORTER_H
/* One import under way, as its files share it: import.c walks and keeps the transaction, cells.c turns cells into
 * observations, unknown.c adds what the store does not know, batch.c tells the store of the file and finds its
 * earlier imports. */
#include "import/contents.h"
#include "import/format.h"
#include "import/plan.h"
#include "import/sum_totals.h"
#include "import/sums.h"
#include "store/codes.h"
#include "store/writer.h"

/* The file's codes of one dimension and what the store calls them; looked up once per code. */
struct uf_translation {
    struct uf_codes index;     /* file's code → place in `codes`, -1: the store does not know it */
    struct uf_text_list codes; /* the store's */
    char last[24];             /* the code before: files repeat most codes from row to row */
    const char *last_code;
};

struct uf_importer {
    struct uf_store *store;
    const struct uf_import_request *request;
    struct uf_reader reader;
    struct uf_plan plan;
    struct uf_contents contents;
    struct uf_content *content; /* of the last cell */
    struct uf_sums *sums;       /* NULL: nothing is added up */
    bool adds_up;               /* some sum has several parts */
    struct uf_totals totals;    /* where a column's own total is a sum */
    char *region_is;            /* the region of all cells; NULL: a dimension tells */
    uf_period period_is;        /* 0: a dimension tells */
    struct uf_translation regions, sectors;
    struct uf_text_list unknown;                      /* regions passed over, the first few */
    struct uf_text_list added_regions, added_sectors; /* to the store, the first few */
    struct uf_buffer breakdown;
    size_t *breakdown_order; /* dimensions of the breakdown, by name */
    size_t n_breakdown;
    struct uf_import_summary *summary;
    int64_t batch;
    struct uf_writer *writer; /* while the transaction is open */
    struct uf_error refusal;  /* the writer's */
};

/* unknown.c: a region or sector of this file that the store does not know is added to it, where the request or the
 * code allows it; `*out` is NULL where not. */
uf_status uf_importer_add_region(struct uf_importer *importer, const char *code, char **out,
                                 struct uf_error *error);
uf_status uf_importer_add_sector(struct uf_importer *importer, const char *code, char **out,
                                 struct uf_error *error);
/* What was added and passed over, as notes. */
uf_status uf_importer_note_unknown(struct uf_importer *importer, struct uf_error *error);

/* batch.c: what the file says of itself, into the store. Inside the batch. */
uf_status uf_importer_store_facts(struct uf_importer *importer, struct uf_error *error);
/* Takes what earlier imports of this file stored out of the store. */
uf_status uf_importer_forget_earlier(struct uf_importer *importer, struct uf_error *error);
/* selection.c: a text that is the same exactly when the request would take the same from the same bytes. */
uf_status uf_describe_selection(const struct uf_import_request *request, char *out, struct uf_error *error);
/* `region`, `breakdown` …: static text. */
const char *uf_role_name(enum uf_role role);

/* What the request says that readers need. */
struct uf_reader_wishes uf_importer_wishes(const struct uf_import_request *request);
void uf_translation_clear(struct uf_translation *translation);

/* UF_BAD_INPUT where a dimension that was left out for having one code has another here. */
uf_status uf_importer_check_constants(const struct uf_importer *importer, const struct uf_cell *cell,
                                      struct uf_error *error);
/* Where the value goes: everything of an observation but the value. `*out_use` is false for a region passed
 * over. The texts live until the next cell. */
uf_status uf_importer_locate(struct uf_importer *importer, const struct uf_reader *reader,
                             const struct uf_cell *cell, struct uf_observation *out, bool *out_use,
                             struct uf_error *error);
uf_status uf_importer_read_value(const struct uf_importer *importer, const struct uf_cell *cell,
                                 struct uf_observation *out, struct uf_error *error);
/* The store's sentence on two values for one cell, with the place of both. */
uf_status uf_importer_fail_conflict(struct uf_importer *importer, const struct uf_writer_conflict *conflict,
                                    const struct uf_error *inner, struct uf_error *error);
#endif
