// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/places.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utfall/file.h>
#include <utfall/import.h>

#include "base/fail.h"

/* Where the data lies beside a program that was installed, wherever its prefix was moved to: seen from
 * bin/utfall. NULL where the system does not tell which file is running. */
static char *beside_program(void)
{
    char program[4096];
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    if (length <= 0 || (size_t)length >= sizeof program - 1) return NULL;
    program[length] = 0;
    char *folder = uf_path_directory(program);
    char *path = folder ? uf_path_join(folder, UTFALL_DATA_FROM_PROGRAM) : NULL;
    free(folder);
    return path;
}

uf_status places_find(const char *name, char **out, struct uf_error *error)
{
    const char *chosen = getenv("UTFALL_DATA_DIR");
    if (chosen && !*chosen) chosen = NULL;
    char *beside = beside_program();
    const char *folders[] = {chosen, beside, UTFALL_INSTALL_DATA_DIR, UTFALL_SOURCE_DIR};
    /* a wrong setting is said, not passed over */
    for (size_t i = 0; i < (chosen ? 1 : sizeof folders / sizeof *folders); i++) {
        char *path = folders[i] ? uf_path_join(folders[i], name) : NULL;
        if (path && uf_directory_exists(path)) {
            free(beside);
            *out = path;
            return UF_OK;
        }
        free(path);
    }
    free(beside);
    return uf_fail(
        error, UF_IO_FAILED,
        "the folder '%s' of Utfall was not found in %s; set UTFALL_DATA_DIR to the folder that holds it",
        name, chosen ? chosen : UTFALL_INSTALL_DATA_DIR " or " UTFALL_SOURCE_DIR);
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

static uf_status check_there(const char *path, struct uf_error *error)
{
    if (uf_file_exists(path) || uf_directory_exists(path)) return UF_OK;
    return uf_fail_at(error, UF_IO_FAILED, path, 0, 0,
                      "there is no store here; make one with `utfall import`, or name another with "
                      "--store or UTFALL_STORE");
}

uf_status places_change_store(const struct arguments *arguments, struct uf_store **out,
                              struct uf_error *error)
{
    const char *path = places_store(arguments);
    UF_TRY(check_there(path, error));
    return uf_store_open(path, UF_STORE_READ_WRITE, out, error);
}

uf_status places_open_store(const struct arguments *arguments, struct uf_store **out, struct uf_error *error)
{
    const char *path = places_store(arguments);
    bool memory = !strcmp(path, ":memory:");
    if (!memory) UF_TRY(check_there(path, error));
    struct uf_store *store = NULL;
    UF_TRY(uf_store_open(path, memory ? UF_STORE_CREATE : UF_STORE_READ_ONLY, &store, error));
    uf_status status = memory ? load_reference(store, error) : UF_OK;
    if (status != UF_OK) {
        uf_store_close(store);
        return status;
    }
    *out = store;
    return UF_OK;
}

uf_status places_open_reference(const struct arguments *arguments, struct uf_store **out,
                                struct uf_error *error)
{
    const char *path = places_store(arguments);
    if (!strcmp(path, ":memory:") || uf_file_exists(path) || uf_directory_exists(path))
        return places_open_store(arguments, out, error);
    struct uf_store *store = NULL;
    UF_TRY(uf_store_open(":memory:", UF_STORE_CREATE, &store, error));
    uf_status status = load_reference(store, error);
    if (status != UF_OK) {
        uf_store_close(store);
        return status;
    }
    *out = store;
    return UF_OK;
}

/* A store without regions is one that was just made, or an empty file. */
static uf_status is_bare(struct uf_store *store, bool *out, struct uf_error *error)
{
    struct uf_table *regions = NULL;
    UF_TRY(uf_store_query(store, "SELECT code FROM regions LIMIT 1", NULL, 0, &regions, error));
    *out = uf_table_rows(regions) == 0;
    uf_table_free(regions);
    return UF_OK;
}

/* Reference codes, where they are wanting, and the work are one transaction: all of it or nothing. */
static uf_status write_at(const char *path, places_work *work, void *user, struct uf_error *error)
{
    struct uf_store *store = NULL;
    UF_TRY(uf_store_open(path, UF_STORE_CREATE, &store, error));
    bool bare = false;
    uf_status status = uf_store_begin(store, error);
    if (status == UF_OK) {
        status = is_bare(store, &bare, error);
        if (status == UF_OK && bare) status = load_reference(store, error);
        if (status == UF_OK) status = work(store, user, error);
        if (status == UF_OK) status = uf_store_commit(store, error);
        if (status != UF_OK) uf_store_rollback(store);
    }
    uf_store_close(store);
    return status;
}

/* A store that is being built beside its place, with the files that SQLite may keep beside it. */
struct new_store {
    char *path, *log, *index;
};

static void discard(struct new_store *store)
{
    const char *const paths[] = {store->path, store->log, store->index};
    for (size_t i = 0; i < 3; i++)
        if (paths[i]) unlink(paths[i]);
    free(store->path);
    free(store->log);
    free(store->index);
}

static char *join(const char *a, const char *b)
{
    struct uf_buffer text;
    uf_buffer_init(&text);
    uf_buffer_append(&text, a);
    uf_buffer_append(&text, b);
    return uf_buffer_take(&text);
}

static uf_status reserve(const char *path, struct new_store *out, struct uf_error *error)
{
    char *template = join(path, ".new-XXXXXX");
    if (!template) return uf_fail_memory(error);
    int file = mkstemp(template);
    if (file < 0) {
        int code = errno;
        free(template);
        return uf_fail_at(error, UF_IO_FAILED, path, 0, 0,
                          "no store can be made here: %s; check that the folder exists and may be written",
                          strerror(code));
    }
    mode_t mask = umask(0);
    umask(mask);
    fchmod(file, 0666 & ~mask); /* as an ordinary new file; mkstemp is stricter */
    close(file);
    *out = (struct new_store){template, join(template, "-wal"), join(template, "-shm")};
    if (out->log && out->index) return UF_OK;
    discard(out);
    return uf_fail_memory(error);
}

/* `link` does not go over what another program has put there meanwhile, as `rename` would; a file system
 * without links gets the rename. */
static uf_status put_in_place(const struct new_store *store, const char *path, bool *out_taken,
                              struct uf_error *error)
{
    *out_taken = false;
    if (uf_file_exists(store->log))
        return uf_fail_at(error, UF_IO_FAILED, path, 0, 0,
                          "the store could not be written to its end; free some space and try again");
    if (link(store->path, path) == 0) return UF_OK;
    if (errno != EEXIST && rename(store->path, path) == 0) return UF_OK;
    *out_taken = errno == EEXIST;
    return *out_taken ? UF_OK
                      : uf_fail_at(error, UF_IO_FAILED, path, 0, 0, "no store can be made here: %s",
                                   strerror(errno));
}

static uf_status write_new(const char *path, places_work *work, void *user, bool *out_taken,
                           struct uf_error *error)
{
    struct new_store store;
    *out_taken = false;
    UF_TRY(reserve(path, &store, error));
    uf_status status = write_at(store.path, work, user, error);
    if (status == UF_OK) status = put_in_place(&store, path, out_taken, error);
    /* what is wrong with the store is told of the place that the user knows */
    if (status != UF_OK && error && !strcmp(error->file, store.path))
        snprintf(error->file, sizeof error->file, "%s", path);
    discard(&store);
    return status;
}

uf_status places_write_store(const struct arguments *arguments, places_work *work, void *user,
                             struct uf_error *error)
{
    const char *path = places_store(arguments);
    bool there = !strcmp(path, ":memory:") || uf_file_exists(path) || uf_directory_exists(path);
    if (!there) UF_TRY(write_new(path, work, user, &there, error));
    return there ? write_at(path, work, user, error) : UF_OK;
}
