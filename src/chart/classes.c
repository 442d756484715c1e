// SPDX-License-Identifier: GPL-3.0-or-later
#include "chart/classes.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <utfall/number.h>

/* As a number is printed: 0.95, which is a little less, is 0.9 with one decimal, though 10 * 0.95 is 9.5. */
static double rounded(double value, int decimals)
{
    char text[400];
    if (decimals < 0 || decimals > 15 || !isfinite(value)) return value;
    snprintf(text, sizeof text, "%.*f", decimals, value);
    return strtod(text, NULL); /* of the same locale */
}

static int by_value(const void *a, const void *b)
{
    double p = *(const double *)a, q = *(const double *)b;
    return (p > q) - (p < q);
}

/* The quantile at `share` between the two neighbouring values (R's type 7). */
static double quantile(const double *sorted, size_t n, double share)
{
    double at = share * (double)(n - 1);
    size_t below = (size_t)floor(at);
    double part = at - (double)below;
    return below + 1 < n ? sorted[below] + part * (sorted[below + 1] - sorted[below]) : sorted[n - 1];
}

struct uf_classes uf_classes_of(const double *values, size_t n, double middle, int decimals)
{
    struct uf_classes classes = {.decimals = decimals};
    double smallest = pow(10, -decimals);
    double *sorted = malloc((n ? n : 1) * sizeof *sorted);
    size_t m = 0;
    for (size_t i = 0; sorted && i < n; i++)
        if (!isnan(values[i])) sorted[m++] = isnan(middle) ? values[i] : fabs(values[i] - middle);
    if (m) qsort(sorted, m, sizeof *sorted, by_value);
    for (int k = 0; k < UF_CLASSES - 1; k++) {
        if (isnan(middle)) {
            classes.limits[k] = m ? rounded(quantile(sorted, m, (k + 1) / 5.0), decimals) : k;
            /* where many share the smallest value, the lowest class is theirs and not one below them */
            if (k == 0 && m && classes.limits[0] <= rounded(sorted[0], decimals))
                classes.limits[0] = rounded(sorted[0] + smallest, decimals);
            if (k > 0 && classes.limits[k] <= classes.limits[k - 1])
                classes.limits[k] = rounded(classes.limits[k - 1] + smallest, decimals);
        } else {
            /* most values lie within 2.5 steps; the outer classes are open, so an outlier does not stretch
             * the others */
            double step = m ? fmax(rounded(quantile(sorted, m, 0.9) / 2.0, decimals), 2 * smallest) : 1;
            classes.limits[k] = rounded(middle + (k - 1.5) * step, decimals);
        }
    }
    free(sorted);
    return classes;
}

int uf_class_of(const struct uf_classes *classes, double value)
{
    if (isnan(value)) return 0;
    int class = 1;
    double shown = rounded(value, classes->decimals), slack = 1e-6 * pow(10, -classes->decimals);
    while (class < UF_CLASSES && shown >= classes->limits[class - 1] - slack) class ++;
    return class;
}

char *uf_class_words(const struct uf_classes *classes, int class, enum uf_language language)
{
    double low = class > 1 ? classes->limits[class - 2] : 0;
    double high = class < UF_CLASSES ? classes->limits[class - 1] - pow(10, -classes->decimals) : 0;
    struct uf_argument arguments[2] = {
        uf_number_argument(low, classes->decimals),
        uf_number_argument(class == 1 ? classes->limits[0] : high, classes->decimals)};
    struct uf_words words = {"{0}–{1}", "{0}–{1}"};
    if (class == 1)
        words = (struct uf_words){"below {1}", "under {1}"};
    else if (class == UF_CLASSES)
        words = (struct uf_words){"{0} or more", "{0} eller mer"};
    else if (rounded(low, classes->decimals) == rounded(high, classes->decimals))
        words = (struct uf_words){"{0}", "{0}"};
    else if (low < 0 || high < 0)
        words = (struct uf_words){"{0} to {1}", "{0} till {1}"};
    char *text = NULL;
    return uf_phrase(language, words, arguments, 2, &text, NULL) == UF_OK ? text : NULL;
}
