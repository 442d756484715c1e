// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_STUDY_COMPOSE_H
#define UTFALL_STUDY_COMPOSE_H
/* The report of a run, section by section. compose.c has the order and what all sections use; compose_*.c
 * have the sections. */
#include "study/run.h"

struct composer {
    struct run *run;
    struct uf_report *report;
};

/* A paragraph, heading or list item from a template in both languages. */
uf_status compose_paragraph(const struct composer *composer, struct uf_words words,
                            const struct uf_argument *arguments, size_t n_arguments, struct uf_error *error);
uf_status compose_section(const struct composer *composer, const char *key, struct uf_error *error);
uf_status compose_heading(const struct composer *composer, const char *text, struct uf_error *error);
uf_status compose_list(const struct composer *composer, const struct uf_text_list *items,
                       struct uf_error *error);
/* A list of texts for people, in the run's language. */
uf_status compose_words_list(const struct composer *composer, const struct study_items *words,
                             struct uf_error *error);

/* Where a table of an effect belongs. */
enum table_place { PLACE_RESULT, PLACE_DESIGN, PLACE_ROBUSTNESS, PLACE_HIDDEN };
enum table_place compose_place(const struct run_analysis *analysis, const struct uf_table *table);
/* The analysis' figures and tables of one place. */
uf_status compose_material(const struct composer *composer, const struct run_analysis *analysis,
                           enum table_place place, struct uf_error *error);

uf_status compose_summary(const struct composer *composer, struct uf_error *error); /* compose_summary.c */
uf_status compose_questions(const struct composer *composer, struct uf_error *error);
uf_status compose_data(const struct composer *composer, struct uf_error *error); /* compose_data.c */
uf_status compose_manifest(const struct composer *composer, struct uf_error *error);
uf_status compose_profile(const struct composer *composer, struct uf_error *error); /* compose_results.c */
uf_status compose_design(const struct composer *composer, struct uf_error *error);
/* The table of assumptions of one effect; compose_assumptions.c */
uf_status compose_assumptions(const struct composer *composer, const struct run_analysis *analysis,
                              struct uf_error *error);
uf_status compose_results(const struct composer *composer, struct uf_error *error);
uf_status compose_robustness(const struct composer *composer, struct uf_error *error);
uf_status compose_limits(const struct composer *composer, struct uf_error *error); /* compose_notes.c */
uf_status compose_method_notes(const struct composer *composer, struct uf_error *error);
#endif
