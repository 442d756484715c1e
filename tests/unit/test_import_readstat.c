// SPDX-License-Identifier: GPL-3.0-or-later
/* Files of Stata, SPSS and SAS, written here with ReadStat's own writer. */
#include <math.h>
#include <readstat.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/file.h>

#include "import/readstat_values.h"
#include "support/store_fixture.h"
#include "support/test.h"
#include "support/workbook.h"

/* --- writing ----------------------------------------------------------------------------------- */

static ssize_t append(const void *bytes, size_t length, void *user)
{
    uf_buffer_append_bytes(user, bytes, length);
    return (ssize_t)length;
}

enum { MOST_VARIABLES = 8 };
struct file {
    enum uf_program program;
    readstat_writer_t *writer;
    readstat_variable_t *variables[MOST_VARIABLES];
    size_t n;
    struct uf_buffer bytes;
};

static struct file begin(enum uf_program program)
{
    struct file file = {.program = program, .writer = readstat_writer_init()};
    readstat_set_data_writer(file.writer, append);
    readstat_writer_set_file_timestamp(file.writer, 1000000000);
    return file;
}

static readstat_variable_t *add(struct file *file, const char *name, readstat_type_t type, const char *format)
{
    readstat_variable_t *variable = readstat_add_variable(file->writer, name, type, 24);
    if (format) readstat_variable_set_format(variable, format);
    file->variables[file->n++] = variable;
    return variable;
}

static void begin_rows(struct file *file, long rows)
{
    typedef readstat_error_t begin_function(readstat_writer_t *, void *, long);
    static begin_function *const BEGIN[] = {readstat_begin_writing_dta, readstat_begin_writing_sav,
                                            readstat_begin_writing_sas7bdat, readstat_begin_writing_xport};
    assert_int_equal(BEGIN[file->program](file->writer, &file->bytes, rows), READSTAT_OK);
}

/* A text `.a` is a tagged missing value, `.` a plain one; others are texts or numbers, by the variable's type. */
static void row(struct file *file, const char *const *values)
{
    assert_int_equal(readstat_begin_row(file->writer), READSTAT_OK);
    for (size_t j = 0; j < file->n; j++) {
        readstat_variable_t *variable = file->variables[j];
        readstat_error_t code;
        if (values[j][0] == '.' && values[j][1])
            code = readstat_insert_tagged_missing_value(file->writer, variable, values[j][1]);
        else if (values[j][0] == '.')
            code = readstat_insert_missing_value(file->writer, variable);
        else if (readstat_variable_get_type(variable) == READSTAT_TYPE_STRING)
            code = readstat_insert_string_value(file->writer, variable, values[j]);
        else if (readstat_variable_get_type(variable) == READSTAT_TYPE_FLOAT)
            code = readstat_insert_float_value(file->writer, variable, strtof(values[j], NULL));
        else if (readstat_variable_get_type(variable) == READSTAT_TYPE_INT8)
            code = readstat_insert_int8_value(file->writer, variable, (int8_t)atoi(values[j]));
        else
            code = readstat_insert_double_value(file->writer, variable, strtod(values[j], NULL));
        assert_int_equal(code, READSTAT_OK);
    }
    assert_int_equal(readstat_end_row(file->writer), READSTAT_OK);
}
#define ROW(file, ...) row(file, (const char *const[]){__VA_ARGS__})

static void end(struct file *file)
{
    assert_int_equal(readstat_end_writing(file->writer), READSTAT_OK);
    readstat_writer_free(file->writer);
}

static char *dump(const struct file *file, const char *value, char **notes, char **facts)
{
    const struct uf_dimension_role role = {UF_ROLE_VALUE, value};
    const struct uf_reader_wishes wishes = {.roles = &role, .n_roles = value ? 1 : 0};
    return dump_bytes("test", file->bytes.data, file->bytes.length, &wishes, notes, facts);
}

static void expect_words(const char *text, const char *words)
{
    if (!strstr(text, words)) fail_msg("'%s' is not among:\n%s", words, text);
}

/* --- tests ------------------------------------------------------------------------------------- */

