// SPDX-License-Identifier: GPL-3.0-or-later
/* Labels that try to be code, programs that are not there, tables that cannot be drawn. */
#include "support/charts.h"
#include "support/test.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <utfall/file.h>

static bool exists(const char *name)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/%s", scratch_directory(), name);
    return uf_file_exists(path);
}

#define EVIL "`touch HACKED1` $(touch HACKED2) <script>alert(1)</script> 'a' \"b\" & % {/Bold x}_^ @y \\"
static const char evil[] = EVIL;
static const char *const evil_twice[] = {EVIL "\nnext line ' . system('touch HACKED3') . '", EVIL};

/* Where a label is part of what tells rows apart, only the first rows can take the same few. */
static void replace_texts(struct uf_table *table, size_t most)
{
    struct uf_error error;
    for (size_t column = 0; table && column < uf_table_columns(table); column++) {
        const char *name = uf_table_column_name(table, column);
        if (uf_table_column_type(table, column) != UF_COLUMN_TEXT || strcmp(name, "period") == 0 ||
            strcmp(name, "code") == 0)
            continue;
        for (size_t row = 0; row < uf_table_rows(table) && row < most; row += 3)
            assert_ok(uf_table_set_text(table, row, column, evil_twice[row % 2], &error), &error);
    }
}

static void test_labels_are_inert(void **state)
{
    (void)state;
    for (size_t i = 0; i < SAMPLE_CHARTS; i++) {
        struct uf_error error;
        struct uf_chart chart;
        struct sample_chart sample = sample_chart_new(i, UF_SWEDISH);
        if (i != 5) replace_texts(sample.table, i < 6 ? SIZE_MAX : 4);
        if (i == 5) replace_texts(sample.tiles, SIZE_MAX);
        replace_texts(sample.placebos, SIZE_MAX);
        struct uf_chart_request *request = &sample.request;
        request->title = request->subtitle = request->source = request->value_label = request->x_label =
            request->unit = evil;
        request->marked_label = request->reference_label = request->context_label = request->total_label =
            evil;
        request->treated_label = request->synthetic_label = request->band_label = request->band2_label = evil;
        request->size_label = evil;
        for (size_t k = 0; k < 4; k++) request->quadrants[k] = evil;
        request->focus = evil_twice;
        request->n_focus = 2;
        request->formats = UF_CHART_SVG;
        assert_ok(uf_chart_write(request, scratch_directory(), "evil", &chart, &error), &error);
        assert_false(exists("HACKED1") || exists("HACKED2") || exists("HACKED3"));
        assert_false(uf_file_exists("HACKED1") || uf_file_exists("HACKED2") || uf_file_exists("HACKED3"));
        assert_non_null(strstr(chart.svg, "&lt;script>alert(1)&lt;/script>"));
        assert_non_null(
            strstr(chart.svg, "&lt;script&gt;alert(1)&lt;/script&gt;")); /* in title and description */
        assert_non_null(strstr(chart.svg, "$(touch HACKED2)"));
        assert_null(strstr(chart.svg, "<script"));
        uf_chart_clear(&chart);
        sample_chart_free(&sample);
    }
}

/* Random labels of the characters that mean something to gnuplot, a shell or XML: each must come out as it
 * went in. */
