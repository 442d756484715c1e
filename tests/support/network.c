// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/network.h"

#include <stdlib.h>
#include <string.h>
#include <utfall/location_quotient.h>
#include <utfall/relatedness.h>

#include "support/test.h"

static int compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static char **sorted_names(const struct raw_csv *csv, size_t column, size_t *out_count)
{
    char **names = malloc(csv->n_rows * sizeof *names);
    size_t n = 0;
    for (size_t i = 0; i < csv->n_rows; i++) names[i] = csv->cell[i * csv->n_columns + column];
    qsort(names, csv->n_rows, sizeof *names, compare);
    for (size_t i = 0; i < csv->n_rows; i++)
        if (n == 0 || strcmp(names[n - 1], names[i]) != 0) names[n++] = names[i];
    for (size_t i = 0; i < n; i++) names[i] = strdup(names[i]);
    *out_count = n;
    return names;
}

static size_t place(char **names, size_t n, const char *name)
{
    char **found = bsearch(&name, names, n, sizeof *names, compare);
    assert_non_null(found);
    return (size_t)(found - names);
}

struct world_trade world_trade_read(void)
{
    struct world_trade trade = {0};
    struct uf_error error;
    struct raw_csv csv = raw_csv_read(need_shared("reference/peers/data/world_trade_avg_1998_2000.csv"));
    trade.country = sorted_names(&csv, 0, &trade.n_countries);
    trade.product = sorted_names(&csv, 1, &trade.n_products);
    trade.value = gsl_matrix_calloc(trade.n_countries, trade.n_products);
    for (size_t i = 0; i < csv.n_rows; i++)
        gsl_matrix_set(trade.value, place(trade.country, trade.n_countries, csv.cell[i * csv.n_columns]),
                       place(trade.product, trade.n_products, csv.cell[i * csv.n_columns + 1]),
                       raw_csv_number(&csv, i, 2));
    raw_csv_free(&csv);
    trade.presence = gsl_matrix_alloc(trade.n_countries, trade.n_products);
    const struct uf_activity activity = {.value = trade.value};
    assert_ok(uf_location_quotient(&activity, UF_REFERENCE_NATION, trade.presence, &error), &error);
    uf_presence(trade.presence, 1, trade.presence);
    return trade;
}

void world_trade_free(struct world_trade *trade)
{
    for (size_t i = 0; i < trade->n_countries; i++) free(trade->country[i]);
    for (size_t i = 0; i < trade->n_products; i++) free(trade->product[i]);
    free(trade->country);
    free(trade->product);
    gsl_matrix_free(trade->value);
    gsl_matrix_free(trade->presence);
}

gsl_matrix *random_presence(size_t regions, size_t sectors, double share, uint64_t seed)
{
    gsl_matrix *presence = gsl_matrix_calloc(regions, sectors);
    for (size_t i = 0; i < regions * sectors; i++) {
        seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        if ((double)(seed >> 11) / 9007199254740992.0 < share) presence->data[i] = 1;
    }
    return presence;
}
