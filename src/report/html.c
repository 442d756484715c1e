// SPDX-License-Identifier: GPL-3.0-or-later
#include "html.h"
#include "base/fail.h"
#include "escape.h"

#include <stdlib.h>
#include <utfall/file.h>

static void append_element(struct uf_buffer *out, const char *open, const char *text, const char *close)
{
    uf_buffer_append(out, open);
    uf_escape_html(out, text);
    uf_buffer_append(out, close);
}

static void append_list(struct uf_page *page, const struct uf_text_list *items)
{
    if (items->count == 0) return; /* an empty list is not valid HTML for readers who count items */
    uf_buffer_append(page->out, "<ul>\n");
    for (size_t i = 0; i < items->count; i++) append_element(page->out, "<li>", items->items[i], "</li>\n");
    uf_buffer_append(page->out, "</ul>\n");
}

static void append_facts(struct uf_page *page, const struct uf_text_list *items)
{
    if (items->count == 0) return;
    uf_buffer_append(page->out, "<dl>\n");
    for (size_t i = 0; i + 1 < items->count; i += 2) {
        append_element(page->out, "<dt>", items->items[i], "</dt>");
        append_element(page->out, "<dd>", items->items[i + 1], "</dd>\n");
    }
    uf_buffer_append(page->out, "</dl>\n");
}

static void append_findings(struct uf_page *page, const struct uf_note *notes, size_t n_notes)
{
    static const struct {
        const char *name, *sign, *word;
    } severities[] = {[UF_NOTE] = {"note", "i", "severity_note"},
                      [UF_WARNING] = {"warning", "!", "severity_warning"},
                      [UF_FATAL] = {"fatal", "×", "severity_fatal"}};
    uf_buffer_append(page->out, "<ul class=\"findings\">\n");
    for (size_t i = 0; i < n_notes; i++) {
        uf_buffer_append(page->out, "<li class=\"finding ");
        uf_buffer_append(page->out, severities[notes[i].severity].name);
        append_element(page->out, "\" data-code=\"", notes[i].code, "\">");
        append_element(page->out, "<p class=\"severity\"><span class=\"sign\" aria-hidden=\"true\">",
                       severities[notes[i].severity].sign, "</span> ");
        append_element(page->out, "", uf_word(severities[notes[i].severity].word, page->language), "</p>\n");
        append_element(page->out, "<p>", notes[i].text, "</p>\n");
        if (notes[i].advice != NULL && notes[i].advice[0] != '\0') {
            append_element(page->out, "<p class=\"advice\"><b>", uf_word("advice", page->language), ":</b> ");
            append_element(page->out, "", notes[i].advice, "</p>\n");
        }
        uf_buffer_append(page->out, "</li>\n");
    }
    uf_buffer_append(page->out, "</ul>\n");
}

static void append_picture(struct uf_page *page, const struct uf_block *block)
{
    if (block->svg == NULL) {
        append_element(page->out, "<div class=\"no-picture\"><p><b>",
                       uf_word("picture_missing", page->language), "</b></p>\n");
        append_element(page->out, "<p>", block->alt_text, "</p></div>\n");
        return;
    }
    uf_buffer_append(page->out,
                     "<div class=\"picture\" role=\"region\" tabindex=\"0\" aria-labelledby=\"uf-figure-");
    uf_buffer_append_size(page->out, page->n_figures);
    uf_buffer_append(page->out, "\">\n");
    uf_html_picture(page, block->svg, block->alt_text, page->n_figures);
    uf_buffer_append(page->out, "</div>\n");
}

/* What the picture says in words, and its numbers, behind one button; where there is no picture the words are
 * in its place. */
static void append_behind(struct uf_page *page, const struct uf_block *block)
{
    bool has_text = block->svg != NULL && block->alt_text != NULL && block->alt_text[0] != '\0';
    if (!has_text && block->table == NULL) return;
    enum { MOST_PRINTED_ROWS = 40 }; /* a longer table stays closed on paper */
    bool is_long = block->table != NULL && uf_table_rows(block->table) > MOST_PRINTED_ROWS;
    uf_buffer_append(page->out, is_long ? "<details class=\"long\">\n<summary>" : "<details>\n<summary>");
    uf_buffer_append(page->out, uf_word("figure_behind", page->language));
    uf_buffer_append_char(page->out, ' ');
    uf_buffer_append_size(page->out, page->n_figures);
    uf_buffer_append(page->out, "</summary>\n");
    if (has_text) append_element(page->out, "<p>", block->alt_text, "</p>\n");
    if (block->table != NULL) uf_html_table(page, block->table, 0, block->csv_name, page->n_figures);
    uf_buffer_append(page->out, "</details>\n");
}

