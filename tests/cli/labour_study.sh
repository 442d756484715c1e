#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Labour matching from a study: several indicators by group, each a source of its own with its own rounding unit. The same numbers as from
# one file with a column for each; suppressed cells stay suppressed, a group that one indicator lacks is missing in it, and mistakes
# are told at their place in the study.
source "$(dirname "$0")/../support/cli.sh"

# vacancies.csv, unemployed.csv, labour_force.csv for the store, and all.csv with a column for each
python3 - <<'PYTHON'
import csv
regions, years, groups = ["SE311", "SE312", "SE313", "SE321"], [2021, 2022, 2023], ["A", "C", "F", "J"]
names = ["vacancies", "unemployed", "labour_force"]
files = {n: csv.writer(open(n + ".csv", "w", newline="")) for n in names}
for f in files.values():
    f.writerow(["region", "year", "group", "value", "flag"])
whole = csv.writer(open("all.csv", "w", newline=""))
whole.writerow(["region", "year", "group"] + names)
i = 0
for r in regions:
    for y in years:
        for g in groups:
            i += 1
            value = {"vacancies": 10 * (3 + i * 7919 % 41), "unemployed": 5 * (20 + i * 104729 % 97), "labour_force": 100 * (60 + i * 15485863 % 89)}
            hidden = [n for n in names if (n, r, y, g) in (("unemployed", "SE313", 2023, "F"), ("vacancies", "SE321", 2022, "C"))]
            for n in names:
                if (n, r, y, g) == ("unemployed", "SE321", 2021, "J"):  # no row at all
                    hidden.append(n)
                    continue
                files[n].writerow([r, y, g, "" if n in hidden else value[n], "suppressed" if n in hidden else ""])
            whole.writerow([r, y, g] + ["" if n in hidden else value[n] for n in names])
PYTHON
study() { # OPTIONS of the profile; FURTHER lines of the study
    cat > study.yaml <<YAML
study: {sv: Matchning, en: Matching}
language: en
sources:
  - {file: vacancies.csv, indicator: vacancies, kind: stock, rounding: 10, name: {sv: Lediga jobb, en: Vacancies}, unit: {sv: jobb, en: vacancies},
     dimensions: {region: region, period: year, sector: group, value: value, status: flag}, source: made up}
  - {file: unemployed.csv, indicator: unemployed, kind: stock, rounding: 5, name: {sv: Arbetslösa, en: Unemployed}, unit: {sv: personer, en: persons},
     dimensions: {region: region, period: year, sector: group, value: value, status: flag}, source: made up}
  - {file: labour_force.csv, indicator: labour_force, kind: stock, rounding: 100, name: {sv: Arbetskraft, en: Labour force}, unit: {sv: personer, en: persons},
     dimensions: {region: region, period: year, sector: group, value: value, status: flag}, source: made up}
regions: {level: nuts3, within: SE}
${2-}
profiles:
  - {method: labour-matching, id: labour, indicator: vacancies, focus: [SE312],
     $1}
report: {formats: [html, csv], charts: [svg]}
YAML
}
direct() { # TABLE FILE
    "$UTFALL" profile labour-matching --data all.csv --region region --sector group --time year --value vacancies --unemployed unemployed \
        --labour-force labour_force --rounding "${3-vacancies=10,unemployed=5,labour_force=100}" --table "$1" --format csv > "$2" 2>/dev/null || fail "the file with all columns"
}
# same TABLE FILE: every number and band of FILE stands in the study's TABLE too
same() {
    checks=$((checks + 1))
    python3 - "$1" "$2" <<'PYTHON' || fail "$1 differs from the file's"
import csv, sys
read = lambda name: list(csv.DictReader(open(name, encoding="utf-8", newline="")))
key = lambda r: (r["unit"], r.get("sector"), r["period"])
study, file = {key(r): r for r in read(sys.argv[1])}, {key(r): r for r in read(sys.argv[2])}
wrong = [f"rows {sorted(set(study) ^ set(file), key=str)}"] if set(study) != set(file) else []
compared = 0
for k in set(study) & set(file):
    for column in file[k]:
        if column in ("label", "sector_label") or column.endswith("_status"):
            continue
        compared += 1
        if study[k].get(column) != file[k][column]:
            wrong.append(f"{k} {column}: {study[k].get(column)} and {file[k][column]}")
if compared < 100:
    wrong.append(f"only {compared} cells")
print("\n".join(wrong[:10]), file=sys.stderr)
sys.exit(bool(wrong))
PYTHON
}

study 'unemployed: unemployed, labour-force: labour_force'
expect 0 "$UTFALL" run study.yaml --output en
direct labour-matching matching.csv
direct labour-groups groups.csv
same en/tables/labour-matching.csv matching.csv
same en/tables/labour-groups.csv groups.csv

