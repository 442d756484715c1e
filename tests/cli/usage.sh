#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The command line itself: help and versions, what it says to words it does not know, exit codes, where data and messages go.
source "$(dirname "$0")/../support/cli.sh"

# help, from the descriptors
expect 0 "$UTFALL" --version
[[ $(cat "$out") == "utfall "* ]] || fail "no version"
expect 0 "$UTFALL" --help
for command in run verify import show export forget profile effect chart methods; do
    grep -q "^  $command " "$out" || fail "--help does not list $command"
    cp "$out" overview
    expect 0 "$UTFALL" $command --help
    grep -q "^Usage: utfall $command " "$out" || fail "$command --help"
    cp overview "$out"
done
expect 0 "$UTFALL" effect did --help
grep -q -- "--inference A,B" "$out" || fail "the options of did are not in its help"
grep -q "Sources:" "$out" || fail "no sources in the help"
expect 0 "$UTFALL" methods
for method in location-quotient specialisation shift-share did synthetic-control; do
    grep -q "^$method " "$out" || fail "methods does not list $method"
done
expect 0 "$UTFALL" methods shift-share
grep -q -- "--variant NAME" "$out" || fail "methods NAME does not explain it"
expect 0 "$UTFALL" methods --format csv
head -1 "$out" | grep -q '^method,family,title,summary' || fail "methods as CSV"
expect 0 "$UTFALL" methods --format json
python3 -m json.tool < "$out" >/dev/null 2>&1 || jq . < "$out" >/dev/null || fail "methods as JSON"

# words that are not there, with the nearest that is
expect_message 2 "there is no command 'rnu'; did you mean 'run'?" "$UTFALL" rnu
expect_message 2 "there is no option '--ouptut' here; did you mean '--output'?" "$UTFALL" run study.yaml --ouptut x
expect_message 2 "did you mean 'did'?" "$UTFALL" effect dib --data x.csv
expect_message 2 "did you mean 'shift-share'?" "$UTFALL" methods shift-shar
expect_message 2 "there is no option '--inferense' here; did you mean '--inference'?" "$UTFALL" effect did --inferense cr2
expect_message 2 "expected table, csv or json; did you mean 'json'?" "$UTFALL" methods --format jsn
expect_message 2 "something is missing, expected: utfall run STUDY" "$UTFALL" run
expect_message 2 "found 'b.yaml' too much" "$UTFALL" run a.yaml b.yaml
expect_message 2 "the option '--output' needs a value" "$UTFALL" run a.yaml --output
expect_message 2 "is given twice" "$UTFALL" run a.yaml --output x --output y
expect_message 2 "expected a whole number" "$UTFALL" run a.yaml --threads many
expect_message 2 "expected true or false" "$UTFALL" run a.yaml --quiet=maybe
expect_message 2 "Usage: utfall COMMAND" "$UTFALL"
expect_message 2 "cr9" "$UTFALL" effect did --data x.csv --inference cr9
expect_message 2 "expected --unit COLUMN" "$UTFALL" effect did --data x.csv
expect_message 6 "there is no store here" "$UTFALL" show indicators --store nowhere.db
expect_message 6 "set UTFALL_DATA_DIR" env UTFALL_DATA_DIR=/nowhere "$UTFALL" run a.yaml

# data to standard output, messages to standard error, and a full disk is not silent
if [[ -e /dev/full ]]; then
    "$UTFALL" methods >/dev/full 2>"$err"; code=$?
    [[ $code == 6 ]] || fail "writing to a full disk gave $code"
    grep -q "cannot write to standard output" "$err" || fail "a full disk is not said"
fi
# a reader that goes away ends it quietly
"$UTFALL" methods shift-share 2>"$err" | head -1 >/dev/null
[[ ! -s $err ]] || fail "a closed pipe made noise: $(cat "$err")"

# a method on a file, from standard input, in each format
cat > panel.csv <<'CSV'
county,year,y,treated
A,2015,1.0,0
A,2016,2.0,0
A,2017,5.0,1
B,2015,2.0,0
B,2016,3.0,0
B,2017,4.5,0
C,2015,1.5,0
C,2016,2.5,0
C,2017,3.0,0
D,2015,0.5,0
D,2016,1.9,0
D,2017,2.4,0
CSV
did=("$UTFALL" effect did --unit county --period year --outcome y --treatment treated --no-event-study)
expect 0 "${did[@]}" --data panel.csv --format csv --table estimates
head -1 "$out" | grep -q "^term,estimate,std_error" || fail "the columns are not the common ones: $(head -1 "$out")"
cp "$out" from-file.csv
"${did[@]}" --data - --format csv --table estimates < panel.csv > from-input.csv 2>"$err" || fail "standard input: $(cat "$err")"
cmp -s from-file.csv from-input.csv || fail "standard input and file differ"
expect 0 "${did[@]}" --data panel.csv --format json --quiet
jq -e '.method == "did" and (.tables.estimates.rows | length) > 0' "$out" >/dev/null || fail "JSON of a result"
[[ ! -s $err ]] || fail "--quiet is not quiet"
expect_message 2 "the result has no table 'estimate'; did you mean 'estimates'?" "${did[@]}" --data panel.csv --table estimate
expect_message 2 "there is no column 'yy'" "$UTFALL" effect did --data panel.csv --unit county --period year --outcome yy --treatment treated
# the same start spelt out
expect 0 "$UTFALL" effect did --data panel.csv --unit county --period year --outcome y --treated A --start 2017 --no-event-study --format csv --table estimates
cmp -s "$out" from-file.csv || fail "--treated and --start differ from the treatment column"

