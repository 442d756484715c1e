// SPDX-License-Identifier: GPL-3.0-or-later
/* What clang-tidy is told before each file (scripts/lint); never compiled into anything. The analyser sees one file at a time, and so
 * would follow paths on which `return uf_fail(…)` returned UF_OK. The functions are defined in src/base/status.c, which is read without
 * this. */
#include "base/fail.h"

#define UF_LINT_FAILED(call)                                                                                 \
    __extension__({                                                                                          \
        uf_status uf_lint_status = (call);                                                                   \
        if (uf_lint_status == UF_OK) __builtin_unreachable();                                                \
        uf_lint_status;                                                                                      \
    })
#define uf_fail(...)        UF_LINT_FAILED(uf_fail(__VA_ARGS__))
#define uf_fail_at(...)     UF_LINT_FAILED(uf_fail_at(__VA_ARGS__))
#define uf_fail_memory(...) UF_LINT_FAILED(uf_fail_memory(__VA_ARGS__))
