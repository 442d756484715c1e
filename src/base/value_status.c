// SPDX-License-Identifier: GPL-3.0-or-later
#include <utfall/value_status.h>

#include <stddef.h>
#include <stdio.h>
#include <string.h>

static const struct {
    uf_value_status flag;
    const char *name;
} flags[] = {
    {UF_VALUE_NOT_AVAILABLE, "not-available"},
    {UF_VALUE_NOT_APPLICABLE, "not-applicable"},
    {UF_VALUE_SUPPRESSED, "suppressed"},
    {UF_VALUE_CONFIDENTIAL, "confidential"},
    {UF_VALUE_UNDEFINED, "undefined"},
    {UF_VALUE_INCOMPLETE, "incomplete"},
    {UF_VALUE_TRUE_ZERO, "true-zero"},
    {UF_VALUE_BELOW_HALF, "below-half"},
    {UF_VALUE_ESTIMATED, "estimated"},
    {UF_VALUE_PROVISIONAL, "provisional"},
    {UF_VALUE_BREAK, "break"},
    {UF_VALUE_NOISE, "noise"},
    {UF_VALUE_IMPUTED, "imputed"},
    {UF_VALUE_LOW_RELIABILITY, "low-reliability"},
    {UF_VALUE_DEFINITION_DIFFERS, "definition-differs"},
    {UF_VALUE_FORECAST, "forecast"},
    {UF_VALUE_ROUNDED, "rounded"},
};
enum { N_FLAGS = sizeof flags / sizeof *flags };

char *uf_value_status_print(uf_value_status status, char buffer[UF_VALUE_STATUS_SIZE])
{
    if (status == UF_VALUE_OBSERVED) return strcpy(buffer, "observed");
    size_t length = 0;
    buffer[0] = '\0';
    for (size_t i = 0; i < N_FLAGS; i++) {
        if (!(status & flags[i].flag)) continue;
        int n = snprintf(buffer + length, UF_VALUE_STATUS_SIZE - length, "%s%s", length ? "+" : "",
                         flags[i].name);
        if (n < 0 || (size_t)n >= UF_VALUE_STATUS_SIZE - length) break;
        length += (size_t)n;
    }
    return buffer;
}

bool uf_value_status_parse(const char *text, uf_value_status *out)
{
    if (!strcmp(text, "observed")) {
        *out = UF_VALUE_OBSERVED;
        return true;
    }
    uf_value_status status = 0;
    while (true) {
        size_t length = strcspn(text, "+"), i = 0;
        while (i < N_FLAGS && (strlen(flags[i].name) != length || memcmp(flags[i].name, text, length))) i++;
        if (i == N_FLAGS) return false;
        status |= flags[i].flag;
        if (!text[length]) break;
        text += length + 1;
    }
    *out = status;
    return true;
}
