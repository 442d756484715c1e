// SPDX-License-Identifier: GPL-3.0-or-later
#include "study/present.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/number.h>

#include "base/fail.h"
#include "report/cell.h"
#include "study/present_numbers.h"
#include "study/present_scoreboard.h"

enum { FEW_ROWS = 3 };

struct view {
    const struct run *run;
    const struct run_analysis *analysis;
    const struct uf_table *table, *whole;
    bool chart;
};

static bool is_one_of(const char *name, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!strcmp(name, names[i])) return true;
    return false;
}
#define IS_ONE_OF(name, list) is_one_of(name, list, sizeof(list) / sizeof *(list))

static const char *name_of(const struct view *view, size_t column)
{
    return uf_table_column_name(view->table, column);
}

static bool is_effect(const struct view *view)
{
    return view->analysis->kind == ANALYSIS_EFFECT;
}

static bool has_column(const struct view *view, const char *name)
{
    return uf_table_column(view->table, name) != SIZE_MAX;
}

static bool has_term(const struct view *view, const char *term)
{
    size_t column = uf_table_column(view->table, "term");
    for (size_t i = 0; column != SIZE_MAX && i < uf_table_rows(view->table); i++)
        if (uf_text_equal(uf_table_text(view->table, i, column), term)) return true;
    return false;
}

/* True where each row has a number. */
static bool is_filled(const struct view *view, const char *name)
{
    size_t column = uf_table_column(view->table, name);
    if (column == SIZE_MAX || uf_table_column_type(view->table, column) != UF_COLUMN_NUMBER) return false;
    for (size_t i = 0; i < uf_table_rows(view->table); i++)
        if (isnan(uf_table_number(view->table, i, column))) return false;
    return true;
}

static bool repeats_notes(const struct view *view)
{
    return has_column(view, "note") && uf_table_rows(view->table) > FEW_ROWS && is_effect(view);
}

/* The first row that has a value, where all rows that have one have the same; SIZE_MAX elsewhere. */
static size_t constant_row(const struct view *view, size_t column)
{
    size_t first = SIZE_MAX;
    bool text = uf_table_column_type(view->table, column) == UF_COLUMN_TEXT;
    for (size_t i = 0; i < uf_table_rows(view->table); i++) {
        double number = uf_table_number(view->table, i, column);
        if (text ? !uf_table_text(view->table, i, column) : isnan(number)) continue;
        if (first == SIZE_MAX) first = i;
        if (text ? !uf_text_equal(uf_table_text(view->table, i, column),
                                  uf_table_text(view->table, first, column))
                 : number != uf_table_number(view->table, first, column))
            return SIZE_MAX;
    }
    return first;
}

/* A column of text with different words in it. */
static bool tells_apart(const struct view *view, size_t column)
{
    if (uf_table_column_type(view->table, column) != UF_COLUMN_TEXT) return false;
    return !uf_column_is_blank(view->table, column) && constant_row(view, column) == SIZE_MAX;
}

/* Columns that say the same in every row: told once under the table, which then fits a page. */
static bool is_told_once(const struct view *view, size_t column)
{
    static const char *const counts[] = {"n_obs", "n_treated", "n_control", "n_clusters",
                                         "from",  "to",        "period"};
    return !view->chart && uf_table_rows(view->table) > 1 && IS_ONE_OF(name_of(view, column), counts) &&
           constant_row(view, column) != SIZE_MAX;
}

/* The one region of a chart is in its caption, the one kind of inference in the notes. */
static bool is_in_caption(const struct view *view, size_t column)
{
    static const char *const names[] = {"unit", "label", "vcov"};
    const char *name = name_of(view, column);
    if (view->chart || uf_table_rows(view->table) <= FEW_ROWS || !IS_ONE_OF(name, names)) return false;
    if (!strcmp(name, "vcov") && !repeats_notes(view)) return false;
    return constant_row(view, column) != SIZE_MAX && strcmp(uf_table_name(view->table), "effect-size") != 0;
}

