// SPDX-License-Identifier: GPL-3.0-or-later
#include "profile/inequality_tables.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "profile/tidy.h"

static const char *period_code(const struct inequality *x, size_t t)
{
    return inequality_period_code(x, t);
}

static const char *region_label(const struct inequality *x, size_t r)
{
    return x->panel->units.label[x->region[r]];
}

/* 100 · y/μ */
static double relative_of(const struct inequality *x, size_t t, size_t r)
{
    return 100 * x->at[t].value[r] / x->at[t].index.mean;
}

static void add_band(struct tidy_row *row, const struct inequality *x, size_t t, double low, double high)
{
    const uf_value_status reason = x->bands ? x->at[t].missing : (uf_value_status)UF_VALUE_NOT_APPLICABLE;
    tidy_number(row, x->bands ? low : NAN, reason);
    tidy_number(row, x->bands ? high : NAN, reason);
}

/* The band of a number that is drawn. */
static void add_drawn(struct tidy_row *row, const struct inequality *x, size_t t, int which, double value,
                      uf_value_status missing)
{
    const struct rounding_bands *drawn = &x->at[t].drawn;
    const bool there = drawn->low != NULL && !isnan(value);
    tidy_banded(row, value, there ? drawn->low[which] : (double)NAN, there ? drawn->high[which] : (double)NAN,
                missing, drawn->low ? missing : missing | (uf_value_status)UF_VALUE_NOT_APPLICABLE);
}

static uf_status period_row(const struct inequality *x, size_t t, struct uf_table *table,
                            struct uf_error *error)
{
    const struct inequality_period *p = &x->at[t];
    const struct uf_inequality *y = &p->index;
    const uf_value_status ungrouped =
        x->n_groups > 0 ? p->missing : p->missing | (uf_value_status)UF_VALUE_NOT_APPLICABLE;
    const bool grouped = x->n_groups > 0;
    struct tidy_row row = tidy_row_add(table, error);
    tidy_text(&row, period_code(x, t));
    tidy_number(&row, (double)x->n_regions, 0);
    tidy_number(&row, y->mean, p->missing);
    add_band(&row, x, t, p->low.mean, p->high.mean);
    tidy_number(&row, y->gini, p->missing);
    add_band(&row, x, t, p->low.gini, p->high.gini);
    tidy_number(&row, y->theil_t, p->missing);
    add_band(&row, x, t, p->low.theil_t, p->high.theil_t);
    add_drawn(&row, x, t, DRAWN_T_WITHIN, grouped ? p->split.t_within : NAN, ungrouped);
    add_drawn(&row, x, t, DRAWN_T_BETWEEN, grouped ? p->split.t_between : NAN, ungrouped);
    add_drawn(&row, x, t, DRAWN_BETWEEN_SHARE, grouped ? 100 * p->split.t_between / p->split.t : NAN,
              ungrouped);
    tidy_number(&row, y->theil_l, p->missing);
    add_band(&row, x, t, p->low.theil_l, p->high.theil_l);
    add_drawn(&row, x, t, DRAWN_L_WITHIN, grouped ? p->split.l_within : NAN, ungrouped);
    add_drawn(&row, x, t, DRAWN_L_BETWEEN, grouped ? p->split.l_between : NAN, ungrouped);
    tidy_number(&row, y->williamson, p->missing);
    add_band(&row, x, t, p->low.williamson, p->high.williamson);
    tidy_number(&row, y->hoover, p->missing);
    add_band(&row, x, t, p->low.hoover, p->high.hoover);
    add_drawn(&row, x, t, DRAWN_ATKINSON, p->atkinson, p->missing);
    return row.status;
}

/* A region's part in Theil's T, w·r·ln r. */
static double theil_term(double weight, double relative)
{
    return relative > 0 ? weight * relative * log(relative) : 0 * weight * relative;
}

/* It falls to r = 1/e and rises from there. */
static struct inequality_range theil_part(double weight, struct inequality_range relative)
{
    const double turn = exp(-1), low = theil_term(weight, relative.low),
                 high = theil_term(weight, relative.high);
    const bool inside = relative.low < turn && turn < relative.high;
    return (struct inequality_range){inside ? theil_term(weight, turn) : fmin(low, high), fmax(low, high)};
}

