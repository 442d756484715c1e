// SPDX-License-Identifier: GPL-3.0-or-later
/* Stars of each sector in each region. */
#include <utfall/cluster_stars.h>

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/location_quotient.h>

#include "base/advice.h"
#include "base/fail.h"
#include "profile/cluster_stars_study.h"
#include "profile/findings.h"
#include "profile/tidy.h"

static void stars_clear(struct stars *x)
{
    panel_activity_clear(&x->activity);
    gsl_matrix_free(x->output);
    for (size_t i = 0; i < UF_STARS; i++) {
        gsl_matrix_free(x->low[i]);
        gsl_matrix_free(x->high[i]);
        gsl_matrix_free(x->found.measure[i]);
        gsl_matrix_free(x->found.star[i]);
    }
}

/* --- computing --------------------------------------------------------------------------------- */

static uf_status choose_options(const struct uf_options *options, struct uf_star_options *out,
                                struct uf_error *error)
{
    *out = (struct uf_star_options){
        uf_options_number(options, "size-share"), uf_options_number(options, "specialisation"),
        uf_options_number(options, "productivity"), uf_options_number(options, "growth")};
    if (out->size_share > 0 && out->size_share <= 1) return UF_OK;
    return uf_fail(error, UF_BAD_USAGE,
                   "The option 'size-share' is %g; expected a share above 0 and up to 1, as 0.1.",
                   out->size_share);
}

/* Another column of the panel in the order of the activity's regions and sectors. */
static uf_status read_output(const struct uf_options *options, struct stars *x, struct uf_error *error)
{
    const char *name = uf_options_text(options, "output");
    const struct panel_activity *a = &x->activity;
    const struct uf_panel *panel = a->panel;
    if (!name) return UF_OK;
    size_t column = uf_panel_column(panel, name);
    if (column == SIZE_MAX)
        return uf_fail(error, UF_BAD_USAGE, "'output' names '%s', which is no column of the data.", name);
    x->output = gsl_matrix_alloc(a->n_regions, a->n_sectors);
    x->output_rounding = panel->columns[column].rounding;
    size_t *row = malloc(panel->units.count * sizeof *row),
           *place = malloc(panel->sectors.count * sizeof *place);
    uf_status status = x->output && row && place ? UF_OK : uf_fail_memory(error);
    if (status == UF_OK) {
        gsl_matrix_set_all(x->output, NAN);
        for (size_t u = 0; u < panel->units.count; u++) row[u] = SIZE_MAX;
        for (size_t s = 0; s < panel->sectors.count; s++) place[s] = SIZE_MAX;
        for (size_t r = 0; r < a->n_regions; r++) row[a->region[r]] = r;
        for (size_t s = 0; s < a->n_sectors; s++) place[a->sector[s]] = s;
        for (size_t i = 0; i < panel->n_rows; i++)
            if (panel->period[i] == a->at[x->now].period && row[panel->unit[i]] != SIZE_MAX &&
                place[panel->sector[i]] != SIZE_MAX)
                gsl_matrix_set(x->output, row[panel->unit[i]], place[panel->sector[i]],
                               panel->columns[column].value[i]);
    }
    free(row);
    free(place);
    return status;
}

static uf_status compute(struct stars *x, struct uf_error *error)
{
    const struct panel_activity *a = &x->activity;
    for (size_t i = 0; i < UF_STARS; i++) {
        x->found.measure[i] = gsl_matrix_alloc(a->n_regions, a->n_sectors);
        x->found.star[i] = gsl_matrix_alloc(a->n_regions, a->n_sectors);
        if (!x->found.measure[i] || !x->found.star[i]) return uf_fail_memory(error);
    }
    struct uf_activity now = panel_activity_at(a, x->now, BOUND_VALUE);
    const gsl_matrix *before = x->now > 0 ? a->at[0].value[BOUND_VALUE] : NULL;
    UF_TRY(uf_cluster_stars(&now, a->reference, x->output, before, &x->options, &x->found, error));
    return star_bands(x, error);
}

/* --- tables ------------------------------------------------------------------------------------ */

