#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Bad studies and bad figures: one clear message with its place, the documented exit code, and nothing left behind or changed.
source "$(dirname "$0")/../support/cli.sh"
small_study
cp study.yaml good.yaml
cp figures.csv good.csv
expect 0 "$UTFALL" run study.yaml --output report
cp -r report before

# expect_bad CODE TEXT: running study.yaml fails so; output and folder are as they were; study and figures are put back
expect_bad() {
    expect_message "$1" "$2" "$UTFALL" run study.yaml --output report
    diff -r before report >/dev/null || fail "the earlier run was changed by: $2"
    cp good.yaml study.yaml
    cp good.csv figures.csv
    expect_only study.yaml figures.csv good.yaml good.csv report before
}

# the study file
expect_message 6 "no-such.yaml" "$UTFALL" run no-such.yaml --output report
expect_message 6 "this is a directory" "$UTFALL" run . --output report
: > study.yaml && expect_bad 3 "study.yaml:1:1: the file is empty"
printf 'study: x\nsources:\n\t- {file: a.csv}\n' > study.yaml && expect_bad 3 "study.yaml:3:1: found a tab, expected spaces"
sed -i '2s/.*/&\nlanguage: sv/' study.yaml && expect_bad 3 "study.yaml:3:1: found the key 'language' a second time"
sed -i 's/^profiles:/profilse:/' study.yaml && expect_bad 3 "did you mean 'profiles'?"
sed -i 's/method: did/method: dod/' study.yaml && expect_bad 3 "did you mean 'did'?"
sed -i 's/outcome: log_c/outcome: log_d/' study.yaml && expect_bad 3 "did you mean 'log_c'?"
sed -i 's/period: 2018/perriod: 2018/' study.yaml && expect_bad 3 "did you mean 'period'?"
sed -i 's/indicator: employment, period/indicator: employmnet, period/' study.yaml && expect_bad 3 "did you mean 'employment'?"
sed -i 's/treated: \[SE312\]/treated: [SE312, SE3133]/' study.yaml && expect_bad 3 "SE3133"
sed -i 's/within: SE}/within: SEE}/' study.yaml && expect_bad 3 "SEE"
sed -i 's/ln(employment\["C"\])/ln(employment["CC"])/' study.yaml && expect_bad 3 "study.yaml:9:23"
sed -i 's/ln(employment\["C"\])/ln(employment["C"]/' study.yaml && expect_bad 3 "study.yaml:9:"
sed -i 's/ln(employment\["C"\])/ln(employed["C"])/' study.yaml && expect_bad 3 "employed"
# a mistake within an expression stands where the file has it, however the expression is written
expression() { python3 -c 'import sys; t = open("study.yaml").read(); open("study.yaml", "w").write(t.replace("ln(employment[\"C\"])", sys.argv[1]))' "$1"; }
expression "'1 + ln(employmnt[\"C\"])'" && expect_bad 3 "study.yaml:9:18: there is no indicator 'employmnt'"
expression '"1 + ln(employment[\"CC\"])"' && expect_bad 3 "study.yaml:9:28: there is no sector 'CC'"
expression $'>\n    1 +\n    ln(employmnt["C"])' && expect_bad 3 "study.yaml:11:8: there is no indicator 'employmnt'"
expression $'|\n    1 +\n      lnn(employment["C"])' && expect_bad 3 "study.yaml:11:7:"
expression $'1 +\n    ln(employment["C"]' && expect_bad 3 "study.yaml:10:23:"
expression 'ln(employment["C"]) +' && expect_bad 3 "study.yaml:9:31: in the expression"
expression 'ln(employment["C"], 2, 3)' && expect_bad 3 "study.yaml:9:10: in the expression"
expression 'ln(employment)' && expect_bad 3 "study.yaml:9:13: in the expression \`ln(employment)\` of 'log_c': 'employment' has values by sector only"
sed -i 's/outcome: log_c/outcome: "2 * log_d"/' study.yaml && expect_bad 3 "study.yaml:14:33: there is no indicator 'log_d'"
{ echo 'a: &a [x, x, x, x, x, x, x, x, x]'; p=a; for n in b c d e f g h i; do echo "$n: &$n [*$p, *$p, *$p, *$p, *$p, *$p, *$p, *$p]"; p=$n; done; } > study.yaml
expect_bad 3 "aliases"
printf 'study: M\xe4lardalen\n' > study.yaml && expect_bad 3 "not UTF-8"
python3 -c "print('['*100000)" > study.yaml 2>/dev/null && expect_bad 3 "study.yaml"

