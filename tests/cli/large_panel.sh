#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Very many rows whose treatment came to whole regions: means by region and period give what sums of the rows give, and
# inference for few regions.
source "$(dirname "$0")/../support/cli.sh"

# 26,000 firms in 21 regions, 10 years; regions 3, 7 and 12 treated from the seventh year on
awk 'BEGIN {
    srand(4)
    print "firm,year,region,y,treated"
    for (r = 0; r < 21; r++) for (t = 0; t < 10; t++) shock[r, t] = rand() * (1 + r / 10)
    for (i = 0; i < 26000; i++) {
        r = i % 21
        for (t = 0; t < 10; t++) {
            d = (r == 3 || r == 7 || r == 12) && t >= 6
            printf "%d,%d,R%02d,%.6f,%d\n", i, 2010 + t, r, i % 7 + t / 10 + shock[r, t] + 3 * rand() + d / 2, d
        }
    }
}' >firms.csv

did() {
    "$UTFALL" effect did --data firms.csv --unit firm --period year --outcome y --treatment treated --cluster region \
        --format csv "$@" 2>messages.txt
}
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

# a unit without a year: the means would be another estimate
sed -i '$d' firms.csv
did --inference cr1s --table estimates >gap.csv
if grep -q "taken together" messages.txt; then fail "gaps taken for a balanced panel"; fi

finish
