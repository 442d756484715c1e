// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/starts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "support/test.h"

static const char *const names[] = {"y", "x", "w"};

struct uf_panel *starts_panel(size_t units)
{
    struct uf_panel *panel = small_panel_new(units, 10, 2008, names, 3);
    for (size_t u = 0; u < units; u++) {
        size_t start = u < 3 ? 4 : u < 6 ? 6 : SIZE_MAX;
        panel->treatment.first_period[u] = start;
        for (size_t t = 0; t < 10; t++) {
            bool on = start != SIZE_MAX && t >= start;
            *small_panel_cell(panel, 0, u, t) = 50 + (double)u + 3 * sin((double)t) +
                                                (on ? 1 + (double)(t - start) : 0) +
                                                run_noise(u * 10 + t) / 10;
            *small_panel_cell(panel, 1, u, t) = run_noise(100000 + u * 10 + t);
            *small_panel_cell(panel, 2, u, t) = 1 + (double)(u % 3);
        }
    }
    return panel;
}

void starts_covariate(struct uf_panel *panel, size_t column)
{
    panel->covariates = malloc(sizeof *panel->covariates);
    panel->covariates[0] = column;
    panel->n_covariates = 1;
}

const struct uf_table *table_of(const struct ran *ran, const char *name)
{
    const struct uf_table *table = uf_result_table(&ran->result, name);
    if (!table) fail_msg("no table %s", name);
    return table;
}

size_t row_of(const struct uf_table *table, const char *column, const char *text)
{
    for (size_t row = 0; row < uf_table_rows(table); row++) {
        const char *found = cell_text(table, row, column);
        if (found && !strcmp(found, text)) return row;
    }
    fail_msg("no %s in %s", text, column);
    return 0;
}

void expect_refused_run(struct ran ran, const char *code)
{
    assert_int_equal(ran.status, UF_NOT_IDENTIFIED);
    const struct uf_note *note = uf_result_note(&ran.result, code);
    if (!note) fail_msg("no note %s: %s", code, ran.error.message);
    assert_int_equal(note->severity, UF_FATAL);
    assert_non_null(note->advice);
    uf_result_clear(&ran.result);
}

void expect_swedish(const struct ran *ran)
{
    for (size_t i = 0; i < ran->result.n_notes; i++) {
        assert_null(strstr(ran->result.notes[i].text, " the "));
        assert_null(strstr(ran->result.notes[i].text, "{"));
    }
    for (size_t t = 0; t < ran->result.n_tables; t++)
        assert_null(strstr(uf_table_title(ran->result.tables[t]), " the "));
}
