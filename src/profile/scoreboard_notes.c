// SPDX-License-Identifier: GPL-3.0-or-later
#include "profile/scoreboard_notes.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/advice.h"
#include "base/fail.h"
#include "profile/tidy.h"

struct score_count score_count(const struct score_sheet *sheet, const struct score *scores, size_t unit,
                               int priority)
{
    struct score_count count = {0};
    for (size_t i = 0; i < sheet->n_items; i++) {
        const struct score_item *item = &sheet->items[i];
        const struct score *score = &scores[i * sheet->panel->units.count + unit];
        if (priority == PRIORITIES ? item->priority == PRIORITY_NONE : item->priority != priority) continue;
        int against = uf_scoreboard_better(score->nation, score->level, item->direction);
        int since = uf_scoreboard_better(score->base, score->level, item->direction);
        count.indicators++;
        count.with_figures += isnan(score->level) ? 0 : 1;
        count.better += against > 0;
        count.worse += against < 0;
        count.improved += since > 0;
        count.worsened += since < 0;
        count.reached += uf_scoreboard_to_target(score->level, item->target, item->direction) <= 0;
    }
    return count;
}

const char *score_missing_reason(const struct score_sheet *sheet, const struct score_item *item,
                                 uf_value_status status)
{
    static const struct uf_words absent = {"The indicator is not in the data.",
                                           "Indikatorn finns inte i underlaget."};
    static const struct uf_words gap = {"No figure for this region and period.",
                                        "Ingen uppgift för denna region och period."};
    static const struct uf_words part = {"A part of this region has no figure for this period.",
                                         "En del av regionen saknar uppgift för denna period."};
    if (item->period != SIZE_MAX)
        return uf_words_in(status & UF_VALUE_INCOMPLETE ? part : gap, sheet->language);
    return item->missing ? item->missing : uf_words_in(absent, sheet->language);
}

/* The item with the best (1) or the last (−1) of the ranks of a region, the first of equal ones; SIZE_MAX: none. */
static size_t outstanding(const struct score_sheet *sheet, const struct score *scores, size_t unit, int sign,
                          size_t *ranked)
{
    const size_t n = sheet->panel->units.count;
    size_t best = SIZE_MAX;
    *ranked = 0;
    for (size_t i = 0; i < sheet->n_items; i++) {
        double rank = scores[i * n + unit].rank.rank;
        if (isnan(rank) || sheet->items[i].direction == UF_DIRECTION_NEITHER) continue;
        ++*ranked;
        if (best == SIZE_MAX || sign * (scores[best * n + unit].rank.rank - rank) > 0) best = i;
    }
    return best;
}

static uf_status sentence(const struct score_sheet *sheet, const struct score *scores, size_t unit,
                          char **out, struct uf_error *error)
{
    static const struct uf_words texts[] = {
        {"{0}: none of the {1} indicators on the list has a figure.",
         "{0}: ingen av listans {1} indikatorer har någon uppgift."},
        {"{0}: {2} of {1} indicators have figures; {3} are better than the nation and {4} worse, {5} have "
         "improved and {6} "
         "worsened over their period.",
         "{0}: {2} av {1} indikatorer har uppgifter; {3} är bättre än riket och {4} sämre, {5} har "
         "förbättrats och {6} "
         "försämrats under sin period."},
        {"{0}: {2} of {1} indicators have figures; {3} are better than the nation and {4} worse, {5} have "
         "improved and {6} "
         "worsened over their period. Best rank: {7} ({8}); lowest: {9} ({10}).",
         "{0}: {2} av {1} indikatorer har uppgifter; {3} är bättre än riket och {4} sämre, {5} har "
         "förbättrats och {6} "
         "försämrats under sin period. Bästa plats: {7} ({8}); lägsta: {9} ({10})."},
        {"{0}: {2} of {1} indicators have figures; {3} are better than the nation and {4} worse, {5} have "
         "improved and {6} "
         "worsened over their period. Rank: {7} ({8}).",
         "{0}: {2} av {1} indikatorer har uppgifter; {3} är bättre än riket och {4} sämre, {5} har "
         "förbättrats och {6} "
         "försämrats under sin period. Plats: {7} ({8})."},
        {"{0}: {2} of {1} indicators have figures; {3} are better than the nation and {4} worse, {5} have "
         "improved and {6} "
         "worsened over their period. Rank: {7} in each of the {11} that are ranked.",
         "{0}: {2} av {1} indikatorer har uppgifter; {3} är bättre än riket och {4} sämre, {5} har "
         "förbättrats och {6} "
         "försämrats under sin period. Plats: {7} i var och en av de {11} som rangordnas."},
        {"{0}: {2} of {1} indicators have figures; {5} have improved and {6} worsened over their period.",
         "{0}: {2} av {1} indikatorer har uppgifter; {5} har förbättrats och {6} försämrats under sin "
         "period."}};
    const size_t n = sheet->panel->units.count;
    struct score_count count = score_count(sheet, scores, unit, PRIORITIES);
    size_t n_ranked, best = outstanding(sheet, scores, unit, 1, &n_ranked),
                     last = outstanding(sheet, scores, unit, -1, &n_ranked);
    bool ranked = best != SIZE_MAX && unit != sheet->nation;
    if (!ranked) best = last = 0;
    struct uf_argument arguments[] = {uf_text_argument(sheet->panel->units.label[unit]),
                                      uf_count_argument(count.indicators),
                                      uf_count_argument(count.with_figures),
                                      uf_count_argument(count.better),
                                      uf_count_argument(count.worse),
                                      uf_count_argument(count.improved),
                                      uf_count_argument(count.worsened),
                                      uf_number_argument(ranked ? scores[best * n + unit].rank.rank : 0, 0),
                                      uf_text_argument(ranked ? sheet->items[best].name : ""),
                                      uf_number_argument(ranked ? scores[last * n + unit].rank.rank : 0, 0),
                                      uf_text_argument(ranked ? sheet->items[last].name : ""),
                                      uf_count_argument(n_ranked)};
    size_t text = count.with_figures == 0 ? 0 : 1;
    if (text && unit == sheet->nation) text = 5; /* it is neither better nor worse than itself */
    if (text && ranked)
        text = best != last ? 2 : n_ranked == 1 ? 3 : 4; /* the same item: all ranks are equal */
    return uf_phrase(sheet->language, texts[text], arguments, 12, out, error);
}

