// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_TESTS_CLOSE_H
#define UTFALL_TESTS_CLOSE_H
/* cmocka's assert_float_equal is single precision; these compare doubles and print both in full. */

/* |actual - expected| <= relative * max(|expected|, tiny); NaN equals NaN. `what` names the value in the
 * message. */
void expect_close(double actual, double expected, double relative, const char *what);
/* |actual - expected| <= absolute. */
void expect_within(double actual, double expected, double absolute, const char *what);
/* The number of correct significant digits (log relative error; absolute where expected is 0), at most 16. */
double correct_digits(double actual, double expected);
#endif
