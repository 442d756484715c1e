// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/paths.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/file.h>
#include <utfall/text.h>

#include "base/fail.h"

uf_status path_absolute(const char *path, char **out, struct uf_error *error)
{
    char *whole = realpath(path, NULL);
    if (whole) {
        *out = whole;
        return UF_OK;
    }
    if (errno != ENOENT)
        return uf_fail_at(error, UF_IO_FAILED, path, 0, 0, "cannot follow this path: %s", strerror(errno));
    size_t length = strlen(path);
    while (length > 1 && path[length - 1] == '/') length--;
    char *trimmed = uf_text_copy(path);
    if (!trimmed) return uf_fail_memory(error);
    trimmed[length] = '\0';
    char *parent = uf_path_directory(trimmed), *above = NULL;
    if (!parent) {
        free(trimmed);
        return uf_fail_memory(error);
    }
    uf_status status = path_absolute(parent, &above, error);
    if (status == UF_OK) {
        *out = uf_path_join(above, path_name(trimmed));
        if (!*out) status = uf_fail_memory(error);
    }
    free(above);
    free(parent);
    free(trimmed);
    return status;
}

const char *path_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash && slash[1] ? slash + 1 : path;
}

bool path_is_inside(const char *path, const char *folder)
{
    size_t length = strlen(folder);
    if (!strcmp(folder, "/")) return true;
    return !strncmp(path, folder, length) && (path[length] == '\0' || path[length] == '/');
}

char *path_relative(const char *from, const char *to)
{
    size_t shared = 0; /* length of the common part, ending before a slash */
    for (size_t i = 0;; i++) {
        bool from_ends = from[i] == '\0' || from[i] == '/', to_ends = to[i] == '\0' || to[i] == '/';
        if (from_ends && to_ends) shared = i;
        if (from[i] != to[i] || from[i] == '\0') break;
    }
    struct uf_buffer buffer;
    uf_buffer_init(&buffer);
    for (const char *p = from + shared; *p; p++)
        if (*p == '/' && p[1]) uf_buffer_append(&buffer, "../");
    const char *rest = to + shared;
    while (*rest == '/') rest++;
    if (!*rest && buffer.length) buffer.data[--buffer.length] = '\0'; /* `..`, not `../` */
    uf_buffer_append(&buffer, *rest || buffer.length ? rest : ".");
    return uf_buffer_take(&buffer);
}
