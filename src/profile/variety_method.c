// SPDX-License-Identifier: GPL-3.0-or-later
#include <math.h>
#include <stdlib.h>
#include <utfall/variety.h>

#include "base/advice.h"
#include "base/fail.h"
#include "profile/findings.h"
#include "profile/panel_activity.h"
#include "profile/ranking.h"
#include "profile/sector_division.h"
#include "profile/tidy.h"

/* What is found of each region; arrays per region. */
struct breadth {
    const struct panel_activity *activity;
    struct sector_division division;
    struct uf_variety *region;
    struct uf_variety_band *band;
    uf_value_status *missing; /* the flags of the fine sectors */
};

static void breadth_clear(struct breadth *x)
{
    sector_division_clear(&x->division);
    free(x->region);
    free(x->band);
    free(x->missing);
}

static uf_status describe_region(struct breadth *x, size_t r, double *value, double *low, double *high,
                                 struct uf_error *error)
{
    const struct panel_activity *a = x->activity;
    const struct sector_division *d = &x->division;
    const struct period_activity *p = &a->at[0];
    for (size_t i = 0; i < d->n_sectors; i++) {
        value[i] = gsl_matrix_get(p->value[BOUND_VALUE], r, d->sector[i]);
        low[i] = gsl_matrix_get(p->value[BOUND_LOW], r, d->sector[i]);
        high[i] = gsl_matrix_get(p->value[BOUND_HIGH], r, d->sector[i]);
        x->missing[r] |= p->status[r * a->n_sectors + d->sector[i]] & UF_VALUE_MISSING_MASK;
    }
    UF_TRY(uf_variety(value, d->group, d->n_sectors, d->n_groups, &x->region[r], error));
    if (!a->bands) return UF_OK;
    return uf_variety_band(low, high, d->group, d->n_sectors, d->n_groups, &x->band[r], error);
}

static uf_status fill(struct breadth *x, const struct uf_options *options, struct uf_error *error)
{
    const struct panel_activity *a = x->activity;
    UF_TRY(sector_division_new(a, options, &x->division, error));
    const size_t n = x->division.n_sectors;
    x->region = calloc(a->n_regions, sizeof *x->region);
    x->band = calloc(a->n_regions, sizeof *x->band);
    x->missing = calloc(a->n_regions, sizeof *x->missing);
    double *value = calloc(3 * n, sizeof *value);
    uf_status status = x->region && x->band && x->missing && value ? UF_OK : uf_fail_memory(error);
    for (size_t r = 0; r < a->n_regions && status == UF_OK; r++)
        status = describe_region(x, r, value, value + n, value + 2 * n, error);
    free(value);
    return status;
}

static uf_status region_row(const struct breadth *x, size_t r, struct uf_table *table, struct uf_error *error)
{
    const struct panel_activity *a = x->activity;
    const struct uf_variety *y = &x->region[r];
    const struct uf_variety_band *band = &x->band[r];
    const uf_value_status needed = x->missing[r], no_band = a->bands ? needed : UF_VALUE_NOT_APPLICABLE;
    const bool banded = panel_activity_banded(a, isfinite(y->total));
    struct tidy_row row = tidy_row_add(table, error);
    tidy_text(&row, panel_activity_region_code(a, r));
    tidy_text(&row, panel_activity_region_label(a, r));
    tidy_text(&row, panel_activity_period_code(a, 0));
    tidy_number(&row, y->total, needed);
    tidy_number(&row, banded ? band->total_low : NAN, no_band);
    tidy_number(&row, banded ? band->total_high : NAN, no_band);
    tidy_number(&row, y->unrelated, needed);
    tidy_number(&row, banded ? band->unrelated_low : NAN, no_band);
    tidy_number(&row, banded ? band->unrelated_high : NAN, no_band);
    tidy_number(&row, y->related, needed);
    tidy_number(&row, banded ? band->related_low : NAN, no_band);
    tidy_number(&row, banded ? band->related_high : NAN, no_band);
    /* it rises with the one and falls with the other: outer, as they are */
    const double share = y->total > 0 ? 100 * y->related / y->total : NAN;
    const double least = 100 * band->related_low / (band->related_low + band->unrelated_high),
                 most = 100 * band->related_high / (band->related_high + band->unrelated_low);
    tidy_banded(&row, share, banded ? least : NAN, banded ? most : NAN, needed, no_band);
    tidy_number(&row, isnan(y->total) ? NAN : (double)y->sectors, needed);
    tidy_number(&row, isnan(y->total) ? NAN : (double)y->groups, needed);
    return row.status;
}

