// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Published JSON files, read whole: each cell is looked up in the raw tree by its codes, and counts and sums are
 * those that jq gave for the file:
 *     [.value[]] | length;  [.value[] | select(. == null)] | length;  [.value[] | select(. != null)] | add
 */
#include <math.h>
#include <string.h>

#include "import/format.h"
#include "support/store_fixture.h"
#include "support/test.h"

struct sample {
    const char *file, *sheet;
    size_t cells, nulls;
    double sum;
};

static const struct sample SAMPLES[] = {
    {"jsonstatorg_hierarchy.json", NULL, 1, 1, 0},
    {"jsonstatorg_oecd.json", NULL, 432, 0, 3323.825331657999},
    {"jsonstatorg_us-gsp.json", NULL, 204, 0, 17501197.760000005},
    {"jsonstatpy_eurostat-name_gpd_c-geo_IT_FR.json", NULL, 138, 74, 1266000},
    {"jsonstatpy_eurostat-name_gpd_c.json", NULL, 3036, 1902, 22384900},
    {"jsonstatpy_three_dim_size_as_string_v2.json", NULL, 24, 0, 4139},
    {"pxwebpy_TAB6471_data.json", NULL, 2772, 0, 84837753},
    {"pyjstat_QS104EW.json", NULL, 3, 0, 112151824},
    {"pyjstat_cantabria.json", NULL, 5400, 1195, 244239.70000000027},
    {"pyjstat_oecd-canada.json", "oecd", 432, 0, 3323.825331657999},
    {"pyjstat_oecd-canada.json", "1", 432, 0, 3323.825331657999},
    {"pyjstat_statswe.json", NULL, 1120, 0, 38425},
};

static const char *sample_path(const char *file)
{
    static char relative[256];
    snprintf(relative, sizeof relative, "realdata/jsonstat/%s", file);
    return need_shared(relative);
}

/* --- a second reader, on the raw tree ---------------------------------------------------------- */

static const json_t *raw_set(const json_t *root, const char *sheet)
{
    if (json_object_get(root, "class")) return root;
    const json_t *named = sheet ? json_object_get(root, sheet) : NULL;
    return named ? named : json_object_iter_value(json_object_iter((json_t *)root));
}

static const json_t *raw_ids(const json_t *set)
{
    const json_t *ids = json_object_get(set, "id");
    return ids ? ids : json_object_get(json_object_get(set, "dimension"), "id");
}

static size_t raw_place(const json_t *category, const char *code, size_t *out_size)
{
    const json_t *index = json_object_get(category, "index");
    *out_size = 1;
    if (!index) return 0;
    if (json_is_object(index)) {
        *out_size = json_object_size(index);
        assert_non_null(json_object_get(index, code));
        return (size_t)json_integer_value(json_object_get(index, code));
    }
    *out_size = json_array_size(index);
    for (size_t i = 0; i < *out_size; i++)
        if (!strcmp(json_string_value(json_array_get(index, i)), code)) return i;
    fail_msg("code '%s' is not in the file", code);
    return 0;
}

static const json_t *raw_item(const json_t *within, size_t at)
{
    char key[32];
    snprintf(key, sizeof key, "%zu", at);
    return json_is_array(within) ? json_array_get(within, at) : json_object_get(within, key);
}

static size_t raw_number(const json_t *set, const struct uf_cell *cell)
{
    const json_t *ids = raw_ids(set), *dimensions = json_object_get(set, "dimension");
    size_t number = 0;
    for (size_t d = 0; d < json_array_size(ids); d++) {
        const json_t *object = json_object_get(dimensions, json_string_value(json_array_get(ids, d)));
        size_t size, at = raw_place(json_object_get(object, "category"), cell->codes[d], &size);
        number = number * size + at;
    }
    return number;
}

static void check_cell(const json_t *set, const struct uf_cell *cell)
{
    size_t number = raw_number(set, cell);
    const json_t *value = raw_item(json_object_get(set, "value"), number);
    const json_t *status = json_object_get(set, "status");
    if (json_object_get(status, "value")) status = json_object_get(status, "value");
    const char *sign = json_string_value(raw_item(status, number));
    assert_true(cell->is_read);
    if (json_is_number(value))
        assert_true(cell->value == json_number_value(value));
    else
        assert_true(isnan(cell->value));
    assert_int_equal(uf_value_is_missing(cell->status), !json_is_number(value));
    assert_int_equal((cell->status & UF_VALUE_ESTIMATED) != 0, sign && strchr(sign, 'e') != NULL);
    assert_int_equal((cell->status & UF_VALUE_BREAK) != 0, sign && strchr(sign, 'b') != NULL);
}

/* --- the samples ------------------------------------------------------------------------------- */

static void open_sample(const char *path, const char *sheet, struct uf_input **input,
                        struct uf_reader *reader)
{
    const struct uf_reader_wishes wishes = {.sheet = sheet};
    struct uf_error error = {0};
    assert_ok(uf_input_open(path, NULL, input, &error), &error);
    assert_ok(uf_reader_open(*input, NULL, &wishes, reader, &error), &error);
}

