#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The program's own import, interrupted: SIGINT ends it with exit code 130, SIGKILL at any moment leaves the store with all of the
# file or nothing. (tests/crash/test_store_kill.c does the same 50 times inside the library, with an integrity check.)
set -euo pipefail
[ -n "${UTFALL:-}" ] && [ -x "$UTFALL" ] || { echo "import_kill: skipped, there is no program; set UTFALL"; exit 77; }
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
rows=40000 kills=12 file="$scratch/rows.csv" store="$scratch/store.db"
awk -v n=$rows 'BEGIN { print "region,year,age,value"; for (i = 0; i < n; i++) printf "SE312,%d,a%d,%d\n", 1900 + i % 100, i / 100, i }' >"$file"
printf 'region,year,value\n20,2018,1\n21,2018,2\n' >"$scratch/small.csv"
import() { "$UTFALL" import "$1" --indicator "$2" --store "$store" --quiet; }
fail() { echo "import_kill: $*"; exit 1; }

# Observations in the store, by the program itself; a damaged store would end it with an error.
count() {
    # an indicator that never came is 0; a store that cannot be read ends the script
    "$UTFALL" show indicators --store "$store" --format csv >"$scratch/indicators"
    if ! grep -q "^$1," "$scratch/indicators"; then echo 0; return; fi
    "$UTFALL" show observations --indicator "$1" --store "$store" --format csv | tail -n +2 | wc -l
}

import "$scratch/small.csv" small
[ "$(count small)" -eq 2 ] || fail "the small import is not there"
start=$(date +%s%N)
"$UTFALL" import "$file" --indicator big --store "$scratch/timed.db" --quiet
took=$((($(date +%s%N) - start) / 1000000))

RANDOM=2018
for ((i = 1; i <= kills; i++)); do
    "$UTFALL" import "$file" --indicator "big$i" --store "$store" --quiet &
    child=$!
    sleep "$(awk -v m=$took -v r=$RANDOM 'BEGIN { printf "%.3f", m * r / 32768 / 1000 }')"
    kill -KILL $child 2>/dev/null || true
    wait $child 2>/dev/null || true
    left=$(count "big$i")
    [ "$left" -eq 0 ] || [ "$left" -eq $rows ] || fail "kill $i left $left of $rows observations"
    [ "$(count small)" -eq 2 ] || fail "kill $i took something that was there before"
done

# A first import, killed: there is no store at all, or a whole one, and the next import works.
for ((i = 1; i <= 4; i++)); do
    first="$scratch/first$i.db"
    "$UTFALL" import "$scratch/small.csv" --indicator small --store "$first" --quiet &
    child=$!
    sleep "0.0$((i * 2))"
    kill -KILL $child 2>/dev/null || true
    wait $child 2>/dev/null || true
    [ ! -e "$first" ] || [ "$("$UTFALL" show observations --store "$first" --format csv | wc -l)" -eq 3 ] || fail "half a first store"
    "$UTFALL" import "$scratch/small.csv" --indicator small --store "$first" --quiet || fail "no import after a killed first one"
done

# Several at once into a store that is not there yet: none is lost.
children=()
for i in 1 2 3 4; do
    "$UTFALL" import "$scratch/small.csv" --indicator "at_once_$i" --store "$scratch/shared.db" --quiet &
    children+=($!)
done
for child in "${children[@]}"; do wait "$child" || fail "an import beside another failed"; done
[ "$("$UTFALL" show observations --store "$scratch/shared.db" --format csv | wc -l)" -eq 9 ] || fail "imports at once lost something"

# SIGINT: asked to stop, it takes back what it did and says so.
set -m # else a script's background jobs ignore SIGINT
interrupted=0
for part in 8 4 2; do
    "$UTFALL" import "$file" --indicator "stopped$part" --store "$store" --quiet 2>"$scratch/message" &
    child=$!
    sleep "$(awk -v m=$took -v p=$part 'BEGIN { printf "%.3f", m / p / 1000 }')"
    kill -INT $child 2>/dev/null || true
    code=0
    wait $child || code=$?
    [ $code -eq 130 ] || [ $code -eq 0 ] || fail "SIGINT gave exit code $code: $(cat "$scratch/message")"
    [ $code -ne 130 ] || interrupted=$((interrupted + 1))
    left=$(count "stopped$part")
    [ $code -eq 0 ] || [ "$left" -eq 0 ] || fail "an interrupted import left $left observations"
done
set +m
[ $interrupted -gt 0 ] || fail "no import was interrupted by SIGINT"

import "$file" "big"
[ "$(count big)" -eq $rows ] || fail "after all that the store does not take the file"
echo "import_kill: $kills kills and $interrupted interrupts left the store whole; an import takes $took ms"
