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
count() { "$UTFALL" show observations --indicator "$1" --store "$store" --format csv 2>/dev/null | tail -n +2 | wc -l; }

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

# SIGINT: asked to stop, it takes back what it did and says so.
"$UTFALL" import "$file" --indicator stopped --store "$store" --quiet 2>"$scratch/message" &
child=$!
sleep "$(awk -v m=$took 'BEGIN { printf "%.3f", m / 2 / 1000 }')"
kill -INT $child 2>/dev/null || true
code=0
wait $child || code=$?
[ $code -eq 130 ] || [ $code -eq 0 ] || fail "SIGINT gave exit code $code: $(cat "$scratch/message")"
left=$(count stopped)
[ $code -eq 0 ] || [ "$left" -eq 0 ] || fail "an interrupted import left $left observations"

import "$file" "big"
[ "$(count big)" -eq $rows ] || fail "after all that the store does not take the file"
echo "import_kill: $kills kills and an interrupt ($code) left the store whole; an import takes $took ms"