/* What the heading of the analysis, or another column, says already. */
static bool is_left_out(const struct view *view, size_t column)
{
    static const char *const told[] = {"outcome", "method"};
    const char *name = name_of(view, column);
    if (view->chart) return false;
    if (is_told_once(view, column) || is_in_caption(view, column)) return true;
    if (is_effect(view) && IS_ONE_OF(name, told)) return true;
    /* codes that no reader looks up, beside their words */
    static const char *const worded[][2] = {{"component", "component_label"}, {"priority", "priority_label"},
                                            {"indicator", "indicator_label"}, {"quadrant", "quadrant_label"},
                                            {"procedure", "label"},           {"sample", "sample_label"}};
    for (size_t i = 0; i < sizeof worded / sizeof *worded; i++)
        if (!strcmp(name, worded[i][0]) && has_column(view, worded[i][1])) return true;
    /* a cohort tells rows apart where effects are by cohort */
    if (is_effect(view) && !strcmp(name, "group"))
        return strncmp(uf_table_name(view->table), "group-", 6) != 0 && !tells_apart(view, column);
    /* the period as it is written, not its place on an axis of years */
    if (!strcmp(name, "period")) return has_column(view, "period_label");
    if (!strcmp(name, "code")) return !strcmp(uf_table_name(view->table), "raw-trends");
    if (!strcmp(name, "term")) return is_filled(view, "event_time");
    return !strcmp(name, "note") && repeats_notes(view);
}

static const char *unit_of(const struct view *view, size_t column)
{
    const char *unit = uf_table_column_unit(view->table, column);
    if (!is_effect(view) || !present_is_difference(view->table, column)) return unit;
    if (has_term(view, "average_gap_per_cent")) return NULL; /* each row has its own, said in its name */
    return run_difference_unit(unit, view->run->language);
}

/* --- texts ------------------------------------------------------------------------------------- */

/* The word for a term or another code, `slope-change` as well as `average_gap`; the code itself where there is none. */
static const char *word_for(const char *code, enum uf_language language)
{
    char key[48];
    size_t i = 0;
    for (; code[i] && i + 1 < sizeof key; i++) key[i] = code[i] == '-' ? '_' : code[i];
    key[i] = '\0';
    const char *word = uf_word(key, language);
    return word == key || code[i] ? code : word;
}

