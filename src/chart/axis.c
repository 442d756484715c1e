// SPDX-License-Identifier: GPL-3.0-or-later
#include "chart/axis.h"

#include "chart/measure.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/number.h>

enum { TIC_SIZE = 11, MOST_TICS = 40, MARK_ABOVE = 10, MARK_OVERHANG = 4 };

/* The round step nearest to `rough` from above, and the decimals its multiples need. */
static double round_step(double rough, bool whole, int *decimals)
{
    static const double choices[] = {1, 2, 2.5, 5, 10};
    double power = pow(10, floor(log10(rough)));
    double step = 10 * power;
    bool quarter = false;
    for (size_t i = 0; i < sizeof choices / sizeof *choices; i++)
        if (choices[i] * power >= rough * (1 - 1e-9) && !(whole && i == 2)) {
            step = choices[i] * power;
            quarter = i == 2;
            break;
        }
    if (whole && step < 1) step = 1;
    int places = -(int)floor(log10(step) + 1e-9) + (quarter ? 1 : 0);
    *decimals = places > 0 ? places : 0;
    return step;
}

static struct uf_axis axis_of(double low, double high, int target, bool whole, bool tight)
{
    if (!(high > low)) {
        double half = low != 0 ? fabs(low) * 0.1 : 1;
        if (whole && half < 1) half = 1;
        low -= half;
        high += half;
    }
    struct uf_axis axis = {0};
    axis.step = round_step((high - low) / (target > 0 ? target : 1), whole, &axis.decimals);
    double slack = 1e-9 * axis.step;
    double first = tight ? ceil((low - slack) / axis.step) : floor((low + slack) / axis.step);
    double last = tight ? floor((high + slack) / axis.step) : ceil((high - slack) / axis.step);
    axis.first = first * axis.step;
    double n = last - first + 1;
    axis.n_tics = n < 1 ? 0 : n > MOST_TICS ? MOST_TICS : (size_t)n;
    axis.low = tight ? low : axis.first;
    axis.high = tight ? high : last * axis.step;
    return axis;
}

struct uf_axis uf_axis_round(double low, double high, int target, bool whole)
{
    return axis_of(low, high, target, whole, false);
}

struct uf_axis uf_axis_tight(double low, double high, int target, bool whole)
{
    return axis_of(low, high, target, whole, true);
}

struct uf_axis uf_axis_roomy(double low, double high, int target, double start, double end, double room_low,
                             double room_high)
{
    if (!(high > low)) {
        double half = low != 0 ? fabs(low) * 0.1 : 1;
        low -= half;
        high += half;
    }
    double left = fmax(fabs(end - start) - room_low - room_high, 1), unit = (high - low) / left;
    struct uf_axis axis = uf_axis_tight(low - room_low * unit, high + room_high * unit, target, false);
    axis.start = start;
    axis.end = end;
    return axis;
}

double uf_axis_place(const struct uf_axis *axis, double value)
{
    return axis->start + (value - axis->low) / (axis->high - axis->low) * (axis->end - axis->start);
}

static double tic_value(const struct uf_axis *axis, size_t i)
{
    double multiple = round(axis->first / axis->step) + (double)i;
    return multiple * axis->step + 0.0; /* a sum of steps would drift; + 0.0 turns -0 into 0 */
}

/* Without separators, as years are written; time since a start may be negative. */
static void whole_text(double value, char *text, size_t size)
{
    snprintf(text, size, "%s%.0f", value < -0.5 ? "\u2212" : "", fabs(value));
}

static void tic_text(const struct uf_drawing *drawing, const struct uf_axis *axis, size_t i, bool plain,
                     char text[UF_NUMBER_SIZE])
{
    double value = tic_value(axis, i);
    if (plain && fabs(value) < 1e9)
        whole_text(value, text, UF_NUMBER_SIZE);
    else
        uf_number_format(value, axis->decimals, drawing->language, text);
}

double uf_axis_tic(const struct uf_drawing *drawing, const struct uf_axis *axis, size_t i, bool plain,
                   char text[64])
{
    tic_text(drawing, axis, i, plain, text);
    return tic_value(axis, i);
}

