// SPDX-License-Identifier: GPL-3.0-or-later
#include "chart/rows.h"

#include "base/fail.h"
#include "chart/columns.h"
#include "chart/measure.h"

#include <math.h>
#include <stdlib.h>

enum { LABEL_LINE = 14, GAP = 5 };

void uf_rows_clear(struct uf_rows *rows)
{
    for (size_t i = 0; i < rows->n; i++) free(rows->rows[i].label);
    free(rows->rows);
    *rows = (struct uf_rows){0};
}

uf_status uf_rows_add(struct uf_rows *rows, const char *label, size_t *out, struct uf_error *error)
{
    if (rows->n == rows->capacity) {
        size_t capacity = rows->capacity ? 2 * rows->capacity : 16;
        struct uf_row *moved = realloc(rows->rows, capacity * sizeof *moved);
        if (!moved) return uf_fail_memory(error);
        rows->rows = moved;
        rows->capacity = capacity;
    }
    char *copy = uf_text_copy(label);
    if (!copy) return uf_fail_memory(error);
    rows->rows[rows->n] = (struct uf_row){.label = copy, .low_end = NAN, .high_end = NAN};
    *out = rows->n++;
    return UF_OK;
}

/* Labels at the left edge, under the title; the widest decides where the plot begins. The texts are placed
 * when the height of a row, which the label with most lines decides, is known. */
static uf_status place_labels(struct uf_rows *rows, struct uf_drawing *drawing, double top, double *out_left,
                              struct uf_error *error)
{
    const double widest_label = 0.36 * drawing->width;
    uf_status status = UF_OK;
    double widest = 0;
    size_t most_lines = 1;
    struct uf_text_list *lines = calloc(rows->n ? rows->n : 1, sizeof *lines);
    if (!lines) return uf_fail_memory(error);
    for (size_t i = 0; i < rows->n; i++) {
        const struct uf_row *row = &rows->rows[i];
        UF_TRY_GOTO(uf_measure_wrap(row->label, UF_BODY_SIZE, row->focus, widest_label, &lines[i], error),
                    done);
        for (size_t k = 0; k < lines[i].count; k++)
            widest = fmax(widest, uf_measure_text(lines[i].items[k], UF_BODY_SIZE, row->focus));
        if (lines[i].count > most_lines) most_lines = lines[i].count;
    }
    rows->row_height = most_lines == 1 ? 22 : LABEL_LINE * (double)most_lines + 6;
    for (size_t i = 0; i < rows->n; i++) {
        double middle = top + rows->row_height * ((double)i + 0.5);
        double y = middle - LABEL_LINE * ((double)lines[i].count - 1) / 2;
        int look = rows->rows[i].focus ? UF_LOOK_LABEL_FOCUS : UF_LOOK_LABEL;
        for (size_t k = 0; k < lines[i].count; k++, y += LABEL_LINE)
            uf_drawing_text(drawing, UF_PAD, y, UF_ALIGN_LEFT, look, lines[i].items[k]);
    }
    *out_left = UF_PAD + widest + 12;
done:
    for (size_t i = 0; i < rows->n; i++) uf_text_list_clear(&lines[i]);
    free(lines);
    return status;
}

/* Where a text of row stands: its end of the bar. */
static double text_end(const struct uf_rows *rows, const struct uf_row *row)
{
    if (row->text_left && !row->missing) return row->low_end;
    return isnan(row->high_end) ? rows->origin : row->high_end;
}

/* Widens the limits until each text fits beyond its bar's end. The width of a text is fixed in pixels, so
 * each step solves one side with the other held; a few rounds settle both. */
static void make_room(struct uf_rows *rows)
{
    struct uf_axis *axis = &rows->axis;
    double width = axis->end - axis->start;
    for (int round = 0; round < 30; round++)
        for (size_t i = 0; i < rows->n; i++) {
            const struct uf_row *row = &rows->rows[i];
            if (rows->column && !row->missing) continue;
            const char *text = row->missing ? row->missing : row->text;
            double room = fmin(uf_measure_text(text, UF_BODY_SIZE, false) + GAP + 2, 0.6 * width);
            double end = text_end(rows, row), place = uf_axis_place(axis, end);
            if (row->text_left && !row->missing) {
                if (place - axis->start < room)
                    axis->low = axis->high - (axis->high - end) * width / (width - room);
            } else if (axis->end - place < room) {
                axis->high = axis->low + (end - axis->low) * width / (width - room);
            }
        }
}

