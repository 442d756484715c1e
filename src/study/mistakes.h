// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_STUDY_MISTAKES_H
#define UTFALL_STUDY_MISTAKES_H
/*
 * The mistakes of a study file that one reading finds: each is kept with its place and the reading goes on where that
 * makes sense, so that a file can be mended in one go.
 */
#include <stddef.h>
#include <utfall/status.h>

struct mistakes {
    struct uf_error *items;
    size_t count; /* kept */
    size_t more;  /* found after there was no room */
};

/* Keeps `error` where `status` is UF_BAD_INPUT, and returns UF_OK: go on. Any other status is returned. */
uf_status mistakes_keep(struct mistakes *mistakes, uf_status status, const struct uf_error *error);
/* UF_OK where there were none. Else UF_BAD_INPUT, and `error` is the first in the file, with the others on lines of their
 * own below, as far as there is room. */
uf_status mistakes_report(const struct mistakes *mistakes, struct uf_error *error);
void mistakes_clear(struct mistakes *mistakes);
#endif
