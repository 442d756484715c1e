// SPDX-License-Identifier: GPL-3.0-or-later
/* Findings about precision: they say how far standard errors and p-values can be trusted, and leave the claim
 * as it is. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/randomisation.h>

#include "base/fail.h"
#include "effect/design_facts.h"

/* Below these the usual cluster-robust test rejects too often: Cameron & Miller (2015, section VI) speak of
 * 20 to 50 clusters, MacKinnon & Webb (2018) of a handful of treated ones. */
enum { FEW_CLUSTERS = 30, FEW_TREATED = 10 };
/* So large a share of regions in several clusters is no matter of a few that moved. */
#define SPLIT_SHARE 0.1

#define ADD(severity, code, text, advice, arguments)                                                         \
    uf_result_add_note(result, facts->language, severity, code, text, advice, arguments,                     \
                       sizeof(arguments) / sizeof *(arguments), error)

/* In how many ways the cohorts could have fallen on what the treatment is dealt to. */
struct dealing {
    size_t *cohort;  /* n_units: which path its treatment follows */
    size_t *cluster; /* n_units, then the path of each cluster */
    size_t *counts;  /* n_paths: blocks that follow it */
    size_t n_paths;
    size_t n_blocks;
    bool by_cluster;
    double assignments;
};

static void dealing_clear(struct dealing *d)
{
    free(d->cohort), free(d->cluster), free(d->counts);
}

/* The blocks are the clusters where one dimension was named, no unit lies in two of them and each holds one
 * cohort; else the units. The same rule deals the treatment out in `did`. */
static bool count_by_cluster(const struct uf_panel *panel, const struct design_facts *facts,
                             struct dealing *d)
{
    if (panel->n_cluster_dimensions != 1) return false;
    size_t none = SIZE_MAX, groups = panel->n_clusters[0];
    for (size_t u = 0; u < panel->units.count; u++) d->cluster[u] = none;
    for (size_t i = 0; i < panel->n_rows; i++) {
        size_t *cluster = &d->cluster[panel->unit[i]], group = panel->cluster[0][i];
        if (!facts->present[panel->unit[i]]) continue;
        if (*cluster != none && *cluster != group) return false;
        *cluster = group;
    }
    size_t *of_group = d->cluster + panel->units.count;
    for (size_t g = 0; g < groups; g++) of_group[g] = none;
    for (size_t u = 0; u < panel->units.count; u++) {
        if (d->cluster[u] == none) continue;
        size_t *cohort = &of_group[d->cluster[u]];
        if (*cohort != none && *cohort != d->cohort[u]) return false;
        *cohort = d->cohort[u];
    }
    for (size_t g = 0; g < groups; g++) {
        if (of_group[g] == none) continue;
        d->counts[of_group[g]]++;
        d->n_blocks++;
    }
    return true;
}

/* A dose, or a treatment that ends: units share a path only where they share the whole series. Rows are
 * sorted by unit, then period. */
static bool is_dose(const struct uf_panel *panel)
{
    for (size_t i = 0; panel->treatment.dose && i < panel->n_rows; i++) {
        size_t first = panel->treatment.first_period[panel->unit[i]];
        double dose = panel->treatment.dose[i];
        if (!isnan(dose) && dose != (first != SIZE_MAX && panel->period[i] >= first)) return true;
    }
    return false;
}

static bool same_series(const struct uf_panel *panel, size_t a, size_t b)
{
    size_t unit_a = panel->unit[a], unit_b = panel->unit[b];
    for (;; a++, b++) {
        bool end_a = a == panel->n_rows || panel->unit[a] != unit_a,
             end_b = b == panel->n_rows || panel->unit[b] != unit_b;
        if (end_a || end_b) return end_a && end_b;
        if (panel->period[a] != panel->period[b]) return false;
        if (panel->treatment.dose[a] != panel->treatment.dose[b]) return false;
    }
}

