// SPDX-License-Identifier: GPL-3.0-or-later
/* Estimates by group in small panels, and what charts of estimates say. */
#include "support/charts.h"
#include "support/test.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/file.h>

static void assert_has(const char *text, const char *word)
{
    if (!strstr(text, word)) fail_msg("'%s' is not in:\n%.3000s", word, text);
}

static char *read_text(const char *name)
{
    struct uf_error error;
    char path[1024], *text = NULL;
    size_t length;
    snprintf(path, sizeof path, "%s/%s", scratch_directory(), name);
    assert_ok(uf_file_read(path, 0, &text, &length, &error), &error);
    return text;
}

/* Two cohorts; the first has one interval before the line and two after it that leave out 0, of two and three. */
static struct uf_table *cells_of_cohorts(void)
{
    static const char *const columns[] = {"group", "event_time", "estimate", "conf_low", "conf_high"};
    struct uf_table *table = sample_table("group-time", columns, "tn222");
    static const double rows[][4] = {{-2, 0.5, 0.1, 0.9},
                                     {-1, 0.1, -0.3, 0.5},
                                     {0, 1, 0.4, 1.6},
                                     {1, -2, -2.7, -1.3},
                                     {2, 0.2, -0.1, 0.5}};
    for (size_t i = 0; i < 5; i++) sample_row(table, (const char *const[]){"2010"}, rows[i]);
    sample_row(table, (const char *const[]){"2013"}, (const double[]){0, NAN, NAN, NAN});
    sample_row(table, (const char *const[]){"2013"}, (const double[]){1, 0.75, NAN, NAN});
    return table;
}

static void test_panels_of_estimates(void **state)
{
    (void)state;
    struct uf_error error;
    struct uf_chart chart;
    struct uf_table *table = cells_of_cohorts();
    struct uf_chart_request request = {.kind = "small-multiples",
                                       .form = "intervals",
                                       .table = table,
                                       .label = "group",
                                       .x = "event_time",
                                       .value = "estimate",
                                       .reference = 0,
                                       .reference_x = NAN,
                                       .marked_x = -0.5,
                                       .language = UF_SWEDISH,
                                       .formats = UF_CHART_SVG,
                                       .band_label = "95 % intervall",
                                       .plots_directory = UTFALL_SOURCE_DIR "/plots"};
    assert_ok(uf_chart_write(&request, scratch_directory(), "cohorts", &chart, &error), &error);
    assert_has(chart.alt_text,
               "2010: 1 av 2 intervall före linjen och 2 av 3 efter den utesluter 0; störst \xE2\x88\x92"
               "2,00 (\xE2\x88\x92"
               "2,70 till \xE2\x88\x92"
               "1,30) vid 1.");
    assert_has(chart.alt_text, "2013: 0 av 0 intervall utesluter 0; störst 0,75 vid 1.");
    assert_has(chart.alt_text, "1 värden saknas.");
    assert_has(chart.svg, ">95 % intervall<");
    assert_has(chart.svg, ">\xE2\x88\x92"
                          "4<"); /* the axis holds the intervals, not only the estimates */
    assert_has(chart.svg, ">\xE2\x88\x92"
                          "2<"); /* time before the start has a minus sign too, not a hyphen */
    assert_null(strstr(chart.svg, ">-2<"));
    assert_null(strstr(chart.svg, ">2010</text><")); /* one series: no legend of cohorts */
    char *csv = read_text("cohorts.csv");
    assert_has(csv, "value,low,high,across,down,low_down,high_down,status,x,label\n0.5,0.1,0.9,");
    assert_has(csv, "\n,,,,,,,\"not-available\",\"0\",\"2013\"\n");
    free(csv);
    uf_chart_clear(&chart);
    request.form = "dots";
    assert_int_equal(uf_chart_prepare(&request, scratch_directory(), "cohorts", &chart, &error),
                     UF_BAD_USAGE);
    assert_has(error.message, "intervals");
    uf_table_free(table);
}

/* Pieces of stacked bars with their bands; the first and the last year are named, and what reaches far beyond the bars goes to
 * the edge only. */
static void test_stacks_with_bands(void **state)
{
    (void)state;
    struct uf_error error;
    struct uf_chart chart;
    static const char *const columns[] = {"label", "part", "year", "percent", "low", "high"};
    struct uf_table *table = sample_table("steps", columns, "ttn222");
    for (int year = 2009; year <= 2017; year++) {
        sample_row(table, (const char *const[]){"North", "national"}, (const double[]){year, 4, 3, 5});
        sample_row(table, (const char *const[]){"North", "regional"}, (const double[]){year, -2, -90, 80});
    }
    struct uf_chart_request request = {.kind = "small-multiples",
                                       .form = "stacked-bars",
                                       .table = table,
                                       .label = "label",
                                       .group = "part",
                                       .x = "year",
                                       .value = "percent",
                                       .low = "low",
                                       .high = "high",
                                       .reference = 0,
                                       .reference_x = NAN,
                                       .marked_x = NAN,
                                       .formats = UF_CHART_SVG,
                                       .band_label = "what rounding leaves open",
                                       .plots_directory = UTFALL_SOURCE_DIR "/plots"};
    assert_ok(uf_chart_write(&request, scratch_directory(), "stacks", &chart, &error), &error);
    assert_has(chart.svg, ">what rounding leaves open<");
    assert_has(chart.svg, ">2009<");
    assert_has(chart.svg, ">2017<");
    assert_null(strstr(chart.svg, ">80<")); /* the axis is the bars', not the bands' */
    char *csv = read_text("stacks.csv");
    assert_has(csv, "series,value,left,top,right,bottom,low,high,low_x,low_y,high_x,high_y,sum,");
    assert_has(csv, ",-90,80,");
    free(csv);
    uf_chart_clear(&chart);
    request.low = request.high = NULL;
    assert_ok(uf_chart_write(&request, scratch_directory(), "stacks", &chart, &error), &error);
    assert_null(strstr(chart.svg, "what rounding leaves open"));
    uf_chart_clear(&chart);
    uf_table_free(table);
}

