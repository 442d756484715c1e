// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_EXPORT_H
#define UTFALL_EXPORT_H
/*
 * Observations out of the store, for other programs and for other stores.
 *
 * An export is a folder: the figures in one of four formats, and `datapackage.json` (Frictionless Data), which
 * says what each column is and holds what the figures alone do not tell: indicators with units, sources and
 * licences, regions, sectors, labels of codes, the publisher's notes. uf_import_package (import.h) reads such a
 * folder back; a store filled so has the same observations, indicators, labels and notes as the exported one.
 *
 * - UF_EXPORT_CSV: tidy, `observations.csv`, one row per observation, UTF-8, comma and decimal point;
 * - UF_EXPORT_CSV_EXCEL: the same for a Swedish Excel: byte order mark, semicolon, decimal comma, CRLF, Swedish
 *   headings and names, regions in Swedish order. Codes stand with their name behind (`01 Stockholms län`), which
 *   no spreadsheet takes for a number or a date; a text that it would take for one, or for a formula, is written
 *   `="…"`;
 * - UF_EXPORT_SDMX_CSV: SDMX-CSV 1.0 with Eurostat's attributes OBS_FLAG and CONF_STATUS; the whole status stands in
 *   STATUS_DETAIL, since the letters cannot say all of it;
 * - UF_EXPORT_JSON_STAT: JSON-stat 2.0, one dataset per indicator in a file of its own; `value` is an array
 *   where each cell of the cube is an observation, else an object. A cell that is not there is no observation;
 *   a missing observation is null with its reason in `status`.
 *
 * Statuses are written with the names of value_status.h, joined by `+`. Numbers are the shortest that read back
 * as the same double. The same store gives the same bytes.
 */
#include <stdbool.h>
#include <stddef.h>
#include <utfall/period.h>
#include <utfall/status.h>
#include <utfall/store.h>

#ifdef __cplusplus
extern "C" {
#endif

enum uf_export_format { UF_EXPORT_CSV, UF_EXPORT_CSV_EXCEL, UF_EXPORT_SDMX_CSV, UF_EXPORT_JSON_STAT };

struct uf_export_request {
    const char *folder; /* made; its parents too */
    enum uf_export_format format;
    const char *const *indicators; /* codes; none: all */
    size_t n_indicators;
    const char *level;          /* as in uf_store_resolve_level; NULL: all */
    const char *const *regions; /* codes or aliases; none: all */
    size_t n_regions;
    uf_period from, to; /* a period is taken that lies wholly between them; 0: open */
    bool replace;       /* an earlier export at `folder` is replaced */
    /* Called now and then with the share done; a non-zero return stops the export (UF_INTERRUPTED): nothing is
     * left behind. */
    int (*progress)(void *user, double share);
    void *user;
};

struct uf_export_summary {
    size_t observations, missing; /* written; of these: with a missing reason */
    size_t indicators;            /* that have any of them */
    size_t files;                 /* with datapackage.json */
};

/* The name of a format (`csv`, `csv-excel`, `sdmx-csv`, `json-stat`) and its summary in one line; NULL behind the
 * last. */
const char *uf_export_format_name(enum uf_export_format format);
const char *uf_export_format_summary(enum uf_export_format format);
/* An unknown name is UF_BAD_USAGE with the nearest. */
uf_status uf_export_format_find(const char *name, enum uf_export_format *out, struct uf_error *error);

/* Writes an export. It sees the store as it was at one moment, and is whole or not there: the folder is built beside
 * its place, synced, and renamed into it.
 *
 * UF_BAD_USAGE: the folder exists and is not empty (with `replace`: and holds no export). UF_BAD_INPUT: an indicator,
 * region or level that is not there (with the nearest), nothing left of the choice, a JSON-stat cube with more
 * than 2^53 cells. UF_IO_FAILED: the folder cannot be written, the disk is full. Cost: two passes over the observations
 * (JSON-stat: four); memory grows with the codes, not with the observations. */
uf_status uf_export(struct uf_store *store, const struct uf_export_request *request,
                    struct uf_export_summary *out, struct uf_error *error);

#ifdef __cplusplus
}
#endif
#endif
