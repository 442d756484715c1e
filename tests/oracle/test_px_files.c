// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Every published PX file at hand, read whole. What is counted and added up here is found in the raw bytes
 * behind `DATA=` by a walk that knows nothing of the reader; the number of cells must also be that of the
 * header's cube, counted from its raw VALUES.
 */
#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <utfall/file.h>

#include "import/format.h"
#include "support/store_fixture.h"
#include "support/test.h"

/* --- the naive route -------------------------------------------------------------------------------- */

struct tally {
    size_t cells, missing, dashes, dots[7];
    double sum;
};

static const char *find_data(const char *bytes)
{
    for (const char *p = bytes; (p = strstr(p, "DATA=")); p++)
        if (p > bytes && p[-1] == '\n') return p + 5;
    return NULL;
}

static void tally_sign(struct tally *tally, const char *text, size_t length)
{
    tally->cells++;
    if (length == 1 && *text == '-') {
        tally->dashes++;
        return;
    }
    tally->missing++;
    assert_true(length >= 1 && length <= 6 && strspn(text, ".") == length);
    tally->dots[length]++;
}

/* Signs stand in quotes, in all of these files; keys too, where there are some: the first `n_keys` of a line. */
static struct tally tally_data(const char *data, size_t n_keys)
{
    struct tally tally = {0};
    size_t keys_left = n_keys;
    const char *p = data + strspn(data, " \r\n");
    while (*p) { /* a semicolon ends the data, or, in an older custom, a row */
        if (*p == '"') {
            size_t length = strcspn(p + 1, "\"");
            if (keys_left > 0)
                keys_left--;
            else
                tally_sign(&tally, p + 1, length);
            p += length + 2;
        } else if (strchr(" \t\r,;", *p)) {
            p++;
        } else if (*p == '\n') {
            keys_left = n_keys;
            p++;
        } else {
            char *end;
            tally.sum += strtod(p, &end);
            assert_ptr_not_equal(end, p);
            tally.cells++;
            p = end;
        }
    }
    return tally;
}

/* How many texts stand behind VALUES("…")= of the first language, multiplied: texts behind each other without a
 * comma are one. */
static size_t cube_of(const char *header)
{
    size_t cube = 1;
    for (const char *p = header; (p = strstr(p, "VALUES(\"")); p++) {
        if (p > header && p[-1] != '\n') continue;
        const char *at = strstr(p, "\")");
        assert_non_null(at);
        at = strchr(at, '=') + 1;
        size_t n = 0;
        bool comma = true, quoted = false;
        for (; quoted || *at != ';'; at++) {
            assert_true(*at != '\0');
            if (*at == '"' && !quoted && comma) n++, comma = false;
            if (*at == '"') quoted = !quoted;
            if (*at == ',' && !quoted) comma = true;
        }
        cube *= n;
    }
    return cube;
}

/* --- the reader's route --------------------------------------------------------------------------------- */

struct outcome {
    uf_status status;
    struct uf_error error;
    struct tally tally;
    struct uf_text_list notes;
    char encoding[32];
    size_t n_dimensions, product;
    bool codes_are_listed;
};

static void tally_cell(struct outcome *outcome, const struct uf_cell *cell)
{
    struct tally *tally = &outcome->tally;
    assert_true(cell->is_read);
    assert_int_equal((bool)isnan(cell->value), uf_value_is_missing(cell->status));
    tally->cells++;
    tally->missing += isnan(cell->value) ? 1 : 0;
    tally->dashes += (cell->status & UF_VALUE_TRUE_ZERO) != 0;
    if (!isnan(cell->value)) tally->sum += cell->value;
}

