// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_STUDY_LEVELS_H
#define UTFALL_STUDY_LEVELS_H
/*
 * One profile at several levels of regions, side by side: `levels: [county, nuts2]` in a study, `--levels county,nuts2` on
 * the command line. What they share: which lists of levels make sense, and sums of the parts where a level has no
 * figures of its own.
 */
#include <utfall/result.h>
#include <utfall/store.h>

/* Each is a level that the store knows, and none stands there twice (`county` is `nuts3`). UF_BAD_USAGE, with the place of
 * the first that is wrong in `out_wrong`. O(n²). */
uf_status levels_check(const char *const *levels, size_t n, size_t *out_wrong, struct uf_error *error);

/* `NAME-LEVEL`: what an analysis, or a table, of one of several levels is called. The caller frees it; NULL: no memory. */
char *levels_name(const char *name, const char *level);

/* How the heading of one of several levels ends: `, counties`. Empty words for a level that is none of ours. */
struct uf_words levels_ending(const char *level);

/* The indicator that holds the figures at `level`: `indicator` itself where the store has them, else sums of its parts, which
 * are put into the store as INDICATOR_LEVEL (once), with the rounding unit of a sum of so many parts. The caller frees
 * `out_name`; `out_sums` says which of the two it is. `log` gets what the sums are worth telling. Errors as
 * uf_aggregate_indicator's: a ratio is not summed. */
uf_status levels_series(struct uf_store *store, const char *indicator, const char *level,
                        enum uf_language language, struct uf_result *log, char **out_name, bool *out_sums,
                        struct uf_error *error);
/* True where a region of that level has an observation of the indicator. */
uf_status levels_has_values(struct uf_store *store, const char *indicator, const char *level, bool *out,
                            struct uf_error *error);
#endif
