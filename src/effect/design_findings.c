// SPDX-License-Identifier: GPL-3.0-or-later
/* What the counts mean: missing outcomes and groups. Periods are in design_periods.c, precision in
 * design_precision.c, other programmes in design_exposure.c. */
#include <stdint.h>
#include <stdlib.h>

#include "base/fail.h"
#include "effect/design_facts.h"
#include "effect/switched_off.h"

#define ADD(severity, code, text, advice, arguments)                                                         \
    uf_result_add_note(result, facts->language, severity, code, text, advice, arguments,                     \
                       sizeof(arguments) / sizeof *(arguments), error)

uf_status design_find_missing(struct design_facts *facts, struct uf_result *result, struct uf_error *error)
{
    const struct uf_panel *panel = facts->panel;
    const char *label = panel->outcome >= 0 ? panel->columns[panel->outcome].label : NULL;
    const char *name = panel->outcome >= 0 ? panel->columns[panel->outcome].name : "";
    struct uf_argument arguments[] = {uf_text_argument(label ? label : name)};
    if (facts->valid_rows == 0 && facts->rows_lost) {
        static const struct uf_words text = {
            "No region has, in any period, a value of {0} together with each covariate and a weight above 0: "
            "there is nothing to compare.",
            "Ingen region har i någon period ett värde på {0} tillsammans med varje kovariat och en vikt "
            "över "
            "0: det finns inget att jämföra."};
        design_limit_claim(facts, UF_CLAIM_DESCRIPTION);
        return ADD(UF_FATAL, "outcome-all-missing", text, design_whole_rows_advice, arguments);
    }
    if (facts->valid_rows == 0) {
        static const struct uf_words text = {
            "The outcome {0} has no value for any region and period: there is nothing to compare.",
            "Utfallet {0} saknar värde för alla regioner och perioder: det finns inget att jämföra."};
        static const struct uf_words advice = {
            "Check the indicator, the regions and the years; the ledger says where rows were left out.",
            "Kontrollera indikatorn, regionerna och åren; urvalsloggen visar var rader föll bort."};
        design_limit_claim(facts, UF_CLAIM_DESCRIPTION);
        return ADD(UF_FATAL, "outcome-all-missing", text, advice, arguments);
    }
    if (!facts->constant || facts->valid_rows < 2) return UF_OK;
    static const struct uf_words text = {
        "The outcome {0} has the same value everywhere: there is no variation to explain.",
        "Utfallet {0} har samma värde överallt: det finns ingen variation att förklara."};
    static const struct uf_words advice = {"Check that the right indicator, sector and unit were chosen.",
                                           "Kontrollera att rätt indikator, bransch och enhet har valts."};
    design_limit_claim(facts, UF_CLAIM_DESCRIPTION);
    return ADD(UF_FATAL, "outcome-constant", text, advice, arguments);
}

