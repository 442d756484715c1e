// SPDX-License-Identifier: GPL-3.0-or-later
/* Romano and Wolf's step-down test over the main estimates of a family: the draws that each analysis kept, side by side. They
 * belong together only where each draw did the same to the same regions in all analyses; where it did not, nothing is
 * adjusted and the reason is said. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "effect/resampled.h"
#include "study/run.h"

#define SAME 1e-6 /* p-values that were counted in two places */

static uf_status refuse(struct run *run, struct uf_words why, const struct uf_argument *arguments,
                        size_t n_arguments, struct uf_error *error)
{
    static const struct uf_words all = {"Romano and Wolf’s procedure cannot read these estimates together: "
                                        "{0}. Or take multiple-testing: holm, which "
                                        "holds whatever they depend on.",
                                        "Romano och Wolfs metod kan inte läsa skattningarna tillsammans: "
                                        "{0}. Eller välj multiple-testing: holm, som "
                                        "håller vad de än beror av."};
    char *reason = NULL, *text = NULL;
    if (run->not_adjusted) return UF_OK; /* of another family: one is enough */
    UF_TRY(uf_phrase(run->language, why, arguments, n_arguments, &reason, error));
    const struct uf_argument argument = uf_text_argument(reason);
    uf_status status = uf_phrase(run->language, all, &argument, 1, &text, error);
    free(reason);
    if (status == UF_OK) run->not_adjusted = text;
    return status;
}

/* The first line in which two designs differ, as `SE312 2017`; its end is not marked. */
static const char *first_difference(const char *one, const char *other)
{
    const char *line = one;
    for (; *one && *one == *other; one++, other++)
        if (*one == '\n') line = one + 1;
    return line;
}

static char *copy_line(const char *line)
{
    char *copy = uf_text_copy(line);
    if (copy) copy[strcspn(copy, "\n")] = '\0';
    return copy;
}

static uf_status refuse_design(struct run *run, const struct main_estimate *first,
                               const struct main_estimate *other, const char *one, const char *two,
                               struct uf_error *error)
{
    static const struct uf_words draws = {"{0} and {1} were not resampled alike, in {2} and in {3} ways; "
                                          "give them the same regions, periods and number of "
                                          "draws",
                                          "{0} och {1} är inte omdragna på samma sätt, utan på {2} "
                                          "respektive {3} sätt; ge dem samma regioner, perioder och "
                                          "antal dragningar"};
    static const struct uf_words units = {
        "{0} and {1} were not resampled alike; the first region (with its start and cluster) in which they "
        "differ is "
        "‘{2}’ and ‘{3}’; give them the same regions, starts and clusters",
        "{0} och {1} är inte omdragna på samma sätt; den första region (med start och kluster) där de "
        "skiljer sig är "
        "”{2}” respektive ”{3}”; ge dem samma regioner, starter och kluster"};
    size_t at = (size_t)(first_difference(one, two) - one);
    char *left = copy_line(one + at), *right = copy_line(two + at);
    char *count[2] = {left ? strchr(left, ' ') : NULL, right ? strchr(right, ' ') : NULL};
    bool by_draws = at == 0 && count[0] && count[1];
    for (size_t i = 0; i < 2 && by_draws; i++) {
        count[i]++;
        count[i][strcspn(count[i], " ")] = '\0';
    }
    static const struct uf_words nothing = {"none", "ingen"};
    const char *none = uf_words_in(nothing, run->language);
    const struct uf_argument arguments[] = {uf_text_argument(first->analysis->title),
                                            uf_text_argument(other->analysis->title),
                                            uf_text_argument(by_draws        ? count[0]
                                                             : left && *left ? left
                                                                             : none),
                                            uf_text_argument(by_draws          ? count[1]
                                                             : right && *right ? right
                                                                               : none)};
    uf_status status =
        left && right ? refuse(run, by_draws ? draws : units, arguments, 4, error) : uf_fail_memory(error);
    free(left), free(right);
    return status;
}

