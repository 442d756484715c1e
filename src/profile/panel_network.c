// SPDX-License-Identifier: GPL-3.0-or-later
#include "profile/panel_network.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/location_quotient.h>

#include "base/advice.h"
#include "base/fail.h"

const char *const panel_network_measures[] = {"min-conditional", "cosine",      "jaccard",
                                              "association",     "probability", NULL};
const char *const panel_network_bases[] = {"occurrences", "co-occurrences", NULL};

void panel_network_clear(struct panel_network *network)
{
    panel_activity_clear(&network->activity);
    gsl_matrix_free(network->quotient);
    gsl_matrix_free(network->presence);
    free(network->region_out);
    free(network->sector_out);
    free(network->diversity);
    free(network->ubiquity);
    *network = (struct panel_network){0};
}

static uf_status refuse_missing(const struct panel_activity *a, struct uf_error *error)
{
    size_t missing = 0, first = SIZE_MAX;
    for (size_t i = 0; i < a->n_regions * a->n_sectors; i++) {
        if (!uf_value_is_missing(a->at[0].status[i])) continue;
        if (first == SIZE_MAX) first = i;
        missing++;
    }
    if (missing == 0) return UF_OK;
    return uf_fail(
        error, UF_BAD_INPUT,
        "%zu of %zu figures are missing, the first for region %s, sector %s; each cell of a network touches "
        "all of it. Leave incomplete regions out (incomplete: leave-out), say by name how gaps are filled "
        "(impute), or choose sectors and a period without gaps",
        missing, a->n_regions * a->n_sectors, panel_activity_region_code(a, first / a->n_sectors),
        panel_activity_sector_code(a, first % a->n_sectors));
}

/* Totals of rows (by 1) or columns against the smallest size asked for. */
static size_t take_out_small(const gsl_matrix *value, bool regions, double smallest, bool *out)
{
    size_t n = regions ? value->size1 : value->size2, others = regions ? value->size2 : value->size1,
           taken = 0;
    for (size_t i = 0; i < n; i++) {
        double sum = 0;
        for (size_t j = 0; j < others; j++)
            sum += regions ? gsl_matrix_get(value, i, j) : gsl_matrix_get(value, j, i);
        out[i] = sum < smallest;
        taken += out[i];
    }
    return taken;
}

static uf_status tell_taken_out(const struct panel_network *n, bool regions, double smallest, size_t taken,
                                struct uf_result *result, struct uf_error *error)
{
    static const struct uf_words texts[] = {
        {"{0} sectors with a total below {1} take no part in the network, as asked.",
         "{0} branscher med en total under {1} ingår inte i nätverket, enligt valet."},
        {"{0} regions with a total below {1} take no part in the network, as asked.",
         "{0} regioner med en total under {1} ingår inte i nätverket, enligt valet."}};
    struct uf_argument arguments[] = {uf_count_argument(taken), uf_number_argument(smallest, -1)};
    return uf_result_add_note(result, n->activity.language, UF_NOTE,
                              regions ? "small-regions" : "small-sectors", texts[regions], no_advice,
                              arguments, 2, error);
}

/* Undefined quotients (nothing to divide) are no presence; what is too small is taken out. Gives how many are present. */
static size_t find_presence(const struct panel_network *n, const gsl_matrix *quotient, gsl_matrix *out)
{
    size_t present = 0;
    uf_presence(quotient, n->threshold, out);
    for (size_t r = 0; r < n->n_regions; r++)
        for (size_t s = 0; s < n->n_sectors; s++) {
            double *here = gsl_matrix_ptr(out, r, s);
            if (n->region_out[r] || n->sector_out[s] || isnan(*here)) *here = 0;
            present += *here > 0;
        }
    return present;
}

static uf_status cut(struct panel_network *n, const struct uf_options *options, struct uf_result *result,
                     struct uf_error *error)
{
    const gsl_matrix *value = n->activity.at[0].value[BOUND_VALUE];
    static const char *const names[] = {"min-sector", "min-region"};
    for (int regions = 0; regions < 2; regions++) {
        double smallest = uf_options_number(options, names[regions]);
        if (isnan(smallest)) continue;
        size_t taken = take_out_small(value, regions, smallest, regions ? n->region_out : n->sector_out);
        if (taken > 0) UF_TRY(tell_taken_out(n, regions, smallest, taken, result, error));
    }
    n->n_present = find_presence(n, n->quotient, n->presence);
    for (size_t r = 0; r < n->n_regions; r++)
        for (size_t s = 0; s < n->n_sectors; s++) {
            if (!(gsl_matrix_get(n->presence, r, s) > 0)) continue;
            n->diversity[r]++;
            n->ubiquity[s]++;
        }
    if (n->n_present > 0) return UF_OK;
    return uf_fail(error, UF_BAD_INPUT,
                   "no region has a sector with a location quotient of at least %g; lower the "
                   "option 'threshold'",
                   n->threshold);
}

static uf_status tell_network(const struct panel_network *n, struct uf_result *result, struct uf_error *error)
{
    static const struct uf_words text = {"The network{0}: {1} regions, {2} sectors; {3} of {4} cells are "
                                         "present (location quotient at least {5}).",
                                         "Nätverket{0}: {1} regioner, {2} branscher; {3} av {4} celler är "
                                         "närvarande (lokaliseringskvot minst {5})."};
    struct uf_argument arguments[] = {uf_text_argument(n->activity.at[0].when),
                                      uf_count_argument(n->n_regions),
                                      uf_count_argument(n->n_sectors),
                                      uf_count_argument(n->n_present),
                                      uf_count_argument(n->n_regions * n->n_sectors),
                                      uf_number_argument(n->threshold, -1)};
    return uf_result_add_note(result, n->activity.language, UF_NOTE, "network", text, no_advice, arguments, 6,
                              error);
}

