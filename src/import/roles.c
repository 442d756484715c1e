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
    "ContentsCode", "tabellinneh\xC3\xA5ll", "statistikkvariabel", "kpi", "Tiedot", "contents", "indicator",
    "indikator"};
/* Their codes are numbers that also are counties, years or divisions. */
static const char *const OTHER_NAMES[] = {"age", "\xC3\xA5lder", "alder", "sex", "kon", "k\xC3\xB6n"};

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

bool uf_says_where_or_when(const struct uf_planner *p, size_t d)
{
    const char *name = uf_planner_name(p, d);
    return UF_NAMED(name, REGION_NAMES) || UF_NAMED(name, PERIOD_NAMES) || hinted(p, d, UF_ROLE_REGION) ||
           hinted(p, d, UF_ROLE_PERIOD);
}

/* --- periods ----------------------------------------------------------------------------------- */

static struct uf_role_evidence period_evidence(const struct uf_planner *p, size_t d)
{
    const struct uf_text_list *codes = &p->plan->codes[d];
    size_t n = 0, labelled = 0, within_year = 0;
    uf_period period;
    for (size_t i = 0; i < codes->count; i++) {
        const char *label = uf_planner_label(p, d, codes->items[i]);
        if (uf_period_parse(codes->items[i], strlen(codes->items[i]), &period)) {
            n++;
            within_year +=
                uf_period_kind_of(period) != UF_PERIOD_YEAR && uf_period_kind_of(period) != UF_PERIOD_SPAN;
        }
        labelled += label && uf_period_parse(label, strlen(label), &period);
    }
    double all = codes->count ? (double)codes->count : 1;
    return (struct uf_role_evidence){
        .codes = (double)n / all, .labels = (double)labelled / all, .within_year = (double)within_year / all};
}

/* Codes 0, 1, 2 … with labels that tell; also codes that read as something, and labels as more. */
static bool labels_tell(const struct uf_role_evidence *evidence)
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

/* What the codes of a dimension are as regions. `agree` and `differ` count names: a number with a name behind it that
 * is another's (`20 år`, `06 Cantabria`) is no region, whatever the number. */
struct region_count {
    size_t known, own, by_label, moved;
    size_t named, agree, label_named, label_agree;
};

/* The region that a text means by the code in it, and whether the name behind the code is the region's. */
static uf_status read_region(struct uf_planner *p, const char *text, char **out, size_t *named, size_t *agree,
                             struct uf_error *error)
{
    char *word = NULL, *rest = NULL;
    *out = NULL;
    UF_TRY(uf_find_quietly(p->store, uf_find_labelled_region, text, out, error));
    if (!*out) return UF_OK;
    uf_status status = uf_label_split(text, &word, &rest, error);
    if (status == UF_OK && strcmp(rest, text) != 0) {
        *named += 1;
        *agree += uf_region_names_agree(&p->plan->names, *out, rest);
    }
    free(word);
    free(rest);
    return status;
}

static uf_status count_region(struct uf_planner *p, const char *code, const char *label,
                              struct region_count *count, struct uf_error *error)
{
    char *region = NULL, *meant = NULL;
    uf_status status = read_region(p, code, &region, &count->named, &count->agree, error);
    if (status == UF_OK && label)
        status = read_region(p, label, &meant, &count->label_named, &count->label_agree, error);
    count->known += region != NULL;
    count->own += region && !strcmp(region, code);
    count->by_label += meant != NULL;
    count->moved += meant && region && strcmp(meant, region) != 0;
    if (region && label) {
        count->named++;
        count->agree +=
            meant ? !strcmp(meant, region) : uf_region_names_agree(&p->plan->names, region, label);
    }
    free(region);
    free(meant);
    return status;
}

static uf_status region_evidence(struct uf_planner *p, size_t d, struct uf_role_evidence *out,
                                 struct uf_error *error)
{
    const double DOUBTFUL = 0.4;
    const struct uf_text_list *codes = &p->plan->codes[d];
    size_t n = codes->count < ENOUGH ? codes->count : ENOUGH, by_name = 0;
    const char **texts = calloc(n + 1, sizeof *texts);
    if (!texts) return uf_fail_memory(error);
    struct region_count count = {0};
    uf_status status = UF_OK;
    for (size_t i = 0; i < n && status == UF_OK; i++) {
        const char *code = codes->items[i], *label = uf_planner_label(p, d, code);
        status = count_region(p, code, label, &count, error);
        texts[i] = label ? label : code;
    }
    double all = n ? (double)n : 1;
    struct uf_role_evidence evidence = {.codes = ((double)count.known + 0.01 * (double)count.own) / all,
                                        .labels = (double)count.by_label / all};
    if (count.moved * 2 > count.known) evidence.codes = 0;
    evidence.doubtful = count.named > 0 && count.agree == 0;
    if (evidence.doubtful) evidence.codes *= DOUBTFUL;
    if (count.label_named > 0 && count.label_agree == 0) evidence.labels *= DOUBTFUL;
    if (status == UF_OK && evidence.codes < 0.5 && evidence.labels < 0.5) {
        evidence.level = uf_region_names_level(&p->plan->names, texts, n, &by_name);
        evidence.names = (double)by_name / all;
    }
    free(texts);
    if (status == UF_OK) *out = evidence;
    return status;
}

