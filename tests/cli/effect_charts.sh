#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The charts of an evaluation, made by a study in both languages: what each says, and in which section of the report it stands.
source "$(dirname "$0")/../support/cli.sh"

cp "$UTFALL_SOURCE_DIR/docs/examples/simulated_starts.csv" starts.csv
study() { # LANGUAGE
    cat > study.yaml <<YAML
study: {sv: Ett program, en: A programme}
language: $1
questions:
  - {sv: Vad hände?, en: What happened?}
sources:
  - file: starts.csv
    indicator: jobs
    name: {sv: Sysselsättningsgrad, en: Employment rate}
    unit: {sv: procent, en: per cent}
    kind: ratio
    dimensions: {region: county, period: year, value: outcome, ignore: [treated]}
    source: simulated figures
regions: {level: nuts3, within: SE}
intervention: {treated: [SE121, SE221, SE125], start: 2010}
effects:
  - {method: did, id: did, question: 1, outcome: jobs}
  - {method: imputation, id: imputation, question: 1, outcome: jobs, permutations: 99}
  - {method: size-check, id: size, question: 1, outcome: jobs, draws: 49, inner-draws: 49}
  - {method: power, id: power, question: 1, outcome: jobs, draws: 50, permutations: 99}
  - {method: sensitivity, id: sensitivity, question: 1, outcome: jobs, draws: 500}
YAML
}
says() { # FILE TEXT…
    local file=$1 text
    for text in "${@:2}"; do grep -qF -- "$text" "$file" || fail "$file does not say '$text': $(cat "$file")"; done
}
study sv
expect 0 "$UTFALL" run study.yaml --output sv
says sv/charts/did-1.txt "Det simultana bandet utesluter 0 i 0 av 5 perioder före"
says sv/charts/did-1.svg "95 % konfidensintervall (CR2), varje period för sig" "95 % simultant band, alla perioder på en gång" "Skillnad mot referensperioden, procentenheter"
says sv/charts/did-2.svg "start 2010"
says sv/charts/did-3.txt "p = 0,00376; minsta p som hade kunnat uppkomma: 0,00075 (1330 av 1330 fördelningar prövade)" "Markerat: den verkliga: 10,02."
says sv/charts/did-3.svg "Koefficient delad med regionernas brus före start"
says sv/charts/imputation-1.svg "95 % simultant band, ett före start och ett efter"
says sv/charts/imputation-2.txt "2010: 15 av 15 intervall utesluter 0"
says sv/charts/size.svg "ska vara 5 %" "kluster, biasreducerad (CR2)" "obehandlade regioner, alla perioder" "alla regioner före start"
says sv/charts/power.txt "Vågrät linje: styrka 0,80." "Lodrät linje: minsta effekt enligt formeln: 1,58."
says sv/charts/sensitivity-1.txt "ursprungligt intervall: 1,39"
says sv/charts/sensitivity-1.svg ": brytpunkt"
says sv/charts/sensitivity-5.txt "Störst ändring: utan Uppsala, 2,63 i stället för 2,28"
says sv/charts/sensitivity-5.svg "alla regioner: 2,28"
grep -q '>Lägst <span class="unit">(procentenheter)<' sv/report.html || fail "a limit of a difference of percentages is in per cent"
# tables of the report have words where the CSV has codes
grep -q '>relativ storlek<' sv/report.html && grep -q '>första perioden<' sv/report.html || fail "the restrictions of sensitivity have no words"
! grep -q '>c-lf<\|>flci<\|>controls<' sv/report.html || fail "codes in the report: $(grep -o '>c-lf<\|>flci<\|>controls<' sv/report.html | sort | uniq -c | tr '\n' ' ')"

study en
expect 0 "$UTFALL" run study.yaml --output en
says en/charts/did-1.svg "95 % simultaneous band, all periods at once" "percentage points"
says en/charts/did-3.txt "p = 0.00376; smallest p that could have come out: 0.00075 (1,330 of 1,330 assignments tried)"
says en/charts/size.svg "should be 5 %" "clusters, bias-reduced (CR2)"
says en/charts/power.txt "Level line: power 0.80."
says en/charts/sensitivity-1.svg "original interval" ": breakdown value"
says en/charts/sensitivity-5.txt "Largest change: without Uppsala, 2.63 instead of 2.28"

# Each in its section.
python3 - en/report.html <<'PYTHON' || fail "a chart stands in the wrong section"
import re, sys
page = open(sys.argv[1], encoding="utf-8").read()
parts = re.split(r'<h2[^>]*>', page)[1:]
where = {}
for part in parts:
    heading = re.sub(r"<[^>]+>", "", part.split("</h2>")[0]).strip()
    for name in re.findall(r'<svg[^>]* id="uf-figure-\d+-([a-z]+(?:-\d)?)"', part):
        where[name] = heading
wanted = {"did-1": "Results", "did-2": "Results", "did-3": "Robustness", "imputation-2": "Results", "size": "Robustness", "power": "Design",
          "sensitivity-1": "Robustness", "sensitivity-5": "Robustness"}
wrong = {name: where.get(name) for name, place in wanted.items() if place not in (where.get(name) or "")}
sys.exit(f"{wrong} of {where}" if wrong else 0)
PYTHON
finish
