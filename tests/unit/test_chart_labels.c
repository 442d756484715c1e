// SPDX-License-Identifier: GPL-3.0-or-later
/* Labels of points: none upon another, within the picture, the same each time; the order of heat maps; what the
 * newer kinds of chart refuse. */
#include "chart/measure.h"
#include "chart/point_labels.h"
#include "chart/seriation.h"
#include "support/charts.h"
#include "support/test.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static struct uf_error error;
enum { POINTS = 120, LABELS = 40 };

static double next(unsigned *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return (*seed >> 8) % 10000 / 10000.0;
}

static bool meet(const struct uf_box *a, const struct uf_box *b)
{
    return a->left < b->right && b->left < a->right && a->top < b->bottom && b->top < a->bottom;
}

static bool covers(const struct uf_box *box, const struct uf_circle *circle)
{
    double dx = circle->x - fmax(box->left, fmin(circle->x, box->right));
    double dy = circle->y - fmax(box->top, fmin(circle->y, box->bottom));
    return dx * dx + dy * dy < circle->radius * circle->radius - 1e-9;
}

static const struct uf_box area = {60, 40, 590, 420}, corner = {480, 40, 590, 58};

static void place(unsigned seed, double spread, struct uf_circle *circles, struct uf_point_label *labels)
{
    static const char *const words[] = {"Dalarna", "Västra Götaland",
                                        "Handel, transport, hotell och restaurang",
                                        "Kommunikationsverksamhetsutveckling", "Å"};
    for (size_t i = 0; i < POINTS; i++) {
        double across = 325 + (next(&seed) - 0.5) * spread, down = 230 + (next(&seed) - 0.5) * spread * 0.6;
        circles[i] = (struct uf_circle){across, down, 3 + 10 * next(&seed), i < 3};
    }
    for (size_t i = 0; i < LABELS; i++)
        labels[i] = (struct uf_point_label){.circle = i, .text = words[i % 5], .focus = i < 3};
    const struct uf_label_field field = {
        .area = area, .circles = circles, .n_circles = POINTS, .taken = &corner, .n_taken = 1};
    assert_ok(uf_point_labels_place(labels, LABELS, &field, &error), &error);
}

static void test_labels_do_not_overlap(void **state)
{
    (void)state;
    size_t n_placed = 0, n_leaders = 0;
    for (unsigned seed = 1; seed <= 60; seed++) {
        struct uf_circle circles[POINTS];
        struct uf_point_label labels[LABELS], again[LABELS];
        place(seed, seed % 3 ? 500 : 150, circles, labels);
        for (size_t i = 0; i < LABELS; i++) {
            const struct uf_point_label *label = &labels[i];
            if (!label->placed) continue;
            n_placed++;
            n_leaders += label->has_leader;
            if (label->has_leader) { /* it ends before its words */
                const double x = label->leader.x2, y = label->leader.y2;
                assert_true(x < label->box.left - 0.9 || x > label->box.right + 0.9 ||
                            y < label->box.top - 0.9 || y > label->box.bottom + 0.9);
            }
            assert_true(label->box.left >= area.left && label->box.right <= area.right);
            assert_true(label->box.top >= area.top && label->box.bottom <= area.bottom);
            assert_false(meet(&label->box, &corner));
            for (size_t k = 0; k < label->lines.count; k++)
                assert_true(uf_measure_text(label->lines.items[k], label->focus ? 12 : 11, label->focus) <=
                            label->box.right - label->box.left + 1e-9);
            for (size_t j = 0; j < i; j++)
                if (labels[j].placed) assert_false(meet(&label->box, &labels[j].box));
            for (size_t c = 0; c < POINTS; c++)
                if (c != label->circle && (!label->focus || circles[c].focus))
                    assert_false(covers(&label->box, &circles[c]));
        }
        place(seed, seed % 3 ? 500 : 150, circles, again);
        for (size_t i = 0; i < LABELS; i++)
            assert_true(labels[i].placed == again[i].placed && labels[i].box.left == again[i].box.left &&
                        labels[i].box.top == again[i].box.top);
        /* with room around the points, what is in focus has its label */
        if (seed % 3)
            for (size_t i = 0; i < 3; i++) assert_true(labels[i].placed);
        uf_point_labels_clear(labels, LABELS);
        uf_point_labels_clear(again, LABELS);
    }
    assert_true(n_placed > 600 && n_leaders > 100); /* not by leaving all out */
}

static void test_a_lone_label_stands_at_the_right(void **state)
{
    (void)state;
    const struct uf_circle circle = {300, 200, 5, false};
    struct uf_point_label label = {.text = "Dalarna"};
    const struct uf_label_field field = {.area = area, .circles = &circle, .n_circles = 1};
    assert_ok(uf_point_labels_place(&label, 1, &field, &error), &error);
    assert_true(label.placed && !label.has_leader && label.align == UF_ALIGN_LEFT);
    expect_close(label.box.left, 308, 1e-12, "left");
    expect_close((label.box.top + label.box.bottom) / 2, 200, 1e-12, "middle");
    uf_point_labels_clear(&label, 1);
}

