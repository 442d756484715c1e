// SPDX-License-Identifier: GPL-3.0-or-later
#include "export/output.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <utfall/file.h>

#include "base/fail.h"

uf_status export_output_open(const char *folder, const char *name, struct export_output *out,
                             struct uf_error *error)
{
    char *path = uf_path_join(folder, name);
    if (!path) return uf_fail_memory(error);
    FILE *file = fopen(path, "wb");
    if (!file) {
        int code = errno;
        free(path);
        return uf_fail_at(error, UF_IO_FAILED, name, 0, 0, "cannot write this file: %s", strerror(code));
    }
    *out = (struct export_output){.path = path, .file = file};
    return UF_OK;
}

void export_output_bytes(struct export_output *output, const char *bytes, size_t length)
{
    if (output->failure || length == 0 || fwrite(bytes, 1, length, output->file) == length) return;
    output->failure = errno ? errno : EIO;
}

void export_output_text(struct export_output *output, const char *text)
{
    export_output_bytes(output, text, strlen(text));
}

bool export_output_failed(const struct export_output *output)
{
    return output->failure != 0;
}

uf_status export_output_close(struct export_output *output, const char *final, struct uf_error *error)
{
    int code = output->failure;
    if (!code && (fflush(output->file) != 0 || fsync(fileno(output->file)) != 0)) code = errno;
    if (fclose(output->file) != 0 && !code) code = errno;
    output->file = NULL;
    export_output_drop(output);
    if (!code) return UF_OK;
    return uf_fail_at(error, UF_IO_FAILED, final, 0, 0, "the export cannot be written: %s; %s",
                      strerror(code),
                      code == ENOSPC || code == EFBIG || code == EDQUOT
                          ? "free some space, or choose another place with --output"
                          : "check the disk and the permissions");
}

void export_output_drop(struct export_output *output)
{
    if (output->file) fclose(output->file);
    free(output->path);
    *output = (struct export_output){0};
}
