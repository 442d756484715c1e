// SPDX-License-Identifier: GPL-3.0-or-later
/* What is said of the rates of a size check, and why there may be none. */
#include "effect/size_check_notes.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "effect/switched_off.h"

const struct uf_words size_check_sample_words[UF_SIZE_SAMPLES] = {
    [UF_SIZE_CONTROLS] = {"untreated regions, all periods", "obehandlade regioner, alla perioder"},
    [UF_SIZE_BEFORE] = {"all regions before the start", "alla regioner före start"}};

/* A share with its Monte Carlo error, in per cent; NaN where nothing was tried. */
double size_check_share(size_t count, size_t tried, double *mc_error)
{
    double p = tried ? (double)count / (double)tried : NAN;
    *mc_error = tried ? 100 * sqrt(p * (1 - p) / (double)tried) : NAN;
    return 100 * p;
}

/* The procedure of `auto` and the usual one, in a sentence each. */
uf_status size_check_note_rates(const struct uf_context *context, const struct uf_size_check *check,
                                int sample, const char *chosen, double threshold, struct uf_result *result,
                                struct uf_error *error)
{
    static const struct uf_words text = {"{0}, {1} placebo treatments of {2} each: {3}, which inference: "
                                         "auto takes here, finds an effect in {4} % "
                                         "of them (Monte Carlo error {5}){6}; the usual cluster-robust error "
                                         "(cr1s) in {7} %. It should be {8} %.",
                                         "{0}, {1} placeboinsatser med {2} behandlade: {3}, som inference: "
                                         "auto tar här, finner en effekt i {4} % "
                                         "av dem (simuleringsfel {5}){6}; det vanliga klusterrobusta felet "
                                         "(cr1s) i {7} %. Det ska vara {8} %."};
    static const struct uf_words alike = {
        ", and in {0} % of those whose treated vary as much as the actual ones",
        ", och i {0} % av dem vars behandlade varierar lika mycket som de faktiska"};
    static const struct uf_words not_here = {
        "{0}: {1}, which inference: auto takes here, cannot be computed in this sample, which has too few "
        "periods before the placebo starts; the other procedures' rates are in the table.",
        "{0}: {1}, som inference: auto tar här, går inte att beräkna i det här urvalet, som har för få "
        "perioder "
        "före placebostarterna; de andra förfarandenas andelar står i tabellen."};
    const struct uf_size_count *auto_count = NULL, *usual = &check->sample[sample].count[UF_SIZE_CR1S];
    double mc, ignored;
    for (int j = 0; j < UF_SIZE_PROCEDURES; j++)
        if (!strcmp(uf_size_procedure_name((enum uf_size_procedure)j), chosen))
            auto_count = &check->sample[sample].count[j];
    if (!auto_count) return UF_OK;
    if (auto_count->tried == 0) {
        const struct uf_argument names[] = {
            uf_text_argument(uf_words_in(size_check_sample_words[sample], context->language)),
            uf_text_argument(chosen)};
        return uf_result_add_note(result, context->language, UF_NOTE, "size-check-unused", not_here,
                                  (struct uf_words){NULL, NULL}, names, 2, error);
    }
    double rate = size_check_share(auto_count->rejected, auto_count->tried, &mc);
    char *among_alike = NULL;
    if (auto_count->alike_tried > 0) { /* how noisy the regions are is known */
        const struct uf_argument argument = uf_number_argument(
            size_check_share(auto_count->alike_rejected, auto_count->alike_tried, &ignored), 1);
        UF_TRY(uf_phrase(context->language, alike, &argument, 1, &among_alike, error));
    }
    const struct uf_argument arguments[] = {
        uf_text_argument(uf_words_in(size_check_sample_words[sample], context->language)),
        uf_count_argument(auto_count->tried),
        uf_count_argument(check->sample[sample].n_treated),
        uf_text_argument(chosen),
        uf_number_argument(rate, 1),
        uf_number_argument(mc, 1),
        uf_text_argument(among_alike ? among_alike : ""),
        uf_number_argument(size_check_share(usual->rejected, usual->tried, &ignored), 1),
        uf_number_argument(100 * threshold, -1)};
    uf_status status =
        uf_result_add_note(result, context->language, rate > 160 * threshold ? UF_WARNING : UF_NOTE,
                           "size-check", text, (struct uf_words){NULL, NULL}, arguments, 9, error);
    free(among_alike);
    return status;
}

