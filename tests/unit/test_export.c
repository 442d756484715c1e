// SPDX-License-Identifier: GPL-3.0-or-later
/* Exports: what stands in the files, what is chosen, what is refused. */
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utfall/export.h>
#include <utfall/file.h>
#include <utfall/import.h>

#include "export/csv_text.h"
#include "export/terms.h"
#include "support/store_fixture.h"
#include "support/test.h"

static struct uf_error error;

static const char *folder_named(const char *name)
{
    static char path[600];
    snprintf(path, sizeof path, "%s/%s", scratch_directory(), name);
    return path;
}

/* Not inlined: there the compiler takes what is read for the variable that points to it. */
__attribute__((noinline)) static char *read_in(const char *folder, const char *name)
{
    char *path = uf_path_join(folder, name), *bytes = NULL;
    size_t length = 0;
    assert_ok(uf_file_read(path, 0, &bytes, &length, &error), &error);
    free(path);
    return bytes;
}

static void put(struct uf_store *store, int64_t batch, const char *region, const char *sector,
                const char *breakdown, uf_period period, double value, uf_value_status status)
{
    const struct uf_observation observation = {"jobs", region, sector, breakdown, period, value, status};
    assert_ok(uf_store_put_observation(store, batch, &observation, NULL, &error), &error);
}

static struct uf_store *small_store(void)
{
    struct uf_store *store = store_with_regions(":memory:");
    const struct uf_indicator jobs = {.code = "jobs",
                                      .name_sv = "Jobb",
                                      .name_en = "Jobs",
                                      .unit_sv = "=personer",
                                      .unit_en = "persons",
                                      .source = "SCB",
                                      .licence = "CC0 1.0, https://example.org/cc0"};
    int64_t batch = 0;
    assert_ok(uf_store_begin(store, &error), &error);
    assert_ok(uf_store_put_indicator(store, &jobs, &error), &error);
    assert_ok(uf_store_batch_begin(store, "f.csv", "csv-long", "x", &batch, &error), &error);
    assert_ok(uf_store_batch_note(store, batch, "", "Skyddade tal.", &error), &error);
    put(store, batch, "0180", "C", "sex=1", 2018000, 1.5, UF_VALUE_OBSERVED);
    put(store, batch, "0180", "C", "sex=2", 2018000, -2e-7, UF_VALUE_PROVISIONAL | UF_VALUE_BREAK);
    put(store, batch, "2080", NULL, NULL, 2018000, 0, UF_VALUE_TRUE_ZERO);
    put(store, batch, "SE312", "C", NULL, 2019202, (double)NAN, UF_VALUE_CONFIDENTIAL);
    assert_ok(uf_store_put_code_label(store, "sex", "1", "m\xC3\xA4n", &error), &error);
    assert_ok(uf_store_commit(store, &error), &error);
    return store;
}

static void expect_file(enum uf_export_format format, const char *expected)
{
    const char *folder = folder_named(uf_export_format_name(format));
    struct uf_store *store = small_store();
    struct uf_export_summary summary;
    const struct uf_export_request request = {.folder = folder, .format = format};
    assert_ok(uf_export(store, &request, &summary, &error), &error);
    assert_int_equal(summary.observations, 4);
    assert_int_equal(summary.missing, 1);
    assert_int_equal(summary.indicators, 1);
    assert_int_equal(summary.files, 2);
    char *text = read_in(folder, "observations.csv");
    assert_string_equal(text, expected);
    free(text);
    uf_store_close(store);
}

static void test_tidy(void **unused)
{
    (void)unused;
    expect_file(UF_EXPORT_CSV, "indicator,region,region_name,sector,sex,period,value,status,unit\n"
                               "jobs,0180,Stockholm,C,1,2018,1.5,observed,persons\n"
                               "jobs,0180,Stockholm,C,2,2018,-2e-07,provisional+break,persons\n"
                               "jobs,2080,Falun,,,2018,0,true-zero,persons\n"
                               "jobs,SE312,Dalarna county,C,,2019Q2,,confidential,persons\n");
}

