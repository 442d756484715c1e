// SPDX-License-Identifier: GPL-3.0-or-later
/* What a reader must know of a composite index, and one sentence per region. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/text.h>

#include "base/advice.h"
#include "base/fail.h"
#include "profile/composite_problem.h"
#include "profile/ranking.h"
#include "profile/tidy.h"

/* --- what was done ----------------------------------------------------------------------------- */

static uf_status tell_recipe(const struct composite_problem *p, const struct composite_index *x,
                             struct uf_result *result, struct uf_error *error)
{
    static const struct uf_words text = {"{0} indicators of {1} regions{2}: outliers {3}, normalised by {4}, "
                                         "weights {5}, parts aggregated by {6}, the "
                                         "index by {7}.",
                                         "{0} indikatorer för {1} regioner{2}: extremvärden {3}, "
                                         "normalisering {4}, vikter {5}, delarna sammanvägda {6}, "
                                         "indexet {7}."};
    static const struct uf_words treatments[] = {{"kept", "behålls"},
                                                 {"winsorised", "winsoriserade"},
                                                 {"transformed (Box–Cox)", "transformerade (Box–Cox)"}};
    static const struct uf_words scales[] = {{"min–max", "min–max"},
                                             {"z-score (n − 1)", "z-värde (n − 1)"},
                                             {"rank", "rang"},
                                             {"distance to target", "avstånd till mål"}};
    static const struct uf_words weights[] = {
        {"equal", "lika"}, {"given", "angivna"}, {"from principal components", "från principalkomponenter"}};
    static const struct uf_words means[] = {
        {"arithmetic mean", "aritmetiskt"},
        {"geometric mean", "geometriskt"},
        {"harmonic mean", "harmoniskt"},
        {"Copeland’s pairwise majorities", "med Copelands parvisa majoriteter"}};
    const enum uf_language l = p->language;
    const struct uf_argument arguments[] = {
        uf_count_argument(p->tree.n_indicators),
        uf_count_argument(x->n_ranked),
        uf_text_argument(p->when),
        uf_text_argument(uf_words_in(treatments[x->treatment.treatment], l)),
        uf_text_argument(uf_words_in(scales[x->normalisation.kind], l)),
        uf_text_argument(uf_words_in(weights[x->weighting], l)),
        uf_text_argument(uf_words_in(means[x->aggregation.parts], l)),
        uf_text_argument(uf_words_in(means[x->aggregation.top], l))};
    return uf_result_add_note(result, l, UF_NOTE, "composite-recipe", text, no_advice, arguments, 8, error);
}

static uf_status tell_outliers(const struct composite_problem *p, const struct composite_index *x,
                               struct uf_result *result, struct uf_error *error)
{
    static const struct uf_words treated = {
        "Outliers (|skewness| above {3} and kurtosis above {4}): winsorised values {0}, in indicators {1}; "
        "indicators transformed by "
        "Box–Cox {2}. composite-index-indicators says which.",
        "Extremvärden (|skevhet| över {3} och kurtosis över {4}): winsoriserade värden {0}, i indikatorer "
        "{1}; indikatorer "
        "transformerade med Box–Cox {2}. composite-index-indicators visar vilka."};
    static const struct uf_words kept = {
        "Outliers (|skewness| above {0} and kurtosis above {1}) weigh heavily in the index through: {2}.",
        "Extremvärden (|skevhet| över {0} och kurtosis över {1}) väger tungt i indexet genom: {2}."};
    static const struct uf_words advice = {
        "Treat them (treat: winsorise), or normalise by rank.",
        "Behandla dem (treat: winsorise), eller normalisera med rang (rank)."};
    size_t values = 0, winsorised = 0, transformed = 0, open = 0;
    struct uf_buffer names;
    uf_buffer_init(&names);
    for (size_t k = 0; k < p->tree.n_indicators; k++) {
        const struct uf_outlier_fit *fit = &x->fit[k];
        values += fit->changed, winsorised += fit->changed > 0, transformed += isnan(fit->lambda) ? 0 : 1;
        if (fit->settled) continue;
        if (open++) uf_buffer_append(&names, ", ");
        uf_buffer_append(&names, p->label[k]);
    }
    char *list = uf_buffer_take(&names);
    if (!list) return uf_fail_memory(error);
    const struct uf_argument done[] = {
        uf_count_argument(values), uf_count_argument(winsorised), uf_count_argument(transformed),
        uf_number_argument(x->treatment.skewness, -1), uf_number_argument(x->treatment.kurtosis, -1)};
    const struct uf_argument left[] = {uf_number_argument(x->treatment.skewness, -1),
                                       uf_number_argument(x->treatment.kurtosis, -1), uf_text_argument(list)};
    uf_status status = UF_OK;
    if (winsorised + transformed > 0)
        status = uf_result_add_note(result, p->language, UF_NOTE, "outliers-treated", treated, no_advice,
                                    done, 5, error);
    if (status == UF_OK && open > 0)
        status =
            uf_result_add_note(result, p->language, UF_WARNING, "outliers", kept, advice, left, 3, error);
    free(list);
    return status;
}

