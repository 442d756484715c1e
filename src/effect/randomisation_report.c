// SPDX-License-Identifier: GPL-3.0-or-later
/* Tables `randomisation`, `randomisation-scaled`: how the statistics fall when the treatment is dealt out anew, and
 * `randomisation-test`: with which p-values. */
#include "base/fail.h"
#include "effect/run.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

enum { BINS = 40 };

static uf_status add_bins(const double *statistic, size_t count, struct uf_table *table,
                          struct uf_error *error)
{
    double low = INFINITY, high = -INFINITY;
    size_t counts[BINS] = {0};
    for (size_t i = 0; i < count; i++) {
        if (!isfinite(statistic[i])) continue;
        low = fmin(low, statistic[i]);
        high = fmax(high, statistic[i]);
    }
    if (low > high) return UF_OK;            /* none that could be drawn */
    double width = high / BINS - low / BINS; /* apart: their difference may be too large */
    size_t actual = SIZE_MAX, bins = width > 0 ? BINS : 1;
    for (size_t i = 0; i < count; i++) {
        if (isnan(statistic[i])) continue;
        /* infinite, as t without noise: in the outermost */
        double place = width > 0 ? (fmax(statistic[i], low) - low) / width : 0;
        size_t bin = place >= (double)bins ? bins - 1 : (size_t)place;
        counts[bin]++;
        if (i == 0) actual = bin;
    }
    for (size_t b = 0; b < bins; b++) {
        const double values[] = {low + width * (double)b, low + width * (double)(b + 1),
                                 low + width * ((double)b + 0.5), (double)counts[b], b == actual};
        size_t row;
        UF_TRY(uf_table_add_row(table, &row, error));
        for (size_t c = 0; c < sizeof values / sizeof *values; c++)
            UF_TRY(uf_table_set_number(table, row, c, values[c], error));
    }
    return UF_OK;
}

/* ` (t value: p = …; scaled …: p = …)`: of those that there are; NULL: of none. */
static uf_status other_statistics(const struct effect_run *run, const struct uf_randomisation *randomisation,
                                  char **out, struct uf_error *error)
{
    static const struct uf_words words[] = {
        {" (t value: p = {0})", " (t-värde: p = {0})"},
        {" (scaled by the noise before the start: p = {1})", " (skalad med bruset före start: p = {1})"},
        {" (t value: p = {0}; scaled by the noise before the start: p = {1})",
         " (t-värde: p = {0}; skalad med bruset före start: p = {1})"}};
    const struct uf_argument p[] = {uf_number_argument(randomisation->p_t, 4),
                                    uf_number_argument(randomisation->p_scaled, 4)};
    bool t = !isnan(randomisation->p_t), scaled = !isnan(randomisation->p_scaled);
    *out = NULL;
    if (!t && !scaled) return UF_OK;
    return uf_phrase(run->context->language, words[t && scaled ? 2 : scaled], p, 2, out, error);
}

static uf_status note_randomisation(const struct effect_run *run,
                                    const struct uf_randomisation *randomisation,
                                    const struct uf_did_assignment *assignment, struct uf_error *error)
{
    static const struct uf_words all = {
        "The treatment could have fallen on the {0} {6} in {1} ways; all were tried. The share with at least "
        "as large a "
        "coefficient is p = {2}{3}. The smallest p-value that could have come out here is "
        "{4}.",
        "Insatsen kunde ha fallit på de {0} {6} på {1} sätt; samtliga har prövats. Andelen med minst lika "
        "stor koefficient "
        "är p = {2}{3}. Det minsta p-värde som kunde ha uppkommit här är {4}."};
    static const struct uf_words drawn = {
        "The treatment could have fallen on the {0} {6} in {1} ways; {5} were drawn at random (seed {7}). "
        "The share with at "
        "least as large a coefficient is p = {2}{3}. The smallest p-value that could have "
        "come out is {4}.",
        "Insatsen kunde ha fallit på de {0} {6} på {1} sätt; {5} har dragits slumpmässigt (frö {7}). Andelen "
        "med minst lika "
        "stor koefficient är p = {2}{3}. Det minsta p-värde som kunde ha uppkommit är "
        "{4}."};
    static const struct uf_words units = {"regions", "regionerna"}, clusters = {"clusters", "klustren"};
    static const struct uf_words none = {NULL, NULL};
    bool coarser =
        assignment->by_cluster &&
        assignment->n_blocks < run->sample->n_treated + run->sample->n_control; /* than the units */
    char *more = NULL;
    UF_TRY(other_statistics(run, randomisation, &more, error));
    const struct uf_argument arguments[] = {
        uf_count_argument(assignment->n_blocks),
        uf_number_argument(randomisation->assignments, 0),
        uf_number_argument(randomisation->p_coefficient, 4),
        uf_text_argument(more ? more : ""),
        uf_number_argument(randomisation->least_p_coefficient, 5),
        uf_count_argument(randomisation->count - 1),
        uf_text_argument(uf_words_in(coarser ? clusters : units, run->context->language)),
        uf_number_argument((double)run->inference->randomisation.seed, 0)};
    uf_status status = uf_result_add_note(run->result, run->context->language, UF_NOTE, "randomisation",
                                          randomisation->enumerated ? all : drawn, none, arguments, 8, error);
    free(more);
    UF_TRY(status);
    if (assignment->by_cluster || run->panel->n_cluster_dimensions == 0) return UF_OK;
    /* the panel's own units named as the cluster column would have been dealt by cluster */
    static const struct uf_words by_unit = {"The treatment was dealt out over the {0} regions one by one, "
                                            "since clusters hold regions with different "
                                            "treatment or regions lie in several clusters. Where the "
                                            "treatment was decided for whole clusters, that "
                                            "p-value is too small.",
                                            "Insatsen har fördelats på de {0} regionerna var för sig, "
                                            "eftersom det finns kluster med olika behandlade "
                                            "regioner eller regioner i flera kluster. Om insatsen i själva "
                                            "verket beslutades för hela kluster är det "
                                            "p-värdet för lågt."};
    return uf_result_add_note(run->result, run->context->language, UF_WARNING, "randomisation-by-unit",
                              by_unit, none, arguments, 1, error);
}

