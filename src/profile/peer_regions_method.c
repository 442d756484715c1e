// SPDX-License-Identifier: GPL-3.0-or-later
/* Each region's nearest in structure. */
#include <utfall/peer_regions.h>

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/advice.h"
#include "base/fail.h"
#include "profile/attributes.h"
#include "profile/tidy.h"

struct peers {
    struct attributes attributes;
    enum uf_structural_distance kind;
    gsl_matrix *distance, *low, *high; /* low and high NULL: no band */
    size_t k, own_prefix;
    size_t *nearest; /* regions × k */
    size_t *found;   /* regions */
    bool *whole;     /* regions: no attribute is missing */
};

static void peers_clear(struct peers *x)
{
    attributes_clear(&x->attributes);
    gsl_matrix_free(x->distance);
    gsl_matrix_free(x->low);
    gsl_matrix_free(x->high);
    free(x->nearest);
    free(x->found);
    free(x->whole);
}

static const char *code_of(const struct peers *x, size_t r)
{
    return x->attributes.panel->units.code[x->attributes.region[r]];
}
static const char *label_of(const struct peers *x, size_t r)
{
    return x->attributes.panel->units.label[x->attributes.region[r]];
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
            allowed[j] = !(x->own_prefix && !strncmp(code_of(x, r), code_of(x, j), x->own_prefix));
            for (size_t i = 0; i < exclude->count; i++)
                allowed[j] = allowed[j] && !matches(exclude->items[i], code_of(x, j));
        }
        x->found[r] = uf_nearest_regions(x->distance, r, allowed, x->k, x->nearest + r * x->k);
    }
    free(allowed);
    return UF_OK;
}

static uf_status compute(const struct uf_options *options, struct peers *x, struct uf_error *error)
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
    if (x->attributes.bands && x->kind != UF_DISTANCE_MAHALANOBIS && x->kind != UF_DISTANCE_COSINE) {
        x->low = gsl_matrix_alloc(n, n);
        x->high = gsl_matrix_alloc(n, n);
        if (!x->low || !x->high) return uf_fail_memory(error);
        UF_TRY(uf_structural_distance_band(x->attributes.value, x->attributes.low, x->attributes.high,
                                           x->kind, x->low, x->high, error));
    }
    return find_nearest(options, x, error);
}

/* --- tables ------------------------------------------------------------------------------------ */

/* The attribute in which two regions differ most, in standard deviations (shares: in percentage points). */
static size_t widest(const struct peers *x, size_t a, size_t b, double *out)
{
    const gsl_matrix *v = x->attributes.value;
    size_t best = 0;
    *out = 0;
    for (size_t j = 0; j < v->size2; j++) {
        double gap = gsl_matrix_get(v, b, j) - gsl_matrix_get(v, a, j), unit = 0.01;
        if (!x->attributes.shares) {
            double sum = 0, squares = 0, n = 0;
            for (size_t r = 0; r < v->size1; r++) {
                if (!x->whole[r]) continue;
                sum += gsl_matrix_get(v, r, j);
                n++;
            }
            for (size_t r = 0; r < v->size1; r++)
                if (x->whole[r]) squares += pow(gsl_matrix_get(v, r, j) - sum / n, 2);
            unit = sqrt(squares / (n - 1));
        }
        if (fabs(gap / unit) <= fabs(*out)) continue;
        *out = gap / unit;
        best = j;
    }
    return best;
}

/* How many of the peers' candidates are surely nearer, and how many may be: the rank's interval. */
static void rank_interval(const struct peers *x, size_t r, size_t peer, double out[2])
{
    out[0] = out[1] = 1;
    for (size_t j = 0; j < x->attributes.n_regions; j++) {
        if (j == r || j == peer || isnan(gsl_matrix_get(x->low, r, j))) continue;
        out[0] += gsl_matrix_get(x->high, r, j) < gsl_matrix_get(x->low, r, peer);
        out[1] += gsl_matrix_get(x->low, r, j) < gsl_matrix_get(x->high, r, peer);
    }
}

