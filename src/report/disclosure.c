// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/fail.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/number.h>
#include <utfall/report.h>

#include "cell.h"

enum fate {
    SHOWN,
    BELOW,        /* its count is under the threshold */
    UNKNOWN,      /* it shows something, and its count is missing */
    SECONDARY,    /* hidden so that another cannot be worked out */
    SECRET_BEFORE /* the source itself withheld it */
};

struct keyed_row {
    char *key; /* the group; owned */
    size_t row;
};

struct plan {
    const struct uf_table *table;
    const struct uf_disclosure_rule *rule;
    size_t n_rows;
    size_t count;            /* column */
    bool *guarded;           /* columns */
    double *size;            /* rows: the count in persons or firms; NaN where missing */
    bool *is_total;          /* rows */
    enum fate *fate;         /* rows */
    struct keyed_row *keyed; /* rows, sorted by group */
};

static void clear_plan(struct plan *plan)
{
    for (size_t i = 0; plan->keyed != NULL && i < plan->n_rows; i++) free(plan->keyed[i].key);
    free(plan->keyed);
    free(plan->guarded);
    free(plan->size);
    free(plan->is_total);
    free(plan->fate);
}

uf_status uf_disclosure_action_parse(const char *text, enum uf_disclosure_action *out, struct uf_error *error)
{
    if (uf_text_equal(text, "refuse"))
        *out = UF_DISCLOSURE_REFUSE;
    else if (uf_text_equal(text, "suppress"))
        *out = UF_DISCLOSURE_SUPPRESS;
    else
        return uf_fail(error, UF_BAD_USAGE, "unknown disclosure action '%s': expected refuse or suppress",
                       text != NULL ? text : "");
    return UF_OK;
}

static uf_status find_column(const struct uf_table *table, const char *name, const enum uf_column_type *type,
                             size_t *out, struct uf_error *error)
{
    size_t column = name != NULL ? uf_table_column(table, name) : SIZE_MAX;
    if (column == SIZE_MAX)
        return uf_fail(error, UF_BAD_USAGE, "disclosure control: table '%s' has no column '%s'",
                       uf_table_name(table), name != NULL ? name : "");
    if (type != NULL && uf_table_column_type(table, column) != *type)
        return uf_fail(error, UF_BAD_USAGE,
                       "disclosure control: column '%s' of table '%s' is not a column of %s", name,
                       uf_table_name(table), *type == UF_COLUMN_NUMBER ? "numbers" : "texts");
    *out = column;
    return UF_OK;
}

static uf_status find_guarded(struct plan *plan, struct uf_error *error)
{
    static const enum uf_column_type number = UF_COLUMN_NUMBER;
    UF_TRY(find_column(plan->table, plan->rule->count, &number, &plan->count, error));
    for (size_t j = 0; plan->rule->n_guarded == 0 && j < uf_table_columns(plan->table); j++)
        plan->guarded[j] = uf_table_column_type(plan->table, j) == UF_COLUMN_NUMBER &&
                           !uf_column_is_time(uf_table_column_name(plan->table, j));
    for (size_t g = 0; g < plan->rule->n_guarded; g++) {
        size_t column;
        UF_TRY(find_column(plan->table, plan->rule->guarded[g], &number, &column, error));
        plan->guarded[column] = true;
    }
    plan->guarded[plan->count] = true;
    return UF_OK;
}

static void append_label(struct uf_buffer *out, const struct uf_table *table, size_t row, size_t column)
{
    char number[UF_NUMBER_SIZE];
    uf_buffer_append(out, uf_table_column_type(table, column) == UF_COLUMN_TEXT
                              ? uf_table_text(table, row, column)
                              : uf_number_print(uf_table_number(table, row, column), number));
}

/* A row by its texts and times, as `SE311 / C / 2017`; by its number where it has none. */
static void append_row_name(struct uf_buffer *out, const struct uf_table *table, size_t row)
{
    size_t before = out->length;
    for (size_t j = 0; j < uf_table_columns(table); j++) {
        bool is_text = uf_table_column_type(table, j) == UF_COLUMN_TEXT;
        if (!is_text && !uf_column_is_time(uf_table_column_name(table, j))) continue;
        if (is_text && uf_table_text(table, row, j) == NULL) continue;
        if (out->length > before) uf_buffer_append(out, " / ");
        append_label(out, table, row, j);
    }
    if (out->length > before) return;
    uf_buffer_append(out, "row ");
    uf_buffer_append_size(out, row + 1);
}

static bool shows_anything(const struct plan *plan, size_t row)
{
    for (size_t j = 0; j < uf_table_columns(plan->table); j++)
        if (plan->guarded[j] && !uf_value_is_missing(uf_table_value_status(plan->table, row, j))) return true;
    return false;
}

