// SPDX-License-Identifier: GPL-3.0-or-later
#include "profile/complexity_notes.h"

#include <math.h>
#include <stdlib.h>

#include "base/advice.h"
#include "base/fail.h"
#include "profile/ranking.h"
#include "profile/tidy.h"

/* Below these the index says little more than which few sectors stand out (docs/methods/complexity.md). */
enum {
    FEW_SECTORS = 50,
    FEW_REGIONS = 15,
    BROAD_SECTORS = 25
}; /* sections of a classification are about 20 */

/* --- a network that falls apart ---------------------------------------------------------------- */

static uf_status component_row(const struct complexity_indices *x, const size_t *region, const size_t *sector,
                               size_t part, struct uf_table *table, struct uf_error *error)
{
    struct uf_buffer names[2] = {{0}, {0}};
    size_t counts[2] = {0, 0};
    const struct panel_activity *a = &x->network.activity;
    for (size_t r = 0; r < x->network.n_regions; r++) {
        if (region[r] != part) continue;
        if (counts[0]++) uf_buffer_append(&names[0], ", ");
        uf_buffer_append(&names[0], panel_activity_region_label(a, r));
    }
    for (size_t s = 0; s < x->network.n_sectors; s++) {
        if (sector[s] != part) continue;
        if (counts[1]++) uf_buffer_append(&names[1], ", ");
        uf_buffer_append(&names[1], panel_activity_sector_label(a, s));
    }
    struct tidy_row row = tidy_row_add(table, error);
    tidy_number(&row, (double)part + 1, 0);
    tidy_number(&row, (double)counts[0], 0);
    tidy_number(&row, (double)counts[1], 0);
    tidy_text(&row, names[0].data);
    tidy_text(&row, names[1].data);
    uf_status status = names[0].failed || names[1].failed ? uf_fail_memory(error) : row.status;
    uf_buffer_clear(&names[0]);
    uf_buffer_clear(&names[1]);
    return status;
}

static uf_status component_table(const struct complexity_indices *x, const size_t *region,
                                 const size_t *sector, size_t count, struct uf_result *result,
                                 struct uf_error *error)
{
    static const struct uf_words title = {"Parts of the network that nothing links",
                                          "Delar av nätverket som inget förbinder"};
    static const struct tidy_column columns[] = {{"part", UF_COLUMN_NUMBER, NULL, 0},
                                                 {"n_regions", UF_COLUMN_NUMBER, NULL, 0},
                                                 {"n_sectors", UF_COLUMN_NUMBER, NULL, 0},
                                                 {"regions", UF_COLUMN_TEXT, NULL, -1},
                                                 {"sectors", UF_COLUMN_TEXT, NULL, -1}};
    struct uf_table *table = NULL;
    UF_TRY(
        tidy_table_new("complexity-components", uf_words_in(title, x->language), columns, 5, &table, error));
    uf_status status = UF_OK;
    for (size_t part = 0; part < count && status == UF_OK; part++)
        status = component_row(x, region, sector, part, table, error);
    if (status == UF_OK) return uf_result_take_table(result, table, error);
    uf_table_free(table);
    return status;
}

uf_status complexity_explain_refusal(const struct complexity_indices *indices, const char *sentence,
                                     struct uf_result *result, struct uf_error *error)
{
    static const struct uf_words texts = {"No index of complexity can be formed: {0}.",
                                          "Inget komplexitetsindex kan bildas: {0}."};
    static const struct uf_words parts = {
        "No index of complexity can be formed: the network of regions and sectors falls into {0} parts that "
        "nothing "
        "links, and the index would only say which part a region is in.",
        "Inget komplexitetsindex kan bildas: nätverket av regioner och branscher faller i {0} delar som "
        "inget "
        "förbinder, och indexet skulle bara säga vilken del en region hör till."};
    static const struct uf_words advice = {
        "Leave the regions or sectors of the small parts out, lower the threshold, or use relatedness "
        "density, which "
        "needs no single network.",
        "Uteslut regionerna eller branscherna i de små delarna, sänk gränsen (threshold), eller använd "
        "närhetstätheten (relatedness-density), som inte kräver ett sammanhängande nätverk."};
    size_t count = 0;
    size_t *region = calloc(indices->network.n_regions + indices->network.n_sectors + 1, sizeof *region);
    if (!region) return uf_fail_memory(error);
    size_t *sector = region + indices->network.n_regions;
    uf_status status = uf_complexity_components(indices->network.presence, region, sector, &count, error);
    if (status == UF_OK && count > 1) {
        struct uf_argument arguments[] = {uf_count_argument(count)};
        status = component_table(indices, region, sector, count, result, error);
        if (status == UF_OK)
            status = uf_result_add_note(result, indices->language, UF_FATAL, "network-in-parts", parts,
                                        advice, arguments, 1, error);
    } else if (status == UF_OK) {
        struct uf_argument arguments[] = {uf_text_argument(sentence)};
        status = uf_result_add_note(result, indices->language, UF_FATAL, "no-complexity", texts, advice,
                                    arguments, 1, error);
    }
    free(region);
    return status;
}

