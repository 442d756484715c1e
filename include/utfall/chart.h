// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_CHART_H
#define UTFALL_CHART_H
/*
 * A table and a chart kind → data file, a gnuplot script that runs by itself, pictures, alt text.
 *
 * The kinds are listed in one table (`uf_chart_kinds`). For a chart NAME the output folder gets NAME.csv (the numbers drawn, decimal
 * point), NAME.gp (style, palette and template of plots/ written out, so that `gnuplot NAME.gp` in that folder draws it
 * again), NAME.svg, NAME.png … and NAME.txt (the alt text). gnuplot runs as a process, never through a shell; every label is a
 * single-quoted gnuplot string with `noenhanced`.
 */
#include <stdbool.h>
#include <stddef.h>
#include <utfall/language.h>
#include <utfall/status.h>
#include <utfall/table.h>

#ifdef __cplusplus
extern "C" {
#endif

enum uf_chart_format { UF_CHART_SVG = 1, UF_CHART_PNG = 2, UF_CHART_PDF = 4, UF_CHART_EMF = 8 };

struct uf_chart_kind {
    const char *name; /* `bars`, `stacked-bars`, `lines`, `event-study`, `synthetic-control`, `tile-map` */
    const char *summary;
};
const struct uf_chart_kind *uf_chart_kinds(size_t *out_count);

struct uf_chart_request {
    const char *kind;
    const struct uf_table *table; /* borrowed for the call */
    /* columns of the table; NULL: not used by this chart */
    const char *value, *low, *high, *label, *group, *x;
    /* event-study: event_time, estimate, conf_low, conf_high. synthetic-control: period, treated, synthetic, gap and, in `placebos`,
     * unit, period, gap. tile-map: row and column of each label come from `tiles` (code, short, row, col). */
    const struct uf_table *placebos; /* NULL: none */
    const struct uf_table *tiles;
    const char *title, *subtitle, *source, *value_label, *x_label, *unit; /* NULL: none; in the run's language */
    const char *const *focus; /* label values to bring out (a line's or bar's text, or its `code` column's) */
    size_t n_focus;
    double reference;         /* NaN: none */
    double marked_x;          /* a vertical line (start of the treatment); NaN: none */
    const char *marked_label;
    enum uf_language language;
    double width_cm;  /* 0: 16 */
    double height_cm; /* 0: what the content needs */
    unsigned formats; /* 0: SVG and PNG */
    const char *plots_directory; /* style.gp, palette.gp and the templates */
    const char *gnuplot;         /* program; NULL: `gnuplot` on PATH */
};

struct uf_chart {
    char *name;     /* file name without ending */
    char *alt_text; /* what the picture says, in a few sentences, with numbers */
    char *svg;      /* the SVG text, with <title> and <desc>, ids made unique by `name`; NULL where not drawn */
    bool drawn;     /* false: gnuplot is missing; data and script are there */
};
void uf_chart_clear(struct uf_chart *chart);

/* Writes the files of one chart. Where gnuplot cannot be started: UF_IO_FAILED, `out->drawn` false, data, script and alt text written
 * and `out` filled all the same (the one exception to "untouched on failure"), so that a report without pictures can go on. A table
 * that lacks a needed column is UF_INTERNAL; one without any drawable value is UF_BAD_INPUT. */
uf_status uf_chart_write(const struct uf_chart_request *request, const char *directory, const char *name,
                         struct uf_chart *out, struct uf_error *error);

#ifdef __cplusplus
}
#endif
#endif
