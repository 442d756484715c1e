#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Results do not depend on the number of threads: the same bytes from one, two and five.
source "$(dirname "$0")/../support/cli.sh"

panel=$UTFALL_SOURCE_DIR/tests/oracle/data/sim_sweden_county_means.csv
for threads in 1 2 5; do
    OMP_NUM_THREADS=$threads expect 0 "$UTFALL" effect did --data "$panel" --unit lan --period year --outcome y --treatment treated \
        --cluster lan --covariates x --inference wild-bootstrap,randomisation,cr2 --bootstrap-draws 20000 --seed 3 --format json
    cp "$out" "threads-$threads"
    grep -q 'wild cluster bootstrap' "threads-$threads" || fail "the bootstrap is not told of"
    cmp -s threads-1 "threads-$threads" || fail "$threads threads give other results than one"
done

finish
