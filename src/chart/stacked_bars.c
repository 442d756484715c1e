// SPDX-License-Identifier: GPL-3.0-or-later
/* Diverging stacked bars: the positive components of a row stack to the right of 0, the negative ones to the
 * left, in the order in which components first appear; a marker shows their sum. A row with a missing
 * component has no sum. */
#include "base/fail.h"
#include "chart/columns.h"
#include "chart/rows.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

enum { MOST_PARTS = 7 };

struct stack {
    const struct uf_table *table;
    size_t label, group, value, low, high; /* the last two SIZE_MAX: no bands */
    struct uf_text_list labels, groups;
    bool any_band;
    double *totals;              /* per label; NaN: a component is missing */
    double *positive, *negative; /* per label: how far it reaches */
    double *least, *most;        /* per label: the same with the bands */
    uf_value_status *reasons;    /* per label: flags of what is missing */
};

static void stack_clear(struct stack *stack)
{
    uf_text_list_clear(&stack->labels);
    uf_text_list_clear(&stack->groups);
    free(stack->totals);
    free(stack->positive);
    free(stack->negative);
    free(stack->least);
    free(stack->most);
    free(stack->reasons);
}

static uf_status index_of(struct uf_text_list *list, const char *text, size_t *out, struct uf_error *error)
{
    *out = uf_text_list_find(list, text);
    if (*out != SIZE_MAX) return UF_OK;
    *out = list->count;
    return uf_text_list_add(list, text, error);
}

static uf_status find_columns(const struct uf_chart_request *request, struct stack *stack,
                              struct uf_error *error)
{
    const char *kind = "stacked-bars";
    stack->table = request->table;
    UF_TRY(uf_column_need(stack->table, kind, request->label, "label", &stack->label, error));
    UF_TRY(uf_column_need(stack->table, kind, request->group, "group", &stack->group, error));
    stack->low = stack->high = SIZE_MAX;
    if (request->low && request->high) {
        UF_TRY(uf_column_maybe(stack->table, kind, request->low, "low", &stack->low, error));
        UF_TRY(uf_column_maybe(stack->table, kind, request->high, "high", &stack->high, error));
    }
    return uf_column_need(stack->table, kind, request->value, "value", &stack->value, error);
}

/* Labels and components in order of appearance; the data file with where each piece begins and ends. */
static uf_status pile_up(struct uf_drawing *drawing, struct stack *stack, struct uf_error *error)
{
    const struct uf_table *table = stack->table;
    size_t n = uf_table_rows(table), drawable = 0;
    stack->totals = calloc(n + 1, sizeof *stack->totals);
    stack->positive = calloc(n + 1, sizeof *stack->positive);
    stack->negative = calloc(n + 1, sizeof *stack->negative);
    stack->least = calloc(n + 1, sizeof *stack->least);
    stack->most = calloc(n + 1, sizeof *stack->most);
    stack->reasons = calloc(n + 1, sizeof *stack->reasons);
    if (!stack->least || !stack->most || !stack->totals || !stack->positive || !stack->negative ||
        !stack->reasons)
        return uf_fail_memory(error);
    uf_buffer_append(&drawing->csv, "position,component,value,from,to,low,high,status,label,group\n");
    for (size_t i = 0; i < n; i++) {
        char label_text[64], group_text[64], status_text[UF_VALUE_STATUS_SIZE];
        const char *label = uf_column_label(table, i, stack->label, label_text);
        const char *group = uf_column_label(table, i, stack->group, group_text);
        size_t row, part;
        UF_TRY(index_of(&stack->labels, label, &row, error));
        UF_TRY(index_of(&stack->groups, group, &part, error));
        if (stack->groups.count > MOST_PARTS)
            return uf_fail(error, UF_BAD_INPUT,
                           "the chart 'stacked-bars' draws at most %d components; the table '%s' has more",
                           MOST_PARTS, uf_table_name(table));
        double value = uf_table_number(table, i, stack->value), from = NAN, to = NAN, low, high;
        uf_value_status reason = uf_table_value_status(table, i, stack->value);
        if (isnan(value)) {
            stack->reasons[row] |= reason | UF_VALUE_INCOMPLETE;
        } else {
            double *reach = value < 0 ? &stack->negative[row] : &stack->positive[row];
            from = *reach;
            to = *reach += value;
            drawable++;
        }
        stack->totals[row] += value; /* NaN stays NaN */
        /* the band of a piece, from where it ends */
        low = to + uf_column_value(table, i, stack->low) - value;
        high = to + uf_column_value(table, i, stack->high) - value;
        if (!isfinite(low) || !isfinite(high)) low = high = NAN;
        stack->any_band |= !isnan(low);
        stack->least[row] = fmin(stack->least[row], low); /* passes over NaN */
        stack->most[row] = fmax(stack->most[row], high);
        uf_csv_number(drawing, (double)(row + 1), ',');
        uf_csv_number(drawing, (double)(part + 1), ',');
        uf_csv_number(drawing, value, ',');
        uf_csv_number(drawing, from, ',');
        uf_csv_number(drawing, to, ',');
        uf_csv_number(drawing, low, ',');
        uf_csv_number(drawing, high, ',');
        uf_csv_text(drawing, uf_value_status_print(reason, status_text), ',');
        uf_csv_text(drawing, label, ',');
        uf_csv_text(drawing, group, '\n');
    }
    return drawable ? UF_OK : uf_no_value(drawing->request, error);
}

