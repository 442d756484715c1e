// SPDX-License-Identifier: GPL-3.0-or-later
/* Contents as indicators, sums over dimensions, replacing, and what goes into the store beside the values. */
#include <stdio.h>
#include <string.h>

#include "support/import_cases.h"
#include "support/test.h"

/* Two contents, two sexes with their total, two years. */
static const char CUBE[] =
    "CHARSET=\"ANSI\";\nAXIS-VERSION=\"2010\";\nCODEPAGE=\"utf-8\";\nSUBJECT-AREA=\"T\";\nSUBJECT-CODE=\"T\";"
    "\n"
    "MATRIX=\"M\";\nTITLE=\"Jobs by sex\";\nCONTENTS=\"Jobs\";\nUNITS=\"persons\";\nDECIMALS=1;\n"
    "STUB=\"omr\",\"kon\";\nHEADING=\"innehall\",\"year\";\nCONTVARIABLE=\"innehall\";\n"
    "VALUES(\"omr\")=\"Dalarnas l\xC3\xA4n\";\nCODES(\"omr\")=\"20\";\n"
    "VALUES(\"kon\")=\"men\",\"women\",\"total\";\nCODES(\"kon\")=\"1\",\"2\",\"1+2\";\n"
    "VALUES(\"innehall\")=\"Employed\",\"Share of all\";\nCODES(\"innehall\")=\"E1\",\"00002\";\n"
    "UNITS(\"Employed\")=\"persons\";\nUNITS(\"Share of all\")=\"per cent\";\n"
    "VALUES(\"year\")=\"2017\",\"2018\";\nCODES(\"year\")=\"2017\",\"2018\";\nTIMEVAL(\"year\")=TLIST(A1),"
    "\"2017\",\"2018\";\n"
    "SOURCE=\"The office\";\nNOTE=\"Read this first\";\n"
    "DATA=\n1 2 10 20\n3 4 11 21\n4 6 12 22;\n";

static void each_content_is_an_indicator(void **state)
{
    (void)state;
    do_import(CUBE, &(struct uf_import_request){.indicator = {.code = "jobs"}});
    assert_int_equal(summary.imported, 12);
    expect_import_note("the content E1 (Employed) becomes the indicator jobs_E1");
    expect_import_note("the content 00002 (Share of all) becomes the indicator jobs_share_of_all");
    expect_text(
        store,
        "SELECT group_concat(code || ':' || name_en || ':' || unit_en || ':' || kind, ' ') FROM (SELECT *"
        " FROM indicator ORDER BY code)",
        "jobs_E1:Employed:persons:stock jobs_share_of_all:Share of all:per cent:ratio");
    expect_text(store,
                "SELECT group_concat(value, ' ') FROM (SELECT value FROM observations WHERE indicator ="
                " 'jobs_share_of_all' AND breakdown = 'kon=2' ORDER BY period)",
                "11.0 21.0");
    expect_text(store, "SELECT source FROM indicator WHERE code = 'jobs_E1'", "The office, Jobs by sex");
    expect_text(store,
                "SELECT group_concat(name || '=' || role, ' ') FROM (SELECT * FROM batch_dimensions ORDER BY "
                "position)",
                "omr=region kon=breakdown innehall=content year=period");
    expect_close(
        query_number(store, "SELECT count(*) FROM batch_notes WHERE scope = '' AND text = 'Read this first'"),
        1, 0, "the publisher's note");
    expect_text(
        store,
        "SELECT group_concat(code || '=' || label, ' ') FROM (SELECT * FROM code_labels ORDER BY code)",
        "1=men 1+2=total 2=women");
    expect_close(query_number(store, "SELECT decimals FROM indicator WHERE code = 'jobs_E1'"), 1, 0,
                 "decimals");
}

