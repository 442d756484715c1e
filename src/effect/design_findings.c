// SPDX-License-Identifier: GPL-3.0-or-later
/* What the counts mean: missing outcomes, groups and periods. Precision is in design_precision.c, other
 * programmes in design_exposure.c. */
#include <stdint.h>

#include "base/advice.h"
#include "base/fail.h"
#include "effect/design_facts.h"

#define ADD(severity, code, text, advice, arguments)                                                         \
    uf_result_add_note(result, facts->language, severity, code, text, advice, arguments,                     \
                       sizeof(arguments) / sizeof *(arguments), error)

uf_status design_find_missing(struct design_facts *facts, struct uf_result *result, struct uf_error *error)
{
    const struct uf_panel *panel = facts->panel;
    const char *label = panel->outcome >= 0 ? panel->columns[panel->outcome].label : NULL;
    const char *name = panel->outcome >= 0 ? panel->columns[panel->outcome].name : "";
    struct uf_argument arguments[] = {uf_text_argument(label ? label : name)};
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
                                      design_period(facts, last)};
    design_limit_claim(facts, UF_CLAIM_DESCRIPTION);
    if (facts->listed_treated > 0) {
        static const struct uf_words text = {
            "None of the {1} treated regions has a value of the outcome.",
            "Ingen av de {1} behandlade regionerna har något värde på utfallet."};
        static const struct uf_words advice = {
            "Choose an outcome that is published for them, or another level of region.",
            "Välj ett utfall som publiceras för dem, eller en annan regional nivå."};
        return ADD(UF_FATAL, "treated-all-missing", text, advice, arguments);
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
            "Alternatives: end the data before {3}, so that the last cohort becomes the comparison group; a "
            "dose-response analysis, where the amounts per region differ; a method for staggered starts, "
            "which "
            "compares with regions not yet treated; an interrupted time series (interrupted-time-series); "
            "synthetic "
            "control with regions outside the country as donors.",
            "Alternativ: avsluta datamaterialet före {3}, så att den sista kohorten blir jämförelsegrupp; "
            "dos–respons-analys, om beloppen skiljer sig mellan regionerna; en metod för stegvis införande, "
            "som "
            "jämför med ännu inte behandlade; avbruten tidsserie (interrupted-time-series); syntetisk "
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
        "Alternatives: a dose-response analysis, where the amounts per "
        "region differ; an interrupted time series (interrupted-time-series), which "
        "cannot rule out other events at the same time or a turn that "
        "would have come anyway; foreign donors, that is "
        "synthetic control with regions outside the country.",
        "Alternativ: dos–respons-analys, om beloppen skiljer sig mellan "
        "regionerna; avbruten tidsserie (interrupted-time-series), som inte kan "
        "utesluta andra samtidiga händelser eller ett trendbrott som ändå "
        "hade kommit; utländska donatorer, det vill "
        "säga syntetisk kontroll med regioner utanför landet."};
    return ADD(UF_FATAL, "all-treated", text, advice, arguments);
}

