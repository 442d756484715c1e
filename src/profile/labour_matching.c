// SPDX-License-Identifier: GPL-3.0-or-later
#include <utfall/labour_matching.h>

#include <math.h>

#include "base/fail.h"

static uf_status check(const double *values, size_t n, const char *what, struct uf_error *error)
{
    for (size_t i = 0; i < n; i++)
        if (values[i] < 0 || isinf(values[i]))
            return uf_fail(error, UF_BAD_INPUT, "found %g %s in group %zu, expected a number of at least 0",
                           values[i], what, i + 1);
    return UF_OK;
}

uf_status uf_labour_mismatch(const double *unemployed, const double *vacancies, size_t n,
                             struct uf_mismatch *out, struct uf_error *error)
{
    struct uf_mismatch m = {0};
    UF_TRY(check(unemployed, n, "unemployed", error));
    UF_TRY(check(vacancies, n, "vacancies", error));
    for (size_t i = 0; i < n; i++) {
        m.unemployed += unemployed[i];
        m.vacancies += vacancies[i];
    }
    m.tightness = m.unemployed > 0 ? m.vacancies / m.unemployed : (double)NAN;
    m.mismatch = m.hires_lost = m.mismatched = NAN;
    if (m.unemployed > 0 && m.vacancies > 0) {
        double gaps = 0, matched = 0;
        for (size_t i = 0; i < n; i++) {
            double u = unemployed[i] / m.unemployed, v = vacancies[i] / m.vacancies;
            gaps += fabs(u - v);
            matched += sqrt(u * v);
        }
        m.mismatch = gaps / 2;
        m.mismatched = m.mismatch * m.unemployed;
        m.hires_lost = fmax(0, 1 - matched);
    }
    *out = m;
    return UF_OK;
}

double uf_labour_surplus(double unemployed, double vacancies, const struct uf_mismatch *all)
{
    if (!(all->unemployed > 0 && all->vacancies > 0)) return NAN;
    return (unemployed / all->unemployed - vacancies / all->vacancies) / 2;
}
