// SPDX-License-Identifier: GPL-3.0-or-later
#include "study/present_scoreboard.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"

struct board {
    const struct uf_table *table;
    enum uf_language language;
    struct uf_table *copy;
    bool targets;
};

static const char *text_at(const struct board *board, size_t row, const char *name)
{
    const size_t column = uf_table_column(board->table, name);
    const char *text = column == SIZE_MAX ? NULL : uf_table_text(board->table, row, column);
    return text ? text : "";
}

static double number_at(const struct board *board, size_t row, const char *name)
{
    const size_t column = uf_table_column(board->table, name);
    return column == SIZE_MAX ? (double)NAN : uf_table_number(board->table, row, column);
}

static bool same_indicator(const struct board *board, size_t a, size_t b)
{
    return !strcmp(text_at(board, a, "indicator"), text_at(board, b, "indicator"));
}

/* True where some region has a figure for the indicator of `row`. */
static bool has_figures(const struct board *board, size_t row)
{
    for (size_t i = 0; i < uf_table_rows(board->table); i++)
        if (same_indicator(board, i, row) && !isnan(number_at(board, i, "level"))) return true;
    return false;
}

static bool is_first(const struct board *board, size_t row)
{
    for (size_t i = 0; i < row; i++)
        if (same_indicator(board, i, row)) return false;
    return true;
}

/* --- words --------------------------------------------------------------------------------------- */

static struct uf_words direction_words(const char *direction)
{
    if (!strcmp(direction, "higher")) return (struct uf_words){"higher is better", "högre är bättre"};
    if (!strcmp(direction, "lower")) return (struct uf_words){"lower is better", "lägre är bättre"};
    return (struct uf_words){"neither high nor low is better", "varken högt eller lågt är bättre"};
}

/* `Post-secondary education, aged 16–74 (%). Competence supply; higher is better; change since 2010; mean of the peers
 * 31.6` */
static uf_status heading(const struct board *board, size_t row, char **out, struct uf_error *error)
{
    static const struct uf_words words[2][2] = {
        {{"{0} ({1}). {2}; {3}", "{0} ({1}). {2}; {3}"},
         {"{0} ({1}). {2}; {3}; mean of the peers {4}",
          "{0} ({1}). {2}; {3}; jämförelseregionernas medel {4}"}},
        {{"{0} ({1}). {2}; {3}; change since {5}", "{0} ({1}). {2}; {3}; förändring sedan {5}"},
         {"{0} ({1}). {2}; {3}; change since {5}; mean of the peers {4}",
          "{0} ({1}). {2}; {3}; förändring sedan {5}; jämförelseregionernas medel {4}"}}};
    const char *from = text_at(board, row, "from");
    const double mean = number_at(board, row, "peers_mean");
    const struct uf_argument arguments[] = {
        uf_text_argument(text_at(board, row, "indicator_label")),
        uf_text_argument(text_at(board, row, "measure")),
        uf_text_argument(text_at(board, row, "priority_label")),
        uf_text_argument(uf_words_in(direction_words(text_at(board, row, "direction")), board->language)),
        uf_number_argument(mean, fabs(mean) >= 1000 ? 0 : 1),
        uf_text_argument(from)};
    return uf_phrase(board->language, words[*from != 0][!isnan(mean)], arguments, 6, out, error);
}

/* `Sweden (nation)`, `Örebro (peer)`, `Dalarna`. */
static uf_status region_name(const struct board *board, size_t row, char **out, struct uf_error *error)
{
    const char *role = text_at(board, row, "role");
    const struct uf_argument argument = uf_text_argument(text_at(board, row, "label"));
    return uf_phrase(board->language,
                     !strcmp(role, "nation") ? (struct uf_words){"{0} (nation)", "{0} (riket)"}
                     : !strcmp(role, "peer") ? (struct uf_words){"{0} (peer)", "{0} (jämförelse)"}
                                             : (struct uf_words){"{0}", "{0}"},
                     &argument, 1, out, error);
}

/* `9 (9–10)`, in one piece, and the place alone where rounding leaves it alone; NULL: no rank. */
static uf_status rank_words(const struct board *board, size_t row, char **out, struct uf_error *error)
{
    const double rank = number_at(board, row, "rank"), low = number_at(board, row, "rank_low"),
                 high = number_at(board, row, "rank_high");
    const struct uf_argument arguments[] = {uf_number_argument(rank, 0), uf_number_argument(low, 0),
                                            uf_number_argument(high, 0)};
    *out = NULL;
    if (isnan(rank)) return UF_OK;
    return uf_phrase(
        board->language,
        high > low ? (struct uf_words){"{0}\u00A0({1}\u2060–\u2060{2})", "{0}\u00A0({1}\u2060–\u2060{2})"}
                   : (struct uf_words){"{0}", "{0}"},
        arguments, 3, out, error);
}

/* --- rows ---------------------------------------------------------------------------------------- */

static uf_status put_text(struct board *board, size_t at, const char *name, const char *text,
                          struct uf_error *error)
{
    return uf_table_set_text(board->copy, at, uf_table_column(board->copy, name), text && *text ? text : NULL,
                             error);
}