static void contents_can_be_named_and_kept(void **state)
{
    (void)state;
    const struct uf_content_indicator names[] = {{"E1", "employed"}, {"Share of all", "share"}};
    do_import(CUBE, &(struct uf_import_request){.contents = names, .n_contents = 2});
    expect_text(store, "SELECT group_concat(code, ' ') FROM (SELECT code FROM indicator ORDER BY code)",
                "employed share");
    const struct uf_content_indicator same[] = {{"E1", "one"}, {"00002", "one"}};
    expect_import_refusal(CUBE, &(struct uf_import_request){.contents = same, .n_contents = 2}, UF_BAD_USAGE,
                          "would both be the indicator one");
    const struct uf_content_indicator unknown = {"E2", "one"};
    expect_import_refusal(CUBE, &(struct uf_import_request){.contents = &unknown, .n_contents = 1},
                          UF_BAD_USAGE, "has no content 'E2'; it has 2 others, such as 'E1'");
    /* one that is kept, by its label, gives the indicator itself its unit */
    const char *label[] = {"Share of all"};
    const struct uf_keep keep = {"innehall", label, 1};
    do_import(CUBE, &(struct uf_import_request){.indicator = {.code = "part"}, .keep = &keep, .n_keep = 1});
    assert_int_equal(summary.imported, 6);
    expect_text(store, "SELECT name_en || ':' || unit_en FROM indicator WHERE code = 'part'",
                "Share of all:per cent");
    do_import(CUBE, &(struct uf_import_request){
                        .indicator = {.code = "own", .name_en = "Mine", .unit_en = "pieces"},
                        .keep = &keep,
                        .n_keep = 1});
    expect_text(store, "SELECT name_en || ':' || unit_en FROM indicator WHERE code = 'own'", "Mine:pieces");
    expect_import_refusal("geo,year,value\n20,2018,1\n",
                          &(struct uf_import_request){.contents = names, .n_contents = 1}, UF_BAD_USAGE,
                          "--content COLUMN");
}

static const char LONG[] = "geo,sex,age,year,value\n"
                           "20,m,16-24,2018,1\n20,k,16-24,2018,2\n20,m,25-34,2018,10\n20,k,25-34,2018,20\n"
                           "21,m,16-24,2018,3\n21,k,16-24,2018,..\n21,m,25-34,2018,30\n21,k,25-34,2018,40\n";

static void what_differs_in_one_dimension_is_added(void **state)
{
    (void)state;
    const struct uf_sum sex = {.dimension = "sex"};
    do_import(LONG, &(struct uf_import_request){.sums = &sex, .n_sums = 1});
    assert_int_equal(summary.imported, 4);
    assert_int_equal(summary.incomplete, 1);
    expect_import_note("1 of 4 sums lack a part");
    expect_text(
        store,
        "SELECT group_concat(region || breakdown || '=' || coalesce(value, '-') || ':' || status, ' ') FROM"
        " (SELECT * FROM observations ORDER BY region, breakdown)",
        "SE312age=16-24=3.0:0 SE312age=25-34=30.0:0 SE313age=16-24=-:32 SE313age=25-34=70.0:0");
    /* two dimensions, some parts: an independent way to the same figures */
    const char *young[] = {"16-24", "25-34"};
    const struct uf_sum both[] = {{.dimension = "sex"}, {"age", young, 2}};
    do_import(LONG, &(struct uf_import_request){.indicator = {.code = "y"}, .sums = both, .n_sums = 2});
    expect_close(
        query_number(store, "SELECT value FROM observations WHERE indicator = 'y' AND region = 'SE312'"),
        1 + 2 + 10 + 20, 0, "all four");
    expect_close(
        query_number(store, "SELECT status FROM observations WHERE indicator = 'y' AND region = 'SE313'"),
        UF_VALUE_INCOMPLETE, 0, "a part is missing");
}

static void a_part_that_is_not_there_is_missing(void **state)
{
    (void)state;
    const struct uf_sum sex = {.dimension = "sex"};
    do_import("geo,sex,year,value\n20,m,2018,1\n20,k,2018,2\n21,m,2018,5\n",
              &(struct uf_import_request){.sums = &sex, .n_sums = 1});
    expect_close(
        query_number(store, "SELECT count(*) FROM observations WHERE region = 'SE313' AND value IS NULL"), 1,
        0, "never a partial sum");
}

static void remarks_go_over_to_the_sum(void **state)
{
    (void)state;
    const struct uf_sum sex = {.dimension = "sex"};
    do_import("geo,sex,year,value,flag\n20,m,2017,1,e\n20,k,2017,2,b\n20,m,2018,\xE2\x80\x93,\n20,k,2018,"
              "\xE2\x80\x93,\n"
              "20,m,2019,\xE2\x80\x93,\n20,k,2019,4,\n",
              &(struct uf_import_request){.sums = &sex, .n_sums = 1});
    expect_text(
        store,
        "SELECT group_concat(value || ':' || status, ' ') FROM (SELECT * FROM observations ORDER BY period)",
        "3.0:5120 0.0:256 4.0:0");
}

