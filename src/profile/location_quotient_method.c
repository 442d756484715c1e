// SPDX-License-Identifier: GPL-3.0-or-later
#include <utfall/location_quotient.h>

#include "base/fail.h"
#include "profile/location_quotient_growth.h"
#include "profile/location_quotient_tables.h"

static uf_status add_results(const struct panel_activity *a, const struct quotients *now, size_t period,
                             const struct quotients *before, struct uf_result *result, struct uf_error *error)
{
    struct uf_table *table = NULL;
    UF_TRY(quotient_table(a, now, period, before, &table, error));
    UF_TRY(uf_result_take_table(result, table, error));
    struct quotient_ranks ranks;
    UF_TRY(quotient_ranks_new(now->value, a->bands ? now->low : NULL, a->bands ? now->high : NULL, &ranks,
                              error));
    uf_status status = quotient_findings(a, now, &ranks, period, &table, error);
    if (status == UF_OK) status = uf_result_take_table(result, table, error);
    if (status == UF_OK)
        status = quotient_ranks_table(a, period, now->value, &ranks, quotient_reason, &table, error);
    if (status == UF_OK) status = uf_result_take_table(result, table, error);
    quotient_ranks_clear(&ranks);
    UF_TRY(status);
    UF_TRY(quotient_tell(a, now, period, result, error));
    if (before == NULL) return UF_OK;
    UF_TRY(quotient_tell_changes(a, now, before, result, error));
    const gsl_matrix *const quotient[BOUNDS] = {now->value, now->low, now->high};
    UF_TRY(location_quotient_growth_table(a, quotient, &table, error));
    return uf_result_take_table(result, table, error);
}

static uf_status run(const struct uf_panel *panel, const struct uf_options *options,
                     const struct uf_context *context, struct uf_result *result, struct uf_error *error)
{
    size_t periods[2], n_periods = 0;
    if (uf_options_is_set(options, "compare-with"))
        UF_TRY(panel_activity_period(panel, options, "compare-with", false, &periods[n_periods++], error));
    UF_TRY(panel_activity_period(panel, options, "period", true, &periods[n_periods++], error));
    if (n_periods == 2 && periods[0] >= periods[1])
        return uf_fail(error, UF_BAD_USAGE, "The period to compare with, %s, must come before %s.",
                       panel->periods.code[periods[0]], panel->periods.code[periods[1]]);
    struct panel_activity a;
    UF_TRY(panel_activity_new(panel, options, context->language, periods, n_periods, &a, error));
    struct quotients now = {0}, before = {0};
    const size_t period = n_periods - 1;
    result->claim = UF_CLAIM_DESCRIPTION;
    uf_status status = panel_activity_tell(&a, a.total_sector == SIZE_MAX, result, error);
    if (status == UF_OK) status = quotients_new(&a, period, &now, error);
    if (status == UF_OK && n_periods == 2) status = quotients_new(&a, 0, &before, error);
    if (status == UF_OK)
        status = add_results(&a, &now, period, n_periods == 2 ? &before : NULL, result, error);
    quotients_clear(&now);
    quotients_clear(&before);
    panel_activity_clear(&a);
    return status;
}

static const struct uf_option options_list[] = {
    {"period", UF_OPTION_PERIOD, NULL, NULL, "The period described; default the last with values", false},
    {"compare-with", UF_OPTION_PERIOD, NULL, NULL,
     "An earlier period to compare with: adds the change of the quotient", false},
    PANEL_ACTIVITY_OPTIONS,
};

static const struct uf_scatter_hint bubbles = {
    .size = "value",
    .reference_x = 0,
    .x_low = "growth_low",
    .x_high = "growth_high",
    .x_label = {"Growth since the period compared with, %", "Tillväxt sedan jämförelseperioden, %"},
    .quadrants = {{"Specialised and growing", "Specialiserad och växer"},
                  {"Specialised and shrinking", "Specialiserad och krymper"},
                  {"Not specialised, shrinking", "Ej specialiserad, krymper"},
                  {"Not specialised, growing", "Ej specialiserad, växer"}},
};

