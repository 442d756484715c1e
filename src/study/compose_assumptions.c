// SPDX-License-Identifier: GPL-3.0-or-later
/* What an effect's reading rests on: a row for each assumption of its kind of method, with why it is plausible (the
 * study's own words), how it was tested, what came of that, and what if it is wrong; then the evaluator's further ones. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "study/compose.h"

enum kind { WITH_COMPARISON, WITH_DONORS, BY_ITSELF, KINDS, NO_KIND = KINDS };

/* Estimates that rest on those of another method have no row of their own. */
static enum kind kind_of(const struct run_analysis *analysis)
{
    static const char *const none[] = {"bacon", "size-check", "power", "sensitivity"};
    const char *method = analysis->method->name;
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        if (!strcmp(method, none[i])) return NO_KIND;
    if (!strcmp(method, "synthetic-control")) return WITH_DONORS;
    return !strcmp(method, "interrupted-time-series") ? BY_ITSELF : WITH_COMPARISON;
}

enum { MOST_CODES = 15, MOST_BESIDE = 2 };

struct standing {
    const char *about;
    const char *method;                /* the only one that rests on it; NULL: all of the kind */
    bool several_starts;               /* only where there are */
    struct uf_words assumption[KINDS]; /* NULL words: the kind does not rest on it */
    struct uf_words test[KINDS];
    const char *codes[MOST_CODES];   /* notes of the result that are what came of it */
    const char *beside[MOST_BESIDE]; /* the same of analyses of the same outcome that test it */
    struct uf_words clean;           /* what is said without any of them; NULL words: nothing was tested */
    struct uf_words if_wrong;
};

