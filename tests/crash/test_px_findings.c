// SPDX-License-Identifier: GPL-3.0-or-later
/* PX files that once broke the reader, cut down; and each cut of a good file, which must end in a sentence. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "import/format.h"
#include "support/test.h"

/* Reads all there is; what goes wrong must name the file in whole letters. */
static uf_status read_all(const char *bytes, size_t length, size_t *out_cells, struct uf_error *error)
{
    struct uf_input *input;
    struct uf_reader reader;
    const struct uf_reader_wishes wishes = {0};
    *out_cells = 0;
    uf_status status = uf_input_open_memory("cut.px", bytes, length, NULL, &input, error);
    if (status != UF_OK) return status;
    status = uf_reader_open(input, "px", &wishes, &reader, error);
    if (status == UF_OK) {
        struct uf_cell cell;
        bool more = true;
        for (size_t i = 0; i < reader.notes.count; i++)
            assert_true(uf_text_is_utf8(reader.notes.items[i], strlen(reader.notes.items[i])));
        while ((status = reader.format->next(&reader, &cell, &more, error)) == UF_OK && more) ++*out_cells;
        uf_reader_close(&reader);
    }
    uf_input_close(input);
    if (status != UF_OK) {
        assert_string_equal(error->file, "cut.px");
        assert_true(error->message[0] != 0 && uf_text_is_utf8(error->message, strlen(error->message)));
    }
    return status;
}

static void long_names_are_cut_between_letters(void **state)
{
    (void)state;
    struct uf_error error;
    size_t cells;
    char text[512], letters[121];
    for (size_t i = 0; i < 120; i++) letters[i] = (char)0xE5;
    letters[120] = '\0';
    snprintf(text, sizeof text, "CODEPAGE=\"x%s\";STUB=\"a\";VALUES(\"a\")=\"1\";DATA=1;", letters);
    assert_ok(read_all(text, strlen(text), &cells, &error), &error);
    assert_int_equal(cells, 1);
    for (size_t shift = 0; shift < 2; shift++) {
        snprintf(text, sizeof text, "HEADING=\"%s%s\";DATA=1;", shift ? "x" : "", letters);
        assert_int_equal(read_all(text, strlen(text), &cells, &error), UF_BAD_INPUT);
        snprintf(text, sizeof text, "HEADING=\"a\";VALUES(\"a\")=\"1\";DATA=%s%s;", shift ? "x" : "",
                 letters);
        assert_int_equal(read_all(text, strlen(text), &cells, &error), UF_BAD_INPUT);
    }
}

static void a_long_list_of_languages_is_cut_between_letters(void **state)
{
    (void)state;
    char text[1024] = "STUB=\"a\";VALUES(\"a\")=\"1\";LANGUAGES=\"en\",\"";
    size_t length = strlen(text);
    memset(text + length, 0xE5, 500);
    strcpy(text + length + 500, "\";DATA=1;");
    struct uf_input *input;
    struct uf_reader reader;
    struct uf_error error;
    for (size_t shift = 0; shift < 2; shift++) {
        text[length] = shift ? 'x' : (char)0xE5;
        const struct uf_reader_wishes wishes = {.language = "sv"};
        assert_ok(uf_input_open_memory("cut.px", text, strlen(text), NULL, &input, &error), &error);
        assert_int_equal(uf_reader_open(input, "px", &wishes, &reader, &error), UF_BAD_USAGE);
        assert_true(uf_text_is_utf8(error.message, strlen(error.message)));
        uf_input_close(input);
    }
}

