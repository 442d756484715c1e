// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_STATUS_H
#define UTFALL_STATUS_H
/*
 * How every function of Utfall says whether it worked.
 *
 * A function that can fail returns a `uf_status`; its results go through out-parameters, which come last and
 * are untouched on failure. The optional `struct uf_error` belongs to the caller: it holds one sentence for a
 * person (what was found, what was expected, what to do) and, where there is one, the place in a file.
 * Passing NULL for the error is allowed everywhere and loses only the sentence.
 */
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum uf_status {
    UF_OK = 0,
    UF_CHECK_FAILED,       /* a verification found a difference */
    UF_BAD_USAGE,          /* the caller's words are off: unknown option, method, argument */
    UF_BAD_INPUT,          /* a file or a value cannot be taken as it is */
    UF_NOT_IDENTIFIED,     /* the design cannot identify, or the data cannot estimate, what was asked */
    UF_REFUSED_DISCLOSURE, /* publishing this would reveal single firms or persons */
    UF_IO_FAILED,          /* reading or writing failed; a helper program is missing */
    UF_NO_MEMORY,
    UF_INTERRUPTED, /* the progress callback asked to stop */
    UF_INTERNAL     /* a bug in Utfall */
} uf_status;

enum { UF_ERROR_MESSAGE_SIZE = 1536, UF_ERROR_FILE_SIZE = 1024 };

struct uf_error {
    uf_status status;
    char message[UF_ERROR_MESSAGE_SIZE]; /* one sentence or a few, UTF-8, no final newline */
    char file[UF_ERROR_FILE_SIZE];       /* empty where no file is concerned */
    size_t line;                         /* from 1; 0: not known */
    size_t column;                       /* from 1, in characters; 0: not known */
};

/* Sets the error to "nothing happened". Cost: O(1). */
void uf_error_clear(struct uf_error *error);

/* Writes `file:line:column: message` (as much of the place as is known) to `buffer`, always terminated.
 * Returns the length that the whole text has, as snprintf does. */
size_t uf_error_format(const struct uf_error *error, char *buffer, size_t size);

/* The exit code of the command line for a status: 0 done, 1 a check failed, 2 usage, 3 bad input, 4 not
 * identified or not estimable, 5 refused by disclosure control, 6 input/output, 70 a bug, 130 interrupted. */
int uf_status_exit_code(uf_status status);

/* A short English name, as `bad input`; never NULL. */
const char *uf_status_name(uf_status status);

#ifdef __cplusplus
}
#endif
#endif
