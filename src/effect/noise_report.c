// SPDX-License-Identifier: GPL-3.0-or-later
/* Whether the treated are noisier or quieter than the others, which plain randomisation and cluster-robust errors do
 * not know of. */
#include "base/fail.h"
#include "effect/did_internal.h"
#include "effect/estimates.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

/* With as many of each, CR2 holds its level whoever was treated (inference_choice.c). */
enum { ENOUGH = 20 };
/* Means this many times apart, and a rank sum that chance alone gives one time in ten. */
static const double APART = 1.5, RANK_SUM = 1.2816;

static bool is_treated(const struct uf_did_assignment *assignment, size_t block)
{
    return assignment->first_period[assignment->path[block]] != SIZE_MAX;
}

/* The ratio of the treated blocks' mean to that of the others, and the standardised rank sum of the treated
 * (Wilcoxon), shrunk towards 0 by half a step. */
struct contrast {
    double ratio, rank_sum;
};

static struct contrast compare(const struct uf_did_assignment *assignment, const double *value)
{
    double sum[2] = {0}, count[2] = {0}, wins = 0;
    for (size_t b = 0; b < assignment->n_blocks; b++) {
        bool treated = is_treated(assignment, b);
        sum[treated] += value[b];
        count[treated]++;
        for (size_t c = 0; treated && c < assignment->n_blocks; c++)
            if (!is_treated(assignment, c)) wins += value[b] > value[c] ? 1 : value[b] == value[c] ? 0.5 : 0;
    }
    double pairs = count[0] * count[1], away = wins - pairs / 2;
    double z = fmax(0, fabs(away) - 0.5) / sqrt(pairs * (count[0] + count[1] + 1) / 12);
    return (struct contrast){(sum[1] / count[1]) / (sum[0] / count[0]), away < 0 ? -z : z};
}

static bool enough_of_both(const struct uf_did_assignment *assignment, bool *none)
{
    size_t count[2] = {0};
    for (size_t b = 0; b < assignment->n_blocks; b++) count[is_treated(assignment, b)]++;
    *none = count[0] == 0 || count[1] == 0;
    return count[0] >= ENOUGH && count[1] >= ENOUGH;
}

static bool is_apart(struct contrast c)
{
    return (c.ratio >= APART && c.rank_sum >= RANK_SUM) || (c.ratio <= 1 / APART && c.rank_sum <= -RANK_SUM);
}

