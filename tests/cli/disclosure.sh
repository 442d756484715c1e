#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Small counts are not shown by what is worked out from them: derived indicators and expressions, in follow-ups, profiles and effects.
source "$(dirname "$0")/../support/cli.sh"

python3 - <<'PYTHON'
import csv
jobs, people = csv.writer(open("jobs.csv", "w", newline="")), csv.writer(open("people.csv", "w", newline=""))
jobs.writerow(["region", "year", "sector", "value"]), people.writerow(["region", "year", "value"])
i = 0
for r in ["SE311", "SE312", "SE313", "SE321", "SE322", "SE331"]:
    for y in range(2012, 2021):
        people.writerow([r, y, 1000 + 10 * (y - 2012)])
        for s in ["A", "C", "F", "TOTAL"]:
            i += 1
            jobs.writerow([r, y, s, 3 if (r, y, s) in (("SE312", 2014, "C"), ("SE321", 2019, "C")) else 20 + i * 7919 % 61 + 500 * (s == "TOTAL")])
PYTHON
study() { # ACTION; FURTHER lines
    cat > study.yaml <<YAML
study: {sv: Små antal, en: Small counts}
language: en
sources:
  - {file: jobs.csv, indicator: jobs, kind: stock, dimensions: {region: region, period: year, sector: sector, value: value}, source: made up}
  - {file: people.csv, indicator: people, kind: stock, dimensions: {region: region, period: year, value: value}, source: made up}
regions: {level: nuts3, within: SE}
derived:
  rate: 1000 * jobs["C"] / people
  count: jobs["C"]
  loose: coalesce(jobs["C"] - 1, 0)
  whole: jobs["TOTAL"] / people
disclosure: {indicators: [jobs], threshold: 5, action: $1}
$2
report: {formats: [html, csv], charts: [svg]}
YAML
}
# hides TABLE: just the two cells are missing, as suppressed
hides() {
    checks=$((checks + 1))
    python3 - "$@" <<'PYTHON' || fail "$1: not the two small counts alone are hidden"
import csv, sys
rows = list(csv.DictReader(open("report/tables/%s.csv" % sys.argv[1], encoding="utf-8", newline="")))
hidden = {(r["code"], r["period"]) for r in rows if r["value_status"] == "suppressed"}
sys.exit(hidden != {("SE312", "2014"), ("SE321", "2019")} or any(r["value"] for r in rows if r["value_status"] == "suppressed"))
PYTHON
}

study suppress 'follow: [{id: rate, indicator: rate}, {id: count, indicator: count}, {id: loose, indicator: loose}, {id: whole, indicator: whole}]
profiles: [{method: inequality, id: spread, indicator: rate}, {method: scoreboard, id: several, indicators: [rate, whole]}]
effects: [{method: did, id: effect, outcome: "ln(jobs[\"C\"])", covariates: [loose], treated: [SE312], start: 2016, inference: [cr2]}]'
expect 0 "$UTFALL" run study.yaml --output report
for id in rate count loose; do hides "$id"; done
! grep -q suppressed report/tables/whole.csv || fail "a figure of large counts is hidden"
! grep -q '^treated,.*,2014,' report/tables/effect-raw-trends.csv || fail "an effect shows the treated region's small count"
grep -q '^treated,.*,2013,' report/tables/effect-raw-trends.csv || fail "the treated region has no figures"
checks=$((checks + 3))

# each by itself is refused, and nothing is written
for analysis in 'follow: [{id: a, indicator: rate}]' 'profiles: [{method: inequality, id: a, indicator: count}]' \
    'profiles: [{method: scoreboard, id: a, indicators: [whole, rate]}]' \
    'effects: [{method: did, id: a, outcome: people, covariates: [rate], treated: [SE312], start: 2016, inference: [cr2]}]'; do
    rm -rf report
    study refuse "$analysis"
    expect_message 5 "2 rows below the threshold: SE312 / 2014, SE321 / 2019" "$UTFALL" run study.yaml --output report
    [[ ! -e report ]] || fail "something was written: $analysis"
done
study refuse 'follow: [{id: a, indicator: whole}]'
expect 0 "$UTFALL" run study.yaml --output report
# the counts beside an expression are looked at and not carried on: the analysis is the same as without `disclosure`
cp -r report/tables kept && rm -rf report && sed -i '/^disclosure/d' study.yaml
expect 0 "$UTFALL" run study.yaml --output report
diff -r report/tables kept >/dev/null || fail "disclosure changed a table with nothing to hide"

# by group: what is hidden in the counts is hidden in what is worked out from them, with the second cell
grep -v TOTAL jobs.csv > groups.csv && mv groups.csv jobs.csv
study suppress 'profiles: [{method: labour-matching, id: labour, indicator: jobs, unemployed: twice}]'
sed -i 's/whole: .*/twice: 2 * jobs/' study.yaml && rm -rf report
expect 0 "$UTFALL" run study.yaml --output report
python3 - <<'PYTHON' || fail "twice a hidden count is shown"
import csv, sys
rows = list(csv.DictReader(open("report/tables/labour-groups.csv", encoding="utf-8", newline="")))
hidden = [r for r in rows if not r["vacancies"]]
sys.exit(len(hidden) != 4 or any(bool(r["vacancies"]) != bool(r["unemployed"]) for r in rows))
PYTHON

# a share that the series are made to has no counts beside it
study suppress 'aggregate: [{how: share, numerator: people, denominator: jobs, as: part, from: nuts3, to: nuts2}]
follow: [{id: a, indicator: part, level: nuts2}]'
sed -i '/whole:/d' study.yaml && rm -rf report
expect_message 5 "'part' is a share made from what" "$UTFALL" run study.yaml --output report
finish