static void test_random_labels_come_out_unchanged(void **state)
{
    (void)state;
    static const char *const pieces[] = {"'",         "''",  "\"",     "`",    "`touch${IFS}H4`",
                                         "$(",        ")",   "\\",     "@",    "#",
                                         "{",         "}",   ";",      "%",    "<",
                                         "&",         ".",   ",",      "a",    "[",
                                         "]",         "\\n", "%s",     "!",    "|",
                                         "&amp;",     "=",   "&#x41;", "&#xZ", "@text",
                                         "@bold_name"};
    static const char *const columns[] = {"label", "value"};
    enum { LABELS = 250 };
    char labels[LABELS][160];
    struct uf_error error;
    struct uf_chart chart;
    struct sample_chart sample = sample_chart_new(0, UF_ENGLISH);
    uf_table_free(sample.table);
    sample.table = sample_table("random", columns, "t1");
    sample.request.table = sample.table;
    unsigned seed = 12345;
    for (size_t i = 0; i < LABELS; i++) {
        labels[i][0] = '\0';
        for (int k = 0; k < 9; k++) {
            seed = seed * 1664525u + 1013904223u;
            strcat(labels[i], pieces[(seed >> 16) % (sizeof pieces / sizeof *pieces)]);
            if (strlen(labels[i]) > 10) break; /* short enough for one line */
        }
        double value = (double)i;
        sample_row(sample.table, (const char *[]){labels[i]}, &value);
    }
    sample.request.n_focus = 0;
    sample.request.formats = UF_CHART_SVG;
    sample.request.reference = NAN;
    assert_ok(uf_chart_write(&sample.request, scratch_directory(), "random", &chart, &error), &error);
    assert_false(exists("H4") || uf_file_exists("H4"));
    for (size_t i = 0; i < LABELS; i++) {
        char escaped[600] = "<text>";
        size_t n = strlen(escaped);
        for (const char *p = labels[i]; *p; p++) {
            const char *as = *p == '<' ? "&lt;" : *p == '&' ? "&amp;" : NULL;
            if (as) {
                strcpy(escaped + n, as);
                n += strlen(as);
            } else {
                escaped[n++] = *p;
            }
            escaped[n] = '\0';
        }
        strcat(escaped, "</text>");
        if (!strstr(chart.svg, escaped))
            fail_msg("the label %s is not in the picture as %s:\n%s", labels[i], escaped,
                     strstr(chart.svg, "<text>"));
    }
    uf_chart_clear(&chart);
    sample_chart_free(&sample);
}

static void test_bytes_that_are_not_utf8(void **state)
{
    (void)state;
    struct uf_error error;
    struct uf_chart chart;
    struct sample_chart sample = sample_chart_new(0, UF_SWEDISH);
    sample.request.source = "K\xE4lla \x01 SCB";
    assert_ok(uf_chart_write(&sample.request, scratch_directory(), "latin1", &chart, &error), &error);
    assert_non_null(strstr(chart.svg, "K?lla"));
    uf_chart_clear(&chart);
    sample_chart_free(&sample);
}

static void test_no_gnuplot(void **state)
{
    (void)state;
    struct uf_error error;
    struct uf_chart chart = {0};
    struct sample_chart sample = sample_chart_new(2, UF_SWEDISH);
    sample.request.gnuplot = "no-such-program-of-utfall";
    assert_int_equal(uf_chart_write(&sample.request, scratch_directory(), "absent", &chart, &error),
                     UF_IO_FAILED);
    assert_non_null(strstr(error.message, "no-such-program-of-utfall"));
    assert_non_null(strstr(error.message, "gnuplot-nox"));
    assert_false(chart.drawn);
    assert_null(chart.svg);
    assert_non_null(strstr(chart.alt_text, "Norra Mellansverige: från 79 år 2011 till 89 år 2019."));
    assert_true(exists("absent.csv") && exists("absent.gp") && exists("absent.txt"));
    assert_false(exists("absent.svg") || exists("absent.png"));
    uf_chart_clear(&chart);
    sample_chart_free(&sample);
}

static void write_program(const char *name, const char *body)
{
    struct uf_error error;
    char path[1024];
    snprintf(path, sizeof path, "%s/%s", scratch_directory(), name);
    assert_ok(uf_file_write(path, body, strlen(body), &error), &error);
    assert_int_equal(chmod(path, 0755), 0);
}

static void test_gnuplot_that_fails(void **state)
{
    (void)state;
    static const struct {
        const char *body, *says;
    } programs[] = {
        {"#!/bin/sh\necho 'line 7: something is wrong' >&2\n: > failing.svg\nexit 3\n",
         "line 7: something is wrong"},
        {"#!/bin/sh\n: > failing.svg\n: > failing.png\n", "empty"},
        {"#!/bin/sh\nexit 0\n", "did not write"},
        {"#!/bin/sh\nkill -9 $$\n", "said nothing"},
        {"#!/bin/sh\necho nonsense > failing.svg; echo x > failing.png\n", "not an SVG"},
    };
    for (size_t i = 0; i < sizeof programs / sizeof *programs; i++) {
        struct uf_error error;
        struct uf_chart chart = {0};
        struct sample_chart sample = sample_chart_new(0, UF_ENGLISH);
        char path[1024];
        write_program("failing-gnuplot", programs[i].body);
        snprintf(path, sizeof path, "%s/failing-gnuplot", scratch_directory());
        sample.request.gnuplot = path;
        uf_status status = uf_chart_write(&sample.request, scratch_directory(), "failing", &chart, &error);
        assert_true(status == UF_IO_FAILED || status == UF_INTERNAL);
        if (!strstr(error.message, programs[i].says))
            fail_msg("'%s' is not in '%s'", programs[i].says, error.message);
        assert_false(chart.drawn);
        assert_false(exists("failing.svg") || exists("failing.png"));
        uf_chart_clear(&chart);
        sample_chart_free(&sample);
    }
}

