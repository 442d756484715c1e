// SPDX-License-Identifier: GPL-3.0-or-later
/* The average slope under every inference, and the curve's points among their values when the doses are dealt out anew. */
#include "base/fail.h"
#include "effect/dose_response_run.h"

#include <math.h>
#include <stdlib.h>

static const struct uf_words none = {NULL, NULL};

/* --- doses dealt out among the treated --------------------------------------------------------------- */

static uf_status add_among_row(const struct dose_run *run, const struct uf_randomisation *r,
                               const struct effect_term *term, size_t which, struct uf_table *table,
                               struct uf_error *error)
{
    static const struct uf_words notes[] = {
        {"doses dealt out anew among the {0} treated, who stay treated; share of assignments with at least "
         "as "
         "large a slope, scaled by how noisy the units were before the start; the smallest p that could have "
         "come out is {1}",
         "doserna fördelade på nytt bland de {0} med insats, som behåller den; andelen fördelningar med "
         "minst "
         "lika stor lutning, skalad med hur brusiga enheterna var före start; det minsta p som hade kunnat "
         "uppkomma är {1}"},
        {"doses dealt out anew among the {0} treated, who stay treated; share of assignments with at least "
         "as "
         "large a slope; the smallest p that could have come out is {1}",
         "doserna fördelade på nytt bland de {0} med insats, som behåller den; andelen fördelningar med "
         "minst "
         "lika stor lutning; det minsta p som hade kunnat uppkomma är {1}"},
        {"doses dealt out anew among the {0} treated, who stay treated; share of assignments with at least "
         "as "
         "large a t value; the smallest p that could have come out is {1}",
         "doserna fördelade på nytt bland de {0} med insats, som behåller den; andelen fördelningar med "
         "minst "
         "lika stort t-värde; det minsta p som hade kunnat uppkomma är {1}"}};
    static const char *const names[] = {"randomisation-doses-scaled", "randomisation-doses",
                                        "randomisation-doses-t"};
    const double statistics[] = {r->scaled[0], r->coefficient[0], r->t[0]};
    const double p[] = {r->p_scaled, r->p_coefficient, r->p_t};
    const double least[] = {r->least_p_scaled, r->least_p_coefficient, r->least_p_t};
    struct effect_row row = effect_row_of(term);
    row.vcov = names[which];
    row.estimate = r->coefficient[0];
    const struct uf_argument arguments[] = {uf_count_argument(run->dealt->among.n_blocks),
                                            uf_number_argument(least[which], 5)};
    char *note = NULL;
    if (isnan(p[which])) return UF_OK;
    UF_TRY(uf_phrase(run->common.context->language, notes[which], arguments, 2, &note, error));
    row.note = note;
    row.test.statistic = isinf(statistics[which]) ? NAN : statistics[which];
    row.test.p_value = p[which];
    uf_status status = UF_OK;
    if (which < 2)
        status = uf_randomisation_interval(r, which == 0, run->common.inference->level, &row.test.conf_low,
                                           &row.test.conf_high, error);
    if (status == UF_OK) status = effect_add_row(table, &run->common, &row, NULL, error);
    free(note);
    return status;
}

uf_status dose_add_among(const struct dose_run *run, const struct uf_randomisation *dealt,
                         const struct effect_term *term, struct uf_table *table, struct uf_error *error)
{
    if (dealt->count == 0) return UF_OK;
    for (size_t which = 0; which < 3; which++) UF_TRY(add_among_row(run, dealt, term, which, table, error));
    return UF_OK;
}

static uf_status add_over_all(const struct dose_run *run, const struct effect_term *term,
                              struct uf_table *table, struct uf_error *error)
{
    if (!run->dealt || run->dealt->all.slope.count == 0) return UF_OK;
    return effect_add_randomised_term(&run->common, &run->dealt->all.slope,
                                      run->dealt->all.slope.coefficient[0], run->dealt->all.n_blocks, term,
                                      table, error);
}