static const struct uf_chart_hint charts[] = {
    {.kind = "bars",
     .table = "location-quotient",
     .title = {"Location quotients in {1}, {3}. {0}", "Lokaliseringskvoter i {1}, {3}. {0}"},
     .value_label = {"Location quotient (1 = as the reference area)",
                     "Lokaliseringskvot (1 = som jämförelseområdet)"},
     .value = "location_quotient",
     .low = "low",
     .high = "high",
     .label = "sector_label",
     .facet_by = "unit",
     .reference = 1},
    {.kind = "heat-map",
     .table = "location-quotient",
     .title = {"Location quotients by region and sector, {3}. {0}",
               "Lokaliseringskvoter per region och bransch, {3}. {0}"},
     .value_label = {"Location quotient (1 = as the reference area)",
                     "Lokaliseringskvot (1 = som jämförelseområdet)"},
     .value = "location_quotient",
     .low = "low",
     .high = "high",
     .label = "label",
     .group = "sector_label",
     .reference = 1},
    {.kind = "scatter",
     .table = "location-quotient-growth",
     .title = {"Specialisation and growth in {1}, {3}. {0}", "Specialisering och tillväxt i {1}, {3}. {0}"},
     .value_label = {"Location quotient (1 = as the reference area)",
                     "Lokaliseringskvot (1 = som jämförelseområdet)"},
     .value = "location_quotient",
     .low = "low",
     .high = "high",
     .label = "sector_label",
     .x = "growth",
     .facet_by = "unit",
     .reference = 1,
     .scatter = &bubbles},
};

static const char *const sources[] = {
    "Balassa, B. (1965). Trade liberalisation and \"revealed\" comparative advantage. The Manchester School, "
    "33(2), "
    "99–123.",
    "Laursen, K. (2015). Revealed comparative advantage and the alternatives as measures of international "
    "specialization. "
    "Eurasian Business Review, 5(1), 99–115.",
    NULL,
};

const struct uf_method uf_method_location_quotient = {
    .name = "location-quotient",
    .family = UF_FAMILY_PROFILE,
    .title = {"Location quotient", "Lokaliseringskvot"},
    .summary =
        {"What is the region good at? A sector's share in the region over its share in the reference area",
         "Vad är regionen bra på? En branschs andel i regionen i förhållande till dess andel i "
         "jämförelseområdet"},
    .formula_note = {"The location quotient is the sector's share of the region divided by its share of the "
                     "reference area: above 1 the "
                     "sector is over-represented. RSCA is (LQ − 1)/(LQ + 1). Shares are of the published "
                     "total where one is named, else of "
                     "the sum of the sectors. Where figures are rounded, low and high are the smallest and "
                     "the largest quotient that "
                     "the unrounded figures allow. A quotient with zero in the denominator is undefined, and "
                     "a missing figure makes missing "
                     "what needs it; neither is read as 0.",
                     "Lokaliseringskvoten är branschens andel av regionen delad med dess andel av "
                     "jämförelseområdet: över 1 är branschen "
                     "överrepresenterad. RSCA är (LQ − 1)/(LQ + 1). Andelarna beräknas på den publicerade "
                     "totalen om en sådan anges, "
                     "annars på branschernas summa. När uppgifterna är avrundade är low och high den minsta "
                     "och den största kvot som de "
                     "oavrundade värdena medger. En kvot med noll i nämnaren är odefinierad, och en saknad "
                     "uppgift gör att det som "
                     "behöver den också saknas; inget av detta läses som 0."},
    .sources = sources,
    .options = options_list,
    .n_options = sizeof options_list / sizeof *options_list,
    .charts = charts,
    .n_charts = sizeof charts / sizeof *charts,
    .needs_sector = true,
    .run = run,
};
