// SPDX-License-Identifier: GPL-3.0-or-later
#include "effect/term_report.h"
#include "base/fail.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/absorbed_regression.h>

/* --- terms ---------------------------------------------------------------------------------------- */

uf_status effect_terms_init(size_t most, size_t k, struct effect_terms *out, struct uf_error *error)
{
    *out = (struct effect_terms){.term = calloc(most + 1, sizeof *out->term),
                                 .name = calloc(most + 1, sizeof *out->name),
                                 .combination = calloc((most + 1) * (k + 1), sizeof *out->combination),
                                 .most = most,
                                 .k = k};
    if (out->term && out->name && out->combination) return UF_OK;
    effect_terms_clear(out);
    return uf_fail_memory(error);
}

void effect_terms_clear(struct effect_terms *terms)
{
    free(terms->term), free(terms->name), free(terms->combination);
    memset(terms, 0, sizeof *terms);
}

double *effect_terms_next(struct effect_terms *terms)
{
    double *combination = terms->combination + terms->count * terms->k;
    memset(combination, 0, terms->k * sizeof *combination);
    return combination;
}

void effect_terms_add(struct effect_terms *terms, const struct effect_term *prototype, bool estimated)
{
    struct effect_term *term = &terms->term[terms->count];
    *term = *prototype;
    snprintf(terms->name[terms->count], sizeof *terms->name, "%s", prototype->term);
    term->term = terms->name[terms->count];
    term->combination = estimated ? terms->combination + terms->count * terms->k : NULL;
    terms->count++;
}

/* --- all inferences, the chosen one first --------------------------------------------------------- */

static uf_status know_grounds(const struct effect_run *run, const struct effect_findings *findings, bool wild,
                              struct effect_grounds *out, struct uf_error *error)
{
    static const struct effect_analytic cr1s = {"cr1s",
                                                {"cluster-robust error CR1S", "klusterrobust fel CR1S"}};
    const struct effect_inference *inference = run->inference;
    const struct uf_did_data *data = findings->data ? findings->data : &run->sample->data;
    struct effect_grounds grounds = {.wild = wild, .control_first = findings->control_first};
    for (size_t c = 0; c < inference->n_covariances; c++)
        grounds.cr2 |= inference->covariance[c].kind == UF_COVARIANCE_CR2 && findings->covariance[c].matrix;
    if (!grounds.cr2) grounds.analytic = &cr1s;
    if (findings->randomisation) {
        grounds.randomised = true;
        grounds.noise = !isnan(findings->randomisation->p_scaled);
    }
    UF_TRY(effect_count_blocks(data, findings->randomisation ? findings->assignment : NULL, &grounds, error));
    *out = grounds;
    return UF_OK;
}

uf_status effect_findings_choose(const struct effect_run *run, struct effect_findings *findings,
                                 struct uf_error *error)
{
    struct effect_inference *inference = run->inference;
    struct effect_grounds grounds;
    static const struct uf_words summed = {"Inference: by clusters (cr1s). Of {0} rows only sums are kept, "
                                           "and the procedures for few clusters need every row.",
                                           "Inferens: efter kluster (cr1s). Av {0} rader sparas bara summor, "
                                           "och metoderna för få kluster kräver varje rad."};
    if (!inference->automatic) return UF_OK;
    if (findings->regression->input.summed) {
        const struct uf_argument n = uf_count_argument(findings->regression->input.summed->n);
        return effect_note(run, UF_WARNING, "inference-chosen", summed, (struct uf_words){NULL, NULL}, &n, 1,
                           error);
    }
    UF_TRY(know_grounds(run, findings, run->sample->data.n_cluster_dimensions > 0, &grounds, error));
    findings->procedure = effect_choose(&grounds);
    inference->chosen = effect_chosen_name(&grounds);
    /* whether the bootstrap can be had is known only once it has been tried: effect_add_findings */
    return findings->procedure == EFFECT_BY_WILD ? UF_OK : effect_note_choice(run, &grounds, error);
}

struct sections {
    const struct effect_run *run;
    const struct effect_findings *findings;
    const struct effect_term *terms;
    size_t n_terms;
    struct uf_table *table;
};

