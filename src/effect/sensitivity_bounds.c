// SPDX-License-Identifier: GPL-3.0-or-later
/* How far from parallel the trends may be: tables and sentences. */
#include "base/fail.h"
#include "effect/estimates.h"
#include "effect/sensitivity_event.h"
#include "effect/significant.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/number.h>

/* The breakdown value is looked for up to this: times the largest step before, or times the largest bend. */
#define LARGEST_RELATIVE 32.0
#define LARGEST_BENDS    64.0

enum { MOST_M = 32 };

static const struct uf_words nothing = {NULL, NULL};

/* --- the tables ------------------------------------------------------------------------------------------ */

static const char *const restrictions[] = {"relative-magnitudes", "smoothness"};
static const char *const set_names[] = {"c-lf", "conditional", "flci"};

struct parameter {
    const char *name;
    struct uf_words words;
};
static const struct parameter parameters[] = {
    {"first", {"the first period after the reference", "den första perioden efter referensen"}},
    {"average", {"the average of the periods after", "genomsnittet av perioderna efter"}}};

static bool wants(const struct sensitivity_run *run, const char *option, const char *name)
{
    return uf_text_list_find(uf_options_list(run->options, option), name) != SIZE_MAX;
}

static struct uf_trend_options trend_options(const struct sensitivity_run *run,
                                             enum uf_trend_restriction restriction)
{
    bool inequalities = restriction == UF_TREND_RELATIVE_MAGNITUDES;
    return (struct uf_trend_options){.restriction = restriction,
                                     .set = inequalities ? UF_TREND_C_LF : UF_TREND_FLCI,
                                     .level = run->level,
                                     .draws = uf_options_count(run->options, "draws"),
                                     .seed = run->common.context->seed,
                                     .progress = run->common.context->progress,
                                     .user = run->common.context->user};
}

/* The values of M: as asked for, or, for smoothness, in terms of the largest bend before the start. */
static uf_status read_values(const struct sensitivity_run *run, enum uf_trend_restriction restriction,
                             double bend, double *values, size_t *count, struct uf_error *error)
{
    static const double shares[] = {0, 0.25, 0.5, 1, 2};
    const char *option = restrictions[restriction];
    const struct uf_text_list *list = uf_options_list(run->options, option);
    *count = 0;
    if (list->count > MOST_M)
        return uf_fail(error, UF_BAD_USAGE, "option '%s': at most %d values", option, MOST_M);
    for (size_t i = 0; i < list->count; i++) {
        const char *text = list->items[i];
        double value;
        if (!uf_number_parse(text, strlen(text), '.', &value) || !(value >= 0) || isinf(value))
            return uf_fail(error, UF_BAD_USAGE, "option '%s': found '%s', expected a number of 0 or more",
                           option, text);
        values[(*count)++] = value;
    }
    if (list->count == 0 && restriction == UF_TREND_SMOOTHNESS)
        for (size_t i = 0; i < sizeof shares / sizeof *shares; i++)
            if (i == 0 || bend > 0) values[(*count)++] = i == 0 ? 0 : shares[i] * bend;
    return UF_OK;
}

struct tables {
    struct uf_table *bounds, *breakdown;
};

/* A row of `bounds`. */
struct bound {
    const char *parameter, *restriction, *set;
    double m, low, high;
    bool empty, breakdown;
};

/* `M = 0,5`, for the row of a chart; the value at which the interval first includes 0 says so. */
static uf_status bound_label(const struct sensitivity_run *run, const struct bound *bound, char **out,
                             struct uf_error *error)
{
    static const struct uf_words original = {"original interval", "ursprungligt intervall"},
                                 at = {"M = {0}", "M = {0}"},
                                 breakdown = {"M = {0}: breakdown value", "M = {0}: brytpunkt"};
    /* three figures, and none for a whole number */
    double scale = bound->m > 0 ? pow(10, 2 - floor(log10(bound->m))) : 1;
    const struct uf_argument m = uf_number_argument(round(bound->m * scale) / scale, -1);
    return uf_phrase(run->common.context->language,
                     isnan(bound->m)    ? original
                     : bound->breakdown ? breakdown
                                        : at,
                     &m, 1, out, error);
}

static double combined_estimate(const struct sensitivity_event *e)
{
    double estimate = 0;
    for (size_t t = 0; t < e->study.n_after; t++)
        estimate += gsl_vector_get(e->estimate, e->study.n_before + t) *
                    (e->study.weights ? gsl_vector_get(e->study.weights, t) : t == 0);
    return estimate;
}

