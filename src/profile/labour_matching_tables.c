// SPDX-License-Identifier: GPL-3.0-or-later
#include <math.h>
#include <stdint.h>

#include "base/fail.h"
#include "profile/labour_matching_study.h"
#include "profile/tidy.h"

/* A number with its band; `why` is why it may be missing. */
static void banded(const struct labour_study *x, struct tidy_row *row, struct labour_number number,
                   uf_value_status why)
{
    const bool has = x->bands && isfinite(number.value);
    const double low = number.low - fmax(0, number.low - number.value), /* of what computing left behind */
        high = number.high + fmax(0, number.value - number.high);
    tidy_banded(row, number.value, has ? low : (double)NAN, has ? high : (double)NAN, why,
                x->bands ? why : (uf_value_status)UF_VALUE_NOT_APPLICABLE);
}

static struct labour_number of_index(double factor, double value, double low, double high)
{
    return (struct labour_number){factor * value, factor * low, factor * high};
}

static void region_key(const struct labour_study *x, size_t u, size_t t, struct tidy_row *row)
{
    tidy_text(row, labour_code(x, u));
    tidy_text(row, labour_label(x, u));
    if (t != SIZE_MAX) tidy_text(row, x->panel->periods.code[t]);
}

static void group_key(const struct labour_study *x, size_t u, size_t t, size_t g, struct tidy_row *row)
{
    region_key(x, u, SIZE_MAX, row);
    tidy_text(row, x->panel->sectors.code[g]);
    tidy_text(row, x->panel->sectors.label[g]);
    tidy_text(row, x->panel->periods.code[t]);
}

static void add_mismatch(const struct labour_study *x, size_t u, size_t t, uf_value_status why,
                         struct tidy_row *row)
{
    const size_t i = labour_cell(x, u, t);
    banded(x, row,
           of_index(100, x->mismatch[i].mismatch, x->mismatch_low[i].mismatch, x->mismatch_high[i].mismatch),
           why);
}

static uf_status region_row(const struct labour_study *x, size_t u, size_t t, struct uf_table *table,
                            struct uf_error *error)
{
    const size_t i = labour_cell(x, u, t);
    const struct uf_mismatch *m = &x->mismatch[i], *low = &x->mismatch_low[i], *high = &x->mismatch_high[i];
    uf_value_status why[LABOUR_MEASURES];
    struct labour_number sum[LABOUR_MEASURES];
    for (size_t k = 0; k < LABOUR_MEASURES; k++)
        sum[k] = labour_sum(x, (enum labour_measure)k, u, t, &why[k]);
    const uf_value_status both = why[VACANCIES] | why[UNEMPLOYED];
    struct tidy_row row = tidy_row_add(table, error);
    region_key(x, u, t, &row);
    banded(x, &row, sum[VACANCIES], why[VACANCIES]);
    banded(x, &row, sum[UNEMPLOYED], why[UNEMPLOYED]);
    banded(x, &row, of_index(1, m->tightness, low->tightness, high->tightness), both);
    add_mismatch(x, u, t, both, &row);
    banded(x, &row, of_index(1, m->mismatched, low->mismatched, high->mismatched), both);
    banded(x, &row, of_index(100, m->hires_lost, low->hires_lost, high->hires_lost), both);
    static const enum labour_measure ratios[][2] = {{UNEMPLOYED, LABOUR_FORCE},
                                                    {VACANCIES, LABOUR_FORCE},
                                                    {LEAVING, EMPLOYED},
                                                    {ENTERING, LEAVING},
                                                    {MATCHED, EMPLOYED}};
    for (size_t k = 0; k < sizeof ratios / sizeof *ratios; k++) {
        const enum labour_measure a = ratios[k][0], b = ratios[k][1];
        banded(x, &row, labour_ratio(100, sum[a], sum[b]), why[a] | why[b]);
    }
    return row.status;
}

