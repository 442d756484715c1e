// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_STUDY_PRESENT_H
#define UTFALL_STUDY_PRESENT_H
/*
 * A result's table as readers see it. The files beside the report keep every column and digit under the
 * machine's names; the report and the charts show a copy: words instead of keys, differences of percentages
 * in percentage points, as many decimals as the size of the numbers calls for, and nothing that the heading
 * says already.
 */
#include "study/run.h"

/* For a chart: all columns, with the units and decimals of its labels. The caller frees the table. */
uf_status present_chart_table(const struct run *run, const struct run_analysis *analysis,
                              const struct uf_table *table, struct uf_table **out, struct uf_error *error);
/* For the report. `out_remark`: what a column of notes that repeats itself says, once; NULL where there is
 * none. The caller frees both. */
uf_status present_report_table(const struct run *run, const struct run_analysis *analysis,
                               const struct uf_table *table, struct uf_table **out, char **out_remark,
                               struct uf_error *error);
/* The same for the rows behind a picture, with its decimals. */
uf_status present_figure_table(const struct run *run, const struct run_analysis *analysis,
                               const struct uf_table *table, struct uf_table **out, char **out_remark,
                               struct uf_error *error);
#endif
