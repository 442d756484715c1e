// SPDX-License-Identifier: GPL-3.0-or-later
#include "profile/inequality_tables.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/advice.h"
#include "base/fail.h"
#include "profile/tidy.h"

static const char *period_code(const struct inequality *x, size_t t)
{
    return x->panel->periods.code[x->at[t].period];
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
        tidy_number(&row, 100 * y, p->missing);
        tidy_number(&row, y > 0 ? w * y * log(y) : 0 * w * y, p->missing);
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
        tidy_number(&row, 100 * (k == 0 ? p->split.t_within : p->split.t_between) / p->split.t, p->missing);
        UF_TRY(row.status);
    }
    return UF_OK;
}

/* The inequality inside each group, and what it adds to the whole: its share of all income times its own T. */
static uf_status group_rows(const struct inequality *x, size_t t, struct uf_table *table,
                            struct uf_error *error)
{
    const struct inequality_period *p = &x->at[t];
    double people = 0;
    for (size_t r = 0; r < x->n_regions; r++) people += p->weight[r];
    for (size_t g = 0; g < x->n_groups; g++) {
        double weight = 0, sum = 0, inside = 0;
        size_t n = 0;
        for (size_t r = 0; r < x->n_regions; r++)
            if (x->group[r] == g) weight += p->weight[r], sum += p->weight[r] * p->value[r], n++;
        const double mean = sum / weight;
        for (size_t r = 0; r < x->n_regions; r++) {
            const double y = p->value[r] / mean;
            if (x->group[r] == g && !(y == 0) && p->weight[r] != 0)
                inside += p->weight[r] / weight * y * log(y);
        }
        struct tidy_row row = tidy_row_add(table, error);
        tidy_text(&row, x->group_name[g]);
        tidy_text(&row, period_code(x, t));
        tidy_number(&row, (double)n, 0);
        tidy_number(&row, 100 * weight / people, p->missing);
        tidy_number(&row, 100 * mean / p->index.mean, p->missing);
        tidy_number(&row, inside, p->missing);
        tidy_number(&row, 100 * (weight / people) * (mean / p->index.mean) * inside / p->index.theil_t,
                    p->missing);
        UF_TRY(row.status);
    }
    return UF_OK;
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
                                          {"mean", UF_COLUMN_NUMBER, x->column->unit, 1},
                                          BANDED("gini"),
                                          BANDED("theil_t"),
                                          BANDED("theil_t_within"),
                                          BANDED("theil_t_between"),
                                          PER_CENT("between_share"),
                                          PER_CENT("between_share_low"),
                                          PER_CENT("between_share_high"),
                                          BANDED("theil_l"),
                                          BANDED("theil_l_within"),
                                          BANDED("theil_l_between"),
                                          BANDED("williamson"),
                                          BANDED("hoover"),
                                          BANDED("atkinson")};
    const struct tidy_column indices[] = {TEXT("index"), TEXT("label"), TEXT("period"), BANDED("value")};
    const struct tidy_column components[] = {TEXT("period"), TEXT("component"), TEXT("component_label"),
                                             BANDED("value"), PER_CENT("share")};
    const struct tidy_column groups[] = {TEXT("group"),
                                         TEXT("period"),
                                         {"regions", UF_COLUMN_NUMBER, NULL, 0},
                                         PER_CENT("weight_share"),
                                         PER_CENT("relative"),
                                         NUMBER("theil_t"),
                                         PER_CENT("share_of_theil_t")};
    const struct tidy_column regions[] = {TEXT("unit"),
                                          TEXT("label"),
                                          TEXT("group"),
                                          TEXT("period"),
                                          value,
                                          PER_CENT("weight_share"),
                                          PER_CENT("relative"),
                                          NUMBER("theil_t_part")};
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

/* --- notes -------------------------------------------------------------------------------------- */

