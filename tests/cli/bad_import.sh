#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# utfall import and show with what people really hand them: one message with its place and what to do, the documented exit code, and
# a store that holds what it held.
source "$(dirname "$0")/../support/cli.sh"
export UTFALL_STORE=my.db
printf 'region,year,value\n20,2018,1\n21,2018,2\n' > good.csv
expect 0 "$UTFALL" import good.csv --indicator jobs
contents() { "$UTFALL" show batches --format csv && "$UTFALL" show indicators --format csv && "$UTFALL" show observations --format csv; }
before=$(contents)

# refused CODE TEXT FILE-CONTENT [OPTIONS…]: the file is refused, and neither the store nor the folder has changed
refused() {
    local code=$1 text=$2 content=$3
    shift 3
    printf "$content" > in.csv
    expect_message "$code" "$text" "$UTFALL" import in.csv --indicator more "$@"
    rm -f in.csv
    [[ $(contents) == "$before" ]] || fail "the store was changed by: $text"
    expect_only good.csv my.db
}
# taken VALUE STATUS TEXT: a value as people write it
taken() {
    printf 'region;year;value\n20;2018;%s\n21;2018;1,5\n' "$3" > in.csv
    rm -f taken.db
    expect 0 "$UTFALL" import in.csv --indicator more --store taken.db --quiet
    "$UTFALL" show observations --region 20 --store taken.db --format json > "$out"
    jq -e --arg v "$1" --arg s "$2" '.rows[0] | (.value | tostring) == $v and .status == $s' "$out" >/dev/null ||
        fail "'$3' is read as $(jq -c '.rows[0]' "$out" 2>&1 | head -c 300)"
    rm -f in.csv taken.db taken.db-wal taken.db-shm
}
h='region,year,value\n'

