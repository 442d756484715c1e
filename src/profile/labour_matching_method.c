// SPDX-License-Identifier: GPL-3.0-or-later
/* Vacancies and unemployed by region, group and period: mismatch, Beveridge points, replacement need, matching rate. */
#include <utfall/labour_matching.h>

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/advice.h"
#include "base/fail.h"
#include "profile/tidy.h"

/* The columns: vacancies is the panel's outcome, the others are named by options. */
enum { VACANCIES, UNEMPLOYED, LABOUR_FORCE, EMPLOYED, LEAVING, ENTERING, MATCHED, MEASURES };
static const char *const option_names[] = {NULL,      "unemployed", "labour-force", "employed",
                                           "leaving", "entering",   "matched"};

struct matching {
    const struct uf_panel *panel;
    enum uf_language language;
    size_t n_units, n_groups, n_periods;
    bool has[MEASURES];
    double *value[MEASURES]; /* units × periods × groups; NaN: missing */
    uf_value_status *status[MEASURES];
    struct uf_mismatch *mismatch; /* units × periods */
};

static size_t at(const struct matching *x, size_t unit, size_t period, size_t group)
{
    return (unit * x->n_periods + period) * x->n_groups + group;
}

static void matching_clear(struct matching *x)
{
    for (size_t m = 0; m < MEASURES; m++) {
        free(x->value[m]);
        free(x->status[m]);
    }
    free(x->mismatch);
}

/* --- figures ----------------------------------------------------------------------------------- */

static uf_status read_measure(const struct uf_options *options, struct matching *x, size_t m,
                              struct uf_error *error)
{
    const struct uf_panel *panel = x->panel;
    const char *name = m == VACANCIES ? NULL : uf_options_text(options, option_names[m]);
    size_t column = m == VACANCIES ? (size_t)panel->outcome : name ? uf_panel_column(panel, name) : SIZE_MAX;
    const size_t n = x->n_units * x->n_periods * x->n_groups;
    if (m != VACANCIES && !name) return UF_OK;
    if (column == SIZE_MAX)
        return uf_fail(error, UF_BAD_USAGE, "'%s' names '%s', which is no column of the data.",
                       option_names[m], name);
    x->has[m] = true;
    x->value[m] = malloc((n + 1) * sizeof *x->value[m]);
    x->status[m] = malloc((n + 1) * sizeof *x->status[m]);
    if (!x->value[m] || !x->status[m]) return uf_fail_memory(error);
    for (size_t i = 0; i < n; i++) {
        x->value[m][i] = NAN;
        x->status[m][i] = UF_VALUE_NOT_AVAILABLE;
    }
    for (size_t i = 0; i < panel->n_rows; i++) {
        size_t k = at(x, panel->unit[i], panel->period[i], panel->sector[i]);
        double value = panel->columns[column].value[i];
        if (value < 0 || isinf(value))
            return uf_fail(error, UF_BAD_INPUT,
                           "'%s' is %g for region %s, group %s, period %s; expected a number of at least 0.",
                           panel->columns[column].name, value, panel->units.code[panel->unit[i]],
                           panel->sectors.code[panel->sector[i]], panel->periods.code[panel->period[i]]);
        x->value[m][k] = value;
        x->status[m][k] = panel->columns[column].status[i];
    }
    return UF_OK;
}

static uf_status begin(const struct uf_panel *panel, const struct uf_options *options, struct matching *x,
                       struct uf_error *error)
{
    if (panel->outcome < 0) return uf_fail(error, UF_BAD_USAGE, "The panel names no column with vacancies.");
    if (panel->sectors.count == 0)
        return uf_fail(error, UF_BAD_USAGE,
                       "This method needs figures by group: name the column with the groups as the sectors.");
    if (!uf_options_text(options, "unemployed"))
        return uf_fail(error, UF_BAD_USAGE,
                       "expected the option 'unemployed': the column with the unemployed");
    if (uf_options_text(options, "leaving") && !uf_options_text(options, "employed"))
        return uf_fail(error, UF_BAD_USAGE, "'leaving' is compared with 'employed'; expected both");
    if (uf_options_text(options, "matched") && !uf_options_text(options, "employed"))
        return uf_fail(error, UF_BAD_USAGE, "'matched' is compared with 'employed'; expected both");
    x->n_units = panel->units.count, x->n_groups = panel->sectors.count, x->n_periods = panel->periods.count;
    for (size_t m = 0; m < MEASURES; m++) UF_TRY(read_measure(options, x, m, error));
    x->mismatch = calloc(x->n_units * x->n_periods + 1, sizeof *x->mismatch);
    if (!x->mismatch) return uf_fail_memory(error);
    for (size_t u = 0; u < x->n_units; u++)
        for (size_t t = 0; t < x->n_periods; t++)
            UF_TRY(uf_labour_mismatch(x->value[UNEMPLOYED] + at(x, u, t, 0),
                                      x->value[VACANCIES] + at(x, u, t, 0), x->n_groups,
                                      &x->mismatch[u * x->n_periods + t], error));
    return UF_OK;
}

