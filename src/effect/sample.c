// SPDX-License-Identifier: GPL-3.0-or-later
/* From the panel's rows to a sample without missing values; every row lost is in the ledger. */
#include "effect/sample.h"
#include "base/fail.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

void effect_sample_clear(struct effect_sample *s)
{
    if (!s) return;
    free(s->row), free(s->unit), free(s->period), free(s->cluster[0]), free(s->cluster[1]);
    free(s->outcome), free(s->treatment), free(s->weights), free(s->time), free(s->latitude),
        free(s->longitude), free(s->first_period);
    gsl_matrix_free(s->covariates), free(s->columns);
    memset(s, 0, sizeof *s);
}

static double treatment_of(const struct uf_panel *panel, size_t row)
{
    if (panel->treatment.dose) return panel->treatment.dose[row];
    size_t first = panel->treatment.first_period[panel->unit[row]];
    return first != SIZE_MAX && panel->period[row] >= first ? 1 : 0;
}

/* Keeps the rows for which `usable` says so, and writes the step to the ledger where it cost rows. */
struct filter {
    const struct uf_panel *panel;
    struct effect_sample *sample;
    struct uf_result *result;
    enum uf_language language;
};

static uf_status number_rows(struct effect_sample *s, struct uf_error *error)
{
    s->row = malloc((s->data.n + 1) * sizeof *s->row);
    if (!s->row) return uf_fail_memory(error);
    for (size_t i = 0; i < s->data.n; i++) s->row[i] = i;
    return UF_OK;
}

static uf_status keep(struct filter *f, bool (*usable)(const struct uf_panel *, size_t row, size_t column),
                      size_t column, struct uf_words step, struct uf_words reason, struct uf_error *error)
{
    size_t before = f->sample->data.n, kept = 0, *row = f->sample->row;
    if (!row) { /* all rows so far */
        while (kept < before && usable(f->panel, kept, column)) kept++;
        if (kept == before) return UF_OK;
        UF_TRY(number_rows(f->sample, error));
        row = f->sample->row;
    }
    for (size_t i = kept; i < before; i++)
        if (usable(f->panel, row[i], column)) row[kept++] = row[i];
    f->sample->data.n = kept;
    if (kept == before) return UF_OK;
    const struct uf_argument name =
        uf_text_argument(column < f->panel->n_columns ? f->panel->columns[column].name : "");
    char *step_text = NULL, *reason_text = NULL;
    uf_status status = uf_phrase(f->language, step, &name, 1, &step_text, error);
    if (status == UF_OK) status = uf_phrase(f->language, reason, &name, 1, &reason_text, error);
    if (status == UF_OK)
        status = uf_result_add_ledger(f->result, step_text, reason_text, before, kept, error);
    free(step_text), free(reason_text);
    return status;
}

static bool has_value(const struct uf_panel *panel, size_t row, size_t column)
{
    return isfinite(panel->columns[column].value[row]);
}

static bool has_treatment(const struct uf_panel *panel, size_t row, size_t column)
{
    (void)column;
    return isfinite(treatment_of(panel, row));
}

static bool has_weight(const struct uf_panel *panel, size_t row, size_t column)
{
    double weight = panel->columns[column].value[row];
    return isfinite(weight) && weight > 0;
}

static uf_status choose_rows(struct filter *f, struct uf_error *error)
{
    static const struct uf_words missing = {"{0} has no value", "{0} saknar värde"};
    const struct uf_panel *panel = f->panel;
    UF_TRY(keep(f, has_value, (size_t)panel->outcome, (struct uf_words){"outcome", "utfallsvariabel"},
                missing, error));
    UF_TRY(keep(f, has_treatment, SIZE_MAX, (struct uf_words){"treatment", "insats"},
                (struct uf_words){"whether the unit is treated is not known",
                                  "det är inte känt om enheten omfattas av insatsen"},
                error));
    for (size_t c = 0; c < panel->n_covariates; c++)
        UF_TRY(keep(f, has_value, panel->covariates[c], (struct uf_words){"covariate {0}", "kovariaten {0}"},
                    missing, error));
    if (panel->weight < 0) return UF_OK;
    return keep(f, has_weight, (size_t)panel->weight, (struct uf_words){"weight {0}", "vikten {0}"},
                (struct uf_words){"{0} is missing, zero or negative", "{0} saknas, är noll eller negativ"},
                error);
}

