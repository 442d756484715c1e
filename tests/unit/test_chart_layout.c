// SPDX-License-Identifier: GPL-3.0-or-later
/* The parts that decide where things stand: axes, end labels, classes, line breaks, order. And the palette. */
#include "chart/axis.h"
#include "chart/classes.h"
#include "chart/end_labels.h"
#include "chart/measure.h"
#include "chart/sequence.h"
#include "chart/svg.h"
#include "support/test.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/file.h>
#include <utfall/number.h>

static void test_axis_takes_round_numbers(void **state)
{
    (void)state;
    struct uf_axis axis = uf_axis_round(0.12, 1.95, 5, false);
    expect_close(axis.low, 0, 1e-12, "low");
    expect_close(axis.high, 2, 1e-12, "high");
    expect_close(axis.step, 0.5, 1e-12, "step");
    assert_int_equal(axis.n_tics, 5);
    assert_int_equal(axis.decimals, 1);
    axis = uf_axis_round(-7526, 5590, 4, false);
    assert_true(axis.low <= -7526 && axis.high >= 5590);
    axis = uf_axis_tight(2011, 2019, 12, true);
    expect_close(axis.step, 1, 1e-12, "years");
    assert_int_equal(axis.n_tics, 9);
    axis = uf_axis_tight(2008.25, 2023, 4, true);
    assert_true(axis.first >= 2008.25 && axis.step == 5 && axis.first == 2010);
    axis = uf_axis_round(0.001, 0.0024, 3, false);
    assert_int_equal(axis.decimals, 4);
    axis = uf_axis_round(5, 5, 5, false); /* one value */
    assert_true(axis.low < 5 && axis.high > 5 && axis.n_tics >= 2);
    axis = uf_axis_round(0, 0, 5, false);
    assert_true(axis.low < 0 && axis.high > 0);
    axis.start = 100;
    axis.end = 300;
    expect_close(uf_axis_place(&axis, 0), 200, 1e-12, "middle");
}

static void spread(const double *wanted, size_t n, double gap, double top, double bottom, double *out)
{
    struct uf_end_label labels[16];
    for (size_t i = 0; i < n; i++) labels[i] = (struct uf_end_label){.y = wanted[i], .look = (int)i};
    uf_end_labels_spread(labels, n, gap, top, bottom);
    for (size_t i = 0; i < n; i++) {
        out[i] = labels[i].label_y;
        if (i > 0) {
            assert_true(labels[i].y >= labels[i - 1].y);
            assert_true(labels[i].label_y - labels[i - 1].label_y >= gap - 1e-9);
        }
        if ((double)(n - 1) * gap <= bottom - top)
            assert_true(labels[i].label_y >= top - 1e-9 && labels[i].label_y <= bottom + 1e-9);
    }
}

static void test_end_labels_move_as_little_as_possible(void **state)
{
    (void)state;
    double out[16];
    spread((const double[]){50, 10, 90}, 3, 15, 0, 100, out); /* far apart: none moves, sorted by height */
    expect_close(out[0], 10, 1e-12, "first");
    expect_close(out[1], 50, 1e-12, "second");
    expect_close(out[2], 90, 1e-12, "third");
    spread((const double[]){50, 52}, 2, 15, 0, 100, out); /* a pair parts evenly: least squares */
    expect_close(out[0], 43.5, 1e-12, "upper");
    expect_close(out[1], 58.5, 1e-12, "lower");
    spread((const double[]){0, 0, 1, 1}, 4, 15, 0, 100, out);
    expect_close(out[0], 0, 1e-12, "held at the top");
    expect_close(out[3], 45, 1e-12, "pushed down");
    spread((const double[]){99, 100, 100}, 3, 15, 0, 100, out);
    expect_close(out[2], 100, 1e-12, "held at the bottom");
    unsigned seed = 7;
    for (int round = 0; round < 200; round++) {
        double wanted[16];
        size_t n = 1 + (size_t)round % 12;
        for (size_t i = 0; i < n; i++) {
            seed = seed * 1664525u + 1013904223u;
            wanted[i] = (seed >> 16) % 250;
        }
        spread(wanted, n, 15, 0, 250, out);
    }
}

