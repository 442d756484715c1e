// SPDX-License-Identifier: GPL-3.0-or-later
/* The index from the spectrum of the network, its components, and the method of reflections. */
#include <utfall/complexity.h>

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/eigen.h>

#include "base/fail.h"
#include "profile/presence.h"

/* --- components -------------------------------------------------------------------------------- */

static size_t find_root(size_t *parent, size_t i)
{
    while (parent[i] != i) i = parent[i] = parent[parent[i]];
    return i;
}

struct part {
    size_t root, size;
};

static int by_size(const void *left, const void *right)
{
    const struct part *a = left, *b = right;
    if (a->size != b->size) return a->size > b->size ? -1 : 1;
    return a->root < b->root ? -1 : a->root > b->root;
}

/* Nodes are regions, then sectors. `number` gets each node's component. */
static size_t number_components(const struct presence *p, size_t *parent, struct part *parts, size_t *number)
{
    size_t n = p->n_regions + p->n_sectors, count = 0;
    for (size_t i = 0; i < n; i++) parent[i] = i, parts[i] = (struct part){i, 0};
    for (size_t r = 0; r < p->n_regions; r++)
        for (size_t k = p->region_start[r]; k < p->region_start[r + 1]; k++) {
            size_t a = find_root(parent, r), b = find_root(parent, p->n_regions + p->sector[k]);
            parent[a < b ? b : a] = a < b ? a : b;
        }
    for (size_t i = 0; i < n; i++) parts[find_root(parent, i)].size++;
    qsort(parts, n, sizeof *parts, by_size);
    while (count < n && parts[count].size > 1) count++;
    for (size_t i = 0; i < n; i++) number[i] = SIZE_MAX;
    for (size_t c = 0; c < count; c++) number[parts[c].root] = c;
    for (size_t i = n; i-- > 0;)
        number[i] = number[find_root(parent, i)]; /* a root is the lowest of its part */
    return count;
}

static uf_status find_components(const struct presence *p, size_t *out_region, size_t *out_sector,
                                 size_t *out_count, struct uf_error *error)
{
    size_t n = p->n_regions + p->n_sectors;
    size_t *parent = malloc((2 * n + 1) * sizeof *parent);
    struct part *parts = malloc((n + 1) * sizeof *parts);
    if (parent && parts) {
        size_t *number = parent + n;
        *out_count = number_components(p, parent, parts, number);
        if (out_region) memcpy(out_region, number, p->n_regions * sizeof *number);
        if (out_sector) memcpy(out_sector, number + p->n_regions, p->n_sectors * sizeof *number);
    }
    bool ok = parent && parts;
    free(parent);
    free(parts);
    return ok ? UF_OK : uf_fail_memory(error);
}

uf_status uf_complexity_components(const gsl_matrix *presence, size_t *out_region, size_t *out_sector,
                                   size_t *out_count, struct uf_error *error)
{
    struct presence p;
    UF_TRY(presence_new(presence, &p, error));
    uf_status status = find_components(&p, out_region, out_sector, out_count, error);
    presence_clear(&p);
    return status;
}

/* --- the spectrum ------------------------------------------------------------------------------ */

/* One side of the network: the nodes that the eigenvectors are of, and the others between them. */
struct side {
    size_t n, n_other;
    const size_t *start, *other_start;
    const uint32_t *link, *other_link;
    double *between; /* n_other */
};

static struct side regions_side(const struct presence *p)
{
    return (struct side){p->n_regions, p->n_sectors, p->region_start, p->sector_start, p->sector,
                         p->region,    NULL};
}

static struct side sectors_side(const struct presence *p)
{
    return (struct side){p->n_sectors, p->n_regions, p->sector_start, p->region_start, p->region,
                         p->sector,    NULL};
}

static double degree(const size_t *start, size_t i)
{
    return (double)(start[i + 1] - start[i]);
}