static void a_total_is_never_added(void **state)
{
    (void)state;
    const char *first[] = {"E1"};
    const struct uf_keep keep = {"innehall", first, 1};
    const struct uf_sum all = {.dimension = "kon"};
    do_import(CUBE, &(struct uf_import_request){.keep = &keep, .n_keep = 1, .sums = &all, .n_sums = 1});
    expect_import_note("column kon has a total of its own, which is used: 1+2");
    expect_text(store,
                "SELECT group_concat(value, ' ') FROM (SELECT value FROM observations ORDER BY period)",
                "4.0 6.0");
    const char *parts[] = {"1", "women"};
    const struct uf_sum two = {"kon", parts, 2};
    do_import(CUBE, &(struct uf_import_request){
                        .indicator = {.code = "y"}, .keep = &keep, .n_keep = 1, .sums = &two, .n_sums = 1});
    expect_text(store,
                "SELECT group_concat(value, ' ') FROM (SELECT value FROM observations WHERE indicator = 'y' "
                "ORDER BY period)",
                "4.0 6.0");
    const char *mixed[] = {"1", "1+2"};
    const struct uf_sum wrong = {"kon", mixed, 2};
    expect_import_refusal(CUBE, &(struct uf_import_request){.sums = &wrong, .n_sums = 1}, UF_BAD_USAGE,
                          "'1+2' of column kon is a total and cannot be added to its parts");
}

static void what_may_not_be_added_is_refused(void **state)
{
    (void)state;
    const struct uf_sum sex = {.dimension = "sex"}, none = {.dimension = "sxe"}, age = {.dimension = "age"};
    const char *parts[] = {"m", "q"};
    const struct uf_sum unknown = {"sex", parts, 2};
    expect_import_refusal(
        LONG,
        &(struct uf_import_request){
            .indicator = {.kind = UF_INDICATOR_RATIO}, .kind_said = true, .sums = &sex, .n_sums = 1},
        UF_BAD_USAGE, "cannot be added up: it is a ratio");
    expect_import_refusal(
        LONG,
        &(struct uf_import_request){.indicator = {.unit_en = "average, SEK"}, .sums = &sex, .n_sums = 1},
        UF_BAD_USAGE, "its unit says a share, a mean or an index");
    expect_import_refusal(LONG, &(struct uf_import_request){.sums = &none, .n_sums = 1}, UF_BAD_USAGE,
                          "did you mean 'sex'?");
    expect_import_refusal(LONG, &(struct uf_import_request){.sums = &unknown, .n_sums = 1}, UF_BAD_USAGE,
                          "has no code 'q' to add up");
    expect_import_refusal("geo,age,year,value\n20,16-24,2018,1\n20,16-64,2018,2\n",
                          &(struct uf_import_request){.sums = &age, .n_sums = 1}, UF_BAD_USAGE,
                          "'16-24' and '16-64' of column age overlap");
    expect_import_refusal(
        "geo,sex,extra,year,value\n20,m,a,2018,1\n20,m,b,2018,1\n20,k,a,2018,1\n",
        &(struct uf_import_request){.roles = &(struct uf_dimension_role){UF_ROLE_NONE, "extra"},
                                    .n_roles = 1,
                                    .sums = &sex,
                                    .n_sums = 1},
        UF_BAD_INPUT, "this part of a sum was met before");
    /* a part in per cent among the contents */
    const struct uf_sum kon = {"kon", (const char *const[]){"1", "2"}, 2};
    expect_import_refusal(CUBE, &(struct uf_import_request){.sums = &kon, .n_sums = 1}, UF_BAD_USAGE,
                          "Share of all cannot be added up");
    expect_close(query_number(store, "SELECT count(*) FROM indicator"), 0, 0, "nothing is left of it");
}

static void refuse_sum_of(const char *column, const char *codes, const char *words)
{
    char text[1000] = "geo,", *end = text + strlen(text);
    end += snprintf(end, 40, "%s,year,value\n", column);
    while (*codes) {
        int length = (int)strcspn(codes, "|");
        end += snprintf(end, 100, "20,%.*s,2018,1\n", length, codes);
        codes += length + (codes[length] == '|');
    }
    const struct uf_sum all = {.dimension = column};
    const struct uf_import_request request = {.sums = &all, .n_sums = 1};
    if (words)
        expect_import_refusal(text, &request, UF_BAD_USAGE, words);
    else
        do_import(text, &(struct uf_import_request){
                            .indicator = {.code = "fine"}, .replace = true, .sums = &all, .n_sums = 1});
}

