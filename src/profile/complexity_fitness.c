// SPDX-License-Identifier: GPL-3.0-or-later
/* Fitness and complexity by iteration, and the outlook of regions. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/complexity.h>
#include <utfall/relatedness.h>

#include "base/fail.h"
#include "profile/presence.h"

/* --- fitness ----------------------------------------------------------------------------------- */

/* Divides by the mean of those that take part; the largest change against `old`. */
static double rescale(double *values, const double *old, const size_t *start, size_t n)
{
    double sum = 0, change = 0;
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
        if (start[i + 1] > start[i]) sum += values[i], count++;
    for (size_t i = 0; i < n; i++) {
        values[i] *= (double)count / sum;
        change = fmax(change, fabs(values[i] - old[i]));
    }
    return change;
}

static void iterate_sectors(const struct presence *p, double extremality, const double *fitness,
                            double *inverse, double *complexity)
{
    for (size_t r = 0; r < p->n_regions; r++)
        inverse[r] = extremality == 1 ? 1 / fitness[r] : pow(fitness[r], -extremality);
    for (size_t s = 0; s < p->n_sectors; s++) {
        double sum = 0;
        for (size_t k = p->sector_start[s]; k < p->sector_start[s + 1]; k++) sum += inverse[p->region[k]];
        complexity[s] = sum > 0 ? (extremality == 1 ? 1 / sum : pow(sum, -1 / extremality)) : 0;
    }
}

static void iterate_regions(const struct presence *p, const double *complexity, double *fitness)
{
    for (size_t r = 0; r < p->n_regions; r++) {
        double sum = 0;
        for (size_t k = p->region_start[r]; k < p->region_start[r + 1]; k++) sum += complexity[p->sector[k]];
        fitness[r] = sum;
    }
}

static void run_fitness(const struct presence *p, const struct uf_fitness_options *options, double *fitness,
                        double *complexity, double *work, struct uf_fitness_fit *fit)
{
    double *next_fitness = work, *next_complexity = next_fitness + p->n_regions;
    double *inverse = next_complexity + p->n_sectors;
    double extremality = options->extremality > 0 ? options->extremality : 1;
    double tolerance = options->tolerance == 0 ? 1e-12 : options->tolerance;
    size_t most = options->most_iterations ? options->most_iterations : 100000;
    for (size_t r = 0; r < p->n_regions; r++) fitness[r] = 1;
    for (size_t s = 0; s < p->n_sectors; s++) complexity[s] = 1;
    for (fit->iterations = 0; fit->iterations < most && !fit->converged;) {
        iterate_regions(p, complexity, next_fitness);
        iterate_sectors(p, extremality, fitness, inverse, next_complexity);
        double regions = rescale(next_fitness, fitness, p->region_start, p->n_regions);
        double sectors = rescale(next_complexity, complexity, p->sector_start, p->n_sectors);
        memcpy(fitness, next_fitness, p->n_regions * sizeof *fitness);
        memcpy(complexity, next_complexity, p->n_sectors * sizeof *complexity);
        fit->change = fmax(regions, sectors);
        fit->iterations++;
        fit->converged = fit->change <= tolerance;
    }
}

uf_status uf_complexity_fitness(const gsl_matrix *presence, const struct uf_fitness_options *options,
                                gsl_vector *out_regions, gsl_vector *out_sectors,
                                struct uf_fitness_fit *out_fit, struct uf_error *error)
{
    static const struct uf_fitness_options defaults = {0};
    struct presence p;
    UF_TRY(presence_new(presence, &p, error));
    if (p.n_present == 0) {
        presence_clear(&p);
        return uf_fail(error, UF_NOT_IDENTIFIED, "no sector is present in any region; lower the threshold");
    }
    double *work = malloc((3 * p.n_regions + 2 * p.n_sectors + 1) * sizeof *work);
    if (!work) {
        presence_clear(&p);
        return uf_fail_memory(error);
    }
    struct uf_fitness_fit fit = {0};
    double *fitness = work, *complexity = work + p.n_regions;
    run_fitness(&p, options ? options : &defaults, fitness, complexity, complexity + p.n_sectors, &fit);
    for (size_t r = 0; r < p.n_regions; r++)
        gsl_vector_set(out_regions, r, presence_diversity(&p, r) > 0 ? fitness[r] : (double)NAN);
    for (size_t s = 0; s < p.n_sectors; s++)
        gsl_vector_set(out_sectors, s, presence_ubiquity(&p, s) > 0 ? complexity[s] : (double)NAN);
    *out_fit = fit;
    free(work);
    presence_clear(&p);
    return UF_OK;
}

