#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Sweden's NUTS 2 regions within all regions of the data: those that lack a figure stay in the table with the reason, and change nothing for the others.
source "$(dirname "$0")/../support/cli.sh"

# same ALL COMPLETE COLUMN…: each row of the regions that lack nothing is the same number in both; says how many.
same() {
    python3 - "$@" <<'PYTHON'
import csv, sys
key = lambda r: (r["unit"], r.get("sector", ""))
whole = {key(r): r for r in csv.DictReader(open(sys.argv[1], encoding="utf-8", newline=""))}
part = {key(r): r for r in csv.DictReader(open(sys.argv[2], encoding="utf-8", newline=""))}
for k, row in part.items():
    for column in sys.argv[3:]:
        if whole[k][column] == row[column]: continue
        a, b = float(whole[k][column]), float(row[column])
        if not abs(a - b) <= 1e-12 * max(abs(b), 1e-3):
            sys.exit(f"{k} {column}: {a} beside {b}")
print(len(part))
PYTHON
}

# --- four regions, of which Ö lacks a sector, X both sectors and Z everything -------------------------------------------
cat > jobs.csv <<'CSV'
region,sector,year,jobs
A,s,2017,30
A,t,2017,20
A,all,2017,50
B,s,2017,10
B,t,2017,60
B,all,2017,70
X,s,2017,8
X,t,2017,..
X,all,2017,20
Y,s,2017,..
Y,t,2017,..
Y,all,2017,5
Z,s,2016,1
Z,t,2016,1
Z,all,2016,2
CSV
call=("$UTFALL" profile location-quotient --data jobs.csv --region region --sector sector --value jobs --time year --total all --period 2017 --format csv)
expect 0 "${call[@]}" --incomplete keep --table location-quotient
cp "$out" kept.csv
[[ $(tail -n +2 kept.csv | cut -d, -f1 | sort -u | tr '\n' ' ') == "A B X Y Z " ]] || fail "not every region is in the table: $(cat kept.csv)"
# X has 8 of 20 in s, the two complete regions 40 of 120.
[[ $(cell kept.csv location_quotient unit=X sector=s) == 1.2* || $(cell kept.csv location_quotient unit=X sector=s) == 1.19999* ]] ||
    fail "X in s: $(cell kept.csv location_quotient unit=X sector=s)"
[[ $(cell kept.csv location_quotient_status unit=X sector=t) == not-available ]] || fail "no reason for X in t"
[[ $(cell kept.csv location_quotient_status unit=Z sector=s) == not-available ]] || fail "no reason for Z"
expect 0 "${call[@]}" --incomplete leave-out --table location-quotient
cp "$out" complete.csv
[[ $(same kept.csv complete.csv location_quotient share reference_share) == 4 ]] || fail "keeping regions changed the others"
expect 0 "${call[@]}" --incomplete keep --table location-quotient-ranks
cp "$out" ranks.csv
[[ $(cell ranks.csv rank unit=X sector=s) == 2 && $(cell ranks.csv ranked unit=X sector=s) == 3 && $(cell ranks.csv regions unit=X sector=s) == 5 ]] ||
    fail "the rank of X is not 2 of 3, of 5: $(cat ranks.csv)"
[[ $(cell ranks.csv rank unit=Y sector=s) == "" && $(cell ranks.csv rank_status unit=Y sector=s) == not-available ]] || fail "Y has a rank"
expect 0 "${call[@]}" --incomplete keep --table location-quotient-findings
grep -q "s 1.80, rank 1 of 3 with figures, of 5" "$out" || fail "no rank in the sentence: $(cat "$out")"
expect 0 "${call[@]}" --incomplete keep --table location-quotient-findings --language sv
grep -q "s 1,80, rang 1 av 3 med uppgifter, av 5" "$out" || fail "no rank in the Swedish sentence: $(cat "$out")"
# The ledger and a note name them.
expect 0 "${call[@]:0:${#call[@]}-1}" json --incomplete keep
for name in X Y Z; do grep -A3 "compared, not in the reference area" "$out" | grep -q "\b$name\b" || fail "the ledger does not name $name"; done
expect_message 0 "3 of 5 regions lack at least one figure" "${call[@]}" --incomplete keep
expect_message 2 "either it or 'reference: rest-of-nation'" "${call[@]}" --incomplete keep --reference rest-of-nation
{ grep -v '^[AB]' jobs.csv; echo Z,t,2017,4; echo Z,all,2017,9; } > none.csv
expect_message 3 "leaves no reference area" "$UTFALL" profile location-quotient --data none.csv --region region --sector sector --value jobs --time year \
    --total all --period 2017 --incomplete keep
