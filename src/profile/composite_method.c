// SPDX-License-Identifier: GPL-3.0-or-later
#include <math.h>

#include "base/fail.h"
#include "profile/composite_problem.h"

/* What cannot be computed is said as a fatal note too. */
static uf_status explain_refusal(enum uf_language language, const char *sentence, struct uf_result *result,
                                 struct uf_error *error)
{
    static const struct uf_words text = {"No composite index can be formed: {0}.",
                                         "Inget sammansatt index kan bildas: {0}."};
    static const struct uf_words advice = {
        "Choose another scale, another mean or other indicators.",
        "Välj en annan skala, ett annat medelvärde eller andra indikatorer."};
    const struct uf_argument argument = uf_text_argument(sentence);
    return uf_result_add_note(result, language, UF_FATAL, "no-composite", text, advice, &argument, 1, error);
}

static uf_status compute(const struct uf_panel *panel, const struct uf_options *options,
                         const struct uf_context *context, struct composite_problem *problem,
                         struct composite_index *index, struct uf_result *result, struct uf_error *error)
{
    struct uf_error inner = {0};
    uf_status status = composite_problem_new(panel, options, context->language, problem, &inner);
    if (status == UF_OK) status = composite_index_new(problem, options, index, &inner);
    if (status == UF_OK) status = composite_index_vary(problem, options, context, index, &inner);
    if (status == UF_OK) status = composite_index_draw(problem, options, context, index, &inner);
    if (status == UF_OK) return UF_OK;
    if (status == UF_NOT_IDENTIFIED) UF_TRY(explain_refusal(context->language, inner.message, result, error));
    if (error) *error = inner;
    return status;
}

static uf_status run(const struct uf_panel *panel, const struct uf_options *options,
                     const struct uf_context *context, struct uf_result *result, struct uf_error *error)
{
    struct composite_problem problem = {0};
    struct composite_index index = {0};
    result->claim = UF_CLAIM_DESCRIPTION;
    uf_status status = compute(panel, options, context, &problem, &index, result, error);
    if (status == UF_OK) status = composite_add_tables(&problem, &index, result, error);
    if (status == UF_OK) status = composite_add_coherence(&problem, &index, result, error);
    if (status == UF_OK) status = composite_tell(&problem, &index, result, error);
    if (status == UF_OK) status = composite_tell_rounding(&problem, &index, result, error);
    composite_index_clear(&index);
    composite_problem_clear(&problem);
    return status;
}

static const char *const ties[] = {"mean", "lowest", NULL};
static const struct uf_option options_list[] = {
    {"indicators", UF_OPTION_LIST, NULL, NULL, "Columns that the index is made of", UF_COLUMNS_NUMBER},
    {"less-is-better", UF_OPTION_LIST, NULL, NULL, "Those of them where a low value is good", false},
    {"pillars", UF_OPTION_LIST, NULL, NULL, "What is a part of what, as patents:innovation,innovation:growth",
     false},
    {"period", UF_OPTION_PERIOD, NULL, NULL,
     "The period described; default the last in which two regions have all indicators", false},
    {"missing", UF_OPTION_CHOICE, "unit", composite_missings,
     "A missing value: the region has no index, or does with what it has, or gets the mean or the median",
     false},
    {"treat", UF_OPTION_CHOICE, "none", composite_treatments,
     "What is done with indicators that have outliers", false},
    {"skewness", UF_OPTION_NUMBER, "2", NULL, "Outliers: |skewness| above this, and kurtosis above its limit",
     false},
    {"kurtosis", UF_OPTION_NUMBER, "3.5", NULL, "Outliers: excess kurtosis above this", false},
    {"winsorise-most", UF_OPTION_COUNT, "5", NULL, "Steps of winsorising at most; then Box–Cox", false},
    {"winsorise-points", UF_OPTION_COUNT, "0", NULL,
     "So many steps for each indicator, whatever its shape; 0: by the rule", false},
    {"normalise", UF_OPTION_CHOICE, "min-max", composite_normalisations, "The common scale", false},
    {"scale-low", UF_OPTION_NUMBER, "0", NULL, "Lower end of min-max and target", false},
    {"scale-high", UF_OPTION_NUMBER, "100", NULL, "Upper end of min-max and target", false},
    {"z-mean", UF_OPTION_NUMBER, "0", NULL, "Mean of the z-scores", false},
    {"z-deviation", UF_OPTION_NUMBER, "1", NULL, "Standard deviation of the z-scores", false},
    {"ties", UF_OPTION_CHOICE, "mean", ties, "Normalising by rank: what tied values share", false},
    {"targets", UF_OPTION_LIST, NULL, NULL, "Values to reach, as employment:80", false},
    {"cap", UF_OPTION_FLAG, "false", NULL, "Nothing above the upper end for what is beyond its target",
     false},
    {"weighting", UF_OPTION_CHOICE, NULL, composite_weightings,
     "Default given where weights are, else equal; pca: squared varimax loadings", false},
    {"weights", UF_OPTION_LIST, NULL, NULL, "Weights of indicators and pillars, as patents:2; others weigh 1",
     false},
    {"aggregate", UF_OPTION_CHOICE, "arithmetic", composite_aggregations, "How parts are put together",
     false},
    {"aggregate-top", UF_OPTION_CHOICE, NULL, composite_aggregations,
     "How the index is; default as the pillars", false},
    {"draws", UF_OPTION_COUNT, "1000", NULL, "Draws over the choices below; 0: none", false},
    {"weight-noise", UF_OPTION_NUMBER, "0.25", NULL, "Each weight is multiplied by 1 − this … 1 + this",
     false},
    {"leave-one-out", UF_OPTION_FLAG, "true", NULL, "Draws may leave one indicator out", false},
    {"vary-treatment", UF_OPTION_LIST, NULL, composite_treatments,
     "Further treatments of outliers to draw from", false},
    {"vary-normalisation", UF_OPTION_LIST, NULL, composite_normalisations, "Further scales to draw from",
     false},
    {"vary-weighting", UF_OPTION_LIST, NULL, composite_weightings, "Further weights to draw from", false},
    {"vary-aggregation", UF_OPTION_LIST, NULL, composite_aggregations,
     "Further ways to put parts together to draw from", false},
    {"sensitivity", UF_OPTION_FLAG, "true", NULL, "Sobol’ indices of the choices", false},
    {"top", UF_OPTION_COUNT, "10", NULL, "Share of the draws in which a region is among the first so many",
     false},
    ROUNDING_DRAWS_OPTION,
};

