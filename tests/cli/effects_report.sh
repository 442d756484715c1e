#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What the report says around several effects: the table of assumptions, p-values adjusted together, and the way out when all regions
# are treated at once.
source "$(dirname "$0")/../support/cli.sh"

regions="SE110 SE121 SE122 SE123 SE124 SE125 SE211 SE212 SE213 SE214 SE221 SE224"
{
    echo region,year,a,b
    i=0
    for region in $regions; do
        for year in $(seq 2001 2018); do
            i=$((i + 1))
            bump=0
            [[ $region == SE12[123] && $year -ge 2012 ]] && bump=400
            echo "$region,$year,$(((i * 7919) % 97 + 500 + bump)),$(((i * 104729) % 89 + 500))"
        done
    done
} > figures.csv
study() { # $1: further keys; $2: the treated regions
    cat > study.yaml <<YAML
study: {sv: Flera utfall, en: Several outcomes}
language: en
sources:
  - {file: figures.csv, indicator: a, name: {sv: Alfa, en: Alpha}, dimensions: {region: region, period: year, value: a, ignore: [b]}, source: made up}
  - {file: figures.csv, indicator: b, name: {sv: Beta, en: Beta}, dimensions: {region: region, period: year, value: b, ignore: [a]}, source: made up}
regions: {level: nuts3, within: SE}
intervention: {name: A project, treated: [${2:-SE121, SE122, SE123}], start: 2012}
$1
report: {charts: [svg]}
YAML
}

study "multiple-testing: holm
effects:
  - method: did
    id: alpha
    outcome: a
    assumptions:
      - {assumption: {sv: Länen liknade varandra., en: The counties were alike.}, why: {sv: Samma näringar., en: The same trades.}, judgement: plausible, about: parallel-trends}
      - {assumption: {sv: Priserna var desamma., en: Prices were the same.}, judgement: doubtful}
  - {method: did, id: beta, outcome: b}"
expect 0 "$UTFALL" run study.yaml --output report
page=report/report.html
for words in "The counties were alike." "The same trades." "What if it is wrong" "Prices were the same." "No date on record contradicts the start" \
    "Every region has a value in every period." "No p-value by dealing the treatment out anew can be below 0.00455" \
    "the study file does not say" \
    "2 main estimates are read together. By themselves 1 of them have p below 0.05" "Regions with a value, period by period"; do
    grep -qF "$words" $page || fail "the report lacks: $words"
done
# the evaluator's words take the place of the method's own, and stand there once
if [[ $(grep -oF "The counties were alike." $page | wc -l) != 1 ]]; then fail "an assumption stands twice"; fi
# Holm of two: the smaller p doubled, the larger as it is (or the smaller's, if that is more)
jq -e '[.rows[] | [.p_value, .adjusted_p_value]] | sort | (.[0][1] - ([.[0][0] * 2, 1] | min) | fabs) < 1e-12 and
    (.[1][1] - ([.[1][0], .[0][1]] | max) | fabs) < 1e-12' report/tables/multiple-testing.json >/dev/null || fail "$(cat report/tables/multiple-testing.json)"
expect 0 "$UTFALL" run study.yaml --output report --language sv
for words in "Länen liknade varandra." "Vad som gäller om det är fel" "Inget antecknat datum motsäger starten" "2 huvudskattningar läses tillsammans."; do
    grep -qF "$words" $page || fail "the report lacks: $words"
done

# two estimates of one outcome are told apart in the summary; one alone needs no method
study "effects:
  - {method: did, id: alpha, outcome: a, inference: cr2}
  - {method: imputation, id: beta, outcome: a, inference: bjs}
  - {method: did, id: gamma, outcome: b, inference: cr2}"
expect 0 "$UTFALL" run study.yaml --output report
for words in "Difference-in-differences: Alpha. After" "Imputation: Alpha. After" ">Beta. After"; do
    grep -qF "$words" $page || fail "the report lacks: $words"
done

# families are adjusted by themselves: each of one is as it was
study "multiple-testing: benjamini-hochberg
effects:
  - {method: did, id: alpha, outcome: a, family: first}
  - {method: did, id: beta, outcome: b, family: second}"
