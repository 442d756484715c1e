// SPDX-License-Identifier: GPL-3.0-or-later
/* Vacancies and unemployed by region, group and period: the figures and their ends, and what is formed of them. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "profile/labour_matching_study.h"

static const char *const option_names[] = {NULL,      "unemployed", "labour-force", "employed",
                                           "leaving", "entering",   "matched"};

static void labour_clear(struct labour_study *x)
{
    for (size_t m = 0; m < LABOUR_MEASURES; m++) {
        free(x->value[m]);
        free(x->low[m]);
        free(x->high[m]);
        free(x->status[m]);
    }
    free(x->unit);
    free(x->left_out);
    free(x->mismatch);
    free(x->mismatch_low);
    free(x->mismatch_high);
}

/* --- figures ----------------------------------------------------------------------------------- */

static uf_status allocate(struct labour_study *x, size_t m, struct uf_error *error)
{
    const size_t n = x->n_units * x->n_periods * x->n_groups;
    x->value[m] = malloc((n + 1) * sizeof *x->value[m]);
    x->low[m] = malloc((n + 1) * sizeof *x->low[m]);
    x->high[m] = malloc((n + 1) * sizeof *x->high[m]);
    x->status[m] = malloc((n + 1) * sizeof *x->status[m]);
    if (!x->value[m] || !x->low[m] || !x->high[m] || !x->status[m]) return uf_fail_memory(error);
    for (size_t i = 0; i < n; i++) {
        x->value[m][i] = x->low[m][i] = x->high[m][i] = NAN;
        x->status[m][i] = UF_VALUE_NOT_AVAILABLE;
    }
    return UF_OK;
}

/* The column of a measure in the panel; SIZE_MAX: not named. */
static uf_status find_measure(const struct uf_options *options, const struct uf_panel *panel, size_t m,
                              size_t *out, struct uf_error *error)
{
    const char *name = m == VACANCIES ? NULL : uf_options_text(options, option_names[m]);
    *out = m == VACANCIES ? (size_t)panel->outcome : name ? uf_panel_column(panel, name) : SIZE_MAX;
    if (*out != SIZE_MAX || !name) return UF_OK;
    return uf_fail(error, UF_BAD_USAGE, "'%s' names '%s', which is no column of the data.", option_names[m],
                   name);
}

/* The store has every region of a level: those of which no column has a figure, or a reason for having none, are left out. */
static uf_status choose_regions(struct labour_study *x, struct uf_error *error)
{
    const struct uf_panel *panel = x->panel;
    bool *known = calloc(panel->units.count + 1, sizeof *known);
    x->unit = malloc((panel->units.count + 1) * sizeof *x->unit);
    x->left_out = malloc((panel->units.count + 1) * sizeof *x->left_out);
    if (!known || !x->unit || !x->left_out) {
        free(known);
        return uf_fail_memory(error);
    }
    for (size_t m = 0; m < LABOUR_MEASURES; m++)
        for (size_t i = 0; x->column[m] && i < panel->n_rows; i++)
            if (!isnan(x->column[m]->value[i]) || x->column[m]->status[i] != UF_VALUE_NOT_AVAILABLE)
                known[panel->unit[i]] = true;
    for (size_t u = 0; u < panel->units.count; u++)
        if (known[u])
            x->unit[x->n_units++] = u;
        else
            x->left_out[x->n_left_out++] = u;
    free(known);
    return UF_OK;
}

