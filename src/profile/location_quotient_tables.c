// SPDX-License-Identifier: GPL-3.0-or-later
#include "profile/location_quotient_tables.h"

#include <math.h>
#include <utfall/location_quotient.h>

#include "base/fail.h"
#include "profile/activity_sums.h"
#include "profile/tidy.h"

/* The matrices of a period, all of one shape; NULL after the last. */
static gsl_matrix **matrix_at(struct quotients *q, size_t k)
{
    gsl_matrix **const all[] = {&q->value,      &q->low,           &q->high,          &q->share_low,
                                &q->share_high, &q->reference_low, &q->reference_high};
    return k < sizeof all / sizeof *all ? all[k] : NULL;
}

void quotients_clear(struct quotients *q)
{
    for (size_t k = 0; matrix_at(q, k) != NULL; k++) {
        gsl_matrix_free(*matrix_at(q, k));
        *matrix_at(q, k) = NULL;
    }
}

uf_status quotients_new(const struct panel_activity *a, size_t period, struct quotients *out,
                        struct uf_error *error)
{
    struct quotients q = {0};
    uf_status status = UF_OK;
    for (size_t k = 0; matrix_at(&q, k) != NULL && status == UF_OK; k++)
        if ((*matrix_at(&q, k) = gsl_matrix_calloc(a->n_regions, a->n_sectors)) == NULL)
            status = uf_fail_memory(error);
    const struct uf_activity value = panel_activity_at(a, period, BOUND_VALUE);
    if (status == UF_OK) status = uf_location_quotient(&value, a->reference, q.value, error);
    if (status == UF_OK && a->bands) {
        const struct uf_activity low = panel_activity_at(a, period, BOUND_LOW);
        const struct uf_activity high = panel_activity_at(a, period, BOUND_HIGH);
        status = uf_location_quotient_band(&low, &high, a->reference, q.low, q.high, error);
        if (status == UF_OK)
            status = uf_share_band(&low, &high, a->reference, q.share_low, q.share_high, error);
        if (status == UF_OK)
            status =
                uf_reference_share_band(&low, &high, a->reference, q.reference_low, q.reference_high, error);
    }
    if (status != UF_OK) {
        quotients_clear(&q);
        return status;
    }
    *out = q;
    return UF_OK;
}

uf_value_status quotient_reason(const struct panel_activity *a, size_t period, size_t r, size_t s)
{
    const struct period_activity *p = &a->at[period];
    uf_value_status flags = p->status[r * a->n_sectors + s];
    if (a->total_sector != SIZE_MAX)
        flags |= p->total_status[r];
    else
        flags |= p->region_sum[r];
    if (a->has_whole) {
        flags |= p->whole_status[s];
        flags |= a->total_sector != SIZE_MAX ? p->whole_total_status : p->whole_cells;
    } else {
        flags |= p->sector_sum[s];
        flags |= a->total_sector != SIZE_MAX ? p->all_totals : p->all_cells;
    }
    return flags & UF_VALUE_MISSING_MASK;
}

/* The sector's share of the reference area, as the quotient has it. */
static double reference_share(const struct panel_activity *a, const struct uf_activity_sums *sums, size_t r,
                              size_t s, double cell)
{
    if (sums->whole != NULL) return sums->whole[s] / sums->whole_denominator;
    if (a->reference == UF_REFERENCE_REST)
        return (sums->sector[s] - cell) / (sums->denominators - sums->denominator[r]);
    return sums->sector[s] / sums->denominators;
}

bool quotient_spans_one(const struct quotients *q, size_t r, size_t s)
{
    return gsl_matrix_get(q->low, r, s) < 1 && gsl_matrix_get(q->high, r, s) > 1;
}

struct quotient_change quotient_change_of(const struct panel_activity *a, const struct quotients *now,
                                          const struct quotients *before, size_t r, size_t s)
{
    struct quotient_change x = {gsl_matrix_get(now->value, r, s) - gsl_matrix_get(before->value, r, s), NAN,
                                NAN};
    if (!panel_activity_banded(a, !isnan(x.change))) return x;
    x.low = gsl_matrix_get(now->low, r, s) - gsl_matrix_get(before->high, r, s);
    x.high = gsl_matrix_get(now->high, r, s) - gsl_matrix_get(before->low, r, s);
    return x;
}

/* A number of a cell with its bounds, where figures are rounded or hidden ones bounded. */
struct cell {
    double value, low, high;
};

static struct cell cell_of(double unit, double value, const gsl_matrix *low, const gsl_matrix *high, size_t r,
                           size_t s)
{
    return (struct cell){unit * value, unit * gsl_matrix_get(low, r, s), unit * gsl_matrix_get(high, r, s)};
}

static void put_cell(struct tidy_row *row, const struct panel_activity *a, struct cell x,
                     uf_value_status reason)
{
    const bool banded = panel_activity_banded(a, isfinite(x.value));
    tidy_banded(row, x.value, banded ? x.low : NAN, banded ? x.high : NAN, reason,
                a->bands ? reason : UF_VALUE_NOT_APPLICABLE);
}

/* RSCA rises with the quotient; where that has no upper bound, it has 1. */
static struct cell advantage_of(const struct panel_activity *a, struct cell quotient)
{
    const bool unbounded = a->bands && isnan(quotient.high) && isfinite(quotient.low);
    return (struct cell){uf_symmetric_advantage(quotient.value), uf_symmetric_advantage(quotient.low),
                         unbounded ? 1 : uf_symmetric_advantage(quotient.high)};
}

