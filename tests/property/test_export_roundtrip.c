// SPDX-License-Identifier: GPL-3.0-or-later
/* What is exported and imported again is the same: random stores with everything that can stand in one, through each
 * format, compared by queries. JSON-stat is also read here by a way of its own. */
#include <float.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/export.h>
#include <utfall/file.h>
#include <utfall/import.h>

#include "support/store_fixture.h"
#include "support/test.h"

static struct uf_error error;
static uint64_t state;

static uint64_t draw(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

static size_t below(size_t n)
{
    return (size_t)(draw() % n);
}
#define PICK(list) ((list)[below(sizeof(list) / sizeof *(list))])

/* --- a random store ---------------------------------------------------------------------------- */

static const char *const TEXTS[] = {"persons",
                                    "tusental kr",
                                    "%",
                                    "a \"quoted\" word",
                                    "semi;colon, comma",
                                    "two\nlines",
                                    "=1+1",
                                    "-5",
                                    "@home",
                                    "\xC3\xA5\xC3\xA4\xC3\xB6 \xC3\x85\xC3\x84\xC3\x96",
                                    " blanks at ends ",
                                    "a\ttab",
                                    "'",
                                    "=\"0180\"",
                                    "\xE2\x80\x93"};
static const char *const REGIONS[] = {"SE",   "SE1",  "SE31", "SE311", "SE312",      "SE313", "SE110",
                                      "0180", "2080", "1780", "NO042", "X \"1\"; 2", "01X",   "-7"};
static const char *const SECTORS[] = {"", "", "TOTAL", "A", "B-E", "C", "F", "01", "10-12", "s, \"t\"", "+3"};
static const char *const BREAKDOWNS[] = {"",
                                         "",
                                         "",
                                         "sex=1",
                                         "sex=2",
                                         "age=16-24;sex=1",
                                         "age=16-24;sex=2",
                                         "age=1;sex=1",
                                         "age=10;sex=1",
                                         "age=0180",
                                         "k\xC3\xB6n=m\xC3\xA4n",
                                         "kon=ma\xCC\x88n",
                                         "ko\xCC\x88n=1",
                                         "=x",
                                         "a=b=c",
                                         "sex=;age=1",
                                         "sex=1;age=2",
                                         "sex=1;sex=2",
                                         "sex= 1 ",
                                         "a= ",
                                         "q=\"x\"",
                                         "q=a,b;r=c",
                                         "q=two\nlines",
                                         "free text",
                                         "value=3",
                                         "REGION=x",
                                         "region=y",
                                         "Period=1",
                                         "period_2=4",
                                         "a==\"0180\"",
                                         "a=-1",
                                         "a=+1",
                                         "a=@x",
                                         "a=1 maj",
                                         "a=maj 1",
                                         "a=1/2",
                                         "a=1E5",
                                         "a=TRUE",
                                         "a=..",
                                         "a=:",
                                         "a=_Z",
                                         "breakdown=7",
                                         ";",
                                         "sex=1;"};
static const double VALUES[] = {0,
                                1,
                                -1,
                                0.1,
                                -5.3,
                                1e-300,
                                DBL_MAX,
                                -DBL_MAX,
                                DBL_MIN,
                                5e-324,
                                -5e-324,
                                1234567.89,
                                9007199254740993.0,
                                1e22,
                                100,
                                1e5,
                                1.5,
                                0.333333333333333314829616256247};
static const uf_value_status MISSING[] = {UF_VALUE_NOT_AVAILABLE, UF_VALUE_NOT_APPLICABLE,
                                          UF_VALUE_SUPPRESSED,    UF_VALUE_CONFIDENTIAL,
                                          UF_VALUE_UNDEFINED,     UF_VALUE_INCOMPLETE};
static const char *const PERIODS[] = {"2018",    "2019",      "2020",      "2018H1",  "2018H2",
                                      "2018Q1",  "2018Q4",    "2018M01",   "2018M12", "2018W05",
                                      "2018W53", "2015-2017", "2017-2018", "1000",    "2999"};

static void put_codes(struct uf_store *store)
{
    static const struct uf_region MORE[] = {
        {"NO042", "other", NULL, "Hedmark; \"Norge\"", "Hedmark", NULL, 1990, 2019},
        {"X \"1\"; 2", "other", NULL, "\xC3\x96vrigt, =1+1", "Other\nplace", "\xC3\x96", 0, 0},
        {"01X", "nuts3", "SE31", "=HYPERLINK(\"x\")", "-2", "s", 2001, 0},
        {"-7", "municipality", "01X", "@x", "y", NULL, 0, 0}};
    static const struct uf_sector SECTORS_MORE[] = {{"01", "sni2007", "A", "Jordbruk; jakt", "Crops"},
                                                    {"10-12", "sni2007", "C", "Livsmedel", "Food"},
                                                    {"s, \"t\"", "own", NULL, "s \"t\"", "=s"},
                                                    {"+3", "own", "s, \"t\"", "plus", "plus"}};
    for (size_t i = 0; i < sizeof MORE / sizeof *MORE; i++)
        assert_ok(uf_store_put_region(store, &MORE[i], &error), &error);
    for (size_t i = 0; i < sizeof SECTORS_MORE / sizeof *SECTORS_MORE; i++)
        assert_ok(uf_store_put_sector(store, &SECTORS_MORE[i], &error), &error);
}

static const char *text_or_null(void)
{
    return below(4) ? PICK(TEXTS) : NULL;
}

static size_t put_indicators(struct uf_store *store)
{
    static const char *const CODES[] = {"a", "gdp", "Share", "share"};
    size_t n = 1 + below(4);
    for (size_t i = 0; i < n; i++) {
        const struct uf_indicator indicator = {.code = CODES[i],
                                               .theme = text_or_null(),
                                               .name_sv = PICK(TEXTS),
                                               .name_en = PICK(TEXTS),
                                               .unit_sv = text_or_null(),
                                               .unit_en = text_or_null(),
                                               .kind = (enum uf_indicator_kind)below(3),
                                               .rounding = below(2)   ? 0
                                                           : below(2) ? 1000
                                                                      : 0.1,
                                               .source = text_or_null(),
                                               .licence = text_or_null(),
                                               .has_decimals = below(2),
                                               .decimals = (int)below(5)};
        assert_ok(uf_store_put_indicator(store, &indicator, &error), &error);
    }
    return n;
}

static void put_random(struct uf_store *store, int64_t batch, size_t n_indicators)
{
    static const char *const CODES[] = {"a", "gdp", "Share", "share"};
    const char *period = PICK(PERIODS);
    struct uf_observation o = {.indicator = CODES[below(n_indicators)],
                               .region = PICK(REGIONS),
                               .sector = PICK(SECTORS),
                               .breakdown = PICK(BREAKDOWNS)};
    assert_true(uf_period_parse(period, strlen(period), &o.period));
    o.status = below(3) ? 0 : (uf_value_status)(draw() & 0x7FF00u & ~(uf_value_status)UF_VALUE_MISSING_MASK);
    if (below(3) == 0) {
        o.value = NAN;
        o.status |= PICK(MISSING);
        if (below(4) == 0) o.status |= PICK(MISSING);
    } else if (below(2)) {
        o.value = PICK(VALUES);
    } else {
        union {
            uint64_t bits;
            double number;
        } any = {draw()};
        o.value = isfinite(any.number) ? any.number : 3;
    }
    /* a cell that is there already with another value is refused, and another is drawn the next time */
    uf_store_put_observation(store, batch, &o, NULL, &error);
}

/* Every cell of a small cube: what JSON-stat writes dense. */
static void put_cube(struct uf_store *store, int64_t batch)
{
    const struct uf_indicator indicator = {
        .code = "cube", .name_sv = "Kub", .name_en = "Cube", .unit_en = "1"};
    static const char *const PLACES[] = {"SE311", "SE312"}, *const SEXES[] = {"sex=1", "sex=2"};
    assert_ok(uf_store_put_indicator(store, &indicator, &error), &error);
    for (size_t i = 0; i < 12; i++) {
        struct uf_observation o = {.indicator = "cube",
                                   .region = PLACES[i % 2],
                                   .breakdown = SEXES[i / 2 % 2],
                                   .period = (uf_period)(2018 + i / 4) * 1000,
                                   .value = (double)below(1000) / 8};
        if (i == 5) o.value = NAN, o.status = UF_VALUE_CONFIDENTIAL;
        assert_ok(uf_store_put_observation(store, batch, &o, NULL, &error), &error);
    }
}

static struct uf_store *random_store(uint64_t seed)
{
    struct uf_store *store = store_with_regions(":memory:");
    state = seed * 0x9E3779B97F4A7C15u + 1;
    assert_ok(uf_store_begin(store, &error), &error);
    put_codes(store);
    size_t n_indicators = put_indicators(store), n_batches = 1 + below(3), n = below(200) + 1;
    for (size_t b = 0; b < n_batches; b++) {
        int64_t batch = 0;
        char name[32];
        snprintf(name, sizeof name, "file %zu", b);
        assert_ok(uf_store_batch_begin(store, name, "csv-long", name, &batch, &error), &error);
        for (size_t i = 0; i < n; i++) put_random(store, batch, n_indicators);
        if (b == 0) put_cube(store, batch);
        for (size_t i = below(3); i > 0; i--)
            assert_ok(uf_store_batch_note(store, batch, below(2) ? "" : "region=SE312", PICK(TEXTS), &error),
                      &error);
    }
    assert_ok(uf_store_put_code_label(store, "sex", "1", "m\xC3\xA4n", &error), &error);
    assert_ok(uf_store_put_code_label(store, "sex", "2", "kvinnor; \"alla\"", &error), &error);
    assert_ok(uf_store_commit(store, &error), &error);
    return store;
}

/* --- comparing --------------------------------------------------------------------------------- */

static const char *const SAME[] = {
    "SELECT indicator, region, sector, breakdown, period, value, status FROM observations"
    " ORDER BY indicator, region, sector, breakdown, period",
    "SELECT code, theme, name_sv, name_en, unit_sv, unit_en, kind, rounding, source, licence, decimals"
    " FROM indicator ORDER BY code",
    "SELECT DISTINCT scope, text FROM batch_notes ORDER BY scope, text",
    "SELECT dimension, code, label FROM code_labels WHERE dimension <> 'sex' OR EXISTS"
    " (SELECT 1 FROM observations WHERE breakdown LIKE '%sex=%') ORDER BY dimension, code",
    "SELECT code, level, parent, name_sv, name_en, short_name, valid_from, valid_to FROM regions"
    " WHERE code IN (SELECT region FROM observations) ORDER BY code",
    "SELECT code, scheme, parent, name_sv, name_en FROM sectors WHERE code IN (SELECT sector FROM "
    "observations)"
    " ORDER BY code"};

static struct uf_table *query(struct uf_store *store, const char *sql)
{
    struct uf_table *table = NULL;
    assert_ok(uf_store_query(store, sql, NULL, 0, &table, &error), &error);
    return table;
}

static void expect_same_cell(const struct uf_table *a, const struct uf_table *b, size_t i, size_t j)
{
    double left = uf_table_number(a, i, j), right = uf_table_number(b, i, j);
    bool same = uf_text_equal(uf_table_text(a, i, j), uf_table_text(b, i, j)) &&
                ((isnan(left) && isnan(right)) || left == right);
    if (!same)
        fail_msg("row %zu (%s, %s, %s), %s: %s %.17g became %s %.17g", i, uf_table_text(a, i, 0),
                 uf_table_text(a, i, 1), uf_table_columns(a) > 3 ? uf_table_text(a, i, 3) : "",
                 uf_table_column_name(a, j), uf_table_text(a, i, j), left, uf_table_text(b, i, j), right);
}

static void expect_same_store(struct uf_store *a, struct uf_store *b)
{
    for (size_t q = 0; q < sizeof SAME / sizeof *SAME; q++) {
        struct uf_table *left = query(a, SAME[q]), *right = query(b, SAME[q]);
        if (uf_table_rows(left) != uf_table_rows(right))
            fail_msg("%zu rows became %zu: %s", uf_table_rows(left), uf_table_rows(right), SAME[q]);
        for (size_t i = 0; i < uf_table_rows(left); i++)
            for (size_t j = 0; j < uf_table_columns(left); j++) expect_same_cell(left, right, i, j);
        uf_table_free(left);
        uf_table_free(right);
    }
}

static void round_trip(enum uf_export_format format, uint64_t seed)
{
    struct uf_store *store = random_store(seed), *other = store_with_regions(":memory:");
    char folder[600];
    snprintf(folder, sizeof folder, "%s/%s-%d", scratch_directory(), uf_export_format_name(format),
             (int)seed);
    const struct uf_export_request request = {.folder = folder, .format = format};
    struct uf_export_summary summary;
    struct uf_import_summary back;
    assert_ok(uf_export(store, &request, &summary, &error), &error);
    const struct uf_import_request again = {.path = folder};
    uf_status status = uf_import_package(other, &again, &back, &error);
    if (status != UF_OK)
        fail_msg("%s, seed %d: %s:%zu: %s", uf_export_format_name(format), (int)seed, error.file, error.line,
                 error.message);
    assert_int_equal(back.imported, summary.observations);
    assert_int_equal(back.missing, summary.missing);
    uf_import_summary_clear(&back);
    expect_same_store(store, other);
    uf_store_close(other);
    uf_store_close(store);
    assert_ok(uf_directory_remove(folder, &error), &error);
}

enum { SEEDS = 8 };

static void test_csv(void **unused)
{
    (void)unused;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) round_trip(UF_EXPORT_CSV, seed);
}

