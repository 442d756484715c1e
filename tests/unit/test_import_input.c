// SPDX-License-Identifier: GPL-3.0-or-later
/* Encodings, lines, records. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <utfall/file.h>

#include "import/input.h"
#include "import/records.h"
#include "support/store_fixture.h"
#include "support/test.h"

static struct uf_input *open_text(const char *text, const char *encoding)
{
    struct uf_input *input;
    struct uf_error error;
    assert_ok(uf_input_open_memory("memory", text, strlen(text), encoding, &input, &error), &error);
    return input;
}

static void expect_line(struct uf_input *input, const char *expected)
{
    struct uf_error error;
    const char *line;
    size_t length;
    assert_ok(uf_input_line(input, &line, &length, &error), &error);
    assert_string_equal(line, expected);
    assert_int_equal(length, strlen(expected));
}

static void lines_keep_their_ends(void **state)
{
    (void)state;
    struct uf_error error;
    struct uf_input *input = open_text("\xEF\xBB\xBF"
                                       "a\nb\r\nc\rd\n\ne",
                                       NULL);
    for (int round = 0; round < 2; round++) {
        static const char *const LINES[] = {"a\n", "b\r\n", "c\r", "d\n", "\n", "e", "", ""};
        for (size_t i = 0; i < 8; i++) expect_line(input, LINES[i]);
        assert_int_equal(uf_input_line_number(input), 6);
        assert_int_equal(uf_input_bytes_read(input), uf_input_bytes_total(input));
        assert_ok(uf_input_rewind(input, &error), &error);
    }
    assert_string_equal(uf_input_encoding(input), "utf-8");
    uf_input_close(input);
}

static void encodings_are_detected(void **state)
{
    (void)state;
    static const struct {
        const char *text, *encoding, *utf8;
    } CASES[] = {{"abc", "utf-8", "abc"},
                 {"\xC3\xA5\xC3\xA4\xC3\xB6", "utf-8", "\xC3\xA5\xC3\xA4\xC3\xB6"},
                 {"\xE5\xE4\xF6", "iso-8859-1", "\xC3\xA5\xC3\xA4\xC3\xB6"},
                 {"\xE5 \x96 \x80", "windows-1252", "\xC3\xA5 \xE2\x80\x93 \xE2\x82\xAC"},
                 {"\xE5\xC3\xA4", "iso-8859-1", "\xC3\xA5\xC3\x83\xC2\xA4"}};
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct uf_input *input = open_text(CASES[i].text, NULL);
        assert_string_equal(uf_input_encoding(input), CASES[i].encoding);
        expect_line(input, CASES[i].utf8);
        uf_input_close(input);
    }
}

static void a_sequence_over_a_block_border_is_one_letter(void **state)
{
    (void)state;
    char *text = malloc((1 << 16) + 16);
    memset(text, 'x', 1 << 16);
    strcpy(text + (1 << 16) - 1, "\xC3\xA5\n");
    struct uf_input *input = open_text(text, NULL);
    assert_string_equal(uf_input_encoding(input), "utf-8");
    expect_line(input, text);
    uf_input_close(input);
    free(text);
}

static void expect_refusal(const char *bytes, size_t length, const char *encoding, uf_status status,
                           size_t line, size_t column, const char *words)
{
    struct uf_input *input;
    struct uf_error error;
    assert_int_equal(uf_input_open_memory("memory", bytes, length, encoding, &input, &error), status);
    expect_error(&error, status, line, column, words);
}

static void a_wrong_encoding_is_told(void **state)
{
    (void)state;
    expect_refusal("ab\nx\xE5y", 6, "utf-8", UF_BAD_INPUT, 2, 2, "byte 0xE5 is not UTF-8");
    expect_refusal("\xC3\xA5", 2, "latin1", UF_BAD_INPUT, 0, 0, "the file is UTF-8");
    expect_refusal("abc", 3, "ebcdic", UF_BAD_USAGE, 0, 0, "unknown encoding 'ebcdic'");
    expect_refusal("\xC3\xA5\xC3\xA4\n\xC3\xB6\xE5", 8, NULL, UF_BAD_INPUT, 2, 2,
                   "save the file as UTF-8 again");
    expect_refusal("\xE5\x81", 2, NULL, UF_BAD_INPUT, 1, 1, "neither");
    expect_refusal("\xFF\xFE"
                   "a\0",
                   4, NULL, UF_BAD_INPUT, 0, 0, "UTF-16");
    expect_refusal("a\0b", 3, NULL, UF_BAD_INPUT, 1, 2, "a NUL byte");
    expect_refusal("", 0, NULL, UF_BAD_INPUT, 0, 0, "empty");
    expect_refusal("\xED\xA0\x80 \xC0\xAF", 6, "utf-8", UF_BAD_INPUT, 1, 1,
                   "not UTF-8"); /* a surrogate; overlong */
}