/* Swedish order of names (Dalarnas, Falun, Stockholm); the unit would be a formula; a code without a label that is a
 * number is guarded. */
static void test_excel(void **unused)
{
    (void)unused;
    expect_file(
        UF_EXPORT_CSV_EXCEL,
        "\xEF\xBB\xBFIndikator;Indikatornamn;Region;Regionnamn;Bransch;sex;Period;V\xC3\xA4rde;Status;"
        "Anm\xC3\xA4rkning;Enhet\r\n"
        "jobs;Jobb;SE312 Dalarnas l\xC3\xA4n;Dalarnas l\xC3\xA4n;C "
        "Tillverkning;;2019Q2;;confidential;sekretess;"
        "'=personer\r\n"
        "jobs;Jobb;2080 Falun;Falun;;;2018;0;true-zero;verklig nolla;'=personer\r\n"
        "jobs;Jobb;0180 Stockholm;Stockholm;C Tillverkning;1 m\xC3\xA4n;2018;1,5;observed;;'=personer\r\n"
        "jobs;Jobb;0180 Stockholm;Stockholm;C Tillverkning;\"=\"\"2\"\"\";2018;-2e-07;provisional+break;"
        "tidsseriebrott, prelimin\xC3\xA4r;'=personer\r\n");
}

static void test_sdmx(void **unused)
{
    (void)unused;
    expect_file(UF_EXPORT_SDMX_CSV,
                "DATAFLOW,FREQ,INDICATOR,NACE_R2,sex,GEO,TIME_PERIOD,OBS_VALUE,OBS_FLAG,CONF_STATUS,STATUS_"
                "DETAIL,UNIT\n"
                "UTFALL:OBSERVATIONS(1.0),A,jobs,C,1,0180,2018,1.5,,,observed,persons\n"
                "UTFALL:OBSERVATIONS(1.0),A,jobs,C,2,0180,2018,-2e-07,bp,,provisional+break,persons\n"
                "UTFALL:OBSERVATIONS(1.0),A,jobs,,,2080,2018,0,,,true-zero,persons\n"
                "UTFALL:OBSERVATIONS(1.0),Q,jobs,C,,SE312,2019-Q2,,c,C,confidential,persons\n");
}

/* The Excel file is also what an ordinary import reads, with nothing but the indicator's name. */
static void test_excel_alone(void **unused)
{
    (void)unused;
    static const char TEXT[] =
        "\xEF\xBB\xBFIndikator;Region;Bransch;sex;Period;V\xC3\xA4rde;Status\r\n"
        "jobs;0180 Stockholm;C Tillverkning;\"=\"\"1\"\"\";2018;1,5;observed\r\n"
        "jobs;0180 Stockholm;C Tillverkning;\"=\"\"2\"\"\";2018;-2,5;provisional+break\r\n"
        "jobs;SE312 Dalarnas l\xC3\xA4n;C Tillverkning;\"=\"\"1\"\"\";2018;;undefined\r\n";
    struct uf_store *store = store_with_regions(":memory:");
    struct uf_import_summary summary;
    assert_ok(import_text(store, TEXT, NULL, &summary, &error), &error);
    assert_int_equal(summary.imported, 3);
    uf_import_summary_clear(&summary);
    expect_text(store, "SELECT breakdown FROM observations WHERE region = '0180' AND value = -2.5", "sex=2");
    assert_int_equal((int)query_number(store, "SELECT status FROM observations WHERE region = 'SE312'"),
                     UF_VALUE_UNDEFINED);
    uf_store_close(store);
}

static void expect_field(const char *text, enum export_guard guard, const char *expected)
{
    struct uf_buffer out;
    uf_buffer_init(&out);
    export_csv_field(&out, text, ';', guard);
    assert_string_equal(out.data ? out.data : "", expected);
    uf_buffer_clear(&out);
}

