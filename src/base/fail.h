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

/* A compiler sees one file at a time: this tells it (and clang's analyser) that a failure is never UF_OK, so
 * that it does not follow, and warn of, paths on which a function failed and yet said that it had filled its
 * outputs. */
#define UF_FAILED(call)                                                                                      \
    __extension__({                                                                                          \
        uf_status uf_failed_status = (call);                                                                 \
        if (uf_failed_status == UF_OK) __builtin_unreachable();                                              \
        uf_failed_status;                                                                                    \
    })
#define uf_fail(...)        UF_FAILED((uf_fail)(__VA_ARGS__))
#define uf_fail_at(...)     UF_FAILED((uf_fail_at)(__VA_ARGS__))
#define uf_fail_memory(...) UF_FAILED((uf_fail_memory)(__VA_ARGS__))

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
