#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What charts say and where: lines without values named and not drawn, the diagonal of a matrix, the order of bars, names on the nearer side of a map,
# titles that break between sentences; axis words that follow an option; no period "0"; a neighbour of itself by its line.
source "$(dirname "$0")/../support/cli.sh"

# --- heat map ---------------------------------------------------------------------------------------------------------------
printf 'label,sector,value\na,s,1\na,t,2\na,u,\nb,s,3\nb,t,\nb,u,\nc,s,\nc,t,\nc,u,\n' > heat.csv
expect 0 "$UTFALL" chart heat-map --data heat.csv --label label --group sector --value value --order given --output charts/heat --language en
grep -q "2 rows and 2 columns; 3 of 4 cells have a value" charts/heat.txt || fail "lines without values are drawn: $(cat charts/heat.txt)"
grep -q "Not shown ([^)]*not available): c; u" charts/heat.txt || fail "the lines without values are not named: $(cat charts/heat.txt)"
expect 0 "$UTFALL" chart heat-map --data heat.csv --label label --group sector --value value --order given --output charts/heat --language sv
grep -q "Visas inte (.*): c; u." charts/heat.txt || fail "not named in Swedish: $(cat charts/heat.txt)"
printf 'label,other,value\nx,y,0.5\ny,x,0.5\nx,z,0.2\nz,x,0.2\ny,z,0.1\nz,y,0.1\n' > matrix.csv
expect 0 "$UTFALL" chart heat-map --data matrix.csv --label label --group other --value value --output charts/matrix --language en
grep -q "not in the table" charts/matrix.txt && fail "the diagonal is told as missing: $(cat charts/matrix.txt)"
# The smallest value shared by many is a class of its own.
{ echo label,sector,value; for i in 1 2 3 4 5 6; do echo "r$i,s,0"; echo "r$i,t,$((i % 3))"; done; } > stars.csv
expect 0 "$UTFALL" chart heat-map --data stars.csv --label label --group sector --value value --output charts/stars --language en
grep -q "below 0<" charts/stars.svg && fail "a class below all values"

# --- bars ---------------------------------------------------------------------------------------------------------------------
cat > jobs.csv <<'CSV'
region,year,sector,value
SE311,2018,A,10
SE311,2018,B,50
SE312,2018,A,12
SE312,2018,B,50
SE313,2018,A,60
SE313,2018,B,20
SE321,2018,A,30
SE321,2018,B,40
CSV
study() {
    cat > study.yaml <<YAML
study: {sv: Liten, en: Small}
language: en
sources:
  - {file: jobs.csv, indicator: jobs, kind: stock, unit: persons, name: {sv: Jobb, en: Jobs}, dimensions: {region: region, period: year, sector: sector, value: value}}
regions: {level: nuts3, within: SE}
profiles:
  - $*
report: {formats: [html]}
YAML
}
study '{method: peer-regions, id: peers, indicator: jobs, focus: SE311}'
expect 0 "$UTFALL" run study.yaml --output peers
grep -q "Lowest: Dalarna [0-9.]*" peers/charts/peers-1-*.txt || fail "the nearest is not first in words: $(cat peers/charts/peers-1-*.txt)"
[[ $(sed -n 2p peers/charts/peers-1-*.csv) == *Dalarna* ]] || fail "the nearest is not the first bar: $(cat peers/charts/peers-1-*.csv)"

# --- map: Värmland lies west, Gävleborg east ----------------------------------------------------------------------------------
square() { # CODE WEST
    printf '{"type":"Feature","properties":{"LnKod":"%s"},"geometry":{"type":"Polygon","coordinates":[[[%s,6500000],[%s,6500000],[%s,6590000],[%s,6590000]]]}}' \
        "$1" "$2" "$(($2 + 90000))" "$(($2 + 90000))" "$2"
}
{ printf '{"type":"FeatureCollection","features":['; square 17 300000; printf ','; square 20 390000; printf ','; square 21 480000; printf ']}'; } > counties.geojson
printf 'label,value\nSE311,31.9\nSE312,29.0\nSE313,38.5\n' > table.csv
expect 0 "$UTFALL" chart map --data table.csv --geometry counties.geojson --output map --focus SE311,SE313
python3 - map.gp <<'PYTHON' || fail "the names do not stand on the nearer side"
import re, sys
text = open(sys.argv[1], encoding="utf-8").read()
numbers = lambda name: [float(x) for x in re.search(r"array " + name + r"\[\d+\] = \[([^\]]*)\]", text).group(1).split(",")]
start, end = numbers("leader_x"), numbers("leader_to_x")
sides = sorted((a, b < a) for a, b in zip(start, end))
sys.exit(0 if [left for _, left in sides] == [True, False] else f"{start} to {end}")
PYTHON