/* False where the members' draws do not belong together, which is then said. */
static uf_status belong_together(struct run *run, struct main_estimate **members, size_t count, bool *out,
                                 struct uf_error *error)
{
    static const struct uf_words different = {"the p-value of {0} is by {2}, that of {1} by {3}; name the "
                                              "same in both, as inference: randomisation",
                                              "p-värdet för {0} kommer av {2}, det för {1} av {3}; ange "
                                              "samma för båda, som inference: randomisation"};
    static const struct uf_words not_drawn = {"the p-value of {0} is by {1}, which resamples nothing that "
                                              "can be set beside the others; take a method with "
                                              "inference: randomisation or wild-bootstrap",
                                              "p-värdet för {0} kommer av {1}, som inte drar om något som "
                                              "kan ställas bredvid de andra; välj en metod med "
                                              "inference: randomisation eller wild-bootstrap"};
    const struct uf_resampled *first = uf_result_resampled(&members[0]->analysis->result, members[0]->vcov);
    *out = false;
    for (size_t i = 0; i < count; i++) {
        const struct uf_resampled *own = uf_result_resampled(&members[i]->analysis->result, members[i]->vcov);
        char one[64], two[64];
        const struct uf_argument names[] = {
            uf_text_argument(members[i]->analysis->title),
            uf_text_argument(run_inference_words(members[i]->vcov, run->language, one, sizeof one))};
        if (!own) return refuse(run, not_drawn, names, 2, error);
        const struct uf_argument pair[] = {
            uf_text_argument(members[0]->analysis->title), names[0],
            uf_text_argument(run_inference_words(members[0]->vcov, run->language, two, sizeof two)),
            names[1]};
        if (strcmp(members[0]->vcov, members[i]->vcov)) return refuse(run, different, pair, 4, error);
        if (strcmp(first->design, own->design))
            return refuse_design(run, members[0], members[i], first->design, own->design, error);
    }
    *out = true;
    return UF_OK;
}

/* The p-value that the draws give, as the kernels count it. */
static double p_of(const struct uf_resampled *draws)
{
    size_t extreme = 1;
    for (size_t b = 1; b < draws->count; b++)
        extreme += !(fabs(draws->statistic[b]) < fabs(draws->statistic[0]) * (1 - 1e-9)); /* NaN is extreme */
    return (double)extreme / (double)draws->count;
}

/* The row of the first term with that inference; SIZE_MAX: none, or no p-value, or no draws were kept of it. */
static size_t drawn_row(const struct main_estimate *member, const char *vcov)
{
    const struct uf_table *estimates = uf_result_table(&member->analysis->result, "estimates");
    size_t name = uf_table_column(estimates, "vcov"), term = uf_table_column(estimates, "term"),
           p = uf_table_column(estimates, "p_value");
    const struct uf_resampled *draws = uf_result_resampled(&member->analysis->result, vcov);
    if (name == SIZE_MAX || !draws) return SIZE_MAX;
    for (size_t row = 0; row < uf_table_rows(estimates); row++)
        if (uf_text_equal(uf_table_text(estimates, row, name), vcov) &&
            uf_text_equal(uf_table_text(estimates, row, term),
                          uf_table_text(estimates, member->from, term)) &&
            fabs(uf_table_number(estimates, row, p) - p_of(draws)) < SAME)
            return row; /* and the draws are those that it is of */
    return SIZE_MAX;
}

uf_status run_choose_drawn(struct run *run, struct main_estimate **members, size_t count,
                           struct uf_error *error)
{
    (void)run, (void)error;
    const struct uf_table *estimates = uf_result_table(&members[0]->analysis->result, "estimates");
    size_t name = uf_table_column(estimates, "vcov");
    for (size_t row = members[0]->from; count > 1 && name != SIZE_MAX && row < uf_table_rows(estimates);
         row++) {
        const char *vcov = uf_table_text(estimates, row, name);
        bool all = vcov && drawn_row(members[0], vcov) == row;
        for (size_t i = 1; i < count && all; i++) all = drawn_row(members[i], vcov) != SIZE_MAX;
        if (!all) continue;
        for (size_t i = 0; i < count; i++) run_take_row(members[i], drawn_row(members[i], vcov));
        break;
    }
    return UF_OK;
}

uf_status run_romano_wolf(struct run *run, struct main_estimate **members, size_t count, double *out,
                          struct uf_error *error)
{
    bool together = count == 1; /* by itself its p-value stays, wherever it comes from */
    if (!together) UF_TRY(belong_together(run, members, count, &together, error));
    for (size_t i = 0; i < count; i++) out[i] = together ? members[i]->p : (double)NAN;
    if (!together || count < 2) return UF_OK;
    const struct uf_resampled **draws = calloc(count, sizeof *draws);
    if (!draws) return uf_fail_memory(error);
    for (size_t i = 0; i < count; i++)
        draws[i] = uf_result_resampled(&members[i]->analysis->result, members[i]->vcov);
    uf_status status = effect_romano_wolf(draws, count, out, error);
    free(draws);
    return status;
}
