// SPDX-License-Identifier: GPL-3.0-or-later
/* What is said of what the joint test of the leads could have found. */
#include "base/fail.h"
#include "effect/pretrend.h"
#include "effect/significant.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* Shares of placebos without any drift that a test finds: it says nothing; its level is not to be relied on. */
#define HALF      0.5
#define TOO_OFTEN 0.1

uf_status effect_pretrend_add_note(const struct effect_run *run, const struct effect_pretrend *pretrend,
                                   enum uf_severity severity, const char *code, struct uf_words text,
                                   struct uf_words advice, const struct uf_argument *arguments,
                                   size_t n_arguments, struct uf_error *error)
{
    static const struct uf_words heading = {"Slopes by dose.", "Lutningar efter dos."};
    if (!pretrend->by_dose)
        return effect_note(run, severity, code, text, advice, arguments, n_arguments, error);
    char own_code[64], en[1024], sv[1024];
    snprintf(own_code, sizeof own_code, "pretrend-slope%s", code + strlen("pretrend"));
    snprintf(en, sizeof en, "%s %s", heading.en, text.en);
    snprintf(sv, sizeof sv, "%s %s", heading.sv, text.sv);
    const struct uf_words own = {en, sv};
    return effect_note(run, severity, own_code, own, advice, arguments, n_arguments, error);
}

struct uf_words effect_pretrend_advice(const struct effect_run *run)
{
    static const struct uf_words bins = {
        "Take distant event times together with bin-before, or ask for inference: randomisation.",
        "Slå ihop avlägsna tidpunkter med bin-before, eller begär inference: randomisation."};
    static const struct uf_words deal = {"Ask for inference: randomisation.",
                                         "Begär inference: randomisation."};
    return !strcmp(run->method, "did") ? bins : deal;
}

static double slope_of(const struct effect_pretrend *pretrend, size_t row, size_t column)
{
    return uf_table_number(pretrend->table, row, column);
}

/* `randomisering`, `CR2`: the test in the words of a sentence. */
static const char *test_of(const struct effect_run *run, const struct effect_pretrend *pretrend, size_t row,
                           char name[32])
{
    static const struct uf_words dealt = {"randomisation", "randomisering"};
    const char *vcov = uf_table_text(pretrend->table, row, EFFECT_PRETREND_VCOV);
    if (!strcmp(vcov, "randomisation")) return uf_words_in(dealt, run->context->language);
    size_t i = 0;
    for (; i < 31 && vcov[i]; i++) name[i] = (char)toupper((unsigned char)vcov[i]);
    name[i] = '\0';
    return strchr(name, '-') ? vcov : name;
}

static uf_status note_unknown(const struct effect_run *run, const struct effect_pretrend *pretrend,
                              struct uf_error *error)
{
    static const struct uf_words blind = {"The test cannot see a straight-line drift of the treated at any "
                                          "slope: in this sample it looks just like effects of regions and "
                                          "periods.",
                                          "Testet kan inte se en rätlinjig glidning hos de behandlade, hur "
                                          "brant den än är: i det här urvalet ser den ut precis som effekter "
                                          "av regioner och perioder."};
    static const struct uf_words blind_advice = {"Add regions that are never treated.",
                                                 "Lägg till regioner som aldrig behandlas."};
    static const struct uf_words unknown = {
        "How steep a drift before the start the test would have found "
        "cannot be computed: the regions are too few to tell how the "
        "errors of so many differences go together.",
        "Hur brant glidning före start testet skulle ha upptäckt går inte "
        "att beräkna: regionerna är för få för att visa hur felen i så "
        "många skillnader samvarierar."};
    static const struct uf_words undealt = {
        "How steep a drift before the start the test would have found is not computed: that is done by "
        "placebo "
        "treatments that drift, which here are too few or would take too long.",
        "Hur brant glidning före start testet skulle ha upptäckt beräknas inte: det görs med "
        "placebobehandlingar "
        "som glider, som här är för få eller skulle ta för lång tid."};
    static const struct uf_words advice = {
        "The method sensitivity computes it with the covariance of the untreated rows.",
        "Metoden sensitivity beräknar det med kovariansen hos de obehandlade raderna."};
    const bool dealt = !strcmp(uf_table_text(pretrend->table, pretrend->decisive_row, EFFECT_PRETREND_VCOV),
                               "randomisation");
    return effect_pretrend_add_note(run, pretrend, pretrend->blind ? UF_WARNING : UF_NOTE,
                                    pretrend->blind ? "pretrend-blind" : "pretrend-power-unknown",
                                    pretrend->blind ? blind
                                    : dealt         ? undealt
                                                    : unknown,
                                    pretrend->blind ? blind_advice : advice, NULL, 0, error);
}