# --- words ----------------------------------------------------------------------------------------------------------------------
study '{method: location-quotient, id: lq, indicator: jobs, focus: SE311}'
expect 0 "$UTFALL" run study.yaml --output lq
grep -q "Location quotients in Värmland, 2018.<" lq/charts/lq-1-*.svg || [[ $(grep -c "2018. Jobs" lq/charts/lq-1-*.svg) -gt 0 ]] || fail "the title breaks within a sentence"
expect 0 "$UTFALL" profile location-quotient --data jobs.csv --region region --sector sector --value value --format csv
head -2 "$out" | tail -1 | cut -d, -f5 | grep -qx "2018\|" || fail "a period that the file does not have: $(head -2 "$out")"
head -2 "$out" | tail -1 | cut -d, -f5 | grep -qx 0 && fail "the period is called 0"
expect_message 3 "has no periods" "$UTFALL" profile location-quotient --data jobs.csv --region region --sector sector --value value --period 2018

# --- neighbours -------------------------------------------------------------------------------------------------------------------
printf 'region,value\nSE311,1\nSE312,2\nSE313,4\nSE321,3\n' > rates.csv
printf 'from,to\nSE311,SE312\nSE312,SE313\nSE313,SE313\nSE313,SE321\n' > pairs.csv
expect_message 3 "pairs.csv:4: 'SE313' is listed as a neighbour of itself" "$UTFALL" profile spatial --data rates.csv --region region --value value --neighbours pairs.csv
printf 'region,year,value\nSE311,2018,1\nSE312,2018,2\nSE313,2018,4\nSE321,2018,3\n' > dated.csv
sed -i '4d' pairs.csv
cat > space.yaml <<'YAML'
study: {sv: Rum, en: Space}
language: en
sources:
  - {file: dated.csv, indicator: rate, kind: ratio, unit: "%", dimensions: {region: region, period: year, value: value}}
regions: {level: nuts3, within: SE}
profiles:
  - {method: spatial, id: spatial, indicator: rate, neighbours: pairs.csv, permutations: 99}
report: {formats: [html]}
YAML
expect 0 "$UTFALL" run space.yaml --output space
python3 - space/manifest.json <<'PYTHON' || fail "the manifest does not tell the file of neighbours"
import hashlib, json, sys
inputs = {i["path"]: i["sha256"] for i in json.load(open(sys.argv[1], encoding="utf-8"))["inputs"]}
sys.exit(0 if inputs.get("pairs.csv") == hashlib.sha256(open("pairs.csv", "rb").read()).hexdigest() else str(inputs))
PYTHON
expect 0 "$UTFALL" verify space
echo SE311,SE321 >> pairs.csv
expect 1 "$UTFALL" verify space
grep -q "pairs.csv" "$out" "$err" || fail "verify does not name the changed list: $(cat "$out" "$err")"

# --- titles ---------------------------------------------------------------------------------------------------------------------
# Two lines at most between the halves of a title: after the colon, though the lines would be more alike elsewhere.
printf 'label,value\nx,1\ny,2\n' > two.csv
long='Manufacturing’s share of value added: North Middle Sweden and its synthetic control'
expect 0 "$UTFALL" chart bars --data two.csv --label label --value value --title "$long" --output charts/title --language en
grep -q ">North Middle Sweden and its synthetic control<\|North Middle Sweden and its synthetic control *</" charts/title.svg || fail "the title breaks within a name"
expect 0 "$UTFALL" chart bars --data two.csv --label label --value value --title "Short: two words" --output charts/title --language en
grep -q "Short: two words *<" charts/title.svg || fail "a short title is broken"

