// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/test.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/file.h>
#include <utfall/report.h>

static struct uf_error error;

static const char nasty[] = "<script>alert(\"x\")</script> & 'y' `id` $(id) ]]> \x01 \xff å";

static struct uf_table *new_table(const char *title)
{
    struct uf_table *table;
    assert_ok(uf_table_new("pay", &table, &error), &error);
    assert_ok(uf_table_set_title(table, title, &error), &error);
    assert_ok(uf_table_add_column(table, "label", UF_COLUMN_TEXT, NULL, -1, NULL, &error), &error);
    assert_ok(uf_table_add_column(table, "period", UF_COLUMN_NUMBER, NULL, 0, NULL, &error), &error);
    assert_ok(uf_table_add_column(table, "value", UF_COLUMN_NUMBER, "kr & öre", 1, NULL, &error), &error);
    assert_ok(uf_table_add_column(table, "low", UF_COLUMN_NUMBER, NULL, 0, NULL, &error), &error);
    assert_ok(uf_table_add_column(table, "note", UF_COLUMN_TEXT, NULL, -1, NULL, &error), &error);
    return table;
}

static void add_row(struct uf_table *table, const char *label, double value, uf_value_status status)
{
    size_t row;
    assert_ok(uf_table_add_row(table, &row, &error), &error);
    assert_ok(uf_table_set_text(table, row, 0, label, &error), &error);
    assert_ok(uf_table_set_number(table, row, 1, 2017, &error), &error);
    assert_ok(uf_table_set_value(table, row, 2, value, status, &error), &error);
    assert_ok(uf_table_set_value(table, row, 3, 3, UF_VALUE_ROUNDED, &error), &error);
}

static struct uf_report *new_report(enum uf_language language)
{
    struct uf_report *report;
    assert_ok(uf_report_new(language, "Titel", NULL, &report, &error), &error);
    assert_ok(uf_report_add_section(report, "data", "Data", &error), &error);
    return report;
}

static char *write_page(const struct uf_report *report)
{
    char *path = uf_path_join(scratch_directory(), "report.html"), *html;
    size_t length;
    assert_ok(uf_report_write_html(report, path, &error), &error);
    assert_ok(uf_file_read(path, 0, &html, &length, &error), &error);
    assert_int_equal(strlen(html), length);
    free(path);
    return html;
}

static size_t count_of(const char *html, const char *what)
{
    size_t count = 0;
    for (const char *p = html; (p = strstr(p, what)) != NULL; p++) count++;
    return count;
}

static void expect_holds(const char *html, const char *what)
{
    if (strstr(html, what) == NULL) fail_msg("the page does not hold: %s", what);
}

/* --- a strict reader: every element closed in order, attributes quoted, only known references, ids unique  */

struct reader {
    const char *p;
    char open[64][32];
    size_t depth;
    char ids[256][64];
    size_t n_ids;
    char targets[256][64]; /* what aria-labelledby and #-links name */
    size_t n_targets;
    char last_heading;
};

static void read_reference(struct reader *reader)
{
    static const char *const known[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&#39;", "&#96;"};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strncmp(reader->p, known[i], strlen(known[i])) == 0) {
            reader->p += strlen(known[i]);
            return;
        }
    fail_msg("a bare & or an unknown reference: %.20s", reader->p);
}

