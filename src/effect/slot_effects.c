// SPDX-License-Identifier: GPL-3.0-or-later
#include "effect/slot_effects.h"

#include <gsl/gsl_linalg.h>
#include <math.h>
#include <string.h>

/* What is left of a column, as a share of its square, below which a regression must judge. */
#define COLLINEAR 1e-8
/* A sum of squared residuals smaller than this share of the outcome's is rounding, as in the regression. */
#define EXPLAINED 1e-26

/* --- effects ---------------------------------------------------------------------------------------- */

/* The weights of each period are added up in the order of the units, and are the same number where all are there. */
static bool is_balanced(const struct slot_effects *s, size_t group)
{
    const double *weight = s->weight + group * s->n_times;
    if (s->group[group].uneven) return false;
    for (size_t t = 0; t < s->n_times; t++)
        if (weight[t] > 0 && weight[t] != s->group[group].weight)
            return false; // NOLINT: or it takes the long way
    return true;
}

bool slot_factor(double *matrix, size_t n, const double *scale, size_t without)
{
    for (size_t j = 0; j < n; j++) {
        double *row = matrix + j * n, pivot = row[j];
        if (j == without || !(scale[j] > 0)) {
            for (size_t i = 0; i < n; i++) row[i] = matrix[i * n + j] = 0;
            continue;
        }
        for (size_t l = 0; l < j; l++) {
            double sum = row[l];
            const double *other = matrix + l * n;
            if (!(other[l] > 0)) {
                row[l] = 0;
                continue;
            }
            for (size_t m = 0; m < l; m++) sum -= row[m] * other[m];
            row[l] = sum / other[l];
            pivot -= row[l] * row[l];
        }
        if (!(pivot > COLLINEAR * scale[j])) return false;
        row[j] = sqrt(pivot);
    }
    return true;
}

void slot_solve(const double *factor, size_t n, double *value)
{
    for (size_t j = 0; j < n; j++) {
        const double *row = factor + j * n;
        double sum = value[j];
        for (size_t l = 0; l < j; l++) sum -= row[l] * value[l];
        value[j] = row[j] > 0 ? sum / row[j] : 0;
    }
    for (size_t j = n; j-- > 0;) {
        const double *row = factor + j * n;
        if (!(row[j] > 0)) continue;
        value[j] /= row[j];
        for (size_t l = 0; l < j; l++) value[l] -= row[l] * value[j];
    }
}

/* The inverse in place of the factor. */
static void invert(struct slot_effects *s, size_t group)
{
    const size_t times = s->n_times;
    double *factor = s->factor + group * times * times,
           *inverse = slot_gram(s, group); /* K is not needed any more */
    for (size_t t = 0; t < times; t++) {
        memset(inverse + t * times, 0, times * sizeof *inverse);
        if (!(factor[t * times + t] > 0)) continue;
        inverse[t * times + t] = 1;
        slot_solve(factor, times, inverse + t * times);
    }
    memcpy(factor, inverse, times * times * sizeof *factor);
}

/* K⁻¹ times a vector, of which most may be 0. */
static void multiply(const struct slot_effects *s, size_t group, const double *vector, double *out)
{
    const size_t times = s->n_times;
    const double *inverse = s->factor + group * times * times;
    if (s->group[group].balanced) {
        const double weight = s->group[group].weight;
        for (size_t t = 0; t < times; t++) out[t] = weight > 0 ? vector[t] / weight : 0;
        return;
    }
    memset(out, 0, times * sizeof *out);
    for (size_t t = 0; t < times; t++) {
        if (vector[t] == 0) continue; // NOLINT: exactly 0, as most are of a cell
        for (size_t l = 0; l < times; l++) out[l] += vector[t] * inverse[t * times + l];
    }
}

bool slot_effects_fit(struct slot_effects *s, size_t group, size_t reference)
{
    const size_t times = s->n_times;
    double *factor = s->factor + group * times * times;
    s->group[group].balanced = is_balanced(s, group);
    if (!s->group[group].balanced) {
        slot_effects_sum(s, group);
        memcpy(factor, slot_gram(s, group), times * times * sizeof *factor);
        if (!slot_factor(factor, times, s->weight + group * times, reference)) return false;
        invert(s, group);
    }
    for (size_t j = 0; j <= s->k; j++)
        multiply(s, group, s->moment + slot_moment(s, group, j), s->effect + slot_moment(s, group, j));
    return true;
}

double slot_effects_net(const struct slot_effects *s, size_t group, size_t time)
{
    double net = s->effect[slot_moment(s, group, s->k) + time];
    for (size_t j = 0; j < s->k; j++)
        net -= gsl_vector_get(s->slope, j) * s->effect[slot_moment(s, group, j) + time];
    return net;
}

/* What effects of slots and units leave of each column; the covariates' sums of squares before slots. */
static void take_effects_out(struct slot_effects *s)
{
    const size_t columns = s->k + 1;
    memset(s->square, 0, columns * sizeof *s->square);
    for (size_t u = 0; u < s->n_units; u++) {
        const struct slot_unit *unit = &s->unit[u];
        for (size_t j = 0; j < columns; j++) {
            const double *effect = s->effect + slot_moment(s, unit->group, j);
            double mean = 0, before = 0;
            for (size_t r = unit->from; r < unit->to; r++) {
                const double value = s->value[s->row[r].row * columns + j];
                s->left[r * columns + j] = value - effect[s->row[r].time];
                mean += s->row[r].weight * s->left[r * columns + j];
                before += s->row[r].weight * value * value;
            }
            mean /= unit->weight;
            for (size_t r = unit->from; r < unit->to; r++) s->left[r * columns + j] -= mean;
            s->square[j] += before;
        }
    }
}

