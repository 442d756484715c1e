// SPDX-License-Identifier: GPL-3.0-or-later
/* What methods share that deal the treatment out anew for their first term, and tell its size. */
#include "base/fail.h"
#include "effect/term_report.h"

#include <math.h>
#include <string.h>

/* Multiplications that dealing out anew may cost where it was not asked for by name, and the fewest draws worth it. */
#define MOST_WORK 4e9
enum { FEWEST_DRAWS = 499 };

bool effect_afford(const struct effect_run *run, double work, struct uf_randomisation_options *options)
{
    *options = run->inference->randomisation;
    return !run->inference->automatic || effect_afford_some(run, work, options);
}

bool effect_afford_some(const struct effect_run *run, double work, struct uf_randomisation_options *options)
{
    double affordable = MOST_WORK / (work + 1);
    *options = run->inference->randomisation;
    if (affordable < FEWEST_DRAWS) return false;
    if (affordable < (double)options->most_enumerated) options->most_enumerated = (size_t)affordable;
    if (affordable < (double)options->draws) options->draws = (size_t)affordable;
    return true;
}

uf_status effect_note_not_dealt(const struct effect_run *run, bool too_large, struct uf_error *error)
{
    static const struct uf_words one_way = {
        "The treatment could not be dealt out anew over the units: there is only one way to do it.",
        "Insatsen kunde inte fördelas på nytt över enheterna: det finns bara ett sätt att göra det på."};
    static const struct uf_words large = {
        "The treatment was not dealt out anew over the units, which would take long in a panel of this size.",
        "Insatsen har inte fördelats på nytt över enheterna, vilket skulle ta lång tid i en så stor panel."};
    static const struct uf_words advice = {"Ask for it by name: inference: randomisation.",
                                           "Begär det vid namn: inference: randomisation."};
    static const struct uf_words none = {NULL, NULL};
    return effect_note(run, too_large ? UF_NOTE : UF_WARNING, "randomisation-impossible",
                       too_large ? large : one_way, too_large ? advice : none, NULL, 0, error);
}

uf_status effect_note_cells_not_dealt(const struct effect_run *run, struct uf_error *error)
{
    static const struct uf_words text = {"The treatment was not dealt out anew for the differences by cohort "
                                         "and period one by one, which would "
                                         "take long in a panel of this size.",
                                         "Insatsen har inte fördelats på nytt för skillnaderna per kohort "
                                         "och period var för sig, vilket skulle "
                                         "ta lång tid i en så stor panel."};
    return effect_note(run, UF_NOTE, "randomisation-impossible", text, (struct uf_words){NULL, NULL}, NULL, 0,
                       error);
}

static uf_status report_size(const struct effect_run *run, enum effect_scale scale, const char *term,
                             struct uf_error *error)
{
    const struct uf_table *estimates = uf_result_table(run->result, "estimates");
    double estimate = NAN;
    for (size_t row = uf_table_rows(estimates); row-- > 0;)
        if (!strcmp(uf_table_text(estimates, row, EFFECT_TERM), term))
            estimate = uf_table_number(estimates, row, EFFECT_ESTIMATE);
    return effect_report_size(run, scale, estimate, error);
}

uf_status effect_report_rest(const struct effect_run *run, const struct effect_findings *findings,
                             enum effect_scale scale, const char *term, struct uf_error *error)
{
    const struct uf_randomisation *randomisation = findings->randomisation;
    UF_TRY(report_size(run, scale, term, error));
    if (randomisation) {
        /* rows that the estimator cannot use are not dealt out either */
        UF_TRY(effect_report_noise(run, findings->data ? findings->data : &run->sample->data,
                                   findings->assignment, !isnan(randomisation->p_scaled), error));
        UF_TRY(effect_report_randomisation(run, randomisation, findings->assignment, error));
    }
    return effect_report_trends(run, error);
}