/* --- outlook ----------------------------------------------------------------------------------- */

struct outlook {
    const struct presence *p;
    const struct uf_outlook_options *options;
    const double *related;  /* sectors × sectors, with the wished diagonal, unknown pairs 0 */
    const double *sums;     /* Σ_q φ_sq */
    const double *weighted; /* PCI_q / Σ_p φ_pq; 0 where either is not known */
    const double *reach;    /* Σ_q φ_sq·weighted_q, over all sectors */
    const double *complexity;
};

/* Of one region: `near` and `held` have a number per sector. */
static double outlook_region(const struct outlook *o, size_t region, double *near, double *held, double *gain,
                             bool *has)
{
    size_t n = o->p->n_sectors;
    memset(near, 0, n * sizeof *near);
    memset(held, 0, n * sizeof *held);
    memset(has, 0, n * sizeof *has);
    for (size_t k = o->p->region_start[region]; k < o->p->region_start[region + 1]; k++) {
        size_t q = o->p->sector[k];
        const double *row = o->related + q * n;
        double weight = o->weighted[q];
        has[q] = true;
        for (size_t s = 0; s < n; s++) {
            near[s] += row[s];
            held[s] += row[s] * weight;
        }
    }
    double index = 0;
    for (size_t s = 0; s < n; s++) {
        double complexity = o->complexity[s], density = o->sums[s] > 0 ? near[s] / o->sums[s] : (double)NAN;
        bool counts = !has[s] && !isnan(complexity) && !isnan(density);
        if (counts) index += density * complexity;
        double way = o->options->subtract_distance ? (1 - density) * complexity : 0;
        gain[s] = has[s] ? 0 : counts ? o->reach[s] - held[s] - way : (double)NAN;
    }
    return index;
}

static void fill_outlook(const gsl_matrix *relatedness, const gsl_vector *sector_complexity, bool own,
                         double *related, double *sums, double *weighted, double *reach, double *complexity)
{
    size_t n = relatedness->size1;
    for (size_t i = 0; i < n; i++) {
        complexity[i] = gsl_vector_get(sector_complexity, i);
        sums[i] = 0;
        for (size_t j = 0; j < n; j++) {
            double phi = i == j ? (own ? 1 : 0) : gsl_matrix_get(relatedness, i, j);
            related[i * n + j] = isnan(phi) ? 0 : phi;
            sums[i] += related[i * n + j];
        }
        weighted[i] = sums[i] > 0 && !isnan(complexity[i]) ? complexity[i] / sums[i] : 0;
    }
    for (size_t i = 0; i < n; i++) {
        reach[i] = 0;
        for (size_t j = 0; j < n; j++) reach[i] += related[i * n + j] * weighted[j];
    }
}

uf_status uf_complexity_outlook(const gsl_matrix *presence, const gsl_matrix *relatedness,
                                const gsl_vector *sector_complexity, const struct uf_outlook_options *options,
                                gsl_vector *out_index, gsl_matrix *out_gain, struct uf_error *error)
{
    static const struct uf_outlook_options defaults = {0};
    size_t n = relatedness->size1;
    if (relatedness->size2 != n || presence->size2 != n || sector_complexity->size != n)
        return uf_fail(error, UF_BAD_USAGE,
                       "the outlook needs one relatedness and one complexity per sector");
    struct presence p;
    UF_TRY(presence_new(presence, &p, error));
    double *work = malloc((n * n + 7 * n + 1) * sizeof *work);
    bool *has = malloc((n + 1) * sizeof *has);
    if (work && has) {
        double *related = work, *sums = related + n * n, *weighted = sums + n, *reach = weighted + n;
        double *complexity = reach + n, *near = complexity + n, *held = near + n, *gain = held + n;
        const struct outlook outlook = {
            &p, options ? options : &defaults, related, sums, weighted, reach, complexity};
        fill_outlook(relatedness, sector_complexity, outlook.options->own, related, sums, weighted, reach,
                     complexity);
        for (size_t r = 0; r < p.n_regions; r++) {
            gsl_vector_set(out_index, r, outlook_region(&outlook, r, near, held, gain, has));
            for (size_t s = 0; out_gain && s < n; s++) gsl_matrix_set(out_gain, r, s, gain[s]);
        }
    }
    bool ok = work && has;
    free(work);
    free(has);
    presence_clear(&p);
    return ok ? UF_OK : uf_fail_memory(error);
}
