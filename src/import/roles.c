// SPDX-License-Identifier: GPL-3.0-or-later
/* Which dimension holds regions, sectors, periods and contents: its codes tell, or its labels where the codes are
 * serial numbers; what the format says of it weighs in, and names break ties. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "import/planner.h"

enum { ENOUGH = 500 }; /* codes of a dimension that are looked at */

static const char *const PERIOD_NAMES[] = {
    "period", "TIME_PERIOD", "time",    "year",         "\xC3\xA5r",        "ar",
    "tid",    "date",        "kvartal", "m\xC3\xA5nad", "Year of \xC3\x85r"};
static const char *const REGION_NAMES[] = {"region",          "geo",  "nuts3",      "nuts2",  "nuts",
                                           "county",          "lan",  "l\xC3\xA4n", "kommun", "regionkod",
                                           "municipality_id", "geoid"};
static const char *const SECTOR_NAMES[] = {
    "nace",   "nace_r2", "nace_group",  "sni",      "sni2007",           "SNIkod",
    "sector", "bransch", "sni_section", "industry", "n\xC3\xA4ringsgren"};
static const char *const CONTENT_NAMES[] = {
    "ContentsCode", "tabellinneh\xC3\xA5ll", "statistikkvariabel", "kpi", "Tiedot", "contents"};
/* Their codes are numbers that also are counties, years or divisions. */
static const char *const OTHER_NAMES[] = {"age", "\xC3\xA5lder", "alder", "sex", "kon", "k\xC3\xB6n"};

/* What speaks for a role, of a dimension's codes and of its labels, as shares. */
struct evidence {
    double codes, labels, names;
    const char *level; /* of the names; static */
};

static bool hinted(const struct uf_planner *p, size_t d, enum uf_role role)
{
    const struct uf_dimension_facts *facts = uf_planner_facts(p, d);
    return facts && facts->hint == role;
}
/* The format says that it is something else. */
static bool hinted_otherwise(const struct uf_planner *p, size_t d, enum uf_role role)
{
    const struct uf_dimension_facts *facts = uf_planner_facts(p, d);
    return facts && facts->hint != UF_ROLE_NONE && facts->hint != UF_ROLE_BREAKDOWN && facts->hint != role;
}

static const char *label_of(const struct uf_planner *p, size_t d, const char *code)
{
    const char *label = uf_plan_label(p->plan, p->reader, d, code);
    return label && strcmp(label, code) != 0 ? label : NULL;
}

/* --- periods ----------------------------------------------------------------------------------- */

static struct evidence period_evidence(const struct uf_planner *p, size_t d)
{
    const struct uf_text_list *codes = &p->plan->codes[d];
    size_t n = 0, labelled = 0;
    uf_period period;
    for (size_t i = 0; i < codes->count; i++) {
        const char *label = label_of(p, d, codes->items[i]);
        n += uf_period_parse(codes->items[i], strlen(codes->items[i]), &period);
        labelled += label && uf_period_parse(label, strlen(label), &period);
    }
    double all = codes->count ? (double)codes->count : 1;
    return (struct evidence){.codes = (double)n / all, .labels = (double)labelled / all};
}

/* Codes 0, 1, 2 … with labels that tell; also codes that read as something, and labels as more. */
static bool labels_tell(const struct evidence *evidence)
{
    return evidence->labels > 0.5 && evidence->labels > evidence->codes + 0.25;
}

static uf_status take(struct uf_planner *p, size_t d, enum uf_role role, const char *word, bool from_labels,
                      struct uf_error *error)
{
    uf_planner_assign(p, d, role);
    p->plan->dimensions[d].from_labels = from_labels;
    return uf_planner_note(p,
                           (const char *const[]){"the ", word, " is taken from ", uf_planner_name(p, d),
                                                 from_labels ? ", whose codes are serial numbers: its labels "
                                                               "hold the code"
                                                             : NULL,
                                                 NULL},
                           error);
}

/* --- regions ----------------------------------------------------------------------------------- */

