#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Methods that compare several indicators: from the store and from a study, the scoreboard beside the nation; structural peers by sector.
source "$(dirname "$0")/../support/cli.sh"

{
    echo region,year,a,b
    for region in 00:50:20 17:40:22 20:30:18 21:45:30; do
        IFS=: read -r code a b <<<"$region"
        echo "$code,2015,$((a - 3)),$b"
        echo "$code,2018,$a,$((b + 1))"
    done
} > figures.csv
cat > list.csv <<'CSV'
indicator,priority,direction,target,unit_sv,unit_en,name_sv,name_en,missing_sv,missing_en
a,competence,higher,42,%,%,Utbildning,Education,,
b,competence,lower,,,,Arbetslöshet,Unemployment,,
c,international,higher,,,,Export,Exports,Publiceras inte,Not published
CSV
cat > study.yaml <<'YAML'
study: {sv: Uppföljning, en: Follow-up}
language: en
sources:
  - {file: figures.csv, indicator: a, kind: ratio, unit: "%", dimensions: {region: region, period: year, value: a, ignore: [b]}}
  - {file: figures.csv, indicator: b, kind: ratio, unit: "%", dimensions: {region: region, period: year, value: b, ignore: [a]}}
regions: {level: nuts3, within: SE}
profiles:
  - {method: scoreboard, id: board, indicators: [a, b], list: list.csv, peers: [SE313]}
  - {method: peer-regions, id: peers, indicators: [a, b], k: 1}
report: {formats: [html, csv]}
YAML
# The list is found beside the study, from wherever it is run.
mkdir elsewhere && cd elsewhere
expect 0 "$UTFALL" run ../study.yaml --output ../report
cd ..
board=report/tables/board-scoreboard.csv
grep -q '^competence,Competence supply,a,Education,%,SE312,Dalarna,region,higher,2018,30,' $board || fail "the level of Dalarna is not on the board"
grep -q '^competence,Competence supply,a,Education,%,SE,Sweden,nation,higher,2018,50,' $board || fail "the nation is not on the board"
grep -q '^international,.*,c,Exports,.*,SE312,.*Not published' $board || fail "what is missing does not give its reason"
grep -q 'Best rank: 1 (Unemployment); lowest: 3 (Education)' report/tables/board-scoreboard-findings.csv || fail "no best and last rank of Dalarna"
grep -q '^SE311,.*Rank: 2 in each of the 2 that are ranked' report/tables/board-scoreboard-findings.csv || fail "one rank in both is told as best and lowest"
grep -q '^SE312,Dalarna,1,SE311,Värmland,' report/tables/peers-peer-regions.csv || fail "the peer of Dalarna is another"
! grep -q '^SE,' report/tables/peers-peer-regions.csv || fail "the nation is a peer"

# The same from a store on the command line.
expect 0 "$UTFALL" profile scoreboard --store report/store.db --level county --indicators a,b --list list.csv --for SE312 --format csv
grep -q ',SE312,Dalarna,region,' "$out" || fail "no row of Dalarna from the store"
expect 0 "$UTFALL" profile scoreboard --store report/store.db --level county --indicators a --list list.csv --for SE311 --language sv --table scoreboard-findings
grep -q 'Plats: 2 (Utbildning)' "$out" || fail "one ranked indicator: $(cat "$out")"
expect_message 2 "'for' names 'SE319', which is no region" \
    "$UTFALL" profile scoreboard --store report/store.db --level county --indicators a,b --list list.csv --for SE319
expect 0 "$UTFALL" verify report

# The list is an input of the run.
[[ $(jq -r '.inputs[-1] | .path + " " + .sha256' report/manifest.json) == "list.csv $(sha256sum <list.csv | cut -d' ' -f1)" ]] ||
    fail "the list is no input of the manifest"
sed -i 's/^a,competence,higher,42/a,competence,higher,43/' list.csv
expect_message 1 "list.csv has changed since the run" "$UTFALL" verify report
finish
