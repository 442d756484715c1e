// SPDX-License-Identifier: GPL-3.0-or-later
/* Every kind of chart, drawn with realistic figures in both languages. */
#include "support/charts.h"
#include "support/test.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/file.h>

static char *read_text(const char *directory, const char *name, const char *ending, size_t *out_length)
{
    struct uf_error error;
    char path[1024], *text = NULL;
    size_t length;
    snprintf(path, sizeof path, "%s/%s%s", directory, name, ending);
    assert_ok(uf_file_read(path, 0, &text, out_length ? out_length : &length, &error), &error);
    return text;
}

static size_t count_of(const char *text, const char *word)
{
    size_t n = 0;
    for (const char *p = text; (p = strstr(p, word)); p += strlen(word)) n++;
    return n;
}

static void assert_has(const char *text, const char *word)
{
    if (!strstr(text, word)) fail_msg("'%s' is not in:\n%.3000s", word, text);
}

static struct uf_chart draw(size_t kind, enum uf_language language, const char *name)
{
    struct uf_error error;
    struct uf_chart chart = {0};
    struct sample_chart sample = sample_chart_new(kind, language);
    sample.request.formats = UF_CHART_SVG; /* the other formats are compared in one test */
    assert_ok(uf_chart_write(&sample.request, scratch_directory(), name, &chart, &error), &error);
    sample_chart_free(&sample);
    assert_true(chart.drawn);
    return chart;
}

/* Every id begins with the chart's name and occurs once; every reference leads to one. */
static void check_ids(const char *svg, const char *name)
{
    static const char *const references[] = {"href='#", "href=\"#", "url(#"};
    char id[256], expected[300];
    for (const char *p = svg; (p = strstr(p, " id=")); p += 4) {
        char quote = p[4];
        size_t n = strcspn(p + 5, quote == '"' ? "\"" : "'");
        assert_true(n < sizeof id);
        snprintf(id, sizeof id, "%.*s", (int)n, p + 5);
        assert_true(strncmp(id, name, strlen(name)) == 0);
        snprintf(expected, sizeof expected, " id=%c%s%c", quote, id, quote);
        assert_int_equal(count_of(svg, expected), 1);
    }
    for (size_t k = 0; k < 3; k++)
        for (const char *p = svg; (p = strstr(p, references[k]));) {
            p += strlen(references[k]);
            snprintf(id, sizeof id, "%.*s", (int)strcspn(p, "'\")"), p);
            snprintf(expected, sizeof expected, " id='%s'", id);
            size_t found = count_of(svg, expected);
            snprintf(expected, sizeof expected, " id=\"%s\"", id);
            assert_int_equal(found + count_of(svg, expected), 1);
        }
}

/* Points have bands where asked for: in the data, the legend and the words; one that is far longer than the points lie
 * apart ends at the edge. */
static void test_points_carry_bands(void **state)
{
    (void)state;
    size_t n, kind = 0;
    const struct uf_chart_kind *kinds = uf_chart_kinds(&n);
    while (strcmp(kinds[kind].name, "scatter") != 0) kind++;
    for (int with = 0; with < 2; with++) {
        struct uf_error error;
        struct uf_chart chart = {0};
        struct sample_chart sample = sample_chart_new(kind, UF_ENGLISH);
        sample.request.formats = UF_CHART_SVG;
        sample.request.low = with ? "low" : NULL;
        sample.request.high = with ? "high" : NULL;
        sample.request.band_label = with ? "what rounding leaves" : NULL;
        sample.request.note = with ? "Not all can be seen." : NULL;
        assert_ok(uf_chart_write(&sample.request, scratch_directory(), "banded", &chart, &error), &error);
        assert_true(chart.drawn);
        char *csv = read_text(scratch_directory(), "banded", ".csv", NULL);
        assert_has(csv, "x,value,size,radius,low,high,x_low,x_high,");
        assert_int_equal(!!strstr(chart.alt_text, "Its band upwards: "), with);
        assert_int_equal(!!strstr(chart.svg, "what rounding leaves"), with);
        assert_int_equal(!!strstr(chart.svg, "Not all can be seen."), with);
        assert_int_equal(!!strstr(chart.alt_text, "Not all can be seen."), with);
        double value = NAN, low = NAN, high = NAN;
        const char *row = csv + strcspn(csv, "\n") + 1;
        if (with) {
            assert_int_equal(sscanf(row, "%*[^,],%lf,%*[^,],%*[^,],%lf,%lf", &value, &low, &high), 3);
            assert_true(fabs(value - low - 4) < 1e-9 && fabs(high - value - 40) < 1e-9);
        }
        free(csv);
        uf_chart_clear(&chart);
        sample_chart_free(&sample);
    }
}

