// SPDX-License-Identifier: GPL-3.0-or-later
#include "profile/findings.h"

#include <stdlib.h>

#include "base/fail.h"
#include "profile/tidy.h"

/* What the rows are: regions or sectors. */
struct subject {
    const char *column;
    struct uf_words title;
    size_t count;
    const char *(*code)(const struct panel_activity *activity, size_t place);
    const char *(*label)(const struct panel_activity *activity, size_t place);
};

static uf_status table_new(const struct panel_activity *activity, const char *name,
                           const struct subject *subject, region_sentence_function *sentence,
                           const void *what, struct uf_table **out, struct uf_error *error)
{
    const struct tidy_column columns[] = {{subject->column, UF_COLUMN_TEXT, NULL, -1},
                                          {"label", UF_COLUMN_TEXT, NULL, -1},
                                          {"text", UF_COLUMN_TEXT, NULL, -1}};
    struct uf_table *table = NULL;
    UF_TRY(tidy_table_new(name, uf_words_in(subject->title, activity->language), columns, 3, &table, error));
    uf_status status = UF_OK;
    for (size_t i = 0; i < subject->count && status == UF_OK; i++) {
        char *text = NULL;
        status = sentence(activity, what, i, &text, error);
        if (status != UF_OK) break;
        struct tidy_row row = tidy_row_add(table, error);
        tidy_text(&row, subject->code(activity, i));
        tidy_text(&row, subject->label(activity, i));
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

uf_status findings_table_new(const struct panel_activity *activity, const char *name,
                             region_sentence_function *sentence, const void *what, struct uf_table **out,
                             struct uf_error *error)
{
    const struct subject regions = {"unit",
                                    {"Findings by region", "Iakttagelser per region"},
                                    activity->n_regions,
                                    panel_activity_region_code,
                                    panel_activity_region_label};
    return table_new(activity, name, &regions, sentence, what, out, error);
}

uf_status findings_sector_table_new(const struct panel_activity *activity, const char *name,
                                    sector_sentence_function *sentence, const void *what,
                                    struct uf_table **out, struct uf_error *error)
{
    const struct subject sectors = {"sector",
                                    {"Findings by sector", "Iakttagelser per bransch"},
                                    activity->n_sectors,
                                    panel_activity_sector_code,
                                    panel_activity_sector_label};
    return table_new(activity, name, &sectors, sentence, what, out, error);
}
