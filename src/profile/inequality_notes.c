// SPDX-License-Identifier: GPL-3.0-or-later
/* What the inequality between regions came to, and what its bands and weights mean. */
#include <math.h>

#include "base/advice.h"
#include "base/fail.h"
#include "profile/inequality_tables.h"

static uf_status tell_level(const struct inequality *x, struct uf_result *result, struct uf_error *error)
{
    static const struct uf_words change = {
        "The Gini between regions is {0} in {1} ({2} in {3}), Theil's T {4} ({5}).",
        "Ginikoefficienten mellan regioner är {0} {1} ({2} {3}), Theils T {4} ({5})."};
    static const struct uf_words level = {"The Gini between regions is {0}, Theil's T {4}.",
                                          "Ginikoefficienten mellan regioner är {0}, Theils T {4}."};
    static const struct uf_words none = {"No index of inequality can be formed for the last period.",
                                         "Inget ojämlikhetsindex kan beräknas för den sista perioden."};
    const size_t last = x->n_periods - 1;
    const struct inequality_period *now = &x->at[last], *before = &x->at[0];
    if (isnan(now->index.gini))
        return uf_result_add_note(result, x->language, UF_WARNING, "finding", none, no_advice, NULL, 0,
                                  error);
    const struct uf_argument arguments[] = {
        uf_number_argument(now->index.gini, 3),    uf_text_argument(inequality_period_code(x, last)),
        uf_number_argument(before->index.gini, 3), uf_text_argument(inequality_period_code(x, 0)),
        uf_number_argument(now->index.theil_t, 4), uf_number_argument(before->index.theil_t, 4)};
    const bool both = last > 0 && !isnan(before->index.gini);
    UF_TRY(uf_result_add_note(result, x->language, UF_NOTE, "finding", both ? change : level, no_advice,
                              arguments, 6, error));
    if (x->n_groups == 0) return UF_OK;
    static const struct uf_words split = {
        "Of Theil's T, {0} per cent lies between the {1} groups and {2} per cent within them.",
        "Av Theils T ligger {0} procent mellan de {1} grupperna och {2} procent inom dem."};
    const struct uf_argument parts[] = {uf_number_argument(100 * now->split.t_between / now->split.t, 0),
                                        uf_count_argument(x->n_groups),
                                        uf_number_argument(100 * now->split.t_within / now->split.t, 0)};
    if (!(now->split.t > 0)) return UF_OK;
    return uf_result_add_note(result, x->language, UF_NOTE, "finding", split, no_advice, parts, 3, error);
}

static uf_status tell_missing(const struct inequality *x, struct uf_result *result, struct uf_error *error)
{
    static const struct uf_words text = {
        "In {0} of {1} periods a region's figure is missing, and with it the period's indices.",
        "I {0} av {1} perioder saknas någon regions uppgift, och därmed periodens index."};
    static const struct uf_words advice = {
        "Leave incomplete regions out (incomplete: leave-out), or choose periods without gaps (from, to).",
        "Uteslut ofullständiga regioner (incomplete: leave-out), eller välj perioder utan luckor (from, "
        "to)."};
    size_t missing = 0;
    for (size_t t = 0; t < x->n_periods; t++) missing += x->at[t].missing != 0;
    const struct uf_argument arguments[] = {uf_count_argument(missing), uf_count_argument(x->n_periods)};
    if (missing == 0) return UF_OK;
    return uf_result_add_note(result, x->language, UF_WARNING, "missing-values", text, advice, arguments, 2,
                              error);
}

uf_status inequality_tell(const struct inequality *x, struct uf_result *result, struct uf_error *error)
{
    static const struct uf_words unweighted = {
        "Every region counts alike. For inequality between people by where they live, weight by population.",
        "Alla regioner räknas lika. För ojämlikhet mellan människor efter var de bor, väg med befolkningen."};
    static const struct uf_words weight_advice = {"Set weight to the column with the population.",
                                                  "Ange kolumnen med befolkningen som weight."};
    static const struct uf_words band = {
        "The bands surely hold the indices but may be wider than what the unrounded figures can reach; those "
        "of the parts within and between groups and of Atkinson's index are from draws. Weights are taken as "
        "exact.",
        "Intervallen innehåller säkert de sanna indexen men kan vara bredare än vad de oavrundade värdena "
        "medger; för delarna inom och mellan grupper och för Atkinsons index kommer de från dragningar. "
        "Vikterna antas vara exakta."};
    UF_TRY(tell_level(x, result, error));
    UF_TRY(tell_missing(x, result, error));
    if (!x->weighted)
        UF_TRY(uf_result_add_note(result, x->language, UF_NOTE, "unweighted", unweighted, weight_advice, NULL,
                                  0, error));
    if (!x->bands) return UF_OK;
    UF_TRY(uf_result_add_note(result, x->language, UF_NOTE, "outer-band", band, no_advice, NULL, 0, error));
    return rounding_bands_tell(&x->at[x->n_periods - 1].drawn, x->language, result, error);
}
