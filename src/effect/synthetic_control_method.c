// SPDX-License-Identifier: GPL-3.0-or-later
/* The descriptor of synthetic-control and its run. */
#include <math.h>
#include <string.h>

#include "base/fail.h"
#include "effect/synthetic_control_study.h"

static const char *const v_choices[] = {"auto", "nested", "equal", "given", NULL};
static const char *const treated_choices[] = {"mean", "pooled", NULL};

static const struct uf_option options[] = {
    {"predictors", UF_OPTION_LIST, NULL, NULL,
     "columns to match on: NAME (mean of all periods before the start), NAME:1969, NAME:1964-1969, "
     "NAME:1961-1969/2; none: the "
     "outcome in each period of the fit window",
     true},
    {"v", UF_OPTION_CHOICE, "auto", v_choices,
     "weights of the predictors: nested search, equal, or given; auto: nested with predictors, equal without",
     false},
    {"v-weights", UF_OPTION_LIST, NULL, NULL, "the weights for v given, one for each predictor in order",
     false},
    {"fit-from", UF_OPTION_PERIOD, NULL, NULL,
     "first period of the fit window; default: the first of the data", false},
    {"fit-to", UF_OPTION_PERIOD, NULL, NULL,
     "last period of the fit window; default: the last before the start", false},
    {"donors", UF_OPTION_LIST, NULL, NULL, "codes of the donors; default: every region never treated", false},
    {"exclude", UF_OPTION_LIST, NULL, NULL, "codes of regions that are not to be donors", false},
    {"treated-as", UF_OPTION_CHOICE, "mean", treated_choices,
     "several treated regions: mean (one synthetic control for their mean) or pooled (one each, gaps "
     "averaged)",
     false},
    {"placebo-in-space", UF_OPTION_FLAG, "true", NULL,
     "handle each donor as if treated and rank the RMSPE ratios", false},
    {"treated-as-donor", UF_OPTION_FLAG, "false", NULL, "let the treated region be a donor of the placebos",
     false},
    {"placebo-in-time", UF_OPTION_PERIOD, NULL, NULL,
     "repeat the analysis with this earlier start, on the periods before the true one", false},
    {"leave-one-out", UF_OPTION_FLAG, "true", NULL,
     "repeat the analysis without each donor that has a weight", false},
    {"max-evaluations", UF_OPTION_COUNT, "0", NULL,
     "of the nested search, for the treated and each placebo; 0: 400 per predictor, fewer with more than 40 "
     "donors",
     false},
};

static const char *const sources[] = {"Abadie, A., Diamond, A. & Hainmueller, J. (2010). Synthetic control "
                                      "methods for comparative case studies: estimating the "
                                      "effect of California's tobacco control program. Journal of the "
                                      "American Statistical Association 105(490), 493–505.",
                                      "Abadie, A., Diamond, A. & Hainmueller, J. (2015). Comparative "
                                      "politics and the synthetic control method. American Journal "
                                      "of Political Science 59(2), 495–510.",
                                      "Abadie, A. & Gardeazabal, J. (2003). The economic costs of conflict: "
                                      "a case study of the Basque Country. American Economic "
                                      "Review 93(1), 113–132.",
                                      "Becker, M. & Klößner, S. (2018). Fast and reliable computation of "
                                      "generalized synthetic controls. Econometrics and "
                                      "Statistics 5, 1–19.",
                                      NULL};

static const struct uf_chart_hint charts[] = {
    {.kind = "synthetic-control",
     .table = "path",
     .title = {"{0}: {1} and its synthetic control, {2}–{3}",
               "{0}: {1} och dess syntetiska kontroll, {2}–{3}"},
     .value_label = {NULL, NULL},
     .x = "period",
     .reference = NAN},
    {.kind = "bars",
     .table = "weights",
     .title = {"Regions that make up the synthetic control of {1}",
               "Regioner som utgör den syntetiska kontrollen för {1}"},
     .value_label = {"Weight", "Vikt"},
     .value = "weight",
     .label = "label",
     .reference = NAN},
};