/* NULL where the store does not know it or cannot tell which is meant. */
static uf_status find_quietly(struct uf_store *store, uf_find_function *find, const char *text, char **out,
                              struct uf_error *error)
{
    *out = NULL;
    uf_status status = find(store, text, out, error);
    return status == UF_BAD_INPUT ? UF_OK : status;
}

/* A code with a label that names another thing (`20 år`) is no region, whatever its number. */
static uf_status region_evidence(struct uf_planner *p, size_t d, struct evidence *out, struct uf_error *error)
{
    const struct uf_text_list *codes = &p->plan->codes[d];
    size_t n = codes->count < ENOUGH ? codes->count : ENOUGH, known = 0, own = 0, by_label = 0, told = 0;
    size_t labelled = 0, agree = 0, differ = 0, by_name = 0;
    const char **texts = calloc(n + 1, sizeof *texts);
    if (!texts) return uf_fail_memory(error);
    uf_status status = UF_OK;
    for (size_t i = 0; i < n && status == UF_OK; i++) {
        const char *code = codes->items[i], *label = label_of(p, d, code);
        char *region = NULL, *meant = NULL;
        status = find_quietly(p->store, uf_find_labelled_region, code, &region, error);
        if (status == UF_OK && label)
            status = find_quietly(p->store, uf_find_labelled_region, label, &meant, error);
        known += region != NULL;
        own += region && !strcmp(region, code);
        by_label += meant != NULL;
        differ += meant && region && strcmp(meant, region) != 0;
        labelled += label && region;
        agree += label && region &&
                 (meant ? !strcmp(meant, region) : uf_region_names_agree(&p->plan->names, region, label));
        texts[told++] = label ? label : code;
        free(region);
        free(meant);
    }
    double all = n ? (double)n : 1;
    *out = (struct evidence){.codes = ((double)known + 0.01 * (double)own) / all,
                             .labels = (double)by_label / all};
    if (status == UF_OK && differ * 2 > known) out->codes = 0;
    if (status == UF_OK && labelled > 0 && agree == 0) out->codes *= 0.4;
    if (status == UF_OK && out->codes < 0.5 && out->labels < 0.5) {
        out->level = uf_region_names_level(&p->plan->names, texts, told, &by_name);
        out->names = (double)by_name / all;
    }
    free(texts);
    return status;
}

static double best_share(const struct evidence *evidence)
{
    double best = evidence->codes > evidence->labels ? evidence->codes : evidence->labels;
    return best > evidence->names ? best : evidence->names;
}

static double name_weight(const struct uf_planner *p, size_t d, enum uf_role role)
{
    const char *name = uf_planner_name(p, d);
    if (hinted(p, d, role)) return 0.7;
    if (role == UF_ROLE_REGION && UF_NAMED(name, REGION_NAMES)) return 0.6;
    return UF_NAMED(name, OTHER_NAMES) || UF_NAMED(name, SECTOR_NAMES) || UF_NAMED(name, PERIOD_NAMES) ? -0.6
                                                                                                       : 0;
}

/* How the chosen dimension writes its regions. */
static uf_status settle_region(struct uf_planner *p, size_t d, const struct evidence *evidence, bool guessed,
                               struct uf_error *error)
{
    bool by_name =
        evidence->level &&
        evidence->names > best_share(&(struct evidence){evidence->codes, evidence->labels, 0, NULL});
    bool from_labels = labels_tell(evidence);
    if (by_name) {
        p->plan->region_level = uf_text_copy(evidence->level);
        if (!p->plan->region_level) return uf_fail_memory(error);
        const struct uf_text_list *codes = &p->plan->codes[d];
        uf_planner_assign(p, d, UF_ROLE_REGION);
        p->plan->dimensions[d].from_labels = codes->count > 0 && label_of(p, d, codes->items[0]) != NULL;
        return uf_planner_note(p,
                               (const char *const[]){"the region is taken from ", uf_planner_name(p, d),
                                                     ", by the names of regions at the level ",
                                                     p->plan->region_level, NULL},
                               error);
    }
    if (guessed || from_labels) return take(p, d, UF_ROLE_REGION, "region", from_labels, error);
    return UF_OK;
}

