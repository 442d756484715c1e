// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_CHART_PANELS_H
#define UTFALL_CHART_PANELS_H
/* Small multiples: a long table read into panels, series and values of x, and the grid that the panels stand in.
 * Everything is placed in pixels; the axes are those of one panel with its top left corner at 0. */
#include "chart/axis.h"

enum { UF_MOST_PANELS = 40, UF_MOST_SERIES = 7, UF_MOST_LINES = 6 };

struct uf_panel_value {
    size_t row;           /* of the table */
    size_t panel, series; /* from 0, panels in the order they are drawn */
    size_t category;      /* of the text of x */
    double x;             /* NaN where x is no period */
    double value;         /* NaN: missing */
};

struct uf_panels {
    const struct uf_table *table;
    size_t label, x, value, group, code;
    struct uf_text_list labels; /* in the order they are drawn: focus first */
    bool focus[UF_MOST_PANELS];
    int parts; /* of a year, where they are periods */
    struct uf_text_list series, categories;
    bool periods, whole_periods;   /* all x are periods; whole numbers */
    struct uf_panel_value *values; /* by panel, series, x */
    size_t n;
    /* the grid */
    size_t n_columns, n_rows;
    double left, top;      /* of the first panel's plot */
    double width, height;  /* of a panel's plot */
    double step_x, step_y; /* from one panel to the next */
    /* lines of the grid and its axes, collected for the script */
    double *lines; /* x1, y1, x2, y2, kind */
    size_t n_lines, lines_capacity;
};
enum uf_panel_line { UF_PANEL_GRID, UF_PANEL_AXIS, UF_PANEL_REFERENCE, UF_PANEL_MARK };

/* Reads the request's table. UF_BAD_INPUT: too many panels or series, two rows for one place, no value; with
 * `need_periods`, an x that is none. */
uf_status uf_panels_read(const struct uf_chart_request *request, bool need_periods, struct uf_panels *panels,
                         struct uf_error *error);
void uf_panels_clear(struct uf_panels *panels);
/* How many panels stand side by side; fewer where they are `broad`. */
void uf_panels_arrange(struct uf_panels *panels, bool broad);
double uf_panels_left(const struct uf_panels *panels, size_t panel);
double uf_panels_top(const struct uf_panels *panels, size_t panel);
bool uf_panels_at_bottom(const struct uf_panels *panels, size_t panel); /* no panel below it */
/* The title of each panel, and in the place of one without any value, the reason. */
void uf_panels_titles(struct uf_drawing *drawing, const struct uf_panels *panels);
/* A line within a panel, in pixels from its corner. */
void uf_panels_line(struct uf_drawing *drawing, struct uf_panels *panels, size_t panel, double x1, double y1,
                    double x2, double y2, enum uf_panel_line kind);
void uf_panels_write_lines(struct uf_drawing *drawing, const struct uf_panels *panels);
#endif