static void read_attribute(struct reader *reader)
{
    char name[40], value[4096];
    size_t n = 0;
    while (isalnum((unsigned char)*reader->p) || strchr("-:", *reader->p) != NULL) {
        assert_true(n + 1 < sizeof name);
        name[n++] = *reader->p++;
    }
    name[n] = '\0';
    if (n == 0 || strncmp(name, "on", 2) == 0) fail_msg("attribute '%s' before %.30s", name, reader->p);
    assert_int_equal(*reader->p++, '=');
    char quote = *reader->p++;
    assert_true(quote == '"' || quote == '\'');
    n = 0;
    while (*reader->p != quote) {
        assert_true(*reader->p != '\0' && *reader->p != '<');
        if (*reader->p == '&') {
            read_reference(reader);
            continue;
        }
        if (n + 1 < sizeof value) value[n++] = *reader->p;
        reader->p++;
    }
    reader->p++;
    value[n] = '\0';
    if (strcmp(name, "id") == 0) {
        for (size_t i = 0; i < reader->n_ids; i++)
            if (strcmp(reader->ids[i], value) == 0) fail_msg("the id '%s' is there twice", value);
        snprintf(reader->ids[reader->n_ids++], sizeof reader->ids[0], "%.63s", value);
    }
    bool is_link = strcmp(name, "href") == 0 && value[0] == '#';
    if (is_link || strcmp(name, "aria-labelledby") == 0)
        for (const char *p = value + is_link; *p != '\0'; p += strspn(p, " ")) {
            int length = (int)strcspn(p, " ");
            snprintf(reader->targets[reader->n_targets++], sizeof reader->targets[0], "%.*s", length, p);
            p += length;
        }
    if (strcmp(name, "src") == 0 || (strcmp(name, "href") == 0 && strstr(value, ":") != NULL))
        fail_msg("a reference to outside: %s", value);
}

static void read_tag(struct reader *reader)
{
    bool closing = reader->p[1] == '/';
    reader->p += closing ? 2 : 1;
    char name[32];
    size_t n = 0;
    while (isalnum((unsigned char)*reader->p)) {
        assert_true(n + 1 < sizeof name);
        name[n++] = *reader->p++;
    }
    name[n] = '\0';
    if (n == 0 || strcmp(name, "script") == 0) fail_msg("tag '%s' at %.30s", name, reader->p);
    while (isspace((unsigned char)*reader->p)) reader->p++;
    while (*reader->p != '>' && *reader->p != '/') {
        read_attribute(reader);
        while (isspace((unsigned char)*reader->p)) reader->p++;
    }
    if (closing) {
        assert_true(reader->depth > 0);
        reader->depth--;
        if (strcmp(reader->open[reader->depth], name) != 0)
            fail_msg("</%s> closes <%s>", name, reader->open[reader->depth]);
    } else if (*reader->p == '/') {
        reader->p++;
    } else {
        assert_true(reader->depth < 64);
        strcpy(reader->open[reader->depth++], name);
        if (name[0] == 'h' && name[1] >= '1' && name[1] <= '6' && name[2] == '\0') {
            /* no level is skipped, and the title comes once */
            assert_true(name[1] <= reader->last_heading + 1);
            assert_true(name[1] > '1' || reader->last_heading == '0');
            reader->last_heading = name[1];
        }
    }
    assert_int_equal(*reader->p++, '>');
    if (!closing && strcmp(name, "style") == 0) {
        reader->p = strstr(reader->p, "</style>");
        assert_non_null(reader->p);
    }
}

static void expect_well_formed(const char *html)
{
    static struct reader reader;
    memset(&reader, 0, sizeof reader);
    reader.last_heading = '0';
    assert_int_equal(strncmp(html, "<!DOCTYPE html>\n<html lang=", 27), 0);
    assert_true(uf_text_is_utf8(html, strlen(html)));
    reader.p = html + 16;
    while (*reader.p != '\0') {
        if (*reader.p == '<')
            read_tag(&reader);
        else if (*reader.p == '&')
            read_reference(&reader);
        else {
            assert_true((unsigned char)*reader.p >= 0x20 || *reader.p == '\n' || *reader.p == '\t');
            reader.p++;
        }
    }
    assert_int_equal(reader.depth, 0);
    assert_int_equal(reader.last_heading == '0', 0);
    for (size_t t = 0; t < reader.n_targets; t++) {
        bool found = false;
        for (size_t i = 0; i < reader.n_ids; i++) found |= strcmp(reader.ids[i], reader.targets[t]) == 0;
        if (!found) fail_msg("nothing has the id '%s'", reader.targets[t]);
    }
}

