// SPDX-License-Identifier: GPL-3.0-or-later
/* What is said of an interrupted time series. */
#include <math.h>
#include <stdlib.h>

#include "base/fail.h"
#include "effect/interrupted_time_series_run.h"

static const struct uf_words none = {NULL, NULL};

/* A test that rejects more often than this where it should in 5 of 100 is said not to hold its level: 6.5, and what chance
 * leaves with 2,000 draws. */
static const double TOO_OFTEN = 0.075;
/* A series that depends this much on the period before may well depend as much as the last of `its_dependence`. */
static const double DEPENDENT = 0.7;

uf_status its_note_limits(const struct its_run *run, struct uf_error *error)
{
    static const struct uf_words text = {
        "An interrupted time series is compared with its own past only. It cannot rule out that something "
        "else at the "
        "same time lies behind the departure, that the trend would have turned anyway, that the outcome came "
        "to be "
        "measured in another way, or that the start was chosen because of an unusual year.",
        "En avbruten tidsserie jämförs bara med sin egen historia. Den kan inte utesluta att något annat vid "
        "samma tid "
        "ligger bakom avvikelsen, att trenden ändå hade vänt, att utfallet började mätas på ett annat sätt "
        "eller att "
        "starten valdes på grund av ett ovanligt år."};
    static const struct uf_words advice = {
        "See what else happened, and whether an outcome that the intervention should not have touched turns "
        "too; "
        "compare with regions outside, where there are any (synthetic-control, did).",
        "Se efter vad annat som hände, och om ett utfall som insatsen inte borde ha berört också vänder; "
        "jämför med "
        "regioner utanför, om det finns några (synthetic-control, did)."};
    return effect_note(&run->common, UF_WARNING, "cannot-rule-out", text, advice, NULL, 0, error);
}

/* What the p-values are worth: from simulated series of the same periods. */
static uf_status note_size(const struct its_run *run, const struct uf_its *main, const double size[ITS_SIZES],
                           const char *start, struct uf_error *error)
{
    static const struct uf_words small = {
        "{7}The p-values are too small and the intervals too narrow. Of simulated series with these periods "
        "and "
        "without any "
        "departure, {0} in 100 get p ≤ 0.05 where a period leaves {1} for the next, {2} where it leaves {3}, "
        "and {4} where "
        "it leaves {5}; it ought to be 5. In this series it is estimated at {6}.",
        "{7}p-värdena är för låga och intervallen för smala. Av simulerade serier med samma perioder och "
        "utan "
        "någon "
        "avvikelse får {0} av 100 p ≤ 0,05 där en period lämnar {1} till nästa, {2} där den lämnar {3} och "
        "{4} där den "
        "lämnar {5}; det borde vara 5. I den här serien skattas det till {6}."};
    static const struct uf_words advice = {"Ask for a far smaller p than usual, take inference: "
                                           "integrated-ar1 if it is not the one, or use quarters or months "
                                           "where they exist.",
                                           "Kräv ett långt lägre p än vanligt, ta inference: integrated-ar1 "
                                           "om det inte är den, eller använd kvartal eller "
                                           "månader där de finns."};
    static const struct uf_words strong = {
        "{7}The p-values hold what they say unless the periods hang together "
        "very closely: of simulated series with these "
        "periods and without any departure {4} in 100 get p ≤ 0.05 where "
        "a period leaves {5} for the next, {2} where it "
        "leaves {3}. In this series it is estimated at {6}.",
        "{7}p-värdena håller vad de säger om inte perioderna hänger ihop "
        "mycket starkt: av simulerade serier med samma "
        "perioder och utan någon avvikelse får {4} av 100 p ≤ 0,05 där en "
        "period lämnar {5} till nästa, {2} där den "
        "lämnar {3}. I den här serien skattas det till {6}."};
    const struct uf_argument arguments[] = {
        uf_number_argument(100 * size[1], 0), uf_number_argument(its_dependence[1], 1),
        uf_number_argument(100 * size[2], 0), uf_number_argument(its_dependence[2], 1),
        uf_number_argument(100 * size[3], 0), uf_number_argument(its_dependence[3], 1),
        uf_number_argument(main->fit.rho, 2), uf_text_argument(start)};
    const size_t count = sizeof arguments / sizeof *arguments;
    bool strongly = size[3] > TOO_OFTEN;
    if (size[0] > TOO_OFTEN || size[1] > TOO_OFTEN || size[2] > TOO_OFTEN ||
        (strongly && main->fit.rho >= DEPENDENT))
        return effect_note(&run->common, UF_WARNING, "p-values-too-small", small, advice, arguments, count,
                           error);
    if (!strongly) return UF_OK;
    return effect_note(&run->common, UF_NOTE, "p-values-if-dependent", strong, none, arguments, count, error);
}

