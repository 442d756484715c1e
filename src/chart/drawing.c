// SPDX-License-Identifier: GPL-3.0-or-later
#include "chart/drawing.h"

#include "base/fail.h"
#include "chart/measure.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/number.h>

enum { TITLE_SIZE = 16, TITLE_LINE = 20, SOURCE_LINE = 14, NARROWEST_CM = 12 };
#define SOURCE_SIZE 10.5

void uf_drawing_init(struct uf_drawing *drawing, const struct uf_chart_request *request)
{
    *drawing = (struct uf_drawing){.request = request, .language = request->language};
    double width_cm = request->width_cm > 0 ? fmax(request->width_cm, NARROWEST_CM) : 16;
    drawing->width = round(width_cm / 2.54 * 96);
    uf_buffer_init(&drawing->csv);
    uf_buffer_init(&drawing->variables);
    uf_buffer_init(&drawing->alt);
}

void uf_drawing_clear(struct uf_drawing *drawing)
{
    uf_buffer_clear(&drawing->csv);
    uf_buffer_clear(&drawing->variables);
    uf_buffer_clear(&drawing->alt);
    for (size_t i = 0; i < drawing->n_texts; i++) free(drawing->texts[i].text);
    free(drawing->texts);
    free(drawing->signs);
    *drawing = (struct uf_drawing){0};
}

uf_status uf_drawing_status(const struct uf_drawing *drawing, struct uf_error *error)
{
    bool failed = drawing->failed || drawing->csv.failed || drawing->variables.failed || drawing->alt.failed;
    return failed ? uf_fail_memory(error) : UF_OK;
}

/* --- the script --------------------------------------------------------------------------------- */

/* What gnuplot 5.4 might read as more than a character, even within single quotes: the manual's doubled quote
 * fails where the quote comes first or follows another one, and what comes after is read as code; the search
 * for @macros loses count of quotes. So the string is closed, and a constant of the script (see
 * compose_script) holds the character. */
static const char *constant_of(char c)
{
    switch (c) {
    case '\'':
        return "quote";
    case '"':
        return "double_quote";
    case '`':
        return "backtick";
    case '@':
        return "at_sign";
    case '\\':
        return "backslash";
    default:
        return NULL;
    }
}

void uf_quote(struct uf_buffer *buffer, const char *text)
{
    bool valid = uf_text_is_utf8(text, strlen(text));
    uf_buffer_append_char(buffer, '\'');
    for (const char *p = text; *p; p++) {
        unsigned char c = (unsigned char)*p;
        const char *constant = constant_of(*p);
        if (constant) {
            uf_buffer_append(buffer, "'.");
            uf_buffer_append(buffer, constant);
            uf_buffer_append(buffer, ".'");
        } else if (c < 0x20 || c == 0x7F) {
            uf_buffer_append_char(buffer, ' ');
        } else {
            uf_buffer_append_char(buffer, c >= 0x80 && !valid ? '?' : *p);
        }
    }
    uf_buffer_append_char(buffer, '\'');
}

void uf_append_number(struct uf_buffer *buffer, double value)
{
    char text[UF_NUMBER_SIZE];
    uf_buffer_append(buffer, uf_number_print(value, text));
}

/* Numbers of the script are places and limits: nine digits draw the same picture and keep it legible. */
static void append_rounded(struct uf_buffer *buffer, double value)
{
    if (isfinite(value) && value != 0) {
        double scale = pow(10, 8 - floor(log10(fabs(value))));
        if (isfinite(scale) && scale > 0) value = round(value * scale) / scale;
    }
    uf_append_number(buffer, value);
}

static void append_name(struct uf_drawing *drawing, const char *variable)
{
    uf_buffer_append(&drawing->variables, variable);
    uf_buffer_append(&drawing->variables, " = ");
}

void uf_drawing_number(struct uf_drawing *drawing, const char *variable, double value)
{
    append_name(drawing, variable);
    append_rounded(&drawing->variables, value);
    uf_buffer_append_char(&drawing->variables, '\n');
}

void uf_drawing_string(struct uf_drawing *drawing, const char *variable, const char *text)
{
    append_name(drawing, variable);
    uf_quote(&drawing->variables, text ? text : "");
    uf_buffer_append_char(&drawing->variables, '\n');
}