/* How many of the band leave 0 out is told apart from how many of the intervals do. */
static void test_band_in_words(void **state)
{
    (void)state;
    struct uf_error error;
    struct uf_chart chart;
    struct sample_chart sample = sample_chart_new(3, UF_ENGLISH);
    assert_ok(uf_chart_prepare(&sample.request, scratch_directory(), "event", &chart, &error), &error);
    assert_has(chart.alt_text,
               "The simultaneous band leaves out 0 in 0 of 3 periods before and 1 of 5 after.");
    uf_chart_clear(&chart);
    sample.request.low2 = sample.request.high2 = NULL;
    assert_ok(uf_chart_prepare(&sample.request, scratch_directory(), "event", &chart, &error), &error);
    assert_null(strstr(chart.alt_text, "simultaneous"));
    uf_chart_clear(&chart);
    sample_chart_free(&sample);
}

/* The line in colour has its interval and its band; a grey one has none, and the axis need not hold it. */
static void test_lines_with_bands(void **state)
{
    (void)state;
    struct uf_error error;
    struct uf_chart chart;
    static const char *const columns[] = {"label", "dose", "att", "low", "high", "band_low", "band_high"};
    static const char *const focus[] = {"effect"};
    struct uf_table *table = sample_table("dose-response", columns, "tn22222");
    static const double rows[][6] = {{100, 1, 0.5, 1.5, -0.5, 2.5},
                                     {200, 2, 1, 3, 0.25, 3.75},
                                     {300, 0.5, -0.5, 1.5, -2, 3},
                                     {400, 1, NAN, NAN, NAN, NAN}};
    for (size_t i = 0; i < 4; i++) sample_row(table, (const char *const[]){"effect"}, rows[i]);
    sample_row(table, (const char *const[]){"other"}, (const double[]){100, 1, -90, 90, -99, 99});
    sample_row(table, (const char *const[]){"other"}, (const double[]){400, 1, -90, 90, -99, 99});
    struct uf_chart_request request = {.kind = "lines",
                                       .table = table,
                                       .x = "dose",
                                       .value = "att",
                                       .low = "low",
                                       .high = "high",
                                       .low2 = "band_low",
                                       .high2 = "band_high",
                                       .x_label = "Dose",
                                       .focus = focus,
                                       .n_focus = 1,
                                       .reference = 0,
                                       .reference_x = NAN,
                                       .marked_x = NAN,
                                       .band_label = "each dose alone",
                                       .band2_label = "all doses at once",
                                       .formats = UF_CHART_SVG,
                                       .plots_directory = UTFALL_SOURCE_DIR "/plots"};
    assert_ok(uf_chart_write(&request, scratch_directory(), "doses", &chart, &error), &error);
    assert_has(chart.alt_text, "The interval of each point leaves out 0 at 2 of 4 points.");
    assert_has(chart.alt_text, "The simultaneous band leaves out 0 at 1 of 4 points.");
    assert_has(chart.svg, ">each dose alone<");
    assert_has(chart.svg, ">all doses at once<");
    assert_null(strstr(chart.svg, ">\xE2\x88\x92"
                                  "50<")); /* not the grey line's band */
    char *csv = read_text("doses.csv");
    assert_has(csv, "line,role,period,value,status,label,low,high,low2,high2\n");
    assert_has(csv, ",\"effect\",0.5,1.5,-0.5,2.5\n");
    assert_has(csv, ",\"effect\",,,,\n");
    assert_has(csv, ",\"other\",,,,\n");
    free(csv);
    uf_chart_clear(&chart);
    /* without bands the file is as it was */
    request.low = request.high = request.low2 = request.high2 = NULL;
    assert_ok(uf_chart_write(&request, scratch_directory(), "doses", &chart, &error), &error);
    assert_null(strstr(chart.svg, ">each dose alone<"));
    csv = read_text("doses.csv");
    assert_has(csv, "line,role,period,value,status,label\n");
    free(csv);
    uf_chart_clear(&chart);
    uf_table_free(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_panels_of_estimates), cmocka_unit_test(test_stacks_with_bands),
        cmocka_unit_test(test_lines_with_bands), cmocka_unit_test(test_band_in_words)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
