// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_IMPORT_DESCRIBE_H
#define UTFALL_IMPORT_DESCRIBE_H
/* A description in the making: describe.c reads the file, describe_tables.c says what it is made of, describe_yaml.c
 * writes the entry for a study. */
#include "import/contents.h"
#include "import/import.h"

struct uf_describer {
    struct uf_store *store;
    const struct uf_import_request *request; /* its indicator has a code */
    struct uf_reader reader;
    struct uf_plan plan;
    struct uf_contents contents;
    struct uf_import_description *out;
};
uf_status uf_describe_dimensions(struct uf_describer *describer, struct uf_error *error);
uf_status uf_describe_contents(struct uf_describer *describer, struct uf_error *error);
uf_status uf_describe_facts(struct uf_describer *describer, struct uf_error *error);
/* Makes the empty table of first rows, and adds one. */
uf_status uf_describe_begin_rows(struct uf_describer *describer, struct uf_error *error);
uf_status uf_describe_row(struct uf_describer *describer, const struct uf_cell *cell, double value,
                          uf_value_status status, struct uf_error *error);
uf_status uf_describe_study_source(struct uf_describer *describer, struct uf_error *error);
#endif
