// SPDX-License-Identifier: GPL-3.0-or-later
#include "effect/inference_choice.h"
#include "base/fail.h"

#include <stdint.h>
#include <stdlib.h>

/* With this many treated and as many untreated, CR2's t holds its level whoever was treated. */
enum { MANY = 20 };
/* t of fewer treated blocks than this has a variance from almost nothing. */
enum { FEWEST_FOR_T = 3 };

static size_t fewest_of(const struct effect_grounds *grounds)
{
    return grounds->n_treated < grounds->n_control ? grounds->n_treated : grounds->n_control;
}

bool effect_are_many(const struct effect_grounds *grounds)
{
    return fewest_of(grounds) >= MANY;
}

static bool is_treated(const struct effect_grounds *grounds, size_t first_period)
{
    return first_period != SIZE_MAX &&
           (grounds->control_first == 0 || first_period != grounds->control_first);
}

static uf_status count_clusters(const struct uf_did_data *data, struct effect_grounds *grounds,
                                struct uf_error *error)
{
    bool by_cluster = data->n_cluster_dimensions == 1;
    size_t n = by_cluster ? data->n_groups[0] : data->n_units;
    unsigned char *seen = calloc(n + 1, 1); /* 1: has rows; 2: has a treated unit */
    if (!seen) return uf_fail_memory(error);
    for (size_t i = 0; i < data->n; i++)
        seen[by_cluster ? data->cluster[0][i] : data->unit[i]] |=
            is_treated(grounds, data->first_period[data->unit[i]]) ? 3 : 1;
    for (size_t g = 0; g < n; g++) {
        grounds->n_treated += seen[g] == 3;
        grounds->n_control += seen[g] == 1;
    }
    free(seen);
    return UF_OK;
}

uf_status effect_count_blocks(const struct uf_did_data *data, const struct uf_did_assignment *assignment,
                              struct effect_grounds *grounds, struct uf_error *error)
{
    grounds->n_treated = grounds->n_control = 0;
    if (!assignment) return count_clusters(data, grounds, error);
    for (size_t b = 0; b < assignment->n_blocks; b++) {
        bool treated = is_treated(grounds, assignment->first_period[assignment->path[b]]);
        grounds->n_treated += treated;
        grounds->n_control += !treated;
    }
    return UF_OK;
}

enum effect_procedure effect_choose(const struct effect_grounds *grounds)
{
    size_t fewest = fewest_of(grounds);
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

const char *effect_chosen_name(const struct effect_grounds *grounds)
{
    enum effect_procedure procedure = effect_choose(grounds);
    return procedure == EFFECT_BY_CR2 && grounds->analytic ? grounds->analytic->vcov
                                                           : effect_procedure_name(procedure);
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
        [EFFECT_BY_CR2] =
            {"Inference: {2}, because {0} treated and {1} untreated regions are enough for it to "
             "hold its level whoever was treated; the other types are shown beside it.",
             "Inferens: {2}, eftersom {0} behandlade och {1} obehandlade regioner räcker för att "
             "det ska hålla sin nivå oavsett vilka som behandlades; övriga typer visas bredvid."},
        [EFFECT_BY_WILD] = {
            "Inference: wild cluster bootstrap, because the treatment cannot be dealt out anew in this "
            "sample ({0} treated "
            "and {1} untreated regions). With few treated regions it hardly ever rejects.",
            "Inferens: vild klusterbootstrap, eftersom insatsen inte kan fördelas på nytt i det här urvalet "
            "({0} behandlade "
            "och {1} obehandlade regioner). Med få behandlade regioner ger den nästan aldrig utslag."}};
    static const struct uf_words last_resort = {
        "Inference: {2}, for want of anything better; with {0} treated "
        "and {1} untreated regions its p-value cannot be trusted, and "
        "is as a rule too small.",
        "Inferens: {2}, i brist på bättre; med {0} behandlade och {1} "
        "obehandlade regioner går dess p-värde inte att lita på, och "
        "är som regel för lågt."};
    static const struct uf_words cr2 = {"cluster-robust error CR2 with Satterthwaite's degrees of freedom",
                                        "klusterrobust fel CR2 med Satterthwaites frihetsgrader"};
    /* all start sooner or later */
    static const struct uf_words nobody = {"no", "inga"};
    enum effect_procedure procedure = effect_choose(grounds);
    bool poor = procedure == EFFECT_BY_CR2 && !(grounds->cr2 && effect_are_many(grounds));
    bool warn =
        poor || procedure == EFFECT_BY_WILD || procedure == EFFECT_BY_T || procedure == EFFECT_BY_COEFFICIENT;
    const struct uf_argument arguments[] = {
        uf_count_argument(grounds->n_treated),
        grounds->n_control > 0 ? uf_count_argument(grounds->n_control)
                               : uf_text_argument(uf_words_in(nobody, run->context->language)),
        uf_text_argument(
            uf_words_in(grounds->analytic ? grounds->analytic->words : cr2, run->context->language))};
    return effect_note(run, warn ? UF_WARNING : UF_NOTE, "inference-chosen",
                       poor ? last_resort : why[procedure], (struct uf_words){NULL, NULL}, arguments, 3,
                       error);
}
