// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_BASE_ADVICE_H
#define UTFALL_BASE_ADVICE_H
/* For uf_result_add_note: there is nothing to do about it. */
#include <utfall/language.h>

static const struct uf_words no_advice = {NULL, NULL};
#endif
