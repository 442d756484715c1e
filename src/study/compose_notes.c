// SPDX-License-Identifier: GPL-3.0-or-later
/* Limits, and what the methods are: definitions, conventions, references. */
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "study/compose.h"

/* True for the first analysis that uses its method. */
static bool is_first_use(const struct run *run, size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (run->analyses[i].method == run->analyses[index].method) return false;
    return run->analyses[index].method != NULL;
}

/* The warnings stand where the numbers are; here only how many there are. */
static uf_status point_to_warnings(const struct composer *composer, struct uf_error *error)
{
    const struct run *run = composer->run;
    size_t warnings = 0;
    for (size_t i = 0; i < run->n_analyses; i++)
        for (size_t j = 0; j < run->analyses[i].result.n_notes; j++)
            warnings += run->analyses[i].result.notes[j].severity != UF_NOTE;
    if (warnings == 0) return UF_OK;
    const struct uf_argument count = uf_count_argument(warnings);
    static const struct uf_words one = {"The analyses gave one warning; it stands with its result.",
                                        "Analyserna gav en varning; den står vid sitt resultat."};
    static const struct uf_words more = {
        "The analyses gave {0} warnings; each stands with the result it concerns.",
        "Analyserna gav {0} varningar; var och en står vid det resultat den gäller."};
    return compose_paragraph(composer, warnings == 1 ? one : more, &count, 1, error);
}

uf_status compose_limits(const struct composer *composer, struct uf_error *error)
{
    UF_TRY(compose_section(composer, "limits", error));
    UF_TRY(compose_words_list(composer, &composer->run->study->limits, error));
    UF_TRY(compose_paragraph(
        composer,
        (struct uf_words){
            "Location quotients and shift-share describe; they do not explain. A comparison between regions "
            "says what "
            "became different, and why only under the assumptions listed above.",
            "Lokaliseringskvoter och shift-share-analys beskriver men förklarar inte. En jämförelse mellan "
            "regioner visar vad som blev annorlunda; varför visar den bara under de antaganden som anges "
            "ovan."},
        NULL, 0, error));
    return point_to_warnings(composer, error);
}

uf_status compose_method_notes(const struct composer *composer, struct uf_error *error)
{
    const struct run *run = composer->run;
    UF_TRY(compose_section(composer, "method_notes", error));
    for (size_t i = 0; i < run->n_analyses; i++) {
        if (!is_first_use(run, i)) continue;
        const struct uf_method *method = run->analyses[i].method;
        UF_TRY(compose_heading(composer, uf_words_in(method->title, run->language), error));
        const char *note = uf_words_in(method->formula_note, run->language);
        if (note && *note) UF_TRY(uf_report_add_paragraph(composer->report, note, error));
        size_t n_sources = 0;
        while (method->sources && method->sources[n_sources]) n_sources++;
        if (n_sources) UF_TRY(uf_report_add_list(composer->report, method->sources, n_sources, error));
    }
    return UF_OK;
}