/* --- tests -------------------------------------------------------------------------------------- */

static char svg[] = "<?xml version=\"1.0\"?>\n<!DOCTYPE svg>\n<svg viewBox='0 0 9 9'><title>t</title><path "
                    "d='M0,0'/></svg>\n";

/* A report with one text in every place that takes a text. */
static struct uf_report *everything(const char *text)
{
    struct uf_report *report;
    struct uf_table *table = new_table(text);
    add_row(table, text, 1234.5, UF_VALUE_PROVISIONAL);
    add_row(table, "b", NAN, UF_VALUE_CONFIDENTIAL);
    add_row(table, "c", 5, UF_VALUE_OBSERVED);
    assert_ok(uf_table_add_column(table, text, UF_COLUMN_NUMBER, text, 0, NULL, &error), &error);
    assert_ok(uf_table_set_text(table, 2, 4, text, &error), &error);
    const char *const items[] = {text, text, text, text};
    struct uf_chart drawn = {.name = (char *)"c", .alt_text = (char *)text, .svg = svg, .drawn = true};
    struct uf_chart not_drawn = {.name = (char *)"d", .alt_text = (char *)text};
    struct uf_note notes[] = {{UF_NOTE, (char *)text, (char *)text, NULL},
                              {UF_FATAL, (char *)text, (char *)text, (char *)text}};
    struct uf_ledger_entry entries[] = {{(char *)text, (char *)text, 10, 8}};
    assert_ok(uf_report_new(UF_SWEDISH, text, text, &report, &error), &error);
    for (int i = 0; i < 2; i++) { /* the same id twice */
        assert_ok(uf_report_add_section(report, text, text, &error), &error);
        assert_ok(uf_report_add_heading(report, text, &error), &error);
        assert_ok(uf_report_add_paragraph(report, text, &error), &error);
        assert_ok(uf_report_add_list(report, items, 4, &error), &error);
        assert_ok(uf_report_add_facts(report, items, 2, &error), &error);
        assert_ok(uf_report_add_table(report, table, 2, text, &error), &error);
        assert_ok(uf_report_add_figure(report, &drawn, text, table, text, &error), &error);
        assert_ok(uf_report_add_figure(report, &not_drawn, text, NULL, NULL, &error), &error);
        assert_ok(uf_report_add_findings(report, notes, 2, &error), &error);
        assert_ok(uf_report_add_ledger(report, entries, 1, &error), &error);
    }
    uf_table_free(table);
    return report;
}

static void any_text_stays_text_everywhere(void **state)
{
    (void)state;
    struct uf_report *report = everything(nasty);
    char *html = write_page(report);
    expect_well_formed(html);
    assert_null(strstr(html, "<script"));
    assert_null(strchr(html, '`'));
    assert_null(strchr(html, '\x01'));
    assert_true(
        count_of(html,
                 "&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; &#39;y&#39; &#96;id&#96; $(id) "
                 "]]&gt; \uFFFD \uFFFD å") > 40);
    free(html);
    uf_report_free(report);
}

static void page_passes_the_checkers_that_are_installed(void **state)
{
    (void)state;
    struct uf_report *report = everything("Länen & \"orterna\"");
    char *path = uf_path_join(scratch_directory(), "check.html"), command[2048];
    assert_ok(uf_report_write_html(report, path, &error), &error);
    uf_report_free(report);
    static const struct {
        const char *program, *arguments;
    } checkers[] = {{"xmllint", "--noout --nonet"}, {"tidy", "-quiet -errors -utf8"}};
    size_t ran = 0;
    for (size_t i = 0; i < 2; i++) {
        snprintf(command, sizeof command, "command -v %s >/dev/null 2>&1", checkers[i].program);
        if (system(command) != 0) {
            print_message("%s is not installed: skipped\n", checkers[i].program);
            continue;
        }
        snprintf(command, sizeof command, "%s %s '%s' >&2", checkers[i].program, checkers[i].arguments, path);
        assert_int_equal(system(command), 0);
        ran++;
    }
    free(path);
    if (ran == 0) skip();
}