expect 0 "$UTFALL" run study.yaml --output report
jq -e '[.rows[] | .p_value == .adjusted_p_value] == [true, true]' report/tables/multiple-testing.json >/dev/null || fail "families are mixed"
# Romano–Wolf: the draws of all of them side by side. The same outcome twice costs nothing; two outcomes at most what Holm takes
study "multiple-testing: romano-wolf
effects:
  - {method: did, id: alpha, outcome: a}
  - {method: did, id: again, outcome: a, title: Again}
  - {method: did, id: beta, outcome: b, family: alone}"
expect 0 "$UTFALL" run study.yaml --output report
grep -qF "Again: p = 0.0045, adjusted 0.0045 (Romano–Wolf)" "$err" || fail "the terminal: $(cat "$err")"
for words in "by Romano and Wolf’s procedure" "; read together with the others p = 0.005, Romano–Wolf)"; do
    grep -qF "$words" $page || fail "the report lacks: $words"
done
jq -e '[.rows[] | (.p_value - .adjusted_p_value | fabs) < 1e-12] == [true, true, true]' report/tables/multiple-testing.json >/dev/null ||
    fail "the same twice: $(cat report/tables/multiple-testing.json)"
study "multiple-testing: romano-wolf
effects:
  - {method: did, id: alpha, outcome: b, inference: wild-bootstrap}
  - {method: did, id: beta, outcome: 'b + a / 50', inference: wild-bootstrap}"
expect 0 "$UTFALL" run study.yaml --output report --language sv
grep -qF "(Romano–Wolf)" "$err" && grep -qF "justerat" "$err" || fail "the terminal: $(cat "$err")"
grep -qF "; läst tillsammans med de andra p = " $page || fail "the report lacks the adjusted p-value beside the plain one"
jq -e '[.rows[] | [.p_value, .adjusted_p_value]] | sort | .[0][1] >= .[0][0] and .[0][1] <= 2 * .[0][0] + 0.01 and .[1][1] >= .[1][0]' \
    report/tables/multiple-testing.json >/dev/null || fail "$(cat report/tables/multiple-testing.json)"
# what was not resampled alike, or not at all, is not read together: why, and what instead; everything else is written
study "multiple-testing: romano-wolf
effects:
  - {method: did, id: alpha, outcome: a}
  - {method: did, id: beta, outcome: b, treated: [SE121, SE122, SE124]}"
expect_message 4 "study.yaml:8:19: Romano and Wolf’s procedure cannot read these estimates together" "$UTFALL" run study.yaml --output report
grep -qF "‘SE123 2012" "$err" && grep -qF "multiple-testing: holm" "$err" || fail "the refusal: $(cat "$err")"
grep -qF "cannot read these estimates together" $page || fail "the report does not say why nothing was adjusted"
jq -e '[.rows[] | .adjusted_p_value] == [null, null]' report/tables/multiple-testing.json >/dev/null || fail "adjusted all the same"
study "multiple-testing: romano-wolf
effects:
  - {method: did, id: alpha, outcome: a, enumerate: 10, permutations: 99}
  - {method: did, id: beta, outcome: b}"
expect_message 4 "är inte omdragna på samma sätt, utan på 100 respektive 220 sätt" "$UTFALL" run study.yaml --output report --language sv
study "multiple-testing: romano-wolf
effects:
  - {method: did, id: alpha, outcome: a, inference: cr2}
  - {method: did, id: beta, outcome: b, inference: cr2}"
expect_message 4 "by CR2, which resamples nothing" "$UTFALL" run study.yaml --output report
study "multiple-testing: none
effects: [{method: did, outcome: a}]"
expect 0 "$UTFALL" run study.yaml --output report
[[ ! -e report/tables/multiple-testing.csv ]] || fail "p-values were adjusted unasked"
study "multiple-testing: bonferroni
effects: [{method: did, outcome: a}]"
expect_message 3 "holm" "$UTFALL" run study.yaml --output report

# all treated at once: did is refused and names the way out, which is taken
for region in SE231 SE232 SE311 SE312 SE313 SE321 SE322 SE331 SE332; do
    for year in $(seq 2001 2018); do
        echo "$region,$year,$(((year * 31) % 97 + 500)),500"
    done