static void test_csv_excel(void **unused)
{
    (void)unused;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) round_trip(UF_EXPORT_CSV_EXCEL, seed);
}

static void test_sdmx_csv(void **unused)
{
    (void)unused;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) round_trip(UF_EXPORT_SDMX_CSV, seed);
}

/* --- JSON-stat, by another way than the reader's ----------------------------------------------- */

static const json_t *axis_roles(const json_t *package, const char *path)
{
    const json_t *resources = json_object_get(package, "resources");
    for (size_t i = 0; i < json_array_size(resources); i++) {
        const json_t *resource = json_array_get(resources, i);
        const char *name = json_string_value(json_object_get(resource, "path"));
        if (name && !strcmp(name, path)) return resource;
    }
    fail_msg("%s is not in the descriptor", path);
    return NULL;
}

/* The code that a position has on an axis. */
static const char *code_at(const json_t *set, size_t axis, uint64_t position)
{
    const json_t *sizes = json_object_get(set, "size"), *ids = json_object_get(set, "id");
    for (size_t i = json_array_size(sizes); --i > axis;)
        position /= (uint64_t)json_integer_value(json_array_get(sizes, i));
    position %= (uint64_t)json_integer_value(json_array_get(sizes, axis));
    const json_t *dimension =
        json_object_get(json_object_get(set, "dimension"), json_string_value(json_array_get(ids, axis)));
    const json_t *index = json_object_get(json_object_get(dimension, "category"), "index");
    return json_string_value(json_array_get(index, (size_t)position));
}