static uf_status add_row(const struct sensitivity_run *run, const struct sensitivity_event *e,
                         const struct bound *bound, struct uf_table *table, struct uf_error *error)
{
    static const struct uf_words marks[] = {{"no", "nej"}, {"yes", "ja"}};
    static const struct uf_words empty = {"every value is rejected", "varje värde förkastas"};
    enum uf_language language = run->common.context->language;
    bool zero = bound->low <= 0 && bound->high >= 0;
    char *label = NULL;
    size_t row;
    UF_TRY(uf_table_add_row(table, &row, error));
    const char *texts[] = {bound->parameter, bound->restriction, bound->set};
    for (size_t c = 0; c < 3; c++) UF_TRY(uf_table_set_text(table, row, c, texts[c], error));
    const double numbers[] = {bound->m, combined_estimate(e), bound->low, bound->high};
    for (size_t c = 0; c < 4; c++) UF_TRY(effect_set_number(table, row, 3 + c, numbers[c], error));
    UF_TRY(uf_table_set_text(table, row, 7, uf_words_in(marks[zero], language), error));
    UF_TRY(uf_table_set_text(table, row, 8, e->vcov, error));
    UF_TRY(uf_table_set_text(table, row, 9, bound->empty ? uf_words_in(empty, language) : NULL, error));
    UF_TRY(bound_label(run, bound, &label, error));
    uf_status status = uf_table_set_text(table, row, 10, label, error);
    free(label);
    return status;
}

static uf_status add_bounds(const struct sensitivity_run *run, const struct sensitivity_event *e,
                            const char *parameter, const struct uf_trend_options *options, bool breakdown,
                            struct uf_table *table, struct uf_error *error)
{
    struct uf_trend_bounds bounds;
    UF_TRY(uf_trend_bounds(&e->study, options, &bounds, error));
    const struct bound bound = {.parameter = parameter,
                                .restriction = restrictions[options->restriction],
                                .set = set_names[options->set],
                                .m = options->m,
                                .low = bounds.low,
                                .high = bounds.high,
                                .empty = bounds.empty,
                                .breakdown = breakdown};
    return add_row(run, e, &bound, table, error);
}

/* The interval where trends are taken to be parallel, which the others are to be seen beside. */
static uf_status add_original(const struct sensitivity_run *run, const struct sensitivity_event *e,
                              const char *parameter, const char *restriction, struct uf_table *table,
                              struct uf_error *error)
{
    double variance = 0, estimate = combined_estimate(e);
    size_t n = e->study.n_after, first = e->study.n_before;
    for (size_t s = 0; s < n; s++)
        for (size_t t = 0; t < n; t++)
            variance += (e->study.weights ? gsl_vector_get(e->study.weights, s) : s == 0) *
                        (e->study.weights ? gsl_vector_get(e->study.weights, t) : t == 0) *
                        gsl_matrix_get(e->covariance, first + s, first + t);
    double half = gsl_cdf_ugaussian_Pinv(0.5 + run->level / 2) * sqrt(variance);
    const struct bound bound = {.parameter = parameter,
                                .restriction = restriction,
                                .set = "original",
                                .m = NAN,
                                .low = estimate - half,
                                .high = estimate + half};
    return add_row(run, e, &bound, table, error);
}

static uf_status breakdown_sentence(const struct sensitivity_run *run, const struct sensitivity_event *e,
                                    size_t p, enum uf_trend_restriction restriction,
                                    const struct uf_trend_breakdown *breakdown, char **out,
                                    struct uf_error *error)
{
    static const struct uf_words sentences[2][3] = {
        {{"For {0} the interval includes no effect already where the two groups' difference does not change "
          "at all after "
          "the start.",
          "För {0} omfattar intervallet noll redan om skillnaden mellan grupperna inte alls ändras efter "
          "start."},
         {"For {0} the interval includes no effect once the trends may drift apart, from one period to the "
          "next, {1} times "
          "as much as they did at most before the start.",
          "För {0} omfattar intervallet noll när trenderna från en period till nästa får glida isär {1} "
          "gånger så mycket "
          "som de gjorde som mest före start."},
         {"For {0} the interval leaves no effect out even where the trends may drift apart {1} times as "
          "much, from one "
          "period to the next, as they did at most before the start.",
          "För {0} utesluter intervallet noll även om trenderna från en period till nästa får glida isär {1} "
          "gånger så "
          "mycket som de gjorde som mest före start."}},
        {{"For {0} the interval includes no effect already where the difference in trend is a straight line.",
          "För {0} omfattar intervallet noll redan om skillnaden i trend är en rät linje."},
         {"For {0} the interval includes no effect once the slope of the difference in trend may change by "
          "{1} from one "
          "period to the next{2}.",
          "För {0} omfattar intervallet noll när lutningen på skillnaden i trend får ändras med {1} från en "
          "period till nästa{2}."},
         {"For {0} the interval leaves no effect out even where the slope of the difference in trend may "
          "change by {1} from "
          "one period to the next{2}.",
          "För {0} utesluter intervallet noll även om lutningen på skillnaden i trend får ändras med {1} "
          "från en period till nästa{2}."}}};
    static const struct uf_words bends = {"; the estimates before the start bend by at most {0}",
                                          "; skattningarna före start böjer av med som mest {0}"},
                                 straight = {
                                     "; the estimates before the start are too few to show a bend to hold "
                                     "it against",
                                     "; skattningarna före start är för få för att visa någon böj att "
                                     "jämföra med"};
    enum uf_language language = run->common.context->language;
    bool relative = restriction == UF_TREND_RELATIVE_MAGNITUDES;
    const struct uf_argument bend = significant_argument(isnan(e->bend) ? 0 : e->bend);
    char *scale = NULL;
    UF_TRY(uf_phrase(language, isnan(e->bend) ? straight : bends, &bend, 1, &scale, error));
    const struct uf_argument arguments[] = {uf_text_argument(uf_words_in(parameters[p].words, language)),
                                            relative && breakdown->m >= 0.1
                                                ? uf_number_argument(breakdown->m, 2)
                                                : significant_argument(breakdown->m),
                                            uf_text_argument(scale)};
    size_t which = breakdown->beyond ? 2 : breakdown->m == 0 ? 0 : 1;
    uf_status status = uf_phrase(language, sentences[restriction][which], arguments, 3, out, error);
    free(scale);
    return status;
}