# mistakes in the file, at their place; a refusal says its reason once
bad() { sed "$1" panel.csv > bad.csv; shift; expect_message "$@" "${did[@]}" --data bad.csv; }
bad '3s/2.0/abc/' 3 "bad.csv:3:8: column 'y' should hold numbers, found 'abc'"
bad '2s/1.0/../;3s/2.0/abc/' 3 "bad.csv:3:8: column 'y' should hold numbers, found 'abc'"
bad '3s/2016/20x6/' 3 "bad.csv:3:3: column 'year' should hold periods (2018, 2018K1), found '20x6'"
bad '3s/0$/maybe/' 3 "bad.csv:3:12: column 'treated' should hold numbers, found 'maybe'"
bad '3s/$/,1/' 3 "bad.csv:3:"
bad '3s/A/"A/' 3 "bad.csv:3:1: a quote"
bad '3p' 3 "both hold unit 'A', period '2016'"
bad '2,$d' 3 "a header and no rows"
bad 's/1$/0/' 4 "No region in the data is treated"
[[ $(grep -c "No region in the data is treated" "$err") == 1 ]] || fail "the reason is said twice: $(cat "$err")"
bad 's/\(2017.*\)0$/\11/' 4 "All 4 regions are treated at once"
bad '/2015\|2016/d' 4 "In one period only"
bad 's/,[0-9.]*,\([01]\)$/,5,\1/' 4 "has the same value everywhere"
sed '/^[BCD]/s/,[0-9.]*,0$/,..,0/' panel.csv > bad.csv
expect_message 4 "None of the 3 comparison regions has a value" "$UTFALL" effect synthetic-control --data bad.csv --unit county --period year --outcome y --treated A --start 2017
expect_message 3 "after the last period of the data" "$UTFALL" effect did --data panel.csv --unit county --period year --outcome y --treated A --start 2030
expect_message 4 "no period before" "$UTFALL" effect did --data panel.csv --unit county --period year --outcome y --treated A --start 1990
rm bad.csv

expect_message 2 "is for figures from the store" "${did[@]}" --data panel.csv --within SE
expect_message 2 "is for figures from a file" "$UTFALL" effect did --unit county --outcome y --store x.db

# chart: a name or a table that it cannot use is said, and is no bug of the program
expect_message 2 "expected FOLDER/NAME" "$UTFALL" chart bars --data panel.csv --value y --label county --output "charts/my chart"
expect_message 2 "expected FOLDER/NAME" "$UTFALL" chart bars --data panel.csv --value y --label county --output "charts/"
for kind in bars stacked-bars lines event-study synthetic-control tile-map; do
    expect_message 2 "needs a column" "$UTFALL" chart $kind --data panel.csv --output charts/x
done
expect_message 2 "a study cannot come from standard input" "$UTFALL" run - --output x
# a band that cannot be read as one is refused: a picture without it would look exact
printf 'label,value,low,high,words\nA,1,0.5,2,few\nB,2,3,1,\nC,4,..,5,many\nD,4,5,4.5,4\n' > bands.csv
bands=("$UTFALL" chart bars --data bands.csv --output charts/x)
expect_message 3 "bands.csv:2:11: column 'words' should hold numbers, found 'few'" "${bands[@]}" --low words --high high
expect_message 3 "column 'words' should hold numbers, found 'few'" "${bands[@]}" --value words --low value --high value
sed 's/,low,/,least,/; s/,words$/,low/' bands.csv > words.csv
expect_message 3 "reads the lower end of a band from the column 'low' of the table 'file': found the text 'few' in row 1, expected numbers" "$UTFALL" chart bars --data words.csv --output charts/x
expect_message 3 "the lower end of the band ('low') is above its upper end ('high') in 2 rows of the table 'file' (row 2, 4; first 3 above 1)" "${bands[@]}"
expect_message 2 "the lower end of a band ('value') and no column for the upper end; name both" "$UTFALL" chart lines --data bands.csv --x value --output charts/x --low value
expect_message 2 "the chart 'tile-map' draws no bands" "$UTFALL" chart tile-map --data bands.csv --output charts/x --low value --high high
expect 0 "${bands[@]}" --low value --high value

# no colour and no progress where there is no terminal
expect_message 2 "utfall: " "$UTFALL" rnu
if grep -q $'\033' "$err"; then fail "escape codes in a file"; fi
finish