static uf_status peer_row(const struct peers *x, size_t r, size_t i, struct uf_table *table,
                          struct uf_error *error)
{
    const size_t peer = x->nearest[r * x->k + i];
    const double distance = gsl_matrix_get(x->distance, r, peer);
    double rank = 1, gap, interval[2] = {0, 0};
    for (size_t j = 0; j < i; j++)
        rank += gsl_matrix_get(x->distance, r, x->nearest[r * x->k + j]) < distance;
    size_t attribute = widest(x, r, peer, &gap);
    struct tidy_row row = tidy_row_add(table, error);
    tidy_text(&row, code_of(x, r));
    tidy_text(&row, label_of(x, r));
    tidy_number(&row, rank, 0);
    tidy_text(&row, code_of(x, peer));
    tidy_text(&row, label_of(x, peer));
    tidy_number(&row, distance, 0);
    if (x->low) rank_interval(x, r, peer, interval);
    tidy_number(&row, x->low ? gsl_matrix_get(x->low, r, peer) : (double)NAN, UF_VALUE_NOT_APPLICABLE);
    tidy_number(&row, x->low ? gsl_matrix_get(x->high, r, peer) : (double)NAN, UF_VALUE_NOT_APPLICABLE);
    tidy_number(&row, x->low ? interval[0] : (double)NAN, UF_VALUE_NOT_APPLICABLE);
    tidy_number(&row, x->low ? interval[1] : (double)NAN, UF_VALUE_NOT_APPLICABLE);
    tidy_text(&row, x->attributes.label[attribute]);
    tidy_number(&row, gap, 0);
    return row.status;
}

static uf_status peers_table(const struct peers *x, struct uf_table **out, struct uf_error *error)
{
    static const struct uf_words title = {"Structural peers by region",
                                          "Strukturellt lika regioner per region"};
    static const struct tidy_column columns[] = {
        {"unit", UF_COLUMN_TEXT, NULL, -1},          {"label", UF_COLUMN_TEXT, NULL, -1},
        {"rank", UF_COLUMN_NUMBER, NULL, 0},         {"peer", UF_COLUMN_TEXT, NULL, -1},
        {"peer_label", UF_COLUMN_TEXT, NULL, -1},    {"distance", UF_COLUMN_NUMBER, NULL, 3},
        {"distance_low", UF_COLUMN_NUMBER, NULL, 3}, {"distance_high", UF_COLUMN_NUMBER, NULL, 3},
        {"rank_low", UF_COLUMN_NUMBER, NULL, 0},     {"rank_high", UF_COLUMN_NUMBER, NULL, 0},
        {"differs_most", UF_COLUMN_TEXT, NULL, -1},  {"differs_by", UF_COLUMN_NUMBER, NULL, 2}};
    struct uf_table *table = NULL;
    UF_TRY(tidy_table_new("peer-regions", uf_words_in(title, x->attributes.language), columns,
                          sizeof columns / sizeof *columns, &table, error));
    uf_status status = UF_OK;
    for (size_t r = 0; r < x->attributes.n_regions; r++)
        for (size_t i = 0; i < x->found[r] && status == UF_OK; i++) status = peer_row(x, r, i, table, error);
    if (status != UF_OK)
        uf_table_free(table);
    else
        *out = table;
    return status;
}

static uf_status distance_table(const struct peers *x, struct uf_table **out, struct uf_error *error)
{
    static const struct uf_words title = {"Structural distance between regions",
                                          "Strukturellt avstånd mellan regioner"};
    static const struct tidy_column columns[] = {{"unit", UF_COLUMN_TEXT, NULL, -1},
                                                 {"label", UF_COLUMN_TEXT, NULL, -1},
                                                 {"peer", UF_COLUMN_TEXT, NULL, -1},
                                                 {"peer_label", UF_COLUMN_TEXT, NULL, -1},
                                                 {"distance", UF_COLUMN_NUMBER, NULL, 3}};
    struct uf_table *table = NULL;
    UF_TRY(tidy_table_new("structural-distance", uf_words_in(title, x->attributes.language), columns, 5,
                          &table, error));
    uf_status status = UF_OK;
    for (size_t r = 0; r < x->attributes.n_regions; r++)
        for (size_t j = 0; j < x->attributes.n_regions && status == UF_OK; j++) {
            struct tidy_row row = tidy_row_add(table, error);
            tidy_text(&row, code_of(x, r));
            tidy_text(&row, label_of(x, r));
            tidy_text(&row, code_of(x, j));
            tidy_text(&row, label_of(x, j));
            tidy_number(&row, gsl_matrix_get(x->distance, r, j), UF_VALUE_INCOMPLETE);
            status = row.status;
        }
    if (status != UF_OK)
        uf_table_free(table);
    else
        *out = table;
    return status;
}

