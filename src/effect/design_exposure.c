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

/* One programme in the list of those that the comparison regions took part in. */
static uf_status name_programme(const struct design_facts *facts, const struct uf_exposure *exposure,
                                const struct reach *reach, struct uf_buffer *list, struct uf_error *error)
{
    static const struct uf_words at_least = {"at least {0} of {1}", "minst {0} av {1}"};
    static const struct uf_words exactly = {"{0} of {1}", "{0} av {1}"};
    static const struct uf_words both = {"{0} ({1} comparison regions and {2} treated)",
                                         "{0} ({1} jämförelseregioner och {2} insatsregioner)"};
    static const struct uf_words controls = {"{0} ({1} comparison regions)", "{0} ({1} jämförelseregioner)"};
    const struct uf_argument control[] = {uf_count_argument(reach->least_control),
                                          uf_count_argument(facts->design.n_control)};
    const struct uf_argument treated[] = {uf_count_argument(reach->least_treated),
                                          uf_count_argument(facts->design.n_treated)};
    char *of_control = NULL, *of_treated = NULL, *text = NULL;
    uf_status status =
        uf_phrase(facts->language, reach->least_control > reach->known_control ? at_least : exactly, control,
                  2, &of_control, error);
    if (status == UF_OK)
        status = uf_phrase(facts->language, reach->least_treated > reach->known_treated ? at_least : exactly,
                           treated, 2, &of_treated, error);
    if (status == UF_OK) {
        const struct uf_argument arguments[] = {
            uf_text_argument(exposure->name && *exposure->name ? exposure->name : exposure->intervention),
            uf_text_argument(of_control), uf_text_argument(of_treated)};
        status = uf_phrase(facts->language, reach->least_treated > 0 ? both : controls, arguments, 3, &text,
                           error);
    }
    if (status == UF_OK) {
        if (list->length) uf_buffer_append(list, ", ");
        uf_buffer_append(list, text);
    }
    free(of_control);
    free(of_treated);
    free(text);
    return status;
}

/* One finding for all programmes that reached the comparison regions: it is the same objection to the same
 * number. */
static uf_status find_controls_exposed(struct design_facts *facts, const char *programmes, bool treated_too,
                                       struct uf_result *result, struct uf_error *error)
{
    static const struct uf_words both = {
        "The comparison regions were not left untouched. During the period they took part in: {0}. The "
        "contrast is between regions that got {1} on top of that and regions that got the rest without {1}: "
        "a difference between the groups, not an effect of {1} compared with no programme.",
        "Jämförelseregionerna stod inte utan insats. Under perioden deltog de i: {0}. Det som jämförs är "
        "regioner som fick {1} utöver detta med regioner som fick detta utan {1}: en skillnad mellan "
        "grupperna, inte en effekt av {1} jämfört med ingen insats alls."};
    static const struct uf_words controls = {
        "The comparison regions were not left untouched. During the period they took part in: {0}. The "
        "contrast is between regions that got {1} and regions that got something else: a difference between "
        "the groups, not an effect of {1} compared with no programme.",
        "Jämförelseregionerna stod inte utan insats. Under perioden deltog de i: {0}. Det som jämförs är "
        "regioner som fick {1} med regioner som fick något annat: en skillnad mellan grupperna, inte en "
        "effekt av {1} jämfört med ingen insats alls."};
    static const struct uf_words advice = {
        "Read the number as a difference. For an effect, compare with regions that certainly stood outside, "
        "such as regions in other countries (synthetic control), or use the amounts per region "
        "(dose-response).",
        "Läs talet som en skillnad. För att komma åt en effekt: jämför med regioner som säkert stod utanför, "
        "till exempel regioner i andra länder (syntetisk kontroll), eller utnyttja beloppen per region "
        "(dos–respons)."};
    design_limit_claim(facts, UF_CLAIM_DIFFERENCE);
    const struct uf_argument arguments[] = {uf_text_argument(programmes), design_name(facts)};
    return uf_result_add_note(result, facts->language, UF_WARNING, "controls-exposed",
                              treated_too ? both : controls, advice, arguments, 2, error);
}

