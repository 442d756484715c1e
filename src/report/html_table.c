// SPDX-License-Identifier: GPL-3.0-or-later
#include "cell.h"
#include "escape.h"
#include "html.h"
#include "sparkline.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* What is true of all of a table while its cells are written. */
struct view {
    const struct uf_table *table;
    size_t n_rows;          /* shown */
    uf_value_status legend; /* flags whose marks were used */
};

static void append_mark(struct uf_page *page, struct view *view, const struct uf_mark *mark)
{
    uf_buffer_append(page->out, "<abbr title=\"");
    uf_escape_html(page->out, uf_words_in(mark->words, page->language));
    uf_buffer_append(page->out, "\">");
    uf_escape_html(page->out, mark->mark);
    uf_buffer_append(page->out, "</abbr>");
    view->legend |= mark->flag;
}

static void append_number(struct uf_page *page, struct view *view, size_t row, size_t column,
                          uf_value_status shared)
{
    uf_value_status status = uf_table_value_status(view->table, row, column);
    if (uf_value_is_missing(status)) {
        append_mark(page, view, uf_missing_mark(status));
        return;
    }
    struct uf_buffer number;
    uf_buffer_init(&number);
    uf_cell_number(&number, view->table, row, column, page->language);
    if (number.data) uf_escape_html(page->out, number.data); /* `<0,001` */
    uf_buffer_clear(&number);
    size_t n_marks;
    const struct uf_mark *marks = uf_marks(&n_marks);
    bool open = false;
    for (size_t m = 0; m < n_marks; m++) {
        if ((marks[m].flag & status & ~shared) == 0 || marks[m].mark[0] == '\0') continue;
        uf_buffer_append(page->out, open ? " " : "<sup class=\"remark\">");
        append_mark(page, view, &marks[m]);
        open = true;
    }
    if (open) uf_buffer_append(page->out, "</sup>");
}

/* True where cells of the column carry raised marks, for which room is left so that the digits stay aligned. */
static bool has_raised_marks(const struct uf_table *table, size_t column)
{
    uf_value_status shared = uf_column_shared_remarks(table, column), seen = 0;
    for (size_t i = 0; i < uf_table_rows(table); i++) {
        uf_value_status status = uf_table_value_status(table, i, column);
        if (!uf_value_is_missing(status)) seen |= status;
    }
    return (seen & ~shared & ~(uf_value_status)UF_VALUE_TRUE_ZERO) != 0;
}

static const char *cell_class(const struct uf_table *table, size_t column)
{
    if (uf_column_is_sparkline(table, column)) return " class=\"spark\"";
    if (uf_table_column_type(table, column) == UF_COLUMN_TEXT) return "";
    return has_raised_marks(table, column) ? " class=\"number remarked\"" : " class=\"number\"";
}

static void append_head(struct uf_page *page, const struct uf_table *table)
{
    uf_buffer_append(page->out, "<thead><tr>");
    for (size_t j = 0; j < uf_table_columns(table); j++) {
        if (!uf_column_is_shown(table, j)) continue;
        uf_buffer_append(page->out, "<th scope=\"col\"");
        uf_buffer_append(page->out, cell_class(table, j));
        uf_buffer_append_char(page->out, '>');
        uf_escape_html(page->out, uf_word(uf_table_column_name(table, j), page->language));
        const char *unit = uf_table_column_unit(table, j);
        if (unit != NULL && *unit != '\0') {
            uf_buffer_append(page->out, " <span class=\"unit\">(");
            uf_escape_html(page->out, unit);
            uf_buffer_append(page->out, ")</span>");
        }
        uf_buffer_append(page->out, "</th>");
    }
    uf_buffer_append(page->out, "</tr></thead>\n");
}

/* Cells run column by column within a row; what a column needs to know is worked out once. */
struct column_view {
    bool shown, heads_row;
    uf_value_status shared;
    const char *class_attribute;
};

static void append_row(struct uf_page *page, struct view *view, const struct column_view *columns, size_t i)
{
    const struct uf_table *table = view->table;
    uf_buffer_append(page->out, "<tr>");
    for (size_t j = 0; j < uf_table_columns(table); j++) {
        if (!columns[j].shown) continue;
        uf_buffer_append(page->out, columns[j].heads_row ? "<th scope=\"row\"" : "<td");
        uf_buffer_append(page->out, columns[j].class_attribute);
        uf_buffer_append_char(page->out, '>');
        if (uf_column_is_sparkline(table, j))
            uf_sparkline_html(page->out, table, i, j, page->language);
        else if (uf_table_column_type(table, j) == UF_COLUMN_TEXT)
            uf_escape_html(page->out, uf_cell_text(table, i, j, page->language));
        else
            append_number(page, view, i, j, columns[j].shared);
        uf_buffer_append(page->out, columns[j].heads_row ? "</th>" : "</td>");
    }
    uf_buffer_append(page->out, "</tr>\n");
}

