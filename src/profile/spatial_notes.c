// SPDX-License-Identifier: GPL-3.0-or-later
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/advice.h"
#include "base/fail.h"
#include "profile/spatial_study.h"

static const double significant = 0.05;
enum { FEW = 15 }; /* with fewer regions a local test has next to no power */

uf_status spatial_sentence(const struct spatial_study *study, size_t r, char **out, struct uf_error *error)
{
    static const struct uf_words missing = {"{0} has no figure{1}, and is no neighbour in the calculations.",
                                            "{0} saknar uppgift{1} och är inte granne i beräkningarna."},
                                 island = {
                                     "{0} ({2}) has no neighbours: nothing can be said of its surroundings.",
                                     "{0} ({2}) har inga grannar: inget kan sägas om omgivningen."};
    static const struct uf_words sentences[][2] = {
        {{"", ""}, {"", ""}},
        {{"{0} ({2}) lies above the mean, and so do its neighbours ({3} on average): part of a cluster of "
          "high "
          "values (p {4}, q {5}).",
          "{0} ({2}) ligger över medelvärdet och så gör grannarna (i snitt {3}): del av ett kluster av höga "
          "värden "
          "(p {4}, q {5})."},
         {"{0} ({2}) lies above the mean, and so do its neighbours ({3} on average), but no more than chance "
          "explains (p {4}, q {5}).",
          "{0} ({2}) ligger över medelvärdet och så gör grannarna (i snitt {3}), men inte mer än slumpen kan "
          "förklara (p {4}, q {5})."}},
        {{"{0} ({2}) does not reach the mean, but its neighbours lie above it ({3} on average): it stands "
          "out from its "
          "surroundings (p {4}, q {5}).",
          "{0} ({2}) når inte medelvärdet men grannarna ligger över (i snitt {3}): regionen avviker från sin "
          "omgivning (p {4}, q {5})."},
         {"{0} ({2}) does not reach the mean, but its neighbours lie above it ({3} on average), no more than "
          "chance "
          "explains (p {4}, q {5}).",
          "{0} ({2}) når inte medelvärdet men grannarna ligger över (i snitt {3}), dock inte mer än slumpen "
          "kan "
          "förklara (p {4}, q {5})."}},
        {{"{0} ({2}) does not reach the mean, nor do its neighbours ({3} on average): part of a cluster of "
          "low "
          "values (p {4}, q {5}).",
          "{0} ({2}) når inte medelvärdet, och det gör inte heller grannarna (i snitt {3}): del av ett "
          "kluster av "
          "låga värden (p {4}, q {5})."},
         {"{0} ({2}) does not reach the mean, nor do its neighbours ({3} on average), but no less than "
          "chance "
          "explains (p {4}, q {5}).",
          "{0} ({2}) når inte medelvärdet, och det gör inte heller grannarna (i snitt {3}), men inte mer än "
          "slumpen "
          "kan förklara (p {4}, q {5})."}},
        {{"{0} ({2}) lies above the mean, but its neighbours do not ({3} on average): it stands out from its "
          "surroundings (p {4}, q {5}).",
          "{0} ({2}) ligger över medelvärdet men inte grannarna (i snitt {3}): regionen avviker från sin "
          "omgivning "
          "(p {4}, q {5})."},
         {"{0} ({2}) lies above the mean, but its neighbours do not ({3} on average), no more than chance "
          "explains "
          "(p {4}, q {5}).",
          "{0} ({2}) ligger över medelvärdet men inte grannarna (i snitt {3}), dock inte mer än slumpen kan "
          "förklara "
          "(p {4}, q {5})."}}};
    const struct panel_series *series = &study->series;
    const char *period = panel_series_period(series, study->period);
    char when[64] = "";
    if (*period) snprintf(when, sizeof when, series->language == UF_SWEDISH ? " för %s" : " for %s", period);
    const size_t i = study->place[r];
    double mean = NAN;
    bool alone = study->used[r] && spatial_study_neighbours(study, i) == 0;
    struct uf_words sentence =
        study->used[r] || !isnan(series->value[panel_series_at(series, r, study->period)]) ? island : missing;
    if (study->used[r] && !alone) {
        mean = study->lag[i] / spatial_study_links(study, i);
        sentence = sentences[study->quadrant[i]][spatial_study_stands_out(study, i) ? 0 : 1];
    }
    /* of a region and of its neighbours' mean alike: what tells them apart, no more */
    const int decimals = fabs(study->mean) >= 1000 ? 0 : fabs(study->mean) >= 10 ? 1 : 3;
    const struct uf_argument arguments[] = {
        uf_text_argument(panel_series_label(series, r)),
        uf_text_argument(when),
        uf_number_argument(series->value[panel_series_at(series, r, study->period)], decimals),
        uf_number_argument(mean, decimals),
        uf_p_value_argument(isnan(mean) ? (double)NAN : spatial_study_p(study, &study->drawn[i]), 3),
        uf_p_value_argument(isnan(mean) ? (double)NAN : study->q[i], 3)};
    return uf_phrase(series->language, sentence, arguments, 6, out, error);
}

