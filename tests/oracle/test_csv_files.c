// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Published text tables, each found to be of the right format and read whole: cells, missing cells and the sum of
 * all values as a splitter of its own finds them in the same bytes, and as the collection's own notes say.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "import/format.h"
#include "support/test.h"

/* What a reader gives for all of a file. */
struct seen {
    char format[32], encoding[32];
    size_t cells, missing, suppressed, confidential, break_, provisional;
    double sum;
    struct uf_text_list dimensions;
};

static struct seen read_all(const char *path)
{
    static const struct uf_reader_wishes none;
    struct seen seen = {0};
    struct uf_error error = {0};
    struct uf_input *input;
    struct uf_reader reader;
    assert_ok(uf_input_open(path, NULL, &input, &error), &error);
    assert_ok(uf_reader_open(input, NULL, &none, &reader, &error), &error);
    for (bool more = true; more;) {
        struct uf_cell cell;
        double value;
        uf_value_status status;
        assert_ok(reader.format->next(&reader, &cell, &more, &error), &error);
        if (!more) break;
        if (!uf_value_read(&reader.rules, cell.text, cell.length, cell.flags, &value, &status))
            fail_msg("%s: '%s' is not read", path, cell.text);
        seen.cells++;
        seen.missing += uf_value_is_missing(status);
        seen.suppressed += (status & UF_VALUE_SUPPRESSED) != 0;
        seen.confidential += (status & UF_VALUE_CONFIDENTIAL) != 0;
        seen.break_ += (status & UF_VALUE_BREAK) != 0;
        seen.provisional += (status & UF_VALUE_PROVISIONAL) != 0;
        if (!uf_value_is_missing(status)) seen.sum += value;
    }
    snprintf(seen.format, sizeof seen.format, "%s", reader.format->name);
    snprintf(seen.encoding, sizeof seen.encoding, "%s", uf_input_encoding(input));
    for (size_t d = 0; d < reader.dimensions.count; d++)
        assert_ok(uf_text_list_add(&seen.dimensions, reader.dimensions.items[d], &error), &error);
    uf_reader_close(&reader);
    uf_input_close(input);
    return seen;
}

/* --- comma-separated files ------------------------------------------------------------------------ */

/* `first`: the first column of values, by number or (NULL) by name; they go on to the last, or are one. `known`:
 * cells with a value, as SOURCES.md or another count of the file says; 0: not said. */