/* One body, or one for each group of rows with its heading across all columns. */
static void append_body(struct uf_page *page, struct view *view, const struct column_view *columns,
                        size_t n_shown)
{
    const size_t group = uf_table_column(view->table, ROW_GROUP);
    const char *heading = NULL;
    uf_buffer_append(page->out, "<tbody>\n");
    for (size_t i = 0; i < view->n_rows; i++) {
        const char *own = group == SIZE_MAX ? NULL : uf_table_text(view->table, i, group);
        if (own && (!heading || strcmp(own, heading) != 0)) {
            if (i > 0) uf_buffer_append(page->out, "</tbody>\n<tbody>\n");
            uf_buffer_append(page->out, "<tr><th scope=\"rowgroup\" colspan=\"");
            uf_buffer_append_size(page->out, n_shown);
            uf_buffer_append(page->out, "\"><span class=\"group-text\">");
            uf_escape_html(page->out, own);
            uf_buffer_append(page->out, "</span></th></tr>\n");
            heading = own;
        }
        append_row(page, view, columns, i);
    }
    uf_buffer_append(page->out, "</tbody>\n");
}

static void append_anchor(struct uf_page *page, size_t figure)
{
    uf_buffer_append(page->out, figure == 0 ? "uf-table-" : "uf-figure-table-");
    uf_buffer_append_size(page->out, figure == 0 ? page->n_tables : figure);
}

static void append_caption(struct uf_page *page, const struct view *view, const char *csv_name, size_t figure)
{
    const char *title = uf_table_title(view->table);
    uf_buffer_append(page->out, "<caption><span class=\"caption-text\" id=\"");
    append_anchor(page, figure);
    uf_buffer_append(page->out, "\">");
    if (figure == 0) {
        uf_buffer_append(page->out, "<span class=\"label\">");
        uf_buffer_append(page->out, uf_word("table", page->language));
        uf_buffer_append_char(page->out, ' ');
        uf_buffer_append_size(page->out, page->n_tables);
        uf_buffer_append(page->out, ".</span> ");
    }
    uf_escape_html(page->out, title != NULL && *title != '\0'
                                  ? title
                                  : uf_word(uf_table_name(view->table), page->language));
    size_t all_rows = uf_table_rows(view->table);
    if (view->n_rows < all_rows) {
        static const struct uf_words with_file = {"The first {0} of {1} rows; the CSV file has all of them.",
                                                  "De första {0} av {1} rader; alla finns i CSV-filen."};
        static const struct uf_words without_file = {"The first {0} of {1} rows.",
                                                     "De första {0} av {1} rader."};
        const struct uf_argument counts[] = {uf_count_argument(view->n_rows), uf_count_argument(all_rows)};
        char *text = NULL;
        if (uf_phrase(page->language, csv_name != NULL ? with_file : without_file, counts, 2, &text, NULL) ==
            UF_OK) {
            uf_buffer_append(page->out, " <span class=\"rows\">");
            uf_escape_html(page->out, text);
            uf_buffer_append(page->out, "</span>");
        } else {
            page->out->failed = true;
        }
        free(text);
    }
    uf_buffer_append(page->out, "</span></caption>\n");
}

