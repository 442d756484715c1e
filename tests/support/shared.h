// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_TESTS_SHARED_H
#define UTFALL_TESTS_SHARED_H
/* Files of the shared folder (third-party data and peers' results), which is not part of this repository. */
#include <jansson.h>
#include <stddef.h>

/* The path of a file under UTFALL_SHARED_DIR (default ../shared), or NULL where it is absent; static buffer. */
const char *shared_path(const char *relative);
/* Skips the running test, saying which file is absent. Returns the path (static buffer) otherwise. */
const char *need_shared(const char *relative);
/* A file of the repository; static buffer. */
const char *source_path(const char *relative);
/* Parses a JSON file or fails the test. json_decref() it. */
json_t *load_json(const char *path);
/* A new empty folder for this test, removed at exit; static buffer, one per process. */
const char *scratch_directory(void);
/* A rectangular CSV with a header, all cells as texts, read with no help from the library under test. */
struct raw_csv {
    size_t n_rows, n_columns;
    char **header; /* n_columns */
    char **cell;   /* n_rows * n_columns, row by row */
};
struct raw_csv raw_csv_read(const char *path);
void raw_csv_free(struct raw_csv *csv);
size_t raw_csv_column(const struct raw_csv *csv, const char *name);          /* fails the test when absent */
double raw_csv_number(const struct raw_csv *csv, size_t row, size_t column); /* NaN for an empty cell or NA */
#endif