/* The sentence of the first parameter of each restriction is a note too. */
static uf_status add_breakdown(const struct sensitivity_run *run, const struct sensitivity_event *e, size_t p,
                               const struct uf_trend_options *options, bool say, struct uf_table *table,
                               struct uf_trend_breakdown *out, struct uf_error *error)
{
    static const char *const codes[] = {"breakdown-relative-magnitudes", "breakdown-smoothness"};
    static const struct uf_words as_it_is = {"{0}", "{0}"};
    struct uf_trend_breakdown breakdown;
    double sd = sqrt(gsl_matrix_get(e->covariance, e->study.n_before, e->study.n_before));
    double largest = options->restriction == UF_TREND_RELATIVE_MAGNITUDES
                         ? LARGEST_RELATIVE
                         : LARGEST_BENDS * fmax(isnan(e->bend) ? 0 : e->bend, sd);
    char *sentence = NULL;
    size_t row;
    UF_TRY(uf_trend_breakdown(&e->study, options, largest, &breakdown, error));
    *out = breakdown;
    UF_TRY(breakdown_sentence(run, e, p, options->restriction, &breakdown, &sentence, error));
    uf_status status = uf_table_add_row(table, &row, error);
    const char *texts[] = {parameters[p].name, restrictions[options->restriction], set_names[options->set]};
    for (size_t c = 0; c < 3 && status == UF_OK; c++)
        status = uf_table_set_text(table, row, c, texts[c], error);
    if (status == UF_OK)
        status = effect_set_number(table, row, 3, breakdown.beyond ? NAN : breakdown.m, error);
    if (status == UF_OK) status = uf_table_set_text(table, row, 4, sentence, error);
    const struct uf_argument argument = uf_text_argument(sentence);
    if (status == UF_OK && say)
        status = effect_note(&run->common, UF_NOTE, codes[options->restriction], as_it_is, nothing, &argument,
                             1, error);
    free(sentence);
    return status;
}

/* Rows for the values asked for, and one for the breakdown value (NaN: none) in its place among them. */
static uf_status add_values(const struct sensitivity_run *run, const struct sensitivity_event *e,
                            const char *parameter, const struct uf_trend_options *asked, const double *values,
                            size_t count, double breakdown, struct uf_table *table, struct uf_error *error)
{
    struct uf_trend_options options = *asked;
    bool placed = isnan(breakdown);
    for (size_t i = 0; i < count; i++) placed |= values[i] == breakdown;
    for (size_t i = 0; i <= count; i++) {
        if (!placed && (i == count || values[i] > breakdown)) {
            placed = true;
            options.m = breakdown;
            UF_TRY(add_bounds(run, e, parameter, &options, true, table, error));
        }
        if (i == count) break;
        options.m = values[i];
        UF_TRY(add_bounds(run, e, parameter, &options, values[i] == breakdown, table, error));
    }
    return UF_OK;
}

