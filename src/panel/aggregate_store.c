// SPDX-License-Identifier: GPL-3.0-or-later
/* What an aggregation gives: tables of wholes and of gaps, and observations of their own. */
#include <utfall/aggregate.h>
#include <utfall/panel.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "panel/aggregation.h"

/* --- tables ------------------------------------------------------------------------------------ */

static uf_status add_columns(struct uf_table *table, const char *const *texts, size_t n_texts,
                             const char *const *numbers, size_t n_numbers, struct uf_error *error)
{
    for (size_t k = 0; k < n_texts; k++)
        UF_TRY(uf_table_add_column(table, texts[k], UF_COLUMN_TEXT, NULL, -1, NULL, error));
    for (size_t k = 0; k < n_numbers; k++)
        UF_TRY(uf_table_add_column(table, numbers[k], UF_COLUMN_NUMBER, NULL, numbers[k][0] == 'n' ? 0 : -1,
                                   NULL, error));
    return UF_OK;
}

/* Region, sector, breakdown (where the table has it) and period of a whole, in a new row. */
static uf_status add_row(const struct aggregation *work, const struct uf_aggregate_cell *cell,
                         bool breakdowns, struct uf_table *table, size_t *out_row, struct uf_error *error)
{
    char *sector = NULL, *breakdown = NULL, period[UF_PERIOD_SIZE];
    UF_TRY(uf_series_split(&work->series, cell->series, &sector, &breakdown, error));
    const char *texts[] = {cell->region, sector, breakdowns ? breakdown : NULL,
                           uf_period_print(cell->period, period)};
    uf_status status = uf_table_add_row(table, out_row, error);
    size_t column = 0;
    for (size_t k = 0; k < 4 && status == UF_OK; k++)
        if (k != 2 || breakdowns) status = uf_table_set_text(table, *out_row, column++, texts[k], error);
    free(sector);
    free(breakdown);
    return status;
}

static bool has_breakdowns(const struct aggregation *work)
{
    for (size_t i = 0; i < work->series.count; i++) {
        const char *text = work->series.items[i];
        if (text[strlen(text) - 1] != '\t') return true;
    }
    return false;
}

static uf_status fill_values(const struct aggregation *work, struct uf_table *table, struct uf_error *error)
{
    static const char *const with[] = {"region", "sector", "breakdown", "period"};
    static const char *const without[] = {"region", "sector", "period"};
    static const char *const numbers[] = {"value", "n_children", "n_present"};
    const bool breakdowns = has_breakdowns(work);
    const size_t n = breakdowns ? 4 : 3;
    UF_TRY(add_columns(table, breakdowns ? with : without, n, numbers, 3, error));
    for (size_t i = 0; i < work->n_wholes; i++) {
        const struct uf_aggregate_cell *cell = &work->wholes[i];
        size_t row;
        UF_TRY(add_row(work, cell, breakdowns, table, &row, error));
        UF_TRY(uf_table_set_value(table, row, n, cell->value, cell->status, error));
        UF_TRY(uf_table_set_number(table, row, n + 1, (double)cell->n_parts, error));
        UF_TRY(uf_table_set_number(table, row, n + 2, (double)cell->n_present, error));
    }
    return UF_OK;
}

static enum uf_gap_reason judge(const struct aggregation *work, const struct uf_aggregate_cell *cell,
                                const struct uf_cell **out_published)
{
    const struct uf_cell *published =
        work->request->way == UF_AGGREGATE_SUM
            ? uf_cells_find(&work->published, cell->region, cell->series, cell->period)
            : NULL;
    *out_published = published;
    if (!published) return UF_GAP_NONE;
    return uf_gap_judge(cell, published->value, published->status, work->facts.indicator.rounding);
}

