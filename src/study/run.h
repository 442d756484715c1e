// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_STUDY_RUN_H
#define UTFALL_STUDY_RUN_H
/*
 * A run in memory, shared by the run_*.c files: what was asked, the store, the analyses with their results
 * and charts. uf_run_study goes through it in one direction: read → import → analyse → draw → write → compose
 * → manifest → rename.
 */
#include <jansson.h>
#include <utfall/chart.h>
#include <utfall/import.h>
#include <utfall/report.h>
#include <utfall/study.h>

#include "base/output_folder.h"
#include "study/manifest.h"
#include "study/study_file.h"

enum analysis_kind { ANALYSIS_PROFILE, ANALYSIS_FOLLOW, ANALYSIS_EFFECT };

/* A table behind a chart: one of the result's (borrowed), or the part of it that the chart shows (owned). */
struct run_figure {
    size_t chart; /* index into run->charts */
    char *caption;
    const struct uf_table *table;
    struct uf_table *owned;
    char *csv;         /* link from the report */
    size_t n_left_out; /* regions that are in the table only */
    bool robustness;   /* belongs to the robustness section */
};

struct run_analysis {
    enum analysis_kind kind;
    struct study_analysis *common;
    const struct study_profile *profile; /* by kind; the others NULL */
    const struct study_follow *follow;
    const struct study_effect *effect;
    const struct uf_method *method; /* NULL: follow */
    struct uf_options *options;     /* NULL: follow */
    char *title;
    struct uf_text_list focus;        /* canonical codes */
    struct uf_text_list focus_labels; /* their names in the panel */
    struct uf_panel *panel;
    /* What the panel is made of besides the indicator of one by sector; after the first n_shown come protected counts that
     * are only looked at. Empty without `disclosure`. */
    const struct uf_panel_variable *variables;
    size_t n_variables, n_shown;
    struct uf_result result;
    uf_status status; /* UF_OK or UF_NOT_IDENTIFIED */
    char *refusal;
    struct uf_text_list findings; /* sentences; those on the focus regions first */
    size_t n_focus_findings;
    struct run_figure *figures;
    size_t n_figures;
    bool adjusted; /* its main p-value is read together with others, as this */
    double adjusted_p;
    size_t adjusted_row; /* of `estimates`: whose p-value that was */
};

struct run_source {
    const struct study_source *source;
    char *path; /* as opened */
    struct uf_import_summary summary;
};

struct run {
    const struct uf_run_request *request;
    struct study *study;
    enum uf_language language;
    uint64_t seed;
    int threads;
    const char *recorded_output; /* absolute; the folder that the manifest speaks from */
    struct output_folder folder;
    struct uf_store *store;
    struct run_source *sources;
    struct run_analysis *analyses;
    size_t n_analyses;
    struct uf_result preparation; /* what was done to the series before any analysis */
    char crosswalk_sha256[65];    /* empty: there is none */
    struct uf_table *adjusted;    /* the main p-values adjusted; NULL: not asked for, or none */
    char *not_adjusted;           /* why some of them could not be; NULL: none */
    struct uf_chart *charts;
    size_t n_charts, chart_capacity;
    struct uf_table *tiles;   /* of the tile map; NULL until needed */
    struct uf_table *aliases; /* other codes of regions, for a map; NULL until needed */
    char *map;                /* the file of boundaries; NULL: none */
    char map_sha256[65];      /* empty: there is none */
    bool undrawn;             /* gnuplot is missing or failed */
    char *undrawn_reason;
    json_t *manifest;
    struct uf_run_summary *summary;
    double share; /* progress done so far, and the part that the current step takes */
    double step_share;
    const char *step;
};

/* --- progress and words (run.c) ----------------------------------------------------------------- */

/* Begins a step; UF_INTERRUPTED where the caller asked to stop. */
uf_status run_step(struct run *run, struct uf_words step, double share, double step_share,
                   struct uf_error *error);
/* The callback for what runs inside a step. */
int run_progress(void *user, double share);
uf_status run_message(struct run *run, struct uf_words template_words, const struct uf_argument *arguments,
                      size_t n_arguments, struct uf_error *error);
/* Words of the study in the run's language; NULL where not given. */
const char *run_words(const struct run *run, const struct study_words *words);
/* A path inside the folder being built; the caller frees it. NULL: no memory. */
char *run_path(const struct run *run, const char *folder, const char *name, const char *ending);

/* --- steps -------------------------------------------------------------------------------------- */