static uf_status group_row(const struct labour_study *x, size_t u, size_t t, size_t g, struct uf_table *table,
                           struct uf_error *error)
{
    struct labour_number value[LABOUR_MEASURES];
    uf_value_status why[LABOUR_MEASURES], sums[2];
    for (size_t m = 0; m < LABOUR_MEASURES; m++)
        value[m] = labour_figure(x, (enum labour_measure)m, u, t, g, &why[m]);
    labour_sum(x, VACANCIES, u, t, &sums[0]);
    labour_sum(x, UNEMPLOYED, u, t, &sums[1]);
    const struct labour_number gap = {value[LEAVING].value - value[ENTERING].value,
                                      value[LEAVING].low - value[ENTERING].high,
                                      value[LEAVING].high - value[ENTERING].low};
    struct tidy_row row = tidy_row_add(table, error);
    group_key(x, u, t, g, &row);
    tidy_value(&row, value[VACANCIES].value, why[VACANCIES]);
    tidy_value(&row, value[UNEMPLOYED].value, why[UNEMPLOYED]);
    banded(x, &row, labour_ratio(1, value[VACANCIES], value[UNEMPLOYED]), why[VACANCIES] | why[UNEMPLOYED]);
    banded(x, &row, labour_surplus(x, u, t, g), sums[0] | sums[1]);
    banded(x, &row, labour_ratio(100, value[LEAVING], value[EMPLOYED]), why[LEAVING] | why[EMPLOYED]);
    banded(x, &row, gap, why[LEAVING] | why[ENTERING]);
    banded(x, &row, labour_ratio(100, value[MATCHED], value[EMPLOYED]), why[MATCHED] | why[EMPLOYED]);
    return row.status;
}

static uf_status trend_row(const struct labour_study *x, size_t u, size_t t, struct uf_table *table,
                           struct uf_error *error)
{
    uf_value_status why[2];
    labour_sum(x, VACANCIES, u, t, &why[0]);
    labour_sum(x, UNEMPLOYED, u, t, &why[1]);
    struct tidy_row row = tidy_row_add(table, error);
    region_key(x, u, t, &row);
    add_mismatch(x, u, t, why[0] | why[1], &row);
    return row.status;
}

static uf_status beveridge_row(const struct labour_study *x, size_t u, size_t t, struct uf_table *table,
                               struct uf_error *error)
{
    uf_value_status why[3];
    const struct labour_number unemployed = labour_sum(x, UNEMPLOYED, u, t, &why[0]),
                               vacancies = labour_sum(x, VACANCIES, u, t, &why[1]),
                               force = labour_sum(x, LABOUR_FORCE, u, t, &why[2]);
    struct tidy_row row = tidy_row_add(table, error);
    region_key(x, u, t, &row);
    banded(x, &row, labour_ratio(100, unemployed, force), why[0] | why[2]);
    banded(x, &row, labour_ratio(100, vacancies, force), why[1] | why[2]);
    return row.status;
}

static uf_status latest_row(const struct labour_study *x, size_t u, size_t t, size_t g,
                            struct uf_table *table, struct uf_error *error)
{
    struct tidy_row row = tidy_row_add(table, error);
    group_key(x, u, t, g, &row);
    uf_value_status why[2];
    labour_sum(x, VACANCIES, u, t, &why[0]);
    labour_sum(x, UNEMPLOYED, u, t, &why[1]);
    banded(x, &row, labour_surplus(x, u, t, g), why[0] | why[1]);
    return row.status;
}

/* The last in which any region has a mismatch; SIZE_MAX: none. */
static size_t latest_period(const struct labour_study *x)
{
    size_t latest = SIZE_MAX;
    for (size_t u = 0; u < x->n_units; u++) {
        const size_t last = labour_last(x, u);
        if (last != SIZE_MAX && (latest == SIZE_MAX || last > latest)) latest = last;
    }
    return latest;
}

typedef uf_status region_rows(const struct labour_study *, size_t, size_t, struct uf_table *,
                              struct uf_error *);
typedef uf_status group_rows(const struct labour_study *, size_t, size_t, size_t, struct uf_table *,
                             struct uf_error *);

/* One row per region and period, or per group of each; `latest`: of the last period with figures. */
static uf_status add_table(const struct labour_study *x, const char *name, struct uf_words title,
                           const struct tidy_column *columns, size_t n_columns, region_rows *by_region,
                           group_rows *by_group, bool latest, struct uf_result *result,
                           struct uf_error *error)
{
    struct uf_table *table = NULL;
    UF_TRY(tidy_table_new(name, uf_words_in(title, x->language), columns, n_columns, &table, error));
    uf_status status = UF_OK;
    const size_t last = latest_period(x);
    for (size_t u = 0; u < x->n_units; u++)
        for (size_t t = 0; t < x->n_periods && status == UF_OK; t++) {
            if (latest && t != last) continue;
            if (by_region) status = by_region(x, u, t, table, error);
            for (size_t g = 0; by_group && g < x->n_groups && status == UF_OK; g++)
                status = by_group(x, u, t, g, table, error);
        }
    if (status == UF_OK) return uf_result_take_table(result, table, error);
    uf_table_free(table);
    return status;
}

