// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_STUDY_H
#define UTFALL_STUDY_H
/*
 * A study file (YAML) → a run: sources imported, panels built, methods run, charts drawn, the report and a
 * manifest written.
 */
#include <utfall/method.h>
#include <utfall/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The method registry, in the order of `utfall methods`. */
const struct uf_method *const *uf_methods(size_t *out_count);
/* By name; unknown is UF_BAD_USAGE with the nearest name. `family` -1: any. */
uf_status uf_method_find(const char *name, int family, const struct uf_method **out, struct uf_error *error);

struct uf_run_request {
    const char *study;  /* path of the study file */
    const char *output; /* folder; NULL: `out/STUDY-SLUG` in the working directory */
    int language;       /* enum uf_language, or -1: what the study says */
    /* an existing output folder is replaced; else it is UF_BAD_USAGE unless it holds an earlier run of Utfall */
    bool replace;
    const char *data_directory; /* datasets/ of the installation: reference codes and programmes */
    const char *plots_directory;
    const char *gnuplot; /* NULL: on PATH */
    const char *version; /* of the program, for the manifest; NULL: not said */
    int64_t seed;        /* of all random draws; -1: what the study says, else 1 */
    int threads;         /* 0: as many as there are; results do not depend on it */
    int (*progress)(void *user, const char *step, double share); /* non-zero: stop */
    void *user;
};

struct uf_run_summary {
    char *output; /* the folder */
    char *report; /* path of report.html */
    size_t n_tables, n_charts, n_refused;
    struct uf_text_list messages; /* what the user should know, a sentence each */
};
void uf_run_summary_clear(struct uf_run_summary *summary);

/* The whole job. The output is built in a temporary folder beside the final one and renamed into place, so a
 * failed run leaves what was there. A refused analysis (not identified) is written up in the report, the
 * other analyses still run, and the status is UF_NOT_IDENTIFIED with the output in place; likewise
 * UF_IO_FAILED where gnuplot is missing. */
uf_status uf_run_study(const struct uf_run_request *request, struct uf_run_summary *out,
                       struct uf_error *error);

/* Repeats a run from OUT/manifest.json in a temporary folder and compares bytes; UF_CHECK_FAILED names the
 * first difference. */
uf_status uf_verify_run(const char *output, const struct uf_run_request *tools,
                        struct uf_text_list *out_messages, struct uf_error *error);

#ifdef __cplusplus
}
#endif
#endif
