// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/activity_cases.h"

#include "support/test.h"

/* splitmix64 (Steele, Lea & Flood 2014) */
double draw_uniform(struct draw *draw)
{
    uint64_t z = draw->state += 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    z ^= z >> 31;
    return ((double)(z >> 11) + 0.5) * 0x1.0p-53;
}

size_t draw_below(struct draw *draw, size_t n)
{
    return (size_t)(draw_uniform(draw) * (double)n);
}

gsl_matrix *activity_case(size_t number, struct draw *draw)
{
    size_t rows = 1 + draw_below(draw, ACTIVITY_MAX), columns = 1 + draw_below(draw, ACTIVITY_MAX);
    if (number % 10 == 7) rows = 1;
    if (number % 10 == 8) columns = 1;
    gsl_matrix *matrix = gsl_matrix_calloc(rows, columns);
    assert_non_null(matrix);
    for (size_t r = 0; r < rows; r++)
        for (size_t c = 0; c < columns; c++) {
            double u = draw_uniform(draw);
            double size = 1 + (double)draw_below(draw, 40000);
            if (u > 0.15) gsl_matrix_set(matrix, r, c, u > 0.6 ? size : 1 + (double)(size_t)(size / 200));
        }
    if (number % 5 == 1)
        for (size_t c = 0; c < columns; c++) gsl_matrix_set(matrix, 0, c, 0);
    if (number % 5 == 2)
        for (size_t r = 0; r < rows; r++) gsl_matrix_set(matrix, r, columns - 1, 0);
    return matrix;
}

gsl_matrix *permuted(const gsl_matrix *matrix, const size_t *rows, const size_t *columns)
{
    gsl_matrix *copy = gsl_matrix_alloc(matrix->size1, matrix->size2);
    assert_non_null(copy);
    for (size_t r = 0; r < matrix->size1; r++)
        for (size_t c = 0; c < matrix->size2; c++)
            gsl_matrix_set(copy, r, c, gsl_matrix_get(matrix, rows[r], columns[c]));
    return copy;
}

void draw_order(struct draw *draw, size_t *order, size_t n)
{
    for (size_t i = 0; i < n; i++) order[i] = i;
    for (size_t i = n; i > 1; i--) {
        size_t j = draw_below(draw, i), held = order[i - 1];
        order[i - 1] = order[j];
        order[j] = held;
    }
}