/* --- sentences --------------------------------------------------------------------------------- */

static uf_status list_peers(const struct peers *x, size_t r, char **out, struct uf_error *error)
{
    struct uf_buffer names;
    uf_buffer_init(&names);
    for (size_t i = 0; i < x->found[r]; i++) {
        if (i) uf_buffer_append(&names, ", ");
        uf_buffer_append(&names, label_of(x, x->nearest[r * x->k + i]));
    }
    *out = uf_buffer_take(&names);
    return *out ? UF_OK : uf_fail_memory(error);
}

static uf_status sentence(const struct peers *x, size_t r, char **out, struct uf_error *error)
{
    static const struct uf_words texts[] = {
        {"{0} is left out{1}: an attribute is missing.", "{0} utelämnas{1}: en egenskap saknas."},
        {"No region is left for {0} to be compared with{1}.",
         "Ingen region återstår att jämföra {0} med{1}."},
        {"Most like {0}{1}: {2} (distance {3} to the nearest). From {4} it differs most in {5}.",
         "Mest lika {0}{1}: {2} (avstånd {3} till den närmaste). Från {4} skiljer den sig mest i {5}."},
        {"Most like {0}{1}: {2} (distance {3} to the nearest, which does not differ from it in anything "
         "compared).",
         "Mest lika {0}{1}: {2} (avstånd {3} till den närmaste, som inte skiljer sig i något som jämförs)."}};
    char *names = NULL;
    size_t which = !x->whole[r] ? 0 : x->found[r] ? 2 : 1;
    size_t first = which == 2 ? x->nearest[r * x->k] : r;
    double gap = 0;
    UF_TRY(list_peers(x, r, &names, error));
    struct uf_argument arguments[] = {
        uf_text_argument(label_of(x, r)),
        uf_text_argument(x->attributes.when),
        uf_text_argument(names),
        uf_number_argument(which == 2 ? gsl_matrix_get(x->distance, r, first) : 0, 2),
        uf_text_argument(label_of(x, first)),
        uf_text_argument(x->attributes.label[which == 2 ? widest(x, r, first, &gap) : 0])};
    if (which == 2 && fabs(gap) < 1e-9) which = 3;
    uf_status status = uf_phrase(x->attributes.language, texts[which], arguments, 6, out, error);
    free(names);
    return status;
}

static uf_status findings_table(const struct peers *x, struct uf_table **out, struct uf_error *error)
{
    static const struct uf_words title = {"Findings by region", "Iakttagelser per region"};
    static const struct tidy_column columns[] = {{"unit", UF_COLUMN_TEXT, NULL, -1},
                                                 {"label", UF_COLUMN_TEXT, NULL, -1},
                                                 {"text", UF_COLUMN_TEXT, NULL, -1}};
    struct uf_table *table = NULL;
    UF_TRY(tidy_table_new("peer-regions-findings", uf_words_in(title, x->attributes.language), columns, 3,
                          &table, error));
    uf_status status = UF_OK;
    for (size_t r = 0; r < x->attributes.n_regions && status == UF_OK; r++) {
        char *text = NULL;
        status = sentence(x, r, &text, error);
        if (status != UF_OK) break;
        struct tidy_row row = tidy_row_add(table, error);
        tidy_text(&row, code_of(x, r));
        tidy_text(&row, label_of(x, r));
        tidy_text(&row, text);
        status = row.status;
        free(text);
    }
    if (status != UF_OK)
        uf_table_free(table);
    else
        *out = table;
    return status;
}