/* Codes that mean something in their own column only. NULL: none of these. */
static const char *word_in_column(const char *column, const char *code, enum uf_language language)
{
    static const struct {
        const char *column, *code;
        struct uf_words words;
    } known[] = {
        {"parameter", "first", {"first period", "första perioden"}},
        {"parameter", "average", {"average", "genomsnitt"}},
        {"restriction", "relative-magnitudes", {"relative magnitudes", "relativ storlek"}},
        {"restriction", "smoothness", {"smoothness", "jämn trend"}},
        {"set", "original", {"original interval", "ursprungligt intervall"}},
        {"set", "c-lf", {"conditional, least favourable", "villkorligt, minst gynnsamt"}},
        {"set", "conditional", {"conditional", "villkorligt"}},
        {"set", "flci", {"fixed length", "fast längd"}},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (!strcmp(column, known[i].column) && !strcmp(code, known[i].code))
            return uf_words_in(known[i].words, language);
    return NULL;
}

/* `Average gap after the start, percentage points`: rows that do not share a unit name it. */
static uf_status term_text(const struct view *view, const char *term, char **out, struct uf_error *error)
{
    const struct uf_panel *panel = view->analysis->panel;
    const char *unit = panel->outcome < 0
                           ? NULL
                           : run_difference_unit(panel->columns[panel->outcome].unit, view->run->language);
    bool own = has_term(view, "average_gap_per_cent") && unit && strcmp(term, "average_gap_per_cent") != 0;
    const struct uf_argument arguments[] = {uf_text_argument(word_for(term, view->run->language)),
                                            uf_text_argument(unit)};
    return uf_phrase(view->run->language,
                     own ? (struct uf_words){"{0} ({1})", "{0} ({1})"} : (struct uf_words){"{0}", "{0}"},
                     arguments, 2, out, error);
}

static uf_status copy_text(const struct view *view, size_t row, size_t column, struct uf_table *copy,
                           size_t to, struct uf_error *error)
{
    const char *text = uf_table_text(view->table, row, column), *name = name_of(view, column);
    const size_t at = uf_table_rows(copy) - 1; /* the last row is being filled */
    if (!text || view->chart) return uf_table_set_text(copy, at, to, text, error);
    size_t key = uf_table_column(view->table, "key");
    if (!strcmp(name, "unit") && key != SIZE_MAX &&
        uf_text_equal(uf_table_text(view->table, row, key), "difference"))
        text = run_difference_unit(text, view->run->language);
    if (!strcmp(name, "vcov") || !strcmp(name, "procedure")) {
        char buffer[64];
        return uf_table_set_text(
            copy, at, to, run_inference_words(text, view->run->language, buffer, sizeof buffer), error);
    }
    const char *word = is_effect(view) ? word_in_column(name, text, view->run->language) : NULL;
    if (word) return uf_table_set_text(copy, at, to, word, error);
    if (!strcmp(name, "slopes_by"))
        return uf_table_set_text(copy, at, to, word_for(text, view->run->language), error);
    if (!strcmp(name, "term") && is_effect(view)) {
        char *words = NULL;
        UF_TRY(term_text(view, text, &words, error));
        uf_status status = uf_table_set_text(copy, at, to, words, error);
        free(words);
        return status;
    }
    return uf_table_set_text(copy, at, to, text, error);
}

static uf_status copy_number(const struct view *view, size_t row, size_t column, struct uf_table *copy,
                             size_t to, struct uf_error *error)
{
    double value = uf_table_number(view->table, row, column);
    const size_t at = uf_table_rows(copy) - 1;
    if (is_effect(view) && !view->chart && uf_table_column_decimals(copy, to) < 0 &&
        !strcmp(name_of(view, column), "value"))
        value = present_rounded(value);
    uf_value_status status = uf_table_value_status(view->table, row, column);
    /* A test that a kind of inference does not have is not a division by zero to the reader. */
    if (!strncmp(uf_table_name(view->table), "pretrend", strlen("pretrend")) && status == UF_VALUE_UNDEFINED)
        status = UF_VALUE_NOT_APPLICABLE;
    return uf_table_set_value(copy, at, to, value, status, error);
}

/* The heading of a column is the word for its name; some names mean something else in one table. */
static const char *shown_name(const struct view *view, size_t column)
{
    return view->chart ? name_of(view, column) : uf_column_heading(view->table, column);
}

/* The columns in their order, with the time since the start where the term stood that only repeats it. */
static size_t order_columns(const struct view *view, size_t *order)
{
    size_t n = 0, time = uf_table_column(view->table, "event_time");
    bool first = !view->chart && has_column(view, "term") && is_filled(view, "event_time");
    if (first) order[n++] = time;
    for (size_t j = 0; j < uf_table_columns(view->table); j++)
        if (!is_left_out(view, j) && !(first && j == time)) order[n++] = j;
    return n;
}

static uf_status fill(const struct view *view, const size_t *order, size_t n, struct uf_table *copy,
                      struct uf_error *error)
{
    if (uf_table_title(view->table)) UF_TRY(uf_table_set_title(copy, uf_table_title(view->table), error));
    for (size_t k = 0; k < n; k++)
        UF_TRY(uf_table_add_column(
            copy, shown_name(view, order[k]), uf_table_column_type(view->table, order[k]),
            unit_of(view, order[k]),
            present_decimals(view->table, view->whole, order[k], is_effect(view), view->chart), NULL, error));
    for (size_t i = 0; i < uf_table_rows(view->table); i++) {
        size_t row = 0;
        UF_TRY(uf_table_add_row(copy, &row, error));
        for (size_t k = 0; k < n; k++) {
            bool text = uf_table_column_type(view->table, order[k]) == UF_COLUMN_TEXT;
            UF_TRY((text ? copy_text : copy_number)(view, i, order[k], copy, k, error));
        }
    }
    return UF_OK;
}

static uf_status present(const struct view *view, struct uf_table **out, struct uf_error *error)
{
    size_t *order = calloc(uf_table_columns(view->table) + 1, sizeof *order);
    struct uf_table *copy = NULL;
    uf_status status = order ? uf_table_new(uf_table_name(view->table), &copy, error) : uf_fail_memory(error);
    if (status == UF_OK) status = fill(view, order, order_columns(view, order), copy, error);
    free(order);
    if (status != UF_OK) {
        uf_table_free(copy);
        return status;
    }
    *out = copy;
    return UF_OK;
}

/* `Observations: 231. Treated units: 3.` */
static void append_constants(const struct view *view, struct uf_buffer *out)
{
    for (size_t j = 0; j < uf_table_columns(view->table); j++) {
        if (!is_told_once(view, j)) continue;
        char number[UF_NUMBER_SIZE];
        size_t row = constant_row(view, j);
        bool text = uf_table_column_type(view->table, j) == UF_COLUMN_TEXT;
        double value = uf_table_number(view->table, row, j);
        bool time = strncmp(name_of(view, j), "n_", 2) != 0; /* no thousands separator */
        uf_buffer_append(out, out->length ? " " : "");
        uf_buffer_append(out, uf_word(name_of(view, j), view->run->language));
        uf_buffer_append(out, ": ");
        uf_buffer_append(out, text   ? uf_table_text(view->table, row, j)
                              : time ? uf_number_print(value, number)
                                     : uf_number_format(value, 0, view->run->language, number));
        uf_buffer_append(out, ".");
    }
}

/* Each distinct note once, in the order they come, after what all rows share. */
static uf_status collect_remark(const struct view *view, char **out, struct uf_error *error)
{
    size_t column = uf_table_column(view->table, "note");
    struct uf_text_list notes;
    struct uf_buffer text;
    uf_text_list_init(&notes);
    uf_buffer_init(&text);
    uf_status status = UF_OK;
    append_constants(view, &text);
    for (size_t i = 0; repeats_notes(view) && i < uf_table_rows(view->table) && status == UF_OK; i++) {
        const char *note = uf_table_text(view->table, i, column);
        if (!note || !*note || uf_text_list_find(&notes, note) != SIZE_MAX) continue;
        status = uf_text_list_add(&notes, note, error);
    }
    for (size_t i = 0; i < notes.count; i++) {
        const char *note = notes.items[i];
        uf_buffer_append(&text, i ? ". " : text.length ? " " : "");
        if (*note >= 'a' && *note <= 'z') uf_buffer_append_char(&text, (char)(*note++ - 'a' + 'A'));
        uf_buffer_append(&text, note);
    }
    if (notes.count) uf_buffer_append(&text, ".");
    bool any = text.length > 0;
    uf_text_list_clear(&notes);
    if (status != UF_OK || !any) {
        uf_buffer_clear(&text);
        *out = NULL;
        return status;
    }
    *out = uf_buffer_take(&text);
    return *out ? UF_OK : uf_fail_memory(error);
}

/* Several pictures show rows of one table: with the same decimals, by all of its rows. */
static const struct uf_table *whole_of(const struct run_analysis *analysis, const struct uf_table *part)
{
    const struct uf_table *whole = uf_result_table(&analysis->result, uf_table_name(part));
    return whole ? whole : part;
}

uf_status present_chart_table(const struct run *run, const struct run_analysis *analysis,
                              const struct uf_table *table, struct uf_table **out, struct uf_error *error)
{
    const struct view view = {run, analysis, table, whole_of(analysis, table), true};
    return present(&view, out, error);
}

static uf_status present_with_remark(const struct view *view, struct uf_table **out, char **out_remark,
                                     struct uf_error *error)
{
    char *remark = NULL;
    if (!strcmp(uf_table_name(view->table), "scoreboard")) {
        UF_TRY(present_scoreboard(view->table, view->run->language, out, error));
        *out_remark = NULL;
        return UF_OK;
    }
    UF_TRY(collect_remark(view, &remark, error));
    uf_status status = present(view, out, error);
    if (status != UF_OK) {
        free(remark);
        return status;
    }
    *out_remark = remark;
    return UF_OK;
}

uf_status present_report_table(const struct run *run, const struct run_analysis *analysis,
                               const struct uf_table *table, struct uf_table **out, char **out_remark,
                               struct uf_error *error)
{
    const struct view view = {run, analysis, table, table, false};
    return present_with_remark(&view, out, out_remark, error);
}

uf_status present_figure_table(const struct run *run, const struct run_analysis *analysis,
                               const struct uf_table *table, struct uf_table **out, char **out_remark,
                               struct uf_error *error)
{
    const struct view view = {run, analysis, table, whole_of(analysis, table), false};
    return present_with_remark(&view, out, out_remark, error);
}
