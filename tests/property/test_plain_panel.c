// SPDX-License-Identifier: GPL-3.0-or-later
/* The quick way from a large file to a panel against the careful way, which small files take. */
#include "panel/plain_panel.h"
#include "support/test.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <utfall/random.h>
#include <utfall/result.h>

static char path[] = "/tmp/utfall-plain-XXXXXX";

static void write_file(const char *text)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void expect_same_texts(const struct uf_dictionary *a, const struct uf_dictionary *b)
{
    assert_int_equal(a->count, b->count);
    for (size_t i = 0; i < a->count; i++) {
        assert_string_equal(a->code[i], b->code[i]);
        assert_string_equal(a->label[i], b->label[i]);
    }
}

static void expect_same_panels(const struct uf_panel *a, const struct uf_panel *b)
{
    assert_int_equal(a->n_rows, b->n_rows);
    expect_same_texts(&a->units, &b->units);
    expect_same_texts(&a->periods, &b->periods);
    expect_same_texts(&a->sectors, &b->sectors);
    for (size_t t = 0; t < a->periods.count; t++) assert_int_equal(a->period_value[t], b->period_value[t]);
    const size_t bytes = a->n_rows * sizeof(size_t);
    assert_memory_equal(a->unit, b->unit, bytes);
    assert_memory_equal(a->period, b->period, bytes);
    assert_int_equal(!a->sector, !b->sector);
    if (a->sector) assert_memory_equal(a->sector, b->sector, bytes);
    assert_int_equal(a->n_columns, b->n_columns);
    for (size_t j = 0; j < a->n_columns; j++) {
        assert_string_equal(a->columns[j].name, b->columns[j].name);
        assert_string_equal(a->columns[j].label, b->columns[j].label);
        for (size_t i = 0; i < a->n_rows; i++) {
            double x = a->columns[j].value[i], y = b->columns[j].value[i];
            assert_true((isnan(x) && isnan(y)) || memcmp(&x, &y, sizeof x) == 0);
        }
        assert_memory_equal(a->columns[j].status, b->columns[j].status, a->n_rows * sizeof(uf_value_status));
    }
    assert_int_equal(a->outcome, b->outcome);
    assert_int_equal(a->weight, b->weight);
    assert_int_equal(a->n_covariates, b->n_covariates);
    assert_int_equal(a->n_cluster_dimensions, b->n_cluster_dimensions);
    for (size_t k = 0; k < a->n_cluster_dimensions; k++) {
        assert_string_equal(a->cluster_name[k], b->cluster_name[k]);
        assert_int_equal(a->n_clusters[k], b->n_clusters[k]);
        assert_memory_equal(a->cluster[k], b->cluster[k], bytes);
        expect_same_texts(&a->cluster_groups[k], &b->cluster_groups[k]);
    }
    assert_int_equal(a->treatment.given, b->treatment.given);
    if (a->treatment.given)
        assert_memory_equal(a->treatment.first_period, b->treatment.first_period,
                            a->units.count * sizeof(size_t));
    assert_int_equal(!a->treatment.dose, !b->treatment.dose);
}

static const char *const covariates[] = {"x", "z"};
static const char *const clusters[] = {"region"};

/* Whether the quick way does it: then the careful way reads the same. */
static bool agree(struct uf_file_panel_request request)
{
    struct uf_error error = {0};
    struct uf_panel *quick = NULL, *careful = NULL;
    struct uf_result ledger;
    bool done;
    request.path = path;
    uf_result_init(&ledger);
    assert_ok(panel_from_any_plain_file(&request, &quick, &done, &error), &error);
    uf_status status = uf_panel_from_file(&request, &ledger, &careful, &error);
    if (done) {
        assert_ok(status, &error);
        expect_same_panels(quick, careful);
    }
    if (status == UF_OK) uf_panel_free(careful);
    if (done) uf_panel_free(quick);
    uf_result_clear(&ledger);
    return done;
}

/* `plain`: the quick way is to do it; else it is to leave it. */
static void check(struct uf_file_panel_request request, bool plain)
{
    assert_int_equal(agree(request), plain);
}

static const struct uf_file_panel_request by_cohort = {.unit = "firm",
                                                       .period = "year",
                                                       .outcome = "y",
                                                       .covariates = covariates,
                                                       .n_covariates = 2,
                                                       .clusters = clusters,
                                                       .n_clusters = 1,
                                                       .cohort = "first"};

