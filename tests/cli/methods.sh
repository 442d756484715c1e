#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The index of methods is what their descriptors say; each method has a card with all its parts and options.
set -euo pipefail
: "${UTFALL_SOURCE_DIR:=$(cd "$(dirname "$0")/../.." && pwd)}" # by hand, without ctest
command -v jq >/dev/null || { echo "methods: skipped, there is no jq"; exit 77; }
"$UTFALL_SOURCE_DIR/scripts/make-method-index" --check
echo "methods: the index and the cards say what the descriptors say"
