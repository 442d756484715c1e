// SPDX-License-Identifier: GPL-3.0-or-later
/* The scoreboard's tables and descriptor. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/number.h>

#include "base/fail.h"
#include "profile/scoreboard_notes.h"
#include "profile/tidy.h"

/* --- computing --------------------------------------------------------------------------------- */

/* Ranks of the regions in one indicator; the nation takes no part. Codes of one length are regions of one level (NUTS):
 * a county is not ranked against the larger region it lies in. */
static uf_status rank_item(const struct score_sheet *sheet, const struct score_item *item,
                           struct score *scores, struct uf_error *error)
{
    const struct uf_dictionary *units = &sheet->panel->units;
    const size_t n = units->count;
    double *value = malloc(3 * (n + 1) * sizeof *value);
    struct uf_rank *ranks = malloc((n + 1) * sizeof *ranks);
    bool *done = calloc(n + 1, sizeof *done);
    uf_status status = value && ranks && done ? UF_OK : uf_fail_memory(error);
    for (size_t first = 0; status == UF_OK && first < n; first++) {
        if (done[first]) continue;
        const size_t length = strlen(units->code[first]);
        double *low = value + n, *high = low + n;
        size_t ranked = 0;
        for (size_t u = 0; u < n; u++) {
            bool takes_part = u != sheet->nation && strlen(units->code[u]) == length;
            value[u] = takes_part ? item->value[score_at(sheet, u, item->period)] : (double)NAN;
            low[u] = value[u] - item->rounding / 2;
            high[u] = value[u] + item->rounding / 2;
            ranked += isnan(value[u]) ? 0 : 1;
        }
        uf_scoreboard_rank(value, low, high, n, item->direction, ranks);
        for (size_t u = 0; u < n; u++) {
            if (strlen(units->code[u]) != length) continue;
            done[u] = true;
            scores[u].rank = ranks[u];
            scores[u].ranked = ranked;
        }
    }
    free(value);
    free(ranks);
    free(done);
    return status;
}

static double peers_mean(const struct score_sheet *sheet, const struct score_item *item)
{
    double sum = 0;
    for (size_t u = 0; u < sheet->panel->units.count; u++)
        if (sheet->peer[u]) sum += item->value[score_at(sheet, u, item->period)];
    return sheet->n_peers ? sum / (double)sheet->n_peers : (double)NAN;
}

static uf_status score_item(const struct score_sheet *sheet, const struct score_item *item,
                            struct score *scores, struct uf_error *error)
{
    const size_t n = sheet->panel->units.count;
    for (size_t u = 0; u < n; u++) {
        scores[u] = (struct score){.level = NAN,
                                   .base = NAN,
                                   .nation = NAN,
                                   .peers = NAN,
                                   .status = UF_VALUE_NOT_AVAILABLE,
                                   .base_status = UF_VALUE_NOT_AVAILABLE,
                                   .rank = {NAN, NAN, NAN}};
        if (item->period == SIZE_MAX) continue;
        size_t at = score_at(sheet, u, item->period);
        scores[u].level = item->value[at];
        scores[u].status = item->status[at];
        if (item->from != SIZE_MAX) {
            scores[u].base = item->value[score_at(sheet, u, item->from)];
            scores[u].base_status = item->status[score_at(sheet, u, item->from)];
        }
        if (sheet->nation != SIZE_MAX)
            scores[u].nation = item->value[score_at(sheet, sheet->nation, item->period)];
        scores[u].peers = peers_mean(sheet, item);
    }
    return item->period == SIZE_MAX ? UF_OK : rank_item(sheet, item, scores, error);
}

/* --- tables ------------------------------------------------------------------------------------ */

/* `2015=31.4 2016= 2017=33`; a period for which no region has a figure, as every other one of a survey made every other
 * year, is no gap and left out. */
