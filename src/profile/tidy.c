// SPDX-License-Identifier: GPL-3.0-or-later
#include "profile/tidy.h"

#include <math.h>

uf_status tidy_table_new(const char *name, const char *title, const struct tidy_column *columns,
                         size_t n_columns, struct uf_table **out, struct uf_error *error)
{
    struct uf_table *table = NULL;
    uf_status status = uf_table_new(name, &table, error);
    if (status == UF_OK && title != NULL) status = uf_table_set_title(table, title, error);
    for (size_t i = 0; status == UF_OK && i < n_columns; i++) {
        size_t index;
        status = uf_table_add_column(table, columns[i].name, columns[i].type, columns[i].unit,
                                     columns[i].decimals, &index, error);
    }
    if (status != UF_OK) {
        uf_table_free(table);
        return status;
    }
    *out = table;
    return UF_OK;
}

struct tidy_row tidy_row_add(struct uf_table *table, struct uf_error *error)
{
    struct tidy_row row = {.table = table, .error = error};
    row.status = uf_table_add_row(table, &row.row, error);
    return row;
}

void tidy_text(struct tidy_row *row, const char *text)
{
    if (row->status == UF_OK)
        row->status = uf_table_set_text(row->table, row->row, row->column++, text, row->error);
}

void tidy_value(struct tidy_row *row, double value, uf_value_status status)
{
    if (row->status == UF_OK)
        row->status = uf_table_set_value(row->table, row->row, row->column++, value, status, row->error);
}

void tidy_number(struct tidy_row *row, double value, uf_value_status needed)
{
    if (isfinite(value)) {
        tidy_value(row, value, UF_VALUE_OBSERVED);
        return;
    }
    uf_value_status reason = needed & UF_VALUE_MISSING_MASK;
    tidy_value(row, NAN, reason != 0 ? reason : UF_VALUE_UNDEFINED);
}

void tidy_banded(struct tidy_row *row, double value, double low, double high, uf_value_status needed,
                 uf_value_status no_band)
{
    tidy_number(row, value, needed);
    tidy_number(row, low, no_band);
    tidy_number(row, high, no_band);
}