static uf_status number_series(const struct design_facts *facts, struct dealing *d, struct uf_error *error)
{
    const struct uf_panel *panel = facts->panel;
    size_t units = panel->units.count, never = panel->periods.count, found = 0;
    size_t *start = calloc(units + 1, sizeof *start), *example = calloc(units + 1, sizeof *example);
    if (!start || !example) {
        free(start), free(example);
        return uf_fail_memory(error);
    }
    for (size_t i = panel->n_rows; i-- > 0;) start[panel->unit[i]] = i;
    for (size_t u = 0; u < units; u++) {
        if (!facts->present[u] || !facts->treated[u]) continue;
        size_t path = 0;
        while (path < found && !same_series(panel, start[u], start[example[path]])) path++;
        if (path == found) example[found++] = u;
        d->cohort[u] = never + 1 + path;
    }
    free(start), free(example);
    return UF_OK;
}

static uf_status dealing_init(const struct design_facts *facts, struct dealing *d, struct uf_error *error)
{
    const struct uf_panel *panel = facts->panel;
    size_t units = panel->units.count, never = panel->periods.count,
           groups = panel->n_cluster_dimensions == 1 ? panel->n_clusters[0] : 0;
    *d = (struct dealing){.cohort = malloc((units + 1) * sizeof *d->cohort),
                          .cluster = malloc((units + groups + 1) * sizeof *d->cluster),
                          .counts = calloc(never + 1 + units, sizeof *d->counts),
                          .n_paths = never + 1 + units};
    uf_status status = d->cohort && d->cluster && d->counts ? UF_OK : uf_fail_memory(error);
    if (status == UF_OK)
        for (size_t u = 0; u < units; u++)
            d->cohort[u] = facts->treated[u] ? panel->treatment.first_period[u] : never;
    if (status == UF_OK && is_dose(panel)) status = number_series(facts, d, error);
    if (status != UF_OK) {
        dealing_clear(d);
        return status;
    }
    d->by_cluster = count_by_cluster(panel, facts, d);
    for (size_t u = 0; u < units && !d->by_cluster; u++) {
        if (!facts->present[u]) continue;
        d->counts[d->cohort[u]]++;
        d->n_blocks++;
    }
    d->assignments = uf_assignment_count(d->counts, d->n_paths);
    return UF_OK;
}

static uf_status find_few_treated(struct design_facts *facts, const struct dealing *dealing,
                                  struct uf_result *result, struct uf_error *error)
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
    static const struct uf_words regions = {"regions", "regionerna"}, clusters = {"clusters", "klustren"};
    bool coarser = dealing->by_cluster && dealing->n_blocks != design->n_units;
    double assignments = dealing->assignments;
    struct uf_argument arguments[] = {
        uf_count_argument(design->n_treated),
        uf_count_argument(design->n_units),
        uf_number_argument(assignments, 0),
        uf_number_argument(1 / assignments, 6),
        uf_count_argument(dealing->n_blocks),
        uf_text_argument(uf_words_in(coarser ? clusters : regions, facts->language))};
    static const struct uf_words advice = {
        "Rely on randomisation over regions and on CR2 with Satterthwaite degrees of freedom rather than on "
        "CR1.",
        "Lita på randomisering över regioner och på CR2 med Satterthwaites frihetsgrader hellre än på CR1."};
    static const struct uf_words text = {"Treated regions: {0} of {1}. With so few, the usual "
                                         "cluster-robust standard errors are too small and reject "
                                         "too often. Treatment could have fallen on the {4} {5} in {2} ways, "
                                         "so randomisation can give no p-value below {3}.",
                                         "Behandlade regioner: {0} av {1}. Med så få är de vanliga "
                                         "klusterrobusta medelfelen för små och ger för ofta "
                                         "statistiskt säkerställda skillnader. Behandlingen kunde ha fallit "
                                         "på de {4} {5} på {2} sätt, så randomisering kan inte ge något "
                                         "p-värde under {3}."};
    static const struct uf_words text_many = {
        "Treated regions: {0} of {1}. With so few, the usual cluster-robust standard errors are too small "
        "and reject "
        "too often. Randomisation over regions is not limited by the number of assignments here.",
        "Behandlade regioner: {0} av {1}. Med så få är de vanliga klusterrobusta medelfelen för små och "
        "ger för ofta "
        "statistiskt säkerställda skillnader. Randomisering över regioner begränsas här inte av antalet "
        "möjliga "
        "fördelningar."};
    return ADD(UF_WARNING, "few-treated", assignments < 1e6 ? text : text_many, advice, arguments);
}

