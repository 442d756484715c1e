#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# utfall import --dry-run: what it prints, that it leaves nothing behind, and that the entry it gives is a study's source as it stands.
source "$(dirname "$0")/../support/cli.sh"
cat > fig.csv <<'CSV'
region;kön;sni;2016;2017;2018
01 Stockholms län;män;A;1;2;3
01 Stockholms län;kvinnor;A;1;2;..
20 Dalarnas län;män;A;4;5;6
20 Dalarnas län;kvinnor;A;4;5;6
01 Stockholms län;män;C;11;12;13
01 Stockholms län;kvinnor;C;11;12;14
20 Dalarnas län;män;C;14;15;16
20 Dalarnas län;kvinnor;C;14;15;16
CSV
expect 0 "$UTFALL" import fig.csv --dry-run
for text in "format: csv-wide" "encoding: utf-8" "delimiter: ;" "the region is taken from region" "not-available" "sources:" "kön"; do
    grep -qF -- "$text" "$out" || fail "a dry run does not say '$text'"
done
expect_only fig.csv
expect 0 "$UTFALL" import fig.csv --dry-run --format json
jq -e '.format == "csv-wide" and .cells == 24 and (.needs | length) == 0 and (.dimensions.rows | length) == 4' "$out" >/dev/null ||
    fail "the JSON of a dry run: $(head -c 400 "$out")"
expect_message 2 "expected table or json" "$UTFALL" import fig.csv --dry-run --format csv
expect_message 2 "expected --indicator NAME" "$UTFALL" import fig.csv
expect_message 6 "nowhere.csv" "$UTFALL" import nowhere.csv --dry-run
printf 'kind,value\na,1\nb,2\n' > bare.csv
expect 0 "$UTFALL" import bare.csv --dry-run
grep -q "no column of regions is found" "$out" || fail "a dry run does not say what is needed"
rm bare.csv

# the entry, pasted: added up over the sexes, once by the command line's word and once by the study's
expect 0 "$UTFALL" import fig.csv --dry-run --indicator jobs --kind stock --sum kön --format json
{
    printf 'study: Pasted\nsources:\n'
    jq -r .study_source "$out"
    printf 'profiles:\n  - {method: location-quotient, indicator: jobs, period: 2017, level: nuts3, within: SE}\nreport: {charts: [svg]}\n'
} > study.yaml
expect 0 "$UTFALL" run study.yaml --output pasted
expect 0 "$UTFALL" import fig.csv --indicator jobs --kind stock --sum kön --store s.db
pasted=$(find pasted -name '*.db' | head -1)
for store in "$pasted" s.db; do
    expect 0 "$UTFALL" show observations --indicator jobs --store "$store" --format json
    jq -S '[.rows[] | {region, sector, period, value, status}]' "$out" > "sums-$(basename "$store")"
done
cmp -s "sums-$(basename "$pasted")" sums-s.db || fail "the pasted entry and the command line give different sums"
jq -e 'length == 12 and ([.[] | select(.status == "incomplete")] | length) == 1 and ([.[].value | select(. != null)] | add) == 199' sums-s.db >/dev/null ||
    fail "the sums: $(head -c 600 sums-s.db)"
rm -rf pasted sums-* s.db*
# parts without a choice among them: the message says so, and how to choose
printf 'study: S\nsources:\n  - {file: fig.csv, indicator: jobs, dimensions: {sector: sni, breakdown: kön}}\nregions: {level: county, within: SE}\nfollow:\n  - {indicator: jobs}\n' > study.yaml
expect_message 3 "all values of 'jobs' are of parts, such as" "$UTFALL" run study.yaml
# the columns of the first cells have the names that the options take
printf 'unit,sector,geo,time,value\nTHS,A,SE312,2018,1\nTHS,B,SE312,2018,2\n' > names.csv
expect 0 "$UTFALL" import names.csv --dry-run
grep -qE '^unit +sector +geo +time' "$out" || fail "the first cells' columns: $(cat "$out")"
rm names.csv
# a study names sums, contents and constants, and mistakes are told with their place
printf 'study: S\nsources:\n  - {file: fig.csv, indicator: jobs, sum: [kön], unknown-regions: adds}\n' > study.yaml
expect_message 3 "study.yaml:3:" "$UTFALL" run study.yaml
printf 'study: S\nsources:\n  - {file: fig.csv, indicator: jobs, contents: {A: "not plain"}}\n' > study.yaml
expect_message 3 "found the indicator name 'not plain'" "$UTFALL" run study.yaml
# options that exclude each other, and replacing
expect_message 2 "exclude each other" "$UTFALL" import fig.csv -i x --skip-unknown-regions --add-unknown-regions
printf 'region,year,value\n20,2018,1\n' > a.csv
expect 0 "$UTFALL" import a.csv -i x --store r.db
printf 'region,year,value\n20,2018,2\n' > a.csv
expect_message 3 "--replace" "$UTFALL" import a.csv -i x --store r.db
expect_message 0 "1 replaced" "$UTFALL" import a.csv -i x --store r.db --replace
finish
