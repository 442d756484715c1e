// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_PANEL_PLAIN_PANEL_H
#define UTFALL_PANEL_PLAIN_PANEL_H
/*
 * A panel from a large plain file (import/plain_file.h) without a table in between. It is the panel that the careful
 * way gives; where the file is small or not plain, a key is empty, two rows share one, or a cohort is in doubt,
 * nothing is built, and the careful way says what is wrong.
 */
#include <utfall/panel.h>

/* Files smaller than this (bytes) are read the careful way. */
enum { PANEL_PLAIN_FROM = 8 << 20 };

/* `*out_done` false: not done, `out` untouched. */
uf_status panel_from_plain_file(const struct uf_file_panel_request *request, struct uf_panel **out,
                                bool *out_done, struct uf_error *error);
/* The same for a file of any size. */
uf_status panel_from_any_plain_file(const struct uf_file_panel_request *request, struct uf_panel **out,
                                    bool *out_done, struct uf_error *error);
#endif