static uf_status fill_rows(struct uf_drawing *drawing, const struct stack *stack, struct uf_rows *rows,
                           struct uf_error *error)
{
    for (size_t i = 0; i < stack->labels.count; i++) {
        size_t at;
        UF_TRY(uf_rows_add(rows, stack->labels.items[i], &at, error));
        struct uf_row *row = &rows->rows[at];
        row->focus = uf_focus_of(drawing->request, row->label, NULL) != SIZE_MAX;
        row->low_end = fmin(stack->negative[i], stack->least[i]);
        row->high_end = fmax(stack->positive[i], stack->most[i]);
        if (isnan(stack->totals[i])) { /* what is there is drawn; the words stand beyond it */
            row->missing = uf_reason_words(stack->reasons[i], drawing->language);
            uf_value_text(drawing, stack->table, stack->value, NAN, row->text);
        } else {
            uf_value_text(drawing, stack->table, stack->value, stack->totals[i], row->text);
        }
    }
    return UF_OK;
}

/* `Tillverkning −1 200 (riket 300, bransch −1 800, regionalt 300)` */
static uf_status say_row(struct uf_drawing *drawing, const struct stack *stack, size_t row,
                         struct uf_error *error)
{
    struct uf_buffer words;
    uf_buffer_init(&words);
    char number[64], text[64];
    uf_value_text(drawing, stack->table, stack->value, stack->totals[row], number);
    uf_buffer_append(&words, stack->labels.items[row]);
    uf_buffer_append_char(&words, ' ');
    uf_buffer_append(
        &words, isnan(stack->totals[row]) ? uf_reason_words(stack->reasons[row], drawing->language) : number);
    uf_buffer_append(&words, " (");
    for (size_t i = 0, k = 0; i < uf_table_rows(stack->table); i++) {
        if (!uf_text_equal(uf_column_label(stack->table, i, stack->label, text), stack->labels.items[row]))
            continue;
        if (k++) uf_buffer_append(&words, ", ");
        uf_buffer_append(&words, uf_column_label(stack->table, i, stack->group, text));
        uf_buffer_append_char(&words, ' ');
        double value = uf_table_number(stack->table, i, stack->value);
        uf_value_text(drawing, stack->table, stack->value, value, number);
        uf_buffer_append(&words, isnan(value)
                                     ? uf_reason_words(uf_table_value_status(stack->table, i, stack->value),
                                                       drawing->language)
                                     : number);
    }
    uf_buffer_append_char(&words, ')');
    struct uf_argument argument = uf_text_argument(words.data);
    if (words.failed) drawing->failed = true;
    uf_status status = uf_drawing_say(drawing, (struct uf_words){"{0}.", "{0}."}, &argument, 1, error);
    uf_buffer_clear(&words);
    return status;
}

