// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_PANEL_ROLES_H
#define UTFALL_PANEL_ROLES_H
/*
 * One column in two roles. Some pairs make sense (a population that is both weight and covariate, clusters that are the
 * units), most are a slip that would give a number all the same: the outcome explained by itself, the treatment as a
 * weight, which leaves the treated rows alone.
 */
#include <stdbool.h>
#include <stddef.h>
#include <utfall/status.h>

enum panel_role {
    ROLE_UNIT,
    ROLE_PERIOD,
    ROLE_SECTOR,
    ROLE_OUTCOME,
    ROLE_TREATMENT,
    ROLE_COHORT,
    ROLE_WEIGHT,
    ROLE_COVARIATE,
    ROLE_CLUSTER,
    ROLE_OPTION, /* a column of numbers that an option of the method names */
    ROLES
};
struct panel_named {
    enum panel_role role;
    const char *name; /* NULL: not given */
};

/* UF_BAD_USAGE at the first name in two roles that do not go together; `of_effect`: somebody is treated. */
uf_status panel_check_roles(const struct panel_named *named, size_t count, bool of_effect,
                            struct uf_error *error);
#endif
