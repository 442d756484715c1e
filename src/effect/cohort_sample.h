// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_EFFECT_COHORT_SAMPLE_H
#define UTFALL_EFFECT_COHORT_SAMPLE_H
/* The sample of a method for treatment that starts once and stays. */
#include "effect/run.h"

/* Very many rows as means by cluster and period (effect_sample_take_means), where run->inference asks for nothing that is
 * another number from means; with a note. */
uf_status effect_take_means(const struct effect_run *run, struct effect_sample *sample,
                            struct uf_error *error);
/* A treatment that ended counts from its first start on. */
void effect_stay_treated(struct effect_sample *sample);
/* The sample of run->panel for an option `switching-off` and those of EFFECT_DEPENDENCE_OPTIONS: 0/1 treatment that stays,
 * else refused with fatal notes; very many rows as means where that is the same. Clear the sample also where this fails. */
uf_status effect_cohort_sample(const struct effect_run *run, const struct uf_options *options,
                               struct effect_sample *sample, struct uf_error *error);
/* After a fit that could not use every row: `row_used(user, i)` says of each of the sample's rows whether it did. The counts
 * that reports take from the sample become those of the fit (rows; regions, where the rows are not means), and the ledger gets a
 * line with the reason. O(n). */
uf_status effect_sample_settle(const struct effect_run *run, struct effect_sample *sample, size_t rows_used,
                               const bool *row_used, struct uf_words reason, struct uf_error *error);

#endif
