// SPDX-License-Identifier: GPL-3.0-or-later
/* What rounding leaves of the measures that stars go by, and of the stars. */
#include <math.h>
#include <stdlib.h>
#include <utfall/location_quotient.h>

#include "base/fail.h"
#include "profile/cluster_stars_study.h"
#include "profile/growth_lead.h"
#include "profile/ranking.h"

/* The ranks that sizes within their bounds may have. */
static uf_status bound_ranks(struct stars *x, struct uf_error *error)
{
    const struct panel_activity *a = &x->activity;
    const struct period_activity *p = &a->at[x->now];
    double *low = malloc((2 * a->n_regions + 1) * sizeof *low), ends[2];
    if (!low) return uf_fail_memory(error);
    double *high = low + a->n_regions;
    for (size_t s = 0; s < a->n_sectors; s++) {
        for (size_t r = 0; r < a->n_regions; r++) {
            low[r] = gsl_matrix_get(p->value[BOUND_LOW], r, s);
            high[r] = gsl_matrix_get(p->value[BOUND_HIGH], r, s);
        }
        for (size_t r = 0; r < a->n_regions; r++) {
            rank_interval(low, high, a->n_regions, r, ends);
            gsl_matrix_set(x->low[UF_STAR_SIZE], r, s, ends[0]);
            gsl_matrix_set(x->high[UF_STAR_SIZE], r, s, ends[1]);
        }
    }
    free(low);
    return UF_OK;
}

/* The region's growth beyond that of the sector in all regions, itself among them, in percentage points. */
static void bound_growth(struct stars *x)
{
    const struct panel_activity *a = &x->activity;
    for (size_t s = 0; s < a->n_sectors; s++) {
        struct growth_range all[2] = {{0, 0}, {0, 0}};
        for (int t = 0; t < 2; t++)
            for (size_t r = 0; r < a->n_regions; r++) {
                const struct period_activity *p = &a->at[t ? x->now : 0];
                all[t].low += gsl_matrix_get(p->value[BOUND_LOW], r, s);
                all[t].high += gsl_matrix_get(p->value[BOUND_HIGH], r, s);
            }
        for (size_t r = 0; r < a->n_regions; r++) {
            struct growth_range own[2], others[2];
            for (int t = 0; t < 2; t++) {
                const struct period_activity *p = &a->at[t ? x->now : 0];
                own[t] = (struct growth_range){gsl_matrix_get(p->value[BOUND_LOW], r, s),
                                               gsl_matrix_get(p->value[BOUND_HIGH], r, s)};
                others[t] = (struct growth_range){fmax(0, all[t].low - own[t].low),
                                                  fmax(0, all[t].high - own[t].high)};
            }
            const struct growth_range lead = growth_lead_range(own[0], own[1], others[0], others[1]);
            gsl_matrix_set(x->low[UF_STAR_GROWTH], r, s, 100 * lead.low);
            gsl_matrix_set(x->high[UF_STAR_GROWTH], r, s, 100 * lead.high);
        }
    }
}

static double at_least_zero(double number) /* of what is not known nothing is */
{
    return number < 0 ? 0 : number;
}

/* A region's output over its activity, divided by the same of all regions: it rises in its own output and in the activity of the others, and
 * falls in its own activity and in the output of the others, so that each end is a corner. */
