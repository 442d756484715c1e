// SPDX-License-Identifier: GPL-3.0-or-later
#include "import/plan.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <utfall/number.h>

#include "base/fail.h"
#include "import/survey.h"

struct planner {
    struct uf_store *store;
    struct uf_reader *reader;
    struct uf_plan *plan;
    struct uf_survey survey;
    struct uf_text_list *notes;
    bool *open; /* per dimension: no role yet */
};

void uf_plan_clear(struct uf_plan *plan)
{
    for (size_t d = 0; d < plan->count; d++) free(plan->dimensions[d].constant);
    free(plan->dimensions);
    uf_text_list_clear(&plan->left_out);
    memset(plan, 0, sizeof *plan);
}

bool uf_plan_keeps(const struct uf_plan *plan, const struct uf_cell *cell)
{
    for (size_t d = 0; d < plan->count; d++) {
        const struct uf_keep *keep = plan->dimensions[d].keep;
        if (!keep) continue;
        size_t i = 0;
        while (i < keep->n_codes && strcmp(keep->codes[i], cell->codes[d])) i++;
        if (i == keep->n_codes) return false;
    }
    return true;
}

/* --- what the codes tell ----------------------------------------------------------------------- */

static bool named(const char *name, const char *const *words, size_t n_words)
{
    for (size_t i = 0; i < n_words; i++)
        if (!strcasecmp(name, words[i])) return true;
    return false;
}
#define NAMED(name, words) named(name, words, sizeof(words) / sizeof *(words))

static const char *const PERIOD_NAMES[] = {
    "period", "TIME_PERIOD", "time",    "year",         "\xC3\xA5r",        "ar",
    "tid",    "date",        "kvartal", "m\xC3\xA5nad", "Year of \xC3\x85r"};
static const char *const REGION_NAMES[] = {"region",          "geo",  "nuts3",      "nuts2",  "nuts",
                                           "county",          "lan",  "l\xC3\xA4n", "kommun", "regionkod",
                                           "municipality_id", "geoid"};
static const char *const SECTOR_NAMES[] = {
    "nace",   "nace_r2", "nace_group",  "sni",      "sni2007",           "SNIkod",
    "sector", "bransch", "sni_section", "industry", "n\xC3\xA4ringsgren"};
static const char *const UNIT_NAMES[] = {"unit", "unit_measure", "enhet", "unit code"};

static const char *name_of(const struct planner *p, size_t d)
{
    return p->reader->dimensions.items[d];
}

static uf_status note(struct planner *p, const char *before, const char *name, const char *after,
                      struct uf_error *error)
{
    struct uf_buffer text = {0};
    uf_buffer_append(&text, before);
    uf_buffer_append(&text, name);
    uf_buffer_append(&text, after);
    uf_status status = text.failed ? uf_fail_memory(error) : uf_text_list_add(p->notes, text.data, error);
    uf_buffer_clear(&text);
    return status;
}

static size_t role_holder(const struct planner *p, enum uf_role role)
{
    for (size_t d = 0; d < p->plan->count; d++)
        if (p->plan->dimensions[d].role == role) return d;
    return SIZE_MAX;
}

static void assign(struct planner *p, size_t d, enum uf_role role)
{
    p->plan->dimensions[d].role = role;
    p->open[d] = false;
}

static double period_share(const struct planner *p, size_t d)
{
    const struct uf_text_list *codes = &p->survey.dimensions[d].codes;
    size_t n = 0;
    uf_period period;
    for (size_t i = 0; i < codes->count; i++)
        n += uf_period_parse(codes->items[i], strlen(codes->items[i]), &period);
    return codes->count ? (double)n / (double)codes->count : 0;
}

/* The share of codes that the store knows; a little more where they are already written the store's own way. */
static uf_status known_share(const struct planner *p, size_t d, uf_find_function *find, double *out,
                             struct uf_error *error)
{
    enum { ENOUGH = 500 };
    const struct uf_text_list *codes = &p->survey.dimensions[d].codes;
    size_t n = codes->count < ENOUGH ? codes->count : ENOUGH, known = 0, own = 0;
    for (size_t i = 0; i < n; i++) {
        char *code;
        UF_TRY(find(p->store, codes->items[i], &code, error));
        known += code != NULL;
        own += code && !strcmp(code, codes->items[i]);
        free(code);
    }
    *out = n ? ((double)known + 0.01 * (double)own) / (double)n : 0;
    return UF_OK;
}