static void test_guards(void **unused)
{
    (void)unused;
    static const char *const CHANGED[] = {"01",   "0180",  "1E5",   "1e5",  "10-12",  "1/2",  "1 1/2",
                                          "5 PM", "1 maj", "maj 1", "MAR1", "SEP-05", "TRUE", "sant",
                                          "=x",   "+1",    "-A",    "@x",   "1.5",    "1,5",  "12:30",
                                          " 12",  "3 jan", "1 000", "2080"};
    static const char *const KEPT[] = {"SE312",
                                       "C",
                                       "B-E",
                                       "M_N",
                                       "Y16-24",
                                       "01 Stockholms l\xC3\xA4n",
                                       "16-24 \xC3\xA5r",
                                       "25 Metallvaror",
                                       "TOTAL",
                                       "Mariestad",
                                       "01 \xC3\x96vrigt"};
    for (size_t i = 0; i < sizeof CHANGED / sizeof *CHANGED; i++) {
        struct uf_buffer out;
        uf_buffer_init(&out);
        export_csv_field(&out, CHANGED[i], ';', EXPORT_CODE);
        if (strncmp(out.data, "\"=\"\"", 4)) fail_msg("'%s' is written %s", CHANGED[i], out.data);
        uf_buffer_clear(&out);
    }
    for (size_t i = 0; i < sizeof KEPT / sizeof *KEPT; i++) expect_field(KEPT[i], EXPORT_CODE, KEPT[i]);
    expect_field("=cmd|' /C calc'!A0", EXPORT_WORDS, "'=cmd|' /C calc'!A0");
    expect_field("  =1", EXPORT_WORDS, "'  =1");
    expect_field("\t=1;", EXPORT_WORDS, "\"'\t=1;\"");
    expect_field("a \"b\"", EXPORT_PLAIN, "\"a \"\"b\"\"\"");
    expect_field(" a", EXPORT_PLAIN, "\" a\"");
    expect_field("=\"1\"", EXPORT_PLAIN, "\"=\"\"=\"\"\"\"1\"\"\"\"\"\"\"");
    expect_field("=1", EXPORT_PLAIN, "=1");
}

static void test_terms(void **unused)
{
    (void)unused;
    static const struct {
        uf_period period;
        const char *frequency, *time;
    } CASES[] = {{2018000, "A", "2018"},
                 {2018101, "S", "2018-S1"},
                 {2018204, "Q", "2018-Q4"},
                 {2018301, "M", "2018-01"},
                 {2018405, "W", "2018-W05"},
                 {2015503, "A3", "2015-01-01/P3Y"},
                 {2015512, "A12", "2015-01-01/P12Y"}};
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct uf_buffer out;
        uf_period back = 0;
        uf_buffer_init(&out);
        export_append_sdmx_period(&out, CASES[i].period);
        assert_string_equal(out.data, CASES[i].time);
        assert_true(uf_period_parse(out.data, out.length, &back));
        assert_int_equal(back, CASES[i].period);
        out.length = 0;
        export_append_frequency(&out, CASES[i].period);
        assert_string_equal(out.data, CASES[i].frequency);
        uf_buffer_clear(&out);
    }
}

static void test_descriptor(void **unused)
{
    (void)unused;
    const char *folder = folder_named("described");
    struct uf_store *store = small_store();
    assert_ok(uf_export(store, &(struct uf_export_request){.folder = folder}, NULL, &error), &error);
    uf_store_close(store);
    char *text = read_in(folder, "datapackage.json"), *csv = read_in(folder, "observations.csv");
    json_t *package = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    char hash[UF_SHA256_SIZE], expected[UF_SHA256_SIZE + 8];
    uf_sha256(csv, strlen(csv), hash);
    snprintf(expected, sizeof expected, "sha256:%s", hash);
    const json_t *resource = json_array_get(json_object_get(package, "resources"), 0);
    assert_string_equal(json_string_value(json_object_get(resource, "hash")), expected);
    assert_int_equal(json_integer_value(json_object_get(resource, "bytes")), strlen(csv));
    const json_t *fields = json_object_get(json_object_get(resource, "schema"), "fields");
    assert_int_equal(json_array_size(fields), 9);
    assert_string_equal(json_string_value(json_object_get(json_array_get(fields, 4), "dimension")), "sex");
    const json_t *licence = json_array_get(json_object_get(package, "licenses"), 0);
    assert_string_equal(json_string_value(json_object_get(licence, "path")), "https://example.org/cc0");
    assert_non_null(strstr(text, "Skyddade tal."));
    assert_non_null(strstr(text, "m\xC3\xA4n"));
    json_decref(package);
    free(text);
    free(csv);
}

