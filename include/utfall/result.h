// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_RESULT_H
#define UTFALL_RESULT_H
/*
 * What a method gives back: tables, notes, a sample ledger, and what the result may be called.
 *
 * A *note* is a finding for the reader, already in the language of the run, with a stable code
 * (`controls-exposed`), a severity, and what can be done instead. A *ledger* says where every row went: each
 * step, how many rows it left, why. The *claim* says what a number may be called: only UF_CLAIM_EFFECT lets
 * the report use the word "effect".
 */
#include <stdbool.h>
#include <utfall/language.h>
#include <utfall/status.h>
#include <utfall/table.h>
#include <utfall/text.h>

#ifdef __cplusplus
extern "C" {
#endif

enum uf_severity { UF_NOTE, UF_WARNING, UF_FATAL };

struct uf_note {
    enum uf_severity severity;
    char *code;   /* stable, kebab-case: for tests and for machines */
    char *text;   /* what was found and what it means */
    char *advice; /* what can be done instead; NULL: nothing to do */
};

struct uf_ledger_entry {
    char *step;         /* what was done: `values missing in outcome` */
    char *reason;       /* why */
    size_t rows_before; /* rows of the panel */
    size_t rows_after;
};

/* The statistic behind a p-value, as it was and under each draw of a resampling: for tests of several results together
 * (multiple_testing.h). Results with the same `design` were resampled alike: draw b did the same to the same regions. */
struct uf_resampled {
    char *vcov;        /* of the row in table `estimates` whose p-value it gives */
    char *design;      /* lines of text: what was drawn, then each region with what it followed */
    double *statistic; /* count: the actual one first; NaN: could not be computed, and counts as extreme */
    size_t count;
    bool studentised; /* comparable with those of other outcomes as it is */
};

enum uf_claim {
    UF_CLAIM_DESCRIPTION, /* a profile: nothing causal is said */
    UF_CLAIM_DIFFERENCE,  /* a contrast whose causal reading the design check does not support */
    UF_CLAIM_EFFECT       /* an effect under the assumptions listed */
};

struct uf_result {
    struct uf_table **tables;
    size_t n_tables;
    struct uf_note *notes;
    size_t n_notes;
    struct uf_ledger_entry *ledger;
    size_t n_ledger;
    struct uf_resampled *resampled; /* where the context asked for it */
    size_t n_resampled;
    enum uf_claim claim;
};

/* An empty result, a description; clear frees all it holds and leaves it empty. */
void uf_result_init(struct uf_result *result);
void uf_result_clear(struct uf_result *result);

/* The result takes the table over, also on failure. */
uf_status uf_result_take_table(struct uf_result *result, struct uf_table *table, struct uf_error *error);
/* Borrowed; NULL where there is none of that name. */
struct uf_table *uf_result_table(const struct uf_result *result, const char *name);

/* Adds a note in `language`; `advice` may have NULL words. Both templates see the same arguments. */
uf_status uf_result_add_note(struct uf_result *result, enum uf_language language, enum uf_severity severity,
                             const char *code, struct uf_words text, struct uf_words advice,
                             const struct uf_argument *arguments, size_t n_arguments, struct uf_error *error);
/* The first note with that code, or NULL. */
const struct uf_note *uf_result_note(const struct uf_result *result, const char *code);
/* True where some note is UF_FATAL. O(notes). */
bool uf_result_has_fatal(const struct uf_result *result);

/* Adds a step: `step` and `reason` are copied, in the language of the run. UF_NO_MEMORY. */
uf_status uf_result_add_ledger(struct uf_result *result, const char *step, const char *reason,
                               size_t rows_before, size_t rows_after, struct uf_error *error);

/* Adds a copy. UF_NO_MEMORY. */
uf_status uf_result_add_resampled(struct uf_result *result, const struct uf_resampled *resampled,
                                  struct uf_error *error);
/* The one with that `vcov`, or NULL. */
const struct uf_resampled *uf_result_resampled(const struct uf_result *result, const char *vcov);

#ifdef __cplusplus
}
#endif
#endif
