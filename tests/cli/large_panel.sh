#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Very many rows whose treatment came to whole regions: means by region and period give what sums of the rows give, and
# inference for few regions.
source "$(dirname "$0")/../support/cli.sh"

# 26,000 firms in 21 regions, 10 years; regions 3 and 7 treated from the seventh year on, region 12 from the eighth
awk 'BEGIN {
    srand(4)
    print "firm,year,region,y,treated"
    for (r = 0; r < 21; r++) for (t = 0; t < 10; t++) shock[r, t] = rand() * (1 + r / 10)
    for (i = 0; i < 26000; i++) {
        r = i % 21
        for (t = 0; t < 10; t++) {
            d = (r == 3 || r == 7) && t >= 6 || r == 12 && t >= 7
            printf "%d,%d,R%02d,%.6f,%d\n", i, 2010 + t, r, i % 7 + t / 10 + shock[r, t] + 3 * rand() + d / 2, d
        }
    }
}' >firms.csv

effect() { # METHOD OPTION…
    local method=$1
    shift
    "$UTFALL" effect "$method" --data firms.csv --unit firm --period year --outcome y --treatment treated --cluster region \
        "$@" 2>messages.txt
}
did() { effect did --format csv "$@"; }
# the columns of a row by inference: estimate, standard error, n_obs
row() { awk -F, -v name="$1" 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i } $0 ~ "," name "," { print $at["estimate"], $at["std_error"], $at["n_obs"] }' "$2"; }
agree() { # two rows to ten digits
    awk -v a="$1" -v b="$2" 'BEGIN {
        if (split(a, x, " ") != 3 || split(b, y, " ") != 3) exit 1
        for (i = 1; i <= 3; i++) if ((x[i] - y[i]) ^ 2 > (1e-10 * y[i]) ^ 2) exit 1
    }' || fail "$3: $1 against $2"
}

did --inference cr1s,cr0,cr2 --table estimates >means.csv
grep -q "260,000 observations were taken together as 210 means" messages.txt || fail "no means"
did --inference cr1s,cr0,iid --table estimates >sums.csv # iid needs the rows
if grep -q "taken together" messages.txt; then fail "iid from means"; fi
agree "$(row cr1s means.csv)" "$(row cr1s sums.csv)" cr1s
agree "$(row cr0 means.csv)" "$(row cr0 sums.csv)" cr0
did --table estimates >auto.csv
[ "$(sed -n 2p auto.csv | grep -c randomisation-scaled)" = 1 ] || fail "auto chose something else"

# sun-abraham and stacked: whatever is averaged, and how many units stand behind it
rows() { # FILE INFERENCE: of each table: term, group, period, event time, counts, estimate, standard error
    python3 - "$@" <<'PYTHON'
import json, sys
tables = json.load(open(sys.argv[1], encoding="utf-8"))["tables"]
for name in "estimates", "group-time", "event-study":
    found = [r for r in tables[name]["rows"] if r["vcov"] == sys.argv[2]]
    assert found, name
    for r in found:
        print(name, *("-" if r[k] in (None, "") else str(r[k]).replace(" ", "_")
                      for k in ("term", "group", "period", "event_time", "n_obs", "n_treated", "n_control", "estimate", "std_error")))
PYTHON
}
same() { # FILE FILE WHAT: texts and counts alike, numbers to ten digits
    python3 - "$1" "$2" <<'PYTHON' || fail "$3"
import sys
a, b = ([line.split() for line in open(name)] for name in sys.argv[1:])
assert len(a) == len(b) > 0, (len(a), len(b))
for x, y in zip(a, b):
    assert x[:8] == y[:8], (x, y)
    for u, v in zip(x[8:], y[8:]):
        assert u == v or abs(float(u) - float(v)) <= 1e-10 * abs(float(v)) + 1e-13, (x, y)
PYTHON
}
for method in sun-abraham stacked; do
    window=()
    [[ $method == stacked ]] && window=(--before 3 --after 1)
    effect $method --inference cr1s,cr0 "${window[@]}" --format json >means.json
    grep -q "260,000 observations were taken together as 210 means" means.json || fail "$method: no means"
    effect $method --inference cr1s,cr0,iid "${window[@]}" --format json >all.json
    if grep -q "taken together" all.json; then fail "$method: iid from means"; fi
    rows means.json cr1s >a.txt
    rows all.json cr1s >b.txt
    same a.txt b.txt "$method: means and rows differ"
    checks=$((checks + 1))
    effect $method "${window[@]}" --permutations 199 --enumerate 100 --format csv --table estimates >auto.csv
    [ "$(sed -n 2p auto.csv | grep -c randomisation-scaled)" = 1 ] || fail "$method: auto chose something else"
done

# a unit without a year: the means would be another estimate
sed -i '$d' firms.csv
did --inference cr1s --table estimates >gap.csv
if grep -q "taken together" messages.txt; then fail "gaps taken for a balanced panel"; fi

finish
