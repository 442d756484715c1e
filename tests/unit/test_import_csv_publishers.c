// SPDX-License-Identifier: GPL-3.0-or-later
/* The text tables of one publisher each: SDMX-CSV, OECD.Stat, Eurostat's Data Explorer and TSV, Kolada. */
#include <string.h>

#include "support/csv_cells.h"
#include "support/store_fixture.h"
#include "support/test.h"

static struct read_text must_read(const char *text, const char *format)
{
    struct read_text read;
    struct uf_error error = {0};
    assert_ok(read_text(text, NULL, NULL, &read, &error), &error);
    assert_string_equal(read.reader.format->name, format);
    return read;
}

static void sdmx_has_flags_and_secrecy(void **state)
{
    (void)state;
    struct read_text read =
        must_read("DATAFLOW,LAST UPDATE,freq,unit,geo,TIME_PERIOD,OBS_VALUE,OBS_FLAG,CONF_STATUS\n"
                  "ESTAT:X(1.0),22/05/26 11:00:00,A,THS,SE110,2016,1.5,bep,\n"
                  "ESTAT:X(1.0),22/05/26 11:00:00,A,THS,SE110,2017,,c,\n"
                  "ESTAT:X(1.0),22/05/26 11:00:00,A,THS,SE110,2018,7,,C\n"
                  "ESTAT:X(1.0),22/05/26 11:00:00,A,THS,SE110,2019,8,b,N\n"
                  "ESTAT:X(1.0),22/05/26 11:00:00,A,THS,SE110,2020,9,u,F\n"
                  "ESTAT:X(1.0),22/05/26 11:00:00,A,THS,SE110,2021,:,m,\n",
                  "sdmx-csv");
    assert_string_equal(read.dimensions, "freq,unit,geo,TIME_PERIOD");
    assert_string_equal(read.cells,
                        "A,THS,SE110,2016=1.5/estimated+provisional+break;A,THS,SE110,2017=/confidential;"
                        "A,THS,SE110,2018=/confidential;A,THS,SE110,2019=/confidential+break;"
                        "A,THS,SE110,2020=9/low-reliability;A,THS,SE110,2021=/not-applicable;");
    assert_int_equal(read.reader.facts.dimensions[2].hint, UF_ROLE_REGION);
    assert_int_equal(read.reader.facts.dimensions[3].hint, UF_ROLE_PERIOD);
    assert_string_equal(read.reader.facts.updated, "22/05/26 11:00:00");
    assert_string_equal(read.reader.facts.source, "Eurostat");
    read_text_free(&read);
}

static void sdmx_labels_come_in_two_ways(void **state)
{
    (void)state;
    struct read_text read =
        must_read("DATAFLOW,LAST UPDATE,freq:Time frequency,geo:Region,TIME_PERIOD:Time,OBS_VALUE:"
                  "Value,OBS_FLAG:Flag\n"
                  "ESTAT:X(1.0): Jobs,22/05/26,A:Annual,SE110:Stockholms l\xC3\xA4n,2018:2018,5,b\n",
                  "sdmx-csv");
    assert_string_equal(read.dimensions, "freq,geo,TIME_PERIOD");
    assert_string_equal(read.cells, "A,SE110,2018=5/break;");
    assert_string_equal(label_of(&read.reader, "geo", "SE110"), "Stockholms l\xC3\xA4n");
    assert_string_equal(read.reader.facts.title, "Jobs");
    assert_string_equal(read.reader.facts.dimensions[1].label, "Region");
    read_text_free(&read);
    read =
        must_read("STRUCTURE,STRUCTURE_ID,STRUCTURE_NAME,geo,Geopolitical entity,TIME_PERIOD,Time,OBS_VALUE,"
                  "Observation value,OBS_FLAG,Flag,CONF_STATUS,Confidentiality\n"
                  "dataflow,ESTAT:X(1.0),Jobs,SE110,Stockholms l\xC3\xA4n,2018,,5,,e,estimated,,\n"
                  "dataflow,ESTAT:X(1.0),Jobs,SE311,V\xC3\xA4rmlands l\xC3\xA4n,2018,,,,,,C,confidential\n",
                  "sdmx-csv");
    assert_string_equal(read.dimensions, "geo,TIME_PERIOD");
    assert_string_equal(read.cells, "SE110,2018=5/estimated;SE311,2018=/confidential;");
    assert_string_equal(label_of(&read.reader, "geo", "SE311"), "V\xC3\xA4rmlands l\xC3\xA4n");
    assert_string_equal(read.reader.facts.title, "Jobs");
    read_text_free(&read);
}