static void append_legend(struct uf_page *page, const struct view *view)
{
    size_t n_marks;
    const struct uf_mark *marks = uf_marks(&n_marks);
    const char *separator = "<p class=\"legend\">";
    const char *closing = "";
    for (size_t m = 0; m < n_marks; m++) {
        if ((marks[m].flag & view->legend) == 0) continue;
        uf_buffer_append(page->out, separator);
        if (*closing == '\0') {
            uf_buffer_append(page->out, uf_word("marks", page->language));
            uf_buffer_append(page->out, ": ");
        }
        uf_buffer_append(page->out, "<b>");
        uf_escape_html(page->out, marks[m].mark);
        uf_buffer_append(page->out, "</b> ");
        uf_escape_html(page->out, uf_words_in(marks[m].words, page->language));
        separator = "; ";
        closing = ".</p>\n";
    }
    uf_buffer_append(page->out, closing);
    const char *before_name = NULL;
    for (size_t j = 0; j < uf_table_columns(view->table); j++) {
        bool is_number = uf_table_column_type(view->table, j) == UF_COLUMN_NUMBER;
        if (!is_number || !uf_column_is_blank(view->table, j)) continue;
        if (before_name == NULL) {
            uf_buffer_append(page->out, "<p class=\"legend\">");
            uf_buffer_append(page->out, uf_word("not_shown", page->language));
        }
        uf_buffer_append(page->out, before_name == NULL ? ": " : before_name);
        uf_escape_html(page->out, uf_word(uf_table_column_name(view->table, j), page->language));
        before_name = "; ";
    }
    if (before_name != NULL) uf_buffer_append(page->out, ".</p>\n");
    for (size_t j = 0; j < uf_table_columns(view->table); j++) {
        uf_value_status shared = uf_column_shared_remarks(view->table, j);
        for (size_t m = 0; m < n_marks; m++) {
            if ((marks[m].flag & shared) == 0 || marks[m].mark[0] == '\0') continue;
            uf_buffer_append(page->out, "<p class=\"legend\">");
            uf_buffer_append(page->out, uf_word("all_values", page->language));
            uf_buffer_append(page->out, " <i>");
            uf_escape_html(page->out, uf_word(uf_table_column_name(view->table, j), page->language));
            uf_buffer_append(page->out, "</i>: ");
            uf_escape_html(page->out, uf_words_in(marks[m].words, page->language));
            uf_buffer_append(page->out, ".</p>\n");
        }
    }
}

static void append_download(struct uf_page *page, const struct uf_table *table, const char *csv_name)
{
    if (csv_name == NULL) return;
    const char *title = uf_table_title(table);
    uf_buffer_append(page->out, "<p class=\"download\"><a href=\"");
    uf_escape_url(page->out, csv_name);
    uf_buffer_append(page->out, "\">");
    uf_buffer_append(page->out, uf_word("download_csv", page->language));
    uf_buffer_append(page->out, "<span class=\"unseen\">: ");
    uf_escape_html(page->out, title != NULL ? title : uf_table_name(table));
    uf_buffer_append(page->out, "</span></a></p>\n");
}

void uf_html_table(struct uf_page *page, const struct uf_table *table, size_t max_rows, const char *csv_name,
                   size_t figure)
{
    struct view view = {.table = table, .n_rows = uf_table_rows(table)};
    if (max_rows > 0 && max_rows < view.n_rows) view.n_rows = max_rows;
    if (figure == 0) page->n_tables++;
    const size_t n_columns = uf_table_columns(table);
    struct column_view *columns = calloc(n_columns + 1, sizeof *columns);
    if (columns == NULL) {
        page->out->failed = true;
        return;
    }
    bool first = true;
    size_t n_shown = 0;
    for (size_t j = 0; j < n_columns; j++) {
        bool is_text = uf_table_column_type(table, j) == UF_COLUMN_TEXT;
        columns[j].shown = uf_column_is_shown(table, j);
        columns[j].heads_row =
            columns[j].shown && first && (is_text || uf_column_is_time(uf_table_column_name(table, j)));
        columns[j].shared = uf_column_shared_remarks(table, j);
        columns[j].class_attribute = cell_class(table, j);
        if (columns[j].shown) first = false;
        n_shown += columns[j].shown;
    }
    /* for print: many columns need smaller type, very many a page on its side */
    uf_buffer_append(page->out, n_shown > 14   ? "<div class=\"wide landscape crowded\">"
                                : n_shown > 11 ? "<div class=\"wide landscape\">"
                                : n_shown > 8  ? "<div class=\"wide dense\">"
                                               : "<div class=\"wide\">");
    uf_buffer_append(page->out, "<div class=\"scroll\" role=\"group\" tabindex=\"0\" aria-labelledby=\"");
    append_anchor(page, figure);
    const bool grouped = uf_table_column(table, ROW_GROUP) != SIZE_MAX;
    uf_buffer_append(page->out, grouped ? "\">\n<table class=\"grouped\">\n" : "\">\n<table>\n");
    append_caption(page, &view, csv_name, figure);
    append_head(page, table);
    append_body(page, &view, columns, n_shown);
    uf_buffer_append(page->out, "</table>\n</div>\n");
    free(columns);
    if (view.n_rows == 0) {
        uf_buffer_append(page->out, "<p class=\"legend\">");
        uf_buffer_append(page->out, uf_word("no_rows", page->language));
        uf_buffer_append(page->out, "</p>\n");
    }
    append_legend(page, &view);
    append_download(page, table, csv_name);
    uf_buffer_append(page->out, "</div>\n");
}