static uf_status star_row(const struct stars *x, size_t r, size_t s, struct uf_table *table,
                          struct uf_error *error)
{
    const struct panel_activity *a = &x->activity;
    const struct period_activity *p = &a->at[x->now];
    const uf_value_status needed[UF_STARS] = {
        p->sector_sum[s], p->all_cells,
        x->output ? p->sector_sum[s] | UF_VALUE_NOT_AVAILABLE : UF_VALUE_NOT_APPLICABLE,
        x->now ? p->sector_sum[s] | a->at[0].sector_sum[s] : UF_VALUE_NOT_APPLICABLE};
    const uf_value_status missing = p->status[r * a->n_sectors + s] & UF_VALUE_MISSING_MASK;
    double counts[3];
    star_counts(x, r, s, counts);
    struct tidy_row row = tidy_row_add(table, error);
    tidy_text(&row, panel_activity_region_code(a, r));
    tidy_text(&row, panel_activity_region_label(a, r));
    tidy_text(&row, panel_activity_sector_code(a, s));
    tidy_text(&row, panel_activity_sector_label(a, s));
    tidy_text(&row, panel_activity_period_code(a, x->now));
    tidy_value(&row, gsl_matrix_get(p->value[BOUND_VALUE], r, s), p->status[r * a->n_sectors + s]);
    for (size_t i = 0; i < UF_STARS; i++) {
        const double measure = gsl_matrix_get(x->found.measure[i], r, s);
        const bool banded =
            x->low[i] != NULL && (isfinite(measure) || panel_activity_banded(a, isfinite(measure)));
        const uf_value_status why = missing ? missing : needed[i];
        tidy_banded(&row, measure, banded ? gsl_matrix_get(x->low[i], r, s) : (double)NAN,
                    banded ? gsl_matrix_get(x->high[i], r, s) : (double)NAN, why,
                    x->low[i] != NULL ? why : (uf_value_status)UF_VALUE_NOT_APPLICABLE);
    }
    for (size_t i = 0; i < UF_STARS; i++)
        tidy_number(&row, gsl_matrix_get(x->found.star[i], r, s), missing ? missing : needed[i]);
    tidy_number(&row, missing ? (double)NAN : counts[0], missing);
    tidy_number(&row, missing ? (double)NAN : counts[1], missing);
    tidy_number(&row, missing ? (double)NAN : counts[2], missing);
    return row.status;
}

static uf_status star_table(const struct stars *x, struct uf_table **out, struct uf_error *error)
{
    static const struct uf_words title = {"Cluster stars by region and sector",
                                          "Klusterstjärnor per region och bransch"};
    static const struct tidy_column columns[] = {{"unit", UF_COLUMN_TEXT, NULL, -1},
                                                 {"label", UF_COLUMN_TEXT, NULL, -1},
                                                 {"sector", UF_COLUMN_TEXT, NULL, -1},
                                                 {"sector_label", UF_COLUMN_TEXT, NULL, -1},
                                                 {"period", UF_COLUMN_TEXT, NULL, -1},
                                                 {"level", UF_COLUMN_NUMBER, NULL, -1},
                                                 TIDY_BANDED("size_rank", NULL, 0),
                                                 TIDY_BANDED("lq", NULL, 2),
                                                 TIDY_BANDED("productivity", NULL, 2),
                                                 TIDY_BANDED("growth_beyond", NULL, 1),
                                                 {"star_size", UF_COLUMN_NUMBER, NULL, 0},
                                                 {"star_specialisation", UF_COLUMN_NUMBER, NULL, 0},
                                                 {"star_productivity", UF_COLUMN_NUMBER, NULL, 0},
                                                 {"star_growth", UF_COLUMN_NUMBER, NULL, 0},
                                                 {"stars", UF_COLUMN_NUMBER, NULL, 0},
                                                 {"stars_low", UF_COLUMN_NUMBER, NULL, 0},
                                                 {"stars_high", UF_COLUMN_NUMBER, NULL, 0}};
    struct uf_table *table = NULL;
    UF_TRY(tidy_table_new("cluster-stars", uf_words_in(title, x->activity.language), columns,
                          sizeof columns / sizeof *columns, &table, error));
    uf_status status = UF_OK;
    for (size_t r = 0; r < x->activity.n_regions; r++)
        for (size_t s = 0; s < x->activity.n_sectors && status == UF_OK; s++)
            status = star_row(x, r, s, table, error);
    if (status != UF_OK)
        uf_table_free(table);
    else
        *out = table;
    return status;
}