uf_status labour_add_tables(const struct labour_study *x, struct uf_result *result, struct uf_error *error)
{
    static const struct uf_words titles[] = {
        {"Labour matching by region", "Matchning på arbetsmarknaden per region"},
        {"Labour matching by group", "Matchning på arbetsmarknaden per grupp"},
        {"Mismatch over time", "Obalansen över tid"},
        {"Surplus by group, latest period", "Överskott per grupp, senaste perioden"},
        {"Beveridge points", "Beveridgepunkter"}};
    const char *people = x->column[UNEMPLOYED]->unit;
    const struct tidy_column regions[] = {
        {"unit", UF_COLUMN_TEXT, NULL, -1},       {"label", UF_COLUMN_TEXT, NULL, -1},
        {"period", UF_COLUMN_TEXT, NULL, -1},     TIDY_BANDED("vacancies", x->column[VACANCIES]->unit, -1),
        TIDY_BANDED("unemployed", people, -1),    TIDY_BANDED("tightness", NULL, 2),
        TIDY_BANDED("mismatch", "%", 1),          TIDY_BANDED("mismatched", people, 0),
        TIDY_BANDED("hires_lost", "%", 1),        TIDY_BANDED("unemployment_rate", "%", 1),
        TIDY_BANDED("vacancy_rate", "%", 1),      TIDY_BANDED("replacement_need", "%", 1),
        TIDY_BANDED("replacement_cover", "%", 1), TIDY_BANDED("matching_rate", "%", 1)};
    const struct tidy_column groups[] = {{"unit", UF_COLUMN_TEXT, NULL, -1},
                                         {"label", UF_COLUMN_TEXT, NULL, -1},
                                         {"sector", UF_COLUMN_TEXT, NULL, -1},
                                         {"sector_label", UF_COLUMN_TEXT, NULL, -1},
                                         {"period", UF_COLUMN_TEXT, NULL, -1},
                                         {"vacancies", UF_COLUMN_NUMBER, x->column[VACANCIES]->unit, -1},
                                         {"unemployed", UF_COLUMN_NUMBER, people, -1},
                                         TIDY_BANDED("tightness", NULL, 2),
                                         TIDY_BANDED("surplus", "%", 1),
                                         TIDY_BANDED("replacement_need", "%", 1),
                                         TIDY_BANDED("replacement_gap", NULL, -1),
                                         TIDY_BANDED("matching_rate", "%", 1)};
    static const struct tidy_column trend[] = {{"unit", UF_COLUMN_TEXT, NULL, -1},
                                               {"label", UF_COLUMN_TEXT, NULL, -1},
                                               {"period", UF_COLUMN_TEXT, NULL, -1},
                                               TIDY_BANDED("mismatch", "%", 1)};
    static const struct tidy_column latest[] = {
        {"unit", UF_COLUMN_TEXT, NULL, -1},   {"label", UF_COLUMN_TEXT, NULL, -1},
        {"sector", UF_COLUMN_TEXT, NULL, -1}, {"sector_label", UF_COLUMN_TEXT, NULL, -1},
        {"period", UF_COLUMN_TEXT, NULL, -1}, TIDY_BANDED("surplus", "%", 1)};
    static const struct tidy_column beveridge[] = {{"unit", UF_COLUMN_TEXT, NULL, -1},
                                                   {"label", UF_COLUMN_TEXT, NULL, -1},
                                                   {"period", UF_COLUMN_TEXT, NULL, -1},
                                                   TIDY_BANDED("unemployment_rate", "%", 2),
                                                   TIDY_BANDED("vacancy_rate", "%", 2)};
    UF_TRY(add_table(x, "labour-matching", titles[0], regions, sizeof regions / sizeof *regions, region_row,
                     NULL, false, result, error));
    UF_TRY(add_table(x, "labour-groups", titles[1], groups, sizeof groups / sizeof *groups, NULL, group_row,
                     false, result, error));
    if (x->n_periods > 1)
        UF_TRY(add_table(x, "labour-trend", titles[2], trend, sizeof trend / sizeof *trend, trend_row, NULL,
                         false, result, error));
    UF_TRY(add_table(x, "labour-latest", titles[3], latest, sizeof latest / sizeof *latest, NULL, latest_row,
                     true, result, error));
    if (!x->column[LABOUR_FORCE]) return UF_OK;
    return add_table(x, "labour-beveridge", titles[4], beveridge, sizeof beveridge / sizeof *beveridge,
                     beveridge_row, NULL, false, result, error);
}
