// SPDX-License-Identifier: GPL-3.0-or-later
/* What the wild bootstrap did, in words. */
#include <math.h>
#include <stdlib.h>
#include <utfall/text.h>
#include <utfall/wild_bootstrap.h>

#include "base/fail.h"

/* by null, then by jackknife_residuals and jackknife_variance */
static const struct uf_words type_words[2][2][2] = {
    [UF_WILD_RESTRICTED] =
        {{{"wild cluster bootstrap, null imposed (WCR)",
           "vild klusterbootstrap, nollhypotesen påtvingad (WCR)"},
          {"wild cluster bootstrap, null imposed, jackknife errors (WCR-13)",
           "vild klusterbootstrap, nollhypotesen påtvingad, jackknifefel (WCR-13)"}},
         {{"wild cluster bootstrap, null imposed, residuals of fits without the cluster (WCR-31)",
           "vild klusterbootstrap, nollhypotesen påtvingad, residualer från anpassningar utan klustret "
           "(WCR-31)"},
          {"wild cluster bootstrap, null imposed, residuals of fits without the cluster and jackknife errors "
           "(WCR-33)",
           "vild klusterbootstrap, nollhypotesen påtvingad, residualer från anpassningar utan klustret och "
           "jackknifefel (WCR-33)"}}},
    [UF_WILD_UNRESTRICTED] =
        {{{"wild cluster bootstrap, null not imposed (WCU)",
           "vild klusterbootstrap, nollhypotesen inte påtvingad (WCU)"},
          {"wild cluster bootstrap, null not imposed, jackknife errors (WCU-13)",
           "vild klusterbootstrap, nollhypotesen inte påtvingad, jackknifefel (WCU-13)"}},
         {{"wild cluster bootstrap, null not imposed, residuals of fits without the cluster (WCU-31)",
           "vild klusterbootstrap, nollhypotesen inte påtvingad, residualer från anpassningar utan klustret "
           "(WCU-31)"},
          {"wild cluster bootstrap, null not imposed, residuals of fits without the cluster and jackknife "
           "errors "
           "(WCU-33)",
           "vild klusterbootstrap, nollhypotesen inte påtvingad, residualer från anpassningar utan klustret "
           "och "
           "jackknifefel (WCU-33)"}}},
};
static const struct uf_words nothing = {"", ""};
static const struct uf_words null_words = {"; tested: the value {5}", "; prövat: värdet {5}"};
static const struct uf_words tails_words[] = {
    [UF_WILD_SYMMETRIC] = {"", ""},
    [UF_WILD_EQUAL_TAILED] = {"; equal-tailed p", "; p med lika stora svansar"},
    [UF_WILD_GREATER] = {"; one-sided p: the effect is larger; the interval has a lower end only",
                         "; ensidigt p: effekten är större; intervallet har bara en nedre gräns"},
    [UF_WILD_LESS] = {"; one-sided p: the effect is smaller; the interval has an upper end only",
                      "; ensidigt p: effekten är mindre; intervallet har bara en övre gräns"},
};
static const struct uf_words all_words = {"; all {0} {1} weight vectors of {2} clusters",
                                          "; alla {0} viktvektorer ({1}) för {2} kluster"};
static const struct uf_words drawn_words = {"; {0} random {1} weight vectors of {2} clusters",
                                            "; {0} slumpade viktvektorer ({1}) för {2} kluster"};
static const struct uf_words two_way_words = {", those of the cluster column with the fewest; two-way errors",
                                              ", de i den klusterkolumn som har minst antal; tvåvägsfel"};
static const struct uf_words infeasible_words = {
    "; {6} draws had no positive variance and count as extreme",
    "; {6} dragningar hade ingen positiv varians och räknas som extrema"};
static const struct uf_words least_words = {"; smallest attainable p {3}", "; minsta möjliga p {3}"};
static const struct uf_words unbounded_words = {
    "; the interval has no end on that side, since even a value infinitely far away has p = {4}",
    "; intervallet har inget slut på den sidan, eftersom även ett oändligt avlägset värde har p = {4}"};

uf_status uf_wild_bootstrap_describe(const struct uf_wild_bootstrap *bootstrap, enum uf_language language,
                                     char **out, struct uf_error *error)
{
    struct uf_buffer text;
    uf_buffer_init(&text);
    /* a one-sided interval has no second end to miss */
    bool no_low = isinf(bootstrap->conf_low) && bootstrap->tails != UF_WILD_LESS,
         no_high = isinf(bootstrap->conf_high) && bootstrap->tails != UF_WILD_GREATER;
    const struct uf_words parts[] = {
        type_words[bootstrap->null][bootstrap->jackknife_residuals][bootstrap->jackknife_variance],
        bootstrap->null_value != 0 ? null_words : nothing, // NOLINT: exactly 0 needs no mention
        tails_words[bootstrap->tails],
        bootstrap->enumerated ? all_words : drawn_words,
        bootstrap->n_dimensions > 1 ? two_way_words : nothing,
        bootstrap->infeasible > 0 ? infeasible_words : nothing,
        least_words,
        no_low || no_high ? unbounded_words : nothing,
    };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        uf_buffer_append(&text, uf_words_in(parts[i], language));
    char *template_text = uf_buffer_take(&text);
    if (!template_text) return uf_fail_memory(error);
    const struct uf_argument arguments[] = {
        uf_count_argument(bootstrap->draws),
        uf_text_argument(bootstrap->weights == UF_WILD_WEBB ? "Webb" : "Rademacher"),
        uf_count_argument(bootstrap->n_clusters),
        uf_number_argument(bootstrap->least_p, -1),
        uf_number_argument(no_low ? bootstrap->p_limit[0] : bootstrap->p_limit[1], -1),
        uf_number_argument(bootstrap->null_value, -1),
        uf_count_argument(bootstrap->infeasible),
    };
    uf_status status = uf_phrase(language, (struct uf_words){template_text, template_text}, arguments,
                                 sizeof arguments / sizeof *arguments, out, error);
    free(template_text);
    return status;
}
