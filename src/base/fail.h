// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_BASE_FAIL_H
#define UTFALL_BASE_FAIL_H
/* Filling the caller's error and leaving in one statement: `return uf_fail(error, UF_BAD_INPUT, "…", …);`. */
#include <stdarg.h>
#include <utfall/status.h>

/* Clears the place, writes the sentence, returns `status`. `error` may be NULL. */
uf_status uf_fail(struct uf_error *error, uf_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* The same with a place; `file` may be NULL, line and column 0. */
uf_status uf_fail_at(struct uf_error *error, uf_status status, const char *file, size_t line, size_t column,
                     const char *format, ...) __attribute__((format(printf, 6, 7)));
uf_status uf_fail_memory(struct uf_error *error);

/* Leaves the function when a call fails. */
#define UF_TRY(call)                                                                                         \
    do {                                                                                                     \
        uf_status uf_try_status = (call);                                                                    \
        if (uf_try_status != UF_OK) return uf_try_status;                                                    \
    } while (0)
/* Jumps to `label` when a call fails; expects a local `uf_status status`. */
#define UF_TRY_GOTO(call, label)                                                                             \
    do {                                                                                                     \
        status = (call);                                                                                     \
        if (status != UF_OK) goto label;                                                                     \
    } while (0)
#endif