static uf_status add_analytic(const struct dose_run *run, const struct effect_term *term, bool cr2,
                              struct uf_table *table, struct uf_error *error)
{
    const struct effect_findings *findings = run->findings;
    const struct effect_inference *inference = run->common.inference;
    for (size_t c = 0; c < inference->n_covariances; c++)
        if ((inference->covariance[c].kind == UF_COVARIANCE_CR2) == cr2)
            UF_TRY(effect_add_terms(&run->common, findings->regression, c, &findings->covariance[c], term, 1,
                                    table, error));
    return UF_OK;
}

/* What else was asked for; bootstrap and the controls' residuals by name only. */
static uf_status add_others(const struct dose_run *run, const struct effect_term *term,
                            struct uf_table *table, struct uf_error *error)
{
    UF_TRY(add_analytic(run, term, true, table, error));
    UF_TRY(effect_add_more(&run->common, run->findings, NULL, term, 1, table, error));
    return add_analytic(run, term, false, table, error);
}

/* --- which goes first ----------------------------------------------------------------------------------- */

/* The smallest p-value of the statistic that would be used. */
static double least_p(const struct uf_randomisation *r)
{
    if (r->count == 0) return NAN;
    return isnan(r->p_scaled) ? r->least_p_coefficient : r->least_p_scaled;
}

bool dose_deals_among(const struct dose_run *run)
{
    return run->dealt && least_p(&run->dealt->among.slope) <= (1 - run->common.inference->level) * (1 + 1e-9);
}

enum slope_inference { SLOPE_AMONG, SLOPE_OVER_ALL, SLOPE_ANALYTIC };

static uf_status choose(const struct dose_run *run, enum slope_inference *out, struct uf_error *error)
{
    static const struct uf_words many = {"Inference for the average slope: {0} treated and {1} untreated are "
                                         "enough for the cluster-robust error "
                                         "CR2.",
                                         "Inferens för den genomsnittliga lutningen: {0} med insats och {1} "
                                         "utan räcker för det klusterrobusta "
                                         "felet CR2."};
    static const struct uf_words among = {
        "Inference for the average slope: the doses dealt out anew among the {0} treated, which asks whether "
        "it "
        "mattered who got how much, whatever the intervention did to all of them. The smallest p-value that "
        "could have come out is {2}.",
        "Inferens för den genomsnittliga lutningen: doserna fördelas på nytt bland de {0} med insats, vilket "
        "prövar om det spelade roll vem som fick hur mycket, vad insatsen än gjorde med dem alla. Det minsta "
        "p-värde som kunde ha uppkommit är {2}."};
    static const struct uf_words over_all = {
        "Inference for the average slope: the doses of {0} treated can be dealt out among themselves in too "
        "few "
        "ways to tell anything (smallest possible p-value {2}); so they are dealt out anew over all regions, "
        "which asks whether anybody was affected at all (smallest possible p-value {3}), and finds slopes "
        "less "
        "often where all treated were affected alike.",
        "Inferens för den genomsnittliga lutningen: doserna för {0} med insats kan fördelas sinsemellan på "
        "för "
        "få sätt för att säga något (minsta möjliga p-värde {2}); de fördelas därför på nytt över alla "
        "regioner, "
        "vilket prövar om någon alls påverkades (minsta möjliga p-värde {3}), och hittar lutningar mer "
        "sällan där "
        "alla med insats påverkades lika."};
    static const struct uf_words poor = {
        "Inference for the average slope: the doses cannot be dealt out anew in enough ways, and with {0} "
        "treated "
        "the error of the regression is all there is: its p-value cannot be trusted.",
        "Inferens för den genomsnittliga lutningen: doserna kan inte fördelas på nytt på tillräckligt många "
        "sätt, "
        "och med {0} med insats finns bara regressionens fel: dess p-värde går inte att lita på."};
    const struct dose_dealt *dealt = run->dealt;
    const double allowed = 1 - run->common.inference->level;
    const double least_among = dealt ? least_p(&dealt->among.slope) : NAN,
                 least_all = dealt ? least_p(&dealt->all.slope) : NAN;
    struct effect_grounds grounds = {0};
    *out = SLOPE_AMONG;
    if (!run->common.inference->automatic) return UF_OK;
    UF_TRY(effect_count_blocks(&run->sample->data,
                               run->findings->randomisation ? run->findings->assignment : NULL, &grounds,
                               error));
    const bool enough = effect_are_many(&grounds);
    *out = enough                              ? SLOPE_ANALYTIC
           : dose_deals_among(run)             ? SLOPE_AMONG
           : least_all <= allowed * (1 + 1e-9) ? SLOPE_OVER_ALL
                                               : SLOPE_ANALYTIC;
    const struct uf_argument arguments[] = {
        uf_count_argument(grounds.n_treated), uf_count_argument(grounds.n_control),
        uf_number_argument(least_among, 5), uf_number_argument(least_all, 5)};
    return effect_note(&run->common, enough || *out == SLOPE_AMONG ? UF_NOTE : UF_WARNING, "slope-inference",
                       enough                   ? many
                       : *out == SLOPE_AMONG    ? among
                       : *out == SLOPE_OVER_ALL ? over_all
                                                : poor,
                       none, arguments, 4, error);
}