uf_status uf_guess_region(struct uf_planner *p, struct uf_error *error)
{
    size_t best = SIZE_MAX;
    double best_score = 0;
    struct evidence chosen = {0};
    for (size_t d = 0; d < p->plan->count; d++) {
        if (!p->open[d] || hinted_otherwise(p, d, UF_ROLE_REGION)) continue;
        struct evidence evidence;
        UF_TRY(region_evidence(p, d, &evidence, error));
        double score = best_share(&evidence);
        score += name_weight(p, d, UF_ROLE_REGION);
        if (score > best_score) best_score = score, best = d, chosen = evidence;
    }
    if (best == SIZE_MAX || best_score < 0.5)
        return uf_planner_need(
            p, error,
            "no column of regions is found; expected codes such as SE312, 20 or 2080, or name it: "
            "--region COLUMN, in a study dimensions: {region: COLUMN}; where all of the file is about one "
            "region: --region-is CODE, in a study region-is: CODE");
    return settle_region(p, best, &chosen, true, error);
}

/* --- periods and sectors ----------------------------------------------------------------------- */

uf_status uf_guess_period(struct uf_planner *p, struct uf_error *error)
{
    size_t best = SIZE_MAX;
    double best_score = 0;
    bool from_labels = false;
    for (size_t d = 0; d < p->plan->count; d++) {
        if (!p->open[d] || hinted_otherwise(p, d, UF_ROLE_PERIOD)) continue;
        bool hint = UF_NAMED(uf_planner_name(p, d), PERIOD_NAMES) || hinted(p, d, UF_ROLE_PERIOD);
        struct evidence evidence = period_evidence(p, d), regions = {0};
        bool labelled = labels_tell(&evidence);
        double share = labelled ? evidence.labels : evidence.codes;
        if (!hint) UF_TRY(region_evidence(p, d, &regions, error));
        /* Municipality codes (1280) read as years: they are regions unless the name says otherwise. */
        double score = hint ? share + (share > 0) : share == 1 && best_share(&regions) < 1 ? 1 : 0;
        /* A year and its months stand side by side in some files: the finer one tells cells apart. */
        score *= 1 + (double)p->plan->codes[d].count / (10.0 * UF_SURVEY_CODES);
        if (score > best_score) best_score = score, best = d, from_labels = labelled;
    }
    if (best == SIZE_MAX)
        return uf_planner_need(
            p, error,
            "no column of periods is found; expected one with years (2018), quarters (2018K1) or months "
            "(2018M01); where it is called otherwise: --period COLUMN, in a study dimensions: {period: "
            "COLUMN}; where all of the file is about one period: --period-is PERIOD, in a study period-is: "
            "PERIOD");
    return take(p, best, UF_ROLE_PERIOD, "period", from_labels, error);
}

/* A group or a finer code of known sectors counts too; a range of numbers, which ages are as well, only in a
 * dimension that is called after sectors. */
static uf_status is_sector(struct uf_planner *p, const char *text, bool called_so, bool *out,
                           struct uf_error *error)
{
    char *code = NULL, *parent = NULL, *word = NULL, *label = NULL;
    UF_TRY(find_quietly(p->store, uf_find_labelled_sector, text, &code, error));
    *out = code != NULL;
    free(code);
    if (*out) return UF_OK;
    enum uf_sector_shape shape = UF_SECTOR_NONE;
    UF_TRY(uf_label_split(text, &word, &label, error));
    uf_status status = uf_sector_shape_of(p->store, word, &shape, &parent, error);
    *out = shape == UF_SECTOR_GROUP ? called_so || (*word >= 'A' && *word <= 'Z')
                                    : shape == UF_SECTOR_FINER && called_so;
    free(parent);
    free(word);
    free(label);
    return status;
}

