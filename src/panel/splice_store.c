// SPDX-License-Identifier: GPL-3.0-or-later
/* Splicing of stored indicators: what may be joined, the new indicator, the overlap as a table. */
#include <utfall/splice.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "panel/indicator_facts.h"

/* All that one splice holds. */
struct work {
    struct indicator_facts *facts; /* n_parts */
    struct uf_cells *parts;
    const struct uf_cells **pointers;
    size_t n_parts;
    struct uf_text_list series;
    struct uf_spliced spliced;
};

static void clear_work(struct work *work)
{
    for (size_t i = 0; i < work->n_parts; i++) {
        if (work->facts) indicator_facts_clear(&work->facts[i]);
        if (work->parts) uf_cells_clear(&work->parts[i]);
    }
    free(work->facts);
    free(work->parts);
    free(work->pointers);
    uf_text_list_clear(&work->series);
    uf_spliced_clear(&work->spliced);
}

static uf_status check_same_kind(const struct work *work, size_t i, struct uf_error *error)
{
    const struct uf_indicator *first = &work->facts[0].indicator, *other = &work->facts[i].indicator;
    if (first->kind != other->kind)
        return uf_fail(error, UF_BAD_INPUT,
                       "'%s' and '%s' are not of one kind (stock, flow or ratio) and make no series",
                       first->code, other->code);
    if (first->unit_en && other->unit_en && strcmp(first->unit_en, other->unit_en) != 0)
        return uf_fail(error, UF_BAD_INPUT,
                       "'%s' is in %s and '%s' in %s; bring them to one unit before they are spliced",
                       first->code, first->unit_en, other->code, other->unit_en);
    return UF_OK;
}

static uf_status read_parts(struct uf_store *store, struct work *work, const char *const *parts,
                            struct uf_error *error)
{
    work->facts = calloc(work->n_parts + 1, sizeof *work->facts);
    work->parts = calloc(work->n_parts + 1, sizeof *work->parts);
    work->pointers = calloc(work->n_parts + 1, sizeof *work->pointers);
    if (!work->facts || !work->parts || !work->pointers) return uf_fail_memory(error);
    for (size_t i = 0; i < work->n_parts; i++) {
        UF_TRY(indicator_facts_read(store, parts[i], &work->facts[i], error));
        UF_TRY(check_same_kind(work, i, error));
        UF_TRY(uf_cells_read(store, parts[i], NULL, &work->series, &work->parts[i], error));
        work->pointers[i] = &work->parts[i];
    }
    return UF_OK;
}

/* --- what is said of it ------------------------------------------------------------------------- */

static uf_status fill_row(const struct work *work, const struct uf_splice_overlap *overlap,
                          struct uf_table *table, struct uf_error *error)
{
    char *sector = NULL, *breakdown = NULL, seam[UF_PERIOD_SIZE], period[UF_PERIOD_SIZE];
    UF_TRY(uf_series_split(&work->series, overlap->series, &sector, &breakdown, error));
    const char *texts[] = {overlap->region, sector, breakdown,
                           uf_period_print(work->spliced.seams[overlap->seam], seam),
                           uf_period_print(overlap->period, period)};
    size_t row = 0;
    uf_status status = uf_table_add_row(table, &row, error);
    for (size_t k = 0; k < 5 && status == UF_OK; k++)
        status = uf_table_set_text(table, row, k, texts[k], error);
    free(sector);
    free(breakdown);
    UF_TRY(status);
    UF_TRY(uf_table_set_number(table, row, 5, overlap->older, error));
    UF_TRY(uf_table_set_number(table, row, 6, overlap->newer, error));
    return uf_table_set_value(table, row, 7, overlap->ratio,
                              isnan(overlap->ratio) ? UF_VALUE_UNDEFINED : UF_VALUE_OBSERVED, error);
}

static uf_status overlap_table(const struct work *work, const char *code, enum uf_language language,
                               struct uf_result *log, struct uf_error *error)
{
    static const struct uf_words title = {"The overlap of the spliced series",
                                          "De hoplänkade seriernas överlapp"};
    static const char *const texts[] = {"region", "sector", "breakdown", "seam", "period"};
    static const char *const numbers[] = {"older", "newer", "ratio"};
    if (!work->spliced.n_overlaps) return UF_OK;
    char name[160];
    snprintf(name, sizeof name, "splice-%s", code);
    char *slug = uf_text_slug(name);
    struct uf_table *table = NULL;
    uf_status status = slug ? uf_table_new(slug, &table, error) : uf_fail_memory(error);
    free(slug);
    UF_TRY(status);
    status = uf_table_set_title(table, uf_words_in(title, language), error);
    for (size_t k = 0; k < 5 && status == UF_OK; k++)
        status = uf_table_add_column(table, texts[k], UF_COLUMN_TEXT, NULL, -1, NULL, error);
    for (size_t k = 0; k < 3 && status == UF_OK; k++)
        status = uf_table_add_column(table, numbers[k], UF_COLUMN_NUMBER, NULL, k == 2 ? 4 : -1, NULL, error);
    for (size_t i = 0; i < work->spliced.n_overlaps && status == UF_OK; i++)
        status = fill_row(work, &work->spliced.overlaps[i], table, error);
    if (status == UF_OK) return uf_result_take_table(log, table, error);
    uf_table_free(table);
    return status;
}