static void put_cell(struct uf_store *store, int64_t batch, const json_t *set, const json_t *resource,
                     uint64_t position, const json_t *value)
{
    const json_t *axes = json_object_get(resource, "dimensions");
    const char *none = json_string_value(json_object_get(resource, "none"));
    struct uf_observation o = {0};
    char breakdown[512] = "", key[32];
    for (size_t i = 0; i < json_array_size(axes); i++) {
        const json_t *axis = json_array_get(axes, i);
        const char *role = json_string_value(json_object_get(axis, "role")),
                   *code = code_at(set, i, position);
        const char *name = json_string_value(json_object_get(axis, "dimension"));
        if (!strcmp(role, "indicator")) o.indicator = code;
        if (!strcmp(role, "region")) o.region = code;
        if (!strcmp(role, "sector") && strcmp(code, none)) o.sector = code;
        if (!strcmp(role, "period")) assert_true(uf_period_parse(code, strlen(code), &o.period));
        if (strcmp(role, "breakdown") || !strcmp(code, none)) continue;
        size_t length = strlen(breakdown);
        snprintf(breakdown + length, sizeof breakdown - length, "%s%s%s%s", length ? ";" : "", name,
                 *name ? "=" : "", code);
    }
    snprintf(key, sizeof key, "%llu", (unsigned long long)position);
    const char *sign = json_string_value(json_object_get(json_object_get(set, "status"), key));
    if (sign) assert_true(uf_value_status_parse(sign, &o.status));
    o.breakdown = breakdown;
    o.value = json_is_null(value) ? NAN : json_number_value(value);
    assert_ok(uf_store_put_observation(store, batch, &o, NULL, &error), &error);
}

