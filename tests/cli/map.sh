#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# True maps: `utfall chart map`, `report: {map: FILE}` in a study, the newer kinds of chart on the command line, and what is refused.
source "$(dirname "$0")/../support/cli.sh"

square() { # CODE WEST SOUTH
    printf '{"type":"Feature","properties":{"LnKod":"%s"},"geometry":{"type":"Polygon","coordinates":[[[%s,%s],[%s,%s],[%s,%s],[%s,%s]]]}}' \
        "$1" "$2" "$3" "$(($2 + 90000))" "$3" "$(($2 + 90000))" "$(($3 + 80000))" "$2" "$(($3 + 80000))"
}
{
    printf '{"type":"FeatureCollection","features":['
    square 17 300000 6500000; printf ','
    square 20 390000 6500000; printf ','
    square 21 390000 6580000
    printf ']}'
} > counties.geojson
printf 'region,year,share\nSE311,2018,31.9\nSE312,2018,29.0\nSE313,2018,\nSE311,2017,31.0\nSE312,2017,28.5\nSE313,2017,28.0\n' > share.csv
printf 'label,value\nSE311,31.9\nSE312,29.0\nSE,38.5\n' > table.csv

expect 0 "$UTFALL" chart map --data table.csv --geometry counties.geojson --output charts/map --focus SE312
grep -q "2 of 3 regions have a value" "$out" || fail "the description: $(cat "$out")"
grep -q "Not on the map: SE" "$out" || fail "a row without a region is not told: $(cat "$out")"
grep -q "<polygon\|<path" charts/map.svg || fail "no boundaries in the picture"
grep -q '"not in the table","21"' charts/map.csv || fail "the data: $(cat charts/map.csv)"
expect_message 2 "was given no boundaries" "$UTFALL" chart map --data table.csv --output charts/none
expect_message 6 "nowhere.zip" "$UTFALL" chart map --data table.csv --geometry nowhere.zip --output charts/none
expect_message 2 "did you mean 'LnKod'" "$UTFALL" chart map --data table.csv --geometry counties.geojson --geometry-key LnKo --output charts/none
printf '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"k":"SE311"},"geometry":{"type":"Polygon","coordinates":[[[11,55],[24,55],[24,69]]]}}]}' > degrees.geojson
expect_message 3 "degrees of longitude and latitude" "$UTFALL" chart map --data table.csv --geometry degrees.geojson --output charts/none

# Four corners, or none.
printf 'label,x,value\na,1,2\nb,2,3\nc,3,5\n' > points.csv
expect 0 "$UTFALL" chart scatter --data points.csv --fit --reference 3 --reference-x 2 --quadrants 'A|B|C|D' --output charts/points
grep -q "least-squares line has the slope 1.5" "$out" || fail "the slope: $(cat "$out")"
expect_message 2 "expected four, separated by |" "$UTFALL" chart scatter --data points.csv --quadrants 'A|B' --output charts/none

study() { # MAP
    cat > study.yaml <<YAML
study: {sv: Karta, en: Map}
language: sv
sources:
  - {file: share.csv, indicator: share, kind: ratio, unit: "%", name: {sv: Andel, en: Share}, dimensions: {region: region, period: year, value: share}}
regions: {level: nuts3, within: SE31}
follow:
  - {indicator: share, id: share-map, title: {sv: Andel i länen, en: Share by county}, chart: tile-map, period: 2018, focus: SE312}
report: {formats: [html], map: $1}
YAML
}
study counties.geojson
expect 0 "$UTFALL" run study.yaml --output report
grep -q '^Karta: ' report/charts/share-map.txt || fail "not a true map: $(cat report/charts/share-map.txt)"
grep -q 'Dalarna 29,0' report/report.html || fail "the focus is not named on the map"
grep -q '"path": "counties.geojson"' report/manifest.json || fail "the manifest does not tell the boundaries"
expect 0 "$UTFALL" verify report
sed -i 's/390000/390001/' counties.geojson
expect 1 "$UTFALL" verify report
grep -q "counties.geojson" "$out" "$err" || fail "verify does not name the changed file: $(cat "$out" "$err")"
study absent.geojson
expect_message 6 "absent.geojson" "$UTFALL" run study.yaml --output other

finish