static void same_report_gives_the_same_bytes_without_network(void **state)
{
    (void)state;
    struct uf_report *report = everything("x");
    char *a = write_page(report), *b = write_page(report);
    assert_string_equal(a, b);
    static const char *const outside[] = {"http:",   "https:", " src=",   "url(",
                                          "@import", "<link",  "<iframe", "<script"};
    for (size_t i = 0; i < sizeof outside / sizeof *outside; i++)
        if (strstr(a, outside[i]) != NULL) fail_msg("the page holds %s", outside[i]);
    expect_holds(a, "content=\"default-src 'none'");
    free(a);
    free(b);
    uf_report_free(report);
}

static void skeleton_is_for_every_reader(void **state)
{
    (void)state;
    struct uf_report *report = new_report(UF_SWEDISH);
    assert_ok(uf_report_add_heading(report, "Under", &error), &error);
    assert_ok(uf_report_add_section(report, "data", "Mera data", &error), &error);
    char *html = write_page(report);
    expect_well_formed(html);
    expect_holds(html, "<html lang=\"sv\">");
    expect_holds(html, "<meta charset=\"utf-8\"/>");
    expect_holds(html, "name=\"viewport\"");
    expect_holds(html, "<title>Titel</title>");
    expect_holds(html, "<a class=\"skip\" href=\"#uf-main\">Hoppa till innehållet</a>");
    expect_holds(html, "<nav ");
    expect_holds(html, "<li><a href=\"#data\">Data</a></li>");
    expect_holds(html, "<li><a href=\"#data-2\">Mera data</a></li>");
    expect_holds(html, "<h3>Under</h3>");
    assert_int_equal(count_of(html, "<h1>"), 1);
    free(html);
    uf_report_free(report);
}

static void tables_speak_the_language(void **state)
{
    (void)state;
    struct uf_table *table = new_table("Löner");
    add_row(table, "Gävle", 1234567.25, UF_VALUE_OBSERVED);
    add_row(table, "Mora", NAN, UF_VALUE_CONFIDENTIAL);
    add_row(table, "Åmål", -2, UF_VALUE_BREAK);
    for (int language = UF_ENGLISH; language <= UF_SWEDISH; language++) {
        struct uf_report *report = new_report((enum uf_language)language);
        assert_ok(uf_report_add_table(report, table, 0, "tables/löner 1.csv", &error), &error);
        char *html = write_page(report);
        bool swedish = language == UF_SWEDISH;
        expect_well_formed(html);
        expect_holds(html, swedish ? "<td class=\"number remarked\">1\u00A0234\u00A0567,2</td>"
                                   : "<td class=\"number remarked\">1,234,567.2</td>");
        expect_holds(
            html,
            swedish
                ? ">\u22122,0<sup class=\"remark\"><abbr title=\"tidsseriebrott\">b</abbr></sup></td>"
                : ">\u22122.0<sup class=\"remark\"><abbr title=\"break in the series\">b</abbr></sup></td>");
        expect_holds(html, "<td class=\"number\">2017</td>");
        expect_holds(html, swedish ? "<abbr title=\"sekretess\">c</abbr>"
                                   : "<abbr title=\"confidential\">c</abbr>");
        /* the reason is also in plain sight */
        expect_holds(html, swedish ? "Teckenförklaring: <b>c</b> sekretess; <b>b</b> tidsseriebrott."
                                   : "Marks: <b>c</b> confidential; <b>b</b> break in the series.");
        expect_holds(html, swedish ? "Hela kolumnen <i>Lägst</i>: avrundad av källan."
                                   : "Whole column <i>Lowest</i>: rounded by the source.");
        expect_holds(html, "<th scope=\"col\" class=\"number remarked\">");
        expect_holds(html, "<span class=\"unit\">(kr &amp; öre)</span>");
        expect_holds(html, "<th scope=\"row\">Gävle</th>");
        expect_holds(html, swedish ? "Tabell 1.</span> Löner" : "Table 1.</span> Löner");
        expect_holds(html, "href=\"tables/l%C3%B6ner%201.csv\"");
        expect_holds(html, "role=\"group\" tabindex=\"0\" aria-labelledby=\"uf-table-1\"");
        assert_null(strstr(html, swedish ? "Anmärkning</th>" : "Note</th>")); /* nothing in it */
        free(html);
        uf_report_free(report);
    }
    uf_table_free(table);
}

