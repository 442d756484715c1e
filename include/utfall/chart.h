// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_CHART_H
#define UTFALL_CHART_H
/*
 * A table and a chart kind → data file, a gnuplot script that runs by itself, pictures, alt text.
 *
 * The kinds are listed in one table (`uf_chart_kinds`). For a chart NAME the output folder gets NAME.csv (the
 * numbers drawn, decimal point), NAME.gp (content, then style, palette and template of plots/ written out, so
 * that `gnuplot NAME.gp` in that folder draws it again), NAME.svg, NAME.png … and NAME.txt (the alt text).
 * gnuplot runs as a process, never through a shell; every text in the script is single-quoted, with what
 * gnuplot might read as more than a character written as a constant, and drawn with `noenhanced`.
 *
 * A chart is made in two steps, so that many can be drawn at once: uf_chart_prepare reads the table and
 * writes data, script and alt text (no process, a fraction of a millisecond); uf_charts_draw runs gnuplot,
 * several processes at a time. The pictures do not depend on how many. SVG, PNG, EMF and PDF have the same
 * bytes each time on one machine (gnuplot stamps PDF with the time of the day; that stamp is set to the year
 * 1970); between machines the installed fonts decide.
 *
 * The whole layout is computed here, in units of 1/96 inch, with letter widths that are an upper bound for
 * the fonts in use: a text that fits here fits in the picture.
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
    const char *name; /* `bars`, `stacked-bars`, `lines`, … */
    const char *summary;
};
/* All kinds, static, in the order of documentation. O(1). */
const struct uf_chart_kind *uf_chart_kinds(size_t *out_count);

/*
 * Which columns a kind reads, with the default name where the request leaves it NULL (`?`: may be absent):
 *   bars               label, value, low?, high?                       one bar per row, in the table's order
 *   stacked-bars       label, group, value                            long: a row per label and component
 *   lines              label, x = period, value, low?, high?, low2?, high2?   long: a row per line and period
 *   event-study        x = event_time, value = estimate, low = conf_low?, high = conf_high?, low2?, high2?
 *   synthetic-control  x = period, and `treated`, `synthetic`, `gap`; `placebos`: `unit`, `period`, `gap`
 *   tile-map           label, value; `tiles`: `code`, `short`, `row`, `col`, counted from the top left
 *   scatter            x, value, label, size?, group?, low?, high?, x_low?, x_high?    one point per row
 *   heat-map           label, group, value                            long: a row per cell; at most 60 × 60
 *   intervals          label, value, low?, high?, group?              a dot per row; two to four series
 *   small-multiples    label, x, value, group?                        long; a panel per label, at most 40
 *   map                label, value; `geometry`, and `aliases`: `alias`, `code`
 *   histogram          low, high, value = count                       one bar per row; `unit` is that of low and high
 * In small-multiples x is a period for lines; for stacked bars it is the text of each bar and group its part.
 * A period is a number or a text that uf_period_parse takes. Missing numbers are drawn as missing, with their
 * reason.
 */
struct uf_chart_request {
    const char *kind;
    const struct uf_table *table; /* borrowed for the call */
    /* columns of the table; NULL: the default above */
    const char *value, *low, *high, *label, *group, *x;
    const char *low2, *high2;   /* event-study, lines: a wider (simultaneous) band; NULL: none */
    const char *x_low, *x_high; /* scatter: the band of x; it has none by default, nor `low` and `high` */
    /* a column whose texts `focus`, `benchmark` and `tiles` may name as well; NULL: `code` where there is one */
    const char *code;
    const struct uf_table *placebos; /* NULL: none */
    const struct uf_table *tiles;

    /* words, in the run's language; NULL: none */
    const char *title, *subtitle, *source, *value_label, *x_label, *unit;
    const char *note; /* below the picture, and last in the alt text: what it cannot show */
    const char *reference_label, *marked_label;
    const char *band_label, *band2_label; /* what the intervals are: `95 % confidence interval` */
    /* words with a default */
    const char *context_label; /* what is grey: `other NUTS 2 regions`; NULL: `others`, `placebo regions` */
    const char *total_label;   /* stacked-bars: the sum; NULL: `Total` */
    const char *treated_label, *synthetic_label; /* synthetic-control; NULL: `Actual`, `Synthetic control` */
    const char *gap_unit; /* synthetic-control; NULL: the unit of the table's column `gap`, else `unit` */

