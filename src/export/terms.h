// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_EXPORT_TERMS_H
#define UTFALL_EXPORT_TERMS_H
/* Statuses and periods in the words of others. */
#include <utfall/period.h>
#include <utfall/text.h>
#include <utfall/value_status.h>

/* Eurostat's flags for what they can say: `bp`. */
void export_append_letters(struct uf_buffer *out, uf_value_status status);
/* In Swedish, for people; nothing for a plain observed value. */
void export_append_remark(struct uf_buffer *out, uf_value_status status);
void export_append_frequency(struct uf_buffer *out, uf_period period);
void export_append_sdmx_period(struct uf_buffer *out, uf_period period);
#endif