void uf_axis_write(struct uf_drawing *drawing, const struct uf_axis *axis, const char *name, bool plain)
{
    char variable[64], texts[MOST_TICS][UF_NUMBER_SIZE];
    const char *pointers[MOST_TICS];
    double values[MOST_TICS];
    for (size_t i = 0; i < axis->n_tics; i++) {
        values[i] = tic_value(axis, i);
        tic_text(drawing, axis, i, plain, texts[i]);
        pointers[i] = texts[i];
    }
    snprintf(variable, sizeof variable, "%s_low", name);
    uf_drawing_number(drawing, variable, axis->low);
    snprintf(variable, sizeof variable, "%s_high", name);
    uf_drawing_number(drawing, variable, axis->high);
    snprintf(variable, sizeof variable, "%s_at", name);
    uf_drawing_numbers(drawing, variable, values, axis->n_tics);
    snprintf(variable, sizeof variable, "%s_text", name);
    uf_drawing_strings(drawing, variable, pointers, axis->n_tics);
}

double uf_axis_width(const struct uf_drawing *drawing, const struct uf_axis *axis)
{
    double widest = 0;
    for (size_t i = 0; i < axis->n_tics; i++) {
        char text[UF_NUMBER_SIZE];
        tic_text(drawing, axis, i, false, text);
        double width = uf_measure_text(text, TIC_SIZE, false);
        if (width > widest) widest = width;
    }
    return widest;
}

int uf_year_parts(int so_far, double place)
{
    static const int parts[] = {1, 2, 4, 12}; /* each holds those before */
    if (isnan(place)) return so_far;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (so_far && parts[i] >= so_far && fabs(place * parts[i] - round(place * parts[i])) < 1e-6)
            return parts[i];
    return 0;
}

void uf_year_text(double place, int parts, enum uf_language language, char text[64])
{
    const double year = floor(place + 1e-9);
    const int part = (int)lround((place - year) * parts) + 1;
    if (!(fabs(place) < 1e9))
        uf_number_format(place, -1, language, text);
    else if (parts == 1)
        whole_text(place, text, 64);
    else if (parts > 1)
        snprintf(text, 64, parts == 12 ? "%.0fM%02d" : parts == 4 ? "%.0fQ%d" : "%.0fH%d", year, part);
    else { /* no separators: 2018.1 is a time, not an amount */
        snprintf(text, 64, "%.10g", place);
        char *point = strchr(text, '.');
        if (point && language == UF_SWEDISH) *point = ',';
    }
}

void uf_year_words(double place, int parts, enum uf_language language, char text[64])
{
    const char *before = language == UF_SWEDISH ? parts > 1 ? "perioden " : "år " : "in ";
    char period[64];
    uf_year_text(place, parts, language, period);
    snprintf(text, 64, "%s%.40s", before, period);
}

void uf_axis_mark(struct uf_drawing *drawing, const struct uf_axis *x, double standard, double top)
{
    const struct uf_chart_request *request = drawing->request;
    double at = isnan(request->marked_x) ? standard : request->marked_x;
    bool inside = at >= x->low && at <= x->high;
    uf_drawing_number(drawing, "marked_x", inside ? at : NAN);
    if (!inside || !request->marked_label) return;
    /* over the curve that runs along the top, and not into the number at the end of the other axis */
    double half = fmin(uf_measure_text(request->marked_label, TIC_SIZE, false), x->end - x->start) / 2;
    uf_mark_words(drawing, fmax(uf_axis_place(x, at), x->start - MARK_OVERHANG + half), top - MARK_ABOVE,
                  request->marked_label);
}

void uf_mark_words(struct uf_drawing *drawing, double x, double y, const char *words)
{
    double most = drawing->width - 2 * UF_PAD, half = fmin(uf_measure_text(words, TIC_SIZE, false), most) / 2;
    x = fmax(fmin(x, drawing->width - UF_PAD - half), UF_PAD + half);
    uf_drawing_fitted(drawing, x, y, UF_ALIGN_CENTRE, UF_LOOK_AXIS, TIC_SIZE, most, words);
}