/* out = D^-1/2 M U^-1 M' D^-1/2 in, from lists. */
static void apply_symmetric(void *user, const double *in, double *out)
{
    const struct side *side = user;
    memset(side->between, 0, side->n_other * sizeof *side->between);
    for (size_t i = 0; i < side->n; i++) {
        double d = degree(side->start, i);
        if (d == 0) continue;
        double x = in[i] / sqrt(d);
        for (size_t k = side->start[i]; k < side->start[i + 1]; k++) side->between[side->link[k]] += x;
    }
    for (size_t j = 0; j < side->n_other; j++) {
        double u = degree(side->other_start, j);
        if (u > 0) side->between[j] /= u;
    }
    for (size_t i = 0; i < side->n; i++) {
        double d = degree(side->start, i), sum = 0;
        for (size_t k = side->start[i]; k < side->start[i + 1]; k++) sum += side->between[side->link[k]];
        out[i] = d > 0 ? sum / sqrt(d) : 0;
    }
}

/* The eigenvector to the eigenvalue 1, √d, and a unit vector for each node that takes no part. */
static gsl_matrix *trivial_vectors(const struct side *side)
{
    size_t empty = 0, row = 1;
    double sum = 0;
    for (size_t i = 0; i < side->n; i++) {
        empty += degree(side->start, i) == 0;
        sum += degree(side->start, i);
    }
    gsl_matrix *known = gsl_matrix_calloc(empty + 1, side->n);
    if (!known) return NULL;
    for (size_t i = 0; i < side->n; i++) {
        gsl_matrix_set(known, 0, i, sqrt(degree(side->start, i) / sum));
        if (degree(side->start, i) == 0) gsl_matrix_set(known, row++, i, 1);
    }
    return known;
}

static gsl_matrix *append_row(const gsl_matrix *matrix, const double *row)
{
    gsl_matrix *longer = gsl_matrix_alloc(matrix->size1 + 1, matrix->size2);
    if (!longer) return NULL;
    gsl_matrix_view upper = gsl_matrix_submatrix(longer, 0, 0, matrix->size1, matrix->size2);
    gsl_matrix_memcpy(&upper.matrix, matrix);
    memcpy(gsl_matrix_ptr(longer, matrix->size1, 0), row, matrix->size2 * sizeof *row);
    return longer;
}

/* The second eigenpair, and the third eigenvalue with the second known: so a double one is seen. */
static uf_status second_vector(struct side *side, double *out, struct uf_complexity_fit *fit,
                               struct uf_error *error)
{
    gsl_matrix *known = trivial_vectors(side), *more = NULL;
    gsl_matrix *vector = gsl_matrix_alloc(1, side->n);
    gsl_vector *value = gsl_vector_alloc(1);
    struct uf_eigen_fit eigen;
    uf_status status = known && vector && value ? UF_OK : uf_fail_memory(error);
    fit->next_eigenvalue = NAN;
    if (status == UF_OK)
        status = uf_eigen_largest(side->n, apply_symmetric, side, known, 1, value, vector, &eigen, error);
    if (status == UF_OK) {
        memcpy(out, gsl_matrix_ptr(vector, 0, 0), side->n * sizeof *out);
        fit->eigenvalue = gsl_vector_get(value, 0);
        more = append_row(known, out);
        if (!more) status = uf_fail_memory(error);
    }
    if (status == UF_OK && more->size1 < side->n) {
        status = uf_eigen_largest(side->n, apply_symmetric, side, more, 1, value, vector, &eigen, error);
        if (status == UF_OK) fit->next_eigenvalue = gsl_vector_get(value, 0);
    }
    if (known) gsl_matrix_free(known);
    if (more) gsl_matrix_free(more);
    if (vector) gsl_matrix_free(vector);
    if (value) gsl_vector_free(value);
    return status;
}

/* From the symmetric form back: x_i/√d_i on the side itself, and the mean of the linked ones on the other. */
static void spread_vector(const struct side *side, const double *vector, double *own, double *other)
{
    for (size_t i = 0; i < side->n; i++) {
        double d = degree(side->start, i);
        own[i] = d > 0 ? vector[i] / sqrt(d) : (double)NAN;
    }
    for (size_t j = 0; j < side->n_other; j++) {
        double u = degree(side->other_start, j), sum = 0;
        for (size_t k = side->other_start[j]; k < side->other_start[j + 1]; k++)
            sum += own[side->other_link[k]];
        other[j] = u > 0 ? sum / u : (double)NAN;
    }
}

struct moments {
    double mean, deviation;
};