/* --- sentences --------------------------------------------------------------------------------- */

uf_status complexity_sentence(const struct panel_activity *a, const void *what, size_t r, char **out,
                              struct uf_error *error)
{
    const struct complexity_indices *x = what;
    static const struct uf_words told = {
        "{0} ranks {1} of {2} by complexity{3} (ECI {4}); it is specialised in {5} of {6} sectors.",
        "{0} har plats {1} av {2} i komplexitet{3} (ECI {4}); regionen är specialiserad i {5} av {6} "
        "branscher."};
    static const struct uf_words none = {"{0} is specialised in no sector of the network{3}.",
                                         "{0} är inte specialiserad i någon bransch i nätverket{3}."};
    static const struct uf_words open = {
        "{0} ranks {1} of {2} by complexity{3} (ECI {4}), {7} to {8} in tables drawn within the rounding of "
        "the figures; it is specialised in {5} of {6} sectors.",
        "{0} har plats {1} av {2} i komplexitet{3} (ECI {4}), plats {7} till {8} i tabeller dragna inom "
        "uppgifternas avrundning; regionen är specialiserad i {5} av {6} branscher."};
    static const struct uf_words unranked = {"{0} is specialised in {5} of {6} sectors{3}; with so few "
                                             "sectors or regions complexity gives it no rank.",
                                             "{0} är specialiserad i {5} av {6} branscher{3}; med så få "
                                             "branscher eller regioner ger komplexitet ingen "
                                             "plats."};
    double rank = rank_from_top(x->eci, r), ends[2] = {rank, rank};
    if (x->drawn.low) {
        ends[0] = x->drawn.low[complexity_region_at(x, REGION_RANK, r)];
        ends[1] = x->drawn.high[complexity_region_at(x, REGION_RANK, r)];
    }
    struct uf_argument arguments[] = {uf_text_argument(panel_activity_region_label(a, r)),
                                      uf_count_argument(isnan(rank) ? 0 : (size_t)rank),
                                      uf_count_argument(x->fit.n_regions),
                                      uf_text_argument(a->at[0].when),
                                      uf_number_argument(gsl_vector_get(x->eci, r), 2),
                                      uf_count_argument(x->network.diversity[r]),
                                      uf_count_argument(x->fit.n_sectors),
                                      uf_number_argument(ends[0], 0),
                                      uf_number_argument(ends[1], 0)};
    return uf_phrase(a->language,
                     isnan(rank)                  ? none
                     : complexity_means_little(x) ? unranked
                     : ends[0] < ends[1]          ? open
                                                  : told,
                     arguments, 9, out, error);
}

bool complexity_means_little(const struct complexity_indices *x)
{
    return x->fit.n_sectors < FEW_SECTORS || x->fit.n_regions < FEW_REGIONS;
}

