// SPDX-License-Identifier: GPL-3.0-or-later
#include "stats/linear_programme.h"

#include <glpk.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/fail.h"

struct linear_programme {
    glp_prob *problem;
    bool owns_environment;
    int rows, columns;
};

static bool finite_vector(const gsl_vector *v)
{
    for (size_t i = 0; i < v->size; i++)
        if (!isfinite(gsl_vector_get(v, i))) return false;
    return true;
}

static uf_status not_finite(struct uf_error *error)
{
    return uf_fail(error, UF_INTERNAL, "a linear programme was given a number that is not finite");
}

static uf_status load(struct linear_programme *p, const gsl_matrix *w, struct uf_error *error)
{
    int *index = malloc((w->size2 + 1) * sizeof *index);
    double *value = malloc((w->size2 + 1) * sizeof *value);
    if (!index || !value) {
        free(index), free(value);
        return uf_fail_memory(error);
    }
    for (size_t i = 0; i < w->size1; i++) {
        int count = 0;
        for (size_t j = 0; j < w->size2; j++)
            if (gsl_matrix_get(w, i, j) != 0) {
                index[++count] = (int)j + 1;
                value[count] = gsl_matrix_get(w, i, j);
            }
        glp_set_mat_row(p->problem, (int)i + 1, count, index, value);
    }
    free(index), free(value);
    return UF_OK;
}

uf_status linear_programme_new(const gsl_matrix *w, const gsl_vector *c, struct linear_programme **out,
                               struct uf_error *error)
{
    if (c->size != w->size2 || w->size1 > 1000000 || w->size2 > 1000000)
        return uf_fail(error, UF_INTERNAL, "a linear programme of %zu columns has %zu costs", w->size2,
                       c->size);
    for (size_t i = 0; i < w->size1; i++) {
        gsl_vector_const_view row = gsl_matrix_const_row(w, i);
        if (!finite_vector(&row.vector)) return not_finite(error);
    }
    struct linear_programme *p = calloc(1, sizeof *p);
    if (!p) return uf_fail_memory(error);
    int made = glp_init_env();
    if (made > 1) {
        free(p);
        return uf_fail(error, made == 2 ? UF_NO_MEMORY : UF_INTERNAL,
                       "the environment of linear programmes could not be made (GLPK, code %d)", made);
    }
    p->owns_environment = made == 0;
    glp_term_out(GLP_OFF);
    p->problem = glp_create_prob();
    p->rows = (int)w->size1, p->columns = (int)w->size2;
    glp_set_obj_dir(p->problem, GLP_MIN);
    if (p->rows) glp_add_rows(p->problem, p->rows);
    if (p->columns) glp_add_cols(p->problem, p->columns);
    for (int j = 1; j <= p->columns; j++) glp_set_col_bnds(p->problem, j, GLP_FR, 0, 0);
    uf_status status = load(p, w, error);
    if (status == UF_OK) status = linear_programme_set_objective(p, c, error);
    if (status != UF_OK)
        linear_programme_free(p);
    else
        *out = p;
    return status;
}

void linear_programme_free(struct linear_programme *p)
{
    if (!p) return;
    glp_delete_prob(p->problem);
    if (p->owns_environment) glp_free_env();
    free(p);
}

uf_status linear_programme_set_objective(struct linear_programme *p, const gsl_vector *c,
                                         struct uf_error *error)
{
    if (!finite_vector(c)) return not_finite(error);
    for (int j = 1; j <= p->columns; j++) glp_set_obj_coef(p->problem, j, gsl_vector_get(c, (size_t)j - 1));
    return UF_OK;
}

/* From the basis at hand; where that goes wrong, once more from a fresh one. */
static int simplex(glp_prob *problem)
{
    glp_smcp how;
    glp_init_smcp(&how);
    how.msg_lev = GLP_MSG_OFF;
    how.meth = GLP_DUALP;
    how.tol_bnd = 1e-10;
    how.tol_dj = 1e-10;
    int code = glp_simplex(problem, &how);
    int status = glp_get_status(problem);
    if (code == 0 && (status == GLP_OPT || status == GLP_UNBND || status == GLP_NOFEAS)) return status;
    glp_std_basis(problem);
    how.meth = GLP_PRIMAL;
    how.tol_bnd = 1e-9;
    how.tol_dj = 1e-9;
    code = glp_simplex(problem, &how);
    return code == 0 ? glp_get_status(problem) : GLP_UNDEF;
}

uf_status linear_programme_solve(struct linear_programme *p, const gsl_vector *y,
                                 enum linear_outcome *outcome, double *value, gsl_vector *dual,
                                 struct uf_error *error)
{
    if (!finite_vector(y) || y->size != (size_t)p->rows) return not_finite(error);
    for (int i = 1; i <= p->rows; i++)
        glp_set_row_bnds(p->problem, i, GLP_LO, gsl_vector_get(y, (size_t)i - 1), 0);
    switch (simplex(p->problem)) {
    case GLP_OPT:
        break;
    case GLP_UNBND:
        *outcome = LINEAR_UNBOUNDED;
        return UF_OK;
    case GLP_NOFEAS:
        *outcome = LINEAR_INFEASIBLE;
        return UF_OK;
    default:
        return uf_fail(error, UF_INTERNAL, "a linear programme could not be solved (GLPK)");
    }
    double sum = 0;
    for (int i = 1; i <= p->rows; i++) {
        double weight = glp_get_row_stat(p->problem, i) == GLP_BS ? 0 : glp_get_row_dual(p->problem, i);
        if (weight < 0) weight = 0; /* by rounding */
        if (dual) gsl_vector_set(dual, (size_t)i - 1, weight);
        sum += weight * gsl_vector_get(y, (size_t)i - 1);
    }
    *outcome = LINEAR_OPTIMAL;
    *value = sum;
    return UF_OK;
}