/* The two parts of each region, for stacked bars. */
static uf_status part_rows(const struct breadth *x, size_t r, struct uf_table *table, struct uf_error *error)
{
    static const struct {
        const char *name;
        struct uf_words words;
    } parts[] = {{"unrelated", {"Between broad sectors (unrelated)", "Mellan breda branscher (orelaterad)"}},
                 {"related", {"Within broad sectors (related)", "Inom breda branscher (relaterad)"}}};
    const struct panel_activity *a = x->activity;
    for (size_t k = 0; k < 2; k++) {
        struct tidy_row row = tidy_row_add(table, error);
        tidy_text(&row, panel_activity_region_code(a, r));
        tidy_text(&row, panel_activity_region_label(a, r));
        tidy_text(&row, parts[k].name);
        tidy_text(&row, uf_words_in(parts[k].words, a->language));
        const double value = k == 0 ? x->region[r].unrelated : x->region[r].related;
        const struct uf_variety_band *band = &x->band[r];
        const uf_value_status no_band = a->bands ? x->missing[r] : UF_VALUE_NOT_APPLICABLE;
        const bool banded = panel_activity_banded(a, isfinite(value));
        tidy_number(&row, value, x->missing[r]);
        tidy_number(&row, !banded ? NAN : k == 0 ? band->unrelated_low : band->related_low, no_band);
        tidy_number(&row, !banded ? NAN : k == 0 ? band->unrelated_high : band->related_high, no_band);
        UF_TRY(row.status);
    }
    return UF_OK;
}

static uf_status take_table(const struct breadth *x, const char *name, struct uf_words title,
                            const struct tidy_column *columns, size_t n_columns,
                            uf_status (*rows)(const struct breadth *, size_t, struct uf_table *,
                                              struct uf_error *),
                            struct uf_result *result, struct uf_error *error)
{
    struct uf_table *table = NULL;
    const struct panel_activity *a = x->activity;
    UF_TRY(tidy_table_new(name, uf_words_in(title, a->language), columns, n_columns, &table, error));
    for (size_t r = 0; r < a->n_regions; r++) {
        uf_status status = rows(x, r, table, error);
        if (status != UF_OK) {
            uf_table_free(table);
            return status;
        }
    }
    return uf_result_take_table(result, table, error);
}

static uf_status sentence(const struct panel_activity *a, const void *what, size_t r, char **out,
                          struct uf_error *error)
{
    const struct breadth *x = what;
    static const struct uf_words told = {
        "In {0}{1}, variety is {2} bits, as of {3} equally large sectors: {4} between broad sectors "
        "(unrelated) and {5} "
        "within them (related); {0} ranks {6} of {7} by related variety.",
        "I {0}{1} är variationen {2} bitar, som i {3} lika stora branscher: {4} mellan breda branscher "
        "(orelaterad) och {5} "
        "inom dem (relaterad); {0} har plats {6} av {7} i relaterad variation."};
    static const struct uf_words none = {"No variety can be formed for {0}{1}.",
                                         "Ingen variation kan beräknas för {0}{1}."};
    const struct uf_variety *y = &x->region[r];
    size_t ranked;
    const double rank = rank_of_member(&x->region->related, sizeof *x->region, a->n_regions, r, &ranked);
    const struct uf_argument arguments[] = {uf_text_argument(panel_activity_region_label(a, r)),
                                            uf_text_argument(a->at[0].when),
                                            uf_number_argument(y->total, 2),
                                            uf_number_argument(exp2(y->total), 1),
                                            uf_number_argument(y->unrelated, 2),
                                            uf_number_argument(y->related, 2),
                                            uf_number_argument(rank, 0),
                                            uf_count_argument(ranked)};
    return uf_phrase(a->language, isnan(y->total) ? none : told, arguments, 8, out, error);
}