static size_t read_set(struct uf_store *store, int64_t batch, const json_t *set, const json_t *resource)
{
    json_t *values = json_object_get(set, "value"), *value;
    const char *key;
    size_t count = 0, i;
    assert_string_equal(json_string_value(json_object_get(set, "class")), "dataset");
    if (json_is_array(values)) json_array_foreach(values, i, value)
        {
            put_cell(store, batch, set, resource, i, value);
            count++;
        }
    else
        json_object_foreach(values, key, value)
        {
            put_cell(store, batch, set, resource, strtoull(key, NULL, 10), value);
            count++;
        }
    return count;
}

static void read_all_sets(struct uf_store *store, const char *folder, size_t *out_dense)
{
    char path[700];
    int64_t batch = 0;
    snprintf(path, sizeof path, "%s/datapackage.json", folder);
    json_t *package = json_load_file(path, 0, NULL);
    assert_non_null(package);
    const json_t *resources = json_object_get(package, "resources");
    assert_ok(uf_store_begin(store, &error), &error);
    assert_ok(uf_store_batch_begin(store, "x", "x", "x", &batch, &error), &error);
    for (size_t i = 0; i < json_array_size(resources); i++) {
        const char *name = json_string_value(json_object_get(json_array_get(resources, i), "path"));
        if (!name) continue;
        snprintf(path, sizeof path, "%s/%s", folder, name);
        json_t *set = json_load_file(path, JSON_REJECT_DUPLICATES, NULL);
        assert_non_null(set);
        *out_dense += json_is_array(json_object_get(set, "value"));
        read_set(store, batch, set, axis_roles(package, name));
        json_decref(set);
    }
    assert_ok(uf_store_commit(store, &error), &error);
    json_decref(package);
}

