// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/charts.h"
#include "support/test.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/file.h>
int main(void)
{
    const char *folder = getenv("CHART_DIRECTORY");
    if (!folder) folder = scratch_directory();
    struct uf_error error = {0};
    for (int l = 0; l < 2; l++)
        for (size_t i = 0; i < SAMPLE_CHARTS; i++) {
            struct sample_chart s = sample_chart_new(i, (enum uf_language)l);
            struct uf_chart c = {0};
            char name[64];
            snprintf(name, 64, "%s-%s", s.request.kind, l ? "sv" : "en");
            uf_status st = uf_chart_write(&s.request, folder, name, &c, &error);
            printf("%s %d %s\n%s\n", name, st, st ? error.message : "", c.alt_text);
            uf_chart_clear(&c);
            sample_chart_free(&s);
        }
}