static uf_status tell_neighbours(const struct spatial_study *study, struct uf_result *result,
                                 struct uf_error *error)
{
    static const struct uf_words text = {"{0} regions have {1} neighbours on average, from {2} to {3}.",
                                         "{0} regioner har i genomsnitt {1} grannar, från {2} till {3}."};
    static const struct uf_words islands = {
        "Regions without any neighbour ({0}): {1}. They count in the mean and "
        "the variance, their neighbours' mean is taken "
        "as the mean of all, and nothing local is said of them.",
        "Regioner utan granne ({0} st): {1}. De ingår i medelvärdet och "
        "variansen, grannarnas medelvärde räknas som "
        "medelvärdet av alla, och inget lokalt sägs om dem."};
    static const struct uf_words advice = {"Compare with k nearest (weights: k-nearest), in which nobody is "
                                           "alone, or leave them out (islands: left-out).",
                                           "Jämför med de k närmaste (weights: k-nearest), där ingen är "
                                           "ensam, eller uteslut dem (islands: left-out)."};
    size_t least = study->n, most = 0;
    for (size_t i = 0; i < study->n; i++) {
        size_t k = spatial_study_neighbours(study, i);
        least = k < least ? k : least;
        most = k > most ? k : most;
    }
    const enum uf_language language = study->series.language;
    struct uf_argument arguments[] = {
        uf_count_argument(study->n), uf_number_argument((double)study->weights.n_links / (double)study->n, 1),
        uf_count_argument(least), uf_count_argument(most)};
    UF_TRY(uf_result_add_note(result, language, UF_NOTE, "neighbours", text, no_advice, arguments, 4, error));
    if (study->weights.n_islands == 0) return UF_OK;
    bool *alone = calloc(study->series.n_regions + 1, sizeof *alone);
    if (!alone) return uf_fail_memory(error);
    for (size_t r = 0; r < study->series.n_regions; r++)
        alone[r] = study->used[r] && spatial_study_neighbours(study, study->place[r]) == 0;
    char *names = panel_series_names(&study->series, alone);
    free(alone);
    if (!names) return uf_fail_memory(error);
    struct uf_argument told[] = {uf_count_argument(study->weights.n_islands), uf_text_argument(names)};
    uf_status status =
        uf_result_add_note(result, language, UF_WARNING, "islands", islands, advice, told, 2, error);
    free(names);
    return status;
}

static uf_status tell_finding(const struct spatial_study *study, struct uf_result *result,
                              struct uf_error *error)
{
    static const struct uf_words texts[] = {
        {"Neighbours are more alike than chance makes them: Moran's I is {0} ({1} expected), p {2} by {3} "
         "permutations.",
         "Grannar är mer lika än slumpen gör dem: Morans I är {0} (väntat {1}), p {2} enligt {3} "
         "permutationer."},
        {"Neighbours are less alike than chance makes them: Moran's I is {0} ({1} expected), p {2} by {3} "
         "permutations.",
         "Grannar är mindre lika än slumpen gör dem: Morans I är {0} (väntat {1}), p {2} enligt {3} "
         "permutationer."},
        {"Whether neighbours are alike cannot be told from chance: Moran's I is {0} ({1} expected), p {2} by "
         "{3} "
         "permutations.",
         "Om grannar är lika kan inte skiljas från slump: Morans I är {0} (väntat {1}), p {2} enligt {3} "
         "permutationer."}};
    static const struct uf_words local = {
        "{0} of {1} regions stand out from chance at a false discovery rate of {2} per cent; {3} would with "
        "p below 0.05 "
        "each on its own, where about {4} of {1} would by chance alone.",
        "{0} av {1} regioner skiljer sig från slumpen när högst {2} procent falska fynd tillåts; {3} skulle "
        "göra det "
        "med p under 0,05 var för sig, där slumpen ensam ger omkring {4} av {1}."};
    const struct uf_spatial_test *moran = &study->global[UF_SPATIAL_MORAN];
    const struct uf_spatial_permutation *drawn = &study->global_drawn[UF_SPATIAL_MORAN];
    const enum uf_language language = study->series.language;
    double p = spatial_study_p(study, drawn);
    int which = p > significant ? 2 : moran->statistic < moran->expectation;
    struct uf_argument arguments[] = {uf_number_argument(moran->statistic, 3),
                                      uf_number_argument(moran->expectation, 3), uf_p_value_argument(p, 4),
                                      uf_count_argument(drawn->draws)};
    UF_TRY(uf_result_add_note(result, language, UF_NOTE, "finding", texts[which], no_advice, arguments, 4,
                              error));
    size_t out = 0, alone = 0, tested = study->n - study->weights.n_islands;
    for (size_t i = 0; i < study->n; i++) {
        if (isnan(study->q[i])) continue;
        out += spatial_study_stands_out(study, i);
        alone += spatial_study_p(study, &study->drawn[i]) <= significant;
    }
    struct uf_argument counts[] = {uf_count_argument(out), uf_count_argument(tested),
                                   uf_number_argument(100 * study->level, -1), uf_count_argument(alone),
                                   uf_number_argument(significant * (double)tested, 1)};
    return uf_result_add_note(result, language, UF_NOTE, "clusters", local, no_advice, counts, 5, error);
}

