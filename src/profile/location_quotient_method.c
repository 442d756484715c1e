// SPDX-License-Identifier: GPL-3.0-or-later
#include <math.h>
#include <stdlib.h>
#include <utfall/location_quotient.h>
#include <utfall/number.h>

#include "base/advice.h"
#include "base/fail.h"
#include "profile/activity_sums.h"
#include "profile/findings.h"
#include "profile/location_quotient_growth.h"
#include "profile/location_quotient_ranks.h"
#include "profile/panel_activity.h"
#include "profile/tidy.h"

/* Quotients and bands of one period; matrices regions × sectors. */
struct quotients {
    gsl_matrix *value, *low, *high;
};

static void quotients_clear(struct quotients *q)
{
    gsl_matrix_free(q->value);
    gsl_matrix_free(q->low);
    gsl_matrix_free(q->high);
}

static uf_status quotients_new(const struct panel_activity *a, size_t period, struct quotients *out,
                               struct uf_error *error)
{
    struct quotients q = {gsl_matrix_alloc(a->n_regions, a->n_sectors),
                          gsl_matrix_alloc(a->n_regions, a->n_sectors),
                          gsl_matrix_alloc(a->n_regions, a->n_sectors)};
    uf_status status = UF_OK;
    if (q.value == NULL || q.low == NULL || q.high == NULL) status = uf_fail_memory(error);
    struct uf_activity value = panel_activity_at(a, period, BOUND_VALUE);
    if (status == UF_OK) status = uf_location_quotient(&value, a->reference, q.value, error);
    if (status == UF_OK && a->bands) {
        struct uf_activity low = panel_activity_at(a, period, BOUND_LOW);
        struct uf_activity high = panel_activity_at(a, period, BOUND_HIGH);
        status = uf_location_quotient_band(&low, &high, a->reference, q.low, q.high, error);
    }
    if (status != UF_OK) {
        quotients_clear(&q);
        return status;
    }
    *out = q;
    return UF_OK;
}

/* Why the quotient of a cell is missing: the flags of all it is formed from. */
static uf_value_status needed(const struct panel_activity *a, size_t period, size_t r, size_t s)
{
    const struct period_activity *p = &a->at[period];
    uf_value_status flags = p->status[r * a->n_sectors + s];
    if (a->total_sector != SIZE_MAX)
        flags |= p->total_status[r];
    else
        flags |= p->region_sum[r];
    if (a->has_whole) {
        flags |= p->whole_status[s];
        flags |= a->total_sector != SIZE_MAX ? p->whole_total_status : p->whole_cells;
    } else {
        flags |= p->sector_sum[s];
        flags |= a->total_sector != SIZE_MAX ? p->all_totals : p->all_cells;
    }
    return flags & UF_VALUE_MISSING_MASK;
}

/* The sector's share of the reference area, as the quotient has it. */
static double reference_share(const struct panel_activity *a, const struct uf_activity_sums *sums, size_t r,
                              size_t s, double cell)
{
    if (sums->whole != NULL) return sums->whole[s] / sums->whole_denominator;
    if (a->reference == UF_REFERENCE_REST)
        return (sums->sector[s] - cell) / (sums->denominators - sums->denominator[r]);
    return sums->sector[s] / sums->denominators;
}

static bool band_spans_one(const struct quotients *q, size_t r, size_t s)
{
    return gsl_matrix_get(q->low, r, s) < 1 && gsl_matrix_get(q->high, r, s) > 1;
}

struct change {
    double change, low, high; /* low and high NaN where figures are not rounded */
};

/* The bounds of a change: the two periods' figures are rounded apart, so each may lie at its own end. */
static struct change change_of(const struct panel_activity *a, const struct quotients *now,
                               const struct quotients *before, size_t r, size_t s)
{
    struct change x = {gsl_matrix_get(now->value, r, s) - gsl_matrix_get(before->value, r, s), NAN, NAN};
    if (!panel_activity_banded(a, !isnan(x.change))) return x;
    x.low = gsl_matrix_get(now->low, r, s) - gsl_matrix_get(before->high, r, s);
    x.high = gsl_matrix_get(now->high, r, s) - gsl_matrix_get(before->low, r, s);
    return x;
}

