// SPDX-License-Identifier: GPL-3.0-or-later
/* Findings about other programmes that reached the same regions in the same years. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "effect/design_facts.h"

size_t uf_design_exposed_at_least(int exposed, int total, size_t known_exposed, size_t unknown_group,
                                  size_t unknown_others)
{
    if (exposed < 0 || total < exposed || (size_t)exposed <= known_exposed) return 0;
    size_t in_panel = known_exposed + unknown_group + unknown_others;
    size_t outside = (size_t)total > in_panel ? (size_t)total - in_panel : 0;
    size_t elsewhere = outside + unknown_others, unattributed = (size_t)exposed - known_exposed;
    if (unattributed <= elsewhere) return 0;
    return unattributed - elsewhere < unknown_group ? unattributed - elsewhere : unknown_group;
}

/* The reach of one other intervention over the two groups. */
struct reach {
    size_t known_treated, known_control, unknown_treated, unknown_control;
    size_t least_treated, least_control;
};

static bool is_country_code(const char *code)
{
    return code[0] >= 'A' && code[0] <= 'Z' && code[1] >= 'A' && code[1] <= 'Z';
}

/* A source that counts regions speaks of one country. Where codes begin with a country (NUTS) and all treated
 * units share it, units of another country are outside that count. Returns the treated units' country, or
 * NULL. */
static const char *treated_country(const struct design_facts *facts)
{
    const char *country = NULL;
    for (size_t u = 0; u < facts->panel->units.count; u++) {
        const char *code = facts->panel->units.code[u];
        if (!facts->present[u] || !facts->treated[u]) continue;
        if (!is_country_code(code) || (country && strncmp(code, country, 2) != 0)) return NULL;
        country = code;
    }
    return country;
}

static bool overlaps(const struct design_facts *facts, const struct uf_exposure *exposure)
{
    const struct uf_panel *panel = facts->panel;
    size_t start = facts->design.first_treated_period;
    if (!panel->period_value || start >= panel->periods.count) return true;
    uf_period first = panel->period_value[start], last = panel->period_value[panel->periods.count - 1];
    if (first == 0 || last == 0) return true;
    if (exposure->start != 0 && uf_period_year(exposure->start) > uf_period_year(last)) return false;
    return exposure->end == 0 || uf_period_year(exposure->end) >= uf_period_year(first);
}

static struct reach measure(struct design_facts *facts, const struct uf_exposure *exposure, bool *listed)
{
    const struct uf_panel *panel = facts->panel;
    struct reach reach = {0};
    const char *country = treated_country(facts);
    for (size_t u = 0; u < panel->units.count; u++) {
        if (!facts->present[u]) continue;
        enum uf_exposure_status status = exposure->status ? exposure->status[u] : UF_EXPOSURE_UNKNOWN;
        bool treated = facts->treated[u];
        if (status == UF_EXPOSED) {
            listed[u] = true;
            reach.known_treated += treated;
            reach.known_control += !treated;
        } else if (status == UF_EXPOSURE_UNKNOWN) {
            if (country && is_country_code(panel->units.code[u]) &&
                strncmp(panel->units.code[u], country, 2) != 0)
                continue;
            reach.unknown_treated += treated;
            reach.unknown_control += !treated;
        }
    }
    size_t known = reach.known_treated + reach.known_control;
    reach.least_control =
        reach.known_control + uf_design_exposed_at_least(exposure->regions_exposed, exposure->regions_total,
                                                         known, reach.unknown_control, reach.unknown_treated);
    reach.least_treated =
        reach.known_treated + uf_design_exposed_at_least(exposure->regions_exposed, exposure->regions_total,
                                                         known, reach.unknown_treated, reach.unknown_control);
    return reach;
}

/* Arguments: 0 the other programme, 1 at least so many, 2 of so many controls, 3 and 4 likewise treated, 5
 * this intervention, 6 of 7 regions according to the source. */