/* --- choices ----------------------------------------------------------------------------------- */

static size_t exported(struct uf_store *store, struct uf_export_request request)
{
    struct uf_export_summary summary = {0};
    request.folder = folder_named("chosen");
    uf_status status = uf_export(store, &request, &summary, &error);
    assert_ok(uf_directory_remove(request.folder, NULL), &error);
    return status == UF_OK ? summary.observations : (size_t)-1;
}

static void test_choices(void **unused)
{
    (void)unused;
    static const char *const DALARNA[] = {"20"}, *const TWO[] = {"0180", "SE312"}, *const JOBS[] = {"jobs"},
                             *const JOB[] = {"job"}, *const FALUN[] = {"2081"};
    struct uf_store *store = small_store();
    assert_int_equal(exported(store, (struct uf_export_request){.n_indicators = 1, .indicators = JOBS}), 4);
    assert_int_equal(exported(store, (struct uf_export_request){.level = "county"}), 1);
    assert_int_equal(exported(store, (struct uf_export_request){.level = "municipality"}), 3);
    assert_int_equal(exported(store, (struct uf_export_request){.regions = DALARNA, .n_regions = 1}), 1);
    assert_int_equal(exported(store, (struct uf_export_request){.regions = TWO, .n_regions = 2}), 3);
    assert_int_equal(
        exported(store, (struct uf_export_request){.regions = TWO, .n_regions = 2, .level = "county"}), 1);
    assert_int_equal(exported(store, (struct uf_export_request){.to = 2018000}), 3);
    assert_int_equal(exported(store, (struct uf_export_request){.from = 2019000}), 1);
    assert_int_equal(exported(store, (struct uf_export_request){.from = 2019201, .to = 2019304}), (size_t)-1);
    assert_non_null(strstr(error.message, "no observation is left"));
    assert_int_equal(exported(store, (struct uf_export_request){.from = 2019201, .to = 2019306}), 1);
    assert_int_equal(exported(store, (struct uf_export_request){.n_indicators = 1, .indicators = JOB}),
                     (size_t)-1);
    expect_error(&error, UF_BAD_INPUT, 0, 0, "did you mean 'jobs'?");
    assert_int_equal(exported(store, (struct uf_export_request){.n_regions = 1, .regions = FALUN}),
                     (size_t)-1);
    expect_error(&error, UF_BAD_INPUT, 0, 0, "2081");
    assert_int_equal(exported(store, (struct uf_export_request){.level = "countys"}), (size_t)-1);
    expect_error(&error, UF_BAD_INPUT, 0, 0, "countys");
    uf_store_close(store);
    store = store_with_regions(":memory:");
    assert_int_equal(exported(store, (struct uf_export_request){0}), (size_t)-1);
    expect_error(&error, UF_BAD_INPUT, 0, 0, "import something first");
    uf_store_close(store);
}

/* --- the place --------------------------------------------------------------------------------- */

static int stop(void *user, double share)
{
    (void)share;
    return ++*(int *)user >= 2;
}

