#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# `utfall effect METHOD` on designs and figures that cannot carry an estimate: the documented exit code with a sentence, no error
# or p-value of 0, no hang, and nothing left behind.
source "$(dirname "$0")/../support/cli.sh"
columns="--unit unit --period year --outcome y --treatment d"

# panel FORMULA: ten units in eight years, the first three treated from 2005; i, t, d and e (a fixed disturbance) are known to it
panel() {
    awk -v OFS=, 'BEGIN { print "unit", "year", "y", "d", "w", "x"
        for (i = 0; i < 10; i++) for (t = 1; t <= 8; t++) {
            d = i < 3 && t >= 5; e = ((i * 37 + t * 101 + i * t * 17) % 97) / 97
            printf "U%d,%d,%.17g,%d,%d,%.17g\n", i, 2000 + t, '"$1"', d, '"${2:-1}"', e * e } }' > panel.csv
}
effect() { # METHOD OPTIONS…
    local method=$1
    shift
    # shellcheck disable=SC2086
    timeout 60 "$UTFALL" effect "$method" --data panel.csv $columns "$@"
}
all_methods="did callaway-santanna imputation sensitivity"

# a fit that is exact has no error: none is printed, nor a p-value from it
for formula in 'i+t+d' '0.1*(i+t)+0.7*d' '1e9*(i+t+d)' '0.1*(i+t)'; do
    panel "$formula"
    for method in $all_methods; do
        expect "$([[ $method == sensitivity ]] && echo 4 || echo 0)" effect "$method" --format json
        grep -qE '"(std_error|p_value)": (0|[0-9.]+e-(1[3-9]|[2-9][0-9]|[0-9]{3}))[,}]?$' "$out" &&
            fail "$method: an error or p-value of rounding for $formula"
    done
    expect 4 effect sensitivity --language sv # nothing that could be bounded
    grep -q "Gränser saknas: händelsestudien förklarar utfallet fullständigt" "$err" || fail "an exact event study has bounds"
done

# a covariate that is the treatment but for the ninth digit is dropped by name, here and under every assignment
panel 'e+d'
awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; print $0 ",dx"; next } { print $0 "," $at["d"] + 1e-9 * (NR * 7 % 11) }' panel.csv >near.csv
for method in did sun-abraham stacked; do
    # shellcheck disable=SC2086
    expect 0 "$UTFALL" effect "$method" --data near.csv $columns --covariates dx --table estimates --format csv
    awk -F, '$2 + 0 > 1000 || $2 + 0 < -1000 || $4 + 0 > 1e6 || $4 + 0 < -1e6 { exit 1 }' "$out" || fail "$method: dx is not dropped"
done

# figures whose squares are not numbers of the machine
for method in $all_methods power size-check; do
    panel 'e*1e300' && expect_message 3 "column 'y' has" effect "$method"
    grep -q "in a larger unit" "$err" || fail "$method does not say what to do with large figures"
    panel 'e*1e-300' && expect_message 3 "in a smaller unit" effect "$method"
done
panel e '(i == 4 ? 1e-200 : 1)' && sed -i 's/,0,0,/,0,1e-200,/' panel.csv && expect_message 3 "column 'w' has 1e-200 for unit 'U4' in '2001'" effect did --weight w

# rows that do not reach the estimate are said at the terminal, in its language, and the design counts what is left
panel e '(i == 4 || i == 0 ? 0 : 1)'
expect_message 0 "Rows left out: 16 of 80 (weight w: w is missing, zero or negative)." effect did --weight w
grep -q "Treated regions: 2 of 8" "$err" || fail "the design counts regions without weight"
expect_message 0 "Rader som faller bort: 16 av 80 (vikten w: w saknas, är noll eller negativ)." effect did --weight w --language sv

# a quote that is never closed in a large file: found without copying what follows again and again
awk 'BEGIN { print "unit,year,y,d"; for (i = 0; i < 200000; i++) printf "U%d,%d,%s%d,%d\n", i / 10, 2001 + i % 10, i == 1000 ? "\"" : "", i % 97, 0 }' >panel.csv
expect_message 3 "panel.csv:1002:" effect did
grep -q "is never closed" "$err" || fail "an unclosed quote: $(cat "$err")"

# leads of which none can be told from the others, and numbers of draws that no machine has room for
panel '(i % 2 ? 1 : -1) * (t == 5 || t == 2 || i > 2 ? 1 + e : -1)'
awk -F, 'NR == 1 { print $0 ",copy"; next } { print $0 "," $3 }' panel.csv >weighted.csv && mv weighted.csv panel.csv
expect 0 effect imputation --weight copy

# one column in two roles would give a number all the same: the outcome explained by itself, the treatment as a weight
panel e
for roles in "--outcome d --treatment d" "--outcome y --treatment d --covariates y" "--outcome y --treatment d --covariates x,d" \
    "--outcome y --treatment d --weight d" "--outcome y --treatment d --weight y" "--outcome year --treatment d" "--outcome y --treatment year" \
    "--outcome y --treatment d --covariates year" "--outcome y --treatment d --cluster d" "--outcome y --cohort year"; do
    # shellcheck disable=SC2086
    expect_message 2 "' is named both for " "$UTFALL" effect did --data panel.csv --unit unit --period year $roles
done
for twice in "--covariates x,x" "--cluster unit,unit"; do
    # shellcheck disable=SC2086
    expect_message 2 "' is named twice for " effect did $twice
