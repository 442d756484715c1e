// SPDX-License-Identifier: GPL-3.0-or-later
#include "study/hint_words.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "study/present_numbers.h"

enum { MOST_NUMBERS = 6 };

void hint_words_clear(struct hint_words *words)
{
    free(words->band), free(words->band2), free(words->reference), free(words->marked), free(words->subtitle),
        free(words->x_label);
    *words = (struct hint_words){.reference_at = NAN, .marked_at = NAN};
}

/* The text that all filled cells of a column share; NULL: they differ (leads and lags by procedures of their own), or
 * there is none. */
static const char *only_text(const struct uf_table *table, const char *name)
{
    size_t column = uf_table_column(table, name);
    const char *only = NULL;
    for (size_t i = 0; column != SIZE_MAX && i < uf_table_rows(table); i++) {
        const char *text = uf_table_text(table, i, column);
        if (!text) continue;
        if (only && strcmp(only, text) != 0) return NULL;
        only = text;
    }
    return only;
}

bool hint_rounding(const struct run_analysis *analysis, double *out_unit)
{
    const struct uf_panel *panel = analysis->panel;
    const double of_outcome = panel->columns[panel->outcome >= 0 ? panel->outcome : 0].rounding;
    double unit = of_outcome > 0 ? of_outcome : 0;
    bool same = true;
    for (size_t i = 0; analysis->kind != ANALYSIS_EFFECT && i < panel->n_columns; i++) {
        const double here = panel->columns[i].rounding;
        if (!(here > 0)) continue;
        same = same && (unit == 0 || unit == here);
        unit = here;
    }
    *out_unit = same ? unit : 0;
    return unit > 0;
}

/* What the intervals are, in words; nothing where there are none. */
static uf_status band_words(const struct run *run, const struct run_analysis *analysis,
                            const struct uf_chart_hint *hint, const struct uf_table *table, char **out,
                            struct uf_error *error)
{
    *out = NULL;
    if (hint->band_label.en) {
        const struct uf_argument level = uf_number_argument(100 * run_confidence_level(analysis), -1);
        return uf_phrase(run->language, hint->band_label, &level, 1, out, error);
    }
    /* of intervals the method knows what they are, and says so in the title */
    if (!hint->low || !strcmp(hint->kind, "intervals") || !strcmp(hint->kind, "histogram")) return UF_OK;
    if (!strcmp(hint->kind, "event-study") || uf_text_equal(hint->form, "intervals")) {
        const char *vcov = only_text(table, "vcov");
        char buffer[64];
        const struct uf_argument arguments[] = {
            uf_number_argument(100 * run_confidence_level(analysis), -1),
            uf_text_argument(vcov ? run_inference_words(vcov, run->language, buffer, sizeof buffer) : "")};
        return uf_phrase(run->language,
                         vcov ? (struct uf_words){"{0} % confidence interval ({1}), each period alone",
                                                  "{0} % konfidensintervall ({1}), varje period för sig"}
                              : (struct uf_words){"{0} % confidence interval, each period alone",
                                                  "{0} % konfidensintervall, varje period för sig"},
                         arguments, 2, out, error);
    }
    double unit;
    if (!hint_rounding(analysis, &unit)) return UF_OK;
    const struct uf_argument argument = uf_number_argument(unit, -1);
    static const struct uf_words parts[] = {{"lines: the span that the rounding of the parts leaves open",
                                             "streck: det spann som delarnas avrundning lämnar öppet"},
                                            {"shaded: the span that the rounding of the parts leaves open",
                                             "skuggat: det spann som delarnas avrundning lämnar öppet"}};
    static const struct uf_words each[] = {{"lines: the span that the rounding of the figures leaves open",
                                            "streck: det spann som uppgifternas avrundning lämnar öppet"},
                                           {"shaded: the span that the rounding of the figures leaves open",
                                            "skuggat: det spann som uppgifternas avrundning lämnar öppet"}};
    static const struct uf_words whole[] = {
        {"lines: the span that rounding to whole {0} leaves open",
         "streck: det spann som avrundningen till hela {0} lämnar öppet"},
        {"shaded: the span that rounding to whole {0} leaves open",
         "skuggat: det spann som avrundningen till hela {0} lämnar öppet"}};
    const bool shaded = !strcmp(hint->kind, "lines");
    return uf_phrase(run->language,
                     analysis->profile && analysis->profile->of_sums ? parts[shaded]
                     : unit > 0                                      ? whole[shaded]
                                                                     : each[shaded],
                     &argument, 1, out, error);
}

/* The simultaneous band, where it has values. */
static uf_status band2_words(const struct run *run, const struct run_analysis *analysis,
                             const struct uf_chart_hint *hint, const struct uf_table *table,
                             struct hint_words *out, struct uf_error *error)
{
    size_t column = hint->low2 ? uf_table_column(table, hint->low2) : SIZE_MAX;
    for (size_t i = 0; column != SIZE_MAX && i < uf_table_rows(table); i++)
        out->has_band2 |= !isnan(uf_table_number(table, i, column));
    if (!out->has_band2) return UF_OK;
    const struct uf_argument level = uf_number_argument(100 * run_confidence_level(analysis), -1);
    static const struct uf_words all = {"{0} % simultaneous band, all periods at once",
                                        "{0} % simultant band, alla perioder på en gång"};
    return uf_phrase(run->language, hint->band2_label.en ? hint->band2_label : all, &level, 1, &out->band2,
                     error);
}

/* --- numbers of the result ------------------------------------------------------------------------ */