static struct outcome read_file(const char *path)
{
    struct outcome outcome = {0};
    struct uf_input *input;
    struct uf_reader reader;
    const struct uf_reader_wishes wishes = {0};
    assert_ok(uf_input_open(path, NULL, &input, &outcome.error), &outcome.error);
    outcome.status = uf_reader_open(input, NULL, &wishes, &reader, &outcome.error);
    if (outcome.status == UF_OK) {
        assert_string_equal(reader.format->name, "px");
        struct uf_cell cell;
        bool more = true;
        while ((outcome.status = reader.format->next(&reader, &cell, &more, &outcome.error)) == UF_OK && more)
            tally_cell(&outcome, &cell);
        outcome.n_dimensions = reader.dimensions.count;
        outcome.product = 1;
        assert_int_equal(reader.facts.n_dimensions, reader.dimensions.count);
        for (size_t d = 0; d < reader.facts.n_dimensions; d++) {
            const struct uf_dimension_facts *dimension = &reader.facts.dimensions[d];
            assert_int_equal(dimension->codes.count, dimension->labels.count);
            outcome.product *= dimension->codes.count;
            /* codes tell the cells apart: no two are the same */
            for (size_t i = 1; i < dimension->codes.count && i < 400; i++)
                assert_string_not_equal(dimension->codes.items[i], dimension->codes.items[i - 1]);
        }
        for (size_t i = 0; i < reader.notes.count; i++)
            assert_ok(uf_text_list_add(&outcome.notes, reader.notes.items[i], &outcome.error),
                      &outcome.error);
        snprintf(outcome.encoding, sizeof outcome.encoding, "%s", uf_input_encoding(input));
        uf_reader_close(&reader);
    }
    uf_input_close(input);
    return outcome;
}

static bool has_note(const struct outcome *outcome, const char *words)
{
    for (size_t i = 0; i < outcome->notes.count; i++)
        if (strstr(outcome->notes.items[i], words)) return true;
    return false;
}

/* --- all files --------------------------------------------------------------------------------------------- */

static void find_files(const char *folder, struct uf_text_list *out)
{
    struct uf_error error;
    DIR *directory = opendir(folder);
    assert_non_null(directory);
    for (struct dirent *entry; (entry = readdir(directory));) {
        if (entry->d_name[0] == '.') continue;
        char *path = uf_path_join(folder, entry->d_name);
        struct stat about;
        assert_int_equal(stat(path, &about), 0);
        size_t length = strlen(path);
        if (S_ISDIR(about.st_mode))
            find_files(path, out);
        else if (length > 3 && !strcasecmp(path + length - 3, ".px"))
            assert_ok(uf_text_list_add(out, path, &error), &error);
        free(path);
    }
    closedir(directory);
}

static void compare(const char *path)
{
    struct outcome outcome = read_file(path);
    if (outcome.status != UF_OK) fail_msg("%s:%zu: %s", path, outcome.error.line, outcome.error.message);
    char *bytes = NULL;
    size_t length;
    assert_ok(uf_file_read(path, 0, &bytes, &length, &outcome.error), &outcome.error);
    const char *data = find_data(bytes);
    assert_non_null(data);
    struct tally naive = tally_data(data, strstr(bytes, "\nKEYS(") ? 2 : 0);
    if (naive.cells != outcome.tally.cells || naive.missing != outcome.tally.missing ||
        naive.dashes != outcome.tally.dashes ||
        fabs(naive.sum - outcome.tally.sum) > 1e-9 * (1 + fabs(naive.sum)))
        fail_msg("%s: %zu cells, %zu missing, %zu dashes, sum %.10g; the raw bytes have %zu, %zu, %zu, %.10g",
                 path, outcome.tally.cells, outcome.tally.missing, outcome.tally.dashes, outcome.tally.sum,
                 naive.cells, naive.missing, naive.dashes, naive.sum);
    assert_int_equal(outcome.product, outcome.tally.cells);
    *(char *)(uintptr_t)data = '\0';
    if (cube_of(bytes) != outcome.tally.cells)
        fail_msg("%s: %zu cells, the header's VALUES make %zu", path, outcome.tally.cells, cube_of(bytes));
    free(bytes);
    uf_text_list_clear(&outcome.notes);
}

static void every_file_is_read_whole(void **state)
{
    (void)state;
    struct uf_text_list files = {0};
    find_files(need_shared("realdata/px"), &files);
    size_t n = 0, capitals = 0;
    for (size_t i = 0; i < files.count; i++) {
        if (strstr(files.items[i], "/error/")) continue;
        compare(files.items[i]);
        n++;
        capitals += strstr(files.items[i], ".PX") != NULL;
    }
    print_message("%zu files read whole, of %zu\n", n, files.count);
    assert_true(n >= 70);
    assert_true(capitals >= 2);
    uf_text_list_clear(&files);
}

