// SPDX-License-Identifier: GPL-3.0-or-later
#include "panel/roles.h"

#include <string.h>

#include "base/fail.h"

static const char *const words[ROLES] = {
    [ROLE_UNIT] = "the units",       [ROLE_PERIOD] = "the periods",
    [ROLE_SECTOR] = "the sectors",   [ROLE_OUTCOME] = "the values",
    [ROLE_TREATMENT] = "treatment",  [ROLE_COHORT] = "the first treated periods",
    [ROLE_WEIGHT] = "the weights",   [ROLE_COVARIATE] = "a covariate",
    [ROLE_CLUSTER] = "the clusters", [ROLE_OPTION] = "an option's figures",
};

#define BIT(role) (1u << (role))
/* Which roles a column may have besides, of those that come later in the order. */
static const unsigned besides[ROLES] = {
    [ROLE_UNIT] = BIT(ROLE_CLUSTER),
    [ROLE_PERIOD] = BIT(ROLE_CLUSTER),
    [ROLE_SECTOR] = BIT(ROLE_CLUSTER),
    [ROLE_OUTCOME] = BIT(ROLE_OPTION),
    [ROLE_TREATMENT] = BIT(ROLE_OPTION),
    [ROLE_COHORT] = BIT(ROLE_CLUSTER),
    [ROLE_WEIGHT] = BIT(ROLE_COVARIATE) | BIT(ROLE_OPTION),
    [ROLE_COVARIATE] = BIT(ROLE_OPTION),
    [ROLE_OPTION] = BIT(ROLE_OPTION),
};

static bool go_together(enum panel_role a, enum panel_role b, bool of_effect)
{
    if (a == ROLE_OUTCOME && b == ROLE_WEIGHT)
        return !of_effect; /* a profile may weigh figures by themselves */
    return a <= b ? besides[a] & BIT(b) : besides[b] & BIT(a);
}

uf_status panel_check_roles(const struct panel_named *named, size_t count, bool of_effect,
                            struct uf_error *error)
{
    for (size_t i = 0; i < count; i++) {
        for (size_t j = i + 1; j < count && named[i].name; j++) {
            if (!named[j].name || strcmp(named[i].name, named[j].name)) continue;
            if (go_together(named[i].role, named[j].role, of_effect)) continue;
            if (named[i].role == named[j].role)
                return uf_fail(error, UF_BAD_USAGE, "'%s' is named twice for %s; name it once", named[i].name,
                               words[named[i].role]);
            return uf_fail(error, UF_BAD_USAGE,
                           "'%s' is named both for %s and for %s; name two different ones", named[i].name,
                           words[named[i].role], words[named[j].role]);
        }
    }
    return UF_OK;
}
