// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_IMPORT_PACKAGE_H
#define UTFALL_IMPORT_PACKAGE_H
/* The descriptor of an export, and what of it is put into the store before any observation. */
#include <jansson.h>
#include <utfall/import.h>

#include "store/codes.h"

struct uf_package {
    char *path, *folder; /* of datapackage.json, and where it lies */
    json_t *root;
};
/* `place` is the folder or the descriptor. */
uf_status uf_package_open(const char *place, struct uf_package *out, struct uf_error *error);
void uf_package_close(struct uf_package *package);
uf_status uf_package_fail(const struct uf_package *package, struct uf_error *error, const char *what);

/* The rows of a table within the descriptor, such as `indicators`; NULL: it has none. */
const json_t *uf_package_table(const struct uf_package *package, const char *name);
const char *uf_package_text(const json_t *object, const char *member); /* NULL: none */

/* Indicators, unknown regions and sectors, labels of codes. Inside a transaction. */
uf_status uf_package_put_codes(const struct uf_package *package, struct uf_store *store,
                               struct uf_error *error);
uf_status uf_package_put_notes(const struct uf_package *package, struct uf_store *store, int64_t batch,
                               struct uf_error *error);

/* What stands in a file that writes codes with their names behind (`01 Stockholms län`) → the code. Keys begin with the
 * dimension's name, or `region` or `sector` after a byte that no name begins with. */
struct uf_package_names {
    struct uf_codes index;
    struct uf_text_list codes;
};
uf_status uf_package_read_names(const struct uf_package *package, struct uf_package_names *out,
                                struct uf_error *error);
void uf_package_names_clear(struct uf_package_names *names);
/* The code, or `text` itself where it is no code with a name. */
const char *uf_package_code(const struct uf_package_names *names, const char *scope, const char *text);
#define UF_PACKAGE_REGIONS "\x1fregion"
#define UF_PACKAGE_SECTORS "\x1fsector"
#endif