static uf_status read_measure(struct labour_study *x, size_t m, const size_t *place, struct uf_error *error)
{
    const struct uf_panel *panel = x->panel;
    const struct uf_panel_column *column = x->column[m];
    if (!column) return UF_OK;
    const double half = column->rounding > 0 ? column->rounding / 2 : 0;
    x->bands = x->bands || half > 0;
    UF_TRY(allocate(x, m, error));
    for (size_t i = 0; i < panel->n_rows; i++) {
        if (place[panel->unit[i]] == SIZE_MAX) continue;
        size_t k = labour_at(x, place[panel->unit[i]], panel->period[i], panel->sector[i]);
        const uf_value_status status = column->status[i];
        const double value = uf_value_is_missing(status) ? (double)NAN : column->value[i];
        if (value < 0 || isinf(value))
            return uf_fail(error, UF_BAD_INPUT,
                           "'%s' is %g for region %s, group %s, period %s; expected a number of at least 0.",
                           column->name, value, panel->units.code[panel->unit[i]],
                           panel->sectors.code[panel->sector[i]], panel->periods.code[panel->period[i]]);
        const double open = status & UF_VALUE_TRUE_ZERO ? 0 : half;
        x->value[m][k] = value;
        x->low[m][k] = isnan(value) || value > open ? value - open : 0;
        x->high[m][k] = value + open;
        x->status[m][k] =
            isnan(value) && !uf_value_is_missing(status) ? status | UF_VALUE_NOT_AVAILABLE : status;
    }
    return UF_OK;
}

static uf_status form_indices(struct labour_study *x, struct uf_error *error)
{
    const size_t n = x->n_units * x->n_periods + 1;
    x->mismatch = calloc(n, sizeof *x->mismatch);
    x->mismatch_low = calloc(n, sizeof *x->mismatch_low);
    x->mismatch_high = calloc(n, sizeof *x->mismatch_high);
    if (!x->mismatch || !x->mismatch_low || !x->mismatch_high) return uf_fail_memory(error);
    for (size_t i = 0; i + 1 < n; i++) {
        const size_t k = i * x->n_groups;
        UF_TRY(uf_labour_mismatch(x->value[UNEMPLOYED] + k, x->value[VACANCIES] + k, x->n_groups,
                                  &x->mismatch[i], error));
        if (x->bands)
            UF_TRY(uf_labour_mismatch_band(x->low[UNEMPLOYED] + k, x->high[UNEMPLOYED] + k,
                                           x->low[VACANCIES] + k, x->high[VACANCIES] + k, x->n_groups,
                                           &x->mismatch_low[i], &x->mismatch_high[i], error));
    }
    return UF_OK;
}

static uf_status begin(const struct uf_panel *panel, const struct uf_options *options, struct labour_study *x,
                       struct uf_error *error)
{
    if (panel->outcome < 0) return uf_fail(error, UF_BAD_USAGE, "The panel names no column with vacancies.");
    if (panel->sectors.count == 0)
        return uf_fail(error, UF_BAD_USAGE,
                       "This method needs figures by group: name the column with the groups as the sectors.");
    if (!uf_options_text(options, "unemployed"))
        return uf_fail(error, UF_BAD_USAGE,
                       "expected the option 'unemployed': the column with the unemployed");
    if (uf_options_text(options, "leaving") && !uf_options_text(options, "employed"))
        return uf_fail(error, UF_BAD_USAGE, "'leaving' is compared with 'employed'; expected both");
    if (uf_options_text(options, "matched") && !uf_options_text(options, "employed"))
        return uf_fail(error, UF_BAD_USAGE, "'matched' is compared with 'employed'; expected both");
    x->n_groups = panel->sectors.count, x->n_periods = panel->periods.count;
    for (size_t m = 0; m < LABOUR_MEASURES; m++) {
        size_t index;
        UF_TRY(find_measure(options, panel, m, &index, error));
        x->column[m] = index == SIZE_MAX ? NULL : &panel->columns[index];
    }
    UF_TRY(choose_regions(x, error));
    size_t *place = malloc((panel->units.count + 1) * sizeof *place);
    if (!place) return uf_fail_memory(error);
    for (size_t u = 0; u < panel->units.count; u++) place[u] = SIZE_MAX;
    for (size_t r = 0; r < x->n_units; r++) place[x->unit[r]] = r;
    uf_status status = UF_OK;
    for (size_t m = 0; m < LABOUR_MEASURES && status == UF_OK; m++) status = read_measure(x, m, place, error);
    free(place);
    return status == UF_OK ? form_indices(x, error) : status;
}

/* --- numbers ----------------------------------------------------------------------------------- */

