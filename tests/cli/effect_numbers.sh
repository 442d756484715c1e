#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What a user gets from a file is what the kernels are tested for: headline numbers of fixest, clubSandwich, did, didimputation,
# bacondecomp, fwildclusterboot and HonestDiD through the program.
source "$(dirname "$0")/../support/cli.sh"
peers=${UTFALL_SHARED_DIR:-$UTFALL_SOURCE_DIR/../shared}/reference/peers/data
own=${UTFALL_SHARED_DIR:-$UTFALL_SOURCE_DIR/../shared}/reference/own/data
counties=$UTFALL_SOURCE_DIR/tests/oracle/data/sim_sweden_county_means.csv

# expect_number COLUMN WANTED RELATIVE KEY=VALUE…: in the one row of the last output with these values
expect_number() {
    local column=$1 wanted=$2 relative=$3
    shift 3
    near "$(cell "$out" "$column" "$@")" "$wanted" "$relative" "$column of $*"
}

# --- the terminal shows the design before any estimate, and what things are called; CSV goes on giving the estimates
expect 0 "$UTFALL" effect did --data "$counties" --unit lan --period year --outcome y --treatment treated --inference cr2 --event-study=false --language sv
[[ $(grep -n "^Vad designen vilar på" "$out" | cut -d: -f1) -lt $(grep -n "^Skattningar efter typ av inferens" "$out" | cut -d: -f1) ]] || fail "the estimates come before the design"
grep -A2 "^Vad skattningen motsvarar" "$out" | grep -q "Uppgift .*Enhet" || fail "the headings of effect-size: $(grep -A2 "^Vad skattningen" "$out")"
expect 0 "$UTFALL" effect did --data "$counties" --unit lan --period year --outcome y --treatment treated --inference cr2 --event-study=false --language sv --format csv
head -1 "$out" | grep -q "^term,estimate" && grep -q "^fler tabeller, som visas med --table NAMN: " "$err" && grep -q "^varning: " "$err" ||
    fail "CSV: $(head -1 "$out") $(tail -3 "$err")"

# --- 21 counties: clubSandwich (sweden_county_lsdv_*, jackknife), fwildclusterboot with all 2^21 vectors, bacondecomp
panel=(--data "$counties" --unit lan --period year --outcome y --treatment treated --format csv)
expect 0 "$UTFALL" effect did "${panel[@]}" --covariates x --inference cr2,cr3,cr1s,wild-bootstrap --k-rule stata \
    --bootstrap-draws 2097152 --event-study=false
expect_number estimate 1.98059731883873 1e-8 term=treatment vcov=cr2
expect_number std_error 0.279740824687012 1e-6 term=treatment vcov=cr2
expect_number df 14.2032593853725 1e-6 term=treatment vcov=cr2
expect_number p_value 5.08209152152474e-06 1e-6 term=treatment vcov=cr2
expect_number std_error 0.298126245723833 1e-6 term=treatment vcov=cr3
expect_number std_error 0.2829108651341 1e-6 term=treatment vcov=cr1s
expect_number statistic 7.00078209403489 1e-6 term=treatment vcov=wild-bootstrap
# 4 of 2^21 at least as far out; the peer leaves the two ties out
expect_number p_value 1.9073486328125e-06 1e-12 term=treatment vcov=wild-bootstrap
expect_number conf_low 1.38191991988167 1e-4 term=treatment vcov=wild-bootstrap
expect_number conf_high 2.5984385 1e-4 term=treatment vcov=wild-bootstrap
expect 0 "$UTFALL" effect bacon "${panel[@]}" --table estimates
expect_number estimate 1.98057199511592 1e-8 term=treatment
expect 0 "$UTFALL" effect bacon "${panel[@]}" --table comparisons
expect_number estimate 2.7730339743962 1e-8 treated=2010 "control=never treated"
expect_number weight 0.253164556962025 1e-8 treated=2010 "control=never treated"
# each county left out in turn: the brute-force jackknife
expect 0 "$UTFALL" effect sensitivity "${panel[@]}" --covariates x --table leave-one-out --restrictions smoothness \
    --placebo-starts 0
expect_number estimate 2.17056383911920 1e-8 term=23
expect_number estimate 1.85970115198492 1e-8 term=10

if [[ ! -f $peers/mpdta.csv || ! -f $peers/base_did.csv || ! -f $own/sim_sweden.csv ]]; then
    echo "skipped: the peers' data are not here"
    finish
fi

# --- 290 municipalities clustered by county: fixest, did
panel=(--data "$own/sim_sweden.csv" --unit kommun --period year --outcome y --format csv)
expect 0 "$UTFALL" effect did "${panel[@]}" --treatment treated --covariates x --cluster lan --inference cr1s,cr2,hc1,iid,driscoll-kraay \
    --lag 3 --event-study=false
expect_number estimate 1.95550557968384 1e-8 term=treatment vcov=cr1s
expect_number std_error 0.217110802893484 1e-6 term=treatment vcov=cr1s
expect_number std_error 0.223743274490926 1e-6 term=treatment vcov=cr2
expect_number std_error 0.0660844270762298 1e-6 term=treatment vcov=hc1
expect_number std_error 0.0647832123237205 1e-6 term=treatment vcov=iid
expect_number std_error 0.209632482232544 1e-6 term=treatment vcov=driscoll-kraay
expect 0 "$UTFALL" effect did "${panel[@]}" --treatment treated --covariates x --weight pop --cluster lan --inference cr1s,cr2 \
    --event-study=false
