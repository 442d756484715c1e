// SPDX-License-Identifier: GPL-3.0-or-later
/* What the estimate amounts to: in units, in per cent of what would have been, and for the money. */
#include "base/fail.h"
#include "effect/estimates.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *const effect_scales[] = {"auto", "level", "log", "log-percent", NULL};

enum { KEY, LABEL, VALUE, LOW, HIGH, UNIT };

struct amounts {
    double mean, dose;    /* of the treated cells, weighted: outcome and treatment */
    double treatment_sum; /* of all cells, not weighted */
    double per_log;       /* the outcome is this many times a logarithm (1, 100); 0: it is none */
};

static bool mentions(const char *text, const char *const *words)
{
    for (size_t w = 0; text && words[w]; w++)
        if (strstr(text, words[w])) return true;
    return false;
}

static const char *const hundred_words[] = {"%", "procent", "percent", "per cent", NULL};

/* As the user says; else by the outcome's name (log_…, ln_…) and unit (`log per cent`: 100 times the
 * logarithm). */
static double per_log_of(const struct effect_run *run, enum effect_scale scale)
{
    const struct uf_panel_column *outcome = &run->panel->columns[run->panel->outcome];
    switch (scale) {
    case EFFECT_SCALE_LEVEL:
        return 0;
    case EFFECT_SCALE_LOG:
        return 1;
    case EFFECT_SCALE_LOG_PER_CENT:
        return 100;
    case EFFECT_SCALE_AUTO:
        break;
    }
    static const char *const prefixes[] = {"log_", "ln_", "log(", "ln("};
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
        if (!strncmp(outcome->name, prefixes[i], strlen(prefixes[i])))
            return mentions(outcome->unit, hundred_words) ? 100 : 1;
    return 0;
}

/* A sum over regions and periods of a share, a rate or an index means nothing. */
static bool adds_up(const struct effect_run *run, const struct amounts *a)
{
    static const char *const rates[] = {"%",     "procent", "percent", " per ", "/", "andel",
                                        "share", "ratio",   "kvot",    "index", NULL};
    return a->per_log == 0 && !mentions(run->unit, rates);
}

static struct amounts amounts_of(const struct effect_run *run, enum effect_scale scale)
{
    const struct uf_did_data *data = &run->sample->data;
    struct amounts a = {0};
    double weight = 0;
    for (size_t i = 0; i < data->n; i++) {
        if (data->treatment[i] == 0) continue;
        double w = data->weights ? data->weights[i] : 1;
        weight += w;
        a.mean += w * data->outcome[i];
        a.dose += w * data->treatment[i];
        a.treatment_sum += (data->n_rows ? w : 1) * data->treatment[i]; /* weights of means count rows */
    }
    a.mean /= weight;
    a.dose /= weight;
    a.per_log = per_log_of(run, scale);
    return a;
}

static uf_status add(const struct effect_run *run, struct uf_table *table, const char *key,
                     struct uf_words label, const double values[3], const char *unit, struct uf_error *error)
{
    size_t row;
    UF_TRY(uf_table_add_row(table, &row, error));
    UF_TRY(uf_table_set_text(table, row, KEY, key, error));
    UF_TRY(uf_table_set_text(table, row, LABEL, uf_words_in(label, run->context->language), error));
    UF_TRY(uf_table_set_text(table, row, UNIT, unit, error));
    for (size_t v = 0; v < 3; v++) {
        if (isfinite(values[v]))
            UF_TRY(uf_table_set_number(table, row, VALUE + v, values[v], error));
        else
            UF_TRY(uf_table_set_value(table, row, VALUE + v, NAN, UF_VALUE_NOT_APPLICABLE, error));
    }
    return UF_OK;
}

/* The size in per cent: monotone in the estimate, so the limits map to limits; the mean of the treated is
 * taken as known. */
static double per_cent(const struct amounts *a, double estimate)
{
    double effect = estimate * a->dose;
    if (a->per_log > 0) return 100 * expm1(effect / a->per_log);
    return a->mean - effect > 0 ? 100 * effect / (a->mean - effect) : NAN;
}

static uf_status add_money(const struct effect_run *run, struct uf_table *table, const struct amounts *a,
                           const double estimate[3], const char *unit, struct uf_error *error)
{
    static const struct uf_words total = {
        "Sum over treated regions and periods (makes sense for a flow or a count)",
        "Summa över insatsregioner och perioder (meningsfull för flöden och antal)"};
    static const struct uf_words per_million = {"The same sum per million of the cost",
                                                "Samma summa per miljon i kostnad"};
    double cost = run->panel->treatment.cost, sums[3], rates[3];
    if (!(cost > 0) || !adds_up(run, a)) return UF_OK;
    for (int v = 0; v < 3; v++) {
        sums[v] = estimate[v] * a->treatment_sum;
        rates[v] = sums[v] / (cost / 1e6);
    }
    struct uf_buffer text;
    uf_buffer_init(&text);
    uf_buffer_append(&text, unit ? unit : "");
    uf_buffer_append(&text, unit ? " / " : "1 / ");
    uf_buffer_append(&text, run->context->language == UF_SWEDISH ? "mn " : "million ");
    uf_buffer_append(&text, run->panel->treatment.currency ? run->panel->treatment.currency : "");
    char *rate_unit = uf_buffer_take(&text);
    uf_status status = rate_unit ? add(run, table, "sum", total, sums, unit, error) : uf_fail_memory(error);
    if (status == UF_OK) status = add(run, table, "sum_per_million", per_million, rates, rate_unit, error);
    free(rate_unit);
    return status;
}