static uf_status note(const struct effect_run *run, bool noisier, bool by_size, bool scaled, double ratio,
                      struct uf_error *error)
{
    static const struct uf_words none = {NULL, NULL};
    static const struct uf_words noisier_scaled = {
        "Before the start the treated varied more than the others: {0} times the variance. p-values by plain "
        "randomisation and by cluster-robust errors are then too small, they find differences where there "
        "are none; "
        "the randomisation scaled by the noise before the start allows for it, and is the one to go by.",
        "Före start varierade de behandlade mer än de andra: {0} gånger så stor varians. p-värden från "
        "vanlig "
        "randomisering och från klusterrobusta fel är då för låga, de ger utslag där ingen skillnad finns; "
        "den "
        "randomisering som skalas med bruset före start tar hänsyn till det, och är den att gå efter."};
    static const struct uf_words quieter_scaled = {
        "Before the start the treated varied less than the others: {0} times the variance. p-values by plain "
        "randomisation and by cluster-robust errors are then too large, they miss differences that are "
        "there; the "
        "randomisation scaled by the noise before the start allows for it, and is the one to go by.",
        "Före start varierade de behandlade mindre än de andra: {0} gånger så stor varians. p-värden från "
        "vanlig "
        "randomisering och från klusterrobusta fel är då för höga, de missar skillnader som finns; den "
        "randomisering "
        "som skalas med bruset före start tar hänsyn till det, och är den att gå efter."};
    static const struct uf_words noisier_alone = {
        "Before the start the treated varied more than the others: {0} times the variance, and with fewer "
        "than four "
        "periods before the start nothing here allows for it. The p-values, by randomisation as by "
        "cluster-robust "
        "errors, are too small and cannot be trusted: they find differences where there are none.",
        "Före start varierade de behandlade mer än de andra: {0} gånger så stor varians, och med färre än "
        "fyra "
        "perioder före start tar ingenting här hänsyn till det. p-värdena, från randomisering såväl som från "
        "klusterrobusta fel, är för låga och går inte att lita på: de ger utslag där ingen skillnad finns."};
    static const struct uf_words quieter_alone = {
        "Before the start the treated varied less than the others: {0} times the variance, and with fewer "
        "than four "
        "periods before the start nothing here allows for it. The p-values, by randomisation as by "
        "cluster-robust "
        "errors, are too large and cannot be trusted: they miss differences that are there.",
        "Före start varierade de behandlade mindre än de andra: {0} gånger så stor varians, och med färre än "
        "fyra "
        "perioder före start tar ingenting här hänsyn till det. p-värdena, från randomisering såväl som från "
        "klusterrobusta fel, är för höga och går inte att lita på: de missar skillnader som finns."};
    static const struct uf_words smaller = {"The treated are smaller than the others: {0} times the weight. "
                                            "Small regions vary more as a rule, and the "
                                            "periods before the start are too few to tell. If so, the "
                                            "p-values are too small and cannot be trusted.",
                                            "De behandlade är mindre än de andra: {0} gånger så stor vikt. "
                                            "Små regioner varierar som regel mer, och "
                                            "perioderna före start är för få för att avgöra det. I så fall "
                                            "är p-värdena för låga och går inte att lita på."};
    static const struct uf_words larger = {"The treated are larger than the others: {0} times the weight. "
                                           "Large regions vary less as a rule, and the "
                                           "periods before the start are too few to tell. If so, the "
                                           "p-values are too large and cannot be trusted.",
                                           "De behandlade är större än de andra: {0} gånger så stor vikt. "
                                           "Stora regioner varierar som regel mindre, och "
                                           "perioderna före start är för få för att avgöra det. I så fall är "
                                           "p-värdena för höga och går inte att lita på."};
    static const struct uf_words advice = {
        "Get data for earlier periods (four are needed), or compare with regions of the same size.",
        "Skaffa data för tidigare perioder (fyra behövs), eller jämför med regioner av samma storlek."};
    struct uf_words text = by_size   ? (noisier ? smaller : larger)
                           : scaled  ? (noisier ? noisier_scaled : quieter_scaled)
                           : noisier ? noisier_alone
                                     : quieter_alone;
    const struct uf_argument argument = uf_number_argument(ratio, 2);
    return effect_note(run, scaled ? UF_NOTE : UF_WARNING, noisier ? "treated-noisier" : "treated-quieter",
                       text, scaled ? none : advice, &argument, 1, error);
}

uf_status effect_report_noise(const struct effect_run *run, const struct uf_did_data *data,
                              const struct uf_did_assignment *assignment, bool scaled, struct uf_error *error)
{
    struct uf_did_noise noise = {0};
    struct uf_error reason;
    bool none;
    if (enough_of_both(assignment, &none) || none) return UF_OK;
    uf_status status = did_noise_rough(data, assignment, &noise, &reason);
    if (status == UF_OK) {
        struct contrast contrast = compare(assignment, noise.variance);
        uf_did_noise_clear(&noise);
        return is_apart(contrast) ? note(run, contrast.ratio > 1, false, scaled, contrast.ratio, error)
                                  : UF_OK;
    }
    if (status != UF_NOT_IDENTIFIED) {
        if (error) *error = reason;
        return status;
    }
    if (!data->weights) return UF_OK;
    double *size = NULL;
    UF_TRY(effect_block_sizes(data, assignment, &size, error));
    struct contrast contrast = compare(assignment, size);
    free(size);
    return is_apart(contrast) ? note(run, contrast.ratio < 1, true, scaled, contrast.ratio, error) : UF_OK;
}