static uf_status tell_level(const struct inequality *x, struct uf_result *result, struct uf_error *error)
{
    static const struct uf_words change = {
        "The Gini between regions is {0} in {1} ({2} in {3}), Theil's T {4} ({5}).",
        "Ginikoefficienten mellan regioner är {0} {1} ({2} {3}), Theils T {4} ({5})."};
    static const struct uf_words level = {"The Gini between regions is {0}, Theil's T {4}.",
                                          "Ginikoefficienten mellan regioner är {0}, Theils T {4}."};
    static const struct uf_words none = {"No index of inequality can be formed for the last period.",
                                         "Inget ojämlikhetsindex kan beräknas för den sista perioden."};
    const size_t last = x->n_periods - 1;
    const struct inequality_period *now = &x->at[last], *before = &x->at[0];
    if (isnan(now->index.gini))
        return uf_result_add_note(result, x->language, UF_WARNING, "finding", none, no_advice, NULL, 0,
                                  error);
    const struct uf_argument arguments[] = {
        uf_number_argument(now->index.gini, 3),    uf_text_argument(period_code(x, last)),
        uf_number_argument(before->index.gini, 3), uf_text_argument(period_code(x, 0)),
        uf_number_argument(now->index.theil_t, 4), uf_number_argument(before->index.theil_t, 4)};
    const bool both = last > 0 && !isnan(before->index.gini);
    UF_TRY(uf_result_add_note(result, x->language, UF_NOTE, "finding", both ? change : level, no_advice,
                              arguments, 6, error));
    if (x->n_groups == 0) return UF_OK;
    static const struct uf_words split = {
        "Of Theil's T, {0} per cent lies between the {1} groups and {2} per cent within them.",
        "Av Theils T ligger {0} procent mellan de {1} grupperna och {2} procent inom dem."};
    const struct uf_argument parts[] = {uf_number_argument(100 * now->split.t_between / now->split.t, 0),
                                        uf_count_argument(x->n_groups),
                                        uf_number_argument(100 * now->split.t_within / now->split.t, 0)};
    if (!(now->split.t > 0)) return UF_OK;
    return uf_result_add_note(result, x->language, UF_NOTE, "finding", split, no_advice, parts, 3, error);
}

static uf_status tell_missing(const struct inequality *x, struct uf_result *result, struct uf_error *error)
{
    static const struct uf_words text = {
        "In {0} of {1} periods a region's figure is missing, and with it the period's indices.",
        "I {0} av {1} perioder saknas någon regions uppgift, och därmed periodens index."};
    static const struct uf_words advice = {
        "Leave incomplete regions out (incomplete: leave-out), or choose periods without gaps (from, to).",
        "Uteslut ofullständiga regioner (incomplete: leave-out), eller välj perioder utan luckor (from, "
        "to)."};
    size_t missing = 0;
    for (size_t t = 0; t < x->n_periods; t++) missing += x->at[t].missing != 0;
    const struct uf_argument arguments[] = {uf_count_argument(missing), uf_count_argument(x->n_periods)};
    if (missing == 0) return UF_OK;
    return uf_result_add_note(result, x->language, UF_WARNING, "missing-values", text, advice, arguments, 2,
                              error);
}

uf_status inequality_tell(const struct inequality *x, struct uf_result *result, struct uf_error *error)
{
    static const struct uf_words unweighted = {
        "Every region counts alike. For inequality between people by where they live, weight by population.",
        "Alla regioner räknas lika. För ojämlikhet mellan människor efter var de bor, väg med befolkningen."};
    static const struct uf_words weight_advice = {"Set weight to the column with the population.",
                                                  "Ange kolumnen med befolkningen som weight."};
    static const struct uf_words band = {
        "The bands surely hold the indices but may be wider than what the unrounded figures can reach; those "
        "of the parts within and between groups and of Atkinson's index are from draws. Weights are taken as "
        "exact.",
        "Intervallen innehåller säkert de sanna indexen men kan vara bredare än vad de oavrundade värdena "
        "medger; för delarna inom och mellan grupper och för Atkinsons index kommer de från dragningar. "
        "Vikterna antas vara exakta."};
    UF_TRY(tell_level(x, result, error));
    UF_TRY(tell_missing(x, result, error));
    if (!x->weighted)
        UF_TRY(uf_result_add_note(result, x->language, UF_NOTE, "unweighted", unweighted, weight_advice, NULL,
                                  0, error));
    if (!x->bands) return UF_OK;
    UF_TRY(uf_result_add_note(result, x->language, UF_NOTE, "outer-band", band, no_advice, NULL, 0, error));
    return rounding_bands_tell(&x->at[x->n_periods - 1].drawn, x->language, result, error);
}
