// SPDX-License-Identifier: GPL-3.0-or-later
#include <utfall/relatedness.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "profile/presence.h"

void uf_presence(const gsl_matrix *quotient, double threshold, gsl_matrix *out)
{
    const double least = threshold - 1e-12 * fabs(threshold);
    for (size_t r = 0; r < quotient->size1; r++)
        for (size_t s = 0; s < quotient->size2; s++) {
            double q = gsl_matrix_get(quotient, r, s);
            gsl_matrix_set(out, r, s, isnan(q) ? NAN : q >= least ? 1 : 0);
        }
}

static uf_status fail_shape(struct uf_error *error, const char *what)
{
    return uf_fail(error, UF_BAD_USAGE, "the matrix of %s has not the shape that is needed", what);
}

/* --- co-occurrence ----------------------------------------------------------------------------- */

static unsigned count_bits(uint64_t word)
{
    return (unsigned)__builtin_popcountll(word);
}

static void count_pairs(const struct presence *p, uint64_t *bits, gsl_matrix *out)
{
    size_t words = (p->n_regions + 63) / 64;
    for (size_t s = 0; s < p->n_sectors; s++)
        for (size_t i = p->sector_start[s]; i < p->sector_start[s + 1]; i++)
            bits[s * words + p->region[i] / 64] |= UINT64_C(1) << p->region[i] % 64;
    for (size_t a = 0; a < p->n_sectors; a++) {
        for (size_t b = a; b < p->n_sectors; b++) {
            unsigned together = 0;
            for (size_t w = 0; w < words; w++)
                together += count_bits(bits[a * words + w] & bits[b * words + w]);
            gsl_matrix_set(out, a, b, together);
            gsl_matrix_set(out, b, a, together);
        }
    }
}

uf_status uf_co_occurrence(const gsl_matrix *presence, gsl_matrix *out, struct uf_error *error)
{
    if (out->size1 != presence->size2 || out->size2 != presence->size2)
        return fail_shape(error, "co-occurrences");
    struct presence p;
    UF_TRY(presence_new(presence, &p, error));
    uint64_t *bits = calloc(p.n_sectors * ((p.n_regions + 63) / 64) + 1, sizeof *bits);
    if (bits) count_pairs(&p, bits, out);
    free(bits);
    presence_clear(&p);
    return bits ? UF_OK : uf_fail_memory(error);
}

/* --- measures ---------------------------------------------------------------------------------- */

/* `all` is what the occurrences add up against: the regions, or the sum of all occurrences. */
static double measure_pair(enum uf_relatedness_measure measure, double together, double a, double b,
                           double all)
{
    switch (measure) {
    case UF_RELATEDNESS_MIN_CONDITIONAL:
        return together / fmax(a, b);
    case UF_RELATEDNESS_COSINE:
        return together / sqrt(a * b);
    case UF_RELATEDNESS_JACCARD:
        return together / (a + b - together);
    case UF_RELATEDNESS_ASSOCIATION:
        return together * all / (a * b);
    case UF_RELATEDNESS_PROBABILITY:
        return together / (all / 2 * (a / all * b / (all - a) + b / all * a / (all - b)));
    }
    return NAN;
}

uf_status uf_relatedness(const gsl_matrix *co_occurrence, size_t n_regions,
                         enum uf_relatedness_measure measure, enum uf_relatedness_base base, gsl_matrix *out,
                         struct uf_error *error)
{
    size_t n = co_occurrence->size1;
    if (co_occurrence->size2 != n || out->size1 != n || out->size2 != n)
        return fail_shape(error, "relatedness");
    if (measure == UF_RELATEDNESS_PROBABILITY && base == UF_BASE_OCCURRENCES)
        return uf_fail(error, UF_BAD_USAGE,
                       "the measure `probability` is of pairs: it needs the base `co-occurrences`");
    double *occurrences = calloc(n + 1, sizeof *occurrences), all = 0;
    if (!occurrences) return uf_fail_memory(error);
    for (size_t i = 0; i < n; i++) {
        if (base == UF_BASE_OCCURRENCES) {
            occurrences[i] = gsl_matrix_get(co_occurrence, i, i);
            continue;
        }
        for (size_t j = 0; j < n; j++) occurrences[i] += j == i ? 0 : gsl_matrix_get(co_occurrence, i, j);
        all += occurrences[i];
    }
    if (base == UF_BASE_OCCURRENCES) all = (double)n_regions;
    for (size_t i = 0; i < n; i++) {
        for (size_t j = i + 1; j < n; j++) {
            double a = occurrences[i], b = occurrences[j];
            double related = a > 0 && b > 0
                                 ? measure_pair(measure, gsl_matrix_get(co_occurrence, i, j), a, b, all)
                                 : (double)NAN;
            gsl_matrix_set(out, i, j, related);
            gsl_matrix_set(out, j, i, related);
        }
        gsl_matrix_set(out, i, i, 0);
    }
    free(occurrences);
    return UF_OK;
}

