// SPDX-License-Identifier: GPL-3.0-or-later
/* What location quotients say, by region and of all. */
#include <math.h>
#include <stdlib.h>
#include <utfall/number.h>

#include "base/advice.h"
#include "base/fail.h"
#include "profile/findings.h"
#include "profile/location_quotient_tables.h"

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

uf_status quotient_findings(const struct panel_activity *a, const struct quotients *quotients,
                            const struct quotient_ranks *ranks, size_t period, struct uf_table **out,
                            struct uf_error *error)
{
    const struct told told = {quotients, ranks, period};
    return findings_table_new(a, "location-quotient-findings", region_sentence, &told, out, error);
}

uf_status quotient_tell(const struct panel_activity *a, const struct quotients *q, size_t period,
                        struct uf_result *result, struct uf_error *error)
{
    size_t open = 0, defined = 0, best_region = 0, best_sector = 0;
    double best = -1;
    for (size_t r = 0; r < a->n_regions; r++) {
        for (size_t s = 0; s < a->n_sectors; s++) {
            double lq = gsl_matrix_get(q->value, r, s);
            if (!isfinite(lq)) continue;
            defined++;
            if (a->bands && quotient_spans_one(q, r, s)) open++;
            if (lq > best) best = lq, best_region = r, best_sector = s;
        }
    }
    if (defined == 0) {
        static const struct uf_words text = {"No location quotient can be formed{0}.",
                                             "Ingen lokaliseringskvot kan beräknas{0}."};
        struct uf_argument arguments[] = {uf_text_argument(a->at[period].when)};
        return uf_result_add_note(result, a->language, UF_WARNING, "finding", text, no_advice, arguments, 1,
                                  error);
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
    uf_status status =
        uf_result_add_note(result, a->language, UF_NOTE, "finding", finding, no_advice, arguments, 4, error);
    free(quotient);
    if (status != UF_OK || open == 0) return status;
    static const struct uf_words spans = {
        "In {0} of {1} cells the band spans 1: rounding alone leaves it open whether the sector is over- or "
        "under-represented there.",
        "I {0} av {1} celler omfattar avrundningsintervallet 1: redan avrundningen gör det osäkert om "
        "branschen är över- "
        "eller underrepresenterad där."};
    struct uf_argument counts[] = {uf_count_argument(open), uf_count_argument(defined)};
    return uf_result_add_note(result, a->language, UF_NOTE, "band-spans-one", spans, no_advice, counts, 2,
                              error);
}

uf_status quotient_tell_changes(const struct panel_activity *a, const struct quotients *now,
                                const struct quotients *before, struct uf_result *result,
                                struct uf_error *error)
{
    size_t open = 0, defined = 0, region = SIZE_MAX, sector = 0;
    double largest = 0;
    for (size_t r = 0; r < a->n_regions; r++)
        for (size_t s = 0; s < a->n_sectors; s++) {
            const struct quotient_change x = quotient_change_of(a, now, before, r, s);
            if (isnan(x.change)) continue;
            defined++;
            open += quotient_change_open(x);
            if (quotient_change_open(x) || !(fabs(x.change) > fabs(largest))) continue;
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
