// SPDX-License-Identifier: GPL-3.0-or-later
/* Stands in for libFuzzer's main: runs the fuzz target once for each file of the folders named, so that the
 * seeds, and whatever a fuzzer found, are tested in every build. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <utfall/file.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t replay(const char *folder)
{
    DIR *directory = opendir(folder);
    if (!directory) return 0;
    size_t count = 0;
    for (struct dirent *entry; (entry = readdir(directory));) {
        if (entry->d_name[0] == '.') continue;
        char *path = uf_path_join(folder, entry->d_name), *bytes = NULL;
        size_t length = 0;
        struct uf_error error;
        if (!path || uf_file_read(path, 0, &bytes, &length, &error) != UF_OK) abort();
        LLVMFuzzerTestOneInput((const uint8_t *)bytes, length);
        free(bytes);
        free(path);
        count++;
    }
    closedir(directory);
    return count;
}

int main(int argc, char **argv)
{
    size_t count = 0;
    for (int i = 1; i < argc; i++) count += replay(argv[i]);
    printf("%zu inputs\n", count);
    return count > 0 ? 0 : 1;
}