static uf_status series_text(const struct score_sheet *sheet, const struct score_item *item, size_t unit,
                             char **out, struct uf_error *error)
{
    struct uf_buffer text;
    char number[UF_NUMBER_SIZE];
    uf_buffer_init(&text);
    size_t first = item->from != SIZE_MAX ? item->from : item->period;
    for (size_t t = first; item->period != SIZE_MAX && t <= item->period; t++) {
        double value = item->value[score_at(sheet, unit, t)];
        if (!score_has_values(sheet, item, t)) continue; /* the first has some */
        if (t > first) uf_buffer_append_char(&text, ' ');
        uf_buffer_append(&text, sheet->panel->periods.code[t]);
        uf_buffer_append_char(&text, '=');
        if (!isnan(value)) uf_buffer_append(&text, uf_number_print(value, number));
    }
    *out = uf_buffer_take(&text);
    return *out ? UF_OK : uf_fail_memory(error);
}

static const char *period_code(const struct score_sheet *sheet, size_t period)
{
    return period == SIZE_MAX ? NULL : sheet->panel->periods.code[period];
}

/* What rounding leaves of the numbers formed from a region's figures. */
struct score_bands {
    double change[2], percent[2], index[2], peers[2], to_target[2];
};

static void sort_ends(double ends[2])
{
    const double low = fmin(ends[0], ends[1]), high = fmax(ends[0], ends[1]);
    ends[0] = low, ends[1] = high;
}

/* Level, base, nation and peers' mean were each rounded for itself, the nation's row for itself only once. */
static struct score_bands bands_of(const struct score_item *item, const struct score *score, bool is_nation)
{
    struct score_bands out;
    for (int k = 0; k < 2; k++) {
        const double by = (k ? 1 : -1) * item->rounding / 2, level = score->level + by;
        const double base = score->base - by, nation = is_nation ? level : score->nation - by;
        out.change[k] = level - base;
        out.percent[k] = base > 0 ? 100 * (level / base - 1) : (double)NAN;
        out.index[k] = uf_scoreboard_index(level, nation);
        out.peers[k] = score->peers + by;
        out.to_target[k] = uf_scoreboard_to_target(level, item->target, item->direction);
    }
    if (score->level < item->rounding / 2) out.percent[0] = out.percent[1] = NAN; /* of either sign */
    if (score->level < item->rounding / 2)
        out.index[0] = out.index[1] = is_nation ? out.index[0] : (double)NAN;
    const bool at_target = fabs(item->target - score->level) < item->rounding / 2;
    sort_ends(out.to_target);
    if (item->direction == UF_DIRECTION_NEITHER && at_target) out.to_target[0] = 0;
    return out;
}

static void put_banded(struct tidy_row *row, const struct score_item *item, double value,
                       const double ends[2], uf_value_status reason)
{
    const bool banded = item->rounding > 0;
    const bool there = banded && isfinite(value);
    tidy_banded(row, value, there ? ends[0] : (double)NAN, there ? ends[1] : (double)NAN, reason,
                banded ? reason : (uf_value_status)UF_VALUE_NOT_APPLICABLE);
}

