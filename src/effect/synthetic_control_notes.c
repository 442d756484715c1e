// SPDX-License-Identifier: GPL-3.0-or-later
/* What a reader must know about a synthetic control before its number. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/advice.h"
#include "base/fail.h"
#include "effect/synthetic_control_study.h"

/* A fit that misses by more than this share of the spread between regions does not reproduce the treated
 * region. */
static const double poor_fit = 0.25;
#define ADD(severity, code, text, advice, arguments)                                                         \
    uf_result_add_note(study->result, study->context->language, severity, code, text, advice, arguments,     \
                       sizeof(arguments) / sizeof *(arguments), error)

static struct uf_argument period_argument(const struct sc_study *study, size_t row)
{
    return uf_text_argument(study->panel->periods.label[study->period[row]]);
}

static uf_status say_set_up(struct sc_study *study, struct uf_error *error)
{
    char *names = NULL;
    bool *marked = calloc(study->panel->units.count + 1, sizeof *marked);
    if (!marked) return uf_fail_memory(error);
    for (size_t i = 0; i < study->n_treated_units; i++) marked[study->treated_unit[i]] = true;
    uf_status status = sc_names(study, marked, &names, error);
    free(marked);
    if (status != UF_OK) return status;
    const struct uf_argument arguments[] = {
        uf_count_argument(study->predictors->size1), period_argument(study, study->data.fit_from),
        period_argument(study, study->data.fit_to), uf_text_argument(names)};
    if (study->n_predictors == 0) {
        static const struct uf_words equal = {"No predictors were named: the outcome in each of the {0} "
                                              "periods {1}–{2} is used, all with equal weight.",
                                              "Inga prediktorer angavs: utfallet i var och en av de {0} "
                                              "perioderna {1}–{2} används, alla med samma vikt."};
        static const struct uf_words searched = {
            "No predictors were named: the outcome in each of the {0} periods {1}–{2} is used.",
            "Inga prediktorer angavs: utfallet i var och en av de {0} perioderna {1}–{2} används."};
        status = ADD(UF_NOTE, "predictors-default",
                     study->fit_options.choice == UF_PREDICTOR_WEIGHTS_EQUAL ? equal : searched, no_advice,
                     arguments);
    }
    if (status == UF_OK && study->n_treated_units > 1) {
        static const struct uf_words mean = {"The treated regions ({3}) are taken together: their plain mean "
                                             "is compared with one synthetic control. A mean is "
                                             "steadier than a single region, so the placebos, which are "
                                             "single regions, make the p-value cautious.",
                                             "De behandlade regionerna ({3}) behandlas som en: deras ovägda "
                                             "medelvärde jämförs med en syntetisk kontroll. Ett "
                                             "medelvärde är stabilare än en enskild region, så "
                                             "placeboregionerna, som är enskilda, gör p-värdet försiktigt."};
        static const struct uf_words pooled = {
            "Each treated region ({3}) has its own synthetic control; the gaps are averaged and compared "
            "with averages of as "
            "many placebos.",
            "Varje behandlad region ({3}) har sin egen syntetiska kontroll; gapen medelvärdesbildas och "
            "jämförs med medelvärden "
            "av lika många placeboregioner."};
        status = ADD(UF_NOTE, study->m > 1 ? "treated-pooled" : "treated-mean", study->m > 1 ? pooled : mean,
                     no_advice, arguments);
    }
    free(names);
    return status;
}