static uf_status make(struct panel_network *n, const struct uf_options *options, struct uf_result *result,
                      struct uf_error *error)
{
    UF_TRY(panel_activity_tell(&n->activity, true, result, error));
    UF_TRY(refuse_missing(&n->activity, error));
    n->threshold = uf_options_number(options, "threshold");
    if (!(n->threshold > 0))
        return uf_fail(error, UF_BAD_USAGE, "The option 'threshold' is %g; expected a number above 0, as 1.",
                       n->threshold);
    n->n_regions = n->activity.n_regions, n->n_sectors = n->activity.n_sectors;
    n->quotient = gsl_matrix_alloc(n->n_regions, n->n_sectors);
    n->presence = gsl_matrix_alloc(n->n_regions, n->n_sectors);
    n->region_out = calloc(n->n_regions, sizeof *n->region_out);
    n->sector_out = calloc(n->n_sectors, sizeof *n->sector_out);
    n->diversity = calloc(n->n_regions, sizeof *n->diversity);
    n->ubiquity = calloc(n->n_sectors, sizeof *n->ubiquity);
    if (!n->diversity || !n->ubiquity) return uf_fail_memory(error);
    if (!n->quotient || !n->presence || !n->region_out || !n->sector_out) return uf_fail_memory(error);
    struct uf_activity value = panel_activity_at(&n->activity, 0, BOUND_VALUE);
    UF_TRY(uf_location_quotient(&value, n->activity.reference, n->quotient, error));
    UF_TRY(cut(n, options, result, error));
    return tell_network(n, result, error);
}

uf_status panel_network_new(const struct uf_panel *panel, const struct uf_options *options,
                            enum uf_language language, struct uf_result *result, struct panel_network *out,
                            struct uf_error *error)
{
    size_t period;
    UF_TRY(panel_activity_period(panel, options, "period", true, &period, error));
    return panel_network_at(panel, options, language, period, result, out, error);
}

uf_status panel_network_at(const struct uf_panel *panel, const struct uf_options *options,
                           enum uf_language language, size_t period, struct uf_result *result,
                           struct panel_network *out, struct uf_error *error)
{
    struct panel_network network = {0};
    UF_TRY(panel_activity_new(panel, options, language, &period, 1, &network.activity, error));
    uf_status status = make(&network, options, result, error);
    if (status != UF_OK)
        panel_network_clear(&network);
    else
        *out = network;
    return status;
}

static int place_of(const char *text, const char *const *choices)
{
    int i = 0;
    while (choices[i + 1] && strcmp(choices[i], text) != 0) i++;
    return i;
}

uf_status panel_network_relate(const gsl_matrix *presence, const struct uf_options *options, gsl_matrix *out,
                               struct uf_error *error)
{
    const int measure = place_of(uf_options_text(options, "measure"), panel_network_measures);
    const int base = place_of(uf_options_text(options, "base"), panel_network_bases);
    UF_TRY(uf_co_occurrence(presence, out, error));
    return uf_relatedness(out, presence->size1, (enum uf_relatedness_measure)measure,
                          (enum uf_relatedness_base)base, out, error);
}

uf_status panel_network_relatedness(const struct panel_network *network, const struct uf_options *options,
                                    gsl_matrix **out, struct uf_error *error)
{
    gsl_matrix *related = gsl_matrix_alloc(network->n_sectors, network->n_sectors);
    if (!related) return uf_fail_memory(error);
    const uf_status status = panel_network_relate(network->presence, options, related, error);
    if (status != UF_OK)
        gsl_matrix_free(related);
    else
        *out = related;
    return status;
}

/* --- draws -------------------------------------------------------------------------------------- */

void network_draws_clear(struct network_draws *draws)
{
    activity_box_clear(&draws->box);
    gsl_matrix_free(draws->quotient);
    gsl_matrix_free(draws->presence);
    *draws = (struct network_draws){0};
}

uf_status network_draws_new(const struct panel_network *network, struct network_draws *out,
                            struct uf_error *error)
{
    struct network_draws draws = {.network = network,
                                  .quotient = gsl_matrix_alloc(network->n_regions, network->n_sectors),
                                  .presence = gsl_matrix_alloc(network->n_regions, network->n_sectors)};
    uf_status status = draws.quotient && draws.presence ? UF_OK : uf_fail_memory(error);
    if (status == UF_OK) status = activity_box_new(&network->activity, 0, &draws.box, error);
    if (status == UF_OK)
        *out = draws;
    else
        network_draws_clear(&draws);
    return status;
}

uf_status network_draws_at(struct network_draws *draws, const double *figures, struct uf_error *error)
{
    const struct panel_network *n = draws->network;
    const struct uf_activity drawn = activity_box_at(&draws->box, figures);
    UF_TRY(uf_location_quotient(&drawn, n->activity.reference, draws->quotient, error));
    if (find_presence(n, draws->quotient, draws->presence) > 0) return UF_OK;
    return uf_fail(error, UF_NOT_IDENTIFIED, "no region has a sector");
}
