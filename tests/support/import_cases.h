// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_TESTS_IMPORT_CASES_H
#define UTFALL_TESTS_IMPORT_CASES_H
/* One store in memory, and what imports into it said: setup and teardown of a test, and the three things that such tests do. */
#include "support/store_fixture.h"

extern struct uf_store *store;
extern struct uf_import_summary summary;
extern struct uf_error import_error;

int open_store(void **state);
int close_store(void **state);
/* Imports a text, which must go well; `summary` is that of this import. */
void do_import(const char *text, const struct uf_import_request *request);
/* An import that is refused in these words, and leaves `summary` as it was. */
void expect_import_refusal(const char *text, const struct uf_import_request *request, uf_status status,
                           const char *words);
/* A note of the last import has these words. */
void expect_import_note(const char *words);
#endif
