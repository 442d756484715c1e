#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Every type of inference, asked for by name of every estimator that is a regression: it gives a row for each term, or a note
# says why there is none, and that is a matter of the data.
source "$(dirname "$0")/../support/cli.sh"

# 21 counties of which nine start in three different years, where they lie, a covariate, and what each got
awk -F, 'NR == 1 { print $0 ",lat,lon,x,dose"; next }
    { print $0 "," 55 + $1 / 2 "," 12 + ($1 * 7 % 10) / 2 "," ($1 * 13 + $2 * 7 + $1 * $2) % 17 "," $4 * (100 + $1 * 37 % 400) }' \
    "$UTFALL_SOURCE_DIR/docs/examples/simulated_starts.csv" >panel.csv
"$UTFALL" effect did --help >help.txt
names=$(tr -s ' \n' ' ' <help.txt | grep -oP -- '--inference .*?\[auto \|\K[^]]*' | tr -d '|') # all that there are
[[ $(wc -w <<<"$names") -ge 15 ]] || fail "the choices of inference are not in the help: $names"

treatment_of() { [[ $1 == dose-response ]] && echo dose || echo treated; }
run() { # METHOD INFERENCE OPTION…: the tables as JSON in out.json
    "$UTFALL" effect "$1" --data panel.csv --unit county --period year --outcome outcome --treatment "$(treatment_of "$1")" --covariates x \
        --inference "$2" --permutations 59 --enumerate 10 --bootstrap-draws 99 --format json "${@:3}" >out.json 2>messages.txt ||
        fail "$1 $2: $(cat messages.txt)"
}
# check METHOD INFERENCE: rows of it for each term of `estimates`, and each event time but the reference or each point of the curve, and
# each cell, cohort and period that has an error
check() {
    checks=$((checks + 1))
    python3 - "$@" <<'PYTHON' || fail "$*"
import json, sys
method, name = sys.argv[1:]
tables = json.load(open("out.json", encoding="utf-8"))["tables"]
def rows(table):
    found = tables.get(table, [])
    return found["rows"] if isinstance(found, dict) else found
wanted = {"randomisation": ["randomisation-scaled", "randomisation", "randomisation-t"]}.get(name, [name])
estimates = rows("estimates")
main = {"did": ["treatment"], "sun-abraham": ["simple", "dynamic", "group", "calendar"], "stacked": ["simple"],
        "dose-response": ["average_effect", "average_slope"]}[method]
curve = method == "dose-response" # whose covariate is of the time before, and no term
# those are about who was treated, and x is not
of_all = not curve and name not in ("randomisation", "conley-taber", "ferman-pinto")
for vcov in wanted:
    for term in main + (["x"] if of_all else []):
        found = [r for r in estimates if r["vcov"] == vcov and r["term"] == term]
        assert len(found) == 1, (vcov, term, len(found))
        assert found[0]["p_value"] is not None and 0 < found[0]["p_value"] <= 1, found
    if curve:
        doses = {("att", r["dose"]) for r in rows("dose-response")} | {("acr", r["dose"]) for r in rows("dose-response")}
        assert len(doses) == 50, doses
        found = [(r["term"], r["dose"]) for r in rows("dose-response-inference")
                 if r["vcov"] == vcov and 0 < r["p_value"] <= 1
                 and (vcov.startswith("randomisation") or r["conf_low"] < r["estimate"] < r["conf_high"])]
        assert len(found) == len(doses) and set(found) == doses, (vcov, doses - set(found), len(found))
        continue
    events = {r["event_time"] for r in rows("event-study") if r["std_error"] is not None}
    assert len(events) > 5, events
    shown = {r["event_time"] for t in ("event-study", "event-study-inference") for r in rows(t)
             if r["vcov"] == vcov and r["p_value"] is not None}
    assert shown == events, (vcov, events - shown, shown - events)
    cells = {"sun-abraham": {"group-time": 40, "group-average": 3, "calendar-average": 15}, "stacked": {"group-time": 40}}
    for table, least in cells.get(method, {}).items():
        def place(r): return r["group"], r["period"], r["event_time"]
        named = [r for r in rows(table + "-inference") if r["vcov"] == vcov]
        if (method, vcov) == ("stacked", "driscoll-kraay"): # with an indicator for each cell, sums by period are nil
            assert not named
            continue
        first = {place(r): r["estimate"] for r in rows(table) if r["std_error"] is not None}
        assert len(first) >= least and len(named) == len(first), (table, vcov, len(first), len(named))
        for r in named:
            assert abs(r["estimate"] - first[place(r)]) < 1e-9 and 0 < r["p_value"] <= 1, r
            assert vcov == "randomisation-t" or r["conf_low"] < r["estimate"] < r["conf_high"], r
PYTHON
}
for method in did sun-abraham stacked dose-response; do
    run $method "$(tr -s ' ' ',' <<<"$names" | sed 's/^,//; s/,$//')" --coordinates lat,lon --distance 200
    for name in $names; do
        case $method-$name in
        sun-abraham-driscoll-kraay) ;; # with an indicator for each cohort and period, sums by period are nil
        dose-response-driscoll-kraay | dose-response-newey-west) ;; # one change for each region
        *) check $method $name ;;
        esac
    done
    left=$(python3 -c 'import json; [print(n["text"]) for n in json.load(open("out.json"))["notes"] if n["code"] == "inference-left-out"]')
    case $method in
    sun-abraham) [[ $left == "driscoll-kraay was left out: with an indicator for each period"* && $(wc -l <<<"$left") == 1 ]] || fail "$method: $left" ;;
    stacked) [[ $left == "driscoll-kraay was left out of the differences by cohort and time: with an indicator"* && $(wc -l <<<"$left") == 1 ]] || fail "$method: $left" ;;
    dose-response) [[ $(grep -c "^\(newey-west\|driscoll-kraay\) was left out.*one change for each region" <<<"$left") == 2 && $(wc -l <<<"$left") == 2 ]] || fail "$method: $left" ;;
    *) [[ -z $left ]] || fail "$method: $left" ;;
    esac
    # automatic: one is first and the others stand beside it
    run $method auto
    checks=$((checks + 1))
    python3 - <<'PYTHON' || fail "$method auto"