static void files_are_opened_or_refused(void **state)
{
    (void)state;
    struct uf_input *input;
    struct uf_error error;
    char path[512];
    assert_int_equal(uf_input_open("/no/such/file.csv", NULL, &input, &error), UF_IO_FAILED);
    assert_int_equal(uf_input_open(scratch_directory(), NULL, &input, &error), UF_IO_FAILED);
    assert_non_null(strstr(error.message, "directory"));
    assert_int_equal(uf_input_open(NULL, NULL, &input, &error), UF_BAD_USAGE);
    snprintf(path, sizeof path, "%s", scratch_file("empty.csv", ""));
    assert_int_equal(uf_input_open(path, NULL, &input, &error), UF_BAD_INPUT);
    assert_non_null(strstr(error.message, "empty"));
    snprintf(path, sizeof path, "%s", scratch_file("abc.csv", "abc"));
    assert_ok(uf_input_open(path, NULL, &input, &error), &error);
    /* FIPS 180-2, the first example */
    assert_string_equal(uf_input_sha256(input),
                        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    expect_line(input, "abc");
    uf_input_close(input);
}

static void standard_input_can_be_read_twice(void **state)
{
    (void)state;
    struct uf_error error;
    struct uf_input *input;
    int saved = dup(0);
    assert_non_null(freopen(scratch_file("stdin.csv", "a,b\n1,2\n"), "rb", stdin));
    assert_ok(uf_input_open("-", NULL, &input, &error), &error);
    for (int round = 0; round < 2; round++) {
        expect_line(input, "a,b\n");
        assert_ok(uf_input_rewind(input, &error), &error);
    }
    char sum[UF_SHA256_SIZE];
    uf_sha256("a,b\n1,2\n", 8, sum);
    assert_string_equal(uf_input_sha256(input), sum);
    assert_string_equal(uf_input_name(input), "standard input");
    uf_input_close(input);
    dup2(saved, 0);
    close(saved);
}

/* --- records ----------------------------------------------------------------------------------- */

/* All records as `line:field|field` joined by `;`, or the error. */
static uf_status read_all(const char *text, char delimiter, struct uf_buffer *out, struct uf_error *error)
{
    struct uf_input *input = open_text(text, NULL);
    struct uf_records *records;
    struct uf_record record;
    bool more = true;
    uf_status status = uf_records_open(input, delimiter, &records, error);
    while (status == UF_OK && more) {
        status = uf_records_next(records, &record, &more, error);
        if (status != UF_OK || !more) break;
        if (out->length) uf_buffer_append(out, ";");
        uf_buffer_append_size(out, record.line);
        for (size_t i = 0; i < record.count; i++) {
            uf_buffer_append(out, i ? "|" : ":");
            uf_buffer_append(out, record.fields[i].text);
        }
    }
    uf_records_close(records);
    uf_input_close(input);
    return status;
}

static void records_know_their_lines(void **state)
{
    (void)state;
    static const struct {
        const char *text, *expected;
        char delimiter;
    } CASES[] = {{"a,b\n1,2\n", "1:a|b;2:1|2", ','},
                 {"a,b\r\n1,2", "1:a|b;2:1|2", ','},
                 {"a\rb\r", "1:a;2:b", ','},
                 {"a,b\n\n \n1,2\n\n", "1:a|b;4:1|2", ','},
                 {"\"a\"\"b\",\"c\nd\"\ne,f\n", "1:a\"b|c\nd;3:e|f", ','},
                 {"a;\"b;c\"; d \n", "1:a|b;c|d", ';'},
                 {"a\t\tb\n\t\n", "1:a||b;2:|", '\t'},
                 {"a,\"\"\n", "1:a|", ','},
                 {"\"a\" ,b\n", "1:a|b", ','}};
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct uf_buffer all = {0};
        struct uf_error error;
        assert_ok(read_all(CASES[i].text, CASES[i].delimiter, &all, &error), &error);
        assert_string_equal(all.data, CASES[i].expected);
        uf_buffer_clear(&all);
    }
}