static void append_array(struct uf_drawing *drawing, const char *variable, size_t n)
{
    struct uf_buffer *out = &drawing->variables;
    uf_buffer_append(out, "n_");
    append_name(drawing, variable);
    uf_buffer_append_size(out, n);
    uf_buffer_append(out, "\narray ");
    uf_buffer_append(out, variable);
    uf_buffer_append_char(out, '[');
    uf_buffer_append_size(out, n ? n : 1);
    uf_buffer_append(out, n ? "] = [" : "]\n");
}

/* Between two elements: a new line of the script now and then, so that it can be read. */
static void append_separator(struct uf_buffer *out, size_t i, size_t n, size_t per_line)
{
    if (i + 1 == n)
        uf_buffer_append(out, "]\n");
    else
        uf_buffer_append(out, (i + 1) % per_line == 0 ? ", \\\n    " : ", ");
}

void uf_drawing_numbers(struct uf_drawing *drawing, const char *variable, const double *values, size_t n)
{
    append_array(drawing, variable, n);
    for (size_t i = 0; i < n; i++) {
        append_rounded(&drawing->variables, values[i]);
        append_separator(&drawing->variables, i, n, 16);
    }
}

void uf_drawing_strings(struct uf_drawing *drawing, const char *variable, const char *const *texts, size_t n)
{
    append_array(drawing, variable, n);
    for (size_t i = 0; i < n; i++) {
        uf_quote(&drawing->variables, texts[i] ? texts[i] : "");
        append_separator(&drawing->variables, i, n, 1);
    }
}

/* --- what is placed ----------------------------------------------------------------------------- */

/* Room for one more element; false and `failed` set when memory ran out. */
static bool grow(struct uf_drawing *drawing, void **items, size_t n, size_t *capacity, size_t size)
{
    if (n < *capacity) return true;
    size_t more = *capacity ? *capacity * 2 : 32;
    void *moved = realloc(*items, more * size);
    if (!moved) {
        drawing->failed = true;
        return false;
    }
    *items = moved;
    *capacity = more;
    return true;
}

void uf_drawing_text(struct uf_drawing *drawing, double x, double y, int align, int look, const char *text)
{
    if (!text || !*text) return;
    void *items = drawing->texts;
    if (!grow(drawing, &items, drawing->n_texts, &drawing->texts_capacity, sizeof *drawing->texts)) return;
    drawing->texts = items;
    char *copy = uf_text_copy(text);
    if (!copy) {
        drawing->failed = true;
        return;
    }
    drawing->texts[drawing->n_texts++] = (struct uf_placed_text){x, y, align, look, copy};
}

static bool is_bold(int look)
{
    return look == UF_LOOK_TITLE || look == UF_LOOK_LABEL_FOCUS || look == UF_LOOK_PANEL ||
           look == UF_LOOK_BENCHMARK || look >= UF_LOOK_FOCUS_1;
}

double uf_drawing_fitted(struct uf_drawing *drawing, double x, double y, int align, int look, double size,
                         double width, const char *text)
{
    char *fitted = uf_measure_fit(text, size, is_bold(look), width);
    if (!fitted) {
        drawing->failed = true;
        return 0;
    }
    uf_drawing_text(drawing, x, y, align, look, fitted);
    double used = uf_measure_text(fitted, size, is_bold(look));
    free(fitted);
    return used;
}

void uf_drawing_sign(struct uf_drawing *drawing, double x, double y, int sign)
{
    void *items = drawing->signs;
    if (!grow(drawing, &items, drawing->n_signs, &drawing->signs_capacity, sizeof *drawing->signs)) return;
    drawing->signs = items;
    drawing->signs[drawing->n_signs++] = (struct uf_placed_sign){x, y, sign};
}

/* No lonely last word: the narrowest width that needs no more lines. */
static void balance(struct uf_drawing *drawing, struct uf_text_list *lines, const char *text, double size,
                    bool bold, double width)
{
    for (double narrower = width - size; narrower > width / 2; narrower -= size) {
        struct uf_text_list trial;
        uf_text_list_init(&trial);
        if (uf_measure_wrap(text, size, bold, narrower, &trial, NULL) != UF_OK) drawing->failed = true;
        if (drawing->failed || trial.count > lines->count) {
            uf_text_list_clear(&trial);
            return;
        }
        uf_text_list_clear(lines);
        *lines = trial;
    }
}

