// SPDX-License-Identifier: GPL-3.0-or-later
/* The study file: what is read, and for each kind of mistake the place and the advice. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/file.h>

#include "study/study_file.h"
#include "support/test.h"

static struct uf_error error;
static char path[4096];

static const char good[] =
    "study: {sv: Titel, en: Title}\n"                                                   /* 1 */
    "language: sv\n"                                                                    /* 2 */
    "questions: [Varför?, {sv: Hur?, en: How?}]\n"                                      /* 3 */
    "sources:\n"                                                                        /* 4 */
    "  - {file: a.csv, indicator: employment, kind: stock, rounding: 1000,\n"           /* 5 */
    "     keep: {unit: THS, sex: [1, 2]}}\n"                                            /* 6 */
    "regions: {level: nuts3, within: SE}\n"                                             /* 7 */
    "derived:\n"                                                                        /* 8 */
    "  share: 100 * employment[\"C\"]\n"                                                /* 9 */
    "  other: {expression: ln(employment), label: Log, unit: log}\n"                    /* 10 */
    "intervention: {treated: [SE311], start: 2017, cost: {amount: 5, currency: SEK}}\n" /* 11 */
    "profiles:\n"                                                                       /* 12 */
    "  - {method: location-quotient, indicator: employment, period: 2017}\n"            /* 13 */
    "  - {method: location-quotient, indicator: employment, question: 2}\n"             /* 14 */
    "effects:\n"                                                                        /* 15 */
    "  - method: synthetic-control\n"                                                   /* 16 */
    "    outcome: share\n"                                                              /* 17 */
    "    placebo: {in-space: false, in-time: 2014}\n"                                   /* 18 */
    "    donors: {level: nuts2, countries: [DE, FI]}\n";                                /* 19 */

static uf_status read_text(const char *text, struct study **out)
{
    uf_error_clear(&error);
    snprintf(path, sizeof path, "%s/study.yaml", scratch_directory());
    struct uf_error writing;
    assert_ok(uf_file_write(path, text, strlen(text), &writing), &writing);
    return study_read(path, out, &error);
}

/* Replaces the first occurrence of `from` in the good study, and expects a mistake there. */
static void expect_mistake(const char *from, const char *to, size_t line, const char *part)
{
    char text[4096];
    const char *found = strstr(good, from);
    assert_non_null(found);
    snprintf(text, sizeof text, "%.*s%s%s", (int)(found - good), good, to, found + strlen(from));
    struct study *study = NULL;
    uf_status status = read_text(text, &study);
    if (status != UF_BAD_INPUT || !strstr(error.message, part) || error.line != line || error.column == 0 ||
        strcmp(error.file, path) != 0)
        fail_msg("%s → %s: status %d, %s:%zu:%zu %s", from, to, (int)status, error.file, error.line,
                 error.column, error.message);
    assert_null(study);
}

static void test_good(void **state)
{
    (void)state;
    struct study *study = NULL;
    assert_ok(read_text(good, &study), &error);
    assert_string_equal(study->title.words.en, "Title");
    assert_int_equal(study->questions.count, 2);
    const struct study_words *questions = study->questions.items;
    assert_string_equal(questions[0].words.sv, "Varför?");
    assert_string_equal(questions[0].words.en, "Varför?"); /* one text serves both languages */
    const struct study_source *sources = study->sources.items;
    expect_close(sources[0].rounding, 1000, 0, "rounding");
    const struct study_keep *keep = sources[0].keep.items;
    assert_int_equal(sources[0].keep.count, 2);
    assert_string_equal(keep[0].name.text, "unit");
    assert_int_equal(keep[1].codes.count, 2);
    const struct study_derived *derived = study->derived.items;
    assert_string_equal(derived[0].expression.text, "100 * employment[\"C\"]");
    assert_int_equal(derived[0].expression.place.line, 9);
    assert_null(derived[0].label.words.en);
    assert_string_equal(derived[1].label.words.sv, "Log");
    assert_int_equal(study->intervention.start, uf_period_from_year(2017));
    expect_close(study->intervention.cost.amount, 5, 0, "cost");
    const struct study_profile *profiles = study->profiles.items;
    assert_string_equal(profiles[0].method->name, "location-quotient");
    assert_string_equal(profiles[0].analysis.id.text, "location-quotient");
    assert_string_equal(profiles[1].analysis.id.text,
                        "location-quotient-2"); /* numbered where the name is taken */
    assert_int_equal(profiles[0].analysis.question, SIZE_MAX);
    assert_int_equal(profiles[1].analysis.question, 2);
    assert_int_equal(profiles[0].options.count, 1); /* period is the method's own */
    const struct study_effect *effects = study->effects.items;
    assert_int_equal(effects[0].options.count, 2);
    assert_string_equal(effects[0].options.items[0].option->name, "placebo-in-space");
    assert_string_equal(effects[0].options.items[1].values.items[0].text, "2014");
    assert_int_equal(effects[0].donors.countries.count, 2);
    assert_true(isnan(study->disclosure.threshold));
    assert_int_equal(strlen(study->sha256), 64);
    study_free(study);
}