static uf_status say_seam(const struct work *work, size_t seam, const char *code,
                          const struct uf_splice_options *options, enum uf_language language,
                          struct uf_result *log, struct uf_error *error)
{
    static const struct uf_words as_is = {"'{0}' is '{1}' before {3} and '{2}' from {3} on, each as it is. "
                                          "The change of source is a break in the "
                                          "series at {3}: a step there may come from the source.",
                                          "”{0}” är ”{1}” före {3} och ”{2}” från och med {3}, utan "
                                          "omräkning. Källbytet är ett brott i serien "
                                          "{3}: ett hopp just då kan bero på källan."};
    static const struct uf_words ratio = {
        "'{0}' is '{2}' from {3} on, and before {3} '{1}' multiplied by the ratio of the two in the {4} "
        "cells that both "
        "have (from {5} to {6}). The growth before {3} is that of '{1}', the level that of '{2}'.",
        "”{0}” är ”{2}” från och med {3}, och före {3} ”{1}” multiplicerad med kvoten mellan de två i de {4} "
        "celler som "
        "båda har (från {5} till {6}). Utvecklingen före {3} är den i ”{1}”, nivån den i ”{2}”."};
    double least = NAN, most = NAN;
    size_t n = 0;
    for (size_t i = 0; i < work->spliced.n_overlaps; i++) {
        const struct uf_splice_overlap *overlap = &work->spliced.overlaps[i];
        if (overlap->seam != seam) continue;
        n++;
        least = fmin(least, overlap->ratio); /* fmin and fmax pass over NaN */
        most = fmax(most, overlap->ratio);
    }
    char period[UF_PERIOD_SIZE];
    const struct uf_argument arguments[] = {
        uf_text_argument(code),
        uf_text_argument(work->facts[seam].indicator.code),
        uf_text_argument(work->facts[seam + 1].indicator.code),
        uf_text_argument(uf_period_print(work->spliced.seams[seam], period)),
        uf_count_argument(n),
        uf_number_argument(least, 4),
        uf_number_argument(most, 4)};
    static const struct uf_words advice = {"The overlap is in the table.", "Överlappet finns i tabellen."};
    return uf_result_add_note(log, language, UF_NOTE, "spliced",
                              options->way == UF_SPLICE_RATIO ? ratio : as_is,
                              n ? advice : (struct uf_words){NULL, NULL}, arguments, 7, error);
}

static uf_status say(const struct work *work, const char *code, const struct uf_splice_options *options,
                     enum uf_language language, struct uf_result *log, struct uf_error *error)
{
    static const struct uf_words steps[] = {
        [UF_SPLICE_AS_IS] = {"'{0}' spliced as is", "”{0}” hopfogad utan omräkning"},
        [UF_SPLICE_RATIO] = {"'{0}' spliced by the ratio at the overlap",
                             "”{0}” hopfogad med kvoten i överlappet"}};
    static const struct uf_words reason = {"{1} values were multiplied", "{1} värden räknades om"};
    const struct uf_argument arguments[] = {uf_text_argument(code),
                                            uf_count_argument(work->spliced.n_rescaled)};
    size_t before = 0;
    for (size_t i = 0; i < work->n_parts; i++) before += work->parts[i].count;
    char *step_text = NULL, *reason_text = NULL;
    UF_TRY(uf_phrase(language, steps[options->way], arguments, 2, &step_text, error));
    uf_status status = uf_phrase(language, reason, arguments, 2, &reason_text, error);
    if (status == UF_OK)
        status = uf_result_add_ledger(log, step_text, reason_text, before, work->spliced.cells.count, error);
    free(step_text);
    free(reason_text);
    for (size_t k = 0; k < work->spliced.n_seams && status == UF_OK; k++)
        status = say_seam(work, k, code, options, language, log, error);
    return status == UF_OK ? overlap_table(work, code, language, log, error) : status;
}

static uf_status write_spliced(struct uf_store *store, const struct work *work,
                               const struct uf_indicator *indicator, const struct uf_splice_options *options,
                               struct uf_error *error)
{
    UF_TRY(uf_store_begin(store, error));
    uf_status status = uf_store_put_indicator(store, indicator, error);
    if (status == UF_OK)
        status = uf_cells_write(store, indicator->code, indicator->code,
                                options->way == UF_SPLICE_RATIO ? "splice ratio-at-overlap" : "splice as-is",
                                &work->series, &work->spliced.cells, error);
    if (status == UF_OK) status = uf_store_commit(store, error);
    if (status != UF_OK) uf_store_rollback(store);
    return status;
}

uf_status uf_splice_indicators(struct uf_store *store, const struct uf_indicator *as,
                               const char *const *parts, size_t n_parts,
                               const struct uf_splice_options *options, enum uf_language language,
                               struct uf_result *log, struct uf_error *error)
{
    static const struct uf_splice_options defaults = {0};
    if (!options) options = &defaults;
    if (!as || !as->code) return uf_fail(error, UF_BAD_USAGE, "a spliced series needs a code of its own");
    struct work work = {.n_parts = n_parts};
    uf_text_list_init(&work.series);
    uf_status status = read_parts(store, &work, parts, error);
    if (status == UF_OK) status = uf_splice(work.pointers, n_parts, options, &work.spliced, error);
    if (status == UF_OK) {
        struct uf_indicator indicator = indicator_facts_inherit(as, &work.facts[n_parts - 1].indicator);
        /* values that were multiplied are no longer on the publisher's grid */
        if (options->way == UF_SPLICE_RATIO) {
            indicator.rounding = 0;
            indicator.has_decimals = false;
        }
        status = write_spliced(store, &work, &indicator, options, error);
    }
    if (status == UF_OK) status = say(&work, as->code, options, language, log, error);
    clear_work(&work);
    return status;
}
