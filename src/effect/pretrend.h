// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_EFFECT_PRETREND_H
#define UTFALL_EFFECT_PRETREND_H
/* The joint test of what comes before the start, inference by inference: table `pretrend`, a note and the claim. */
#include "effect/run.h"

struct effect_pretrend {
    struct uf_table *table;
    struct uf_joint_test decisive; /* the one that the note and the claim go by */
    const char *vcov;              /* its inference; NULL: there is nothing to test */
};
uf_status effect_pretrend_init(const struct effect_run *run, struct effect_pretrend *out,
                               struct uf_error *error);
/* df2 NaN: by randomisation; INFINITY: χ² with df1 degrees of freedom. Nothing is added where the test has no restrictions. */
uf_status effect_pretrend_add(struct effect_pretrend *pretrend, const struct uf_joint_test *test,
                              const char *vcov, struct uf_error *error);
/* By dealing the treatment out anew, where that is affordable. */
uf_status effect_pretrend_randomise(const struct effect_run *run, const struct uf_event_study_options *event,
                                    size_t n_columns, const struct uf_did_assignment *assignment,
                                    struct effect_pretrend *pretrend, struct uf_error *error);
/* The note, the claim and the table. */
uf_status effect_pretrend_finish(const struct effect_run *run, struct effect_pretrend *pretrend,
                                 struct uf_error *error);
void effect_pretrend_clear(struct effect_pretrend *pretrend);
#endif
