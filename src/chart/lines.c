// SPDX-License-Identifier: GPL-3.0-or-later
/* Many lines in thin grey, a few in colour with their names and last values at the end, the benchmark dashed. */
#include "base/fail.h"
#include "chart/axis.h"
#include "chart/columns.h"
#include "chart/end_labels.h"
#include "chart/line_bands.h"
#include "chart/sequence.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <utfall/number.h>

enum { ROLE_CONTEXT = 0, ROLE_BENCHMARK = 9 }; /* 1 to 6: focus */

struct line {
    const char *label; /* borrowed from the table's list */
    int role;
    double first_x, first, last_x, last;
};

struct lines {
    const struct uf_table *table;
    size_t label, x, value, code;
    struct uf_text_list labels;
    size_t *line_of; /* per row */
    double *xs;      /* per row */
    size_t *order;   /* rows by line, then period */
    struct line *items;
    double x_low, x_high, low, high;
    bool whole_x;
    struct uf_line_bands bands;
};

static void lines_clear(struct lines *lines)
{
    uf_text_list_clear(&lines->labels);
    free(lines->line_of);
    free(lines->xs);
    free(lines->order);
    free(lines->items);
}

static uf_status find_columns(const struct uf_chart_request *request, struct lines *lines,
                              struct uf_error *error)
{
    const char *kind = "lines";
    lines->table = request->table;
    UF_TRY(uf_column_need(lines->table, kind, request->label, "label", &lines->label, error));
    UF_TRY(uf_column_need(lines->table, kind, request->x, "period", &lines->x, error));
    UF_TRY(uf_column_need(lines->table, kind, request->value, "value", &lines->value, error));
    UF_TRY(uf_column_maybe(lines->table, kind, request->code, "code", &lines->code, error));
    return uf_line_bands_find(request, &lines->bands, error);
}

/* The colour of one more line of a focus: its own, or where another line has it (the cohorts of the treated) the next one
 * free; more lines than colours take turns, so that no two with one colour follow each other. */
static int coloured(const struct lines *lines, size_t n_lines, size_t focus)
{
    bool taken[UF_FOCUS_COLOURS] = {false};
    size_t n = 0;
    for (size_t i = 0; i < n_lines; i++) {
        const int role = lines->items[i].role;
        if (role < 1 || role > UF_FOCUS_COLOURS) continue;
        taken[role - 1] = true;
        n++;
    }
    for (size_t i = 0; i < UF_FOCUS_COLOURS; i++) {
        const size_t next = (focus + i) % UF_FOCUS_COLOURS;
        if (!taken[next]) return (int)next + 1;
    }
    return (int)((focus + n) % UF_FOCUS_COLOURS) + 1;
}

static uf_status read_rows(struct uf_drawing *drawing, struct lines *lines, struct uf_error *error)
{
    const struct uf_chart_request *request = drawing->request;
    const struct uf_table *table = lines->table;
    size_t n = uf_table_rows(table);
    lines->line_of = calloc(n + 1, sizeof *lines->line_of);
    lines->xs = calloc(n + 1, sizeof *lines->xs);
    lines->order = calloc(n + 1, sizeof *lines->order);
    lines->items = calloc(n + 1, sizeof *lines->items);
    if (!lines->line_of || !lines->xs || !lines->order || !lines->items) return uf_fail_memory(error);
    lines->x_low = lines->low = INFINITY;
    lines->x_high = lines->high = -INFINITY;
    lines->whole_x = true;
    size_t line = 0;
    for (size_t i = 0; i < n; i++) {
        char label_text[64], code_text[64];
        const char *label = uf_column_label(table, i, lines->label, label_text);
        if (i == 0 || !uf_text_equal(lines->labels.items[line], label))
            line = uf_text_list_find(&lines->labels, label);
        if (line == SIZE_MAX) {
            line = lines->labels.count;
            UF_TRY(uf_text_list_add(&lines->labels, label, error));
            const char *code = uf_column_label(table, i, lines->code, code_text);
            size_t focus = uf_focus_of(request, label, code);
            bool benchmark = request->benchmark && (uf_text_equal(request->benchmark, label) ||
                                                    (*code && uf_text_equal(request->benchmark, code)));
            lines->items[line] =
                (struct line){.first = NAN,
                              .last = NAN,
                              .first_x = NAN,
                              .last_x = NAN,
                              .role = benchmark                  ? ROLE_BENCHMARK
                                      : focus < UF_FOCUS_COLOURS ? coloured(lines, line, focus)
                                                                 : ROLE_CONTEXT};
        }
        lines->line_of[i] = line;
        UF_TRY(uf_column_period(table, i, lines->x, &lines->xs[i], error));
        double value = uf_table_number(table, i, lines->value), x = lines->xs[i];
        if (isnan(value) || isnan(x)) continue;
        if (x != floor(x)) lines->whole_x = false;
        lines->x_low = fmin(lines->x_low, x);
        lines->x_high = fmax(lines->x_high, x);
        lines->low = fmin(lines->low, value);
        lines->high = fmax(lines->high, value);
        if (lines->items[line].role != ROLE_CONTEXT && lines->items[line].role != ROLE_BENCHMARK)
            uf_line_bands_read(request, i, &lines->bands);
    }
    for (size_t i = 0; i < lines->labels.count; i++) lines->items[i].label = lines->labels.items[i];
    if (!isfinite(lines->low)) return uf_no_value(request, error);
    return uf_sequence_order(lines->line_of, lines->xs, n, lines->labels.count, lines->order, error);
}