static uf_status find_counted(struct design_facts *facts, const struct uf_exposure *exposure,
                              const struct reach *reach, struct uf_result *result, struct uf_error *error)
{
    static const struct uf_words counted = {"The source counts {6} of {7} regions in {0} without listing "
                                            "them; the numbers of exposed regions follow from "
                                            "the count.",
                                            "Källan anger att {6} av {7} regioner deltog i {0} men räknar "
                                            "inte upp dem; antalet berörda regioner följer av "
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
    static const struct uf_words unsaid_one = {
        "For one of the regions here it is not known whether it took part in {0}, so what is measured may "
        "belong to {0} rather than to {5}.",
        "För en av regionerna här är det inte känt om den deltog i {0}, så det som mäts kan höra till {0} "
        "snarare än till {5}."};
    size_t n_unknown = reach->unknown_control + reach->unknown_treated;
    bool is_counted = exposure->regions_exposed >= 0 && exposure->regions_total >= 0;
    return add_finding(facts, exposure, reach, UF_WARNING, "exposure-unknown",
                       is_counted       ? counted
                       : n_unknown == 1 ? unsaid_one
                                        : unsaid,
                       advice, result, error);
}

static uf_status find_concurrent(struct design_facts *facts, const struct uf_exposure *exposure,
                                 const struct reach *reach, struct uf_result *result, struct uf_error *error)
{
    static const struct uf_words text = {"At least {3} of {4} treated regions also took part in {0} during "
                                         "the period, and no comparison region is known "
                                         "to have done so: the two programmes cannot be told apart.",
                                         "Minst {3} av {4} insatsregioner deltog även i {0} under "
                                         "perioden, och ingen jämförelseregion är känd för att "
                                         "ha gjort det: de två insatserna går inte att skilja åt."};
    static const struct uf_words one = {"The treated region also took part in {0} during the period, and no "
                                        "comparison region is known to have done so: the two programmes "
                                        "cannot be told apart.",
                                        "Insatsregionen deltog även i {0} under perioden, och ingen "
                                        "jämförelseregion är känd för att ha gjort det: de två insatserna "
                                        "går inte att skilja åt."};
    static const struct uf_words advice = {"Read the number as the two programmes together.",
                                           "Läs talet som de två insatserna tillsammans."};
    static const struct uf_words itself = {"At least {3} of {4} treated regions also took part in {0} during "
                                           "the period: a series that is compared with "
                                           "its own past cannot tell the two programmes apart.",
                                           "Minst {3} av {4} insatsregioner deltog även i {0} under "
                                           "perioden: en serie som jämförs med sin egen historia "
                                           "kan inte skilja de två insatserna åt."};
    design_limit_claim(facts, UF_CLAIM_DIFFERENCE);
    return add_finding(facts, exposure, reach, UF_WARNING, "concurrent-interventions",
                       facts->comparison == UF_COMPARE_ITSELF ? itself
                       : facts->design.n_treated == 1         ? one
                                                              : text,
                       advice, result, error);
}

uf_status design_find_exposures(struct design_facts *facts, struct uf_result *result, struct uf_error *error)
{
    const struct uf_panel *panel = facts->panel;
    if (panel->n_exposures == 0) return UF_OK;
    bool *listed = calloc(panel->units.count + 1, sizeof *listed);
    if (!listed) return uf_fail_memory(error);
    uf_status status = UF_OK;
    size_t counted = 0;
    bool treated_too = false;
    struct uf_buffer programmes;
    uf_buffer_init(&programmes);
    for (size_t e = 0; e < panel->n_exposures; e++) {
        const struct uf_exposure *exposure = &panel->exposures[e];
        if (exposure->is_this || !overlaps(facts, exposure)) continue;
        struct reach reach = measure(facts, exposure, listed);
        if (reach.least_control > counted) counted = reach.least_control;
        if (reach.least_control > 0 && facts->comparison != UF_COMPARE_ITSELF) {
            treated_too |= reach.least_treated > 0;
            UF_TRY_GOTO(name_programme(facts, exposure, &reach, &programmes, error), done);
            if (reach.least_control > reach.known_control)
                UF_TRY_GOTO(find_counted(facts, exposure, &reach, result, error), done);
            continue;
        }
        if (reach.least_treated > 0)
            UF_TRY_GOTO(find_concurrent(facts, exposure, &reach, result, error), done);
        if (reach.unknown_control + reach.unknown_treated > 0)
            UF_TRY_GOTO(find_unknown(facts, exposure, &reach, result, error), done);
    }
    if (programmes.length)
        UF_TRY_GOTO(find_controls_exposed(facts, programmes.data, treated_too, result, error), done);
    size_t known = 0;
    for (size_t u = 0; u < panel->units.count; u++) known += listed[u] && !facts->treated[u];
    facts->design.controls_exposed_known = known;
    facts->design.controls_exposed_at_least = counted > known ? counted : known;
done:
    uf_buffer_clear(&programmes);
    free(listed);
    return status;
}