/* By placebo: the test that decides finds no drift four times of five, however steep, or as much without any. */
static uf_status note_none(const struct effect_run *run, const struct effect_pretrend *pretrend, double found,
                           struct uf_error *error)
{
    static const struct uf_words always = {"The joint test before the start ({0}) says nothing here: of "
                                           "placebo treatments that do not drift at all "
                                           "it finds {1} per cent to differ.",
                                           "Det gemensamma testet före start ({0}) säger ingenting här: av "
                                           "placebobehandlingar som inte glider alls "
                                           "finner det att {1} procent skiljer sig."};
    static const struct uf_words never = {
        "The joint test before the start ({0}) could not have found a straight-line drift of the treated in "
        "four "
        "cases of five, however steep: there are too few regions, or ways to deal the treatment out, for so "
        "many differences.",
        "Det gemensamma testet före start ({0}) kunde inte ha upptäckt en rätlinjig glidning hos de "
        "behandlade i "
        "fyra fall av fem, hur brant den än är: regionerna, eller sätten att fördela insatsen, är för få för "
        "så "
        "många skillnader."};
    char name[32];
    const struct uf_argument arguments[] = {
        uf_text_argument(test_of(run, pretrend, pretrend->decisive_row, name)),
        uf_number_argument(100 * found, 0)};
    return effect_pretrend_add_note(run, pretrend, UF_WARNING, "pretrend-power-none",
                                    found >= HALF ? always : never, effect_pretrend_advice(run), arguments, 2,
                                    error);
}