/* What a user would say of a file whose columns do not tell a region, or a period, by themselves. */
static const struct attempt {
    enum uf_unknown_regions unknown;
    const char *region_is, *period_is;
    const struct uf_dimension_role role;
} ATTEMPTS[] = {{UF_UNKNOWN_REFUSE, NULL, NULL, {UF_ROLE_NONE, NULL}},
                {UF_UNKNOWN_ADD, NULL, NULL, {UF_ROLE_NONE, NULL}},
                {UF_UNKNOWN_ADD, NULL, NULL, {UF_ROLE_REGION, "region"}},
                {UF_UNKNOWN_REFUSE, "SE", NULL, {UF_ROLE_NONE, NULL}},
                {UF_UNKNOWN_ADD, NULL, "2000", {UF_ROLE_NONE, NULL}},
                {UF_UNKNOWN_REFUSE, "SE", "2000", {UF_ROLE_NONE, NULL}},
                {UF_UNKNOWN_REFUSE, "SE", NULL, {UF_ROLE_BREAKDOWN, "sector"}}};

/* True where the file was stored; then it was stored whole. */
static bool import_as(const char *path, const struct attempt *attempt, size_t cells)
{
    struct uf_store *store = store_with_regions(":memory:");
    const struct uf_import_request request = {.path = path,
                                              .indicator = {.code = "x"},
                                              .unknown_regions = attempt->unknown,
                                              .region_is = attempt->region_is,
                                              .period_is = attempt->period_is,
                                              .roles = &attempt->role,
                                              .n_roles = attempt->role.dimension ? 1 : 0};
    struct uf_import_summary summary;
    struct uf_error error;
    uf_status status = uf_import_file(store, &request, &summary, &error);
    if (status == UF_OK) {
        if (summary.cells != cells || summary.imported != cells || summary.duplicates || summary.left_out)
            fail_msg("%s: %zu cells, %zu stored, the file has %zu", path, summary.cells, summary.imported,
                     cells);
        assert_int_equal(query_number(store, "SELECT count(*) FROM observation"), cells);
        assert_int_equal(query_number(store, "SELECT count(*) FROM observation WHERE value IS NULL"),
                         summary.missing);
        uf_import_summary_clear(&summary);
    }
    uf_store_close(store);
    return status == UF_OK;
}

static void every_file_is_imported_whole(void **state)
{
    (void)state;
    struct uf_text_list files = {0};
    find_files(need_shared("realdata/px"), &files);
    size_t n = 0;
    for (size_t i = 0; i < files.count; i++) {
        if (strstr(files.items[i], "/error/")) continue;
        struct outcome outcome = read_file(files.items[i]);
        bool stored = false;
        for (size_t a = 0; a < sizeof ATTEMPTS / sizeof *ATTEMPTS && !stored; a++)
            stored = import_as(files.items[i], &ATTEMPTS[a], outcome.tally.cells);
        if (!stored) fail_msg("%s is not imported", files.items[i]);
        uf_text_list_clear(&outcome.notes);
        n++;
    }
    assert_true(n >= 70);
    uf_text_list_clear(&files);
}

/* The folder of faults after which reading goes on: the fault is said, and the figures are those of the file
 * without it. */