static void test_svg_is_accessible(void **state)
{
    (void)state;
    size_t n;
    const struct uf_chart_kind *kinds = uf_chart_kinds(&n);
    assert_int_equal(n, SAMPLE_CHARTS);
    for (int language = 0; language < UF_LANGUAGES; language++)
        for (size_t i = 0; i < n; i++) {
            char name[64];
            snprintf(name, sizeof name, "%s-%d", kinds[i].name, language);
            struct uf_chart chart = draw(i, (enum uf_language)language, name);
            assert_true(strncmp(chart.svg, "<svg ", 5) == 0);
            assert_has(chart.svg, "role=\"img\"");
            assert_has(chart.svg, "viewBox=\"0 0 605 ");
            assert_has(chart.svg, "width:100%");
            assert_int_equal(count_of(chart.svg, "<title"), 1);
            assert_int_equal(count_of(chart.svg, "<desc"), 1);
            assert_null(strstr(chart.svg, "GNUPLOT"));
            assert_null(strstr(chart.svg, "gnuplot_plot_1</title>"));
            char expected[200];
            snprintf(expected, sizeof expected, "aria-labelledby=\"%s-title %s-desc\"", name, name);
            assert_has(chart.svg, expected);
            assert_true(strlen(chart.alt_text) > 80);
            check_ids(chart.svg, name);
            char *file = read_text(scratch_directory(), name, ".svg", NULL);
            assert_non_null(strstr(file, chart.svg));
            char *alt = read_text(scratch_directory(), name, ".txt", NULL);
            assert_true(strncmp(alt, chart.alt_text, strlen(chart.alt_text)) == 0);
            free(alt);
            free(file);
            uf_chart_clear(&chart);
        }
}

static void test_numbers_speak_the_language(void **state)
{
    (void)state;
    static const struct {
        size_t kind;
        const char *en, *sv;
    } expected[] = {
        {0, ">1.82<", ">1,82<"},
        {0, ">0.5<", ">0,5<"},
        {1,
         ">\xE2\x88\x92"
         "5,001<",
         ">\xE2\x88\x92"
         "5001<"},
        {2, ">North Middle Sweden 89<", ">Norra Mellansverige 89<"},
        {3, ">1.0<", ">1,0<"},
        {4, ">North Middle Sweden 22.9<", ">Norra Mellansverige 22,9<"},
        {5, ">34.0–38.7<", ">34,0–38,7<"},
        {6, ">20,000<", ">20\u00a0000<"},
        {6, "(R² 0.02)<", "(R² 0,02)<"},
        {7, ">1.02<", ">1,02<"},
        {8, ">2.0 (1.0–4.0)<", ">2,0 (1,0–4,0)<"},
        {9, ">20<", ">20<"},
        {10, ">Dalarna 29.0<", ">Dalarna 29,0<"},
        {11, ">0.5<", ">0,5<"},
    };
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        struct uf_chart en = draw(expected[i].kind, UF_ENGLISH, "en"),
                        sv = draw(expected[i].kind, UF_SWEDISH, "sv");
        assert_has(en.svg, expected[i].en);
        assert_has(sv.svg, expected[i].sv);
        uf_chart_clear(&en);
        uf_chart_clear(&sv);
    }
}