static uf_status find_no_treated(struct design_facts *facts, struct uf_result *result, struct uf_error *error)
{
    const struct uf_panel *panel = facts->panel;
    size_t last = panel->periods.count > 0 ? panel->periods.count - 1 : SIZE_MAX;
    struct uf_argument arguments[] = {design_name(facts), uf_count_argument(facts->listed_treated),
                                      design_period(facts, last), design_needed(facts)};
    design_limit_claim(facts, UF_CLAIM_DESCRIPTION);
    if (facts->listed_treated > 0) {
        static const struct uf_words text = {"None of the {1} treated regions has {3}.",
                                             "Ingen av de {1} behandlade regionerna har {3}."};
        static const struct uf_words advice = {
            "Choose an outcome that is published for them, or another level of region.",
            "Välj ett utfall som publiceras för dem, eller en annan regional nivå."};
        return ADD(UF_FATAL, "treated-all-missing", text,
                   facts->rows_lost ? design_whole_rows_advice : advice, arguments);
    }
    if (facts->starts_after > 0 || facts->this_starts_after) {
        static const struct uf_words text = {
            "{0} starts after the last period of the data, {2}: nothing can have happened yet.",
            "{0} börjar efter datamaterialets sista period, {2}: något utfall finns ännu inte att mäta."};
        static const struct uf_words advice = {"Check the start, or wait for later data.",
                                               "Kontrollera startåret, eller invänta senare data."};
        return ADD(UF_FATAL, "start-after-data", text, advice, arguments);
    }
    static const struct uf_words text = {
        "No region in the data is treated: there is nothing to evaluate.",
        "Ingen region i datamaterialet är behandlad: det finns ingen insats att "
        "utvärdera."};
    static const struct uf_words advice = {"Name the treated regions and the start, with the codes that the "
                                           "data uses; without a treatment, a profile "
                                           "describes the regions.",
                                           "Ange de behandlade regionerna och startåret, med de koder som "
                                           "datamaterialet använder; utan behandling kan "
                                           "en profil beskriva regionerna."};
    return ADD(UF_FATAL, "no-treated", text, advice, arguments);
}

static uf_status find_all_treated(struct design_facts *facts, struct uf_result *result,
                                  struct uf_error *error)
{
    size_t first = facts->treated_from_start > 0 ? 0 : facts->design.first_treated_period;
    struct uf_argument arguments[] = {uf_count_argument(facts->design.n_units), design_name(facts),
                                      design_period(facts, first), design_period(facts, facts->last_start),
                                      uf_count_argument(facts->design.n_cohorts)};
    if (facts->design.n_cohorts > 1) {
        static const struct uf_words text = {"All {0} regions are treated sooner or later ({1}), in {4} "
                                             "cohorts from {2} to {3}. From {3} on no region "
                                             "is left to compare with, and regions treated earlier are no "
                                             "clean comparison for those treated later.",
                                             "Samtliga {0} regioner behandlas förr eller senare ({1}), i {4} "
                                             "kohorter från {2} till {3}. Från och med "
                                             "{3} finns ingen region kvar att jämföra med, och regioner som "
                                             "redan behandlats är ingen ren jämförelse "
                                             "för dem som behandlas senare."};
        static const struct uf_words advice = {
            "Alternatives: end the data before {3}, so that the last cohort becomes the comparison group; "
            "where the amounts per region differ, dose-response with those that got the least as untreated "
            "(dose 0); a method for staggered starts, which compares with regions not yet treated; an "
            "interrupted time series (interrupted-time-series); "
            "synthetic "
            "control with regions outside the country as donors.",
            "Alternativ: avsluta datamaterialet före {3}, så att den sista kohorten blir jämförelsegrupp; "
            "om beloppen skiljer sig mellan regionerna, dos–respons med dem som fick minst som obehandlade "
            "(dos 0); en metod för stegvis införande, som jämför med ännu inte behandlade; avbruten "
            "tidsserie (interrupted-time-series); syntetisk "
            "kontroll med "
            "regioner utanför landet som donatorer."};
        return ADD(UF_FATAL, "all-treated", text, advice, arguments);
    }
    static const struct uf_words text = {
        "All {0} regions are treated at once ({1}, from {2} on): there is no comparison group, so what the "
        "intervention "
        "did cannot be told apart from everything else that happened in those years.",
        "Samtliga {0} regioner behandlas samtidigt ({1}, från och med {2}): det finns ingen jämförelsegrupp, "
        "och "
        "insatsens betydelse går därför inte att skilja från allt annat som hände under dessa år."};
    static const struct uf_words advice = {
        "Alternatives: where the amounts per region differ, dose-response with those that got the least as "
        "untreated (dose 0), which shows what more of it did and not what the least did; an interrupted time "
        "series (interrupted-time-series), which "
        "cannot rule out other events at the same time or a turn that "
        "would have come anyway; foreign donors, that is "
        "synthetic control with regions outside the country.",
        "Alternativ: om beloppen skiljer sig mellan regionerna, dos–respons med dem som fick minst som "
        "obehandlade (dos 0), vilket visar vad mer av insatsen gjorde och inte vad det minsta gjorde; "
        "avbruten tidsserie (interrupted-time-series), som inte kan "
        "utesluta andra samtidiga händelser eller ett trendbrott som ändå "
        "hade kommit; utländska donatorer, det vill "
        "säga syntetisk kontroll med regioner utanför landet."};
    return ADD(UF_FATAL, "all-treated", text, advice, arguments);
}