/* Limits at the data, widened for texts, tics at every round number within. */
static void scale(struct uf_rows *rows, const struct uf_drawing *drawing, double left, double right,
                  double also)
{
    double low = rows->origin, high = rows->origin;
    for (size_t i = 0; i < rows->n; i++) {
        low = fmin(low, rows->rows[i].low_end); /* fmin and fmax pass over NaN */
        high = fmax(high, rows->rows[i].high_end);
    }
    low = fmin(low, also);
    high = fmax(high, also);
    if (!(high > low)) high = low + 1;
    struct uf_axis *axis = &rows->axis;
    for (double spacing = 70; spacing < right - left;
         spacing *= 1.3) { /* until the tics' words do not touch */
        *axis = uf_axis_tight(low, high, (int)((right - left) / spacing), rows->whole);
        axis->start = left;
        axis->end = right;
        make_room(rows);
        double step = axis->step / (axis->high - axis->low) * (right - left);
        if (uf_axis_width(drawing, axis) + 14 < step) break;
    }
    double first = ceil(axis->low / axis->step - 1e-9), last = floor(axis->high / axis->step + 1e-9);
    axis->first = first * axis->step;
    axis->n_tics = (size_t)fmax(0, last - first + 1);
}

static void place_texts(const struct uf_rows *rows, struct uf_drawing *drawing, double top)
{
    double edge = drawing->width - UF_PAD;
    if (rows->column_title)
        uf_drawing_fitted(drawing, edge, top - 8, UF_ALIGN_RIGHT, UF_LOOK_AXIS, 11, edge - UF_PAD,
                          rows->column_title);
    for (size_t i = 0; i < rows->n; i++) {
        const struct uf_row *row = &rows->rows[i];
        double y = top + rows->row_height * ((double)i + 0.5),
               place = uf_axis_place(&rows->axis, text_end(rows, row));
        if (row->missing)
            uf_drawing_fitted(drawing, place + GAP, y, UF_ALIGN_LEFT, UF_LOOK_MISSING, UF_BODY_SIZE,
                              fmax(rows->axis.end - place - GAP, 60), row->missing);
        if (rows->column)
            uf_drawing_text(drawing, edge, y, UF_ALIGN_RIGHT, UF_LOOK_VALUE, row->text);
        else if (!row->missing)
            uf_drawing_text(drawing, place + (row->text_left ? -GAP : GAP), y,
                            row->text_left ? UF_ALIGN_RIGHT : UF_ALIGN_LEFT, UF_LOOK_VALUE, row->text);
    }
}

static double column_width(const struct uf_rows *rows)
{
    if (!rows->column) return 0;
    double widest = 0; /* of the numbers: the title may reach out over the plot */
    for (size_t i = 0; i < rows->n; i++)
        widest = fmax(widest, uf_measure_text(rows->rows[i].text, UF_BODY_SIZE, false));
    return widest + 12;
}

double uf_rows_place(struct uf_rows *rows, struct uf_drawing *drawing, double top, double also)
{
    double left = 0;
    if (rows->column_title) top += 12;
    if (place_labels(rows, drawing, top, &left, NULL) != UF_OK) {
        drawing->failed = true;
        return top;
    }
    const double half_tic = 14; /* the last tic's words stick out */
    double right = drawing->width - UF_PAD - fmax(half_tic, column_width(rows));
    double bottom = top + rows->row_height * (double)rows->n + 2;
    scale(rows, drawing, left, right, also);
    place_texts(rows, drawing, top);
    uf_drawing_plot_area(drawing, left, right, top, bottom);
    uf_drawing_number(drawing, "n_rows", (double)rows->n);
    uf_drawing_number(drawing, "origin", rows->origin);
    uf_axis_write(drawing, &rows->axis, "x", false);
    double y = bottom + 23;
    char *words = uf_axis_words(drawing->request->value_label, drawing->request->unit);
    if (words) {
        y = uf_drawing_paragraph(drawing, left, y + 9, right - left, UF_LOOK_AXIS, 11, 14, words);
        free(words);
        y -= 3;
    }
    return y;
}