static uf_status sentence(const struct panel_activity *a, const void *what, size_t r, char **out,
                          struct uf_error *error)
{
    static const struct uf_words some = {"{0}{1}: most stars in {2} ({3} of {4}; location quotient {5}); {6} "
                                         "of {7} sectors have at least two.",
                                         "{0}{1}: flest stjärnor i {2} ({3} av {4}; lokaliseringskvot {5}); "
                                         "{6} av {7} branscher har minst två."};
    static const struct uf_words none = {"{0}{1}: no sector has a star.",
                                         "{0}{1}: ingen bransch har någon stjärna."};
    const struct stars *x = what;
    const gsl_matrix *quotient = x->found.measure[UF_STAR_SPECIALISATION];
    size_t best = SIZE_MAX, with_two = 0;
    double most = 0, counts[3];
    for (size_t s = 0; s < a->n_sectors; s++) {
        star_counts(x, r, s, counts);
        with_two += counts[0] >= 2;
        bool nearer = best != SIZE_MAX && counts[0] == most &&
                      gsl_matrix_get(quotient, r, s) > gsl_matrix_get(quotient, r, best);
        if (counts[0] > most || nearer) {
            best = s;
            most = counts[0];
        }
    }
    struct uf_argument arguments[] = {
        uf_text_argument(panel_activity_region_label(a, r)),
        uf_text_argument(a->at[x->now].when),
        uf_text_argument(best == SIZE_MAX ? "" : panel_activity_sector_label(a, best)),
        uf_number_argument(most, 0),
        uf_count_argument((size_t)2 + (x->output != NULL) + (x->now > 0)),
        uf_number_argument(best == SIZE_MAX ? 0 : gsl_matrix_get(quotient, r, best), 2),
        uf_count_argument(with_two),
        uf_count_argument(a->n_sectors)};
    return uf_phrase(a->language, best == SIZE_MAX ? none : some, arguments, 8, out, error);
}

static uf_status tell(const struct stars *x, struct uf_result *result, struct uf_error *error)
{
    static const struct uf_words rules = {
        "Stars: among the largest {0} per cent of the regions with the sector; location quotient at least "
        "{1}; "
        "productivity at least {2} times that of the sector in all regions; growth at least {3} percentage "
        "points beyond "
        "it.",
        "Stjärnor: bland de {0} procent största av regionerna med branschen; lokaliseringskvot minst {1}; "
        "produktivitet "
        "minst {2} gånger branschens i alla regioner; tillväxt minst {3} procentenheter utöver branschens."};
    static const struct uf_words absent[] = {
        {"No star for productivity is given: name the column with value added or another output ('output').",
         "Ingen stjärna för produktivitet ges: ange kolumnen med förädlingsvärde eller annan produktion "
         "(output)."},
        {"No star for growth is given: name an earlier period ('from').",
         "Ingen stjärna för tillväxt ges: ange en tidigare period (from)."}};
    const struct panel_activity *a = &x->activity;
    struct uf_argument arguments[] = {uf_number_argument(100 * x->options.size_share, -1),
                                      uf_number_argument(x->options.specialisation, -1),
                                      uf_number_argument(x->options.productivity, -1),
                                      uf_number_argument(x->options.growth, -1)};
    UF_TRY(uf_result_add_note(result, a->language, UF_NOTE, "star-rules", rules, no_advice, arguments, 4,
                              error));
    if (!x->output)
        UF_TRY(uf_result_add_note(result, a->language, UF_NOTE, "no-productivity", absent[0], no_advice, NULL,
                                  0, error));
    if (x->now > 0) return UF_OK;
    return uf_result_add_note(result, a->language, UF_NOTE, "no-growth", absent[1], no_advice, NULL, 0,
                              error);
}

static uf_status begin(const struct uf_panel *panel, const struct uf_options *options,
                       enum uf_language language, struct stars *x, struct uf_error *error)
{
    size_t periods[2], n = 0;
    UF_TRY(choose_options(options, &x->options, error));
    if (uf_options_is_set(options, "from"))
        UF_TRY(panel_activity_period(panel, options, "from", false, &periods[n++], error));
    UF_TRY(panel_activity_period(panel, options, "period", true, &periods[n++], error));
    if (n == 2 && periods[0] >= periods[1])
        return uf_fail(error, UF_BAD_USAGE, "'from' is %s and 'period' is %s; expected an earlier 'from'.",
                       panel->periods.code[periods[0]], panel->periods.code[periods[1]]);
    UF_TRY(panel_activity_new(panel, options, language, periods, n, &x->activity, error));
    x->now = n - 1;
    return UF_OK;
}