/* Value labels, tagged missing values, floats, Swedish letters. */
static void stata_with_labels_and_reasons(void **state)
{
    (void)state;
    for (uint8_t version = 114; version <= 119; version++) {
        if (version == 116) continue; /* never was */
        struct file file = begin(UF_PROGRAM_STATA);
        readstat_writer_set_file_format_version(file.writer, version);
        readstat_writer_set_file_label(file.writer, "Sysselsatta");
        readstat_label_set_t *counties = readstat_add_label_set(file.writer, READSTAT_TYPE_INT8, "lanlbl"),
                             *reasons = readstat_add_label_set(file.writer, READSTAT_TYPE_DOUBLE, "skal");
        readstat_label_int32_value(counties, 1, "01 Stockholms");
        readstat_label_int32_value(counties, 20, "20 Dalarnas");
        readstat_label_tagged_value(reasons, 'a', "Sekretess");
        readstat_variable_t *county = add(&file, "lan", READSTAT_TYPE_INT8, NULL);
        readstat_variable_set_label_set(county, counties);
        readstat_variable_set_label(county, "County of work");
        add(&file, "ar", READSTAT_TYPE_DOUBLE, NULL);
        add(&file, "kon", READSTAT_TYPE_STRING, NULL);
        readstat_variable_t *count = add(&file, "antal", READSTAT_TYPE_FLOAT, NULL);
        readstat_variable_set_label_set(count, reasons);
        readstat_variable_set_label(count, "Employed persons");
        begin_rows(&file, 3);
        ROW(&file, "1", "2018", "man", "0.1");
        ROW(&file, "20", "2018", version >= 118 ? "kvinnor \xC3\xA5\xC3\xA4\xC3\xB6" : "kvinnor", ".a");
        ROW(&file, "20", "2019", "man", ".");
        end(&file);
        char *notes, *facts, *text = dump(&file, NULL, &notes, &facts);
        char expected[512];
        snprintf(expected, sizeof expected,
                 "01|2018|man=0.1 @observation 1, variable antal\n"
                 "20|2018|kvinnor%s=?not-available @observation 2, variable antal\n"
                 "20|2019|man=?not-available @observation 3, variable antal\n",
                 version >= 118 ? " \xC3\xA5\xC3\xA4\xC3\xB6" : "");
        assert_string_equal(text, expected);
        expect_words(notes, "1 value of antal is missing as .a (Sekretess)\n");
        expect_words(facts, "Sysselsatta\n");
        expect_words(facts, "content Employed persons\n");
        expect_words(facts, "lan:County of work 01=01 Stockholms 20=20 Dalarnas\n");
        free(text), free(notes), free(facts);
        uf_buffer_clear(&file.bytes);
    }
}

static void old_stata_is_in_windows_1252(void **state)
{
    (void)state;
    struct file file = begin(UF_PROGRAM_STATA);
    readstat_writer_set_file_format_version(file.writer, 114);
    add(&file, "lan", READSTAT_TYPE_STRING, NULL);
    add(&file, "antal", READSTAT_TYPE_DOUBLE, NULL);
    begin_rows(&file, 1);
    ROW(&file, "G\xE4vleborg", "5");
    end(&file);
    char *text = dump(&file, NULL, NULL, NULL);
    assert_string_equal(text, "G\xC3\xA4vleborg=5 @observation 1, variable antal\n");
    free(text);
    uf_buffer_clear(&file.bytes);
}

