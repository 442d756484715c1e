// SPDX-License-Identifier: GPL-3.0-or-later
/* What the numbers of dose-response may be read as, what they were adjusted for, and which starts they are of. */
#include "base/fail.h"
#include "effect/dose_response_run.h"

#include <math.h>
#include <stdint.h>

static const struct uf_words none = {NULL, NULL};

static struct uf_words reason_of(enum dose_reason reason)
{
    static const struct uf_words words[] = {
        [DOSE_USED] = {NULL, NULL},
        [DOSE_NO_BEFORE] = {"no treated region has values before the start and after it",
                            "ingen insatsregion har värden före start och efter"},
        [DOSE_NO_CONTROL] = {"no region is untreated to the end of the window",
                             "ingen region är utan insats fram till fönstrets slut"},
        [DOSE_FEW_CONTROLS] = {"there are too few untreated regions for the covariates",
                               "regionerna utan insats är för få för kovariaterna"}};
    return words[reason];
}

/* --- sub-experiments ------------------------------------------------------------------------------------ */

/* The mean adjusted change of a cohort's treated. */
static double effect_of(const struct dose_run *run, size_t cohort)
{
    const struct dose_units *u = run->units;
    double sum = 0, all = 0;
    for (size_t i = 0; i < u->change.n; i++) {
        if (u->cohort[i] != cohort || !(u->dose[i] > 0)) continue;
        double w = u->change.weights ? u->change.weights[i] : 1;
        sum += w * run->fit->adjusted[i], all += w;
    }
    return all > 0 ? sum / all : NAN;
}

static uf_status add_cohort(const struct dose_run *run, size_t c, double total, struct uf_table *table,
                            struct uf_error *error)
{
    const struct dose_cohort *cohort = &run->cells->cohort[c];
    const bool used = cohort->reason == DOSE_USED;
    const struct uf_words reason = reason_of(cohort->reason);
    const double values[] = {(double)cohort->n_treated, (double)cohort->n_control,
                             used ? cohort->weight / total : NAN, used ? effect_of(run, c) : NAN};
    size_t row;
    UF_TRY(uf_table_add_row(table, &row, error));
    UF_TRY(uf_table_set_text(table, row, 0, run->common.panel->periods.code[cohort->start], error));
    for (size_t v = 0; v < sizeof values / sizeof *values; v++)
        UF_TRY(effect_set_number(table, row, v + 1, values[v], error));
    return uf_table_set_text(table, row, 5, used ? NULL : uf_words_in(reason, run->common.context->language),
                             error);
}

uf_status dose_report_cohorts(const struct dose_run *run, struct uf_error *error)
{
    static const struct uf_words title = {"Sub-experiments: one for each start",
                                          "Delexperiment: ett för varje start"};
    static const struct effect_column columns[] = {
        {"group", false, false, -1}, {"n_treated", true, false, 0}, {"n_control", true, false, 0},
        {"weight", true, false, 4},  {"estimate", true, true, 4},   {"note", false, false, -1}};
    const struct dose_cells *cells = run->cells;
    struct uf_table *table = NULL;
    double total = 0;
    if (cells->n_cohorts < 2) return UF_OK;
    for (size_t c = 0; c < cells->n_cohorts; c++)
        if (cells->cohort[c].reason == DOSE_USED) total += cells->cohort[c].weight;
    UF_TRY(effect_columns_new(&run->common, "sub-experiments", title, columns,
                              sizeof columns / sizeof *columns, &table, error));
    uf_status status = UF_OK;
    for (size_t c = 0; c < cells->n_cohorts && status == UF_OK; c++)
        status = add_cohort(run, c, total, table, error);
    if (status == UF_OK) return uf_result_take_table(run->common.result, table, error);
    uf_table_free(table);
    return status;
}

