// SPDX-License-Identifier: GPL-3.0-or-later
/* The tables of placebos in space and of donors left out one at a time. */
#include "base/fail.h"
#include "effect/synthetic_control_tables.h"

uf_status sc_placebos_table(const struct sc_study *study, struct uf_table **out, struct uf_error *error)
{
    static const struct uf_words title = {"Gaps of the donors when handled as if treated",
                                          "Gap för donatorerna när de hanteras som om de vore behandlade"};
    static const struct sc_column columns[] = {TEXT("unit"), TEXT("label"), TEXT("period"), OUTCOME("gap")};
    struct uf_table *table = NULL;
    UF_TRY(sc_table_new(study, "placebos", title, columns, COUNT(columns), &table, error));
    uf_status status = UF_OK;
    for (size_t c = study->m; c < study->n; c++)
        for (size_t t = 0; study->placebo[c].gap && t < study->n_periods && status == UF_OK; t++) {
            const struct sc_cell cells[] = {{sc_column_code(study, c), 0},
                                            {sc_column_label(study, c), 0},
                                            {sc_period_code(study, t), 0},
                                            {NULL, gsl_vector_get(study->placebo[c].gap, t)}};
            status = sc_table_add(table, cells, COUNT(cells), error);
        }
    return sc_table_finish(table, status, out);
}

uf_status sc_ratios_table(const struct sc_study *study, struct uf_table **out, struct uf_error *error)
{
    static const struct uf_words title = {"RMSPE before and after the start, treated and placebos",
                                          "RMSPE före och efter start, behandlade och placeboregioner"};
    static const struct sc_column columns[] = {
        TEXT("unit"),           TEXT("label"),      NUMBER("treated", 0), OUTCOME("rmspe_before"),
        OUTCOME("rmspe_after"), NUMBER("ratio", 2), NUMBER("rank", 0)};
    struct uf_table *table = NULL;
    UF_TRY(sc_table_new(study, "placebo-ratios", title, columns, COUNT(columns), &table, error));
    uf_status status = UF_OK;
    for (size_t c = 0; c < study->n && status == UF_OK; c++) {
        if (study->rank[c] == 0) continue;
        const struct uf_synthetic_control_fit *fit = c < study->m ? &study->fit[c] : &study->placebo[c];
        const struct sc_cell cells[] = {{sc_column_code(study, c), 0}, {sc_column_label(study, c), 0},
                                        {NULL, c < study->m},          {NULL, fit->rmspe_before},
                                        {NULL, fit->rmspe_after},      {NULL, fit->ratio},
                                        {NULL, (double)study->rank[c]}};
        status = sc_table_add(table, cells, COUNT(cells), error);
    }
    if (status == UF_OK) status = uf_table_sort(table, 6, false, error);
    return sc_table_finish(table, status, out);
}

uf_status sc_without_table(const struct sc_study *study, struct uf_table **out, struct uf_error *error)
{
    static const struct uf_words title = {"Average gap when one donor at a time is left out",
                                          "Genomsnittligt gap när en donator i taget utesluts"};
    static const struct sc_column columns[] = {TEXT("dropped"), TEXT("label"), NUMBER("weight", 3),
                                               OUTCOME("estimate"), OUTCOME("rmspe_before")};
    struct uf_table *table = NULL;
    UF_TRY(sc_table_new(study, "leave-one-out", title, columns, COUNT(columns), &table, error));
    uf_status status = UF_OK;
    for (size_t c = study->m; c < study->n && status == UF_OK; c++) {
        double weight = gsl_vector_get(study->average.weights, c), before;
        if (!(weight > 0)) continue;
        double gap = sc_gap_without(study, c, &before);
        const struct sc_cell cells[] = {{sc_column_code(study, c), 0},
                                        {sc_column_label(study, c), 0},
                                        {NULL, weight},
                                        {NULL, gap},
                                        {NULL, before}};
        status = sc_table_add(table, cells, COUNT(cells), error);
    }
    if (status == UF_OK) status = uf_table_sort(table, 2, true, error);
    return sc_table_finish(table, status, out);
}