/* --- what is missing --------------------------------------------------------------------------- */

static uf_status tell_missing(const struct composite_problem *p, const struct composite_index *x,
                              struct uf_result *result, struct uf_error *error)
{
    static const struct uf_words texts[] = {
        [MISSING_UNIT] = {"Missing indicator values: {0}. Regions that therefore have no index and take no "
                          "part in the ranking: {1} of {2}.",
                          "Saknade indikatorvärden: {0}. Regioner som därför inte har något index och inte "
                          "ingår i rangordningen: {1} av {2}."},
        [MISSING_RENORMALISE] =
            {"Missing indicator values: {0}. The index of those regions rests on what they have, with the "
             "other "
             "weights made to add up, as asked for (renormalise).",
             "Saknade indikatorvärden: {0}. De regionernas index vilar på det som finns, med övriga vikter "
             "uppräknade, som begärts (renormalise)."},
        [MISSING_MEAN] = {"Missing indicator values: {0}, filled in with the mean of the regions that have "
                          "them, as asked for.",
                          "Saknade indikatorvärden: {0}, ifyllda med medelvärdet för de regioner som har "
                          "dem, som begärts."},
        [MISSING_MEDIAN] = {
            "Missing indicator values: {0}, filled in with the median of the regions that have them, as "
            "asked for.",
            "Saknade indikatorvärden: {0}, ifyllda med medianen för de regioner som har dem, som begärts."}};
    static const struct uf_words advice = {"Leave out the indicators that few regions have, or say by name "
                                           "how to go on (missing: renormalise, mean, median).",
                                           "Utelämna indikatorer som få regioner har, eller säg uttryckligen "
                                           "hur luckor ska hanteras (missing: renormalise, "
                                           "mean, median)."};
    static const struct uf_words step = {"regions without any indicator", "regioner utan någon indikator"};
    static const struct uf_words reason = {"no value in the period described",
                                           "inget värde i den beskrivna perioden"};
    if (p->n_absent)
        UF_TRY(uf_result_add_ledger(result, uf_words_in(step, p->language), uf_words_in(reason, p->language),
                                    p->n_units + p->n_absent, p->n_units, error));
    if (p->n_missing == 0) return UF_OK;
    const struct uf_argument arguments[] = {uf_count_argument(p->n_missing),
                                            uf_count_argument(p->n_units - x->n_ranked),
                                            uf_count_argument(p->n_units)};
    bool warn = p->missing != MISSING_UNIT || x->n_ranked < p->n_units;
    return uf_result_add_note(result, p->language, warn ? UF_WARNING : UF_NOTE, "indicators-missing",
                              texts[p->missing], p->missing == MISSING_UNIT ? advice : no_advice, arguments,
                              3, error);
}

static uf_status tell_ties(const struct composite_problem *p, const struct composite_index *x,
                           struct uf_result *result, struct uf_error *error)
{
    static const struct uf_words text = {
        "{0} regions share their rank with another; tied regions have the best of their ranks.",
        "{0} regioner delar placering med någon annan; de har den bästa av sina placeringar."};
    size_t top = p->tree.n_aggregates - 1, tied = 0;
    for (size_t u = 0; u < p->n_units; u++)
        for (size_t v = 0; v < p->n_units; v++)
            if (v != u && gsl_matrix_get(x->rank, u, top) == gsl_matrix_get(x->rank, v, top)) {
                tied++;
                break;
            }
    if (tied == 0) return UF_OK;
    const struct uf_argument argument = uf_count_argument(tied);
    return uf_result_add_note(result, p->language, UF_NOTE, "ties", text, no_advice, &argument, 1, error);
}

/* --- uncertainty ------------------------------------------------------------------------------- */