static void broken_quotes_have_a_place(void **state)
{
    (void)state;
    static const struct {
        const char *text, *words;
        size_t line, column;
    } CASES[] = {{"a,b\n1,\"2\n3,4\n", "never closed", 2, 3},
                 {"a,b\n\"1,2\n", "never closed", 2, 1},
                 {"\xC3\xA5\xC3\xA4,b\n1,2\n\xC3\xB6\xC3\xB6\xC3\xB6,\"", "never closed", 3, 5},
                 {"a,b\n1,2\"3\n", "inside a field", 2, 4},
                 {"a,b\n\"1\"2,3\n", "follows a closing quote", 2, 4},
                 {"a,b\n\"x\ny\",\"z\n", "never closed", 3, 4}};
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct uf_buffer all = {0};
        struct uf_error error;
        assert_int_equal(read_all(CASES[i].text, ',', &all, &error), UF_BAD_INPUT);
        expect_error(&error, UF_BAD_INPUT, CASES[i].line, CASES[i].column, CASES[i].words);
        uf_buffer_clear(&all);
    }
}

static void the_delimiter_is_the_one_that_cuts_evenly(void **state)
{
    (void)state;
    assert_int_equal(uf_delimiter_detect("a,b,c\n1,2,3\n"), ',');
    assert_int_equal(uf_delimiter_detect("a;b;c\n1,5;2,5;3,5\n"), ';');
    assert_int_equal(uf_delimiter_detect("a\tb\n1,5\t2\n"), '\t');
    assert_int_equal(uf_delimiter_detect("\"a;b;c;d\",e\n\"1;2;3;4\",2\n"), ',');
    assert_int_equal(uf_delimiter_detect("a|b\n1|2\n"), '|');
    assert_int_equal(uf_delimiter_detect("alone\n1\n"), ',');
    assert_int_equal(uf_delimiter_detect(""), ',');
}

static void blocks_cut_between_characters(void **state)
{
    (void)state;
    struct uf_error error;
    struct uf_buffer expected = {0}, found = {0};
    /* Three bytes each, so that the borders of the reader's blocks fall within a character now and then. */
    for (int i = 0; i < 100000; i++) uf_buffer_append(&expected, i % 7 ? "\xE2\x82\xAC" : "x\r\n");
    struct uf_input *input = open_text(expected.data, NULL);
    size_t length = 1, n_blocks = 0;
    while (length > 0) {
        const char *block;
        assert_ok(uf_input_block(input, &block, &length, &error), &error);
        assert_true(length == 0 || ((unsigned char)block[0] & 0xC0) != 0x80);
        uf_buffer_append_bytes(&found, block, length);
        n_blocks += length > 0;
    }
    assert_true(n_blocks > 2);
    assert_int_equal(found.length, expected.length);
    assert_memory_equal(found.data, expected.data, found.length);
    char *whole;
    assert_ok(uf_input_whole(input, expected.length, &whole, &length, &error), &error);
    assert_int_equal(length, expected.length);
    assert_string_equal(whole, expected.data);
    free(whole);
    assert_int_equal(uf_input_whole(input, expected.length - 1, &whole, &length, &error), UF_BAD_INPUT);
    expect_line(input, "x\r\n"); /* and it stands at the start again */
    uf_input_close(input);
    uf_buffer_clear(&expected);
    uf_buffer_clear(&found);
}

static void a_tiny_text_behind_a_mark_is_a_block(void **state)
{
    (void)state;
    struct uf_error error;
    struct uf_input *input = open_text("\xEF\xBB\xBF\xC3\xA5", NULL);
    const char *block;
    size_t length;
    assert_ok(uf_input_block(input, &block, &length, &error), &error);
    assert_string_equal(block, "\xC3\xA5");
    assert_ok(uf_input_block(input, &block, &length, &error), &error);
    assert_int_equal(length, 0);
    uf_input_close(input);
}

static void a_header_may_name_the_encoding(void **state)
{
    (void)state;
    struct uf_error error;
    struct uf_input *input = open_text("\xA4\xE5\n", NULL);
    expect_line(input, "\xC2\xA4\xC3\xA5\n");
    assert_ok(uf_input_reread_as(input, "ISO-8859-15", &error), &error);
    expect_line(input, "\xE2\x82\xAC\xC3\xA5\n");
    assert_string_equal(uf_input_encoding(input), "iso-8859-15");
    assert_int_equal(uf_input_reread_as(input, "koi8-r", &error), UF_BAD_USAGE);
    uf_input_close(input);
    input = open_text("\xC3\xA5", NULL); /* the bytes are UTF-8, whatever a header says */
    assert_ok(uf_input_reread_as(input, "iso-8859-15", &error), &error);
    expect_line(input, "\xC3\xA5");
    uf_input_close(input);
}