static void parts_that_overlap_are_refused(void **state)
{
    (void)state;
    refuse_sum_of("age", "0-4|5-9|15+|85+", "'15+' and '85+' of column age overlap");
    refuse_sum_of("age", "0-14|15-64|65-|60", "'15-64' and '60' of column age overlap");
    refuse_sum_of("age",
                  "16\xE2\x80\x93"
                  "24 \xC3\xA5r|20 \xC3\xA5r och \xC3\xA4ldre",
                  "overlap");
    refuse_sum_of("age", "Y_LT15|Y15-64|Y_GE60", "'Y15-64' and 'Y_GE60'");
    refuse_sum_of("size", "1-999|1 000-1 999|1 500-", "'1 000-1 999' and '1 500-'");
    refuse_sum_of("age", "Y_LT15|Y15-64|Y_GE65|UNK", NULL);
    refuse_sum_of("age", "-14|15-64|65-84|85+|U", NULL);
    refuse_sum_of("size", "0|1-4|5-9|GE10", NULL);
    refuse_sum_of("grp", "011|11|2|22|1-1x", NULL);
    refuse_sum_of("sni", "A|B|B-E|F", "'B' and 'B-E' of column sni overlap");
    refuse_sum_of("sni", "A|C|C10-C12|F", "'C' and 'C10-C12'");
    const struct uf_sector food = {"10", "sni2007", "C", "Livsmedel", "Food"};
    assert_ok(uf_store_put_sector(store, &food, &import_error), &import_error);
    refuse_sum_of("sni", "A|C|10|F", "'C' and '10'");
    refuse_sum_of("sni", "A|B_D_E|C|D", "'B_D_E' and 'D'");
    refuse_sum_of("sni", "A|B-E|F|G-I|J|M_N|O-Q", NULL);
    refuse_sum_of("sni", "01|02|10-12|13", NULL);
    refuse_sum_of("sni", "C10|C11|C101", "'C10' and 'C101'");
    refuse_sum_of("kind", "C1|C10|C101", NULL); /* serial numbers */
    refuse_sum_of("unit", "EUR|SEK", "column unit holds units of measure, which cannot be added up");
}

static void a_group_without_the_total_is_told(void **state)
{
    (void)state;
    const struct uf_sum sex = {.dimension = "sex"};
    do_import("geo,sex,year,value\n20,m,2018,1\n20,k,2018,2\n20,total,2018,3\n21,m,2018,5\n21,k,2018,6\n17,k,"
              "2018,6\n",
              &(struct uf_import_request){.sums = &sex, .n_sums = 1});
    assert_int_equal(summary.imported, 1);
    expect_import_note(
        "2 values have parts in column sex and no total there, and are not stored, first 17, 2018;"
        " to add up the parts: --sum sex=CODE,CODE");
    const struct uf_keep keep = {"geo", (const char *const[]){"20"}, 1};
    do_import("geo,sex,year,value\n20,m,2018,1\n20,total,2018,3\n21,m,2018,5\n",
              &(struct uf_import_request){
                  .indicator = {.code = "y"}, .sums = &sex, .n_sums = 1, .keep = &keep, .n_keep = 1});
    for (size_t i = 0; i < summary.notes.count; i++)
        assert_null(strstr(summary.notes.items[i], "no total there"));
}

static void noise_is_added_only_when_accepted(void **state)
{
    (void)state;
    char noisy[sizeof CUBE + 100];
    const char *note = strstr(CUBE, "Read this first");
    snprintf(noisy, sizeof noisy, "%.*sThe values are protected by random noise%s", (int)(note - CUBE), CUBE,
             note + strlen("Read this first"));
    const char *first[] = {"E1"}, *parts[] = {"1", "2"};
    const struct uf_keep keep = {"innehall", first, 1};
    const struct uf_sum sum = {"kon", parts, 2};
    struct uf_import_request request = {.keep = &keep, .n_keep = 1, .sums = &sum, .n_sums = 1};
    expect_import_refusal(noisy, &request, UF_BAD_USAGE, "accept that by --sum-noise");
    request.sum_noise = true;
    do_import(noisy, &request);
    assert_int_equal(summary.imported, 2);
}

