#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# utfall run: what is written, that it is written whole or not at all, and that what stood there before is safe.
source "$(dirname "$0")/../support/cli.sh"
small_study

expect 0 "$UTFALL" run study.yaml --output report
[[ $(cat "$out") == "$scratch/report/report.html" ]] || fail "standard output is not the report's path: $(cat "$out")"
for file in report.html manifest.json store.db tables/location-quotient.csv tables/location-quotient.json tables/did-estimates.csv \
    charts/location-quotient-1-se312.svg charts/location-quotient-1-se312.gp charts/location-quotient-1-se312.csv charts/location-quotient-1-se312.txt; do
    [[ -s report/$file ]] || fail "no $file"
done
[[ ! -e report/tables.xlsx && ! -e report/charts/location-quotient-1-se312.png ]] || fail "more than was asked for"
jq -e '.utfall and .study.sha256 and (.inputs[0].sha256 | length == 64) and .seed == "1" and .language == "en"' report/manifest.json >/dev/null ||
    fail "the manifest lacks something"
if grep -q "$scratch" report/manifest.json report/report.html report/tables/* report/charts/*; then fail "an absolute path is told"; fi
# every output is in the manifest, with its hash
(cd report && find . -type f ! -name manifest.json | sed 's|^\./||' | sort) > files
jq -r '.outputs | keys[]' report/manifest.json | sort | diff - files >/dev/null || fail "the manifest does not list the outputs"
while read -r file; do
    [[ $(jq -r --arg f "$file" '.outputs[$f]' report/manifest.json) == "$(sha256sum "report/$file" | cut -d' ' -f1)" ]] || fail "hash of $file"
done < <(jq -r '.outputs | to_entries[] | select(.value) | .key' report/manifest.json)
# the page: language, sections in order, no network
grep -q '<html lang="en"' report/report.html || fail "no language tag"
order=$(grep -o '<section id="[^"]*"' report/report.html | tr -d '\n')
[[ $order == *summary*questions*data*profile*design*results*robustness*limits*method*manifest* ]] || fail "sections: $order"
if grep -qE '(src|href)="https?:' report/report.html; then fail "the report loads from the network"; fi
if command -v xmllint >/dev/null; then xmllint --noout --nonet report/report.html 2>"$err" || fail "not well-formed: $(head -3 "$err")"; fi
# the chart's script runs by itself
if command -v gnuplot >/dev/null; then
    cp -r report/charts by-hand
    (cd by-hand && rm -f ./*.svg && gnuplot location-quotient-1-se312.gp) || fail "the script does not run by itself"
    [[ -s by-hand/location-quotient-1-se312.svg ]] || fail "the script draws nothing"
    rm -rf by-hand
fi

# the same bytes twice, and whatever the number of threads
expect 0 "$UTFALL" run study.yaml --output again --threads 1
diff -r --exclude=store.db report again >/dev/null || fail "two runs differ: $(diff -rq --exclude=store.db report again | head -3)"
rm -rf again
# the other language
expect 0 "$UTFALL" run study.yaml --output svenska --language sv
grep -q '<html lang="sv"' svenska/report.html || fail "not in Swedish"
grep -q "Liten studie" svenska/report.html || fail "the Swedish title"
rm -rf svenska
expect_message 2 "expected" "$UTFALL" run study.yaml --output x --language no
# a seed from the command line
expect 0 "$UTFALL" run study.yaml --output seeded --seed 7
[[ $(jq -r .seed seeded/manifest.json) == 7 ]] || fail "--seed"
rm -rf seeded

# an earlier run is replaced; other folders are not, unless told to
touch report/stale
expect 0 "$UTFALL" run study.yaml --output report
[[ ! -e report/stale ]] || fail "a stale file stays"
mkdir mine && echo work > mine/thesis.txt
expect_message 2 "holds no earlier run of Utfall" "$UTFALL" run study.yaml --output mine
[[ $(cat mine/thesis.txt) == work ]] || fail "a folder was touched"
expect 0 "$UTFALL" run study.yaml --output mine --replace
[[ -s mine/report.html && ! -e mine/thesis.txt ]] || fail "--replace"
rm -rf mine
expect_message 2 "so it is not replaced" "$UTFALL" run study.yaml --output . --replace
[[ -s study.yaml ]] || fail "the study is gone"
echo file > occupied
expect_message 2 "should be a folder" "$UTFALL" run study.yaml --output occupied --replace
[[ $(cat occupied) == file ]] || fail "a file was replaced"
rm occupied
expect_only study.yaml figures.csv report files

# places that cannot be written to (root can write anywhere, so then a file stands in the way)
cp -r report before
if [[ $(id -u) != 0 ]]; then
    mkdir locked && chmod a-w locked
    expect_message 6 "cannot" "$UTFALL" run study.yaml --output locked/out
    rmdir locked
fi
: > blocked
expect 6 "$UTFALL" run study.yaml --output blocked/out
rm blocked
# a full disk, by a limit on file size
(ulimit -f 64; trap '' XFSZ; "$UTFALL" run study.yaml --output report >"$out" 2>"$err"); code=$?
[[ $code == 6 ]] || fail "a full disk gave $code: $(cat "$err")"
diff -r before report >/dev/null || fail "a full disk changed the earlier run"
(ulimit -f 64; trap '' XFSZ; "$UTFALL" run study.yaml --output fresh >"$out" 2>"$err")
expect_only study.yaml figures.csv report files before

# without gnuplot: tables and report, no pictures, exit code 6, and it is said
mkdir empty
expect_message 6 "without pictures" env PATH="$scratch/empty" "$UTFALL" run study.yaml --output drawn-by-hand
[[ -s drawn-by-hand/report.html && -s drawn-by-hand/tables/location-quotient.csv && -s drawn-by-hand/charts/location-quotient-1-se312.gp ]] ||
    fail "without gnuplot more is missing than pictures"
if compgen -G "drawn-by-hand/charts/*.svg" >/dev/null; then fail "empty pictures"; fi
[[ $(jq .pictures drawn-by-hand/manifest.json) == false ]] || fail "the manifest does not say that pictures are missing"
rm -rf drawn-by-hand empty

# interrupted: 130, nothing new, nothing changed; at several moments
set -m # else a script's background jobs ignore SIGINT
for delay in 0.02 0.1 0.25; do
    "$UTFALL" run "$UTFALL_SOURCE_DIR/datasets/norra-mellansverige/study.yaml" --output report >"$out" 2>"$err" &
    sleep $delay
    kill -INT $! 2>/dev/null
    wait $!
    code=$?
    [[ $code == 130 ]] || fail "interrupted after $delay s gave $code: $(cat "$err")"
    diff -r before report >/dev/null || fail "an interrupt changed the earlier run"
done
# and while a chart is drawn that does not come to an end: Ctrl-C reaches the whole group
mkdir "$scratch/bin"
printf '#!/bin/sh\n: > "%s/bin/started"\nexec sleep 60\n' "$scratch" > "$scratch/bin/gnuplot" && chmod +x "$scratch/bin/gnuplot"
PATH=$scratch/bin:$PATH "$UTFALL" run study.yaml --output report >"$out" 2>"$err" &
child=$!
for ((i = 0; i < 200; i++)); do [[ -e $scratch/bin/started ]] && break; sleep 0.05; done
sleep 0.1
kill -INT -- -$child
wait $child
code=$?
[[ $code == 130 ]] || fail "interrupted while drawing gave $code: $(cat "$err")"
diff -r before report >/dev/null || fail "an interrupt while drawing changed the earlier run"
rm -r "$scratch/bin"
set +m
expect_only study.yaml figures.csv report files before
finish
