// SPDX-License-Identifier: GPL-3.0-or-later
/* The rows of a randomisation. */
#include "base/fail.h"
#include "effect/estimates.h"
#include "effect/inference.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static uf_status append(char **text, enum uf_language language, struct uf_words more, struct uf_error *error)
{
    struct uf_buffer buffer;
    uf_buffer_init(&buffer);
    uf_buffer_append(&buffer, *text);
    uf_buffer_append(&buffer, uf_words_in(more, language));
    free(*text);
    *text = uf_buffer_take(&buffer);
    return *text ? UF_OK : uf_fail_memory(error);
}

uf_status effect_add_randomised_term(const struct effect_run *run,
                                     const struct uf_randomisation *randomisation, double estimate,
                                     size_t n_blocks, const struct effect_term *term, struct uf_table *table,
                                     struct uf_error *error)
{
    const struct {
        const char *vcov;
        double statistic, p_value;
        bool interval, scaled;
        struct uf_words note;
    } rows[] = {
        {"randomisation-scaled",
         randomisation->scaled[0],
         randomisation->p_scaled,
         true,
         true,
         {"treatment dealt out anew over {0} units; share of assignments with at least as large an estimate, "
          "scaled by "
          "how noisy the units were before the start",
          "insatsen fördelad på nytt över {0} enheter; andelen fördelningar med minst lika stor skattning, "
          "skalad med "
          "hur brusiga enheterna var före start"}},
        {"randomisation",
         randomisation->coefficient[0],
         randomisation->p_coefficient,
         true,
         false,
         {"treatment dealt out anew over {0} units; share of assignments with at least as large a "
          "coefficient",
          "insatsen fördelad på nytt över {0} enheter; andelen fördelningar med minst lika stor "
          "koefficient"}},
        {"randomisation-t",
         randomisation->t[0],
         randomisation->p_t,
         false,
         false,
         {"treatment dealt out anew over {0} units; share of assignments with at least as large a t value",
          "insatsen fördelad på nytt över {0} enheter; andelen fördelningar med minst lika stort t-värde"}}};
    static const struct uf_words endless = {
        "; the interval has no end on one side or both: there are too few ways to deal",
        "; intervallet saknar slut åt ena eller båda hållen: det finns för få sätt att fördela"};
    const struct uf_argument argument = uf_count_argument(n_blocks);
    enum { ROWS = sizeof rows / sizeof *rows };
    const char *chosen = run->inference->chosen;
    UF_TRY(effect_keep_randomised(run, randomisation, error));
    for (size_t pass = 0; pass < (size_t)2 * ROWS; pass++) { /* the chosen one, then the others */
        size_t r = pass % ROWS;
        bool goes_first = chosen && !strcmp(rows[r].vcov, chosen);
        if (isnan(rows[r].p_value) || goes_first != (pass < ROWS)) continue;
        char *note = NULL;
        UF_TRY(uf_phrase(run->context->language, rows[r].note, &argument, 1, &note, error));
        struct effect_row row = effect_row_of(term);
        row.estimate = estimate;
        row.vcov = rows[r].vcov;
        row.test.statistic = isinf(rows[r].statistic) ? NAN : rows[r].statistic;
        row.test.p_value = rows[r].p_value;
        uf_status status = UF_OK;
        if (rows[r].interval)
            status = uf_randomisation_interval(randomisation, rows[r].scaled, run->inference->level,
                                               &row.test.conf_low, &row.test.conf_high, error);
        if (status == UF_OK && (isinf(row.test.conf_low) || isinf(row.test.conf_high)))
            status = append(&note, run->context->language, endless, error);
        row.note = note;
        if (status == UF_OK) status = effect_add_row(table, run, &row, NULL, error);
        free(note);
        UF_TRY(status);
    }
    return UF_OK;
}

uf_status effect_add_randomised(const struct effect_run *run, const struct uf_randomisation *randomisation,
                                double estimate, size_t n_blocks, const char *term, struct uf_table *table,
                                struct uf_error *error)
{
    const struct effect_term whole = {.term = term, .event_time = NAN};
    return effect_add_randomised_term(run, randomisation, estimate, n_blocks, &whole, table, error);
}