/* run_sources.c */
uf_status run_import(struct run *run, struct uf_error *error);
void run_sources_clear(struct run *run);
/* run_series.c: harmonise, splice, aggregate */
uf_status run_prepare_series(struct run *run, struct uf_error *error);
/* run_analyses.c */
uf_status run_prepare_analyses(struct run *run, struct uf_error *error);
uf_status run_analyse(struct run *run, struct uf_error *error);
void run_analyses_clear(struct run *run);
/* run_panels.c */
uf_status run_build_panel(struct run *run, struct run_analysis *analysis, struct uf_error *error);
/* run_follow.c */
uf_status run_follow(struct run *run, struct run_analysis *analysis, struct uf_error *error);
/* run_charts.c */
uf_status run_prepare_charts(struct run *run, struct uf_error *error);
/* Prepares one chart and adds it to the analysis; takes what the figure owns, also on failure. A table with
 * nothing to draw gives no chart, and a message. */
uf_status run_add_chart(struct run *run, struct run_analysis *analysis, struct uf_chart_request *request,
                        const char *name, struct run_figure *figure, struct uf_error *error);
uf_status run_read_tiles(struct run *run, struct uf_error *error);
/* `map` where the study gives boundaries, else `tile-map`; what either needs is read and set in the request. */
uf_status run_set_map(struct run *run, struct uf_chart_request *request, struct uf_error *error);
uf_status run_draw_charts(struct run *run, struct uf_error *error);
/* run_method_charts.c */
uf_status run_chart_method(struct run *run, struct run_analysis *analysis, struct uf_error *error);
/* run_tables.c */
uf_status run_write_tables(struct run *run, struct uf_error *error);
/* The link from the report to the CSV of a result's table; the caller frees it. */
char *run_table_link(const struct run_analysis *analysis, const struct uf_table *table);
/* findings_effect.c */
uf_status run_find_effect(const struct run *run, struct run_analysis *analysis, struct uf_error *error);
/* run_multiple_testing.c */
/* An analysis' first estimate with the inference that is adjusted. */
struct main_estimate {
    struct run_analysis *analysis;
    size_t row;  /* of run->adjusted */
    size_t from; /* of the table `estimates` */
    double p;
    const char *vcov;
};
/* Takes p-value and inference from a row of `estimates`. */
void run_take_row(struct main_estimate *estimate, size_t row);
uf_status run_adjust(struct run *run, struct uf_error *error);
/* What came of it, where run->adjusted is there; free(). */
uf_status run_tell_adjusted(const struct run *run, char **out, struct uf_error *error);
const char *run_adjustment_name(const struct run *run);
/* The members of a family, which were resampled alike, adjusted by uf_romano_wolf; else all NaN, and run->not_adjusted
 * says why; run_romano_wolf.c. */
uf_status run_romano_wolf(struct run *run, struct main_estimate **members, size_t count, double *out,
                          struct uf_error *error);
/* Before it: the first inference of the first member that all of a family have by resampling; where there is none all stay
 * as they are. */
uf_status run_choose_drawn(struct run *run, struct main_estimate **members, size_t count,
                           struct uf_error *error);
/* Adds to the request the protected counts that its expressions are worked out from. */
uf_status run_add_counts(struct run *run, struct run_analysis *analysis,
                         struct uf_store_panel_request *request, struct uf_error *error);
/* run_disclosure.c */
uf_status run_disclose(struct run *run, struct run_analysis *analysis, struct uf_error *error);
/* The unit of a difference of two values: percentages differ by percentage points. NULL for NULL. */
const char *run_difference_unit(const char *unit, enum uf_language language);
/* `cr2` → CR2; randomisation and placebos in words. */
const char *run_inference_words(const char *vcov, enum uf_language language, char *buffer, size_t size);
double run_confidence_level(const struct run_analysis *analysis);
/* The treated regions by name: `Värmland, Dalarna och Gävleborg`. NULL: no memory. */
char *run_treated_names(const struct run *run, const struct run_analysis *analysis);
/* `a, b and c`; NULL: no memory. */
char *run_join(const struct uf_text_list *list, enum uf_language language);
/* What the summary says of an analysis: a sentence or two on the focus regions. */
/* True where the summary speaks of the focus regions together, or where some findings are about regions of the focus. */
bool run_speaks_of_focus(const struct run_analysis *analysis);
bool run_speaks_of_regions(const struct run_analysis *analysis);
uf_status run_summarise(const struct run *run, const struct run_analysis *analysis, struct uf_text_list *out,
                        struct uf_error *error); /* findings_summary.c */
bool run_is_findings_table(const struct uf_table *table);
uf_status run_find(struct run *run, struct run_analysis *analysis, struct uf_error *error); /* findings.c */
uf_status run_compose(struct run *run, struct uf_error *error);                             /* compose.c */
uf_status run_record(struct run *run, struct uf_error *error); /* run_manifest.c */
/* uf_run_study, with a manifest that speaks as if the output lay at `recorded_output` (verify repeats a run
 * elsewhere). */
uf_status run_study(const struct uf_run_request *request, const char *recorded_output,
                    struct uf_run_summary *out, struct uf_error *error);
#endif