static void test_classes_are_as_shown(void **state)
{
    (void)state;
    double values[10] = {1, 2, 3, 4, 5, 6, 7, 8, 9, NAN};
    struct uf_classes classes = uf_classes_of(values, 10, NAN, 0);
    int counts[6] = {0};
    for (size_t i = 0; i < 10; i++) counts[uf_class_of(&classes, values[i])]++;
    assert_int_equal(counts[0], 1); /* missing has a class of its own, never the lowest */
    for (int k = 1; k <= 5; k++) assert_true(counts[k] >= 1 && counts[k] <= 3);
    struct uf_classes given = {.limits = {30, 32, 34, 38.8}, .decimals = 1};
    assert_int_equal(uf_class_of(&given, 29.94), 1);
    assert_int_equal(uf_class_of(&given, 29.96), 2); /* shown as 30,0 and classed as 30,0 */
    assert_int_equal(uf_class_of(&given, 38.8), 5);
    /* 31.95 is a little less in binary: printed as 31,9, and classed so, though 10 * 31.95 rounds to 320 */
    char shown[UF_NUMBER_SIZE];
    assert_string_equal(uf_number_format(31.95, 1, UF_SWEDISH, shown), "31,9");
    assert_int_equal(uf_class_of(&given, 31.95), 2);
    static const char *const words[5] = {"under 30,0", "30,0–31,9", "32,0–33,9", "34,0–38,7",
                                         "38,8 eller mer"};
    for (int k = 1; k <= 5; k++) {
        char *text = uf_class_words(&given, k, UF_SWEDISH);
        assert_string_equal(text, words[k - 1]);
        free(text);
    }
    classes = uf_classes_of(values, 10, 5, 1); /* around a middle: symmetric, the middle in the third class */
    assert_int_equal(uf_class_of(&classes, 5), 3);
    expect_within(classes.limits[0] + classes.limits[3], 10, 1e-9, "outer limits");
    expect_within(classes.limits[1] + classes.limits[2], 10, 1e-9, "inner limits");
    double same[3] = {4, 4, 4};
    classes = uf_classes_of(same, 3, NAN, 0);
    for (int k = 1; k < 4; k++) assert_true(classes.limits[k] > classes.limits[k - 1]);
}

static void test_lines_break_where_words_end(void **state)
{
    (void)state;
    struct uf_error error;
    struct uf_text_list lines;
    uf_text_list_init(&lines);
    assert_ok(
        uf_measure_wrap("Offentlig förvaltning, utbildning, vård och omsorg", 12, false, 210, &lines, &error),
        &error);
    assert_int_equal(lines.count, 2);
    assert_string_equal(lines.items[0], "Offentlig förvaltning, utbildning,");
    assert_string_equal(lines.items[1], "vård och omsorg");
    uf_text_list_clear(&lines);
    assert_ok(uf_measure_wrap("Arbetsmarknadsutbildningsanordnare", 12, false, 60, &lines, &error),
              &error); /* a word too wide */
    assert_true(lines.count >= 3);
    for (size_t i = 0; i < lines.count; i++) {
        assert_true(uf_measure_text(lines.items[i], 12, false) <= 60);
        size_t length = strlen(lines.items[i]); /* and it says that it goes on */
        assert_int_equal(lines.items[i][length - 1] == '-', i + 1 < lines.count);
    }
    uf_text_list_clear(&lines);
    assert_ok(uf_measure_wrap("", 12, false, 60, &lines, &error), &error);
    assert_int_equal(lines.count, 1);
    uf_text_list_clear(&lines);
    assert_true(uf_measure_text("åäö", 10, false) > 15 && uf_measure_text("åäö", 10, false) < 25);
    char *cut = uf_measure_fit("Norra Mellansverige", 12, true, 70);
    assert_true(uf_measure_text(cut, 12, true) <= 70);
    assert_non_null(strstr(cut, "…"));
    free(cut);
    cut = uf_measure_fit("Norra", 12, true, 70);
    assert_string_equal(cut, "Norra");
    free(cut);
}