static const struct expected {
    const char *path, *format, *encoding, *column;
    size_t first, last; /* SIZE_MAX: to the end */
    size_t known;
    size_t skipped_lines;
} FILES[] = {
    {"eurostat/Eurostats_NUTS3_Empers.csv", "csv-long", "utf-8", NULL, 2, SIZE_MAX, 379613, 0},
    {"eurostat/economy_nuts2_all_columns.csv", "csv-long", "utf-8", NULL, 7, SIZE_MAX, 81454, 0},
    {"eurostat/labour_nuts2_all_columns.csv", "csv-long", "utf-8", NULL, 7, SIZE_MAX, 345988, 0},
    {"eurostat/estat_nama_10r_3gdp.tsv", "csv-wide", "utf-8", NULL, 3, SIZE_MAX, 253544, 0},
    {"eurostat/isoc_r_iuse_i__daily.csv", "csv-long", "utf-8", "values", 0, 0, 2973, 0},
    {"eurostat/tgs00003.csv", "csv-long", "utf-8", "values", 0, 0, 0, 0},
    {"eurostat/tgs00010.csv", "csv-long", "utf-8", "values", 0, 0, 0, 0},
    {"eurostat/tgs00049.csv", "csv-long", "utf-8", "values", 0, 0, 0, 0},
    {"eurostat/tsc00011.csv", "csv-long", "utf-8", "values", 0, 0, 0, 0},
    {"scb/mikaellundqvist/000000CD_20210926-160259.csv", "csv-wide", "iso-8859-1", NULL, 4, SIZE_MAX, 0, 0},
    {"scb/mikaellundqvist/000000CG_20210926-160057.csv", "csv-wide", "iso-8859-1", NULL, 4, SIZE_MAX,
     16800 - 6025, 0},
    {"scb/mikaellundqvist/AM0110A2_2.csv", "csv-wide", "iso-8859-1", NULL, 4, SIZE_MAX, 0, 0},
    {"scb/mikaellundqvist/AM0112C1.csv", "csv-wide", "iso-8859-1", NULL, 2, SIZE_MAX, 0, 0},
    {"scb/mikaellundqvist/AM0208B6.csv", "csv-wide", "iso-8859-1", NULL, 3, SIZE_MAX, 26, 0},
    {"scb/mikaellundqvist/000000NL_10.csv", "csv-wide", "iso-8859-1", NULL, 3, SIZE_MAX, 26224, 0},
    {"scb/mikaellundqvist/000000NK.csv", "csv-wide", "iso-8859-1", NULL, 4, SIZE_MAX, 1584, 0},
    {"scb/mikaellundqvist/000000NK_2.csv", "csv-wide", "iso-8859-1", NULL, 4, SIZE_MAX, 21456, 0},
    {"scb/mikaellundqvist/000000RM_1.csv", "csv-wide", "iso-8859-1", NULL, 4, SIZE_MAX, 1936, 0},
    {"scb/mikaellundqvist/000002O5.csv", "csv-wide", "iso-8859-1", NULL, 1, SIZE_MAX, 0, 0},
    {"scb/mikaellundqvist/UF0506A1_2.csv", "csv-wide", "iso-8859-1", NULL, 4, SIZE_MAX, 11424, 0},
    {"scb/mikaellundqvist/UF0506A1_20210926-160849.csv", "csv-wide", "iso-8859-1", NULL, 4, SIZE_MAX, 27648,
     0},
    {"scb/mikaellundqvist/tab8_tidsserie_2018.csv", "csv-wide", "iso-8859-1", NULL, 2, SIZE_MAX, 0, 0},
    {"scb/region_dalarna/BNP__BNP.csv", "csv-long", "utf-8", NULL, 2, 4, 0, 0},
    {"scb/region_dalarna/Bolagsverket_2024_12_11.csv", "csv-long", "utf-8", NULL, 3, SIZE_MAX, 59 * 26, 0},
    {"scb/region_dalarna/Innovationsindex.csv", "csv-long", "utf-8", "Index", 0, 0, 168, 0},
    {"scb/region_dalarna/MUCF_20241108__Inl\xC3\xA4s.csv", "csv-long", "utf-8", "Andel", 0, 0, 54, 0},
    {"scb/region_dalarna/andel_arblosa_2020M01_2022M12__Sheet_1.csv", "csv-long", "utf-8", "andel", 0, 0,
     1224, 0},
    {"scb/region_dalarna/arbetsmarknadsstatus_lan__Sheet_1.csv", "csv-long", "utf-8", "arbetsl\xC3\xB6shet",
     0, 0, 66, 0},
    {"scb/region_dalarna/arbetsmarknadsstatus_tidsserie__Sheet_1.csv", "csv-long", "utf-8",
     "arbetsl\xC3\xB6shet", 0, 0, 1078, 0},
    {"scb/region_dalarna/byggande__Bygglov.csv", "csv-long", "utf-8", "Antal", 0, 0, 448, 0},
    {"scb/region_dalarna/byggande__Nybyggnation.csv", "csv-long", "utf-8", NULL, 3, 4, 784, 0},
    {"scb/region_dalarna/konjunkturbarometern__Alla.csv", "csv-long", "utf-8",
     "Barometerindikatorn och andra indikatorer", 0, 0, 1849, 0},
    {"scb/region_dalarna/konkurser_korrekt__Antal_ber\xC3\xB6rda.csv", "csv-long", "utf-8", "Antal_berorda",
     0, 0, 6771, 0},
    {"scb/region_dalarna/konkurser_korrekt__Antal_konkurser.csv", "csv-long", "utf-8", "Konkurser", 0, 0,
     6771, 0},
    {"scb/region_dalarna/utbniva_matchning__Sheet1.csv", "csv-long", "utf-8", NULL, 4, 5, 84, 0},
    {"scb/region_dalarna/varsel_manad__Sheet_1.csv", "csv-long", "utf-8", "antal", 0, 0, 385, 0},
    {"scb/region_dalarna/Tillvaxtananalys_2024_08_21__BE0101G9.csv", "csv-long", "utf-8", NULL, 2, 2, 53, 1},
    {"scb/region_dalarna/Tillvaxtananalys_Konkurser_2024_08_21__BE0101G9.csv", "csv-long", "utf-8", NULL, 2,
     2, 343, 1},
    {"scb/rams_dagbefolkning_sni_nuts2_2017_2019_partial.csv", "csv-long", "utf-8", "employed", 0, 0, 189, 0},
    {"formats/RECONSTRUCTED_nama_10r_3empers_SE_sdmx.csv", "sdmx-csv", "utf-8", "OBS_VALUE", 0, 0, 5670, 0},
    {"formats/sdmx_csv_migr_resfirst_real_2026.csv", "sdmx-csv", "utf-8", "OBS_VALUE", 0, 0, 2, 0},
    {"misc/DESI_2015_2020_digital-agenda-data.csv", "csv-long", "utf-8", "value", 0, 0, 0, 0},
    {"misc/REAT_EU28.emp_2016.csv", "csv-long", "utf-8", "emp1000", 0, 0, 0, 0},
    {"misc/REAT_G.regions.emp.csv", "csv-long", "utf-8", "emp", 0, 0, 0, 0},
    {"oecd/OECDStat_EXP_PM2_5_nordic_subset.csv", "oecd-csv", "utf-8", "Value", 0, 0, 292, 0},
    {"oecd/OECD_pop_density_cleaned_SE.csv", "csv-long", "utf-8", NULL, 3, 4, 551 * 2, 0},
    {"kolada/kolada_N03702_N03703_3cities.csv", "csv-long", "utf-8", "value", 0, 0, 48, 0},
    {"kolada/kolada_N03702_grp.csv", "csv-long", "utf-8", "value", 0, 0, 192, 0},
    {"kolada/kolada_N00945_3cities.csv", "csv-long", "utf-8", "value", 0, 0, 63, 0},
};