/* The first look: each row by its own count. */
static uf_status judge_rows(struct plan *plan, struct uf_error *error)
{
    const struct uf_disclosure_rule *rule = plan->rule;
    const double unit = rule->count_unit > 0 ? rule->count_unit : 1;
    static const enum uf_column_type text = UF_COLUMN_TEXT;
    size_t total_column = SIZE_MAX;
    if (rule->total_column != NULL)
        UF_TRY(find_column(plan->table, rule->total_column, &text, &total_column, error));
    for (size_t i = 0; i < plan->n_rows; i++) {
        uf_value_status status = uf_table_value_status(plan->table, i, plan->count);
        double count = uf_table_number(plan->table, i, plan->count);
        if (count < 0)
            return uf_fail(error, UF_BAD_INPUT,
                           "disclosure control: row %zu of table '%s' has a negative count in '%s'", i + 1,
                           uf_table_name(plan->table), rule->count);
        plan->size[i] = count * unit;
        plan->is_total[i] = total_column != SIZE_MAX &&
                            uf_text_equal(uf_table_text(plan->table, i, total_column), rule->total_value);
        if (uf_value_is_missing(status))
            plan->fate[i] = shows_anything(plan, i)                                         ? UNKNOWN
                            : (status & (UF_VALUE_SUPPRESSED | UF_VALUE_CONFIDENTIAL)) != 0 ? SECRET_BEFORE
                                                                                            : SHOWN;
        else if (plan->size[i] > 0 && plan->size[i] < rule->threshold)
            plan->fate[i] = BELOW;
    }
    return UF_OK;
}

/* True where a reader who knows the total of the rows keyed[from..to) could work out one that is hidden. */
static bool gives_away(const struct plan *plan, size_t from, size_t to)
{
    size_t n_secret = 0, n_not_known = 0, n_below = 0;
    double sum = 0;
    for (size_t k = from; k < to; k++) {
        size_t row = plan->keyed[k].row;
        if (plan->is_total[row]) {
            if (plan->fate[row] != SHOWN || isnan(plan->size[row]))
                return false; /* no total to subtract from */
            continue;
        }
        enum fate fate = plan->fate[row];
        if (fate == SHOWN && !isnan(plan->size[row])) continue;
        n_not_known++;
        n_secret += fate != SHOWN;
        if (fate != BELOW) continue;
        n_below++;
        sum += plan->size[row];
    }
    if (n_secret == 0) return false;
    if (n_not_known == 1) return true;
    /* whole numbers of 1 up to the last one below the threshold: a sum at either end leaves one possibility */
    double most = ceil(plan->rule->threshold) - 1;
    return n_below == n_not_known && (sum <= (double)n_below || sum >= (double)n_below * most);
}

/* The row to hide next: the smallest count that is shown, a zero only where nothing else is left. SIZE_MAX:
 * none. */
static size_t next_to_hide(const struct plan *plan, size_t from, size_t to)
{
    size_t best = SIZE_MAX;
    for (size_t k = from; k < to; k++) {
        size_t row = plan->keyed[k].row;
        if (plan->is_total[row] || plan->fate[row] != SHOWN || isnan(plan->size[row])) continue;
        bool is_zero = plan->size[row] == 0;
        bool best_is_zero = best != SIZE_MAX && plan->size[best] == 0;
        if (best == SIZE_MAX || (best_is_zero && !is_zero) ||
            (best_is_zero == is_zero && plan->size[row] < plan->size[best]))
            best = row;
    }
    return best;
}

static int compare_keyed(const void *a, const void *b)
{
    const struct keyed_row *x = a, *y = b;
    int order = strcmp(x->key, y->key);
    return order != 0 ? order : (x->row > y->row) - (x->row < y->row);
}

static uf_status key_rows(struct plan *plan, struct uf_error *error)
{
    const struct uf_disclosure_rule *rule = plan->rule;
    for (size_t i = 0; i < plan->n_rows; i++) {
        struct uf_buffer key;
        uf_buffer_init(&key);
        for (size_t g = 0; g < rule->n_group; g++) {
            size_t column;
            uf_status status = find_column(plan->table, rule->group[g], NULL, &column, error);
            if (status != UF_OK) {
                uf_buffer_clear(&key);
                return status;
            }
            append_label(&key, plan->table, i, column);
            uf_buffer_append_char(&key, '\x1f'); /* the separator of units: not in any code */
        }
        plan->keyed[i] = (struct keyed_row){.key = uf_buffer_take(&key), .row = i};
        if (plan->keyed[i].key == NULL) {
            uf_buffer_clear(&key);
            return uf_fail_memory(error);
        }
    }
    qsort(plan->keyed, plan->n_rows, sizeof *plan->keyed, compare_keyed);
    return UF_OK;
}

