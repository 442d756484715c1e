#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A study that brings its figures to one regional division, joins two series and adds them up; the same on the command line; and what is refused.
source "$(dirname "$0")/../support/cli.sh"

cat > jobs.csv <<'CSV'
region,year,value
12,1995,800
11,1995,290
12,1996,801
11,1996,291
12,1997,1100
10,1995,150
10,1996,151
10,1997,152
03,2006,302
19,2006,260
03,2007,317
19,2007,248
04,2007,250
05,2007,400
18,2007,270
SE12,2007,1487
SE22,1997,1252
CSV
cat > old.csv <<'CSV'
region,year,value
10,1995,10
10,1996,12
12,1995,20
12,1996,22
CSV
cat > new.csv <<'CSV'
region,year,value
10,1996,24
10,1997,30
12,1996,11
12,1997,13
CSV
cat > study.yaml <<'YAML'
study: {sv: Gränser som flyttas, en: Borders that move}
language: en
sources:
  - {file: jobs.csv, indicator: jobs, name: {sv: Jobb, en: Jobs}, unit: {sv: personer, en: persons}, rounding: 1}
  - {file: old.csv, indicator: it_old, name: IT, unit: persons}
  - {file: new.csv, indicator: it_new, name: IT, unit: persons}
regions: {level: nuts3, within: SE, as-of: 2016}
splice:
  - {indicator: it, parts: [it_old, it_new], method: ratio-at-overlap, overlap: [1996, 1996]}
aggregate:
  - {indicator: jobs, to: nuts2}
  - {as: it_share, how: share, numerator: it, denominator: jobs, to: nuts2, factor: 100, unit: '%'}
follow:
  - {indicator: jobs}
  - {id: shares, indicator: it_share, level: nuts2}
report: {charts: [svg]}
YAML
expect 0 "$UTFALL" run study.yaml --output report
has() { # FILE LINE…: the table has these lines
    local file=$1 line
    shift
    for line in "$@"; do tr -d '\r' < "$file" | grep -qxF -- "$line" || fail "$file has no line '$line': $(head -c 300 "$file")"; done
}
has report/tables/jobs.csv "SE121+SE125,Uppsala + Västmanland,2006,562,observed" "SE224,Skåne,1996,1092,observed" \
    "SE224,Skåne,1997,1100,observed"
if grep -qE '^(11|SE121|SE125),' report/tables/jobs.csv; then fail "a region of another division is a unit"; fi
has report/tables/splice-it.csv "region,sector,breakdown,seam,period,older,newer,ratio" "SE221,,,1996,1996,12,24,2" "SE224,,,1996,1996,22,11,0.5"
has report/tables/gaps-jobs-nuts2.csv "SE12,,2007,1487,1485,2,4,0,rounding"
[[ $(wc -l < report/tables/gaps-jobs-nuts2.csv) == 2 ]] || fail "more gaps than there are: $(cat report/tables/gaps-jobs-nuts2.csv)"
grep -q "^SE22,.*,1995,2.419" report/tables/shares.csv || fail "the share of sums: $(cat report/tables/shares.csv)"
text=$(sed 's/<[^>]*>//g; s/&#39;/'"'"'/g' report/report.html)
for sentence in "'jobs': 11, SE224 merged into SE224" "'jobs': SE121, SE125 merged into SE121+SE125" "that of 2016" \
    "'it' spliced by the ratio at the overlap" "2 values were multiplied" "'jobs' summed from county (NUTS 3) to NUTS 2" "nothing was rescaled" \
    "before 1996 'it_old' multiplied by the ratio"; do
    [[ $text == *"$sentence"* ]] || fail "the report does not say: $sentence"
done
expect 0 "$UTFALL" verify report
expect 0 "$UTFALL" run study.yaml --output svenska --language sv
text=$(sed 's/<[^>]*>//g' svenska/report.html)
for sentence in "11, SE224 sammanförda till SE224" "Så har serierna förberetts" "hopfogad med kvoten i överlappet" "ingenting har räknats om"; do
    [[ $text == *"$sentence"* ]] || fail "the Swedish report does not say: $sentence"
done
# what was published is kept in the run's store
expect 0 "$UTFALL" show observations --store report/store.db --indicator jobs:as-published --region 11 --format csv
[[ $(wc -l < "$out") == 3 ]] || fail "the values as published: $(cat "$out")"

# a region asked for is shown alone, or in the unit that it went into; an indicator in one division keeps its counties
expect 0 "$UTFALL" show observations --store report/store.db --indicator jobs:as-published --as-of 2016 --region 03 --format csv
[[ $(tail -n +2 "$out" | cut -d, -f1 | sort -u) == "SE121+SE125" ]] || fail "the unit of Uppsala: $(cat "$out")"

