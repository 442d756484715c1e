// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_SENSITIVITY_H
#define UTFALL_SENSITIVITY_H
/*
 * The method `sensitivity`: what the difference-in-differences estimate stands and falls with.
 *
 * It fits the event study of `did` (event_study of did.h) and asks four things of it: how far from parallel the trends may
 * be before the interval includes no effect (parallel_trends_bounds.h), how large a line the test of the leads could have
 * missed (pretrend.h), which region carries the estimate, and what the same comparison finds where there is nothing to
 * find (before the start, in other outcomes) or against other controls.
 *
 * Tables: `bounds` (parameter, restriction, m, low, high, set), `breakdown` (the least M whose set includes 0, in words
 * too), `pretrend-power`, `leave-one-out`, `placebo-in-time`, `placebo-outcomes`, `alternative-controls`, `design`; those
 * that were not asked for, or cannot be had, are not there.
 */
#include <utfall/method.h>

#ifdef __cplusplus
extern "C" {
#endif

extern const struct uf_method uf_method_sensitivity;

#ifdef __cplusplus
}
#endif
#endif