static double best_share(const struct uf_role_evidence *evidence)
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
static uf_status settle_region(struct uf_planner *p, size_t d, const struct uf_role_evidence *evidence,
                               bool guessed, struct uf_error *error)
{
    bool by_name = evidence->level && evidence->names > evidence->codes && evidence->names > evidence->labels;
    bool from_labels = labels_tell(evidence);
    if (by_name) {
        p->plan->region_level = uf_text_copy(evidence->level);
        if (!p->plan->region_level) return uf_fail_memory(error);
        const struct uf_text_list *codes = &p->plan->codes[d];
        uf_planner_assign(p, d, UF_ROLE_REGION);
        p->plan->dimensions[d].from_labels =
            codes->count > 0 && uf_planner_label(p, d, codes->items[0]) != NULL;
        return uf_planner_note(p,
                               (const char *const[]){"the region is taken from ", uf_planner_name(p, d),
                                                     ", by the names of regions at the level ",
                                                     p->plan->region_level, NULL},
                               error);
    }
    /* where the user named the column, its codes are what they seem */
    p->plan->region_doubtful = guessed && evidence->doubtful && !from_labels;
    if (guessed || from_labels) return take(p, d, UF_ROLE_REGION, "region", from_labels, error);
    return UF_OK;
}

uf_status uf_guess_region(struct uf_planner *p, struct uf_error *error)
{
    size_t best = SIZE_MAX;
    double best_score = 0;
    struct uf_role_evidence chosen = {0};
    for (size_t d = 0; d < p->plan->count; d++) {
        if (!p->open[d] || hinted_otherwise(p, d, UF_ROLE_REGION)) continue;
        struct uf_role_evidence evidence;
        UF_TRY(region_evidence(p, d, &evidence, error));
        double score = best_share(&evidence);
        score += name_weight(p, d, UF_ROLE_REGION);
        if (uf_planner_is_single(p, d)) score -= 0.1; /* another one tells cells apart */
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
        struct uf_role_evidence evidence = period_evidence(p, d), regions = {0};
        bool labelled = labels_tell(&evidence);
        double share = labelled ? evidence.labels : evidence.codes;
        if (!hint) UF_TRY(region_evidence(p, d, &regions, error));
        /* Municipality codes (1280) read as years: they are regions unless the name says otherwise. */
        double score = hint ? share + (share > 0) : share == 1 && best_share(&regions) < 1 ? 1 : 0;
        /* A year, `ar`, and its quarters, `ar_kvartal`, stand side by side in some files: the finer one tells cells
         * apart, whatever it is called. */
        if (share == 1 && evidence.within_year > 0.5 && score >= 1) score = 2;
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
        struct uf_role_evidence evidence;
        UF_TRY(uf_sector_evidence(p, d, hint, &evidence, error));
        bool labelled = labels_tell(&evidence);
        double share = labelled ? evidence.labels : evidence.codes;
        if (!hint && (share < 1 || p->plan->codes[d].count < SEVERAL)) continue;
        double score = share + (hint ? 1 : 0);
        if (share >= 0.5 && score > best_score) best_score = score, best = d, from_labels = labelled;
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
    struct uf_role_evidence evidence;
    if (region != SIZE_MAX) {
        UF_TRY(region_evidence(p, region, &evidence, error));
        UF_TRY(settle_region(p, region, &evidence, false, error));
    }
    if (period != SIZE_MAX) {
        evidence = period_evidence(p, period);
        if (labels_tell(&evidence)) UF_TRY(take(p, period, UF_ROLE_PERIOD, "period", true, error));
    }
    if (sector != SIZE_MAX) {
        UF_TRY(uf_sector_evidence(p, sector, true, &evidence, error));
        if (labels_tell(&evidence)) UF_TRY(take(p, sector, UF_ROLE_SECTOR, "sector", true, error));
    }
    return UF_OK;
}