static uf_status tell_uncertainty(const struct composite_problem *p, const struct composite_index *x,
                                  struct uf_result *result, struct uf_error *error)
{
    static const struct uf_words none = {
        "The ranking rests on one set of choices; how far it would move with others is not known.",
        "Rangordningen vilar på en enda uppsättning val; hur mycket den skulle flyttas med andra är inte "
        "känt."};
    static const struct uf_words advice = {
        "Let the choices vary: weight-noise, leave-one-out, vary-normalisation.",
        "Låt valen variera: weight-noise, leave-one-out, vary-normalisation."};
    static const struct uf_words text = {
        "In {0} draws over the choices named a rank moves by {1} places on average (Monte Carlo error {2}); "
        "the middle 90 % of a "
        "region’s ranks span {3} places on average, of {4}.",
        "I {0} dragningar över de namngivna valen flyttas en placering i genomsnitt {1} steg (Monte "
        "Carlo-fel {2}); de mittersta "
        "90 % av en regions placeringar spänner i genomsnitt över {3} steg, av {4}."};
    static const struct uf_words moved = {"Most of it comes from: {0}. It has a part in {1} of the variance "
                                          "of the shift (error {2}) and accounts for {3} alone.",
                                          "Mest beror på: {0}. Valet har del i {1} av förskjutningens "
                                          "varians (fel {2}) och svarar ensamt för {3}."};
    if (!x->uncertain)
        return uf_result_add_note(result, p->language, UF_WARNING, "ranks-without-uncertainty", none, advice,
                                  NULL, 0, error);
    const struct uf_composite_uncertainty *d = &x->uncertainty;
    double width = 0;
    size_t most = UF_CHOICES;
    for (size_t u = 0; u < d->n_units; u++)
        width += isnan(d->unit[u].low) ? 0 : d->unit[u].high - d->unit[u].low;
    for (size_t c = 0; c < UF_CHOICES; c++)
        if (!isnan(d->index[c].total) && (most == UF_CHOICES || d->index[c].total > d->index[most].total))
            most = c;
    const struct uf_argument numbers[] = {
        uf_count_argument(d->draws), uf_number_argument(d->shift, 2), uf_number_argument(d->shift_error, 3),
        uf_number_argument(width / (double)d->n_ranked, 1), uf_count_argument(d->n_ranked)};
    UF_TRY(uf_result_add_note(result, p->language, UF_NOTE, "rank-uncertainty", text, no_advice, numbers, 5,
                              error));
    if (most == UF_CHOICES) return UF_OK;
    const struct uf_argument shares[] = {
        uf_text_argument(uf_words_in(composite_choice_words[most], p->language)),
        uf_number_argument(d->index[most].total, 2), uf_number_argument(d->index[most].total_error, 2),
        uf_number_argument(d->index[most].first, 2)};
    return uf_result_add_note(result, p->language, UF_NOTE, "rank-sensitivity", moved, no_advice, shares, 4,
                              error);
}

/* --- sentences --------------------------------------------------------------------------------- */

/* The parts of the index where a region is placed best and worst. */
static void extremes(const struct composite_problem *p, const struct composite_index *x, const size_t *parts,
                     size_t count, size_t u, size_t *best, size_t *worst, double rank[2])
{
    rank[0] = INFINITY, rank[1] = -INFINITY;
    for (size_t j = 0; j < count; j++) {
        const gsl_vector column = composite_column(p, x, parts[j]);
        const double place = rank_from_top(&column, u);
        if (isnan(place)) continue;
        if (place < rank[0]) rank[0] = place, *best = parts[j];
        if (place > rank[1]) rank[1] = place, *worst = parts[j];
    }
}