# all mistakes that one reading finds, in the order of the file; a needed key that was misspelt is not said to be missing too
several() { # WANTED: how many; the message must hold each of the texts that follow
    local wanted=$1 text
    shift
    expect 3 "$UTFALL" run study.yaml --output report
    [[ $(grep -c "study.yaml:[0-9]*:[0-9]*: " "$err") == "$wanted" ]] || fail "expected $wanted mistakes: $(cat "$err")"
    sort -C -t: -k2n <(sed 's/^utfall: //' "$err") || fail "the mistakes are not in order: $(cat "$err")"
    for text in "$@"; do grep -qF -- "$text" "$err" || fail "no '$text' among the mistakes: $(cat "$err")"; done
    cp good.yaml study.yaml
}
sed -i 's/^sources:/soruces:/; s/^language: en/lang: en/; s/level: nuts3/levle: nuts3/; s/period: 2018/perod: 2018/; s/start: 2017/start: x/; s/outcome: log_c/outcom: log_c/' study.yaml
several 6 "2:1: found the unknown key 'lang'" "did you mean 'sources'?" "did you mean 'level'?" "did you mean 'period'?" "found 'x' for 'start'" "did you mean 'outcome'?"
if grep -q "has no 'sources'\|has no 'outcome'" "$err"; then fail "a misspelt key is called missing too"; fi
sed -i 's/indicator: employment, period/indicator: employmnet, period/; s/outcome: log_c/outcome: log_d/' study.yaml
several 2 "did you mean 'employment'?" "did you mean 'log_c'?"
{ cat good.yaml; for n in $(seq 1 30); do echo "unknown$n: 1"; done; } > study.yaml
expect 3 "$UTFALL" run study.yaml --output report
grep -q "^and [0-9]* more$" "$err" || fail "the rest of the mistakes is not counted: $(cat "$err")"
cp good.yaml study.yaml
# texts and lists that are empty, one name in two roles
sed -i "s/study: .*/study: ''/" study.yaml && expect_bad 3 "found '' for 'study', expected a text"
sed -i "s/file: figures.csv/file: ''/" study.yaml && expect_bad 3 "found '' for 'file', expected a text"
sed -i 's/outcome: log_c/outcome: log_c, inference: []/' study.yaml && expect_bad 3 "study.yaml:14:46: option 'inference': found an empty list"
sed -i 's/outcome: log_c/outcome: log_c, weight: log_c/' study.yaml && expect_bad 3 "'log_c' is named both for the values and for the weights"
sed -i 's/outcome: log_c/outcome: log_c, covariates: [log_c]/' study.yaml && expect_bad 3 "'log_c' is named both for the values and for a covariate"
sed -i 's/outcome: log_c/outcome: log_c, cluster: municipality/' study.yaml && expect_bad 3 "name a level above that of the regions"

# the figures
rm figures.csv && expect_bad 6 "figures.csv"
rm figures.csv && mkdir figures.csv
expect_message 6 "figures.csv: this is a directory" "$UTFALL" run study.yaml --output report
rmdir figures.csv
cp good.csv figures.csv
: > figures.csv && expect_bad 3 "figures.csv"
sed -i '5s/,[0-9]*$/,many/' figures.csv && expect_bad 3 "figures.csv:5"
sed -i '5s/$/,9,9/' figures.csv && expect_bad 3 "figures.csv:5"
sed -i '5s/A,/"A,/;5s/C,/"C,/;5s/F,/"F,/' figures.csv && expect_bad 3 "figures.csv"
sed -i '5s/SE110/SE119/' figures.csv && expect_bad 3 "SE119"
sed -i '5s/,[0-9]*$/,NaN3/' figures.csv && expect_bad 3 "figures.csv:5:14: 'NaN3' is not a number"
sed -i '5s/,[0-9]*$/,1e999/' figures.csv && expect_bad 3 "figures.csv:5:14"
sed -i '1s/year,sector/year,year/' figures.csv && expect_bad 3 "figures.csv:1:13: two columns are called 'year'"
sed -i '1q' figures.csv && expect_bad 3 "figures.csv:1: the file has a header and no rows"
printf '\xef\xbb\xbf' > figures.csv && expect_bad 3 "figures.csv:1"
printf 'region,year,sector,value\nSE110,2015,A,1\0002\n' > figures.csv && expect_bad 3 "figures.csv:2:15: a NUL byte"
iconv -f utf-8 -t utf-16 good.csv > figures.csv && expect_bad 3 "the file is UTF-16"
gzip -c good.csv | head -c 80 > figures.csv && expect_bad 3 "packed file (gzip) ends too early"
sed -n 2p good.csv | sed 's/,[0-9]*$/,1/' >> figures.csv && expect_bad 3 "figures.csv:62"

