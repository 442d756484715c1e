// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_CHART_SVG_H
#define UTFALL_CHART_SVG_H
/* What gnuplot's SVG lacks: title, description, a size that follows the page, ids of its own. */
#include <utfall/language.h>
#include <utfall/status.h>

/* From gnuplot's SVG text to an <svg> element without XML prologue: `id`, role="img", aria-labelledby title
 * and desc (both escaped), viewBox with width 100 %, every id and reference prefixed by `name`, gnuplot's own
 * titles of parts removed, a font family with fall-backs, no trailing blanks. UF_INTERNAL when the text is
 * not gnuplot's SVG. The caller frees *out. Cost: linear. */
uf_status uf_svg_finish(const char *gnuplot_svg, const char *name, const char *title, const char *description,
                        char **out, struct uf_error *error);
#endif
