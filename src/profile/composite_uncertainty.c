// SPDX-License-Identifier: GPL-3.0-or-later
/* Draws over the choices behind a composite index: rank intervals and sensitivity. */
#include <utfall/composite_uncertainty.h>

#include <math.h>
#include <omp.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/fail.h"
#include "profile/composite_draw.h"

struct simulation {
    const struct uf_composite_input *input;
    struct composite_variants variants;
    struct uf_composite_uncertainty_options options;
    bool varies[UF_CHOICES];
    uint32_t *nominal;                 /* n_units */
    uint32_t *ranks;                   /* draws × n_units */
    double *a, *b, *mixed[UF_CHOICES]; /* draws: the mean absolute shift; b and mixed with sensitivity only */
    struct composite_space *space;     /* one per thread */
    int threads;
};

static void simulation_clear(struct simulation *s)
{
    composite_variants_clear(&s->variants);
    for (int t = 0; s->space && t < s->threads; t++) composite_space_clear(&s->space[t]);
    free(s->space);
    free(s->nominal);
    free(s->ranks);
    free(s->a);
    free(s->b);
    for (size_t c = 0; c < UF_CHOICES; c++) free(s->mixed[c]);
}

/* --- what varies ------------------------------------------------------------------------------- */

static uf_status check_alternatives(const struct uf_composite_input *input, struct simulation *s,
                                    struct uf_error *error)
{
    const struct uf_composite_alternatives *a = input->alternatives;
    const size_t counts[] = {a->n_treatments, a->n_normalisations, a->n_weightings, a->n_aggregations};
    bool any = false;
    for (size_t c = 0; c < sizeof counts / sizeof *counts; c++) {
        if (counts[c] == 0) return uf_fail(error, UF_BAD_USAGE, "a choice without alternatives");
        s->varies[c] = counts[c] > 1;
    }
    if (!(a->weight_noise >= 0 && a->weight_noise < 1))
        return uf_fail(error, UF_BAD_USAGE, "weights vary by %g, expected a share from 0 to below 1",
                       a->weight_noise);
    for (size_t w = 0; w < a->n_weightings; w++)
        for (size_t i = 0; i + 1 < input->tree->n_indicators + input->tree->n_aggregates; i++)
            if (!(a->weightings[w][i] >= 0) || isinf(a->weightings[w][i]))
                return uf_fail(error, UF_BAD_USAGE, "item %zu has the weight %g, expected 0 or more", i,
                               a->weightings[w][i]);
    if (a->leave_one_out && input->tree->n_indicators < 2)
        return uf_fail(error, UF_BAD_USAGE, "with one indicator none can be left out");
    s->varies[UF_CHOICE_WEIGHT_NOISE] = a->weight_noise > 0;
    s->varies[UF_CHOICE_LEFT_OUT] = a->leave_one_out;
    for (size_t c = 0; c < UF_CHOICES; c++) any = any || s->varies[c];
    if (!any) return uf_fail(error, UF_BAD_USAGE, "nothing varies; name alternatives for a choice");
    return UF_OK;
}

/* --- drawing ----------------------------------------------------------------------------------- */

static double shift_of(const struct simulation *s, const uint32_t *rank)
{
    uint64_t sum = 0;
    for (size_t u = 0; u < s->variants.n_units; u++)
        sum += rank[u] > s->nominal[u] ? rank[u] - s->nominal[u] : s->nominal[u] - rank[u];
    return (double)sum / (double)s->variants.n_units;
}

/* Sample A is draw 2r, sample B draw 2r + 1. */
static void simulate(struct simulation *s, size_t r, struct composite_space *space)
{
    const struct uf_composite_input *input = s->input;
    size_t n = s->variants.n_units;
    composite_draw_inputs(input, s->options.seed, 2 * r, &space->a);
    composite_rank(input, &s->variants, &space->a, space);
    for (size_t u = 0; u < n; u++) s->ranks[r * n + u] = space->rank[u];
    s->a[r] = shift_of(s, space->rank);
    if (!s->options.sensitivity) return;
    composite_draw_inputs(input, s->options.seed, 2 * r + 1, &space->b);
    composite_rank(input, &s->variants, &space->b, space);
    s->b[r] = shift_of(s, space->rank);
    for (size_t c = 0; c < UF_CHOICES; c++) {
        if (!s->varies[c]) continue;
        composite_mix(input->tree, &space->a, &space->b, (enum uf_composite_choice)c, &space->mixed);
        composite_rank(input, &s->variants, &space->mixed, space);
        s->mixed[c][r] = shift_of(s, space->rank);
    }
}

static uf_status simulate_all(struct simulation *s, struct uf_error *error)
{
    enum { BLOCK = 512 };
    size_t draws = s->options.draws;
    for (size_t start = 0; start < draws; start += BLOCK) {
        size_t end = start + BLOCK < draws ? start + BLOCK : draws;
#pragma omp parallel for schedule(static) num_threads(s->threads)
        for (size_t r = start; r < end; r++) simulate(s, r, &s->space[omp_get_thread_num()]);
        if (s->options.progress && s->options.progress(s->options.user, (double)end / (double)draws))
            return uf_fail(error, UF_INTERRUPTED, "interrupted");
    }
    return UF_OK;
}