static uf_status board_row(const struct score_sheet *sheet, const struct score_item *item,
                           const struct score *score, size_t unit, struct uf_table *table,
                           struct uf_error *error)
{
    const uf_value_status none = UF_VALUE_NOT_APPLICABLE;
    const double to_target = uf_scoreboard_to_target(score->level, item->target, item->direction);
    const bool missing = isnan(score->level), is_nation = unit == sheet->nation;
    char *series = NULL;
    UF_TRY(series_text(sheet, item, unit, &series, error));
    struct tidy_row row = tidy_row_add(table, error);
    tidy_text(&row, scoreboard_priority_codes[item->priority]);
    tidy_text(&row, uf_words_in(scoreboard_priority_words[item->priority], sheet->language));
    tidy_text(&row, item->code);
    tidy_text(&row, item->name);
    tidy_text(&row, item->measure);
    tidy_text(&row, sheet->panel->units.code[unit]);
    tidy_text(&row, sheet->panel->units.label[unit]);
    tidy_text(&row, is_nation ? "nation" : sheet->peer[unit] ? "peer" : "region");
    tidy_text(&row, scoreboard_direction_codes[item->direction]);
    tidy_text(&row, period_code(sheet, item->period));
    tidy_value(&row, score->level, score->status);
    tidy_text(&row, period_code(sheet, item->from));
    const struct score_bands bands = bands_of(item, score, is_nation);
    const uf_value_status both = item->from == SIZE_MAX ? none : score->status | score->base_status;
    put_banded(&row, item, score->level - score->base, bands.change, both);
    put_banded(&row, item, score->base > 0 ? 100 * (score->level / score->base - 1) : (double)NAN,
               bands.percent, both);
    tidy_number(&row, score->nation, sheet->nation == SIZE_MAX ? none : UF_VALUE_NOT_AVAILABLE);
    put_banded(&row, item, uf_scoreboard_index(score->level, score->nation), bands.index,
               isnan(score->nation) ? score->status | UF_VALUE_NOT_AVAILABLE
               : missing            ? score->status
                                    : none);
    put_banded(&row, item, score->peers, bands.peers,
               !sheet->n_peers            ? none
               : item->period == SIZE_MAX ? UF_VALUE_NOT_AVAILABLE
                                          : UF_VALUE_INCOMPLETE);
    tidy_number(&row, score->rank.rank, is_nation ? none : score->status);
    tidy_number(&row, score->rank.low, is_nation ? none : score->status);
    tidy_number(&row, score->rank.high, is_nation ? none : score->status);
    tidy_number(&row, (double)score->ranked, 0);
    tidy_number(&row, item->target, none);
    put_banded(&row, item, to_target, bands.to_target, isnan(item->target) ? none : score->status);
    tidy_text(&row, series);
    tidy_text(&row, missing ? score_missing_reason(sheet, item, score->status) : NULL);
    free(series);
    return row.status;
}

static uf_status board_table(const struct score_sheet *sheet, const struct score *scores,
                             struct uf_table **out, struct uf_error *error)
{
    static const struct uf_words title = {"Scoreboard", "Uppföljningstavla"};
    static const struct tidy_column columns[] = {
        {"priority", UF_COLUMN_TEXT, NULL, -1},  {"priority_label", UF_COLUMN_TEXT, NULL, -1},
        {"indicator", UF_COLUMN_TEXT, NULL, -1}, {"indicator_label", UF_COLUMN_TEXT, NULL, -1},
        {"measure", UF_COLUMN_TEXT, NULL, -1},   {"unit", UF_COLUMN_TEXT, NULL, -1},
        {"label", UF_COLUMN_TEXT, NULL, -1},     {"role", UF_COLUMN_TEXT, NULL, -1},
        {"direction", UF_COLUMN_TEXT, NULL, -1}, {"period", UF_COLUMN_TEXT, NULL, -1},
        {"level", UF_COLUMN_NUMBER, NULL, 1},    {"from", UF_COLUMN_TEXT, NULL, -1},
        TIDY_BANDED("change", NULL, 1),          TIDY_BANDED("change_percent", "%", 1),
        {"nation", UF_COLUMN_NUMBER, NULL, 1},   TIDY_BANDED("index", NULL, 1),
        TIDY_BANDED("peers_mean", NULL, 1),      {"rank", UF_COLUMN_NUMBER, NULL, 0},
        {"rank_low", UF_COLUMN_NUMBER, NULL, 0}, {"rank_high", UF_COLUMN_NUMBER, NULL, 0},
        {"ranked", UF_COLUMN_NUMBER, NULL, 0},   {"target", UF_COLUMN_NUMBER, NULL, -1},
        TIDY_BANDED("to_target", NULL, 1),       {"sparkline", UF_COLUMN_TEXT, NULL, 1},
        {"reason", UF_COLUMN_TEXT, NULL, -1}};
    struct uf_table *table = NULL;
    UF_TRY(tidy_table_new("scoreboard", uf_words_in(title, sheet->language), columns,
                          sizeof columns / sizeof *columns, &table, error));
    const size_t n = sheet->panel->units.count;
    uf_status status = UF_OK;
    for (size_t u = 0; u < n; u++)
        for (size_t i = 0; i < sheet->n_items && status == UF_OK; i++)
            if (sheet->shown[u])
                status = board_row(sheet, &sheet->items[i], &scores[i * n + u], u, table, error);
    if (status != UF_OK)
        uf_table_free(table);
    else
        *out = table;
    return status;
}