static uf_status note_series(const struct its_run *run, const struct its_series *series,
                             const struct uf_its *main, const double size[ITS_SIZES], const char *start,
                             struct uf_error *error)
{
    static const struct uf_words gaps = {
        "{2}Regions without a value in some period are not in the series taken "
        "together: {0} (the first is {1}).",
        "{2}Regioner som saknar värde i någon period ingår inte i den "
        "sammantagna serien: {0} (den första är {1})."};
    static const struct uf_words bound = {
        "{1}What one period leaves for the next was estimated at {0} and held "
        "there: the series may have no trend to "
        "return to, and then the errors are too small.",
        "{1}Det som en period lämnar till nästa skattades till {0} och hölls "
        "där: serien har kanske ingen trend att "
        "återvända till, och då är medelfelen för små."};
    static const struct uf_words still = {
        "{1}The iterations of Prais and Winsten did not come to rest; the last of them is shown.",
        "{1}Prais och Winstens iterationer kom inte till vila; den sista av dem visas."};
    if (!isnan(size[0])) UF_TRY(note_size(run, main, size, start, error));
    const struct uf_argument left[] = {
        uf_count_argument(series->left_out),
        uf_text_argument(series->left_out ? run->common.panel->units.label[series->example] : ""),
        uf_text_argument(start)};
    const struct uf_argument rho[] = {uf_number_argument(main->fit.rho, 2), uf_text_argument(start)};
    if (series->left_out > 0)
        UF_TRY(effect_note(&run->common, UF_WARNING, "regions-left-out", gaps, none, left, 3, error));
    if (main->fit.at_bound)
        UF_TRY(effect_note(&run->common, UF_WARNING, "unit-root", bound, none, rho, 2, error));
    if (!main->fit.converged)
        return effect_note(&run->common, UF_WARNING, "not-converged", still, none, rho, 2, error);
    return UF_OK;
}

uf_status its_note_series(const struct its_run *run, const struct its_series *series, const char *label,
                          const struct uf_its *main, const double size[ITS_SIZES], struct uf_error *error)
{
    static const struct uf_words of_start = {"Start {0}: ", "Start {0}: "};
    if (!label) return note_series(run, series, main, size, "", error);
    const struct uf_argument argument = uf_text_argument(label);
    char *start = NULL;
    UF_TRY(uf_phrase(run->common.context->language, of_start, &argument, 1, &start, error));
    uf_status status = note_series(run, series, main, size, start, error);
    free(start);
    return status;
}

uf_status its_note_regions(const struct its_run *run, size_t up, size_t down, size_t failed,
                           struct uf_error *error)
{
    static const struct uf_words text = {"Region by region the departure is upwards in {0} and downwards in "
                                         "{1}. Regions share the same years, so they "
                                         "are no independent witnesses.",
                                         "Region för region är avvikelsen uppåt i {0} och nedåt i {1}. "
                                         "Regionerna delar samma år, så de är inga "
                                         "oberoende vittnen."};
    static const struct uf_words short_of = {"{2} regions have too few periods for a series of their own.",
                                             "{2} regioner har för få perioder för en egen serie."};
    const struct uf_argument arguments[] = {uf_count_argument(up), uf_count_argument(down),
                                            uf_count_argument(failed)};
    if (up + down > 1)
        UF_TRY(effect_note(&run->common, UF_NOTE, "by-region", text, none, arguments, 3, error));
    if (failed == 0) return UF_OK;
    return effect_note(&run->common, UF_NOTE, "regions-too-short", short_of, none, arguments, 3, error);
}