static void sdmx_of_others(void **state)
{
    (void)state;
    struct read_text read =
        must_read("STRUCTURE,STRUCTURE_ID,ACTION,REF_AREA,TIME_PERIOD,OBS_VALUE,OBS_STATUS,UNIT_MULT\n"
                  "DATAFLOW,OECD:X(1.0),I,SE11,2018-Q1,5,B,3\nDATAFLOW,OECD:X(1.0),I,SE11,2018-Q2,,Q,3\n",
                  "sdmx-csv");
    assert_string_equal(read.cells, "SE11,2018-Q1=5/break;SE11,2018-Q2=/suppressed;");
    assert_string_equal(unit_of(&read.reader, ""), "thousand");
    assert_true(has_reader_note(&read.reader, "not multiplied"));
    read_text_free(&read);
    expect_refusal("STRUCTURE,STRUCTURE_ID,ACTION,REF_AREA,TIME_PERIOD,OBS_VALUE\nDATAFLOW,X,D,SE11,2018,5\n",
                   NULL, 1, 0, "asks to delete values");
    expect_refusal("region,year,value\n20,2018,5\n", "sdmx-csv", 1, 0, "this is no SDMX-CSV");
}

static const char OECD[] =
    "\"COU\",\"Country\",\"VAR\",\"Variable\",\"TIME\",\"Time\",\"Unit Code\",\"Unit\",\"PowerCode "
    "Code\",\"PowerCode\","
    "\"Reference Period Code\",\"Reference Period\",\"Value\",\"Flag Codes\",\"Flags\"\n"
    "\"SWE\",\"Sweden\",\"POP\",\"Population\",\"2017\",\"2017\",\"PER\",\"Persons\",\"3\",\"Thousands\",,,"
    "10120,\"E\","
    "\"Estimated value\"\n"
    "\"SWE\",\"Sweden\",\"POP\",\"Population\",\"2018\",\"2018\",\"PER\",\"Persons\",\"3\",\"Thousands\",,,"
    "10230,\"B|P\","
    "\"Break; Provisional\"\n"
    "\"SWE\",\"Sweden\",\"SHARE\",\"Share of "
    "all\",\"2018\",\"2018\",\"PC\",\"Percentage\",\"0\",\"Units\",,,,\"L\","
    "\"Missing\"\n";

static void oecd_codes_have_labels_and_units(void **state)
{
    (void)state;
    struct read_text read = must_read(OECD, "oecd-csv");
    assert_string_equal(read.dimensions, "COU,VAR,TIME");
    assert_string_equal(read.cells, "SWE,POP,2017=10120/estimated;SWE,POP,2018=10230/provisional+break;"
                                    "SWE,SHARE,2018=/not-available;");
    assert_string_equal(label_of(&read.reader, "VAR", "SHARE"), "Share of all");
    assert_string_equal(unit_of(&read.reader, "POP"), "thousand persons");
    assert_string_equal(unit_of(&read.reader, "SHARE"), "Percentage");
    assert_int_equal(read.reader.facts.dimensions[1].hint, UF_ROLE_CONTENT);
    assert_true(
        has_reader_note(&read.reader, "values of POP stand in units of a thousand; they are not multiplied"));
    read_text_free(&read);
    /* a unit that does not follow the variable tells cells apart, and stays */
    expect_table(
        "\"COU\",\"Country\",\"TIME\",\"Time\",\"Unit Code\",\"Unit\",\"Value\",\"Flag Codes\",\"Flags\"\n"
        "\"SWE\",\"Sweden\",\"2018\",\"2018\",\"PER\",\"Persons\",5,,\n"
        "\"SWE\",\"Sweden\",\"2018\",\"2018\",\"PC\",\"Percentage\",6,,\n",
        "oecd-csv", "COU,TIME,Unit Code", "SWE,2018,PER=5/observed;SWE,2018,PC=6/observed;");
    expect_refusal("region,year,value\n20,2018,5\n", "oecd-csv", 1, 0, "this is no CSV of OECD.Stat");
}

