#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Rounded figures in pictures that have two axes: the priority map and Moran's scatter draw what rounding leaves of both, say how many
# points could lie in another quadrant, and say nothing of the kind where figures are exact. Heat maps and lines have marks of their own; every method has a band for every ratio.
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
for chart in growth-se312 complexity-se312 space-1; do
    read -r banded all <<<"$(whiskers "sv/charts/$chart.csv")"
    [[ $banded == "$all" && $all -gt 4 ]] || fail "$chart: $banded of $all points have both bands"
    grep -q '^has_band = 1' "sv/charts/$chart.gp" || fail "$chart draws no bands"
    grep -q 'lämnar öppet' "sv/charts/$chart.svg" || fail "$chart does not say what the lines are"
    if grep -q 'inte beräknat\|inte ritas' "sv/charts/$chart.txt"; then fail "$chart: a sentence on bands that are drawn"; fi
done
grep -q 'Dess spann vågrätt: ' sv/charts/growth-se312.txt || fail "the alternative text has no band"
grep -q 'Avrundningen gör att [0-9]* av de [0-9]* kan ligga i en annan kvadrant' sv/report.html || fail "no finding on open quadrants"
grep -q 'Avrundningen gör att [0-9]* av [0-9]* regioner kan ligga i en annan kvadrant' sv/report.html || fail "no note on regions"
head -1 sv/tables/growth-priority-candidates.csv | grep -q 'quadrants_drawn' || fail "the table does not have the quadrants drawn"
expect 0 "$UTFALL" run study.yaml --output en --language en
grep -q 'Given the rounding, [0-9]* of the [0-9]* could lie in another quadrant' en/report.html || fail "no English finding"
grep -q 'the span that rounding to whole 1,000 leaves open' en/charts/growth-se312.svg || fail "no English legend"

study 0 0
expect 0 "$UTFALL" run study.yaml --output exact
for chart in growth-se312 space-1; do
    grep -q '^has_band = 0' "exact/charts/$chart.gp" || fail "$chart: bands of exact figures"
done
if grep -q 'kan ligga i en annan kvadrant' exact/report.html; then fail "exact figures leave a quadrant open"; fi


# --- heat maps: a dot in the corner where the span reaches another class; lines: the span is shaded ---------------------------------------
cat > classes.yaml <<YAML
study: {sv: Klasser, en: Classes}
language: sv
sources:
  - {file: $figures/county_employment.csv, indicator: employment, kind: stock, rounding: 1000, name: {sv: Sysselsatta, en: Employed},
     unit: {sv: personer, en: persons}, dimensions: {region: region, period: year, sector: sector, value: persons_employed}}
  - {file: $figures/county_gdp.csv, indicator: product, kind: ratio, rounding: 2000, name: {sv: BRP per invånare, en: GDP per inhabitant}, unit: euro,
     dimensions: {region: region, period: year, value: gdp_euro_per_inhabitant, ignore: [gdp_million_sek, gdp_million_euro]}}
regions: {level: nuts3, within: SE}
profiles:
  - {method: location-quotient, id: lq, indicator: employment, sectors: [A, C, F, G-I, J, K, L, M_N, O-Q, R-U], period: 2017, focus: [SE312]}
  - {method: convergence, id: spread, indicator: product, from: 2000, to: 2019, focus: [SE312]}
report: {formats: [html, csv], charts: [svg]}
YAML
expect 0 "$UTFALL" run classes.yaml --output classes
python3 - <<'PYTHON' || fail "the dots of the heat map"
import csv, re, sys
cells = list(csv.DictReader(open("classes/charts/lq-2.csv", encoding="utf-8", newline="")))
bands = {(r["label"], r["sector_label"]): (float(r["low"]), float(r["high"])) for r in
         csv.DictReader(open("classes/tables/lq-location-quotient.csv", encoding="utf-8", newline=""))}
wrong = []
for cell in cells:
    low, high = bands[cell["row_label"], cell["col_label"]]
    reached = {c["class"] for c in cells if low <= float(c["value"]) <= high}
    if len(reached) > 1 and cell["open"] == "0":
        wrong.append(f"{cell['row_label']}, {cell['col_label']} reaches {reached} without a dot")
    if cell["open"] not in ("0", cell["class"]):
        wrong.append(f"{cell['row_label']}, {cell['col_label']}: open is {cell['open']}")
    if low == high and cell["open"] != "0":
        wrong.append("a dot without a span")
dots = sum(c["open"] != "0" for c in cells)
said = re.search(r"Punkt i hörnet \((\d+) av (\d+) celler\)", open("classes/charts/lq-2.txt", encoding="utf-8").read())
if not said or [int(x) for x in said.groups()] != [dots, len(cells)] or not 0 < dots < len(cells):
    wrong.append(f"{dots} dots of {len(cells)}, said: {said and said.group(0)}")