static uf_status sector_evidence(struct uf_planner *p, size_t d, bool called_so, struct evidence *out,
                                 struct uf_error *error)
{
    const struct uf_text_list *codes = &p->plan->codes[d];
    size_t n = codes->count < ENOUGH ? codes->count : ENOUGH, known = 0, own = 0, by_label = 0;
    for (size_t i = 0; i < n; i++) {
        const char *code = codes->items[i], *label = label_of(p, d, code);
        bool is = false, labelled = false;
        UF_TRY(is_sector(p, code, called_so, &is, error));
        if (label) UF_TRY(is_sector(p, label, called_so, &labelled, error));
        known += is;
        own += is && strlen(code) < 4;
        by_label += labelled;
    }
    double all = n ? (double)n : 1;
    *out = (struct evidence){.codes = ((double)known + 0.01 * (double)own) / all,
                             .labels = (double)by_label / all};
    return UF_OK;
}

/* Many short codes are also sectors (F, M and T are sexes), so codes alone count only where there are
 * several. */
uf_status uf_guess_sector(struct uf_planner *p, struct uf_error *error)
{
    enum { SEVERAL = 4 };
    size_t best = SIZE_MAX;
    double best_score = 0;
    bool from_labels = false;
    for (size_t d = 0; d < p->plan->count; d++) {
        const char *name = uf_planner_name(p, d);
        const struct uf_dimension_facts *facts = uf_planner_facts(p, d);
        if (!p->open[d] || hinted_otherwise(p, d, UF_ROLE_SECTOR) || UF_NAMED(name, OTHER_NAMES)) continue;
        bool hint = UF_NAMED(name, SECTOR_NAMES) || hinted(p, d, UF_ROLE_SECTOR) ||
                    (facts && facts->label && UF_NAMED(facts->label, SECTOR_NAMES));
        struct evidence evidence;
        UF_TRY(sector_evidence(p, d, hint, &evidence, error));
        bool labelled = labels_tell(&evidence);
        double share = labelled ? evidence.labels : evidence.codes;
        if (!hint && (share < 1 || p->plan->codes[d].count < SEVERAL)) continue;
        double score = share + (hint ? 1 : 0);
        if (share > 0 && score > best_score) best_score = score, best = d, from_labels = labelled;
    }
    return best == SIZE_MAX ? UF_OK : take(p, best, UF_ROLE_SECTOR, "sector", from_labels, error);
}

/* --- contents, and what the user named --------------------------------------------------------- */

uf_status uf_guess_content(struct uf_planner *p, struct uf_error *error)
{
    for (size_t d = 0; d < p->plan->count; d++) {
        const struct uf_dimension_facts *facts = uf_planner_facts(p, d);
        bool named = UF_NAMED(uf_planner_name(p, d), CONTENT_NAMES) ||
                     (facts && facts->label && UF_NAMED(facts->label, CONTENT_NAMES));
        if (!p->open[d] || !(hinted(p, d, UF_ROLE_CONTENT) || named)) continue;
        uf_planner_assign(p, d, UF_ROLE_CONTENT);
        return uf_planner_note(
            p, (const char *const[]){"what is counted is taken from ", uf_planner_name(p, d), NULL}, error);
    }
    return UF_OK;
}

uf_status uf_judge_named_roles(struct uf_planner *p, struct uf_error *error)
{
    size_t region = uf_planner_holder(p, UF_ROLE_REGION), period = uf_planner_holder(p, UF_ROLE_PERIOD);
    size_t sector = uf_planner_holder(p, UF_ROLE_SECTOR);
    struct evidence evidence;
    if (region != SIZE_MAX) {
        UF_TRY(region_evidence(p, region, &evidence, error));
        UF_TRY(settle_region(p, region, &evidence, false, error));
    }
    if (period != SIZE_MAX) {
        evidence = period_evidence(p, period);
        if (labels_tell(&evidence)) UF_TRY(take(p, period, UF_ROLE_PERIOD, "period", true, error));
    }
    if (sector != SIZE_MAX) {
        UF_TRY(sector_evidence(p, sector, true, &evidence, error));
        if (labels_tell(&evidence)) UF_TRY(take(p, sector, UF_ROLE_SECTOR, "sector", true, error));
    }
    return UF_OK;
}