/* The sum over groups, and why it is missing. */
static double sum_of(const struct matching *x, size_t m, size_t unit, size_t period, uf_value_status *why)
{
    double sum = 0;
    *why = x->has[m] ? 0 : UF_VALUE_NOT_APPLICABLE;
    for (size_t g = 0; g < x->n_groups && x->has[m]; g++) {
        size_t k = at(x, unit, period, g);
        sum += x->value[m][k];
        *why |= x->status[m][k] & UF_VALUE_MISSING_MASK;
    }
    return x->has[m] ? sum : (double)NAN;
}

/* --- tables ------------------------------------------------------------------------------------ */

/* a / b in per cent with the reason where there is none */
static void percent(struct tidy_row *row, double a, double b, uf_value_status why)
{
    tidy_number(row, b > 0 ? 100 * a / b : (double)NAN, why);
}

static uf_status region_row(const struct matching *x, size_t u, size_t t, struct uf_table *table,
                            struct uf_error *error)
{
    const struct uf_mismatch *m = &x->mismatch[u * x->n_periods + t];
    uf_value_status why[MEASURES];
    double sum[MEASURES];
    for (size_t i = 0; i < MEASURES; i++) sum[i] = sum_of(x, i, u, t, &why[i]);
    const uf_value_status both = why[VACANCIES] | why[UNEMPLOYED];
    struct tidy_row row = tidy_row_add(table, error);
    tidy_text(&row, x->panel->units.code[u]);
    tidy_text(&row, x->panel->units.label[u]);
    tidy_text(&row, x->panel->periods.code[t]);
    tidy_number(&row, m->vacancies, why[VACANCIES]);
    tidy_number(&row, m->unemployed, why[UNEMPLOYED]);
    tidy_number(&row, m->tightness, both);
    tidy_number(&row, 100 * m->mismatch, both);
    tidy_number(&row, m->mismatched, both);
    tidy_number(&row, 100 * m->hires_lost, both);
    percent(&row, sum[UNEMPLOYED], sum[LABOUR_FORCE], why[UNEMPLOYED] | why[LABOUR_FORCE]);
    percent(&row, sum[VACANCIES], sum[LABOUR_FORCE], why[VACANCIES] | why[LABOUR_FORCE]);
    percent(&row, sum[LEAVING], sum[EMPLOYED], why[LEAVING] | why[EMPLOYED]);
    percent(&row, sum[ENTERING], sum[LEAVING], why[ENTERING] | why[LEAVING]);
    percent(&row, sum[MATCHED], sum[EMPLOYED], why[MATCHED] | why[EMPLOYED]);
    return row.status;
}