done
expect 0 effect did --weight w --covariates w --no-event-study # the population is both
expect 0 effect did --cluster unit,year --no-event-study
# years and quarters are two courses of time
sed 's/,2003,/,2003Q1,/' panel.csv >mixed.csv
# shellcheck disable=SC2086
expect_message 3 "the periods are of different kinds, as '2001' and '2003Q1'" "$UTFALL" effect did --data mixed.csv $columns

# clusters that split the regions, as a cluster a row: the errors are too small, which is said
awk -F, 'NR == 1 { print $0 ",row,two"; next } { print $0 "," NR "," $1 (NR == 5 ? "b" : "") }' panel.csv >rows.csv
# shellcheck disable=SC2086
expect_message 0 "warning: 10 of 10 regions lie in several clusters over time" "$UTFALL" effect did --data rows.csv $columns --cluster row --no-event-study
# shellcheck disable=SC2086
expect_message 0 "10 av 10 regioner ligger i flera kluster" "$UTFALL" effect did --data rows.csv $columns --cluster year --language sv --no-event-study
# shellcheck disable=SC2086
expect 0 "$UTFALL" effect did --data rows.csv $columns --cluster two --no-event-study
grep -q "^1 of 10 regions lie in several clusters" "$err" || fail "one region that moved: $(cat "$err")"
expect 0 effect did --cluster unit,year --no-event-study # one of the two holds whole regions
if grep -q "in several clusters over time" "$err"; then fail "two columns of which one holds the regions"; fi
expect_message 2 "option 'inference': found an empty list" effect did --inference ""

# a row without its unit is left out, in the reader's language
sed -i '5s/^U0,/,/' panel.csv
expect 0 effect did --no-event-study --format json --language sv
grep -q "nyckeln är tom" "$out" || fail "the ledger speaks English"
panel e
for option in draws permutations enumerate; do
    expect_message 2 "option '$option': found '1000000000', expected a whole number of at most 10000000" \
        effect callaway-santanna --$option 1000000000
done

# nothing drawn is no distribution; nothing to try all of means that all is drawn
for method in $all_methods stacked sun-abraham dose-response; do
    [[ $method == sensitivity ]] && continue
    expect_message 2 "option 'permutations': found 0, expected 1 or more" effect "$method" --permutations 0
done
expect_message 2 "option 'bootstrap-draws': found 0, expected 1 or more" effect did --bootstrap-draws 0
expect 0 effect did --no-event-study --enumerate 0 --permutations 7 --inference randomisation --format json
grep -q '"n_assignments": 120\|all 120' "$out" && fail "--enumerate 0 tries all"
expect_message 2 "option 'bootstrap-null': found 1e+308" effect did --inference wild-bootstrap --bootstrap-null 1e308
expect_message 2 "option 'distance': found -1, expected kilometres above 0" effect did --inference conley --coordinates x,w --distance -1
# the format is read before anything else: the file is not there
expect_message 2 "found 'xml' for '--format'" "$UTFALL" effect did --data none.csv $columns --format xml
# a start within a period of the data, or across two
for start in 2005-Q3 2005H2 2005-06 2005-2006; do
    expect_message 2 "is a period of another kind than those of the data, as '2001'" \
        "$UTFALL" effect did --data panel.csv --unit unit --period year --outcome y --treated U0,U1 --start $start
done
awk -F, 'NR == 1 { print $0 ",c"; next } { print $0 "," ($1 == "U0" ? "2005Q3" : 0) }' panel.csv >cohort.csv
expect_message 3 "cohort.csv:2: cohort '2005Q3' of unit 'U0' is not a period as those of the data" \
    "$UTFALL" effect callaway-santanna --data cohort.csv --unit unit --period year --outcome y --cohort c
# amounts that cannot be squared, and amounts that differ by rounding only
for amount in 1e150 1e-300; do
    awk -F, -v OFS=, -v a=$amount 'NR == 1 { print $0, "dose"; next } { print $0, $4 ? a : 0 }' panel.csv >dose.csv
    expect_message 3 "expected amounts from 1e-50 to 1e50" "$UTFALL" effect dose-response --data dose.csv --unit unit --period year --outcome y --treatment dose
done
awk -F, -v OFS=, 'NR == 1 { print $0, "dose"; next } { print $0, $4 ? ($1 == "U0" ? "0.3" : "0.30000000000000004") : 0 }' panel.csv >dose.csv
expect 4 "$UTFALL" effect dose-response --data dose.csv --unit unit --period year --outcome y --treatment dose
# the outcome is the treatment: t is infinite, in the histogram too; and no weight for the treated
panel d
expect 0 effect did
panel e '(i < 3 ? 0 : 1)' && sed -i 's/^\(U[012],[0-9]*,[^,]*,[^,]*\),[^,]*/\1,0/' panel.csv
expect_message 4 "None of the 3 treated regions has a row with the outcome, each covariate and a weight above 0" effect interrupted-time-series --weight w
# the table of the design has the same headings as in a report
panel e
expect 0 effect did --no-event-study --table design
grep -q "^Fact  " "$out" || fail "the design is headed $(sed -n 3p "$out")"
expect 0 effect did --no-event-study --table design --language sv
grep -q "^Uppgift  " "$out" || fail "designen har rubriken $(sed -n 3p "$out")"
finish