static uf_status note_starts(const struct dose_run *run, struct uf_error *error)
{
    static const struct uf_words text = {
        "{0} starts, each a sub-experiment: the change of its treated regions, {1} periods from the start "
        "on, "
        "less that of the regions without treatment in all of them. The curve is one for all; every treated "
        "region counts alike (by weight), so that a start counts by its treated regions. Untreated regions "
        "stand "
        "in several sub-experiments, and errors are clustered by region or wider.",
        "{0} starter, var och en ett delexperiment: förändringen för dess insatsregioner, {1} perioder från "
        "och "
        "med start, minus den för regioner utan insats i dem alla. Kurvan är gemensam; varje insatsregion "
        "räknas "
        "lika (efter vikt), så att en start räknas efter sina insatsregioner. Regioner utan insats står i "
        "flera "
        "delexperiment, och medelfelen klustras per region eller större."};
    static const struct uf_words left_out = {
        "{0} of {1} starts are left out; the table of sub-experiments says why. The first: {2}, {3}.",
        "{0} av {1} starter ingår inte; tabellen över delexperiment anger skälet. Den första: {2}, {3}."};
    const struct dose_cells *cells = run->cells;
    const struct dose_cohort *first = NULL;
    size_t used = 0;
    for (size_t c = cells->n_cohorts; c-- > 0;) {
        used += cells->cohort[c].reason == DOSE_USED;
        if (cells->cohort[c].reason != DOSE_USED) first = &cells->cohort[c];
    }
    const struct uf_argument arguments[] = {uf_count_argument(used),
                                            uf_number_argument((double)run->after + 1, 0)};
    if (cells->n_cohorts > 1)
        UF_TRY(effect_note(&run->common, UF_NOTE, "dose-starts", text, none, arguments, 2, error));
    if (!first) return UF_OK;
    const struct uf_argument why[] = {
        uf_count_argument(cells->n_cohorts - used), uf_count_argument(cells->n_cohorts),
        uf_text_argument(run->common.panel->periods.code[first->start]),
        uf_text_argument(uf_words_in(reason_of(first->reason), run->common.context->language))};
    return effect_note(&run->common, UF_WARNING, "cohorts-left-out", left_out, none, why, 4, error);
}

/* --- covariates ------------------------------------------------------------------------------------------- */

static const char *covariate_name(const struct dose_run *run, size_t j)
{
    const struct uf_panel *panel = run->common.panel;
    return panel->columns[panel->covariates[j]].label;
}

/* Treated rows whose covariate lies outside what the untreated of their sub-experiment have. */
static size_t count_outside(const struct dose_run *run, size_t j)
{
    const struct dose_units *u = run->units;
    size_t outside = 0;
    for (size_t s = 0; s < u->change.n_stacks; s++) {
        double low = INFINITY, high = -INFINITY;
        for (size_t i = 0; i < u->change.n; i++) {
            if (u->stack[i] != s || u->dose[i] > 0) continue;
            low = fmin(low, gsl_matrix_get(u->covariates, i, j));
            high = fmax(high, gsl_matrix_get(u->covariates, i, j));
        }
        for (size_t i = 0; i < u->change.n; i++) {
            if (u->stack[i] != s || !(u->dose[i] > 0)) continue;
            double x = gsl_matrix_get(u->covariates, i, j);
            outside += x < low || x > high;
        }
    }
    return outside;
}

static uf_status note_covariates(const struct dose_run *run, struct uf_error *error)
{
    static const struct uf_words adjusted = {
        "Changes are adjusted for {0} covariates as they were before the start, by a regression among the "
        "untreated alone: parallel trends are asked for among regions with the same figures before.",
        "Förändringarna är justerade för {0} kovariater som de var före start, med en regression bland dem "
        "utan "
        "insats: parallella trender förutsätts bland regioner med samma värden före."};
    static const struct uf_words outside = {
        "{0}: {1} of {2} treated regions lie outside what the untreated have; what they would have done is "
        "extrapolated.",
        "{0}: {1} av {2} insatsregioner ligger utanför vad de utan insats har; vad de annars skulle ha gjort "
        "är "
        "extrapolerat."};
    static const struct uf_words dropped = {"{0} was not adjusted for (start {1}): among the untreated it "
                                            "does not vary, or is collinear with what "
                                            "stands before it.",
                                            "{0} har inte justerats för (start {1}): bland dem utan insats "
                                            "varierar den inte, eller är kollinjär med "
                                            "det som står före den."};
    const size_t k = run->cells->n_covariates;
    const struct uf_argument count = uf_count_argument(k);
    if (k == 0) return UF_OK;
    UF_TRY(effect_note(&run->common, UF_NOTE, "dose-covariates", adjusted, none, &count, 1, error));
    for (size_t j = 0; j < k; j++) {
        const size_t n = count_outside(run, j);
        const struct uf_argument arguments[] = {uf_text_argument(covariate_name(run, j)),
                                                uf_count_argument(n),
                                                uf_count_argument(run->units->n_treated)};
        if (n > 0)
            UF_TRY(effect_note(&run->common, UF_WARNING, "covariate-outside", outside, none, arguments, 3,
                               error));
    }
    for (size_t c = 0, stack = 0; c < run->cells->n_cohorts; c++) {
        if (run->cells->cohort[c].reason != DOSE_USED) continue;
        for (size_t j = 0; j < k; j++) {
            if (run->fit->position[stack * (1 + k) + 1 + j] != SIZE_MAX) continue;
            const struct uf_argument arguments[] = {
                uf_text_argument(covariate_name(run, j)),
                uf_text_argument(run->common.panel->periods.code[run->cells->cohort[c].start])};
            UF_TRY(effect_note(&run->common, UF_WARNING, "dropped-covariate", dropped, none, arguments, 2,
                               error));
        }
        stack++;
    }
    return UF_OK;
}

