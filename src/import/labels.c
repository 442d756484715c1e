// SPDX-License-Identifier: GPL-3.0-or-later
/* Codes that come with a label behind them, as statistical offices write them: `01 Stockholms län`. */
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "import/plan.h"

/* The first word, where there is more than one; NULL otherwise. The caller frees it. */
static char *first_word(const char *text)
{
    size_t length = strcspn(text, " ");
    if (length == 0 || text[length] == '\0') return NULL;
    char *word = uf_text_copy(text);
    if (word) word[length] = '\0';
    return word;
}

static uf_status find_labelled(struct uf_store *store, uf_find_function *find, const char *text, char **out,
                               struct uf_error *error)
{
    char *code = NULL;
    UF_TRY(find(store, text, &code, error));
    char *word = code ? NULL : first_word(text);
    uf_status status = word ? find(store, word, &code, error) : UF_OK;
    free(word);
    if (status == UF_OK) *out = code;
    return status;
}

uf_status uf_find_labelled_region(struct uf_store *store, const char *text, char **out,
                                  struct uf_error *error)
{
    return find_labelled(store, uf_store_find_region, text, out, error);
}

uf_status uf_find_labelled_sector(struct uf_store *store, const char *text, char **out,
                                  struct uf_error *error)
{
    return find_labelled(store, uf_store_find_sector, text, out, error);
}
