// SPDX-License-Identifier: GPL-3.0-or-later
/* The tables of a synthetic control. Gaps of charts and rows of estimates are in the outcome's unit. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "effect/synthetic_control_tables.h"

const char *sc_column_code(const struct sc_study *study, size_t column)
{
    static const struct uf_words mean = {"treated", "behandlade"};
    if (study->unit[column] == SIZE_MAX) return uf_words_in(mean, study->context->language);
    return study->panel->units.code[study->unit[column]];
}

const char *sc_column_label(const struct sc_study *study, size_t column)
{
    static const struct uf_words mean = {"Treated regions (mean)", "Behandlade regioner (medelvärde)"};
    if (study->unit[column] == SIZE_MAX) return uf_words_in(mean, study->context->language);
    return study->panel->units.label[study->unit[column]];
}

int sc_decimals(double size)
{
    if (!(size > 0) || !isfinite(size)) return 3;
    double digits = 2 - floor(log10(size));
    return digits < 0 ? 0 : digits > 6 ? 6 : (int)digits;
}

double sc_outcome_spread(const struct sc_study *study)
{
    double squares = 0;
    size_t rows = study->data.fit_to - study->data.fit_from + 1;
    for (size_t t = study->data.fit_from; t <= study->data.fit_to; t++) {
        double mean = 0;
        for (size_t c = 0; c < study->n; c++)
            mean += gsl_matrix_get(study->outcomes, t, c) / (double)study->n;
        for (size_t c = 0; c < study->n; c++)
            squares += pow(gsl_matrix_get(study->outcomes, t, c) - mean, 2) / (double)(study->n - 1);
    }
    return sqrt(squares / (double)rows);
}

uf_status sc_table_new(const struct sc_study *study, const char *name, struct uf_words title,
                       const struct sc_column *columns, size_t n_columns, struct uf_table **out,
                       struct uf_error *error)
{
    const char *unit = study->panel->columns[study->panel->outcome].unit;
    int decimals = sc_decimals(sc_outcome_spread(study));
    struct uf_table *table = NULL;
    UF_TRY(uf_table_new(name, &table, error));
    uf_status status = uf_table_set_title(table, uf_words_in(title, study->context->language), error);
    for (size_t c = 0; c < n_columns && status == UF_OK; c++) {
        size_t index;
        status =
            uf_table_add_column(table, columns[c].name, columns[c].type, columns[c].in_units ? unit : NULL,
                                columns[c].decimals == AUTO ? decimals : columns[c].decimals, &index, error);
    }
    return sc_table_finish(table, status, out);
}

uf_status sc_table_add(struct uf_table *table, const struct sc_cell *cells, size_t n_cells,
                       struct uf_error *error)
{
    size_t row;
    if (n_cells != uf_table_columns(table))
        return uf_fail(error, UF_INTERNAL, "table %s has %zu columns, but a row of %zu", uf_table_name(table),
                       uf_table_columns(table), n_cells);
    UF_TRY(uf_table_add_row(table, &row, error));
    for (size_t c = 0; c < n_cells; c++) {
        if (uf_table_column_type(table, c) == UF_COLUMN_TEXT) {
            if (cells[c].text) UF_TRY(uf_table_set_text(table, row, c, cells[c].text, error));
        } else if (isfinite(cells[c].number)) {
            UF_TRY(uf_table_set_number(table, row, c, cells[c].number, error));
        } else {
            uf_value_status why = isinf(cells[c].number) ? UF_VALUE_UNDEFINED : UF_VALUE_NOT_APPLICABLE;
            UF_TRY(uf_table_set_value(table, row, c, NAN, why, error));
        }
    }
    return UF_OK;
}

uf_status sc_table_finish(struct uf_table *table, uf_status status, struct uf_table **out)
{
    if (status == UF_OK)
        *out = table;
    else
        uf_table_free(table);
    return status;
}

const char *sc_period_code(const struct sc_study *study, size_t row)
{
    return study->panel->periods.code[study->period[row]];
}

/* --- estimates ---------------------------------------------------------------------------------- */

