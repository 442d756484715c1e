// SPDX-License-Identifier: GPL-3.0-or-later
#include "effect/binary_treatment.h"

#include <math.h>
#include <stdlib.h>

#include <utfall/design.h>

#include "base/fail.h"
#include "effect/switched_off.h"

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
    static const struct uf_words ends = {
        "Regions untreated again after having been treated: {0} (untreated from: {1}). What lingers is not "
        "known, so those periods are neither treated nor untreated.",
        "Regioner som är obehandlade igen efter att ha varit behandlade: {0} (obehandlade från: {1}). Vad "
        "som "
        "dröjer kvar är inte känt, så de perioderna är varken behandlade eller obehandlade."};
    static const struct uf_words ends_advice = {
        "End the data where the first treatment ends, leave these regions out, or choose switching-off: "
        "as-treated, which counts them as treated from their start on.",
        "Avsluta datamaterialet där den första insatsen slutar, uteslut regionerna, eller välj "
        "switching-off: "
        "as-treated, som räknar dem som behandlade från sin start."};
    const struct uf_panel *panel = run->panel;
    for (size_t i = 0; panel->treatment.dose && i < panel->n_rows; i++) {
        double value = panel->treatment.dose[i];
        if (isnan(value) || value == 0 || value == 1) continue;
        const struct uf_argument argument = uf_number_argument(value, -1);
        UF_TRY(effect_note(run, UF_FATAL, "treatment-not-binary", dose, dose_advice, &argument, 1, error));
        return uf_design_refuse(run->result, error);
    }
    if (!panel->treatment.switches_off || stays_treated) return UF_OK;
    size_t count;
    char *list;
    UF_TRY(effect_list_switched_off(panel, &count, &list, error));
    const struct uf_argument arguments[] = {uf_count_argument(count), uf_text_argument(list)};
    uf_status status =
        effect_note(run, UF_FATAL, "switching-off-refused", ends, ends_advice, arguments, 2, error);
    free(list);
    UF_TRY(status);
    return uf_design_refuse(run->result, error);
}