static uf_status group_row(const struct matching *x, size_t u, size_t t, size_t g, struct uf_table *table,
                           struct uf_error *error)
{
    const size_t k = at(x, u, t, g);
    double value[MEASURES];
    uf_value_status why[MEASURES];
    for (size_t m = 0; m < MEASURES; m++) {
        value[m] = x->has[m] ? x->value[m][k] : (double)NAN;
        why[m] = x->has[m] ? x->status[m][k] : UF_VALUE_NOT_APPLICABLE;
    }
    const struct uf_mismatch *all = &x->mismatch[u * x->n_periods + t];
    uf_value_status sums[2];
    sum_of(x, VACANCIES, u, t, &sums[0]);
    sum_of(x, UNEMPLOYED, u, t, &sums[1]);
    struct tidy_row row = tidy_row_add(table, error);
    tidy_text(&row, x->panel->units.code[u]);
    tidy_text(&row, x->panel->units.label[u]);
    tidy_text(&row, x->panel->sectors.code[g]);
    tidy_text(&row, x->panel->sectors.label[g]);
    tidy_text(&row, x->panel->periods.code[t]);
    tidy_value(&row, value[VACANCIES], why[VACANCIES]);
    tidy_value(&row, value[UNEMPLOYED], why[UNEMPLOYED]);
    tidy_number(&row, value[UNEMPLOYED] > 0 ? value[VACANCIES] / value[UNEMPLOYED] : (double)NAN,
                why[VACANCIES] | why[UNEMPLOYED]);
    tidy_number(&row, 100 * uf_labour_surplus(value[UNEMPLOYED], value[VACANCIES], all), sums[0] | sums[1]);
    percent(&row, value[LEAVING], value[EMPLOYED], why[LEAVING] | why[EMPLOYED]);
    tidy_number(&row, value[LEAVING] - value[ENTERING], why[LEAVING] | why[ENTERING]);
    percent(&row, value[MATCHED], value[EMPLOYED], why[MATCHED] | why[EMPLOYED]);
    return row.status;
}

static uf_status make_tables(const struct matching *x, struct uf_table *out[2], struct uf_error *error)
{
    static const struct uf_words titles[] = {
        {"Labour matching by region", "Matchning på arbetsmarknaden per region"},
        {"Labour matching by group", "Matchning på arbetsmarknaden per grupp"}};
    static const struct tidy_column regions[] = {{"unit", UF_COLUMN_TEXT, NULL, -1},
                                                 {"label", UF_COLUMN_TEXT, NULL, -1},
                                                 {"period", UF_COLUMN_TEXT, NULL, -1},
                                                 {"vacancies", UF_COLUMN_NUMBER, NULL, -1},
                                                 {"unemployed", UF_COLUMN_NUMBER, NULL, -1},
                                                 {"tightness", UF_COLUMN_NUMBER, NULL, 2},
                                                 {"mismatch", UF_COLUMN_NUMBER, "%", 1},
                                                 {"mismatched", UF_COLUMN_NUMBER, NULL, 0},
                                                 {"hires_lost", UF_COLUMN_NUMBER, "%", 1},
                                                 {"unemployment_rate", UF_COLUMN_NUMBER, "%", 1},
                                                 {"vacancy_rate", UF_COLUMN_NUMBER, "%", 1},
                                                 {"replacement_need", UF_COLUMN_NUMBER, "%", 1},
                                                 {"replacement_cover", UF_COLUMN_NUMBER, "%", 1},
                                                 {"matching_rate", UF_COLUMN_NUMBER, "%", 1}};
    static const struct tidy_column groups[] = {{"unit", UF_COLUMN_TEXT, NULL, -1},
                                                {"label", UF_COLUMN_TEXT, NULL, -1},
                                                {"sector", UF_COLUMN_TEXT, NULL, -1},
                                                {"sector_label", UF_COLUMN_TEXT, NULL, -1},
                                                {"period", UF_COLUMN_TEXT, NULL, -1},
                                                {"vacancies", UF_COLUMN_NUMBER, NULL, -1},
                                                {"unemployed", UF_COLUMN_NUMBER, NULL, -1},
                                                {"tightness", UF_COLUMN_NUMBER, NULL, 2},
                                                {"surplus", UF_COLUMN_NUMBER, "%", 1},
                                                {"replacement_need", UF_COLUMN_NUMBER, "%", 1},
                                                {"replacement_gap", UF_COLUMN_NUMBER, NULL, -1},
                                                {"matching_rate", UF_COLUMN_NUMBER, "%", 1}};
    UF_TRY(tidy_table_new("labour-matching", uf_words_in(titles[0], x->language), regions,
                          sizeof regions / sizeof *regions, &out[0], error));
    UF_TRY(tidy_table_new("labour-groups", uf_words_in(titles[1], x->language), groups,
                          sizeof groups / sizeof *groups, &out[1], error));
    for (size_t u = 0; u < x->n_units; u++)
        for (size_t t = 0; t < x->n_periods; t++) {
            UF_TRY(region_row(x, u, t, out[0], error));
            for (size_t g = 0; g < x->n_groups; g++) UF_TRY(group_row(x, u, t, g, out[1], error));
        }
    return UF_OK;
}