static void change_cells(const struct panel_activity *a, const struct quotients *now,
                         const struct quotients *before, size_t r, size_t s, uf_value_status reason,
                         struct tidy_row *row)
{
    static const struct uf_words within = {"rounding alone may explain the change",
                                           "avrundningen ensam kan förklara förändringen"};
    const struct quotient_change x = quotient_change_of(a, now, before, r, s);
    const uf_value_status then = quotient_reason(a, 0, r, s);
    tidy_text(row, panel_activity_period_code(a, 0));
    put_cell(row, a, cell_of(1, gsl_matrix_get(before->value, r, s), before->low, before->high, r, s), then);
    put_cell(row, a, (struct cell){x.change, x.low, x.high}, reason | then);
    tidy_text(row, quotient_change_open(x) ? uf_words_in(within, a->language) : NULL);
}

/* One row of the table; `before` NULL: no comparison. */
static uf_status quotient_row(const struct panel_activity *a, const struct uf_activity_sums *sums,
                              const struct quotients *now, size_t period, const struct quotients *before,
                              size_t r, size_t s, struct uf_table *table, struct uf_error *error)
{
    static const struct uf_words spans = {"the band spans 1", "avrundningsintervallet omfattar 1"};
    const uf_value_status reason = quotient_reason(a, period, r, s);
    const struct cell quotient = cell_of(1, gsl_matrix_get(now->value, r, s), now->low, now->high, r, s);
    const double value = gsl_matrix_get(a->at[period].value[BOUND_VALUE], r, s);
    struct tidy_row row = tidy_row_add(table, error);
    tidy_text(&row, panel_activity_region_code(a, r));
    tidy_text(&row, panel_activity_region_label(a, r));
    tidy_text(&row, panel_activity_sector_code(a, s));
    tidy_text(&row, panel_activity_sector_label(a, s));
    tidy_text(&row, panel_activity_period_code(a, period));
    tidy_value(&row, value, a->at[period].status[r * a->n_sectors + s]);
    put_cell(&row, a, cell_of(100, value / sums->denominator[r], now->share_low, now->share_high, r, s),
             reason);
    put_cell(
        &row, a,
        cell_of(100, reference_share(a, sums, r, s, value), now->reference_low, now->reference_high, r, s),
        reason);
    put_cell(&row, a, quotient, reason);
    put_cell(&row, a, advantage_of(a, quotient), reason);
    const bool open = panel_activity_banded(a, isfinite(quotient.value)) && quotient_spans_one(now, r, s);
    tidy_text(&row, open ? uf_words_in(spans, a->language) : NULL);
    if (before != NULL) change_cells(a, now, before, r, s, reason, &row);
    return row.status;
}

uf_status quotient_table(const struct panel_activity *a, const struct quotients *now, size_t period,
                         const struct quotients *before, struct uf_table **out, struct uf_error *error)
{
    static const struct uf_words title = {"Location quotients by region and sector",
                                          "Lokaliseringskvoter efter region och bransch"};
    enum { OF_CHANGE = 8 };
    const struct tidy_column columns[] = {
        {"unit", UF_COLUMN_TEXT, NULL, -1},
        {"label", UF_COLUMN_TEXT, NULL, -1},
        {"sector", UF_COLUMN_TEXT, NULL, -1},
        {"sector_label", UF_COLUMN_TEXT, NULL, -1},
        {"period", UF_COLUMN_TEXT, NULL, -1},
        {"value", UF_COLUMN_NUMBER, a->column->unit, -1},
        TIDY_BANDED("share", "%", 2),
        TIDY_BANDED("reference_share", "%", 2),
        {"location_quotient", UF_COLUMN_NUMBER, NULL, 2},
        {"low", UF_COLUMN_NUMBER, NULL, 2},
        {"high", UF_COLUMN_NUMBER, NULL, 2},
        TIDY_BANDED("rsca", NULL, 2),
        {"note", UF_COLUMN_TEXT, NULL, -1},
        {"compared_with", UF_COLUMN_TEXT, NULL, -1},
        TIDY_BANDED("location_quotient_then", NULL, 2),
        TIDY_BANDED("location_quotient_change", NULL, 2),
        {"change_note", UF_COLUMN_TEXT, NULL, -1},
    };
    const size_t n_columns = sizeof columns / sizeof *columns - (before != NULL ? 0 : OF_CHANGE);
    struct uf_table *table = NULL;
    UF_TRY(tidy_table_new("location-quotient", uf_words_in(title, a->language), columns, n_columns, &table,
                          error));
    const struct uf_activity value = panel_activity_at(a, period, BOUND_VALUE);
    struct uf_activity_sums sums = {0};
    uf_status status = uf_activity_sums_new(&value, &sums, error);
    for (size_t r = 0; status == UF_OK && r < a->n_regions; r++)
        for (size_t s = 0; status == UF_OK && s < a->n_sectors; s++)
            status = quotient_row(a, &sums, now, period, before, r, s, table, error);
    uf_activity_sums_clear(&sums);
    if (status != UF_OK) {
        uf_table_free(table);
        return status;
    }
    *out = table;
    return UF_OK;
}
