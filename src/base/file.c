// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/fail.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sha256.h> /* libmd */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utfall/file.h>
#include <utfall/text.h>

static uf_status fail_errno(struct uf_error *error, const char *what, const char *path)
{
    int code = errno;
    const char *advice = code == ENOENT   ? "check the path"
                         : code == EACCES ? "check the permissions"
                         : code == ENOSPC ? "free some space and try again"
                                          : "try again or choose another place";
    return uf_fail_at(error, UF_IO_FAILED, path, 0, 0, "%s: %s; %s", what, strerror(code), advice);
}

uf_status uf_file_read(const char *path, size_t max_bytes, char **out_bytes, size_t *out_length,
                       struct uf_error *error)
{
    struct stat info;
    if (stat(path, &info) != 0) return fail_errno(error, "cannot read the file", path);
    if (S_ISDIR(info.st_mode))
        return uf_fail_at(error, UF_IO_FAILED, path, 0, 0, "this is a directory; name a file in it");
    FILE *file = fopen(path, "rb");
    if (!file) return fail_errno(error, "cannot read the file", path);
    struct uf_buffer bytes;
    uf_buffer_init(&bytes);
    char block[1 << 16];
    size_t n;
    uf_status status = UF_OK;
    while ((n = fread(block, 1, sizeof block, file)) > 0) {
        uf_buffer_append_bytes(&bytes, block, n);
        if (bytes.failed || (max_bytes && bytes.length > max_bytes)) break;
    }
    if (ferror(file))
        status = fail_errno(error, "cannot read the file", path);
    else if (max_bytes && bytes.length > max_bytes)
        status = uf_fail_at(error, UF_BAD_INPUT, path, 0, 0,
                            "the file is larger than the %zu bytes allowed here", max_bytes);
    fclose(file);
    size_t length = bytes.length;
    char *text = status == UF_OK ? uf_buffer_take(&bytes) : NULL;
    uf_buffer_clear(&bytes);
    if (status != UF_OK) return status;
    if (!text) return uf_fail_memory(error);
    *out_bytes = text;
    *out_length = length;
    return UF_OK;
}

static bool write_all(int descriptor, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t n = write(descriptor, bytes, length);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return false;
        bytes += n;
        length -= (size_t)n;
    }
    return true;
}

/* The new name is only certain to survive a power cut once its directory is on disk too. */
static void sync_directory_of(const char *path)
{
    char *directory = uf_path_directory(path);
    int descriptor = directory ? open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    free(directory);
    if (descriptor < 0) return;
    (void)fsync(descriptor);
    close(descriptor);
}

uf_status uf_file_write(const char *path, const char *bytes, size_t length, struct uf_error *error)
{
    struct uf_buffer name;
    uf_buffer_init(&name);
    uf_buffer_append(&name, path);
    uf_buffer_append(&name, ".XXXXXX");
    char *temporary = uf_buffer_take(&name);
    if (!temporary) return uf_fail_memory(error);
    int descriptor = mkstemp(temporary);
    if (descriptor < 0) {
        uf_status status = fail_errno(error, "cannot write the file", path);
        free(temporary);
        return status;
    }
    mode_t mask = umask(0);
    umask(mask);
    bool ok = fchmod(descriptor, 0666 & ~mask) == 0 && write_all(descriptor, bytes, length) &&
              fsync(descriptor) == 0;
    int code = errno;
    ok = close(descriptor) == 0 && ok;
    if (ok && rename(temporary, path) != 0) ok = false, code = errno;
    if (!ok) {
        unlink(temporary);
        free(temporary);
        errno = code;
        return fail_errno(error, "cannot write the file", path);
    }
    free(temporary);
    sync_directory_of(path);
    return UF_OK;
}