/* A number that is shown as a date is the period that it shows. */
static void dates_of_each_program(void **state)
{
    (void)state;
    static const struct {
        enum uf_program program;
        const char *format, *number, *expected;
    } CASES[] = {{UF_PROGRAM_STATA, "%ty", "2018", "2018"},
                 {UF_PROGRAM_STATA, "%tq", "233", "2018Q2"},
                 {UF_PROGRAM_STATA, "%tm", "-1", "1959-12"},
                 {UF_PROGRAM_STATA, "%th", "117", "2018H2"},
                 {UF_PROGRAM_STATA, "%tw", "3016", "2018W01"},
                 {UF_PROGRAM_STATA, "%td", "21185", "2018"},
                 {UF_PROGRAM_STATA, "%-tdCY-N-D", "21216", "2018-02"},
                 {UF_PROGRAM_STATA, "%d", "21186", "2018-01-02"},
                 {UF_PROGRAM_STATA, "%tc", "1830470400000", "2018-01-02"},
                 {UF_PROGRAM_STATA, "%tc", "1830470461000", "2018-01-02T00:01:01"},
                 {UF_PROGRAM_STATA, "%04.0f", "114", "0114"},
                 {UF_PROGRAM_STATA, "%9.0g", "2018", "2018"},
                 {UF_PROGRAM_SPSS, "DATE11", "13734144000", "2018"},
                 {UF_PROGRAM_SPSS, "MOYR8", "13736822400", "2018-02"},
                 {UF_PROGRAM_SPSS, "QYR8", "13741920000", "2018Q2"},
                 {UF_PROGRAM_SPSS, "DATETIME20", "13734144061", "2018-01-01T00:01:01"},
                 {UF_PROGRAM_SPSS, "N4", "114", "0114"},
                 {UF_PROGRAM_SPSS, "F8.2", "114", "114"},
                 {UF_PROGRAM_SAS, "YYMMDD10.", "21186", "2018-01-02"},
                 {UF_PROGRAM_SAS, "MONYY7.", "21216", "2018-02"},
                 {UF_PROGRAM_SAS, "YYQ6.", "21300", "2018Q2"},
                 {UF_PROGRAM_SAS, "YEAR4.", "21300", "2018"},
                 {UF_PROGRAM_SAS, "E8601DA.", "21186", "2018-01-02"},
                 {UF_PROGRAM_SAS, "DATETIME20.", "1830384000", "2018"},
                 {UF_PROGRAM_SAS, "Z4.", "114", "0114"},
                 {UF_PROGRAM_SAS, "BEST12.", "0.5", "0.5"}};
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct uf_shown shown = uf_shown_as(CASES[i].program, CASES[i].format);
        struct uf_date_grain grain = {0};
        double number = strtod(CASES[i].number, NULL);
        int64_t day;
        char text[64];
        if (uf_shown_is_date(&shown) && uf_shown_day(&shown, number, &day))
            uf_date_grain_observe(&grain, day);
        uf_shown_print(&shown, number, false, &grain, text);
        if (strcmp(text, CASES[i].expected))
            fail_msg("%s of %s: %s, not %s", CASES[i].number, CASES[i].format, text, CASES[i].expected);
    }
    /* what is no date is shown as the number that it is */
    struct uf_shown shown = uf_shown_as(UF_PROGRAM_SAS, "DATE9.");
    char text[64];
    uf_shown_print(&shown, 1e300, false, &(struct uf_date_grain){0}, text);
    assert_string_equal(text, "1e+300");
}

static void floats_are_as_short_as_they_were_typed(void **state)
{
    (void)state;
    static const char *const NUMBERS[] = {"0.1",      "6.7",       "1234.56", "-0.001",
                                          "16777216", "3.1415927", "0",       "1e-20"};
    const struct uf_shown shown = uf_shown_as(UF_PROGRAM_STATA, "%9.0g");
    for (size_t i = 0; i < sizeof NUMBERS / sizeof *NUMBERS; i++) {
        char text[64];
        float number = strtof(NUMBERS[i], NULL);
        uf_shown_print(&shown, (double)number, true, &(struct uf_date_grain){0}, text);
        assert_true(strtof(text, NULL) >= number && strtof(text, NULL) <= number);
        if (i < 7) assert_string_equal(text, NUMBERS[i]);
    }
}

static void spss_user_missing_values_are_reasons(void **state)
{
    (void)state;
    static const readstat_compress_t PACKED[] = {READSTAT_COMPRESS_NONE, READSTAT_COMPRESS_ROWS,
                                                 READSTAT_COMPRESS_BINARY};
    for (size_t i = 0; i < 3; i++) {
        struct file file = begin(UF_PROGRAM_SPSS);
        readstat_writer_set_compression(file.writer, PACKED[i]);
        readstat_label_set_t *labels = readstat_add_label_set(file.writer, READSTAT_TYPE_DOUBLE, "svar");
        readstat_label_double_value(labels, -9, "Uppgift saknas \xC3\xA5");
        add(&file, "kommun", READSTAT_TYPE_DOUBLE, "N4");
        add(&file, "period", READSTAT_TYPE_DOUBLE, "MOYR8");
        readstat_variable_t *value = add(&file, "andel", READSTAT_TYPE_DOUBLE, NULL);
        readstat_variable_set_label_set(value, labels);
        readstat_variable_add_missing_double_value(value, -9);
        begin_rows(&file, 2);
        ROW(&file, "114", "13736822400", "0.30000000000000004");
        ROW(&file, "2080", "13736822400", "-9");
        end(&file);
        char *notes, *facts, *text = dump(&file, NULL, &notes, &facts);
        assert_string_equal(text, "0114|2018-02=0.30000000000000004 @observation 1, variable andel\n"
                                  "2080|2018-02=?not-available @observation 2, variable andel\n");
        expect_words(notes, "1 value of andel is missing as -9 (Uppgift saknas \xC3\xA5)\n");
        expect_words(facts, "period period:");
        free(text), free(notes), free(facts);
        uf_buffer_clear(&file.bytes);
    }
}