/* A point with its bands: the label crosses neither of them, nor the line to compare with. */
static void test_a_label_keeps_off_bands(void **state)
{
    (void)state;
    const struct uf_circle circle = {300, 200, 5, false};
    const struct uf_segment lines[] = {{200, 200, 400, 200}, {300, 150, 300, 250}, {320, 100, 320, 300}};
    struct uf_point_label label = {.text = "Kommunikationsverksamhet"};
    const struct uf_label_field field = {
        .area = area, .circles = &circle, .n_circles = 1, .lines = lines, .n_lines = 3};
    assert_ok(uf_point_labels_place(&label, 1, &field, &error), &error);
    assert_true(label.placed);
    for (size_t i = 0; i < 3; i++)
        assert_false(label.box.left < fmax(lines[i].x1, lines[i].x2) &&
                     fmin(lines[i].x1, lines[i].x2) < label.box.right &&
                     label.box.top < fmax(lines[i].y1, lines[i].y2) &&
                     fmin(lines[i].y1, lines[i].y2) < label.box.bottom);
    assert_true(label.box.right < 300 && !label.has_leader);
    uf_point_labels_clear(&label, 1);
}

/* --- order -------------------------------------------------------------------------------------- */

static void test_similar_rows_become_neighbours(void **state)
{
    (void)state;
    enum { N = 25, M = 6 };
    double values[N * M];
    size_t order[N];
    for (size_t i = 0; i < N; i++) { /* points along a line, shuffled: 7 and 25 have no divisor in common */
        double at = (double)(i * 7 % N);
        for (size_t j = 0; j < M; j++)
            values[i * M + j] = (i + j) % 11 == 3 ? (double)NAN : at * (double)(j + 1);
    }
    assert_ok(uf_seriation_order(values, N, M, order, &error), &error);
    for (size_t i = 0; i < N; i++) assert_int_equal(order[i] * 7 % N, N - 1 - i); /* the high end first */
    assert_ok(uf_seriation_by_mean(values, N, 1, order, &error), &error);
    const double some[4] = {2, NAN, 5, 2};
    assert_ok(uf_seriation_by_mean(some, 4, 1, order, &error), &error);
    assert_true(order[0] == 2 && order[1] == 0 && order[2] == 3 &&
                order[3] == 1); /* missing last, ties as given */
    assert_ok(uf_seriation_order(some, 1, 4, order, &error), &error);
    assert_int_equal(order[0], 0);
    const double apart[4] = {1, NAN, NAN, 2}; /* rows without a column in common */
    assert_ok(uf_seriation_order(apart, 2, 2, order, &error), &error);
    assert_int_equal(order[0], 1);
}

/* --- refusals ----------------------------------------------------------------------------------- */

enum { SCATTER = 6, HEAT_MAP, INTERVALS, SMALL_MULTIPLES, MAP };

static void expect_refusal(struct sample_chart *sample, uf_status expected, const char *says)
{
    struct uf_chart chart = {.name = NULL};
    uf_status status = uf_chart_prepare(&sample->request, scratch_directory(), "x", &chart, &error);
    if (status != expected || !strstr(error.message, says))
        fail_msg("status %d, '%s' is not in '%s'", (int)status, says, error.message);
    assert_null(chart.name);
    sample_chart_free(sample);
}

static void test_what_cannot_be_drawn(void **state)
{
    (void)state;
    struct sample_chart sample = sample_chart_new(SCATTER, UF_ENGLISH);
    assert_ok(uf_table_set_number(sample.table, 2, 4, -5, &error), &error);
    expect_refusal(&sample, UF_BAD_INPUT, "row 3 of the table 'sectors' has -5");
    sample = sample_chart_new(SCATTER, UF_ENGLISH);
    sample.request.group = "label";
    expect_refusal(&sample, UF_BAD_INPUT, "at most 6 groups");
    sample = sample_chart_new(HEAT_MAP, UF_ENGLISH);
    sample_row(sample.table, (const char *[]){"Dalarna", "Construction"}, (double[]){1});
    expect_refusal(&sample, UF_BAD_INPUT, "several for 'Dalarna' and 'Construction'");
    sample = sample_chart_new(HEAT_MAP, UF_ENGLISH);
    for (int i = 0; i < 60; i++) {
        char name[8];
        snprintf(name, sizeof name, "n%d", i);
        sample_row(sample.table, (const char *[]){name, "Construction"}, (double[]){1});
    }
    expect_refusal(&sample, UF_BAD_INPUT, "at most 60 rows");
    sample = sample_chart_new(HEAT_MAP, UF_ENGLISH);
    sample.request.order = "alphabet";
    expect_refusal(&sample, UF_BAD_USAGE, "found the order 'alphabet'");
    sample = sample_chart_new(INTERVALS, UF_ENGLISH);
    sample_row(sample.table, (const char *[]){"Dalarna"}, (double[]){1, 1, 1});
    expect_refusal(&sample, UF_BAD_INPUT, "several for 'Dalarna'");
    sample = sample_chart_new(SMALL_MULTIPLES, UF_ENGLISH);
    sample.request.form = "pies";
    expect_refusal(&sample, UF_BAD_USAGE, "found the form 'pies'");
    sample = sample_chart_new(SMALL_MULTIPLES, UF_ENGLISH);
    assert_ok(uf_table_set_text(sample.table, 0, 1, "soon", &error), &error);
    expect_refusal(&sample, UF_BAD_INPUT, "'soon'");
    sample = sample_chart_new(MAP, UF_ENGLISH);
    sample.request.geometry = NULL;
    expect_refusal(&sample, UF_BAD_USAGE, "was given no boundaries");
    sample = sample_chart_new(MAP, UF_ENGLISH);
    sample.request.geometry = "/nowhere/map.geojson";
    expect_refusal(&sample, UF_IO_FAILED, "");
}