static uf_status fill_gaps(const struct aggregation *work, struct uf_table *table, size_t *counts,
                           struct uf_error *error)
{
    static const char *const with[] = {"region", "sector", "breakdown", "period"};
    static const char *const without[] = {"region", "sector", "period"};
    static const char *const numbers[] = {"published", "sum_of_parts", "total_gap", "n_parts", "n_missing"};
    const bool breakdowns = has_breakdowns(work);
    const size_t n = breakdowns ? 4 : 3;
    UF_TRY(add_columns(table, breakdowns ? with : without, n, numbers, 5, error));
    UF_TRY(uf_table_add_column(table, "reason", UF_COLUMN_TEXT, NULL, -1, NULL, error));
    for (size_t i = 0; i < work->n_wholes; i++) {
        const struct uf_aggregate_cell *cell = &work->wholes[i];
        const struct uf_cell *published = NULL;
        enum uf_gap_reason reason = judge(work, cell, &published);
        if (published && counts) counts[reason]++;
        if (!published || reason == UF_GAP_NONE) continue;
        size_t row;
        UF_TRY(add_row(work, cell, breakdowns, table, &row, error));
        UF_TRY(uf_table_set_value(table, row, n, published->value, published->status, error));
        UF_TRY(uf_table_set_value(table, row, n + 1, cell->partial,
                                  isnan(cell->partial) ? UF_VALUE_INCOMPLETE : UF_VALUE_OBSERVED, error));
        double gap = published->value - cell->partial;
        UF_TRY(uf_table_set_value(table, row, n + 2, gap,
                                  isnan(gap) ? UF_VALUE_INCOMPLETE : UF_VALUE_OBSERVED, error));
        UF_TRY(uf_table_set_number(table, row, n + 3, (double)cell->n_parts, error));
        UF_TRY(uf_table_set_number(table, row, n + 4, (double)(cell->n_parts - cell->n_present), error));
        UF_TRY(uf_table_set_text(table, row, n + 5,
                                 uf_words_in(uf_gap_reason_words(reason), work->request->language), error));
    }
    return UF_OK;
}

uf_status uf_aggregate_tables(struct uf_store *store, const struct uf_aggregate_request *request,
                              struct uf_table **out_values, struct uf_table **out_gaps,
                              struct uf_error *error)
{
    struct aggregation work = {.request = request};
    struct uf_table *values = NULL, *gaps = NULL;
    uf_status status = aggregation_run(store, &work, error);
    if (status == UF_OK) status = uf_table_new("aggregate", &values, error);
    if (status == UF_OK) status = fill_values(&work, values, error);
    if (status == UF_OK && out_gaps) status = uf_table_new("gaps", &gaps, error);
    if (status == UF_OK && out_gaps) status = fill_gaps(&work, gaps, NULL, error);
    aggregation_clear(&work);
    if (status != UF_OK) {
        uf_table_free(values);
        uf_table_free(gaps);
        return status;
    }
    *out_values = values;
    if (out_gaps) *out_gaps = gaps;
    return UF_OK;
}

uf_status uf_panel_aggregate(struct uf_store *store, const char *indicator, const char *child_level,
                             const char *parent_level, bool allow_missing, struct uf_table **out,
                             struct uf_error *error)
{
    const struct uf_aggregate_request request = {.indicator = indicator,
                                                 .from_level = child_level,
                                                 .to_level = parent_level,
                                                 .allow_missing = allow_missing};
    return uf_aggregate_tables(store, &request, out, NULL, error);
}

/* --- into the store ----------------------------------------------------------------------------- */

static uf_status collect_new(const struct aggregation *work, bool same_indicator, struct uf_cells *out,
                             struct uf_error *error)
{
    for (size_t i = 0; i < work->n_wholes; i++) {
        const struct uf_aggregate_cell *whole = &work->wholes[i];
        if (same_indicator && uf_cells_find(&work->published, whole->region, whole->series, whole->period))
            continue; /* the publisher's own value stands */
        const struct uf_cell cell = {whole->region, whole->series, whole->period,
                                     whole->value,  whole->status, NAN};
        UF_TRY(uf_cells_add(out, &cell, error));
    }
    return UF_OK;
}

/* A sum of n figures, each rounded to whole units, is off by up to n times as much as one of them. */
static double rounding_of_sums(const struct aggregation *work)
{
    size_t most = 1;
    for (size_t i = 0; i < work->n_wholes; i++)
        if (work->wholes[i].n_parts > most) most = work->wholes[i].n_parts;
    return work->facts.indicator.rounding * (double)most;
}

static struct uf_indicator describe(const struct aggregation *work, const struct uf_indicator *as)
{
    struct uf_indicator made = indicator_facts_inherit(as, &work->facts.indicator);
    const bool own_name = as && as->code && strcmp(as->code, work->facts.indicator.code) != 0;
    if (work->request->way == UF_AGGREGATE_SUM && own_name && !(as->rounding > 0))
        made.rounding = rounding_of_sums(work);
    if (work->request->way == UF_AGGREGATE_SHARE) {
        made.kind = UF_INDICATOR_RATIO;
        made.rounding = 0;
        made.has_decimals = false;
        made.unit_sv = as ? as->unit_sv : NULL;
        made.unit_en = as ? as->unit_en : NULL;
        if (!as || !as->name_sv) made.name_sv = made.code;
        if (!as || !as->name_en) made.name_en = made.code;
    }
    return made;
}