static void test_swedish_letters_and_reasons(void **state)
{
    (void)state;
    struct uf_chart chart = draw(0, UF_SWEDISH, "letters");
    assert_has(chart.svg, "Offentlig förvaltning, utbildning,");
    assert_has(chart.svg, "vård och omsorg");
    assert_has(chart.svg, "saknas: sekretess");
    assert_has(chart.alt_text, "Information och kommunikation: saknas: sekretess.");
    assert_has(chart.alt_text, "Högst: Jordbruk, skogsbruk och fiske 1,82 (spann 1,64–2,00)");
    assert_has(chart.alt_text, "4 av 9 ligger över 1.");
    uf_chart_clear(&chart);
    chart = draw(0, UF_ENGLISH, "letters-en");
    assert_has(chart.alt_text, "4 of 9 are above 1.");
    assert_has(chart.svg, "missing: confidential");
    uf_chart_clear(&chart);
    chart = draw(1, UF_SWEDISH, "incomplete");
    assert_has(chart.svg, "saknas: ofullständigt underlag");
    uf_chart_clear(&chart);
    chart = draw(5, UF_SWEDISH, "map");
    assert_has(chart.alt_text,
               "19 av 21 regioner har ett värde. Högst: Stockholm 47,4. Lägst: Gävleborg 28,5.");
    assert_has(chart.svg, "saknas: finns inte i");
    static const char *const counties[] = {
        "Stockholm", "Uppsala",      "Södermanland", "Östergötland", "Jönköping", "Kronoberg",
        "Kalmar",    "Gotland",      "Blekinge",     "Skåne",        "Halland",   "Götaland",
        "Värmland",  "Örebro",       "Västmanland",  "Dalarna",      "Gävleborg", "Västernorrland",
        "Jämtland",  "Västerbotten", "Norrbotten"};
    for (size_t i = 0; i < 21; i++) {
        char tile[64];
        snprintf(tile, sizeof tile, ">%s<", counties[i]);
        assert_int_equal(count_of(chart.svg, tile), 1);
    }
    uf_chart_clear(&chart);
}

static void test_missing_is_never_zero(void **state)
{
    (void)state;
    struct uf_chart chart = draw(0, UF_SWEDISH, "missing");
    char *csv = read_text(scratch_directory(), "missing", ".csv", NULL);
    assert_has(csv, "position,value,low,high,focus,status,label\n1,1.821,1.639,2.003,0,\"observed\","
                    "\"Jordbruk, skogsbruk och fiske\"\n");
    assert_has(csv, "\n10,,,,0,\"confidential\",\"Information och kommunikation\"\n");
    free(csv);
    uf_chart_clear(&chart);
    chart = draw(5, UF_SWEDISH, "missing-map");
    csv = read_text(scratch_directory(), "missing-map", ".csv", NULL);
    assert_has(csv, "6,5,,0,1,0,\"confidential\",\"Gotland\"\n");
    assert_has(csv, "2,2,,0,2,0,\"not in the table\",\"Jämtland\"\n");
    free(csv);
    uf_chart_clear(&chart);
}