static void data_explorer_cuts_thousands(void **state)
{
    (void)state;
    struct read_text read = must_read(
        "\"TIME\",\"GEO\",\"UNIT\",\"Value\",\"Flag and Footnotes\"\n"
        "\"2016\",\"Sweden\",\"Euro\",\"19.700\",\"\"\n\"2017\",\"Sweden\",\"Euro\",\"850\",\"bp\"\n"
        "\"2018\",\"Sweden\",\"Euro\",\":\",\"c\"\n",
        "data-explorer-csv");
    assert_string_equal(read.cells, "2016,Sweden,Euro=19700/observed;2017,Sweden,Euro=850/provisional+break;"
                                    "2018,Sweden,Euro=/confidential;");
    assert_true(has_reader_note(&read.reader, "a point stands between thousands"));
    read_text_free(&read);
    /* the user knows better */
    const struct uf_reader_wishes wishes = {.decimal = '.'};
    struct uf_error error = {0};
    assert_ok(
        read_text("\"TIME\",\"GEO\",\"Value\",\"Flag and Footnotes\"\n\"2016\",\"Sweden\",\"19.700\",\"\"\n"
                  "\"2017\",\"Sweden\",\"850\",\"\"\n",
                  NULL, &wishes, &read, &error),
        &error);
    assert_string_equal(read.cells, "2016,Sweden=19.7/observed;2017,Sweden=850/observed;");
    read_text_free(&read);
    expect_table("\"TIME\",\"GEO\",\"Value\",\"Flag and Footnotes\"\n\"2016\",\"Sweden\",\"1,234.5\",\"\"\n",
                 "data-explorer-csv", "TIME,GEO", "2016,Sweden=1234.5/observed;");
    expect_table("\"TIME\",\"GEO\",\"Value\",\"Flag and Footnotes\"\n\"2016\",\"Sweden\",\"1 234.5\",\"\"\n",
                 "data-explorer-csv", "TIME,GEO", "2016,Sweden=1234.5/observed;");
    /* three digits behind every mark, and nothing to tell thousands by */
    expect_refusal("\"TIME\",\"GEO\",\"Value\",\"Flag and Footnotes\"\n\"2016\",\"Sweden\",\"1,234\",\"\"\n",
                   NULL, 0, 0, "say which decimal mark");
    expect_refusal("\"DATASET: Gross domestic product [x]\"\n\n\"TIME\"\n\"2000\"\n", NULL, 1, 1,
                   "it holds no values. Import the file beside it whose name ends in _1_Data.csv");
}

static void eurostat_flags_stand_alone_and_together(void **state)
{
    (void)state;
    expect_table(
        "freq,unit,geo\\TIME_PERIOD\t2010 \t2011 \t2012 \t2013 \t2014 \t2015 \t2016 \t2017 \t2018 \n"
        "A,PC,SE110\t1 b\t2 bu\t3 ep\t: c\t:c\t: \t: z\t4.5d\t: u\n",
        "eurostat-tsv", "freq,unit,geo,TIME_PERIOD",
        "A,PC,SE110,2010=1/break;A,PC,SE110,2011=2/break+low-reliability;"
        "A,PC,SE110,2012=3/estimated+provisional;A,PC,SE110,2013=/confidential;"
        "A,PC,SE110,2014=/confidential;A,PC,SE110,2015=/not-available;A,PC,SE110,2016=/not-applicable;"
        "A,PC,SE110,2017=4.5/definition-differs;A,PC,SE110,2018=/not-available+low-reliability;");
    expect_table(
        "freq,unit,geo,2017,2018\nA,EUR,SE110,4700p,:\nA,EUR,SE311,: c,12 bep\n", "csv-wide",
        "freq,unit,geo,period",
        "A,EUR,SE110,2017=4700/provisional;A,EUR,SE110,2018=/not-available;A,EUR,SE311,2017=/confidential;"
        "A,EUR,SE311,2018=12/estimated+provisional+break;");
}

static void kolada_measures_are_contents(void **state)
{
    (void)state;
    struct read_text read =
        must_read("gender,count,status,value,kpi,year,municipality_id,municipality\n"
                  "T,1,\"\",777.7,N03702,2012,0180,Stockholm\nT,1,\"\",3,N03703,2012,0180,Stockholm\n",
                  "csv-long");
    assert_string_equal(read.dimensions, "gender,count,kpi,year,municipality_id");
    assert_int_equal(read.reader.facts.dimensions[2].hint, UF_ROLE_CONTENT);
    assert_int_equal(read.reader.facts.dimensions[4].hint, UF_ROLE_REGION);
    assert_string_equal(label_of(&read.reader, "municipality_id", "0180"), "Stockholm");
    read_text_free(&read);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(sdmx_has_flags_and_secrecy),
                                       cmocka_unit_test(sdmx_labels_come_in_two_ways),
                                       cmocka_unit_test(sdmx_of_others),
                                       cmocka_unit_test(oecd_codes_have_labels_and_units),
                                       cmocka_unit_test(data_explorer_cuts_thousands),
                                       cmocka_unit_test(eurostat_flags_stand_alone_and_together),
                                       cmocka_unit_test(kolada_measures_are_contents)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