/* The file without its first lines and its blank ones, for a splitter that wants a rectangle. */
static const char *without_lines(const char *path, size_t lines)
{
    static char copy[1024];
    snprintf(copy, sizeof copy, "%s/rest.csv", scratch_directory());
    FILE *from = fopen(path, "rb"), *to = fopen(copy, "wb");
    assert_true(from && to);
    int before = '\n';
    for (int c; (c = fgetc(from)) != EOF;) {
        bool blank = before == '\n' && (c == '\n' || c == '\r');
        if (lines == 0 && !blank) fputc(c, to);
        if (c == '\n' && lines > 0) lines--;
        before = blank && c == '\r' ? '\n' : c;
    }
    fclose(from);
    fclose(to);
    return copy;
}

static bool stands_for_missing(const char *cell)
{
    static const char *const SIGNS[] = {"", "..", ":", "NA"};
    for (size_t i = 0; i < sizeof SIGNS / sizeof *SIGNS; i++)
        if (!strcmp(cell, SIGNS[i])) return true;
    return false;
}

static void compare(const struct expected *expected, const char *path)
{
    struct raw_csv raw = raw_csv_read(without_lines(path, expected->skipped_lines));
    size_t first = expected->column ? raw_csv_column(&raw, expected->column) : expected->first;
    size_t last = expected->column ? first : expected->last == SIZE_MAX ? raw.n_columns - 1 : expected->last;
    size_t missing = 0, cells = raw.n_rows * (last - first + 1);
    double sum = 0;
    for (size_t i = 0; i < raw.n_rows; i++)
        for (size_t j = first; j <= last; j++) {
            const char *cell = raw.cell[i * raw.n_columns + j];
            if (stands_for_missing(cell))
                missing++;
            else
                sum += strtod(cell, NULL);
        }
    struct seen seen = read_all(path);
    if (strcmp(seen.format, expected->format) || strcmp(seen.encoding, expected->encoding))
        fail_msg("%s is read as %s in %s", expected->path, seen.format, seen.encoding);
    if (seen.cells != cells || seen.missing != missing)
        fail_msg("%s: %zu cells and %zu missing, expected %zu and %zu", expected->path, seen.cells,
                 seen.missing, cells, missing);
    if (expected->known > 0 && seen.cells - seen.missing != expected->known)
        fail_msg("%s: %zu values, known are %zu", expected->path, seen.cells - seen.missing, expected->known);
    expect_close(seen.sum, sum, 1e-12, expected->path);
    uf_text_list_clear(&seen.dimensions);
    raw_csv_free(&raw);
}

static void comma_separated_files(void **state)
{
    (void)state;
    char relative[256];
    size_t compared = 0;
    for (size_t i = 0; i < sizeof FILES / sizeof *FILES; i++) {
        snprintf(relative, sizeof relative, "realdata/%s", FILES[i].path);
        const char *path = i == 0 ? need_shared(relative) : shared_path(relative);
        if (!path) {
            print_message("%s is absent\n", relative);
            continue;
        }
        char own[1024];
        snprintf(own, sizeof own, "%s", path);
        compare(&FILES[i], own);
        compared++;
    }
    print_message("%zu files compared\n", compared);
}

/* --- Eurostat TSV --------------------------------------------------------------------------------- */

/* Tabs and letters, counted in the bytes. */
static void count_tsv(FILE *file, struct seen *out)
{
    static char line[1 << 16];
    assert_non_null(fgets(line, sizeof line, file));
    while (fgets(line, sizeof line, file)) {
        for (char *cell = strchr(line, '\t'); cell; cell = strchr(cell + 1, '\t')) {
            char *text = cell + 1, *p = text;
            out->cells++;
            if (*text == ':')
                out->missing++;
            else
                out->sum += strtod(text, &p);
            for (; *p && *p != '\t' && *p != '\n'; p++) {
                out->break_ += *p == 'b';
                out->confidential += *p == 'c';
                out->provisional += *p == 'p';
            }
        }
    }
}