static const struct standing standing[] = {
    {.about = "parallel-trends",
     .assumption =
         {{"Without the intervention the treated would have developed as the comparison regions did.",
           "Utan insatsen hade insatsregionerna utvecklats som jämförelseregionerna."},
          {"The mix of donors shows what would have happened without the intervention.",
           "Blandningen av donatorer visar vad som hade hänt utan insatsen."},
          {"Without the intervention the earlier trend would have gone on.",
           "Utan insatsen hade den tidigare trenden fortsatt."}},
     .test = {{"The differences before the start, tested together; sensitivity to unequal trends",
               "Skillnaderna före start, prövade gemensamt; känslighet för olika trender"},
              {"Fit before the start; placebo in time", "Anpassning före start; placebo i tid"},
              {"Whether the trend before the start was straight: the same test at a placebo start, halfway",
               "Om trenden var rak före start: samma test vid en låtsad start, halvvägs"}},
     .codes = {"trend-before", "trend-before-bends", "trend-before-untested", "pretrend", "pretrend-differs",
               "pretrend-untestable", "pretrend-slope", "pretrend-slope-differs", "pretrend-slope-untestable",
               "fit-before", "poor-fit-before", "outside-donors", "placebo-in-time", "cannot-rule-out"},
     .beside = {"breakdown-relative-magnitudes", "breakdown-smoothness"},
     .clean = {"Not tested: too few periods before the start.", "Inte prövat: för få perioder före start."},
     .if_wrong = {"The number holds the unequal development too, and may have the wrong sign.",
                  "Talet rymmer även den olika utvecklingen, och kan ha fel tecken."}},
    {.about = "no-anticipation",
     .assumption =
         {{"Nothing changed in expectation of the intervention.", "Inget ändrades i väntan på insatsen."},
          {"Nothing changed in expectation of the intervention.", "Inget ändrades i väntan på insatsen."},
          {"Nothing changed in expectation of the intervention.", "Inget ändrades i väntan på insatsen."}},
     .test = {{"The start against the programme's own record", "Starten mot programmets egna uppgifter"},
              {"The start against the programme's own record", "Starten mot programmets egna uppgifter"},
              {"The start against the programme's own record", "Starten mot programmets egna uppgifter"}},
     .codes = {"anticipation-possible", "start-before-record"},
     .clean = {"No date on record contradicts the start; whether anybody prepared for it is not tested.",
               "Inget antecknat datum motsäger starten; om någon förberedde sig prövas inte."},
     .if_wrong = {"What came early counts as untreated, and the number is too small in size as a rule.",
                  "Det som kom i förväg räknas som obehandlat, och talet blir som regel för litet."}},
    {.about = "no-spill-over",
     .assumption = {{"The comparison regions were touched neither by the intervention nor by anything alike.",
                     "Jämförelseregionerna berördes varken av insatsen eller av något liknande."},
                    {"The donors were touched neither by the intervention nor by anything alike.",
                     "Donatorerna berördes varken av insatsen eller av något liknande."},
                    {NULL, NULL}},
     .test = {{"Exposures of the comparison regions, listed or implied by counts; spill-over to neighbours "
               "is not tested",
               "Jämförelseregionernas insatser, namngivna eller givna av antal; spridning till grannar "
               "prövas inte"},
              {"Exposures of the donors, listed or implied by counts; spill-over is not tested",
               "Donatorernas insatser, namngivna eller givna av antal; spridning prövas inte"},
              {NULL, NULL}},
     .codes = {"controls-exposed", "exposure-unknown"},
     .clean = {"No other intervention is recorded for them.", "Ingen annan insats finns antecknad för dem."},
     .if_wrong = {"The contrast is not with regions without intervention: a difference, not an effect.",
                  "Jämförelsen görs inte med regioner utan insats: en skillnad, inte en effekt."}},
    {.about = "stable-composition",
     .assumption = {{"The groups consist of the same regions throughout.",
                     "Grupperna består av samma regioner hela tiden."},
                    {"The regions are the same throughout.", "Regionerna är desamma hela tiden."},
                    {"The series is of the same regions throughout.",
                     "Serien gäller samma regioner hela tiden."}},
     .test = {{"Counts by period (design-periods)", "Antal per period (design-periods)"},
              {"Counts by period (design-periods)", "Antal per period (design-periods)"},
              {"Counts by period (design-periods)", "Antal per period (design-periods)"}},
     .codes = {"composition-changes", "unbalanced", "regions-left-out"},
     .clean = {"Every region has a value in every period.", "Varje region har ett värde i varje period."},
     .if_wrong = {"A change in who is counted looks like a change in the outcome.",
                  "En ändring i vilka som räknas ser ut som en ändring i utfallet."}},
    {.about = "correct-inference",
     .assumption = {{"p-values and intervals mean what they say with so few regions.",
                     "p-värden och intervall betyder vad de säger med så få regioner."},
                    {"The placebo regions are as noisy as the treated one.",
                     "Placeboregionerna varierar lika mycket som den behandlade."},
                    {"p-values and intervals mean what they say for so short a series.",
                     "p-värden och intervall betyder vad de säger för en så kort serie."}},
     .test = {{"Variance before the start; size-check, where it was run",
               "Varians före start; size-check, där den har körts"},
              {"Number of placebos", "Antal placebon"},
              {"Number of periods; dependence over time", "Antal perioder; beroende över tiden"}},
     .codes = {"treated-noisier", "treated-quieter", "p-values-too-small", "p-values-if-dependent",
               "unit-root", "smallest-p", "no-p-value", "no-placebos", "clusters-split-regions"},
     .beside = {"size-check"},
     .clean = {"No sign of the contrary.", "Inget tecken på motsatsen."},
     .if_wrong = {"Chance is taken for a finding, or a finding for chance.",
                  "Slump tas för ett fynd, eller ett fynd för slump."}},
    {.about = "no-concurrent-interventions",
     .assumption = {{"Nothing else happened to the treated regions alone at the time.",
                     "Inget annat hände just insatsregionerna vid den tiden."},
                    {"Nothing else happened to the treated regions alone at the time.",
                     "Inget annat hände just insatsregionerna vid den tiden."},
                    {"Nothing else happened at the time.", "Inget annat hände vid den tiden."}},
     .test = {{"Other programmes in the store; other events are not tested",
               "Andra program i databasen; andra händelser prövas inte"},
              {"Other programmes in the store; other events are not tested",
               "Andra program i databasen; andra händelser prövas inte"},
              {"Other programmes in the store; other events are not tested",
               "Andra program i databasen; andra händelser prövas inte"}},
     .codes = {"concurrent-interventions"},
     .clean = {"No other programme is recorded for the treated regions alone.",
               "Inget annat program finns antecknat för enbart insatsregionerna."},
     .if_wrong = {"The number is of all that happened together.",
                  "Talet gäller allt som hände, tillsammans."}},
    {.about = "constant-effects",
     .method = "did",
     .several_starts = true,
     .assumption = {{"The effect is alike in all starts and does not change with time since the start.",
                     "Effekten är lika för alla starter och ändras inte med tiden sedan start."}},
     .test = {{"Weight of forbidden comparisons (bacon, where it was run)",
               "Vikten av otillåtna jämförelser (bacon, där den har körts)"}},
     .codes = {"staggered-cohorts"},
     .beside = {"forbidden-comparisons", "no-forbidden-comparisons"},
     .clean = {"Not tested.", "Inte prövat."},
     .if_wrong =
         {"How effects change in regions treated early counts against those treated late: the number is "
          "no average of effects, and may have the wrong sign.",
          "Hur effekten ändras i tidigt behandlade regioner räknas av mot de sena: talet är inget "
          "genomsnitt av effekter, och kan ha fel tecken."}},
    {.about = "strong-parallel-trends",
     .method = "dose-response",
     .assumption = {{"At every dose all regions would have changed as those that got it did.",
                     "Vid varje dos hade alla regioner förändrats som de som fick den."}},
     .test = {{"None: nothing before the start bears on it", "Ingen: inget före start säger något om det"}},
     .clean = {"Not tested: what regions had done at doses that they did not get is not seen.",
               "Inte prövat: vad regioner hade gjort vid doser som de inte fick syns inte."},
     .if_wrong =
         {"Slopes and differences between doses hold that regions with other doses answer otherwise; the "
          "average effect does not rest on it.",
          "Lutningar och skillnader mellan doser rymmer att regioner med andra doser svarar annorlunda; den "
          "genomsnittliga effekten vilar inte på det."}},
};