static void test_rows_are_ordered_line_by_line(void **state)
{
    (void)state;
    struct uf_error error;
    const size_t line_of[6] = {0, 1, 0, 1, 0, 1};
    const double periods[6] = {2012, 2010, 2011, 2012, 2010, 2011};
    const size_t expected[6] = {4, 2, 0, 1, 5, 3};
    size_t order[6];
    assert_ok(uf_sequence_order(line_of, periods, 6, 2, order, &error), &error);
    for (size_t i = 0; i < 6; i++) assert_int_equal(order[i], expected[i]);
}

static void test_svg_of_something_else(void **state)
{
    (void)state;
    struct uf_error error;
    char *out = NULL;
    assert_int_equal(uf_svg_finish("<html></html>", "x", NULL, "d", &out, &error), UF_INTERNAL);
    assert_int_equal(uf_svg_finish("<svg width=\"6\" height=\"3\"><g>", "x", NULL, "d", &out, &error),
                     UF_INTERNAL); /* cut off */
    assert_null(out);
    assert_ok(uf_svg_finish("<svg width=\"6\" height=\"3\"><title>Gnuplot</title><g id=\"a\"><use "
                            "xlink:href='#a'/></g></svg>",
                            "x", "T<1>", "d&e", &out, &error),
              &error);
    assert_non_null(strstr(out, "<title id=\"x-title\">T&lt;1&gt;</title>"));
    assert_non_null(strstr(out, "<desc id=\"x-desc\">d&amp;e</desc>"));
    assert_non_null(strstr(out, "<g id=\"x-a\"><use xlink:href='#x-a'/></g></svg>"));
    free(out);
}

/* --- palette ------------------------------------------------------------------------------------ */

static double channel(const char *hex)
{
    char digits[3] = {hex[0], hex[1], '\0'};
    double c = (double)strtol(digits, NULL, 16) / 255;
    return c <= 0.03928 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4);
}

/* Relative luminance and contrast as WCAG 2.1 defines them. */
static double luminance(const char *colour)
{
    assert_int_equal(colour[0], '#');
    return 0.2126 * channel(colour + 1) + 0.7152 * channel(colour + 3) + 0.0722 * channel(colour + 5);
}

static double contrast(const char *a, const char *b)
{
    double p = luminance(a), q = luminance(b);
    return p > q ? (p + 0.05) / (q + 0.05) : (q + 0.05) / (p + 0.05);
}

/* The colours after `name = ` up to the end of the line. */
static size_t colours_of(const char *palette, const char *name, char out[8][8])
{
    char key[64];
    snprintf(key, sizeof key, "\n%s = ", name);
    const char *line = strstr(palette, key);
    if (!line) fail_msg("the palette has no %s", name);
    size_t n = 0;
    for (const char *p = line + 1; *p && *p != '\n' && n < 8; p++)
        if (*p == '#' && strspn(p + 1, "0123456789abcdef") >= 6) snprintf(out[n++], 8, "%.7s", p);
    assert_true(n > 0);
    return n;
}