struct labour_number labour_figure(const struct labour_study *x, enum labour_measure m, size_t unit,
                                   size_t period, size_t group, uf_value_status *why)
{
    const size_t k = labour_at(x, unit, period, group);
    *why = x->column[m] ? x->status[m][k] : (uf_value_status)UF_VALUE_NOT_APPLICABLE;
    if (!x->column[m]) return (struct labour_number){NAN, NAN, NAN};
    return (struct labour_number){x->value[m][k], x->low[m][k], x->high[m][k]};
}

struct labour_number labour_sum(const struct labour_study *x, enum labour_measure m, size_t unit,
                                size_t period, uf_value_status *why)
{
    struct labour_number sum = {0, 0, 0};
    *why = x->column[m] ? 0 : UF_VALUE_NOT_APPLICABLE;
    if (!x->column[m]) return (struct labour_number){NAN, NAN, NAN};
    for (size_t g = 0; g < x->n_groups; g++) {
        uf_value_status one;
        const struct labour_number figure = labour_figure(x, m, unit, period, g, &one);
        sum.value += figure.value, sum.low += figure.low, sum.high += figure.high;
        *why |= one & UF_VALUE_MISSING_MASK;
    }
    return sum;
}

struct labour_number labour_ratio(double factor, struct labour_number a, struct labour_number b)
{
    return (struct labour_number){.value = b.value > 0 ? factor * a.value / b.value : (double)NAN,
                                  .low = b.high > 0 ? factor * a.low / b.high : (double)NAN,
                                  .high = b.low > 0 ? factor * a.high / b.low : (double)NAN};
}

struct labour_number labour_surplus(const struct labour_study *x, size_t unit, size_t period, size_t group)
{
    const size_t k = labour_at(x, unit, period, group), all = labour_cell(x, unit, period);
    struct labour_number surplus = {NAN, NAN, NAN};
    surplus.value =
        100 * uf_labour_surplus(x->value[UNEMPLOYED][k], x->value[VACANCIES][k], &x->mismatch[all]);
    if (!x->bands) return surplus;
    const double ends[] = {x->low[UNEMPLOYED][k], x->high[UNEMPLOYED][k], x->low[VACANCIES][k],
                           x->high[VACANCIES][k]};
    uf_labour_surplus_band(ends, &x->mismatch_low[all], &x->mismatch_high[all], &surplus.low, &surplus.high);
    surplus.low *= 100, surplus.high *= 100;
    return surplus;
}

size_t labour_last(const struct labour_study *x, size_t unit)
{
    size_t t = x->n_periods;
    while (t > 0 && isnan(x->mismatch[labour_cell(x, unit, t - 1)].mismatch)) t--;
    return t > 0 ? t - 1 : SIZE_MAX;
}

static uf_status run(const struct uf_panel *panel, const struct uf_options *options,
                     const struct uf_context *context, struct uf_result *result, struct uf_error *error)
{
    struct labour_study x = {.panel = panel, .language = context->language};
    result->claim = UF_CLAIM_DESCRIPTION;
    uf_status status = begin(panel, options, &x, error);
    if (status == UF_OK) status = labour_add_tables(&x, result, error);
    if (status == UF_OK) status = labour_add_words(&x, result, error);
    labour_clear(&x);
    return status;
}

static const struct uf_option options_list[] = {
    {"unemployed", UF_OPTION_TEXT, NULL, NULL,
     "The column with the unemployed; the value column holds the vacancies", true},
    {"labour-force", UF_OPTION_TEXT, NULL, NULL, "A column: gives the rates of a Beveridge curve", true},
    {"employed", UF_OPTION_TEXT, NULL, NULL, "A column: what leaving and matched are compared with", true},
    {"leaving", UF_OPTION_TEXT, NULL, NULL, "A column: those expected to leave, as for retirement", true},
    {"entering", UF_OPTION_TEXT, NULL, NULL, "A column: those expected to enter, as from education", true},
    {"matched", UF_OPTION_TEXT, NULL, NULL, "A column: employed whose work fits their education", true},
};
static const struct uf_scatter_hint beveridge = {.reference_x = NAN,
                                                 .x_low = "unemployment_rate_low",
                                                 .x_high = "unemployment_rate_high",
                                                 .x_label = {"Unemployment rate, %", "Arbetslöshet, %"}};