static void test_place(void **unused)
{
    (void)unused;
    struct uf_store *store = small_store();
    const char *folder = folder_named("place");
    struct uf_export_request request = {.folder = folder};
    assert_ok(uf_export(store, &request, NULL, &error), &error);
    assert_int_equal(uf_export(store, &request, NULL, &error), UF_BAD_USAGE);
    assert_non_null(strstr(error.message, "--replace"));
    request.replace = true;
    request.format = UF_EXPORT_JSON_STAT;
    assert_ok(uf_export(store, &request, NULL, &error), &error);
    char *gone = uf_path_join(folder, "observations.csv");
    assert_false(uf_file_exists(gone)); /* the whole folder was replaced */
    free(gone);
    int calls = 0;
    request.progress = stop;
    request.user = &calls;
    assert_int_equal(uf_export(store, &request, NULL, &error), UF_INTERRUPTED);
    char *kept = uf_path_join(folder, "jobs.json");
    assert_true(uf_file_exists(kept));
    free(kept);
    assert_ok(uf_directory_make(folder_named("thesis"), &error), &error);
    assert_ok(uf_file_write(folder_named("thesis/text.txt"), "x", 1, &error), &error);
    request = (struct uf_export_request){.folder = folder_named("thesis"), .replace = true};
    assert_int_equal(uf_export(store, &request, NULL, &error), UF_BAD_USAGE);
    assert_true(uf_file_exists(folder_named("thesis/text.txt")));
    request.folder = folder_named("thesis/text.txt");
    assert_int_equal(uf_export(store, &request, NULL, &error), UF_BAD_USAGE);
    uf_store_close(store);
}

/* --- reading back what was spoilt -------------------------------------------------------------- */

static void spoil(const char *name, const char *bytes)
{
    char path[700];
    snprintf(path, sizeof path, "%s/%s", folder_named("spoilt"), name);
    assert_ok(uf_file_write(path, bytes, strlen(bytes), &error), &error);
}

static void expect_refused(uf_status status, const char *words)
{
    struct uf_store *store = store_with_regions(":memory:");
    struct uf_import_summary summary;
    const struct uf_import_request request = {.path = folder_named("spoilt")};
    assert_int_equal(uf_import_package(store, &request, &summary, &error), status);
    if (!strstr(error.message, words)) fail_msg("no '%s' in: %s", words, error.message);
    assert_int_equal((int)query_number(store, "SELECT count(*) FROM indicator"), 0); /* nothing of it stays */
    uf_store_close(store);
}

static void test_spoilt(void **unused)
{
    (void)unused;
    struct uf_store *store = small_store();
    const struct uf_export_request request = {.folder = folder_named("spoilt"), .replace = true};
    assert_ok(uf_export(store, &request, NULL, &error), &error);
    uf_store_close(store);
    char *csv = read_in(folder_named("spoilt"), "observations.csv"),
         *package = read_in(folder_named("spoilt"), "datapackage.json");
    strstr(csv, "1.5")[0] = '7';
    spoil("observations.csv", csv);
    expect_refused(UF_BAD_INPUT, "its hash differs");
    char *path = strstr(package, "\"observations.csv\"");
    memcpy(path, "\"../../etc/passwd\"", strlen("\"../../etc/passwd\""));
    spoil("datapackage.json", package);
    expect_refused(UF_BAD_INPUT, "a name beside the descriptor");
    memcpy(path, "\"observations.xls\"", strlen("\"observations.xls\""));
    spoil("datapackage.json", package);
    expect_refused(UF_IO_FAILED, "No such file");
    spoil("datapackage.json", "{\"resources\": []}");
    expect_refused(UF_BAD_INPUT, "not of an export of Utfall");
    spoil("datapackage.json", "{\"utfall\": {\"version\": 1}, \"resources\": []}");
    expect_refused(UF_BAD_INPUT, "no file of observations");
    spoil("datapackage.json", "{\"utfall\": {\"version\": 9}, \"resources\": []}");
    expect_refused(UF_BAD_INPUT, "newer");
    spoil("datapackage.json", "{\n \"utfall\": \n");
    expect_refused(UF_BAD_INPUT, "not JSON");
    free(csv);
    free(package);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tidy),        cmocka_unit_test(test_excel),   cmocka_unit_test(test_sdmx),
        cmocka_unit_test(test_excel_alone), cmocka_unit_test(test_guards),  cmocka_unit_test(test_terms),
        cmocka_unit_test(test_descriptor),  cmocka_unit_test(test_choices), cmocka_unit_test(test_place),
        cmocka_unit_test(test_spoilt),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