enum {
    TERM,
    ESTIMATE,
    STD_ERROR,
    STATISTIC,
    DF,
    P_VALUE,
    CONF_LOW,
    CONF_HIGH,
    OUTCOME_NAME,
    GROUP,
    PERIOD,
    EVENT_TIME,
    N_OBS,
    N_TREATED,
    N_CONTROL,
    N_CLUSTERS,
    METHOD,
    VCOV,
    NOTE,
    ESTIMATE_COLUMNS
};
static const struct sc_column estimate_columns[ESTIMATE_COLUMNS] = {
    [TERM] = TEXT("term"),
    [ESTIMATE] = OUTCOME("estimate"),
    [STD_ERROR] = NUMBER("std_error", 4),
    [STATISTIC] = NUMBER("statistic", 2),
    [DF] = NUMBER("df", 1),
    [P_VALUE] = NUMBER("p_value", 4),
    [CONF_LOW] = NUMBER("conf_low", 4),
    [CONF_HIGH] = NUMBER("conf_high", 4),
    [OUTCOME_NAME] = TEXT("outcome"),
    [GROUP] = TEXT("group"),
    [PERIOD] = TEXT("period"),
    [EVENT_TIME] = NUMBER("event_time", 0),
    [N_OBS] = NUMBER("n_obs", 0),
    [N_TREATED] = NUMBER("n_treated", 0),
    [N_CONTROL] = NUMBER("n_control", 0),
    [N_CLUSTERS] = NUMBER("n_clusters", 0),
    [METHOD] = TEXT("method"),
    [VCOV] = TEXT("vcov"),
    [NOTE] = TEXT("note"),
};

static uf_status add_estimate(const struct sc_study *study, struct uf_table *table, const char *term,
                              double estimate, bool tested, struct uf_words note, struct uf_error *error)
{
    struct sc_cell cells[ESTIMATE_COLUMNS];
    struct uf_buffer span;
    for (size_t c = 0; c < ESTIMATE_COLUMNS; c++) cells[c] = (struct sc_cell){NULL, NAN};
    uf_buffer_init(&span);
    uf_buffer_append(&span, sc_period_code(study, study->data.start));
    uf_buffer_append(&span, "–");
    uf_buffer_append(&span, sc_period_code(study, study->n_periods - 1));
    char *period = uf_buffer_take(&span);
    if (!period) return uf_fail_memory(error);
    cells[TERM].text = term;
    cells[ESTIMATE].number = estimate;
    cells[STATISTIC].number = tested ? study->average.ratio : NAN;
    cells[P_VALUE].number = tested ? study->p_value : NAN;
    cells[OUTCOME_NAME].text = study->panel->columns[study->panel->outcome].name;
    cells[GROUP].text = study->m == 1 ? sc_column_code(study, 0) : "pooled";
    cells[PERIOD].text = period;
    cells[N_OBS].number = (double)(study->n_periods * (study->n_treated_units + study->n_donors));
    cells[N_TREATED].number = (double)study->n_treated_units;
    cells[N_CONTROL].number = (double)study->n_donors;
    cells[METHOD].text = "synthetic-control";
    cells[VCOV].text = study->placebo ? "placebo-in-space" : "none";
    cells[NOTE].text = uf_words_in(note, study->context->language);
    uf_status status = sc_table_add(table, cells, COUNT(cells), error);
    free(period);
    return status;
}

static uf_status estimates_table(const struct sc_study *study, struct uf_table **out, struct uf_error *error)
{
    static const struct uf_words title = {"Gap between the treated and its synthetic control",
                                          "Gap mellan den behandlade regionen och dess syntetiska kontroll"};
    static const struct uf_words gap_note = {
        "treated minus synthetic, mean of the periods from the start "
        "on; statistic: RMSPE after / before; p-value: rank of it "
        "among placebos in space; no standard error exists",
        "insatsregion minus syntetisk, medelvärde över perioderna från och "
        "med starten; teststatistika: RMSPE efter / före; p-värde: "
        "dess rang bland placeboregionerna; medelfel finns inte"};
    static const struct uf_words percent_note = {
        "the average gap in per cent of the synthetic control's mean in the same periods",
        "det genomsnittliga gapet i procent av den syntetiska kontrollens medelvärde i samma perioder"};
    static const struct uf_words cost_note = {
        "the average gap divided by the cost of the intervention in millions; a ratio, not a causal price",
        "det genomsnittliga gapet delat med insatsens kostnad i miljoner; en kvot, inte ett orsaksmässigt "
        "pris"};
    const struct sc_average *average = &study->average;
    const struct uf_treatment *treatment = &study->panel->treatment;
    struct uf_table *table = NULL;
    UF_TRY(sc_table_new(study, "estimates", title, estimate_columns, ESTIMATE_COLUMNS, &table, error));
    uf_status status = add_estimate(study, table, "average_gap", average->mean_gap, true, gap_note, error);
    if (status == UF_OK && fabs(average->mean_synthetic) > 0)
        status =
            add_estimate(study, table, "average_gap_per_cent",
                         100 * average->mean_gap / fabs(average->mean_synthetic), false, percent_note, error);
    if (status == UF_OK && isfinite(treatment->cost) && treatment->cost > 0)
        status = add_estimate(study, table, "average_gap_per_million",
                              average->mean_gap / (treatment->cost / 1e6), false, cost_note, error);
    return sc_table_finish(table, status, out);
}