print("\n".join(wrong), file=sys.stderr)
sys.exit(bool(wrong))
PYTHON
grep -q 'skuggat: det spann som avrundningen till hela 2000 lämnar öppet' classes/charts/spread-2.svg || fail "the spread over time has no shaded span"
grep -q '^has_band = 1' classes/charts/spread-2.gp || fail "the spread over time is drawn without its span"

# --- every method that a study runs, all figures rounded: no picture whose span is not computed, no ratio without its band -------------------
# No figures of vacancies ship: labour-matching takes made-up ones.
python3 - <<'PYTHON'
groups = ["A", "C", "F", "J", "K"]
for name, factor in (("vacancies", 61), ("unemployed", 97), ("labour_force", 7919)):
    with open(name + ".csv", "w", encoding="utf-8") as out:
        print("region,year,group,value", file=out)
        for r, region in enumerate(["SE311", "SE312", "SE313"]):
            for year in (2016, 2017):
                for g, group in enumerate(groups):
                    base = {"vacancies": 4000, "unemployed": 9000, "labour_force": 90000}[name]
                    print(f"{region},{year},{group},{(base + (r * 31 + g * 17 + year) * factor % base) // 1000 * 1000}", file=out)
PYTHON
sectors='indicator: employment, sectors: [A, C, F, G-I, J, K, L, M_N, O-Q, R-U]'
all() { # LANGUAGE ROUNDING
    cat > all.yaml <<YAML
study: {sv: Allt, en: All}
language: $1
sources:
  - {file: $figures/county_employment.csv, indicator: employment, kind: stock, rounding: $2, name: {sv: Sysselsatta, en: Employed},
     unit: {sv: personer, en: persons}, dimensions: {region: region, period: year, sector: sector, value: persons_employed}}
  - {file: $figures/county_gdp.csv, indicator: gdp_per_inhabitant, kind: ratio, rounding: $2, name: {sv: BRP per invånare, en: GDP per inhabitant},
     unit: euro, dimensions: {region: region, period: year, value: gdp_euro_per_inhabitant, ignore: [gdp_million_sek, gdp_million_euro]}}
$(for name in vacancies unemployed labour_force; do
    echo "  - {file: $name.csv, indicator: $name, kind: stock, rounding: $2, dimensions: {region: region, period: year, sector: group, value: value}}"
done)
regions: {level: nuts3, within: SE}
profiles:
  - {method: location-quotient, id: lq, $sectors, period: 2017, compare-with: 2008, focus: [SE312]}
  - {method: specialisation, id: specialisation, $sectors, period: 2017, focus: [SE312]}
  - {method: concentration, id: concentration, $sectors, period: 2017, focus: [SE312]}
  - {method: variety, id: variety, $sectors, period: 2017, focus: [SE312], groups: [A=primary, C=goods, F=goods, G-I=services, J=services, K=business,
     L=business, M_N=business, O-Q=public, R-U=public]}
  - {method: shift-share, id: shift-share, $sectors, from: 2010, to: 2017, dynamic: true, focus: [SE312]}
  - {method: relatedness, id: relatedness, $sectors, period: 2017}
  - {method: relatedness-density, id: density, $sectors, period: 2017, focus: [SE312]}
  - {method: complexity, id: complexity, $sectors, period: 2017, focus: [SE312]}
  - {method: priority-map, id: priorities, $sectors, period: 2017, benefit: growth, from: 2008, focus: [SE312]}
  - {method: cluster-stars, id: stars, $sectors, from: 2008, period: 2017, focus: [SE312]}
  - {method: composite-index, id: composite, indicators: [gdp_per_inhabitant, 'employment["J"] / employment["TOTAL"]'], period: 2017, focus: [SE312]}
  - {method: composite-index, id: pillars, indicators: [gdp_per_inhabitant, 'employment["J"]', 'employment["K"]'], period: 2017, focus: [SE312],
     pillars: ['employment["J"]:new', 'employment["K"]:new'], vary-normalisation: [z-score]}
  - {method: inequality, id: inequality, indicator: gdp_per_inhabitant, group: nuts2, focus: [SE312]}
  - {method: convergence, id: convergence, indicator: gdp_per_inhabitant, from: 2000, to: 2019, focus: [SE312]}
  - {method: spatial, id: space, indicator: gdp_per_inhabitant, period: 2019, focus: [SE312]}
  - {method: peer-regions, id: peers, $sectors, period: 2017, all-pairs: true, focus: [SE312]}
  - {method: peer-regions, id: cosine, $sectors, period: 2017, all-pairs: true, distance: cosine, focus: [SE312]}
  - {method: peer-regions, id: mahalanobis, indicators: [gdp_per_inhabitant, 'employment["J"]'], period: 2017, distance: mahalanobis, focus: [SE312]}
  - {method: labour-matching, id: labour, indicator: vacancies, unemployed: unemployed, labour-force: labour_force, employed: labour_force,
     leaving: unemployed, entering: vacancies, matched: unemployed, focus: [SE312]}
  - {method: scoreboard, id: scoreboard, indicators: [gdp_per_inhabitant], for: SE312, peers: [SE311, SE313], from: 2010, focus: [SE312]}
report: {formats: [html, csv], charts: [svg]}
YAML
}
ratios() { # DIRECTORY rounded|exact: what is wrong with its tables, a line each
    python3 - "$@" <<'PYTHON'
import csv, glob, os, sys
directory, kind = sys.argv[1:]
without = {
    "figures as published, and plain sums and means of them": "value start end level nation target lag vacancies unemployed",
    "counts": "regions n n_cells n_events n_clusters missing parts sectors broad_sectors indicators with_figures ranked neighbours together winsorised top_regions",
    "counts of what a measure with a band says": "diversity ubiquity present specialised quadrants_drawn differs_most_open better_than_nation worse_than_nation "
        "improved worsened targets_reached alternatives",
    "yes or no, by a measure with a band": "star_size star_specialisation star_productivity star_growth",
    "errors and tests, which are about chance": "std_error statistic df p_value conf_low conf_high speed_std_error half_life_std_error sigma_std_error sigma_p p q "
        "expectation variance variance_normal z z_normal p_normal p_permutation permutations first_order_error total_order_error among_top_error "
        "estimate marginal_tenth regional_rounding_sd",
    "the middle 90 % of draws over choices": "rank_p05 rank_p95 low high",
    "chosen, or by weights that are not rounded": "weight weight_in_index weight_share years sigma_regions",
    "how the indicators go together, told as a check": "alpha alpha_raw mean_correlation lowest_correlation correlation skewness kurtosis lambda skewness_after "
        "kurtosis_after after_treatment",
    "the band is that of the distance to it": "cut_density cut_benefit"}
elsewhere = {  # has its band in another table or under the names low and high
    ("composite-index-ranks", "rank"), ("location-quotient", "location_quotient"), ("location-quotient-growth", "location_quotient"),
    ("location-quotient-ranks", "location_quotient")}
known = {name for names in without.values() for name in names.split()}
banded = 0
def number(text):
    try:
        return float(text)
    except ValueError:
        return None
for path in sorted(glob.glob(os.path.join(directory, "tables", "*.csv"))):
    name = os.path.basename(path)[:-4]
    rows = list(csv.DictReader(open(path, encoding="utf-8", newline="")))
    for column in rows[0] if rows else ():
        cells = [number(row[column]) for row in rows if row[column]]
        if not cells or None in cells or column in ("period", "from", "to", "compared_with") or column in known:
            continue
        if column.endswith(("_low", "_high", "_status")) or any(name.endswith(t) and column == c for t, c in elsewhere):
            continue
        ends = next(((column + a + "_low", column + a + "_high") for a in ("_rounding", "") if column + a + "_low" in rows[0]), None)
        if not ends:
            if kind == "rounded":
                print(f"{name}: the ratio '{column}' has no band")
            continue
        for row in rows:
            value, low, high = (number(row[c]) for c in (column, *ends))
            if None in (low, high, value):
                continue
            slack = 1e-9 * (1 + abs(value))
            if not low - slack <= value <= high + slack:
                print(f"{name}: {column} is {value}, outside {low} to {high}")
            if kind == "exact" and high - low > slack:
                print(f"{name}: exact figures leave '{column}' open")
            banded += high > low
if kind == "rounded" and banded < 1000:
    print(f"only {banded} numbers have bands")
PYTHON
}
all en 1000
expect 0 "$UTFALL" run all.yaml --output rounded
if grep -l 'is not computed' rounded/charts/*.txt rounded/report.html; then fail "a picture's span is not computed"; fi
wrong=$(ratios rounded rounded)
[[ -z $wrong ]] || fail "tables of rounded figures: $wrong"
grep -q '^has_band = 1' rounded/charts/composite-2.gp || fail "the parts of the index are drawn without bands"
for chart in labour-1 labour-2-se312 labour-3-se312; do
    grep -q '^has_band = 1' "rounded/charts/$chart.gp" || fail "$chart is drawn without bands"
done
grep -q 'rounding to whole 1,000 leaves open' rounded/charts/labour-2-se312.svg || fail "the unit of the groups' figures is not said"
grep -q 'rounding to whole 1,000 leaves open' rounded/charts/composite-2.svg || fail "the unit of the index's figures is not said"
grep -q '^has_band = 1' rounded/charts/composite-3.gp || fail "the sensitivity is drawn without bands"
[[ $(cell rounded/tables/mahalanobis-peer-regions.csv distance_high unit=SE312 rank=1) != "" ]] || fail "Mahalanobis' distance has no band"
grep -q "every distance the exact figures could give, also by changing the standard deviations" rounded/report.html || fail "it is not said that the bands of the standardised distance hold every distance"
all sv 0
expect 0 "$UTFALL" run all.yaml --output unrounded
wrong=$(ratios unrounded exact)
[[ -z $wrong ]] || fail "tables of exact figures: $wrong"
finish
