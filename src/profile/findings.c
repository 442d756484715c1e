// SPDX-License-Identifier: GPL-3.0-or-later
#include "profile/findings.h"

#include <stdlib.h>

#include "base/fail.h"
#include "profile/tidy.h"

uf_status findings_table_new(const struct panel_activity *activity, const char *name,
                             region_sentence_function *sentence, const void *what, struct uf_table **out,
                             struct uf_error *error)
{
    static const struct uf_words title = {"Findings by region", "Iakttagelser per region"};
    static const struct tidy_column columns[] = {{"unit", UF_COLUMN_TEXT, NULL, -1},
                                                 {"label", UF_COLUMN_TEXT, NULL, -1},
                                                 {"text", UF_COLUMN_TEXT, NULL, -1}};
    struct uf_table *table = NULL;
    UF_TRY(tidy_table_new(name, uf_words_in(title, activity->language), columns, 3, &table, error));
    uf_status status = UF_OK;
    for (size_t r = 0; r < activity->n_regions && status == UF_OK; r++) {
        char *text = NULL;
        status = sentence(activity, what, r, &text, error);
        if (status != UF_OK) break;
        struct tidy_row row = tidy_row_add(table, error);
        tidy_text(&row, panel_activity_region_code(activity, r));
        tidy_text(&row, panel_activity_region_label(activity, r));
        tidy_text(&row, text);
        status = row.status;
        free(text);
    }
    if (status == UF_OK)
        *out = table;
    else
        uf_table_free(table);
    return status;
}
