// SPDX-License-Identifier: GPL-3.0-or-later
/* What is said of a region and its peers. */
#include <math.h>
#include <stdlib.h>

#include "base/advice.h"
#include "base/fail.h"
#include "profile/peer_regions_study.h"
#include "profile/tidy.h"

static uf_status list_peers(const struct peers *x, size_t r, char **out, struct uf_error *error)
{
    struct uf_buffer names;
    uf_buffer_init(&names);
    for (size_t i = 0; i < x->found[r]; i++) {
        if (i) uf_buffer_append(&names, ", ");
        uf_buffer_append(&names, peers_label(x, x->nearest[r * x->k + i]));
    }
    *out = uf_buffer_take(&names);
    return *out ? UF_OK : uf_fail_memory(error);
}

static uf_status sentence(const struct peers *x, size_t r, char **out, struct uf_error *error)
{
    static const struct uf_words texts[] = {
        {"{0} is left out{1}: an attribute is missing.", "{0} utelämnas{1}: en egenskap saknas."},
        {"No region is left for {0} to be compared with{1}.",
         "Ingen region återstår att jämföra {0} med{1}."},
        {"Most like {0}{1}: {2} (distance {3} to the nearest). From {4} it differs most in {5}.",
         "Mest lika {0}{1}: {2} (avstånd {3} till den närmaste). Från {4} skiljer den sig mest i {5}."},
        {"Most like {0}{1}: {2} (distance {3} to the nearest, which does not differ from it in anything "
         "compared).",
         "Mest lika {0}{1}: {2} (avstånd {3} till den närmaste, som inte skiljer sig i något som jämförs)."},
        {"Most like {0}{1}: {2} (distance {3} to the nearest). From {4} it differs most in {5}, though given "
         "the rounding any of {6} attributes could be the one.",
         "Mest lika {0}{1}: {2} (avstånd {3} till den närmaste). Från {4} skiljer den sig mest i {5}, men "
         "givet avrundningen kan det vara någon av {6} egenskaper."}};
    char *names = NULL;
    size_t which = !x->whole[r] ? 0 : x->found[r] ? 2 : 1;
    size_t first = which == 2 ? x->nearest[r * x->k] : r;
    const struct peers_gap gap = which == 2 ? peers_widest(x, r, first) : (struct peers_gap){0};
    UF_TRY(list_peers(x, r, &names, error));
    struct uf_argument arguments[] = {
        uf_text_argument(peers_label(x, r)),
        uf_text_argument(x->attributes.when),
        uf_text_argument(names),
        uf_number_argument(which == 2 ? gsl_matrix_get(x->distance, r, first) : 0, 2),
        uf_text_argument(peers_label(x, first)),
        uf_text_argument(x->attributes.label[gap.attribute]),
        uf_count_argument(gap.candidates)};
    if (which == 2 && fabs(gap.by) < 1e-9) which = 3;
    if (which == 2 && gap.candidates > 1 && x->attributes.bands) which = 4;
    uf_status status = uf_phrase(x->attributes.language, texts[which], arguments, 7, out, error);
    free(names);
    return status;
}

uf_status peers_findings_table(const struct peers *x, struct uf_table **out, struct uf_error *error)
{
    static const struct uf_words title = {"Findings by region", "Iakttagelser per region"};
    static const struct tidy_column columns[] = {{"unit", UF_COLUMN_TEXT, NULL, -1},
                                                 {"label", UF_COLUMN_TEXT, NULL, -1},
                                                 {"text", UF_COLUMN_TEXT, NULL, -1}};
    struct uf_table *table = NULL;
    UF_TRY(tidy_table_new("peer-regions-findings", uf_words_in(title, x->attributes.language), columns, 3,
                          &table, error));
    uf_status status = UF_OK;
    for (size_t r = 0; r < x->attributes.n_regions && status == UF_OK; r++) {
        char *text = NULL;
        status = sentence(x, r, &text, error);
        if (status != UF_OK) break;
        struct tidy_row row = tidy_row_add(table, error);
        tidy_text(&row, peers_code(x, r));
        tidy_text(&row, peers_label(x, r));
        tidy_text(&row, text);
        status = row.status;
        free(text);
    }
    if (status != UF_OK)
        uf_table_free(table);
    else
        *out = table;
    return status;
}

uf_status peers_tell(const struct peers *x, struct uf_result *result, struct uf_error *error)
{
    static const struct uf_words by[] = {
        {"Regions are compared by {0} indicators{1}; {2} of {3} regions have them all, the others take no "
         "part.",
         "Regionerna jämförs på {0} indikatorer{1}; {2} av {3} regioner har alla, övriga deltar inte."},
        {"Regions are compared by their shares of {0} sectors{1}; {2} of {3} regions have them all, the "
         "others take no "
         "part.",
         "Regionerna jämförs på sina andelar i {0} branscher{1}; {2} av {3} regioner har alla, övriga deltar "
         "inte."}};
    static const struct uf_words few = {"{0} regions on {1} attributes: Mahalanobis' distance rests on {2} "
                                        "figures a covariance; a few regions decide it.",
                                        "{0} regioner med {1} egenskaper: Mahalanobis avstånd bygger på {2} "
                                        "uppgifter per kovarians; några få regioner "
                                        "avgör det."};
    static const struct uf_words rounded[] = {
        {"The figures are rounded: distance_low to distance_high hold every distance the exact figures could "
         "give, rank_low to rank_high every rank among all regions.",
         "Uppgifterna är avrundade: distance_low till distance_high rymmer varje avstånd som de exakta "
         "uppgifterna kan ge, rank_low till rank_high varje plats bland alla regioner."},
        {"The figures are rounded: distance_low to distance_high hold every distance the exact figures could "
         "give, also by changing the standard deviations, rank_low to rank_high every rank among all "
         "regions.",
         "Uppgifterna är avrundade: distance_low till distance_high rymmer varje avstånd som de exakta "
         "uppgifterna kan ge, även genom att standardavvikelserna ändras, rank_low till rank_high varje "
         "plats "
         "bland alla regioner."}};
    const struct attributes *a = &x->attributes;
    size_t whole = 0;
    for (size_t r = 0; r < a->n_regions; r++) whole += x->whole[r];
    struct uf_argument arguments[] = {uf_count_argument(a->n_columns), uf_text_argument(a->when),
                                      uf_count_argument(whole), uf_count_argument(a->n_regions)};
    UF_TRY(uf_result_add_note(result, a->language, whole < a->n_regions ? UF_WARNING : UF_NOTE, "compared-by",
                              by[a->shares], no_advice, arguments, 4, error));
    if (x->kind == UF_DISTANCE_MAHALANOBIS && whole < 5 * a->n_columns) {
        struct uf_argument numbers[] = {uf_count_argument(whole), uf_count_argument(a->n_columns),
                                        uf_number_argument((double)whole / (double)a->n_columns, 1)};
        UF_TRY(uf_result_add_note(result, a->language, UF_WARNING, "few-regions", few, no_advice, numbers, 3,
                                  error));
    }
    if (x->drawn.draws > 0) return rounding_bands_tell(&x->drawn, a->language, result, error);
    if (!x->low) return UF_OK;
    return uf_result_add_note(result, a->language, UF_NOTE, "outer-band",
                              rounded[x->kind == UF_DISTANCE_STANDARDISED_EUCLIDEAN], no_advice, NULL, 0,
                              error);
}