static uf_status compute(struct sc_study *study, struct uf_error *error)
{
    UF_TRY(sc_study_select(study, error));
    UF_TRY(sc_study_fit(study, error));
    UF_TRY(sc_study_placebos(study, error));
    UF_TRY(sc_study_in_time(study, error));
    UF_TRY(sc_study_leave_one_out(study, error));
    UF_TRY(sc_study_tables(study, error));
    return sc_study_notes(study, error);
}

static uf_status run(const struct uf_panel *panel, const struct uf_options *chosen,
                     const struct uf_context *context, struct uf_result *result, struct uf_error *error)
{
    struct sc_study study = {.panel = panel, .options = chosen, .context = context, .result = result};
    if (panel->outcome < 0) return uf_fail(error, UF_BAD_USAGE, "synthetic-control needs an outcome");
    UF_TRY(uf_design_check(panel, UF_COMPARE_DONORS, context, &study.design, result, error));
    UF_TRY(uf_design_report(panel, &study.design, context->language, result, error));
    result->claim = study.design.claim;
    if (uf_result_has_fatal(result)) return uf_design_refuse(result, error);
    study.fit_options.max_evaluations = uf_options_count(chosen, "max-evaluations");
    uf_status status = compute(&study, error);
    if (uf_result_has_fatal(result)) result->claim = UF_CLAIM_DESCRIPTION;
    sc_study_clear(&study);
    return status;
}

const struct uf_method uf_method_synthetic_control = {
    .name = "synthetic-control",
    .family = UF_FAMILY_EFFECT,
    .title = {"Synthetic control", "Syntetisk kontroll"},
    .summary = {"Compares a treated region with the mix of untreated regions that resembled it most before "
                "the start",
                "Jämför en behandlad region med den kombination av obehandlade regioner som liknade den mest "
                "före start"},
    .formula_note =
        {"The synthetic control is a weighted mean of donor regions, with weights of 0 or more that sum to "
         "1, chosen so that it "
         "comes closest to the treated region in the predictors before the start: W(V) = argmin (X1 − "
         "X0W)′V(X1 − X0W). Predictors "
         "are divided by their standard deviation over the regions. V is equal, given, or chosen so that the "
         "outcome before the "
         "start is reproduced best; the search has fixed starts and no random numbers. The gap after the "
         "start is treated minus "
         "synthetic. Its size is judged by the ratio of the root mean squared gap (RMSPE) after to before, "
         "ranked among the same "
         "ratio for each donor handled as if treated; a tie counts against the treated region. Standard "
         "errors do not exist.",
         "Den syntetiska kontrollen är ett vägt medelvärde av donatorregioner, med vikter som är minst 0 och "
         "summerar till 1, "
         "valda så att den kommer så nära den behandlade regionen som möjligt i prediktorerna före start: "
         "W(V) = argmin (X1 − X0W)′V(X1 − X0W). Prediktorerna divideras med sin standardavvikelse över "
         "regionerna. V är lika, "
         "givet eller valt så att utfallet före start återges så väl som möjligt; sökningen har fasta "
         "startpunkter och inga "
         "slumptal. Gapet efter start är behandlad minus syntetisk. Dess storlek bedöms med kvoten mellan "
         "medelkvadratgapets rot "
         "(RMSPE) efter och före, rangordnad bland samma kvot för varje donator som hanteras som om den vore "
         "behandlad; lika "
         "kvoter räknas till den behandlade regionens nackdel. Medelfel finns inte."},
    .sources = sources,
    .options = options,
    .n_options = sizeof options / sizeof *options,
    .charts = charts,
    .n_charts = sizeof charts / sizeof *charts,
    .needs_treatment = true,
    .needs_period = true,
    .narrow_option = "inference",
    .narrow_reason = "it infers from placebos (placebo-in-space, placebo-in-time), for there is one treated "
                     "region and no regression's residuals: did has the other types",
    .run = run,
};
