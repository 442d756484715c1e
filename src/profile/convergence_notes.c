// SPDX-License-Identifier: GPL-3.0-or-later
#include <math.h>
#include <stdlib.h>

#include "base/advice.h"
#include "base/fail.h"
#include "profile/convergence_study.h"

static const double significant = 0.05;

uf_status convergence_sentence(const struct convergence_study *study, size_t r, char **out,
                               struct uf_error *error)
{
    static const struct uf_words fitted = {"{0} had {1} in {2} and grew by {3} per cent a year to {4}, {5} "
                                           "percentage points {6} what its level at the "
                                           "start would lead one to expect ({7}).",
                                           "{0} hade {1} år {2} och växte med {3} procent per år till {4}, "
                                           "{5} procentenheter {6} vad nivån i början "
                                           "ger anledning att vänta ({7})."};
    static const struct uf_words grown = {
        "{0} had {1} in {2} and grew by {3} per cent a year to {4}; a control is "
        "missing, so that nothing can be expected of it.",
        "{0} hade {1} år {2} och växte med {3} procent per år till {4}; en kontroll "
        "saknas, så inget kan väntas av regionen."};
    static const struct uf_words missing = {"{0} lacks a figure for {2} or {4}, and takes no part.",
                                            "{0} saknar uppgift för {2} eller {4} och ingår inte."};
    static const struct uf_words above = {"above", "över"}, below = {"below", "under"};
    const struct panel_series *series = &study->series;
    double growth = 100 * convergence_growth(study, r), expected = 100 * study->fitted[r];
    const struct uf_argument arguments[] = {
        uf_text_argument(panel_series_label(series, r)),
        uf_number_argument(study->start[r], -1),
        uf_text_argument(panel_series_period(series, study->from)),
        uf_number_argument(growth, 2),
        uf_text_argument(panel_series_period(series, study->to)),
        uf_number_argument(fabs(growth - expected), 2),
        uf_text_argument(uf_words_in(growth >= expected ? above : below, series->language)),
        uf_number_argument(expected, 2)};
    return uf_phrase(series->language,
                     isnan(growth)     ? missing
                     : isnan(expected) ? grown
                                       : fitted,
                     arguments, 8, out, error);
}

static uf_status tell_beta(const struct convergence_study *study, struct uf_result *result,
                           struct uf_error *error)
{
    static const struct uf_words towards = {"Poorer regions grew faster {0}–{1}: β is {2} ({3} to {4}, p "
                                            "{5}), a speed of {6} per cent of the gap a year.",
                                            "Fattigare regioner växte snabbare {0}–{1}: β är {2} ({3} till "
                                            "{4}, p {5}), en takt på {6} procent av gapet "
                                            "per år."};
    static const struct uf_words apart = {
        "Richer regions grew faster {0}–{1}: β is {2} ({3} to {4}, p {5}); gaps grew.",
        "Rikare regioner växte snabbare {0}–{1}: β är {2} ({3} till {4}, p {5}); gapen växte."};
    static const struct uf_words open = {"Whether poorer regions grew faster {0}–{1} cannot be told from "
                                         "chance: β is {2} ({3} to {4}, p {5}).",
                                         "Om fattigare regioner växte snabbare {0}–{1} kan inte skiljas från "
                                         "slump: β är {2} ({3} till {4}, p {5})."};
    const struct uf_beta_convergence *b = &study->beta;
    const struct uf_argument arguments[] = {
        uf_text_argument(panel_series_period(&study->series, study->from)),
        uf_text_argument(panel_series_period(&study->series, study->to)),
        uf_number_argument(b->beta, 5),
        uf_number_argument(b->conf_low, 5),
        uf_number_argument(b->conf_high, 5),
        uf_p_value_argument(b->p_value, 4),
        uf_number_argument(isnan(b->speed) ? 0 : 100 * b->speed, 2)};
    struct uf_words text = !(b->p_value <= significant) ? open : b->beta > 0 ? apart : towards;
    if (b->beta < 0 && isnan(b->speed)) text = open;
    return uf_result_add_note(result, study->series.language, UF_NOTE, "finding", text, no_advice, arguments,
                              7, error);
}

static uf_status tell_half_life(const struct convergence_study *study, struct uf_result *result,
                                struct uf_error *error)
{
    static const struct uf_words closed = {"Half of a gap is closed in {0} years ({1} to {2}; ln 2 over the "
                                           "ends of the speed's interval, which is by the "
                                           "delta method).",
                                           "Hälften av ett gap är slutet på {0} år ({1} till {2}; ln 2 delat "
                                           "med ändarna av taktens intervall, som är "
                                           "enligt deltametoden)."};
    static const struct uf_words unbounded = {"Half of a gap is closed in {0} years, in {1} at the fastest; "
                                              "the interval of the speed (delta method) reaches 0, "
                                              "so that there is no upper limit.",
                                              "Hälften av ett gap är slutet på {0} år, som snabbast på {1}; "
                                              "taktens intervall (deltametoden) når 0, så någon "
                                              "övre gräns finns inte."};
    static const struct uf_words none = {
        "There is no half-life: gaps do not close at the estimated speed.",
        "Det finns ingen halveringstid: gapen sluts inte med den skattade takten."};
    static const struct uf_words overshot = {
        "1 + T·β is not positive: regions overtake each other, and no speed can be formed.",
        "1 + T·β är inte positivt: regionerna går om varandra och ingen takt kan bildas."};
    const struct uf_beta_convergence *b = &study->beta;
    bool bounded = isfinite(b->half_life_high);
    struct uf_words text = isnan(b->speed) ? overshot : !(b->speed > 0) ? none : bounded ? closed : unbounded;
    const struct uf_argument arguments[] = {
        uf_number_argument(isfinite(b->half_life) ? b->half_life : 0, 1),
        uf_number_argument(isfinite(b->half_life_low) ? b->half_life_low : 0, 1),
        uf_number_argument(bounded ? b->half_life_high : 0, 1)};
    return uf_result_add_note(result, study->series.language, UF_NOTE, "half-life", text, no_advice,
                              arguments, 3, error);
}