uf_status effect_pretrend_note_power(const struct effect_run *run, const struct effect_pretrend *pretrend,
                                     struct uf_error *error)
{
    static const struct uf_words found = {
        "Had the treated drifted from the others along a straight line, the joint test ({0}) would have "
        "found "
        "a drift of {1} per period (in the unit of the outcome) half of the time, and one of {2} in four "
        "cases of five.",
        "Om de behandlade hade glidit ifrån de andra längs en rät linje skulle det gemensamma testet ({0}) "
        "ha "
        "upptäckt en glidning på {1} per period (i utfallets enhet) i hälften av fallen, och en på {2} i "
        "fyra fall av fem."};
    static const struct uf_words by_dose = {
        "Had the treated drifted from the others in proportion to their doses, the joint test ({0}) would "
        "have found a drift of {1} per period and unit of the dose half of the time, and one of {2} in four "
        "cases of five. Carried on after the start, these drifts alone would make the average slope {3} and "
        "{4}; it is {5}.",
        "Om de behandlade hade glidit ifrån de andra i proportion till sina doser skulle det gemensamma "
        "testet ({0}) ha upptäckt en glidning på {1} per period och dosenhet i hälften av fallen, och en på "
        "{2} i fyra fall av fem. Fortsatte glidningen efter start skulle den ensam göra den genomsnittliga "
        "lutningen till {3} respektive {4}; den är {5}."};
    static const struct uf_words with_drift = {
        "Had the treated drifted from the others along a straight line, the joint test ({0}) would have "
        "found "
        "a drift of {1} per period (in the unit of the outcome) half of the time, and one of {2} in four "
        "cases of five. Carried on after "
        "the start, these lines alone would make the estimate {3} and {4}; it is {5}.",
        "Om de behandlade hade glidit ifrån de andra längs en rät linje skulle det gemensamma testet ({0}) "
        "ha "
        "upptäckt en glidning på {1} per period (i utfallets enhet) i hälften av fallen, och en på {2} i "
        "fyra fall av fem. "
        "Fortsatte linjerna efter start skulle de ensamma göra skattningen till {3} respektive {4}; den är "
        "{5}."};
    size_t rows = uf_table_rows(pretrend->table), row = pretrend->decisive_row;
    if (pretrend->decisive.restrictions == 0) return UF_OK;
    if (pretrend->blind) return note_unknown(run, pretrend, error);
    const double found_at_nil = slope_of(pretrend, row, EFFECT_PRETREND_FALSE);
    if (isfinite(found_at_nil) &&
        (found_at_nil >= HALF || isnan(slope_of(pretrend, row, EFFECT_PRETREND_SLOPE_80))))
        return note_none(run, pretrend, found_at_nil, error);
    if (isnan(slope_of(pretrend, row,
                       EFFECT_PRETREND_SLOPE_80))) /* what finds much without a drift has no other */
        for (row = 0; row < rows && isnan(slope_of(pretrend, row, EFFECT_PRETREND_SLOPE_50)); row++) continue;
    if (row == rows) return note_unknown(run, pretrend, error);
    const double at_nil = slope_of(pretrend, row, EFFECT_PRETREND_FALSE);
    double half = slope_of(pretrend, row, EFFECT_PRETREND_SLOPE_50),
           most = slope_of(pretrend, row, EFFECT_PRETREND_SLOPE_80);
    char name[32];
    const struct uf_argument arguments[] = {uf_text_argument(test_of(run, pretrend, row, name)),
                                            significant_argument(half),
                                            significant_argument(most),
                                            significant_argument(half * pretrend->drift),
                                            significant_argument(most * pretrend->drift),
                                            significant_argument(pretrend->estimate),
                                            uf_number_argument(100 * at_nil, 0)};
    static const struct uf_words optimistic = {
        "That is not the test that decides here, and with so few regions its errors are as a rule too small, "
        "so "
        "that it promises too much. The method sensitivity computes it with the covariance of the untreated "
        "rows.",
        "Det är inte det test som avgör här, och med så få regioner är dess fel som regel för små, så att "
        "det "
        "lovar för mycket. Metoden sensitivity beräknar det med kovariansen hos de obehandlade raderna."};
    static const struct uf_words few = {
        "Do not rely on it: no more regions are treated (or left to compare with) than there are differences "
        "to "
        "test. In simulations of 21 regions with three to five treated the test by cr1s rejected in half to "
        "nine "
        "tenths of the samples without any drift, and that by cr2 in next to none with the drift that it "
        "says it finds. "
        "Ask for inference: randomisation, or take distant event times together with bin-before.",
        "Lita inte på det: det är inte fler regioner som behandlas (eller finns att jämföra med) än det "
        "finns "
        "skillnader att pröva. I simuleringar av 21 regioner med tre till fem behandlade gav testet med cr1s "
        "utslag i hälften till nio tiondelar av urvalen utan någon glidning, och det med cr2 i nästan inget "
        "med "
        "den glidning som det säger sig upptäcka. Begär inference: randomisation, eller slå ihop avlägsna "
        "tidpunkter med bin-before."};
    static const struct uf_words too_often = {"Of placebo treatments that do not drift at all the test finds "
                                              "{6} per cent to differ, where it should be "
                                              "5: ask for inference: randomisation.",
                                              "Av placebobehandlingar som inte glider alls finner testet att "
                                              "{6} procent skiljer sig, där det borde vara "
                                              "5: begär inference: randomisation."};
    static const struct uf_words another = {
        "That is not the test that decides here, which cannot be made of so many differences. Of placebo "
        "treatments that do not drift at all it finds {6} per cent to differ, where it should be 5.",
        "Det är inte det test som avgör här, som inte går att göra av så många skillnader. Av "
        "placebobehandlingar som inte glider alls finner det att {6} procent skiljer sig, där det borde vara "
        "5."};
    static const struct uf_words none = {NULL, NULL};
    bool said = isfinite(pretrend->drift) && isfinite(pretrend->estimate),
         dealt = !strcmp(uf_table_text(pretrend->table, row, EFFECT_PRETREND_VCOV), "randomisation");
    const bool placebo = isfinite(at_nil);
    return effect_pretrend_add_note(run, pretrend, UF_NOTE, "pretrend-power",
                                    pretrend->by_dose ? by_dose
                                    : said            ? with_drift
                                                      : found,
                                    row != pretrend->decisive_row ? placebo ? another : optimistic
                                    : placebo                     ? at_nil > TOO_OFTEN ? too_often : none
                                    : !dealt && effect_pretrend_few(run, pretrend->decisive.restrictions)
                                        ? few
                                        : none,
                                    arguments, 7, error);
}