static const struct uf_hint_number latest = {.table = "labour-latest", .column = "period"};
static const struct uf_chart_hint charts[] = {
    {.kind = "bars",
     .table = "labour-matching",
     .unless_table = "labour-trend",
     .title = {"Mismatch between unemployed and vacancies {3}",
               "Obalans mellan arbetslösa och lediga jobb {3}"},
     .value_label = {"Unemployed who would have to change group", "Arbetslösa som skulle behöva byta grupp"},
     .value = "mismatch",
     .low = "mismatch_low",
     .high = "mismatch_high",
     .label = "label",
     .reference = NAN},
    {.kind = "lines",
     .table = "labour-trend",
     .title = {"Mismatch between unemployed and vacancies {2}–{3}",
               "Obalans mellan arbetslösa och lediga jobb {2}–{3}"},
     .value_label = {"Unemployed who would have to change group", "Arbetslösa som skulle behöva byta grupp"},
     .value = "mismatch",
     .low = "mismatch_low",
     .high = "mismatch_high",
     .label = "label",
     .x = "period",
     .reference = NAN},
    {.kind = "bars",
     .table = "labour-latest",
     .title = {"{1}: where people and where vacancies are short",
               "{1}: var det saknas folk och var det saknas jobb"},
     .value_label = {"Unemployed (+) or vacancies (−) in excess",
                     "Arbetslösa (+) eller lediga jobb (−) i överskott"},
     .value = "surplus",
     .low = "surplus_low",
     .high = "surplus_high",
     .label = "sector_label",
     .subtitle = {"Latest period with figures: {0}", "Senaste perioden med uppgifter: {0}"},
     .numbers = &latest,
     .n_numbers = 1,
     .facet_by = "unit",
     .reference = NAN},
    {.kind = "scatter",
     .table = "labour-beveridge",
     .title = {"{1}: Beveridge points {2}–{3}", "{1}: Beveridgepunkter {2}–{3}"},
     .value_label = {"Vacancy rate", "Vakansgrad"},
     .value = "vacancy_rate",
     .low = "vacancy_rate_low",
     .high = "vacancy_rate_high",
     .label = "period",
     .x = "unemployment_rate",
     .facet_by = "unit",
     .reference = NAN,
     .scatter = &beveridge},
};
static const char *const sources[] = {
    "Jackman, R. & Roper, S. (1987). Structural unemployment. Oxford Bulletin of Economics and Statistics "
    "49(1), 9–36.",
    NULL,
};

const struct uf_method uf_method_labour_matching = {
    .name = "labour-matching",
    .family = UF_FAMILY_PROFILE,
    .title = {"Labour matching", "Matchning på arbetsmarknaden"},
    .summary = {"Do vacancies and unemployed fit each other, and who is needed to replace those who leave?",
                "Passar lediga jobb och arbetslösa ihop, och vilka behövs för att ersätta dem som slutar?"},
    .formula_note = {"Mismatch is half the sum of differences between the groups' shares of unemployed and "
                     "of vacancies (Jackman and "
                     "Roper): the share of the unemployed who would have to change group. Hires lost is 1 − "
                     "Σ√(uv). Beveridge points "
                     "are vacancies and unemployed in per cent of the labour force. Replacement need is "
                     "those who leave in per cent of "
                     "the employed; the matching rate the employed whose work fits their education in per "
                     "cent of the employed.",
                     "Obalansen är halva summan av skillnaderna mellan gruppernas andelar av de arbetslösa "
                     "och av de lediga jobben "
                     "(Jackman och Roper): den andel av de arbetslösa som skulle behöva byta grupp. "
                     "Förlorade anställningar är "
                     "1 − Σ√(uv). Beveridgepunkter är lediga jobb och arbetslösa i procent av arbetskraften. "
                     "Ersättningsbehovet är de "
                     "som slutar i procent av de sysselsatta; matchningsgraden de sysselsatta vars arbete "
                     "motsvarar utbildningen, i "
                     "procent av de sysselsatta."},
    .sources = sources,
    .options = options_list,
    .n_options = sizeof options_list / sizeof *options_list,
    .charts = charts,
    .n_charts = sizeof charts / sizeof *charts,
    .needs_sector = true,
    .run = run,
};
