// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_STUDY_STUDY_SCHEMA_H
#define UTFALL_STUDY_STUDY_SCHEMA_H
/* What the tables of keys have in common, and those of the data for the table of the study. */
#include "study/study_file.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#define FIELD(structure, name, member, kind, ...)                                                            \
    {                                                                                                        \
        .key = (name), .type = (kind), .offset = offsetof(struct structure, member), __VA_ARGS__             \
    }

extern const char *const study_levels[];
extern const struct schema study_source_schema, study_regions_schema, study_splice_schema,
    study_aggregate_schema, study_derived_schema;
#endif
