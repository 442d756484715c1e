#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Style and static analysis (scripts/lint); and the analysis itself: a planted leak must be found.
set -euo pipefail
: "${UTFALL_SOURCE_DIR:=$(cd "$(dirname "$0")/../.." && pwd)}" # by hand, without ctest
: "${UTFALL_BUILD_DIR:=$UTFALL_SOURCE_DIR/build/release}"
cd "$UTFALL_SOURCE_DIR"
for tool in clang-format clang-tidy cppcheck; do
    command -v "$tool" >/dev/null || { echo "lint: skipped, there is no $tool; scripts/setup --tests installs it"; exit 77; }
done
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
printf '#include <stdlib.h>\nint leak(int n);\nint leak(int n)\n{\n    int *p = malloc(4);\n    if (n) return 1;\n    free(p);\n    return 0;\n}\n' >"$scratch/leak.c"
if clang-tidy --config-file=.clang-tidy --quiet "$scratch/leak.c" -- >"$scratch/log" 2>&1 || ! grep -q unix.Malloc "$scratch/log"; then
    cat "$scratch/log"
    echo "lint: clang-tidy did not find a planted leak"
    exit 1
fi
scripts/lint "$UTFALL_BUILD_DIR"