static void write_data(struct uf_drawing *drawing, struct lines *lines)
{
    const struct uf_table *table = lines->table;
    const bool bands = lines->bands.inner || lines->bands.outer;
    uf_buffer_append(&drawing->csv, "line,role,period,value,status,label");
    uf_line_bands_head(drawing, &lines->bands);
    uf_buffer_append(&drawing->csv, "\n");
    for (size_t k = 0; k < uf_table_rows(table); k++) {
        char status_text[UF_VALUE_STATUS_SIZE];
        size_t i = lines->order[k];
        struct line *line = &lines->items[lines->line_of[i]];
        double value = uf_table_number(table, i, lines->value);
        if (!isnan(value)) {
            if (isnan(line->first)) line->first = value, line->first_x = lines->xs[i];
            line->last = value, line->last_x = lines->xs[i];
        }
        uf_csv_number(drawing, (double)(lines->line_of[i] + 1), ',');
        uf_csv_number(drawing, line->role, ',');
        uf_csv_number(drawing, lines->xs[i], ',');
        uf_csv_number(drawing, value, ',');
        uf_csv_text(drawing,
                    uf_value_status_print(uf_table_value_status(table, i, lines->value), status_text), ',');
        uf_csv_text(drawing, line->label, bands ? ',' : '\n');
        uf_line_bands_write(drawing, &lines->bands, i,
                            line->role != ROLE_CONTEXT && line->role != ROLE_BENCHMARK);
    }
}

static size_t count_context(const struct lines *lines)
{
    size_t n = 0;
    for (size_t i = 0; i < lines->labels.count; i++)
        if (lines->items[i].role == ROLE_CONTEXT && !isnan(lines->items[i].last)) n++;
    return n;
}

/* The decimals of the numbers at the ends: three digits of the picture's height, and no more than the column has. */
static int shown_decimals(const struct lines *lines)
{
    const int own = uf_table_column_decimals(lines->table, lines->value);
    const double height = fmax(lines->high, lines->bands.high) - fmin(lines->low, lines->bands.low);
    if (own < 0 || !(height > 0)) return own;
    const double wanted = 2 - floor(log10(height) + 1e-9);
    return wanted < own ? (int)fmax(0, wanted) : own;
}

/* `Dalarna 41,2` for each line in colour; the words are the caller's to free. */
static size_t make_labels(struct uf_drawing *drawing, const struct lines *lines, struct uf_end_label *labels)
{
    size_t n = 0;
    for (size_t i = 0; i < lines->labels.count; i++) {
        const struct line *line = &lines->items[i];
        if (line->role == ROLE_CONTEXT || isnan(line->last)) continue;
        labels[n] = (struct uf_end_label){
            .x = line->last_x,
            .y = line->last,
            .look = line->role == ROLE_BENCHMARK ? UF_LOOK_BENCHMARK : UF_LOOK_FOCUS_1 + line->role - 1,
            .words = uf_text_copy(line->label)};
        uf_number_format(line->last, shown_decimals(lines), drawing->language, labels[n].number);
        if (labels[n].words)
            n++;
        else
            drawing->failed = true;
    }
    return n;
}