/* --- paths -------------------------------------------------------------------------------------- */

static uf_status path_table(const struct sc_study *study, const char *name, struct uf_words title,
                            const struct sc_average *average, struct uf_table **out, struct uf_error *error)
{
    static const struct sc_column columns[] = {TEXT("period"), OUTCOME("treated"), OUTCOME("synthetic"),
                                               OUTCOME("gap")};
    struct uf_table *table = NULL;
    UF_TRY(sc_table_new(study, name, title, columns, COUNT(columns), &table, error));
    uf_status status = UF_OK;
    for (size_t t = 0; t < average->gap->size && status == UF_OK; t++) {
        const struct sc_cell cells[] = {{sc_period_code(study, t), 0},
                                        {NULL, gsl_vector_get(average->treated, t)},
                                        {NULL, gsl_vector_get(average->synthetic, t)},
                                        {NULL, gsl_vector_get(average->gap, t)}};
        status = sc_table_add(table, cells, COUNT(cells), error);
    }
    return sc_table_finish(table, status, out);
}

static uf_status weights_table(const struct sc_study *study, struct uf_table **out, struct uf_error *error)
{
    static const struct uf_words title = {"Donors and their weights in the synthetic control",
                                          "Donatorer och deras vikter i den syntetiska kontrollen"};
    static const struct sc_column columns[] = {TEXT("unit"), TEXT("label"), NUMBER("weight", 3)};
    struct uf_table *table = NULL;
    UF_TRY(sc_table_new(study, "weights", title, columns, COUNT(columns), &table, error));
    uf_status status = UF_OK;
    for (size_t c = study->m; c < study->n && status == UF_OK; c++) {
        double weight = gsl_vector_get(study->average.weights, c);
        const struct sc_cell cells[] = {
            {sc_column_code(study, c), 0}, {sc_column_label(study, c), 0}, {NULL, weight}};
        if (weight > 0) status = sc_table_add(table, cells, COUNT(cells), error);
    }
    if (status == UF_OK) status = uf_table_sort(table, 2, true, error);
    return sc_table_finish(table, status, out);
}

static uf_status balance_table(const struct sc_study *study, struct uf_table **out, struct uf_error *error)
{
    static const struct uf_words title = {
        "Predictors before the start: treated, synthetic and all donors",
        "Prediktorer före start: behandlad, syntetisk och samtliga donatorer"};
    static const struct sc_column columns[] = {TEXT("predictor"), NUMBER("treated", 3),
                                               NUMBER("synthetic", 3), NUMBER("donor_mean", 3),
                                               NUMBER("v", 3)};
    struct uf_table *table = NULL;
    UF_TRY(sc_table_new(study, "predictor-balance", title, columns, COUNT(columns), &table, error));
    uf_status status = UF_OK;
    for (size_t p = 0; p < study->predictors->size1 && status == UF_OK; p++) {
        double treated = 0, synthetic = 0, donors = 0, v = 0;
        for (size_t i = 0; i < study->m; i++) {
            treated += gsl_matrix_get(study->predictors, p, i) / (double)study->m;
            v += gsl_vector_get(study->fit[i].v, p) / (double)study->m;
        }
        for (size_t c = study->m; c < study->n; c++) {
            synthetic += gsl_vector_get(study->average.weights, c) * gsl_matrix_get(study->predictors, p, c);
            donors += gsl_matrix_get(study->predictors, p, c) / (double)study->n_donors;
        }
        const struct sc_cell cells[] = {
            {sc_predictor_name(study, p), 0}, {NULL, treated}, {NULL, synthetic}, {NULL, donors}, {NULL, v}};
        status = sc_table_add(table, cells, COUNT(cells), error);
    }
    return sc_table_finish(table, status, out);
}

/* --- fit ---------------------------------------------------------------------------------------- */