uf_status uf_directory_make(const char *path, struct uf_error *error)
{
    char *copy = uf_text_copy(path);
    if (!copy) return uf_fail_memory(error);
    uf_status status = UF_OK;
    for (char *p = copy + 1; status == UF_OK; p++) {
        if (*p && *p != '/') continue;
        char kept = *p;
        *p = '\0';
        if (mkdir(copy, 0777) != 0 && errno != EEXIST)
            status = fail_errno(error, "cannot make the folder", copy);
        *p = kept;
        if (!kept) break;
    }
    if (status == UF_OK && !uf_directory_exists(path))
        status = uf_fail_at(error, UF_IO_FAILED, path, 0, 0,
                            "cannot make the folder: there is a file of that name");
    free(copy);
    return status;
}

bool uf_file_exists(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && !S_ISDIR(info.st_mode);
}

bool uf_directory_exists(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

uf_status uf_directory_remove(const char *path, struct uf_error *error)
{
    DIR *directory = opendir(path);
    if (!directory) return errno == ENOENT ? UF_OK : fail_errno(error, "cannot remove the folder", path);
    uf_status status = UF_OK;
    struct dirent *entry;
    while (status == UF_OK && (entry = readdir(directory))) {
        if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..")) continue;
        char *child = uf_path_join(path, entry->d_name);
        struct stat info;
        if (!child)
            status = uf_fail_memory(error);
        else if (lstat(child, &info) == 0 && S_ISDIR(info.st_mode))
            status = uf_directory_remove(child, error);
        else if (unlink(child) != 0)
            status = fail_errno(error, "cannot remove the file", child);
        free(child);
    }
    closedir(directory);
    if (status == UF_OK && rmdir(path) != 0) status = fail_errno(error, "cannot remove the folder", path);
    return status;
}

char *uf_path_join(const char *directory, const char *name)
{
    if (*name == '/') return uf_text_copy(name);
    struct uf_buffer path;
    uf_buffer_init(&path);
    uf_buffer_append(&path, directory);
    if (path.length && path.data[path.length - 1] != '/') uf_buffer_append_char(&path, '/');
    uf_buffer_append(&path, name);
    return uf_buffer_take(&path);
}

char *uf_path_directory(const char *path)
{
    const char *slash = strrchr(path, '/');
    if (!slash) return uf_text_copy(".");
    return slash == path ? uf_text_copy("/") : strndup(path, (size_t)(slash - path));
}

static void print_hex(const uint8_t digest[SHA256_DIGEST_LENGTH], char out[UF_SHA256_SIZE])
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < SHA256_DIGEST_LENGTH; i++) {
        out[2 * i] = digits[digest[i] >> 4];
        out[2 * i + 1] = digits[digest[i] & 15];
    }
    out[UF_SHA256_SIZE - 1] = '\0';
}

void uf_sha256(const void *bytes, size_t length, char out[UF_SHA256_SIZE])
{
    SHA2_CTX context;
    uint8_t digest[SHA256_DIGEST_LENGTH];
    SHA256Init(&context);
    SHA256Update(&context, bytes, length);
    SHA256Final(digest, &context);
    print_hex(digest, out);
}

uf_status uf_stream_sha256(FILE *file, const char *name, char out[UF_SHA256_SIZE], struct uf_error *error)
{
    SHA2_CTX context;
    SHA256Init(&context);
    uint8_t block[1 << 15];
    size_t n;
    while ((n = fread(block, 1, sizeof block, file)) > 0) SHA256Update(&context, block, n);
    if (ferror(file)) return fail_errno(error, "cannot read the file", name);
    uint8_t digest[SHA256_DIGEST_LENGTH];
    SHA256Final(digest, &context);
    print_hex(digest, out);
    return UF_OK;
}

uf_status uf_file_sha256(const char *path, char out[UF_SHA256_SIZE], struct uf_error *error)
{
    if (uf_directory_exists(path))
        return uf_fail_at(error, UF_IO_FAILED, path, 0, 0, "this is a directory; name a file in it");
    FILE *file = fopen(path, "rb");
    if (!file) return fail_errno(error, "cannot read the file", path);
    uf_status status = uf_stream_sha256(file, path, out, error);
    fclose(file);
    return status;
}