    const char *const *focus; /* labels or codes to bring out; lines: at most six, the others stay grey */
    size_t n_focus;
    const char *benchmark; /* lines: label or code of what to compare with (the nation), dashed; NULL: none */
    /* bars: where they begin; lines, intervals, scatter: a level; maps and heat-map: the middle of the classes;
     * NaN: none */
    double reference;
    bool from_zero; /* bars: begin at 0, the reference is just a line; intervals: the axis holds 0 */
    double
        marked_x; /* a vertical line (start of the treatment, an estimate); NaN: none (event-study: -0.5) */
    /* event-study: the reference period; NULL: the row whose estimate is 0 and has no interval */
    const double *omitted_x;
    /* tile-map: four rising limits; NULL: fifths of the values, or steps around the reference */
    const double *class_limits;
    const char *size;       /* scatter: a column, the area of each point; NULL: all alike */
    const char *size_label; /* what the area is; NULL: none */
    double reference_x;     /* scatter: a vertical line; NaN: none */
    bool fit;               /* scatter: the least-squares line */
    const char
        *quadrants[4]; /* scatter: words in the corners: top right, top left, bottom left, bottom right */
    /* heat-map: `value` (rows and columns by falling mean, the default), `similarity` (neighbours are alike),
     * `given`; intervals: `given` (the default), `value` (falling), `rising` */
    const char *order;
    const char *
        form; /* small-multiples: `lines` (the default), `stacked-bars`, or `intervals` (estimates with low and high) */
    const char *geometry;     /* map: a GeoJSON file or a shapefile (.shp, or .zip with one), projected */
    const char *geometry_key; /* map: the attribute that holds the region's code; NULL: found */
    const struct uf_table *aliases; /* map: other codes of regions, columns `alias` and `code`; NULL: none */

    enum uf_language language;
    double width_cm;             /* 0: 16; at least 12 */
    double height_cm;            /* 0: what the content needs (bars and tile-map always take that) */
    unsigned formats;            /* 0: SVG and PNG */
    const char *plots_directory; /* style.gp, palette.gp and the templates */
    const char *gnuplot;         /* program; NULL: `gnuplot` on PATH */
};

struct uf_chart {
    char *name;     /* file name without ending */
    char *alt_text; /* what the picture says, in a few sentences, with numbers */
    /* the SVG element for an HTML page: <title> and <desc>, ids made unique by `name`; NULL where not drawn */
    char *svg;
    bool drawn; /* false: not yet, or gnuplot is missing; data and script are there */
    /* for uf_charts_draw */
    char *title;     /* NULL: none */
    char *directory; /* where the files are */
    char *gnuplot;
    unsigned formats;
};
/* Frees what the chart owns; the files stay. */
void uf_chart_clear(struct uf_chart *chart);

/* Reads the table and writes NAME.csv, NAME.gp and NAME.txt to `directory`, which must exist; nothing of the
 * request is kept. `name` is letters, digits, `-` and `_`, beginning with a letter (UF_INTERNAL otherwise):
 * it becomes file names and ids. An unknown kind is UF_BAD_USAGE with the nearest one; a table that lacks a
 * needed column UF_BAD_USAGE; one without any drawable value UF_BAD_INPUT. Cost: linear in the table, times
 * the number of lines for their end labels. */
uf_status uf_chart_prepare(const struct uf_chart_request *request, const char *directory, const char *name,
                           struct uf_chart *out, struct uf_error *error);

/* Draws prepared charts: one gnuplot process per chart, at most `processes` at a time (below 1: 1). Already
 * drawn ones are left alone. All are tried; the error is that of the first chart, in order, that failed:
 * UF_IO_FAILED where gnuplot cannot be started, fails (its words are in the error), takes more than a minute
 * or leaves an empty file. What a failed run left behind is removed. */
uf_status uf_charts_draw(struct uf_chart *charts, size_t n_charts, int processes, struct uf_error *error);

/* Both steps for one chart. Where gnuplot cannot be started: UF_IO_FAILED, `out->drawn` false, data, script
 * and alt text written and `out` filled all the same (the one exception to "untouched on failure"), so that a
 * report without pictures can go on. */
uf_status uf_chart_write(const struct uf_chart_request *request, const char *directory, const char *name,
                         struct uf_chart *out, struct uf_error *error);

#ifdef __cplusplus
}
#endif
#endif