static uf_status fit_table(const struct sc_study *study, struct uf_table **out, struct uf_error *error)
{
    double loss_w = 0, residual = 0, evaluations = 0, positive = 0;
    for (size_t i = 0; i < study->m; i++) {
        loss_w += study->fit[i].loss_w / (double)study->m;
        residual = fmax(residual, study->fit[i].kkt_residual);
        evaluations += (double)study->fit[i].evaluations;
    }
    for (size_t c = study->m; c < study->n; c++) positive += gsl_vector_get(study->average.weights, c) > 0;
    const struct {
        const char *key;
        struct uf_words term;
        double value;
    } facts[] = {
        {"rmspe-before",
         {"RMSPE in the fit window before the start", "RMSPE i anpassningsfönstret före start"},
         study->average.rmspe_before},
        {"rmspe-after",
         {"RMSPE from the start on", "RMSPE från och med starten"},
         study->average.rmspe_after},
        {"rmspe-ratio", {"RMSPE after / before", "RMSPE efter / före"}, study->average.ratio},
        {"outcome-spread",
         {"Standard deviation of the outcome between regions in the fit window",
          "Utfallets standardavvikelse mellan regioner i anpassningsfönstret"},
         sc_outcome_spread(study)},
        {"loss-v",
         {"Mean squared gap in the fit window (V)", "Medelkvadratgap i anpassningsfönstret (V)"},
         pow(study->average.rmspe_before, 2)},
        {"loss-w",
         {"Weighted squared distance of the predictors (W)", "Viktat kvadratavstånd för prediktorerna (W)"},
         loss_w},
        {"kkt-residual", {"KKT residual of the donor weights", "KKT-residual för donatorvikterna"}, residual},
        {"donors", {"Donors", "Donatorer"}, (double)study->n_donors},
        {"donors-with-weight", {"Donors with a weight above 0", "Donatorer med vikt över 0"}, positive},
        {"predictors", {"Predictors", "Prediktorer"}, (double)study->predictors->size1},
        {"periods-before", {"Periods before the start", "Perioder före start"}, (double)study->data.start},
        {"periods-fit",
         {"Periods in the fit window", "Perioder i anpassningsfönstret"},
         (double)(study->data.fit_to - study->data.fit_from + 1)},
        {"periods-after",
         {"Periods from the start on", "Perioder från och med starten"},
         (double)(study->n_periods - study->data.start)},
        {"evaluations",
         {"Sets of predictor weights tried", "Prövade uppsättningar prediktorvikter"},
         evaluations},
    };
    static const struct uf_words title = {"How the synthetic control fits",
                                          "Hur den syntetiska kontrollen passar"};
    static const struct sc_column columns[] = {TEXT("key"), TEXT("term"), NUMBER("value", -1)};
    struct uf_table *table = NULL;
    UF_TRY(sc_table_new(study, "fit", title, columns, COUNT(columns), &table, error));
    uf_status status = UF_OK;
    for (size_t i = 0; i < COUNT(facts) && status == UF_OK; i++) {
        const struct sc_cell cells[] = {{facts[i].key, 0},
                                        {uf_words_in(facts[i].term, study->context->language), 0},
                                        {NULL, facts[i].value}};
        status = sc_table_add(table, cells, COUNT(cells), error);
    }
    return sc_table_finish(table, status, out);
}

static uf_status take(struct sc_study *study,
                      uf_status (*make)(const struct sc_study *, struct uf_table **, struct uf_error *),
                      struct uf_error *error)
{
    struct uf_table *table = NULL;
    UF_TRY(make(study, &table, error));
    return uf_result_take_table(study->result, table, error);
}

static uf_status take_path(struct sc_study *study, const char *name, struct uf_words title,
                           const struct sc_average *average, struct uf_error *error)
{
    struct uf_table *table = NULL;
    UF_TRY(path_table(study, name, title, average, &table, error));
    return uf_result_take_table(study->result, table, error);
}

uf_status sc_study_tables(struct sc_study *study, struct uf_error *error)
{
    static const struct uf_words path = {
        "Outcome of the treated and of the synthetic control",
        "Utfallet för den behandlade regionen och den syntetiska kontrollen"};
    static const struct uf_words in_time = {"The same with an earlier start, when nothing had happened",
                                            "Detsamma med en tidigare start, då inget hade hänt"};
    UF_TRY(take(study, estimates_table, error));
    UF_TRY(take_path(study, "path", path, &study->average, error));
    UF_TRY(take(study, weights_table, error));
    UF_TRY(take(study, balance_table, error));
    if (study->placebo) UF_TRY(take(study, sc_placebos_table, error));
    if (study->placebo) UF_TRY(take(study, sc_ratios_table, error));
    if (study->placebo_start) UF_TRY(take_path(study, "placebo-in-time", in_time, &study->in_time, error));
    if (study->without) UF_TRY(take(study, sc_without_table, error));
    return take(study, fit_table, error);
}