static uf_status say_fit(struct sc_study *study, struct uf_error *error)
{
    double before = study->average.rmspe_before, spread = sc_outcome_spread(study), level = 0;
    for (size_t t = study->data.fit_from; t <= study->data.fit_to; t++)
        level += fabs(gsl_vector_get(study->average.treated, t)) /
                 (double)(study->data.fit_to - study->data.fit_from + 1);
    const struct uf_argument arguments[] = {uf_number_argument(before, sc_decimals(before)),
                                            uf_number_argument(level > 0 ? 100 * before / level : 0, 1),
                                            uf_number_argument(spread > 0 ? 100 * before / spread : 0, 0),
                                            period_argument(study, study->data.fit_from),
                                            period_argument(study, study->data.fit_to)};
    static const struct uf_words text = {"Before the start ({3}–{4}) the synthetic control misses the "
                                         "treated by {0} (RMSPE): {1} % of its level and {2} % of the "
                                         "standard deviation between regions.",
                                         "Före start ({3}–{4}) avviker den syntetiska kontrollen från den "
                                         "behandlade med {0} (RMSPE): {1} % av dess nivå och "
                                         "{2} % av standardavvikelsen mellan regioner."};
    static const struct uf_words advice = {
        "So large a miss means that no mix of the donors resembles the treated region. Do not read the gap "
        "as an effect; choose "
        "other donors, another outcome (a change or an index instead of a level), or another design.",
        "En så stor avvikelse betyder att ingen kombination av donatorer liknar den behandlade regionen. Läs "
        "inte gapet som en "
        "effekt; välj andra donatorer, ett annat utfall (en förändring eller ett index i stället för en "
        "nivå) eller en annan "
        "design."};
    if (before <= poor_fit * spread) return ADD(UF_NOTE, "fit-before", text, no_advice, arguments);
    if (study->result->claim > UF_CLAIM_DIFFERENCE) study->result->claim = UF_CLAIM_DIFFERENCE;
    return ADD(UF_WARNING, "poor-fit-before", text, advice, arguments);
}

/* A mix of donors lies between the lowest and the highest of them. */
static uf_status say_range(struct sc_study *study, struct uf_error *error)
{
    size_t outside = 0, rows = study->data.fit_to - study->data.fit_from + 1;
    bool unique = true, exact = true;
    for (size_t i = 0; i < study->m; i++) {
        unique = unique && study->fit[i].unique;
        exact = exact && study->fit[i].rmspe_before < 1e-6 * sc_outcome_spread(study);
    }
    for (size_t t = study->data.fit_from; t <= study->data.fit_to; t++) {
        bool beyond = false;
        for (size_t i = 0; i < study->m; i++) {
            double own = gsl_matrix_get(study->outcomes, t, i), low = INFINITY, high = -INFINITY;
            for (size_t c = study->m; c < study->n; c++) {
                low = fmin(low, gsl_matrix_get(study->outcomes, t, c));
                high = fmax(high, gsl_matrix_get(study->outcomes, t, c));
            }
            beyond = beyond || own < low || own > high;
        }
        outside += beyond;
    }
    const struct uf_argument arguments[] = {uf_count_argument(outside), uf_count_argument(rows),
                                            uf_count_argument(study->n_donors)};
    if (outside > 0) {
        static const struct uf_words text = {"In {0} of {1} periods before the start the treated region lies "
                                             "above or below every donor: no mix of donors can "
                                             "reach it there.",
                                             "I {0} av {1} perioder före start ligger den behandlade "
                                             "regionen över eller under samtliga donatorer: ingen "
                                             "kombination av donatorer kan nå dit."};
        static const struct uf_words advice = {
            "Add donors on that side, or use an outcome in which the levels are comparable.",
            "Lägg till donatorer på den sidan, eller använd ett utfall där nivåerna är jämförbara."};
        UF_TRY(ADD(UF_WARNING, "outside-donors", text, advice, arguments));
    }
    if (unique) return UF_OK;
    static const struct uf_words several = {
        "Other weights on the {2} donors fit the predictors exactly as well: the predictors alone do not "
        "decide the mix, and the "
        "path after the start could have been another.",
        "Andra vikter på de {2} donatorerna passar prediktorerna exakt lika bra: prediktorerna avgör inte "
        "ensamma vilken "
        "kombination det blir, och förloppet efter start hade kunnat bli ett annat."};
    static const struct uf_words fewer = {
        "Limit the donors to regions that resemble the treated, or add predictors.",
        "Begränsa donatorerna till regioner som liknar den behandlade, eller lägg till "
        "prediktorer."};
    return ADD(exact ? UF_WARNING : UF_NOTE, "weights-not-unique", several, fewer, arguments);
}