static uf_status tell_sigma(const struct convergence_study *study, struct uf_result *result,
                            struct uf_error *error)
{
    static const struct uf_words narrower = {"The spread (standard deviation of logarithms, {0} regions) "
                                             "went from {1} to {2}: regions have become more "
                                             "alike{3}.",
                                             "Spridningen (standardavvikelse av logaritmer, {0} regioner) "
                                             "gick från {1} till {2}: regionerna har blivit mer "
                                             "lika{3}."};
    static const struct uf_words wider = {"The spread (standard deviation of logarithms, {0} regions) went "
                                          "from {1} to {2}: regions have become less "
                                          "alike{3}.",
                                          "Spridningen (standardavvikelse av logaritmer, {0} regioner) gick "
                                          "från {1} till {2}: regionerna har blivit "
                                          "mindre lika{3}."};
    static const struct uf_words trend = {"; a straight line through the periods changes by {0} a year (p "
                                          "{1}, which takes no account of neighbouring "
                                          "years being alike)",
                                          "; en rät linje genom perioderna ändras med {0} per år (p {1}, som "
                                          "inte tar hänsyn till att närliggande år "
                                          "liknar varandra)"};
    static const struct uf_words gaps = {
        "No region, or only one, has a figure in every period: how the spread develops cannot be followed.",
        "Ingen region, eller bara en, har uppgift i alla perioder: spridningens utveckling kan inte följas."};
    const enum uf_language language = study->series.language;
    const struct uf_argument line[] = {uf_number_argument(study->trend.slope, 5),
                                       uf_p_value_argument(study->trend.p_value, 4)};
    if (!study->has_sigma)
        return uf_result_add_note(result, language, UF_WARNING, "no-spread", gaps, no_advice, line, 0, error);
    char *words = NULL;
    if (isfinite(study->trend.p_value)) UF_TRY(uf_phrase(language, trend, line, 2, &words, error));
    const double first = study->deviation[0], last = study->deviation[study->n_sigma - 1];
    const struct uf_argument arguments[] = {uf_count_argument(study->sigma_regions),
                                            uf_number_argument(first, 4), uf_number_argument(last, 4),
                                            uf_text_argument(words ? words : "")};
    uf_status status = uf_result_add_note(result, language, UF_NOTE, "spread",
                                          last < first ? narrower : wider, no_advice, arguments, 4, error);
    free(words);
    return status;
}

static uf_status tell_design(const struct convergence_study *study, struct uf_result *result,
                             struct uf_error *error)
{
    static const struct uf_words rounded = {"The figures are rounded to {0}: growth is known to within {1} "
                                            "percentage points a year for the region where "
                                            "that is widest (growth_low, growth_high).",
                                            "Uppgifterna är avrundade till {0}: tillväxten är känd inom {1} "
                                            "procentenheter per år för den region där det "
                                            "är mest (growth_low, growth_high)."};
    static const struct uf_words regression = {"A negative β is also what chance errors in the first figure "
                                               "give: a region that is measured too low then seems "
                                               "to grow. It does not show that regions become more alike.",
                                               "Ett negativt β uppstår också av slumpfel i den första "
                                               "uppgiften: en region som mätts för lågt ser då ut att "
                                               "växa. Det visar inte att regionerna blir mer lika."};
    static const struct uf_words few = {
        "{0} clusters: errors from so few are uncertain; cr2 is the safest of those on offer.",
        "{0} kluster: fel från så få är osäkra; cr2 är den säkraste av dem som finns."};
    const enum uf_language language = study->series.language;
    const struct uf_argument count = uf_count_argument(study->beta.n_clusters);
    UF_TRY(uf_result_add_note(result, language, UF_NOTE, "regression-to-the-mean", regression, no_advice,
                              &count, 0, error));
    if (study->covariance->clustered && study->beta.n_clusters < 20)
        UF_TRY(uf_result_add_note(result, language, UF_WARNING, "few-clusters", few, no_advice, &count, 1,
                                  error));
    double unit = study->series.column->rounding, widest = 0;
    if (!(unit > 0)) return UF_OK;
    for (size_t r = 0; r < study->series.n_regions; r++) {
        double low, high;
        convergence_growth_band(study, r, &low, &high);
        if (high - low > widest) widest = high - low;
    }
    const struct uf_argument arguments[] = {uf_number_argument(unit, -1), uf_number_argument(50 * widest, 3)};
    return uf_result_add_note(result, language, UF_NOTE, "rounding", rounded, no_advice, arguments, 2, error);
}

uf_status convergence_tell(const struct convergence_study *study, struct uf_result *result,
                           struct uf_error *error)
{
    UF_TRY(tell_beta(study, result, error));
    UF_TRY(tell_half_life(study, result, error));
    UF_TRY(tell_sigma(study, result, error));
    return tell_design(study, result, error);
}