/* --- what came of it ---------------------------------------------------------------------------- */

static double fact(const struct run_analysis *analysis, const char *key)
{
    const struct uf_table *design = uf_result_table(&analysis->result, "design");
    for (size_t row = 0; design && row < uf_table_rows(design); row++)
        if (!strcmp(uf_table_text(design, row, 0), key)) return uf_table_number(design, row, 2);
    return (double)NAN;
}

/* The paragraph above the table tells of the programmes; here only how many. */
static uf_status tell_exposed(const struct run *run, const struct run_analysis *analysis, char **out,
                              struct uf_error *error)
{
    const struct uf_argument arguments[] = {
        uf_number_argument(fact(analysis, "controls-exposed-at-least"), 0),
        uf_number_argument(fact(analysis, "control"), 0)};
    return uf_phrase(
        run->language,
        (struct uf_words){"At least {0} of {1} comparison regions had another intervention; see above.",
                          "Minst {0} av {1} jämförelseregioner hade en annan insats; se ovan."},
        arguments, 2, out, error);
}

static uf_status append_notes(const struct run *run, const struct run_analysis *from,
                              const char *const *codes, size_t n_codes, struct uf_buffer *text,
                              struct uf_error *error)
{
    for (size_t c = 0; c < n_codes && codes[c]; c++) {
        for (size_t i = 0; i < from->result.n_notes; i++) {
            const struct uf_note *note = &from->result.notes[i];
            if (strcmp(note->code, codes[c])) continue;
            bool exposed = !strcmp(note->code, "controls-exposed");
            char *own = NULL;
            if (exposed) UF_TRY(tell_exposed(run, from, &own, error));
            if (text->length) uf_buffer_append(text, " ");
            uf_buffer_append(text, own ? own : note->text);
            free(own);
            if (exposed) return UF_OK; /* more of the same is told above */
        }
    }
    return UF_OK;
}

