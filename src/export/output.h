// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_EXPORT_OUTPUT_H
#define UTFALL_EXPORT_OUTPUT_H
/* One file of an export while it is written. A failed write is remembered and told when the file is closed, so that
 * writing needs no check one by one. */
#include <stdio.h>
#include <utfall/text.h>

struct export_output {
    char *path;
    FILE *file;
    int failure; /* errno of the first failed write; 0: none */
};
/* `final` is the folder that an error names: `folder` is where it is built. */
uf_status export_output_open(const char *folder, const char *name, struct export_output *out,
                             struct uf_error *error);
void export_output_bytes(struct export_output *output, const char *bytes, size_t length);
void export_output_text(struct export_output *output, const char *text);
bool export_output_failed(const struct export_output *output);
/* Syncs and closes; a full disk is UF_IO_FAILED at `final`. */
uf_status export_output_close(struct export_output *output, const char *final, struct uf_error *error);
/* Closes without a word; fine after close. */
void export_output_drop(struct export_output *output);
#endif