/* --- what may be read under which assumption ---------------------------------------------------------------- */

uf_status dose_add_notes(const struct dose_run *run, struct uf_error *error)
{
    static const struct uf_words sample = {"{0} treated regions with {1} different doses from {2} to {3}, "
                                           "and {4} untreated; the change is from {5} to the "
                                           "periods from the start on.",
                                           "{0} insatsregioner med {1} olika doser från {2} till {3}, och "
                                           "{4} utan insats; förändringen är från {5} till "
                                           "perioderna från och med start."};
    static const struct uf_words mean = {"the mean of the periods before", "medelvärdet av perioderna före"};
    static const struct uf_words last = {"the last period before", "den sista perioden före"};
    static const struct uf_words parallel = {"average_effect, and each point of the curve: effects on the "
                                             "regions that got that dose, if all would have developed "
                                             "as the untreated did (parallel trends). That the curve rises "
                                             "or falls is then no effect of the dose: regions with "
                                             "other doses may also have answered differently.",
                                             "average_effect, och varje punkt på kurvan: effekter på de "
                                             "regioner som fick den dosen, om alla annars skulle ha "
                                             "utvecklats som de utan insats (parallella trender). Att kurvan "
                                             "stiger eller faller är då ingen effekt av dosen: "
                                             "regioner med andra doser kan också ha svarat annorlunda."};
    static const struct uf_words strong = {
        "The average slope (average_slope), the slope (acr) and differences between doses: "
        "effects of a larger dose only if regions with "
        "different doses would have answered alike to each dose (strong "
        "parallel trends). No test of the time before can "
        "show that; it must be argued from how the doses came about.",
        "Den genomsnittliga lutningen (average_slope), lutningen (acr) och skillnader mellan doser: "
        "effekter av en större dos bara om regioner med olika "
        "doser skulle ha svarat lika på varje dos (starka parallella "
        "trender). Inget test av tiden före kan visa det; det "
        "måste motiveras av hur doserna bestämdes."};
    static const struct uf_words flat = {
        "There is no slope to infer anything of: this curve is one level, or one for each group of doses. A "
        "polynomial of degree 1 or more, or a spline, has slopes.",
        "Det finns ingen lutning att säga något om: kurvan är en nivå, eller en för varje grupp av doser. "
        "Ett "
        "polynom av grad 1 eller mer, eller en spline, har lutningar."};
    const struct uf_dose_fit *fit = run->fit;
    const struct uf_argument arguments[] = {
        uf_count_argument(run->units->n_treated),
        uf_count_argument(fit->n_doses),
        uf_number_argument(fit->least, 2),
        uf_number_argument(fit->most, 2),
        uf_count_argument(run->units->n_control),
        uf_text_argument(uf_words_in(run->last_before ? last : mean, run->common.context->language))};
    UF_TRY(effect_note(&run->common, UF_NOTE, "dose-sample", sample, none, arguments, 6, error));
    UF_TRY(effect_note(&run->common, UF_NOTE, "parallel-trends", parallel, none, NULL, 0, error));
    UF_TRY(effect_note(&run->common, UF_WARNING, "strong-parallel-trends", strong, none, NULL, 0, error));
    if (!dose_has_slope(fit))
        UF_TRY(effect_note(&run->common, UF_NOTE, "curve-without-slope", flat, none, NULL, 0, error));
    UF_TRY(note_starts(run, error));
    return note_covariates(run, error);
}