/* Where a title's two halves meet: after a sentence, else after the last colon; NULL: nowhere. */
static const char *title_seam(const char *text)
{
    const char *stop = strstr(text, ". ");
    if (stop) return strstr(stop + 1, ". ") ? NULL : stop;
    for (const char *next = text; (next = strstr(next, ": ")) != NULL; next++) stop = next;
    return stop;
}

/* A title of two halves breaks between them, not within a phrase, where that takes no more lines. */
static void break_at_seam(struct uf_drawing *drawing, struct uf_text_list *lines, const char *text,
                          double size, bool bold, double width)
{
    const char *stop = title_seam(text);
    char first[256];
    if (lines->count < 2 || !stop || (size_t)(stop + 1 - text) >= sizeof first) return;
    memcpy(first, text, (size_t)(stop + 1 - text));
    first[stop + 1 - text] = 0;
    const char *halves[] = {first, stop + 2};
    struct uf_text_list both;
    uf_text_list_init(&both);
    for (int i = 0; i < 2; i++) {
        struct uf_text_list half;
        uf_text_list_init(&half);
        if (uf_measure_wrap(halves[i], size, bold, width, &half, NULL) != UF_OK) drawing->failed = true;
        if (half.count > 1) balance(drawing, &half, halves[i], size, bold, width);
        for (size_t j = 0; j < half.count; j++)
            if (uf_text_list_add(&both, half.items[j], NULL) != UF_OK) drawing->failed = true;
        uf_text_list_clear(&half);
    }
    if (drawing->failed || both.count > lines->count) {
        uf_text_list_clear(&both);
        return;
    }
    uf_text_list_clear(lines);
    *lines = both;
}

double uf_drawing_paragraph(struct uf_drawing *drawing, double x, double y, double width, int look,
                            double size, double line_height, const char *text)
{
    if (!text || !*text) return y;
    struct uf_text_list lines;
    uf_text_list_init(&lines);
    bool bold = is_bold(look);
    if (uf_measure_wrap(text, size, bold, width, &lines, NULL) != UF_OK) drawing->failed = true;
    if (look == UF_LOOK_TITLE && lines.count > 1) balance(drawing, &lines, text, size, bold, width);
    if (look == UF_LOOK_TITLE) break_at_seam(drawing, &lines, text, size, bold, width);
    for (size_t i = 0; i < lines.count; i++, y += line_height)
        uf_drawing_text(drawing, x, y, UF_ALIGN_LEFT, look, lines.items[i]);
    uf_text_list_clear(&lines);
    return y;
}

double uf_drawing_legend(struct uf_drawing *drawing, double x, double y, const struct uf_legend_item *items,
                         size_t n)
{
    enum { SIGN = 24, BETWEEN = 16 };
    double at = x;
    bool any = false;
    for (size_t i = 0; i < n; i++) {
        if (!items[i].words) continue;
        double most = drawing->width - UF_PAD - x;
        double width = fmin(SIGN + 5 + uf_measure_text(items[i].words, 11, false), most);
        if (any && at + width > drawing->width - UF_PAD) {
            at = x;
            y += UF_LINE_HEIGHT;
        }
        uf_drawing_sign(drawing, at, y, items[i].sign);
        uf_drawing_fitted(drawing, at + SIGN + 5, y, UF_ALIGN_LEFT, UF_LOOK_AXIS, 11, most - SIGN - 5,
                          items[i].words);
        at += width + BETWEEN;
        any = true;
    }
    return any ? y + UF_LINE_HEIGHT : y;
}

/* The height of a paragraph below the content; 0 without words. */
static double foot_height(struct uf_drawing *drawing, const char *words)
{
    if (!words || !*words) return 0;
    struct uf_text_list lines;
    uf_text_list_init(&lines);
    if (uf_measure_wrap(words, SOURCE_SIZE, false, drawing->width - 2 * UF_PAD, &lines, NULL) != UF_OK)
        drawing->failed = true;
    double height = 6 + SOURCE_LINE * (double)lines.count;
    uf_text_list_clear(&lines);
    return height;
}

