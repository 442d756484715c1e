#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A study that says how much each region got: the same numbers as from a file with a column of doses, the chart with its bands, what is
# said where the amounts are missing or wrong, and that other methods compare treated and untreated.
source "$(dirname "$0")/../support/cli.sh"

cp "$UTFALL_SOURCE_DIR/docs/examples/simulated_doses.csv" doses.csv
python3 - > regions.txt <<'PYTHON'
import csv
doses = {r["county"]: r["dose"] for r in csv.DictReader(open("doses.csv")) if float(r["dose"]) > 0}
print(", ".join(f"'{k}'" for k in doses))
print(", ".join(f"'{k}': {v}" for k, v in doses.items()))
PYTHON
treated=$(sed -n 1p regions.txt)
doses=$(sed -n 2p regions.txt)
study() { # $1: the line of doses; $2: language
    cat > study.yaml <<YAML
study: {sv: Olika belopp, en: Different amounts}
language: ${2:-en}
sources:
  - {file: doses.csv, indicator: outcome, dimensions: {region: county, period: year, value: outcome, ignore: [dose]}, source: made up}
regions: {level: county}
intervention:
  name: Support
  treated: [$treated]
  start: 2014
  $1
effects:
  - {method: dose-response, outcome: outcome, inference: [cr2, cr1s]}
  - {method: did, outcome: outcome, inference: [cr2, cr1s], event-study: false}
report: {formats: [html, csv], charts: [svg]}
YAML
}

study "dose: {$doses}"
expect 0 "$UTFALL" run study.yaml --output report
"$UTFALL" effect dose-response --data doses.csv --unit county --period year --outcome outcome --treatment dose \
    --inference cr2,cr1s --format csv 2>/dev/null > file.csv
python3 - > first.csv <<'PYTHON'
text = open("file.csv", encoding="utf-8").read()
print(text.split("\n\n")[0])
PYTHON
for term in average_effect average_slope two_way_coefficient; do
    near "$(cell report/tables/dose-response-estimates.csv estimate term=$term vcov=cr2)" \
        "$(cell first.csv estimate term=$term vcov=cr2)" 1e-9 "$term from a study"
done
near "$(cell report/tables/did-estimates.csv estimate vcov=cr2)" \
    "$(cell report/tables/dose-response-estimates.csv estimate term=average_effect vcov=cr2)" 1e-9 "did takes no doses"
grep -q "each dose alone" report/report.html || fail "the chart has no band"
grep -q "all doses at once" report/report.html || fail "the chart has no simultaneous band"
study "dose: {$doses}
  dose-unit: {sv: kronor per anställd, en: SEK per employee}" sv
expect 0 "$UTFALL" run study.yaml --output report
grep -q "Dos, kronor per anställd" report/charts/dose-response-1.svg || fail "the axis of doses has no unit"
grep -q '^marked_x = 2013.5$' report/charts/dose-response-4.gp || fail "the start does not stand between the last year before and the first after"
grep -q '>start 2014<' report/charts/dose-response-4.svg || fail "the year of the start is not said"
for k in 2 3; do
    grep -q "simultant band" report/charts/dose-response-$k.svg || fail "the event study $k has no band"
done
grep -q "Skillnad per dosenhet" report/charts/dose-response-3.svg || fail "the slopes' axis does not say what they are"
grep -q "Lutningar efter dos. " report/report.html || fail "the test of the slopes before the start is not in the report"
grep -q "Lutningar efter dos. De 7 skillnaderna före start är för många" report/report.html ||
    fail "a test of slopes that cannot be made is not said to be one"
grep -q "Skillnad: från" report/charts/dose-response-1.txt || fail "the curve of a difference has another name: $(cat report/charts/dose-response-1.txt)"
grep -q 'Koefficient med tvåvägs fasta effekter</th><td class="number">0,00[0-9]*[1-9]' report/report.html || fail "a slope of thousandths is shown as nought"
grep -q '"number"><0' report/report.html && fail "a p-value is written as the beginning of a tag"
grep -q "2,08<" report/charts/dose-response-1.svg || fail "the end of the curve has other than two decimals"
grep -q "kronor per anställd" report/report.html || fail "the table of doses has no unit"
grep -q "alla doser på en gång" report/report.html || fail "the band is not in Swedish"

# no amounts: how to give them, and what to do without
study ""
expect_message 4 "not how much each of them got" "$UTFALL" run study.yaml --output without
grep -qF 'SE311: 120' "$err" || fail "how to give the doses is not said: $(cat "$err")"
grep -q "callaway-santanna" "$err" || fail "the way out is not said"
study "" sv
expect_message 4 "inte hur mycket var och en fick" "$UTFALL" run study.yaml --output without
grep -qF 'under intervention som' "$err" || fail "how to give the doses is not said in Swedish: $(cat "$err")"

# wrong ones, with their place
study "dose: {$(sed "s/^[^,]*, //" <<< "$doses")}"
expect_message 3 "study.yaml:10:9: found no dose for the treated region" "$UTFALL" run study.yaml --output wrong
study "dose: {$doses, '99': 5}"
expect_message 3 "which is not among the treated regions" "$UTFALL" run study.yaml --output wrong
study "dose: {$(sed "s/: [0-9.]*/: -3/" <<< "$doses")}"
expect_message 3 "expected an amount above 0" "$UTFALL" run study.yaml --output wrong
study "dose: [1, 2]"
expect 3 "$UTFALL" run study.yaml --output wrong

# an option's value that the method refuses is a mistake in a file, and so is a start within a year of yearly figures
study "dose: {$doses}"
sed 's/event-study: false/permutations: 0/' study.yaml >none.yaml
expect_message 3 "none.yaml:" "$UTFALL" run none.yaml --output none
grep -q "option 'permutations': found 0, expected 1 or more" "$err" || fail "no permutations: $(cat "$err")"
sed 's/start: 2014/start: 2014-Q3/' study.yaml >quarter.yaml
expect_message 3 "is a period of another kind than those of the data" "$UTFALL" run quarter.yaml --output quarter
finish