static void read_sample(const struct sample *sample)
{
    const char *path = sample_path(sample->file);
    json_t *root = load_json(path);
    const json_t *set = raw_set(root, sample->sheet);
    struct uf_input *input;
    struct uf_reader reader;
    struct uf_error error = {0};
    open_sample(path, sample->sheet, &input, &reader);
    assert_string_equal(reader.format->name, "json-stat");
    size_t cells = 0, nulls = 0;
    double sum = 0;
    for (bool more = true; more;) {
        struct uf_cell cell;
        assert_ok(reader.format->next(&reader, &cell, &more, &error), &error);
        if (!more) break;
        check_cell(set, &cell);
        cells++;
        nulls += isnan(cell.value) ? 1 : 0;
        sum += isnan(cell.value) ? 0 : cell.value;
    }
    assert_int_equal(cells, sample->cells);
    assert_int_equal(nulls, sample->nulls);
    expect_close(sum, sample->sum, 1e-13, sample->file);
    uf_reader_close(&reader);
    uf_input_close(input);
    json_decref(root);
}

static void each_sample_is_read_cell_by_cell(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof SAMPLES / sizeof *SAMPLES; i++) read_sample(&SAMPLES[i]);
}

static void files_without_values_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *file, *words;
        size_t line;
    } FILES[] = {
        {"pxwebapi_MetadataById_tab001_js2.json", "describes a table of 5940 cells", 336},
        {"pxwebpy_TAB6471_metadata.json", "tables/TAB6471/data?outputFormat=json-stat2", 1192},
        {"pxwebpy_agg_\xC3\x85lder10\xC3\xA5rJ.json", "a list of codes (Aggregation) and holds no figures",
         1},
        {"pyjstat_oecd-canada.json", "several data sets: oecd, canada; choose one", 0},
    };
    for (size_t i = 0; i < sizeof FILES / sizeof *FILES; i++) {
        struct uf_input *input;
        struct uf_reader reader;
        struct uf_error error = {0};
        const struct uf_reader_wishes wishes = {0};
        assert_ok(uf_input_open(sample_path(FILES[i].file), NULL, &input, &error), &error);
        assert_int_equal(uf_reader_open(input, NULL, &wishes, &reader, &error), UF_BAD_INPUT);
        assert_non_null(strstr(error.message, FILES[i].words));
        assert_int_equal(error.line, FILES[i].line);
        uf_input_close(input);
    }
}

static const char *note_about(const struct uf_file_facts *facts, const char *scope, const char *words)
{
    for (size_t i = 0; i < facts->n_notes; i++)
        if (!strcmp(facts->notes[i].scope, scope) && strstr(facts->notes[i].text, words))
            return facts->notes[i].text;
    fail_msg("no note on '%s' with '%s'", scope, words);
    return NULL;
}

static void what_statistics_sweden_says(void **state)
{
    (void)state;
    struct uf_input *input;
    struct uf_reader reader;
    open_sample(sample_path("pxwebpy_TAB6471_data.json"), NULL, &input, &reader);
    const struct uf_file_facts *facts = &reader.facts;
    assert_string_equal(
        facts->title,
        "Folkm\xC3\xA4ngden per m\xC3\xA5nad efter region, \xC3\xA5lder, k\xC3\xB6n och m\xC3\xA5nad");
    assert_string_equal(facts->source, "SCB");
    assert_string_equal(facts->updated, "2026-06-08T06:00:00Z");
    assert_string_equal(facts->language, "sv");
    assert_int_equal(facts->n_dimensions, 5);
    assert_string_equal(facts->dimensions[0].label, "region");
    assert_int_equal(facts->dimensions[0].codes.count, 21);
    assert_string_equal(facts->dimensions[0].codes.items[15], "20");
    assert_string_equal(facts->dimensions[0].labels.items[15], "Dalarnas l\xC3\xA4n");
    assert_int_equal(facts->dimensions[3].hint, UF_ROLE_CONTENT);
    assert_int_equal(facts->dimensions[4].hint, UF_ROLE_PERIOD);
    assert_int_equal(facts->n_contents, 1);
    assert_string_equal(facts->contents[0].label, "Folkm\xC3\xA4ngden per m\xC3\xA5nad");
    assert_string_equal(facts->contents[0].unit, "antal");
    assert_int_equal(facts->contents[0].decimals, 0);
    assert_true(facts->contents[0].kind_said);
    assert_int_equal(facts->contents[0].kind, UF_INDICATOR_STOCK);
    note_about(facts, "", "Cell Key Method");
    note_about(facts, "", "contact: Statistikservice, SCB");
    note_about(facts, "Alder",
               "uppn\xC3\xA5"
               "dd \xC3\xA5lder");
    note_about(facts, "ContentsCode=000007SF", "reference period: Respektive m\xC3\xA5nad");
    struct uf_cell cell;
    struct uf_error error = {0};
    bool more = false;
    assert_ok(reader.format->next(&reader, &cell, &more, &error), &error);
    assert_true(cell.value == 245284 && cell.status == UF_VALUE_NOISE);
    uf_reader_close(&reader);
    uf_input_close(input);
}

