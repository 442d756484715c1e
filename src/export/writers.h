// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_EXPORT_WRITERS_H
#define UTFALL_EXPORT_WRITERS_H
/* The formats, and what each tells of its columns for the descriptor. */
#include <jansson.h>

#include "export/contents.h"

/* Writes the figures into `folder` and appends to `resources` (a JSON array) one descriptor per file, without its hash
 * and size. `final` is where the folder will stand, for errors. */
typedef uf_status export_write(struct export_contents *contents, const char *folder, const char *final,
                               json_t *resources, struct uf_error *error);

struct export_writer {
    const char *name, *summary;
    export_write *write;
    size_t passes; /* over the observations, the survey not counted */
};
/* By format. */
const struct export_writer *export_writer_of(enum uf_export_format format);

export_write export_write_csv, export_write_csv_excel, export_write_sdmx_csv, export_write_json_stat;

/* The descriptor of the whole package; `resources` is taken over. */
uf_status export_descriptor(const struct export_contents *contents, json_t *resources, const char *folder,
                            const char *final, struct uf_error *error);

/* JSON helpers: a text, or null. A text that is not UTF-8 gives NULL, as no memory does. */
json_t *export_json_text(const char *text);
#endif