static uf_status priority_table(const struct score_sheet *sheet, const struct score *scores,
                                struct uf_table **out, struct uf_error *error)
{
    static const struct uf_words title = {"Indicators by priority", "Indikatorer per prioritering"};
    static const struct tidy_column columns[] = {{"unit", UF_COLUMN_TEXT, NULL, -1},
                                                 {"label", UF_COLUMN_TEXT, NULL, -1},
                                                 {"priority", UF_COLUMN_TEXT, NULL, -1},
                                                 {"priority_label", UF_COLUMN_TEXT, NULL, -1},
                                                 {"indicators", UF_COLUMN_NUMBER, NULL, 0},
                                                 {"with_figures", UF_COLUMN_NUMBER, NULL, 0},
                                                 {"better_than_nation", UF_COLUMN_NUMBER, NULL, 0},
                                                 {"worse_than_nation", UF_COLUMN_NUMBER, NULL, 0},
                                                 {"improved", UF_COLUMN_NUMBER, NULL, 0},
                                                 {"worsened", UF_COLUMN_NUMBER, NULL, 0},
                                                 {"targets_reached", UF_COLUMN_NUMBER, NULL, 0}};
    struct uf_table *table = NULL;
    UF_TRY(tidy_table_new("scoreboard-priorities", uf_words_in(title, sheet->language), columns,
                          sizeof columns / sizeof *columns, &table, error));
    uf_status status = UF_OK;
    for (size_t u = 0; u < sheet->panel->units.count; u++)
        for (int p = 0; p < PRIORITY_NONE && status == UF_OK && sheet->shown[u]; p++) {
            struct score_count count = score_count(sheet, scores, u, p);
            struct tidy_row row = tidy_row_add(table, error);
            tidy_text(&row, sheet->panel->units.code[u]);
            tidy_text(&row, sheet->panel->units.label[u]);
            tidy_text(&row, scoreboard_priority_codes[p]);
            tidy_text(&row, uf_words_in(scoreboard_priority_words[p], sheet->language));
            tidy_number(&row, (double)count.indicators, 0);
            tidy_number(&row, (double)count.with_figures, 0);
            tidy_number(&row, (double)count.better, 0);
            tidy_number(&row, (double)count.worse, 0);
            tidy_number(&row, (double)count.improved, 0);
            tidy_number(&row, (double)count.worsened, 0);
            tidy_number(&row, (double)count.reached, 0);
            status = row.status;
        }
    if (status != UF_OK)
        uf_table_free(table);
    else
        *out = table;
    return status;
}

static uf_status add_results(const struct score_sheet *sheet, const struct score *scores,
                             struct uf_result *result, struct uf_error *error)
{
    struct uf_table *table = NULL;
    UF_TRY(board_table(sheet, scores, &table, error));
    UF_TRY(uf_result_take_table(result, table, error));
    UF_TRY(priority_table(sheet, scores, &table, error));
    UF_TRY(uf_result_take_table(result, table, error));
    UF_TRY(score_findings(sheet, scores, &table, error));
    UF_TRY(uf_result_take_table(result, table, error));
    return score_tell(sheet, result, error);
}

