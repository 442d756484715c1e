// SPDX-License-Identifier: GPL-3.0-or-later
/* Each region's nearest in structure. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "profile/peer_regions_study.h"

static void peers_clear(struct peers *x)
{
    attributes_clear(&x->attributes);
    gsl_matrix_free(x->distance);
    gsl_matrix_free(x->low);
    gsl_matrix_free(x->high);
    rounding_bands_clear(&x->drawn);
    free(x->nearest);
    free(x->found);
    free(x->whole);
    free(x->unit);
    free(x->deviations);
}

/* --- computing --------------------------------------------------------------------------------- */

static const char *const distances[] = {"standardised-euclidean", "mahalanobis", "share-difference",
                                        "share-overlap",          "cosine",      NULL};

static uf_status choose_distance(const struct uf_options *options, struct peers *x, struct uf_error *error)
{
    const char *name = uf_options_text(options, "distance");
    int kind = 0;
    while (strcmp(distances[kind], name) != 0) kind++;
    x->kind = (enum uf_structural_distance)kind;
    if (x->kind >= UF_DISTANCE_SHARE_DIFFERENCE && !x->attributes.shares)
        return uf_fail(error, UF_BAD_USAGE,
                       "The distance '%s' is of shares of sectors, and the data is not by sector; expected "
                       "standardised-euclidean or mahalanobis.",
                       name);
    return UF_OK;
}

/* An item of `exclude` is a code, or the beginning of codes followed by a star. */
static bool matches(const char *item, const char *code)
{
    size_t length = strlen(item);
    if (length > 0 && item[length - 1] == '*') return strncmp(item, code, length - 1) == 0;
    return strcmp(item, code) == 0;
}

static uf_status check_excluded(const struct peers *x, const struct uf_text_list *exclude,
                                struct uf_error *error)
{
    for (size_t i = 0; i < exclude->count; i++) {
        bool known = false;
        const struct uf_dictionary *units = &x->attributes.panel->units;
        for (size_t u = 0; u < units->count && !known; u++)
            known = matches(exclude->items[i], units->code[u]);
        if (known) continue;
        const char *near = uf_text_nearest(exclude->items[i], (const char *const *)units->code, units->count);
        return uf_fail(error, UF_BAD_USAGE, "'exclude' names '%s', which is no region of the data%s%s%s",
                       exclude->items[i], near ? "; did you mean '" : "", near ? near : "",
                       near ? "'?" : ".");
    }
    return UF_OK;
}

static uf_status find_nearest(const struct uf_options *options, struct peers *x, struct uf_error *error)
{
    const size_t n = x->attributes.n_regions;
    const struct uf_text_list *exclude = uf_options_list(options, "exclude");
    UF_TRY(check_excluded(x, exclude, error));
    bool *allowed = calloc(n + 1, sizeof *allowed);
    x->nearest = calloc(n * x->k + 1, sizeof *x->nearest);
    x->found = calloc(n + 1, sizeof *x->found);
    if (!allowed || !x->nearest || !x->found) {
        free(allowed);
        return uf_fail_memory(error);
    }
    for (size_t r = 0; r < n; r++) {
        for (size_t j = 0; j < n; j++) {
            allowed[j] = !(x->own_prefix && !strncmp(peers_code(x, r), peers_code(x, j), x->own_prefix));
            for (size_t i = 0; i < exclude->count; i++)
                allowed[j] = allowed[j] && !matches(exclude->items[i], peers_code(x, j));
        }
        x->found[r] = uf_nearest_regions(x->distance, r, allowed, x->k, x->nearest + r * x->k);
    }
    free(allowed);
    return UF_OK;
}

static uf_status compute(const struct uf_options *options, const struct rounding_plan *plan, struct peers *x,
                         struct uf_error *error)
{
    const size_t n = x->attributes.n_regions;
    UF_TRY(choose_distance(options, x, error));
    x->k = uf_options_count(options, "k");
    x->own_prefix = uf_options_is_set(options, "exclude-own-prefix")
                        ? uf_options_count(options, "exclude-own-prefix")
                        : 0;
    if (x->k == 0) return uf_fail(error, UF_BAD_USAGE, "The option 'k' is 0; expected how many peers, as 5.");
    if (x->k > n) x->k = n;
    x->distance = gsl_matrix_alloc(n, n);
    x->whole = calloc(n + 1, sizeof *x->whole);
    if (!x->distance || !x->whole) return uf_fail_memory(error);
    struct uf_error inner = {0};
    size_t column = SIZE_MAX;
    uf_status status = uf_structural_distance(x->attributes.value, x->kind, x->distance, &column, &inner);
    if (status == UF_NOT_IDENTIFIED && column != SIZE_MAX)
        return uf_fail(error, UF_BAD_INPUT, "'%s': %s.", x->attributes.label[column], inner.message);
    if (status == UF_NOT_IDENTIFIED) return uf_fail(error, UF_BAD_INPUT, "%s.", inner.message);
    if (status != UF_OK) {
        if (error) *error = inner;
        return status;
    }
    for (size_t r = 0; r < n; r++) x->whole[r] = !isnan(gsl_matrix_get(x->distance, r, r));
    UF_TRY(peers_bands(plan, x, error));
    return find_nearest(options, x, error);
}