# --- quarters -------------------------------------------------------------------------------------------------------------------
# A quarter is written as one in the description, and the years of its axis are no amounts, in either language.
{ echo label,period,value; for y in 2018 2019 2020 2021; do for q in 1 2 3 4; do echo "x,${y}Q$q,$((y - 2000 + q))"; done; done; } > quarters.csv
expect 0 "$UTFALL" chart lines --data quarters.csv --x period --label label --value value --focus x --output charts/quarters --language en
grep -q "x: from 19 in 2018Q1 to 25 in 2021Q4" charts/quarters.txt || fail "the quarters are not written as such: $(cat charts/quarters.txt)"
grep -q ">2,0[12][0-9]" charts/quarters.svg && fail "a year has a thousands separator"
expect 0 "$UTFALL" chart lines --data quarters.csv --x period --label label --value value --focus x --output charts/quarters --language sv
grep -q "x: från 19 perioden 2018Q1 till 25 perioden 2021Q4" charts/quarters.txt || fail "not in Swedish: $(cat charts/quarters.txt)"
sed 's/Q[1-4]//' quarters.csv | awk -F, 'NR == 1 || !seen[$2]++' > years.csv
expect 0 "$UTFALL" chart lines --data years.csv --x period --label label --value value --focus x --output charts/years --language sv
grep -q "x: från 19 år 2018 till 22 år 2021" charts/years.txt || fail "years: $(cat charts/years.txt)"
expect 0 "$UTFALL" chart small-multiples --data quarters.csv --x period --label label --value value --output charts/panels --language en
grep -q "x: from 19 in 2018Q1 to 25 in 2021Q4" charts/panels.txt || fail "the quarters of a small panel: $(cat charts/panels.txt)"
grep -q ">2,0[12][0-9]" charts/panels.svg && fail "a year of a small panel has a thousands separator"
echo "y,2018Q1," >> quarters.csv
expect 0 "$UTFALL" chart lines --data quarters.csv --x period --label label --value value --focus x --output charts/quarters --language en
grep -q "Not drawn: 1 without any value." charts/quarters.txt || fail "a line without values: $(cat charts/quarters.txt)"
grep -q "broken there" charts/quarters.txt && fail "a line that is not there is broken"

# --- ranks ----------------------------------------------------------------------------------------------------------------------
{ echo label,value,low,high; for i in 1 2 3 4 5 6 7 8 9; do echo "r$i,$i,$i,$((i < 8 ? i + 2 : 9))"; done; } > ranks.csv
expect 0 "$UTFALL" chart intervals --data ranks.csv --label label --value value --low low --high high --output charts/ranks --language en
grep -q ">[0-9]\.5<" charts/ranks.svg && fail "a tic between two ranks"

# --- a heat map of too many regions ---------------------------------------------------------------------------------------------
awk -F, 'NR == 1 || $2 == 2017' "$UTFALL_SOURCE_DIR/datasets/norra-mellansverige/eu_gva_sectors_2008_2017.csv" > many.csv
for language in en sv; do
    cat > many.yaml <<YAML
study: {sv: Många, en: Many}
language: $language
sources:
  - {file: many.csv, indicator: gva, kind: flow, unit: euro, rounding: 1, dimensions: {region: region, period: year, sector: sector, value: gva_million_euro}}
regions: {level: nuts2}
profiles:
  - {method: location-quotient, id: lq, indicator: gva, sectors: [A, C, F, J], incomplete: keep, focus: SE31}
report: {formats: [html]}
YAML
    expect 0 "$UTFALL" run many.yaml --output "many-$language"
done
others=$(tail -n +2 many.csv | cut -d, -f1 | grep -v '^SE' | sort -u | wc -l)
grep -q "regions of the same country as those in focus; $others others are" many-en/report.html || fail "nothing is said of the regions that the heat map leaves out"
grep -q "samma land som de i fokus; $others andra" many-sv/report.html || fail "nor in Swedish"
finish
