#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Out of a store and back: export in each format, import of what was exported, what is refused; batches shown and forgotten.
source "$(dirname "$0")/../support/cli.sh"
demo=$UTFALL_SOURCE_DIR/datasets/norra-mellansverige
export UTFALL_STORE=a.db

expect 0 "$UTFALL" import "$demo/county_employment.csv" --indicator employment --unit persons --rounding 1000 \
    --source "Eurostat nama_10r_3empers" --licence "CC BY 4.0"
expect 0 "$UTFALL" import "$demo/county_gdp.csv" --indicator gdp --kind ratio --value gdp_euro_per_inhabitant \
    --ignore gdp_million_sek,gdp_million_euro
{
    echo region,year,sex,value,status
    echo 0180,2018,1,5.5,p
    echo 0180,2018,2,,c
    echo 2080,2018K1,1,0,
} >people.csv
expect 0 "$UTFALL" import people.csv --indicator people --breakdown sex --period year --value value --status status
"$UTFALL" show observations --format csv >before.csv
"$UTFALL" show indicators --format csv >indicators.csv

# each format, back into a new store
for format in csv csv-excel sdmx-csv json-stat; do
    expect 0 "$UTFALL" export --output "out/$format" --output-format $format
    [[ $(cat "$out") == "out/$format" ]] || fail "the place is not printed: $(cat "$out")"
    grep -q "6114 observations (1 of them missing) of 3 indicators" "$err" || fail "summary: $(cat "$err")"
    rm -f b.db
    expect 0 "$UTFALL" import --package "out/$format" --store b.db
    "$UTFALL" show observations --format csv --store b.db >after.csv
    cmp -s before.csv after.csv || fail "$format: other observations came back"
    "$UTFALL" show indicators --format csv --store b.db >after.csv
    cmp -s indicators.csv after.csv || fail "$format: other indicators came back"
    expect 0 "$UTFALL" import --package "out/$format/datapackage.json" --store b.db
    grep -q "in the store already" "$err" || fail "$format: the second import is not recognised"
done
python3 -m json.tool <out/json-stat/people.json >/dev/null || fail "JSON-stat is no JSON"
head -c 3 out/csv-excel/observations.csv | grep -q $'\xEF\xBB\xBF' || fail "no byte order mark"
grep -q '^people;people;0180 Stockholm;Stockholm;;"=""1""";2018;5,5;provisional;preliminär;' out/csv-excel/observations.csv ||
    fail "csv-excel: $(grep '^people' out/csv-excel/observations.csv)"

# one indicator is a file like any other
expect 0 "$UTFALL" export --indicator people --output one --output-format csv-excel
rm -f b.db
expect 0 "$UTFALL" import one/observations.csv --indicator people --breakdown sex --store b.db
"$UTFALL" show observations --format csv --store b.db >after.csv
grep -E '^indicator|^people' before.csv | cmp -s - after.csv || fail "csv-excel read as any file: $(cat after.csv)"

# a choice
expect 0 "$UTFALL" export --indicator employment --level county --region 20,SE311 --from 2015 --to 2016 --output chosen
cut -d, -f2 chosen/observations.csv | sort -u | tr '\n' ' ' | grep -qx 'SE311 SE312 region ' || fail "other regions"
cut -d, -f5 chosen/observations.csv | sort -u | tr '\n' ' ' | grep -qx '2015 2016 period ' || fail "other periods"

# what is refused
expect_message 2 "there is an export already; add --replace" "$UTFALL" export --output chosen
expect 0 "$UTFALL" export --output chosen --replace --output-format json-stat
[[ -e chosen/employment.json && ! -e chosen/observations.csv ]] || fail "the folder was not replaced"
mkdir thesis && echo "years of work" >thesis/text
expect_message 2 "something else than an export" "$UTFALL" export --output thesis --replace
expect_message 2 "an export is a folder" "$UTFALL" export --output people.csv --replace
expect_message 2 "expected --output FOLDER" "$UTFALL" export
expect_message 2 "did you mean 'sdmx-csv'?" "$UTFALL" export --output x --output-format sdmx-cvs
expect_message 2 "expected a period" "$UTFALL" export --output x --from soon
expect_message 2 "later than" "$UTFALL" export --output x --from 2019 --to 2018
expect_message 3 "did you mean 'employment'?" "$UTFALL" export --output x --indicator emploiment
expect_message 3 "no observation is left" "$UTFALL" export --output x --from 1900 --to 1901
expect_message 6 "there is no store here" "$UTFALL" export --output x --store nowhere.db
expect 6 "$UTFALL" export --output people.csv/x
(ulimit -f 100 && "$UTFALL" export --output full 2>"$err" >"$out")
[[ $? == 6 ]] || fail "a full disk gave another code"
grep -q "cannot be written" "$err" || fail "a full disk is not said: $(cat "$err")"
[[ ! -e full && -z $(find . -name '.full*') ]] || fail "something is left of an export that failed"
expect_message 2 "does not go with '--package'" "$UTFALL" import --package one --indicator x
expect_message 3 "its hash differs" bash -c "echo >>one/observations.csv; '$UTFALL' import --package one --store c.db"
[[ ! -e c.db ]] || fail "a refused import made a store"
expect 6 "$UTFALL" import --package nowhere --store c.db

# batches, shown and forgotten
expect 0 "$UTFALL" show batches --format csv
head -1 "$out" | grep -q '^batch,file,format,indicators,imported,cells,observations,missing,' || fail "$(head -1 "$out")"
grep -q '^3,people.csv,csv-long,people,.*,3,1,0,' "$out" || fail "batches: $(cat "$out")"
expect 0 "$UTFALL" show batches --format json
python3 -m json.tool <"$out" >/dev/null || fail "batches as JSON"
expect 0 "$UTFALL" show notes
expect_message 2 "there is no batch 9; there are" "$UTFALL" forget 9
expect_message 2 "expected the number of a batch" "$UTFALL" forget people.csv
expect_message 6 "there is no store here" "$UTFALL" forget 1 --store nowhere.db
sed 's/^2080.*/1780,2018,1,7,/' people.csv >again.csv
expect 0 "$UTFALL" import again.csv --indicator people --breakdown sex --period year --value value --status status
expect 0 "$UTFALL" forget 3 --dry-run --format csv
grep -q '^3,people.csv,1,2$' "$out" || fail "forget --dry-run: $(cat "$out")"
grep -q "nothing was changed" "$err" || fail "--dry-run is not said"
expect 2 "$UTFALL" forget 3 99 # all or none
expect 0 "$UTFALL" show observations --indicator people --format csv
[[ $(wc -l <"$out") == 5 ]] || fail "a dry run or a refusal changed the store: $(cat "$out")"
expect 0 "$UTFALL" forget 3 3 --format csv
grep -q '^3,people.csv,1,2$' "$out" || fail "forget: $(cat "$out")"
expect 0 "$UTFALL" show observations --indicator people --format csv
[[ $(wc -l <"$out") == 4 ]] || fail "forget kept or took too much: $(cat "$out")"
expect 0 "$UTFALL" forget 1 2 4
expect_message 3 "the store holds no indicator" "$UTFALL" export --output x
[[ ! -e x ]] || fail "an empty export was written"
finish
