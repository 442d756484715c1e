// SPDX-License-Identifier: GPL-3.0-or-later
/* The joint test of what comes before the start: its table, its note, and what it does to the claim. */
#include "base/fail.h"
#include "effect/estimates.h"
#include "effect/pretrend.h"

#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Multiplications that the randomised joint test may cost, and the fewest draws it is worth doing with. */
#define MOST_WORK 1e9
enum { FEWEST_DRAWS = 199, MANY = 20 };

/* The beginning of the sentences; free() it. */
static uf_status tested_together(enum uf_language language, size_t count, char **out, struct uf_error *error)
{
    static const struct uf_words several = {"The {0} differences before the start were tested together",
                                            "De {0} skillnaderna före start har prövats gemensamt"},
                                 one = {"The one difference before the start was tested",
                                        "Den enda skillnaden före start har prövats"};
    const struct uf_argument n = uf_count_argument(count);
    return uf_phrase(language, count == 1 ? one : several, &n, 1, out, error);
}

static uf_status note_pretrend(const struct effect_run *run, const struct effect_pretrend *pretrend,
                               struct uf_error *error)
{
    static const struct uf_words done = {
        "{6} ({0}): F({1}, {2}) = {3}, p {5} {4}. That such a test finds nothing is no proof that the groups "
        "would have developed alike; with few regions it seldom finds a difference.",
        "{6} ({0}): F({1}, {2}) = {3}, p {5} {4}. Att testet inte ger utslag bevisar inte att grupperna "
        "skulle "
        "ha utvecklats lika; med få regioner upptäcker det sällan en skillnad."};
    static const struct uf_words differs = {"The groups developed differently already before the start ({0}: "
                                            "F({1}, {2}) = {3}, p {5} {4}). The comparison does "
                                            "not show what would have happened without the intervention.",
                                            "Grupperna utvecklades olika redan före start ({0}: F({1}, {2}) "
                                            "= {3}, p {5} {4}). Jämförelsen visar därför inte vad "
                                            "som hade hänt utan insatsen."};
    static const struct uf_words differs_advice = {
        "Choose comparison regions with a similar past, add covariates, or use synthetic control.",
        "Välj jämförelseregioner med liknande historia, lägg till kovariater eller använd syntetisk "
        "kontroll."};
    static const struct uf_words singular = {
        "The {1} differences before the start are too many to be tested together in this sample.",
        "De {1} skillnaderna före start är för många för att prövas gemensamt i det här urvalet."};
    static const struct uf_words none = {NULL, NULL};
    static const struct uf_words dealt = {
        "{6} by dealing the treatment out anew: p {5} {4}. That such a test finds nothing is no proof that "
        "the "
        "groups would have developed alike; with few regions it seldom finds a difference.",
        "{6} genom att insatsen fördelats på nytt: p {5} {4}. Att testet inte ger utslag bevisar inte att "
        "grupperna skulle ha utvecklats lika; med få regioner upptäcker det sällan en skillnad."};
    static const struct uf_words dealt_differs = {
        "The groups developed differently already before the start (the treatment dealt out anew: p {5} "
        "{4}). "
        "The comparison "
        "does not show what would have happened without the intervention.",
        "Grupperna utvecklades olika redan före start (insatsen fördelad på nytt: p {5} {4}). Jämförelsen "
        "visar därför inte "
        "vad som hade hänt utan insatsen."};
    static const struct uf_words wald = {
        "{6} ({0}): χ²({1}) = {3}, p {5} {4}. That such a test finds nothing is no proof that the groups "
        "would "
        "have developed alike; with few regions it seldom finds a difference.",
        "{6} ({0}): χ²({1}) = {3}, p {5} {4}. Att testet inte ger utslag bevisar inte att grupperna skulle "
        "ha "
        "utvecklats lika; med få regioner upptäcker det sällan en skillnad."};
    static const struct uf_words wald_differs = {
        "The groups developed differently already before the start ({0}: χ²({1}) = {3}, p {5} {4}). The "
        "comparison does not show what would have happened without the intervention.",
        "Grupperna utvecklades olika redan före start ({0}: χ²({1}) = {3}, p {5} {4}). Jämförelsen visar "
        "därför "
        "inte vad som hade hänt utan insatsen."};
    const struct uf_joint_test *test = &pretrend->decisive;
    bool by_dealing = isnan(test->df2); /* randomisation has no denominator df */
    bool by_wald = isinf(test->df2);    /* nor has χ², of which the statistic is all */
    char *tested = NULL;
    if (test->restrictions == 0) return UF_OK;
    UF_TRY(tested_together(run->context->language, test->restrictions, &tested, error));
    const struct uf_argument arguments[] = {
        uf_text_argument(pretrend->vcov),
        uf_count_argument(test->restrictions),
        uf_number_argument(test->df2, test->df2 == floor(test->df2) ? 0 : 1),
        uf_number_argument(test->statistic, 2),
        uf_number_argument(test->p_value < 0.0005 ? 0.001 : test->p_value, 3), /* never nought */
        uf_text_argument(test->p_value < 0.0005 ? "<" : "="),
        uf_text_argument(tested)};
    uf_status status;
    if (isnan(test->statistic))
        status = effect_pretrend_add_note(run, pretrend, UF_WARNING, "pretrend-untestable", singular,
                                          effect_pretrend_advice(run), arguments, 7, error);
    else if (test->p_value >= 0.05)
        status = effect_pretrend_add_note(run, pretrend, UF_NOTE, "pretrend",
                                          by_dealing ? dealt
                                          : by_wald  ? wald
                                                     : done,
                                          none, arguments, 7, error);
    else
        status = effect_pretrend_add_note(run, pretrend, UF_WARNING, "pretrend-differs",
                                          by_dealing ? dealt_differs
                                          : by_wald  ? wald_differs
                                                     : differs,
                                          differs_advice, arguments, 7, error);
    if (test->p_value < 0.05 && run->result->claim > UF_CLAIM_DIFFERENCE)
        run->result->claim = UF_CLAIM_DIFFERENCE;
    free(tested);
    return status;
}