static uf_status allocate(struct simulation *s, struct uf_error *error)
{
    size_t n = s->variants.n_units, draws = s->options.draws;
    s->threads = s->options.threads > 0 ? s->options.threads : omp_get_max_threads();
    if ((size_t)s->threads > draws) s->threads = (int)draws;
    s->nominal = malloc(n * sizeof *s->nominal);
    s->a = malloc(draws * sizeof *s->a);
    s->ranks = draws > SIZE_MAX / sizeof *s->ranks / n ? NULL : malloc(draws * n * sizeof *s->ranks);
    bool ok = s->nominal && s->a && s->ranks;
    if (s->options.sensitivity) {
        ok = (s->b = malloc(draws * sizeof *s->b)) != NULL && ok;
        for (size_t c = 0; c < UF_CHOICES; c++)
            if (s->varies[c]) ok = (s->mixed[c] = malloc(draws * sizeof *s->a)) != NULL && ok;
    }
    s->space = calloc((size_t)s->threads, sizeof *s->space);
    if (!ok || !s->space) return uf_fail_memory(error);
    for (int t = 0; t < s->threads; t++) UF_TRY(composite_space_new(s->input->tree, n, &s->space[t], error));
    composite_nominal(s->input->tree, &s->space[0].a);
    composite_rank(s->input, &s->variants, &s->space[0].a, &s->space[0]);
    for (size_t u = 0; u < n; u++) s->nominal[u] = s->space[0].rank[u];
    return UF_OK;
}

/* --- summing up -------------------------------------------------------------------------------- */

/* The rank at place k (from 0) in order. */
static double rank_at(const size_t *count, size_t k)
{
    size_t rank = 1;
    for (size_t passed = count[1]; passed <= k; passed += count[rank]) rank++;
    return (double)rank;
}

static double quantile(const size_t *count, size_t draws, double share)
{
    double place = share * (double)(draws - 1), whole = floor(place);
    double below = rank_at(count, (size_t)whole);
    if (place == whole) return below;
    return below + (place - whole) * (rank_at(count, (size_t)whole + 1) - below);
}

/* `count`: room for a number per rank, from 1. */
static struct uf_rank_interval interval_of(const struct simulation *s, size_t u, size_t *count)
{
    const double low = 0.05, high = 0.95, half = 0.5;
    size_t n = s->variants.n_units, draws = s->options.draws, among = 0;
    double sum = 0, total = (double)draws;
    for (size_t r = 0; r <= n; r++) count[r] = 0;
    for (size_t r = 0; r < draws; r++) {
        uint32_t rank = s->ranks[r * n + u];
        count[rank]++;
        sum += rank;
        among += rank <= s->options.top;
    }
    double share = (double)among / total;
    return (struct uf_rank_interval){s->nominal[u],
                                     sum / total,
                                     quantile(count, draws, half),
                                     quantile(count, draws, low),
                                     quantile(count, draws, high),
                                     share,
                                     sqrt(share * (1 - share) / total)};
}

static uf_status summarise(const struct simulation *s, struct uf_composite_uncertainty *out,
                           struct uf_error *error)
{
    size_t n = s->variants.n_units, units = s->input->values->size1, draws = s->options.draws;
    size_t *count = malloc((n + 1) * sizeof *count);
    out->unit = malloc((units + 1) * sizeof *out->unit);
    if (!count || !out->unit) {
        free(count);
        return uf_fail_memory(error);
    }
    for (size_t u = 0; u < units; u++)
        out->unit[u] = (struct uf_rank_interval){NAN, NAN, NAN, NAN, NAN, NAN, NAN};
    for (size_t u = 0; u < n; u++) out->unit[s->variants.unit[u]] = interval_of(s, u, count);
    free(count);
    out->n_units = units, out->n_ranked = n, out->draws = draws, out->top = s->options.top;
    double sum = 0, squares = 0, total = (double)draws;
    for (size_t r = 0; r < draws; r++) sum += s->a[r];
    out->shift = sum / total;
    for (size_t r = 0; r < draws; r++) squares += (s->a[r] - out->shift) * (s->a[r] - out->shift);
    out->shift_error = sqrt(squares / (total - 1) / total);
    for (size_t c = 0; c < UF_CHOICES; c++) {
        out->varies[c] = s->varies[c];
        out->index[c] = (struct uf_sobol_index){NAN, NAN, NAN, NAN};
        if (s->varies[c] && s->options.sensitivity)
            UF_TRY(uf_sobol_index(s->a, s->b, s->mixed[c], draws, &out->index[c], error));
    }
    return UF_OK;
}

void uf_composite_uncertainty_clear(struct uf_composite_uncertainty *uncertainty)
{
    free(uncertainty->unit);
    *uncertainty = (struct uf_composite_uncertainty){0};
}

uf_status uf_composite_uncertainty(const struct uf_composite_input *input,
                                   const struct uf_composite_uncertainty_options *options,
                                   struct uf_composite_uncertainty *out, struct uf_error *error)
{
    enum { DRAWS = 1000, TOP = 10 };
    struct simulation s = {.input = input, .options = *options};
    struct uf_composite_uncertainty result = {0};
    if (s.options.draws == 0) s.options.draws = DRAWS;
    if (s.options.top == 0) s.options.top = TOP;
    if (s.options.draws < 2) return uf_fail(error, UF_BAD_USAGE, "1 draw, expected at least 2");
    UF_TRY(uf_composite_check(input->tree, error));
    if (input->tree->n_indicators != input->values->size2)
        return uf_fail(error, UF_BAD_USAGE, "%zu columns for %zu indicators", input->values->size2,
                       input->tree->n_indicators);
    UF_TRY(check_alternatives(input, &s, error));
    uf_status status = composite_variants_new(input, &s.variants, error);
    if (status == UF_OK) status = allocate(&s, error);
    if (status == UF_OK) status = simulate_all(&s, error);
    if (status == UF_OK) status = summarise(&s, &result, error);
    simulation_clear(&s);
    if (status == UF_OK)
        *out = result;
    else
        uf_composite_uncertainty_clear(&result);
    return status;
}