static const char header[] = "note,firm,year,region,first,y,x,z,treated\n";

static void plain_files(void **state)
{
    (void)state;
    char text[20000];
    struct uf_file_panel_request by_column = by_cohort;
    by_column.cohort = NULL, by_column.treatment = "treated";
    for (int which = 0; which < 16; which++) {
        /* units out of order, some years missing, numbers of all kinds, CRLF, quotes, blank lines, no last line end */
        size_t n = (size_t)snprintf(text, sizeof text, "%s", header);
        const char *end = which & 1 ? "\r\n" : "\n", *quote = which & 2 ? "\"" : "";
        if (which & 1) n = (size_t)sprintf(text, "%.*s\r\n", (int)strlen(header) - 1, header);
        for (int i = 0; i < 60; i++) {
            int firm = (i * 7) % 60 / 5 * 13 % 97,
                year = 2000 + (which & 4 ? 4 - i * 7 % 60 % 5 : i * 7 % 60 % 5);
            if ((i * 31 + which) % 11 == 0) continue;
            static const char *const numbers[] = {"1.5",
                                                  "-0.25",
                                                  "12",
                                                  "0.1234567890123456789",
                                                  "1e-7",
                                                  "NA",
                                                  "",
                                                  "123456789012345678",
                                                  "0.30000000000000004",
                                                  "-3.5E+2",
                                                  "..",
                                                  "1234567.125",
                                                  "+4.5",
                                                  "-"};
            n += (size_t)sprintf(text + n, "%stext%s,%s%d%s,%d,%s%c%d%s,%s,%d.5,%s,%s,%d%s", quote, quote,
                                 quote, firm, quote, year, quote, 'A' + firm % 3, firm % 2, quote,
                                 firm % 3 == 0   ? ""
                                 : firm % 3 == 1 ? "2002"
                                                 : "0",
                                 i * i, numbers[i % 14], numbers[(i + 5) % 14], year >= 2002 && firm % 3 == 1,
                                 end);
            if ((which & 8) && i % 20 == 3) n += (size_t)sprintf(text + n, "%s", end);
        }
        if (which & 8) text[n - strlen(end)] = '\0';
        write_file(text);
        check(by_cohort, true);
        check(by_column, true);
    }
}

static void tabs_and_sectors(void **state)
{
    (void)state;
    write_file("unit\tsector\tyear\ty\nb\tK\t2001\t1.25\nb\tC\t2001\t2\na\tK\t2001\t3.5\na\tC\t2000\t4\n");
    const struct uf_file_panel_request request = {
        .unit = "unit", .period = "year", .sector = "sector", .outcome = "y"};
    check(request, true);
    const struct uf_file_panel_request without_period = {.unit = "unit", .sector = "sector", .outcome = "y"};
    write_file("unit\tsector\ty\nb\tK\t1.25\nb\tC\t2\na\tK\t3.5\n");
    check(without_period, true);
}

/* Whatever is odd is left to the careful way, with its words. */
static void odd_files(void **state)
{
    (void)state;
    static const char *const rows[] = {
        "t,1,2000,A,2001,1.5,1,1\n",                              /* a field too few */
        "t,1,2000,A,2001,1.5,1,1,0,9\n",                          /* one too many */
        "t,,2000,A,2001,1.5,1,1,0\n",                             /* no unit */
        "t,1,2000,,2001,1.5,1,1,0\n",                             /* no cluster */
        "t,1,2000,A,2001,1.5,one,1,0\n",                          /* no number */
        "t,1,2000,A,soon,1.5,1,1,0\n",                            /* no cohort */
        "t,1,2000,A,2001,1.5,1,1,0\nt,1,2001,A,2002,1.5,1,1,0\n", /* two cohorts */
        "t,1,2000,A,2001,1.5,1,1,0\nt,1,2000,A,2001,2.5,1,1,0\n", /* one key twice */
        "t,1,2000,A,2001,1.5,1,1,0\nt,1,soon,A,2001,1.5,1,1,0\n", /* no period */
        "t,1,2000,A,2001,1.234,1,1,0\n",                          /* thousands or decimals */
        "\xC3\xA5,1,2000,A,2001,1.5,1,1,0\n",                     /* not ASCII */
        "\"a\"\"b\",1,2000,A,2001,1.5,1,1,0\n",                   /* a quote in quotes */
        "\"a,b\",1,2000,A,2001,1.5,1,1,0\n",                      /* a comma in quotes */
        "\"a\nb\",1,2000,A,2001,1.5,1,1,0\n",                     /* a line end in quotes */
        "t, 1,2000,A,2001,1.5,1,1,0\n",                           /* blanks that are cut off */
        "t,=\"01\",2000,A,2001,1.5,1,1,0\n",                      /* a spreadsheet's text */
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[1000];
        snprintf(text, sizeof text, "%s%s", header, rows[i]);
        write_file(text);
        check(by_cohort, false);
    }
    struct uf_file_panel_request request = by_cohort;
    request.outcome = "nothing";
    write_file("note,firm,year,region,first,y,x,z,treated\nt,1,2000,A,2001,1.5,1,1,0\n");
    check(request, false);
    check(by_cohort, true);
}