static uf_status find_no_control(struct design_facts *facts, struct uf_result *result, struct uf_error *error)
{
    struct uf_argument arguments[] = {uf_count_argument(facts->listed_control)};
    design_limit_claim(facts, UF_CLAIM_DESCRIPTION);
    if (facts->listed_control > 0) {
        static const struct uf_words text = {
            "None of the {0} comparison regions has a value of the outcome.",
            "Ingen av de {0} jämförelseregionerna har något värde på utfallet."};
        static const struct uf_words advice = {"Choose an outcome that is published for them, other years, "
                                               "or other comparison regions; where there are none, "
                                               "an interrupted time series (interrupted-time-series).",
                                               "Välj ett utfall som publiceras för dem, andra år eller andra "
                                               "jämförelseregioner; finns inga sådana, en "
                                               "avbruten tidsserie (interrupted-time-series)."};
        return ADD(UF_FATAL, "donors-all-missing", text, advice, arguments);
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
    static const struct uf_words text = {"{0} regions in the data were not treated, and the interrupted time "
                                         "series does not use them: what happened "
                                         "to all regions at the time counts as the intervention's.",
                                         "{0} regioner i datamaterialet behandlades inte, och den avbrutna "
                                         "tidsserien använder dem inte: det som hände "
                                         "alla regioner vid den tiden räknas till insatsen."};
    static const struct uf_words advice = {"Compare with them: did, or synthetic-control.",
                                           "Jämför med dem: did eller synthetic-control."};
    return facts->design.n_control > 0 ? ADD(UF_WARNING, "controls-unused", text, advice, arguments) : UF_OK;
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
    if (!facts->panel->treatment.switches_off) return UF_OK;
    static const struct uf_words text = {
        "At least one region is untreated again after having been treated. It still counts as treated from "
        "its start "
        "on when groups and periods are counted, and what lingers after the end is not separated.",
        "Minst en region är obehandlad igen efter att ha varit behandlad. Den räknas ändå som behandlad från "
        "sin start "
        "när grupper och perioder räknas, och det som dröjer kvar efter insatsens slut särskiljs inte."};
    static const struct uf_words advice = {
        "End the data where the first intervention ends, or leave that region out.",
        "Avsluta datamaterialet där den första insatsen slutar, eller uteslut "
        "regionen."};
    struct uf_argument arguments[] = {uf_count_argument(design->n_treated)};
    if (facts->comparison != UF_COMPARE_DONORS) design_limit_claim(facts, UF_CLAIM_DIFFERENCE);
    return ADD(UF_WARNING, "treatment-switches-off", text, advice, arguments);
}

static uf_status find_no_before(struct design_facts *facts, struct uf_result *result, struct uf_error *error)
{
    struct uf_argument arguments[] = {design_name(facts), design_period(facts, 0),
                                      design_period(facts, facts->design.first_treated_period)};
    design_limit_claim(facts, UF_CLAIM_DESCRIPTION);
    if (facts->design.first_treated_period == 0) {
        static const struct uf_words text = {"{0} starts in {1}, the first period of the data, or earlier: "
                                             "no period before it shows how the regions "
                                             "differed without it.",
                                             "{0} börjar i datamaterialets första period, {1}, eller "
                                             "tidigare: ingen period före start visar hur "
                                             "regionerna skilde sig åt utan insatsen."};
        static const struct uf_words advice = {"Get earlier data, or check the start.",
                                               "Skaffa data för tidigare år, eller kontrollera startåret."};
        return ADD(UF_FATAL, "start-before-data", text, advice, arguments);
    }
    static const struct uf_words text = {
        "The treated regions have no value of the outcome before the start in {2}.",
        "De behandlade regionerna saknar värden på utfallet före starten {2}."};
    static const struct uf_words advice = {
        "Choose an outcome with earlier data, or check the start.",
        "Välj ett utfall med data för tidigare år, eller kontrollera startåret."};
    return ADD(UF_FATAL, "no-period-before", text, advice, arguments);
}

uf_status design_find_periods(struct design_facts *facts, struct uf_result *result, struct uf_error *error)
{
    const struct uf_design *design = &facts->design;
    struct uf_argument arguments[] = {uf_count_argument(design->periods_before),
                                      uf_count_argument(design->periods_after),
                                      uf_count_argument(facts->treated_from_start)};
    if (design->n_periods == 1) {
        static const struct uf_words text = {
            "The outcome has values in one period only: no change can be measured.",
            "Utfallet har värden för en enda period: ingen förändring kan mätas."};
        static const struct uf_words advice = {
            "At least one period before and one after the start are needed.",
            "Det behövs minst en period före och en efter start."};
        design_limit_claim(facts, UF_CLAIM_DESCRIPTION);
        return ADD(UF_FATAL, "one-period", text, advice, arguments);
    }
    if (design->n_treated == 0) return UF_OK;
    if (design->periods_before == 0) return find_no_before(facts, result, error);
    if (design->periods_after == 0) {
        static const struct uf_words text = {"The treated regions have no value of the outcome from the "
                                             "start on: nothing can be measured yet.",
                                             "De behandlade regionerna saknar värden på utfallet från och "
                                             "med starten: något resultat går ännu inte att "
                                             "mäta."};
        static const struct uf_words advice = {"Check the start, or wait for later data.",
                                               "Kontrollera startåret, eller invänta senare data."};
        design_limit_claim(facts, UF_CLAIM_DESCRIPTION);
        return ADD(UF_FATAL, "start-after-data", text, advice, arguments);
    }
    if (facts->treated_from_start > 0) {
        static const struct uf_words text = {
            "Regions treated in all periods of the data: {2}. They say nothing about a change.",
            "Regioner som är behandlade under hela perioden i datamaterialet: {2}. De säger inget om en "
            "förändring."};
        static const struct uf_words advice = {"Leave them out.", "Uteslut dem."};
        UF_TRY(ADD(UF_WARNING, "treated-from-start", text, advice, arguments));
    }
    if (facts->comparison == UF_COMPARE_DONORS && design->periods_before < 2) {
        static const struct uf_words text = {"There is a single period before the start. A synthetic control "
                                             "fitted to one value would say nothing about "
                                             "the development.",
                                             "Det finns bara en period före start. En syntetisk kontroll "
                                             "anpassad till ett enda värde säger inget om "
                                             "utvecklingen."};
        static const struct uf_words advice = {"Get earlier data.", "Skaffa data för tidigare år."};
        design_limit_claim(facts, UF_CLAIM_DESCRIPTION);
        return ADD(UF_FATAL, "few-periods-before", text, advice, arguments);
    }
    if (facts->comparison == UF_COMPARE_DONORS && design->periods_before < 10) {
        static const struct uf_words text = {"There are {0} periods before the start. With so few, many "
                                             "mixes of donors fit the past about equally well, "
                                             "and a good fit says little.",
                                             "Det finns {0} perioder före start. Med så få perioder passar "
                                             "många kombinationer av donatorer historien "
                                             "ungefär lika bra, och en god anpassning säger inte så mycket."};
        static const struct uf_words advice = {"Look at the placebos and at the results without one donor at "
                                               "a time, and limit the donors to similar "
                                               "regions.",
                                               "Se på placebotesten och på resultaten när en donator i taget "
                                               "utesluts, och begränsa donatorerna till "
                                               "liknande regioner."};
        UF_TRY(ADD(UF_WARNING, "few-periods-before", text, advice, arguments));
    }
    if (facts->comparison == UF_COMPARE_ITSELF && design->periods_before < 3) {
        static const struct uf_words text = {
            "There are {0} periods before the start. A trend to continue cannot be told from so few.",
            "Det finns {0} perioder före start. En trend att skriva fram går inte att avgöra av så få."};
        static const struct uf_words advice = {"Get earlier data, or shorter periods.",
                                               "Skaffa data för tidigare år, eller kortare perioder."};
        design_limit_claim(facts, UF_CLAIM_DESCRIPTION);
        return ADD(UF_FATAL, "few-periods-before", text, advice, arguments);
    }
    if (facts->comparison == UF_COMPARE_ITSELF && design->periods_before < 8) {
        static const struct uf_words text = {"There are {0} periods before the start. With fewer than eight "
                                             "the trend that is continued is uncertain, "
                                             "and its error more so: the p-values tend to be too small.",
                                             "Det finns {0} perioder före start. Med färre än åtta är den "
                                             "trend som skrivs fram osäker, och dess "
                                             "medelfel än osäkrare: p-värdena blir lätt för låga."};
        static const struct uf_words advice = {"Get earlier data, or shorter periods.",
                                               "Skaffa data för tidigare år, eller kortare perioder."};
        UF_TRY(ADD(UF_WARNING, "few-periods-before", text, advice, arguments));
    }
    /* of several cohorts the first may have one period and the others more */
    bool checked_later = facts->comparison == UF_COMPARE_COHORTS && design->n_cohorts > 1;
    if (facts->comparison != UF_COMPARE_DONORS && facts->comparison != UF_COMPARE_ITSELF && !checked_later &&
        design->periods_before < 2) {
        static const struct uf_words text = {"There is a single period before the start: whether the groups "
                                             "developed alike before it cannot be checked.",
                                             "Det finns bara en period före start: om grupperna utvecklades "
                                             "lika före insatsen går inte att pröva."};
        static const struct uf_words advice = {"Get earlier data.", "Skaffa data för tidigare år."};
        UF_TRY(ADD(UF_WARNING, "few-periods-before", text, advice, arguments));
    }
    if (design->periods_after >= 3) return UF_OK;
    static const struct uf_words text = {
        "The data covers few periods from the start on ({1}): what takes years to show is not seen yet.",
        "Datamaterialet täcker få perioder från och med starten ({1}): sådant som tar år att visa sig syns "
        "inte ännu."};
    return ADD(UF_NOTE, "periods-after-short", text, no_advice, arguments);
}