static uf_status add_finding(struct design_facts *facts, const struct uf_exposure *exposure,
                             const struct reach *reach, enum uf_severity severity, const char *code,
                             struct uf_words text, struct uf_words advice, struct uf_result *result,
                             struct uf_error *error)
{
    const struct uf_argument arguments[] = {
        uf_text_argument(exposure->name && *exposure->name ? exposure->name : exposure->intervention),
        uf_count_argument(reach->least_control),
        uf_count_argument(facts->design.n_control),
        uf_count_argument(reach->least_treated),
        uf_count_argument(facts->design.n_treated),
        design_name(facts),
        uf_number_argument(exposure->regions_exposed, 0),
        uf_number_argument(exposure->regions_total, 0),
        uf_count_argument(reach->unknown_control + reach->unknown_treated),
    };
    return uf_result_add_note(result, facts->language, severity, code, text, advice, arguments,
                              sizeof arguments / sizeof *arguments, error);
}

static uf_status find_controls_exposed(struct design_facts *facts, const struct uf_exposure *exposure,
                                       const struct reach *reach, struct uf_result *result,
                                       struct uf_error *error)
{
    static const struct uf_words both = {
        "The comparison regions were not left untouched: at least {1} of {2} took part in {0} during the "
        "period, and so "
        "did at least {3} of {4} treated regions. The contrast is between regions that got both {5} and {0} "
        "and regions "
        "that got only {0}: a difference between the groups, not an effect of {5} compared with no "
        "programme.",
        "Jämförelseregionerna stod inte utan insats: minst {1} av {2} deltog i {0} under perioden, liksom "
        "minst {3} av "
        "{4} behandlade regioner. Det som jämförs är regioner som fick både {5} och {0} med regioner som "
        "bara fick {0}: "
        "en skillnad mellan grupperna, inte en effekt av {5} jämfört med ingen insats alls."};
    static const struct uf_words controls = {"The comparison regions were not left untouched: at least {1} "
                                             "of {2} took part in {0} during the period. The "
                                             "contrast is between regions that got {5} and regions that got "
                                             "{0}: a difference between the groups, not an "
                                             "effect of {5} compared with no programme.",
                                             "Jämförelseregionerna stod inte utan insats: minst {1} av {2} "
                                             "deltog i {0} under perioden. Det som jämförs är "
                                             "regioner som fick {5} med regioner som fick {0}: en skillnad "
                                             "mellan grupperna, inte en effekt av {5} jämfört "
                                             "med ingen insats alls."};
    static const struct uf_words advice = {
        "Read the number as a difference. For an effect, compare with regions that certainly stood outside, "
        "such as "
        "regions in other countries (synthetic control), or use the amounts per region (dose-response).",
        "Läs talet som en skillnad. För att komma åt en effekt: jämför med regioner som säkert stod utanför, "
        "till exempel "
        "regioner i andra länder (syntetisk kontroll), eller utnyttja beloppen per region (dos–respons)."};
    design_limit_claim(facts, UF_CLAIM_DIFFERENCE);
    UF_TRY(add_finding(facts, exposure, reach, UF_WARNING, "controls-exposed",
                       reach->least_treated > 0 ? both : controls, advice, result, error));
    if (reach->least_control == reach->known_control) return UF_OK;
    static const struct uf_words counted = {"The source counts {6} of {7} regions in {0} without listing "
                                            "them; the numbers of exposed regions follow from "
                                            "the count.",
                                            "Källan anger att {6} av {7} regioner deltog i {0} men räknar "
                                            "inte upp dem; antalet exponerade regioner följer av "
                                            "den uppgiften."};
    static const struct uf_words find_out = {"Find out which region stood outside.",
                                             "Ta reda på vilken region som stod utanför."};
    return add_finding(facts, exposure, reach, UF_NOTE, "exposure-unknown", counted, find_out, result, error);
}