uf_status size_check_note_unused(const struct uf_context *context, int sample, struct uf_result *result,
                                 struct uf_error *error)
{
    static const struct uf_words text = {"No placebo treatments in this sample: {0}. It is too small for as "
                                         "many treated as there are, or too short.",
                                         "Inga placeboinsatser i det här urvalet: {0}. Det är för litet för "
                                         "så många behandlade, eller för kort."};
    const struct uf_argument argument =
        uf_text_argument(uf_words_in(size_check_sample_words[sample], context->language));
    return uf_result_add_note(result, context->language, UF_NOTE, "size-check-unused", text,
                              (struct uf_words){NULL, NULL}, &argument, 1, error);
}

uf_status size_check_refuse(const struct uf_panel *panel, const struct uf_design *design,
                            const struct uf_context *context, struct uf_result *result,
                            struct uf_error *error)
{
    static const struct uf_words text = {
        "There is no untreated data that could hold a placebo treatment of {0} of {1} regions. It takes two "
        "regions more that were never treated than are treated (there are {2}), or four periods before the "
        "first start (there are {3}) and two regions that are not treated.",
        "Det finns inga obehandlade data som rymmer en placeboinsats för {0} av {1} regioner. Det krävs två "
        "fler "
        "regioner som aldrig behandlats än som behandlats (de är {2}), eller fyra perioder före första "
        "starten "
        "(de är {3}) och två regioner som inte behandlas."};
    static const struct uf_words ends = {
        "The treatment ends in some regions ({4} of them: {5}): a placebo treatment has no such shape.",
        "Insatsen upphör i några regioner ({4} stycken: {5}): en placeboinsats har ingen sådan form."};
    static const struct uf_words dose = {
        "The treatment comes in different amounts: a placebo treatment has no such shape.",
        "Insatsen har olika storlek: en placeboinsats har ingen sådan form."};
    static const struct uf_words shape_advice = {
        "Give the treatment as a first treated period (0 or empty: never), from which on it counts.",
        "Ange insatsen som en första behandlad period (0 eller tomt: aldrig), från vilken den räknas."};
    static const struct uf_words advice = {
        "Add regions or earlier periods; docs/inference.md has rates for designs like it.",
        "Lägg till regioner eller tidigare perioder; docs/inference.md har andelar för "
        "liknande upplägg."};
    size_t count;
    char *list;
    UF_TRY(effect_list_switched_off(panel, &count, &list, error));
    const bool off = panel->treatment.switches_off && count > 0;
    bool amounts = false;
    for (size_t i = 0; panel->treatment.dose && !off && i < panel->n_rows; i++)
        amounts |= panel->treatment.dose[i] != 0 && panel->treatment.dose[i] != 1 &&
                   !isnan(panel->treatment.dose[i]);
    const struct uf_argument arguments[] = {uf_count_argument(design->n_treated),
                                            uf_count_argument(design->n_units),
                                            uf_count_argument(design->n_control),
                                            uf_count_argument(design->periods_before),
                                            uf_count_argument(count),
                                            uf_text_argument(list)};
    uf_status status = uf_result_add_note(result, context->language, UF_FATAL, "size-check-impossible",
                                          off       ? ends
                                          : amounts ? dose
                                                    : text,
                                          off || amounts ? shape_advice : advice, arguments, 6, error);
    free(list);
    UF_TRY(status);
    return uf_design_refuse(result, error);
}
