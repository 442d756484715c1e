// SPDX-License-Identifier: GPL-3.0-or-later
/* What the store is told of an imported file beside its values, and what it knows of earlier imports of it. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "import/importer.h"

const char *uf_role_name(enum uf_role role)
{
    static const char *const NAMES[] = {
        [UF_ROLE_NONE] = "none",           [UF_ROLE_REGION] = "region",  [UF_ROLE_SECTOR] = "sector",
        [UF_ROLE_PERIOD] = "period",       [UF_ROLE_VALUE] = "value",    [UF_ROLE_STATUS] = "status",
        [UF_ROLE_BREAKDOWN] = "breakdown", [UF_ROLE_CONTENT] = "content"};
    return NAMES[role];
}

static uf_status store_labels(struct uf_importer *importer, size_t d, struct uf_error *error)
{
    const char *name = importer->reader.dimensions.items[d];
    const struct uf_text_list *codes = &importer->plan.codes[d];
    for (size_t i = 0; i < codes->count; i++) {
        const char *label = uf_plan_label(&importer->plan, &importer->reader, d, codes->items[i]);
        if (label && strcmp(label, codes->items[i]) != 0)
            UF_TRY(uf_store_put_code_label(importer->store, name, codes->items[i], label, error));
    }
    return UF_OK;
}

/* A column that says the same in each row tells what the figures are (20-64 years, employed persons): kept as a note. */
static uf_status store_constant(struct uf_importer *importer, size_t d, struct uf_error *error)
{
    const char *name = importer->reader.dimensions.items[d], *code = importer->plan.dimensions[d].constant;
    if (!code || !*code || uf_names_unit(name)) return UF_OK;
    const char *label = uf_plan_label(&importer->plan, &importer->reader, d, code);
    struct uf_buffer text = {0};
    uf_buffer_append(&text, "all cells: ");
    uf_buffer_append(&text, code);
    if (label && strcmp(label, code) != 0) {
        uf_buffer_append(&text, " = ");
        uf_buffer_append(&text, label);
    }
    uf_status status = text.failed
                           ? uf_fail_memory(error)
                           : uf_store_batch_note(importer->store, importer->batch, name, text.data, error);
    uf_buffer_clear(&text);
    return status;
}

uf_status uf_importer_store_facts(struct uf_importer *importer, struct uf_error *error)
{
    const struct uf_reader *reader = &importer->reader;
    const struct uf_file_facts *facts = &reader->facts;
    for (size_t d = 0; d < importer->plan.count; d++) {
        const struct uf_planned_dimension *dimension = &importer->plan.dimensions[d];
        UF_TRY(uf_store_batch_dimension(importer->store, importer->batch, reader->dimensions.items[d],
                                        d < facts->n_dimensions ? facts->dimensions[d].label : NULL,
                                        dimension->summed ? "sum" : uf_role_name(dimension->role), error));
        if (dimension->role == UF_ROLE_BREAKDOWN) UF_TRY(store_labels(importer, d, error));
        if (dimension->role == UF_ROLE_NONE) UF_TRY(store_constant(importer, d, error));
    }
    for (size_t i = 0; i < facts->n_notes; i++)
        UF_TRY(uf_store_batch_note(importer->store, importer->batch, facts->notes[i].scope,
                                   facts->notes[i].text, error));
    return UF_OK;
}

/* --- earlier imports --------------------------------------------------------------------------- */

/* Batches with the same bytes or the same path that brought values of the indicator. Another selection of the same
 * file under another name is left alone. */
static uf_status find_earlier(struct uf_importer *importer, const char *indicator, struct uf_text_list *out,
                              struct uf_error *error)
{
    static const char SQL[] =
        "SELECT CAST(batch_id AS TEXT) FROM batch WHERE (sha256 = ?1 OR path = ?2) AND batch_id IN"
        " (SELECT o.batch_id FROM observation o JOIN indicator i USING (indicator_id) WHERE i.code = ?3"
        "  UNION SELECT r.batch_id FROM repeated_observation r JOIN indicator i USING (indicator_id)"
        "  WHERE i.code = ?3) ORDER BY batch_id";
    const struct uf_input *input = importer->reader.input;
    /* what came through standard input has no path that tells */
    bool named = !importer->request->path || strcmp(importer->request->path, "-") != 0;
    const char *const parameters[] = {uf_input_sha256(input), named ? uf_input_name(input) : NULL, indicator};
    struct uf_table *table = NULL;
    UF_TRY(uf_store_query(importer->store, SQL, parameters, 3, &table, error));
    uf_status status = UF_OK;
    for (size_t i = 0; i < uf_table_rows(table) && status == UF_OK; i++) {
        const char *batch = uf_table_text(table, i, 0);
        if (uf_text_list_find(out, batch) == SIZE_MAX) status = uf_text_list_add(out, batch, error);
    }
    uf_table_free(table);
    return status;
}

static uf_status forget_all(struct uf_importer *importer, const struct uf_text_list *batches,
                            struct uf_error *error)
{
    for (size_t i = 0; i < batches->count; i++) {
        size_t removed = 0;
        UF_TRY(uf_store_forget(importer->store, strtoll(batches->items[i], NULL, 10), &removed, NULL, error));
        importer->summary->forgotten += removed;
        char note[128];
        snprintf(note, sizeof note, "batch %s of this file is replaced: %zu values were taken out",
                 batches->items[i], removed);
        UF_TRY(uf_text_list_add(&importer->summary->notes, note, error));
    }
    return UF_OK;
}

uf_status uf_importer_forget_earlier(struct uf_importer *importer, struct uf_error *error)
{
    struct uf_text_list batches = {0};
    uf_status status = UF_OK;
    for (size_t i = 0; i < importer->contents.count && status == UF_OK; i++)
        status = find_earlier(importer, importer->contents.items[i].indicator_code, &batches, error);
    if (status == UF_OK) status = forget_all(importer, &batches, error);
    uf_text_list_clear(&batches);
    return status;
}