/* How sectors were put together, and where that leaves nothing to tell. */
static uf_status tell_division(const struct breadth *x, struct uf_result *result, struct uf_error *error)
{
    static const struct uf_words text = {"{0} fine sectors lie in {1} broad ones, the largest of which ({2}) "
                                         "holds {3}; {4} other sectors are left out.",
                                         "{0} fina branscher ligger i {1} breda, av vilka den största ({2}) "
                                         "rymmer {3}; {4} andra branscher ingår inte."};
    const struct sector_division *d = &x->division;
    size_t largest = 0;
    for (size_t g = 0; g < d->n_groups; g++)
        if (d->size[g] > d->size[largest]) largest = g;
    const struct uf_argument arguments[] = {
        uf_count_argument(d->n_sectors), uf_count_argument(d->n_groups), uf_text_argument(d->name[largest]),
        uf_count_argument(d->size[largest]), uf_count_argument(d->n_other)};
    const enum uf_language language = x->activity->language;
    UF_TRY(
        uf_result_add_note(result, language, UF_NOTE, "sector-levels", text, no_advice, arguments, 5, error));
    if (d->size[largest] > 1) return UF_OK;
    static const struct uf_words alone = {
        "Each broad sector holds one fine sector: related variety is 0 by construction and says nothing.",
        "Varje bred bransch rymmer en enda fin bransch: den relaterade variationen är 0 av konstruktionen "
        "och säger "
        "inget."};
    static const struct uf_words advice = {
        "Bring figures by finer sectors, set 'broad' lower, or list the broad sectors in 'groups'.",
        "Använd uppgifter för finare branscher, sätt 'broad' lägre eller ange de breda branscherna i "
        "'groups'."};
    return uf_result_add_note(result, language, UF_WARNING, "one-sector-each", alone, advice, NULL, 0, error);
}

static uf_status tell_findings(const struct breadth *x, struct uf_result *result, struct uf_error *error)
{
    const struct panel_activity *a = x->activity;
    size_t most = SIZE_MAX, least = SIZE_MAX;
    for (size_t r = 0; r < a->n_regions; r++) {
        if (isnan(x->region[r].related)) continue;
        if (most == SIZE_MAX || x->region[r].related > x->region[most].related) most = r;
        if (least == SIZE_MAX || x->region[r].related < x->region[least].related) least = r;
    }
    if (most == SIZE_MAX) {
        static const struct uf_words text = {"No variety can be formed for any region.",
                                             "Ingen variation kan beräknas för någon region."};
        return uf_result_add_note(result, a->language, UF_WARNING, "finding", text, no_advice, NULL, 0,
                                  error);
    }
    static const struct uf_words alike = {"Related variety{0} is {2} bits in every region that has it.",
                                          "Relaterad variation{0} är {2} bitar i varje region som har den."};
    const bool same = x->region[most].related - x->region[least].related < 1e-9;
    static const struct uf_words finding = {
        "Most related variety{0}: {1} ({2} bits); least: {3} ({4} bits).",
        "Störst relaterad variation{0}: {1} ({2} bitar); minst: {3} ({4} bitar)."};
    const struct uf_argument arguments[] = {uf_text_argument(a->at[0].when),
                                            uf_text_argument(panel_activity_region_label(a, most)),
                                            uf_number_argument(x->region[most].related, 2),
                                            uf_text_argument(panel_activity_region_label(a, least)),
                                            uf_number_argument(x->region[least].related, 2)};
    UF_TRY(uf_result_add_note(result, a->language, UF_NOTE, "finding", same ? alike : finding, no_advice,
                              arguments, 5, error));
    if (!a->bands) return UF_OK;
    static const struct uf_words text = {
        "The bands surely hold the variety but may be wider than what the unrounded figures can reach.",
        "Intervallen innehåller säkert de sanna värdena men kan vara bredare än vad de oavrundade värdena "
        "medger."};
    return uf_result_add_note(result, a->language, UF_NOTE, "outer-band", text, no_advice, NULL, 0, error);
}