/* A level as a sentence names it; itself where it is none of ours. */
static struct uf_argument level_argument(const char *level, enum uf_language language)
{
    static const struct {
        const char *level;
        struct uf_words words;
    } LEVELS[] = {{"country", {"country", "riket"}},
                  {"nuts1", {"NUTS 1", "landsdel (NUTS 1)"}},
                  {"nuts2", {"NUTS 2", "riksområde (NUTS 2)"}},
                  {"nuts3", {"county (NUTS 3)", "län (NUTS 3)"}},
                  {"municipality", {"municipality", "kommun"}},
                  {"fa", {"FA region", "FA-region"}}};
    for (size_t i = 0; i < sizeof LEVELS / sizeof *LEVELS; i++)
        if (!strcmp(LEVELS[i].level, level)) return uf_text_argument(uf_words_in(LEVELS[i].words, language));
    return uf_text_argument(level);
}

static uf_status say_sums(const struct aggregation *work, const char *code, size_t n_new,
                          struct uf_result *log, struct uf_error *error)
{
    static const struct uf_words step = {"'{0}' {4} from {1} to {2}", "”{0}” {4} från {1} till {2}"};
    static const struct uf_words reason = {
        "{3} values made of parts; where a part is missing the whole is too, and a published whole stands",
        "{3} värden beräknade av delar; saknas en del, saknas också helheten, och ett publicerat värde för "
        "helheten står kvar"};
    static const struct uf_words ways[] = {
        [UF_AGGREGATE_SUM] = {"summed", "summerad"},
        [UF_AGGREGATE_MEAN] = {"as a weighted mean", "som vägt medelvärde"},
        [UF_AGGREGATE_SHARE] = {"as a share", "som andel"}};
    const enum uf_language language = work->request->language;
    const struct uf_argument arguments[] = {
        uf_text_argument(code), level_argument(work->from, language), level_argument(work->to, language),
        uf_count_argument(n_new), uf_text_argument(uf_words_in(ways[work->request->way], language))};
    char *step_text = NULL, *reason_text = NULL;
    UF_TRY(uf_phrase(language, step, arguments, 5, &step_text, error));
    uf_status status = uf_phrase(language, reason, arguments, 5, &reason_text, error);
    if (status == UF_OK)
        status = uf_result_add_ledger(log, step_text, reason_text, work->parts.count, n_new, error);
    free(step_text);
    free(reason_text);
    return status;
}

/* The values share an indicator with their parts, and so a rounding unit that is too small for them. */
static uf_status say_rounding(const struct aggregation *work, const char *code, struct uf_result *log,
                              struct uf_error *error)
{
    static const struct uf_words text = {
        "The sums of '{0}' are of figures rounded to whole {1} each, and so may be off by up to {2}; bands "
        "that are "
        "drawn from the rounding unit are too narrow for them.",
        "Summorna av ”{0}” är av uppgifter som var och en är avrundad till hela {1} och kan därför avvika "
        "med upp till "
        "{2}; intervall som bygger på avrundningsenheten är för smala för dem."};
    static const struct uf_words advice = {
        "Give the sums a name of their own (as: NAME): then their unit is widened.",
        "Ge summorna ett eget namn (as: NAMN): då vidgas deras enhet."};
    const double unit = work->facts.indicator.rounding, most = rounding_of_sums(work);
    if (!(most > unit)) return UF_OK;
    const struct uf_argument arguments[] = {uf_text_argument(code), uf_number_argument(unit, -1),
                                            uf_number_argument(most / 2, -1)};
    return uf_result_add_note(log, work->request->language, UF_NOTE, "rounding-of-sums", text, advice,
                              arguments, 3, error);
}

static uf_status say_gaps(const struct aggregation *work, const char *code, const size_t *counts,
                          struct uf_result *log, struct uf_error *error)
{
    static const struct uf_words text = {"'{0}', {1} to {2}: of {3} published wholes, {4} differ from the "
                                         "sum of their parts ({5}). The published "
                                         "values stand; nothing was rescaled.",
                                         "”{0}”, {1} till {2}: av {3} publicerade helheter avviker {4} "
                                         "från summan av sina delar ({5}). De "
                                         "publicerade värdena står kvar; ingenting har räknats om."};
    struct uf_buffer reasons;
    uf_buffer_init(&reasons);
    size_t all = 0, differ = 0;
    for (int k = UF_GAP_NONE; k <= UF_GAP_UNEXPLAINED; k++) {
        all += counts[k];
        if (k == UF_GAP_NONE || !counts[k]) continue;
        differ += counts[k];
        if (reasons.length) uf_buffer_append(&reasons, ", ");
        uf_buffer_append(&reasons,
                         uf_words_in(uf_gap_reason_words((enum uf_gap_reason)k), work->request->language));
        uf_buffer_append(&reasons, ": ");
        uf_buffer_append_size(&reasons, counts[k]);
    }
    if (!differ) {
        uf_buffer_clear(&reasons);
        return UF_OK;
    }
    char *list = uf_buffer_take(&reasons);
    if (!list) return uf_fail_memory(error);
    const struct uf_argument arguments[] = {uf_text_argument(code),
                                            level_argument(work->from, work->request->language),
                                            level_argument(work->to, work->request->language),
                                            uf_count_argument(all),
                                            uf_count_argument(differ),
                                            uf_text_argument(list)};
    static const struct uf_words advice = {
        "The gaps are in the table; look at those called unexplained before the sums are used.",
        "Skillnaderna finns i tabellen; granska de oförklarade innan summorna används."};
    uf_status status =
        uf_result_add_note(log, work->request->language, counts[UF_GAP_UNEXPLAINED] ? UF_WARNING : UF_NOTE,
                           "gaps", text, advice, arguments, 6, error);
    free(list);
    return status;
}