static void test_json_stat_cells(void **unused)
{
    (void)unused;
    size_t dense = 0;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        struct uf_store *store = random_store(seed), *other = random_store(seed);
        char folder[600];
        snprintf(folder, sizeof folder, "%s/cells-%d", scratch_directory(), (int)seed);
        const struct uf_export_request request = {.folder = folder, .format = UF_EXPORT_JSON_STAT};
        assert_ok(uf_export(store, &request, NULL, &error), &error);
        /* the other store already holds all of it: another value for a cell would be refused, and nothing may be
         * missing */
        size_t before = 0, after = 0;
        assert_ok(uf_store_count(other, NULL, &before, &error), &error);
        read_all_sets(other, folder, &dense);
        assert_ok(uf_store_count(other, NULL, &after, &error), &error);
        assert_int_equal(before, after);
        assert_int_equal(query_number(other, "SELECT repeated FROM batches WHERE path = 'x'"), before);
        uf_store_close(store);
        uf_store_close(other);
        assert_ok(uf_directory_remove(folder, &error), &error);
    }
    assert_true(dense >= SEEDS); /* the cube of each store */
}

static void test_json_stat(void **unused)
{
    (void)unused;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) round_trip(UF_EXPORT_JSON_STAT, seed);
}

/* The same store gives the same bytes, and so does the store that an export filled. */
static void test_same_bytes(void **unused)
{
    (void)unused;
    char first[600], second[600], path[700];
    char hashes[2][UF_SHA256_SIZE];
    snprintf(first, sizeof first, "%s/first", scratch_directory());
    snprintf(second, sizeof second, "%s/second", scratch_directory());
    struct uf_store *store = random_store(77), *other = store_with_regions(":memory:");
    const struct uf_export_request request = {.folder = first};
    const struct uf_import_request again = {.path = first};
    struct uf_import_summary back;
    assert_ok(uf_export(store, &request, NULL, &error), &error);
    assert_ok(uf_import_package(other, &again, &back, &error), &error);
    uf_import_summary_clear(&back);
    assert_ok(uf_import_package(other, &again, &back, &error), &error);
    assert_true(back.already_there);
    uf_import_summary_clear(&back);
    assert_ok(uf_export(other, &(struct uf_export_request){.folder = second}, NULL, &error), &error);
    static const char *const FILES[] = {"observations.csv", "datapackage.json"};
    for (size_t i = 0; i < 2; i++) {
        snprintf(path, sizeof path, "%s/%s", first, FILES[i]);
        assert_ok(uf_file_sha256(path, hashes[0], &error), &error);
        snprintf(path, sizeof path, "%s/%s", second, FILES[i]);
        assert_ok(uf_file_sha256(path, hashes[1], &error), &error);
        assert_string_equal(hashes[0], hashes[1]);
    }
    uf_store_close(store);
    uf_store_close(other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_csv),       cmocka_unit_test(test_csv_excel),
        cmocka_unit_test(test_sdmx_csv),  cmocka_unit_test(test_json_stat_cells),
        cmocka_unit_test(test_json_stat), cmocka_unit_test(test_same_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
