// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/did_data.h"

struct uf_did_data did_data_by_unit(size_t n, size_t n_units, size_t n_periods, struct did_columns columns)
{
    return (struct uf_did_data){.n = n,
                                .n_units = n_units,
                                .n_periods = n_periods,
                                .unit = columns.unit,
                                .period = columns.period,
                                .outcome = columns.outcome,
                                .treatment = columns.treatment,
                                .first_period = columns.first_period,
                                .cluster = {columns.unit},
                                .n_groups = {n_units},
                                .n_cluster_dimensions = 1};
}