static bool spans_zero(struct change x)
{
    return x.low <= 0 && x.high >= 0;
}

static void change_cells(const struct panel_activity *a, const struct quotients *now,
                         const struct quotients *before, size_t r, size_t s, uf_value_status reason,
                         struct tidy_row *row)
{
    static const struct uf_words within = {"rounding alone may explain the change",
                                           "avrundningen ensam kan förklara förändringen"};
    const struct change x = change_of(a, now, before, r, s);
    const uf_value_status then = needed(a, 0, r, s), both = reason | then;
    const uf_value_status no_band = a->bands ? both : UF_VALUE_NOT_APPLICABLE;
    tidy_text(row, panel_activity_period_code(a, 0));
    tidy_number(row, gsl_matrix_get(before->value, r, s), then);
    tidy_number(row, x.change, both);
    tidy_number(row, x.low, no_band);
    tidy_number(row, x.high, no_band);
    tidy_text(row, spans_zero(x) ? uf_words_in(within, a->language) : NULL);
}

/* One row of the table; `before` NULL: no comparison. */
static uf_status quotient_row(const struct panel_activity *a, const struct uf_activity_sums *sums,
                              const struct quotients *now, size_t period, const struct quotients *before,
                              size_t r, size_t s, struct uf_table *table, struct uf_error *error)
{
    static const struct uf_words spans = {"the band spans 1", "avrundningsintervallet omfattar 1"};
    const uf_value_status reason = needed(a, period, r, s);
    const double lq = gsl_matrix_get(now->value, r, s);
    const double cell = gsl_matrix_get(a->at[period].value[BOUND_VALUE], r, s);
    const bool banded = panel_activity_banded(a, isfinite(lq));
    const uf_value_status no_band = a->bands ? reason : UF_VALUE_NOT_APPLICABLE;
    struct tidy_row row = tidy_row_add(table, error);
    tidy_text(&row, panel_activity_region_code(a, r));
    tidy_text(&row, panel_activity_region_label(a, r));
    tidy_text(&row, panel_activity_sector_code(a, s));
    tidy_text(&row, panel_activity_sector_label(a, s));
    tidy_text(&row, panel_activity_period_code(a, period));
    tidy_value(&row, cell, a->at[period].status[r * a->n_sectors + s]);
    tidy_number(&row, 100 * cell / sums->denominator[r], reason);
    tidy_number(&row, 100 * reference_share(a, sums, r, s, cell), reason);
    tidy_number(&row, lq, reason);
    tidy_number(&row, banded ? gsl_matrix_get(now->low, r, s) : NAN, no_band);
    tidy_number(&row, banded ? gsl_matrix_get(now->high, r, s) : NAN, no_band);
    tidy_number(&row, uf_symmetric_advantage(lq), reason);
    tidy_text(&row, banded && band_spans_one(now, r, s) ? uf_words_in(spans, a->language) : NULL);
    if (before != NULL) change_cells(a, now, before, r, s, reason, &row);
    return row.status;
}