static void test_palette_can_be_told_apart(void **state)
{
    (void)state;
    struct uf_error error;
    char *palette = NULL, colours[8][8], texts[8][8];
    size_t length;
    assert_ok(uf_file_read(source_path("plots/palette.gp"), 0, &palette, &length, &error), &error);
    static const char *const marks[] = {"colour_bar",       "colour_bar_context",  "colour_context",
                                        "colour_benchmark", "colour_band",         "colour_band2",
                                        "colour_reference", "colour_total",        "colour_axis",
                                        "colour_tile_edge", "array part_colour[7]"};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        for (size_t k = colours_of(palette, marks[i], colours); k-- > 0;)
            if (contrast(colours[k], "#ffffff") < 3)
                fail_msg("%s %s has a contrast of %.2f", marks[i], colours[k],
                         contrast(colours[k], "#ffffff"));
    static const char *const words[] = {"colour_text", "colour_quiet", "array focus_colour[6]"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        for (size_t k = colours_of(palette, words[i], colours); k-- > 0;)
            if (contrast(colours[k], "#ffffff") < 4.5)
                fail_msg("%s %s has a contrast of %.2f", words[i], colours[k],
                         contrast(colours[k], "#ffffff"));
    static const char *const scales[2][2] = {{"array sequential_colour[5]", "array sequential_text[5]"},
                                             {"array diverging_colour[5]", "array diverging_text[5]"}};
    for (size_t s = 0; s < 2; s++) {
        assert_int_equal(colours_of(palette, scales[s][0], colours), 5);
        assert_int_equal(colours_of(palette, scales[s][1], texts), 5);
        for (size_t k = 0; k < 5; k++)
            if (contrast(colours[k], texts[k]) < 4.5)
                fail_msg("words on %s have a contrast of %.2f", colours[k], contrast(colours[k], texts[k]));
        for (size_t k = 1; k < 5; k++) {
            bool darker = luminance(colours[k]) < luminance(colours[k - 1]);
            assert_true(s == 0 || k > 2 ? darker : !darker);
            assert_true(contrast(colours[k], colours[k - 1]) > 1.3);
        }
    }
    /* a grey print tells any two classes apart, and the sides of the middle */
    colours_of(palette, "array diverging_colour[5]", colours);
    for (size_t k = 0; k < 5; k++)
        for (size_t j = 0; j < k; j++)
            if (contrast(colours[k], colours[j]) < 1.35)
                fail_msg("%s and %s have a contrast of %.2f", colours[j], colours[k],
                         contrast(colours[j], colours[k]));
    assert_true(luminance(colours[0]) < luminance(colours[4]) &&
                luminance(colours[1]) < luminance(colours[3]));
    /* bars in and out of focus; neighbouring solid components of a stack, since hatched ones stand between
     * them */
    colours_of(palette, "colour_bar", colours);
    colours_of(palette, "colour_bar_context", texts);
    assert_true(contrast(colours[0], texts[0]) > 1.4);
    colours_of(palette, "array part_colour[7]", colours);
    assert_true(contrast(colours[0], colours[2]) > 2);
    /* solid ones, wherever they are in the order, differ on a grey print */
    const char *pattern = strstr(palette, "array part_pattern[7] = [");
    assert_non_null(pattern);
    bool solid[7];
    pattern = strchr(pattern, '=') + 1;
    for (size_t k = 0; k < 7; k++) {
        pattern += strcspn(pattern, "-0123456789");
        solid[k] = *pattern == '-';
        pattern += strspn(pattern, "-0123456789");
    }
    for (size_t k = 0; k < 7; k++)
        for (size_t j = 0; j < k; j++)
            if (solid[j] && solid[k] && contrast(colours[k], colours[j]) < 1.6)
                fail_msg("components %zu and %zu are both solid, with a contrast of %.2f", j + 1, k + 1,
                         contrast(colours[j], colours[k]));
    free(palette);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_axis_takes_round_numbers),
        cmocka_unit_test(test_end_labels_move_as_little_as_possible),
        cmocka_unit_test(test_classes_are_as_shown),
        cmocka_unit_test(test_lines_break_where_words_end),
        cmocka_unit_test(test_rows_are_ordered_line_by_line),
        cmocka_unit_test(test_svg_of_something_else),
        cmocka_unit_test(test_palette_can_be_told_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
