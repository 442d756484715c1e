// SPDX-License-Identifier: GPL-3.0-or-later
/* What the counts of periods mean: before and after the start, and whether there are enough of them. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/fail.h"
#include "effect/design_facts.h"

/* What is said of a count; a fatal one leaves no more than a description. No advice: there is nothing to do about it. */
struct finding {
    enum uf_severity severity;
    const char *code;
    struct uf_words text, advice;
};

/* Arguments: 0 the intervention, 1 the first period, 2 that of the start, 3 what a row needs. */
static const struct finding starts_before_data = {
    UF_FATAL,
    "start-before-data",
    {"{0} starts in {1}, the first period of the data, or earlier: no period before it shows how the regions "
     "differed without it.",
     "{0} börjar i datamaterialets första period, {1}, eller tidigare: ingen period före start visar hur "
     "regionerna skilde sig åt utan insatsen."},
    {"Get earlier data, or check the start.", "Skaffa data för tidigare år, eller kontrollera startåret."}};
static const struct finding none_before = {
    UF_FATAL,
    "no-period-before",
    {"No treated region has {3} before the start in {2}.",
     "Ingen behandlad region har {3} före starten {2}."},
    {"Choose an outcome with earlier data, or check the start.",
     "Välj ett utfall med data för tidigare år, eller kontrollera startåret."}};

/* Arguments, here and below: 0 periods before, 1 periods from the start on, 2 regions always treated, 3 what a row needs,
 * 4 the names of 2. */
static const struct finding one_period = {
    UF_FATAL,
    "one-period",
    {"In one period only does any region have {3}: no change can be measured.",
     "Bara i en enda period har någon region {3}: ingen förändring kan mätas."},
    {"At least one period before and one after the start are needed.",
     "Det behövs minst en period före och en efter start."}};
static const struct finding starts_after_data = {
    UF_FATAL,
    "start-after-data",
    {"No treated region has {3} from the start on: nothing can be measured yet.",
     "Ingen behandlad region har {3} från och med starten: något resultat går ännu inte att mäta."},
    {"Check the start, or wait for later data.", "Kontrollera startåret, eller invänta senare data."}};
/* Two-way fixed effects compare with them; cohorts that are compared with what was before them, and donors, do not. */
static const struct finding compared_from_start = {
    UF_WARNING,
    "treated-from-start",
    {"Regions treated in all periods of the data: {2} ({4}). What the treatment changed in them is not seen, "
     "and yet the others are compared with them, as if it had stopped changing them.",
     "Regioner som är behandlade under hela perioden i datamaterialet: {2} ({4}). Vad insatsen ändrade i dem "
     "syns inte, och ändå jämförs de andra med dem, som om den hade slutat att ändra något."},
    {"Leave them out, or use a method that does: callaway-santanna, sun-abraham, imputation, stacked.",
     "Uteslut dem, eller använd en metod som gör det: callaway-santanna, sun-abraham, imputation, stacked."}};
static const struct finding treated_from_start = {
    UF_WARNING,
    "treated-from-start",
    {"Regions treated in all periods of the data: {2} ({4}). They say nothing about a change.",
     "Regioner som är behandlade under hela perioden i datamaterialet: {2} ({4}). De säger inget om en "
     "förändring."},
    {"Leave them out.", "Uteslut dem."}};
static const struct finding few_after = {
    UF_NOTE,
    "periods-after-short",
    {"The data covers few periods from the start on ({1}): what takes years to show is not seen yet.",
     "Datamaterialet täcker få perioder från och med starten ({1}): sådant som tar år att visa sig syns inte "
     "ännu."},
    {NULL, NULL}};

/* What a comparison asks of the past. */
struct past {
    enum uf_comparison comparison;
    size_t fewer_than;
    struct finding finding;
};
/* The lowest threshold of a comparison first. */
static const struct past pasts[] = {
    {UF_COMPARE_DONORS,
     2,
     {UF_FATAL,
      "few-periods-before",
      {"There is a single period before the start. A synthetic control fitted to one value would say nothing "
       "about the development.",
       "Det finns bara en period före start. En syntetisk kontroll anpassad till ett enda värde säger inget "
       "om utvecklingen."},
      {"Get earlier data.", "Skaffa data för tidigare år."}}},
    {UF_COMPARE_DONORS,
     10,
     {UF_WARNING,
      "few-periods-before",
      {"There are {0} periods before the start. With so few, many mixes of donors fit the past about equally "
       "well, and a good fit says little.",
       "Det finns {0} perioder före start. Med så få perioder passar många kombinationer av donatorer "
       "historien ungefär lika bra, och en god anpassning säger inte så mycket."},
      {"Look at the placebos and at the results without one donor at a time, and limit the donors to similar "
       "regions.",
       "Se på placebotesten och på resultaten när en donator i taget utesluts, och begränsa donatorerna till "
       "liknande regioner."}}},
    {UF_COMPARE_ITSELF,
     3,
     {UF_FATAL,
      "few-periods-before",
      {"There are {0} periods before the start. A trend to continue cannot be told from so few.",
       "Det finns {0} perioder före start. En trend att skriva fram går inte att avgöra av så få."},
      {"Get earlier data, or shorter periods.", "Skaffa data för tidigare år, eller kortare perioder."}}},
    {UF_COMPARE_ITSELF,
     8,
     {UF_WARNING,
      "few-periods-before",
      {"There are {0} periods before the start. With fewer than eight the trend that is continued is "
       "uncertain, and its error more so: the p-values tend to be too small.",
       "Det finns {0} perioder före start. Med färre än åtta är den trend som skrivs fram osäker, och dess "
       "medelfel än osäkrare: p-värdena blir lätt för låga."},
      {"Get earlier data, or shorter periods.", "Skaffa data för tidigare år, eller kortare perioder."}}},
    {UF_COMPARE_TREATED_CONTROL, /* cohorts too */
     2,
     {UF_WARNING,
      "few-periods-before",
      {"There is a single period before the start: whether the groups developed alike before it cannot be "
       "checked.",
       "Det finns bara en period före start: om grupperna utvecklades lika före insatsen går inte att "
       "pröva."},
      {"Get earlier data.", "Skaffa data för tidigare år."}}},
};