# the file
expect_message 6 "nowhere.csv: cannot read the file" "$UTFALL" import nowhere.csv --indicator more
expect_message 6 "this is a directory" "$UTFALL" import . --indicator more
refused 3 "in.csv: the file is empty" ''
refused 3 "in.csv:1: the file has no header row" '\xef\xbb\xbf'
refused 3 "in.csv:1: the file has a header and no rows" "$h"
refused 3 "in.csv:2:10: a NUL byte" "${h}20,2018,1\x002\n"
refused 3 "packed file (gzip) ends too early" '\x1f\x8b\x08\x00\x00'
refused 3 "in.csv: the workbook is no whole zip archive" 'PK\x03\x04\x00\x00'
refused 3 "the file is UTF-16" '\xff\xfer\x00e\x00'
refused 3 "in.csv:2:8: byte 0xE4 is not UTF-8" "region,namn,year,value\n20,V\xc3\xa4xj\xe4,2018,1\n" --encoding utf-8
# its rows
refused 3 "in.csv:2:9: a quote (\") opens here and is never closed" "${h}20,2018,\"1\n21,2018,2\n"
refused 3 "in.csv:3:8: this row has 2 fields where the header has 3" "${h}20,2018,1\n21,2018\n"
refused 3 "in.csv:1:19: two columns are called 'value'" 'region,year,value,value\n20,2018,1,2\n'
refused 3 "in.csv:2:9: 'abc' is not a number" "${h}20,2018,abc\n21,2018,2\n"
refused 3 "in.csv:2:9: 'Inf' is not a number" "${h}20,2018,Inf\n21,2018,2\n"
refused 3 "in.csv:2:9: '1e999' is not a number" "${h}20,2018,1e999\n21,2018,2\n"
refused 3 "in.csv:3:9: two values for one cell" "${h}20,2018,1\n20,2018,2\n"
refused 3 "in.csv:2:1: unknown region '99'; did you mean '09'? (to pass over such rows: --skip-unknown-regions" "${h}99,2018,1\n21,2018,2\n"
refused 3 "in.csv:2:9: unknown sector 'CX'; did you mean 'C'? (to keep some sectors only: --keep" 'region,year,sector,value\n20,2018,CX,1\n21,2018,C,2\n'
refused 3 "--value COLUMN" 'region,year,name\n20,2018,Dalarna\n21,2018,Norrbotten\n'
refused 3 "--period COLUMN" 'region,value\n20,1\n21,2\n'
refused 3 "--region COLUMN" 'place,year,value\nhere,2018,1\nthere,2018,1\n'
refused 3 "--region-is CODE, in a study region-is: CODE" 'place,year,value\nhere,2018,1\nthere,2018,1\n'
refused 3 "--period-is PERIOD, in a study period-is: PERIOD" 'region,value\n20,1\n21,2\n'
refused 3 "to add them to the store: --add-unknown-regions" "${h}99,2018,1\n21,2018,2\n"
refused 2 "cannot be added up: it is a ratio" 'region,sex,year,value\n20,m,2018,1\n20,k,2018,2\n' --sum sex --kind ratio
refused 2 "found '=m' for '--sum'" "${h}20,2018,1\n" --sum =m
refused 2 "is not a period" 'region,value\n20,1\n21,2\n' --period-is soon
refused 3 "--keep unit=PC" 'region,year,unit,value\n20,2018,PC,1\n20,2018,NR,2\n'
refused 3 "the header must be one line above the figures" 'Folkmängd\n\nregion;year;antal\n;;personer\n20;2018;1\n'
# the wishes
refused 2 "did you mean 'region'?" "${h}20,2018,1\n" --region regoin
refused 2 "did you mean 'csv-long'?" "${h}20,2018,1\n" --input-format csv-lnog
refused 2 "expected stock, flow or ratio" "${h}20,2018,1\n" --kind stok
refused 2 "expected a number" "${h}20,2018,1\n" --rounding nan
refused 2 "expected one character" "${h}20,2018,1\n" --delimiter ab
expect_message 2 "expected letters, digits and _ only" "$UTFALL" import good.csv --indicator "a b; drop"
# much of everything: 10,000 columns, and a cell of a megabyte
python3 -c "print('region,year,' + ','.join(f'c{i}' for i in range(10000))); print('20,2018,' + ','.join('1' for i in range(10000)))" > in.csv
expect_message 3 "several columns may hold the value" "$UTFALL" import in.csv --indicator more
[[ $(wc -c < "$err") -lt 1000 ]] || fail "a message of $(wc -c < "$err") bytes"
python3 -c "print('region,year,value\n20,2018,' + 'x' * 1000000)" > in.csv
expect_message 3 "in.csv:2:9" "$UTFALL" import in.csv --indicator more
rm in.csv
# values as they are written
taken 100000 observed 1e5
taken 1234.5 observed '1 234,5'
taken 1234.5 observed $'1\u00a0234,5'
taken 0 observed -0
taken -5 observed $'\u22125'
taken null not-available ..
taken null not-applicable .
taken 0 true-zero –
taken null confidential ': c'
taken null not-available NaN

# a store that cannot be made or written, and a disk that is full
expect_message 6 "check that the folder exists" "$UTFALL" import good.csv --indicator more --store nowhere/my.db
expect_message 6 "this is a directory, not a store" "$UTFALL" import good.csv --indicator more --store .
expect_message 3 "this is not a Utfall store" "$UTFALL" import good.csv --indicator more --store good.csv
expect_message 3 "no-such" "$UTFALL" show observations --region no-such
(ulimit -f 40; "$UTFALL" import good.csv --indicator more --store full.db >"$out" 2>"$err"); code=$?
[[ $code == 6 ]] || fail "a limit on file size gave $code: $(cat "$err")"
expect_only good.csv my.db
awk 'BEGIN { print "region,year,age,value"; for (i = 0; i < 40000; i++) printf "20,%d,a%d,%d\n", 1900 + i % 100, i / 100, i }' > many.csv
(ulimit -f 300; "$UTFALL" import many.csv --indicator more >"$out" 2>"$err"); code=$?
[[ $code == 6 ]] || fail "a full disk gave $code: $(cat "$err")"
rm many.csv
[[ $(contents) == "$before" ]] || fail "the store was changed by a full disk"
# an empty file, as mktemp makes one, becomes a whole store
: > empty.db
expect 0 "$UTFALL" import good.csv --indicator jobs --store empty.db
rm -f empty.db*
# where the folder may not be written a store can still be read
if [[ $(id -u) != 0 ]]; then
    mkdir locked && cp my.db locked/ && chmod a-w locked
    expect 0 "$UTFALL" show observations --store locked/my.db
    chmod u+w locked && rm -r locked
