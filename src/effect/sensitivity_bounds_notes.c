// SPDX-License-Identifier: GPL-3.0-or-later
/* What is said of the bounds, and where there are none. */
#include "base/fail.h"
#include "effect/did_internal.h"
#include "effect/sensitivity_event.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <utfall/design.h>

static const struct uf_words nothing = {NULL, NULL};

uf_status sensitivity_note_normal(const struct sensitivity_run *run, const struct sensitivity_event *e,
                                  struct uf_error *error)
{
    static const struct uf_words clustered = {
        "The bounds take the estimates of the event study as normal, with the covariance {0} as if it were "
        "known. With as few as here (treated regions: {1}, clusters: {2}) they are too narrow rather than "
        "too "
        "wide.",
        "Gränserna förutsätter att händelsestudiens skattningar är normalfördelade, med kovariansen {0} som "
        "om den vore känd. Med så få som här (insatsregioner: {1}, kluster: {2}) är de snarare för snäva än "
        "för "
        "vida."};
    static const struct uf_words serial = {
        "The bounds take the estimates of the event study as normal. The "
        "treated regions ({1}) or the others are too few to show how their "
        "errors go together, so the covariance is that of the untreated "
        "rows, the same for all regions: it fits badly where the "
        "treated are noisier than the comparison.",
        "Gränserna förutsätter att händelsestudiens skattningar är "
        "normalfördelade. Insatsregionerna ({1}) eller de övriga är för få "
        "för att visa hur deras fel samvarierar, så kovariansen är de "
        "obehandlade radernas, densamma för alla regioner: den passar illa "
        "om insatsregionerna är brusigare än jämförelsen."};
    const struct uf_argument arguments[] = {uf_text_argument(e->vcov),
                                            uf_count_argument(run->common.sample->n_treated),
                                            uf_count_argument(run->main.n_clusters)};
    return effect_note(&run->common, UF_WARNING, "bounds-normal",
                       strcmp(e->vcov, "serial") ? clustered : serial, nothing, arguments, 3, error);
}

/* --- refusals ------------------------------------------------------------------------------------------------ */

/* Without bounds the rest can still be had. */
#define WITHOUT_EN                                                                                           \
    "or leave the bounds out (restrictions: none), for single regions, placebos and other controls alone."
#define WITHOUT_SV                                                                                           \
    "eller avstå från gränserna (restrictions: none), för enbart enskilda regioner, placebo och andra "  \
    "jämförelser."

static uf_status refuse(const struct sensitivity_run *run, struct uf_words text, struct uf_words advice,
                        const struct uf_argument *arguments, size_t n_arguments, struct uf_error *error)
{
    UF_TRY(effect_note(&run->common, UF_FATAL, "bounds-impossible", text, advice, arguments, n_arguments,
                       error));
    run->common.result->claim = UF_CLAIM_DESCRIPTION;
    return uf_design_refuse(run->common.result, error);
}

static long event_time_at(const struct uf_did_data *data, size_t row)
{
    const struct uf_event_study_options no_bins = {0};
    return did_event_time(data, &no_bins, data->first_period[data->unit[row]], data->period[row]);
}

/* Whether some treated region is observed at this event time, and with `compared` one beside another that is not at it. */
static bool observed_at(const struct uf_did_data *data, long event, bool compared)
{
    size_t alone = SIZE_MAX; /* a period in which all are at this event time */
    for (size_t i = 0; i < data->n; i++) {
        if (data->period[i] == alone || event_time_at(data, i) != event) continue;
        if (!compared) return true;
        for (size_t j = 0; j < data->n; j++)
            if (data->period[j] == data->period[i] && event_time_at(data, j) != event) return true;
        alone = data->period[i];
    }
    return false;
}