double uf_drawing_head(struct uf_drawing *drawing)
{
    const struct uf_chart_request *request = drawing->request;
    double width = drawing->width - 2 * UF_PAD, y = UF_PAD + TITLE_LINE / 2.0;
    if (request->title && *request->title)
        y = uf_drawing_paragraph(drawing, UF_PAD, y, width, UF_LOOK_TITLE, TITLE_SIZE, TITLE_LINE,
                                 request->title);
    if (request->subtitle && *request->subtitle)
        y = uf_drawing_paragraph(drawing, UF_PAD, y, width, UF_LOOK_SUBTITLE, UF_BODY_SIZE, UF_LINE_HEIGHT,
                                 request->subtitle);
    drawing->source_height =
        UF_PAD + foot_height(drawing, request->note) + foot_height(drawing, request->source);
    return y;
}

void uf_drawing_foot(struct uf_drawing *drawing, double content_bottom)
{
    const struct uf_chart_request *request = drawing->request;
    drawing->height = ceil(content_bottom + drawing->source_height);
    const char *const words[] = {request->note, request->source};
    double y = drawing->height - drawing->source_height;
    for (size_t i = 0; i < 2; i++) {
        uf_drawing_paragraph(drawing, UF_PAD, y + 6 + SOURCE_LINE / 2.0, drawing->width - 2 * UF_PAD,
                             UF_LOOK_SOURCE, SOURCE_SIZE, SOURCE_LINE, words[i]);
        y += foot_height(drawing, words[i]);
    }
}

double uf_drawing_plot_height(const struct uf_drawing *drawing, double top, double below, double standard)
{
    if (!(drawing->request->height_cm > 0)) return standard;
    double height = drawing->request->height_cm / 2.54 * 96 - top - below - drawing->source_height;
    return height > 60 ? height : 60;
}

void uf_drawing_plot_area(struct uf_drawing *drawing, double left, double right, double top, double bottom)
{
    uf_drawing_number(drawing, "plot_left", left);
    uf_drawing_number(drawing, "plot_right", right);
    uf_drawing_number(drawing, "plot_top", top);
    uf_drawing_number(drawing, "plot_bottom", bottom);
}

/* --- data file ---------------------------------------------------------------------------------- */

void uf_csv_number(struct uf_drawing *drawing, double value, char end)
{
    if (!isnan(value)) uf_append_number(&drawing->csv, value);
    uf_buffer_append_char(&drawing->csv, end);
}

void uf_csv_text(struct uf_drawing *drawing, const char *text, char end)
{
    uf_buffer_append_char(&drawing->csv, '"');
    for (const char *p = text ? text : ""; *p; p++) {
        unsigned char c = (unsigned char)*p;
        if (c == '"') uf_buffer_append_char(&drawing->csv, '"');
        uf_buffer_append_char(&drawing->csv, c < 0x20 || c == 0x7F ? ' ' : *p);
    }
    uf_buffer_append_char(&drawing->csv, '"');
    uf_buffer_append_char(&drawing->csv, end);
}

/* --- alt text ----------------------------------------------------------------------------------- */

uf_status uf_drawing_say(struct uf_drawing *drawing, struct uf_words words,
                         const struct uf_argument *arguments, size_t n_arguments, struct uf_error *error)
{
    char *sentence = NULL;
    UF_TRY(uf_phrase(drawing->language, words, arguments, n_arguments, &sentence, error));
    if (drawing->alt.length) uf_buffer_append_char(&drawing->alt, ' ');
    uf_buffer_append(&drawing->alt, sentence);
    free(sentence);
    return UF_OK;
}

uf_status uf_drawing_say_kind(struct uf_drawing *drawing, struct uf_words kind, struct uf_error *error)
{
    const struct uf_chart_request *request = drawing->request;
    struct uf_argument arguments[3] = {uf_text_argument(uf_words_in(kind, drawing->language)),
                                       uf_text_argument(request->title), uf_text_argument(request->subtitle)};
    if (request->title && *request->title && request->subtitle && *request->subtitle)
        return uf_drawing_say(drawing, (struct uf_words){"{0}: {1} ({2}).", "{0}: {1} ({2})."}, arguments, 3,
                              error);
    if (request->title && *request->title)
        return uf_drawing_say(drawing, (struct uf_words){"{0}: {1}.", "{0}: {1}."}, arguments, 2, error);
    return uf_drawing_say(drawing, (struct uf_words){"{0}.", "{0}."}, arguments, 1, error);
}
