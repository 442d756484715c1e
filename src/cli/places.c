// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/places.h"

#include <stdlib.h>
#include <string.h>
#include <utfall/file.h>
#include <utfall/import.h>

#include "base/fail.h"

uf_status places_find(const char *name, char **out, struct uf_error *error)
{
    const char *chosen = getenv("UTFALL_DATA_DIR");
    const char *folders[] = {chosen && *chosen ? chosen : NULL, UTFALL_INSTALL_DATA_DIR, UTFALL_SOURCE_DIR};
    for (size_t i = 0; i < 3; i++) {
        char *path = folders[i] ? uf_path_join(folders[i], name) : NULL;
        if (path && uf_directory_exists(path)) {
            *out = path;
            return UF_OK;
        }
        free(path);
        if (folders[i] == chosen && chosen) break; /* a wrong setting is said, not passed over */
    }
    return uf_fail(
        error, UF_IO_FAILED,
        "the folder '%s' of Utfall was not found in %s; set UTFALL_DATA_DIR to the folder that holds it",
        name, folders[0] ? folders[0] : UTFALL_INSTALL_DATA_DIR " or " UTFALL_SOURCE_DIR);
}

const char *places_store(const struct arguments *arguments)
{
    const char *given = arguments_text(arguments, "store"), *set = getenv("UTFALL_STORE");
    return given ? given : set && *set ? set : "utfall.db";
}

static uf_status load_reference(struct uf_store *store, struct uf_error *error)
{
    char *datasets = NULL;
    UF_TRY(places_find("datasets", &datasets, error));
    char *reference = uf_path_join(datasets, "reference"), *programmes = uf_path_join(datasets, "programmes");
    uf_status status = reference && programmes ? UF_OK : uf_fail_memory(error);
    if (status == UF_OK) status = uf_import_reference(store, reference, error);
    if (status == UF_OK) status = uf_import_programmes(store, programmes, error);
    free(programmes);
    free(reference);
    free(datasets);
    return status;
}

uf_status places_open_store(const struct arguments *arguments, enum uf_open_mode mode, struct uf_store **out,
                            struct uf_error *error)
{
    const char *path = places_store(arguments);
    bool memory = !strcmp(path, ":memory:"), is_new = memory || !uf_file_exists(path);
    if (is_new && mode != UF_STORE_CREATE && !memory)
        return uf_fail_at(error, UF_BAD_INPUT, path, 0, 0,
                          "there is no store here; make one with `utfall import`, or name another with "
                          "--store or UTFALL_STORE");
    struct uf_store *store = NULL;
    UF_TRY(uf_store_open(path, memory ? UF_STORE_CREATE : mode, &store, error));
    uf_status status = is_new ? load_reference(store, error) : UF_OK;
    if (status != UF_OK) {
        uf_store_close(store);
        return status;
    }
    *out = store;
    return UF_OK;
}
