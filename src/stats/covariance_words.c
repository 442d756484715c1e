// SPDX-License-Identifier: GPL-3.0-or-later
/* How a covariance was counted, in words. */
#include <stdlib.h>
#include <utfall/covariance.h>
#include <utfall/text.h>

#include "base/fail.h"

static const struct uf_words df_words[] = {
    [UF_DF_DEFAULT] = {"", ""},
    [UF_DF_RESIDUAL] = {"t with N − K degrees of freedom, all absorbed effects counted",
                        "t-fördelning med N − K frihetsgrader, alla fasta effekter medräknade"},
    [UF_DF_CLUSTERS] = {"t with G − 1 = {0} degrees of freedom",
                        "t-fördelning med G − 1 = {0} frihetsgrader"},
    [UF_DF_SATTERTHWAITE] = {"t with Satterthwaite's degrees of freedom, {1} clusters",
                             "t-fördelning med Satterthwaites frihetsgrader, {1} kluster"},
};

static const struct uf_words k_words[] = {
    [UF_K_FIXEST] = {"; K = {2}: effects nested in a cluster are not counted (rule fixest)",
                     "; K = {2}: effekter som ligger inom kluster räknas inte (regeln fixest)"},
    [UF_K_STATA] = {"; K = {2}: all effects are counted (rule stata)",
                    "; K = {2}: alla fasta effekter räknas (regeln stata)"},
    [UF_K_REGHDFE] = {"; K = {2}: effects nested in a cluster are not counted, redundant ones by connected "
                      "parts (rule reghdfe)",
                      "; K = {2}: effekter som ligger inom kluster räknas inte, överflödiga räknas per "
                      "sammanhängande del (regeln "
                      "reghdfe)"},
    [UF_K_NONE] = {"; K = {2}: no absorbed effect is counted (rule none)",
                   "; K = {2}: inga fasta effekter räknas (regeln none)"},
};

static const struct uf_words repaired_words = {
    "; not positive semi-definite, negative eigenvalues set to zero",
    "; matrisen var inte positivt semidefinit, negativa egenvärden har satts till noll"};

uf_status uf_covariance_describe(const struct uf_covariance *covariance,
                                 const struct uf_covariance_options *options, enum uf_language language,
                                 char **out, struct uf_error *error)
{
    size_t count;
    struct uf_buffer text;
    uf_buffer_init(&text);
    const struct uf_words parts[] = {
        uf_covariance_types(&count)[options->kind].summary,
        {"; ", "; "},
        df_words[covariance->df_rule],
        options->kind == UF_COVARIANCE_CR1S ? k_words[options->k_rule] : (struct uf_words){"", ""},
        covariance->repaired ? repaired_words : (struct uf_words){"", ""},
    };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        uf_buffer_append(&text, uf_words_in(parts[i], language));
    char *template_text = uf_buffer_take(&text);
    if (!template_text) return uf_fail_memory(error);
    const struct uf_argument arguments[] = {
        uf_number_argument((double)covariance->n_clusters - 1, 0),
        uf_count_argument(covariance->n_clusters),
        uf_number_argument(covariance->parameters, 0),
    };
    uf_status status =
        uf_phrase(language, (struct uf_words){template_text, template_text}, arguments, 3, out, error);
    free(template_text);
    return status;
}