# another method by sector that takes a second indicator: output per unit of activity
study 'unemployed: unemployed'
sed -i 's/^  - {method: labour-matching.*/  - {method: cluster-stars, id: stars, indicator: vacancies, period: 2021,/; s/^     unemployed: unemployed}/     output: labour_force}/' study.yaml
expect 0 "$UTFALL" run study.yaml --output stars
"$UTFALL" profile cluster-stars --data all.csv --region region --sector group --time year --value vacancies --period 2021 --output labour_force \
    --rounding vacancies=10,labour_force=100 --table cluster-stars --format csv > stars.csv 2>/dev/null || fail "stars of the file"
checks=$((checks + 1))
python3 - stars/tables/stars-cluster-stars.csv stars.csv <<'PYTHON' || fail "stars for productivity differ from the file's"
import csv, sys
study, file = ({(r["unit"], r["sector"]): (r["productivity"], r["productivity_low"], r["star_productivity"]) for r in csv.DictReader(open(f, newline=""))}
               for f in sys.argv[1:])
assert len(study) == 16 and study == file, [(k, study[k], file.get(k)) for k in study if study[k] != file.get(k)][:5]
assert all(values[0] for values in study.values())
PYTHON
study 'unemployed: unemployed, labour-force: labour_force'

# reasons: hidden is not absent, and what needs it has its reason
[[ $(cell en/tables/labour-groups.csv unemployed_status unit=SE313 sector=F period=2023) == suppressed ]] || fail "the suppressed cell"
[[ $(cell en/tables/labour-matching.csv mismatch_status unit=SE313 period=2023) == suppressed ]] || fail "the index over a suppressed cell"
[[ $(cell en/tables/labour-groups.csv unemployed_status unit=SE321 sector=J period=2021) == not-available ]] || fail "the cell without a row"
[[ $(cell en/tables/labour-groups.csv unemployed unit=SE321 sector=J period=2021) == "" ]] || fail "a missing row is a number"
[[ $(cell en/tables/labour-groups.csv vacancies_status unit=SE321 sector=C period=2022) == suppressed ]] || fail "the suppressed vacancies"

# bands by the units of both columns, by hand: 10 and 5 over four groups
read -r v u <<<"$(cell en/tables/labour-matching.csv vacancies unit=SE312 period=2023) $(cell en/tables/labour-matching.csv unemployed unit=SE312 period=2023)"
near "$(cell en/tables/labour-matching.csv tightness_low unit=SE312 period=2023)" "$(python3 -c "print(($v - 20) / ($u + 10))")" 1e-12 "the least tightness"
near "$(cell en/tables/labour-matching.csv tightness_high unit=SE312 period=2023)" "$(python3 -c "print(($v + 20) / ($u - 10))")" 1e-12 "the largest tightness"
grep -q 'the unit of its own column (Vacancies 10, Unemployed 5, Labour force 100)' en/report.html || fail "the note on the bands"
[[ $(head -1 en/tables/labour-matching.csv) == *mismatch_low* ]] || fail "no bands in the table"

# charts: over time, the groups, the Beveridge points; each with its bands, in both languages
expect 0 "$UTFALL" run study.yaml --output sv --language sv
for chart in labour-1 labour-2-se312 labour-3-se312; do
    for language in en sv; do
        grep -q '^has_band = 1' $language/charts/$chart.gp || fail "$language: $chart has no bands"
    done
    grep -q 'that the rounding of the figures leaves open' en/charts/$chart.svg || fail "$chart does not say what the bands are"
    grep -q 'som uppgifternas avrundning lämnar öppet' sv/charts/$chart.svg || fail "$chart does not say it in Swedish"
done
grep -q 'Latest period with figures: 2023' en/charts/labour-2-se312.svg || fail "the period of the groups"
grep -q 'would have to change group' en/report.html || fail "no English finding"
grep -q 'skulle behöva byta grupp' sv/report.html || fail "no Swedish finding"
grep -q 'Unemployed: 2 of 48 figures are missing' en/report.html || fail "missing figures are not counted"
grep -q 'Arbetslösa: 2 av 48 uppgifter saknas' sv/report.html || fail "missing figures are not counted in Swedish"
expect 0 "$UTFALL" verify en

# without a labour force there are no Beveridge points to draw; from, to and sectors work on all columns
study 'unemployed: unemployed, from: 2022, to: 2022, sectors: [F, C]'
expect 0 "$UTFALL" run study.yaml --output narrow
[[ ! -e narrow/tables/labour-beveridge.csv && ! -e narrow/charts/labour-3-se312.svg ]] || fail "Beveridge points without a labour force"
[[ $(tail -n +2 narrow/tables/labour-groups.csv | wc -l) == 8 ]] || fail "not the regions times the two sectors of 2022"
[[ $(sed -n 2p narrow/tables/labour-groups.csv | cut -d, -f3) == F ]] || fail "sectors are not in the order asked for"
grep -q '^has_band = 1' narrow/charts/labour-1.gp || fail "the bars of one period have no bands"