static void append_figure(struct uf_page *page, const struct uf_block *block)
{
    page->n_figures++;
    uf_buffer_append(page->out, "<figure>\n<figcaption id=\"uf-figure-");
    uf_buffer_append_size(page->out, page->n_figures);
    append_element(page->out, "\"><span class=\"label\">", uf_word("figure", page->language), " ");
    uf_buffer_append_size(page->out, page->n_figures);
    append_element(page->out, ".</span> ", block->text, "</figcaption>\n");
    append_picture(page, block);
    append_behind(page, block);
    uf_buffer_append(page->out, "</figure>\n");
}

static void append_block(struct uf_page *page, const struct uf_block *block)
{
    switch (block->kind) {
    case UF_BLOCK_HEADING:
        append_element(page->out, "<h3>", block->text, "</h3>\n");
        break;
    case UF_BLOCK_PARAGRAPH:
        append_element(page->out, "<p>", block->text, "</p>\n");
        break;
    case UF_BLOCK_LIST:
        append_list(page, &block->items);
        break;
    case UF_BLOCK_TABLE:
        uf_html_table(page, block->table, block->max_rows, block->csv_name, 0);
        break;
    case UF_BLOCK_FIGURE:
        append_figure(page, block);
        break;
    case UF_BLOCK_FINDINGS:
        append_findings(page, block->notes, block->n_notes);
        break;
    case UF_BLOCK_FACTS:
        append_facts(page, &block->items);
        break;
    }
}

static void append_head(struct uf_page *page, const struct uf_report *report)
{
    uf_buffer_append(page->out, "<!DOCTYPE html>\n<html lang=\"");
    uf_buffer_append(page->out, uf_language_tag(report->language));
    uf_buffer_append(page->out, "\">\n<head>\n<meta charset=\"utf-8\"/>\n"
                                "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
                                /* the browser itself is told that nothing may be fetched or run */
                                "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                                "style-src 'unsafe-inline'\"/>\n"
                                "<meta name=\"generator\" content=\"Utfall\"/>\n");
    append_element(page->out, "<title>", report->title, "</title>\n<style>\n");
    uf_html_style(page->out);
    uf_buffer_append(page->out, "</style>\n</head>\n");
}

static void append_contents(struct uf_page *page, const struct uf_report *report)
{
    if (report->n_sections == 0) return;
    append_element(page->out,
                   "<nav class=\"contents\" aria-labelledby=\"uf-contents\">\n<p id=\"uf-contents\">",
                   uf_word("contents", report->language), "</p>\n<ol>\n");
    for (size_t s = 0; s < report->n_sections; s++) {
        append_element(page->out, "<li><a href=\"#", report->sections[s].id, "\">");
        append_element(page->out, "", report->sections[s].heading, "</a></li>\n");
    }
    uf_buffer_append(page->out, "</ol>\n</nav>\n");
}

static void append_body(struct uf_page *page, const struct uf_report *report)
{
    append_element(page->out, "<body>\n<a class=\"skip\" href=\"#uf-main\">",
                   uf_word("skip_to_content", report->language), "</a>\n<header>\n");
    append_element(page->out, "<h1>", report->title, "</h1>\n");
    if (report->subtitle != NULL)
        append_element(page->out, "<p class=\"subtitle\">", report->subtitle, "</p>\n");
    uf_buffer_append(page->out, "</header>\n<div class=\"page\">\n");
    append_contents(page, report);
    uf_buffer_append(page->out, "<main id=\"uf-main\" tabindex=\"-1\">\n");
    for (size_t s = 0; s < report->n_sections; s++) {
        const struct uf_section *section = &report->sections[s];
        append_element(page->out, "<section id=\"", section->id, "\">\n");
        append_element(page->out, "<h2>", section->heading, "</h2>\n");
        for (size_t b = 0; b < section->n_blocks; b++) append_block(page, &section->blocks[b]);
        uf_buffer_append(page->out, "</section>\n");
    }
    append_element(page->out, "</main>\n</div>\n<footer><p>", uf_word("made_with", report->language),
                   "</p></footer>\n</body>\n</html>\n");
}

uf_status uf_report_write_html(const struct uf_report *report, const char *path, struct uf_error *error)
{
    struct uf_buffer out;
    uf_buffer_init(&out);
    struct uf_page page = {.out = &out, .language = report->language};
    append_head(&page, report);
    append_body(&page, report);
    size_t length = out.length;
    char *html = uf_buffer_take(&out);
    if (html == NULL) {
        uf_buffer_clear(&out);
        return uf_fail_memory(error);
    }
    uf_status status = uf_file_write(path, html, length, error);
    free(html);
    return status;
}