/* Repeated cross-sections: persons of a region in a year, in the file's order; without leave they are a mistake. */
static void several_rows(void **state)
{
    (void)state;
    char text[20000];
    size_t n = (size_t)snprintf(text, sizeof text, "%s", header);
    for (int i = 0; i < 120; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, "t,%d,%d,r%d,%d,%d.5,%d,1,%d\n", i * 7 % 6,
                              2000 + i * 11 % 5, i * 7 % 6 % 2, i * 7 % 6 < 2 ? 2002 : 0, i, i % 4,
                              i * 7 % 6 < 2 && i * 11 % 5 >= 2);
    write_file(text);
    check(by_cohort, false);
    struct uf_file_panel_request request = by_cohort;
    request.several_rows = true;
    check(request, true);
    request.cohort = NULL, request.treatment = "treated";
    check(request, true);
}

/* By the quick way, which is to do it; the caller frees it. */
static struct uf_panel *read_quickly(struct uf_file_panel_request request)
{
    struct uf_error error = {0};
    struct uf_panel *panel = NULL;
    bool done;
    request.path = path;
    assert_ok(panel_from_any_plain_file(&request, &panel, &done, &error), &error);
    assert_true(done);
    return panel;
}

/* Many parts: rows that lie over their ends. */
static void many_parts(void **state)
{
    (void)state;
    FILE *file = fopen(path, "wb");
    fputs(header, file);
    enum { FIRMS = 40000 };
    for (int i = 0; i < 5 * FIRMS; i++) {
        int firm = (int)((long)i * 7919 % (5L * FIRMS)) / 5, year = (int)((long)i * 7919 % (5L * FIRMS)) % 5;
        fprintf(file, "%.*s,f%d,%d,r%d,%d,%d.%06d,%d,%.17g,0\n", i % 50,
                "the quick brown fox jumps over the lazy dog, no", firm, 2000 + year, firm % 21,
                firm % 3 ? 2002 : 0, i % 100, i, i % 7, (double)i / 7);
    }
    fclose(file);
    /* commas in the note were not quoted: odd */
    check(by_cohort, false);
    file = fopen(path, "wb");
    fputs(header, file);
    for (int i = 0; i < 5 * FIRMS; i++) {
        int firm = (int)((long)i * 7919 % (5L * FIRMS)) / 5, year = (int)((long)i * 7919 % (5L * FIRMS)) % 5;
        fprintf(file, "%.*s,f%d,%d,r%d,%d,%d.%06d,%d,%.17g,0\n", i % 50,
                "the quick brown fox jumps over the lazy dog no", firm, 2000 + year, firm % 21,
                firm % 3 ? 2002 : 0, i % 100, i, i % 7, (double)i / 7);
    }
    fclose(file);
    struct uf_panel *panel = read_quickly(by_cohort);
    assert_int_equal(panel->n_rows, 5 * FIRMS);
    assert_int_equal(panel->units.count, FIRMS);
    assert_true(uf_panel_is_balanced(panel));
    for (int i = 0; i < 5 * FIRMS; i++) {
        int firm = (int)((long)i * 7919 % (5L * FIRMS)) / 5, year = (int)((long)i * 7919 % (5L * FIRMS)) % 5;
        char code[20];
        snprintf(code, sizeof code, "f%d", firm);
        size_t row = uf_dictionary_find(&panel->units, code) * 5 + (size_t)year;
        assert_true(panel->columns[2].value[row] == (double)i / 7);
        assert_true(panel->columns[1].value[row] == (double)(i % 7));
        assert_string_equal(panel->cluster_groups[0].code[panel->cluster[0][row]] + 1,
                            (snprintf(code, sizeof code, "%d", firm % 21), code));
        assert_true(panel->treatment.first_period[panel->unit[row]] == (firm % 3 ? 2 : SIZE_MAX));
    }
    uf_panel_free(panel);
}

