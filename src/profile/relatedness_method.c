// SPDX-License-Identifier: GPL-3.0-or-later
/* Relatedness of sectors, from where they are present together or from flows of people between them. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/advice.h"
#include "base/fail.h"
#include "profile/relatedness_study.h"
#include "profile/tidy.h"

/* A heat map of more sectors than this cannot be read; a table of all pairs of more than that is long. */
enum { PARTNERS_DEFAULT = 10, ALL_PAIRS = 60 };

static void relation_clear(struct relation *x)
{
    free(x->code);
    free(x->label);
    free(x->ubiquity);
    gsl_matrix_free(x->related);
    gsl_matrix_free(x->together);
    rounding_bands_clear(&x->drawn);
}

static uf_status relation_allocate(struct relation *x, size_t n, struct uf_error *error)
{
    x->n = n;
    x->code = calloc(n, sizeof *x->code);
    x->label = calloc(n, sizeof *x->label);
    x->ubiquity = calloc(n, sizeof *x->ubiquity);
    x->together = gsl_matrix_calloc(n, n);
    return x->code && x->label && x->ubiquity && x->together ? UF_OK : uf_fail_memory(error);
}

/* --- from figures to relatedness ---------------------------------------------------------------- */

static uf_status from_presence(struct relation *x, const struct uf_options *options,
                               const struct uf_context *context, struct uf_result *result,
                               struct uf_error *error)
{
    struct panel_network network;
    UF_TRY(panel_network_new(x->panel, options, x->language, result, &network, error));
    uf_status status = relation_allocate(x, network.n_sectors, error);
    if (status == UF_OK) status = uf_co_occurrence(network.presence, x->together, error);
    if (status == UF_OK) status = panel_network_relatedness(&network, options, &x->related, error);
    if (status == UF_OK) status = relation_draw_presence(x, &network, options, context, error);
    if (status == UF_OK) {
        memcpy(x->ubiquity, network.ubiquity, x->n * sizeof *x->ubiquity);
        x->period = panel_activity_period_code(&network.activity, 0);
        for (size_t s = 0; s < x->n; s++) {
            size_t sector = network.activity.sector[s];
            x->code[s] = x->panel->sectors.code[sector];
            x->label[s] = x->panel->sectors.label[sector];
        }
    }
    panel_network_clear(&network);
    return status;
}

/* The place of a code that is among the sectors. */
static size_t sector_of(const struct relation *x, const char *code)
{
    size_t i = 0;
    while (i + 1 < x->n && x->code[i] != NULL && strcmp(x->code[i], code) != 0) i++;
    return i;
}

/* Rows are from, columns to. A sector that stands on one side only gets an empty row or column. */
static uf_status read_flows(struct relation *x, size_t period, const struct uf_dictionary *from,
                            const struct uf_dictionary *to, struct uf_error *error)
{
    const struct uf_panel *panel = x->panel;
    const struct uf_panel_column *column = &panel->columns[panel->outcome];
    for (size_t i = 0; i < panel->n_rows; i++) {
        if (panel->period[i] != period) continue;
        const size_t a = sector_of(x, from->code[panel->unit[i]]),
                     b = sector_of(x, to->code[panel->sector[i]]);
        if (isnan(column->value[i]))
            return uf_fail(
                error, UF_BAD_INPUT,
                "the flow from %s to %s is missing; relatedness needs all flows, with 0 where nobody went",
                x->code[a], x->code[b]);
        gsl_matrix_set(x->together, a, b, column->value[i]);
    }
    return UF_OK;
}

static uf_status from_flows(struct relation *x, const struct uf_options *options,
                            const struct uf_context *context, struct uf_error *error)
{
    const struct uf_dictionary *from = &x->panel->units, *to = &x->panel->sectors;
    size_t period, n = 0;
    UF_TRY(panel_activity_period(x->panel, options, "period", true, &period, error));
    UF_TRY(relation_allocate(x, from->count + to->count, error));
    for (size_t i = 0; i < from->count + to->count; i++) {
        const struct uf_dictionary *side = i < from->count ? from : to;
        size_t k = i < from->count ? i : i - from->count, j = 0;
        while (j < n && strcmp(x->code[j], side->code[k]) != 0) j++;
        if (j < n) continue;
        x->code[n] = side->code[k];
        x->label[n++] = side->label[k];
    }
    gsl_matrix_free(x->together);
    x->n = n;
    x->period = x->panel->periods.code[period];
    x->together = gsl_matrix_calloc(n, n);
    x->related = gsl_matrix_alloc(n, n);
    if (!x->together || !x->related) return uf_fail_memory(error);
    free(x->ubiquity);
    x->ubiquity = NULL;
    UF_TRY(read_flows(x, period, from, to, error));
    UF_TRY(uf_skill_relatedness(x->together, relation_flow_average(options), NULL, x->related, error));
    return relation_draw_flows(x, options, context, error);
}

/* --- tables ------------------------------------------------------------------------------------ */

struct partner {
    double related;
    size_t sector;
};

