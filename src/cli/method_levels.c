// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/method_levels.h"

#include <stdlib.h>

#include "base/advice.h"
#include "base/fail.h"
#include "study/levels.h"

uf_status method_run(const struct method_call *call, const char *indicator, const char *level,
                     struct uf_result *result, struct uf_error *error)
{
    struct uf_panel *panel = NULL;
    if (call->store == NULL)
        UF_TRY(method_panel_from_file(call->arguments, call->lists, call->options, call->language, result,
                                      &panel, error));
    else
        UF_TRY(method_panel_from_store(call->arguments, call->lists, call->options, call->store, indicator,
                                       level, call->language, result, &panel, error));
    if (call->of_sums && panel->outcome >= 0) panel->columns[panel->outcome].of_sums = true;
    const uf_status status =
        call->compute(call->arguments, panel, call->options, call->language, result, error);
    uf_panel_free(panel);
    return status;
}

/* The tables of one level under its name, with a title that says which. */
static uf_status take_tables(const struct method_call *call, const struct uf_result *from, const char *level,
                             struct uf_result *to, struct uf_error *error)
{
    for (size_t i = 0; i < from->n_tables; i++) {
        const struct uf_table *table = from->tables[i];
        struct uf_table *copy = NULL;
        char *name = levels_name(uf_table_name(table), level), *title = NULL;
        const char *old = uf_table_title(table);
        const struct uf_argument parts[] = {
            uf_text_argument(old ? old : uf_table_name(table)),
            uf_text_argument(uf_words_in(levels_ending(level), call->language))};
        uf_status status = name ? UF_OK : uf_fail_memory(error);
        if (status == UF_OK)
            status =
                uf_phrase(call->language, (struct uf_words){"{0}{1}", "{0}{1}"}, parts, 2, &title, error);
        if (status == UF_OK) status = uf_table_filter(table, name, NULL, &copy, error);
        if (status == UF_OK) status = uf_table_set_title(copy, title, error);
        if (status == UF_OK)
            status = uf_result_take_table(to, copy, error);
        else
            uf_table_free(copy);
        free(name);
        free(title);
        UF_TRY(status);
    }
    return UF_OK;
}

/* Notes and ledger with the level in front, as it was written. */
static uf_status take_words(const struct method_call *call, const struct uf_result *from, const char *level,
                            struct uf_result *to, struct uf_error *error)
{
    static const struct uf_words of_level = {"{0}: {1}", "{0}: {1}"}, as_is = {"{2}", "{2}"};
    for (size_t i = 0; i < from->n_notes; i++) {
        const struct uf_note *note = &from->notes[i];
        const struct uf_argument parts[] = {uf_text_argument(level), uf_text_argument(note->text),
                                            uf_text_argument(note->advice ? note->advice : "")};
        UF_TRY(uf_result_add_note(to, call->language, note->severity, note->code, of_level,
                                  note->advice ? as_is : no_advice, parts, 3, error));
    }
    for (size_t i = 0; i < from->n_ledger; i++) {
        const struct uf_ledger_entry *entry = &from->ledger[i];
        const struct uf_argument parts[] = {uf_text_argument(level), uf_text_argument(entry->step)};
        char *step = NULL;
        UF_TRY(uf_phrase(call->language, of_level, parts, 2, &step, error));
        const uf_status status =
            uf_result_add_ledger(to, step, entry->reason, entry->rows_before, entry->rows_after, error);
        free(step);
        UF_TRY(status);
    }
    return UF_OK;
}

/* The figures of one level: those of the store, or sums in `*copy`, which is made where it is needed. */
static uf_status run_level(const struct method_call *call, const char *level, struct uf_store **copy,
                           struct uf_result *result, struct uf_error *error)
{
    const char *indicator = arguments_text(call->arguments, "indicator"), *canonical;
    struct method_call own = *call;
    bool there = true;
    char *series = NULL;
    UF_TRY(uf_store_resolve_level(level, &canonical, error));
    if (indicator) UF_TRY(levels_has_values(call->store, indicator, canonical, &there, error));
    if (!there) {
        if (!*copy) UF_TRY(uf_store_copy(call->store, copy, error));
        own.store = *copy;
        UF_TRY(levels_series(*copy, indicator, level, call->language, result, &series, &own.of_sums, error));
    }
    const uf_status status = method_run(&own, series ? series : indicator, level, result, error);
    free(series);
    return status;
}

uf_status method_levels_run(const struct method_call *call, struct uf_result *result, struct uf_error *error)
{
    struct uf_text_list levels;
    struct uf_store *copy = NULL;
    uf_text_list_init(&levels);
    size_t wrong;
    uf_status status = arguments_list(call->arguments, "levels", &levels, error);
    if (status == UF_OK && arguments_given(call->arguments, "level"))
        status = uf_fail(error, UF_BAD_USAGE, "found both '--level' and '--levels', expected one of them");
    if (status == UF_OK)
        status = levels_check((const char *const *)levels.items, levels.count, &wrong, error);
    for (size_t i = 0; i < levels.count && status == UF_OK; i++) {
        struct uf_result one;
        uf_result_init(&one);
        status = run_level(call, levels.items[i], &copy, &one, error);
        /* A refusal explains itself in its notes. */
        if (status == UF_OK || status == UF_NOT_IDENTIFIED) {
            struct uf_error taking = {0};
            uf_status taken = take_words(call, &one, levels.items[i], result, &taking);
            if (taken == UF_OK) taken = take_tables(call, &one, levels.items[i], result, &taking);
            if (taken != UF_OK && status == UF_OK) {
                if (error) *error = taking;
                status = taken;
            }
        }
        if (status == UF_OK) result->claim = one.claim;
        uf_result_clear(&one);
    }
    uf_store_close(copy);
    uf_text_list_clear(&levels);
    return status;
}