/* The latest event time before the start that has estimates on both sides; 0: none. */
static long other_reference(const struct sensitivity_run *run)
{
    const struct uf_did_data *data = &run->common.sample->data;
    long earliest = data->time ? data->time[0] - data->time[data->n_periods - 1] : -(long)data->n_periods;
    for (long event = -1; event >= earliest; event--)
        if (event != run->reference && observed_at(data, event, true) && observed_at(data, event - 1, true) &&
            observed_at(data, event + 1, true))
            return event;
    return 0;
}

uf_status sensitivity_refuse_reference(const struct sensitivity_run *run, bool unanchored,
                                       struct uf_error *error)
{
    static const struct uf_words unseen = {
        "There are no bounds: no treated region is observed at the reference, event time {0}.",
        "Gränser saknas: ingen insatsregion är observerad i referensen, tidpunkt {0} räknat från start."};
    static const struct uf_words alone = {
        "There are no bounds: besides the reference (event time {0}) the treated have no period before the "
        "start, or none "
        "after it, next to it. How trends differed before cannot be seen.",
        "Gränser saknas: utöver referensen (tidpunkt {0}) har insatsregionerna ingen period före start, "
        "eller ingen efter, i "
        "direkt anslutning till den. Hur trenderna skilde sig åt tidigare syns inte."};
    static const struct uf_words incomparable = {"There are no bounds: in the reference (event time {0}) the "
                                                 "treated are observed beside no region to compare "
                                                 "with. How "
                                                 "the other event times differ from it is not known.",
                                                 "Gränser saknas: i referensen (tidpunkt {0}) är "
                                                 "insatsregionerna observerade utan någon region att jämföra "
                                                 "med. Hur "
                                                 "övriga tidpunkter skiljer sig från den är okänt."};
    static const struct uf_words other = {"Take another reference (reference: {1}), " WITHOUT_EN,
                                          "Ta en annan referens (reference: {1}), " WITHOUT_SV};
    static const struct uf_words more = {"Get earlier periods, " WITHOUT_EN,
                                         "Skaffa tidigare perioder, " WITHOUT_SV};
    const struct uf_did_data *data = &run->common.sample->data;
    long instead = other_reference(run);
    char reference[24], other_one[24]; /* with the minus of a keyboard, as the option wants it */
    snprintf(reference, sizeof reference, "%ld", run->reference);
    snprintf(other_one, sizeof other_one, "%ld", instead);
    const struct uf_argument arguments[] = {uf_text_argument(reference), uf_text_argument(other_one)};
    return refuse(run,
                  !observed_at(data, run->reference, false) ? unseen
                  : unanchored                              ? incomparable
                                                            : alone,
                  instead < 0 ? other : more, arguments, 2, error);
}

bool sensitivity_has_reference(const struct sensitivity_run *run)
{
    return observed_at(&run->common.sample->data, run->reference, false);
}

uf_status sensitivity_refuse_rank(const struct sensitivity_run *run, const char *vcov, struct uf_error *error)
{
    static const struct uf_words text = {
        "There are no bounds: with {0} the event study's covariance has too low a rank for so many event "
        "times.",
        "Gränser saknas: med {0} har händelsestudiens kovarians för låg rang för så många tidpunkter."};
    static const struct uf_words advice = {
        "Use fewer periods or another covariance (event-covariance: serial), " WITHOUT_EN,
        "Använd färre perioder eller en annan kovarians (event-covariance: serial), " WITHOUT_SV};
    const struct uf_argument argument = uf_text_argument(vcov);
    return refuse(run, text, advice, &argument, 1, error);
}

uf_status sensitivity_refuse_exact(const struct sensitivity_run *run, struct uf_error *error)
{
    static const struct uf_words text = {
        "There are no bounds: the event study explains the outcome completely, so no uncertainty can be "
        "estimated.",
        "Gränser saknas: händelsestudien förklarar utfallet fullständigt, så någon osäkerhet går inte att "
        "skatta."};
    static const struct uf_words advice = {"Use more regions, " WITHOUT_EN,
                                           "Använd fler regioner, " WITHOUT_SV};
    return refuse(run, text, advice, NULL, 0, error);
}