static uf_status quotient_table(const struct panel_activity *a, const struct quotients *now, size_t period,
                                const struct quotients *before, struct uf_table **out, struct uf_error *error)
{
    static const struct uf_words title = {"Location quotients by region and sector",
                                          "Lokaliseringskvoter efter region och bransch"};
    const struct tidy_column columns[] = {
        {"unit", UF_COLUMN_TEXT, NULL, -1},
        {"label", UF_COLUMN_TEXT, NULL, -1},
        {"sector", UF_COLUMN_TEXT, NULL, -1},
        {"sector_label", UF_COLUMN_TEXT, NULL, -1},
        {"period", UF_COLUMN_TEXT, NULL, -1},
        {"value", UF_COLUMN_NUMBER, a->column->unit, -1},
        {"share", UF_COLUMN_NUMBER, "%", 2},
        {"reference_share", UF_COLUMN_NUMBER, "%", 2},
        {"location_quotient", UF_COLUMN_NUMBER, NULL, 2},
        {"low", UF_COLUMN_NUMBER, NULL, 2},
        {"high", UF_COLUMN_NUMBER, NULL, 2},
        {"rsca", UF_COLUMN_NUMBER, NULL, 2},
        {"note", UF_COLUMN_TEXT, NULL, -1},
        {"compared_with", UF_COLUMN_TEXT, NULL, -1},
        {"location_quotient_then", UF_COLUMN_NUMBER, NULL, 2},
        {"location_quotient_change", UF_COLUMN_NUMBER, NULL, 2},
        {"location_quotient_change_low", UF_COLUMN_NUMBER, NULL, 2},
        {"location_quotient_change_high", UF_COLUMN_NUMBER, NULL, 2},
        {"change_note", UF_COLUMN_TEXT, NULL, -1},
    };
    const size_t n_columns = sizeof columns / sizeof *columns - (before != NULL ? 0 : 6);
    struct uf_table *table = NULL;
    UF_TRY(tidy_table_new("location-quotient", uf_words_in(title, a->language), columns, n_columns, &table,
                          error));
    struct uf_activity value = panel_activity_at(a, period, BOUND_VALUE);
    struct uf_activity_sums sums = {0};
    uf_status status = uf_activity_sums_new(&value, &sums, error);
    for (size_t r = 0; status == UF_OK && r < a->n_regions; r++)
        for (size_t s = 0; status == UF_OK && s < a->n_sectors; s++)
            status = quotient_row(a, &sums, now, period, before, r, s, table, error);
    uf_activity_sums_clear(&sums);
    if (status != UF_OK) {
        uf_table_free(table);
        return status;
    }
    *out = table;
    return UF_OK;
}

/* --- sentences ---------------------------------------------------------------------------------- */

enum { NAMED = 3 };

/* The sectors of a region with the highest quotients above 1, largest first; returns how many. */
static size_t top_sectors(const struct panel_activity *a, const struct quotients *q, size_t r,
                          size_t top[NAMED])
{
    size_t n = 0;
    for (size_t s = 0; s < a->n_sectors; s++) {
        double lq = gsl_matrix_get(q->value, r, s);
        if (!(lq > 1)) continue;
        size_t place = n;
        while (place > 0 && lq > gsl_matrix_get(q->value, r, top[place - 1])) place--;
        if (place >= NAMED) continue;
        if (n < NAMED) n++;
        for (size_t i = n - 1; i > place; i--) top[i] = top[i - 1];
        top[place] = s;
    }
    return n;
}

/* "1.94", with the band where there is one: "1.94 (1.85–2.03)". */
static void append_quotient(struct uf_buffer *text, const struct panel_activity *a, const struct quotients *q,
                            size_t r, size_t s)
{
    char number[UF_NUMBER_SIZE];
    uf_buffer_append(text, uf_number_format(gsl_matrix_get(q->value, r, s), 2, a->language, number));
    if (!a->bands) return;
    uf_buffer_append(text, " (");
    uf_buffer_append(text, uf_number_format(gsl_matrix_get(q->low, r, s), 2, a->language, number));
    uf_buffer_append(text, "–");
    uf_buffer_append(text, uf_number_format(gsl_matrix_get(q->high, r, s), 2, a->language, number));
    uf_buffer_append(text, ")");
}

/* The quotients of one period. */
struct told {
    const struct quotients *quotients;
    const struct quotient_ranks *ranks;
    size_t period;
};

