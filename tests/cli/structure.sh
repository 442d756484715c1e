#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Concentration, variety, inequality and shift-share from a file to the table, against numbers that peers and papers give.
source "$(dirname "$0")/../support/cli.sh"
peers=${UTFALL_SHARED_DIR:-$UTFALL_SOURCE_DIR/../shared}/reference/peers

# --- Ellison–Glaeser: Wien, Linz and Graz (Farhauer & Kröll 2014); the plants of one sector and all employment -----------
cat >cities.csv <<'CSV'
city,sector,jobs,squares
Wien,plants,13000,144475000
Wien,rest,487000,
Linz,plants,32000,429500000
Linz,rest,368000,
Graz,plants,25000,625000000
Graz,rest,75000,
CSV
expect 0 "$UTFALL" profile concentration --data cities.csv --region city --sector sector --value jobs --plant-squares squares \
    --format csv --table concentration
cp "$out" cities-out.csv
near "$(cell cities-out.csv ellison_glaeser sector=plants)" 0.05990628411653892 1e-10 "gamma"
near "$(cell cities-out.csv plant_herfindahl sector=plants)" 0.2446887755102041 1e-12 "the plants' Herfindahl index"
near "$(cell cities-out.csv raw_concentration sector=plants)" 0.1681632653061224 1e-10 "G"
[[ $(cell cities-out.csv ellison_glaeser sector=rest) == "" && $(cell cities-out.csv ellison_glaeser_status sector=rest) == not-available ]] ||
    fail "a sector whose plants are not known has an index"
expect 0 "$UTFALL" profile concentration --data cities.csv --region city --sector sector --value jobs --plant-herfindahl plants=0.2446887755102041 \
    --format csv --table concentration
cp "$out" cities-out.csv
near "$(cell cities-out.csv ellison_glaeser sector=plants)" 0.05990628411653892 1e-10 "gamma from a given index"
near "$(cell cities-out.csv top_share sector=plants)" 100 1e-12 "the share of all three"
expect 0 "$UTFALL" profile concentration --data cities.csv --region city --sector sector --value jobs --top 1 --language sv --table concentration-findings
grep -q "45,7\|46 procent finns i Linz" "$out" || fail "no Swedish finding: $(cat "$out")"

# What goes wrong is said.
profile=("$UTFALL" profile concentration --data cities.csv --region city --sector sector --value jobs)
expect_message 2 "'top' to 1 or more" "${profile[@]}" --top 0
expect_message 2 "in one way" "${profile[@]}" --plant-squares squares --plant-herfindahl plants=0.1
expect_message 2 "expected a sector's code and a number, as C=0.012" "${profile[@]}" --plant-herfindahl plants
expect_message 2 "did you mean 'plants'?" "${profile[@]}" --plant-herfindahl plant=0.1
expect_message 3 "above 0 and is at most 1" "${profile[@]}" --plant-herfindahl plants=1.5
printf 'city,sector,jobs,squares\nWien,plants,10,60\nLinz,plants,10,900\n' >wrong.csv
expect_message 3 "not those of plants" "$UTFALL" profile concentration --data wrong.csv --region city --sector sector --value jobs --plant-squares squares
expect_message 2 "no column 'square'" "${profile[@]}" --plant-squares square

# --- variety ----------------------------------------------------------------------------------------------------------------
printf 'region,sector,jobs\nA,10.11,1\nA,10.12,1\nA,20.11,1\nA,20.12,1\nB,10.11,4\nB,10.12,0\nB,20.11,0\nB,20.12,0\n' >sectors.csv
profile=("$UTFALL" profile variety --data sectors.csv --region region --sector sector --value jobs --format csv --table variety)
expect 0 "${profile[@]}"
cp "$out" v.csv
near "$(cell v.csv total unit=A)" 2 1e-14 "four equal sectors"
near "$(cell v.csv related unit=A)" 1 1e-14 "two in each"
near "$(cell v.csv unrelated unit=A)" 1 1e-14 "two broad ones"
[[ $(cell v.csv total unit=B) == 0 ]] || fail "one sector has variety"
expect 0 "${profile[@]}" --groups 10.11=x,20.11=x,10.12=y,20.12=z
cp "$out" v.csv
near "$(cell v.csv unrelated unit=A)" 1.5 1e-14 "listed groups"
near "$(cell v.csv related unit=A)" 0.5 1e-14 "listed groups"
expect_message 0 "says nothing" "${profile[@]}" --broad 4
expect_message 2 "in one way" "${profile[@]}" --groups 10.11=x --broad 2
expect_message 2 "twice" "${profile[@]}" --groups 10.11=x,10.11=y
expect_message 2 "as C=industry" "${profile[@]}" --groups 10.11
expect_message 2 "no sector with values; did you mean '10.11'?" "${profile[@]}" --groups 10.111=x
expect_message 2 "no two levels" "${profile[@]}" --broad 0
expect_message 2 "no two levels" "${profile[@]}" --broad 4 --fine 4
expect_message 2 "code of 5 letters and digits" "${profile[@]}" --fine 5

