// SPDX-License-Identifier: GPL-3.0-or-later
/* What the figures say of each other: whether the sectors overlap and add up, and whether they are rounded as is said. */
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "base/advice.h"
#include "base/fail.h"
#include "profile/panel_activity_notes.h"

/* Sections as letters: `B-E` is 1…4, `C` is 2, `M_N` is 12…13; false for other codes. */
static bool section_range(const char *code, int *first, int *last)
{
    const size_t length = strlen(code);
    if ((length != 1 && length != 3) || code[0] < 'A' || code[0] > 'U') return false;
    *first = *last = code[0] - 'A';
    if (length == 1) return true;
    if ((code[1] != '-' && code[1] != '_') || code[2] < code[0] || code[2] > 'U') return false;
    *last = code[2] - 'A';
    return true;
}

uf_status panel_activity_tell_sectors(const struct panel_activity *a, bool sums_used,
                                      struct uf_result *result, struct uf_error *error)
{
    if (a->unnamed_total != SIZE_MAX) {
        static const struct uf_words text = {"The sector {0} is by its code a total and was not counted as a "
                                             "sector; the sectors' sum is the region's total.",
                                             "Branschen {0} är enligt sin kod en total och har inte räknats "
                                             "som bransch; regionens total är branschernas "
                                             "summa."};
        static const struct uf_words advice = {"Name it with the option total to have it as the denominator.",
                                               "Ange den med valet total om den ska vara nämnare."};
        struct uf_argument arguments[] = {uf_text_argument(a->panel->sectors.code[a->unnamed_total])};
        UF_TRY(TELL(UF_NOTE, "total-left-out", text, advice, arguments));
    }
    for (size_t i = 0; sums_used && i < a->n_sectors; i++) {
        for (size_t j = i + 1; j < a->n_sectors; j++) {
            const char *one = panel_activity_sector_code(a, i), *other = panel_activity_sector_code(a, j);
            int first[2], last[2];
            if (!section_range(one, &first[0], &last[0]) || !section_range(other, &first[1], &last[1]))
                continue;
            if (last[0] < first[1] || last[1] < first[0]) continue;
            static const struct uf_words text = {
                "The sectors {0} and {1} overlap: sums over sectors count the same activity twice.",
                "Branscherna {0} och {1} överlappar varandra: summor över branscher räknar samma verksamhet "
                "två gånger."};
            static const struct uf_words advice = {"Choose sectors that divide the economy without overlap.",
                                                   "Välj branscher som delar upp ekonomin utan överlapp."};
            struct uf_argument arguments[] = {uf_text_argument(one), uf_text_argument(other)};
            return TELL(UF_WARNING, "sectors-overlap", text, advice, arguments);
        }
    }
    return UF_OK;
}

uf_status panel_activity_tell_total_gap(const struct panel_activity *a, struct uf_result *result,
                                        struct uf_error *error)
{
    if (a->total_sector == SIZE_MAX) return UF_OK;
    double smallest = INFINITY, largest = -INFINITY;
    size_t farthest = 0;
    for (size_t t = 0; t < a->n_periods; t++) {
        for (size_t r = 0; r < a->n_regions; r++) {
            double sum = 0, total = gsl_vector_get(a->at[t].total[BOUND_VALUE], r);
            for (size_t s = 0; s < a->n_sectors; s++)
                sum += gsl_matrix_get(a->at[t].value[BOUND_VALUE], r, s);
            double gap = 100 * (sum / total - 1);
            if (!isfinite(gap)) continue;
            if (fabs(gap) > fmax(fabs(smallest), fabs(largest)) || isinf(smallest)) farthest = r;
            smallest = fmin(smallest, gap);
            largest = fmax(largest, gap);
        }
    }
    if (isinf(smallest) || (smallest == 0 && largest == 0)) return UF_OK;
    static const struct uf_words text = {"The sum of the sectors differs from the published total {0} by {1} "
                                         "to {2} per cent, most in {3}. Nothing was "
                                         "rescaled.",
                                         "Branschernas summa avviker från den publicerade totalen {0} med "
                                         "{1} till {2} procent, mest i {3}. Inget har "
                                         "räknats om för att stämma."};
    struct uf_argument arguments[] = {uf_text_argument(a->panel->sectors.code[a->total_sector]),
                                      uf_number_argument(smallest, 1), uf_number_argument(largest, 1),
                                      uf_text_argument(panel_activity_region_label(a, farthest))};
    return TELL(UF_NOTE, "total-gap", text, no_advice, arguments);
}

