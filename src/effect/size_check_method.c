// SPDX-License-Identifier: GPL-3.0-or-later
/* The method `size-check`. */
#include "base/fail.h"
#include "effect/comparable_panel.h"
#include "effect/did_internal.h"
#include "effect/size_check_notes.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/size_check.h>

static const struct uf_option options_table[] = {
    {"draws", UF_OPTION_COUNT, "499", NULL, "placebo treatments tried in each sample", UF_COLUMNS_NONE},
    {"inner-draws", UF_OPTION_COUNT, "499", NULL,
     "draws of randomisation and the bootstraps for each of them", UF_COLUMNS_NONE},
    {"threshold", UF_OPTION_NUMBER, "0.05", NULL, "p-values at or below this are rejections",
     UF_COLUMNS_NONE},
};

static const char *const sources[] = {
    "Bertrand, M., Duflo, E. & Mullainathan, S. (2004). How much should we trust differences-in-differences "
    "estimates? Quarterly Journal of Economics 119(1), 249–275.",
    "MacKinnon, J. G. & Webb, M. D. (2020). Randomization inference for difference-in-differences with few "
    "treated "
    "clusters. Journal of Econometrics 218(2), 435–450.",
    NULL,
};

static const struct uf_hint_number nominal = {.table = "size-check", .column = "nominal"};

static const struct uf_chart_hint charts[] = {
    {.kind = "intervals",
     .table = "size-check",
     .title = {"{0}: how often each type of inference finds an effect that is not there",
               "{0}: hur ofta varje typ av inferens finner en effekt som inte finns"},
     .value_label = {"Share of placebo treatments in which an effect is found",
                     "Andel placeboinsatser där en effekt hittas"},
     .band_label = {"95 % interval of the simulation", "95 % intervall för simuleringen"},
     .value = "rate",
     .low = "low",
     .high = "high",
     .label = "label",
     .group = "sample_label",
     .reference = NAN,
     .reference_label = {"should be {0} %", "ska vara {0} %"},
     .reference_from = &nominal,
     .from_zero = true},
};

enum {
    SAMPLE,
    SAMPLE_LABEL,
    PROCEDURE,
    LABEL,
    RATE,
    MC_ERROR,
    LOW,
    HIGH,
    PLACEBOS,
    ALIKE_RATE,
    ALIKE_MC_ERROR,
    ALIKE,
    N_TREATED,
    N_CONTROL,
    NOMINAL,
    TAKEN
};

static uf_status new_table(const struct uf_context *context, struct uf_table **out, struct uf_error *error)
{
    static const struct uf_words title = {
        "Share of placebo treatments for which an effect is found, by type of inference",
        "Andel placeboinsatser där en effekt hittas, efter typ av inferens"};
    static const struct {
        const char *name;
        enum uf_column_type type;
        const char *unit;
        int decimals;
    } columns[] = {{"sample", UF_COLUMN_TEXT, NULL, -1},
                   {"sample_label", UF_COLUMN_TEXT, NULL, -1},
                   {"vcov", UF_COLUMN_TEXT, NULL, -1},
                   {"label", UF_COLUMN_TEXT, NULL, -1},
                   {"rate", UF_COLUMN_NUMBER, "%", 1},
                   {"mc_error", UF_COLUMN_NUMBER, "%", 1},
                   {"low", UF_COLUMN_NUMBER, "%", 1},
                   {"high", UF_COLUMN_NUMBER, "%", 1},
                   {"placebos", UF_COLUMN_NUMBER, NULL, 0},
                   {"rate_alike", UF_COLUMN_NUMBER, "%", 1},
                   {"mc_error_alike", UF_COLUMN_NUMBER, "%", 1},
                   {"placebos_alike", UF_COLUMN_NUMBER, NULL, 0},
                   {"n_treated", UF_COLUMN_NUMBER, NULL, 0},
                   {"n_control", UF_COLUMN_NUMBER, NULL, 0},
                   {"nominal", UF_COLUMN_NUMBER, "%", -1},
                   {"note", UF_COLUMN_TEXT, NULL, -1}};
    struct uf_table *table = NULL;
    size_t index;
    UF_TRY(uf_table_new("size-check", &table, error));
    uf_status status = uf_table_set_title(table, uf_words_in(title, context->language), error);
    for (size_t c = 0; c < sizeof columns / sizeof *columns && status == UF_OK; c++)
        status = uf_table_add_column(table, columns[c].name, columns[c].type, columns[c].unit,
                                     columns[c].decimals, &index, error);
    if (status != UF_OK)
        uf_table_free(table);
    else
        *out = table;
    return status;
}