static uf_status pretrend_table(const struct effect_run *run, bool by_dose, struct uf_table **out,
                                struct uf_error *error)
{
    static const struct uf_words slope_title = {"Joint test of the slopes by dose before the start",
                                                "Gemensamt test av lutningarna efter dos före start"};
    static const struct uf_words title = {"Joint test of the differences before the start",
                                          "Gemensamt test av skillnaderna före start"};
    static const struct {
        const char *name;
        int decimals;
        bool in_units; /* of the outcome */
    } names[] = {{"statistic", 3, false}, {"df1", 0, false},          {"df2", 1, false},
                 {"p_value", 4, false},   {"restrictions", 0, false}, {"rank", 0, false},
                 {"slope_50", 4, true},   {"slope_80", 4, true},      {"share_without_drift", 3, false}};
    struct uf_table *table = NULL;
    size_t index;
    UF_TRY(uf_table_new(by_dose ? "pretrend-slope" : "pretrend", &table, error));
    uf_status status =
        uf_table_set_title(table, uf_words_in(by_dose ? slope_title : title, run->context->language), error);
    if (status == UF_OK) status = uf_table_add_column(table, "vcov", UF_COLUMN_TEXT, NULL, -1, &index, error);
    for (size_t c = 0; c < sizeof names / sizeof *names && status == UF_OK; c++)
        status = uf_table_add_column(table, names[c].name, UF_COLUMN_NUMBER,
                                     names[c].in_units ? run->unit : NULL, names[c].decimals, &index, error);
    if (status == UF_OK)
        status = uf_table_add_column(table, "slopes_by", UF_COLUMN_TEXT, NULL, -1, &index, error);
    if (status != UF_OK)
        uf_table_free(table);
    else
        *out = table;
    return status;
}

static uf_status add_pretrend(const struct uf_joint_test *test, const char *vcov, struct uf_table *table,
                              struct uf_error *error)
{
    /* a probability that underflows is small, not nil */
    double p = test->p_value == 0 ? DBL_MIN : test->p_value;
    const double values[] = {test->statistic,   test->df1, test->df2, p, (double)test->restrictions,
                             (double)test->rank};
    size_t row;
    UF_TRY(uf_table_add_row(table, &row, error));
    UF_TRY(uf_table_set_text(table, row, 0, vcov, error));
    for (size_t c = 0; c < sizeof values / sizeof *values; c++) {
        if (!isfinite(values[c]))
            UF_TRY(uf_table_set_value(table, row, c + 1, NAN,
                                      isinf(values[c]) ? UF_VALUE_NOT_APPLICABLE : UF_VALUE_UNDEFINED,
                                      error));
        else
            UF_TRY(uf_table_set_number(table, row, c + 1, values[c], error));
    }
    for (size_t c = EFFECT_PRETREND_SLOPE_50; c <= EFFECT_PRETREND_FALSE; c++)
        UF_TRY(uf_table_set_value(table, row, c, NAN, UF_VALUE_NOT_APPLICABLE, error));
    return UF_OK;
}