static uf_status add_analytic(const struct sections *s, bool cr2, struct uf_error *error)
{
    const struct effect_inference *inference = s->run->inference;
    for (size_t c = 0; c < inference->n_covariances; c++)
        if (!inference->automatic || (inference->covariance[c].kind == UF_COVARIANCE_CR2) == cr2)
            UF_TRY(effect_add_terms(s->run, s->findings->regression, c, &s->findings->covariance[c], s->terms,
                                    s->n_terms, s->table, error));
    return UF_OK;
}

static uf_status add_randomisation(const struct sections *s, size_t t, const struct uf_randomisation *dealt,
                                   struct uf_error *error)
{
    const struct effect_findings *findings = s->findings;
    const struct effect_term *term = &s->terms[t];
    if (!dealt || dealt->count == 0 || !term->combination) return UF_OK;
    return effect_add_randomised_term(s->run, dealt,
                                      effect_term_value(findings->regression, term->combination),
                                      findings->assignment->n_blocks, term, s->table, error);
}

static uf_status add_randomised(const struct sections *s, struct uf_error *error)
{
    const struct effect_findings *findings = s->findings;
    if (s->n_terms > 0) UF_TRY(add_randomisation(s, 0, findings->randomisation, error));
    for (size_t t = 1; t < s->n_terms && t <= findings->n_others; t++)
        UF_TRY(add_randomisation(s, t, &findings->others[t - 1], error));
    return UF_OK;
}

/* How many terms a costly procedure is for. */
static size_t terms_of(const struct sections *s)
{
    return s->run->inference->automatic && s->n_terms > 1 ? 1 : s->n_terms;
}

static uf_status add_wild(const struct sections *s, struct uf_error *error)
{
    return effect_add_wild(s->run, s->findings->regression, s->terms, terms_of(s), s->table, error);
}

/* Each that was asked for by name; with an automatic choice the others are shown as far as they go. */
static uf_status note_few_treated(const struct sections *s, struct uf_words text, struct uf_error *error)
{
    const struct effect_inference *inference = s->run->inference;
    const char *const names[] = {inference->ferman_pinto ? "ferman-pinto" : NULL,
                                 inference->conley_taber ? "conley-taber" : NULL};
    for (int k = 0; k < 2 && !inference->automatic; k++) {
        if (!names[k]) continue;
        const struct uf_argument argument = uf_text_argument(names[k]);
        UF_TRY(effect_note(s->run, UF_NOTE, "inference-left-out", text, (struct uf_words){NULL, NULL},
                           &argument, 1, error));
    }
    return UF_OK;
}

/* They need to know which blocks were treated, as randomisation does. */
static uf_status add_few_treated(const struct sections *s, struct uf_error *error)
{
    const struct effect_inference *inference = s->run->inference;
    const struct effect_findings *findings = s->findings;
    static const struct uf_words no_rows = {
        "{0} was left out: the rows of the regression are not the regions' own periods.",
        "{0} har utelämnats: regressionens rader är inte regionernas egna perioder."};
    static const struct uf_words sums = {
        "{0} was left out: it needs every row's residual, and of this many rows only sums are kept.",
        "{0} har utelämnats: det kräver varje rads residual, och av så här många rader sparas bara summor."};
    static const struct uf_words gaps = {
        "{0} was left out: the treatment changes in size or ends, so that each unit must have a value in "
        "each period.",
        "{0} har utelämnats: insatsen växlar i storlek eller upphör, och då måste varje enhet ha ett värde i "
        "varje period."};
    if ((!inference->ferman_pinto && !inference->conley_taber) || s->n_terms == 0) return UF_OK;
    if (findings->regression->input.summed) return note_few_treated(s, sums, error);
    if (findings->lenders)
        return effect_add_few_treated(s->run, findings->regression, findings->lenders, s->terms, terms_of(s),
                                      s->table, error);
    if (!findings->data) return note_few_treated(s, no_rows, error);
    struct uf_did_assignment own = {0};
    struct effect_lenders lenders = {0};
    if (!findings->randomisation) {
        struct uf_error reason;
        uf_status status = uf_did_assignment_init(findings->data, &own, &reason);
        if (status == UF_NOT_IDENTIFIED) return note_few_treated(s, gaps, error);
        if (status != UF_OK) {
            if (error) *error = reason;
            return status;
        }
    }
    uf_status status = effect_lenders_init(
        findings->data, findings->randomisation ? findings->assignment : &own, &lenders, error);
    if (status == UF_OK)
        status = effect_add_few_treated(s->run, findings->regression, &lenders, s->terms, terms_of(s),
                                        s->table, error);
    effect_lenders_clear(&lenders);
    uf_did_assignment_clear(&own);
    return status;
}