/* Wilson's interval for a share, in per cent. */
static void wilson(size_t count, size_t tried, double *low, double *high)
{
    double n = (double)tried, p = (double)count / n, z = 1.959963984540054;
    double middle = (p + z * z / (2 * n)) / (1 + z * z / n);
    double half = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n);
    *low = 100 * fmax(0, middle - half);
    *high = 100 * fmin(1, middle + half);
}

static const char *const sample_codes[UF_SIZE_SAMPLES] = {"controls", "before"};

/* The procedures for people, in the order of enum uf_size_procedure. */
static const struct uf_words procedure_words[UF_SIZE_PROCEDURES] = {
    {"randomisation, scaled by the noise before", "randomisering, skalad med bruset före"},
    {"randomisation of the coefficient", "randomisering av koefficienten"},
    {"randomisation of the t value", "randomisering av t-värdet"},
    {"wild cluster bootstrap", "vild klusterbootstrap"},
    {"Conley–Taber", "Conley–Taber"},
    {"Ferman–Pinto", "Ferman–Pinto"},
    {"clusters, bias-reduced (CR2)", "kluster, biasreducerad (CR2)"},
    {"clusters, jackknife (CR3)", "kluster, jackknife (CR3)"},
    {"clusters, the usual error (CR1S)", "kluster, det vanliga felet (CR1S)"},
    {"no clusters, unequal variance (HC1)", "utan kluster, olika varians (HC1)"},
    {"no clusters, equal variance (iid)", "utan kluster, lika varians (iid)"}};

static uf_status add_row(const struct uf_size_check *check, int sample, int procedure, const char *chosen,
                         double threshold, enum uf_language language, struct uf_table *table,
                         struct uf_error *error)
{
    static const struct uf_words taken = {"taken by inference: auto", "tas av inference: auto"};
    const struct uf_size_count *count = &check->sample[sample].count[procedure];
    const char *name = uf_size_procedure_name((enum uf_size_procedure)procedure);
    double values[TAKEN], low, high;
    size_t row;
    if (count->tried == 0) return UF_OK;
    wilson(count->rejected, count->tried, &low, &high);
    values[RATE] = size_check_share(count->rejected, count->tried, &values[MC_ERROR]);
    values[LOW] = low, values[HIGH] = high;
    values[PLACEBOS] = (double)count->tried;
    values[ALIKE_RATE] = size_check_share(count->alike_rejected, count->alike_tried, &values[ALIKE_MC_ERROR]);
    values[ALIKE] = (double)count->alike_tried;
    values[N_TREATED] = (double)check->sample[sample].n_treated;
    values[N_CONTROL] = (double)check->sample[sample].n_control;
    UF_TRY(uf_table_add_row(table, &row, error));
    values[NOMINAL] = 100 * threshold;
    UF_TRY(uf_table_set_text(table, row, SAMPLE_LABEL, uf_words_in(size_check_sample_words[sample], language),
                             error));
    UF_TRY(uf_table_set_text(table, row, LABEL, uf_words_in(procedure_words[procedure], language), error));
    UF_TRY(uf_table_set_text(table, row, SAMPLE, sample_codes[sample], error));
    UF_TRY(uf_table_set_text(table, row, PROCEDURE, name, error));
    UF_TRY(uf_table_set_text(table, row, TAKEN, strcmp(name, chosen) ? NULL : uf_words_in(taken, language),
                             error));
    for (size_t c = RATE; c < TAKEN; c++) UF_TRY(effect_set_number(table, row, c, values[c], error));
    return UF_OK;
}

/* What `inference: auto` takes for the actual design. */
static uf_status chosen_procedure(const struct uf_did_data *data, const char **out, struct uf_error *error)
{
    struct uf_did_assignment assignment;
    struct uf_did_noise noise = {0};
    struct uf_error reason;
    UF_TRY(uf_did_assignment_init(data, &assignment, error));
    struct effect_grounds grounds = {.randomised = true, .cr2 = true, .wild = true};
    uf_status status = effect_count_blocks(data, &assignment, &grounds, error);
    if (status != UF_OK) {
        uf_did_assignment_clear(&assignment);
        return status;
    }
    status = uf_did_noise_init(data, &assignment, &noise, &reason);
    grounds.noise = status == UF_OK;
    uf_did_noise_clear(&noise);
    uf_did_assignment_clear(&assignment);
    if (status != UF_OK && status != UF_NOT_IDENTIFIED) {
        if (error) *error = reason;
        return status;
    }
    *out = effect_procedure_name(effect_choose(&grounds));
    return UF_OK;
}