/* What gzip makes of "region,value\n20,1\n" and of "21,2\n". */
static const char PACKED[] =
    "\x1F\x8B\x08\x00\x00\x00\x00\x00\x02\x03\x2B\x4A\x4D\xCF\xCC\xCF\xD3\x29\x4B\xCC\x29\x4D\xE5\x32\x32\xD0"
    "\x31\xE4\x02\x00\xC3\xCF\x2A\xDD\x12\x00\x00\x00"
    "\x1F\x8B\x08\x00\x00\x00\x00\x00\x02\x03\x33\x32\xD4\x31\xE2\x02\x00\xD4\x81\xA6\x69\x05\x00\x00\x00";
enum { FIRST_PART = 38 };

static void packed_files_are_unpacked(void **state)
{
    (void)state;
    struct uf_error error;
    struct uf_input *input;
    assert_ok(uf_input_open_memory("packed", PACKED, sizeof PACKED - 1, NULL, &input, &error), &error);
    for (int round = 0; round < 2; round++) {
        expect_line(input, "region,value\n");
        expect_line(input, "20,1\n");
        expect_line(input, "21,2\n"); /* parts behind one another are one file */
        expect_line(input, "");
        assert_ok(uf_input_rewind(input, &error), &error);
    }
    char hash[UF_SHA256_SIZE];
    uf_sha256(PACKED, sizeof PACKED - 1, hash);
    assert_string_equal(uf_input_sha256(input), hash); /* of the file given, not of what is in it */
    uf_input_close(input);
}

static void broken_packed_files_are_refused(void **state)
{
    (void)state;
    struct uf_error error;
    struct uf_input *input;
    for (size_t length = 2; length < FIRST_PART; length++)
        assert_int_equal(uf_input_open_memory("packed", PACKED, length, NULL, &input, &error), UF_BAD_INPUT);
    char broken[sizeof PACKED];
    memcpy(broken, PACKED, sizeof PACKED);
    broken[FIRST_PART - 6] ^= 1; /* the checksum */
    assert_int_equal(uf_input_open_memory("packed", broken, sizeof PACKED - 1, NULL, &input, &error),
                     UF_BAD_INPUT);
    assert_non_null(strstr(error.message, "broken"));
}

static void files_that_are_not_text_give_bytes(void **state)
{
    (void)state;
    struct uf_error error;
    struct uf_input *input;
    static const char ZIP[] = "PK\x03\x04 and \0 more";
    assert_ok(uf_input_open_memory("zip", ZIP, sizeof ZIP - 1, NULL, &input, &error), &error);
    assert_true(uf_input_is_binary(input));
    char bytes[64];
    size_t n;
    assert_ok(uf_input_bytes(input, 5, bytes, sizeof bytes, &n, &error), &error);
    assert_int_equal(n, sizeof ZIP - 1 - 5);
    assert_memory_equal(bytes, ZIP + 5, n);
    assert_ok(uf_input_bytes(input, 1000, bytes, sizeof bytes, &n, &error), &error);
    assert_int_equal(n, 0);
    uf_input_close(input);
    input = open_text("abc", NULL);
    assert_false(uf_input_is_binary(input));
    uf_input_close(input);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(lines_keep_their_ends),
                                       cmocka_unit_test(encodings_are_detected),
                                       cmocka_unit_test(a_sequence_over_a_block_border_is_one_letter),
                                       cmocka_unit_test(a_wrong_encoding_is_told),
                                       cmocka_unit_test(blocks_cut_between_characters),
                                       cmocka_unit_test(a_tiny_text_behind_a_mark_is_a_block),
                                       cmocka_unit_test(a_header_may_name_the_encoding),
                                       cmocka_unit_test(packed_files_are_unpacked),
                                       cmocka_unit_test(broken_packed_files_are_refused),
                                       cmocka_unit_test(files_that_are_not_text_give_bytes),
                                       cmocka_unit_test(files_are_opened_or_refused),
                                       cmocka_unit_test(standard_input_can_be_read_twice),
                                       cmocka_unit_test(records_know_their_lines),
                                       cmocka_unit_test(broken_quotes_have_a_place),
                                       cmocka_unit_test(the_delimiter_is_the_one_that_cuts_evenly)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