static void rows_of_a_group_stand_under_its_heading(void **state)
{
    (void)state;
    static const char *const groups[] = {"A & B", "A & B", "C", NULL, "A & B"};
    struct uf_table *table = new_table("Grupper");
    size_t column;
    assert_ok(uf_table_add_column(table, "row_group", UF_COLUMN_TEXT, NULL, -1, &column, &error), &error);
    for (size_t i = 0; i < sizeof groups / sizeof *groups; i++) {
        add_row(table, "x", (double)i, UF_VALUE_OBSERVED);
        assert_ok(uf_table_set_text(table, i, column, groups[i], &error), &error);
    }
    struct uf_report *report = new_report(UF_ENGLISH);
    assert_ok(uf_report_add_table(report, table, 0, NULL, &error), &error);
    char *html = write_page(report);
    expect_well_formed(html);
    expect_holds(html, "<table class=\"grouped\">");
    expect_holds(
        html,
        "<tr><th scope=\"rowgroup\" colspan=\"4\"><span class=\"group-text\">A &amp; B</span></th></tr>");
    assert_int_equal(count_of(html, "scope=\"rowgroup\""), 3); /* one without a group stays where it is */
    assert_int_equal(count_of(html, "<tbody>"), 3);
    assert_int_equal(count_of(html, "</tbody>"), 3);
    assert_null(strstr(html, "row_group"));
    assert_int_equal(count_of(html, "<th scope=\"row\">x</th>"), 5);
    free(html);
    uf_report_free(report);
    uf_table_free(table);
}

static void cut_table_says_so(void **state)
{
    (void)state;
    struct uf_table *table = new_table("Löner");
    for (int i = 0; i < 1200; i++) add_row(table, "x", i, UF_VALUE_OBSERVED);
    struct uf_report *report = new_report(UF_SWEDISH);
    assert_ok(uf_report_add_table(report, table, 10, "pay.csv", &error), &error);
    assert_ok(uf_report_add_table(report, table, 1200, "pay.csv", &error), &error);
    char *html = write_page(report);
    expect_holds(html, "<span class=\"rows\">De första 10 av 1200 rader; alla finns i CSV-filen.</span>");
    assert_int_equal(count_of(html, "De första"), 1);
    assert_int_equal(count_of(html, "<tr>"), 2 + 10 + 1200);
    free(html);
    uf_report_free(report);
    uf_table_free(table);
}