uf_status score_findings(const struct score_sheet *sheet, const struct score *scores, struct uf_table **out,
                         struct uf_error *error)
{
    static const struct uf_words title = {"Findings by region", "Iakttagelser per region"};
    static const struct tidy_column columns[] = {{"unit", UF_COLUMN_TEXT, NULL, -1},
                                                 {"label", UF_COLUMN_TEXT, NULL, -1},
                                                 {"text", UF_COLUMN_TEXT, NULL, -1}};
    struct uf_table *table = NULL;
    UF_TRY(tidy_table_new("scoreboard-findings", uf_words_in(title, sheet->language), columns, 3, &table,
                          error));
    uf_status status = UF_OK;
    for (size_t u = 0; u < sheet->panel->units.count && status == UF_OK; u++) {
        char *text = NULL;
        if (!sheet->shown[u]) continue;
        status = sentence(sheet, scores, u, &text, error);
        if (status != UF_OK) break;
        struct tidy_row row = tidy_row_add(table, error);
        tidy_text(&row, sheet->panel->units.code[u]);
        tidy_text(&row, sheet->panel->units.label[u]);
        tidy_text(&row, text);
        status = row.status;
        free(text);
    }
    if (status != UF_OK)
        uf_table_free(table);
    else
        *out = table;
    return status;
}

/* --- notes ------------------------------------------------------------------------------------- */

static uf_status tell_missing(const struct score_sheet *sheet, struct uf_result *result,
                              struct uf_error *error)
{
    static const struct uf_words text = {"Without figures: {0}. {1}", "Utan uppgifter: {0}. {1}"};
    for (size_t i = 0; i < sheet->n_items; i++) {
        const struct score_item *item = &sheet->items[i];
        if (item->period != SIZE_MAX) continue;
        struct uf_argument arguments[] = {uf_text_argument(item->name),
                                          uf_text_argument(score_missing_reason(sheet, item, 0))};
        UF_TRY(uf_result_add_note(result, sheet->language, UF_NOTE, "indicator-missing", text, no_advice,
                                  arguments, 2, error));
    }
    return UF_OK;
}

static uf_status tell_unlisted(const struct score_sheet *sheet, struct uf_result *result,
                               struct uf_error *error)
{
    static const struct uf_words text = {
        "{0} is on no list: it is shown, but which way is good is not known, and it counts in no priority.",
        "{0} står inte på listan: den visas, men vilken riktning som är önskvärd är inte känd, och den "
        "räknas inte till "
        "någon prioritering."};
    for (size_t i = 0; i < sheet->n_items; i++) {
        if (sheet->items[i].priority != PRIORITY_NONE) continue;
        struct uf_argument argument = uf_text_argument(sheet->items[i].name);
        UF_TRY(uf_result_add_note(result, sheet->language, UF_WARNING, "indicator-unlisted", text, no_advice,
                                  &argument, 1, error));
    }
    return UF_OK;
}

uf_status score_tell(const struct score_sheet *sheet, struct uf_result *result, struct uf_error *error)
{
    static const struct uf_words nation = {"The data has no row of the nation: indices and comparisons with "
                                           "it are left out. It is not formed from the "
                                           "regions, since most indicators are ratios.",
                                           "Underlaget har ingen rad för riket: index och jämförelser med "
                                           "riket utgår. Riket bildas inte av regionerna, "
                                           "eftersom de flesta indikatorer är kvoter."};
    static const struct uf_words peers = {
        "The peers' mean is the plain mean of {0} regions, whatever their size.",
        "Jämförelseregionernas medelvärde är det ovägda medelvärdet av {0} regioner, oavsett storlek."};
    size_t periods = 0;
    for (size_t i = 0; i < sheet->n_items; i++) {
        const struct score_item *item = &sheet->items[i];
        for (size_t j = 0; j < i; j++)
            if (item->period != SIZE_MAX && sheet->items[j].period != SIZE_MAX &&
                item->period != sheet->items[j].period)
                periods = 1;
    }
    static const struct uf_words differ = {"The indicators end in different periods; see the column period.",
                                           "Indikatorerna slutar i olika perioder; se kolumnen period."};
    if (sheet->nation == SIZE_MAX)
        UF_TRY(uf_result_add_note(result, sheet->language, UF_WARNING, "no-nation", nation, no_advice, NULL,
                                  0, error));
    if (sheet->n_peers > 0) {
        struct uf_argument argument = uf_count_argument(sheet->n_peers);
        UF_TRY(uf_result_add_note(result, sheet->language, UF_NOTE, "peers-mean", peers, no_advice, &argument,
                                  1, error));
    }
    if (periods)
        UF_TRY(uf_result_add_note(result, sheet->language, UF_NOTE, "periods-differ", differ, no_advice, NULL,
                                  0, error));
    UF_TRY(tell_unlisted(sheet, result, error));
    return tell_missing(sheet, result, error);
}