/* The slopes. */
static bool solve_covariates(struct slot_effects *s)
{
    const size_t k = s->k;
    gsl_matrix_set_zero(s->products), gsl_vector_set_zero(s->slope);
    for (size_t r = 0; r < s->n_rows; r++) {
        const double *left = s->left + r * (k + 1), w = s->row[r].weight;
        for (size_t a = 0; a < k; a++) {
            *gsl_vector_ptr(s->slope, a) += w * left[a] * left[k];
            for (size_t b = 0; b <= a; b++) *gsl_matrix_ptr(s->products, a, b) += w * left[a] * left[b];
        }
    }
    for (size_t a = 0; a < k; a++) {
        const double own = gsl_matrix_get(s->products, a, a);
        if (!(own > COLLINEAR * s->square[a])) return false;
        s->square[a] = own;
        for (size_t b = 0; b < a; b++) gsl_matrix_set(s->products, b, a, gsl_matrix_get(s->products, a, b));
    }
    if (gsl_linalg_cholesky_decomp1(s->products)) return false;
    for (size_t a = 0; a < k; a++) {
        const double own = gsl_matrix_get(s->products, a, a);
        if (!(own * own > COLLINEAR * s->square[a])) return false;
    }
    gsl_linalg_cholesky_svx(s->products, s->slope);
    return true;
}

bool slot_effects_explain(struct slot_effects *s)
{
    const size_t k = s->k;
    double rest = 0, all = 0;
    take_effects_out(s);
    if (k > 0 && !solve_covariates(s)) return false;
    for (size_t r = 0; r < s->n_rows; r++) {
        double *left = s->left + r * (k + 1);
        for (size_t j = 0; j < k; j++) left[k] -= gsl_vector_get(s->slope, j) * left[j];
        rest += s->row[r].weight * left[k] * left[k];
        all += s->row[r].weight * s->row[r].outcome * s->row[r].outcome;
    }
    for (size_t r = 0; r < s->n_rows && rest <= EXPLAINED * all; r++) s->left[r * (k + 1) + k] = 0;
    return true;
}

/* --- weights of outcomes ---------------------------------------------------------------------------- */

static bool is_nil(const double *value, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (value[i] != 0) return false; // NOLINT: exactly 0, as most groups' are
    return true;
}

void slot_effects_turn(struct slot_effects *s, size_t group)
{
    double *contrast = s->contrast + group * s->n_times;
    if (is_nil(contrast, s->n_times)) return;
    multiply(s, group, contrast, s->column);
    memcpy(contrast, s->column, s->n_times * sizeof *contrast);
}

/* What the covariates' slopes owe to the outcomes. */
static void turn_covariates(struct slot_effects *s)
{
    const size_t times = s->n_times;
    for (size_t j = 0; j < s->k; j++) {
        double sum = 0;
        for (size_t g = 0; g < s->n_groups; g++) {
            const double *a = s->contrast + g * times, *moment = s->moment + slot_moment(s, g, j);
            for (size_t t = 0; t < times; t++) sum += a[t] * moment[t];
        }
        gsl_vector_set(s->turned, j, sum);
    }
    if (s->k > 0) gsl_linalg_cholesky_svx(s->products, s->turned);
}

/* The outcomes of one unit, of which the tally keeps the sums; this is where the time goes. */
static void tally_unit(const struct slot_effects *s, const struct slot_unit *unit, double mean,
                       const double *turned, struct outcome_tally *tally)
{
    const struct uf_did_data *data = s->data;
    const size_t k = s->k, own = data->unit[s->row[unit->from].row], first = tally->data->first_period[own];
    const double *a = s->contrast + unit->group * s->n_times;
    double *share = tally->share + tally->block[own] * data->n_periods, estimate = 0, shift = 0, score = 0;
    size_t in = s->row[unit->from].cluster;
    for (size_t r = unit->from; r < unit->to; r++) {
        const struct slot_row *row = &s->row[r];
        const double *left = s->left + r * (k + 1);
        double v = a[row->time] - mean;
        for (size_t j = 0; j < k; j++) v -= left[j] * turned[j];
        v *= row->weight;
        estimate += v * row->outcome;
        if (first != SIZE_MAX && outcome_tally_is_effect(tally, first, row->period)) shift += v;
        if (row->cluster != in) { /* a unit may move */
            tally->score[in] += score;
            score = 0, in = row->cluster;
        }
        score += v * left[k];
        share[row->period] += v;
    }
    tally->score[in] += score;
    tally->estimate += estimate;
    tally->shift += shift;
}

void slot_effects_tally(struct slot_effects *s, struct outcome_tally *tally)
{
    turn_covariates(s);
    const double *turned = s->k > 0 ? s->turned->data : NULL; /* a whole vector: stride 1 */
    for (size_t u = 0; u < s->n_units; u++) {
        const struct slot_unit *unit = &s->unit[u];
        const double *a = s->contrast + unit->group * s->n_times;
        double mean = 0;
        if (s->k == 0 && is_nil(a, s->n_times)) continue;
        for (size_t r = unit->from; r < unit->to; r++) mean += s->row[r].weight * a[s->row[r].time];
        tally_unit(s, unit, mean / unit->weight, turned, tally);
    }
}