static uf_status run(const struct uf_panel *panel, const struct uf_options *options,
                     const struct uf_context *context, struct uf_result *result, struct uf_error *error)
{
    struct stars x = {0};
    struct uf_table *table = NULL;
    result->claim = UF_CLAIM_DESCRIPTION;
    UF_TRY(begin(panel, options, context->language, &x, error));
    uf_status status = panel_activity_tell(&x.activity, true, result, error);
    if (status == UF_OK) status = read_output(options, &x, error);
    if (status == UF_OK) status = compute(&x, error);
    if (status == UF_OK) status = star_table(&x, &table, error);
    if (status == UF_OK) status = uf_result_take_table(result, table, error);
    if (status == UF_OK)
        status = findings_table_new(&x.activity, "cluster-stars-findings", sentence, &x, &table, error);
    if (status == UF_OK) status = uf_result_take_table(result, table, error);
    if (status == UF_OK) status = tell(&x, result, error);
    stars_clear(&x);
    return status;
}

static const struct uf_option options_list[] = {
    {"period", UF_OPTION_PERIOD, NULL, NULL, "The period described; default the last with values", false},
    {"from", UF_OPTION_PERIOD, NULL, NULL, "An earlier period: gives the star for growth", false},
    {"output", UF_OPTION_TEXT, NULL, NULL,
     "The column with value added or another output: gives the star for productivity", true},
    {"size-share", UF_OPTION_NUMBER, "0.1", NULL, "The star for size goes to this share of the regions",
     false},
    {"specialisation", UF_OPTION_NUMBER, "2", NULL, "Location quotient from which a star is given", false},
    {"productivity", UF_OPTION_NUMBER, "1", NULL, "Times the sector's productivity in all regions", false},
    {"growth", UF_OPTION_NUMBER, "0", NULL, "Percentage points beyond the sector's growth in all regions",
     false},
    PANEL_ACTIVITY_OPTIONS,
};
static const struct uf_chart_hint charts[] = {
    {.kind = "heat-map",
     .table = "cluster-stars",
     .title = {"Cluster stars by region and sector, {3}", "Klusterstjärnor per region och bransch, {3}"},
     .value_label = {"Stars", "Stjärnor"},
     .value = "stars",
     .label = "label",
     .group = "sector_label",
     .reference = NAN},
};
static const char *const sources[] = {
    "European Cluster Observatory (2011). Star clusters: methodology. Stockholm School of Economics.",
    "Ketels, C. & Protsiv, S. (2016). European Cluster Panorama 2016. European Commission.",
    NULL,
};

const struct uf_method uf_method_cluster_stars = {
    .name = "cluster-stars",
    .family = UF_FAMILY_PROFILE,
    .title = {"Cluster stars", "Klusterstjärnor"},
    .summary = {"Which sectors of a region are large, specialised, productive and growing?",
                "Vilka branscher i en region är stora, specialiserade, produktiva och växande?"},
    .formula_note =
        {"One star each for size (among the largest share of the regions in the sector), specialisation "
         "(location "
         "quotient at or above a threshold), productivity (output per unit of activity against the sector in "
         "all regions) "
         "and growth (beyond that of the sector in all regions). Thresholds are options; they describe, they "
         "do not test.",
         "En stjärna var för storlek (bland den största andelen av regionerna i branschen), specialisering "
         "(lokaliseringskvot vid eller över en gräns), produktivitet (produktion per enhet verksamhet mot "
         "branschen i alla "
         "regioner) och tillväxt (utöver branschens i alla regioner). Gränserna är val; de beskriver, de "
         "prövar inte."},
    .sources = sources,
    .options = options_list,
    .n_options = sizeof options_list / sizeof *options_list,
    .charts = charts,
    .n_charts = sizeof charts / sizeof *charts,
    .needs_sector = true,
    .run = run,
};
