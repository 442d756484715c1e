// SPDX-License-Identifier: GPL-3.0-or-later
#include <math.h>
#include <utfall/randomisation.h>

double uf_assignment_count(const size_t *counts, size_t n_counts)
{
    double total = 1;
    size_t placed = 0;
    for (size_t c = 0; c < n_counts; c++)
        for (size_t i = 1; i <= counts[c]; i++) total = total * (double)++placed / (double)i;
    /* each partial product is a whole number, so small totals are exact after rounding */
    return total < 1e15 ? round(total) : total;
}

static void swap(size_t *a, size_t *b)
{
    size_t keep = *a;
    *a = *b;
    *b = keep;
}

static void reverse(size_t *items, size_t count)
{
    for (size_t i = 0; i < count / 2; i++) swap(&items[i], &items[count - 1 - i]);
}

bool uf_assignment_next(size_t *items, size_t count)
{
    if (count < 2) return false;
    size_t i = count - 1;
    while (i > 0 && items[i - 1] >= items[i]) i--;
    if (i == 0) {
        reverse(items, count);
        return false;
    }
    size_t j = count - 1;
    while (items[j] <= items[i - 1]) j--;
    swap(&items[i - 1], &items[j]);
    reverse(items + i, count - i);
    return true;
}