/* The bootstrap as the chosen procedure: where it gives no row, its errors are what is left, and the note says that. */
static uf_status choose_wild(const struct sections *s, struct uf_error *error)
{
    const size_t before = uf_table_rows(s->table);
    struct effect_grounds grounds;
    UF_TRY(add_wild(s, error));
    UF_TRY(know_grounds(s->run, s->findings, uf_table_rows(s->table) > before, &grounds, error));
    s->run->inference->chosen = effect_chosen_name(&grounds);
    return effect_note_choice(s->run, &grounds, error);
}

uf_status effect_add_findings(const struct effect_run *run, const struct effect_findings *findings,
                              const struct effect_term *terms, size_t n_terms, struct uf_table *table,
                              struct uf_error *error)
{
    const struct sections s = {run, findings, terms, n_terms, table};
    if (!run->inference->automatic) {
        UF_TRY(add_randomised(&s, error));
        UF_TRY(add_analytic(&s, true, error));
        UF_TRY(add_wild(&s, error));
        return add_few_treated(&s, error);
    }
    bool wild_first = findings->procedure == EFFECT_BY_WILD, cr2_first = findings->procedure == EFFECT_BY_CR2;
    if (wild_first) UF_TRY(choose_wild(&s, error));
    if (cr2_first) UF_TRY(add_analytic(&s, true, error));
    UF_TRY(add_randomised(&s, error));
    if (!cr2_first) UF_TRY(add_analytic(&s, true, error));
    if (!wild_first) UF_TRY(add_wild(&s, error));
    UF_TRY(add_few_treated(&s, error));
    return add_analytic(&s, false, error);
}

uf_status effect_drop_temporal(const struct effect_run *run, bool events_only, struct uf_error *error)
{
    static const struct uf_words of_events = {
        "{0} was left out of the event study and the test of the leads: where all treated start together the "
        "indicators of event time are one for each period of the treated, whose residuals then add up to "
        "nothing in every period, and sums by period cannot tell how they vary.",
        "{0} har utelämnats ur händelsestudien och testet av perioderna före start: när alla insatser börjar "
        "samtidigt blir det en indikator för varje period för insatsregionerna, deras residualer summerar då "
        "till noll i varje period, och summor per period säger inget om hur de varierar."};
    static const struct uf_words text = {
        "{0} was left out: with an indicator for each period of the treated their residuals add up to "
        "nothing in every period, and sums by period cannot tell how they vary.",
        "{0} har utelämnats: med en indikator för varje period för insatsregionerna summerar deras "
        "residualer "
        "till noll i varje period, och summor per period säger inget om hur de varierar."};
    struct effect_inference *inference = run->inference;
    size_t kept = 0, count;
    for (size_t c = 0; c < inference->n_covariances; c++) {
        const struct uf_covariance_type *type = &uf_covariance_types(&count)[inference->covariance[c].kind];
        if (type->kind != UF_COVARIANCE_DRISCOLL_KRAAY) {
            inference->covariance[kept++] = inference->covariance[c];
            continue;
        }
        const struct uf_argument argument = uf_text_argument(type->name);
        UF_TRY(effect_note(run, UF_NOTE, "inference-left-out", events_only ? of_events : text,
                           (struct uf_words){NULL, NULL}, &argument, 1, error));
    }
    inference->n_covariances = kept;
    return UF_OK;
}

bool effect_deals_all(const struct effect_inference *inference)
{
    return inference->randomise && !inference->automatic;
}

bool effect_wants_more(const struct effect_inference *inference)
{
    return !inference->automatic && (inference->wild || inference->conley_taber || inference->ferman_pinto);
}