# --- inequality -------------------------------------------------------------------------------------------------------------
printf 'region,year,income,people,part\nA,2020,0,1,x\nB,2020,2,1,x\nC,2020,4,2,y\nA,2021,3,1,x\nB,2021,..,1,x\nC,2021,3,2,y\n' >income.csv
profile=("$UTFALL" profile inequality --data income.csv --region region --time year --value income --format csv --table inequality)
expect 0 "${profile[@]}" --weight people --group part
cp "$out" i.csv
near "$(cell i.csv gini period=2020)" 0.35 1e-14 "Gini by hand"
near "$(cell i.csv theil_t_between period=2020)" "$(python3 -c 'from math import log; print(0.5*0.4*log(0.4)+0.5*1.6*log(1.6))')" 1e-12 "between by hand"
[[ $(cell i.csv theil_l period=2020) == "" && $(cell i.csv theil_l_status period=2020) == undefined ]] || fail "Theil's L with a zero: $(cat i.csv)"
[[ $(cell i.csv gini period=2021) == "" && $(cell i.csv gini_status period=2021) == not-available ]] || fail "a missing figure counts"
expect_message 0 "1 of 2 periods" "${profile[@]}"
expect 0 "${profile[@]}" --incomplete leave-out
cp "$out" i.csv
[[ $(cell i.csv gini period=2021) == 0 && $(cell i.csv regions period=2021) == 2 ]] || fail "B is not left out: $(cat i.csv)"
expect_message 2 "in one way" "${profile[@]}" --group part --group-length 1
expect_message 2 "at least 1 character" "${profile[@]}" --group-length 0
expect_message 2 "no region of the data" "${profile[@]}" --without SE
expect_message 2 "epsilon" "${profile[@]}" --atkinson 0
printf 'region,year,income,part\nA,2020,1,x\nA,2021,1,y\nB,2020,2,x\nB,2021,2,x\n' >moves.csv
expect_message 3 "lies in the group 'x' and in 'y'" "$UTFALL" profile inequality --data moves.csv --region region --time year --value income --group part
printf 'region,income\nA,1\nB,-2\n' >negative.csv
expect_message 3 "-2 for region B" "$UTFALL" profile inequality --data negative.csv --region region --value income

# --- the same from a store, with bands ---------------------------------------------------------------------------------------
data=$UTFALL_SOURCE_DIR/datasets/norra-mellansverige
cat >study.yaml <<YAML
study: {sv: Struktur, en: Structure}
language: en
questions: [{sv: Hur?, en: How?}]
sources:
  - {file: $data/county_gdp.csv, indicator: gdp, name: {sv: BRP, en: GDP}, unit: euro, kind: ratio, rounding: 100, source: Eurostat,
     dimensions: {region: region, period: year, value: gdp_euro_per_inhabitant, ignore: [gdp_million_sek, gdp_million_euro]}}
  - {file: $data/county_employment.csv, indicator: jobs, name: {sv: Sysselsatta, en: Employed}, unit: {sv: personer, en: persons},
     rounding: 1000, source: Eurostat, dimensions: {region: region, period: year, sector: sector, value: persons_employed}}
regions: {level: nuts3, within: SE}
profiles:
  - {method: inequality, indicator: gdp, question: 1, group: nuts2}
  - {method: concentration, indicator: jobs, question: 1, sectors: [A, C, F, G-I, J, K, L, M_N, O-Q, R-U], total: TOTAL, period: 2017}
  - {method: variety, indicator: jobs, question: 1, sectors: [A, B-E, F, G-I, J, K, L, M_N, O-Q, R-U], period: 2017,
     groups: [A=primary, B-E=goods, F=goods, G-I=services, J=services, K=business, L=business, M_N=business, O-Q=public, R-U=public]}
  - {method: location-quotient, indicator: jobs, question: 1, sectors: [A, C, F], total: TOTAL, period: 2017, compare-with: 2008}
  - {method: shift-share, indicator: jobs, question: 1, sectors: [A, B-E, F, G-I, J, K, L, M_N, O-Q, R-U], from: 2010, to: 2017, dynamic: true}