# rounding units that a file is given
direct labour-matching exact.csv 0
if head -1 exact.csv | grep -q mismatch_low && [[ $(cell exact.csv mismatch_low unit=SE312 period=2023) != "" ]]; then fail "bands of exact figures"; fi
direct labour-matching alike.csv 10
near "$(cell alike.csv unemployed_high unit=SE312 period=2023)" "$(python3 -c "print($u + 20)")" 1e-15 "one unit for all columns"
file="--data all.csv --region region --sector group --time year --value vacancies --unemployed unemployed"
expect_message 2 "no column of numbers that is read" "$UTFALL" profile labour-matching $file --rounding other=10
expect_message 2 "found 'vacancies=ten' for '--rounding'" "$UTFALL" profile labour-matching $file --rounding vacancies=ten

# a derived indicator is a column by group too
study 'unemployed: seekers' 'derived: {seekers: {expression: 2 * unemployed, label: {sv: Sökande, en: Seekers}}}'
expect 0 "$UTFALL" run study.yaml --output derived
near "$(cell derived/tables/labour-groups.csv unemployed unit=SE312 sector=C period=2023)" \
    "$(python3 -c "print(2 * $(cell en/tables/labour-groups.csv unemployed unit=SE312 sector=C period=2023))")" 1e-15 "a derived column"
[[ $(cell derived/tables/labour-groups.csv unemployed_status unit=SE313 sector=F period=2023) == suppressed ]] || fail "the derived cell loses its reason"
grep -q 'No rounding unit is known of Seekers' derived/report.html || fail "exact columns are not named"

# the same at a level that only the parts have values of
study 'levels: [county, nuts2], unemployed: unemployed'
expect 0 "$UTFALL" run study.yaml --output levels
sum=$(python3 - <<'PYTHON'
import csv
rows = csv.DictReader(open("levels/tables/labour-county-labour-groups.csv", encoding="utf-8", newline=""))
print(sum(float(r["unemployed"]) for r in rows if r["unit"].startswith("SE31") and (r["sector"], r["period"]) == ("C", "2022")))
PYTHON
)
near "$(cell levels/tables/labour-nuts2-labour-groups.csv unemployed unit=SE31 sector=C period=2022)" "$sum" 1e-15 "the sum of the parts"

# small counts are hidden in every column that the study protects
study 'unemployed: unemployed' 'disclosure: {threshold: 150, action: suppress, indicators: [unemployed]}'
expect 0 "$UTFALL" run study.yaml --output hidden
python3 - <<'PYTHON' || fail "small counts of a further column are shown"
import csv, sys
rows = list(csv.DictReader(open("hidden/tables/labour-groups.csv", encoding="utf-8", newline="")))
low = [r for r in rows if r["unemployed"] and 0 < float(r["unemployed"]) < 150]
sys.exit(bool(low) or not any(r["unemployed_status"] == "suppressed" and r["vacancies"] for r in rows))
PYTHON

study 'levels: [county, nuts2], unemployed: unemployed' 'disclosure: {threshold: 700, action: suppress, indicators: [vacancies, unemployed]}'
expect 0 "$UTFALL" run study.yaml --output hidden-sums
python3 - <<'PYTHON' || fail "small sums of a protected indicator are shown"
import csv, sys
rows = list(csv.DictReader(open("hidden-sums/tables/labour-nuts2-labour-groups.csv", encoding="utf-8", newline="")))
shown = [r for r in rows for c in ("vacancies", "unemployed") if r[c] and 0 < float(r[c]) < 700]
sys.exit(bool(shown) or not any(r["vacancies_status"] == "suppressed" for r in rows))
PYTHON

# a group that one indicator lacks: missing in it, said, and the others' figures stand
grep -v ',J,' unemployed.csv > shorter.csv && cp unemployed.csv whole.csv && mv shorter.csv unemployed.csv
study 'unemployed: unemployed'
expect 0 "$UTFALL" run study.yaml --output lacking
[[ $(cell lacking/tables/labour-groups.csv unemployed_status unit=SE312 sector=J period=2023) == not-available ]] || fail "the group that one lacks"
[[ $(cell lacking/tables/labour-groups.csv vacancies unit=SE312 sector=J period=2023) != "" ]] || fail "the other's figure of that group is lost"
grep -q 'Unemployed has no figure at all for the group' lacking/report.html || fail "the group without figures is not named"
mv whole.csv unemployed.csv

