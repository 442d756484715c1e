// SPDX-License-Identifier: GPL-3.0-or-later
/* Delimited tables as agencies write them: what stands around the table, headings, contents, labels. */
#include <string.h>

#include "support/csv_cells.h"
#include "support/store_fixture.h"
#include "support/test.h"

static struct read_text must_read(const char *text)
{
    struct read_text read;
    struct uf_error error = {0};
    assert_ok(read_text(text, NULL, NULL, &read, &error), &error);
    return read;
}

static void lines_around_the_table_are_notes(void **state)
{
    (void)state;
    struct read_text read =
        must_read("Folkm\xC3\xA4ngd efter region och \xC3\xA5r\n\n"
                  "\"region\";\"2017\";\"2018\"\n\"20 Dalarnas l\xC3\xA4n\";\"1 234\";..\n"
                  "\nSamma r\xC3\xA5r som f\xC3\xB6rr\n\"K\xC3\xA4lla: SCB\"\n"
                  "Senaste uppdatering: 20240201\n");
    assert_string_equal(read.reader.format->name, "csv-wide");
    assert_int_equal(read.reader.delimiter, ';');
    assert_string_equal(read.cells, "20 Dalarnas l\xC3\xA4n,2017=1234/observed;"
                                    "20 Dalarnas l\xC3\xA4n,2018=/not-available;");
    assert_string_equal(read.reader.facts.title, "Folkm\xC3\xA4ngd efter region och \xC3\xA5r");
    assert_string_equal(read.reader.facts.source, "SCB");
    assert_string_equal(read.reader.facts.updated, "20240201");
    assert_int_equal(read.reader.facts.n_notes, 1);
    assert_string_equal(read.reader.facts.notes[0].text, "Samma r\xC3\xA5r som f\xC3\xB6rr");
    assert_true(has_reader_note(&read.reader, "a line above the header is taken as the title"));
    assert_true(has_reader_note(&read.reader, "3 lines below the table"));
    read_text_free(&read);
    /* A workbook's export fills the title's line up with delimiters. */
    expect_table("Table 1,,\nregion,year,jobs\n20,2018,5\n", "csv-long", "region,year",
                 "20,2018=5/observed;");
}

static void excel_may_name_the_delimiter(void **state)
{
    (void)state;
    struct read_text read = must_read("sep=;\r\nregion;year;jobs\r\n20;2018;5,5\r\n21;2018;1\r\n");
    assert_int_equal(read.reader.delimiter, ';');
    assert_string_equal(read.cells, "20,2018=5.5/observed;21,2018=1/observed;");
    assert_null(read.reader.facts.title);
    assert_false(has_reader_note(&read.reader, "above the header"));
    read_text_free(&read);
    read = must_read("sep=,\nJobs\nregion,year,jobs\n20,2018,5\n");
    assert_string_equal(read.reader.facts.title, "Jobs");
    read_text_free(&read);
}

static void a_short_row_is_no_footer(void **state)
{
    (void)state;
    expect_refusal("region,year,value\n20,2018,1\n21\n", NULL, 3, 3,
                   "this row has 1 fields where the header has 3");
    expect_refusal("region,year,value\n20,2018,1\n\nnote\n21,2018,2\n", NULL, 4, 5, "this row has 1 fields");
    expect_refusal("title\n\nregion,year,value\n20,2018\n", NULL, 4, 8, "this row has 2 fields");
    expect_refusal("title\n\nregion,year,jobs\n20,2018,many\n", NULL, 2, 0, "no column of numbers is found");
}

