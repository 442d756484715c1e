// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * All indices of specialisation and of concentration, and location quotients, of regions × sectors × years, against a
 * naive twin that follows the definitions pair by pair (on the first year only: it would take minutes), in one run.
 * bench_structure [REGIONS SECTORS YEARS]   (default 290 800 20)
 *
 * Peers on the machine of the yardstick's 0.045 s: vectorised base R 0.6 s for a third of the indices; EconGeo and REAT
 * 331 s.
 */
#include "support/bench.h"
#include "support/test.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <utfall/concentration.h>
#include <utfall/location_quotient.h>
#include <utfall/specialisation.h>

/* Employment as it is: a third of the cells empty, the others of very different size. */
static gsl_matrix *make_year(size_t n, size_t m, size_t year)
{
    gsl_matrix *x = gsl_matrix_alloc(n, m);
    for (size_t r = 0; r < n; r++)
        for (size_t s = 0; s < m; s++) {
            double empty = bench_noise(7 + year, r * m + s), size = bench_noise(70 + year, r * m + s);
            gsl_matrix_set(x, r, s, empty < -0.33 ? 0 : floor(1 + exp(4 + 4 * size)));
        }
    return x;
}

struct work {
    size_t n, m, years;
    gsl_matrix **year, *quotient;
    struct uf_specialisation *region; /* of the first year */
    struct uf_concentration *sector;
};

/* Adds the CPU seconds of the three kernels to `spent`. */
static void ours(const struct work *w, size_t year, double spent[3])
{
    struct uf_error error;
    const struct uf_activity activity = {.value = w->year[year]};
    double start = bench_cpu_seconds(), next;
    assert_ok(uf_location_quotient(&activity, UF_REFERENCE_NATION, w->quotient, &error), &error);
    next = bench_cpu_seconds(), spent[0] += next - start, start = next;
    assert_ok(uf_specialisation(&activity, UF_REFERENCE_NATION, w->region, &error), &error);
    next = bench_cpu_seconds(), spent[1] += next - start, start = next;
    assert_ok(uf_concentration(&activity, w->sector, &error), &error);
    spent[2] += bench_cpu_seconds() - start;
}

struct naive {
    double krugman, hachman, gini, theil, herfindahl, entropy, raw;
};

/* One distribution against another; values are not yet shares. */
static struct naive by_definition(const double *own, const double *reference, size_t n)
{
    double own_sum = 0, reference_sum = 0, chi = 0, outside = 0;
    struct naive x = {0};
    for (size_t i = 0; i < n; i++) own_sum += own[i], reference_sum += reference[i];
    for (size_t i = 0; i < n; i++) {
        double s = own[i] / own_sum, q = reference[i] / reference_sum;
        x.krugman += fabs(s - q);
        x.raw += (s - q) * (s - q);
        x.herfindahl += s * s;
        if (s > 0) x.entropy -= s * log(s);
        if (s > 0 && q > 0) chi += s * s / q, x.theil += s * log(s / q);
        if (s > 0 && q == 0) outside = 1;
        for (size_t j = 0; j < n; j++)
            x.gini += fabs(s * (reference[j] / reference_sum) - own[j] / own_sum * q) / 2;
    }
    x.hachman = outside > 0 ? 0 : 1 / chi;
    return x;
}

static double apart(double a, double b)
{
    return isnan(a) && isnan(b) ? 0 : fabs(a - b);
}

static double naive_regions(const struct work *w, const double *sector_sum, double *own)
{
    double worst = 0;
    for (size_t r = 0; r < w->n; r++) {
        for (size_t s = 0; s < w->m; s++) own[s] = gsl_matrix_get(w->year[0], r, s);
        const struct naive x = by_definition(own, sector_sum, w->m);
        const struct uf_specialisation *y = &w->region[r];
        worst = fmax(worst, fmax(apart(x.krugman, y->krugman), apart(x.hachman, y->hachman)));
        worst = fmax(worst, fmax(apart(x.gini, y->gini), apart(x.theil, y->theil)));
        worst = fmax(worst, fmax(apart(x.herfindahl, y->herfindahl), apart(x.entropy, y->entropy)));
    }
    return worst;
}

static double naive_sectors(const struct work *w, const double *region_sum, double *own)
{
    double worst = 0;
    for (size_t s = 0; s < w->m; s++) {
        for (size_t r = 0; r < w->n; r++) own[r] = gsl_matrix_get(w->year[0], r, s);
        const struct naive x = by_definition(own, region_sum, w->n);
        const struct uf_concentration *y = &w->sector[s];
        worst = fmax(worst, fmax(apart(x.krugman, y->krugman), apart(x.raw, y->raw)));
        worst = fmax(worst, fmax(apart(x.gini, y->gini), apart(x.theil, y->theil)));
        worst = fmax(worst, apart(x.herfindahl, y->herfindahl));
    }
    return worst;
}

/* CPU seconds of one year. */
static double naive(const struct work *w, double *out_difference)
{
    const size_t n = w->n, m = w->m;
    double start = bench_cpu_seconds(), all = 0;
    double *region = calloc(n, sizeof *region), *sector = calloc(m, sizeof *sector);
    double *own = calloc(n + m, sizeof *own);
    for (size_t r = 0; r < n; r++)
        for (size_t s = 0; s < m; s++) {
            double x = gsl_matrix_get(w->year[0], r, s);
            region[r] += x, sector[s] += x, all += x;
        }
    double worst = fmax(naive_regions(w, sector, own), naive_sectors(w, region, own));
    for (size_t r = 0; r < n; r++)
        for (size_t s = 0; s < m; s++) {
            double quotient = gsl_matrix_get(w->year[0], r, s) / region[r] / (sector[s] / all);
            worst = fmax(worst, apart(quotient, gsl_matrix_get(w->quotient, r, s)) / fmax(1, quotient));
        }
    free(region), free(sector), free(own);
    *out_difference = worst;
    return bench_cpu_seconds() - start;
}

int main(int argc, char **argv)
{
    struct work w = {290, 800, 20, NULL, NULL, NULL, NULL};
    if (argc > 3) w.n = (size_t)atol(argv[1]), w.m = (size_t)atol(argv[2]), w.years = (size_t)atol(argv[3]);
    double machine = bench_print_yardstick(), spent[3] = {0}, difference;
    w.year = calloc(w.years, sizeof(gsl_matrix *));
    for (size_t t = 0; t < w.years; t++) w.year[t] = make_year(w.n, w.m, t);
    w.quotient = gsl_matrix_alloc(w.n, w.m);
    w.region = calloc(w.n, sizeof *w.region), w.sector = calloc(w.m, sizeof *w.sector);
    for (size_t t = w.years; t-- > 0;) ours(&w, t, spent); /* the first year last: its results are compared */
    double fast = spent[0] + spent[1] + spent[2], slow = naive(&w, &difference);
    printf("  location quotient %.3f, specialisation %.3f, concentration %.3f\n", spent[0], spent[1],
           spent[2]);
    printf("%zu x %zu x %zu: all %.3f s CPU (goal 0.3 s × %.2f = %.2f); one year by definition %.2f s, ratio "
           "%.0f; "
           "largest difference %.1e\n",
           w.n, w.m, w.years, fast, machine, 0.3 * machine, slow, slow * (double)w.years / fast, difference);
    assert_true(difference < 1e-12);
    for (size_t t = 0; t < w.years; t++) gsl_matrix_free(w.year[t]);
    gsl_matrix_free(w.quotient);
    free((void *)w.year), free(w.region), free(w.sector);
    return 0;
}
