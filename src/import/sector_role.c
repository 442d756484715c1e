// SPDX-License-Identifier: GPL-3.0-or-later
/* What speaks for a dimension's being sectors: its codes, and labels that name the same as the store. */
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "import/planner.h"

enum { ENOUGH = 500 }; /* codes of a dimension that are looked at */

/* A group or a finer code of known sectors counts too; a range of numbers, which ages are as well, only in a
 * dimension that is called after sectors. */
static uf_status is_sector(struct uf_planner *p, const char *text, bool called_so, bool *out,
                           struct uf_error *error)
{
    char *code = NULL, *parent = NULL, *word = NULL, *label = NULL;
    UF_TRY(uf_find_quietly(p->store, uf_find_labelled_sector, text, &code, error));
    *out = code != NULL;
    free(code);
    if (*out) return UF_OK;
    enum uf_sector_shape shape = UF_SECTOR_NONE;
    UF_TRY(uf_label_split(text, &word, &label, error));
    uf_status status = uf_sector_shape_of(p->store, word, &shape, &parent, error);
    *out = shape == UF_SECTOR_GROUP ? called_so || (*word >= 'A' && *word <= 'Z')
                                    : shape == UF_SECTOR_FINER && called_so;
    free(parent);
    free(word);
    free(label);
    return status;
}

/* A word of six letters or more of one name begins a word of the other. */
static bool share_a_word(const char *a, const char *b)
{
    enum { LONG = 6 };
    char word[LONG + 1];
    for (const char *at = a; *at; at += strspn(at, " ,;-")) {
        size_t length = strcspn(at, " ,;-");
        if (length >= LONG) {
            memcpy(word, at, LONG);
            word[LONG] = '\0';
            if (uf_label_speaks_of(b, word)) return true;
        }
        at += length;
    }
    return false;
}

/* The label of a code names the sector that the store knows under it, in either language. */
static uf_status sector_agrees(struct uf_planner *p, const char *text, const char *label, bool *out,
                               struct uf_error *error)
{
    char *code = NULL;
    struct uf_table *names = NULL;
    *out = false;
    UF_TRY(uf_find_quietly(p->store, uf_find_labelled_sector, text, &code, error));
    if (!code) return UF_OK;
    const char *parameter = code;
    uf_status status = uf_store_query(p->store, "SELECT name_sv, name_en FROM sectors WHERE code = ?1",
                                      &parameter, 1, &names, error);
    free(code);
    for (size_t i = 0; status == UF_OK && i < 2 && uf_table_rows(names) > 0; i++) {
        const char *name = uf_table_text(names, 0, i);
        *out = *out || (name && (share_a_word(name, label) || uf_label_equal(name, label)));
    }
    uf_table_free(names);
    return status;
}

uf_status uf_sector_evidence(struct uf_planner *p, size_t d, bool called_so, struct uf_role_evidence *out,
                             struct uf_error *error)
{
    const struct uf_text_list *codes = &p->plan->codes[d];
    size_t n = codes->count < ENOUGH ? codes->count : ENOUGH, known = 0, own = 0, by_label = 0;
    size_t named = 0, agree = 0;
    for (size_t i = 0; i < n; i++) {
        const char *code = codes->items[i], *label = uf_planner_label(p, d, code);
        bool is = false, labelled = false, agrees = false;
        UF_TRY(is_sector(p, code, called_so, &is, error));
        if (label) UF_TRY(is_sector(p, label, called_so, &labelled, error));
        if (label && is && !called_so) UF_TRY(sector_agrees(p, code, label, &agrees, error));
        named += label && is;
        agree += agrees;
        known += is;
        own += is && strlen(code) < 4;
        by_label += labelled;
    }
    double all = n ? (double)n : 1;
    *out = (struct uf_role_evidence){.codes = ((double)known + 0.01 * (double)own) / all,
                                     .labels = (double)by_label / all};
    /* A, B, C … with labels that speak of other things: kinds of places, not sectors */
    if (!called_so && named > 0 && agree == 0) out->codes = 0;
    return UF_OK;
}
