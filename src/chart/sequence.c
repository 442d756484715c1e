// SPDX-License-Identifier: GPL-3.0-or-later
#include "chart/sequence.h"

#include "base/fail.h"

#include <stdlib.h>

uf_status uf_sequence_order(const size_t *line_of, const double *periods, size_t n, size_t n_lines,
                            size_t *out_order, struct uf_error *error)
{
    size_t *begin =
        calloc(2 * n_lines + 2, sizeof *begin); /* where each line begins; then how many of it are placed */
    if (!begin) return uf_fail_memory(error);
    size_t *placed = begin + n_lines + 1;
    for (size_t i = 0; i < n; i++) begin[line_of[i] + 1]++;
    for (size_t k = 0; k < n_lines; k++) begin[k + 1] += begin[k];
    for (size_t k = 0; k <= n_lines; k++) placed[k] = 0;
    for (size_t i = 0; i < n; i++) {
        size_t first = begin[line_of[i]], at = first + placed[line_of[i]]++;
        for (; at > first && periods[out_order[at - 1]] > periods[i]; at--) out_order[at] = out_order[at - 1];
        out_order[at] = i;
    }
    free(begin);
    return UF_OK;
}