/* How many figures are no multiples of the unit. */
static size_t off_unit(const struct panel_activity *a, double unit, size_t *out_known)
{
    size_t off = 0, known = 0;
    for (size_t t = 0; t < a->n_periods; t++) {
        const gsl_matrix *value = a->at[t].value[BOUND_VALUE];
        for (size_t i = 0; i < a->n_regions * a->n_sectors; i++) {
            double x = gsl_matrix_get(value, i / a->n_sectors, i % a->n_sectors);
            if (isnan(x) || (a->at[t].status[i] & UF_VALUE_IMPUTED)) continue;
            known++;
            off += fabs(x - unit * nearbyint(x / unit)) > 1e-9 * unit;
        }
    }
    *out_known = known;
    return off;
}

/* Sums of n figures, each rounded to whole u, are multiples of u and off by up to n·u/2: their unit is n·u. The n, or 1
 * where none explains the figures. */
static size_t parts_of_sums(const struct panel_activity *a)
{
    enum { MOST_PARTS = 100 };
    size_t known;
    for (size_t n = 2; n <= MOST_PARTS; n++)
        if (off_unit(a, a->column->rounding / (double)n, &known) == 0) return n;
    return 1;
}

uf_status panel_activity_tell_rounding(const struct panel_activity *a, struct uf_result *result,
                                       struct uf_error *error)
{
    if (!(a->column->rounding > 0)) return UF_OK;
    const double unit = a->column->rounding;
    size_t known, off = off_unit(a, unit, &known),
                  parts = off > 0 && a->column->of_sums ? parts_of_sums(a) : 1;
    if (parts > 1) {
        static const struct uf_words text = {
            "The figures are sums of up to {0} figures, each rounded to whole {1}: each true value lies "
            "within {2} of "
            "the one shown. The bands follow from that alone; they are not confidence intervals.",
            "Uppgifterna är summor av upp till {0} uppgifter som var och en är avrundad till hela {1}: varje "
            "sant värde "
            "ligger högst {2} från det visade. Avrundningsintervallen följer enbart av detta och är inte "
            "konfidensintervall."};
        struct uf_argument arguments[] = {uf_count_argument(parts),
                                          uf_number_argument(unit / (double)parts, -1),
                                          uf_number_argument(unit / 2, -1)};
        return TELL(UF_NOTE, "rounding", text, no_advice, arguments);
    }
    if (off > 0) {
        static const struct uf_words text = {
            "The figures are said to be rounded to whole {0}, but {1} of {2} are not multiples of it.",
            "Uppgifterna anges vara avrundade till hela {0}, men {1} av {2} är inte multiplar av det."};
        static const struct uf_words advice = {
            "Check the indicator's rounding unit: the bands rest on it.",
            "Kontrollera indikatorns avrundningsenhet: avrundningsintervallen "
            "bygger på den."};
        struct uf_argument arguments[] = {uf_number_argument(unit, -1), uf_count_argument(off),
                                          uf_count_argument(known)};
        return TELL(UF_WARNING, "rounding-mismatch", text, advice, arguments);
    }
    static const struct uf_words text = {"The figures are rounded to whole {0}: each true value lies within "
                                         "{1} of the one shown. The bands follow from that alone; "
                                         "they are not confidence intervals.",
                                         "Uppgifterna är avrundade till hela {0}: varje sant värde ligger "
                                         "högst {1} från det visade. Avrundningsintervallen följer "
                                         "enbart av detta och är inte konfidensintervall."};
    struct uf_argument arguments[] = {uf_number_argument(unit, -1), uf_number_argument(unit / 2, -1)};
    return TELL(UF_NOTE, "rounding", text, no_advice, arguments);
}