uf_status effect_pretrend_init(const struct effect_run *run, struct effect_pretrend *out,
                               struct uf_error *error)
{
    *out = (struct effect_pretrend){.by = EFFECT_SLOPES_COVARIANCE, .estimate = NAN, .drift = NAN};
    return pretrend_table(run, false, &out->table, error);
}

uf_status effect_pretrend_init_by_dose(const struct effect_run *run, struct effect_pretrend *out,
                                       struct uf_error *error)
{
    *out = (struct effect_pretrend){
        .by = EFFECT_SLOPES_COVARIANCE, .estimate = NAN, .drift = NAN, .by_dose = true};
    return pretrend_table(run, true, &out->table, error);
}

bool effect_pretrend_few(const struct effect_run *run, size_t restrictions)
{
    const size_t treated = run->sample->n_treated, control = run->sample->n_control;
    return (treated < control ? treated : control) <= restrictions;
}

bool effect_pretrend_wants_placebos(const struct effect_run *run)
{
    const size_t treated = run->sample->n_treated, control = run->sample->n_control;
    return (treated < control ? treated : control) < MANY;
}

void effect_pretrend_clear(struct effect_pretrend *pretrend)
{
    uf_table_free(pretrend->table);
    pretrend->table = NULL;
}

uf_status effect_pretrend_add(struct effect_pretrend *pretrend, const struct uf_joint_test *test,
                              const char *vcov, struct uf_error *error)
{
    if (test->restrictions == 0) return UF_OK;
    /* the first inference decides, but CR2 before the others, whose F rejects far too often with few treated
     * clusters; where it cannot test so many together, or so many that it never rejects, randomisation does */
    bool careful = !strcmp(vcov, "cr2") && !isnan(test->statistic);
    if (!pretrend->vcov || careful ||
        (!strcmp(vcov, "randomisation") && (isnan(pretrend->decisive.statistic) || pretrend->few))) {
        pretrend->decisive = *test;
        pretrend->vcov = vcov;
        pretrend->decisive_row = uf_table_rows(pretrend->table);
    }
    return add_pretrend(test, vcov, pretrend->table, error);
}

uf_status effect_pretrend_randomise(const struct effect_run *run, const struct uf_event_study_options *event,
                                    size_t n_columns, const struct uf_did_assignment *assignment,
                                    struct effect_pretrend *pretrend, struct uf_error *error)
{
    struct uf_randomisation_options options = run->inference->randomisation;
    struct uf_randomisation_joint joint;
    if (pretrend->decisive.restrictions == 0) return UF_OK;
    /* All leads and lags are fitted anew for each assignment: no more of them than about a second's work. */
    double columns = (double)(run->sample->n_cohorts > 1 ? n_columns : pretrend->decisive.restrictions);
    double affordable = MOST_WORK / (4 * (double)run->sample->data.n * columns * (columns + 8));
    if (affordable < FEWEST_DRAWS) return UF_OK;
    if (affordable < (double)options.most_enumerated) options.most_enumerated = (size_t)affordable;
    if (affordable < (double)options.draws) options.draws = (size_t)affordable;
    struct uf_error reason;
    uf_status status =
        uf_did_randomise_pretrend(&run->sample->data, event, assignment, &options, &joint, &reason);
    if (status == UF_NOT_IDENTIFIED) return UF_OK; /* nothing is left to test it with: the row is not there */
    if (status != UF_OK) {
        if (error) *error = reason;
        return status;
    }
    const struct uf_joint_test test = {.statistic = joint.statistic[0],
                                       .df1 = (double)joint.restrictions,
                                       .df2 = NAN,
                                       .p_value = joint.p,
                                       .restrictions = joint.restrictions,
                                       .rank = joint.restrictions};
    uf_randomisation_joint_clear(&joint);
    pretrend->few = effect_pretrend_few(run, test.restrictions);
    return effect_pretrend_add(pretrend, &test, "randomisation", error);
}

uf_status effect_pretrend_finish(const struct effect_run *run, struct effect_pretrend *pretrend,
                                 struct uf_error *error)
{
    if (!pretrend->vcov) return UF_OK;
    UF_TRY(note_pretrend(run, pretrend, error));
    UF_TRY(effect_pretrend_note_power(run, pretrend, error));
    static const char *const slopes[] = {"slope_50", "slope_80", NULL};
    struct uf_table *table = pretrend->table;
    effect_fit_decimals(table, "slope_50", slopes);
    pretrend->table = NULL;
    return uf_result_take_table(run->result, table, error);
}