static void an_earlier_import_can_be_replaced(void **state)
{
    (void)state;
    static const char OLD[] = "geo,year,value\n20,2017,1\n20,2018,2\n", NEW[] = "geo,year,value\n20,2018,3\n";
    do_import(OLD, NULL);
    expect_import_refusal(NEW, NULL, UF_BAD_INPUT,
                          "--replace (in a study replace: true) forgets the earlier one");
    do_import(OLD, &(struct uf_import_request){.indicator = {.code = "other"}});
    do_import(NEW, &(struct uf_import_request){.replace = true});
    assert_int_equal(summary.forgotten, 2);
    expect_text(
        store,
        "SELECT group_concat(indicator || period || '=' || value, ' ') FROM (SELECT * FROM observations"
        " ORDER BY indicator, period)",
        "other2017000=1.0 other2018000=2.0 x2018000=3.0");
    do_import(NEW, NULL);
    assert_true(summary.already_there);
    do_import(NEW, &(struct uf_import_request){.replace = true});
    assert_false(summary.already_there);
    assert_int_equal(summary.imported, 1);
    /* a failed replacement leaves the old */
    expect_import_refusal("geo,year,value\n20,2018,abc\n", &(struct uf_import_request){.replace = true},
                          UF_BAD_INPUT, "not a number");
    expect_close(query_number(store, "SELECT value FROM observations WHERE indicator = 'x'"), 3, 0,
                 "as it was");
}

/* Every field of the request that changes what is taken makes another selection. */
static void another_selection_is_another_import(void **state)
{
    (void)state;
    const char *codes[] = {"16-24", "25-34"};
    const struct uf_sum one = {.dimension = "sex"}, other = {"sex", (const char *const[]){"m", "k"}, 2};
    const struct uf_keep keep = {"age", codes, 2};
    const struct uf_import_request requests[] = {
        {.sums = &one, .n_sums = 1},
        {.sums = &other, .n_sums = 1},
        {.sums = &one, .n_sums = 1, .sum_noise = true},
        {.sums = &one, .n_sums = 1, .keep = &keep, .n_keep = 1},
        {.sums = &one, .n_sums = 1, .region_is = "SE"},
        {.sums = &one, .n_sums = 1, .period_is = "2018"},
        {.sums = &one, .n_sums = 1, .language = "sv"},
        {.sums = &one, .n_sums = 1, .sheet = "1"},
        {.sums = &one, .n_sums = 1, .range = "A1:B2"},
        {.sums = &one, .n_sums = 1, .header_row = 1},
    };
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
        struct uf_import_summary first;
        uf_status status = import_text(store, LONG, &requests[i], &first, &import_error);
        if (status == UF_OK) {
            assert_false(first.already_there);
            uf_import_summary_clear(&first);
            do_import(LONG, &requests[i]);
            assert_true(summary.already_there);
        } else if (!requests[i].region_is && !requests[i].period_is) {
            fail_msg("request %zu: %s", i, import_error.message);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_content_is_an_indicator, open_store, close_store),
        cmocka_unit_test_setup_teardown(contents_can_be_named_and_kept, open_store, close_store),
        cmocka_unit_test_setup_teardown(what_differs_in_one_dimension_is_added, open_store, close_store),
        cmocka_unit_test_setup_teardown(a_part_that_is_not_there_is_missing, open_store, close_store),
        cmocka_unit_test_setup_teardown(remarks_go_over_to_the_sum, open_store, close_store),
        cmocka_unit_test_setup_teardown(a_total_is_never_added, open_store, close_store),
        cmocka_unit_test_setup_teardown(what_may_not_be_added_is_refused, open_store, close_store),
        cmocka_unit_test_setup_teardown(parts_that_overlap_are_refused, open_store, close_store),
        cmocka_unit_test_setup_teardown(a_group_without_the_total_is_told, open_store, close_store),
        cmocka_unit_test_setup_teardown(noise_is_added_only_when_accepted, open_store, close_store),
        cmocka_unit_test_setup_teardown(an_earlier_import_can_be_replaced, open_store, close_store),
        cmocka_unit_test_setup_teardown(another_selection_is_another_import, open_store, close_store),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