static uf_status fill(const struct effect_run *run, enum effect_scale scale, const double estimate[3],
                      struct uf_table *table, struct uf_error *error)
{
    static const struct uf_words estimate_words = {"Estimated difference for the treated",
                                                   "Skattad skillnad för insatsregionerna"};
    static const struct uf_words mean_words = {"Mean of the treated regions from the start on",
                                               "Insatsregionernas medelvärde från och med starten"};
    static const struct uf_words counterfactual_words = {
        "Mean that the comparison implies without the intervention",
        "Medelvärde utan insatsen enligt jämförelsen"};
    static const struct uf_words per_cent_words = {"Difference in per cent of that mean",
                                                   "Skillnad i procent av det medelvärdet"};
    static const struct uf_words log_words = {
        "Difference in per cent, the outcome being a logarithm: 100·(exp(x) − 1)",
        "Skillnad i procent, då utfallsvariabeln är en logaritm: 100·(exp(x) − 1)"};
    static const struct uf_words log_per_cent_words = {
        "Difference in per cent, the outcome being 100 times a logarithm: 100·(exp(x/100) − 1)",
        "Skillnad i procent, då utfallsvariabeln är 100 gånger en logaritm: 100·(exp(x/100) − 1)"};
    const char *unit = run->unit;
    const struct amounts a = amounts_of(run, scale);
    double effect[3], share[3] = {NAN, NAN, NAN};
    for (int i = 0; i < 3; i++) {
        effect[i] = estimate[i] * a.dose;
        share[i] =
            i > 0 && isnan(share[0]) ? NAN : per_cent(&a, estimate[i]); /* no limits of what is not there */
    }
    UF_TRY(add(run, table, "difference", estimate_words, effect, unit, error));
    UF_TRY(add(run, table, "mean_treated", mean_words, (double[]){a.mean, NAN, NAN}, unit, error));
    UF_TRY(add(run, table, "mean_counterfactual", counterfactual_words,
               (double[]){a.mean - effect[0], NAN, NAN}, unit, error));
    UF_TRY(add(run, table, "per_cent",
               a.per_log == 1  ? log_words
               : a.per_log > 1 ? log_per_cent_words
                               : per_cent_words,
               share, "%", error));
    return add_money(run, table, &a, estimate, unit, error);
}

/* The estimate and the ends of its interval; NaN: none. */
static void find_interval(const struct effect_run *run, double estimate, double out[3])
{
    const struct uf_table *table = uf_result_table(run->result, "estimates");
    out[0] = estimate, out[1] = out[2] = NAN;
    for (size_t row = 0; table && row < uf_table_rows(table) && isnan(out[1]); row++) {
        double low = uf_table_number(table, row, EFFECT_CONF_LOW),
               high = uf_table_number(table, row, EFFECT_CONF_HIGH);
        if (!isnan(low) && !isnan(high)) out[1] = low, out[2] = high;
    }
}

uf_status effect_report_size(const struct effect_run *run, enum effect_scale scale, double estimate,
                             struct uf_error *error)
{
    static const struct uf_words title = {"What the estimate amounts to", "Vad skattningen motsvarar"};
    static const struct {
        const char *name;
        enum uf_column_type type;
    } names[] = {{"key", UF_COLUMN_TEXT},         {"fact", UF_COLUMN_TEXT},
                 {"value", UF_COLUMN_NUMBER},     {"conf_low", UF_COLUMN_NUMBER},
                 {"conf_high", UF_COLUMN_NUMBER}, {"measure", UF_COLUMN_TEXT}};
    struct uf_table *table = NULL;
    size_t index;
    double values[3];
    find_interval(run, estimate, values);
    UF_TRY(uf_table_new("effect-size", &table, error));
    uf_status status = uf_table_set_title(table, uf_words_in(title, run->context->language), error);
    for (size_t c = 0; c < sizeof names / sizeof *names && status == UF_OK; c++)
        status = uf_table_add_column(table, names[c].name, names[c].type, NULL,
                                     names[c].type == UF_COLUMN_NUMBER ? 3 : -1, &index, error);
    if (status == UF_OK) status = fill(run, scale, values, table, error);
    if (status != UF_OK) {
        uf_table_free(table);
        return status;
    }
    return uf_result_take_table(run->result, table, error);
}