/* Digits of any number before and behind the point, before a delimiter and before a line's end. */
static void numbers_of_every_length(void **state)
{
    (void)state;
    static const char digits[] = "9081726354433221";
    static const struct uf_file_panel_request request = {
        .unit = "firm", .period = "year", .outcome = "y", .covariates = covariates, .n_covariates = 1};
    FILE *file = fopen(path, "wb");
    char number[500][40];
    int n = 0;
    for (int whole = 0; whole <= 10; whole++)
        for (int decimals = -1; decimals <= 10; decimals++)
            for (int negative = 0; negative < 2 && whole + decimals > 0; negative++, n++) {
                snprintf(number[n], sizeof *number, "%s%.*s%s%.*s", negative ? "-" : "", whole,
                         digits + n % 5, decimals < 0 ? "" : ".", decimals < 0 ? 0 : decimals,
                         digits + n % 4);
            }
    fputs("firm,year,y,x\n", file);
    for (int i = 0; i < n; i++)
        fprintf(file, "f%03d,2000,%s,%s%s", i, number[i], number[(i + 7) % n], i % 3 ? "\n" : "\r\n");
    fclose(file);
    check(request, true);
    struct uf_panel *panel = read_quickly(request);
    assert_int_equal(panel->n_rows, n);
    for (int i = 0; i < n; i++) {
        assert_true(panel->columns[0].value[i] == strtod(number[i], NULL));
        assert_true(panel->columns[1].value[i] == strtod(number[(i + 7) % n], NULL));
    }
    uf_panel_free(panel);
}

/* Codes of 1 to 20 bytes, of which many begin alike, and the same ones again. */
static void codes_of_every_length(void **state)
{
    (void)state;
    static const char letters[] = "SE0123456789abcdefghij";
    FILE *file = fopen(path, "wb");
    fputs(header, file);
    for (int round = 0; round < 3; round++)
        for (int length = 1; length <= 20; length++)
            for (int last = 0; last < 40; last++)
                fprintf(file, "t,%.*s-%d%c,%d,%.*s,2001,%d,1,1,0\n", length, letters, last, 'A' + last % 3,
                        2000 + round, length, letters, last);
    fclose(file);
    check(by_cohort, true);
    write_file("firm,year,y,region\na,2000,1.5,A,B\n"); /* the last field of two, where one should be */
    static const struct uf_file_panel_request request = {
        .unit = "firm", .period = "year", .outcome = "y", .clusters = clusters, .n_clusters = 1};
    check(request, false);
    write_file("firm,year,y,region\na,2000,1.5,A\nb,2000,1.5\nb,2001,1.5,A\n");
    check(request, false);
}

/* The first lines are long: there are more rows than they let expect. */
static void lines_that_get_shorter(void **state)
{
    (void)state;
    enum { LONG = 200, SHORT = 300001 };
    FILE *file = fopen(path, "wb");
    fputs(header, file);
    for (int i = 0; i < LONG + SHORT; i++)
        fprintf(file, "%0*d,f%d,%d,r,0,%d.25,%d,%d.5,0\n", i < LONG ? 1000 : 1, 0, i / 3, 2000 + i % 3, i,
                i % 9, i);
    fclose(file);
    struct uf_panel *panel = read_quickly(by_cohort);
    assert_int_equal(panel->n_rows, LONG + SHORT);
    for (int i = 0; i < LONG + SHORT; i += 3) {
        char code[20];
        snprintf(code, sizeof code, "f%d", i / 3);
        const size_t row = uf_dictionary_find(&panel->units, code) * 3;
        for (int t = 0; t < 3 && i + t < LONG + SHORT; t++) {
            assert_true(panel->columns[0].value[row + (size_t)t] == i + t + 0.25);
            assert_true(panel->columns[1].value[row + (size_t)t] == (i + t) % 9);
            assert_true(panel->columns[2].value[row + (size_t)t] == i + t + 0.5);
        }
    }
    uf_panel_free(panel);
}