uf_status effect_add_more(const struct effect_run *run, const struct effect_findings *findings,
                          const struct uf_randomisation *dealt, const struct effect_term *terms,
                          size_t n_terms, struct uf_table *table, struct uf_error *error)
{
    const struct sections s = {run, findings, terms, n_terms, table};
    for (size_t t = 0; dealt && t < n_terms; t++) UF_TRY(add_randomisation(&s, t, &dealt[t], error));
    if (!effect_wants_more(run->inference) || findings->regression->input.summed) return UF_OK;
    UF_TRY(add_wild(&s, error));
    return add_few_treated(&s, error);
}

bool effect_has_by_inference(const struct effect_inference *inference, const struct uf_randomisation *dealt)
{
    return inference->n_covariances > 1 || effect_wants_more(inference) || dealt != NULL;
}

uf_status effect_add_by_inference(const struct effect_run *run, const struct effect_findings *findings,
                                  const struct effect_terms *terms, const bool *zero,
                                  const struct uf_randomisation *dealt, struct uf_table *table,
                                  struct uf_error *error)
{
    for (size_t c = 0; c < run->inference->n_covariances; c++) {
        size_t first = uf_table_rows(table);
        UF_TRY(effect_add_terms(run, findings->regression, c, &findings->covariance[c], terms->term,
                                terms->count, table, error));
        for (size_t t = 0; t < terms->count; t++)
            if (zero && zero[t]) UF_TRY(uf_table_set_number(table, first + t, EFFECT_ESTIMATE, 0, error));
    }
    return effect_add_more(run, findings, dealt, terms->term, terms->count, table, error);
}

uf_status effect_report_by_inference(const struct effect_run *run, const struct effect_findings *findings,
                                     const struct effect_terms *terms, const bool *zero,
                                     const struct uf_randomisation *dealt, struct uf_error *error)
{
    static const struct uf_words title = {"Event study by type of inference",
                                          "Händelsestudie efter typ av inferens"};
    struct uf_table *table = NULL;
    if (terms->count == 0 || !effect_has_by_inference(run->inference, dealt)) return UF_OK;
    UF_TRY(effect_table_new("event-study-inference", title, run, &table, error));
    uf_status status = effect_add_by_inference(run, findings, terms, zero, dealt, table, error);
    if (status == UF_OK) return uf_result_take_table(run->result, table, error);
    uf_table_free(table);
    return status;
}

/* Those of the terms that are estimated, with what was dealt out of them; both borrow. */
static size_t select_estimated(const struct effect_terms *terms, const struct uf_randomisation *dealt,
                               struct effect_term *out, struct uf_randomisation *out_dealt)
{
    size_t count = 0;
    for (size_t t = 0; t < terms->count; t++) {
        if (!terms->term[t].combination) continue;
        if (dealt) out_dealt[count] = dealt[t];
        out[count++] = terms->term[t];
    }
    return count;
}

uf_status effect_report_named_inferences(const struct effect_run *run, const struct effect_findings *findings,
                                         const struct effect_term_table *wanted,
                                         const struct uf_randomisation *dealt, struct uf_error *error)
{
    const struct effect_terms *terms = wanted->terms;
    struct uf_table *table = NULL;
    if (run->inference->automatic || !effect_has_by_inference(run->inference, dealt)) return UF_OK;
    struct effect_terms own = {.term = malloc((terms->count + 1) * sizeof *own.term), .k = terms->k};
    struct uf_randomisation *own_dealt = malloc((terms->count + 1) * sizeof *own_dealt);
    uf_status status = own.term && own_dealt ? UF_OK : uf_fail_memory(error);
    if (status == UF_OK) own.count = select_estimated(terms, dealt, own.term, own_dealt);
    if (status == UF_OK && own.count > 0)
        status = effect_table_new(wanted->name, wanted->title, run, &table, error);
    if (status == UF_OK && table)
        status = effect_add_by_inference(run, findings, &own, NULL, dealt ? own_dealt : NULL, table, error);
    free(own.term), free(own_dealt);
    if (status == UF_OK && table && uf_table_rows(table) > 0)
        return uf_result_take_table(run->result, table, error);
    uf_table_free(table);
    return status;
}