static uf_status find_no_control(struct design_facts *facts, struct uf_result *result, struct uf_error *error)
{
    struct uf_argument arguments[] = {uf_count_argument(facts->listed_control), design_needed(facts)};
    design_limit_claim(facts, UF_CLAIM_DESCRIPTION);
    if (facts->listed_control > 0) {
        static const struct uf_words text = {"None of the {0} comparison regions has {1}.",
                                             "Ingen av de {0} jämförelseregionerna har {1}."};
        static const struct uf_words advice = {"Choose an outcome that is published for them, other years, "
                                               "or other comparison regions; where there are none, "
                                               "an interrupted time series (interrupted-time-series).",
                                               "Välj ett utfall som publiceras för dem, andra år eller andra "
                                               "jämförelseregioner; finns inga sådana, en "
                                               "avbruten tidsserie (interrupted-time-series)."};
        return ADD(UF_FATAL, "donors-all-missing", text, facts->rows_lost ? design_whole_rows_advice : advice,
                   arguments);
    }
    if (facts->design.n_units > 1) return find_all_treated(facts, result, error);
    static const struct uf_words text = {
        "The data holds the treated region only: there is no region to compare with.",
        "Datamaterialet innehåller bara den behandlade regionen: det finns ingen region att jämföra med."};
    static const struct uf_words advice = {
        "Add regions that were not treated, at home or abroad.",
        "Lägg till regioner som inte behandlades, inom landet eller utomlands."};
    return ADD(UF_FATAL, "no-control", text, advice, arguments);
}

static uf_status find_staggered(struct design_facts *facts, struct uf_result *result, struct uf_error *error)
{
    struct uf_argument arguments[] = {uf_count_argument(facts->design.n_cohorts)};
    if (facts->comparison == UF_COMPARE_DONORS) {
        static const struct uf_words text = {
            "The treated regions start in {0} different periods; the earliest start is used for all of them.",
            "De behandlade regionerna börjar i {0} olika perioder; den tidigaste starten används för dem "
            "alla."};
        static const struct uf_words advice = {"Run one analysis per cohort.", "Gör en analys per kohort."};
        return ADD(UF_WARNING, "staggered-cohorts", text, advice, arguments);
    }
    static const struct uf_words text = {
        "The treated regions start in {0} different periods. A two-way fixed effects regression then also "
        "uses regions "
        "already treated as comparisons, and its coefficient need not be an average of effects.",
        "De behandlade regionerna börjar i {0} olika perioder. En regression med fasta effekter för region "
        "och period "
        "använder då även redan behandlade regioner som jämförelse, och koefficienten behöver inte vara ett "
        "genomsnitt "
        "av effekter."};
    static const struct uf_words advice = {"Analyse one cohort at a time against regions never treated, or "
                                           "use an estimator made for staggered starts.",
                                           "Analysera en kohort i taget mot regioner som aldrig behandlas, "
                                           "eller använd en metod gjord för stegvis "
                                           "införande."};
    design_limit_claim(facts, UF_CLAIM_DIFFERENCE);
    return ADD(UF_WARNING, "staggered-cohorts", text, advice, arguments);
}