/* The first failure in order is told; the others are drawn all the same. */
static void test_one_of_many_fails(void **state)
{
    (void)state;
    struct uf_error error;
    struct uf_chart charts[3] = {{0}};
    for (size_t i = 0; i < 3; i++) {
        struct sample_chart sample = sample_chart_new(i, UF_SWEDISH);
        char name[16];
        snprintf(name, sizeof name, "many%zu", i);
        if (i == 1) sample.request.gnuplot = "no-such-program-of-utfall";
        assert_ok(uf_chart_prepare(&sample.request, scratch_directory(), name, &charts[i], &error), &error);
        sample_chart_free(&sample);
    }
    assert_int_equal(uf_charts_draw(charts, 3, 3, &error), UF_IO_FAILED);
    assert_non_null(strstr(error.message, "many1"));
    assert_true(charts[0].drawn && !charts[1].drawn && charts[2].drawn);
    for (size_t i = 0; i < 3; i++) uf_chart_clear(&charts[i]);
}

static void expect_refusal(struct sample_chart *sample, const char *name, uf_status expected,
                           const char *says)
{
    struct uf_error error;
    struct uf_chart chart = {.name = NULL};
    assert_int_equal(uf_chart_prepare(&sample->request, scratch_directory(), name, &chart, &error), expected);
    if (!strstr(error.message, says)) fail_msg("'%s' is not in '%s'", says, error.message);
    assert_null(chart.name);
    sample_chart_free(sample);
}

static void test_requests_that_cannot_be_drawn(void **state)
{
    (void)state;
    struct uf_error error;
    struct sample_chart sample = sample_chart_new(0, UF_ENGLISH);
    sample.request.kind = "bar";
    expect_refusal(&sample, "x", UF_BAD_USAGE, "did you mean 'bars'?");
    sample = sample_chart_new(0, UF_ENGLISH);
    expect_refusal(&sample, "../x", UF_INTERNAL, "cannot name a chart");
    sample = sample_chart_new(0, UF_ENGLISH);
    sample.request.value = "nothing";
    expect_refusal(&sample, "x", UF_BAD_USAGE, "nothing");
    sample = sample_chart_new(0, UF_ENGLISH);
    sample.request.plots_directory = "/nowhere/at/all";
    expect_refusal(&sample, "x", UF_IO_FAILED, "style.gp");
    sample = sample_chart_new(5, UF_ENGLISH);
    sample.request.tiles = NULL;
    expect_refusal(&sample, "x", UF_INTERNAL, "no tiles");
    sample = sample_chart_new(2, UF_ENGLISH);
    assert_ok(uf_table_set_text(sample.table, 3, 2, "sometime", &error), &error);
    expect_refusal(&sample, "x", UF_BAD_INPUT, "'sometime'");
    for (size_t i = 0; i < SAMPLE_CHARTS; i++) { /* all values missing */
        sample = sample_chart_new(i, UF_ENGLISH);
        for (size_t row = 0; row < uf_table_rows(sample.table); row++)
            for (size_t column = 0; column < uf_table_columns(sample.table); column++)
                if (uf_table_column_type(sample.table, column) == UF_COLUMN_NUMBER &&
                    strcmp(uf_table_column_name(sample.table, column), "event_time") != 0)
                    assert_ok(
                        uf_table_set_value(sample.table, row, column, NAN, UF_VALUE_CONFIDENTIAL, &error),
                        &error);
        expect_refusal(&sample, "x", UF_BAD_INPUT, "every value is missing");
    }
    assert_false(exists("x.csv"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_labels_are_inert),
        cmocka_unit_test(test_random_labels_come_out_unchanged),
        cmocka_unit_test(test_bytes_that_are_not_utf8),
        cmocka_unit_test(test_no_gnuplot),
        cmocka_unit_test(test_gnuplot_that_fails),
        cmocka_unit_test(test_one_of_many_fails),
        cmocka_unit_test(test_requests_that_cannot_be_drawn),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