static uf_status guess_period(struct planner *p, struct uf_error *error)
{
    size_t best = SIZE_MAX;
    double best_score = 0;
    for (size_t d = 0; d < p->plan->count; d++) {
        if (!p->open[d]) continue;
        bool hint = NAMED(name_of(p, d), PERIOD_NAMES);
        double share = period_share(p, d), regions = 0;
        if (!hint) UF_TRY(known_share(p, d, uf_find_labelled_region, &regions, error));
        /* Municipality codes (1280) read as years: they are regions unless the name says otherwise. */
        double score = hint ? share + (share > 0) : share == 1 && regions < 1 ? 1 : 0;
        /* A year and its months stand side by side in some files: the finer one tells cells apart. */
        score *= 1 + (double)p->survey.dimensions[d].codes.count / (10.0 * UF_SURVEY_CODES);
        if (score > best_score) best_score = score, best = d;
    }
    if (best == SIZE_MAX)
        return uf_fail_at(
            error, UF_BAD_INPUT, uf_input_name(p->reader->input), 1, 0,
            "no column of periods is found; expected one with years (2018), quarters (2018K1) or months "
            "(2018M01); where it is called otherwise: --period COLUMN, in a study dimensions: {period: "
            "COLUMN}");
    assign(p, best, UF_ROLE_PERIOD);
    return note(p, "the period is taken from ", name_of(p, best), "", error);
}

static uf_status guess_region(struct planner *p, struct uf_error *error)
{
    size_t best = SIZE_MAX;
    double best_score = 0;
    for (size_t d = 0; d < p->plan->count; d++) {
        if (!p->open[d]) continue;
        double share;
        UF_TRY(known_share(p, d, uf_find_labelled_region, &share, error));
        double score = NAMED(name_of(p, d), REGION_NAMES) ? share + 0.6 : share;
        if (score > best_score) best_score = score, best = d;
    }
    if (best == SIZE_MAX || best_score < 0.5)
        return uf_fail_at(
            error, UF_BAD_INPUT, uf_input_name(p->reader->input), 1, 0,
            "no column of regions is found; expected codes such as SE312, 20 or 2080, or name it: "
            "--region COLUMN, in a study dimensions: {region: COLUMN}");
    assign(p, best, UF_ROLE_REGION);
    return note(p, "the region is taken from ", name_of(p, best), "", error);
}

/* Many short codes are also sectors (F, M and T are sexes), so codes alone count only where there are
 * several. */
static uf_status guess_sector(struct planner *p, struct uf_error *error)
{
    enum { SEVERAL = 4 };
    size_t best = SIZE_MAX;
    double best_score = 0;
    for (size_t d = 0; d < p->plan->count; d++) {
        if (!p->open[d]) continue;
        double share;
        UF_TRY(known_share(p, d, uf_find_labelled_sector, &share, error));
        bool hint = NAMED(name_of(p, d), SECTOR_NAMES);
        if (!hint && (share < 1 || p->survey.dimensions[d].codes.count < SEVERAL)) continue;
        double score = share + (hint ? 1 : 0);
        if (share > 0 && score > best_score) best_score = score, best = d;
    }
    if (best == SIZE_MAX) return UF_OK;
    assign(p, best, UF_ROLE_SECTOR);
    return note(p, "the sector is taken from ", name_of(p, best), "", error);
}

/* --- the rest ---------------------------------------------------------------------------------- */

/* Another column of values, not of codes: many different numbers, or numbers with decimals. */
static bool is_measure(const struct uf_surveyed_dimension *dimension)
{
    enum { MANY = 120 };
    bool fractions = false;
    for (size_t i = 0; i < dimension->codes.count; i++) {
        const char *code = dimension->codes.items[i];
        double value;
        uf_value_status status;
        if (uf_value_is_missing_sign(code, strlen(code), &status)) continue;
        if (!uf_number_parse(code, strlen(code), '.', &value)) return false;
        fractions = fractions || strchr(code, '.') != NULL;
    }
    return fractions || dimension->codes.count > MANY;
}