static void sas_files_are_read(void **state)
{
    (void)state;
    for (int wide = 0; wide < 2; wide++) {
        struct file file = begin(UF_PROGRAM_SAS);
        readstat_writer_set_file_format_is_64bit(file.writer, wide);
        readstat_variable_t *county = add(&file, "lan", READSTAT_TYPE_STRING, NULL);
        readstat_variable_set_label(county, "L\xC3\xA4n");
        add(&file, "dag", READSTAT_TYPE_DOUBLE, "DATE9.");
        add(&file, "antal", READSTAT_TYPE_DOUBLE, NULL);
        begin_rows(&file, 3);
        ROW(&file, "01", "21185", "5.5");
        ROW(&file, "J\xC3\xA4mtland", "21550", ".");
        ROW(&file, "20", "21550", ".B");
        end(&file);
        char *notes, *facts, *text = dump(&file, NULL, &notes, &facts);
        assert_string_equal(text, "01|2018=5.5 @observation 1, variable antal\n"
                                  "J\xC3\xA4mtland|2019=?not-available @observation 2, variable antal\n"
                                  "20|2019=?not-available @observation 3, variable antal\n");
        expect_words(notes, "1 value of antal is missing as .B\n");
        expect_words(facts, "lan:L\xC3\xA4n\n");
        free(text), free(notes), free(facts);
        uf_buffer_clear(&file.bytes);
    }
}

static void sas_transport_files_are_read(void **state)
{
    (void)state;
    for (uint8_t version = 5; version <= 8; version += 3) {
        struct file file = begin(UF_PROGRAM_SAS_TRANSPORT);
        readstat_writer_set_file_format_version(file.writer, version);
        readstat_writer_set_table_name(file.writer, "LAN");
        add(&file, "lan", READSTAT_TYPE_STRING, NULL);
        add(&file, "dag", READSTAT_TYPE_DOUBLE, "DATE9");
        add(&file, "antal", READSTAT_TYPE_DOUBLE, NULL);
        begin_rows(&file, 2);
        ROW(&file, "01", "21185", "5.5");
        ROW(&file, "20", "21550", ".C");
        end(&file);
        char *notes, *text = dump(&file, NULL, &notes, NULL);
        assert_string_equal(text, "01|2018=5.5 @observation 1, variable antal\n"
                                  "20|2019=?not-available @observation 2, variable antal\n");
        expect_words(notes, "1 value of antal is missing as .C\n");
        free(text), free(notes);
        uf_buffer_clear(&file.bytes);
    }
}

static struct file counties_file(void)
{
    struct file file = begin(UF_PROGRAM_STATA);
    add(&file, "lan", READSTAT_TYPE_DOUBLE, NULL);
    add(&file, "year", READSTAT_TYPE_DOUBLE, NULL);
    add(&file, "antal", READSTAT_TYPE_DOUBLE, NULL);
    add(&file, "andel", READSTAT_TYPE_DOUBLE, NULL);
    begin_rows(&file, 3);
    ROW(&file, "20", "2018", "11", "0.5");
    ROW(&file, "20", "2019", "12", "0.25");
    ROW(&file, "1", "2018", "13", "0.125");
    end(&file);
    return file;
}

static void several_measures_are_contents_unless_one_is_chosen(void **state)
{
    (void)state;
    struct file file = counties_file();
    char *text = dump(&file, NULL, NULL, NULL);
    assert_string_equal(text, "20|2018|antal=11 @observation 1, variable antal\n"
                              "20|2018|andel=0.5 @observation 1, variable andel\n"
                              "20|2019|antal=12 @observation 2, variable antal\n"
                              "20|2019|andel=0.25 @observation 2, variable andel\n"
                              "1|2018|antal=13 @observation 3, variable antal\n"
                              "1|2018|andel=0.125 @observation 3, variable andel\n");
    free(text);
    char *notes;
    text = dump(&file, "andel", &notes, NULL);
    expect_words(text, "20|2018|11=0.5 @observation 1, variable andel\n");
    expect_words(notes,
                 "the codes of lan are numbers in this file, so zeros before them are lost (1 may be 01)");
    free(text), free(notes);
    text = dump(&file, "andle", NULL, NULL);
    expect_words(text, "the file has no column 'andle'; did you mean 'andel'?");
    free(text);
    uf_buffer_clear(&file.bytes);
}