static uf_status region_rows(const struct inequality *x, size_t t, struct uf_table *table,
                             struct uf_error *error)
{
    const struct inequality_period *p = &x->at[t];
    double people = 0;
    for (size_t r = 0; r < x->n_regions; r++) people += p->weight[r];
    for (size_t r = 0; r < x->n_regions; r++) {
        const double w = p->weight[r] / people, y = p->value[r] / p->index.mean;
        struct tidy_row row = tidy_row_add(table, error);
        tidy_text(&row, x->panel->units.code[x->region[r]]);
        tidy_text(&row, region_label(x, r));
        tidy_text(&row, x->n_groups > 0 ? x->group_name[x->group[r]] : NULL);
        tidy_text(&row, period_code(x, t));
        tidy_number(&row, p->value[r], p->missing);
        tidy_number(&row, 100 * w, p->missing);
        const struct inequality_range relative = inequality_relative(x, p, &r, 1);
        const struct inequality_range part = theil_part(w, relative);
        tidy_number(&row, 100 * y, p->missing);
        add_band(&row, x, t, 100 * relative.low, 100 * relative.high);
        tidy_number(&row, theil_term(w, y), p->missing);
        add_band(&row, x, t, part.low, part.high);
        UF_TRY(row.status);
    }
    return UF_OK;
}

/* One line per index. */
static uf_status index_rows(const struct inequality *x, size_t t, struct uf_table *table,
                            struct uf_error *error)
{
    const struct inequality_period *p = &x->at[t];
    const struct {
        const char *name;
        struct uf_words words;
        double value, low, high;
    } indices[] = {
        {"gini", {"Gini", "Gini"}, p->index.gini, p->low.gini, p->high.gini},
        {"williamson",
         {"Williamson", "Williamson"},
         p->index.williamson,
         p->low.williamson,
         p->high.williamson},
        {"hoover", {"Hoover", "Hoover"}, p->index.hoover, p->low.hoover, p->high.hoover},
        {"theil_t", {"Theil T", "Theil T"}, p->index.theil_t, p->low.theil_t, p->high.theil_t},
    };
    for (size_t k = 0; k < sizeof indices / sizeof *indices; k++) {
        struct tidy_row row = tidy_row_add(table, error);
        tidy_text(&row, indices[k].name);
        tidy_text(&row, uf_words_in(indices[k].words, x->language));
        tidy_text(&row, period_code(x, t));
        tidy_number(&row, indices[k].value, p->missing);
        add_band(&row, x, t, indices[k].low, indices[k].high);
        UF_TRY(row.status);
    }
    return UF_OK;
}

static uf_status component_rows(const struct inequality *x, size_t t, struct uf_table *table,
                                struct uf_error *error)
{
    static const struct uf_words words[] = {{"Within groups", "Inom grupper"},
                                            {"Between groups", "Mellan grupper"}};
    const struct inequality_period *p = &x->at[t];
    for (size_t k = 0; k < 2; k++) {
        struct tidy_row row = tidy_row_add(table, error);
        tidy_text(&row, period_code(x, t));
        tidy_text(&row, k == 0 ? "within" : "between");
        tidy_text(&row, uf_words_in(words[k], x->language));
        add_drawn(&row, x, t, k == 0 ? DRAWN_T_WITHIN : DRAWN_T_BETWEEN,
                  k == 0 ? p->split.t_within : p->split.t_between, p->missing);
        add_drawn(&row, x, t, k == 0 ? DRAWN_WITHIN_SHARE : DRAWN_BETWEEN_SHARE,
                  100 * (k == 0 ? p->split.t_within : p->split.t_between) / p->split.t, p->missing);
        UF_TRY(row.status);
    }
    return UF_OK;
}