/* Rounding adds noise that neighbours do not share: it draws I towards its expectation. */
static uf_status tell_rounding(const struct spatial_study *study, struct uf_result *result,
                               struct uf_error *error)
{
    static const struct uf_words text = {"The figures are rounded to {0}; rounding errors are at most {1} "
                                         "per cent of the variance between regions, "
                                         "which bounds how much they can move the statistics.",
                                         "Uppgifterna är avrundade till {0}; avrundningsfel är högst {1} "
                                         "procent av variansen mellan regioner, vilket "
                                         "begränsar hur mycket de kan flytta måtten."};
    double unit = study->series.column->rounding;
    if (!(unit > 0)) return UF_OK;
    double share = unit * unit / 4 / (study->deviation * study->deviation);
    struct uf_argument arguments[] = {uf_number_argument(unit, -1), uf_number_argument(100 * share, 2)};
    return uf_result_add_note(result, study->series.language, share > 0.05 ? UF_WARNING : UF_NOTE, "rounding",
                              text, no_advice, arguments, 2, error);
}

/* Quadrants of the picture that rounding leaves open: a band that holds the mean, of the region or of its neighbours. */
static uf_status tell_open(const struct spatial_study *study, struct uf_result *result,
                           struct uf_error *error)
{
    static const struct uf_words text = {"Given the rounding, {0} of {1} regions could lie in another "
                                         "quadrant (high or low, among high or low).",
                                         "Avrundningen gör att {0} av {1} regioner kan ligga i en annan "
                                         "kvadrant (hög eller låg, bland höga eller låga)."};
    size_t open = 0, placed = 0;
    if (!study->bands.low) return UF_OK;
    for (size_t i = 0; i < study->n; i++) {
        const size_t z = spatial_study_drawn_z(study, i), lag = spatial_study_drawn_lag(study, i);
        const double *low = study->bands.low, *high = study->bands.high;
        if (spatial_study_neighbours(study, i) == 0) continue;
        placed++;
        open += (low[z] < 0 && high[z] > 0) || (low[lag] < 0 && high[lag] > 0);
    }
    const struct uf_argument arguments[] = {uf_count_argument(open), uf_count_argument(placed)};
    return uf_result_add_note(result, study->series.language, UF_NOTE, "quadrants-open", text, no_advice,
                              arguments, 2, error);
}

static uf_status tell_few(const struct spatial_study *study, struct uf_result *result, struct uf_error *error)
{
    static const struct uf_words few = {"With {0} regions only very strong patterns can be told from chance: "
                                        "no finding is no evidence that neighbours "
                                        "are unlike.",
                                        "Med {0} regioner kan bara mycket starka mönster skiljas från slump: "
                                        "att inget hittas visar inte att grannar "
                                        "är olika."};
    static const struct uf_words undefined = {
        "Getis and Ord's G is not given: it is a ratio of products, and some values are below 0.",
        "Getis och Ords G redovisas inte: måttet är en kvot av produkter, och vissa värden är under 0."};
    struct uf_argument argument = uf_count_argument(study->n);
    if (study->n < FEW)
        UF_TRY(uf_result_add_note(result, study->series.language, UF_WARNING, "few-regions", few, no_advice,
                                  &argument, 1, error));
    if (!isnan(study->global[UF_SPATIAL_GETIS_ORD].statistic)) return UF_OK;
    return uf_result_add_note(result, study->series.language, UF_NOTE, "no-getis-ord", undefined, no_advice,
                              &argument, 1, error);
}

uf_status spatial_tell(const struct spatial_study *study, struct uf_result *result, struct uf_error *error)
{
    UF_TRY(tell_neighbours(study, result, error));
    UF_TRY(tell_finding(study, result, error));
    UF_TRY(tell_rounding(study, result, error));
    UF_TRY(tell_open(study, result, error));
    return tell_few(study, result, error);
}
