// SPDX-License-Identifier: GPL-3.0-or-later
/* How much each treated region got: `dose` of an intervention. */
#include "base/fail.h"
#include "study/study_file.h"

#include <math.h>
#include <string.h>

static uf_status check_dose(const struct study *study, const struct study_dose *dose, struct uf_error *error)
{
    if (dose->amount > 0 && isfinite(dose->amount)) return UF_OK;
    return uf_fail_at(error, UF_BAD_INPUT, study->path, dose->place.line, dose->place.column,
                      "found the dose %g for %s, expected an amount above 0; leave regions without the "
                      "intervention out",
                      dose->amount, dose->name.text);
}

uf_status study_doses_of(struct study *study, const struct study_texts *treated, const double **out,
                         struct uf_error *error)
{
    const struct study_items *doses = &study->intervention.doses;
    const struct study_dose *items = doses->items;
    *out = NULL;
    if (doses->count == 0) return UF_OK;
    double *amounts = arena_take(&study->arena, treated->count + 1, sizeof *amounts);
    if (!amounts) return uf_fail_memory(error);
    for (size_t i = 0; i < treated->count; i++) {
        amounts[i] = NAN;
        for (size_t d = 0; d < doses->count; d++)
            if (!strcmp(items[d].name.text, treated->items[i].text)) amounts[i] = items[d].amount;
        if (isnan(amounts[i]))
            return uf_fail_at(error, UF_BAD_INPUT, study->path, doses->place.line, doses->place.column,
                              "found no dose for the treated region %s, expected one for each",
                              treated->items[i].text);
    }
    for (size_t d = 0; d < doses->count; d++) {
        bool known = false;
        UF_TRY(check_dose(study, &items[d], error));
        for (size_t i = 0; i < treated->count; i++)
            known |= !strcmp(items[d].name.text, treated->items[i].text);
        if (!known)
            return uf_fail_at(error, UF_BAD_INPUT, study->path, items[d].place.line, items[d].place.column,
                              "found a dose for %s, which is not among the treated regions; expected one of "
                              "them, written as there",
                              items[d].name.text);
    }
    *out = amounts;
    return UF_OK;
}