static uf_status say_exact_placebos(struct sc_study *study, struct uf_error *error)
{
    size_t exact = 0, placebos = 0;
    for (size_t c = study->m; c < study->n; c++) {
        placebos += study->placebo[c].gap != NULL;
        exact += study->placebo[c].gap && isinf(study->placebo[c].ratio);
    }
    if (exact == 0) return UF_OK;
    const struct uf_argument arguments[] = {uf_count_argument(exact), uf_count_argument(placebos)};
    static const struct uf_words text = {
        "{0} of {1} placebos are reproduced exactly before the start, so that their ratio is infinite and "
        "ranks first. With "
        "more donors than periods that happens by chance; the p-value errs on the cautious side.",
        "{0} av {1} placeboregioner återges exakt före start, så att deras kvot blir oändlig och hamnar "
        "först. Med fler donatorer "
        "än perioder sker det av en slump; p-värdet är försiktigt räknat."};
    return ADD(UF_NOTE, "placebos-exact", text, no_advice, arguments);
}

static uf_status say_placebos(struct sc_study *study, struct uf_error *error)
{
    const struct uf_argument arguments[] = {
        uf_number_argument(study->average.ratio, 2), uf_count_argument(study->rank ? study->rank[0] : 0),
        uf_count_argument(study->n_ranked), uf_number_argument(study->p_value, 3),
        uf_number_argument(study->n_ranked ? 1 / (double)study->n_ranked : NAN,
                           study->n_ranked > 1000 ? 6 : 3)};
    if (!study->placebo) {
        static const struct uf_words text = {
            "Placebos in space were switched off: there is no p-value.",
            "Placebotesten mellan regioner är avstängda: det finns inget p-värde."};
        static const struct uf_words advice = {"Set placebo-in-space to true.",
                                               "Sätt placebo-in-space till true."};
        return ADD(UF_WARNING, "no-placebos", text, advice, arguments);
    }
    if (study->n_ranked == 0) {
        static const struct uf_words text = {
            "There are too few placebos, or too many sets of them, for a p-value of the pooled gap; "
            "placebo-ratios shows each "
            "region.",
            "Det finns för få placeboregioner, eller för många kombinationer av dem, för ett p-värde för det "
            "sammanvägda gapet; "
            "placebo-ratios visar varje region."};
        return ADD(UF_WARNING, "no-p-value", text, no_advice, arguments);
    }
    static const struct uf_words text = {"The ratio of RMSPE after to before is {0}, number {1} of {2} when "
                                         "each donor is handled as if treated: p = {3}. The "
                                         "smallest attainable p-value is {4}. The treated region is not a "
                                         "donor of the placebos unless asked for.",
                                         "Kvoten mellan RMSPE efter och före är {0}, nummer {1} av {2} när "
                                         "varje donator hanteras som om den vore behandlad: "
                                         "p = {3}. Det minsta möjliga p-värdet är {4}. Den behandlade "
                                         "regionen ingår inte bland placeboregionernas donatorer "
                                         "om det inte begärs."};
    static const struct uf_words pooled = {
        "The ratio of RMSPE after to before is {0}. Among {2} groups (the treated and all sets of as many "
        "placebos) it gives "
        "p = {3}; the smallest attainable p-value is {4}.",
        "Kvoten mellan RMSPE efter och före är {0}. Bland {2} grupper (de behandlade och alla uppsättningar "
        "av lika många "
        "placeboregioner) ger det p = {3}; det minsta möjliga p-värdet är {4}."};
    UF_TRY(ADD(UF_NOTE, "placebo-p-value", study->m > 1 ? pooled : text, no_advice, arguments));
    UF_TRY(say_exact_placebos(study, error));
    if (study->n_ranked >= 20) return UF_OK;
    static const struct uf_words few = {"With {2} regions in the ranking no p-value below {4} is possible: "
                                        "even the most extreme gap is not significant at "
                                        "5 %.",
                                        "Med {2} regioner i rangordningen kan p-värdet inte bli lägre än "
                                        "{4}: inte ens det mest extrema gapet är signifikant på "
                                        "5-procentsnivån."};
    return ADD(UF_WARNING, "smallest-p", few, no_advice, arguments);
}