# A sector's index needs all regions: what cannot keep them says so.
expect_message 2 "'keep' is not one of missing, leave-out" "$UTFALL" profile concentration --data jobs.csv --region region --sector sector --value jobs --time year --incomplete keep

# --- the EU's 303 regions ---------------------------------------------------------------------------------------------------
figures=${UTFALL_SHARED_DIR:-$UTFALL_SOURCE_DIR/../shared}/figures/eu_nuts2_gva_by_sector_2008_2023.csv
if [[ ! -r $figures ]]; then
    echo "not checked, since the file is not there: $figures"
    finish
    exit
fi
expect 0 "$UTFALL" import "$figures" --indicator gva --kind flow --unit "million euro" --store eu.db
eu() { # METHOD OPTION…
    local method=$1
    shift
    expect 0 "$UTFALL" profile "$method" --store eu.db --indicator gva --level nuts2 --total TOTAL --sectors A,B-E,F,G-I,J,K,L,M_N,O-Q,R-U --format csv "$@"
}
for method in location-quotient specialisation; do
    number=location_quotient
    [[ $method == specialisation ]] && number=krugman
    eu $method --period 2021 --incomplete keep --table $method
    cp "$out" kept.csv
    [[ $(tail -n +2 kept.csv | cut -d, -f1 | sort -u | wc -l) == 303 ]] || fail "$method: not 303 regions"
    [[ $(tail -n +2 kept.csv | cut -d, -f1 | sort -u | grep -c '^SE[1-3]') == 8 ]] || fail "$method: not Sweden's eight"
    python3 - kept.csv $number <<'PYTHON' || fail "$method: a number or its reason is missing"
import csv, sys
for r in csv.DictReader(open(sys.argv[1], encoding="utf-8", newline="")):
    there = r[sys.argv[2]] != ""
    if r["unit"] != "SEZZ" and r["unit"][:2] == "SE" and not there: sys.exit(r["unit"] + " has no number")
    # Figures that are all zero have no quotient: undefined, not missing.
    if there == (r[sys.argv[2] + "_status"] in ("not-available", "undefined")): sys.exit(f"{r}: no reason")
PYTHON
    eu $method --period 2021 --incomplete leave-out --table $method
    [[ $(same kept.csv "$out" $number) -ge 283 ]] || fail "$method: the regions without gaps are other than alone: $(same kept.csv "$out" $number 2>&1)"
done
# Switzerland publishes finance and no construction by region: the one is ranked, the other has its reason.
eu location-quotient --period 2021 --incomplete keep --table location-quotient-ranks
cp "$out" ranks.csv
[[ $(cell ranks.csv regions unit=CH04 sector=K) == 303 && $(cell ranks.csv ranked unit=CH04 sector=K) == 294 && $(cell ranks.csv rank unit=CH04 sector=K) == 3 ]] ||
    fail "Zürich in K is $(cell ranks.csv rank unit=CH04 sector=K) of $(cell ranks.csv ranked unit=CH04 sector=K), of $(cell ranks.csv regions unit=CH04 sector=K)"
[[ $(cell ranks.csv rank_status unit=CH04 sector=F) == not-available ]] || fail "Zürich in F has no reason"
eu shift-share --from 2009 --to 2021 --incomplete keep --table shift-share
[[ $(tail -n +2 "$out" | cut -d, -f1 | sort -u | wc -l) == 303 ]] || fail "shift-share: not 303 regions"
finish