static uf_status sentence(const struct composite_problem *p, const struct composite_index *x,
                          const size_t *parts, size_t count, size_t u, char **out, struct uf_error *error)
{
    static const struct uf_words missing = {
        "{0} has no index{1}: it lacks {2} of {3} indicators.",
        "{0} har inget index{1}: regionen saknar {2} av {3} indikatorer."};
    static const struct uf_words plain = {
        "{0} ranks {2} of {3}{1} (index {4}), best in {5} (rank {6}) and worst in {7} (rank {8}).",
        "{0} har plats {2} av {3}{1} (index {4}), bäst i {5} (plats {6}) och sämst i {7} (plats {8})."};
    static const struct uf_words drawn = {"{0} ranks {2} of {3}{1} (index {4}), best in {5} (rank {6}) and "
                                          "worst in {7} (rank {8}). With other choices its rank "
                                          "lies between {9} and {10} in 90 % of the draws.",
                                          "{0} har plats {2} av {3}{1} (index {4}), bäst i {5} (plats {6}) "
                                          "och sämst i {7} (plats {8}). Med andra val ligger "
                                          "placeringen mellan {9} och {10} i 90 % av dragningarna."};
    static const struct uf_words even = {
        "{0} ranks {2} of {3}{1} (index {4}), and {6} in each of its parts.",
        "{0} har plats {2} av {3}{1} (index {4}), och plats {6} i var och en av delarna."};
    static const struct uf_words even_drawn = {"{0} ranks {2} of {3}{1} (index {4}), and {6} in each of its "
                                               "parts. With other choices its rank lies between {9} and {10} "
                                               "in 90 % of the draws.",
                                               "{0} har plats {2} av {3}{1} (index {4}), och plats {6} i var "
                                               "och en av delarna. Med andra val ligger placeringen "
                                               "mellan {9} och {10} i 90 % av dragningarna."};
    size_t top = p->tree.n_aggregates - 1, best = 0, worst = 0, gaps = 0;
    double rank[2], index = gsl_matrix_get(x->value, u, top);
    for (size_t k = 0; k < p->tree.n_indicators; k++) gaps += isnan(gsl_matrix_get(p->raw, u, k)) ? 1 : 0;
    if (isnan(index)) {
        const struct uf_argument arguments[] = {uf_text_argument(composite_unit_label(p, u)),
                                                uf_text_argument(p->when), uf_count_argument(gaps),
                                                uf_count_argument(p->tree.n_indicators)};
        return uf_phrase(p->language, missing, arguments, 4, out, error);
    }
    extremes(p, x, parts, count, u, &best, &worst, rank);
    const struct uf_rank_interval none = {0}, *interval = x->uncertain ? &x->uncertainty.unit[u] : &none;
    const struct uf_argument arguments[] = {uf_text_argument(composite_unit_label(p, u)),
                                            uf_text_argument(p->when),
                                            uf_number_argument(gsl_matrix_get(x->rank, u, top), 0),
                                            uf_count_argument(x->n_ranked),
                                            uf_number_argument(index, 1),
                                            uf_text_argument(p->label[best]),
                                            uf_number_argument(rank[0], 0),
                                            uf_text_argument(p->label[worst]),
                                            uf_number_argument(rank[1], 0),
                                            uf_number_argument(floor(interval->low), 0),
                                            uf_number_argument(ceil(interval->high), 0)};
    const struct uf_words told =
        rank[0] < rank[1] ? (x->uncertain ? drawn : plain) : (x->uncertain ? even_drawn : even);
    return uf_phrase(p->language, told, arguments, 11, out, error);
}

static uf_status add_findings(const struct composite_problem *p, const struct composite_index *x,
                              struct uf_result *result, struct uf_error *error)
{
    static const struct uf_words title = {"Findings by region", "Iakttagelser per region"};
    static const struct tidy_column columns[] = {{"unit", UF_COLUMN_TEXT, NULL, -1},
                                                 {"label", UF_COLUMN_TEXT, NULL, -1},
                                                 {"text", UF_COLUMN_TEXT, NULL, -1}};
    struct uf_table *table = NULL;
    size_t *parts = malloc(p->n_items * sizeof *parts);
    uf_status status = parts ? tidy_table_new("composite-index-findings", uf_words_in(title, p->language),
                                              columns, 3, &table, error)
                             : uf_fail_memory(error);
    size_t count = parts ? composite_parts(p, p->n_items - 1, parts) : 0;
    for (size_t u = 0; u < p->n_units && status == UF_OK; u++) {
        char *text = NULL;
        status = sentence(p, x, parts, count, u, &text, error);
        if (status != UF_OK) break;
        struct tidy_row row = tidy_row_add(table, error);
        tidy_text(&row, composite_unit_code(p, u));
        tidy_text(&row, composite_unit_label(p, u));
        tidy_text(&row, text);
        status = row.status;
        free(text);
    }
    free(parts);
    if (status == UF_OK) return uf_result_take_table(result, table, error);
    uf_table_free(table);
    return status;
}

uf_status composite_tell(const struct composite_problem *p, const struct composite_index *x,
                         struct uf_result *result, struct uf_error *error)
{
    UF_TRY(add_findings(p, x, result, error));
    UF_TRY(tell_recipe(p, x, result, error));
    UF_TRY(tell_missing(p, x, result, error));
    UF_TRY(tell_outliers(p, x, result, error));
    UF_TRY(tell_ties(p, x, result, error));
    return tell_uncertainty(p, x, result, error);
}
