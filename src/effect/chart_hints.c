// SPDX-License-Identifier: GPL-3.0-or-later
#include "effect/chart_hints.h"

const struct uf_hint_number effect_main_estimate = {.table = "estimates", .column = "estimate"};

#define NUMBERS_OF(statistic_name)                                                                           \
    {                                                                                                        \
        {.table = "randomisation-test", .where = "vcov", .is = (statistic_name), .column = "p_value"},       \
            {.table = "randomisation-test", .where = "vcov", .is = (statistic_name), .column = "least_p"},   \
            {.table = "randomisation-test", .where = "vcov", .is = (statistic_name), .column = "tried"},     \
            {.table = "randomisation-test",                                                                  \
             .where = "vcov",                                                                                \
             .is = (statistic_name),                                                                         \
             .column = "assignments"},                                                                       \
            {.table = "randomisation-test", .where = "vcov", .is = (statistic_name), .column = "statistic"}, \
    }
const struct uf_hint_number effect_randomisation_numbers[5] = NUMBERS_OF("randomisation");
const struct uf_hint_number effect_scaled_numbers[5] = NUMBERS_OF("randomisation-scaled");
