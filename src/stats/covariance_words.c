// SPDX-License-Identifier: GPL-3.0-or-later
/* How a covariance was counted, in words. */
#include <math.h>
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
    [UF_DF_PERIODS] = {"t with T − 1 = {3} degrees of freedom", "t-fördelning med T − 1 = {3} frihetsgrader"},
};

static const struct uf_words saddlepoint_words = {
    "p and interval by saddlepoint approximation, {1} clusters; the degrees of freedom are Satterthwaite's",
    "p och intervall genom sadelpunktsapproximation, {1} kluster; frihetsgraderna är Satterthwaites"};
static const struct uf_words each_words = {"; each of the three matrices with the factor of its own G",
                                           "; var och en av de tre matriserna med faktorn för sitt eget G"};

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

static const struct uf_words lag_words[] = {
    [UF_LAG_FOURTH_ROOT] = {"; K = {2}; lag {4} by the rule T^(1/4), Bartlett weights",
                            "; K = {2}; lagg {4} enligt regeln T^(1/4), Bartlettvikter"},
    [UF_LAG_NEWEY_WEST] = {"; K = {2}; lag {4} by the rule 4(T/100)^(2/9), Bartlett weights",
                           "; K = {2}; lagg {4} enligt regeln 4(T/100)^(2/9), Bartlettvikter"},
    [UF_LAG_GIVEN] = {"; K = {2}; lag {4} as asked for, Bartlett weights",
                      "; K = {2}; lagg {4} enligt önskemål, Bartlettvikter"},
};

static const struct uf_words kernel_words[] = {
    [UF_CONLEY_UNIFORM] = {"; K = {2}; uniform kernel up to {5}",
                           "; K = {2}; likformig kärna till och med {5}"},
    [UF_CONLEY_BARTLETT] = {"; K = {2}; Bartlett kernel up to {5}",
                            "; K = {2}; Bartlettkärna till och med {5}"},
};

static const struct uf_words metric_words[] = {
    [UF_CONLEY_GREAT_CIRCLE] = {" km by great circle", " km längs storcirkel"},
    [UF_CONLEY_FLAT] = {" km, 111 km to a degree", " km, 111 km per grad"},
    [UF_CONLEY_PLANAR] = {" in the unit of the coordinates", " i koordinaternas enhet"},
};

static const struct uf_words no_words = {"", ""};

static const struct uf_words repaired_words = {
    "; not positive semi-definite, negative eigenvalues set to zero",
    "; matrisen var inte positivt semidefinit, negativa egenvärden har satts till noll"};

uf_status uf_covariance_describe(const struct uf_covariance *covariance,
                                 const struct uf_covariance_options *options, enum uf_language language,
                                 char **out, struct uf_error *error)
{
    size_t count;
    const struct uf_covariance_type *type = &uf_covariance_types(&count)[options->kind];
    struct uf_buffer text;
    uf_buffer_init(&text);
    const struct uf_words parts[] = {
        type->summary,
        {"; ", "; "},
        covariance->saddlepoint ? saddlepoint_words : df_words[covariance->df_rule],
        options->kind == UF_COVARIANCE_CR1S ? k_words[options->k_rule] : no_words,
        covariance->own_factors ? each_words : no_words,
        type->temporal ? lag_words[options->lag_rule] : no_words,
        type->spatial ? kernel_words[options->kernel] : no_words,
        type->spatial ? metric_words[options->metric] : no_words,
        covariance->repaired ? repaired_words : no_words,
    };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        uf_buffer_append(&text, uf_words_in(parts[i], language));
    char *template_text = uf_buffer_take(&text);
    if (!template_text) return uf_fail_memory(error);
    const struct uf_argument arguments[] = {
        uf_number_argument((double)covariance->n_clusters - 1, 0),
        uf_count_argument(covariance->n_clusters),
        uf_number_argument(covariance->parameters, 0),
        uf_number_argument((double)covariance->n_periods - 1, 0),
        uf_count_argument(covariance->lag),
        uf_number_argument(options->cutoff, options->cutoff == floor(options->cutoff) ? 0 : 3),
    };
    uf_status status = uf_phrase(language, (struct uf_words){template_text, template_text}, arguments,
                                 sizeof arguments / sizeof *arguments, out, error);
    free(template_text);
    return status;
}