/* --- flows ------------------------------------------------------------------------------------- */

static double mapped(double ratio)
{
    return (ratio - 1) / (ratio + 1);
}

static uf_status check_flows(const gsl_matrix *flows, struct uf_error *error)
{
    for (size_t i = 0; i < flows->size1; i++)
        for (size_t j = 0; j < flows->size2; j++) {
            double flow = gsl_matrix_get(flows, i, j);
            if (i != j && (flow < 0 || !isfinite(flow)))
                return uf_fail(
                    error, UF_BAD_INPUT,
                    "a flow is a number of people, at least 0; found %g from row %zu to column %zu", flow,
                    i + 1, j + 1);
        }
    return UF_OK;
}

uf_status uf_skill_relatedness(const gsl_matrix *flows, enum uf_flow_average average, gsl_matrix *out_ratio,
                               gsl_matrix *out_mapped, struct uf_error *error)
{
    size_t n = flows->size1;
    if (flows->size2 != n || out_mapped->size1 != n || out_mapped->size2 != n ||
        (out_ratio && (out_ratio->size1 != n || out_ratio->size2 != n)))
        return fail_shape(error, "flows");
    UF_TRY(check_flows(flows, error));
    double *sent = calloc(2 * n + 1, sizeof *sent), all = 0;
    if (!sent) return uf_fail_memory(error);
    double *received = sent + n;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            double flow = i == j ? 0 : gsl_matrix_get(flows, i, j);
            sent[i] += flow, received[j] += flow, all += flow;
        }
    for (size_t i = 0; i < n; i++) {
        for (size_t j = i; j < n; j++) {
            double there = gsl_matrix_get(flows, i, j) * all / (sent[i] * received[j]);
            double back = gsl_matrix_get(flows, j, i) * all / (sent[j] * received[i]);
            /* A flow of nobody out of nobody says nothing. */
            if (!(sent[i] * received[j] > 0)) there = NAN;
            if (!(sent[j] * received[i] > 0)) back = NAN;
            if (i == j) there = back = 0;
            double both = average == UF_FLOW_AVERAGE_RATIOS ? mapped((there + back) / 2)
                                                            : (mapped(there) + mapped(back)) / 2;
            if (out_ratio) {
                gsl_matrix_set(out_ratio, i, j, there);
                gsl_matrix_set(out_ratio, j, i, back);
            }
            gsl_matrix_set(out_mapped, i, j, i == j ? 0 : both);
            gsl_matrix_set(out_mapped, j, i, i == j ? 0 : both);
        }
    }
    free(sent);
    return UF_OK;
}

/* --- density ----------------------------------------------------------------------------------- */

/* The relatedness matrix without what is not known and with the wished diagonal, and its row sums. */
static uf_status tidy_relatedness(const gsl_matrix *relatedness, bool own, double *out, double *sums,
                                  struct uf_error *error)
{
    size_t n = relatedness->size1;
    for (size_t i = 0; i < n; i++) {
        double sum = 0;
        for (size_t j = 0; j < n; j++) {
            double related = i == j ? (own ? 1 : 0) : gsl_matrix_get(relatedness, i, j);
            if (isnan(related)) related = 0;
            if (related < 0)
                return uf_fail(
                    error, UF_BAD_INPUT,
                    "a relatedness below 0 (row %zu, column %zu) cannot weigh; map it to 0 and above first",
                    i + 1, j + 1);
            out[i * n + j] = related;
            sum += related;
        }
        sums[i] = sum;
    }
    return UF_OK;
}

uf_status uf_relatedness_density(const gsl_matrix *relatedness, const gsl_matrix *presence, bool own,
                                 gsl_matrix *out, struct uf_error *error)
{
    size_t n = relatedness->size1;
    if (relatedness->size2 != n || presence->size2 != n || out->size1 != presence->size1 || out->size2 != n)
        return fail_shape(error, "relatedness density");
    struct presence p;
    UF_TRY(presence_new(presence, &p, error));
    double *weights = malloc((n * n + 2 * n + 1) * sizeof *weights);
    uf_status status = weights ? UF_OK : uf_fail_memory(error);
    double *sums = weights ? weights + n * n : NULL, *near = weights ? sums + n : NULL;
    if (status == UF_OK) status = tidy_relatedness(relatedness, own, weights, sums, error);
    for (size_t r = 0; r < p.n_regions && status == UF_OK; r++) {
        memset(near, 0, n * sizeof *near);
        for (size_t k = p.region_start[r]; k < p.region_start[r + 1]; k++) {
            const double *row = weights + (size_t)p.sector[k] * n; /* symmetric: a row is a column */
            for (size_t i = 0; i < n; i++) near[i] += row[i];
        }
        for (size_t i = 0; i < n; i++)
            gsl_matrix_set(out, r, i, sums[i] > 0 ? near[i] / sums[i] : (double)NAN);
    }
    free(weights);
    presence_clear(&p);
    return status;
}