/* The row that is meant, of those that have a value in `column`; SIZE_MAX: none. */
static size_t row_of(const struct uf_table *table, size_t column, const struct uf_hint_number *from)
{
    size_t where = from->where ? uf_table_column(table, from->where) : SIZE_MAX,
           by = from->by ? uf_table_column(table, from->by) : SIZE_MAX, found = SIZE_MAX;
    double most = -1;
    if ((from->where && where == SIZE_MAX) || (from->by && by == SIZE_MAX)) return SIZE_MAX;
    bool text = uf_table_column_type(table, column) == UF_COLUMN_TEXT;
    for (size_t i = 0; i < uf_table_rows(table); i++) {
        if (text ? !uf_table_text(table, i, column) : isnan(uf_table_number(table, i, column))) continue;
        if (where != SIZE_MAX && !uf_text_equal(uf_table_text(table, i, where), from->is)) continue;
        if (by == SIZE_MAX) return i;
        if (!(fabs(uf_table_number(table, i, by)) > most)) continue;
        most = fabs(uf_table_number(table, i, by));
        found = i;
    }
    return found;
}

/* The cell as what a sentence takes; false: there is none. */
static bool argument_of(const struct run_analysis *analysis, const struct uf_chart_hint *hint,
                        const struct uf_hint_number *from, struct uf_argument *out)
{
    const struct uf_table *table = uf_result_table(&analysis->result, from->table);
    size_t column = table ? uf_table_column(table, from->column) : SIZE_MAX,
           row = column == SIZE_MAX ? SIZE_MAX : row_of(table, column, from);
    if (row == SIZE_MAX) return false;
    if (uf_table_column_type(table, column) == UF_COLUMN_TEXT) {
        *out = uf_text_argument(uf_table_text(table, row, column));
        return true;
    }
    double number = uf_table_number(table, row, column);
    /* as many decimals as the size of the number calls for */
    int decimals = uf_table_column_decimals(table, column), wanted = fabs(number) >= 100   ? 1
                                                                     : fabs(number) >= 1   ? 2
                                                                     : fabs(number) >= 0.1 ? 3
                                                                                           : decimals;
    /* a number of the rows that are drawn, as it stands beside them */
    if (analysis->kind == ANALYSIS_EFFECT && uf_text_equal(from->table, hint->table) &&
        present_is_difference(table, column))
        wanted = present_decimals(table, table, column, true, true);
    *out = uf_number_argument(number, decimals > wanted ? wanted : decimals);
    return true;
}

/* A line: where it stands and its words. */
static uf_status line_words(const struct run *run, const struct run_analysis *analysis,
                            const struct uf_chart_hint *hint, struct uf_words words,
                            const struct uf_hint_number *from, double *at, char **out, struct uf_error *error)
{
    struct uf_argument argument = uf_number_argument(*at, -1);
    if (from) {
        bool given = argument_of(analysis, hint, from, &argument);
        *at = given && argument.type == UF_ARGUMENT_NUMBER ? argument.number : NAN;
    }
    if (!words.en || isnan(*at)) return UF_OK;
    return uf_phrase(run->language, words, &argument, 1, out, error);
}

static uf_status subtitle(const struct run *run, const struct run_analysis *analysis,
                          const struct uf_chart_hint *hint, char **out, struct uf_error *error)
{
    struct uf_argument arguments[MOST_NUMBERS];
    size_t n = hint->n_numbers < MOST_NUMBERS ? hint->n_numbers : MOST_NUMBERS;
    if (!hint->subtitle.en) return UF_OK;
    for (size_t i = 0; i < n; i++)
        if (!argument_of(analysis, hint, &hint->numbers[i], &arguments[i])) return UF_OK;
    return uf_phrase(run->language, hint->subtitle, arguments, n, out, error);
}

static uf_status x_words(const struct run *run, const struct uf_chart_hint *hint,
                         const struct uf_table *table, char **out, struct uf_error *error)
{
    size_t column = hint->x ? uf_table_column(table, hint->x) : SIZE_MAX;
    const char *unit = column == SIZE_MAX ? NULL : uf_table_column_unit(table, column);
    if (!hint->x_label.en) return UF_OK;
    const struct uf_argument arguments[] = {uf_text_argument(uf_words_in(hint->x_label, run->language)),
                                            /* amounts keep their unit; the others are sizes of effects */
                                            uf_text_argument(!unit ? ""
                                                             : uf_text_equal(hint->x, "dose")
                                                                 ? unit
                                                                 : run_difference_unit(unit, run->language))};
    return uf_phrase(run->language,
                     unit ? (struct uf_words){"{0}, {1}", "{0}, {1}"} : (struct uf_words){"{0}", "{0}"},
                     arguments, 2, out, error);
}

uf_status hint_words_init(const struct run *run, const struct run_analysis *analysis,
                          const struct uf_chart_hint *hint, const struct uf_table *table,
                          struct hint_words *out, struct uf_error *error)
{
    *out = (struct hint_words){.reference_at = hint->reference, .marked_at = NAN};
    UF_TRY(band_words(run, analysis, hint, table, &out->band, error));
    UF_TRY(band2_words(run, analysis, hint, table, out, error));
    UF_TRY(line_words(run, analysis, hint, hint->reference_label, hint->reference_from, &out->reference_at,
                      &out->reference, error));
    UF_TRY(line_words(run, analysis, hint, hint->marked_label, hint->marked_from, &out->marked_at,
                      &out->marked, error));
    UF_TRY(x_words(run, hint, table, &out->x_label, error));
    return subtitle(run, analysis, hint, &out->subtitle, error);
}
