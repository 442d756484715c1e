// SPDX-License-Identifier: GPL-3.0-or-later
#include "effect/inference_choice.h"

/* With this many treated and as many untreated, CR2's t holds its level whoever was treated. */
enum { MANY = 20 };
/* t of fewer treated blocks than this has a variance from almost nothing. */
enum { FEWEST_FOR_T = 3 };

enum effect_procedure effect_choose(const struct effect_grounds *grounds)
{
    size_t fewest = grounds->n_treated < grounds->n_control ? grounds->n_treated : grounds->n_control;
    if (grounds->cr2 && fewest >= MANY) return EFFECT_BY_CR2;
    if (grounds->randomised && grounds->noise) return EFFECT_BY_SCALED;
    if (grounds->randomised && fewest >= FEWEST_FOR_T) return EFFECT_BY_T;
    if (grounds->randomised) return EFFECT_BY_COEFFICIENT;
    return grounds->wild ? EFFECT_BY_WILD : EFFECT_BY_CR2;
}

const char *effect_procedure_name(enum effect_procedure procedure)
{
    static const char *const names[] = {[EFFECT_BY_SCALED] = "randomisation-scaled",
                                        [EFFECT_BY_T] = "randomisation-t",
                                        [EFFECT_BY_COEFFICIENT] = "randomisation",
                                        [EFFECT_BY_CR2] = "cr2",
                                        [EFFECT_BY_WILD] = "wild-bootstrap"};
    return names[procedure];
}

uf_status effect_note_choice(const struct effect_run *run, const struct effect_grounds *grounds,
                             struct uf_error *error)
{
    static const struct uf_words why[] = {
        [EFFECT_BY_SCALED] = {"Inference: randomisation of the treatment over the regions, scaled by how "
                              "much each region varied before "
                              "the start, because with {0} treated and {1} untreated it keeps its level also "
                              "where the treated regions "
                              "vary more (or less) than the others; the other types are shown beside it.",
                              "Inferens: randomisering av insatsen över regionerna, skalad med hur mycket "
                              "varje region varierade före "
                              "start, eftersom den med {0} behandlade och {1} obehandlade håller sin nivå "
                              "även när insatsregionerna "
                              "varierar mer (eller mindre) än de andra; övriga typer visas bredvid."},
        [EFFECT_BY_T] =
            {"Inference: randomisation of the treatment over the regions, t value, because {0} treated and "
             "{1} untreated "
             "are too few for a cluster-robust error and the periods before the start are too few to know "
             "how much each "
             "region varies. If the treated regions vary more than the others the p-value is too small.",
             "Inferens: randomisering av insatsen över regionerna, t-värde, eftersom {0} behandlade och {1} "
             "obehandlade är "
             "för få för ett klusterrobust fel och perioderna före start är för få för att veta hur mycket "
             "varje region "
             "varierar. Om insatsregionerna varierar mer än de andra är p-värdet för lågt."},
        [EFFECT_BY_COEFFICIENT] =
            {"Inference: randomisation of the treatment over the regions, because with {0} treated and {1} "
             "untreated no "
             "variance can be estimated for the treated, and the periods before the start are too few to "
             "know how much "
             "each region varies. If the treated regions vary more than the others the p-value is far too "
             "small.",
             "Inferens: randomisering av insatsen över regionerna, eftersom ingen varians kan skattas för de "
             "behandlade med "
             "{0} behandlade och {1} obehandlade, och perioderna före start är för få för att veta hur "
             "mycket varje region "
             "varierar. Om insatsregionerna varierar mer än de andra är p-värdet alldeles för lågt."},
        [EFFECT_BY_CR2] = {"Inference: cluster-robust error CR2 with Satterthwaite's degrees of freedom, "
                           "because {0} treated and {1} "
                           "untreated regions are enough for it to hold its level whoever was treated; the "
                           "other types are shown beside "
                           "it.",
                           "Inferens: klusterrobust fel CR2 med Satterthwaites frihetsgrader, eftersom {0} "
                           "behandlade och {1} obehandlade "
                           "regioner räcker för att det ska hålla sin nivå oavsett vilka som behandlades; "
                           "övriga typer visas bredvid."},
        [EFFECT_BY_WILD] = {
            "Inference: wild cluster bootstrap, because the treatment cannot be dealt out anew in this "
            "sample ({0} treated "
            "and {1} untreated regions). With few treated regions it hardly ever rejects.",
            "Inferens: vild klusterbootstrap, eftersom insatsen inte kan fördelas på nytt i det här urvalet "
            "({0} behandlade "
            "och {1} obehandlade regioner). Med få behandlade regioner ger den nästan aldrig utslag."}};
    static const struct uf_words last_resort = {"Inference: CR2 for want of anything better; with {0} "
                                                "treated and {1} untreated regions its p-value cannot be "
                                                "trusted, and is as a rule too small.",
                                                "Inferens: CR2 i brist på bättre; med {0} behandlade och {1} "
                                                "obehandlade regioner går dess p-värde inte att lita på, "
                                                "och är som regel för lågt."};
    enum effect_procedure procedure = effect_choose(grounds);
    size_t fewest = grounds->n_treated < grounds->n_control ? grounds->n_treated : grounds->n_control;
    bool poor = procedure == EFFECT_BY_CR2 && fewest < MANY;
    bool warn =
        poor || procedure == EFFECT_BY_WILD || procedure == EFFECT_BY_T || procedure == EFFECT_BY_COEFFICIENT;
    const struct uf_argument arguments[] = {uf_count_argument(grounds->n_treated),
                                            uf_count_argument(grounds->n_control)};
    return effect_note(run, warn ? UF_WARNING : UF_NOTE, "inference-chosen",
                       poor ? last_resort : why[procedure], (struct uf_words){NULL, NULL}, arguments, 2,
                       error);
}
