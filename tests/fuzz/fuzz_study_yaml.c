// SPDX-License-Identifier: GPL-3.0-or-later
/* Any bytes as a study file. A study that is refused must say why, and one with a place must name the file. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "study/study_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct uf_error error = {0};
    struct study *study = NULL;
    if (study_read_text("fuzz/study.yaml", (const char *)data, size, &study, &error) == UF_OK) {
        if (!study) abort();
    } else if (study || error.message[0] == 0 || (error.line && strcmp(error.file, "fuzz/study.yaml") != 0)) {
        abort();
    }
    study_free(study);
    return 0;
}
