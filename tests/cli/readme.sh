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

mkdir "$scratch/bin"
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

# Splits document $1 into $2/NNN.{sh,file} with NNN.name, NNN.exit and NNN.line.
split_blocks() {
    awk -v out="$2" '
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

# The tree as a clone has it: no build folders, no earlier output. Each document gets links to this copy; what it writes is its own, and
# what it writes into a file of the tree is found at the end.
mkdir "$scratch/source"
cd "$UTFALL_SOURCE_DIR"
tar -c --exclude=./build --exclude=./out --exclude=./.git . | tar -x -C "$scratch/source"
printf '#!/bin/sh\nexit 0\n' >"$scratch/source/scripts/test"
checksum() { (cd "$scratch/source" && find . -type f -print0 | sort -z | xargs -0 cat | cksum); }
before=$(checksum)

# All blocks of document $1, in the folder $2, which gets a tree of its own; what failed is left in $2/failed.
run_document() {
    local document=$1 blocks=$2/blocks tree=$2/tree base code
    mkdir -p "$blocks"
    split_blocks "$document" "$blocks" 2>"$2/failed" || return 1
    [ -n "$(find "$blocks" -name '*.sh' | head -1)" ] || return 0
    cp -al "$scratch/source" "$tree"
    for base in $(find "$blocks" -name '*.line' | sort); do
        base=${base%.line}
        if [ -f "$base.name" ]; then
            mkdir -p "$tree/$(dirname "$(cat "$base.name")")"
            rm -f "$tree/$(cat "$base.name")"
            cp "$base.file" "$tree/$(cat "$base.name")"
            continue
        fi
        code=0
        # A shell of its own per block, which stops at the first failure; variables live on, as in a reader's shell.
        (cd "$tree" && PATH=$scratch/bin:$PATH bash -euc '
            [ ! -f "$2" ] || . "$2"
            . "$1"
            export -p >"$2"' block "$base.sh" "$blocks/environment") >"$base.log" 2>&1 || code=$?
        if [ "$code" != "$(cat "$base.exit")" ]; then
            {
                cat "$base.log"
                echo "readme: $document:$(cat "$base.line"): this block ended with $code, expected $(cat "$base.exit"):"
                cat "$base.sh"
            } >"$2/failed"
            return 1
        fi
        echo >>"$2/ran"
    done
    rm -rf "$tree"
}

# Documents do not know of each other: as many at a time as there are processors, those with most blocks first.
n=0 running=0
while read -r document; do
    n=$((n + 1))
    [ "$running" -lt "$(nproc)" ] || { wait -n || true; running=$((running - 1)); }
    run_document "$document" "$scratch/$n" &
    running=$((running + 1))
done < <(find README.md CONTRIBUTING.md docs -name '*.md' -exec grep -c '^```sh' {} + | sort -t: -k2,2nr -k1,1 | cut -d: -f1)
wait || true
failed=0
for folder in $(seq 1 "$n"); do
    [ ! -s "$scratch/$folder/failed" ] || { cat "$scratch/$folder/failed"; failed=1; }
done
[ "$failed" = 0 ] || exit 1
[ "$(checksum)" = "$before" ] || { echo "readme: a block wrote into a file of the tree"; exit 1; }
blocks=$(cat "$scratch"/*/ran | wc -l)

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
