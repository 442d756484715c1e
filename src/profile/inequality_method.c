// SPDX-License-Identifier: GPL-3.0-or-later
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/advice.h"
#include "base/fail.h"
#include "profile/inequality_tables.h"
#include "profile/panel_activity.h"

static void inequality_clear(struct inequality *x)
{
    for (size_t t = 0; x->at && t < x->n_periods; t++) {
        free(x->at[t].value);
        free(x->at[t].weight);
        rounding_bands_clear(&x->at[t].drawn);
    }
    for (size_t g = 0; x->group_name && g < x->n_groups; g++) free(x->group_name[g]);
    free(x->at);
    free(x->region);
    free(x->group);
    free(x->group_name);
}

/* --- indices ------------------------------------------------------------------------------------ */

static uf_status compute(struct inequality *x, const struct rounding_plan *plan, struct uf_error *error)
{
    for (size_t t = 0; t < x->n_periods; t++) {
        struct inequality_period *p = &x->at[t];
        UF_TRY(uf_inequality(p->value, p->weight, x->n_regions, &p->index, error));
        UF_TRY(uf_atkinson(p->value, p->weight, x->n_regions, x->epsilon, &p->atkinson, error));
        if (x->bands) UF_TRY(inequality_bands(x, plan, p, error));
        if (x->n_groups > 0)
            UF_TRY(uf_theil_decompose(p->value, p->weight, x->group, x->n_regions, x->n_groups, &p->split,
                                      error));
    }
    return UF_OK;
}

static uf_status run(const struct uf_panel *panel, const struct uf_options *options,
                     const struct uf_context *context, struct uf_result *result, struct uf_error *error)
{
    if (panel->outcome < 0) return uf_fail(error, UF_BAD_USAGE, "The panel names no value column.");
    if (panel->sector != NULL)
        return uf_fail(
            error, UF_BAD_USAGE,
            "Inequality compares one figure per region and period; leave the sectors out, or choose one.");
    struct inequality x = {.panel = panel,
                           .language = context->language,
                           .column = &panel->columns[panel->outcome],
                           .epsilon = uf_options_number(options, "atkinson")};
    x.bands = x.column->rounding > 0;
    result->claim = UF_CLAIM_DESCRIPTION;
    uf_status status = inequality_gather(&x, options, result, error);
    const struct rounding_plan plan = rounding_plan_of(options, context);
    if (status == UF_OK) status = compute(&x, &plan, error);
    if (status == UF_OK) status = inequality_tables(&x, result, error);
    if (status == UF_OK) status = inequality_tell(&x, result, error);
    inequality_clear(&x);
    return status;
}

static const struct uf_option options_list[] = {
    {"weight", UF_OPTION_TEXT, NULL, NULL,
     "A column or an indicator to weight by: the population; default equal", UF_COLUMNS_NUMBER},
    {"group", UF_OPTION_TEXT, NULL, NULL,
     "A column that groups the regions, or on the store a level as nuts2; there the default is the regions' "
     "parents",
     UF_COLUMNS_GROUP},
    {"group-length", UF_OPTION_COUNT, NULL, NULL, "Group by the first characters of the region's code",
     false},
    {"atkinson", UF_OPTION_NUMBER, "0.5", NULL, "Atkinson's epsilon: how much the poorest count", false},
    {"from", UF_OPTION_PERIOD, NULL, NULL, "The first period; default the first with values", false},
    {"to", UF_OPTION_PERIOD, NULL, NULL, "The last period; default the last with values", false},
    {"without", UF_OPTION_LIST, NULL, NULL, "Regions to leave out, as the row of the nation", false},
    {"incomplete", UF_OPTION_CHOICE, "missing", panel_activity_incomplete,
     "Regions with a missing value: make the period's indices missing, or leave the region out everywhere",
     false},
    ROUNDING_DRAWS_OPTION,
};

static const struct uf_chart_hint charts[] = {
    {.kind = "small-multiples",
     .table = "inequality-indices",
     .title = {"Inequality between regions {2}–{3}: {0}", "Ojämlikhet mellan regioner {2}–{3}: {0}"},
     .value_label = {"Index (0 = all regions alike)", "Index (0 = alla regioner lika)"},
     .value = "value",
     .low = "value_low",
     .high = "value_high",
     .label = "label",
     .x = "period",
     .reference = NAN},
    {.kind = "stacked-bars",
     .table = "inequality-components",
     .title = {"Inequality within and between groups of regions: {0}",
               "Ojämlikhet inom och mellan grupper av regioner: {0}"},
     .value_label = {"Theil's T", "Theils T"},
     .value = "value",
     .low = "value_low",
     .high = "value_high",
     .label = "period",
     .group = "component_label",
     .reference = 0},
};

static const char *const sources[] = {
    "Shorrocks, A. F. (1980). The class of additively decomposable inequality measures. Econometrica, 48(3), "
    "613–625.",
    "Williamson, J. G. (1965). Regional inequality and the process of national development. Economic "
    "Development and "
    "Cultural Change, 13(4), 1–84.",
    "Atkinson, A. B. (1970). On the measurement of inequality. Journal of Economic Theory, 2(3), 244–263.",
    NULL,
};

const struct uf_method uf_method_inequality = {
    .name = "inequality",
    .family = UF_FAMILY_PROFILE,
    .title = {"Inequality between regions", "Ojämlikhet mellan regioner"},
    .summary = {"How unequal are the regions, and how much of it lies within and between groups of them?",
                "Hur ojämlika är regionerna, och hur mycket ligger inom och mellan grupper av dem?"},
    .formula_note = {"With y a ratio such as income per inhabitant, w the population shares and μ = Σ w·y: "
                     "Gini ΣΣ w·w·|y − y|/(2μ); "
                     "Theil T Σ w·(y/μ)·ln(y/μ), with 0·ln 0 = 0; Theil L Σ w·ln(μ/y), undefined where some "
                     "y is 0; Williamson "
                     "√(Σ w·(y − μ)²)/μ, with deviations from the weighted mean; Hoover Σ w·|y/μ − 1|/2; "
                     "Atkinson. T and L are the sum "
                     "of inequality within groups and between their means, exactly.",
                     "Med y som en kvot, till exempel inkomst per invånare, w som befolkningsandelar och μ = "
                     "Σ w·y: Gini ΣΣ w·w·|y − "
                     "y|/(2μ); Theil T Σ w·(y/μ)·ln(y/μ), med 0·ln 0 = 0; Theil L Σ w·ln(μ/y), odefinierad "
                     "om något y är 0; Williamson "
                     "√(Σ w·(y − μ)²)/μ, med avvikelser från det vägda medelvärdet; Hoover Σ w·|y/μ − 1|/2; "
                     "Atkinson. T och L är "
                     "summan av ojämlikheten inom grupper och mellan deras medelvärden, exakt."},
    .sources = sources,
    .options = options_list,
    .n_options = sizeof options_list / sizeof *options_list,
    .charts = charts,
    .n_charts = sizeof charts / sizeof *charts,
    .run = run,
};
