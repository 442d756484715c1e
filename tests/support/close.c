// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/test.h"

#include <math.h>

void expect_close(double actual, double expected, double relative, const char *what)
{
    if (isnan(actual) && isnan(expected)) return;
    double scale = fmax(fabs(expected), 1e-300);
    if (!(fabs(actual - expected) <= relative * scale))
        fail_msg("%s: %.17g, expected %.17g (relative difference %.3g, allowed %.3g)", what, actual, expected,
                 fabs(actual - expected) / scale, relative);
}

void expect_within(double actual, double expected, double absolute, const char *what)
{
    if (isnan(actual) && isnan(expected)) return;
    if (!(fabs(actual - expected) <= absolute))
        fail_msg("%s: %.17g, expected %.17g (difference %.3g, allowed %.3g)", what, actual, expected,
                 fabs(actual - expected), absolute);
}

double correct_digits(double actual, double expected)
{
    if (isnan(actual)) return 0;
    double error = expected == 0 ? fabs(actual) : fabs(actual - expected) / fabs(expected);
    if (error < 1e-16) return 16;
    return fmax(0, -log10(error));
}