uf_status dose_add_slope(const struct dose_run *run, const struct effect_term *term, struct uf_table *table,
                         struct uf_error *error)
{
    enum slope_inference first;
    UF_TRY(choose(run, &first, error));
    if (first == SLOPE_ANALYTIC) UF_TRY(add_others(run, term, table, error));
    if (first == SLOPE_OVER_ALL) UF_TRY(add_over_all(run, term, table, error));
    if (run->dealt) UF_TRY(dose_add_among(run, &run->dealt->among.slope, term, table, error));
    if (first != SLOPE_OVER_ALL) UF_TRY(add_over_all(run, term, table, error));
    return first == SLOPE_ANALYTIC ? UF_OK : add_others(run, term, table, error);
}

/* --- points of the curve ---------------------------------------------------------------------------------- */

static uf_status add_points(const struct dose_run *run, const char *term, const char *vcov,
                            const struct dose_dealing *dealing, const struct dose_point *point,
                            struct uf_table *table, struct uf_error *error)
{
    double grid[DOSE_GRID];
    const size_t count = dose_grid(run->fit, &run->units->change, grid);
    for (size_t g = 0; g < count; g += count == DOSE_GRID ? 3 : 1) { /* of a curve, a few points */
        const double values[] = {grid[g], point[g].p, point[g].least_p, (double)dealing->slope.count,
                                 dealing->slope.assignments};
        size_t row;
        if (isnan(point[g].p)) continue;
        UF_TRY(uf_table_add_row(table, &row, error));
        UF_TRY(uf_table_set_text(table, row, 0, term, error));
        UF_TRY(uf_table_set_text(table, row, 1, vcov, error));
        for (size_t c = 0; c < sizeof values / sizeof *values; c++)
            UF_TRY(uf_table_set_number(table, row, c + 2, values[c], error));
    }
    return UF_OK;
}

uf_status dose_report_dealt(const struct dose_run *run, struct uf_error *error)
{
    static const struct uf_words title = {"The curve's points when the doses are dealt out anew",
                                          "Kurvans punkter när doserna fördelas på nytt"};
    static const struct effect_column columns[] = {
        {"term", false, false, -1},     {"vcov", false, false, -1},  {"dose", true, false, -1},
        {"p_value", true, false, 5},    {"least_p", true, false, 5}, {"tried", true, false, 0},
        {"assignments", true, false, 0}};
    const struct dose_dealing *all = &run->dealt->all, *among = &run->dealt->among;
    struct uf_table *table = NULL;
    if (all->slope.count == 0 && among->slope.count == 0) return UF_OK;
    UF_TRY(effect_columns_new(&run->common, "dose-randomisation", title, columns,
                              sizeof columns / sizeof *columns, &table, error));
    uf_status status = UF_OK;
    if (all->slope.count > 0) status = add_points(run, "att", "randomisation", all, all->level, table, error);
    if (status == UF_OK && among->slope.count > 0)
        status =
            add_points(run, "att_less_average", "randomisation-doses", among, among->level, table, error);
    if (status == UF_OK && among->slope.count > 0)
        status = add_points(run, "acr", "randomisation-doses", among, among->acr, table, error);
    if (status == UF_OK && all->slope.count > 0)
        status = add_points(run, "acr", "randomisation", all, all->acr, table, error);
    if (status == UF_OK) return uf_result_take_table(run->common.result, table, error);
    uf_table_free(table);
    return status;
}