report: {charts: [svg]}
YAML
expect 0 "$UTFALL" run study.yaml --output made
inside() { # TABLE COLUMN FILTER…: the value lies in its band, which has a width
    local table=made/tables/$1.csv column=$2
    shift 2
    checks=$((checks + 1))
    awk -v l="$(cell "$table" "${column}_low" "$@")" -v x="$(cell "$table" "$column" "$@")" -v h="$(cell "$table" "${column}_high" "$@")" \
        'BEGIN { exit !(l != "" && l <= x && x <= h && l < h) }' || fail "$table: $column is not inside its band"
}
inside inequality gini period=2017
inside inequality theil_t period=2017
inside concentration hoover sector=C
inside variety related unit=SE312
inside variety total unit=SE110
inside location-quotient location_quotient_change unit=SE312 sector=C
near "$(cell made/tables/inequality.csv theil_t period=2017)" \
    "$(awk -v a="$(cell made/tables/inequality.csv theil_t_within period=2017)" -v b="$(cell made/tables/inequality.csv theil_t_between period=2017)" 'BEGIN { printf "%.17g", a + b }')" \
    1e-10 "within and between"
[[ -s made/charts/inequality-1.svg && -s made/charts/inequality-2.svg && -s made/charts/concentration.svg && -s made/charts/variety.svg ]] ||
    fail "a chart is missing: $(ls made/charts)"
[[ $(cell made/tables/shift-share-steps.csv value unit=SE312 period=2011 component=national) != none ]] || fail "no steps"

# --- complexity of Sweden's ten broad sectors: it means nothing, in both languages and without a rank in any sentence -----------
grep -vE ',(C|G-J|K-N|O-U|TOTAL),' "$data/county_employment.csv" >ten.csv
profile=("$UTFALL" profile complexity --data ten.csv --region region --sector sector --time year --value persons_employed --period 2017)
expect_message 0 "With 21 regions and 10 sectors the index means nothing" "${profile[@]}" --table complexity-findings
grep -q "The correlation with diversity is 0.60; .* in 1 connected part" "$err" || fail "no numbers in the warning: $(cat "$err")"
grep -q "SE312 is specialised in 4 of 10 sectors, 2017" "$out" && ! grep -q "ranks" "$out" || fail "a sentence ranks by complexity: $(cat "$out")"
expect_message 0 "betyder indexet ingenting" "${profile[@]}" --table complexity-findings --language sv
expect_message 2 "complexity-ranking" "${profile[@]}" --table complexity-ranking

# --- peers' data ------------------------------------------------------------------------------------------------------------
[[ -d $peers ]] || { echo "the peers' data is not there: the rest is skipped"; finish; }
expect 0 "$UTFALL" profile variety --data "$peers/data/world_trade_avg_1998_2000.csv" --region country --sector product --value value --no-row zero \
    --format csv --table variety
cp "$out" trade.csv
near "$(cell trade.csv total unit=swe)" 7.729767 1e-7 "variety of Sweden's exports"
near "$(cell trade.csv unrelated unit=swe)" 5.054868 1e-7 "unrelated"
near "$(cell trade.csv related unit=swe)" 2.674899 1e-7 "related"

expect 0 "$UTFALL" profile inequality --data "$peers/data/g_counties_gdp.csv" --region region_code --value gdppc2014 --weight pop2014 \
    --group-length 2 --format csv --table inequality