/* --- words and data ----------------------------------------------------------------------------- */

static char *alt_of(struct sample_chart *sample)
{
    struct uf_chart chart = {0};
    assert_ok(uf_chart_prepare(&sample->request, scratch_directory(), "alt", &chart, &error), &error);
    char *alt = strdup(chart.alt_text);
    uf_chart_clear(&chart);
    sample_chart_free(sample);
    return alt;
}

static void expect_alt(size_t kind, const char *const *says)
{
    struct sample_chart sample = sample_chart_new(kind, UF_SWEDISH);
    char *alt = alt_of(&sample);
    for (; *says; says++)
        if (!strstr(alt, *says)) fail_msg("'%s' is not in '%s'", *says, alt);
    free(alt);
}

static void test_alternative_texts_hold_the_numbers(void **state)
{
    (void)state;
    expect_alt(SCATTER, (const char *const[]){"9 punkter.", "från 0,41 till 1,82", "stark och krympande: 1.",
                                              "Visas inte: Information och kommunikation (saknas:", NULL});
    expect_alt(HEAT_MAP, (const char *const[]){"5 rader och 10 kolumner; 48 av 50 celler har ett värde.",
                                               "Celler saknas: sekretess: 1.",
                                               "Celler saknas: finns inte i tabellen: 1.", NULL});
    expect_alt(INTERVALS, (const char *const[]){"Värmland: 1,0 (1,0–2,0).", "Gävleborg: 3,5 (2,0–5,0).",
                                                "Av 4 intervall ligger 0 helt över 3 och 1 helt under.",
                                                "Jämtland: saknas", NULL});
    expect_alt(SMALL_MULTIPLES,
               (const char *const[]){"5 diagram med samma axlar.",
                                     "Dalarna, kvinnor: från 23,0 år 2008 till 26,6 år 2017.",
                                     "22 värden saknas; där är linjerna brutna.", NULL});
    expect_alt(MAP, (const char *const[]){"2 av 3 regioner har ett värde.", "Högst: Värmland 31,9.",
                                          "Gävleborgs: saknas: finns inte i tabellen.",
                                          "Inte på kartan: Riket.", NULL});
}

/* The fit of y = 2 + 3x is found whatever the place of x. */
static void test_the_fitted_line(void **state)
{
    (void)state;
    static const char *const columns[] = {"label", "x", "value"};
    struct sample_chart sample = sample_chart_new(SCATTER, UF_ENGLISH);
    uf_table_free(sample.table);
    sample.table = sample_table("line", columns, "t00");
    for (int i = 0; i < 9; i++)
        sample_row(sample.table, (const char *[]){"p"}, (double[]){1e7 + i, 2 + 3 * (1e7 + i)});
    sample.request.table = sample.table;
    sample.request.size = NULL;
    sample.request.reference = sample.request.reference_x = NAN;
    char *alt = alt_of(&sample);
    if (!strstr(alt, "has the slope 3 (R² 1.00)")) fail_msg("%s", alt);
    free(alt);
}

static void test_bars_in_small_panels(void **state)
{
    (void)state;
    struct sample_chart sample = sample_chart_new(SMALL_MULTIPLES, UF_ENGLISH);
    sample.request.form = "stacked-bars";
    char *alt = alt_of(&sample);
    if (!strstr(alt, "Dalarna: highest sum 46.0 (2008), lowest 45.1 (2017).")) fail_msg("%s", alt);
    free(alt);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_labels_do_not_overlap),
        cmocka_unit_test(test_a_lone_label_stands_at_the_right),
        cmocka_unit_test(test_a_label_keeps_off_bands),
        cmocka_unit_test(test_similar_rows_become_neighbours),
        cmocka_unit_test(test_what_cannot_be_drawn),
        cmocka_unit_test(test_alternative_texts_hold_the_numbers),
        cmocka_unit_test(test_the_fitted_line),
        cmocka_unit_test(test_bars_in_small_panels),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