/* How many units with values lie in several clusters of a dimension. */
static uf_status count_split(const struct design_facts *facts, size_t dimension, size_t *out,
                             struct uf_error *error)
{
    const struct uf_panel *panel = facts->panel;
    size_t units = panel->units.count, none = SIZE_MAX, split = SIZE_MAX - 1;
    size_t *cluster = malloc((units + 1) * sizeof *cluster);
    if (!cluster) return uf_fail_memory(error);
    for (size_t u = 0; u < units; u++) cluster[u] = none;
    *out = 0;
    for (size_t i = 0; i < panel->n_rows; i++) {
        size_t *own = &cluster[panel->unit[i]], group = panel->cluster[dimension][i];
        if (!design_row_counts(panel, facts->design.whole_rows, i) || *own == split) continue;
        if (*own != none && *own != group) *own = split, ++*out;
        if (*own == none) *own = group;
    }
    free(cluster);
    return UF_OK;
}

/* Errors by clusters that split the regions take a region's own years for independent of each other. */
static uf_status find_split_units(const struct design_facts *facts, struct uf_result *result,
                                  struct uf_error *error)
{
    const struct uf_panel *panel = facts->panel;
    size_t fewest = SIZE_MAX;
    for (size_t d = 0; d < panel->n_cluster_dimensions; d++) {
        size_t split;
        UF_TRY(count_split(facts, d, &split, error));
        if (split < fewest) fewest = split;
    }
    if (fewest == SIZE_MAX || fewest == 0) return UF_OK;
    static const struct uf_words text = {"{0} of {1} regions lie in several clusters over time. Errors by "
                                         "cluster then take a region’s own periods for "
                                         "independent of each other, which makes them too small.",
                                         "{0} av {1} regioner ligger i flera kluster under tiden. Fel efter "
                                         "kluster räknar då en regions egna perioder som "
                                         "oberoende av varandra, vilket gör dem för små."};
    static const struct uf_words advice = {
        "Cluster by the region, by something that holds whole regions, or by two columns of which one does.",
        "Klustra efter regionen, efter något som rymmer hela regioner, eller efter två kolumner varav en gör "
        "det."};
    struct uf_argument arguments[] = {uf_count_argument(fewest), uf_count_argument(facts->design.n_units)};
    return ADD((double)fewest > SPLIT_SHARE * (double)facts->design.n_units ? UF_WARNING : UF_NOTE,
               "clusters-split-regions", text, advice, arguments);
}