static uf_status find_unknown(struct design_facts *facts, const struct uf_exposure *exposure,
                              const struct reach *reach, struct uf_result *result, struct uf_error *error)
{
    static const struct uf_words counted = {
        "The source counts {6} of {7} regions in {0} without listing them. For {8} of the regions here it is "
        "not known "
        "whether they took part, so what is measured may belong to {0} rather than to {5}.",
        "Källan anger att {6} av {7} regioner deltog i {0} men räknar inte upp dem. För {8} av regionerna "
        "här är det inte "
        "känt om de deltog, så det som mäts kan höra till {0} snarare än till {5}."};
    static const struct uf_words unsaid = {"For {8} of the regions here it is not known whether they took "
                                           "part in {0}, so what is measured may belong to {0} "
                                           "rather than to {5}.",
                                           "För {8} av regionerna här är det inte känt om de deltog i {0}, "
                                           "så det som mäts kan höra till {0} snarare än till "
                                           "{5}."};
    static const struct uf_words advice = {
        "Find out which regions took part and record it; until then read the number as a difference.",
        "Ta reda på vilka regioner som deltog och för in det; läs talet som en skillnad tills dess."};
    design_limit_claim(facts, UF_CLAIM_DIFFERENCE);
    bool is_counted = exposure->regions_exposed >= 0 && exposure->regions_total >= 0;
    return add_finding(facts, exposure, reach, UF_WARNING, "exposure-unknown", is_counted ? counted : unsaid,
                       advice, result, error);
}

static uf_status find_concurrent(struct design_facts *facts, const struct uf_exposure *exposure,
                                 const struct reach *reach, struct uf_result *result, struct uf_error *error)
{
    static const struct uf_words text = {"At least {3} of {4} treated regions also took part in {0} during "
                                         "the period, and no comparison region is known "
                                         "to have done so: the two programmes cannot be told apart.",
                                         "Minst {3} av {4} behandlade regioner deltog även i {0} under "
                                         "perioden, och ingen jämförelseregion är känd för att "
                                         "ha gjort det: de två insatserna går inte att skilja åt."};
    static const struct uf_words advice = {"Read the number as the two programmes together.",
                                           "Läs talet som de två insatserna tillsammans."};
    design_limit_claim(facts, UF_CLAIM_DIFFERENCE);
    return add_finding(facts, exposure, reach, UF_WARNING, "concurrent-interventions", text, advice, result,
                       error);
}

uf_status design_find_exposures(struct design_facts *facts, struct uf_result *result, struct uf_error *error)
{
    const struct uf_panel *panel = facts->panel;
    if (panel->n_exposures == 0) return UF_OK;
    bool *listed = calloc(panel->units.count + 1, sizeof *listed);
    if (!listed) return uf_fail_memory(error);
    uf_status status = UF_OK;
    size_t counted = 0;
    for (size_t e = 0; e < panel->n_exposures; e++) {
        const struct uf_exposure *exposure = &panel->exposures[e];
        if (exposure->is_this || !overlaps(facts, exposure)) continue;
        struct reach reach = measure(facts, exposure, listed);
        if (reach.least_control > counted) counted = reach.least_control;
        if (reach.least_control > 0) {
            UF_TRY_GOTO(find_controls_exposed(facts, exposure, &reach, result, error), done);
            continue;
        }
        if (reach.least_treated > 0)
            UF_TRY_GOTO(find_concurrent(facts, exposure, &reach, result, error), done);
        if (reach.unknown_control + reach.unknown_treated > 0)
            UF_TRY_GOTO(find_unknown(facts, exposure, &reach, result, error), done);
    }
    size_t known = 0;
    for (size_t u = 0; u < panel->units.count; u++) known += listed[u] && !facts->treated[u];
    facts->design.controls_exposed_known = known;
    facts->design.controls_exposed_at_least = counted > known ? counted : known;
done:
    free(listed);
    return status;
}
