// SPDX-License-Identifier: GPL-3.0-or-later
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/shift_share.h>

#include "base/fail.h"
#include "profile/panel_activity.h"
#include "profile/shift_share_tables.h"

void shift_share_reference(const struct panel_activity *a, size_t t, enum bound bound, size_t r, double *out)
{
    const struct uf_activity x = panel_activity_at(a, t, bound);
    for (size_t s = 0; s < a->n_sectors; s++) {
        if (x.whole != NULL) {
            out[s] = gsl_vector_get(x.whole, s);
            continue;
        }
        out[s] = 0;
        for (size_t i = 0; i < a->n_regions; i++)
            if (a->reference == UF_REFERENCE_NATION || i != r) out[s] += gsl_matrix_get(x.value, i, s);
    }
}

static uf_status compute(const struct panel_activity *a, struct shift_share_parts *parts,
                         struct uf_error *error)
{
    const size_t n = a->n_sectors;
    gsl_matrix *region = gsl_matrix_alloc(a->n_periods, n), *nation = gsl_matrix_alloc(a->n_periods, n);
    uf_status status = region == NULL || nation == NULL ? uf_fail_memory(error) : UF_OK;
    for (size_t r = 0; status == UF_OK && r < a->n_regions; r++) {
        for (size_t t = 0; t < a->n_periods; t++) {
            for (size_t s = 0; s < n; s++)
                gsl_matrix_set(region, t, s, gsl_matrix_get(a->at[t].value[BOUND_VALUE], r, s));
            /* each row is contiguous: a matrix of its own has no padding */
            shift_share_reference(a, t, BOUND_VALUE, r, gsl_matrix_ptr(nation, t, 0));
        }
        status = uf_shift_share_dynamic(region, nation, parts->sector + r * n, &parts->total[r], error);
        for (size_t t = 0; status == UF_OK && parts->step != NULL && t + 1 < a->n_periods; t++) {
            gsl_matrix_const_view from = gsl_matrix_const_submatrix(region, t, 0, 2, n),
                                  of = gsl_matrix_const_submatrix(nation, t, 0, 2, n);
            status = uf_shift_share_dynamic(&from.matrix, &of.matrix, NULL,
                                            &parts->step[r * (a->n_periods - 1) + t], error);
        }
        for (size_t s = 0; status == UF_OK && s < n; s++) {
            double start = gsl_matrix_get(nation, 0, s), end = gsl_matrix_get(nation, a->n_periods - 1, s);
            parts->reference_start[r * n + s] = start;
            parts->reference_end[r * n + s] = end;
        }
    }
    gsl_matrix_free(nation);
    gsl_matrix_free(region);
    return status;
}

static void parts_clear(struct shift_share_parts *parts)
{
    free(parts->total);
    free(parts->sector);
    free(parts->step);
    free(parts->reference_start);
    free(parts->reference_end);
    shift_share_bands_clear(parts);
}

static uf_status parts_new(const struct panel_activity *a, enum uf_shift_share_variant variant, bool dynamic,
                           const struct rounding_plan *plan, struct shift_share_parts *out,
                           struct uf_error *error)
{
    const size_t n = a->n_regions * a->n_sectors;
    struct shift_share_parts parts = {.variant = variant, .dynamic = dynamic && a->n_periods > 2};
    parts.total = calloc(a->n_regions, sizeof *parts.total);
    parts.sector = calloc(n, sizeof *parts.sector);
    parts.reference_start = calloc(n, sizeof *parts.reference_start);
    parts.reference_end = calloc(n, sizeof *parts.reference_end);
    if (parts.dynamic) parts.step = calloc(a->n_regions * (a->n_periods - 1), sizeof *parts.step);
    uf_status status = UF_OK;
    if (!parts.total || !parts.sector || (parts.dynamic && !parts.step) || !parts.reference_start ||
        !parts.reference_end)
        status = uf_fail_memory(error);
    if (status == UF_OK) status = compute(a, &parts, error);
    for (size_t r = 0; status == UF_OK && r < a->n_regions; r++)
        parts.entry = parts.entry || parts.total[r].entries > 0;
    parts.n_components = shift_share_components(variant, parts.entry, parts.component);
    if (status == UF_OK && a->bands) status = shift_share_bands(a, plan, &parts, error);
    if (status != UF_OK) {
        parts_clear(&parts);
        return status;
    }
    *out = parts;
    return UF_OK;
}

/* First and last period, and with `dynamic` those between that have values. The caller frees `*out`. */
static uf_status choose_periods(const struct uf_panel *panel, const struct uf_options *options, size_t **out,
                                size_t *out_n, struct uf_error *error)
{
    size_t from, to, n = 0;
    UF_TRY(panel_activity_period(panel, options, "from", false, &from, error));
    UF_TRY(panel_activity_period(panel, options, "to", true, &to, error));
    if (from >= to)
        return uf_fail(error, UF_BAD_USAGE,
                       "Shift-share needs two periods, the first before the last; it was given %s and %s. "
                       "Set 'from' and "
                       "'to', or bring data for more periods.",
                       panel->periods.code[from], panel->periods.code[to]);
    size_t *periods = calloc(panel->periods.count, sizeof *periods);
    if (periods == NULL) return uf_fail_memory(error);
    const bool dynamic = uf_options_flag(options, "dynamic");
    for (size_t i = from; i <= to; i++)
        if (i == from || i == to || (dynamic && panel_activity_has_values(panel, i))) periods[n++] = i;
    *out = periods;
    *out_n = n;
    return UF_OK;
}

