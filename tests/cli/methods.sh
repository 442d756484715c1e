#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The index of methods is what their descriptors say; each method has a card with all its parts and options.
set -euo pipefail
: "${UTFALL_SOURCE_DIR:=$(cd "$(dirname "$0")/../.." && pwd)}" # by hand, without ctest
command -v jq >/dev/null || { echo "methods: skipped, there is no jq"; exit 77; }
"$UTFALL_SOURCE_DIR/scripts/make-method-index" --check
echo "methods: the index and the cards say what the descriptors say"

# Every column that a method makes has words for its heading.
missing=$(cd "$UTFALL_SOURCE_DIR" && python3 - <<'PYTHON'
import glob, re
known = set(re.findall(r'\{"([^"]+)",\s*\{', open("src/report/words.c", encoding="utf-8").read()))
for name in sorted(glob.glob("src/**/*.c", recursive=True)):
    for column in re.findall(r'\{"([a-z0-9_]+)",\s*UF_COLUMN_(?:NUMBER|TEXT)', open(name, encoding="utf-8").read()):
        if column not in known and column != "key":  # `key` is not shown
            print(f"{column} ({name})")
PYTHON
)
[[ -z $missing ]] || { echo "methods: columns without words in src/report/words.c: $missing"; exit 1; }