/* What the past is too short for; NULL: nothing. */
static const struct finding *too_short(const struct design_facts *facts)
{
    enum uf_comparison comparison = facts->comparison;
    if (comparison == UF_COMPARE_COHORTS) {
        /* of several cohorts the first may have one period and the others more */
        if (facts->design.n_cohorts > 1) return NULL;
        comparison = UF_COMPARE_TREATED_CONTROL;
    }
    for (size_t i = 0; i < sizeof pasts / sizeof *pasts; i++)
        if (pasts[i].comparison == comparison && facts->design.periods_before < pasts[i].fewer_than)
            return &pasts[i].finding;
    return NULL;
}

enum { ARGUMENTS = 5 };

static uf_status add(struct design_facts *facts, const struct finding *finding,
                     const struct uf_argument arguments[ARGUMENTS], struct uf_result *result,
                     struct uf_error *error)
{
    if (finding->severity == UF_FATAL) design_limit_claim(facts, UF_CLAIM_DESCRIPTION);
    return uf_result_add_note(result, facts->language, finding->severity, finding->code, finding->text,
                              finding->advice, arguments, ARGUMENTS, error);
}

static uf_status find_no_before(struct design_facts *facts, struct uf_result *result, struct uf_error *error)
{
    const size_t start = facts->design.first_treated_period;
    const struct uf_argument arguments[ARGUMENTS] = {design_name(facts), design_period(facts, 0),
                                                     design_period(facts, start), design_needed(facts),
                                                     uf_text_argument("")};
    struct finding finding = start == 0 ? starts_before_data : none_before;
    if (start > 0 && facts->rows_lost) finding.advice = design_whole_rows_advice;
    return add(facts, &finding, arguments, result, error);
}

/* Those whose treatment never changes: one that ends, or differs in size, shows a change. */
static uf_status find_from_start(struct design_facts *facts, struct uf_result *result, struct uf_error *error)
{
    const struct uf_panel *panel = facts->panel;
    const double *dose = panel->treatment.dose;
    size_t count = 0;
    bool *chosen = calloc(panel->units.count + 1, sizeof *chosen);
    if (!chosen) return uf_fail_memory(error);
    for (size_t u = 0; u < panel->units.count; u++)
        chosen[u] = facts->present[u] && facts->treated[u] && panel->treatment.first_period[u] == 0;
    for (size_t i = 1; dose && i < panel->n_rows; i++)
        if (panel->unit[i] == panel->unit[i - 1] && dose[i] != dose[i - 1] && !isnan(dose[i]) &&
            !isnan(dose[i - 1]))
            chosen[panel->unit[i]] = false;
    for (size_t u = 0; u < panel->units.count; u++) count += chosen[u];
    char *names = NULL;
    uf_status status = design_list_units(panel, chosen, &names, error);
    free(chosen);
    if (status == UF_OK && count > 0) {
        const struct uf_design *design = &facts->design;
        const struct uf_argument arguments[ARGUMENTS] = {
            uf_count_argument(design->periods_before), uf_count_argument(design->periods_after),
            uf_count_argument(count), design_needed(facts), uf_text_argument(names)};
        status =
            add(facts,
                facts->comparison == UF_COMPARE_TREATED_CONTROL ? &compared_from_start : &treated_from_start,
                arguments, result, error);
    }
    free(names);
    return status;
}

uf_status design_find_periods(struct design_facts *facts, struct uf_result *result, struct uf_error *error)
{
    const struct uf_design *design = &facts->design;
    const struct uf_argument arguments[ARGUMENTS] = {
        uf_count_argument(design->periods_before), uf_count_argument(design->periods_after),
        uf_count_argument(facts->treated_from_start), design_needed(facts), uf_text_argument("")};
    if (design->n_periods == 1) return add(facts, &one_period, arguments, result, error);
    if (design->n_treated == 0) return UF_OK;
    if (design->periods_before == 0) return find_no_before(facts, result, error);
    if (design->periods_after == 0) return add(facts, &starts_after_data, arguments, result, error);
    if (facts->treated_from_start > 0) UF_TRY(find_from_start(facts, result, error));
    const struct finding *past = too_short(facts);
    if (past) UF_TRY(add(facts, past, arguments, result, error));
    if ((past && past->severity == UF_FATAL) || design->periods_after >= 3) return UF_OK;
    return add(facts, &few_after, arguments, result, error);
}