static enum uf_shift_share_variant variant_of(const struct uf_options *options)
{
    const char *name = uf_options_text(options, "variant");
    if (strcmp(name, "esteban-marquillas") == 0) return UF_SHIFT_SHARE_ESTEBAN_MARQUILLAS;
    return strcmp(name, "arcelus") == 0 ? UF_SHIFT_SHARE_ARCELUS : UF_SHIFT_SHARE_CLASSIC;
}

static uf_status run(const struct uf_panel *panel, const struct uf_options *options,
                     const struct uf_context *context, struct uf_result *result, struct uf_error *error)
{
    size_t *periods = NULL, n_periods = 0;
    UF_TRY(choose_periods(panel, options, &periods, &n_periods, error));
    struct panel_activity a = {0};
    uf_status status = panel_activity_new(panel, options, context->language, periods, n_periods, &a, error);
    free(periods);
    UF_TRY(status);
    struct shift_share_parts parts = {0};
    const struct rounding_plan plan = rounding_plan_of(options, context);
    result->claim = UF_CLAIM_DESCRIPTION;
    status = panel_activity_tell(&a, true, result, error);
    if (status == UF_OK)
        status =
            parts_new(&a, variant_of(options), uf_options_flag(options, "dynamic"), &plan, &parts, error);
    if (status == UF_OK) status = shift_share_tables(&a, &parts, result, error);
    if (status == UF_OK) status = shift_share_tell(&a, &parts, result, error);
    parts_clear(&parts);
    panel_activity_clear(&a);
    return status;
}

static const char *const variants[] = {"classic", "esteban-marquillas", "arcelus", NULL};

static const struct uf_option options_list[] = {
    {"from", UF_OPTION_PERIOD, NULL, NULL, "The first period; default the first with values", false},
    {"to", UF_OPTION_PERIOD, NULL, NULL, "The last period; default the last with values", false},
    {"variant", UF_OPTION_CHOICE, "classic", variants,
     "How the regional component is split: not at all, by homothetic employment, or in four", false},
    {"dynamic", UF_OPTION_FLAG, "false", NULL, "Step by step over the periods between, components summed",
     false},
    PANEL_ACTIVITY_OPTIONS,
    ROUNDING_DRAWS_OPTION,
};

static const struct uf_chart_hint charts[] = {
    {.kind = "stacked-bars",
     .table = "shift-share-components",
     .title = {"{0} {2}–{3}: what the change consists of", "{0} {2}–{3}: vad förändringen består av"},
     .value_label = {"Share of the starting level", "Andel av utgångsnivån"},
     .value = "percent",
     .low = "percent_low",
     .high = "percent_high",
     .label = "label",
     .group = "component_label",
     .reference = 0},
    {.kind = "small-multiples",
     .table = "shift-share-steps",
     .title = {"{0} {2}–{3}: what the change consists of, step by step",
               "{0} {2}–{3}: vad förändringen består av, steg för steg"},
     .value_label = {"Share of the step's starting level", "Andel av stegets utgångsnivå"},
     .value = "percent",
     .low = "percent_low",
     .high = "percent_high",
     .label = "label",
     .group = "component_label",
     .x = "period",
     .form = "stacked-bars",
     .reference = 0},
};

static const char *const sources[] = {
    "Dunn, E. S. (1960). A statistical and analytical technique for regional analysis. Papers of the "
    "Regional Science "
    "Association, 6, 97–112.",
    "Esteban-Marquillas, J. M. (1972). A reinterpretation of shift-share analysis. Regional and Urban "
    "Economics, 2(3), "
    "249–255.",
    "Arcelus, F. J. (1984). An extension of shift-share analysis. Growth and Change, 15(1), 3–8.",
    "Barff, R. A. & Knight, P. L. (1988). Dynamic shift-share analysis. Growth and Change, 19(2), 1–10.",
    NULL,
};

const struct uf_method uf_method_shift_share = {
    .name = "shift-share",
    .family = UF_FAMILY_PROFILE,
    .title = {"Shift-share", "Shift-share-analys"},
    .summary =
        {"How much of a region's change followed the nation, how much its mix of sectors, and what is left",
         "Hur mycket av regionens förändring följde riket, hur mycket berodde på branschmixen och vad "
         "återstår"},
    .formula_note =
        {"The change of each sector is the sum of a national component (the region's level times the "
         "nation's growth), an "
         "industry mix (the level times the sector's national growth beyond the nation's) and a regional "
         "component (the rest: the "
         "sector's growth in the region beyond its national growth). Esteban-Marquillas splits the last by "
         "what the region would "
         "hold with the nation's structure: competitive and allocation. A sector absent in the region at the "
         "start counts as "
         "regional, and as an entry of its own in the splits. The components add up to the change exactly. "
         "They are bookkeeping: the "
         "regional component is what the other two do not account for, not the effect of a policy.",
         "Varje branschs förändring är summan av en nationell komponent (regionens nivå gånger rikets "
         "tillväxt), en "
         "branschmixkomponent (nivån gånger branschens tillväxt i riket utöver rikets) och en regional "
         "komponent (resten: "
         "branschens tillväxt i regionen utöver dess tillväxt i riket). Esteban-Marquillas delar den sista "
         "efter vad regionen "
         "skulle ha haft med rikets struktur: konkurrens- och allokeringskomponent. En bransch som saknas i "
         "regionen vid "
         "periodens början räknas som regional, och som nytillkommen i uppdelningarna. Komponenterna "
         "summerar exakt till "
         "förändringen. De är en bokföring: den regionala komponenten är det som de andra två inte fångar, "
         "inte effekten av en "
         "insats."},
    .sources = sources,
    .options = options_list,
    .n_options = sizeof options_list / sizeof *options_list,
    .charts = charts,
    .n_charts = sizeof charts / sizeof *charts,
    .needs_sector = true,
    .needs_period = true,
    .run = run,
};
