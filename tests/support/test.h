// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_TESTS_TEST_H
#define UTFALL_TESTS_TEST_H
/* What every test includes: cmocka with the headers it needs, comparison of doubles, files of the shared
 * folder. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/close.h"
#include "support/shared.h"

#define assert_ok(status, error)                                                                             \
    do {                                                                                                     \
        uf_status assert_ok_status = (status);                                                               \
        if (assert_ok_status != UF_OK) fail_msg("status %d: %s", (int)assert_ok_status, (error)->message);   \
    } while (0)
#endif
