// SPDX-License-Identifier: GPL-3.0-or-later
#include "effect/power_notes.h"

/* The formula knows nothing of how few p-values there are. */
uf_status power_note_never_found(const struct effect_run *run, struct uf_error *error)
{
    static const struct uf_words text = {"Randomisation over the regions never finds an effect often enough "
                                         "in this sample, however large: the "
                                         "treatment can be dealt out in too few ways, or some regions vary "
                                         "too much. What the formula gives would "
                                         "not be found by it.",
                                         "Randomisering över regionerna upptäcker aldrig en effekt "
                                         "tillräckligt ofta i det här urvalet, hur stor den "
                                         "än är: insatsen kan fördelas på för få sätt, eller några regioner "
                                         "varierar för mycket. Det som formeln ger "
                                         "skulle den inte upptäcka."};
    static const struct uf_words advice = {"Get more regions to compare with, or more that are treated.",
                                           "Skaffa fler regioner att jämföra med, eller fler som behandlas."};
    return effect_note(run, UF_WARNING, "never-found", text, advice, NULL, 0, error);
}
