// SPDX-License-Identifier: GPL-3.0-or-later
/* What rounding leaves of relatedness and of each sector's partners: both formed again from drawn figures. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "profile/ranking.h"
#include "profile/relatedness_study.h"

struct redrawing {
    const struct uf_options *options;
    struct network_draws network; /* where from presence */
    gsl_matrix *related;
};

/* Relatedness, and each sector's place among the partners of another; none to itself. */
static void put(const gsl_matrix *related, double *out)
{
    const size_t n = related->size1;
    memcpy(out, related->data, n * n * sizeof *out);
    for (size_t i = 0; i < n; i++) out[i * n + i] = NAN;
    for (size_t i = 0; i < n; i++) ranks_from_top(out + i * n, n, out + n * n + i * n);
}

static uf_status presence_of_draw(void *what, const double *figures, double *out, struct uf_error *error)
{
    struct redrawing *x = what;
    UF_TRY(network_draws_at(&x->network, figures, error));
    UF_TRY(panel_network_relate(x->network.presence, x->options, x->related, error));
    put(x->related, out);
    return UF_OK;
}

enum uf_flow_average relation_flow_average(const struct uf_options *options)
{
    return strcmp(uf_options_text(options, "average"), "mapped") == 0 ? UF_FLOW_AVERAGE_MAPPED
                                                                      : UF_FLOW_AVERAGE_RATIOS;
}

static uf_status flows_of_draw(void *what, const double *figures, double *out, struct uf_error *error)
{
    struct redrawing *x = what;
    const gsl_matrix_const_view flows =
        gsl_matrix_const_view_array(figures, x->related->size1, x->related->size2);
    UF_TRY(uf_skill_relatedness(&flows.matrix, relation_flow_average(x->options), NULL, x->related, error));
    put(x->related, out);
    return UF_OK;
}

static uf_status widen(struct relation *x, const struct rounding_box *box, const struct rounding_plan *plan,
                       rounding_kernel *kernel, struct redrawing *redrawing, struct uf_error *error)
{
    double *value = malloc(2 * x->n * x->n * sizeof *value);
    redrawing->related = gsl_matrix_alloc(x->n, x->n);
    uf_status status = value && redrawing->related ? UF_OK : uf_fail_memory(error);
    if (status == UF_OK) {
        put(x->related, value);
        status = rounding_bands_new(value, 2 * x->n * x->n, &x->drawn, error);
    }
    if (status == UF_OK) status = rounding_bands_widen(box, plan, kernel, redrawing, &x->drawn, error);
    gsl_matrix_free(redrawing->related);
    free(value);
    return status;
}

uf_status relation_draw_presence(struct relation *x, const struct panel_network *network,
                                 const struct uf_options *options, const struct uf_context *context,
                                 struct uf_error *error)
{
    const struct rounding_plan plan = rounding_plan_of(options, context);
    struct redrawing redrawing = {.options = options};
    if (!network->activity.bands || plan.draws == 0) return UF_OK;
    UF_TRY(network_draws_new(network, &redrawing.network, error));
    uf_status status = widen(x, &redrawing.network.box.box, &plan, presence_of_draw, &redrawing, error);
    network_draws_clear(&redrawing.network);
    return status;
}

uf_status relation_draw_flows(struct relation *x, const struct uf_options *options,
                              const struct uf_context *context, struct uf_error *error)
{
    const struct rounding_plan plan = rounding_plan_of(options, context);
    const double unit = x->panel->columns[x->panel->outcome].rounding;
    struct redrawing redrawing = {.options = options};
    if (!(unit > 0) || plan.draws == 0) return UF_OK;
    const size_t n = x->n * x->n;
    double *ends = malloc(2 * n * sizeof *ends);
    if (ends == NULL) return uf_fail_memory(error);
    for (size_t i = 0; i < n; i++) { /* a pair without a row is nobody */
        const double flow = x->together->data[i];
        ends[i] = fmax(0, flow - unit / 2);
        ends[n + i] = flow > 0 ? flow + unit / 2 : flow;
    }
    const struct rounding_box box = {.low = ends, .high = ends + n, .n = n};
    uf_status status = widen(x, &box, &plan, flows_of_draw, &redrawing, error);
    free(ends);
    return status;
}
