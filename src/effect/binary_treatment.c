// SPDX-License-Identifier: GPL-3.0-or-later
#include "effect/binary_treatment.h"

#include <math.h>
#include <stdlib.h>

#include <utfall/design.h>

#include "base/fail.h"

const char *const effect_endings[] = {"refuse", "as-treated", NULL};

uf_status effect_require_binary(const struct effect_run *run, bool stays_treated, struct uf_error *error)
{
    static const struct uf_words dose = {
        "The treatment differs in size ({0} in one row). Here regions are either treated or not.",
        "Insatsen har olika storlek ({0} i en rad). Här är en region antingen behandlad eller inte."};
    static const struct uf_words dose_advice = {"Give the treatment as 0 and 1, or the first treated period "
                                                "as a cohort; for amounts, use dose-response.",
                                                "Ange insatsen som 0 och 1, eller första behandlade period "
                                                "som kohort; använd dos–respons för belopp."};
    static const struct uf_words ends = {"At least one region is untreated again after having been treated. "
                                         "What lingers is not known, so those "
                                         "periods are neither treated nor untreated.",
                                         "Minst en region är obehandlad igen efter att ha varit behandlad. "
                                         "Vad som dröjer kvar är inte känt, så de "
                                         "perioderna är varken behandlade eller obehandlade."};
    static const struct uf_words ends_advice = {
        "End the data where the first treatment ends, leave that region out, or choose switching-off: "
        "as-treated, "
        "which counts the region as treated from its start on.",
        "Avsluta datamaterialet där den första insatsen slutar, uteslut regionen, eller välj switching-off: "
        "as-treated, som räknar regionen som behandlad från sin start."};
    const struct uf_panel *panel = run->panel;
    for (size_t i = 0; panel->treatment.dose && i < panel->n_rows; i++) {
        double value = panel->treatment.dose[i];
        if (isnan(value) || value == 0 || value == 1) continue;
        const struct uf_argument argument = uf_number_argument(value, -1);
        UF_TRY(effect_note(run, UF_FATAL, "treatment-not-binary", dose, dose_advice, &argument, 1, error));
        return uf_design_refuse(run->result, error);
    }
    if (!panel->treatment.switches_off || stays_treated) return UF_OK;
    UF_TRY(effect_note(run, UF_FATAL, "switching-off-refused", ends, ends_advice, NULL, 0, error));
    return uf_design_refuse(run->result, error);
}