static uf_status put_number(struct board *board, size_t at, const char *name, size_t row,
                            struct uf_error *error)
{
    const size_t from = uf_table_column(board->table, name);
    return uf_table_set_value(board->copy, at, uf_table_column(board->copy, name),
                              uf_table_number(board->table, row, from),
                              uf_table_value_status(board->table, row, from), error);
}

static uf_status put_numbers(struct board *board, size_t at, size_t row, struct uf_error *error)
{
    static const char *const names[] = {"level", "change", "index", "target", "to_target"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (uf_table_column(board->copy, names[i]) != SIZE_MAX)
            UF_TRY(put_number(board, at, names[i], row, error));
    return UF_OK;
}

/* A region under the heading of the indicator. */
static uf_status add_region(struct board *board, size_t row, const char *group, struct uf_error *error)
{
    size_t at;
    char *name = NULL, *rank = NULL;
    UF_TRY(uf_table_add_row(board->copy, &at, error));
    uf_status status = region_name(board, row, &name, error);
    if (status == UF_OK) status = rank_words(board, row, &rank, error);
    if (status == UF_OK) status = put_text(board, at, "row_group", group, error);
    if (status == UF_OK) status = put_text(board, at, "label", name, error);
    if (status == UF_OK) status = put_text(board, at, "rank", rank, error);
    free(name);
    free(rank);
    UF_TRY(status);
    UF_TRY(put_text(board, at, "sparkline", text_at(board, row, "sparkline"), error));
    UF_TRY(put_text(board, at, "period", text_at(board, row, "period"), error));
    UF_TRY(put_text(board, at, "reason", text_at(board, row, "reason"), error));
    return put_numbers(board, at, row, error);
}

/* An indicator that nobody has figures of. */
static uf_status add_missing(struct board *board, size_t row, struct uf_error *error)
{
    static const struct uf_words group = {"Indicators without figures", "Indikatorer utan uppgifter"};
    size_t at;
    UF_TRY(uf_table_add_row(board->copy, &at, error));
    UF_TRY(put_text(board, at, "row_group", uf_words_in(group, board->language), error));
    UF_TRY(put_text(board, at, "label", text_at(board, row, "indicator_label"), error));
    UF_TRY(put_text(board, at, "reason", text_at(board, row, "reason"), error));
    return put_numbers(board, at, row, error);
}

static uf_status add_rows(struct board *board, struct uf_error *error)
{
    const size_t n = uf_table_rows(board->table);
    for (size_t i = 0; i < n; i++) {
        if (!is_first(board, i) || !has_figures(board, i)) continue;
        char *group = NULL;
        uf_status status = heading(board, i, &group, error);
        for (size_t k = i; k < n && status == UF_OK; k++)
            if (same_indicator(board, i, k)) status = add_region(board, k, group, error);
        free(group);
        UF_TRY(status);
    }
    for (size_t i = 0; i < n; i++)
        if (is_first(board, i) && !has_figures(board, i)) UF_TRY(add_missing(board, i, error));
    return UF_OK;
}

static uf_status add_columns(struct board *board, struct uf_error *error)
{
    static const struct {
        const char *name;
        enum uf_column_type type;
        int decimals;
        bool target;
    } columns[] = {{"row_group", UF_COLUMN_TEXT, -1, false}, {"label", UF_COLUMN_TEXT, -1, false},
                   {"sparkline", UF_COLUMN_TEXT, -1, false}, {"period", UF_COLUMN_TEXT, -1, false},
                   {"level", UF_COLUMN_NUMBER, 1, false},    {"change", UF_COLUMN_NUMBER, 1, false},
                   {"index", UF_COLUMN_NUMBER, 1, false},    {"rank", UF_COLUMN_TEXT, -1, false},
                   {"target", UF_COLUMN_NUMBER, 1, true},    {"to_target", UF_COLUMN_NUMBER, 1, true},
                   {"reason", UF_COLUMN_TEXT, -1, false}};
    if (uf_table_title(board->table))
        UF_TRY(uf_table_set_title(board->copy, uf_table_title(board->table), error));
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
        if (!columns[i].target || board->targets)
            UF_TRY(uf_table_add_column(board->copy, columns[i].name, columns[i].type, NULL,
                                       columns[i].decimals, NULL, error));
    return UF_OK;
}

uf_status present_scoreboard(const struct uf_table *table, enum uf_language language, struct uf_table **out,
                             struct uf_error *error)
{
    struct board board = {.table = table, .language = language};
    for (size_t i = 0; i < uf_table_rows(table); i++)
        board.targets = board.targets || (!isnan(number_at(&board, i, "target")) && has_figures(&board, i));
    UF_TRY(uf_table_new(uf_table_name(table), &board.copy, error));
    uf_status status = add_columns(&board, error);
    if (status == UF_OK) status = add_rows(&board, error);
    if (status != UF_OK)
        uf_table_free(board.copy);
    else
        *out = board.copy;
    return status;
}
