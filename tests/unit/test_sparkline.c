// SPDX-License-Identifier: GPL-3.0-or-later
/* Series in cells: written, read, refused, and as the report and the terminal show them. */
#include "support/test.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/file.h>
#include <utfall/report.h>
#include <utfall/sparkline.h>

static struct uf_error error;

static void test_a_series_reads_back(void **state)
{
    (void)state;
    const char *periods[] = {"2015", "2016", "2017Q1", "2018"};
    const double values[] = {31.4, NAN, 0.1 + 0.2, -5e300};
    char *text = NULL;
    assert_ok(uf_sparkline_print(periods, values, 4, &text, &error), &error);
    assert_string_equal(text, "2015=31.4 2016= 2017Q1=0.30000000000000004 2018=-5e+300");
    static struct uf_sparkline_point points[UF_SPARKLINE_MOST];
    size_t n = 99;
    assert_ok(uf_sparkline_parse(text, points, &n, &error), &error);
    assert_int_equal(n, 4);
    for (size_t i = 0; i < 4; i++) {
        assert_string_equal(points[i].period, periods[i]);
        assert_true(isnan(values[i]) ? isnan(points[i].value) : points[i].value == values[i]);
    }
    free(text);
    assert_ok(uf_sparkline_parse(NULL, points, &n, &error), &error);
    assert_int_equal(n, 0);
}

static void test_what_is_no_series(void **state)
{
    (void)state;
    static struct uf_sparkline_point points[UF_SPARKLINE_MOST];
    static const char *const texts[] = {"2015", "2015=x", "=3", "2015=1  2016=2", "2015=1=2", " 2015=1"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        size_t n = 7;
        assert_int_equal(uf_sparkline_parse(texts[i], points, &n, &error), UF_BAD_INPUT);
        assert_non_null(strstr(error.message, "PERIOD=NUMBER"));
        assert_int_equal(n, 7);
    }
    static const char *const bad[] = {"20 15", "", "a=b", "a period of far more than thirty-one bytes"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char *out = NULL;
        double one = 1;
        assert_int_equal(uf_sparkline_print(&bad[i], &one, 1, &out, &error), UF_BAD_USAGE);
        assert_null(out);
    }
    static const char *periods[UF_SPARKLINE_MOST + 1];
    static double values[UF_SPARKLINE_MOST + 1];
    for (size_t i = 0; i <= UF_SPARKLINE_MOST; i++) periods[i] = "1";
    char *out = NULL;
    assert_int_equal(uf_sparkline_print(periods, values, UF_SPARKLINE_MOST + 1, &out, &error), UF_BAD_USAGE);
    assert_ok(uf_sparkline_print(periods, values, UF_SPARKLINE_MOST, &out, &error), &error);
    free(out);
    assert_true(uf_sparkline_is_column("sparkline") && uf_sparkline_is_column("wages_sparkline"));
    assert_false(uf_sparkline_is_column("series") || uf_sparkline_is_column("_sparkline") ||
                 uf_sparkline_is_column("sparklines") || uf_sparkline_is_column(NULL));
}

static struct uf_table *scoreboard(void)
{
    static const char *const cells[] = {"2015=31.4 2016=30 2017=33.25 2018=32",
                                        "2015= 2016=3 2017= 2018=5",
                                        "2015=4 2016=4",
                                        "2015=7",
                                        "2015= 2016=",
                                        "<b>not a series</b>",
                                        "a&b=1 c=2",
                                        NULL};
    struct uf_table *table = NULL;
    assert_ok(uf_table_new("scoreboard", &table, &error), &error);
    assert_ok(uf_table_add_column(table, "label", UF_COLUMN_TEXT, NULL, -1, NULL, &error), &error);
    assert_ok(uf_table_add_column(table, "sparkline", UF_COLUMN_TEXT, NULL, 1, NULL, &error), &error);
    for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) {
        size_t row;
        assert_ok(uf_table_add_row(table, &row, &error), &error);
        assert_ok(uf_table_set_text(table, row, 0, "Dalarna", &error), &error);
        assert_ok(uf_table_set_text(table, row, 1, cells[i], &error), &error);
    }
    return table;
}

static char *page_of(const struct uf_table *table, enum uf_language language)
{
    struct uf_report *report = NULL;
    assert_ok(uf_report_new(language, "Report", NULL, &report, &error), &error);
    assert_ok(uf_report_add_section(report, "a", "A", &error), &error);
    assert_ok(uf_report_add_table(report, table, 0, NULL, &error), &error);
    char *path = uf_path_join(scratch_directory(), "sparkline.html"), *html = NULL;
    size_t length;
    assert_ok(uf_report_write_html(report, path, &error), &error);
    assert_ok(uf_file_read(path, 0, &html, &length, &error), &error);
    free(path);
    uf_report_free(report);
    return html;
}

static void expect_holds(const char *html, const char *what)
{
    if (!strstr(html, what)) fail_msg("not in the page: %s", what);
}

static void test_the_report_draws_and_says_them(void **state)
{
    (void)state;
    struct uf_table *table = scoreboard();
    char *html = page_of(table, UF_SWEDISH);
    expect_holds(html, "aria-label=\"31,4 år 2015, 32,0 år 2018; lägst 30,0 (2016), högst 33,2 (2017).\"");
    expect_holds(html, "lägst 3,0 (2016), högst 5,0 (2018). 2 av 4 värden saknas.");
    expect_holds(html, "aria-label=\"7,0 år 2015.\"");
    expect_holds(html, "aria-label=\"Inget värde.\"");
    expect_holds(html, "&lt;b&gt;not a series&lt;/b&gt;"); /* no series: as it stands */
    expect_holds(html, "(a&amp;b)");
    expect_holds(html, ">Över tid</th>");
    /* highest at the top margin, lowest at the bottom one, first and last at the sides */
    expect_holds(html, "d=\"M3.0 13.2L33.0 21.0L63.0 3.0L93.0 9.9\"");
    expect_holds(html, "d=\"M33.0 21.0h0.1M93.0 3.0h0.1\""); /* a gap is no line */
    expect_holds(html, "d=\"M3.0 12.0L93.0 12.0\"");         /* no range: the middle */
    assert_null(strstr(html, "nan"));
    free(html);
    html = page_of(table, UF_ENGLISH);
    expect_holds(html, "31.4 in 2015, 32.0 in 2018; lowest 30.0 (2016), highest 33.2 (2017).");
    free(html);
    char *text = NULL;
    assert_ok(uf_table_to_text(table, UF_ENGLISH, &text, &error), &error);
    expect_holds(text, "Dalarna  ▄▁█▅\n");
    expect_holds(text, "Dalarna   ▁ █\n");
    free(text);
    assert_ok(uf_table_to_csv(table, &text, &error), &error);
    expect_holds(text, "Dalarna,2015=31.4 2016=30 2017=33.25 2018=32\n"); /* files keep the numbers */
    free(text);
    uf_table_free(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_series_reads_back),
        cmocka_unit_test(test_what_is_no_series),
        cmocka_unit_test(test_the_report_draws_and_says_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