static uf_status append_least_p(const struct run *run, const struct run_analysis *analysis,
                                struct uf_buffer *text, struct uf_error *error)
{
    static const struct uf_words dealt = {
        " No p-value by dealing the treatment out anew can be below {0}.",
        " Inget p-värde från en ny fördelning av insatsen kan bli lägre än {0}."};
    static const struct uf_words placebos = {
        " With every donor as placebo no p-value can be below {0}.",
        " Med varje donator som placebo kan inget p-värde bli lägre än {0}."};
    double p = fact(analysis, "smallest-p");
    const struct uf_argument argument = uf_number_argument(p, -1);
    char *least = NULL;
    if (isnan(p)) return UF_OK;
    UF_TRY(uf_phrase(run->language, kind_of(analysis) == WITH_DONORS ? placebos : dealt, &argument, 1, &least,
                     error));
    uf_buffer_append(text, least);
    free(least);
    return UF_OK;
}

/* Notes of the analysis itself, and of what was run beside it on the same outcome to test it. */
static uf_status tell_result(const struct run *run, const struct run_analysis *analysis,
                             const struct standing *item, char **out, struct uf_error *error)
{
    struct uf_buffer text;
    uf_buffer_init(&text);
    uf_status status = append_notes(run, analysis, item->codes, MOST_CODES, &text, error);
    for (size_t i = 0; i < run->n_analyses && status == UF_OK; i++) {
        const struct run_analysis *other = &run->analyses[i];
        if (other->kind != ANALYSIS_EFFECT || other->status != UF_OK || kind_of(other) != NO_KIND) continue;
        if (!strcmp(other->effect->outcome.text, analysis->effect->outcome.text))
            status = append_notes(run, other, item->beside, MOST_BESIDE, &text, error);
    }
    if (status == UF_OK && text.length == 0) uf_buffer_append(&text, uf_words_in(item->clean, run->language));
    if (status == UF_OK && !strcmp(item->about, "correct-inference"))
        status = append_least_p(run, analysis, &text, error);
    *out = uf_buffer_take(&text);
    return status == UF_OK && !*out ? uf_fail_memory(error) : status;
}

/* --- the table ---------------------------------------------------------------------------------- */

static struct uf_words judgement_words(const char *judgement)
{
    static const struct {
        const char *key;
        struct uf_words words;
    } known[] = {{"plausible", {"plausible", "rimligt"}},
                 {"doubtful", {"doubtful", "tveksamt"}},
                 {"violated", {"does not hold", "håller inte"}},
                 {"not-testable", {"cannot be tested", "kan inte prövas"}}};
    for (size_t i = 0; judgement && i < sizeof known / sizeof *known; i++)
        if (!strcmp(judgement, known[i].key)) return known[i].words;
    return (struct uf_words){"not judged", "inte bedömt"};
}

enum { ASSUMPTION, JUDGEMENT, REASON, TEST, RESULT, IF_WRONG, COLUMNS };

static uf_status add_row(const struct run *run, const struct study_assumption *own,
                         const char *const text[COLUMNS], struct uf_table *table, struct uf_error *error)
{
    size_t row;
    UF_TRY(uf_table_add_row(table, &row, error));
    for (size_t c = 0; c < COLUMNS; c++) UF_TRY(uf_table_set_text(table, row, c, text[c], error));
    static const struct uf_words unsaid = {"the study file does not say", "studiefilen säger inget om det"};
    if (!own) return uf_table_set_text(table, row, REASON, uf_words_in(unsaid, run->language), error);
    UF_TRY(uf_table_set_text(table, row, ASSUMPTION, run_words(run, &own->assumption), error));
    UF_TRY(uf_table_set_text(table, row, JUDGEMENT,
                             uf_words_in(judgement_words(own->judgement.text), run->language), error));
    return uf_table_set_text(table, row, REASON, run_words(run, &own->why), error);
}