static uf_status leave_out(struct planner *p, size_t d, struct uf_error *error)
{
    assign(p, d, UF_ROLE_NONE);
    return uf_text_list_add(&p->plan->left_out, name_of(p, d), error);
}

static uf_status settle_dimension(struct planner *p, size_t d, bool needed, struct uf_error *error)
{
    struct uf_surveyed_dimension *dimension = &p->survey.dimensions[d];
    if (dimension->codes.count == 1) {
        assign(p, d, UF_ROLE_NONE);
        p->plan->dimensions[d].constant = uf_text_copy(dimension->codes.items[0]);
        return p->plan->dimensions[d].constant ? UF_OK : uf_fail_memory(error);
    }
    if (NAMED(name_of(p, d), UNIT_NAMES))
        return uf_fail_at(
            error, UF_BAD_INPUT, uf_input_name(p->reader->input), 1, 0,
            "column %s has several units (%s, %s%s) and an indicator has one; keep one of them: "
            "--keep %s=%s, in a study keep: {%s: %s}",
            name_of(p, d), dimension->codes.items[0], dimension->codes.items[1],
            dimension->codes.count > 2 ? ", ..." : "", name_of(p, d), dimension->codes.items[0],
            name_of(p, d), dimension->codes.items[0]);
    if (!needed || dimension->overflow || is_measure(dimension)) return leave_out(p, d, error);
    assign(p, d, UF_ROLE_BREAKDOWN);
    return note(p, "column ", name_of(p, d), " is kept as a breakdown", error);
}

static uf_status note_left_out(struct planner *p, struct uf_error *error)
{
    const struct uf_text_list *left_out = &p->plan->left_out;
    struct uf_buffer names = {0};
    for (size_t i = 0; i < left_out->count; i++) {
        if (i > 0) uf_buffer_append(&names, ", ");
        uf_buffer_append(&names, left_out->items[i]);
    }
    uf_status status = names.failed ? uf_fail_memory(error) : UF_OK;
    if (status == UF_OK && left_out->count > 0)
        status = note(p, "left out, since not needed to tell cells apart: ", names.data, "", error);
    uf_buffer_clear(&names);
    return status;
}

static uf_status settle_rest(struct planner *p, struct uf_error *error)
{
    size_t n = p->plan->count, n_key = 0;
    size_t *key = calloc(n, sizeof *key);
    bool *needed = calloc(n, sizeof *needed);
    uf_status status = key && needed ? UF_OK : uf_fail_memory(error);
    if (status == UF_OK) {
        for (size_t d = 0; d < n; d++)
            if (p->plan->dimensions[d].role != UF_ROLE_NONE) key[n_key++] = d;
        status = uf_survey_needed(&p->survey, key, n_key, needed, error);
    }
    for (size_t d = 0; d < n && status == UF_OK; d++)
        if (p->open[d]) status = settle_dimension(p, d, needed[d], error);
    if (status == UF_OK) status = note_left_out(p, error);
    free(key);
    free(needed);
    return status;
}

/* --- what the user said ------------------------------------------------------------------------ */

static size_t find_dimension(const struct planner *p, const char *name)
{
    size_t found = uf_text_list_find(&p->reader->dimensions, name);
    for (size_t d = 0; d < p->plan->count && found == SIZE_MAX; d++)
        if (!strcasecmp(name_of(p, d), name)) found = d;
    return found;
}