static uf_status add_results(const struct breadth *x, struct uf_result *result, struct uf_error *error)
{
    static const struct tidy_column regions[] = {
        {"unit", UF_COLUMN_TEXT, NULL, -1},
        {"label", UF_COLUMN_TEXT, NULL, -1},
        {"period", UF_COLUMN_TEXT, NULL, -1},
        {"total", UF_COLUMN_NUMBER, "bit", 3},
        {"total_low", UF_COLUMN_NUMBER, "bit", 3},
        {"total_high", UF_COLUMN_NUMBER, "bit", 3},
        {"unrelated", UF_COLUMN_NUMBER, "bit", 3},
        {"unrelated_low", UF_COLUMN_NUMBER, "bit", 3},
        {"unrelated_high", UF_COLUMN_NUMBER, "bit", 3},
        {"related", UF_COLUMN_NUMBER, "bit", 3},
        {"related_low", UF_COLUMN_NUMBER, "bit", 3},
        {"related_high", UF_COLUMN_NUMBER, "bit", 3},
        TIDY_BANDED("related_share", "%", 1),
        {"sectors", UF_COLUMN_NUMBER, NULL, 0},
        {"broad_sectors", UF_COLUMN_NUMBER, NULL, 0},
    };
    static const struct tidy_column parts[] = {
        {"unit", UF_COLUMN_TEXT, NULL, -1},        {"label", UF_COLUMN_TEXT, NULL, -1},
        {"component", UF_COLUMN_TEXT, NULL, -1},   {"component_label", UF_COLUMN_TEXT, NULL, -1},
        {"value", UF_COLUMN_NUMBER, "bit", 2},     {"value_low", UF_COLUMN_NUMBER, "bit", 2},
        {"value_high", UF_COLUMN_NUMBER, "bit", 2}};
    UF_TRY(take_table(x, "variety", (struct uf_words){"Variety by region", "Variation per region"}, regions,
                      sizeof regions / sizeof *regions, region_row, result, error));
    UF_TRY(
        take_table(x, "variety-parts",
                   (struct uf_words){"Unrelated and related variety", "Orelaterad och relaterad variation"},
                   parts, sizeof parts / sizeof *parts, part_rows, result, error));
    struct uf_table *findings = NULL;
    UF_TRY(findings_table_new(x->activity, "variety-findings", sentence, x, &findings, error));
    UF_TRY(uf_result_take_table(result, findings, error));
    UF_TRY(tell_division(x, result, error));
    return tell_findings(x, result, error);
}

static uf_status run(const struct uf_panel *panel, const struct uf_options *options,
                     const struct uf_context *context, struct uf_result *result, struct uf_error *error)
{
    size_t period;
    UF_TRY(panel_activity_period(panel, options, "period", true, &period, error));
    struct panel_activity a;
    UF_TRY(panel_activity_new(panel, options, context->language, &period, 1, &a, error));
    struct breadth x = {.activity = &a};
    result->claim = UF_CLAIM_DESCRIPTION;
    uf_status status = fill(&x, options, error);
    /* Where sectors are chosen here, those of the data need not add up to anything. */
    if (status == UF_OK) status = panel_activity_tell(&a, x.division.n_other == 0, result, error);
    if (status == UF_OK) status = add_results(&x, result, error);
    breadth_clear(&x);
    panel_activity_clear(&a);
    return status;
}

static const struct uf_option options_list[] = {
    {"period", UF_OPTION_PERIOD, NULL, NULL, "The period described; default the last with values", false},
    SECTOR_DIVISION_OPTIONS,
    PANEL_ACTIVITY_OPTIONS_ALONE,
};

static const struct uf_chart_hint charts[] = {
    {.kind = "stacked-bars",
     .table = "variety-parts",
     .title = {"Unrelated and related variety, {3}. {0}", "Orelaterad och relaterad variation, {3}. {0}"},
     .value_label = {"Entropy", "Entropi"},
     .value = "value",
     .low = "value_low",
     .high = "value_high",
     .label = "label",
     .group = "component_label",
     .reference = 0},
};

static const char *const sources[] = {
    "Frenken, K., Van Oort, F. & Verburg, T. (2007). Related variety, unrelated variety and regional "
    "economic "
    "growth. Regional Studies, 41(5), 685–697.",
    NULL,
};

const struct uf_method uf_method_variety = {
    .name = "variety",
    .family = UF_FAMILY_PROFILE,
    .title = {"Related and unrelated variety", "Relaterad och orelaterad variation"},
    .summary = {"How broad is the region's activity, between unlike sectors and within alike ones?",
                "Hur bred är regionens verksamhet, mellan olika branscher och inom liknande?"},
    .formula_note =
        {"Entropy of the fine sectors' shares p, logarithm to base 2: total Σ p·log2(1/p) = unrelated Σ "
         "P·log2(1/P) over the broad sectors + related Σ p·log2(P/p) within them, exactly. 2 to the power of "
         "the total is how many equally large sectors would be as varied. Variety depends on the "
         "classification: compare regions within one table.",
         "Entropi för de fina branschernas andelar p, logaritm med basen 2: total Σ p·log2(1/p) = orelaterad "
         "Σ "
         "P·log2(1/P) över de breda branscherna + relaterad Σ p·log2(P/p) inom dem, exakt. 2 upphöjt till "
         "totalen är hur många lika stora branscher som ger samma variation. Variationen beror på "
         "klassifikationen: jämför regioner inom en tabell."},
    .sources = sources,
    .options = options_list,
    .n_options = sizeof options_list / sizeof *options_list,
    .charts = charts,
    .n_charts = sizeof charts / sizeof *charts,
    .needs_sector = true,
    .run = run,
};
