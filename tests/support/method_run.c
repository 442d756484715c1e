// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/method_run.h"
#include "support/small_panel.h"
#include "support/test.h"

#include <stdlib.h>
#include <string.h>
#include <utfall/random.h>

struct ran run_on(const struct uf_method *method, const struct uf_panel *panel, enum uf_language language,
                  const char *const *settings)
{
    struct ran ran;
    struct uf_options *options;
    struct uf_context context = {.language = language, .seed = 7};
    uf_result_init(&ran.result);
    assert_ok(uf_options_new(method, &options, &ran.error), &ran.error);
    for (size_t i = 0; settings && settings[i]; i += 2)
        assert_ok(uf_options_set(options, settings[i], settings[i + 1], &ran.error), &ran.error);
    uf_error_clear(&ran.error);
    ran.status = method->run(panel, options, &context, &ran.result, &ran.error);
    uf_options_free(options);
    return ran;
}

struct ran run_in(const struct uf_method *method, struct uf_panel *panel, enum uf_language language,
                  const char *const *settings)
{
    struct ran ran = run_on(method, panel, language, settings);
    free(panel->covariates);
    small_panel_free(panel);
    return ran;
}

struct ran run_method(const struct uf_method *method, struct uf_panel *panel, const char *const *settings)
{
    struct ran ran = run_in(method, panel, UF_ENGLISH, settings);
    if (ran.status != UF_OK) fail_msg("%s", ran.error.message);
    return ran;
}

double run_noise(uint64_t i)
{
    struct uf_random random;
    uf_random_init(&random, 1, UF_PURPOSE_SIMULATION, i);
    return uf_random_uniform(&random) - 0.5;
}

const char *cell_text(const struct uf_table *table, size_t row, const char *column)
{
    return uf_table_text(table, row, uf_table_column(table, column));
}

double cell_number(const struct uf_table *table, size_t row, const char *column)
{
    return uf_table_number(table, row, uf_table_column(table, column));
}

size_t find_row(const struct uf_table *table, const char *term, const char *vcov)
{
    assert_non_null(table);
    for (size_t i = 0; i < uf_table_rows(table); i++)
        if (!strcmp(cell_text(table, i, "term"), term) &&
            (!vcov || !strcmp(cell_text(table, i, "vcov"), vcov)))
            return i;
    fail_msg("no row %s %s", term, vcov ? vcov : "");
    return 0;
}