static uf_status group_rows(const struct inequality *x, size_t t, struct uf_table *table,
                            struct uf_error *error)
{
    const struct inequality_period *p = &x->at[t];
    size_t *member = calloc(x->n_regions, sizeof *member);
    if (member == NULL) return uf_fail_memory(error);
    double people = 0;
    for (size_t r = 0; r < x->n_regions; r++) people += p->weight[r];
    uf_status status = UF_OK;
    for (size_t g = 0; g < x->n_groups && status == UF_OK; g++) {
        const struct inequality_group group = inequality_group(x, p->value, p->weight, g);
        size_t n = 0;
        for (size_t r = 0; r < x->n_regions; r++)
            if (x->group[r] == g) member[n++] = r;
        const struct inequality_range relative = inequality_relative(x, p, member, n);
        struct tidy_row row = tidy_row_add(table, error);
        tidy_text(&row, x->group_name[g]);
        tidy_text(&row, period_code(x, t));
        tidy_number(&row, (double)n, 0);
        tidy_number(&row, 100 * group.weight / people, p->missing);
        tidy_number(&row, 100 * group.mean / p->index.mean, p->missing);
        add_band(&row, x, t, 100 * relative.low, 100 * relative.high);
        add_drawn(&row, x, t, INEQUALITY_DRAWN + 2 * (int)g, group.theil_t, p->missing);
        add_drawn(&row, x, t, INEQUALITY_DRAWN + 2 * (int)g + 1, group.share_of_theil_t, p->missing);
        status = row.status;
    }
    free(member);
    return status;
}

/* --- sentences ---------------------------------------------------------------------------------- */

static uf_status sentence(const struct inequality *x, size_t r, char **out, struct uf_error *error)
{
    static const struct uf_words change = {
        "{0} lies at {1} per cent of the regions' mean in {2} ({3} per cent in {4}).",
        "{0} ligger på {1} procent av regionernas medelvärde {2} ({3} procent {4})."};
    static const struct uf_words level = {"{0} lies at {1} per cent of the regions' mean{5}.",
                                          "{0} ligger på {1} procent av regionernas medelvärde{5}."};
    static const struct uf_words none = {"No place in the distribution can be given for {0}.",
                                         "Ingen plats i fördelningen kan anges för {0}."};
    const size_t last = x->n_periods - 1;
    const double now = relative_of(x, last, r), before = relative_of(x, 0, r);
    char when[64] = "";
    if (strcmp(period_code(x, last), "") != 0)
        snprintf(when, sizeof when, "%s%.40s", x->language == UF_SWEDISH ? " " : " in ",
                 period_code(x, last));
    const struct uf_argument arguments[] = {
        uf_text_argument(region_label(x, r)),   uf_number_argument(now, 1),
        uf_text_argument(period_code(x, last)), uf_number_argument(before, 1),
        uf_text_argument(period_code(x, 0)),    uf_text_argument(when)};
    const bool both = last > 0 && !isnan(before);
    return uf_phrase(x->language, isnan(now) ? none : both ? change : level, arguments, 6, out, error);
}

static uf_status finding_rows(const struct inequality *x, size_t t, struct uf_table *table,
                              struct uf_error *error)
{
    if (t + 1 < x->n_periods) return UF_OK; /* of the last period, with the first */
    for (size_t r = 0; r < x->n_regions; r++) {
        char *text = NULL;
        UF_TRY(sentence(x, r, &text, error));
        struct tidy_row row = tidy_row_add(table, error);
        tidy_text(&row, x->panel->units.code[x->region[r]]);
        tidy_text(&row, region_label(x, r));
        tidy_text(&row, text);
        free(text);
        UF_TRY(row.status);
    }
    return UF_OK;
}

/* --- tables ------------------------------------------------------------------------------------- */

struct table_plan {
    const char *name;
    struct uf_words title;
    const struct tidy_column *columns;
    size_t n_columns;
    uf_status (*rows)(const struct inequality *x, size_t t, struct uf_table *table, struct uf_error *error);
    bool needed;
};

static uf_status take(const struct inequality *x, const struct table_plan *plan, struct uf_result *result,
                      struct uf_error *error)
{
    if (!plan->needed) return UF_OK;
    struct uf_table *table = NULL;
    UF_TRY(tidy_table_new(plan->name, uf_words_in(plan->title, x->language), plan->columns, plan->n_columns,
                          &table, error));
    for (size_t t = 0; t < x->n_periods; t++) {
        uf_status status = plan->rows(x, t, table, error);
        if (status != UF_OK) {
            uf_table_free(table);
            return status;
        }
    }
    return uf_result_take_table(result, table, error);
}

