// SPDX-License-Identifier: GPL-3.0-or-later
#include "export/terms.h"

#include <stdio.h>

static const struct {
    uf_value_status flag;
    char letter; /* Eurostat's; 0: none says it */
    const char *swedish;
} WORDS[] = {
    {UF_VALUE_NOT_AVAILABLE, 0, "uppgift saknas"},
    {UF_VALUE_NOT_APPLICABLE, 'z', "uppgift kan inte f\xC3\xB6rekomma"},
    {UF_VALUE_SUPPRESSED, 0, "undertryckt av utgivaren"},
    {UF_VALUE_CONFIDENTIAL, 'c', "sekretess"},
    {UF_VALUE_UNDEFINED, 0, "odefinierad (division med noll)"},
    {UF_VALUE_INCOMPLETE, 0, "ofullst\xC3\xA4ndig: en del av summan saknas"},
    {UF_VALUE_TRUE_ZERO, 0, "verklig nolla"},
    {UF_VALUE_BELOW_HALF, 0, "mindre \xC3\xA4n h\xC3\xA4lften av enheten"},
    {UF_VALUE_BREAK, 'b', "tidsseriebrott"},
    {UF_VALUE_DEFINITION_DIFFERS, 'd', "avvikande definition"},
    {UF_VALUE_ESTIMATED, 'e', "uppskattad"},
    {UF_VALUE_FORECAST, 'f', "prognos"},
    {UF_VALUE_PROVISIONAL, 'p', "prelimin\xC3\xA4r"},
    {UF_VALUE_LOW_RELIABILITY, 'u', "os\xC3\xA4ker uppgift"},
    {UF_VALUE_NOISE, 0, "skyddad med slumpm\xC3\xA4ssig st\xC3\xB6rning"},
    {UF_VALUE_IMPUTED, 0, "imputerad"},
    {UF_VALUE_ROUNDED, 0, "avrundad"},
};

void export_append_letters(struct uf_buffer *out, uf_value_status status)
{
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
        if ((status & WORDS[i].flag) && WORDS[i].letter) uf_buffer_append_char(out, WORDS[i].letter);
}

void export_append_remark(struct uf_buffer *out, uf_value_status status)
{
    const char *separator = "";
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++) {
        if (!(status & WORDS[i].flag)) continue;
        uf_buffer_append(out, separator);
        uf_buffer_append(out, WORDS[i].swedish);
        separator = ", ";
    }
}

/* SDMX's codes of frequency; a span of three years is A3. */
void export_append_frequency(struct uf_buffer *out, uf_period period)
{
    static const char *const CODES[] = {"A", "S", "Q", "M", "W", "A"};
    enum uf_period_kind kind = uf_period_kind_of(period);
    uf_buffer_append(out, CODES[kind]);
    if (kind == UF_PERIOD_SPAN) uf_buffer_append_size(out, (size_t)(period % 100));
}

/* SDMX's times: 2018-S1, 2018-Q1, 2018-01, 2018-W05, 2015-01-01/P3Y. */
void export_append_sdmx_period(struct uf_buffer *out, uf_period period)
{
    char text[32];
    int year = uf_period_year(period) % 10000, part = period % 100;
    switch (uf_period_kind_of(period)) {
    case UF_PERIOD_YEAR:
        snprintf(text, sizeof text, "%04d", year);
        break;
    case UF_PERIOD_HALF:
        snprintf(text, sizeof text, "%04d-S%d", year, part);
        break;
    case UF_PERIOD_QUARTER:
        snprintf(text, sizeof text, "%04d-Q%d", year, part);
        break;
    case UF_PERIOD_MONTH:
        snprintf(text, sizeof text, "%04d-%02d", year, part);
        break;
    case UF_PERIOD_WEEK:
        snprintf(text, sizeof text, "%04d-W%02d", year, part);
        break;
    default:
        snprintf(text, sizeof text, "%04d-01-01/P%dY", year, part);
    }
    uf_buffer_append(out, text);
}