static const struct uf_chart_hint charts[] = {
    {.kind = "intervals",
     .table = "composite-index-ranks",
     .title = {"Rank in the composite index, {3}", "Placering i det sammansatta indexet, {3}"},
     .value_label = {"Rank (1 is best) and the middle 90 % of the draws",
                     "Placering (1 är bäst) och de mittersta 90 % av dragningarna"},
     .value = "rank",
     .low = "low",
     .high = "high",
     .label = "label",
     .reference = NAN},
    {.kind = "stacked-bars",
     .table = "composite-index-contributions",
     .title = {"What the index consists of, {3}", "Vad indexet består av, {3}"},
     .value_label = {"Contribution to the index", "Bidrag till indexet"},
     .value = "contribution",
     .low = "contribution_low",
     .high = "contribution_high",
     .label = "label",
     .group = "part_label",
     .reference = 0},
    {.kind = "bars",
     .table = "composite-index-sensitivity",
     .title = {"Which choice moves the ranking", "Vilket val som flyttar rangordningen"},
     .value_label = {"Share of the variance that the choice has a part in (total index)",
                     "Andel av variansen som valet har del i (totalindex)"},
     .value = "total_order",
     .low = "total_order_low",
     .high = "total_order_high",
     .label = "label",
     .reference = 0},
};

static const char *const sources[] = {
    "OECD & JRC (2008). Handbook on Constructing Composite Indicators: Methodology and User Guide. OECD "
    "Publishing.",
    "Nicoletti, G., Scarpetta, S. & Boylaud, O. (2000). Summary indicators of product market regulation. "
    "OECD Economics "
    "Department Working Papers 226.",
    "Saisana, M., Saltelli, A. & Tarantola, S. (2005). Uncertainty and sensitivity analysis techniques as "
    "tools for the "
    "quality assessment of composite indicators. Journal of the Royal Statistical Society A 168(2), 307–323.",
    "Saltelli, A. et al. (2010). Variance based sensitivity analysis of model output. Computer Physics "
    "Communications "
    "181(2), 259–270.",
    "Cronbach, L. J. (1951). Coefficient alpha and the internal structure of tests. Psychometrika 16, "
    "297–334.",
    NULL,
};

const struct uf_method uf_method_composite_index = {
    .name = "composite-index",
    .family = UF_FAMILY_PROFILE,
    .title = {"Composite index", "Sammansatt index"},
    .summary = {"Many indicators in one number, with how sure the ranking is and which choice moves it",
                "Många indikatorer i ett tal, med hur säker rangordningen är och vilket val som flyttar den"},
    .formula_note = {"Indicators with outliers are treated by name (winsorising or Box–Cox), all are "
                     "normalised to one scale with more "
                     "meaning better, weighted and put together up the tree of pillars. The ranking is "
                     "repeated in draws over the choices "
                     "named: the middle 90 % of a region’s ranks are its interval. Sobol’ indices say which "
                     "share of the variance of the mean "
                     "shift in rank a choice accounts for alone (first order) and has a part in (total).",
                     "Indikatorer med extremvärden behandlas på begäran (winsorisering eller Box–Cox), alla "
                     "normaliseras till en skala där "
                     "mer är bättre, viktas och vägs samman uppåt i trädet av delar. Rangordningen upprepas "
                     "i dragningar över de namngivna "
                     "valen: de mittersta 90 % av en regions placeringar är dess intervall. Sobol-index "
                     "säger hur stor andel av variansen i "
                     "den genomsnittliga förskjutningen ett val svarar för ensamt (första ordningen) och har "
                     "del i (totalt)."},
    .sources = sources,
    .options = options_list,
    .n_options = sizeof options_list / sizeof *options_list,
    .charts = charts,
    .n_charts = sizeof charts / sizeof *charts,
    .run = run,
};