static void test_unknown_names(void **state)
{
    (void)state;
    expect_mistake("language: sv", "langauge: sv", 2, "did you mean 'language'?");
    expect_mistake("language: sv", "language: svenska", 2, "expected sv or en");
    expect_mistake("kind: stock", "knid: stock", 5, "did you mean 'kind'?");
    expect_mistake("kind: stock", "kind: stok", 5, "did you mean 'stock'?");
    expect_mistake("method: location-quotient", "method: location-qoutient", 13,
                   "did you mean 'location-quotient'?");
    expect_mistake("method: synthetic-control", "method: location-quotient", 16, "for 'method', expected");
    expect_mistake("period: 2017", "perod: 2017", 13, "did you mean 'period'?");
    expect_mistake("in-space: false", "in-spce: false", 18, "did you mean 'placebo-in-space'?");
    expect_mistake("indicator: employment, period", "indicator: emploiment, period", 13,
                   "did you mean 'employment'?");
    expect_mistake("outcome: share", "outcome: shares", 17, "did you mean 'share'?");
    expect_mistake("level: nuts3", "level: nust3", 7, "did you mean 'nuts3'?");
    expect_mistake("{sv: Titel", "{se: Titel", 1, "expected sv or en");
}

static void test_wrong_types(void **state)
{
    (void)state;
    expect_mistake("rounding: 1000", "rounding: '1 000'", 5, "expected a number");
    expect_mistake("rounding: 1000", "rounding: 1,5", 5, "");
    expect_mistake("start: 2017", "start: soon", 11, "expected a period");
    expect_mistake("in-space: false", "in-space: maybe", 18, "placebo-in-space");
    expect_mistake("question: 2", "question: two", 14, "expected a whole number");
    expect_mistake("question: 2", "question: 3", 14, "expected a number from 1 to 2");
    expect_mistake("regions: {level: nuts3, within: SE}", "regions: nuts3", 7, "expected a mapping");
    expect_mistake("questions: [Varför?, {sv: Hur?, en: How?}]", "questions: Varför?", 3, "expected a list");
    expect_mistake("file: a.csv", "file: [a.csv]", 5, "found a list for 'file', expected a text");
    expect_mistake("file: a.csv", "file: ", 5, "found nothing for 'file'");
    expect_mistake("period: 2017", "period: [2016, 2017]", 13, "expected a single value");
}

static void test_what_is_missing(void **state)
{
    (void)state;
    expect_mistake("study: {sv: Titel, en: Title}\n", "", 1, "has no 'study'");
    expect_mistake("file: a.csv, ", "", 5, "a source has no 'file'");
    expect_mistake("method: location-quotient, ", "", 13, "a profile has no 'method'");
    expect_mistake("currency: SEK", "", 11, "");
    expect_mistake("treated: [SE311], ", "", 16, "needs treated regions");
    expect_mistake("start: 2017, ", "", 16, "needs the first treated period");
}

static void test_names(void **state)
{
    (void)state;
    expect_mistake("indicator: employment, kind", "indicator: två-ord, kind", 5, "letters, digits and _");
    expect_mistake("  share: 100", "  employment: 100", 9, "both as an indicator");
    expect_mistake("question: 2", "id: x}\n  - {method: location-quotient, indicator: employment, id: x", 15,
                   "a second time");
    expect_mistake("question: 2",
                   "level: nuts2, within: SE, to: 2010, focus: SE11, period: 2011, period: 2012", 14,
                   "a second time");
}

static void test_other_files(void **state)
{
    (void)state;
    struct study *study = NULL;
    assert_int_not_equal(study_read("no/such/study.yaml", &study, &error), UF_OK);
    assert_int_not_equal(study_read(scratch_directory(), &study, &error), UF_OK);
    assert_null(study);
}

/* Each key of the schema is explained in docs/study-file.md. */
static void expect_documented(const struct schema *schema, const char *text)
{
    for (size_t i = 0; i < schema->n_fields; i++) {
        char marked[96];
        snprintf(marked, sizeof marked, "`%s`", schema->fields[i].key);
        if (!strstr(text, marked))
            fail_msg("docs/study-file.md does not explain `%s` of %s", schema->fields[i].key, schema->what);
        if (schema->fields[i].schema) expect_documented(schema->fields[i].schema, text);
    }
}

static void test_documentation(void **state)
{
    (void)state;
    char *text = NULL;
    size_t length = 0;
    assert_ok(uf_file_read(source_path("docs/study-file.md"), 0, &text, &length, &error), &error);
    expect_documented(&study_schema, text);
    free(text);
}

static void test_shipped_studies(void **state)
{
    (void)state;
    static const char *const shipped[] = {"datasets/norra-mellansverige/study.yaml",
                                          "datasets/digitaliseringskoordinatorer/study.yaml"};
    for (size_t i = 0; i < 2; i++) {
        struct study *study = NULL;
        assert_ok(study_read(source_path(shipped[i]), &study, &error), &error);
        study_free(study);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good),          cmocka_unit_test(test_unknown_names),
        cmocka_unit_test(test_wrong_types),   cmocka_unit_test(test_what_is_missing),
        cmocka_unit_test(test_names),         cmocka_unit_test(test_other_files),
        cmocka_unit_test(test_documentation), cmocka_unit_test(test_shipped_studies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