static struct moments moments_of(const double *x, size_t n, enum uf_deviation deviation)
{
    double sum = 0, squares = 0;
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
        if (!isnan(x[i])) sum += x[i], count++;
    double mean = sum / (double)count;
    for (size_t i = 0; i < n; i++)
        if (!isnan(x[i])) squares += (x[i] - mean) * (x[i] - mean);
    return (struct moments){mean,
                            sqrt(squares / ((double)count - (deviation == UF_DEVIATION_SAMPLE ? 1 : 0)))};
}

static double diversity_correlation(const struct presence *p, const double *index)
{
    double n = 0, mx = 0, my = 0, xx = 0, yy = 0, xy = 0;
    for (size_t r = 0; r < p->n_regions; r++)
        if (!isnan(index[r])) n++, mx += index[r], my += (double)presence_diversity(p, r);
    mx /= n, my /= n;
    for (size_t r = 0; r < p->n_regions; r++) {
        if (isnan(index[r])) continue;
        double x = index[r] - mx, y = (double)presence_diversity(p, r) - my;
        xx += x * x, yy += y * y, xy += x * y;
    }
    return xx > 0 && yy > 0 ? xy / sqrt(xx * yy) : (double)NAN;
}

static uf_status check_network(const struct presence *p, struct uf_complexity_fit *fit,
                               struct uf_error *error)
{
    enum { LEAST = 3 };
    size_t components = 0;
    for (size_t r = 0; r < p->n_regions; r++) fit->n_regions += presence_diversity(p, r) > 0;
    for (size_t s = 0; s < p->n_sectors; s++) fit->n_sectors += presence_ubiquity(p, s) > 0;
    if (fit->n_regions < LEAST || fit->n_sectors < LEAST)
        return uf_fail(
            error, UF_NOT_IDENTIFIED,
            "complexity needs at least three regions and three sectors that are present somewhere; "
            "there are %zu and %zu",
            fit->n_regions, fit->n_sectors);
    UF_TRY(find_components(p, NULL, NULL, &components, error));
    if (components == 1) return UF_OK;
    return uf_fail(
        error, UF_NOT_IDENTIFIED,
        "the network of regions and sectors falls into %zu parts that nothing links, and the index would "
        "only say which part a region is in; leave the small parts out, or lower the threshold",
        components);
}

static uf_status standardise(const struct presence *p, const struct uf_complexity_options *options,
                             double *regions, double *sectors, struct uf_complexity_fit *fit,
                             struct uf_error *error)
{
    double correlation = diversity_correlation(p, regions), sign = correlation < 0 ? -1 : 1;
    fit->diversity_correlation = fabs(correlation);
    struct moments r = moments_of(regions, p->n_regions, options->deviation);
    struct moments s =
        options->sector_scale == UF_SCALE_REGIONS ? r : moments_of(sectors, p->n_sectors, options->deviation);
    if (!(r.deviation > 0) || !(s.deviation > 0))
        return uf_fail(error, UF_NOT_IDENTIFIED,
                       "all regions or all sectors have the same complexity; the index tells nothing apart");
    for (size_t i = 0; i < p->n_regions; i++) regions[i] = sign * (regions[i] - r.mean) / r.deviation;
    for (size_t i = 0; i < p->n_sectors; i++) sectors[i] = sign * (sectors[i] - s.mean) / s.deviation;
    return UF_OK;
}

/* On the smaller side of the network. With the sectors scaled like the regions, a region's index must be the
 * mean of its sectors': the vector of the sectors is that of the regions carried over. */
