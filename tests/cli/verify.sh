#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# utfall verify: the same bytes, changed inputs, changed outputs, moved studies.
source "$(dirname "$0")/../support/cli.sh"
small_study
expect 0 "$UTFALL" run study.yaml --output report --seed 11 --language sv
expect_message 0 "0 differ" "$UTFALL" verify report
expect_message 0 "0 differ" "$UTFALL" verify report/ --threads 1
expect_only study.yaml figures.csv report

# an output that was touched
cp -r report good
sed -i '2s/[0-9]/9/' report/tables/location-quotient.csv
expect_message 1 "tables/location-quotient.csv differs from byte" "$UTFALL" verify report
rm report/charts/location-quotient-1-se312.svg
expect_message 1 "charts/location-quotient-1-se312.svg is no longer in the output folder" "$UTFALL" verify report
rm -rf report && mv good report
# the store is not compared
echo >> report/store.db
expect_message 0 "0 differ" "$UTFALL" verify report

# an input that was touched is told before anything is repeated
cp figures.csv kept.csv
sed -i '2s/,[0-9]*$/,1/' figures.csv
expect_message 1 "figures.csv has changed since the run" "$UTFALL" verify report
mv kept.csv figures.csv
expect_message 0 "0 differ" "$UTFALL" verify report
echo "# a remark" >> study.yaml
expect_message 1 "study.yaml has changed since the run" "$UTFALL" verify report
sed -i '$d' study.yaml
mv figures.csv away.csv
expect_message 1 "figures.csv is no longer there" "$UTFALL" verify report
mv away.csv figures.csv

# a study that moved
mkdir elsewhere && mv study.yaml figures.csv elsewhere
expect_message 3 "say where it is with --study" "$UTFALL" verify report
expect 1 "$UTFALL" verify report --study elsewhere/study.yaml # the manifest tells the old place, all else is the same
[[ $(grep -c "differs" "$err") -le 2 ]] || fail "more than the manifest differs: $(cat "$err")"
mv elsewhere/* . && rmdir elsewhere

# a refused analysis is repeated as refused
sed -i 's/treated: \[SE312\]/treated: [SE110, SE121, SE311, SE312, SE313]/' study.yaml
expect 4 "$UTFALL" run study.yaml --output refused
expect_message 0 "0 differ" "$UTFALL" verify refused

# what is no run
expect_message 3 "there is no such folder" "$UTFALL" verify nowhere
mkdir none
expect_message 3 "found no manifest.json" "$UTFALL" verify none
echo '{"utfall": ' > none/manifest.json
expect_message 3 "cannot be read as JSON" "$UTFALL" verify none
echo '{"utfall": "1", "outputs": {}}' > none/manifest.json
expect 3 "$UTFALL" verify none
finish