static uf_status take_wishes(struct planner *p, const struct uf_import_request *request,
                             struct uf_error *error)
{
    for (size_t i = 0; i < request->n_keep; i++) {
        size_t d = find_dimension(p, request->keep[i].dimension);
        if (d == SIZE_MAX)
            return uf_reader_fail_dimension(p->reader, request->keep[i].dimension, &p->reader->dimensions,
                                            error);
        p->plan->dimensions[d].keep = &request->keep[i];
    }
    for (size_t i = 0; i < request->n_roles; i++) {
        const struct uf_dimension_role *role = &request->roles[i];
        if (p->reader->format->has_value_column &&
            (role->role == UF_ROLE_VALUE || role->role == UF_ROLE_STATUS))
            continue;
        size_t d = find_dimension(p, role->dimension);
        if (d == SIZE_MAX)
            return uf_reader_fail_dimension(p->reader, role->dimension, &p->reader->dimensions, error);
        if (role->role == UF_ROLE_VALUE || role->role == UF_ROLE_STATUS)
            return uf_fail_at(error, UF_BAD_USAGE, uf_input_name(p->reader->input), 0, 0,
                              "'%s' holds codes in a file of format %s, it cannot be the value",
                              role->dimension, p->reader->format->name);
        size_t holder = role->role == UF_ROLE_BREAKDOWN || role->role == UF_ROLE_NONE
                            ? SIZE_MAX
                            : role_holder(p, role->role);
        if (holder != SIZE_MAX)
            return uf_fail_at(error, UF_BAD_USAGE, uf_input_name(p->reader->input), 0, 0,
                              "'%s' and '%s' are both given the same role; choose one of them",
                              name_of(p, holder), name_of(p, d));
        assign(p, d, role->role);
    }
    /* One kept code says all there is to say of its dimension. */
    for (size_t d = 0; d < p->plan->count; d++)
        if (p->open[d] && p->plan->dimensions[d].keep && p->plan->dimensions[d].keep->n_codes == 1)
            assign(p, d, UF_ROLE_NONE);
    return UF_OK;
}

static uf_status check_kept_codes(const struct planner *p, struct uf_error *error)
{
    for (size_t d = 0; d < p->plan->count; d++) {
        const struct uf_keep *keep = p->plan->dimensions[d].keep;
        const struct uf_text_list *all = &p->survey.dimensions[d].all;
        for (size_t i = 0; keep && p->survey.whole && i < keep->n_codes; i++) {
            if (uf_text_list_find(all, keep->codes[i]) != SIZE_MAX || all->count >= UF_SURVEY_CODES) continue;
            const char *nearest =
                uf_text_nearest(keep->codes[i], (const char *const *)all->items, all->count);
            if (!nearest && all->count > 0) nearest = all->items[0];
            return uf_fail_at(error, UF_BAD_USAGE, uf_input_name(p->reader->input), 0, 0,
                              "column %s has no code '%s'; it has %zu others, such as '%s'", name_of(p, d),
                              keep->codes[i], all->count, nearest ? nearest : "");
        }
    }
    if (p->survey.n_cells > 0) return UF_OK;
    return uf_fail_at(error, UF_BAD_INPUT, uf_input_name(p->reader->input), 0, 0,
                      "no cell of the file is left; the kept codes never stand together");
}

static uf_status decide(struct planner *p, const struct uf_import_request *request, struct uf_error *error)
{
    UF_TRY(take_wishes(p, request, error));
    UF_TRY(uf_survey_make(p->reader, p->plan, &p->survey, error));
    UF_TRY(check_kept_codes(p, error));
    if (role_holder(p, UF_ROLE_PERIOD) == SIZE_MAX) UF_TRY(guess_period(p, error));
    if (role_holder(p, UF_ROLE_REGION) == SIZE_MAX) UF_TRY(guess_region(p, error));
    if (role_holder(p, UF_ROLE_SECTOR) == SIZE_MAX) UF_TRY(guess_sector(p, error));
    UF_TRY(settle_rest(p, error));
    p->plan->period = role_holder(p, UF_ROLE_PERIOD);
    p->plan->region = role_holder(p, UF_ROLE_REGION);
    p->plan->sector = role_holder(p, UF_ROLE_SECTOR);
    return UF_OK;
}

uf_status uf_plan_make(struct uf_store *store, struct uf_reader *reader,
                       const struct uf_import_request *request, struct uf_plan *out,
                       struct uf_text_list *notes, struct uf_error *error)
{
    struct uf_plan plan = {.count = reader->dimensions.count};
    struct planner p = {.store = store, .reader = reader, .plan = &plan, .notes = notes};
    plan.dimensions = calloc(plan.count, sizeof *plan.dimensions);
    p.open = calloc(plan.count, sizeof *p.open);
    uf_status status = plan.dimensions && p.open ? UF_OK : uf_fail_memory(error);
    if (status == UF_OK) {
        for (size_t d = 0; d < plan.count; d++) p.open[d] = true;
        status = decide(&p, request, error);
    }
    uf_survey_clear(&p.survey);
    free(p.open);
    if (status != UF_OK)
        uf_plan_clear(&plan);
    else
        *out = plan;
    return status;
}
