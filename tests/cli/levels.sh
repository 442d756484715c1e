#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# One profile at two levels of regions side by side: sums are formed where only the parts have values, with the rounding of sums; what is refused.
source "$(dirname "$0")/../support/cli.sh"

{
    echo region,year,sector,value
    i=0
    for region in 17 20 21 22 23 24 25; do
        for sector in A C F; do
            i=$((i + 1))
            echo "$region,2018,$sector,$((i * 37 % 9 * 1000 + 4000))"
        done
    done
} > jobs.csv
study() { # LEVELS…
    cat > study.yaml <<YAML
study: {sv: Nivåer, en: Levels}
language: en
sources:
  - {file: jobs.csv, indicator: jobs, kind: ${KIND:-stock}, unit: persons, rounding: 1000, dimensions: {region: region, period: year, sector: sector, value: value}}
regions: {level: nuts3, within: SE}
profiles:
  - {method: location-quotient, indicator: jobs, $*}
report: {formats: [html]}
YAML
}
study 'levels: [county, nuts2]'
expect 0 "$UTFALL" run study.yaml --output report
for level in county nuts2; do
    ls report/tables | grep -q -- "-$level" || fail "no table of the level $level: $(ls report/tables)"
done
grep -q "NUTS 2 regions" report/report.html || fail "the heading does not name the level"
# The whole is the sum of its parts, by another route.
parts=$(awk -F, '$1 == 17 || $1 == 20 || $1 == 21 { if ($3 == "C") s += $4 } END { print s }' jobs.csv)
expect 0 "$UTFALL" show observations --store report/store.db --indicator jobs_nuts2 --format csv
whole=$(awk -F, 'NR > 1 && /SE31/ && /,C,/ { for (i = 1; i <= NF; i++) if ($i ~ /^[0-9]+$/ && $i > 3000) print $i }' "$out" | head -1)
[[ $whole == "$parts" ]] || fail "the sum of SE31 in C is $whole, its parts are $parts: $(grep SE31 "$out")"
# Three counties, each rounded to thousands: the sum may be off by three times as much.
expect 0 "$UTFALL" show indicators --store report/store.db --format csv
column=$(head -1 "$out" | tr ',' '\n' | grep -n '^rounding$' | cut -d: -f1)
[[ -n $column ]] || fail "no rounding unit is shown: $(head -1 "$out")"
grep '^jobs_nuts2,' "$out" | tr ',' '\n' | sed -n "${column:-1}p" | grep -qx 3000 || fail "not the rounding unit of three parts: $(cat "$out")"

study 'levels: [county, nuts3]'
expect_message 3 "twice" "$UTFALL" run study.yaml --output again
study 'levels: [county, shire]'
expect_message 3 "shire" "$UTFALL" run study.yaml --output again
study 'level: nuts3, levels: [county, nuts2]'
expect_message 3 "both \`level\` and \`levels\`" "$UTFALL" run study.yaml --output again
KIND=ratio study 'levels: [county, nuts2]'
expect_message 3 "ratio" "$UTFALL" run study.yaml --output again

# The command line: the same tables, and the store stays as it is.
expect 0 "$UTFALL" import jobs.csv --indicator jobs --kind stock --unit persons --rounding 1000 --region region --period year --sector sector --value value --store own.db
before=$(sha256sum own.db)
call=("$UTFALL" profile location-quotient --store own.db --indicator jobs --within SE)
for level in county nuts2; do
    expect 0 "${call[@]}" --levels county,nuts2 --format csv --table "location-quotient-$level"
    cp "$out" "call-$level.csv"
    python3 - "call-$level.csv" report/tables/*"-$level"*.csv <<'PYTHON' || fail "--levels: the table of $level is not that of the study"
import csv, glob, sys
own = list(csv.DictReader(open(sys.argv[1], encoding="utf-8", newline="")))
for name in sys.argv[2:]:
    study = list(csv.DictReader(open(name, encoding="utf-8", newline="")))
    if study and "location_quotient" in study[0] and "rsca" in study[0]: break
else: sys.exit("no table in the study")
key = lambda r: (r["unit"], r["sector"], r["location_quotient"], r["low"], r["high"])
if sorted(map(key, own)) != sorted(map(key, study)): sys.exit(f"{own[:2]} beside {study[:2]}")
PYTHON
done
[[ $(sha256sum own.db) == "$before" ]] || fail "--levels changed the store"
expect_message 0 "nuts2: The figures are sums of up to 3 figures, each rounded to whole 1,000" "${call[@]}" --levels county,nuts2
grep -q "riksområden (NUTS 2)" <("${call[@]}" --levels county,nuts2 --language sv --quiet) || fail "a Swedish title does not name the level"
expect 0 "${call[@]}" --level county --format csv --table location-quotient
cmp -s "$out" call-county.csv || fail "--level county is other than --levels county,…"
expect_message 2 "found the level 'nuts3' twice" "${call[@]}" --levels county,nuts3
expect_message 2 "shire" "${call[@]}" --levels county,shire
expect_message 2 "both '--level' and '--levels'" "${call[@]}" --level county --levels county,nuts2
expect_message 2 "'--levels' is for figures from the store" "$UTFALL" profile location-quotient --data jobs.csv --region region --sector sector --value value \
    --time year --levels county,nuts2
sed 's/,[0-9]*$/,5/' jobs.csv > rates.csv
expect 0 "$UTFALL" import rates.csv --indicator rates --kind ratio --region region --period year --sector sector --value value --store own.db
expect_message 2 "ratio" "$UTFALL" profile location-quotient --store own.db --indicator rates --levels county,nuts2
finish
