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

/* A warning that several analyses share is told once. */
static uf_status add_warnings(const struct composer *composer, struct uf_error *error)
{
    const struct run *run = composer->run;
    struct uf_text_list list;
    uf_text_list_init(&list);
    uf_status status = UF_OK;
    for (size_t i = 0; i < run->n_analyses && status == UF_OK; i++)
        for (size_t j = 0; j < run->analyses[i].result.n_notes && status == UF_OK; j++) {
            const struct uf_note *note = &run->analyses[i].result.notes[j];
            if (note->severity == UF_NOTE || uf_text_list_find(&list, note->text) != (size_t)-1) continue;
            status = uf_text_list_add(&list, note->text, error);
        }
    if (status == UF_OK && list.count) {
        static const struct uf_words heading = {"Warnings from the analyses", "Varningar från analyserna"};
        status = compose_heading(composer, uf_words_in(heading, run->language), error);
    }
    if (status == UF_OK) status = compose_list(composer, &list, error);
    uf_text_list_clear(&list);
    return status;
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
    return add_warnings(composer, error);
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