static void bound_productivity(struct stars *x)
{
    const struct panel_activity *a = &x->activity;
    const struct period_activity *p = &a->at[x->now];
    const double half = x->output_rounding / 2;
    const gsl_matrix *low = p->value[a->bands ? BOUND_LOW : BOUND_VALUE],
                     *high = p->value[a->bands ? BOUND_HIGH : BOUND_VALUE];
    for (size_t s = 0; s < a->n_sectors; s++) {
        double few = 0, many = 0, least = 0, most = 0; /* sums of activity and of output */
        for (size_t r = 0; r < a->n_regions; r++) {
            const double output = gsl_matrix_get(x->output, r, s);
            few += gsl_matrix_get(low, r, s), many += gsl_matrix_get(high, r, s);
            least += output < 0 ? (double)NAN : at_least_zero(output - half), most += output + half;
        }
        for (size_t r = 0; r < a->n_regions; r++) {
            const double output = gsl_matrix_get(x->output, r, s), from = at_least_zero(output - half),
                         to = output + half, thin = gsl_matrix_get(low, r, s),
                         thick = gsl_matrix_get(high, r, s);
            const double worst = from / (from + at_least_zero(most - to)) *
                                 (thick + at_least_zero(few - thin)) / thick,
                         best = to / (to + at_least_zero(least - from)) *
                                (thin + at_least_zero(many - thick)) / thin;
            gsl_matrix_set(x->low[UF_STAR_PRODUCTIVITY], r, s, isfinite(worst + least) ? worst : (double)NAN);
            gsl_matrix_set(x->high[UF_STAR_PRODUCTIVITY], r, s, isfinite(best) ? best : (double)NAN);
        }
    }
}

uf_status star_bands(struct stars *x, struct uf_error *error)
{
    const struct panel_activity *a = &x->activity;
    const bool made = x->output && (a->bands || x->output_rounding > 0);
    for (size_t i = 0; i < UF_STARS; i++) {
        if (i == UF_STAR_PRODUCTIVITY ? !made : !a->bands || (i == UF_STAR_GROWTH && x->now == 0)) continue;
        x->low[i] = gsl_matrix_alloc(a->n_regions, a->n_sectors);
        x->high[i] = gsl_matrix_alloc(a->n_regions, a->n_sectors);
        if (!x->low[i] || !x->high[i]) return uf_fail_memory(error);
    }
    if (made) bound_productivity(x);
    if (!a->bands) return UF_OK;
    UF_TRY(bound_ranks(x, error));
    if (x->now > 0) bound_growth(x);
    const struct uf_activity low = panel_activity_at(a, x->now, BOUND_LOW),
                             high = panel_activity_at(a, x->now, BOUND_HIGH);
    return uf_location_quotient_band(&low, &high, a->reference, x->low[UF_STAR_SPECIALISATION],
                                     x->high[UF_STAR_SPECIALISATION], error);
}

/* How many regions of the sector get the star for size. */
static double stars_for_size(const struct stars *x, size_t s)
{
    const gsl_matrix *value = x->activity.at[x->now].value[BOUND_VALUE];
    size_t present = 0;
    for (size_t r = 0; r < value->size1; r++) present += gsl_matrix_get(value, r, s) > 0;
    return uf_star_size_places(present, x->options.size_share);
}

/* Whether a measure at one end of its band has the star; an end that is not known gives it or not as `unknown` says. */
static bool star_at(const struct stars *x, size_t star, double end, size_t s, bool unknown)
{
    const double thresholds[UF_STARS] = {0, x->options.specialisation, x->options.productivity,
                                         x->options.growth};
    if (isnan(end)) return unknown;
    return star == UF_STAR_SIZE ? end <= stars_for_size(x, s) : end >= thresholds[star];
}

void star_counts(const struct stars *x, size_t r, size_t s, double out[3])
{
    out[0] = out[1] = out[2] = 0;
    for (size_t i = 0; i < UF_STARS; i++) {
        const double star = gsl_matrix_get(x->found.star[i], r, s);
        bool least = star > 0, most = star > 0;
        if ((i == UF_STAR_PRODUCTIVITY && !x->output) || (i == UF_STAR_GROWTH && x->now == 0)) continue;
        const bool absent = !(gsl_matrix_get(x->activity.at[x->now].value[BOUND_VALUE], r, s) > 0);
        if (isnan(star)) least = false, most = true;
        if (x->low[i] && !isnan(star) && !(i == UF_STAR_SIZE && absent)) {
            const double low = gsl_matrix_get(x->low[i], r, s), high = gsl_matrix_get(x->high[i], r, s);
            const bool better_low = i == UF_STAR_SIZE; /* a rank */
            least = least && star_at(x, i, better_low ? high : low, s, false);
            most = most || star_at(x, i, better_low ? low : high, s, true);
        }
        out[0] += isnan(star) ? 0 : star;
        out[1] += least;
        out[2] += most;
    }
}