expect_number estimate 2.03551781284094 1e-8 term=treatment vcov=cr1s
expect_number std_error 0.227049814094727 1e-6 term=treatment vcov=cr1s
expect 0 "$UTFALL" effect did "${panel[@]}" --treatment treated --covariates x --cluster lan --inference cr1s,cr2 --bin-before -5 \
    --bin-after 5 --table pretrend
expect_number statistic 3.59942432611875 1e-6 vcov=cr1s
expect_number p_value 0.022898659821526 1e-6 vcov=cr1s
cs=(--cohort first_treat --inference influence --draws 0 --table estimates)
expect 0 "$UTFALL" effect callaway-santanna "${panel[@]}" "${cs[@]}" --cluster lan
expect_number estimate 1.91014492120186 1e-8 term=simple
expect_number std_error 0.312545989382473 1e-6 term=simple
expect 0 "$UTFALL" effect callaway-santanna "${panel[@]}" "${cs[@]}" --weight pop
expect_number estimate 2.01893170382179 1e-8 term=simple
expect_number std_error 0.18090732721002 1e-6 term=simple

# --- mpdta: did, didimputation, bacondecomp
panel=(--data "$peers/mpdta.csv" --unit countyreal --period year --outcome lemp --cohort first.treat --format csv)
cs=(--inference influence --draws 0)
expect 0 "$UTFALL" effect callaway-santanna "${panel[@]}" "${cs[@]}" --table estimates
expect_number estimate -0.039951275155177 1e-8 term=simple
expect_number std_error 0.0120340127701854 1e-6 term=simple
expect_number std_error 0.0124460593209979 1e-6 term=group
expect 0 "$UTFALL" effect callaway-santanna "${panel[@]}" "${cs[@]}" --covariates lpop --control not-yet-treated --table estimates
expect_number estimate -0.0413516292999431 1e-7 term=simple
expect_number std_error 0.0114278390819951 1e-6 term=simple
expect 0 "$UTFALL" effect callaway-santanna "${panel[@]}" "${cs[@]}" --table pretrend
expect_number statistic 7.7912366272 1e-6
expect 0 "$UTFALL" effect imputation "${panel[@]}" --inference bjs --table estimates
expect_number estimate -0.0477099151094696 1e-6 term=simple
expect_number std_error 0.0132224886500107 1e-6 term=simple
expect 0 "$UTFALL" effect bacon "${panel[@]}" --table estimates
expect_number estimate -0.0365489366740666 1e-8 term=treatment

# --- base_did: fixest's regression, and HonestDiD's fixed-length intervals on its event study
awk -F, 'NR == 1 { print $0 ",treated"; next } { print $0 "," $5 * $6 }' "$peers/base_did.csv" > base_did.csv
panel=(--data base_did.csv --unit id --period period --outcome y --treatment treated --covariates x1 --format csv)
expect 0 "$UTFALL" effect did "${panel[@]}" --inference cr1s --event-study=false
expect_number estimate 4.85064514323405 1e-8 term=treatment vcov=cr1s
expect_number std_error 0.455222045942344 1e-6 term=treatment vcov=cr1s
expect 0 "$UTFALL" effect sensitivity "${panel[@]}" --inference cr1s --event-covariance inference --leave-one-out=false --placebo-starts 0 \
    --relative-magnitudes 0 --smoothness 0,0.5,1 --table bounds
expect_number estimate 0.784452028314083 1e-8 parameter=first restriction=smoothness m=0
expect_number high 3.02785419729986 2e-3 parameter=first restriction=smoothness m=0
expect_number low -3.56392237529323 6e-3 parameter=first restriction=smoothness m=1
expect_number high 14.520594581861 2e-3 parameter=average restriction=smoothness m=1

# --- a reference in which nobody is compared with: its estimates are differences from another period, and the program says from which
awk 'BEGIN { print "region,year,y,d"
    for (r = 0; r < 12; r++) for (t = 2006; t < 2016; t++)
        if (r < 3 || t != 2011) print r "," t "," r + 0.1 * t + (r * 7 + t * 3) % 5 + (r < 3 && t >= 2012) "," (r < 3 && t >= 2012) }' > alone.csv
panel=(--data alone.csv --unit region --period year --outcome y --treatment d --inference cr2 --table event-study --format csv)
said="estimates of the event study are differences from event time"
expect 0 "$UTFALL" effect did "${panel[@]}" --language en
grep -q "^warning: 8 of the 8 $said −6, which was left out, and not from the reference (−1)" "$err" || fail "the reference is not said to be alone: $(cat "$err")"
treated=$(awk -F, '$1 < 3 && NR > 1 { at[$2] += $3 / 3 } END { printf "%.12f", at[2012] - at[2006] }' alone.csv)
others=$(awk -F, '$1 >= 3 && NR > 1 { at[$2] += $3 / 9 } END { printf "%.12f", at[2012] - at[2006] }' alone.csv)
expect_number estimate "$(awk "BEGIN { printf \"%.12f\", $treated - $others }")" 1e-8 event_time=0
expect 0 "$UTFALL" effect did "${panel[@]}" --language en --reference=-2
! grep -q "$said" "$err" || fail "a reference with regions to compare with is said to be alone"
finish
