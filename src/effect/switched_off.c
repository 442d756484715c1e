// SPDX-License-Identifier: GPL-3.0-or-later
#include "effect/switched_off.h"

#include <math.h>
#include <stdint.h>
#include <utfall/text.h>

#include "base/fail.h"

enum { NAMED = 3 };

/* Rows are sorted by unit, then period. */
uf_status effect_list_switched_off(const struct uf_panel *panel, size_t *count, char **out,
                                   struct uf_error *error)
{
    struct uf_buffer names;
    size_t found = 0, unit = SIZE_MAX;
    bool treated = false, counted = false;
    uf_buffer_init(&names);
    for (size_t i = 0; i < panel->n_rows && panel->treatment.dose && panel->period; i++) {
        double dose = panel->treatment.dose[i];
        if (panel->unit[i] != unit) treated = counted = false;
        unit = panel->unit[i];
        if (isnan(dose) || counted) continue;
        treated |= dose != 0;
        if (!treated || dose != 0) continue;
        counted = true;
        if (++found > NAMED) continue;
        if (found > 1) uf_buffer_append(&names, ", ");
        uf_buffer_append(&names, panel->units.label[unit]);
        uf_buffer_append(&names, " ");
        uf_buffer_append(&names, panel->periods.label[panel->period[i]]);
    }
    if (found > NAMED) uf_buffer_append(&names, " …");
    char *list = uf_buffer_take(&names);
    if (!list) return uf_fail_memory(error);
    *count = found;
    *out = list;
    return UF_OK;
}