#define TEXT(name)                                                                                           \
    {                                                                                                        \
        name, UF_COLUMN_TEXT, NULL, -1                                                                       \
    }
#define NUMBER(name)                                                                                         \
    {                                                                                                        \
        name, UF_COLUMN_NUMBER, NULL, 4                                                                      \
    }
#define PER_CENT(name)                                                                                       \
    {                                                                                                        \
        name, UF_COLUMN_NUMBER, "%", 1                                                                       \
    }
#define BANDED(name) NUMBER(name), NUMBER(name "_low"), NUMBER(name "_high")
#define PLAN(name, title, columns, rows, needed)                                                             \
    {                                                                                                        \
        name, title, columns, sizeof(columns) / sizeof *(columns), rows, needed                              \
    }

uf_status inequality_tables(const struct inequality *x, struct uf_result *result, struct uf_error *error)
{
    const struct tidy_column value = {"value", UF_COLUMN_NUMBER, x->column->unit, -1};
    const struct tidy_column periods[] = {TEXT("period"),
                                          {"regions", UF_COLUMN_NUMBER, NULL, 0},
                                          TIDY_BANDED("mean", x->column->unit, 1),
                                          BANDED("gini"),
                                          BANDED("theil_t"),
                                          BANDED("theil_t_within"),
                                          BANDED("theil_t_between"),
                                          TIDY_BANDED("between_share", "%", 1),
                                          BANDED("theil_l"),
                                          BANDED("theil_l_within"),
                                          BANDED("theil_l_between"),
                                          BANDED("williamson"),
                                          BANDED("hoover"),
                                          BANDED("atkinson")};
    const struct tidy_column indices[] = {TEXT("index"), TEXT("label"), TEXT("period"), BANDED("value")};
    const struct tidy_column components[] = {TEXT("period"), TEXT("component"), TEXT("component_label"),
                                             BANDED("value"), TIDY_BANDED("share", "%", 1)};
    const struct tidy_column groups[] = {TEXT("group"),
                                         TEXT("period"),
                                         {"regions", UF_COLUMN_NUMBER, NULL, 0},
                                         PER_CENT("weight_share"),
                                         TIDY_BANDED("relative", "%", 1),
                                         BANDED("theil_t"),
                                         TIDY_BANDED("share_of_theil_t", "%", 1)};
    const struct tidy_column regions[] = {TEXT("unit"),
                                          TEXT("label"),
                                          TEXT("group"),
                                          TEXT("period"),
                                          value,
                                          PER_CENT("weight_share"),
                                          TIDY_BANDED("relative", "%", 1),
                                          BANDED("theil_t_part")};
    const struct tidy_column findings[] = {TEXT("unit"), TEXT("label"), TEXT("text")};
    const bool grouped = x->n_groups > 0, in_time = x->n_periods > 1;
    const struct table_plan plans[] = {
        PLAN("inequality", ((struct uf_words){"Inequality between regions", "Ojämlikhet mellan regioner"}),
             periods, period_row, true),
        PLAN("inequality-indices",
             ((struct uf_words){"Indices of inequality by period", "Ojämlikhetsindex per period"}), indices,
             index_rows, in_time),
        PLAN("inequality-components",
             ((struct uf_words){"Theil's T within and between groups", "Theils T inom och mellan grupper"}),
             components, component_rows, grouped),
        PLAN("inequality-groups",
             ((struct uf_words){"Inequality inside each group", "Ojämlikhet inom varje grupp"}), groups,
             group_rows, grouped),
        PLAN("inequality-regions",
             ((struct uf_words){"Regions in the distribution", "Regionernas plats i fördelningen"}), regions,
             region_rows, true),
        PLAN("inequality-findings", ((struct uf_words){"Findings by region", "Iakttagelser per region"}),
             findings, finding_rows, true),
    };
    for (size_t i = 0; i < sizeof plans / sizeof *plans; i++) UF_TRY(take(x, &plans[i], result, error));
    return UF_OK;
}