static void figure_has_picture_words_and_table(void **state)
{
    (void)state;
    struct uf_table *table = new_table("Bakom");
    add_row(table, "x", 1, UF_VALUE_OBSERVED);
    struct uf_chart chart = {
        .name = (char *)"c", .alt_text = (char *)"Staplar, högst 1.", .svg = svg, .drawn = true};
    struct uf_report *report = new_report(UF_SWEDISH);
    assert_ok(uf_report_add_figure(report, &chart, "Kvoter", table, "c.csv", &error), &error);
    chart.drawn = false;
    assert_ok(uf_report_add_figure(report, &chart, "Utan bild", NULL, NULL, &error), &error);
    char *html = write_page(report);
    expect_well_formed(html);
    expect_holds(html,
                 "<figcaption id=\"uf-figure-1\"><span class=\"label\">Figur 1.</span> Kvoter</figcaption>");
    expect_holds(html, "<div role=\"img\" aria-label=\"Staplar, högst 1.\">\n<svg viewBox='0 0 9 9'>");
    assert_null(strstr(html, "<?xml"));
    assert_int_equal(count_of(html, "<svg"), 1);
    expect_holds(
        html, "<details>\n<summary>Beskrivning och tabell bakom figur 1</summary>\n<p>Staplar, högst 1.</p>");
    expect_holds(html, "<b>Bilden kunde inte ritas: gnuplot saknas.</b></p>\n<p>Staplar, högst 1.</p>");
    assert_int_equal(count_of(html, "<details"), 1);
    free(html);
    uf_report_free(report);
    uf_table_free(table);
}

static void pictures_share_no_ids(void **state)
{
    (void)state;
    static char twice[] =
        "<svg id=\"data\" role=\"img\" aria-labelledby=\"data-t data-d\"><title id=\"data-t\">t</title>"
        "<desc id=\"data-d\">#1 id=</desc><path id='p'/><use xlink:href='#p'/><g "
        "style=\"clip-path:url(#p)\"/></svg>";
    struct uf_chart chart = {.name = (char *)"data", .alt_text = (char *)"a", .svg = twice, .drawn = true};
    struct uf_report *report = new_report(UF_SWEDISH); /* its section is called `data` too */
    assert_ok(uf_report_add_figure(report, &chart, "x", NULL, NULL, &error), &error);
    assert_ok(uf_report_add_figure(report, &chart, "x", NULL, NULL, &error), &error);
    char *html = write_page(report);
    expect_well_formed(html);
    expect_holds(html,
                 "<svg id=\"uf-figure-2-data\" role=\"img\" aria-labelledby=\"uf-figure-2-data-t "
                 "uf-figure-2-data-d\"><title id=\"uf-figure-2-data-t\">t</title>"
                 "<desc id=\"uf-figure-2-data-d\">#1 id=</desc><path id='uf-figure-2-p'/>"
                 "<use xlink:href='#uf-figure-2-p'/><g style=\"clip-path:url(#uf-figure-2-p)\"/></svg>");
    assert_null(strstr(html, "aria-label=\"a\"")); /* the picture has a role of its own */
    free(html);
    uf_report_free(report);
}

static void picture_that_could_run_or_fetch_is_refused(void **state)
{
    (void)state;
    static char *const bad[] = {(char *)"<svg><script>1</script></svg>",
                                (char *)"<svg><image href='x.png'/></svg>", (char *)"<svg onload='x'></svg>",
                                (char *)"<html></html>", (char *)"<svg>"};
    struct uf_report *report = new_report(UF_ENGLISH);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct uf_chart chart = {
            .name = (char *)"bad", .alt_text = (char *)"x", .svg = bad[i], .drawn = true};
        assert_int_equal(uf_report_add_figure(report, &chart, "x", NULL, NULL, &error), UF_INTERNAL);
    }
    char *html = write_page(report);
    assert_null(strstr(html, "<figure>"));
    free(html);
    uf_report_free(report);
}

