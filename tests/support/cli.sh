# SPDX-License-Identifier: GPL-3.0-or-later
# What the scripts of tests/cli share: a scratch folder to work in, and checks of exit code and message. Source it first.
set -u
: "${UTFALL_SOURCE_DIR:=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)}" # by hand, without ctest
: "${UTFALL:=$UTFALL_SOURCE_DIR/build/dev/utfall}"
[[ -x $UTFALL ]] || { echo "skipped: the program is not built"; exit 77; }
unset UTFALL_STORE UTFALL_DATA_DIR
scratch=$(mktemp -d)
trap 'chmod -R u+w "$scratch" 2>/dev/null; rm -rf "$scratch"' EXIT
cd "$scratch" || exit 1
out=$scratch/.stdout
err=$scratch/.stderr
failures=0
checks=0

fail() {
    echo "FAILED: $*" >&2
    failures=$((failures + 1))
}
# expect CODE COMMAND…
expect() {
    local wanted=$1 code
    shift
    "$@" >"$out" 2>"$err"
    code=$?
    checks=$((checks + 1))
    [[ $code == "$wanted" ]] || fail "exit code $code instead of $wanted: $* — $(head -c 600 "$err")"
}
# expect_message CODE TEXT COMMAND…: the text is on standard error
expect_message() {
    local wanted=$1 text=$2
    shift 2
    expect "$wanted" "$@"
    grep -qF -- "$text" "$err" || fail "no '$text' from: $* — $(head -c 600 "$err")"
}
# Nothing but the named things is in the working folder (the streams of this script aside).
expect_only() {
    local found
    found=$(find . -mindepth 1 -maxdepth 1 ! -name .stdout ! -name .stderr -printf '%f\n' | sort | tr '\n' ' ')
    [[ $found == "$(printf '%s\n' "$@" | sort | tr '\n' ' ')" ]] || fail "left behind: $found"
}
# cell FILE COLUMN KEY=VALUE…: of the one row of a CSV with these values; `none` where there are none or several
cell() {
    python3 - "$@" <<'PYTHON'
import csv, sys
name, column, filters = sys.argv[1], sys.argv[2], [f.split("=", 1) for f in sys.argv[3:]]
rows = [r for r in csv.DictReader(open(name, encoding="utf-8", newline="")) if all(r[k] == v for k, v in filters)]
print(rows[0][column] if len(rows) == 1 else "none")
PYTHON
}
# near FOUND WANTED RELATIVE WHAT: a number
near() {
    checks=$((checks + 1))
    awk -v a="$1" -v b="$2" -v t="$3" 'BEGIN { d = a - b; if (d < 0) d = -d; m = b < 0 ? -b : b; exit !(a != "none" && a != "" && d <= t * m) }' ||
        fail "$4: $1 instead of $2"
}
# A small study with five counties and three sectors, quick to run.
small_study() {
    {
        echo region,year,sector,value
        local i=0 region year sector
        for region in SE110 SE121 SE311 SE312 SE313; do
            for year in 2015 2016 2017 2018; do
                for sector in A C F; do
                    i=$((i + 1))
                    echo "$region,$year,$sector,$(((i * 7919) % 900 + 100))"
                done
            done
        done
    } > figures.csv
    cat > study.yaml <<'YAML'
study: {sv: Liten studie, en: Small study}
language: en
questions: [{sv: Vad finns här?, en: What is here?}]
sources:
  - {file: figures.csv, indicator: employment, name: {sv: Sysselsatta, en: Employed}, unit: {sv: personer, en: persons},
     dimensions: {region: region, period: year, sector: sector, value: value}, source: made up}
regions: {level: nuts3, within: SE}
derived:
  log_c: ln(employment["C"])
intervention: {name: A project, treated: [SE312], start: 2017}
profiles:
  - {method: location-quotient, indicator: employment, period: 2018, question: 1}
effects:
  - {method: did, outcome: log_c}
report: {charts: [svg]}
YAML
}
finish() {
    if [[ $failures -gt 0 ]]; then
        echo "$failures failures in $checks checks"
        exit 1
    fi
    echo "$checks checks"
    exit 0
}