import json
found = json.load(open("out.json", encoding="utf-8"))["tables"]["estimates"]
rows = found["rows"] if isinstance(found, dict) else found
assert rows[0]["vcov"] == "randomisation-scaled", rows[0]
assert {"randomisation", "randomisation-t", "cr2", "cr1s", "wild-bootstrap", "ferman-pinto"} <= {r["vcov"] for r in rows}
assert not [name for name in json.load(open("out.json", encoding="utf-8"))["tables"] if name in
            ("group-time-inference", "group-average-inference", "calendar-average-inference")]
PYTHON
done

# What cannot be had is said, with the reason, whoever asks for it.
panel() {
    "$UTFALL" effect "$@" --unit county --period year --outcome outcome --treatment "$(treatment_of "$1")" --permutations 99 --enumerate 10
}
left_out() { # METHOD TEXT OPTION…
    local method=$1 text=$2
    shift 2
    panel "$method" --data panel.csv "$@" >/dev/null 2>messages.txt
    checks=$((checks + 1))
    grep -qF -- "$text" messages.txt || fail "$method $*: no '$text' in $(cat messages.txt)"
}
for method in did sun-abraham stacked dose-response; do
    left_out $method "it needs coordinates for each region and a distance" --inference conley
    [[ $method == sun-abraham || $method == dose-response ]] || left_out $method "the lag must be smaller than the number of periods" --inference driscoll-kraay --lag 90
    left_out $method "it is not defined for two cluster columns" --inference cr2 --cluster county,year
    [[ $method == sun-abraham || $method == dose-response ]] || left_out $method "the lag must be smaller than the number of periods" --inference newey-west --lag 90
    # two cluster columns: the bootstrap has rows, with two-way errors
    second=year # a region has one change there, and the second column must be of regions
    [[ $method == dose-response ]] && second=lon
    panel $method --data panel.csv --inference wild-bootstrap --cluster county,$second --bootstrap-draws 199 >rows.txt 2>messages.txt
    checks=$((checks + 1))
    grep -q "two-way errors" rows.txt || fail "$method: no wild bootstrap of two cluster columns: $(cat messages.txt)"
done
# without residuals nothing is lent
awk -F, 'BEGIN { OFS = "," } NR > 1 { $3 = $1 + $2 + ($4 == 1) } { print }' panel.csv >exact.csv
for method in did sun-abraham stacked dose-response; do
    panel $method --data exact.csv --inference conley-taber >/dev/null 2>messages.txt
    checks=$((checks + 1))
    grep -qF "residuals that are not nil" messages.txt || fail "$method: nothing said of nil residuals: $(cat messages.txt)"
done

finish