static void check_tsv(const char *relative, size_t rows, size_t periods)
{
    char path[1024], command[1100];
    snprintf(path, sizeof path, "%s", need_shared(relative));
    size_t length = strlen(path);
    bool packed = length > 3 && !strcmp(path + length - 3, ".gz");
    snprintf(command, sizeof command, "gzip -dc '%s'", path);
    FILE *file = packed ? popen(command, "r") : fopen(path, "rb");
    assert_non_null(file);
    struct seen expected = {0}, seen = read_all(path);
    count_tsv(file, &expected);
    packed ? pclose(file) : fclose(file);
    assert_string_equal(seen.format, "eurostat-tsv");
    assert_int_equal(seen.cells, rows * periods);
    assert_int_equal(seen.cells, expected.cells);
    assert_int_equal(seen.missing, expected.missing);
    assert_int_equal(seen.confidential, expected.confidential);
    assert_int_equal(seen.break_, expected.break_);
    assert_int_equal(seen.provisional, expected.provisional);
    expect_close(seen.sum, expected.sum, 1e-12, relative);
    print_message("%s: %zu cells, %zu missing, %zu confidential, %zu provisional\n", relative, seen.cells,
                  seen.missing, seen.confidential, seen.provisional);
    uf_text_list_clear(&seen.dimensions);
}

static void eurostat_tsv_packed(void **state)
{
    (void)state;
    check_tsv("realdata/eurostat/bd_size_r3_tabular.tsv.gz", 130305, 13);
}

static void eurostat_tsv_old(void **state)
{
    (void)state;
    check_tsv("realdata/eurostat/edat_lfse_04.tsv", 5988, 20);
    check_tsv("realdata/eurostat/demo_r_d3dens.tsv", 2022, 29);
}

static void eurostat_tsv_new(void **state)
{
    (void)state;
    check_tsv("realdata/formats/RECONSTRUCTED_nama_10r_3empers_SE.tsv", 315, 18);
}

/* --- the others ----------------------------------------------------------------------------------- */

/* Thousands cut by a point: the digits alone are the number. */
static void data_explorer(void **state)
{
    (void)state;
    const char *path = need_shared("realdata/misc/nama_r_e3gdp_1_Data.csv");
    struct raw_csv raw = raw_csv_read(path);
    size_t value = raw_csv_column(&raw, "Value");
    double sum = 0;
    for (size_t i = 0; i < raw.n_rows; i++) {
        double number = 0;
        for (const char *p = raw.cell[i * raw.n_columns + value]; *p; p++)
            if (*p != '.') number = 10 * number + (*p - '0');
        sum += number;
    }
    struct seen seen = read_all(path);
    assert_string_equal(seen.format, "data-explorer-csv");
    assert_int_equal(seen.cells, 384);
    assert_int_equal(seen.cells, raw.n_rows);
    assert_int_equal(seen.missing, 0);
    expect_close(seen.sum, sum, 0, "sum");
    uf_text_list_clear(&seen.dimensions);
    raw_csv_free(&raw);
}

static void tables_without_figures_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *path, *words;
    } CASES[] = {
        {"misc/nama_r_e3gdp_Label.csv", "this is the list of labels"},
        {"scb/mikaellundqvist/nuts.csv", "no column of numbers is found"},
        {"scb/mikaellundqvist/nuts_en.csv", "no column of numbers is found"},
        {"scb/region_dalarna/Bransch_FEK__tabell.csv", "no column of numbers is found"},
        {"scb/region_dalarna/MUCF_20241108__Dalarna.csv", "look for a missing or an extra delimiter"},
        {"scb/region_dalarna/MUCF_20241108__G\xC3\xA4vleborg.csv",
         "look for a missing or an extra delimiter"},
        {"scb/region_dalarna/MUCF_20241108__V\xC3\xA4rmland.csv", "look for a missing or an extra delimiter"},
        {"kolada/kolada_municipality.csv", "no column of numbers is found"},
    };
    static const struct uf_reader_wishes none;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        char relative[256];
        struct uf_error error = {0};
        struct uf_input *input;
        struct uf_reader reader;
        snprintf(relative, sizeof relative, "realdata/%s", CASES[i].path);
        assert_ok(uf_input_open(need_shared(relative), NULL, &input, &error), &error);
        if (uf_reader_open(input, NULL, &none, &reader, &error) == UF_OK)
            fail_msg("%s is read", CASES[i].path);
        if (!strstr(error.message, CASES[i].words)) fail_msg("%s: %s", CASES[i].path, error.message);
        assert_true(error.line > 0);
        uf_input_close(input);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(comma_separated_files), cmocka_unit_test(eurostat_tsv_packed),
        cmocka_unit_test(eurostat_tsv_old),      cmocka_unit_test(eurostat_tsv_new),
        cmocka_unit_test(data_explorer),         cmocka_unit_test(tables_without_figures_are_refused)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