static uf_status region_sentence(const struct panel_activity *a, const void *what, size_t r, char **out,
                                 struct uf_error *error)
{
    const struct told *told = what;
    const struct quotients *q = told->quotients;
    static const struct uf_words highest = {"Highest location quotients in {0}{1}: {2}.",
                                            "Högsta lokaliseringskvoter i {0}{1}: {2}."};
    static const struct uf_words none = {"No location quotient above 1 can be formed for {0}{1}.",
                                         "Ingen lokaliseringskvot över 1 kan beräknas för {0}{1}."};
    size_t top[NAMED];
    const size_t n = top_sectors(a, q, r, top);
    struct uf_buffer list;
    uf_buffer_init(&list);
    for (size_t i = 0; i < n; i++) {
        if (i > 0) uf_buffer_append(&list, a->keep_incomplete ? "; " : ", ");
        uf_buffer_append(&list, panel_activity_sector_label(a, top[i]));
        uf_buffer_append(&list, " ");
        append_quotient(&list, a, q, r, top[i]);
        /* Where regions without figures are kept, the rank says among how many. */
        char *rank = a->keep_incomplete ? quotient_rank_text(a, told->ranks, r, top[i]) : NULL;
        if (rank != NULL) uf_buffer_append(&list, a->language == UF_SWEDISH ? ", rang " : ", rank ");
        if (rank != NULL) uf_buffer_append(&list, rank);
        free(rank);
    }
    char *names = uf_buffer_take(&list);
    if (names == NULL) return uf_fail_memory(error);
    struct uf_argument arguments[] = {uf_text_argument(panel_activity_region_label(a, r)),
                                      uf_text_argument(a->at[told->period].when), uf_text_argument(names)};
    uf_status status = uf_phrase(a->language, n > 0 ? highest : none, arguments, 3, out, error);
    free(names);
    return status;
}

/* The one highest quotient of all, and how many quotients rounding leaves open. */
static uf_status tell_findings(const struct panel_activity *a, const struct quotients *q, size_t period,
                               struct uf_result *result, struct uf_error *error)
{
    size_t open = 0, defined = 0, best_region = 0, best_sector = 0;
    double best = -1;
    for (size_t r = 0; r < a->n_regions; r++) {
        for (size_t s = 0; s < a->n_sectors; s++) {
            double lq = gsl_matrix_get(q->value, r, s);
            if (!isfinite(lq)) continue;
            defined++;
            if (a->bands && band_spans_one(q, r, s)) open++;
            if (lq > best) best = lq, best_region = r, best_sector = s;
        }
    }
    if (defined == 0) {
        static const struct uf_words text = {"No location quotient can be formed{0}.",
                                             "Ingen lokaliseringskvot kan beräknas{0}."};
        struct uf_argument arguments[] = {uf_text_argument(a->at[period].when)};
        return uf_result_add_note(result, a->language, UF_WARNING, "finding", text,
                                  (struct uf_words){NULL, NULL}, arguments, 1, error);
    }
    struct uf_buffer number;
    uf_buffer_init(&number);
    append_quotient(&number, a, q, best_region, best_sector);
    char *quotient = uf_buffer_take(&number);
    if (quotient == NULL) return uf_fail_memory(error);
    static const struct uf_words finding = {"Highest location quotient of all regions{0}: {2} ({1}), {3}.",
                                            "Högsta lokaliseringskvot av alla regioner{0}: {2} ({1}), {3}."};
    struct uf_argument arguments[] = {
        uf_text_argument(a->at[period].when), uf_text_argument(panel_activity_sector_label(a, best_sector)),
        uf_text_argument(panel_activity_region_label(a, best_region)), uf_text_argument(quotient)};
    uf_status status = uf_result_add_note(result, a->language, UF_NOTE, "finding", finding,
                                          (struct uf_words){NULL, NULL}, arguments, 4, error);
    free(quotient);
    if (status != UF_OK || open == 0) return status;
    static const struct uf_words spans = {
        "In {0} of {1} cells the band spans 1: rounding alone leaves it open whether the sector is over- or "
        "under-represented there.",
        "I {0} av {1} celler omfattar avrundningsintervallet 1: redan avrundningen gör det osäkert om "
        "branschen är över- "
        "eller underrepresenterad där."};
    struct uf_argument counts[] = {uf_count_argument(open), uf_count_argument(defined)};
    return uf_result_add_note(result, a->language, UF_NOTE, "band-spans-one", spans,
                              (struct uf_words){NULL, NULL}, counts, 2, error);
}

