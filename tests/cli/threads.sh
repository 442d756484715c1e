#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Results do not depend on the number of threads: the same bytes from one, two and five, of every method that uses several. The draws
# are as many as give each thread some work; what is drawn the same way by one thread only is no matter here.
source "$(dirname "$0")/../support/cli.sh"

examples=$UTFALL_SOURCE_DIR/docs/examples
shipped=$UTFALL_SOURCE_DIR/datasets/norra-mellansverige
# same_bytes WORD OPTION…: WORD is in what comes out, so that the part that threads did take place
same_bytes() {
    local word=$1 threads
    shift
    for threads in 1 2 5; do
        OMP_NUM_THREADS=$threads expect 0 "$UTFALL" "$@" --seed 3 --format json
        cp "$out" "threads-$threads"
        grep -q "$word" "threads-$threads" || fail "$2: no '$word' in what came out"
        cmp -s threads-1 "threads-$threads" || fail "$2: $threads threads give other results than one"
    done
}
panel=(--unit county --period year --outcome outcome --treatment treated)

# blocks of 128 draws, from eight on shared out
same_bytes 'wild cluster bootstrap' effect did --data "$UTFALL_SOURCE_DIR/tests/oracle/data/sim_sweden_county_means.csv" --unit lan \
    --period year --outcome y --treatment treated --cluster lan --covariates x --inference wild-bootstrap,randomisation,cr2 \
    --bootstrap-draws 3000 --permutations 99
# cells, and draws of signs
same_bytes multiplier effect callaway-santanna --data "$examples/simulated_starts.csv" "${panel[@]}" --inference multiplier,influence \
    --draws 2000
# placebo treatments that drift, in rows with a covariance and in those dealt out anew
for method in sun-abraham callaway-santanna; do
    same_bytes placebo effect "$method" --data "$examples/simulated_starts.csv" "${panel[@]}" --permutations 199
done
# placebos
same_bytes placebo effect synthetic-control --data "$examples/simulated_counties.csv" --unit county --period year --outcome outcome \
    --treated 03,10 --start 2010
# permutations
same_bytes p_value profile spatial --data "$shipped/county_gdp.csv" --region region --time year --value gdp_euro_per_inhabitant \
    --permutations 999
# draws over the choices
for file in county_gdp:gdp:gdp_euro_per_inhabitant post_secondary_share:schooling:post_secondary_percent; do
    IFS=: read -r file indicator column <<<"$file"
    ignored=()
    [[ $indicator == gdp ]] && ignored=(--ignore "gdp_million_sek,gdp_million_euro")
    expect 0 "$UTFALL" import "$shipped/$file.csv" --indicator "$indicator" --kind ratio --value "$column" "${ignored[@]}" --store index.db
done
same_bytes draws profile composite-index --store index.db --level nuts3 --within SE --period 2017 --indicators gdp,schooling \
    --vary-normalisation z-score,rank --draws 300

finish
