// SPDX-License-Identifier: GPL-3.0-or-later
/* The histogram: what is counted, what is marked, what is refused. */
#include "support/charts.h"
#include "support/test.h"

#include <math.h>
#include <string.h>

static uf_status prepare(struct sample_chart *sample, struct uf_chart *out, struct uf_error *error)
{
    return uf_chart_prepare(&sample->request, scratch_directory(), "histogram", out, error);
}

static void assert_has(const char *text, const char *word)
{
    if (!strstr(text, word)) fail_msg("'%s' is not in:\n%.3000s", word, text);
}

static void test_words(void **state)
{
    (void)state;
    struct uf_error error;
    struct uf_chart chart;
    struct sample_chart sample = sample_chart_new(11, UF_SWEDISH);
    assert_ok(prepare(&sample, &chart, &error), &error);
    assert_has(chart.alt_text, "p = 0,02; minsta p som hade kunnat uppkomma: 0,01");
    assert_has(chart.alt_text, "100 värden från \xE2\x88\x92"
                               "1,25 till 1,25; flest, 26, mellan \xE2\x88\x92"
                               "0,25 och 0,00.");
    /* the bars from 1 to 1.25 and from -1.25 to -1; that from 0.75 holds the mark */
    assert_has(chart.alt_text, "Markerat: skattningen: 0,87. 2 värden finns i staplar längre från 0.");
    uf_chart_clear(&chart);
    sample.request.language = UF_ENGLISH;
    sample.request.marked_x = NAN;
    assert_ok(prepare(&sample, &chart, &error), &error);
    assert_null(strstr(chart.alt_text, "Marked"));
    uf_chart_clear(&chart);
    sample_chart_free(&sample);
}

static void test_refusals(void **state)
{
    (void)state;
    struct uf_error error;
    struct uf_chart chart;
    struct sample_chart sample = sample_chart_new(11, UF_ENGLISH);
    sample_row(sample.table, NULL, (const double[]){2, 1, 3});
    assert_int_equal(prepare(&sample, &chart, &error), UF_BAD_INPUT);
    assert_has(error.message, "row 11");
    sample_chart_free(&sample);
    sample = sample_chart_new(11, UF_ENGLISH);
    sample_row(sample.table, NULL, (const double[]){1.25, 1.5, -3});
    assert_int_equal(prepare(&sample, &chart, &error), UF_BAD_INPUT);
    sample_chart_free(&sample);
    sample = sample_chart_new(11, UF_ENGLISH);
    sample.request.value = "number";
    assert_int_equal(prepare(&sample, &chart, &error), UF_BAD_USAGE);
    sample_chart_free(&sample);
    static const char *const columns[] = {"low", "high", "count"};
    struct uf_table *empty = sample_table("none", columns, "22n");
    sample_row(empty, NULL, (const double[]){0, 1, 0});
    sample = sample_chart_new(11, UF_ENGLISH);
    sample.request.table = empty;
    assert_int_equal(prepare(&sample, &chart, &error), UF_BAD_INPUT);
    uf_table_free(empty);
    sample_chart_free(&sample);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_words), cmocka_unit_test(test_refusals)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