static uf_status say_line(struct uf_drawing *drawing, const struct lines *lines, const struct line *line,
                          struct uf_error *error)
{
    char first_x[64], last_x[64];
    uf_year_text(line->first_x, lines->whole_x, drawing->language, first_x);
    uf_year_text(line->last_x, lines->whole_x, drawing->language, last_x);
    const int decimals = shown_decimals(lines);
    struct uf_argument arguments[5] = {uf_text_argument(line->label),
                                       uf_number_argument(line->first, decimals), uf_text_argument(first_x),
                                       uf_number_argument(line->last, decimals), uf_text_argument(last_x)};
    return uf_drawing_say(drawing,
                          drawing->request->x_label /* not time */
                              ? (struct uf_words){"{0}: from {1} at {2} to {3} at {4}.",
                                                  "{0}: från {1} vid {2} till {3} vid {4}."}
                              : (struct uf_words){"{0}: from {1} in {2} to {3} in {4}.",
                                                  "{0}: från {1} år {2} till {3} år {4}."},
                          arguments, 5, error);
}

static uf_status say(struct uf_drawing *drawing, const struct lines *lines, struct uf_error *error)
{
    UF_TRY(uf_drawing_say_kind(drawing, (struct uf_words){"Line chart", "Linjediagram"}, error));
    for (size_t i = 0; i < lines->labels.count; i++)
        if (lines->items[i].role != ROLE_CONTEXT && !isnan(lines->items[i].last))
            UF_TRY(say_line(drawing, lines, &lines->items[i], error));
    UF_TRY(uf_line_bands_say(drawing, &lines->bands, error));
    double low = INFINITY, high = -INFINITY;
    for (size_t i = 0; i < lines->labels.count; i++) {
        const struct line *line = &lines->items[i];
        if (line->role != ROLE_CONTEXT || line->last_x != lines->x_high) continue;
        low = fmin(low, line->last);
        high = fmax(high, line->last);
    }
    const int decimals = shown_decimals(lines);
    size_t n = count_context(lines);
    char last_x[64];
    uf_year_text(lines->x_high, lines->whole_x, drawing->language, last_x);
    struct uf_argument arguments[4] = {uf_count_argument(n), uf_text_argument(last_x),
                                       uf_number_argument(low, decimals), uf_number_argument(high, decimals)};
    if (n > 0 && isfinite(low))
        UF_TRY(uf_drawing_say(drawing,
                              (struct uf_words){"In grey: {0} others, between {2} and {3} in {1}.",
                                                "I grått: {0} övriga, mellan {2} och {3} år {1}."},
                              arguments, 4, error));
    const struct uf_chart_request *request = drawing->request;
    const struct uf_argument named[2] = {uf_text_argument(request->reference_label),
                                         uf_text_argument(request->marked_label)};
    if (request->reference_label && !isnan(request->reference))
        UF_TRY(uf_drawing_say(drawing, (struct uf_words){"Level line: {0}.", "Vågrät linje: {0}."}, named, 2,
                              error));
    if (request->marked_label && !isnan(request->marked_x))
        UF_TRY(uf_drawing_say(drawing, (struct uf_words){"Upright line: {1}.", "Lodrät linje: {1}."}, named,
                              2, error));
    size_t missing = 0;
    for (size_t i = 0; i < uf_table_rows(lines->table); i++)
        if (isnan(uf_table_number(lines->table, i, lines->value))) missing++;
    struct uf_argument count = uf_count_argument(missing);
    if (missing)
        UF_TRY(uf_drawing_say(drawing,
                              (struct uf_words){"{0} values are missing; the lines are broken there.",
                                                "{0} värden saknas; där är linjerna brutna."},
                              &count, 1, error));
    return UF_OK;
}

