// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_IMPORT_PLANNER_H
#define UTFALL_IMPORT_PLANNER_H
/* A plan in the making, as its files share it: plan.c takes the wishes and settles the rest, roles.c guesses what
 * codes mean, sum_plan.c decides what is added up. */
#include "import/plan.h"
#include "import/survey.h"

struct uf_planner {
    struct uf_store *store;
    struct uf_reader *reader;
    const struct uf_import_request *request;
    struct uf_plan *plan;
    struct uf_survey survey;
    struct uf_text_list *notes;
    bool lenient;
    bool *open; /* per dimension: no role yet */
};

/* True where the name is one of the words, case ignored. */
bool uf_planner_named(const char *name, const char *const *words, size_t n_words);
#define UF_NAMED(name, words) uf_planner_named(name, words, sizeof(words) / sizeof *(words))

const char *uf_planner_name(const struct uf_planner *planner, size_t dimension);
/* What the file says of a dimension; NULL: nothing. */
const struct uf_dimension_facts *uf_planner_facts(const struct uf_planner *planner, size_t dimension);
void uf_planner_assign(struct uf_planner *planner, size_t dimension, enum uf_role role);
size_t uf_planner_holder(const struct uf_planner *planner, enum uf_role role);
/* One of its codes is kept. */
bool uf_planner_is_single(const struct uf_planner *planner, size_t dimension);
/* A sentence of up to five parts, the last NULL. */
uf_status uf_planner_note(struct uf_planner *planner, const char *const *parts, struct uf_error *error);
/* What is lacking: an error, or in a lenient plan one of its needs. */
uf_status uf_planner_need(struct uf_planner *planner, struct uf_error *error, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* What speaks for a role, of a dimension's codes and of its labels, as shares. */
struct uf_role_evidence {
    double codes, labels, names;
    double within_year; /* of the codes: quarters, months, weeks */
    const char *level;  /* of the names; static */
    bool doubtful;      /* no label names what the store has under the code */
};
/* The label of a code, where it says more than the code; else NULL. */
const char *uf_planner_label(const struct uf_planner *planner, size_t dimension, const char *code);
/* NULL where the store does not know it or cannot tell which is meant. */
uf_status uf_find_quietly(struct uf_store *store, uf_find_function *find, const char *text, char **out,
                          struct uf_error *error);
/* sector_role.c; `called_so`: the dimension's name says that it holds sectors. */
uf_status uf_sector_evidence(struct uf_planner *planner, size_t dimension, bool called_so,
                             struct uf_role_evidence *out, struct uf_error *error);

/* roles.c: each gives its role to at most one open dimension. */
uf_status uf_guess_content(struct uf_planner *planner, struct uf_error *error);
uf_status uf_guess_period(struct uf_planner *planner, struct uf_error *error);
uf_status uf_guess_region(struct uf_planner *planner, struct uf_error *error);
uf_status uf_guess_sector(struct uf_planner *planner, struct uf_error *error);
/* The dimension's name, or the format, says that it holds regions or periods. */
bool uf_says_where_or_when(const struct uf_planner *planner, size_t dimension);
/* Where the user named the dimension: whether its codes or its labels tell, and names or codes. */
uf_status uf_judge_named_roles(struct uf_planner *planner, struct uf_error *error);

/* sum_plan.c */
uf_status uf_plan_sums(struct uf_planner *planner, struct uf_error *error);
/* sum_overlap.c: UF_BAD_USAGE where two parts of the sum count some of the same. */
uf_status uf_check_parts_apart(const struct uf_planner *planner, const struct uf_planned_sum *sum,
                               struct uf_error *error);
#endif
