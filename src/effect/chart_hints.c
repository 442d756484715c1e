// SPDX-License-Identifier: GPL-3.0-or-later
#include "effect/chart_hints.h"

const struct uf_hint_number effect_main_estimate = {.table = "estimates", .column = "estimate"};

#define OF_THE_COEFFICIENT .table = "randomisation-test", .where = "vcov", .is = "randomisation"
const struct uf_hint_number effect_randomisation_numbers[4] = {{OF_THE_COEFFICIENT, .column = "p_value"},
                                                               {OF_THE_COEFFICIENT, .column = "least_p"},
                                                               {OF_THE_COEFFICIENT, .column = "tried"},
                                                               {OF_THE_COEFFICIENT, .column = "assignments"}};
