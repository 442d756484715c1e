// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_EXPORT_CONTENTS_H
#define UTFALL_EXPORT_CONTENTS_H
/*
 * What one export holds: the choice of the request, the codes that its observations use, and the walk over the
 * observations. All formats and the descriptor read this.
 */
#include <stdint.h>
#include <utfall/export.h>

#include "store/codes.h"

/* A region or a sector. */
struct export_code {
    char *code, *parent, *name_sv, *name_en;
    char *class;      /* a region's level, a sector's scheme */
    char *short_name; /* of regions; else NULL */
    int valid_from, valid_to;
    bool wanted; /* the request takes it */
    bool listed; /* it, or something below it, has observations in the export */
};
struct export_codes {
    struct export_code *items; /* by code */
    size_t count;
    struct uf_codes index; /* code → place */
    size_t *swedish;       /* places in the Swedish order of names; regions only */
};

/* One part of a breakdown: dimension `sex`, code `women`. */
struct export_part {
    size_t dimension; /* its place */
    char *code;
};
struct export_breakdown {
    char *text;
    struct export_part *parts;
    size_t n_parts;
};
struct export_indicator {
    char *code, *theme, *name_sv, *name_en, *unit_sv, *unit_en, *kind, *source, *licence;
    double rounding, decimals; /* decimals NaN: not said */
    size_t observations, missing;
    bool *regions, *sectors; /* per code: used by an observation */
    bool *breakdowns;        /* per breakdown; as long as there were when it was surveyed */
    size_t n_breakdowns;
    bool no_sector, no_breakdown; /* some observation has none */
    int64_t *batches;             /* that brought its observations, ascending */
    size_t n_batches;
    uf_period *periods; /* ascending */
    size_t n_periods;
};

struct export_label {
    char *dimension, *code, *label;
};
/* What the publisher said of a file. */
struct export_note {
    int64_t batch;
    char *scope, *text;
    bool listed; /* its batch brought something of the export */
};

struct export_contents {
    struct uf_store *store;
    const struct uf_export_request *request;
    struct export_codes regions, sectors;
    struct export_breakdown *breakdowns;
    size_t n_breakdowns, breakdown_capacity;
    struct uf_codes breakdown_index;
    struct uf_text_list
        dimensions; /* of breakdowns, by name; "": texts that are no list of NAME=CODE, whole */
    struct export_indicator *indicators; /* by code; some may have no observations */
    size_t n_indicators;
    struct export_label *labels; /* of the exported dimensions' codes, by dimension and code */
    size_t n_labels;
    struct export_note *notes;
    size_t n_notes;
    size_t observations, missing;
    size_t rows_done, rows_total; /* of all passes, for the progress */
};

/* Reads what the request chooses; the store stands still (a snapshot). */
uf_status export_contents_read(struct uf_store *store, const struct uf_export_request *request,
                               struct export_contents *out, struct uf_error *error);
void export_contents_clear(struct export_contents *contents);

struct export_row {
    const struct export_indicator *indicator;
    size_t region, sector;                    /* places; sector SIZE_MAX: none */
    const struct export_breakdown *breakdown; /* NULL: none */
    size_t breakdown_place;                   /* SIZE_MAX: none */
    uf_period period;
    double value;
    uf_value_status status;
};
typedef uf_status export_visit(const struct export_row *row, void *user, struct uf_error *error);

/* Lets the request's progress look; UF_INTERRUPTED where it asks to stop. */
uf_status export_step(struct export_contents *contents, struct uf_error *error);
/* Fills in what the chosen indicators have; in survey.c. */
uf_status export_survey(struct export_contents *contents, struct uf_error *error);

/* Labels of codes and notes of files, once the survey is made; in labels.c. */
uf_status export_read_labels(struct export_contents *contents, struct uf_error *error);
uf_status export_read_notes(struct export_contents *contents, struct uf_error *error);
void export_labels_clear(struct export_contents *contents);
/* NULL: none. */
const char *export_label_of(const struct export_contents *contents, const char *dimension, const char *code);

/* Regions by code or by Swedish name; within one, by sector, breakdown and period. */
enum export_order { EXPORT_BY_CODE, EXPORT_BY_SWEDISH_NAME };
uf_status export_walk(struct export_contents *contents, const struct export_indicator *indicator,
                      enum export_order order, export_visit *visit, void *user, struct uf_error *error);

/* The code that a breakdown (NULL: none) has in a dimension, or NULL. */
const char *export_breakdown_code(const struct export_breakdown *breakdown, size_t dimension);
#endif