fi

# words that the store does not have
expect_message 3 "did you mean 'jobs'?" "$UTFALL" show observations --indicator jbos
expect_message 3 "there is no sector 'Z9'" "$UTFALL" show observations --sector Z9
expect_message 3 "there is no level" "$UTFALL" show regions --level nuts33
expect_message 3 "there is no intervention" "$UTFALL" show exposures --intervention nothing
for view in indicators regions sectors observations interventions exposures batches; do
    expect 0 "$UTFALL" show $view
    expect 0 "$UTFALL" show $view --format json
    jq -e . "$out" >/dev/null || fail "show $view as JSON"
    expect 0 "$UTFALL" show $view --format csv
    python3 -c 'import csv, sys; r = list(csv.reader(open(sys.argv[1], encoding="utf-8"))); assert r and all(len(x) == len(r[0]) for x in r)' "$out" ||
        fail "show $view as CSV"
done

# every sign of a missing value keeps its reason, as docs/command-line.md says, wherever it is shown
printf 'region,year,value\nSE311,2008,7\nSE311,2009,N/A\nSE311,2010,\nSE311,2011,..\nSE311,2012,.\nSE311,2013,x\nSE311,2014,..C\nSE311,2015,: c\nSE311,2016,: z\nSE311,2017,-\n' > signs.csv
expect 0 "$UTFALL" import signs.csv --indicator signs --store signs.db
for format in csv json; do
    expect 0 "$UTFALL" show observations --indicator signs --store signs.db --format $format
    cp "$out" shown.$format
done
python3 - <<'PYTHON' || fail "reasons of missing values are lost"
import csv, json
wanted = dict(zip(range(2008, 2018), [
    "observed", "not-available", "not-available", "not-available", "not-applicable", "suppressed", "suppressed", "confidential",
    "not-applicable", "true-zero"]))
for row in csv.DictReader(open("shown.csv", encoding="utf-8")):
    assert row["status"] == row["value_status"] == wanted[int(row["period"])], row
    assert (row["value"] == "") == (wanted[int(row["period"])] not in ("observed", "true-zero")), row
missing = json.load(open("shown.json", encoding="utf-8"))["missing"]
assert len(missing) == 8, missing
PYTHON

# sums up the region tree: whole or missing, and never of a ratio
printf 'region,year,value\nSE311,2017,10\nSE312,2017,20\nSE313,2017,30\nSE321,2017,5\n' > parts.csv
expect 0 "$UTFALL" import parts.csv --indicator parts --kind stock --store sums.db
expect 0 "$UTFALL" import parts.csv --indicator rate --kind ratio --store sums.db
expect 0 "$UTFALL" show sums --indicator parts --from-level county --level nuts2 --store sums.db --format csv
tr -d '\r' < "$out" | grep -q '^SE31,,2017,60' || fail "the three counties do not add up: $(cat "$out")"
tr -d '\r' < "$out" | grep -q '^SE32,,2017,,incomplete' || fail "a sum with a missing part is not missing: $(cat "$out")"
expect 0 "$UTFALL" show sums --indicator parts --from-level county --level nuts2 --allow-missing --store sums.db --format csv
tr -d '\r' < "$out" | grep -q '^SE32,,2017,5' || fail "--allow-missing: $(cat "$out")"
expect_message 2 "is a ratio and cannot be summed" "$UTFALL" show sums --indicator rate --from-level county --level nuts2 --store sums.db
expect_message 2 "did you mean nuts2" "$UTFALL" show sums --indicator parts --from-level county --level nutts2 --store sums.db
expect_message 2 "sums need --indicator" "$UTFALL" show sums --store sums.db
finish