/* How many changes rounding leaves open, and the largest that it does not. */
static uf_status tell_changes(const struct panel_activity *a, const struct quotients *now,
                              const struct quotients *before, struct uf_result *result,
                              struct uf_error *error)
{
    size_t open = 0, defined = 0, region = SIZE_MAX, sector = 0;
    double largest = 0;
    for (size_t r = 0; r < a->n_regions; r++)
        for (size_t s = 0; s < a->n_sectors; s++) {
            const struct change x = change_of(a, now, before, r, s);
            if (isnan(x.change)) continue;
            defined++;
            open += spans_zero(x);
            if (spans_zero(x) || !(fabs(x.change) > fabs(largest))) continue;
            largest = x.change, region = r, sector = s;
        }
    if (region != SIZE_MAX) {
        static const struct uf_words finding = {
            "Largest change of a location quotient since {0}: {1} in {2}, from {3} to {4}.",
            "Störst förändring av en lokaliseringskvot sedan {0}: {1} i {2}, från {3} till {4}."};
        const struct uf_argument arguments[] = {
            uf_text_argument(panel_activity_period_code(a, 0)),
            uf_text_argument(panel_activity_sector_label(a, sector)),
            uf_text_argument(panel_activity_region_label(a, region)),
            uf_number_argument(gsl_matrix_get(before->value, region, sector), 2),
            uf_number_argument(gsl_matrix_get(now->value, region, sector), 2)};
        UF_TRY(uf_result_add_note(result, a->language, UF_NOTE, "finding", finding, no_advice, arguments, 5,
                                  error));
    }
    if (open == 0) return UF_OK;
    static const struct uf_words text = {
        "In {0} of {1} cells rounding alone may explain the change of the quotient.",
        "I {0} av {1} celler kan avrundningen ensam förklara kvotens förändring."};
    const struct uf_argument counts[] = {uf_count_argument(open), uf_count_argument(defined)};
    return uf_result_add_note(result, a->language, UF_NOTE, "change-within-rounding", text, no_advice, counts,
                              2, error);
}

/* --- the method --------------------------------------------------------------------------------- */

static uf_status add_results(const struct panel_activity *a, const struct quotients *now, size_t period,
                             const struct quotients *before, struct uf_result *result, struct uf_error *error)
{
    struct uf_table *table = NULL;
    UF_TRY(quotient_table(a, now, period, before, &table, error));
    UF_TRY(uf_result_take_table(result, table, error));
    struct quotient_ranks ranks;
    UF_TRY(quotient_ranks_new(now->value, a->bands ? now->low : NULL, a->bands ? now->high : NULL, &ranks,
                              error));
    const struct told told = {now, &ranks, period};
    uf_status status =
        findings_table_new(a, "location-quotient-findings", region_sentence, &told, &table, error);
    if (status == UF_OK) status = uf_result_take_table(result, table, error);
    if (status == UF_OK) status = quotient_ranks_table(a, period, now->value, &ranks, needed, &table, error);
    if (status == UF_OK) status = uf_result_take_table(result, table, error);
    quotient_ranks_clear(&ranks);
    UF_TRY(status);
    UF_TRY(tell_findings(a, now, period, result, error));
    if (before == NULL) return UF_OK;
    UF_TRY(tell_changes(a, now, before, result, error));
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