static uf_status tell_meaning(const struct complexity_indices *x, struct uf_result *result,
                              struct uf_error *error)
{
    static const struct uf_words few = {
        "With {0} regions and {1} sectors the index means {6}: it tells which few broad sectors "
        "stand out, "
        "not what a region can do. The correlation with diversity is {2}; the second and third eigenvalues "
        "are {3} and "
        "{4}, in 1 connected part. Do not rank regions by it.",
        "Med {0} regioner och {1} branscher betyder indexet {6}: det visar vilka få breda "
        "branscher som "
        "sticker ut, inte vad en region kan. Korrelationen med mångfalden är {2}; andra och tredje "
        "egenvärdet är {3} "
        "och {4}, i 1 sammanhängande del. Rangordna inte regioner efter det."};
    static const struct uf_words enough = {
        "The index rests on {0} regions and {1} sectors in 1 connected part. Its correlation with diversity "
        "is {2} (the "
        "sign is set so that it is not negative); the second and third eigenvalues are {3} and {4}.",
        "Indexet bygger på {0} regioner och {1} branscher i 1 sammanhängande del. Korrelationen med "
        "mångfalden är {2} "
        "(tecknet är valt så att den inte är negativ); andra och tredje egenvärdet är {3} och {4}."};
    static const struct uf_words advice = {"Use finer sectors (at least {5} of them), or location quotients "
                                           "and relatedness density, which hold with few.",
                                           "Använd finare branscher (minst {5} stycken), eller "
                                           "lokaliseringskvoter och närhetstäthet, som håller även med "
                                           "få."};
    static const struct uf_words little = {"next to nothing", "nästan ingenting"},
                                 none = {"nothing", "ingenting"};
    const bool is_few = complexity_means_little(x);
    const struct uf_words *meaning = x->fit.n_sectors < BROAD_SECTORS ? &none : &little;
    struct uf_argument arguments[] = {uf_count_argument(x->fit.n_regions),
                                      uf_count_argument(x->fit.n_sectors),
                                      uf_number_argument(x->fit.diversity_correlation, 2),
                                      uf_number_argument(x->fit.eigenvalue, 3),
                                      uf_number_argument(x->fit.next_eigenvalue, 3),
                                      uf_count_argument(FEW_SECTORS),
                                      uf_text_argument(uf_words_in(*meaning, x->language))};
    return uf_result_add_note(result, x->language, is_few ? UF_WARNING : UF_NOTE,
                              is_few ? "complexity-means-little" : "complexity-network",
                              is_few ? few : enough, is_few ? advice : no_advice, arguments, 7, error);
}

static uf_status tell_sign(const struct complexity_indices *x, struct uf_result *result,
                           struct uf_error *error)
{
    static const struct uf_words text = {"The index hardly goes with diversity (correlation {0}), so its "
                                         "sign is a matter of chance: which end is "
                                         "complex cannot be told from these figures.",
                                         "Indexet följer knappt mångfalden (korrelation {0}), så dess tecken "
                                         "är slumpartat: vilken ände som är den "
                                         "komplexa kan inte avgöras av dessa uppgifter."};
    const double weak = 0.2;
    if (!(x->fit.diversity_correlation < weak)) return UF_OK;
    struct uf_argument argument = uf_number_argument(x->fit.diversity_correlation, 2);
    return uf_result_add_note(result, x->language, UF_WARNING, "complexity-sign", text, no_advice, &argument,
                              1, error);
}

static uf_status tell_fitness(const struct complexity_indices *x, struct uf_result *result,
                              struct uf_error *error)
{
    static const struct uf_words done = {
        "Fitness: {0} iterations; the last changed no value by more than {1}.",
        "Fitness: {0} iterationer; den sista ändrade inget värde med mer än {1}."};
    static const struct uf_words open = {
        "Fitness has not settled after {0} iterations: the last changed a value by {1}.",
        "Fitness har inte stabiliserats efter {0} iterationer: den sista ändrade ett värde med {1}."};
    struct uf_argument arguments[] = {uf_count_argument(x->iterated.iterations),
                                      uf_number_argument(x->iterated.change, -1)};
    bool settled = x->iterated.change < 1e-6;
    size_t vanished = 0, ranked = 0;
    for (size_t r = 0; r < x->fitness->size; r++) {
        const double fitness = gsl_vector_get(x->fitness, r);
        if (!isnan(fitness)) ranked++;
        if (fitness < 1e-3) vanished++;
    }
    static const struct uf_words none_left = {"Fitness goes to 0 in {0} of {1} regions: with this network "
                                              "all of it gathers in the others, and the regions at 0 "
                                              "cannot be told apart by it.",
                                              "Fitness går mot 0 i {0} av {1} regioner: med detta nätverk "
                                              "samlas allt i de övriga, och regionerna vid 0 "
                                              "kan inte skiljas åt med måttet."};
    const struct uf_argument gone[] = {uf_count_argument(vanished), uf_count_argument(ranked)};
    if (vanished > 0)
        UF_TRY(uf_result_add_note(result, x->language, UF_WARNING, "fitness-vanishes", none_left, no_advice,
                                  gone, 2, error));
    return uf_result_add_note(result, x->language, settled ? UF_NOTE : UF_WARNING, "fitness",
                              settled ? done : open, no_advice, arguments, 2, error);
}

uf_status complexity_tell_meaning(const struct complexity_indices *indices, struct uf_result *result,
                                  struct uf_error *error)
{
    UF_TRY(tell_meaning(indices, result, error));
    return tell_sign(indices, result, error);
}

uf_status complexity_tell(const struct complexity_indices *indices, struct uf_result *result,
                          struct uf_error *error)
{
    UF_TRY(complexity_tell_meaning(indices, result, error));
    return tell_fitness(indices, result, error);
}
