// SPDX-License-Identifier: GPL-3.0-or-later
/* Findings about precision: they say how far standard errors and p-values can be trusted, and leave the claim
 * as it is. */
#include <math.h>

#include "base/fail.h"
#include "effect/design_facts.h"

/* Below these the usual cluster-robust test rejects too often: Cameron & Miller (2015, section VI) speak of
 * 20 to 50 clusters, MacKinnon & Webb (2018) of a handful of treated ones. */
enum { FEW_CLUSTERS = 30, FEW_TREATED = 10 };

#define ADD(severity, code, text, advice, arguments)                                                         \
    uf_result_add_note(result, facts->language, severity, code, text, advice, arguments,                     \
                       sizeof(arguments) / sizeof *(arguments), error)

/* C(n, m) as a double: exact below 2^53, else rounded. */
static double combinations(size_t n, size_t m)
{
    if (m > n - m) m = n - m;
    double product = 1;
    for (size_t i = 1; i <= m; i++) product = round(product * (double)(n - m + i) / (double)i);
    return product;
}

static uf_status find_few_treated(struct design_facts *facts, struct uf_result *result,
                                  struct uf_error *error)
{
    const struct uf_design *design = &facts->design;
    if (facts->comparison == UF_COMPARE_DONORS) {
        static const struct uf_words text = {
            "Treated regions: {0}; possible donors: {1}. No standard error is computed: the gap is judged "
            "against the "
            "gaps that donors get when they are handled as if treated, so the p-value cannot be smaller than "
            "one "
            "divided by the number of donors used plus one ({2} if all are used).",
            "Behandlade regioner: {0}; möjliga donatorer: {1}. Något medelfel beräknas inte: gapet bedöms "
            "mot de gap som "
            "donatorerna får när de hanteras som om de vore behandlade, så p-värdet kan inte bli lägre än "
            "ett delat med "
            "antalet använda donatorer plus ett ({2} om alla används)."};
        struct uf_argument arguments[] = {uf_count_argument(design->n_treated),
                                          uf_count_argument(design->n_control),
                                          uf_number_argument(1 / (double)(design->n_control + 1), 3)};
        return ADD(UF_NOTE, "few-treated", text, ((struct uf_words){NULL, NULL}), arguments);
    }
    double assignments = combinations(design->n_units, design->n_treated);
    struct uf_argument arguments[] = {uf_count_argument(design->n_treated),
                                      uf_count_argument(design->n_units), uf_number_argument(assignments, 0),
                                      uf_number_argument(1 / assignments, 6)};
    static const struct uf_words advice = {
        "Rely on randomisation over regions and on CR2 with Satterthwaite degrees of freedom rather than on "
        "CR1.",
        "Lita på randomisering över regioner och på CR2 med Satterthwaites frihetsgrader hellre än på CR1."};
    static const struct uf_words text = {"{0} of {1} regions are treated. With so few, the usual "
                                         "cluster-robust standard errors are too small and reject "
                                         "too often. Treatment could have fallen on the regions in {2} ways, "
                                         "so the smallest p-value that randomisation "
                                         "can give is {3}.",
                                         "{0} av {1} regioner är behandlade. Med så få är de vanliga "
                                         "klusterrobusta medelfelen för små och ger för ofta "
                                         "statistiskt säkerställda skillnader. Behandlingen kunde ha fallit "
                                         "på regionerna på {2} sätt, så det minsta "
                                         "p-värde som randomisering kan ge är {3}."};
    static const struct uf_words text_many = {
        "{0} of {1} regions are treated. With so few, the usual cluster-robust standard errors are too small "
        "and reject "
        "too often. Randomisation over regions is not limited by the number of assignments here.",
        "{0} av {1} regioner är behandlade. Med så få är de vanliga klusterrobusta medelfelen för små och "
        "ger för ofta "
        "statistiskt säkerställda skillnader. Randomisering över regioner begränsas här inte av antalet "
        "möjliga "
        "fördelningar."};
    return ADD(UF_WARNING, "few-treated", assignments < 1e6 ? text : text_many, advice, arguments);
}

uf_status design_find_precision(struct design_facts *facts, struct uf_result *result, struct uf_error *error)
{
    const struct uf_design *design = &facts->design;
    size_t treated =
        design->n_treated_clusters < design->n_treated ? design->n_treated_clusters : design->n_treated;
    struct uf_argument arguments[] = {
        uf_count_argument(design->n_clusters), uf_count_argument(design->n_missing_cells),
        uf_count_argument(design->n_units), uf_count_argument(design->n_periods)};
    if (treated < FEW_TREATED) UF_TRY(find_few_treated(facts, result, error));
    if (facts->comparison == UF_COMPARE_TREATED_CONTROL && design->n_clusters < FEW_CLUSTERS) {
        static const struct uf_words text = {
            "The data has {0} clusters. Cluster-robust standard errors are made for many.",
            "Datamaterialet har {0} kluster. Klusterrobusta medelfel förutsätter många."};
        static const struct uf_words advice = {
            "Use few-cluster inference: CR2 with Satterthwaite degrees of freedom, or randomisation.",
            "Använd inferens för få kluster: CR2 med Satterthwaites frihetsgrader, eller randomisering."};
        UF_TRY(ADD(UF_WARNING, "few-clusters", text, advice, arguments));
    }
    if (design->balanced) return UF_OK;
    static const struct uf_words text = {"The panel has gaps: {1} of {2} regions × {3} periods are without a "
                                         "value, so the groups do not consist of the "
                                         "same regions throughout.",
                                         "Panelen har luckor: {1} kombinationer av {2} regioner och {3} "
                                         "perioder saknar värde, så grupperna består inte av "
                                         "samma regioner hela tiden."};
    static const struct uf_words text_donors = {"The panel has gaps: {1} of {2} regions × {3} periods are "
                                                "without a value. Donors with a gap in the periods used "
                                                "are left out.",
                                                "Panelen har luckor: {1} kombinationer av {2} regioner och "
                                                "{3} perioder saknar värde. Donatorer med luckor i de "
                                                "perioder som används utesluts."};
    static const struct uf_words advice = {
        "See whether the result holds on the regions and periods that are complete.",
        "Pröva om resultatet står sig för de regioner och perioder som är "
        "kompletta."};
    return ADD(UF_WARNING, "unbalanced", facts->comparison == UF_COMPARE_DONORS ? text_donors : text, advice,
               arguments);
}
