#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What is said of an inference that cannot be had is so, and `auto` names none that has no row.
source "$(dirname "$0")/../support/cli.sh"

# effect METHOD FILE OPTION…: notes in notes.txt (code, text), rows of `estimates` in rows.txt (vcov p), of the event study in events.txt
effect() {
    checks=$((checks + 1))
    "$UTFALL" effect "$1" --data "$2" --unit u --period t --outcome y --permutations 99 --format json \
        "${@:3}" >out.json 2>messages.txt || fail "$*: $(cat messages.txt)"
    python3 - <<'PYTHON'
import json
result = json.load(open("out.json", encoding="utf-8"))
print(*(n["code"] + ": " + n["text"] for n in result["notes"]), sep="\n", file=open("notes.txt", "w"))
for name, tables in (("rows.txt", ["estimates"]), ("events.txt", ["event-study", "event-study-inference", "pretrend"])):
    with open(name, "w") as out:
        for table in tables:
            for row in result["tables"].get(table, {"rows": []})["rows"]:
                print(row["vcov"], row["p_value"], file=out)
PYTHON
}

# One start: the event study's indicators make the sums by period nil, the treatment's one indicator does not
awk 'BEGIN { srand(3); print "u,t,y,d,c"
    for (i = 0; i < 12; i++) for (t = 2000; t < 2008; t++) {
        c = i < 4 ? 2004 : 0
        printf "r%02d,%d,%.6f,%d,%d\n", i, t, rand() + i, (c && t >= c), c } }' >one.csv
effect did one.csv --treatment d --inference cr2,driscoll-kraay
grep -q '^driscoll-kraay 0\.' rows.txt || fail "no row of the treatment: $(cat rows.txt)"
grep -q driscoll events.txt && fail "driscoll-kraay in the event study of one cohort: $(cat events.txt)"
grep -q '^cr2 ' events.txt || fail "no event study: $(cat events.txt)"
grep -q '^inference-left-out: driscoll-kraay was left out of the event study' notes.txt || fail "$(cat notes.txt)"
sed 's/^\(r0[01],200[45],[^,]*\),1,2004/\1,0,2006/; s/^\(r0[01],.*\),2004$/\1,2006/' one.csv >two.csv
effect did two.csv --treatment d --inference cr2,driscoll-kraay
grep -q '^driscoll-kraay ' events.txt || fail "two starts: $(cat events.txt)"

# The cohort treated last is the control, and counted as such
awk 'BEGIN { srand(3); print "u,t,y,c"
    for (i = 0; i < 12; i++) for (t = 2000; t < 2010; t++)
        printf "r%02d,%d,%.6f,%d\n", i, t, rand() + i, i < 3 ? 2004 : i < 5 ? 2006 : 2008 }' >last.csv
effect sun-abraham last.csv --cohort c
grep -q '^inference-chosen: .*with 5 treated and 7 untreated' notes.txt || fail "$(grep ^inference-chosen notes.txt)"

# A dose that changes in a panel with gaps cannot be dealt out anew; the bootstrap by two columns has no variance here
cat >gaps.csv <<'CSV'
u,t,y,d,h
r0,2000,0.32,0,h0
r0,2001,-0.11,0,h1
r0,2002,-0.49,2.34,h2
r0,2003,1.27,1.32,h0
r0,2004,0.76,2.61,h1
r1,2000,-0.92,0,h0
r1,2001,1.65,0,h1
r1,2002,-1.18,1.64,h2
r1,2003,0.32,2.77,h0
r2,2000,0.54,0,h0
r2,2001,-0.76,0,h1
r2,2002,0.93,1.89,h2
r2,2003,0.14,2.81,h0
r2,2004,-1.76,2.72,h1
r3,2000,0.04,0,h0
r3,2001,-1.58,0,h1
r3,2002,1.05,0,h2
r3,2003,-0.54,0,h0
r3,2004,-1.26,0,h1
r4,2000,0.31,0,h0
r4,2001,0.75,0,h1
r4,2002,-1.74,0,h2
r4,2003,1.51,0,h0
r4,2004,-0.41,0,h1
r5,2000,-1.02,0,h0
r5,2001,1.13,0,h1
r5,2002,0.55,0,h2
r5,2004,-0.36,0,h1
CSV
effect did gaps.csv --treatment d --cluster u,h
grep -q '^inference-left-out: The wild cluster bootstrap was left out for 1 of 1 terms' notes.txt || fail "$(cat notes.txt)"
grep -q '^wild-bootstrap' rows.txt && fail "there is a row after all: $(cat rows.txt)"
grep -q '^cr1s 0\.' rows.txt || fail "CR1S without a p-value: $(cat rows.txt)"
grep -q '^inference-chosen: .*CR1S, for want of anything better' notes.txt || fail "$(grep ^inference-chosen notes.txt)"
effect did gaps.csv --treatment d --cluster u
head -1 rows.txt | grep -q '^wild-bootstrap 0\.' || fail "not first: $(cat rows.txt)"
grep -q '^inference-chosen: Inference: wild cluster bootstrap' notes.txt || fail "$(grep ^inference-chosen notes.txt)"