static uf_status run(const struct uf_panel *panel, const struct uf_options *options,
                     const struct uf_context *context, struct uf_result *result, struct uf_error *error)
{
    struct score_sheet sheet;
    result->claim = UF_CLAIM_DESCRIPTION;
    UF_TRY(score_sheet_new(panel, options, context, &sheet, error));
    struct score *scores = calloc(sheet.n_items * panel->units.count + 1, sizeof *scores);
    uf_status status = scores ? UF_OK : uf_fail_memory(error);
    for (size_t i = 0; i < sheet.n_items && status == UF_OK; i++)
        status = score_item(&sheet, &sheet.items[i], scores + i * panel->units.count, error);
    if (status == UF_OK) status = add_results(&sheet, scores, result, error);
    free(scores);
    score_sheet_clear(&sheet);
    return status;
}

/* --- descriptor -------------------------------------------------------------------------------- */

static const struct uf_option options_list[] = {
    {"indicators", UF_OPTION_LIST, NULL, NULL,
     "Columns with the indicators; in long data the column given as sectors names them", true},
    {"list", UF_OPTION_FILE, NULL, NULL,
     "A file with the indicators by priority; default datasets/reference/scoreboard.csv", false},
    {"nation", UF_OPTION_TEXT, "SE", NULL, "Code of the region whose row is the nation; it is not ranked",
     false},
    {"peers", UF_OPTION_LIST, NULL, NULL, "Regions to show beside and to form the peers' mean of", false},
    {"for", UF_OPTION_LIST, NULL, NULL, "Show these regions only (with nation and peers); all are ranked",
     false},
    {"period", UF_OPTION_PERIOD, NULL, NULL, "Levels of this period or the last before it with figures",
     false},
    {"from", UF_OPTION_PERIOD, NULL, NULL, "Changes since this period or the first after it with figures",
     false},
};

static const struct uf_chart_hint charts[] = {
    {.kind = "heat-map",
     .table = "scoreboard",
     .title = {"Rank by indicator, 1 is best", "Plats per indikator, 1 är bäst"},
     .value_label = {"Rank", "Plats"},
     .value = "rank",
     .label = "label",
     .group = "indicator_label",
     .reference = NAN},
};
static const char *const sources[] = {
    "Regeringens skrivelse 2020/21:133. Nationell strategi för hållbar regional utveckling i hela landet "
    "2021–2030.",
    "Förordning (2017:583) om regionalt tillväxtarbete, 20 §: uppföljning.",
    NULL,
};

const struct uf_method uf_method_scoreboard = {
    .name = "scoreboard",
    .family = UF_FAMILY_PROFILE,
    .title = {"Scoreboard", "Uppföljningstavla"},
    .summary = {"How does each region stand by policy priority: level, change, rank, distance to target?",
                "Hur står sig varje region per prioritering: nivå, förändring, plats, avstånd till mål?"},
    .formula_note = {"Indicators are listed by priority with the direction that is good and, where one is "
                     "set, a target. Level of "
                     "the last period with figures, change since the first, index (nation = 100), rank among "
                     "the regions (1 is "
                     "best, equal values share the better rank) and what is left to the target. A missing "
                     "figure is shown as "
                     "missing, with its reason.",
                     "Indikatorerna står i en lista per prioritering, med den riktning som är önskvärd och "
                     "mål där sådana är satta. "
                     "Nivå för den senaste perioden med uppgifter, förändring sedan den första, index (riket "
                     "= 100), plats bland "
                     "regionerna (1 är bäst, lika värden delar den bättre platsen) och vad som återstår till "
                     "målet. En saknad "
                     "uppgift visas som saknad, med skäl."},
    .sources = sources,
    .options = options_list,
    .n_options = sizeof options_list / sizeof *options_list,
    .charts = charts,
    .n_charts = sizeof charts / sizeof *charts,
    .run = run,
};