static bool rests_on(const struct run_analysis *analysis, const struct standing *item, enum kind kind)
{
    if (kind == NO_KIND || !item->assumption[kind].en) return false;
    if (item->method && strcmp(item->method, analysis->method->name)) return false;
    return !item->several_starts || fact(analysis, "cohorts") > 1;
}

/* One row, or one for each of the evaluator's words on it. */
static uf_status add_standing(const struct run *run, const struct run_analysis *analysis,
                              const struct standing *item, enum kind kind, struct uf_table *table,
                              struct uf_error *error)
{
    const struct study_items *own = &analysis->effect->assumptions;
    const struct study_assumption *items = own->items;
    char *result = NULL;
    bool told = false;
    if (!rests_on(analysis, item, kind)) return UF_OK;
    UF_TRY(tell_result(run, analysis, item, &result, error));
    const char *const text[COLUMNS] = {[ASSUMPTION] = uf_words_in(item->assumption[kind], run->language),
                                       [TEST] = uf_words_in(item->test[kind], run->language),
                                       [RESULT] = result,
                                       [IF_WRONG] = uf_words_in(item->if_wrong, run->language)};
    uf_status status = UF_OK;
    for (size_t i = 0; i < own->count && status == UF_OK; i++) {
        if (!items[i].about.text || strcmp(items[i].about.text, item->about)) continue;
        status = add_row(run, &items[i], text, table, error);
        told = true;
    }
    if (status == UF_OK && !told) status = add_row(run, NULL, text, table, error);
    free(result);
    return status;
}

/* An assumption of a kind that the method does not rest on stands as the evaluator's own. */
static bool is_standing(const struct run_analysis *analysis, const struct study_assumption *own,
                        enum kind kind)
{
    for (size_t i = 0; i < sizeof standing / sizeof *standing && own->about.text; i++)
        if (!strcmp(standing[i].about, own->about.text)) return rests_on(analysis, &standing[i], kind);
    return false;
}

uf_status compose_assumptions(const struct composer *composer, const struct run_analysis *analysis,
                              struct uf_error *error)
{
    static const char *const columns[COLUMNS] = {"assumption", "judgement", "reason",
                                                 "test",       "result",    "if_wrong"};
    static const struct uf_words title = {
        "Assumptions: why they are plausible, how they were tested, and what if not",
        "Antaganden: varför de är rimliga, hur de prövats och vad som annars gäller"};
    const struct run *run = composer->run;
    const struct study_items *own = &analysis->effect->assumptions;
    const struct study_assumption *items = own->items;
    /* where nothing is estimated there is no reading to rest on anything */
    enum kind kind = analysis->status == UF_OK ? kind_of(analysis) : NO_KIND;
    if (kind == NO_KIND && own->count == 0) return UF_OK;
    struct uf_table *table = NULL;
    UF_TRY(uf_table_new("assumptions", &table, error));
    uf_status status = uf_table_set_title(table, uf_words_in(title, run->language), error);
    for (size_t c = 0; c < COLUMNS && status == UF_OK; c++)
        status = uf_table_add_column(table, columns[c], UF_COLUMN_TEXT, NULL, -1, NULL, error);
    for (size_t i = 0; i < sizeof standing / sizeof *standing && kind != NO_KIND && status == UF_OK; i++)
        status = add_standing(run, analysis, &standing[i], kind, table, error);
    static const char *const nothing[COLUMNS] = {NULL};
    for (size_t i = 0; i < own->count && status == UF_OK; i++)
        if (!is_standing(analysis, &items[i], kind)) status = add_row(run, &items[i], nothing, table, error);
    if (status == UF_OK) status = uf_report_add_table(composer->report, table, 0, NULL, error);
    uf_table_free(table);
    return status;
}
