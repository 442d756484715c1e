// SPDX-License-Identifier: GPL-3.0-or-later
#include "profile/presence.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"

static uf_status count(const gsl_matrix *matrix, struct presence *p, struct uf_error *error)
{
    for (size_t r = 0; r < p->n_regions; r++) {
        const double *row = gsl_matrix_const_ptr(matrix, r, 0);
        size_t n = 0;
        for (size_t s = 0; s < p->n_sectors; s++) {
            if (row[s] == 1) {
                n++;
                p->sector_start[s + 1]++;
            } else if (row[s] != 0) {
                return uf_fail(
                    error, UF_BAD_INPUT,
                    "a network needs to know whether each sector is present (1) or not (0); found %g in "
                    "row %zu, column %zu: leave that region or sector out",
                    row[s], r + 1, s + 1);
            }
        }
        p->region_start[r + 1] = p->region_start[r] + n;
    }
    p->n_present = p->region_start[p->n_regions];
    for (size_t s = 0; s < p->n_sectors; s++) p->sector_start[s + 1] += p->sector_start[s];
    return UF_OK;
}

static void fill(const gsl_matrix *matrix, struct presence *p, size_t *next)
{
    memcpy(next, p->sector_start, p->n_sectors * sizeof *next);
    for (size_t r = 0; r < p->n_regions; r++) {
        const double *row = gsl_matrix_const_ptr(matrix, r, 0);
        size_t at = p->region_start[r];
        for (size_t s = 0; s < p->n_sectors; s++) {
            if (row[s] == 0) continue;
            p->sector[at++] = (uint32_t)s;
            p->region[next[s]++] = (uint32_t)r;
        }
    }
}

uf_status presence_new(const gsl_matrix *matrix, struct presence *out, struct uf_error *error)
{
    struct presence p = {.n_regions = matrix->size1, .n_sectors = matrix->size2};
    p.region_start = calloc(p.n_regions + 1, sizeof *p.region_start);
    p.sector_start = calloc(p.n_sectors + 1, sizeof *p.sector_start);
    uf_status status = p.region_start && p.sector_start ? count(matrix, &p, error) : uf_fail_memory(error);
    size_t *next = malloc((p.n_sectors + 1) * sizeof *next);
    p.sector = malloc((p.n_present + 1) * sizeof *p.sector);
    p.region = malloc((p.n_present + 1) * sizeof *p.region);
    if (status == UF_OK && !(next && p.sector && p.region)) status = uf_fail_memory(error);
    if (status == UF_OK) fill(matrix, &p, next);
    free(next);
    if (status != UF_OK)
        presence_clear(&p);
    else
        *out = p;
    return status;
}

void presence_clear(struct presence *presence)
{
    free(presence->region_start);
    free(presence->sector_start);
    free(presence->sector);
    free(presence->region);
    memset(presence, 0, sizeof *presence);
}