/* Small files put together at random from fields good and bad: what the quick way takes, the careful way takes too, and
 * reads the same. */
static void random_files(void **state)
{
    (void)state;
    static const char *const codes[] = {
        "a",  "b1",       "FI-1B1",   "abcdefgh", "abcdefghi", "abcdefghijklmnopq",
        "A",  "\"a\"",    "\"b 1\"",  " a",       "b ",        "b 1",
        "",   "0",        "1",        "01",       "a\"b",      "a;b",
        "a.", "x\ty",     "\xC3\xA5", "a'b",      "=\"01\"",   "-",
        "NA", "abcdefgA", "abcdefg"};
    static const char *const years[] = {"2000", "2001", "2002", "2003", "\"2001\"", "2001M1", "", "x"};
    static const char *const numbers[] = {
        "1.5", "-2.25", "0",         "12345678",   "1234567", "123456.7", "1.234", "0.123",
        "-0",  "+1",    ".5",        "5.",         "-",       "",         "1e3",   "1E-2",
        "NA",  "..",    "1,5",       "\"1.5\"",    "\"1,5\"", "1 234.5",  "0x10",  "1.5.",
        "--1", "1e",    "1.2345678", "99999999.5", "nan",     "inf",      "1;2",   "0.00000001"};
    size_t taken = 0;
    for (unsigned which = 0; which < 1000; which++) {
        struct uf_random random;
        uf_random_init(&random, 20261122, UF_PURPOSE_SIMULATION, which);
#define NEXT(n) uf_random_below(&random, n)
/* mostly one of the first `good` */
#define PICK(list, good) list[NEXT(40) ? NEXT(good) : NEXT(sizeof list / sizeof *list)]
        char text[8000];
        const char delimiter = which % 5 ? ',' : '\t', *end = NEXT(3) ? "\n" : "\r\n";
        size_t n = (size_t)sprintf(text, "firm%cyear%cregion%cfirst%cy%cx%cz%s", delimiter, delimiter,
                                   delimiter, delimiter, delimiter, delimiter, end);
        const size_t rows = 1 + NEXT(12);
        for (size_t i = 0; i < rows; i++) {
            const char *fields[] = {PICK(codes, 7),   PICK(years, 4),   PICK(codes, 7),  "",
                                    PICK(numbers, 9), PICK(numbers, 9), PICK(numbers, 9)};
            /* mostly a key that no other row has */
            char firm[20];
            snprintf(firm, sizeof firm, "f%d", (int)i);
            if (NEXT(10)) fields[0] = firm;
            if (!NEXT(20)) fields[3] = PICK(years, 4);
            const size_t fewer = NEXT(100) == 0, more = NEXT(100) == 0;
            for (size_t c = 0; c < 7 - fewer; c++)
                n += (size_t)sprintf(text + n, "%s%.*s", fields[c], c + 1 < 7 - fewer, &delimiter);
            if (more) n += (size_t)sprintf(text + n, "%c9", delimiter);
            if (i + 1 < rows || NEXT(2)) n += (size_t)sprintf(text + n, "%s", NEXT(60) ? end : "\r");
            if (!NEXT(30)) n += (size_t)sprintf(text + n, "%s", end);
        }
#undef PICK
#undef NEXT
        write_file(text);
        taken += agree(by_cohort);
    }
    assert_in_range(taken, 100, 900);
}

int main(void)
{
    int descriptor = mkstemp(path);
    if (descriptor >= 0) close(descriptor);
    const struct CMUnitTest tests[] = {cmocka_unit_test(plain_files),
                                       cmocka_unit_test(tabs_and_sectors),
                                       cmocka_unit_test(odd_files),
                                       cmocka_unit_test(several_rows),
                                       cmocka_unit_test(many_parts),
                                       cmocka_unit_test(numbers_of_every_length),
                                       cmocka_unit_test(codes_of_every_length),
                                       cmocka_unit_test(lines_that_get_shorter),
                                       cmocka_unit_test(random_files)};
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    unlink(path);
    return failed;
}