static void every_cut_ends_in_a_sentence(void **state)
{
    (void)state;
    struct uf_error error;
    size_t cells;
    static const char WHOLE[] =
        "CHARSET=\"ANSI\";\r\nLANGUAGES=\"en\",\"sv\";STUB=\"a\";STUB[sv]=\"\xC3\xA5\";HEADING=\"t\";\r\n"
        "VALUES(\"a\")=\"p\",\"q\";VALUES[sv](\"\xC3\xA5\")=\"1\"\r\n,\"2\";VALUES(\"t\")=\"x\";"
        "TIMEVAL(\"t\")=TLIST(M1,\"200601\"-\"200601\");NOTE(\"a\")=\"n\"\r\n\"m\";KEYS(\"a\")=VALUES;DATA="
        "\r\n"
        "\"q\",\"..\"\r\n\"p\",4.5;";
    size_t whole = sizeof WHOLE - 1, keys = (size_t)(strstr(WHOLE, "DATA=") - WHOLE);
    assert_ok(read_all(WHOLE, whole, &cells, &error), &error);
    assert_int_equal(cells, 2);
    /* Without DATA there is no table, wherever the file is cut. */
    for (size_t length = 1; length < keys + 5; length++) {
        char *cut = malloc(length); /* of just that size: what is read beyond it is found */
        memcpy(cut, WHOLE, length);
        assert_int_equal(read_all(cut, length, &cells, &error), UF_BAD_INPUT);
        free(cut);
    }
    for (size_t length = keys + 5; length < whole; length++) {
        char *cut = malloc(length);
        memcpy(cut, WHOLE, length);
        (void)read_all(cut, length, &cells, &error);
        assert_true(cells <= 2);
        free(cut);
    }
}

/* Of a table without keys, whatever is cut off is missed. */
static void a_shorter_table_is_never_taken_for_whole(void **state)
{
    (void)state;
    struct uf_error error;
    size_t cells;
    static const char WHOLE[] =
        "STUB=\"a\";HEADING=\"t\";VALUES(\"a\")=\"p\",\"q\";VALUES(\"t\")=\"x\",\"y\";DATA=\n"
        "1 2\n3 \"..\"\n;\n";
    size_t whole = sizeof WHOLE - 1, last = (size_t)(strstr(WHOLE, "\"..\"") - WHOLE) + 4;
    for (size_t length = 1; length <= whole; length++) {
        uf_status status = read_all(WHOLE, length, &cells, &error);
        assert_int_equal(status, length < last ? UF_BAD_INPUT : UF_OK);
        if (status == UF_OK) assert_int_equal(cells, 4);
    }
}

/* Many variables, values and notes: nothing takes more than the header's length to read. */
static void many_of_everything(void **state)
{
    (void)state;
    enum { VALUES = 20000 };
    struct uf_error error;
    size_t cells;
    struct uf_buffer text = {0};
    char piece[64];
    uf_buffer_append(&text, "STUB=\"a\";CONTVARIABLE=\"a\";VALUES(\"a\")=\"v0\"");
    for (int i = 1; i < VALUES; i++) {
        snprintf(piece, sizeof piece, ",\"v%d\"", i);
        uf_buffer_append(&text, piece);
    }
    uf_buffer_append(&text, ";\n");
    for (int i = 0; i < VALUES; i++) {
        snprintf(piece, sizeof piece, "VALUENOTE(\"a\",\"v%d\")=\"n\";\n", VALUES - 1 - i);
        uf_buffer_append(&text, piece);
    }
    uf_buffer_append(&text, "DATA=");
    for (int i = 0; i < VALUES; i++) uf_buffer_append(&text, "1 ");
    assert_ok(read_all(text.data, text.length, &cells, &error), &error);
    assert_int_equal(cells, VALUES);
    uf_buffer_clear(&text);
    /* more variables than any table has */
    uf_buffer_append(&text, "STUB=\"0\"");
    for (int i = 1; i < 2000; i++) {
        snprintf(piece, sizeof piece, ",\"%d\"", i);
        uf_buffer_append(&text, piece);
    }
    uf_buffer_append(&text, ";DATA=1;");
    assert_int_equal(read_all(text.data, text.length, &cells, &error), UF_BAD_INPUT);
    assert_non_null(strstr(error.message, "2000 variables"));
    uf_buffer_clear(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(long_names_are_cut_between_letters),
        cmocka_unit_test(a_long_list_of_languages_is_cut_between_letters),
        cmocka_unit_test(every_cut_ends_in_a_sentence),
        cmocka_unit_test(a_shorter_table_is_never_taken_for_whole),
        cmocka_unit_test(many_of_everything),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
