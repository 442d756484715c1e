// SPDX-License-Identifier: GPL-3.0-or-later
#include "sparkline.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <utfall/sparkline.h>

#include "escape.h"

enum { WIDTH = 96, HEIGHT = 24, MARGIN = 3 };

/* A series with what is said of it. */
struct series {
    struct uf_sparkline_point points[UF_SPARKLINE_MOST];
    size_t n, n_values, first, last, lowest, highest; /* indices; valid where n_values > 0 */
};

static bool read_series(const char *text, struct series *series)
{
    series->n_values = 0;
    if (uf_sparkline_parse(text, series->points, &series->n, NULL) != UF_OK) return false;
    for (size_t i = 0; i < series->n; i++) {
        double value = series->points[i].value;
        if (isnan(value)) continue;
        if (series->n_values++ == 0) series->first = series->lowest = series->highest = i;
        series->last = i;
        if (value < series->points[series->lowest].value) series->lowest = i;
        if (value > series->points[series->highest].value) series->highest = i;
    }
    return series->n > 0;
}

bool uf_column_is_sparkline(const struct uf_table *table, size_t column)
{
    return uf_table_column_type(table, column) == UF_COLUMN_TEXT &&
           uf_sparkline_is_column(uf_table_column_name(table, column));
}

static void append_words(struct uf_buffer *out, const struct series *series, int decimals,
                         enum uf_language language)
{
    static const struct uf_words several = {"{0} in {1}, {2} in {3}; lowest {4} ({5}), highest {6} ({7}).",
                                            "{0} år {1}, {2} år {3}; lägst {4} ({5}), högst {6} ({7})."};
    static const struct uf_words one = {"{0} in {1}.", "{0} år {1}."};
    static const struct uf_words none = {"No value.", "Inget värde."};
    static const struct uf_words gaps = {" {0} of {1} values are missing.", " {0} av {1} värden saknas."};
    const size_t shown[4] = {series->first, series->last, series->lowest, series->highest};
    struct uf_argument arguments[8];
    for (size_t i = 0; i < 4 && series->n_values; i++) {
        arguments[2 * i] = uf_number_argument(series->points[shown[i]].value, decimals);
        arguments[2 * i + 1] = uf_text_argument(series->points[shown[i]].period);
    }
    char *text = NULL;
    if (uf_phrase(language,
                  series->n_values > 1 ? several
                  : series->n_values   ? one
                                       : none,
                  arguments, series->n_values ? 8 : 0, &text, NULL) != UF_OK)
        out->failed = true;
    uf_escape_html(out, text);
    free(text);
    if (series->n_values == series->n || series->n_values == 0) return;
    const struct uf_argument counts[2] = {uf_count_argument(series->n - series->n_values),
                                          uf_count_argument(series->n)};
    text = NULL;
    if (uf_phrase(language, gaps, counts, 2, &text, NULL) != UF_OK) out->failed = true;
    uf_escape_html(out, text);
    free(text);
}

static double place_x(const struct series *series, size_t i)
{
    const double inner = WIDTH - 2 * MARGIN;
    return series->n > 1 ? MARGIN + inner * (double)i / (double)(series->n - 1) : WIDTH / 2.0;
}

static double place_y(const struct series *series, size_t i)
{
    double low = series->points[series->lowest].value, high = series->points[series->highest].value;
    if (!(high > low)) return HEIGHT / 2.0;
    /* halves, since the difference of two finite numbers may not be one */
    double share = (series->points[i].value / 2 - low / 2) / (high / 2 - low / 2);
    return HEIGHT - MARGIN - share * (HEIGHT - 2 * MARGIN);
}

/* One move per run of values, so that a missing one leaves a gap; a value between two gaps is a short dash. */
static void append_path(struct uf_buffer *out, const struct series *series)
{
    bool open = false;
    for (size_t i = 0; i < series->n; i++) {
        char place[64];
        bool missing = isnan(series->points[i].value);
        if (!missing) {
            snprintf(place, sizeof place, "%c%.1f %.1f", open ? 'L' : 'M', place_x(series, i),
                     place_y(series, i));
            uf_buffer_append(out, place);
            bool alone = !open && (i + 1 == series->n || isnan(series->points[i + 1].value));
            if (alone) uf_buffer_append(out, "h0.1");
        }
        open = !missing;
    }
}

void uf_sparkline_html(struct uf_buffer *out, const struct uf_table *table, size_t row, size_t column,
                       enum uf_language language)
{
    struct series *series = malloc(sizeof *series);
    if (!series) {
        out->failed = true;
        return;
    }
    const char *text = uf_table_text(table, row, column);
    if (!read_series(text, series)) {
        uf_escape_html(out, text);
        free(series);
        return;
    }
    char size[160];
    snprintf(size, sizeof size,
             "<svg class=\"sparkline\" xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" "
             "viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"",
             WIDTH, HEIGHT, WIDTH, HEIGHT);
    uf_buffer_append(out, size);
    append_words(out, series, uf_table_column_decimals(table, column), language);
    uf_buffer_append(out, "\"><title>");
    append_words(out, series, uf_table_column_decimals(table, column), language);
    uf_buffer_append(out, "</title>");
    if (series->n_values) {
        uf_buffer_append(out, "<path d=\"");
        append_path(out, series);
        uf_buffer_append(out, "\" fill=\"none\" stroke=\"#2f73ab\" stroke-width=\"1.6\" "
                              "stroke-linecap=\"round\" stroke-linejoin=\"round\"/>");
        char dot[96];
        snprintf(dot, sizeof dot, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"2.6\" fill=\"#123a63\"/>",
                 place_x(series, series->last), place_y(series, series->last));
        uf_buffer_append(out, dot);
    }
    uf_buffer_append(out, "</svg>");
    free(series);
}

void uf_sparkline_terminal(struct uf_buffer *out, const struct uf_table *table, size_t row, size_t column)
{
    static const char *const blocks[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    struct series *series = malloc(sizeof *series);
    if (!series) {
        out->failed = true;
        return;
    }
    const char *text = uf_table_text(table, row, column);
    if (!read_series(text, series)) {
        uf_escape_terminal(out, text);
    } else {
        for (size_t i = 0; i < series->n; i++) {
            double share = isnan(series->points[i].value)
                               ? NAN
                               : (HEIGHT - MARGIN - place_y(series, i)) / (HEIGHT - 2 * MARGIN); /* 0 to 1 */
            uf_buffer_append(out, isnan(share) ? " " : blocks[(size_t)fmin(fmax(share, 0) * 8, 7)]);
        }
    }
    free(series);
}
