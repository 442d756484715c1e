#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Rounded figures in pictures that have two axes: the priority map and Moran's scatter draw what rounding leaves of both, say how many
# points could lie in another quadrant, and say nothing of the kind where figures are exact.
source "$(dirname "$0")/../support/cli.sh"
figures=$UTFALL_SOURCE_DIR/datasets/norra-mellansverige

study() { # ROUNDING of employment and of product
    cat > study.yaml <<YAML
study: {sv: Avrundat, en: Rounded}
language: sv
sources:
  - {file: $figures/county_employment.csv, indicator: employment, kind: stock, rounding: $1, name: {sv: Sysselsatta, en: Employed},
     unit: {sv: personer, en: persons}, dimensions: {region: region, period: year, sector: sector, value: persons_employed}}
  - {file: $figures/county_gdp.csv, indicator: product, kind: ratio, rounding: $2, name: {sv: BRP per invånare, en: GDP per inhabitant}, unit: euro,
     dimensions: {region: region, period: year, value: gdp_euro_per_inhabitant, ignore: [gdp_million_sek, gdp_million_euro]}}
regions: {level: nuts3, within: SE}
profiles:
  - {method: priority-map, id: growth, title: {sv: Tillväxt, en: Growth}, indicator: employment, sectors: [A, C, F, G-I, J, K, L, M_N, O-Q, R-U],
     benefit: growth, from: 2008, period: 2017, focus: [SE312]}
  - {method: priority-map, id: complexity, title: {sv: Komplexitet, en: Complexity}, indicator: employment, sectors: [A, C, F, G-I, J, K, L, M_N, O-Q, R-U],
     period: 2017, focus: [SE312]}
  - {method: spatial, id: space, title: {sv: Grannar, en: Neighbours}, indicator: product, period: 2019, focus: [SE312]}
report: {formats: [html, csv], charts: [svg]}
YAML
}
# whiskers CHART: points with a band across and upwards, of all that are drawn; each holds its point
whiskers() {
    python3 - "$1" <<'PYTHON'
import csv, sys
rows = [r for r in csv.DictReader(open(sys.argv[1], encoding="utf-8", newline="")) if r["radius"]]
ends = [(float(r["x_low"]) <= float(r["x"]) <= float(r["x_high"])) and (float(r["low"]) <= float(r["value"]) <= float(r["high"]))
        for r in rows if r["x_low"] and r["low"]]
print(f"{sum(ends)} {len(rows)}")
PYTHON
}

study 1000 2000
expect 0 "$UTFALL" run study.yaml --output sv
for chart in growth-dalarna complexity-dalarna space-1; do
    read -r banded all <<<"$(whiskers "sv/charts/$chart.csv")"
    [[ $banded == "$all" && $all -gt 4 ]] || fail "$chart: $banded of $all points have both bands"
    grep -q '^has_band = 1' "sv/charts/$chart.gp" || fail "$chart draws no bands"
    grep -q 'lämnar öppet' "sv/charts/$chart.svg" || fail "$chart does not say what the lines are"
    if grep -q 'inte beräknat\|inte ritas' "sv/charts/$chart.txt"; then fail "$chart: a sentence on bands that are drawn"; fi
done
grep -q 'Dess spann vågrätt: ' sv/charts/growth-dalarna.txt || fail "the alternative text has no band"
grep -q 'Avrundningen gör att [0-9]* av de [0-9]* kan ligga i en annan kvadrant' sv/report.html || fail "no finding on open quadrants"
grep -q 'Avrundningen gör att [0-9]* av [0-9]* regioner kan ligga i en annan kvadrant' sv/report.html || fail "no note on regions"
head -1 sv/tables/growth-priority-candidates.csv | grep -q 'quadrants_drawn' || fail "the table does not have the quadrants drawn"
expect 0 "$UTFALL" run study.yaml --output en --language en
grep -q 'Given the rounding, [0-9]* of the [0-9]* could lie in another quadrant' en/report.html || fail "no English finding"
grep -q 'the span that rounding to whole 1,000 leaves open' en/charts/growth-dalarna.svg || fail "no English legend"

study 0 0
expect 0 "$UTFALL" run study.yaml --output exact
for chart in growth-dalarna space-1; do
    grep -q '^has_band = 0' "exact/charts/$chart.gp" || fail "$chart: bands of exact figures"
done
if grep -q 'kan ligga i en annan kvadrant' exact/report.html; then fail "exact figures leave a quadrant open"; fi

finish
