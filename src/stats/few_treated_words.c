// SPDX-License-Identifier: GPL-3.0-or-later
/* What Conley–Taber and Ferman–Pinto did, in words. */
#include <math.h>
#include <stdlib.h>
#include <utfall/few_treated.h>
#include <utfall/text.h>

#include "base/fail.h"

static const struct uf_words kind_words[] = {
    [UF_CONLEY_TABER] = {"Conley–Taber: {0} treated, residuals of {1} controls; {2} {3}",
                         "Conley–Taber: {0} behandlade, residualer från {1} kontroller; {2} {3}"},
    [UF_FERMAN_PINTO] = {"Ferman–Pinto: {0} treated, {1} controls, null imposed; {2} {3}",
                         "Ferman–Pinto: {0} behandlade, {1} kontroller, nollhypotesen påtvingad; {2} {3}"},
};
static const struct uf_words all_words = {"choices (all)", "val (alla)"};
static const struct uf_words some_words = {"random draws", "slumpade dragningar"};
static const struct uf_words model_words[] = {
    [UF_FEW_TREATED_BOTH] = {"; variance {4} + {5}/size", "; varians {4} + {5}/storlek"},
    [UF_FEW_TREATED_NO_SLOPE] = {"; variance does not fall with size, one for all",
                                 "; variansen faller inte med storleken, en för alla"},
    [UF_FEW_TREATED_NO_CONSTANT] = {"; variance {5}/size", "; varians {5}/storlek"},
    [UF_FEW_TREATED_ONE_SIZE] = {"; sizes do not vary, one variance for all",
                                 "; storleken varierar inte, en varians för alla"},
};
static const struct uf_words incomplete_words = {
    "; {6} blocks lack periods and lent no residuals to some",
    "; {6} block saknar perioder och har inte lånat ut residualer till alla"};
static const struct uf_words least_words = {"; smallest attainable p {7}", "; minsta möjliga p {7}"};
static const struct uf_words unbounded_words = {
    "; the interval has no end on one side, since even a value infinitely far away is not rejected",
    "; intervallet saknar slut på en sida, eftersom inte ens ett oändligt avlägset värde förkastas"};

/* Variances can be of any magnitude: four significant digits, and with an exponent where that would be many zeros. */
static int decimals_of(double value)
{
    enum { MOST = 9 };
    if (!(value > 0)) return 0;
    double digits = 3 - floor(log10(value));
    return digits < 0 ? 0 : digits > MOST ? -1 : (int)digits;
}

uf_status uf_few_treated_describe(const struct uf_few_treated *few, enum uf_language language, char **out,
                                  struct uf_error *error)
{
    const struct uf_words none = {"", ""};
    bool unbounded = isinf(few->conf_low) || isinf(few->conf_high);
    const struct uf_words parts[] = {
        kind_words[few->kind],
        few->kind == UF_FERMAN_PINTO ? model_words[few->model] : none,
        few->n_incomplete > 0 ? incomplete_words : none,
        least_words,
        unbounded ? unbounded_words : none,
    };
    struct uf_buffer text;
    uf_buffer_init(&text);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        uf_buffer_append(&text, uf_words_in(parts[i], language));
    char *template_text = uf_buffer_take(&text);
    if (!template_text) return uf_fail_memory(error);
    const struct uf_argument arguments[] = {
        uf_count_argument(few->n_treated),
        uf_count_argument(few->n_controls),
        uf_count_argument(few->draws),
        uf_text_argument(uf_words_in(few->enumerated ? all_words : some_words, language)),
        uf_number_argument(few->constant, decimals_of(few->constant)),
        uf_number_argument(few->slope, decimals_of(few->slope)),
        uf_count_argument(few->n_incomplete),
        uf_number_argument(few->least_p, -1),
    };
    uf_status status = uf_phrase(language, (struct uf_words){template_text, template_text}, arguments,
                                 sizeof arguments / sizeof *arguments, out, error);
    free(template_text);
    return status;
}
