// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_TESTS_STORE_FIXTURE_H
#define UTFALL_TESTS_STORE_FIXTURE_H
/* A small store and imports from texts, for tests of the store and import rooms. */
#include <utfall/import.h>
#include <utfall/store.h>

/* Sweden, NUTS 2 SE11 and SE31, their counties with county numbers, three municipalities; sectors TOTAL, A,
 * B-E, C, F. */
struct uf_store *store_with_regions(const char *path);
void put_test_regions(struct uf_store *store);
/* Imports a text as indicator `x`; the request may be NULL. */
uf_status import_text(struct uf_store *store, const char *text, const struct uf_import_request *request,
                      struct uf_import_summary *out, struct uf_error *error);
/* The only number that a query gives; fails the test where it gives another shape. */
double query_number(struct uf_store *store, const char *sql);
/* Fails the test unless the query gives exactly this text. */
void expect_text(struct uf_store *store, const char *sql, const char *expected);
/* Writes a file into the scratch directory and gives its path (static buffer). */
const char *scratch_file(const char *name, const char *text);
/* Fails the test unless the error stands at this place and its message holds the words. */
void expect_error(const struct uf_error *error, uf_status status, size_t line, size_t column,
                  const char *words);
#endif