static uf_status fill(const struct sensitivity_run *run, struct sensitivity_event *e, struct tables *tables,
                      struct uf_error *error)
{
    for (int r = 0; r < 2; r++) {
        enum uf_trend_restriction restriction = (enum uf_trend_restriction)r;
        double values[MOST_M];
        size_t count;
        bool said = false;
        if (!wants(run, "restrictions", restrictions[r])) continue;
        struct uf_trend_options options = trend_options(run, restriction);
        UF_TRY(read_values(run, restriction, e->bend, values, &count, error));
        for (size_t p = 0; p < 2; p++) {
            if (!wants(run, "parameters", parameters[p].name)) continue;
            e->study.weights = p == 0 ? NULL : e->average;
            struct uf_trend_breakdown breakdown;
            UF_TRY(add_breakdown(run, e, p, &options, !said, tables->breakdown, &breakdown, error));
            UF_TRY(add_original(run, e, parameters[p].name, restrictions[r], tables->bounds, error));
            UF_TRY(add_values(run, e, parameters[p].name, &options, values, count,
                              breakdown.beyond ? NAN : breakdown.m, tables->bounds, error));
            said = true;
        }
    }
    return UF_OK;
}

/* --- the whole ------------------------------------------------------------------------------------------- */

static uf_status report(const struct sensitivity_run *run, struct sensitivity_event *e,
                        struct uf_error *error)
{
    static const struct uf_words titles[] = {
        {"Intervals when trends need not be parallel",
         "Intervall när trenderna inte behöver vara parallella"},
        {"How far from parallel the trends may be", "Hur långt från parallella trenderna får vara"}};
    static const struct effect_column bounds[] = {
        {"parameter", false, false, -1}, {"restriction", false, false, -1},   {"set", false, false, -1},
        {"m", true, false, 4},           {"estimate", true, true, 4},         {"low", true, true, 4},
        {"high", true, true, 4},         {"includes_zero", false, false, -1}, {"vcov", false, false, -1},
        {"note", false, false, -1},      {"label", false, false, -1}};
    static const struct effect_column breakdown[] = {{"parameter", false, false, -1},
                                                     {"restriction", false, false, -1},
                                                     {"set", false, false, -1},
                                                     {"breakdown_m", true, false, 4},
                                                     {"text", false, false, -1}};
    struct tables tables = {0};
    uf_status status =
        effect_columns_new(&run->common, "bounds", titles[0], bounds, 11, &tables.bounds, error);
    if (status == UF_OK)
        status =
            effect_columns_new(&run->common, "breakdown", titles[1], breakdown, 5, &tables.breakdown, error);
    struct uf_error reason;
    if (status == UF_OK) {
        status = fill(run, e, &tables, &reason);
        if (status != UF_OK && status != UF_NOT_IDENTIFIED && error) *error = reason;
    }
    if (status == UF_OK) {
        status = uf_result_take_table(run->common.result, tables.bounds, error);
        tables.bounds = NULL;
    }
    if (status == UF_OK) {
        status = uf_result_take_table(run->common.result, tables.breakdown, error);
        tables.breakdown = NULL;
    }
    uf_table_free(tables.bounds), uf_table_free(tables.breakdown);
    if (status == UF_NOT_IDENTIFIED) return sensitivity_refuse_rank(run, e->vcov, error);
    return status == UF_OK ? sensitivity_note_normal(run, e, error) : status;
}

/* The searches below would walk over rounding. */
static bool has_no_variance(const struct sensitivity_run *run, const struct sensitivity_event *e)
{
    for (size_t i = 0; i < e->covariance->size1; i++)
        if (effect_is_rounding(&run->common, sqrt(fmax(0, gsl_matrix_get(e->covariance, i, i))))) return true;
    return false;
}

uf_status sensitivity_report_bounds(const struct sensitivity_run *run, struct uf_error *error)
{
    struct sensitivity_event e;
    struct uf_error reason;
    if (wants(run, "restrictions", "none")) return UF_OK;
    if (!sensitivity_has_reference(run)) return sensitivity_refuse_reference(run, false, error);
    uf_status status = sensitivity_event_init(run, &e, &reason);
    if (status == UF_NOT_IDENTIFIED) return sensitivity_refuse_reference(run, false, error);
    if (status != UF_OK) {
        if (error) *error = reason;
        return status;
    }
    if (e.study.n_before == 0 || e.study.n_after == 0) {
        status = sensitivity_refuse_reference(run, e.unanchored, error);
    } else if (has_no_variance(run, &e)) { /* driscoll-kraay with one start: the sums of each period are 0 */
        status = effect_is_rounding(&run->common, e.noise) ? sensitivity_refuse_exact(run, error)
                                                           : sensitivity_refuse_rank(run, e.vcov, error);
    } else {
        status = report(run, &e, error);
        if (status == UF_OK) status = sensitivity_report_power(run, &e, error);
    }
    sensitivity_event_clear(&e);
    return status;
}