static uf_status say_in_time(struct sc_study *study, struct uf_error *error)
{
    if (study->placebo_start == 0) return UF_OK;
    double size = fmax(fabs(study->in_time.mean_gap), fabs(study->average.mean_gap));
    const struct uf_argument arguments[] = {period_argument(study, study->placebo_start),
                                            period_argument(study, study->data.start - 1),
                                            uf_number_argument(study->in_time.mean_gap, sc_decimals(size)),
                                            uf_number_argument(study->average.mean_gap, sc_decimals(size)),
                                            uf_number_argument(study->in_time.ratio, 2)};
    static const struct uf_words text = {"Placebo in time: with the start moved to {0}, when nothing had "
                                         "happened, the average gap up to {1} is {2} (RMSPE ratio "
                                         "{4}), against {3} after the true start.",
                                         "Placebotest i tiden: med starten flyttad till {0}, då inget hade "
                                         "hänt, blir det genomsnittliga gapet till och med {1} "
                                         "{2} (RMSPE-kvot {4}), mot {3} efter den verkliga starten."};
    static const struct uf_words advice = {
        "A gap of that size without an intervention says that the method misses by as much here.",
        "Ett gap av den storleken utan insats visar att metoden kan slå fel med lika mycket här."};
    bool as_large = fabs(study->in_time.mean_gap) >= 0.5 * fabs(study->average.mean_gap);
    return ADD(as_large ? UF_WARNING : UF_NOTE, "placebo-in-time", text, as_large ? advice : no_advice,
               arguments);
}

static uf_status say_leave_one_out(struct sc_study *study, struct uf_error *error)
{
    if (!study->without) return UF_OK;
    double low = INFINITY, high = -INFINITY, unused;
    for (size_t c = study->m; c < study->n; c++) {
        if (!(gsl_vector_get(study->average.weights, c) > 0)) continue;
        double gap = sc_gap_without(study, c, &unused);
        low = fmin(low, gap);
        high = fmax(high, gap);
    }
    int decimals = sc_decimals(fmax(fabs(low), fabs(high)));
    const struct uf_argument arguments[] = {uf_number_argument(low, decimals),
                                            uf_number_argument(high, decimals),
                                            uf_number_argument(study->average.mean_gap, decimals)};
    static const struct uf_words text = {
        "When one donor at a time is left out, the average gap lies between {0} and {1} (all donors: {2}).",
        "När en donator i taget utesluts ligger det genomsnittliga gapet mellan {0} och {1} (alla donatorer: "
        "{2})."};
    static const struct uf_words advice = {
        "Its sign depends on a single donor: look at that region before relying on it.",
        "Tecknet beror på en enda donator: granska den regionen innan resultatet används."};
    bool flips = low * high < 0 || low * study->average.mean_gap < 0;
    return ADD(flips ? UF_WARNING : UF_NOTE, "leave-one-out", text, flips ? advice : no_advice, arguments);
}

uf_status sc_study_notes(struct sc_study *study, struct uf_error *error)
{
    UF_TRY(say_set_up(study, error));
    UF_TRY(say_fit(study, error));
    UF_TRY(say_range(study, error));
    UF_TRY(say_placebos(study, error));
    UF_TRY(say_in_time(study, error));
    return say_leave_one_out(study, error);
}