static void headings_have_a_content_and_a_period(void **state)
{
    (void)state;
    expect_table("region\tFolkm\xC3\xA4ngd 2017\tFolkm\xC3\xA4ngd 2018K1\tD\xC3\xB6"
                 "da 2017\n20\t1\t2\t\xE2\x80\x93\n",
                 "csv-wide", "region,content,period",
                 "20,Folkm\xC3\xA4ngd,2017=1/observed;20,Folkm\xC3\xA4ngd,2018K1=2/observed;"
                 "20,D\xC3\xB6"
                 "da,2017=0/true-zero;");
    expect_table("lan,2017 Kvinnor,2017 M\xC3\xA4n\n20,1,2\n", "csv-wide", "lan,content,period",
                 "20,Kvinnor,2017=1/observed;20,M\xC3\xA4n,2017=2/observed;");
    expect_table("geo,gdp_2017,gdp_2018\nSE110,1.5,2\n", "csv-wide", "geo,content,period",
                 "SE110,gdp,2017=1.5/observed;SE110,gdp,2018=2/observed;");
    expect_table("region,\xC3\x85r 2017,X2018\n20,1,2\n", "csv-wide", "region,period",
                 "20,2017=1/observed;20,2018=2/observed;");
    /* the version of a classification is no period */
    expect_table("region,SNI 2007,year,jobs\n20,01,2018,5\n", "csv-long", "region,SNI 2007,year",
                 "20,01,2018=5/observed;");
    expect_table("SUN 2000,yrke (SSYK 2012),2017\na,b,5\n", "csv-wide", "SUN 2000,yrke (SSYK 2012),period",
                 "a,b,2017=5/observed;");
    /* with a column of periods, a year in a heading belongs to the name */
    expect_table("region,year,price index 2015\n20,2018,104.5\n", "csv-long", "region,year",
                 "20,2018=104.5/observed;");
}

static void several_columns_of_numbers_are_contents(void **state)
{
    (void)state;
    struct read_text read = must_read("region,year,men,women\n20,2018,1,2\n21,2018,x,..\n");
    assert_string_equal(read.dimensions, "region,year,content");
    assert_string_equal(read.cells, "20,2018,men=1/observed;20,2018,women=2/observed;"
                                    "21,2018,men=/suppressed;21,2018,women=/not-available;");
    assert_int_equal(read.reader.facts.dimensions[2].hint, UF_ROLE_CONTENT);
    assert_int_equal(read.reader.facts.n_contents, 2);
    assert_true(
        has_reader_note(&read.reader, "each of these columns holds a content of its own: men, women"));
    read_text_free(&read);
    /* one of them by name */
    const struct uf_dimension_role role = {UF_ROLE_VALUE, "women"};
    const struct uf_reader_wishes wishes = {.roles = &role, .n_roles = 1};
    struct uf_error error = {0};
    assert_ok(read_text("region,year,men,women\n20,2018,1,2\n", NULL, &wishes, &read, &error), &error);
    assert_string_equal(read.dimensions, "region,year,men");
    assert_string_equal(read.cells, "20,2018,1=2/observed;");
    read_text_free(&read);
}

static void row_numbers_and_levels_are_no_values(void **state)
{
    (void)state;
    struct read_text read =
        must_read("\"\",geo,year,nuts_level,jobs\n1,SE11,2017,2,10\n2,SE11,2018,2,30\n"
                  "3,SE1,2017,1,50\n4,SE1,2018,1,60\n5,SE12,2017,2,70\n6,SE12,2018,2,80\n");
    assert_string_equal(read.dimensions, "column 1,geo,year,nuts_level");
    assert_true(has_reader_note(&read.reader, "taken as codes, not as values: column 1, nuts_level"));
    assert_true(has_reader_note(&read.reader, "the value is taken from column jobs"));
    read_text_free(&read);
    expect_refusal("\"\",code,name\n1,01,a\n2,03,b\n3,04,c\n4,05,d\n5,06,e\n", NULL, 1, 0,
                   "no column of numbers is found among column 1, code, name");
}

