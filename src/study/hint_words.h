// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_STUDY_HINT_WORDS_H
#define UTFALL_STUDY_HINT_WORDS_H
/* What a chart hint takes from the numbers of a result: words for intervals and lines, and where the lines stand. */
#include "study/run.h"

struct hint_words {
    char *band, *band2;             /* what the intervals are; NULL: nothing to say */
    bool has_band2;                 /* the table has values for it */
    char *reference, *marked;       /* at the lines; NULL: none */
    char *subtitle;                 /* NULL: none */
    char *x_label;                  /* with the unit of the column of x; NULL: none */
    double reference_at, marked_at; /* NaN: no line, or none from the result */
};
/* All of it; clear with hint_words_clear, also on failure. */
uf_status hint_words_init(const struct run *run, const struct run_analysis *analysis,
                          const struct uf_chart_hint *hint, const struct uf_table *table,
                          struct hint_words *out, struct uf_error *error);
void hint_words_clear(struct hint_words *words);

/* Whether the figures are rounded, and to what: 0 where several are, each to its own. Of an effect only the outcome counts. */
bool hint_rounding(const struct run_analysis *analysis, double *out_unit);
#endif