static uf_status say(struct uf_drawing *drawing, const struct stack *stack, struct uf_error *error)
{
    UF_TRY(uf_drawing_say_kind(
        drawing, (struct uf_words){"Diverging stacked bars", "Staplade staplar åt två håll"}, error));
    struct uf_argument counts[2] = {uf_count_argument(stack->labels.count),
                                    uf_count_argument(stack->groups.count)};
    UF_TRY(uf_drawing_say(
        drawing,
        (struct uf_words){
            "{0} rows, each the sum of {1} components; positive ones to the right, negative ones to the "
            "left.",
            "{0} rader, var och en summan av {1} komponenter; positiva åt höger, negativa åt vänster."},
        counts, 2, error));
    size_t lowest = SIZE_MAX, highest = SIZE_MAX;
    for (size_t i = 0; i < stack->labels.count; i++) {
        if (isnan(stack->totals[i])) continue;
        if (lowest == SIZE_MAX || stack->totals[i] < stack->totals[lowest]) lowest = i;
        if (highest == SIZE_MAX || stack->totals[i] > stack->totals[highest]) highest = i;
    }
    bool few = stack->labels.count <= 4;
    for (size_t i = 0; i < stack->labels.count; i++)
        if (few || i == lowest || i == highest || isnan(stack->totals[i]) ||
            uf_focus_of(drawing->request, stack->labels.items[i], NULL) != SIZE_MAX)
            UF_TRY(say_row(drawing, stack, i, error));
    return UF_OK;
}

uf_status uf_stacked_bars_lay_out(struct uf_drawing *drawing, struct uf_error *error)
{
    struct stack stack = {0};
    struct uf_rows rows = {0};
    uf_text_list_init(&stack.labels);
    uf_text_list_init(&stack.groups);
    uf_status status = find_columns(drawing->request, &stack, error);
    if (status == UF_OK) status = pile_up(drawing, &stack, error);
    if (status == UF_OK) status = fill_rows(drawing, &stack, &rows, error);
    if (status == UF_OK) {
        const char *total = drawing->request->total_label;
        struct uf_legend_item legend[MOST_PARTS + 2];
        size_t n = stack.groups.count;
        for (size_t i = 0; i < n; i++)
            legend[i] = (struct uf_legend_item){UF_SIGN_PART_1 + (int)i, stack.groups.items[i]};
        legend[n] = (struct uf_legend_item){
            UF_SIGN_TOTAL,
            total ? total : uf_words_in((struct uf_words){"Total", "Summa"}, drawing->language)};
        rows.column = true;
        rows.column_title = legend[n].words;
        const char *band = stack.any_band ? drawing->request->band_label : NULL;
        if (band) legend[n + 1] = (struct uf_legend_item){UF_SIGN_BAND, band};
        double top =
            uf_drawing_legend(drawing, UF_PAD, uf_drawing_head(drawing) + 8, legend, n + (band ? 2 : 1));
        double bottom = uf_rows_place(&rows, drawing, top + 2, 0);
        uf_drawing_number(drawing, "n_components", (double)n);
        uf_drawing_number(drawing, "has_band", stack.any_band);
        uf_drawing_numbers(drawing, "total", stack.totals, stack.labels.count);
        uf_drawing_foot(drawing, bottom);
        status = say(drawing, &stack, error);
    }
    uf_rows_clear(&rows);
    stack_clear(&stack);
    return status;
}