# what the design cannot carry: written up, exit code 4
expect_refused() {
    expect_message 4 "$1" "$UTFALL" run study.yaml --output refused
    [[ -s refused/report.html && -s refused/tables/location-quotient.csv ]] || fail "the other analyses were not run"
    [[ ! -e refused/tables/did-estimates.csv ]] || fail "a refused analysis has an estimate"
    cp good.yaml study.yaml
    cp good.csv figures.csv
    rm -rf refused
}
sed -i 's/treated: \[SE312\]/treated: [SE110, SE121, SE311, SE312, SE313]/; s/outcome: log_c/&, regions: [SE110, SE121, SE311, SE312, SE313]/' study.yaml
expect_refused "All 5 regions are treated at once"
sed -i 's/treated: \[SE312\]/treated: [SE110, SE121, SE311, SE312, SE313]/' study.yaml && expect_refused "has a value of the outcome"
sed -i 's/start: 2017/start: 2015/' study.yaml && expect_refused ""
sed -i 's/start: 2017/start: 1990/' study.yaml && expect_refused ""
sed -i 's/start: 2017/start: 2030/' study.yaml && expect_bad 3 "after the last period of the data, 2018"
sed -i 's/,C,[0-9]*$/,C,500/' figures.csv && expect_refused ""
sed -i 's/{method: did, outcome: log_c}/{method: did, outcome: log_c, from: 2018, to: 2018}/' study.yaml && expect_refused ""

# small counts: refused by disclosure control, nothing written
printf 'disclosure: {indicators: employment, threshold: 300}\n' >> study.yaml && expect_bad 5 "study.yaml"
printf 'disclosure: {indicators: employment, threshold: 0}\n' >> study.yaml && expect_bad 3 "not above 0"
printf 'disclosure: {indicators: employment, threshold: 300, action: suppress}\n' >> study.yaml
expect 0 "$UTFALL" run study.yaml --output hidden
# no figure below the threshold, and none of its quotients, is in any table
awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "value") v = i } NR > 1 && $v != "" && $v > 0 && $v < 300 { bad = 1 } END { exit bad }' \
    hidden/tables/location-quotient.csv || fail "a small count is shown"
grep -q suppressed hidden/tables/location-quotient.csv || fail "nothing was suppressed"
rm -rf hidden
cp good.yaml study.yaml

# labels that try to be something else: text in the page, text in the picture, nothing is run
export HOME=$scratch
nasty='a "b" '"'c'"' `touch pwned` $(touch pwned) <script>alert(1)</script> & %s %n \n {x}'
python3 - "$nasty" <<'PYTHON'
import json, sys
text = open("study.yaml").read()
title = json.dumps(sys.argv[1], ensure_ascii=False)
text = text.replace("study: {sv: Liten studie, en: Small study}", "study: " + title)
text = text.replace("name: {sv: Sysselsatta, en: Employed}", "name: " + title).replace("unit: {sv: personer, en: persons}", "unit: " + title)
text = text.replace("source: made up", "source: " + title).replace("name: A project", "name: " + title)
text = text.replace("period: 2018, question: 1", "period: 2018, question: 1, title: " + title)
text += "limits: [" + title + "]\nfollow:\n  - {indicator: log_c, title: " + title + "}\n"
open("study.yaml", "w").write(text)
PYTHON
expect 0 "$UTFALL" run study.yaml --output nasty
if find . -name 'pwned*' | grep -q .; then fail "a label ran a command"; fi
if grep -qi '<script' nasty/report.html nasty/charts/*.svg; then fail "a label became markup"; fi
grep -q '&lt;script&gt;' nasty/report.html || fail "the label is not in the report"
if command -v xmllint >/dev/null; then xmllint --noout --nonet nasty/report.html nasty/charts/*.svg 2>"$err" || fail "not well-formed: $(head -3 "$err")"; fi
finish