static int strongest_first(const void *left, const void *right)
{
    const struct partner *a = left, *b = right;
    if (a->related != b->related) return a->related > b->related ? -1 : 1;
    return a->sector < b->sector ? -1 : a->sector > b->sector;
}

static size_t partners_of(const struct relation *x, size_t sector, struct partner *out)
{
    size_t n = 0;
    for (size_t j = 0; j < x->n; j++) {
        double related = gsl_matrix_get(x->related, sector, j);
        if (j != sector && !isnan(related)) out[n++] = (struct partner){related, j};
    }
    qsort(out, n, sizeof *out, strongest_first);
    return n;
}

static void banded_number(struct tidy_row *row, const struct relation *x, double value, size_t at)
{
    const bool drawn = x->drawn.low != NULL;
    tidy_banded(row, value, drawn ? x->drawn.low[at] : (double)NAN, drawn ? x->drawn.high[at] : (double)NAN,
                0, UF_VALUE_NOT_APPLICABLE);
}

static uf_status pair_rows(const struct relation *x, size_t most, struct partner *partners,
                           struct uf_table *table, struct uf_error *error)
{
    for (size_t i = 0; i < x->n; i++) {
        size_t n = partners_of(x, i, partners), rank = 1;
        for (size_t k = 0; k < n && k < most; k++) {
            const size_t j = partners[k].sector, at = i * x->n + j, of_ranks = x->n * x->n;
            if (k > 0 && partners[k].related < partners[k - 1].related) rank = k + 1; /* ties share */
            double together = gsl_matrix_get(x->together, i, j);
            if (!x->ubiquity) together += gsl_matrix_get(x->together, j, i);
            struct tidy_row row = tidy_row_add(table, error);
            tidy_text(&row, x->code[i]);
            tidy_text(&row, x->label[i]);
            tidy_text(&row, x->code[j]);
            tidy_text(&row, x->label[j]);
            banded_number(&row, x, partners[k].related, at);
            banded_number(&row, x, (double)rank, of_ranks + at);
            tidy_number(&row, together, 0);
            tidy_number(&row, x->ubiquity ? (double)x->ubiquity[i] : (double)NAN, UF_VALUE_NOT_APPLICABLE);
            UF_TRY(row.status);
        }
    }
    return UF_OK;
}

static uf_status pair_table(const struct relation *x, size_t most, struct uf_table **out,
                            struct uf_error *error)
{
    static const struct uf_words title = {"Relatedness between sectors", "Närhet mellan branscher"};
    static const struct tidy_column columns[] = {
        {"sector", UF_COLUMN_TEXT, NULL, -1},    {"sector_label", UF_COLUMN_TEXT, NULL, -1},
        {"partner", UF_COLUMN_TEXT, NULL, -1},   {"partner_label", UF_COLUMN_TEXT, NULL, -1},
        TIDY_BANDED("relatedness", NULL, 3),     TIDY_BANDED("rank", NULL, 0),
        {"together", UF_COLUMN_NUMBER, NULL, 0}, {"ubiquity", UF_COLUMN_NUMBER, NULL, 0}};
    struct uf_table *table = NULL;
    struct partner *partners = malloc((x->n + 1) * sizeof *partners);
    if (!partners) return uf_fail_memory(error);
    uf_status status = tidy_table_new("relatedness", uf_words_in(title, x->language), columns,
                                      sizeof columns / sizeof *columns, &table, error);
    if (status == UF_OK) status = pair_rows(x, most, partners, table, error);
    free(partners);
    if (status != UF_OK)
        uf_table_free(table);
    else
        *out = table;
    return status;
}

static uf_status tell(const struct relation *x, size_t most, struct uf_result *result, struct uf_error *error)
{
    static const struct uf_words cut = {
        "The {0} nearest sectors of each are shown; the option partners gives more.",
        "De {0} närmaste branscherna till varje bransch visas; valet partners ger fler."};
    static const struct uf_words finding = {"Nearest to each other: {0} and {1} (relatedness {2}).",
                                            "Närmast varandra: {0} och {1} (närhet {2})."};
    static const struct uf_words alone = {"{0} of {1} sectors are related to no other.",
                                          "{0} av {1} branscher har ingen närhet till någon annan."};
    size_t a = 0, b = 0, lonely = 0;
    double nearest = -INFINITY;
    for (size_t i = 0; i < x->n; i++) {
        bool related = false;
        for (size_t j = 0; j < x->n; j++) {
            double value = gsl_matrix_get(x->related, i, j);
            if (i == j || isnan(value)) continue;
            related = related || value > 0;
            if (value > nearest) nearest = value, a = i, b = j;
        }
        lonely += !related;
    }
    struct uf_argument shown = uf_count_argument(most);
    if (most + 1 < x->n)
        UF_TRY(uf_result_add_note(result, x->language, UF_NOTE, "nearest-shown", cut, no_advice, &shown, 1,
                                  error));
    struct uf_argument counts[] = {uf_count_argument(lonely), uf_count_argument(x->n)};
    if (lonely > 0)
        UF_TRY(uf_result_add_note(result, x->language, UF_NOTE, "unrelated-sectors", alone, no_advice, counts,
                                  2, error));
    if (isinf(nearest)) return UF_OK;
    struct uf_argument arguments[] = {uf_text_argument(x->label[a]), uf_text_argument(x->label[b]),
                                      uf_number_argument(nearest, 2)};
    return uf_result_add_note(result, x->language, UF_NOTE, "finding", finding, no_advice, arguments, 3,
                              error);
}

