// SPDX-License-Identifier: GPL-3.0-or-later
#include "import/survey.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"

void uf_survey_clear(struct uf_survey *survey)
{
    for (size_t d = 0; d < survey->count; d++) {
        uf_codes_clear(&survey->dimensions[d].index);
        uf_codes_clear(&survey->dimensions[d].all_index);
        uf_text_list_clear(&survey->dimensions[d].codes);
        uf_text_list_clear(&survey->dimensions[d].all);
    }
    free(survey->dimensions);
    free(survey->cells);
    memset(survey, 0, sizeof *survey);
}

static uf_status number_code(struct uf_codes *index, struct uf_text_list *codes, const char *code,
                             int64_t *out, struct uf_error *error)
{
    size_t length = strlen(code);
    if (uf_codes_find(index, code, length, out)) return UF_OK;
    if (codes->count >= UF_SURVEY_CODES) {
        *out = UF_SURVEY_CODES;
        return UF_OK;
    }
    *out = (int64_t)codes->count;
    UF_TRY(uf_text_list_add(codes, code, error));
    return uf_codes_put(index, code, length, *out, error);
}

static uf_status add_cell(struct uf_survey *survey, const struct uf_cell *cell, struct uf_error *error)
{
    if (survey->n_cells == survey->capacity) {
        size_t capacity = survey->capacity ? survey->capacity * 2 : 1024;
        uint32_t *cells = realloc(survey->cells, capacity * survey->count * sizeof *cells);
        if (!cells) return uf_fail_memory(error);
        survey->cells = cells;
        survey->capacity = capacity;
    }
    uint32_t *row = survey->cells + survey->n_cells * survey->count;
    for (size_t d = 0; d < survey->count; d++) {
        struct uf_surveyed_dimension *dimension = &survey->dimensions[d];
        int64_t place;
        UF_TRY(number_code(&dimension->index, &dimension->codes, cell->codes[d], &place, error));
        dimension->overflow = dimension->overflow || place == UF_SURVEY_CODES;
        row[d] = (uint32_t)place;
    }
    survey->n_cells++;
    return UF_OK;
}

static uf_status walk(struct uf_reader *reader, struct uf_plan *plan, struct uf_survey *survey,
                      struct uf_error *error)
{
    while (survey->n_cells < UF_SURVEY_CELLS) {
        struct uf_cell cell;
        bool more;
        UF_TRY(reader->format->next(reader, &cell, &more, error));
        if (!more) {
            survey->whole = true;
            return UF_OK;
        }
        for (size_t d = 0; d < survey->count; d++) {
            struct uf_surveyed_dimension *dimension = &survey->dimensions[d];
            int64_t place;
            if (plan->dimensions[d].keep)
                UF_TRY(number_code(&dimension->all_index, &dimension->all, cell.codes[d], &place, error));
        }
        bool kept = false;
        UF_TRY(uf_plan_keeps(plan, reader, &cell, &kept, error));
        if (kept) UF_TRY(add_cell(survey, &cell, error));
    }
    return UF_OK;
}

uf_status uf_survey_make(struct uf_reader *reader, struct uf_plan *plan, struct uf_survey *out,
                         struct uf_error *error)
{
    struct uf_survey survey = {.count = plan->count};
    survey.dimensions = calloc(plan->count, sizeof *survey.dimensions);
    if (!survey.dimensions) return uf_fail_memory(error);
    uf_status status = walk(reader, plan, &survey, error);
    if (status != UF_OK) {
        uf_survey_clear(&survey);
        return status;
    }
    *out = survey;
    return UF_OK;
}

static bool same_key(const uint32_t *a, const uint32_t *b, const size_t *key, size_t n_key)
{
    for (size_t i = 0; i < n_key; i++)
        if (a[key[i]] != b[key[i]]) return false;
    return true;
}

uf_status uf_survey_needed(const struct uf_survey *survey, const size_t *key, size_t n_key, bool *out_needed,
                           struct uf_error *error)
{
    size_t capacity = 1024;
    while (capacity < survey->n_cells * 2) capacity *= 2;
    size_t *first = calloc(capacity, sizeof *first); /* 1 + the first cell with a key; 0: free */
    if (!first) return uf_fail_memory(error);
    for (size_t d = 0; d < survey->count; d++) out_needed[d] = false;
    for (size_t c = 0; c < survey->n_cells; c++) {
        const uint32_t *row = survey->cells + c * survey->count, *other = NULL;
        uint64_t hash = UINT64_C(14695981039346656037);
        for (size_t i = 0; i < n_key; i++) hash = (hash ^ row[key[i]]) * UINT64_C(1099511628211);
        size_t slot = (size_t)(hash ^ hash >> 29) & (capacity - 1);
        for (; first[slot]; slot = (slot + 1) & (capacity - 1)) {
            other = survey->cells + (first[slot] - 1) * survey->count;
            if (same_key(row, other, key, n_key)) break;
            other = NULL;
        }
        if (!other) {
            first[slot] = c + 1;
            continue;
        }
        for (size_t d = 0; d < survey->count; d++) out_needed[d] = out_needed[d] || row[d] != other[d];
    }
    free(first);
    return UF_OK;
}