# groups that are no industries, where the source says so
for file in vacancies unemployed labour_force; do sed -i.industries 's/,A,/,nurses,/; s/,C,/,welders,/' $file.csv; done
study 'unemployed: unemployed'
expect_message 3 "unknown sector 'nurses'" "$UTFALL" run study.yaml --output wrong
grep -q 'unknown-sectors: add' "$err" || fail "not said how occupations are taken"
sed -i 's/kind: stock, rounding/unknown-sectors: add, &/' study.yaml
expect 0 "$UTFALL" run study.yaml --output occupations
[[ $(cell occupations/tables/labour-groups.csv unemployed unit=SE312 sector=nurses period=2023) == $(cell en/tables/labour-groups.csv unemployed unit=SE312 sector=A period=2023) ]] ||
    fail "the nurses are not what the file says"
expect 0 "$UTFALL" import vacancies.csv --store occupations.db --indicator vacancies --add-unknown-sectors --region region --period year --sector group \
    --value value --status flag
grep -hq ' begins ' "$out" "$err" && fail "codes of one depth are taken for two"
printf 'region,year,group,value\nSE312,2023,occ2,70\nSE312,2023,occ25,30\nSE312,2023,occ3,10\n' >depths.csv
expect 0 "$UTFALL" import depths.csv --store depths.db --indicator vacancies --add-unknown-sectors --region region --period year --sector group --value value
grep -hq 'among the added sectors occ2 begins occ25: ' "$out" "$err" || fail "codes of two depths are added without a word"
for file in vacancies unemployed labour_force; do mv $file.csv.industries $file.csv; done

# mistakes, where they stand: line 14 of the study
study 'unemployed: unemploied'
expect_message 3 "study.yaml:14:18: found 'unemploied' for 'unemployed'" "$UTFALL" run study.yaml --output wrong
grep -q "did you mean 'unemployed'" "$err" || fail "the nearest name"
study 'unemployed: 2 * unemploied'
expect_message 3 "study.yaml:14:22: there is no indicator 'unemploied' in the store" "$UTFALL" run study.yaml --output wrong
study 'unemployed: unemployed, from: 2030'
expect 3 "$UTFALL" run study.yaml --output wrong
python3 - <<'PYTHON'
import csv
rows = list(csv.reader(open("labour_force.csv")))
with open("labour_force.csv", "w", newline="") as f:
    csv.writer(f).writerows([["region", "year", "value"]] + [[r[0], r[1], r[3]] for r in rows[1:] if r[2] == "A"])
PYTHON
study 'unemployed: unemployed, labour-force: labour_force'
sed -i '/file: labour_force/,/source:/ s/sector: group, value: value, status: flag/value: value/' study.yaml
expect_message 3 "study.yaml:14:44: the store holds no value of 'labour_force' by sector" "$UTFALL" run study.yaml --output wrong
[[ ! -e wrong ]] || fail "a report in spite of a mistake"

# the same from the command line on a store
for file in vacancies:10 unemployed:5; do
    expect 0 "$UTFALL" import "${file%:*}.csv" --store labour.db --indicator "${file%:*}" --rounding "${file#*:}" --region region --period year \
        --sector group --value value --status flag
done
expect 0 "$UTFALL" profile labour-matching --store labour.db --indicator vacancies --unemployed unemployed --level nuts3 --table labour-groups --format csv
cp "$out" stored.csv
[[ $(cell stored.csv surplus_low unit=SE312 sector=C period=2023) == $(cell en/tables/labour-groups.csv surplus_low unit=SE312 sector=C period=2023) ]] ||
    fail "the store gives other bands than the study"
expect_message 3 "did you mean 'unemployed'" "$UTFALL" profile labour-matching --store labour.db --indicator vacancies --unemployed unemploied --level nuts3

# an empty cell is no sector to add, and is told where it stands; nothing is stored
printf 'region,year,group,value\nSE312,2020,nurses,4\nSE312,2020,,3\n' > nameless.csv
expect_message 3 "nameless.csv:3:12: a sector code is missing" "$UTFALL" import nameless.csv --store nameless.db --indicator vacancies --add-unknown-sectors \
    --region region --period year --sector group --value value
[[ ! -e nameless.db ]] || fail "a store was made of a file that was refused"

# a column's own unit goes before that of all, in whatever order they are named; two of one are refused
direct labour-groups before.csv 10,unemployed=5
direct labour-groups after.csv unemployed=5,10
cmp -s before.csv after.csv || fail "the order of --rounding changes the bands"
direct labour-groups plain.csv 10
! cmp -s before.csv plain.csv || fail "a column's own unit changes nothing"
for twice in 10,5 unemployed=10,unemployed=5; do
    expect_message 2 "'--rounding' has both" "$UTFALL" profile labour-matching --data all.csv --region region --sector group --time year --value vacancies \
        --unemployed unemployed --rounding "$twice"
done
finish