static long greatest_common_divisor(long a, long b)
{
    while (b) {
        long rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

uf_status effect_time_scale(const struct uf_panel *panel, long **out, bool *out_calendar,
                            struct uf_error *error)
{
    const size_t count = panel->periods.count;
    long *time = calloc(count + 1, sizeof *time), step = 0;
    if (!time) return uf_fail_memory(error);
    bool calendar = panel->period_value != NULL;
    for (size_t t = 0; t < count && calendar; t++)
        calendar = panel->period_value[t] != 0 &&
                   uf_period_kind_of(panel->period_value[t]) != UF_PERIOD_SPAN &&
                   uf_period_kind_of(panel->period_value[t]) == uf_period_kind_of(panel->period_value[0]);
    for (size_t t = 0; t < count; t++) {
        time[t] = calendar ? uf_period_difference(panel->period_value[0], panel->period_value[t]) : (long)t;
        if (t > 0) step = greatest_common_divisor(step, time[t] - time[t - 1]);
    }
    for (size_t t = 0; t < count && step > 1; t++) time[t] /= step;
    *out = time, *out_calendar = calendar;
    return UF_OK;
}

static uf_status set_time(const struct uf_panel *panel, struct effect_sample *s, struct uf_error *error)
{
    UF_TRY(effect_time_scale(panel, &s->time, &s->calendar, error));
    s->data.time = s->time;
    return UF_OK;
}

static uf_status set_clusters(const struct uf_panel *panel, struct effect_sample *s, struct uf_error *error)
{
    struct uf_did_data *data = &s->data;
    if (panel->n_cluster_dimensions > 2)
        return uf_fail(error, UF_BAD_USAGE, "%zu cluster columns were named; at most two can be used",
                       panel->n_cluster_dimensions);
    data->n_cluster_dimensions = panel->n_cluster_dimensions ? panel->n_cluster_dimensions : 1;
    for (size_t d = 0; d < data->n_cluster_dimensions; d++) {
        const size_t *group = panel->n_cluster_dimensions ? panel->cluster[d] : panel->unit;
        data->n_groups[d] = panel->n_cluster_dimensions ? panel->n_clusters[d] : panel->units.count;
        data->cluster[d] = group;
        if (!s->row) continue;
        s->cluster[d] = malloc((data->n + 1) * sizeof *s->cluster[d]);
        if (!s->cluster[d]) return uf_fail_memory(error);
        for (size_t i = 0; i < data->n; i++) s->cluster[d][i] = group[s->row[i]];
        data->cluster[d] = s->cluster[d];
    }
    return UF_OK;
}

static uf_status count_groups(const struct uf_panel *panel, struct effect_sample *s, struct uf_error *error)
{
    unsigned char *present = calloc(panel->units.count + 1, 1),
                  *started = calloc(panel->periods.count + 1, 1);
    if (!present || !started) {
        free(present), free(started);
        return uf_fail_memory(error);
    }
    for (size_t i = 0; i < s->data.n; i++) present[s->data.unit[i]] = 1;
    for (size_t u = 0; u < panel->units.count; u++) {
        size_t first = panel->treatment.first_period[u];
        if (!present[u]) continue;
        if (first == SIZE_MAX)
            s->n_control++;
        else
            s->n_treated++;
        if (first != SIZE_MAX && !started[first]) started[first] = 1, s->n_cohorts++;
    }
    free(present), free(started);
    return UF_OK;
}

/* All of many rows: the panel's own columns serve, but for the treatment. */
static void borrow(const struct uf_panel *panel, struct uf_did_data *data)
{
    data->unit = panel->unit;
    data->period = panel->period;
    data->outcome = panel->columns[panel->outcome].value;
    data->weights = panel->weight >= 0 ? panel->columns[panel->weight].value : NULL;
}

static uf_status copy_rows(const struct uf_panel *panel, struct effect_sample *s, struct uf_error *error)
{
    struct uf_did_data *data = &s->data;
    size_t n = data->n;
    s->unit = malloc((n + 1) * sizeof *s->unit);
    s->period = malloc((n + 1) * sizeof *s->period);
    s->outcome = malloc((n + 1) * sizeof *s->outcome);
    s->weights = panel->weight >= 0 ? malloc((n + 1) * sizeof *s->weights) : NULL;
    if (!s->unit || !s->period || !s->outcome || (panel->weight >= 0 && !s->weights))
        return uf_fail_memory(error);
    for (size_t i = 0; i < n; i++) {
        size_t row = s->row[i];
        s->unit[i] = panel->unit[row];
        s->period[i] = panel->period[row];
        s->outcome[i] = panel->columns[panel->outcome].value[row];
        if (s->weights) s->weights[i] = panel->columns[panel->weight].value[row];
    }
    data->unit = s->unit;
    data->period = s->period;
    data->outcome = s->outcome;
    data->weights = s->weights;
    return UF_OK;
}

static uf_status set_covariates(const struct uf_panel *panel, bool columns, struct effect_sample *s,
                                struct uf_error *error)
{
    size_t n = s->data.n, k = panel->n_covariates;
    if (k == 0 || n == 0) return UF_OK;
    if (columns) {
        s->columns = malloc(k * sizeof *s->columns);
        if (!s->columns) return uf_fail_memory(error);
        for (size_t j = 0; j < k; j++)
            s->columns[j] = (struct uf_value_column){panel->columns[panel->covariates[j]].value, 1};
        s->data.column = s->columns;
        s->data.n_columns = k;
        return UF_OK;
    }
    s->covariates = gsl_matrix_alloc(n, k);
    if (!s->covariates) return uf_fail_memory(error);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < k; j++)
            gsl_matrix_set(s->covariates, i, j,
                           panel->columns[panel->covariates[j]].value[s->row ? s->row[i] : i]);
    s->data.covariates = s->covariates;
    return UF_OK;
}

static uf_status fill(const struct uf_panel *panel, bool columns, struct effect_sample *s,
                      struct uf_error *error)
{
    struct uf_did_data *data = &s->data;
    size_t n = data->n;
    data->n_units = panel->units.count;
    data->n_periods = panel->periods.count;
    data->summed_from = columns ? 0 : SIZE_MAX; /* other methods want the rows of a fit */
    if (!s->row && !(columns && did_is_summed(data))) UF_TRY(number_rows(s, error));
    s->treatment = malloc((n + 1) * sizeof *s->treatment);
    if (!s->treatment) return uf_fail_memory(error);
    if (s->row)
        UF_TRY(copy_rows(panel, s, error));
    else
        borrow(panel, data);
    for (size_t i = 0; i < n; i++) s->treatment[i] = treatment_of(panel, s->row ? s->row[i] : i);
    data->treatment = s->treatment;
    UF_TRY(set_covariates(panel, !s->row, s, error));
    data->first_period = panel->treatment.first_period;
    UF_TRY(set_time(panel, s, error));
    UF_TRY(set_clusters(panel, s, error));
    return count_groups(panel, s, error);
}

/* Squares and products of three columns must stay finite and above 0: an error from sums that overflowed would
 * read as none. */
static const double largest_size = 1e100, smallest_size = 1e-100;

static uf_status check_size(const struct uf_panel *panel, const struct effect_sample *s, size_t column,
                            bool each, double *largest, struct uf_error *error)
{
    const struct uf_panel_column *c = &panel->columns[column];
    double most = 0, least = INFINITY;
    size_t most_row = 0, least_row = 0;
    for (size_t i = 0; i < s->data.n; i++) {
        size_t row = s->row ? s->row[i] : i;
        double size = fabs(c->value[row]);
        if (size > most) most = size, most_row = row;
        if (size < least) least = size, least_row = row;
    }
    *largest = most;
    bool large = most > largest_size, small = (each ? least : most) < smallest_size && most > 0;
    if (!large && !small) return UF_OK;
    size_t row = large ? most_row : each ? least_row : most_row;
    return uf_fail(
        error, UF_BAD_INPUT,
        "column '%s' has %g for unit '%s' in '%s'; expected figures of at %s %g in size: correct the "
        "figure, or give the column in a %s unit",
        c->name, c->value[row], panel->units.code[panel->unit[row]], panel->periods.code[panel->period[row]],
        large ? "most" : "least", large ? largest_size : smallest_size, large ? "larger" : "smaller");
}

static uf_status check_sizes(const struct uf_panel *panel, struct effect_sample *s, struct uf_error *error)
{
    double largest;
    UF_TRY(check_size(panel, s, (size_t)panel->outcome, false, &s->scale, error));
    for (size_t c = 0; c < panel->n_covariates; c++)
        UF_TRY(check_size(panel, s, panel->covariates[c], false, &largest, error));
    if (panel->weight >= 0) UF_TRY(check_size(panel, s, (size_t)panel->weight, true, &largest, error));
    return UF_OK;
}

static uf_status init(const struct uf_panel *panel, enum uf_language language, bool columns,
                      struct effect_sample *out, struct uf_result *result, struct uf_error *error)
{
    struct effect_sample sample = {0};
    struct filter filter = {panel, &sample, result, language};
    sample.data.n = panel->n_rows;
    uf_status status = choose_rows(&filter, error);
    if (status == UF_OK) status = check_sizes(panel, &sample, error);
    if (status == UF_OK)
        status = uf_result_add_ledger(
            result, language == UF_SWEDISH ? "skattningsurval" : "estimation sample",
            language == UF_SWEDISH ? "rader som används i skattningen" : "rows used in the estimation",
            sample.data.n, sample.data.n, error);
    if (status == UF_OK) status = fill(panel, columns, &sample, error);
    sample.n_rows = sample.data.n;
    if (status != UF_OK)
        effect_sample_clear(&sample);
    else
        *out = sample;
    return status;
}

uf_status effect_sample_init(const struct uf_panel *panel, enum uf_language language,
                             struct effect_sample *out, struct uf_result *result, struct uf_error *error)
{
    return init(panel, language, false, out, result, error);
}

uf_status effect_sample_init_columns(const struct uf_panel *panel, enum uf_language language,
                                     struct effect_sample *out, struct uf_result *result,
                                     struct uf_error *error)
{
    return init(panel, language, true, out, result, error);
}

static uf_status read_coordinate(const struct uf_panel *panel, const char *name, struct effect_sample *s,
                                 double *out, struct uf_error *error)
{
    size_t column = uf_panel_column(panel, name);
    if (column == SIZE_MAX)
        return uf_fail(error, UF_BAD_USAGE, "option 'coordinates': there is no column '%s'", name);
    for (size_t i = 0; i < s->data.n; i++) {
        out[i] = panel->columns[column].value[s->row ? s->row[i] : i];
        if (!isfinite(out[i]))
            return uf_fail(error, UF_BAD_INPUT,
                           "column '%s' has no value for %s; each region needs its coordinates", name,
                           panel->units.code[s->data.unit[i]]);
    }
    return UF_OK;
}

uf_status effect_sample_locate(const struct uf_panel *panel, const struct uf_text_list *names,
                               struct effect_sample *s, struct uf_error *error)
{
    if (names->count == 0) return UF_OK;
    if (names->count != 2)
        return uf_fail(
            error, UF_BAD_USAGE,
            "option 'coordinates': found %zu names, expected two columns, latitude and longitude in degrees",
            names->count);
    s->latitude = malloc((s->data.n + 1) * sizeof *s->latitude);
    s->longitude = malloc((s->data.n + 1) * sizeof *s->longitude);
    if (!s->latitude || !s->longitude) return uf_fail_memory(error);
    UF_TRY(read_coordinate(panel, names->items[0], s, s->latitude, error));
    UF_TRY(read_coordinate(panel, names->items[1], s, s->longitude, error));
    s->data.latitude = s->latitude;
    s->data.longitude = s->longitude;
    return UF_OK;
}