/* --- sentences --------------------------------------------------------------------------------- */

/* The group with the largest (1) or smallest surplus. */
static size_t extreme(const struct matching *x, size_t u, size_t t, int sign)
{
    const struct uf_mismatch *all = &x->mismatch[u * x->n_periods + t];
    size_t best = 0;
    double most = -INFINITY;
    for (size_t g = 0; g < x->n_groups; g++) {
        size_t k = at(x, u, t, g);
        double surplus = sign * uf_labour_surplus(x->value[UNEMPLOYED][k], x->value[VACANCIES][k], all);
        if (!(surplus > most)) continue;
        most = surplus;
        best = g;
    }
    return best;
}

static uf_status sentence(const struct matching *x, size_t u, char **out, struct uf_error *error)
{
    static const struct uf_words some = {"{0}, {1}: {2} per cent of the unemployed would have to change "
                                         "group for unemployed and vacancies to be spread "
                                         "alike ({3} people); {4} vacancies per unemployed. Most short of "
                                         "people: {5}; most short of vacancies: {6}.",
                                         "{0} {1}: {2} procent av de arbetslösa skulle behöva byta grupp för "
                                         "att arbetslösa och lediga jobb skulle vara lika "
                                         "fördelade ({3} personer); {4} lediga jobb per arbetslös. Störst "
                                         "brist på personer: {5}; störst brist på jobb: "
                                         "{6}."};
    static const struct uf_words matched = {
        "{0}, {1}: unemployed and vacancies are spread alike over the groups; {4} vacancies per unemployed.",
        "{0} {1}: arbetslösa och lediga jobb är lika fördelade på grupperna; {4} lediga jobb per arbetslös."};
    static const struct uf_words none = {
        "{0}: no period has both vacancies and unemployed in all groups.",
        "{0}: ingen period har både lediga jobb och arbetslösa i alla grupper."};
    size_t t = x->n_periods;
    while (t > 0 && isnan(x->mismatch[u * x->n_periods + t - 1].mismatch)) t--;
    struct uf_argument label = uf_text_argument(x->panel->units.label[u]);
    if (t == 0) return uf_phrase(x->language, none, &label, 1, out, error);
    const struct uf_mismatch *m = &x->mismatch[u * x->n_periods + --t];
    struct uf_argument arguments[] = {label,
                                      uf_text_argument(x->panel->periods.code[t]),
                                      uf_number_argument(100 * m->mismatch, 1),
                                      uf_number_argument(m->mismatched, 0),
                                      uf_number_argument(m->tightness, 2),
                                      uf_text_argument(x->panel->sectors.label[extreme(x, u, t, -1)]),
                                      uf_text_argument(x->panel->sectors.label[extreme(x, u, t, 1)])};
    return uf_phrase(x->language, m->mismatch > 1e-12 ? some : matched, arguments, 7, out, error);
}

static uf_status findings(const struct matching *x, struct uf_table **out, struct uf_error *error)
{
    static const struct uf_words title = {"Findings by region", "Iakttagelser per region"};
    static const struct tidy_column columns[] = {{"unit", UF_COLUMN_TEXT, NULL, -1},
                                                 {"label", UF_COLUMN_TEXT, NULL, -1},
                                                 {"text", UF_COLUMN_TEXT, NULL, -1}};
    UF_TRY(
        tidy_table_new("labour-matching-findings", uf_words_in(title, x->language), columns, 3, out, error));
    for (size_t u = 0; u < x->n_units; u++) {
        char *text = NULL;
        UF_TRY(sentence(x, u, &text, error));
        struct tidy_row row = tidy_row_add(*out, error);
        tidy_text(&row, x->panel->units.code[u]);
        tidy_text(&row, x->panel->units.label[u]);
        tidy_text(&row, text);
        free(text);
        UF_TRY(row.status);
    }
    return UF_OK;
}

static uf_status tell(const struct matching *x, struct uf_result *result, struct uf_error *error)
{
    static const struct uf_words grain = {
        "The mismatch is over {0} groups, as these are drawn: finer groups never give less of it.",
        "Obalansen gäller {0} grupper så som de är indelade: en finare indelning ger aldrig mindre."};
    struct uf_argument argument = uf_count_argument(x->n_groups);
    return uf_result_add_note(result, x->language, UF_NOTE, "mismatch-groups", grain, no_advice, &argument, 1,
                              error);
}

