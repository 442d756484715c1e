#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A composite index on a file, on the store and in a study: several indicators in place of one; the same numbers all ways; what is refused.
source "$(dirname "$0")/../support/cli.sh"

i=0
echo region,year,jobs,skills > wide.csv
echo region,year,value > jobs.csv
echo region,year,value > skills.csv
for region in SE311 SE312 SE313 SE321 SE322 SE331; do
    i=$((i + 1))
    echo "$region,2018,$((i * 37 % 11)),$((i * 5 % 7))" >> wide.csv
    echo "$region,2018,$((i * 37 % 11))" >> jobs.csv
    echo "$region,2018,$((i * 5 % 7))" >> skills.csv
done
options=(--weights jobs:2 --draws 60 --table composite-index --format csv)
expect 0 "$UTFALL" profile composite-index --data wide.csv --region region --time year --indicators jobs,skills "${options[@]}"
cut -d, -f1,3- "$out" > from_file
expect 0 "$UTFALL" profile composite-index --data wide.csv --region region --time year --indicators jobs,skills "${options[@]}" --threads 3
cut -d, -f1,3- "$out" | cmp - from_file || fail "three threads give other numbers"
for name in jobs skills; do expect 0 "$UTFALL" import $name.csv --indicator $name --kind ratio --value value --store index.db; done
expect 0 "$UTFALL" profile composite-index --store index.db --level nuts3 --indicators jobs,skills "${options[@]}"
cut -d, -f1,3- "$out" | cmp - from_file || fail "the store gives other numbers than the file: $(cat "$out")"

expect_message 2 "--indicators A,B" "$UTFALL" profile composite-index --data wide.csv --region region
expect_message 2 "did you mean 'skills'" "$UTFALL" profile composite-index --data wide.csv --region region --indicators jobs,skill
expect_message 4 "needs numbers above 0" "$UTFALL" profile composite-index --data wide.csv --region region --time year --indicators jobs,skills \
    --aggregate geometric
expect 0 "$UTFALL" profile composite-index --data wide.csv --region region --time year --indicators jobs,skills --aggregate geometric --scale-low 1

study() { # KEYS…
    cat > study.yaml <<YAML
study: {sv: Index, en: Index}
language: en
sources:
  - {file: jobs.csv, indicator: jobs, kind: ratio, dimensions: {region: region, period: year, value: value}}
  - {file: skills.csv, indicator: skills, kind: ratio, dimensions: {region: region, period: year, value: value}}
derived:
  both: {expression: jobs + skills, label: Both}
regions: {level: nuts3, within: SE}
profiles:
  - {method: composite-index, $*}
${DISCLOSURE-}
report: {formats: [html]}
YAML
}
study 'indicators: [jobs, skills], weights: ["jobs:2"], draws: 60'
expect 0 "$UTFALL" run study.yaml --output report
cut -d, -f1,4,5 report/tables/composite-index.csv | tail -n +2 > from_study
[[ $(wc -l < from_study) == 6 ]] || fail "not six regions: $(cat from_study)"
study 'indicators: [jobs, both], draws: 0'
expect 0 "$UTFALL" run study.yaml --output derived
study 'indicators: [jobs, skill]'
expect_message 3 "skill" "$UTFALL" run study.yaml --output again
study 'indicator: jobs, indicators: [jobs, skills]'
expect_message 3 "found \`indicator\` beside \`indicators\`" "$UTFALL" run study.yaml --output again
study 'draws: 10'
expect_message 3 "has no 'indicator'" "$UTFALL" run study.yaml --output again
DISCLOSURE='disclosure: {threshold: 5, indicators: [jobs]}' study 'indicators: [jobs, skills]'
expect_message 3 "'jobs' is protected by" "$UTFALL" run study.yaml --output again
finish
