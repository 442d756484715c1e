// SPDX-License-Identifier: GPL-3.0-or-later
#include "profile/rounding_draws.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/random.h>

#include "base/advice.h"
#include "base/fail.h"

static void draw_along(const struct rounding_box *box, bool against, double *out)
{
    for (size_t i = 0; i < box->n; i++) {
        const double pull = against ? -box->pull[i] : box->pull[i];
        out[i] = pull > 0 ? box->high[i] : pull < 0 ? box->low[i] : (box->low[i] + box->high[i]) / 2;
    }
}

void rounding_draw(const struct rounding_box *box, uint64_t seed, size_t draw, double *out)
{
    if (box->pull != NULL && draw < 2) {
        draw_along(box, draw == 1, out);
        return;
    }
    struct uf_random random;
    uf_random_init(&random, seed, UF_PURPOSE_ROUNDING, draw);
    const bool at_ends = draw % 2 == 0;
    for (size_t i = 0; i < box->n; i++) {
        const double u = uf_random_uniform(&random), place = at_ends ? (u < 0.5 ? 0 : 1) : u;
        out[i] = box->low[i] + place * (box->high[i] - box->low[i]);
    }
}

void rounding_bands_clear(struct rounding_bands *bands)
{
    free(bands->low);
    free(bands->high);
    *bands = (struct rounding_bands){0};
}

uf_status rounding_bands_new(const double *value, size_t n, struct rounding_bands *out,
                             struct uf_error *error)
{
    struct rounding_bands bands = {
        .n = n, .low = malloc((n + 1) * sizeof *bands.low), .high = malloc((n + 1) * sizeof *bands.high)};
    if (bands.low == NULL || bands.high == NULL) {
        rounding_bands_clear(&bands);
        return uf_fail_memory(error);
    }
    memcpy(bands.low, value, n * sizeof *value);
    memcpy(bands.high, value, n * sizeof *value);
    *out = bands;
    return UF_OK;
}

static uf_status take(const double *figures, rounding_kernel *kernel, void *what, double *found,
                      struct rounding_bands *bands, struct uf_error *error)
{
    struct uf_error inner = {0};
    const uf_status status = kernel(what, figures, found, &inner);
    bands->draws++;
    if (status == UF_NOT_IDENTIFIED) {
        bands->failed++;
        return UF_OK;
    }
    if (status != UF_OK) {
        if (error) *error = inner;
        return status;
    }
    for (size_t i = 0; i < bands->n; i++) { /* fmin and fmax pass over NaN */
        bands->low[i] = fmin(bands->low[i], found[i]);
        bands->high[i] = fmax(bands->high[i], found[i]);
    }
    return UF_OK;
}

uf_status rounding_bands_take(const double *figures, rounding_kernel *kernel, void *what,
                              struct rounding_bands *bands, struct uf_error *error)
{
    double *found = malloc((bands->n + 1) * sizeof *found);
    if (found == NULL) return uf_fail_memory(error);
    const uf_status status = take(figures, kernel, what, found, bands, error);
    free(found);
    return status;
}

uf_status rounding_bands_widen(const struct rounding_box *box, const struct rounding_plan *plan,
                               rounding_kernel *kernel, void *what, struct rounding_bands *bands,
                               struct uf_error *error)
{
    double *figures = malloc((box->n + bands->n + 1) * sizeof *figures);
    if (figures == NULL) return uf_fail_memory(error);
    uf_status status = UF_OK;
    for (size_t k = 0; k < plan->draws && status == UF_OK; k++) {
        rounding_draw(box, plan->seed, k, figures);
        status = take(figures, kernel, what, figures + box->n, bands, error);
        if (status == UF_OK && plan->progress &&
            plan->progress(plan->user, (double)(k + 1) / (double)plan->draws))
            status = uf_fail(error, UF_INTERRUPTED, "Stopped as asked.");
    }
    free(figures);
    return status;
}

/* How each number changes with each figure, across a quarter of the figure's interval; `slope` is numbers × figures. */
static uf_status find_slopes(const struct rounding_box *box, rounding_kernel *kernel, void *what,
                             size_t n_numbers, double *figures, double *found, double *slope,
                             struct uf_error *error)
{
    for (size_t i = 0; i < box->n; i++) figures[i] = (box->low[i] + box->high[i]) / 2;
    for (size_t i = 0; i < box->n; i++) {
        const double middle = figures[i], by = (box->high[i] - box->low[i]) / 8;
        for (int side = 0; side < 2 && by > 0; side++) {
            figures[i] = middle + (side ? by : -by);
            const uf_status status = kernel(what, figures, found, error);
            if (status == UF_NOT_IDENTIFIED) continue;
            UF_TRY(status);
            for (size_t k = 0; k < n_numbers; k++)
                if (isfinite(found[k])) slope[k * box->n + i] += side ? found[k] : -found[k];
        }
        figures[i] = middle;
    }
    return UF_OK;
}

uf_status rounding_bands_pull(const struct rounding_box *box, rounding_kernel *kernel, void *what,
                              struct rounding_bands *bands, struct uf_error *error)
{
    const size_t n = box->n, n_numbers = bands->n;
    double *slope = calloc(n_numbers * n + n + n_numbers + 1, sizeof *slope);
    if (slope == NULL) return uf_fail_memory(error);
    double *figures = slope + n_numbers * n, *found = figures + n;
    uf_status status = find_slopes(box, kernel, what, n_numbers, figures, found, slope, error);
    for (size_t k = 0; k < 2 * n_numbers && status == UF_OK; k++) {
        const struct rounding_box pulled = {box->low, box->high, slope + k / 2 * n, n};
        draw_along(&pulled, k % 2 == 1, figures);
        status = take(figures, kernel, what, found, bands, error);
    }
    free(slope);
    return status;
}

struct rounding_plan rounding_plan_of(const struct uf_options *options, const struct uf_context *context)
{
    return (struct rounding_plan){.draws = uf_options_count(options, "rounding-draws"),
                                  .seed = context->seed,
                                  .progress = context->progress,
                                  .user = context->user};
}

uf_status rounding_bands_tell(const struct rounding_bands *bands, enum uf_language language,
                              struct uf_result *result, struct uf_error *error)
{
    static const struct uf_words text = {
        "Bands from draws span what {0} tables drawn within the rounding of the figures give: what lies in "
        "them can be reached, and what lies a little outside perhaps too (rounding-draws).",
        "Intervall från dragningar är spannet över {0} tabeller dragna inom uppgifternas avrundning: det som "
        "ligger i dem kan nås, och kanske också det som ligger strax utanför (rounding-draws)."};
    static const struct uf_words failed = {
        "Of {0} tables drawn within the rounding of the figures, nothing could be computed for {1}: rounding "
        "alone leaves it open whether the index exists. The bands span the others.",
        "Av {0} tabeller dragna inom uppgifternas avrundning kunde inget beräknas för {1}: redan "
        "avrundningen "
        "gör det osäkert om indexet finns. Intervallen är spannet över de övriga."};
    if (bands->draws == 0) return UF_OK;
    const struct uf_argument arguments[] = {uf_count_argument(bands->draws),
                                            uf_count_argument(bands->failed)};
    UF_TRY(
        uf_result_add_note(result, language, UF_NOTE, "drawn-bands", text, no_advice, arguments, 1, error));
    if (bands->failed == 0) return UF_OK;
    return uf_result_add_note(result, language, UF_WARNING, "draws-without-index", failed, no_advice,
                              arguments, 2, error);
}