static uf_status run(const struct uf_panel *panel, const struct uf_options *options,
                     const struct uf_context *context, struct uf_result *result, struct uf_error *error)
{
    if (panel->outcome < 0 || panel->sectors.count == 0)
        return uf_fail(error, UF_BAD_USAGE,
                       "This method needs figures by sector: name the column with the sectors.");
    struct relation x = {.panel = panel, .language = context->language};
    result->claim = UF_CLAIM_DESCRIPTION;
    bool flows = !strcmp(uf_options_text(options, "from"), "flows");
    uf_status status =
        flows ? from_flows(&x, options, context, error) : from_presence(&x, options, context, result, error);
    size_t most = uf_options_count(options, "partners");
    if (most == SIZE_MAX) most = x.n <= ALL_PAIRS ? x.n : PARTNERS_DEFAULT;
    struct uf_table *table = NULL;
    if (status == UF_OK) status = pair_table(&x, most, &table, error);
    if (status == UF_OK) status = uf_result_take_table(result, table, error);
    if (status == UF_OK) status = tell(&x, most, result, error);
    if (status == UF_OK) status = rounding_bands_tell(&x.drawn, x.language, result, error);
    relation_clear(&x);
    return status;
}

static const char *const origins[] = {"presence", "flows", NULL};
static const char *const averages[] = {"ratios", "mapped", NULL};
static const struct uf_option options_list[] = {
    PANEL_NETWORK_OPTIONS,
    PANEL_RELATEDNESS_OPTIONS,
    {"from", UF_OPTION_CHOICE, "presence", origins,
     "Regions by sector, or flows of people: then the region column is the sector they leave", false},
    {"average", UF_OPTION_CHOICE, "ratios", averages,
     "Flows: average the two directions' ratios, or what they are mapped to", false},
    {"partners", UF_OPTION_COUNT, NULL, NULL,
     "The nearest sectors shown of each; default all of up to 60, else 10", false},
    ROUNDING_DRAWS_OPTION,
};

static const struct uf_chart_hint charts[] = {
    {.kind = "heat-map",
     .table = "relatedness",
     .title = {"Relatedness between sectors, {3}", "Närhet mellan branscher, {3}"},
     .value_label = {"Relatedness", "Närhet"},
     .value = "relatedness",
     .low = "relatedness_low",
     .high = "relatedness_high",
     .label = "sector_label",
     .group = "partner_label",
     .reference = NAN},
};

static const char *const sources[] = {
    "Hidalgo, C. A., Klinger, B., Barabási, A.-L. & Hausmann, R. (2007). The product space conditions the "
    "development of "
    "nations. Science 317, 482–487.",
    "van Eck, N. J. & Waltman, L. (2009). How to normalize cooccurrence data? JASIST 60(8), 1635–1651.",
    "Neffke, F. & Henning, M. (2013). Skill relatedness and firm diversification. Strategic Management "
    "Journal 34(3), "
    "297–316.",
    NULL,
};

const struct uf_method uf_method_relatedness = {
    .name = "relatedness",
    .family = UF_FAMILY_PROFILE,
    .title = {"Relatedness", "Branschnärhet"},
    .summary = {"Which sectors go together? By where they are present together, or by flows of people",
                "Vilka branscher hör ihop? Efter var de finns tillsammans, eller efter flöden av människor"},
    .formula_note =
        {"A sector is present in a region where its location quotient reaches the threshold; C counts the "
         "regions in "
         "which two sectors are present together, n those of each. Minimum of the conditional probabilities "
         "C/max(n), "
         "cosine C/√(n·n), Jaccard C/(n + n − C), association C over what chance lets expect. From flows F: "
         "F·F../(F row · F column), averaged over both directions and mapped by (q − 1)/(q + 1), 0 as by "
         "chance.",
         "En bransch är närvarande i en region där lokaliseringskvoten når gränsen; C är antalet regioner "
         "där två "
         "branscher finns tillsammans, n antalet för var och en. Minsta betingade sannolikhet C/max(n), "
         "cosinus "
         "C/√(n·n), Jaccard C/(n + n − C), association C delat med vad slumpen låter vänta. Från flöden F: "
         "F·F../(F rad · F kolumn), medelvärde av båda riktningar, omräknat med (q − 1)/(q + 1), 0 som av "
         "slump."},
    .sources = sources,
    .options = options_list,
    .n_options = sizeof options_list / sizeof *options_list,
    .charts = charts,
    .n_charts = sizeof charts / sizeof *charts,
    .needs_sector = true,
    .run = run,
};