static void an_import_names_observation_and_variable(void **state)
{
    (void)state;
    struct uf_store *store = store_with_regions(":memory:");
    struct file file = counties_file();
    struct uf_input *input;
    struct uf_error error;
    struct uf_import_summary summary = {0};
    const struct uf_dimension_role role = {UF_ROLE_VALUE, "andel"};
    struct uf_import_request request = {.indicator = {.code = "x"}, .roles = &role, .n_roles = 1};
    char *path = uf_path_join(scratch_directory(), "counties.dta");
    FILE *out = fopen(path, "wb");
    fwrite(file.bytes.data, 1, file.bytes.length, out);
    fclose(out);
    request.path = path;
    assert_int_equal(uf_import_file(store, &request, &summary, &error), UF_BAD_INPUT);
    expect_error(&error, UF_BAD_INPUT, 3, 1, "observation 3, variable lan: unknown region '1'");
    request.unknown_regions = UF_UNKNOWN_SKIP;
    assert_ok(uf_import_file(store, &request, &summary, &error), &error);
    assert_int_equal(summary.imported, 2);
    assert_string_equal(summary.format, "stata");
    expect_close(query_number(store, "SELECT sum(value) FROM observations"), 0.75, 0, "sum");
    uf_import_summary_clear(&summary);
    /* a text is not taken for one */
    request = (struct uf_import_request){.indicator = {.code = "x"}, .format = "stata", .path = path};
    out = fopen(path, "wb");
    fputs("lan,year,antal\n01,2018,1\n", out);
    fclose(out);
    assert_int_equal(uf_import_file(store, &request, &summary, &error), UF_BAD_INPUT);
    assert_non_null(strstr(error.message, "cannot be of the format stata"));
    (void)input;
    free(path);
    uf_buffer_clear(&file.bytes);
    uf_store_close(store);
}

/* Each file cut at many places: an error with a sentence, or the cells that were whole. */
static void cut_files_are_refused(void **state)
{
    (void)state;
    for (int program = 0; program < 3; program++) {
        struct file file = begin((enum uf_program)program);
        add(&file, "lan", READSTAT_TYPE_STRING, NULL);
        add(&file, "antal", READSTAT_TYPE_DOUBLE, NULL);
        begin_rows(&file, 50);
        for (int i = 0; i < 50; i++) ROW(&file, "01", "5.5");
        end(&file);
        size_t refused = 0, n = 0;
        for (size_t length = 20; length < file.bytes.length; length += 1 + file.bytes.length / 97) {
            char *text = dump_bytes("test", file.bytes.data, length, NULL, NULL, NULL);
            assert_true(strlen(text) > 10);
            refused += strstr(text, "cannot be read") != NULL || strstr(text, "cannot hold") != NULL;
            free(text);
            n++;
        }
        assert_true(refused > n / 2);
        uf_buffer_clear(&file.bytes);
    }
}

static void impossible_sizes_are_refused_at_once(void **state)
{
    (void)state;
    struct file file = begin(UF_PROGRAM_STATA);
    readstat_writer_set_file_format_version(file.writer, 114);
    add(&file, "lan", READSTAT_TYPE_STRING, NULL);
    add(&file, "antal", READSTAT_TYPE_DOUBLE, NULL);
    begin_rows(&file, 1);
    ROW(&file, "01", "5.5");
    end(&file);
    memcpy(file.bytes.data + 6, "\xFF\xFF\xFF\x7F", 4); /* the number of observations */
    char *text = dump(&file, NULL, NULL, NULL);
    expect_words(text, "the file says that it has 2147483647 observations of 2 variables, which its");
    free(text);
    uf_buffer_clear(&file.bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(stata_with_labels_and_reasons),
                                       cmocka_unit_test(old_stata_is_in_windows_1252),
                                       cmocka_unit_test(dates_of_each_program),
                                       cmocka_unit_test(floats_are_as_short_as_they_were_typed),
                                       cmocka_unit_test(spss_user_missing_values_are_reasons),
                                       cmocka_unit_test(sas_files_are_read),
                                       cmocka_unit_test(sas_transport_files_are_read),
                                       cmocka_unit_test(several_measures_are_contents_unless_one_is_chosen),
                                       cmocka_unit_test(an_import_names_observation_and_variable),
                                       cmocka_unit_test(cut_files_are_refused),
                                       cmocka_unit_test(impossible_sizes_are_refused_at_once)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