static void what_others_say(void **state)
{
    (void)state;
    struct uf_input *input;
    struct uf_reader reader;
    open_sample(sample_path("jsonstatorg_oecd.json"), NULL, &input, &reader);
    assert_string_equal(reader.facts.contents[0].unit, "per cent");
    assert_int_equal(reader.facts.contents[0].decimals, 9);
    assert_int_equal(reader.facts.dimensions[1].hint, UF_ROLE_REGION);
    note_about(&reader.facts, "area=DE", "Germany (code DE)");
    note_about(&reader.facts, "area=EU15", "parts: AT, BE, DE");
    note_about(&reader.facts, "concept=UNR", "harmonised unemployment rate");
    uf_reader_close(&reader);
    uf_input_close(input);
    open_sample(sample_path("jsonstatorg_us-gsp.json"), NULL, &input, &reader);
    assert_int_equal(reader.facts.n_contents, 4);
    assert_string_equal(reader.facts.contents[0].unit, "$ million");
    assert_string_equal(reader.facts.contents[1].unit, "%");
    uf_reader_close(&reader);
    uf_input_close(input);
    open_sample(sample_path("jsonstatpy_eurostat-name_gpd_c.json"), NULL, &input, &reader);
    assert_string_equal(reader.facts.title, "GDP and main components - Current prices");
    assert_string_equal(reader.facts.updated, "2016-02-09T23:00:00Z");
    assert_string_equal(reader.facts.language, "en");
    uf_reader_close(&reader);
    uf_input_close(input);
    open_sample(sample_path("pyjstat_QS104EW.json"), NULL, &input, &reader);
    assert_non_null(strstr(reader.notes.items[0], "4 dimensions and gives 3 sizes"));
    uf_reader_close(&reader);
    uf_input_close(input);
}

/* --- into a store ------------------------------------------------------------------------------ */

static void import_sample(struct uf_store *store, const char *path, const char *format)
{
    const struct uf_import_request request = {.path = path, .indicator = {.code = "x"}};
    struct uf_import_summary summary;
    struct uf_error error = {0};
    assert_ok(uf_import_file(store, &request, &summary, &error), &error);
    assert_string_equal(summary.format, format);
    uf_import_summary_clear(&summary);
}

static struct uf_store *reference_store(void)
{
    struct uf_store *store = NULL;
    struct uf_error error = {0};
    assert_ok(uf_store_open(":memory:", UF_STORE_CREATE, &store, &error), &error);
    assert_ok(uf_import_reference(store, source_path("datasets/reference"), &error), &error);
    return store;
}

static void population_of_counties_in_a_store(void **state)
{
    (void)state;
    sample_path("pxwebpy_TAB6471_data.json"); /* skips before the store is open */
    struct uf_store *store = reference_store();
    import_sample(store, sample_path("pxwebpy_TAB6471_data.json"), "json-stat");
    expect_close(query_number(store, "SELECT count(*) FROM observations"), 2772, 0, "observations");
    expect_close(query_number(store, "SELECT sum(value) FROM observations"), 84837753, 0, "sum");
    expect_close(query_number(store, "SELECT count(*) FROM observations WHERE status = 8192"), 2772, 0,
                 "noise");
    /* jq: .value[(15*33+0*3+0)*4+3] is Dalarna, 0-9 years, both sexes, April 2026 */
    json_t *root = load_json(sample_path("pxwebpy_TAB6471_data.json"));
    double raw = json_number_value(json_array_get(json_object_get(root, "value"), 15 * 33 * 4 + 3));
    json_decref(root);
    expect_close(query_number(store,
                              "SELECT value FROM observations WHERE region = 'SE312' AND period = 2026304 "
                              "AND breakdown = 'Alder=0-9;Kon=TotSa'"),
                 raw, 0, "Dalarna");
    uf_store_close(store);
}

static void kolada_in_a_store(void **state)
{
    (void)state;
    const char *path = need_shared("realdata/kolada/RECONSTRUCTED_kolada_v2_N03702.json");
    struct uf_store *store = reference_store();
    import_sample(store, path, "kolada");
    /* jq '[.values[].values[].value] | length, add' */
    expect_close(query_number(store, "SELECT count(*) FROM observations"), 48, 0, "observations");
    expect_close(query_number(store, "SELECT sum(value) FROM observations"), 39778.064745, 1e-13, "sum");
    expect_close(
        query_number(store, "SELECT min(value) FROM observations WHERE region = '0180' AND period = 2012000"),
        777.735791, 0, "Stockholm 2012");
    uf_store_close(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_sample_is_read_cell_by_cell),
        cmocka_unit_test(files_without_values_are_refused),
        cmocka_unit_test(what_statistics_sweden_says),
        cmocka_unit_test(what_others_say),
        cmocka_unit_test(population_of_counties_in_a_store),
        cmocka_unit_test(kolada_in_a_store),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