cp "$out" counties.csv
peer() { python3 -c 'import json, sys
v = {r["id"]: r["value"] for r in json.load(open(sys.argv[1]))["results"]}[sys.argv[2]]
print(repr(v[sys.argv[3]] if len(sys.argv) > 3 else v))' "$peers/results/inequality_g_counties_gdp.json" "$@"; }
near "$(cell counties.csv theil_t)" "$(peer GE1_decomp_land_popweighted total)" 1e-10 "Theil's T"
near "$(cell counties.csv theil_t_within)" "$(peer GE1_decomp_land_popweighted within)" 1e-10 "Theil's T within Länder"
near "$(cell counties.csv theil_t_between)" "$(peer GE1_decomp_land_popweighted between)" 1e-10 "Theil's T between Länder"
near "$(cell counties.csv theil_t)" 0.0782928 1e-6 "Theil's T as printed"
near "$(cell counties.csv gini)" "$(peer sgini_ic2_weighted)" 1e-10 "Gini"
near "$(cell counties.csv williamson)" "$(peer williamson_textbook)" 1e-10 "Williamson"
expect 0 "$UTFALL" profile inequality --data "$peers/data/g_counties_gdp.csv" --region region_code --value gdppc2014 --weight pop2014 \
    --group regional --format csv --table inequality
cp "$out" counties.csv
near "$(cell counties.csv theil_t_between)" "$(peer GE1_decomp_ew_popweighted between)" 1e-10 "between east and west, a text column"

python3 - "$peers/data/g_regions_industries_matrix.csv" "$peers/data/goettingen.csv" <<'PYTHON'
import csv, sys
wide = list(csv.DictReader(open(sys.argv[1])))
with open("laender.csv", "w") as f:
    f.write("region,sector,jobs\n")
    for row in wide:
        for sector in list(row)[1:]: f.write(f"{row['region_code']},{sector},{row[sector]}\n")
with open("goettingen.csv", "w") as f:
    f.write("region,sector,year,jobs\n")
    for row in csv.DictReader(open(sys.argv[2])):
        if row["WZ2008_Code"] == "A-R": continue
        for name in ("Goettingen", "BRD"):
            for year in (2008, 2017): f.write(f"{name},{row['WZ2008_Code']},{year},{row[name + str(year)]}\n")
PYTHON
expect 0 "$UTFALL" profile concentration --data laender.csv --region region --sector sector --value jobs --format csv --table concentration
python3 - "$out" "$peers/results/concentration_g_regions_industries.json" <<'PYTHON' || fail "concentration of the Länder differs from the peers'"
import csv, json, sys
ours = {r["sector"]: r for r in csv.DictReader(open(sys.argv[1], newline=""))}
peers = {r["id"]: r["value"] for r in json.load(open(sys.argv[2]))["results"]}
for name, column in (("hoover_reat", "hoover"), ("herf_ineq", "herfindahl"), ("eg_raw_G", "raw_concentration"),
                     ("krugman_conc_reat_vs_total", "krugman"), ("relative_theil_concentration_T", "theil")):
    value = peers[name]
    for sector, number in zip(value["names"], value["values"]):
        assert abs(float(ours[sector][column]) - number) <= 1e-10 * abs(number), (name, sector, ours[sector][column], number)
PYTHON
for form in "" --subtract-distance; do
    expect 0 "$UTFALL" profile complexity --data laender.csv --region region --sector sector --value jobs --own $form --format csv --table complexity-gain
    python3 - "$out" "$peers/results/complexity_g_regions_industries.json" "$form" <<'PYTHON' || fail "the gain in outlook of the Länder differs from the peers' $form"
import csv, json, sys
peers = {r["id"]: r["value"] for r in json.load(open(sys.argv[2]))["results"]}
ours = {(r["unit"], r["sector"]): float(r["gain"]) for r in csv.DictReader(open(sys.argv[1], newline=""))}
value = peers["ec_outlook_gain"]
present = {(r, s) for r, row in zip(value["row_names"], peers["balassa_discrete"]["values"]) for s, m in zip(value["col_names"], row) if m == 1}
assert len(ours) + len(present) == 16 * 17 and not present & ours.keys()
if sys.argv[3]:
    sums = peers["own_cog_atlas_minus_distance_rowsums"]
    for region, wanted in zip(sums["names"], sums["values"]):
        found = sum(gain for (r, s), gain in ours.items() if r == region)
        assert abs(found - wanted) <= 1e-7 * max(1, abs(wanted)), (region, found, wanted)
else:
    for r, row in zip(value["row_names"], value["values"]):
        for s, wanted in zip(value["col_names"], row):
            assert (r, s) in present or abs(ours[r, s] - wanted) <= 1e-8 * max(1, abs(wanted)), (r, s, ours[r, s], wanted)
PYTHON
done
expect 0 "$UTFALL" profile shift-share --data goettingen.csv --region region --sector sector --time year --value jobs --reference-row BRD \
    --format csv --table shift-share
cp "$out" shift.csv
near "$(cell shift.csv change unit=Goettingen)" 10411 1e-12 "the change of Göttingen"
near "$(cell shift.csv national unit=Goettingen)" 9178.19 1e-5 "its national component"
near "$(cell shift.csv mix unit=Goettingen)" 2204.82 1e-5 "its industry mix"
near "$(cell shift.csv regional unit=Goettingen)" -972.01 1e-5 "its regional component"
# Three regions by two attributes are equally far apart by Mahalanobis: a tie, whatever the last digit says
printf 'region,year,a,b\nSE110,2020,1.3,2.7\nSE121,2020,3.1,1.9\nSE122,2020,2.2,7.3\n' >tie.csv
expect 0 "$UTFALL" profile peer-regions --data tie.csv --region region --time year --indicators a,b --distance mahalanobis --format csv --table peer-regions
[[ $(awk -F, 'NR > 1 { print $3 }' "$out" | tr -d '\n') == 111111 ]] || fail "equal distances have ranks $(awk -F, 'NR > 1 { print $3 }' "$out" | tr '\n' ' ')"
finish