static uf_status run(const struct uf_panel *panel, const struct uf_options *options,
                     const struct uf_context *context, struct uf_result *result, struct uf_error *error)
{
    struct matching x = {.panel = panel, .language = context->language};
    struct uf_table *tables[3] = {NULL, NULL, NULL};
    result->claim = UF_CLAIM_DESCRIPTION;
    uf_status status = begin(panel, options, &x, error);
    if (status == UF_OK) status = make_tables(&x, tables, error);
    if (status == UF_OK) status = findings(&x, &tables[2], error);
    for (size_t i = 0; i < 3; i++) {
        if (status == UF_OK)
            status = uf_result_take_table(result, tables[i], error);
        else
            uf_table_free(tables[i]);
    }
    if (status == UF_OK) status = tell(&x, result, error);
    matching_clear(&x);
    return status;
}

static const struct uf_option options_list[] = {
    {"unemployed", UF_OPTION_TEXT, NULL, NULL,
     "The column with the unemployed; the value column holds the vacancies", true},
    {"labour-force", UF_OPTION_TEXT, NULL, NULL, "A column: gives the rates of a Beveridge curve", true},
    {"employed", UF_OPTION_TEXT, NULL, NULL, "A column: what leaving and matched are compared with", true},
    {"leaving", UF_OPTION_TEXT, NULL, NULL, "A column: those expected to leave, as for retirement", true},
    {"entering", UF_OPTION_TEXT, NULL, NULL, "A column: those expected to enter, as from education", true},
    {"matched", UF_OPTION_TEXT, NULL, NULL, "A column: employed whose work fits their education", true},
};
static const struct uf_scatter_hint beveridge = {.reference_x = NAN,
                                                 .x_label = {"Unemployment rate, %", "Arbetslöshet, %"}};
static const struct uf_chart_hint charts[] = {
    {.kind = "scatter",
     .table = "labour-matching",
     .title = {"{1}: Beveridge points {2}–{3}", "{1}: Beveridgepunkter {2}–{3}"},
     .value_label = {"Vacancy rate, %", "Vakansgrad, %"},
     .value = "vacancy_rate",
     .label = "period",
     .x = "unemployment_rate",
     .facet_by = "unit",
     .reference = NAN,
     .scatter = &beveridge},
};
static const char *const sources[] = {
    "Jackman, R. & Roper, S. (1987). Structural unemployment. Oxford Bulletin of Economics and Statistics "
    "49(1), 9–36.",
    NULL,
};

const struct uf_method uf_method_labour_matching = {
    .name = "labour-matching",
    .family = UF_FAMILY_PROFILE,
    .title = {"Labour matching", "Matchning på arbetsmarknaden"},
    .summary = {"Do vacancies and unemployed fit each other, and who is needed to replace those who leave?",
                "Passar lediga jobb och arbetslösa ihop, och vilka behövs för att ersätta dem som slutar?"},
    .formula_note = {"Mismatch is half the sum of differences between the groups' shares of unemployed and "
                     "of vacancies (Jackman and "
                     "Roper): the share of the unemployed who would have to change group. Hires lost is 1 − "
                     "Σ√(uv). Beveridge points "
                     "are vacancies and unemployed in per cent of the labour force. Replacement need is "
                     "those who leave in per cent of "
                     "the employed; the matching rate the employed whose work fits their education in per "
                     "cent of the employed.",
                     "Obalansen är halva summan av skillnaderna mellan gruppernas andelar av de arbetslösa "
                     "och av de lediga jobben "
                     "(Jackman och Roper): den andel av de arbetslösa som skulle behöva byta grupp. "
                     "Förlorade anställningar är "
                     "1 − Σ√(uv). Beveridgepunkter är lediga jobb och arbetslösa i procent av arbetskraften. "
                     "Ersättningsbehovet är de "
                     "som slutar i procent av de sysselsatta; matchningsgraden de sysselsatta vars arbete "
                     "motsvarar utbildningen, i "
                     "procent av de sysselsatta."},
    .sources = sources,
    .options = options_list,
    .n_options = sizeof options_list / sizeof *options_list,
    .charts = charts,
    .n_charts = sizeof charts / sizeof *charts,
    .needs_sector = true,
    .run = run,
};