static void labels_belong_to_their_codes(void **state)
{
    (void)state;
    struct read_text read =
        must_read("regionkod,region,sex,year,value\n20,Dalarnas l\xC3\xA4n,1,2017,5\n"
                  "20,Dalarnas l\xC3\xA4n,2,2017,6\n21,G\xC3\xA4vleborgs l\xC3\xA4n,1,2017,7\n"
                  "21,G\xC3\xA4vleborgs l\xC3\xA4n,2,2017,8\n");
    assert_string_equal(read.dimensions, "regionkod,sex,year");
    assert_string_equal(label_of(&read.reader, "regionkod", "21"), "G\xC3\xA4vleborgs l\xC3\xA4n");
    assert_string_equal(read.reader.facts.dimensions[0].label, "region");
    assert_true(has_reader_note(&read.reader, "labels: region put the codes of regionkod in words"));
    read_text_free(&read);
    /* without related names only where the pair is met again: here it may be chance */
    read = must_read("lan,name,year,value\n20,Dalarna,2017,5\n21,G\xC3\xA4vleborg,2018,6\n");
    assert_string_equal(read.dimensions, "lan,name,year");
    read_text_free(&read);
    /* a breakdown that does not follow the code stays one */
    read = must_read(
        "lan,kind,year,value\n20,small houses,2017,5\n20,big houses,2017,6\n21,small houses,2017,6\n"
        "21,big houses,2017,6\n");
    assert_string_equal(read.dimensions, "lan,kind,year");
    read_text_free(&read);
    /* and so does a label that the user gave a role */
    const struct uf_dimension_role role = {UF_ROLE_REGION, "region"};
    const struct uf_reader_wishes wishes = {.roles = &role, .n_roles = 1};
    struct uf_error error = {0};
    assert_ok(read_text("regionkod,region,value\n20,Dalarna,2017\n", NULL, &wishes, &read, &error), &error);
    assert_string_equal(read.dimensions, "regionkod,region");
    read_text_free(&read);
    /* or of which codes are kept */
    static const char *const DALARNA[] = {"Dalarna"};
    const struct uf_keep keep = {"region", DALARNA, 1};
    const struct uf_reader_wishes keeping = {.keep = &keep, .n_keep = 1};
    assert_ok(read_text("regionkod,region,year,value\n20,Dalarna,2017,5\n", NULL, &keeping, &read, &error),
              &error);
    assert_string_equal(read.dimensions, "regionkod,region,year");
    read_text_free(&read);
    /* a wide table has them too */
    expect_table("region code,region,2017\n20,Dalarna,5\n21,G\xC3\xA4vleborg,6\n", "csv-wide",
                 "region code,period", "20,2017=5/observed;21,2017=6/observed;");
}

/* A label seen in the first thousand rows to follow its code, and not further down. */
static void a_label_that_changes_is_an_error(void **state)
{
    (void)state;
    struct uf_buffer text = {0};
    uf_buffer_append(&text, "regionkod,region,year,value\n");
    for (size_t i = 0; i < 1200; i++) {
        uf_buffer_append(&text, i % 2 ? "20,Dalarna," : "21,G\xC3\xA4vleborg,");
        uf_buffer_append_size(&text, 1000 + i / 2);
        uf_buffer_append(&text, ",5\n");
    }
    uf_buffer_append(&text, "20,Falun,2018,5\n");
    expect_refusal(text.data, NULL, 1202, 4,
                   "taken as the words for '20', but 'Falun' stands here and 'Dalarna' in a row before");
    uf_buffer_clear(&text);
}

static void prefixes_and_joined_labels_are_taken_off(void **state)
{
    (void)state;
    struct read_text read = must_read("Date,GeoId,Count\n2017,dcid:nuts/SE110,5\n2018,dcid:nuts/SE110,6\n");
    assert_string_equal(read.cells, "2017,SE110=5/observed;2018,SE110=6/observed;");
    assert_true(has_reader_note(&read.reader, "is taken off the codes of GeoId"));
    read_text_free(&read);
    read = must_read(
        "geo,year,value\nSE110: Stockholms l\xC3\xA4n,2017,5\nSE311: V\xC3\xA4rmlands l\xC3\xA4n,2017,6\n");
    assert_string_equal(read.cells, "SE110,2017=5/observed;SE311,2017=6/observed;");
    assert_string_equal(label_of(&read.reader, "geo", "SE311"), "V\xC3\xA4rmlands l\xC3\xA4n");
    read_text_free(&read);
}