static uf_status run(const struct uf_panel *panel, const struct uf_options *options,
                     const struct uf_context *context, struct uf_result *result, struct uf_error *error)
{
    struct peers x = {0};
    struct uf_table *table = NULL;
    result->claim = UF_CLAIM_DESCRIPTION;
    UF_TRY(attributes_new(panel, options, context->language, result, &x.attributes, error));
    const struct rounding_plan plan = rounding_plan_of(options, context);
    uf_status status = compute(options, &plan, &x, error);
    if (status == UF_OK) status = peers_table(&x, &table, error);
    if (status == UF_OK) status = uf_result_take_table(result, table, error);
    if (status == UF_OK && uf_options_flag(options, "all-pairs")) {
        status = peers_distance_table(&x, &table, error);
        if (status == UF_OK) status = uf_result_take_table(result, table, error);
    }
    if (status == UF_OK) status = peers_findings_table(&x, &table, error);
    if (status == UF_OK) status = uf_result_take_table(result, table, error);
    if (status == UF_OK) status = peers_tell(&x, result, error);
    peers_clear(&x);
    return status;
}

/* --- descriptor -------------------------------------------------------------------------------- */

static const struct uf_option options_list[] = {
    {"indicators", UF_OPTION_LIST, NULL, NULL,
     "Columns to compare by; with data by sector the shares of the sectors are compared", true},
    {"period", UF_OPTION_PERIOD, NULL, NULL, "The period compared; default the last with values", false},
    {"distance", UF_OPTION_CHOICE, "standardised-euclidean", distances, "What makes regions alike", false},
    {"k", UF_OPTION_COUNT, "5", NULL, "How many peers each region gets", false},
    {"exclude", UF_OPTION_LIST, NULL, NULL,
     "Regions that may not be peers: codes, or beginnings of codes with a star (SE*)", false},
    {"exclude-own-prefix", UF_OPTION_COUNT, NULL, NULL,
     "No peers whose code begins with the same N characters (2: the country of a NUTS code)", false},
    {"all-pairs", UF_OPTION_FLAG, "false", NULL, "Also the table of all distances", false},
    ROUNDING_DRAWS_OPTION,
    PANEL_ACTIVITY_OPTIONS,
};

static const struct uf_chart_hint charts[] = {
    {.kind = "bars",
     .table = "peer-regions",
     .title = {"{1}: structural distance to its nearest, {3}",
               "{1}: strukturellt avstånd till de närmaste, {3}"},
     .value_label = {"Distance (0 = alike)", "Avstånd (0 = lika)"},
     .order = "ascending",
     .value = "distance",
     .low = "distance_low",
     .high = "distance_high",
     .label = "peer_label",
     .facet_by = "unit",
     .reference = 0},
    {.kind = "heat-map",
     .table = "structural-distance",
     .title = {"Structural distance between regions, {3}", "Strukturellt avstånd mellan regioner, {3}"},
     .value_label = {"Distance (0 = alike)", "Avstånd (0 = lika)"},
     .value = "distance",
     .low = "distance_low",
     .high = "distance_high",
     .label = "label",
     .group = "peer_label",
     .reference = NAN},
};
static const char *const sources[] = {
    "Navarro, M. et al. (2014). Regional benchmarking in the smart specialisation process: identification of "
    "reference "
    "regions based on structural similarity. S3 Working Paper 03/2014, European Commission.",
    "Mahalanobis, P. C. (1936). On the generalized distance in statistics. Proceedings of the National "
    "Institute of "
    "Sciences of India 2(1), 49–55.",
    "Krugman, P. (1991). Geography and Trade. MIT Press.",
    "Finger, J. M. & Kreinin, M. E. (1979). A measure of ‘export similarity’ and its possible uses. Economic "
    "Journal "
    "89(356), 905–912.",
    NULL,
};

const struct uf_method uf_method_peer_regions = {
    .name = "peer-regions",
    .family = UF_FAMILY_PROFILE,
    .title = {"Structural peers", "Strukturellt lika regioner"},
    .summary = {"Which regions are most alike in structure, and so fair to compare with?",
                "Vilka regioner är mest lika i struktur, och därmed rimliga att jämföra med?"},
    .formula_note =
        {"Regions are compared by chosen indicators, or by their shares of sectors. The default distance is "
         "Euclidean "
         "over z-scores (deviation with n − 1); Mahalanobis' takes correlated indicators together, and "
         "shares may be "
         "compared by the sum of differences, by overlap, or by cosine. The k nearest are a region's peers.",
         "Regionerna jämförs på valda indikatorer, eller på sina andelar i branscherna. Avståndet är som "
         "standard "
         "euklidiskt över z-värden (standardavvikelse med n − 1); Mahalanobis avstånd räknar samvarierande "
         "indikatorer "
         "tillsammans, och andelar kan jämföras genom summan av skillnader, överlapp eller cosinus. De k "
         "närmaste är "
         "regionens jämförelseregioner."},
    .sources = sources,
    .options = options_list,
    .n_options = sizeof options_list / sizeof *options_list,
    .charts = charts,
    .n_charts = sizeof charts / sizeof *charts,
    .run = run,
};