/* Many treated and few to compare with: the few determine the error, as few treated do. */
static uf_status find_few_controls(struct design_facts *facts, const struct dealing *dealing,
                                   struct uf_result *result, struct uf_error *error)
{
    const struct uf_design *design = &facts->design;
    struct uf_argument arguments[] = {
        uf_count_argument(design->n_control), uf_count_argument(design->n_units),
        uf_number_argument(dealing->assignments, 0), uf_number_argument(1 / dealing->assignments, 6)};
    static const struct uf_words advice = {
        "Add comparison regions, if there are any like these; until then rely on randomisation over regions.",
        "Lägg till jämförelseregioner, om det finns några liknande; lita till dess på randomisering över "
        "regioner."};
    static const struct uf_words text = {
        "Comparison regions: {0} of {1}. What happens to one of them weighs heavily, and with so few the "
        "usual "
        "cluster-robust standard errors are too small and reject too often. Treatment could have fallen in "
        "{2} ways, so randomisation can give no p-value below {3}.",
        "Jämförelseregioner: {0} av {1}. Det som händer i en av dem väger tungt, och med så få är de vanliga "
        "klusterrobusta medelfelen för små och ger för ofta statistiskt säkerställda skillnader. "
        "Behandlingen kunde ha fallit på {2} sätt, så randomisering kan inte ge något p-värde under {3}."};
    static const struct uf_words text_many = {
        "Comparison regions: {0} of {1}. What happens to one of them weighs heavily, and with so few the "
        "usual "
        "cluster-robust standard errors are too small and reject too often. Randomisation over regions is "
        "not limited by the number of assignments here.",
        "Jämförelseregioner: {0} av {1}. Det som händer i en av dem väger tungt, och med så få är de vanliga "
        "klusterrobusta medelfelen för små och ger för ofta statistiskt säkerställda skillnader. "
        "Randomisering över regioner begränsas här inte av antalet möjliga fördelningar."};
    return ADD(UF_WARNING, "few-controls", dealing->assignments < 1e6 ? text : text_many, advice, arguments);
}

uf_status design_find_precision(struct design_facts *facts, struct uf_result *result, struct uf_error *error)
{
    const struct uf_design *design = &facts->design;
    size_t treated =
        design->n_treated_clusters < design->n_treated ? design->n_treated_clusters : design->n_treated;
    struct uf_argument arguments[] = {
        uf_count_argument(design->n_clusters), uf_count_argument(design->n_missing_cells),
        uf_count_argument(design->n_units), uf_count_argument(design->n_periods), design_needed(facts)};
    if (facts->comparison != UF_COMPARE_ITSELF) {
        struct dealing dealing;
        UF_TRY(dealing_init(facts, &dealing, error));
        facts->design.assignments =
            facts->comparison == UF_COMPARE_DONORS ? (double)(design->n_control + 1) : dealing.assignments;
        facts->design.smallest_p = 1 / facts->design.assignments;
        uf_status status = UF_OK;
        if (treated < FEW_TREATED)
            status = find_few_treated(facts, &dealing, result, error);
        else if (facts->comparison != UF_COMPARE_DONORS && design->n_control > 0 &&
                 design->n_control < FEW_TREATED)
            status = find_few_controls(facts, &dealing, result, error);
        dealing_clear(&dealing);
        UF_TRY(status);
    }
    if (facts->comparison != UF_COMPARE_DONORS && facts->comparison != UF_COMPARE_ITSELF)
        UF_TRY(find_split_units(facts, result, error));
    if (facts->comparison != UF_COMPARE_DONORS && facts->comparison != UF_COMPARE_ITSELF &&
        design->n_clusters < FEW_CLUSTERS) {
        static const struct uf_words text = {
            "The data has {0} clusters. Cluster-robust standard errors are made for many.",
            "Datamaterialet har {0} kluster. Klusterrobusta medelfel förutsätter många."};
        static const struct uf_words advice = {
            "Use few-cluster inference: CR2 with Satterthwaite degrees of freedom, or randomisation.",
            "Använd inferens för få kluster: CR2 med Satterthwaites frihetsgrader, eller randomisering."};
        UF_TRY(ADD(UF_WARNING, "few-clusters", text, advice, arguments));
    }
    if (design->balanced) return UF_OK;
    static const struct uf_words text = {
        "The panel has gaps: {1} of {2} regions × {3} periods are without {4}, "
        "so the groups do not consist of the same regions throughout.",
        "Panelen har luckor: {1} kombinationer av {2} regioner och {3} "
        "perioder saknar {4}, så grupperna består inte av "
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