/* A row per statistic: its p-value, and the smallest that could have come out. */
static uf_status add_tests(const struct uf_randomisation *randomisation, struct uf_table *table,
                           struct uf_error *error)
{
    const struct {
        const char *name;
        double p, least, statistic;
    } tests[] = {
        {"randomisation", randomisation->p_coefficient, randomisation->least_p_coefficient,
         randomisation->coefficient[0]},
        {"randomisation-t", randomisation->p_t, randomisation->least_p_t, (double)NAN}, /* not corrected */
        {"randomisation-scaled", randomisation->p_scaled, randomisation->least_p_scaled,
         isnan(randomisation->p_scaled) ? (double)NAN : randomisation->scaled[0]},
    };
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++) {
        size_t row;
        if (isnan(tests[i].p)) continue;
        const double values[] = {tests[i].p, tests[i].least, (double)randomisation->count,
                                 randomisation->assignments, tests[i].statistic};
        UF_TRY(uf_table_add_row(table, &row, error));
        UF_TRY(uf_table_set_text(table, row, 0, tests[i].name, error));
        for (size_t c = 0; c < sizeof values / sizeof *values; c++)
            UF_TRY(uf_table_set_number(table, row, c + 1, values[c], error));
    }
    return UF_OK;
}

static uf_status report_tests(const struct effect_run *run, const struct uf_randomisation *randomisation,
                              struct uf_error *error)
{
    static const struct uf_words title = {"How small a p-value the treatment dealt out anew can give",
                                          "Hur små p-värden som kan uppkomma när insatsen fördelas på nytt"};
    static const struct {
        const char *name;
        int decimals;
    } names[] = {{"p_value", 5}, {"least_p", 5}, {"tried", 0}, {"assignments", 0}, {"statistic", 3}};
    struct uf_table *table = NULL;
    UF_TRY(uf_table_new("randomisation-test", &table, error));
    uf_status status = uf_table_set_title(table, uf_words_in(title, run->context->language), error);
    if (status == UF_OK) status = uf_table_add_column(table, "vcov", UF_COLUMN_TEXT, NULL, -1, NULL, error);
    for (size_t c = 0; c < sizeof names / sizeof *names && status == UF_OK; c++)
        status =
            uf_table_add_column(table, names[c].name, UF_COLUMN_NUMBER, NULL, names[c].decimals, NULL, error);
    if (status == UF_OK) status = add_tests(randomisation, table, error);
    if (status == UF_OK) return uf_result_take_table(run->result, table, error);
    uf_table_free(table);
    return status;
}

static uf_status report_bins(const struct effect_run *run, const char *name, struct uf_words title,
                             const char *unit, const double *statistic, size_t count, struct uf_error *error)
{
    static const struct {
        const char *name;
        int decimals;
    } names[] = {{"low", 4}, {"high", 4}, {"value", 4}, {"count", 0}, {"actual", 0}};
    struct uf_table *table = NULL;
    UF_TRY(uf_table_new(name, &table, error));
    uf_status status = uf_table_set_title(table, uf_words_in(title, run->context->language), error);
    for (size_t c = 0; c < sizeof names / sizeof *names && status == UF_OK; c++)
        status = uf_table_add_column(table, names[c].name, UF_COLUMN_NUMBER, c < 3 ? unit : NULL,
                                     names[c].decimals, NULL, error);
    if (status == UF_OK) status = add_bins(statistic, count, table, error);
    if (status == UF_OK) return uf_result_take_table(run->result, table, error);
    uf_table_free(table);
    return status;
}

uf_status effect_report_randomisation(const struct effect_run *run,
                                      const struct uf_randomisation *randomisation,
                                      const struct uf_did_assignment *assignment, struct uf_error *error)
{
    static const struct uf_words coefficients = {"Coefficients when the treatment is dealt out anew",
                                                 "Koefficienter när insatsen fördelas på nytt"};
    static const struct uf_words scaled = {
        "Coefficients when the treatment is dealt out anew, divided by the noise of the regions before the "
        "start",
        "Koefficienter när insatsen fördelas på nytt, delade med regionernas brus före start"};
    UF_TRY(note_randomisation(run, randomisation, assignment, error));
    UF_TRY(report_bins(run, "randomisation", coefficients, run->unit, randomisation->coefficient,
                       randomisation->count, error));
    if (!isnan(randomisation->p_scaled))
        UF_TRY(report_bins(run, "randomisation-scaled", scaled, NULL, randomisation->scaled,
                           randomisation->count, error));
    return report_tests(run, randomisation, error);
}