static void test_same_bytes_twice_and_in_parallel(void **state)
{
    (void)state;
    static const char *const endings[] = {".svg", ".png", ".pdf", ".emf"};
    struct uf_error error;
    struct uf_chart charts[2 * SAMPLE_CHARTS];
    char folders[2][1024];
    for (int turn = 0; turn < 2; turn++) {
        snprintf(folders[turn], sizeof folders[turn], "%s/turn-%d", scratch_directory(), turn);
        assert_ok(uf_directory_make(folders[turn], &error), &error);
        for (size_t i = 0; i < SAMPLE_CHARTS; i++) {
            struct sample_chart sample = sample_chart_new(i, UF_SWEDISH);
            sample.request.formats = UF_CHART_SVG | UF_CHART_PNG | UF_CHART_PDF | UF_CHART_EMF;
            char name[8];
            snprintf(name, sizeof name, "c%zu", i);
            assert_ok(uf_chart_prepare(&sample.request, folders[turn], name,
                                       &charts[SAMPLE_CHARTS * (size_t)turn + i], &error),
                      &error);
            sample_chart_free(&sample); /* a prepared chart keeps nothing of the request */
        }
        struct uf_chart *these = charts + SAMPLE_CHARTS * (size_t)turn;
        assert_false(these[0].drawn);
        assert_ok(uf_charts_draw(these, SAMPLE_CHARTS, turn == 0 ? 1 : 4, &error), &error);
        for (size_t i = 0; i < SAMPLE_CHARTS; i++) assert_true(these[i].drawn);
    }
    for (size_t i = 0; i < SAMPLE_CHARTS; i++)
        for (size_t k = 0; k < 4; k++) {
            size_t lengths[2];
            char *bytes[2];
            for (size_t turn = 0; turn < 2; turn++)
                bytes[turn] = read_text(folders[turn], charts[i].name, endings[k], &lengths[turn]);
            assert_true(lengths[0] > 1000);
            assert_int_equal(lengths[0], lengths[1]);
            assert_memory_equal(bytes[0], bytes[1], lengths[0]);
            free(bytes[0]);
            free(bytes[1]);
        }
    for (size_t i = 0; i < 2 * SAMPLE_CHARTS; i++) uf_chart_clear(&charts[i]);
}

/* A sign that the texts fit: none begins left of the canvas, and none that is aligned left ends beyond it, by
 * the widths of Arial. */
static void test_texts_stay_on_the_canvas(void **state)
{
    (void)state;
    for (int language = 0; language < UF_LANGUAGES; language++)
        for (size_t i = 0; i < SAMPLE_CHARTS; i++) {
            struct uf_chart chart = draw(i, (enum uf_language)language, "canvas");
            double width, height;
            assert_int_equal(sscanf(strstr(chart.svg, "viewBox"), "viewBox=\"0 0 %lf %lf", &width, &height),
                             2);
            size_t n = 0;
            for (const char *p = chart.svg; (p = strstr(p, "<g transform=\"translate(")); p++) {
                double x, y, size = 12;
                assert_int_equal(sscanf(p, "<g transform=\"translate(%lf,%lf)", &x, &y), 2);
                const char *text = strstr(p, "<text>"), *end = text ? strstr(text, "</text>") : NULL;
                const char *font = strstr(p, "font-size=\"");
                if (!end || !font || font > text) continue;
                sscanf(font, "font-size=\"%lf", &size);
                double length = 0; /* characters at half an em: below the mean of Arial */
                for (const char *c = text + 6; c < end; c++)
                    length += ((unsigned char)*c & 0xC0) != 0x80 ? 0.45 * size : 0;
                const char *anchor = strstr(p, "text-anchor=\"");
                double left = anchor && anchor < text && anchor[13] == 'e'   ? length
                              : anchor && anchor < text && anchor[13] == 'm' ? length / 2
                                                                             : 0;
                const char *turned = strstr(p, "rotate(");
                if (turned && turned < text)
                    assert_true(x > 0 && x < width && y - length > -1);
                else
                    assert_true(x - left > -1 && x - left + length < width + 1);
                assert_true(y > 5 && y < height);
                n++;
            }
            assert_true(n > 9);
            uf_chart_clear(&chart);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_points_carry_bands),
        cmocka_unit_test(test_svg_is_accessible),
        cmocka_unit_test(test_numbers_speak_the_language),
        cmocka_unit_test(test_swedish_letters_and_reasons),
        cmocka_unit_test(test_missing_is_never_zero),
        cmocka_unit_test(test_same_bytes_twice_and_in_parallel),
        cmocka_unit_test(test_texts_stay_on_the_canvas),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