done >> figures.csv
regions="$regions SE231 SE232 SE311 SE312 SE313 SE321 SE322 SE331 SE332"
study "effects:
  - {method: did, id: alpha, outcome: a}
  - {method: interrupted-time-series, id: series, outcome: a}" "${regions// /, }"
expect_message 4 "interrupted-time-series" "$UTFALL" run study.yaml --output report
for words in "the level of 21 regions together departs from its own earlier trend" "no region to compare with" "An interrupted time series is compared with its own past only" \
    "The numbers below are a difference, not an effect" "Without the intervention the earlier trend would have gone on."; do
    grep -qF "$words" $page || fail "the report lacks: $words"
done
if grep -qE "average effect in" $page; then fail "a series by itself is called an effect"; fi
# the series is brought out, its earlier trend is what it is compared with (role 9)
grep -q "^1,1,2001," report/charts/series-1.csv && grep -q ",9,2018,.*Earlier trend, continued" report/charts/series-1.csv ||
    fail "the chart: $(head -3 report/charts/series-1.csv)"

# an estimate that a covariate takes a region from is not said to be of that region
cp figures.csv whole.csv
awk -F, -v OFS=, '$1 == "SE121" { $4 = "" } 1' whole.csv >figures.csv
study "effects:
  - {method: did, id: did, outcome: a, covariates: [b], event-study: false, inference: [cr2]}"
expect 0 "$UTFALL" run study.yaml --output fewer
grep -qF "development in 2 of 3 treated regions departs" fewer/report.html || fail "a region without the covariate is named: $(grep -o 'After the start.\{0,120\}' fewer/report.html | head -1)"
grep -qF "Treated regions: 2 of" fewer/report.html || fail "the design counts a region without the covariate"
mv whole.csv figures.csv

# --- regions that began at different times --------------------------------------------------------------------------------------------
study "effects:
  - {method: callaway-santanna, id: cs, outcome: a, inference: [influence]}
  - {method: bacon, id: bacon, outcome: a}"
sed -i 's/start: 2012}/starts: {SE121: 2009, SE122: 2012, SE123: 2014}}/' study.yaml
expect 0 "$UTFALL" run study.yaml --output staggered
for cohort in 2009 2012 2014; do
    grep -q "^$cohort,\|,$cohort," staggered/tables/cs-group-time.csv || fail "no cells of those who began in $cohort"
done
[[ $(cut -d, -f1,2 staggered/charts/cs-3.csv | grep '^[0-9]*,[1-6]$' | sort -u | cut -d, -f2 | sort | uniq -d | wc -l) -eq 0 ]] ||
    fail "lines of two starting years share a colour, and so run together: $(cut -d, -f1,2 staggered/charts/cs-3.csv | sort | uniq -c)"
grep -q "2009, 2012, 2014" <<<"$(grep -o 'First treated period.\{0,60\}' staggered/report.html)" || fail "the starts are not in the report"
# what rests on several starts, and whose numbers a series by itself gives
study "effects:
  - {method: did, id: did, outcome: a, event-study: false, inference: [cr2]}
  - {method: bacon, id: bacon, outcome: a}
  - {method: interrupted-time-series, id: series, outcome: a, size-draws: 0}"
sed -i 's/start: 2012}/starts: {SE121: 2009, SE122: 2012, SE123: 2014}}/' study.yaml
expect 0 "$UTFALL" run study.yaml --output starts
for words in "The effect is alike in all starts and does not change with time since the start." \
    "% of the weight is on forbidden comparisons" "on the level of the regions that began then (1) departs from its own earlier trend" "one of 3 starts"; do
    grep -qF "$words" starts/report.html || fail "several starts: the report lacks: $words"
done
# a panel for each start, and rows that say which; region by region with the regions
[[ $(cut -d, -f1 starts/charts/series-2.csv | head -1) == value ]] || fail "departures of several starts on one axis: $(head -2 starts/charts/series-2.csv)"
for words in "Small panels of estimates with intervals: Alpha: departure" "Small panels with lines: Alpha: observed"; do
    cat starts/charts/series-?.txt | grep -qF "$words" || fail "several starts: no chart that is $words: $(cat starts/charts/series-?.txt)"
done
for table in estimates by-region; do
    grep -q "\"group\"" "starts/tables/series-$table.json" || fail "$table has no group"
done
grep -q '<td>Uppsala<' starts/report.html || fail "region by region without the regions"
sed -i 's/SE123: 2014/SE124: 2014/' study.yaml
expect_message 3 "found no start for the treated region SE123" "$UTFALL" run study.yaml --output wrong
sed -i 's/starts: {/start: 2012, starts: {/' study.yaml
expect_message 3 "found a start for SE124, which is not among the treated regions" "$UTFALL" run study.yaml --output wrong
[[ ! -e wrong ]] || fail "a refused study left a folder"
finish
