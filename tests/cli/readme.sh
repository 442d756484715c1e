#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Runs every ```sh block of README.md, CONTRIBUTING.md and docs/**/*.md, in order, in a scratch copy of the source tree, with the built
# program. What a reader is told to type must work as written.
#
#   <!-- file: NAME -->   before a block of any kind: the block is that file
#   <!-- exit: N -->      before a sh block: its last command ends with that code
#
# Building again would take minutes, so `cmake` and `ctest` only check that the preset they are given exists; building "makes" the program
# by putting the built one in its place. scripts/demo and scripts/setup are the real ones. scripts/test, which runs this test, is checked
# for being there.
set -euo pipefail
: "${UTFALL_SOURCE_DIR:=$(cd "$(dirname "$0")/../.." && pwd)}" # by hand, without ctest
: "${UTFALL:=$UTFALL_SOURCE_DIR/build/release/utfall}"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
[ -x "$UTFALL" ] || { echo "readme: the program is not built"; exit 1; }

mkdir "$scratch/bin" "$scratch/blocks"
cat >"$scratch/bin/cmake" <<'WRAPPER'
#!/bin/bash
set -eu
preset=
for ((i = 1; i < $#; i++)); do [ "${!i}" = --preset ] && j=$((i + 1)) && preset=${!j}; done
[ -n "$preset" ] || { echo "cmake: expected --preset" >&2; exit 1; }
"$REAL_CMAKE" --list-presets | grep -q "\"$preset\"" || { echo "cmake: there is no preset $preset" >&2; exit 1; }
if [ "$1" = --build ]; then mkdir -p "build/$preset" && ln -sf "$UTFALL" "build/$preset/utfall"; fi
WRAPPER
cat >"$scratch/bin/ctest" <<'WRAPPER'
#!/bin/bash
set -eu
[ "$1" = --preset ] && "$REAL_CTEST" --list-presets | grep -q "\"$2\"" || { echo "ctest: there is no preset ${2-}" >&2; exit 1; }
WRAPPER
chmod +x "$scratch"/bin/*
REAL_CMAKE=$(command -v cmake) REAL_CTEST=$(command -v ctest)
export REAL_CMAKE REAL_CTEST UTFALL

# Splits a document into $scratch/blocks/NNN.{sh,file} with NNN.name and NNN.exit.
split_blocks() {
    awk -v out="$scratch/blocks" '
        /^<!-- file: .* -->$/ { file = $3; next }
        /^<!-- exit: [0-9]+ -->$/ { code = $3; next }
        /^```/ && !inside { inside = 1; kind = substr($0, 4); take = (kind == "sh" || file != "")
            if (take) { base = sprintf("%s/%03d", out, ++n); path = base (file != "" ? ".file" : ".sh"); printf "" >path
                        if (file != "") print file >(base ".name"); print (code == "" ? 0 : code) >(base ".exit")
                        print FNR >(base ".line") }
            file = ""; code = ""; next }
        /^```/ && inside { inside = 0; if (take) close(path); take = 0; next }
        inside && take { print >path }
        !inside && NF { file = ""; code = "" }
        END { if (inside) { print FILENAME ": a block is not closed" >"/dev/stderr"; exit 1 } }' "$1"
}

blocks=0
cd "$UTFALL_SOURCE_DIR"
while read -r document; do
    rm -rf "$scratch/blocks" "$scratch/tree" && mkdir -p "$scratch/blocks" "$scratch/tree"
    # The tree as a clone has it: no build folders, no earlier output.
    tar -c --exclude=./build --exclude=./out --exclude=./.git . | tar -x -C "$scratch/tree"
    printf '#!/bin/sh\nexit 0\n' >"$scratch/tree/scripts/test"
    split_blocks "$document"
    for base in $(find "$scratch/blocks" -name '*.line' | sort); do
        base=${base%.line}
        if [ -f "$base.name" ]; then
            mkdir -p "$scratch/tree/$(dirname "$(cat "$base.name")")"
            cp "$base.file" "$scratch/tree/$(cat "$base.name")"
            continue
        fi
        blocks=$((blocks + 1))
        code=0
        # A shell of its own per block, which stops at the first failure; variables live on, as in a reader's shell.
        (cd "$scratch/tree" && PATH=$scratch/bin:$PATH bash -euc '
            [ ! -f "$2" ] || . "$2"
            . "$1"
            export -p >"$2"' block "$base.sh" "$scratch/blocks/environment") >"$base.log" 2>&1 || code=$?
        if [ "$code" != "$(cat "$base.exit")" ]; then
            cat "$base.log"
            echo "readme: $document:$(cat "$base.line"): this block ended with $code, expected $(cat "$base.exit"):"
            cat "$base.sh"
            exit 1
        fi
    done
done < <(find README.md CONTRIBUTING.md docs -name '*.md' | sort)

[ "$blocks" -ge 5 ] || { echo "readme: found only $blocks blocks to run"; exit 1; }
# Paths that the documents name must be there: from the top of the tree, or beside the document.
while read -r document; do
    folder=$(dirname "$document")
    { grep -oE '`[A-Za-z0-9_.-]+/[A-Za-z0-9_./*-]+`' "$document" || true; } | tr -d '`' | sort -u | while read -r path; do
        case $path in
        [0-9]*/[0-9]* | out/* | build/* | tables/* | charts/* | src/ROOM/* | tests/unit/test_x.c | tests/cli/x.sh | ../* | */ROOM/*) continue ;;
        esac
        # shellcheck disable=SC2086 # a pattern is meant to be expanded
        ls -d $path >/dev/null 2>&1 || ls -d "$folder"/$path >/dev/null 2>&1 ||
            { echo "readme: $document names $path, which is not there"; exit 1; }
    done
    # So must pictures and files that are linked to, seen from the document.
    { grep -oE '\]\([^)#: ]+\)' "$document" || true; } | sed 's/^](//; s/)$//' | sort -u | while read -r path; do
        [ -e "$folder/$path" ] || { echo "readme: $document links to $path, which is not there"; exit 1; }
    done
done < <(find README.md CONTRIBUTING.md docs -name '*.md' | sort)
echo "readme: $blocks blocks ran as written"