# A lead that its covariate explains to the last digit has no error, whatever the unit of the outcome: rounding taken for one
# made p 1e-308 in the joint test
for factor in 1 3 10 700 1000 12345; do
    awk -v f=$factor 'BEGIN { srand(5); print "u,t,y,c,x"
        for (i = 0; i < 9; i++) { x = rand(); for (t = 2000; t < 2008; t++)
            printf "r%02d,%d,%.12f,%d,%.6f\n", i, t, f * (rand() + i), i < 1 ? 2003 : i < 7 ? 2005 : 0, x + (t % 3) * rand() } }' >exact.csv
    effect callaway-santanna exact.csv --cohort c --covariates x --estimator regression --inference influence --draws 0
    python3 -c '
import json
for row in json.load(open("out.json"))["tables"]["pretrend"]["rows"]: print(row["df1"], "%.6g" % row["p_value"])' >>leads.txt
done
[[ $(sort -u leads.txt) == "4 0.0"* && $(sort -u leads.txt | wc -l) == 1 ]] || fail "the test of the leads depends on the unit: $(cat leads.txt)"

# Ferman–Pinto on very many regions: too many draws, which is what is said, before the memory is taken
awk 'BEGIN { srand(3); print "u,t,y,c"
    for (i = 0; i < 8000; i++) for (t = 0; t < 4; t++)
        printf "%d,%d,%.6f,%d\n", i, 2000 + t, rand(), i % 10 < 1 ? 2001 + i % 30 / 10 : 0 }' >many.csv
effect stacked many.csv --cohort c --inference cr1s,ferman-pinto --before 1 --after 0
grep -q '^inference-left-out: ferman-pinto was left out: it exchanges residuals .* 9,999 draws would take too much memory' notes.txt ||
    fail "$(cat notes.txt)"

# One region for each start and one untreated: the curve leaves a degree of freedom, the effects one by one do not
awk 'BEGIN { srand(3); print "u,t,y,d"
    for (i = 0; i < 3; i++) for (t = 2000; t < 2006; t++)
        printf "r%d,%d,%.6f,%d\n", i, t, rand(), (i < 2 && t >= 2002 + 2 * i) ? i + 1 : 0 }' >three.csv
effect dose-response three.csv --treatment d --size 0 --control never-treated --inference iid,cr2
grep -q '^iid 0\.' rows.txt || fail "no error of the average: $(cat rows.txt notes.txt)"
grep -q '^inference-left-out: iid was left out for the effects of the starts one by one' notes.txt || fail "$(cat notes.txt)"

# Methods whose estimates are no coefficients of one regression say why a type of inference is not theirs, and where it is
elsewhere() { # METHOD INFERENCE TEXT
    checks=$((checks + 1))
    "$UTFALL" effect "$1" --data one.csv --unit u --period t --outcome y --treatment d --inference "$2" >/dev/null 2>messages.txt
    [[ $? == 2 ]] && grep -qF -- "$3" messages.txt || fail "$1 $2: $(cat messages.txt)"
}
for name in wild-bootstrap conley-taber ferman-pinto conley cr2 hc1 driscoll-kraay; do
    elsewhere callaway-santanna $name "is not one of auto, influence, multiplier, randomisation; its errors come from the regions' influence functions"
    elsewhere imputation $name "is not one of auto, bjs, randomisation; its averages are of predictions"
    elsewhere interrupted-time-series $name "; there is one series and nothing it is compared with"
    elsewhere bacon $name "bacon has no option '--inference'; it takes the two-way estimate apart"
    elsewhere synthetic-control $name "synthetic-control has no option '--inference'; it infers from placebos"
done
elsewhere imputation randomization "did you mean 'randomisation'?"
# Beside others (auto) Ferman–Pinto of very many regions has fewer draws; asked for by name, all
awk 'BEGIN { srand(5); print "u,t,y,d,size"; for (u = 1; u <= 700; u++) for (t = 2001; t <= 2004; t++)
    printf "R%03d,%d,%.4f,%d,%d\n", u, t, u % 7 + rand(), (u <= 5 && t > 2002), u % 9 + 1 }' >sizes.csv
effect did sizes.csv --treatment d --weight size --event-study=false
grep -q '4,279 random draws' out.json || fail "all draws beside others: $(grep -o '[0-9,]* random draws' out.json)"
effect did sizes.csv --treatment d --weight size --event-study=false --inference ferman-pinto
grep -q '9,999 random draws' out.json || fail "not the draws that were asked for: $(grep -o '[0-9,]* random draws' out.json)"

# A comparison region without a value in the period of reference: a placebo treatment of it has no estimate, and stops nothing
awk 'BEGIN { srand(5); print "u,t,y,d"; for (u = 0; u < 9; u++) for (t = 2000; t < 2008; t++)
    if (u != 4 || t != 2004) printf "%d,%d,%.6f,%d\n", u, t, u + rand(), (u < 1 && t >= 2005) }' >reference.csv
for method in did sun-abraham imputation; do
    effect "$method" reference.csv --treatment d
    python3 -c '
import json, sys
sys.exit(not any(row["slopes_by"] == "placebo" for row in json.load(open("out.json"))["tables"]["pretrend"]["rows"]))' || fail "$method: no slopes by placebo"
    checks=$((checks + 1))
done
finish