static void signs_of_publishers_have_reasons(void **state)
{
    (void)state;
    expect_table("region,2011,2012,2013,2014,2015,2016,2017,2018,2019\n20,..,.,-,X,< 5,(c),*,5,n.a.\n",
                 "csv-wide", "region,period",
                 "20,2011=/not-available;20,2012=/not-applicable;20,2013=0/true-zero;20,2014=/suppressed;"
                 "20,2015=/suppressed;20,2016=/confidential;20,2017=/suppressed;20,2018=5/observed;"
                 "20,2019=/not-available;");
    /* letters that are signs elsewhere are codes in a column of codes */
    expect_table("region,sector,year,value\n20,C,2018,5\n20,Z,2018,6\n", "csv-long", "region,sector,year",
                 "20,C,2018=5/observed;20,Z,2018=6/observed;");
    /* a status of capitals may be a code: employed, unemployed */
    expect_table("region,status,year,value\n20,E,2018,5\n20,U,2018,6\n", "csv-long", "region,status,year",
                 "20,E,2018=5/observed;20,U,2018=6/observed;");
    expect_table("region,year,value,status\n20,2018,5,b\n20,2019,,c\n", "csv-long", "region,year",
                 "20,2018=5/break;20,2019=/confidential;");
}

/* Thousands are told by evidence, never by habit. */
static void thousands_need_evidence(void **state)
{
    (void)state;
    expect_table("region,2017,2018\n20,\"1,234\",\"1,234,567\"\n", "csv-wide", "region,period",
                 "20,2017=1234/observed;20,2018=1234567/observed;");
    expect_table("region;2017;2018\n20;1.234,5;1.234\n", "csv-wide", "region,period",
                 "20,2017=1234.5/observed;20,2018=1234/observed;");
    expect_table("region\t2017\t2018\n20\t1 234\t1\xC2\xA0"
                 "234,5\n",
                 "csv-wide", "region,period", "20,2017=1234/observed;20,2018=1234.5/observed;");
    expect_refusal("region,2017,2018\n20,\"1,234\",\"2,345\"\n", NULL, 0, 0, "say which decimal mark");
}

/* The same bytes in the encoding that Statistics Sweden's older files have. */
static void latin_1_is_read(void **state)
{
    (void)state;
    expect_table("\"region\",\"k\xF6n\",\"2018\"\r\n\"05 \xD6sterg\xF6tlands l\xE4n\",\"m\xE4n\",5\r\n",
                 "csv-wide", "region,k\xC3\xB6n,period",
                 "05 \xC3\x96sterg\xC3\xB6tlands l\xC3\xA4n,m\xC3\xA4n,2018=5/observed;");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(lines_around_the_table_are_notes),
                                       cmocka_unit_test(excel_may_name_the_delimiter),
                                       cmocka_unit_test(a_short_row_is_no_footer),
                                       cmocka_unit_test(headings_have_a_content_and_a_period),
                                       cmocka_unit_test(several_columns_of_numbers_are_contents),
                                       cmocka_unit_test(row_numbers_and_levels_are_no_values),
                                       cmocka_unit_test(labels_belong_to_their_codes),
                                       cmocka_unit_test(a_label_that_changes_is_an_error),
                                       cmocka_unit_test(prefixes_and_joined_labels_are_taken_off),
                                       cmocka_unit_test(signs_of_publishers_have_reasons),
                                       cmocka_unit_test(thousands_need_evidence),
                                       cmocka_unit_test(latin_1_is_read)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