static void place(struct uf_drawing *drawing, const struct lines *lines, struct uf_end_label *labels,
                  size_t n)
{
    const struct uf_chart_request *request = drawing->request;
    double low = fmin(fmin(lines->low, lines->bands.low), request->reference),
           high = fmax(fmax(lines->high, lines->bands.high), request->reference);
    double top = uf_drawing_head(drawing), bottom;
    size_t n_context = count_context(lines);
    struct uf_legend_item legend[3] = {{UF_SIGN_CONTEXT, NULL}};
    uf_line_bands_legend(request, &lines->bands, legend + 1);
    struct uf_buffer words;
    uf_buffer_init(&words);
    if (n_context && n) {
        uf_buffer_append(&words, request->context_label
                                     ? request->context_label
                                     : uf_words_in((struct uf_words){"others", "övriga"}, drawing->language));
        uf_buffer_append(&words, " (");
        uf_buffer_append_size(&words, n_context);
        uf_buffer_append(&words, ")");
        legend[0].words = words.data;
    }
    top = uf_drawing_legend(drawing, UF_PAD, top + 6, legend, 3);
    uf_buffer_clear(&words);
    char *axis_title = uf_axis_words(request->value_label, request->unit);
    if (axis_title)
        top = uf_drawing_paragraph(drawing, UF_PAD, top + 2, drawing->width - 2 * UF_PAD, UF_LOOK_AXIS, 11,
                                   14, axis_title) +
              4;
    free(axis_title);
    if (request->marked_label) top += 14;
    double below = request->x_label ? 42 : 25;
    bottom = top + uf_drawing_plot_height(drawing, top, below, 250);

    struct uf_axis y = uf_axis_round(low, high, 5, false);
    y.start = bottom;
    y.end = top;
    double left = UF_PAD + uf_axis_width(drawing, &y) + 8;
    double labels_width = n ? uf_end_labels_width(drawing, labels, n, 0.45 * drawing->width) + 12 : 16;
    double right = drawing->width - UF_PAD - labels_width;
    struct uf_axis x = uf_axis_tight(lines->x_low, lines->x_high, (int)((right - left) / 42), lines->whole_x);
    x.start = left;
    x.end = right;
    for (size_t i = 0; i < n; i++) {
        labels[i].x = uf_axis_place(&x, labels[i].x);
        labels[i].y = uf_axis_place(&y, labels[i].y);
    }
    uf_end_labels_place(drawing, labels, n, right + 10, top, bottom);
    uf_drawing_plot_area(drawing, left, right, top, bottom);
    uf_axis_write(drawing, &x, "x", lines->whole_x);
    uf_axis_write(drawing, &y, "y", false);
    uf_drawing_number(drawing, "reference", request->reference);
    if (request->reference_label && !isnan(request->reference))
        uf_drawing_text(drawing, left + 4, uf_axis_place(&y, request->reference) - 9, UF_ALIGN_LEFT,
                        UF_LOOK_AXIS, request->reference_label);
    uf_axis_mark(drawing, &x, NAN, top);
    if (request->x_label)
        uf_drawing_text(drawing, (left + right) / 2, bottom + 33, UF_ALIGN_CENTRE, UF_LOOK_AXIS,
                        request->x_label);
    uf_drawing_foot(drawing, bottom + below);
}

uf_status uf_lines_lay_out(struct uf_drawing *drawing, struct uf_error *error)
{
    struct lines lines = {0};
    uf_text_list_init(&lines.labels);
    struct uf_end_label *labels = NULL;
    size_t n = 0;
    uf_status status = find_columns(drawing->request, &lines, error);
    if (status == UF_OK) status = read_rows(drawing, &lines, error);
    if (status == UF_OK) {
        write_data(drawing, &lines);
        labels = calloc(lines.labels.count + 1, sizeof *labels);
        if (!labels) status = uf_fail_memory(error);
    }
    if (status == UF_OK) {
        n = make_labels(drawing, &lines, labels);
        double roles[UF_FOCUS_COLOURS] = {0};
        for (size_t i = 0; i < lines.labels.count; i++)
            if (lines.items[i].role >= 1 && lines.items[i].role <= UF_FOCUS_COLOURS)
                roles[lines.items[i].role - 1] = 1;
        uf_drawing_numbers(drawing, "has_focus", roles, UF_FOCUS_COLOURS);
        place(drawing, &lines, labels, n);
        status = say(drawing, &lines, error);
    }
    for (size_t i = 0; i < n; i++) free(labels[i].words);
    free(labels);
    lines_clear(&lines);
    return status;
}