static uf_status tell(const struct peers *x, struct uf_result *result, struct uf_error *error)
{
    static const struct uf_words by[] = {
        {"Regions are compared by {0} indicators{1}; {2} of {3} regions have them all, the others take no "
         "part.",
         "Regionerna jämförs på {0} indikatorer{1}; {2} av {3} regioner har alla, övriga deltar inte."},
        {"Regions are compared by their shares of {0} sectors{1}; {2} of {3} regions have them all, the "
         "others take no "
         "part.",
         "Regionerna jämförs på sina andelar i {0} branscher{1}; {2} av {3} regioner har alla, övriga deltar "
         "inte."}};
    static const struct uf_words few = {"{0} regions on {1} attributes: Mahalanobis' distance rests on {2} "
                                        "figures a covariance; a few regions decide it.",
                                        "{0} regioner med {1} egenskaper: Mahalanobis avstånd bygger på {2} "
                                        "uppgifter per kovarians; några få regioner "
                                        "avgör det."};
    static const struct uf_words rounded = {"The figures are rounded: distance_low to distance_high hold "
                                            "every distance the exact figures could give, "
                                            "rank_low to rank_high every rank among all regions.",
                                            "Uppgifterna är avrundade: distance_low till distance_high "
                                            "rymmer varje avstånd som de exakta uppgifterna kan ge, "
                                            "rank_low till rank_high varje plats bland alla regioner."};
    const struct attributes *a = &x->attributes;
    size_t whole = 0;
    for (size_t r = 0; r < a->n_regions; r++) whole += x->whole[r];
    struct uf_argument arguments[] = {uf_count_argument(a->n_columns), uf_text_argument(a->when),
                                      uf_count_argument(whole), uf_count_argument(a->n_regions)};
    UF_TRY(uf_result_add_note(result, a->language, whole < a->n_regions ? UF_WARNING : UF_NOTE, "compared-by",
                              by[a->shares], no_advice, arguments, 4, error));
    if (x->kind == UF_DISTANCE_MAHALANOBIS && whole < 5 * a->n_columns) {
        struct uf_argument numbers[] = {uf_count_argument(whole), uf_count_argument(a->n_columns),
                                        uf_number_argument((double)whole / (double)a->n_columns, 1)};
        UF_TRY(uf_result_add_note(result, a->language, UF_WARNING, "few-regions", few, no_advice, numbers, 3,
                                  error));
    }
    if (!x->low) return UF_OK;
    return uf_result_add_note(result, a->language, UF_NOTE, "outer-band", rounded, no_advice, NULL, 0, error);
}

static uf_status run(const struct uf_panel *panel, const struct uf_options *options,
                     const struct uf_context *context, struct uf_result *result, struct uf_error *error)
{
    struct peers x = {0};
    struct uf_table *table = NULL;
    result->claim = UF_CLAIM_DESCRIPTION;
    UF_TRY(attributes_new(panel, options, context->language, result, &x.attributes, error));
    uf_status status = compute(options, &x, error);
    if (status == UF_OK) status = peers_table(&x, &table, error);
    if (status == UF_OK) status = uf_result_take_table(result, table, error);
    if (status == UF_OK && uf_options_flag(options, "all-pairs")) {
        status = distance_table(&x, &table, error);
        if (status == UF_OK) status = uf_result_take_table(result, table, error);
    }
    if (status == UF_OK) status = findings_table(&x, &table, error);
    if (status == UF_OK) status = uf_result_take_table(result, table, error);
    if (status == UF_OK) status = tell(&x, result, error);
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
     .facet_by = "label",
     .reference = 0},
    {.kind = "heat-map",
     .table = "structural-distance",
     .title = {"Structural distance between regions, {3}", "Strukturellt avstånd mellan regioner, {3}"},
     .value_label = {"Distance (0 = alike)", "Avstånd (0 = lika)"},
     .value = "distance",
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