/* The second look: within each group whose total can be seen. */
static uf_status protect_groups(struct plan *plan, struct uf_error *error)
{
    UF_TRY(key_rows(plan, error));
    for (size_t from = 0, to; from < plan->n_rows; from = to) {
        for (to = from + 1; to < plan->n_rows && strcmp(plan->keyed[to].key, plan->keyed[from].key) == 0;)
            to++;
        while (gives_away(plan, from, to)) {
            size_t row = next_to_hide(plan, from, to);
            if (row != SIZE_MAX) {
                plan->fate[row] = SECONDARY;
                continue;
            }
            struct uf_buffer name;
            uf_buffer_init(&name);
            append_row_name(&name, plan->table, plan->keyed[from].row);
            uf_status status = uf_fail(
                error, UF_REFUSED_DISCLOSURE,
                "table '%s': the group of %s has no row left to hide behind, so its total would give it "
                "away; leave out the total, or publish at a coarser level",
                uf_table_name(plan->table), name.failed || name.data == NULL ? "a row" : name.data);
            uf_buffer_clear(&name);
            return status;
        }
    }
    return UF_OK;
}

static void append_rows_with(struct uf_buffer *out, const struct plan *plan, enum fate fate, size_t n,
                             const char *what)
{
    enum { MOST_NAMED = 5 };
    if (n == 0) return;
    if (out->length > 0) uf_buffer_append(out, "; ");
    uf_buffer_append_size(out, n);
    uf_buffer_append(out, n == 1 ? " row " : " rows ");
    uf_buffer_append(out, what);
    size_t named = 0;
    for (size_t i = 0; i < plan->n_rows && named < MOST_NAMED; i++) {
        if (plan->fate[i] != fate) continue;
        uf_buffer_append(out, named == 0 ? ": " : ", ");
        append_row_name(out, plan->table, i);
        named++;
    }
    if (named == n) return;
    uf_buffer_append(out, " and ");
    uf_buffer_append_size(out, n - named);
    uf_buffer_append(out, " more");
}

static uf_status refuse(const struct plan *plan, const struct uf_disclosure_summary *summary,
                        struct uf_error *error)
{
    struct uf_buffer rows;
    uf_buffer_init(&rows);
    append_rows_with(&rows, plan, BELOW, summary->n_below, "below the threshold");
    append_rows_with(&rows, plan, UNKNOWN, summary->n_unknown, "with an unknown count");
    append_rows_with(&rows, plan, SECONDARY, summary->n_secondary,
                     "that would give these away by subtraction");
    uf_status status =
        rows.failed || rows.data == NULL
            ? uf_fail_memory(error)
            : uf_fail(error, UF_REFUSED_DISCLOSURE,
                      "table '%s' may not be published, threshold %g: %s. Publish at a coarser level, "
                      "or let these rows be hidden with 'disclosure: {action: suppress}'",
                      uf_table_name(plan->table), plan->rule->threshold, rows.data);
    uf_buffer_clear(&rows);
    return status;
}

static uf_status suppress(struct uf_table *table, const struct plan *plan, struct uf_error *error)
{
    for (size_t i = 0; i < plan->n_rows; i++) {
        if (plan->fate[i] == SHOWN || plan->fate[i] == SECRET_BEFORE) continue;
        for (size_t j = 0; j < uf_table_columns(table); j++)
            if (plan->guarded[j] && !uf_value_is_missing(uf_table_value_status(table, i, j)))
                UF_TRY(uf_table_set_value(table, i, j, NAN, UF_VALUE_SUPPRESSED, error));
    }
    return UF_OK;
}

uf_status uf_disclosure_check(struct uf_table *table, const struct uf_disclosure_rule *rule,
                              struct uf_disclosure_summary *out, struct uf_error *error)
{
    const size_t n_rows = uf_table_rows(table);
    struct plan plan = {.table = table,
                        .rule = rule,
                        .n_rows = n_rows,
                        .guarded = calloc(uf_table_columns(table) + 1, sizeof *plan.guarded),
                        .size = calloc(n_rows + 1, sizeof *plan.size),
                        .is_total = calloc(n_rows + 1, sizeof *plan.is_total),
                        .fate = calloc(n_rows + 1, sizeof *plan.fate),
                        .keyed = calloc(n_rows + 1, sizeof *plan.keyed)};
    struct uf_disclosure_summary summary = {0};
    uf_status status = UF_OK;
    if (plan.guarded == NULL || plan.size == NULL || plan.is_total == NULL || plan.fate == NULL ||
        plan.keyed == NULL)
        status = uf_fail_memory(error);
    if (status == UF_OK) status = find_guarded(&plan, error);
    if (status == UF_OK) status = judge_rows(&plan, error);
    if (status == UF_OK && rule->totals_shown) status = protect_groups(&plan, error);
    for (size_t i = 0; status == UF_OK && i < n_rows; i++) {
        summary.n_below += plan.fate[i] == BELOW;
        summary.n_unknown += plan.fate[i] == UNKNOWN;
        summary.n_secondary += plan.fate[i] == SECONDARY;
    }
    bool found = summary.n_below + summary.n_unknown + summary.n_secondary > 0;
    if (status == UF_OK && found)
        status = rule->action == UF_DISCLOSURE_SUPPRESS ? suppress(table, &plan, error)
                                                        : refuse(&plan, &summary, error);
    clear_plan(&plan);
    if (status == UF_OK && out != NULL) *out = summary;
    return status;
}