static void faults_to_continue_after(void **state)
{
    (void)state;
    static const struct {
        const char *file, *note;
    } CASES[] = {{"continue/BE0101F1errorAggregAllowed.px", "line 8: AGGREGALLOWED"},
                 {"continue/BE0101F1errorCellnote.px", "line 80: CELLNOTE"},
                 {"continue/BE0101F1errorContVariabledetails.px", "line 38: LAST-UPDATED"},
                 {"continue/BE0101F1errorDescDefault.px", "line 11: DESCRIPTIONDEFAULT"},
                 {"continue/BE0101F1errorDescription.px", "line 10: DESCRIPTION"},
                 {"continue/BE0101F1errorDomain.px", "line 30: DOMAIN"},
                 {"continue/BE0101F1errorElimYalue.px", "line 34: ELIMINATION"},
                 {"continue/BE0101F1errorElimYes.px", "line 35: ELIMINATION"},
                 {"continue/BE0101F1errorMap.px", "line 33: MAP"},
                 {"continue/BE0101F1errorNoteVar.px", "line 52: NOTE"},
                 {"continue/BE0101F1errorShowdecimals.px", "line 37: SHOWDECIMALS"},
                 {"continue/BE0101F1errorShowdecimals2.px", "line 37: SHOWDECIMALS"},
                 {"continue/BE0101F1errorSource.px", "line 44: SOURCE"},
                 {"continue/BE0101F1errorTimeval.px", "line 23: TIMEVAL"},
                 {"continue/BE0101F1errorValueNote.px", "line 60: VALUENOTE"},
                 {"fatal/BE0101F1errorContVariableunits.px", "line 42: UNITS"},
                 {"fatal/BE0101F1errorMatrix.px", "line 8: MATRIX"},
                 {"fatal/BE0101F1errorUnit.px", "line 14: UNITS"},
                 {"fatal/BE0101F1misingSubjectArea.px", "has no SUBJECT-AREA"},
                 {"fatal/BE0101F1missingContents.px", "has no CONTENTS"},
                 {"fatal/BE0101F1missingMatrix.px", "has no MATRIX"},
                 {"fatal/BE0101F1missingSubjectCode.px", "has no SUBJECT-CODE"},
                 {"fatal/BE0101F1missingUnit.px", "has no UNITS"},
                 {"multilang/BE0101F1ensvcontvarerror.px", "CONTVARIABLE[sv] is missing"},
                 {"multilang/BE0101F1ensvdescerror.px", "line 14: DESCRIPTION[svx]"},
                 {"multilang/BE0101F1langensvfiolikacelln2error.px", "line 163: CELLNOTE[fix]"}};
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        char relative[256];
        snprintf(relative, sizeof relative, "realdata/px/pxweb_example/error/%s", CASES[i].file);
        const char *path = need_shared(relative);
        compare(path);
        struct outcome outcome = read_file(path);
        if (!has_note(&outcome, CASES[i].note)) fail_msg("%s: no note has '%s'", path, CASES[i].note);
        uf_text_list_clear(&outcome.notes);
    }
    /* the files that these were made from have no fault at all */
    static const char *const WITHOUT[] = {"fatal", "continue"};
    for (size_t i = 0; i < 2; i++) {
        char relative[256];
        snprintf(relative, sizeof relative, "realdata/px/pxweb_example/error/%s/template av BE0101F1error.px",
                 WITHOUT[i]);
        const char *path = need_shared(relative);
        compare(path);
        struct outcome outcome = read_file(path);
        assert_false(has_note(&outcome, "line "));
        assert_false(has_note(&outcome, "has no"));
        uf_text_list_clear(&outcome.notes);
    }
}

static void faults_of_the_cube(void **state)
{
    (void)state;
    static const struct {
        const char *file, *keyword;
        size_t line;
    } CASES[] = {{"errorCodes", "CODES", 24},       {"errorHeading", "HEADING", 16},
                 {"errorStub", "STUB", 15},         {"errorValues", "VALUES", 18},
                 {"errorVarValue", "VALUES", 18},   {"missingData", "DATA", 81},
                 {"missingStubHeading", "STUB", 89}};
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        char relative[256];
        snprintf(relative, sizeof relative, "realdata/px/pxweb_example/error/fatal/BE0101F1%s.px",
                 CASES[i].file);
        struct outcome outcome = read_file(need_shared(relative));
        assert_int_equal(outcome.status, UF_BAD_INPUT);
        if (!strstr(outcome.error.message, CASES[i].keyword) || outcome.error.line != CASES[i].line)
            fail_msg("%s:%zu: %s", CASES[i].file, outcome.error.line, outcome.error.message);
    }
}

static void encodings_are_what_the_bytes_are(void **state)
{
    (void)state;
    static const struct {
        const char *file, *encoding, *note;
    } CASES[] = {
        {"pxmake/TUX01.px", "utf-8", "CODEPAGE=\"iso-8859-15\": the bytes are something else"},
        {"pxwebapi/tab4_fewcells.px", "utf-8", "CODEPAGE=\"iso-8859-1\": the bytes are something else"},
        {"pxmake/SOXATI4.px", "utf-8", NULL},
        {"pyaxis/27067.px", "iso-8859-15", NULL},
        {"pxmake/CONTVARIABLE_multiple_languages.px", "iso-8859-15", NULL},
        {"pxwebapi/TAB004.px", "iso-8859-1", NULL},
        {"pxweb_example/Doublecolumn/HA0201E8doublecol.px", "windows-1252", NULL}};
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        char relative[256];
        snprintf(relative, sizeof relative, "realdata/px/%s", CASES[i].file);
        struct outcome outcome = read_file(need_shared(relative));
        assert_ok(outcome.status, &outcome.error);
        assert_string_equal(outcome.encoding, CASES[i].encoding);
        if (CASES[i].note)
            assert_true(has_note(&outcome, CASES[i].note));
        else
            assert_false(has_note(&outcome, "CODEPAGE"));
        uf_text_list_clear(&outcome.notes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_file_is_read_whole),         cmocka_unit_test(every_file_is_imported_whole),
        cmocka_unit_test(faults_to_continue_after),         cmocka_unit_test(faults_of_the_cube),
        cmocka_unit_test(encodings_are_what_the_bytes_are),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
