// SPDX-License-Identifier: GPL-3.0-or-later
/* What the counts of periods mean: before and after the start, and whether there are enough of them. */
#include <stdint.h>

#include "base/advice.h"
#include "base/fail.h"
#include "effect/design_facts.h"

#define ADD(severity, code, text, advice, arguments)                                                         \
    uf_result_add_note(result, facts->language, severity, code, text, advice, arguments,                     \
                       sizeof(arguments) / sizeof *(arguments), error)

static uf_status find_no_before(struct design_facts *facts, struct uf_result *result, struct uf_error *error)
{
    struct uf_argument arguments[] = {design_name(facts), design_period(facts, 0),
                                      design_period(facts, facts->design.first_treated_period),
                                      design_needed(facts)};
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
    static const struct uf_words text = {"No treated region has {3} before the start in {2}.",
                                         "Ingen behandlad region har {3} före starten {2}."};
    static const struct uf_words advice = {
        "Choose an outcome with earlier data, or check the start.",
        "Välj ett utfall med data för tidigare år, eller kontrollera startåret."};
    return ADD(UF_FATAL, "no-period-before", text, facts->rows_lost ? design_whole_rows_advice : advice,
               arguments);
}

uf_status design_find_periods(struct design_facts *facts, struct uf_result *result, struct uf_error *error)
{
    const struct uf_design *design = &facts->design;
    struct uf_argument arguments[] = {uf_count_argument(design->periods_before),
                                      uf_count_argument(design->periods_after),
                                      uf_count_argument(facts->treated_from_start), design_needed(facts)};
    if (design->n_periods == 1) {
        static const struct uf_words text = {
            "In one period only does any region have {3}: no change can be measured.",
            "Bara i en enda period har någon region {3}: ingen förändring kan mätas."};
        static const struct uf_words advice = {
            "At least one period before and one after the start are needed.",
            "Det behövs minst en period före och en efter start."};
        design_limit_claim(facts, UF_CLAIM_DESCRIPTION);
        return ADD(UF_FATAL, "one-period", text, advice, arguments);
    }
    if (design->n_treated == 0) return UF_OK;
    if (design->periods_before == 0) return find_no_before(facts, result, error);
    if (design->periods_after == 0) {
        static const struct uf_words text = {
            "No treated region has {3} from the start on: nothing can be measured yet.",
            "Ingen behandlad region har {3} från och med starten: något resultat går ännu inte att mäta."};
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
