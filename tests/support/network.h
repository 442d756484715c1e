// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_TESTS_NETWORK_H
#define UTFALL_TESTS_NETWORK_H
/* The exports of 226 countries in 785 products (average of 1998–2000) as a matrix, and what is present at LQ ≥ 1. */
#include <gsl/gsl_matrix.h>
#include <stddef.h>
#include <stdint.h>

struct world_trade {
    gsl_matrix *value, *presence;
    char **country, **product; /* sorted */
    size_t n_countries, n_products;
};
/* Skips the test where the file is absent. */
struct world_trade world_trade_read(void);
void world_trade_free(struct world_trade *trade);

/* A random presence matrix from a seed; about `share` of it is there. */
gsl_matrix *random_presence(size_t regions, size_t sectors, double share, uint64_t seed);
#endif