static uf_status compute(const struct presence *p, const struct uf_complexity_options *options, double *work,
                         double *regions, double *sectors, struct uf_complexity_fit *fit,
                         struct uf_error *error)
{
    bool by_region = p->n_regions <= p->n_sectors;
    struct side side = by_region ? regions_side(p) : sectors_side(p);
    side.between = work;
    double *vector = work + side.n_other;
    UF_TRY(second_vector(&side, vector, fit, error));
    enum { DIGITS = 9 };
    if (fit->next_eigenvalue >= fit->eigenvalue * (1 - pow(10, -DIGITS)))
        return uf_fail(
            error, UF_NOT_IDENTIFIED,
            "the second eigenvalue of the network is double (%.10g and %.10g), so no index is singled out; "
            "the regions or sectors are too alike",
            fit->eigenvalue, fit->next_eigenvalue);
    spread_vector(&side, vector, by_region ? regions : sectors, by_region ? sectors : regions);
    if (options->sector_scale == UF_SCALE_REGIONS) {
        /* K_s = mean of K_r, and mean of K_s over a region = λ·K_r: divided by λ the sectors' mean is the region's
         * index itself. */
        struct side of_regions = regions_side(p);
        for (size_t s = 0; s < p->n_sectors; s++) {
            double sum = 0;
            for (size_t k = p->sector_start[s]; k < p->sector_start[s + 1]; k++) sum += regions[p->region[k]];
            double u = degree(of_regions.other_start, s);
            sectors[s] = u > 0 ? sum / u / fit->eigenvalue : (double)NAN;
        }
    }
    return standardise(p, options, regions, sectors, fit, error);
}

uf_status uf_complexity(const gsl_matrix *presence, const struct uf_complexity_options *options,
                        gsl_vector *out_regions, gsl_vector *out_sectors, struct uf_complexity_fit *out_fit,
                        struct uf_error *error)
{
    static const struct uf_complexity_options defaults = {UF_DEVIATION_SAMPLE, UF_SCALE_OWN};
    struct presence p;
    struct uf_complexity_fit fit = {0};
    UF_TRY(presence_new(presence, &p, error));
    size_t n = p.n_regions + p.n_sectors;
    double *work = malloc((2 * n + 1) * sizeof *work);
    uf_status status = work ? check_network(&p, &fit, error) : uf_fail_memory(error);
    if (status == UF_OK) {
        double *regions = work + n, *sectors = regions + p.n_regions;
        status = compute(&p, options ? options : &defaults, work, regions, sectors, &fit, error);
        for (size_t r = 0; status == UF_OK && r < p.n_regions; r++)
            gsl_vector_set(out_regions, r, regions[r]);
        for (size_t s = 0; status == UF_OK && s < p.n_sectors; s++)
            gsl_vector_set(out_sectors, s, sectors[s]);
        if (status == UF_OK) *out_fit = fit;
    }
    free(work);
    presence_clear(&p);
    return status;
}

/* --- reflections ------------------------------------------------------------------------------- */

uf_status uf_complexity_reflections(const gsl_matrix *presence, size_t steps, gsl_vector *out_regions,
                                    gsl_vector *out_sectors, struct uf_error *error)
{
    struct presence p;
    UF_TRY(presence_new(presence, &p, error));
    double *regions = malloc(2 * (p.n_regions + p.n_sectors) * sizeof *regions + 1);
    if (!regions) {
        presence_clear(&p);
        return uf_fail_memory(error);
    }
    double *sectors = regions + p.n_regions, *next_regions = sectors + p.n_sectors;
    double *next_sectors = next_regions + p.n_regions;
    for (size_t r = 0; r < p.n_regions; r++) regions[r] = (double)presence_diversity(&p, r);
    for (size_t s = 0; s < p.n_sectors; s++) sectors[s] = (double)presence_ubiquity(&p, s);
    for (size_t step = 0; step < steps; step++) {
        for (size_t r = 0; r < p.n_regions; r++) {
            double sum = 0;
            for (size_t k = p.region_start[r]; k < p.region_start[r + 1]; k++) sum += sectors[p.sector[k]];
            next_regions[r] = sum / (double)presence_diversity(&p, r);
        }
        for (size_t s = 0; s < p.n_sectors; s++) {
            double sum = 0;
            for (size_t k = p.sector_start[s]; k < p.sector_start[s + 1]; k++) sum += regions[p.region[k]];
            next_sectors[s] = sum / (double)presence_ubiquity(&p, s);
        }
        memcpy(regions, next_regions, p.n_regions * sizeof *regions);
        memcpy(sectors, next_sectors, p.n_sectors * sizeof *sectors);
    }
    for (size_t r = 0; r < p.n_regions; r++) gsl_vector_set(out_regions, r, regions[r]);
    for (size_t s = 0; s < p.n_sectors; s++) gsl_vector_set(out_sectors, s, sectors[s]);
    free(regions);
    presence_clear(&p);
    return UF_OK;
}