/* With several starts the later cohorts are a comparison until the last of them starts. */
static uf_status find_no_never_treated(struct design_facts *facts, struct uf_result *result,
                                       struct uf_error *error)
{
    struct uf_argument arguments[] = {uf_count_argument(facts->design.n_units),
                                      design_period(facts, facts->last_start)};
    static const struct uf_words text = {
        "All {0} regions are treated sooner or later. Regions not yet treated are the comparison, and from "
        "{1} on "
        "there is none: what happens from then on is not estimated.",
        "Samtliga {0} regioner behandlas förr eller senare. Regioner som ännu inte behandlats är "
        "jämförelsen, och "
        "från och med {1} finns ingen: det som händer därefter skattas inte."};
    static const struct uf_words advice = {
        "Add regions that are never treated, if there are any like these.",
        "Lägg till regioner som aldrig behandlas, om det finns några liknande."};
    return ADD(UF_WARNING, "no-never-treated", text, advice, arguments);
}

/* A series is only compared with its own past; who was never treated could have said more. */
static uf_status find_controls_unused(struct design_facts *facts, struct uf_result *result,
                                      struct uf_error *error)
{
    struct uf_argument arguments[] = {uf_count_argument(facts->design.n_control)};
    static const struct uf_words text = {
        "Regions in the data that were not treated: {0}. The interrupted time series does not use them: what "
        "happened to all regions at the time counts as the intervention's.",
        "Regioner i datamaterialet som inte behandlades: {0}. Den avbrutna tidsserien använder dem inte: det "
        "som "
        "hände alla regioner vid den tiden räknas till insatsen."};
    static const struct uf_words advice = {"Compare with them: did, or synthetic-control.",
                                           "Jämför med dem: did eller synthetic-control."};
    return facts->design.n_control > 0 ? ADD(UF_WARNING, "controls-unused", text, advice, arguments) : UF_OK;
}

static uf_status find_switched_off(struct design_facts *facts, struct uf_result *result,
                                   struct uf_error *error)
{
    static const struct uf_words text = {
        "Regions untreated again after having been treated: {0} (untreated from: {1}). They still count as "
        "treated from their start on when groups and periods are counted, and what lingers after the end is "
        "not separated.",
        "Regioner som är obehandlade igen efter att ha varit behandlade: {0} (obehandlade från: {1}). De "
        "räknas ändå som behandlade från sin start när grupper och perioder räknas, och det som dröjer kvar "
        "efter insatsens slut särskiljs inte."};
    static const struct uf_words advice = {
        "End the data where the first intervention ends, or leave these regions out.",
        "Avsluta datamaterialet där den första insatsen slutar, eller uteslut regionerna."};
    size_t count;
    char *list;
    UF_TRY(effect_list_switched_off(facts->panel, &count, &list, error));
    struct uf_argument arguments[] = {uf_count_argument(count), uf_text_argument(list)};
    if (facts->comparison != UF_COMPARE_DONORS) design_limit_claim(facts, UF_CLAIM_DIFFERENCE);
    uf_status status = ADD(UF_WARNING, "treatment-switches-off", text, advice, arguments);
    free(list);
    return status;
}

uf_status design_find_groups(struct design_facts *facts, struct uf_result *result, struct uf_error *error)
{
    const struct uf_design *design = &facts->design;
    if (design->n_treated == 0) return find_no_treated(facts, result, error);
    if (facts->comparison == UF_COMPARE_ITSELF)
        UF_TRY(find_controls_unused(facts, result, error));
    else if (design->n_control == 0 && design_has_later_cohorts(facts))
        UF_TRY(find_no_never_treated(facts, result, error));
    else if (design->n_control == 0)
        return find_no_control(facts, result, error);
    if (design->n_cohorts > 1 && facts->comparison != UF_COMPARE_COHORTS &&
        facts->comparison != UF_COMPARE_ITSELF)
        UF_TRY(find_staggered(facts, result, error));
    return facts->panel->treatment.switches_off ? find_switched_off(facts, result, error) : UF_OK;
}