# with weights the two counties stay apart
printf 'from,to,weight\n19,19,0.95\n19,03,0.05\n' > heby.csv
sed 's/as-of: 2016/as-of: 2016, crosswalk: heby.csv/' study.yaml > weights.yaml
expect 0 "$UTFALL" run weights.yaml --output weights
has weights/tables/jobs.csv "SE121,Uppsala,2006,315,estimated" "SE125,Västmanland,2006,247,estimated" "SE125,Västmanland,2007,248,observed"
text=$(sed 's/<[^>]*>//g; s/&#39;/'"'"'/g' weights/report.html)
[[ $text == *"'jobs': SE121, SE125 × 0.05 carried to SE121 by weights"* ]] || fail "the weights are not in the ledger"
[[ $(jq -r '.inputs[-1].path' weights/manifest.json) == heby.csv ]] || fail "the crosswalk is no input of the manifest"
expect 0 "$UTFALL" verify weights
printf 'from,to,weight\n19,19,0.9\n19,03,0.05\n' > heby.csv
expect_message 3 "heby.csv:2: the weights of '19' add up to 0.95" "$UTFALL" run weights.yaml --output broken
# a publisher that gives one division
sed 's/as-of: 2016/as-of: 2016, one-division: [jobs]/' study.yaml > one.yaml
expect 0 "$UTFALL" run one.yaml --output one
has one/tables/jobs.csv "SE121,Uppsala,2006,302,observed" "SE224,Skåne,1996,1092,observed"

# codes of two divisions are refused by name, at the source
sed 's/, as-of: 2016//' study.yaml > without.yaml
expect_message 3 "without.yaml:4:5: the codes '11' and 'SE224' in 'jobs'" "$UTFALL" run without.yaml --output broken
sed 's/kind: stock//; s/indicator: jobs, name/indicator: jobs, kind: ratio, name/' study.yaml | sed '/aggregate/,/it_share/d; /shares/d' > ratio.yaml
expect_message 3 "name its denominator" "$UTFALL" run ratio.yaml --output broken
sed 's/overlap: \[1996, 1996\]/overlap: [1995, 1995]/' study.yaml > overlap.yaml
expect_message 3 "(SE221, SE224)" "$UTFALL" run overlap.yaml --output broken
sed 's/parts: \[it_old, it_new\]/parts: [it_new, it_old]/' study.yaml > order.yaml
expect_message 3 "from the oldest to the newest" "$UTFALL" run order.yaml --output broken
sed 's/parts: \[it_old, it_new\]/parts: [it_olt, it_new]/' study.yaml > name.yaml
expect_message 3 "did you mean 'it_old'" "$UTFALL" run name.yaml --output broken
sed 's/overlap: \[1996, 1996\]/overlap: [1996]/' study.yaml > seams.yaml
expect_message 3 "found 1 periods in overlap" "$UTFALL" run seams.yaml --output broken
sed 's/how: share, numerator: it,/how: share,/' study.yaml > share.yaml
expect_message 3 '`numerator`, `denominator` and `as`' "$UTFALL" run share.yaml --output broken
sed 's/as: it_share/as: it/' study.yaml > twice.yaml
expect_message 3 "found the name 'it' a second time" "$UTFALL" run twice.yaml --output broken
[[ ! -e broken ]] || fail "something was written"

# the same on the command line
export UTFALL_STORE=store.db
expect 0 "$UTFALL" import jobs.csv --indicator jobs
expect 0 "$UTFALL" import new.csv --indicator it
expect 0 "$UTFALL" show observations --indicator jobs --as-of 2016 --format csv
has "$out" "SE121+SE125,,,2006,562,observed" "SE224,,,1996,1092,observed"
printf 'from,to,weight\n19,19,0.95\n19,03,0.05\n' > heby.csv
expect 0 "$UTFALL" show observations --indicator jobs --as-of 2016 --crosswalk heby.csv --format csv
has "$out" "SE121,,,2006,315,estimated,estimated"
expect_message 2 "expected a year" "$UTFALL" show observations --indicator jobs --as-of now
expect 0 "$UTFALL" show sums --indicator jobs --level nuts2 --gaps --format csv
has "$out" "SE12,,2007,1487,1485,2,5,0,unexplained"
expect 0 "$UTFALL" show sums --numerator it --denominator jobs --level nuts2 --format csv
grep -q "^SE22,,1997,0.034" "$out" || fail "a share: $(cat "$out")"
expect 0 "$UTFALL" show sums --indicator it --how mean --weight jobs --level nuts2 --format csv
grep -q "^SE22,,1997,15.06" "$out" || fail "a mean: $(cat "$out")"
expect_message 2 "weight" "$UTFALL" show sums --indicator it --how mean --level nuts2
expect_message 2 "did you mean 'mean'" "$UTFALL" show sums --indicator it --how maen --level nuts2
# a panel of both divisions is refused too
expect_message 3 "ended in 1996" "$UTFALL" effect did --outcome jobs --level county --treated SE221 --start 1997
finish