static uf_status report(const struct uf_did_data *data, const struct uf_context *context,
                        const struct uf_size_check *check, double threshold, struct uf_result *result,
                        struct uf_error *error)
{
    const char *chosen = "";
    struct uf_table *table = NULL;
    UF_TRY(chosen_procedure(data, &chosen, error));
    UF_TRY(new_table(context, &table, error));
    uf_status status = UF_OK;
    for (int sample = 0; sample < UF_SIZE_SAMPLES && status == UF_OK; sample++) {
        if (check->sample[sample].placebos == 0) {
            status = size_check_note_unused(context, sample, result, error);
            continue;
        }
        for (int j = 0; j < UF_SIZE_PROCEDURES && status == UF_OK; j++)
            status = add_row(check, sample, j, chosen, threshold, context->language, table, error);
        if (status == UF_OK)
            status = size_check_note_rates(context, check, sample, chosen, threshold, result, error);
    }
    if (status != UF_OK) {
        uf_table_free(table);
        return status;
    }
    return uf_result_take_table(result, table, error);
}

static uf_status run_on(const struct uf_panel *panel, const struct uf_options *options,
                        const struct uf_context *context, struct uf_result *result, struct uf_error *error)
{
    struct uf_design design;
    struct effect_sample sample;
    struct uf_size_check check;
    struct uf_error reason;
    if (panel->outcome < 0)
        return uf_fail(error, UF_BAD_USAGE, "size-check needs an outcome: name one column as the outcome");
    const struct uf_size_options settled = {.draws = uf_options_count(options, "draws"),
                                            .inner_draws = uf_options_count(options, "inner-draws"),
                                            .threshold = uf_options_number(options, "threshold"),
                                            .seed = context->seed,
                                            .progress = context->progress,
                                            .user = context->user};
    if (!(settled.threshold > 0 && settled.threshold < 1))
        return uf_fail(error, UF_BAD_USAGE,
                       "option 'threshold': found %g, expected a share between 0 and 1, as 0.05",
                       settled.threshold);
    UF_TRY(uf_design_check(panel, UF_COMPARE_TREATED_CONTROL, context, &design, result, error));
    result->claim = UF_CLAIM_DESCRIPTION;
    if (uf_result_has_fatal(result)) return uf_design_refuse(result, error);
    UF_TRY(effect_sample_init(panel, context->language, &sample, result, error));
    uf_status status = uf_size_check(&sample.data, &settled, &check, &reason);
    if (status == UF_OK)
        status = report(&sample.data, context, &check, settled.threshold, result, error);
    else if (status == UF_NOT_IDENTIFIED)
        status = size_check_refuse(panel, &design, context, result, error);
    else if (error)
        *error = reason;
    effect_sample_clear(&sample);
    return status == UF_OK ? uf_design_report(panel, &design, context->language, result, error) : status;
}

static uf_status run_size_check(const struct uf_panel *panel, const struct uf_options *options,
                                const struct uf_context *context, struct uf_result *result,
                                struct uf_error *error)
{
    return effect_run_comparable(panel, EFFECT_PAST_OF_TWO_WAY, run_on, options, context, result, error);
}

const struct uf_method uf_method_size_check = {
    .name = "size-check",
    .family = UF_FAMILY_EFFECT,
    .title = {"Size check", "Nivåkontroll"},
    .summary = {"How often each type of inference finds an effect that is not there, in placebo treatments "
                "of your own "
                "untreated data",
                "Hur ofta varje typ av inferens finner en effekt som inte finns, i placeboinsatser i de egna "
                "obehandlade "
                "data"},
    .formula_note =
        {"As many regions as were treated, in the same cohorts, are drawn at random among the never treated "
         "(all "
         "periods), and among all regions in the periods before the start, whose placebo starts divide them "
         "in "
         "the same proportion. For each placebo treatment the two-way fixed-effects regression is fitted and "
         "every type of inference gives its p-value; the table has the share at or below the threshold, for "
         "all "
         "placebos and for the quarter whose treated varied most like the actual ones before the start.",
         "Lika många regioner som omfattades av insatsen, i samma startår, dras slumpmässigt bland de "
         "obehandlade (alla perioder) och bland alla regioner under perioderna före start, där "
         "placebostarten "
         "delar dem i samma proportion. För varje placeboinsats skattas regressionen med fasta effekter för "
         "region och period, och varje typ av inferens ger sitt p-värde; tabellen visar andelen på eller "
         "under "
         "tröskeln, för alla placeboinsatser och för den fjärdedel vars behandlade varierade mest som de "
         "faktiska före start."},
    .sources = sources,
    .options = options_table,
    .n_options = sizeof options_table / sizeof *options_table,
    .charts = charts,
    .n_charts = sizeof charts / sizeof *charts,
    .needs_sector = false,
    .needs_treatment = true,
    .needs_period = true,
    .run = run_size_check,
};