static void findings_come_gravest_first_with_word_and_sign(void **state)
{
    (void)state;
    struct uf_note notes[] = {{UF_NOTE, (char *)"n", (char *)"liten", NULL},
                              {UF_WARNING, (char *)"w", (char *)"mellan", (char *)"gör så"},
                              {UF_FATAL, (char *)"f", (char *)"stor", NULL}};
    struct uf_report *report = new_report(UF_SWEDISH);
    assert_ok(uf_report_add_findings(report, notes, 3, &error), &error);
    assert_ok(uf_report_add_findings(report, notes, 0, &error), &error); /* nothing to say */
    char *html = write_page(report);
    expect_well_formed(html);
    const char *f = strstr(html, "data-code=\"f\""), *w = strstr(html, "data-code=\"w\""),
               *n = strstr(html, "data-code=\"n\"");
    assert_true(f != NULL && w != NULL && n != NULL && f < w && w < n);
    expect_holds(html, "aria-hidden=\"true\">×</span> Hinder</p>");
    expect_holds(html, "aria-hidden=\"true\">!</span> Varning</p>");
    expect_holds(html, "aria-hidden=\"true\">i</span> Anmärkning</p>");
    expect_holds(html, "<p class=\"advice\"><b>Vad som kan göras:</b> gör så</p>");
    assert_int_equal(count_of(html, "class=\"advice\""), 1);
    assert_int_equal(count_of(html, "<ul class=\"findings\">"), 1);
    free(html);
    uf_report_free(report);
}

static void ledger_and_facts_are_shown(void **state)
{
    (void)state;
    struct uf_ledger_entry entries[] = {{(char *)"utfall saknas", (char *)"..", 1764, 1752}};
    const char *const facts[] = {"Tid", "2017–2019", "Län", "3"};
    struct uf_report *report = new_report(UF_SWEDISH);
    assert_ok(uf_report_add_ledger(report, entries, 1, &error), &error);
    assert_ok(uf_report_add_facts(report, facts, 2, &error), &error);
    char *html = write_page(report);
    expect_well_formed(html);
    expect_holds(html, "<th scope=\"row\">utfall saknas</th><td>..</td><td class=\"number\">1764</td>"
                       "<td class=\"number\">1752</td><td class=\"number\">12</td>");
    expect_holds(html, "<dl>\n<dt>Tid</dt><dd>2017–2019</dd>\n<dt>Län</dt><dd>3</dd>\n</dl>");
    free(html);
    uf_report_free(report);
}

static void what_was_given_is_copied(void **state)
{
    (void)state;
    struct uf_report *report = new_report(UF_ENGLISH);
    struct uf_table *table = new_table("Before");
    add_row(table, "x", 1, UF_VALUE_OBSERVED);
    assert_ok(uf_report_add_table(report, table, 0, NULL, &error), &error);
    assert_ok(uf_table_set_title(table, "After", &error), &error);
    uf_table_free(table);
    char *html = write_page(report);
    expect_holds(html, "Before");
    free(html);
    uf_report_free(report);
}

static void mistakes_are_errors(void **state)
{
    (void)state;
    struct uf_report *report;
    assert_ok(uf_report_new(UF_ENGLISH, "t", NULL, &report, &error), &error);
    assert_int_equal(uf_report_add_paragraph(report, "no section yet", &error), UF_INTERNAL);
    char *path = uf_path_join(scratch_directory(), "no/folder/r.html");
    assert_int_equal(uf_report_write_html(report, path, &error), UF_IO_FAILED);
    free(path);
    uf_report_free(report);
    uf_report_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(any_text_stays_text_everywhere),
                                       cmocka_unit_test(page_passes_the_checkers_that_are_installed),
                                       cmocka_unit_test(same_report_gives_the_same_bytes_without_network),
                                       cmocka_unit_test(skeleton_is_for_every_reader),
                                       cmocka_unit_test(tables_speak_the_language),
                                       cmocka_unit_test(rows_of_a_group_stand_under_its_heading),
                                       cmocka_unit_test(cut_table_says_so),
                                       cmocka_unit_test(figure_has_picture_words_and_table),
                                       cmocka_unit_test(pictures_share_no_ids),
                                       cmocka_unit_test(picture_that_could_run_or_fetch_is_refused),
                                       cmocka_unit_test(findings_come_gravest_first_with_word_and_sign),
                                       cmocka_unit_test(ledger_and_facts_are_shown),
                                       cmocka_unit_test(what_was_given_is_copied),
                                       cmocka_unit_test(mistakes_are_errors)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
