// SPDX-License-Identifier: GPL-3.0-or-later
/* The methods there are. Adding one is its own file and one line here. */
#include <utfall/bacon.h>
#include <utfall/callaway_santanna.h>
#include <utfall/cluster_stars.h>
#include <utfall/complexity.h>
#include <utfall/composite.h>
#include <utfall/concentration.h>
#include <utfall/convergence.h>
#include <utfall/did.h>
#include <utfall/imputation.h>
#include <utfall/inequality.h>
#include <utfall/interrupted_time_series.h>
#include <utfall/labour_matching.h>
#include <utfall/location_quotient.h>
#include <utfall/peer_regions.h>
#include <utfall/power.h>
#include <utfall/priority.h>
#include <utfall/relatedness.h>
#include <utfall/scoreboard.h>
#include <utfall/sensitivity.h>
#include <utfall/shift_share.h>
#include <utfall/size_check.h>
#include <utfall/spatial.h>
#include <utfall/specialisation.h>
#include <utfall/study.h>
#include <utfall/synthetic_control.h>
#include <utfall/text.h>
#include <utfall/variety.h>

#include <string.h>

#include "base/fail.h"

static const struct uf_method *const methods[] = {
    /* profiles */
    &uf_method_location_quotient,
    &uf_method_specialisation,
    &uf_method_concentration,
    &uf_method_variety,
    &uf_method_shift_share,
    &uf_method_inequality,
    &uf_method_relatedness,
    &uf_method_relatedness_density,
    &uf_method_complexity,
    &uf_method_composite_index,
    &uf_method_convergence,
    &uf_method_spatial,
    &uf_method_priority_map,
    &uf_method_peer_regions,
    &uf_method_cluster_stars,
    &uf_method_labour_matching,
    &uf_method_scoreboard,
    /* effects */
    &uf_method_did,
    &uf_method_size_check,
    &uf_method_callaway_santanna,
    &uf_method_imputation,
    &uf_method_bacon,
    &uf_method_sensitivity,
    &uf_method_power,
    &uf_method_synthetic_control,
    &uf_method_interrupted_time_series,
};
enum { N_METHODS = sizeof methods / sizeof *methods };

const struct uf_method *const *uf_methods(size_t *out_count)
{
    *out_count = N_METHODS;
    return methods;
}

uf_status uf_method_find(const char *name, int family, const struct uf_method **out, struct uf_error *error)
{
    const char *names[N_METHODS];
    size_t count = 0;
    for (size_t i = 0; i < N_METHODS; i++) {
        if (family >= 0 && methods[i]->family != (enum uf_family)family) continue;
        if (!strcmp(methods[i]->name, name)) {
            *out = methods[i];
            return UF_OK;
        }
        names[count++] = methods[i]->name;
    }
    const char *nearest = uf_text_nearest(name, names, count);
    return uf_fail(error, UF_BAD_USAGE, "there is no method '%s'%s%s%s; `utfall methods` lists them", name,
                   nearest ? "; did you mean '" : "", nearest ? nearest : "", nearest ? "'?" : "");
}
