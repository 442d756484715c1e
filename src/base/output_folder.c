// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/output_folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utfall/file.h>
#include <utfall/text.h>

#include "base/fail.h"
#include "base/paths.h"

static bool is_empty_folder(const char *path)
{
    DIR *directory = opendir(path);
    if (!directory) return false;
    bool empty = true;
    for (const struct dirent *entry; empty && (entry = readdir(directory));)
        empty = !strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..");
    closedir(directory);
    return empty;
}

static uf_status check_existing(const char *path, bool replace, output_folder_is_ours *is_ours,
                                const char *const *protect, size_t n_protect, bool *out,
                                struct uf_error *error)
{
    struct stat status;
    *out = lstat(path, &status) == 0;
    if (!*out) return UF_OK;
    if (!S_ISDIR(status.st_mode))
        return uf_fail_at(error, UF_BAD_USAGE, path, 0, 0,
                          "the output should be a folder, but this is a file; choose another with --output");
    for (size_t i = 0; i < n_protect; i++)
        if (path_is_inside(protect[i], path))
            return uf_fail_at(
                error, UF_BAD_USAGE, path, 0, 0,
                "this folder holds %s, so it is not replaced by the output; choose another with --output",
                protect[i]);
    if (replace || is_empty_folder(path) || (is_ours && is_ours(path))) return UF_OK;
    return uf_fail_at(error, UF_BAD_USAGE, path, 0, 0,
                      "this folder exists and holds no earlier run of Utfall, so it is left as it is; choose "
                      "another with --output, or "
                      "add --replace to put the output in its place");
}

/* A name beside the final one, on the same file system, so that the last step is one rename. */
static char *sibling(const char *path, const char *ending)
{
    struct uf_buffer buffer;
    uf_buffer_init(&buffer);
    const char *name = path_name(path);
    uf_buffer_append_bytes(&buffer, path, (size_t)(name - path));
    uf_buffer_append(&buffer, ".");
    uf_buffer_append(&buffer, name);
    uf_buffer_append(&buffer, ending);
    return uf_buffer_take(&buffer);
}

static uf_status make_building(struct output_folder *folder, struct uf_error *error)
{
    char *parent = uf_path_directory(folder->final);
    if (!parent) return uf_fail_memory(error);
    uf_status status = uf_directory_make(parent, error);
    free(parent);
    UF_TRY(status);
    char *building = sibling(folder->final, ".utfall-XXXXXX");
    if (!building) return uf_fail_memory(error);
    if (!mkdtemp(building)) {
        status = uf_fail_at(error, UF_IO_FAILED, folder->final, 0, 0,
                            "cannot write beside this folder: %s; choose another place with --output",
                            strerror(errno));
        free(building);
        return status;
    }
    mode_t mask = umask(0); /* mkdtemp makes it private; the output is as open as any folder of this user */
    umask(mask);
    chmod(building, 0777 & ~mask);
    folder->building = building;
    return UF_OK;
}

uf_status output_folder_begin(const char *path, bool replace, output_folder_is_ours *is_ours,
                              const char *const *protect, size_t n_protect, struct output_folder *out,
                              struct uf_error *error)
{
    struct output_folder folder = {0};
    UF_TRY(path_absolute(path, &folder.final, error));
    uf_status status =
        check_existing(folder.final, replace, is_ours, protect, n_protect, &folder.replaces, error);
    if (status == UF_OK) status = make_building(&folder, error);
    if (status != UF_OK) {
        output_folder_clear(&folder);
        return status;
    }
    *out = folder;
    return UF_OK;
}

static uf_status fail_rename(const char *path, struct uf_error *error)
{
    return uf_fail_at(error, UF_IO_FAILED, path, 0, 0, "cannot put the output in place: %s", strerror(errno));
}

static void sync_folder(const char *path)
{
    int descriptor = open(path, O_RDONLY | O_DIRECTORY);
    if (descriptor < 0) return;
    /* files are synced one by one; a file system that cannot sync a folder loses only the names */
    fsync(descriptor);
    close(descriptor);
}

uf_status output_folder_commit(struct output_folder *folder, struct uf_error *error)
{
    char *parent = uf_path_directory(folder->final);
    char *old = sibling(folder->building, ".old");
    uf_status status = parent && old ? UF_OK : uf_fail_memory(error);
    if (status == UF_OK) sync_folder(folder->building);
    bool moved = false;
    if (status == UF_OK && folder->replaces) {
        moved = rename(folder->final, old) == 0;
        if (!moved) status = fail_rename(folder->final, error);
    }
    if (status == UF_OK && rename(folder->building, folder->final) != 0) {
        status = fail_rename(folder->final, error);
        if (moved) (void)!rename(old, folder->final);
        moved = false;
    }
    if (status == UF_OK) {
        free(folder->building);
        folder->building = NULL;
        sync_folder(parent);
        if (moved) status = uf_directory_remove(old, error);
    }
    free(old);
    free(parent);
    return status;
}

void output_folder_abandon(struct output_folder *folder)
{
    if (!folder->building) return;
    uf_directory_remove(folder->building, NULL);
    free(folder->building);
    folder->building = NULL;
}

void output_folder_clear(struct output_folder *folder)
{
    output_folder_abandon(folder);
    free(folder->final);
    folder->final = NULL;
}