static uf_status log_gaps(const struct aggregation *work, const char *code, struct uf_result *log,
                          struct uf_error *error)
{
    size_t counts[UF_GAP_UNEXPLAINED + 1] = {0};
    struct uf_table *gaps = NULL;
    struct uf_buffer name;
    uf_buffer_init(&name);
    uf_buffer_append(&name, "gaps-");
    uf_buffer_append(&name, code);
    uf_buffer_append(&name, "-");
    uf_buffer_append(&name, work->to);
    char *made = uf_buffer_take(&name), *slug = made ? uf_text_slug(made) : NULL;
    uf_status status = slug ? uf_table_new(slug, &gaps, error) : uf_fail_memory(error);
    free(made);
    free(slug);
    if (status == UF_OK) status = fill_gaps(work, gaps, counts, error);
    if (status == UF_OK) status = say_gaps(work, code, counts, log, error);
    static const struct uf_words title = {"Published totals and the sums of their parts",
                                          "Publicerade totaler och summan av deras delar"};
    if (status == UF_OK)
        status = uf_table_set_title(gaps, uf_words_in(title, work->request->language), error);
    if (status == UF_OK && uf_table_rows(gaps)) return uf_result_take_table(log, gaps, error);
    uf_table_free(gaps);
    return status;
}

static uf_status write_new(struct uf_store *store, const struct aggregation *work,
                           const struct uf_indicator *indicator, const struct uf_cells *cells,
                           struct uf_error *error)
{
    struct uf_buffer made;
    uf_buffer_init(&made);
    uf_buffer_append(&made, work->facts.indicator.code);
    uf_buffer_append(&made, ": ");
    uf_buffer_append(&made, work->from);
    uf_buffer_append(&made, " to ");
    uf_buffer_append(&made, work->to);
    char *path = uf_buffer_take(&made);
    if (!path) return uf_fail_memory(error);
    uf_status status = uf_store_begin(store, error);
    if (status == UF_OK) {
        status = uf_store_put_indicator(store, indicator, error);
        if (status == UF_OK)
            status = uf_cells_write(store, indicator->code, path, "aggregate", &work->series, cells, error);
        if (status == UF_OK) status = uf_store_commit(store, error);
        if (status != UF_OK) uf_store_rollback(store);
    }
    free(path);
    return status;
}

uf_status uf_aggregate_indicator(struct uf_store *store, const struct uf_aggregate_request *request,
                                 const struct uf_indicator *as, struct uf_result *log, struct uf_error *error)
{
    struct aggregation work = {.request = request};
    struct uf_cells cells;
    uf_cells_init(&cells);
    uf_status status = UF_OK;
    if (request->way == UF_AGGREGATE_SHARE && (!as || !as->code))
        return uf_fail(error, UF_BAD_USAGE, "a share is a new indicator and needs a code");
    UF_TRY_GOTO(aggregation_run(store, &work, error), done);
    const struct uf_indicator indicator = describe(&work, as);
    const bool same = !strcmp(indicator.code, work.facts.indicator.code);
    UF_TRY_GOTO(collect_new(&work, same, &cells, error), done);
    UF_TRY_GOTO(write_new(store, &work, &indicator, &cells, error), done);
    UF_TRY_GOTO(say_sums(&work, indicator.code, cells.count, log, error), done);
    if (request->way == UF_AGGREGATE_SUM && same && cells.count > 0)
        UF_TRY_GOTO(say_rounding(&work, indicator.code, log, error), done);
    if (request->way == UF_AGGREGATE_SUM) status = log_gaps(&work, indicator.code, log, error);
done:
    uf_cells_clear(&cells);
    aggregation_clear(&work);
    return status;
}
