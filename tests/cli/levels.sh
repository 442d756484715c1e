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
finish
