#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The demo study answers the evaluator's questions, in both languages, and calls nothing an effect that is none; the study of the
# coordinators is refused.
source "$(dirname "$0")/../support/cli.sh"
study=$UTFALL_SOURCE_DIR/datasets/norra-mellansverige/study.yaml

expect 0 "$UTFALL" run "$study" --output sv
expect 0 "$UTFALL" run "$study" --output en --language en
# value FILE COLUMN FILTER…: one cell of a CSV table
value() {
    python3 - "$@" <<'PYTHON'
import csv, sys
name, column, filters = sys.argv[1], sys.argv[2], [f.split("=", 1) for f in sys.argv[3:]]
rows = [r for r in csv.DictReader(open(name, encoding="utf-8", newline="")) if all(r[k] == v for k, v in filters)]
print(rows[0][column] if rows else "none")
PYTHON
}
near() { awk -v a="$1" -v b="$2" -v t="$3" 'BEGIN { exit !(a != "none" && (a - b) * (a - b) <= t * t) }' || fail "$4: $1 instead of $2"; }

# 1. What is the region good at? Employment in manufacturing 2017, by hand from county_employment.csv.
figures=$UTFALL_SOURCE_DIR/datasets/norra-mellansverige/county_employment.csv
by_hand=$(awk -F, '$2 == 2017 && $3 == "C" { c += $4; if ($1 == "SE312") rc = $4 } $2 == 2017 && $3 == "TOTAL" { t += $4; if ($1 == "SE312") rt = $4 }
    END { printf "%.10f", (rc / rt) / (c / t) }' "$figures")
near "$(value sv/tables/lq-employment-county-location-quotient.csv location_quotient unit=SE312 sector=C)" "$by_hand" 1e-9 "LQ of manufacturing in Dalarna"
low=$(value sv/tables/lq-employment-county-location-quotient.csv low unit=SE312 sector=C)
high=$(value sv/tables/lq-employment-county-location-quotient.csv high unit=SE312 sector=C)
awk -v l="$low" -v x="$by_hand" -v h="$high" 'BEGIN { exit !(l < x && x < h) }' || fail "the rounding band does not hold the quotient: $low $by_hand $high"
[[ $(value sv/tables/lq-value-added-location-quotient.csv location_quotient unit=SE31 sector=C) != none ]] || fail "no LQ of value added"
[[ $(value sv/tables/specialisation.csv krugman unit=SE311) != none ]] || fail "no Krugman index"
change=$(awk -F, '$1 == "SE313" && $3 != "TOTAL" && $3 ~ /^(A|B-E|F|G-I|J|K|L|M_N|O-Q|R-U)$/ { if ($2 == 2008) a += $4; if ($2 == 2017) b += $4 } END { print b - a }' "$figures")
near "$(value sv/tables/shift-share.csv change unit=SE313)" "$change" 1e-6 "change of employment in Gävleborg"

[[ $(value sv/tables/lq-employment-nuts2-location-quotient.csv location_quotient unit=SE31 sector=C) != none ]] || fail "no LQ of NUTS 2 beside the counties"
peers=$(awk -F, 'NR > 1 && $1 == "SE31" { print $4 }' sv/tables/peer-regions.csv | cut -c1-2 | sort -u)
[[ -n $peers && $peers != *SE* ]] || fail "the peers abroad: $peers"
# The follow-up has the nation and chosen peers, and says of what it lacks that it is missing.
board=sv/tables/scoreboard.csv
level=$(awk -F, '$1 == "SE312" && $2 == 2018 { print $3 }' "${figures%/*}/post_secondary_share.csv")
near "$(value $board level unit=SE312 indicator=post_secondary)" "$level" 1e-9 "post-secondary education in Dalarna on the board"
[[ $(value $board role unit=SE indicator=post_secondary) == nation ]] || fail "the nation is not on the board"
[[ $(value $board role unit=SE321 indicator=post_secondary) == peer ]] || fail "no peer on the board"
[[ -n $(value $board reason unit=SE312 indicator=rnd_share) ]] || fail "a missing indicator gives no reason"
# What is comparable between regions of different size is derived from amounts and counts; of NUTS 2 and the nation from their sums.
ratio_by_hand() { # FACTOR, FILE and COLUMN of the numerator, of the denominator, YEAR, REGION (it and what lies in it)
    python3 - "${figures%/*}" "$@" <<'PYTHON'
import csv, sys
folder, factor, above, a, below, b, year, region = sys.argv[1:]
total = lambda name, column: sum(float(r[column]) for r in csv.DictReader(open(f"{folder}/{name}", encoding="utf-8", newline=""))
                                 if r["year"] == year and r["region"].startswith(region))
print(float(factor) * total(above, a) / total(below, b))
PYTHON
}
board2=sv/tables/scoreboard-nuts2-scoreboard.csv
rnd=(100 county_business_rnd.csv business_rnd_million_sek county_gdp.csv gdp_million_sek)
near "$(value $board level unit=SE312 indicator=business_rnd_share)" "$(ratio_by_hand "${rnd[@]}" 2017 SE312)" 1e-9 "business R&D in Dalarna"
near "$(value $board2 level unit=SE31 indicator=business_rnd_share)" "$(ratio_by_hand "${rnd[@]}" 2017 SE31)" 1e-9 "business R&D in SE31"
[[ -z $(value $board level unit=SE indicator=business_rnd_share) ]] || fail "business R&D of the nation without Gotland and Jämtland"
gdp=(1000 county_gdp.csv gdp_million_sek county_population.csv population)
near "$(value $board nation unit=SE311 indicator=gdp_per_inhabitant_sek)" "$(ratio_by_hand "${gdp[@]}" 2019 SE)" 1e-9 "GDP per inhabitant of the nation"
near "$(value $board2 level unit=SE31 indicator=gdp_per_inhabitant_sek)" "$(ratio_by_hand "${gdp[@]}" 2019 SE31)" 1e-9 "GDP per inhabitant of SE31"
for group in ict_specialists engineers; do
    occupations=(1000 county_occupations.csv "$group" county_occupations.csv employees 2017)
    near "$(value $board level unit=SE313 indicator=$group)" "$(ratio_by_hand "${occupations[@]}" SE313)" 1e-9 "$group in Gävleborg"
    near "$(value $board2 nation unit=SE31 indicator=$group)" "$(ratio_by_hand "${occupations[@]}" SE)" 1e-9 "$group of the nation"
done
# Each indicator has its own last year, and where lower is better the lowest is first.
for year in gdp_per_inhabitant_sek=2019 business_rnd_share=2017 population_change=2018 ict_specialists=2017 unemployment=2022; do
    [[ $(value $board period unit=SE311 indicator=${year%=*}) == "${year#*=}" ]] || fail "the year of ${year%=*} is not ${year#*=}"
done
place=$(awk -F, '$2 == 2022 { u[$1] = $3 } END { n = 1; for (c in u) n += u[c] < u["SE311"]; print n }' "${figures%/*}/county_unemployment.csv")
[[ $(value $board rank unit=SE311 indicator=unemployment) == "$place" ]] || fail "Värmland has not the place $place in unemployment"
grep -q '^SE,.*Sverige: 5 av 15 indikatorer har uppgifter; 5 har förbättrats och 0 försämrats under sin period' sv/tables/scoreboard-findings.csv ||
    fail "the sentence of the nation"

# In the report an indicator heads its regions, and nothing is wider than a page: the rest is in the CSV.
grep -q '<th scope="rowgroup" colspan="8"><span class="group-text">Eftergymnasial utbildning, 16–74 år (%). Kompetensförsörjning; högre är bättre; förändring sedan 2013; jämförelseregionernas medel 31,6<' sv/report.html ||
    fail "the indicator is no heading of its rows"
grep -q 'Indicators without figures</span></th>' en/report.html || fail "the indicators without figures have no heading"
grep -q '<th scope="row">Örebro (peer)</th>' en/report.html || fail "a peer is not named as one"

# 2. Focus charts
for chart in scoreboard inequality-1 priority-map-se31 peer-regions-1-se31 lq-employment-county-3-se312; do
    [[ -s sv/charts/$chart.svg ]] || fail "no chart $chart"
done
for chart in post-secondary post-secondary-map internet-use; do [[ -s sv/charts/$chart.svg ]] || fail "no chart $chart"; done

# 3. (a) Synthetic control with foreign donors only
if cut -d, -f1 sv/tables/synthetic-control-weights.csv | grep -q '^SE'; then fail "a Swedish donor"; fi
[[ $(value sv/tables/synthetic-control-estimates.csv p_value term=average_gap) != none ]] || fail "no p-value of the placebos"
[[ $(wc -l < sv/tables/synthetic-control-placebo-ratios.csv) -gt 50 ]] || fail "too few placebos"
# (b) three of 21 counties
[[ $(value sv/tables/did-education-estimates.csv n_treated term=treatment) == 3 ]] || fail "not three treated"
[[ $(value sv/tables/did-education-estimates.csv n_control term=treatment) == 18 ]] || fail "not eighteen to compare with"
[[ -s sv/charts/did-education-1.svg ]] || fail "no event study"
# the pictures of one table have the same decimals, by the interval before anything is assumed; so has what stands beside a line
for picture in "1 −0,96 (−4,45 till 2,54)" "2 −0,02 (−3,63 till 3,58)" "3 −0,96 (−4,45 till 2,54)" "4 −0,02 (−3,63 till 3,58)"; do
    grep -qF "ursprungligt intervall: ${picture#* }" "sv/charts/sensitivity-gdp-${picture%% *}.txt" || fail "decimals: $(cat "sv/charts/sensitivity-gdp-${picture%% *}.txt")"
done
for words in "1,47 i stället för 0,25)" "helt över 0,25 och"; do
    grep -qF "$words" sv/charts/sensitivity-gdp-5.txt || fail "decimals of the whole sample: $(cat sv/charts/sensitivity-gdp-5.txt)"
done

# 4. The controls were exposed: said, and at the top of the result
exposed=$(value sv/tables/did-education-design.csv value key=controls-exposed-at-least)
[[ ${exposed%.*} -ge 17 ]] || fail "only $exposed controls found exposed"
python3 - <<'PYTHON' || fail "what the report says"
import html, re, sys
wrong = []
def text_of(name):
    page = open(name, encoding="utf-8").read()
    words = re.sub(r"<svg.*?</svg>|<style.*?</style>", " ", page, flags=re.S)
    return page, html.unescape(re.sub(r"<[^>]+>", " ", words))
for name, programme, claim in (("sv", "Smart industri i regionerna", "skillnad, inte en effekt"), ("en", "Smart Industry in the Regions", "difference, not an effect")):
    page, text = text_of(f"{name}/report.html")
    for part in (programme, claim):
        if part not in text:
            wrong.append(f"{name}: '{part}' is not in the report")
    # In the section of results each analysis begins with what the design check found, before the first number.
    results = re.search(r'<section id="results".*?</section>', page, flags=re.S).group(0)
    for part in re.split(r"<h3", results)[1:]:
        finding, figure = part.find("findings"), part.find("<figure")
        if finding < 0 or 0 <= figure < finding:  # checks of the inference have their figures among the robustness
            wrong.append(f"{name}: a result does not begin with the design check")
    # No number is called an effect: the generated sentences say difference or gap.
    for sentence in re.findall(r"<li>([^<]*)</li>", page):
        if re.search(r"(genomsnittliga effekten|average effect)", sentence):
            wrong.append(f"{name}: {sentence}")
    # The summary speaks of the focus regions only, in a few sentences for each question, and says how to read the numbers.
    summary = re.search(r'<section id="summary".*?</section>', page, flags=re.S).group(0)
    for outsider in ("Gotland", "Dytiki", "Uppsala", "Skåne"):
        if outsider in summary:
            wrong.append(f"{name}: the summary speaks of {outsider}")
    if re.search(r"[Kk]omplexitet|[Cc]omplexity|ECI", summary):
        wrong.append(f"{name}: the summary ranks by what the engine warns means nothing here")
    for sentence in re.findall(r"<li>(.*?)</li>", summary, flags=re.S):
        if len(re.findall(r"får inte läsas som en effekt|may not be read as an effect", sentence)) > 1:
            wrong.append(f"{name}: the summary warns of one number twice")
    # What is read has words: no column is headed by its machine's name, and no p-value is nought.
    if re.search(r"[(;] ?p [=]? ?0[.,]0+[),;]", text):
        wrong.append(f"{name}: a p-value is nought")
    for heading in re.findall(r"<th scope=\"col\"[^>]*>(?:<[^>]*>)*([a-z]+_[a-z_]+|reflections|diversity|ubiquity)<", page):
        wrong.append(f"{name}: a column is headed {heading}")
    board = next((t for t in re.findall(r"<table.*?</table>", page, flags=re.S) if 'class="spark"' in t), "")
    for code in ("rnd_share", ">higher<" if name == "sv" else "post_secondary", "innovation-enterprise"):
        if code in board:
            wrong.append(f"{name}: '{code}' is shown on the board")
    if board.count("rd_e_gerdreg") != 1:
        wrong.append(f"{name}: a missing indicator stands {board.count('rd_e_gerdreg')} times on the board")
    if name == "sv" and page.count("Källa: Eurostat nama_10r_3gdp, SCB/Eurostat, SCB UF0506; egna beräkningar") < 1:
        wrong.append("the picture of the board does not name all its sources")
    if not re.search(r'class="[^"]*sparkline', page):
        wrong.append(f"{name}: the follow-up has no sparklines")
    for part in re.split(r"<h3", summary)[1:]:
        if not 1 <= part.count("<li>") <= 5:
            wrong.append(f"{name}: {part.count('<li>')} sentences in the summary for one question")
    design = html.unescape(re.search(r'<section id="design.*?</section>', page, flags=re.S).group(0))
    sentences = {
        "sv": [(summary, "Värmland: 21,3\u00a0procent år 2000, 31,9\u00a0procent år 2018 (Sverige: 38,4\u00a0procent; plats 13 av 21 uppifrån)."),
               (summary, "Det är en skillnad och får inte läsas som en effekt av insatsen."),
               (summary, "Överrepresenterade branscher i Värmland, Dalarna och Gävleborg"),
               (design, "Smart industri i regionerna (minst 17 av 18 jämförelseregioner och minst 2 av 3 insatsregioner)"),
               (page, "streck: det spann som avrundningen till hela 1000 lämnar öppet"), (page, "95 % konfidensintervall (CR2)")],
        "en": [(summary, "Värmland: 21.3\u00a0per cent in 2000, 31.9\u00a0per cent in 2018 (Sweden: 38.4\u00a0per cent; place 13 of 21 from the top)."),
               (summary, "This is a difference and may not be read as an effect of the intervention."),
               (design, "Smart Industry in the Regions (at least 17 of 18 comparison regions and at least 2 of 3 treated)"),
               (page, "95 % confidence interval (CR2)")]}
    for place, sentence in sentences[name]:
        if sentence not in html.unescape(place):
            wrong.append(f"{name}: '{sentence}' is not where it should be")
    for key in ("event-time", "regional_rounding_sd", "(%) år", "loss_v", ">cr2<"):
        if key in page.split('<section id="manifest"')[0]:
            wrong.append(f"{name}: '{key}' is shown")
    heads = re.findall(r"<h3[^>]*>(.*?)</h3>", page.split('<section id="design')[0].split('<section id="profile"')[-1])
    if len(heads) != len(set(heads)):
        wrong.append(f"{name}: a heading of the profile stands twice")
    ids = re.findall(r'<section id="([^"]+)"', page)
    levels = [int(l) for l in re.findall(r"<h([1-6])", page)]
    if any(b > a + 1 for a, b in zip(levels, levels[1:])) or levels.count(1) != 1:
        wrong.append(f"{name}: headings are out of order")
    if f'<html lang="{name}"' not in page:
        wrong.append(f"{name}: language tag")
    if page.count("<svg") < 10 or page.count("<title") < 10:
        wrong.append(f"{name}: charts are not inline with titles")
if "\u00e5" not in open("sv/report.html", encoding="utf-8").read():
    wrong.append("no å")
print("\n".join(wrong), file=sys.stderr)
sys.exit(bool(wrong))
PYTHON
# Each script draws its picture again, without a word.
cp -r sv/charts redrawn # the report's pictures hold more than gnuplot writes: leave them
for script in redrawn/*.gp; do
    words=$(cd redrawn && gnuplot "${script##*/}" 2>&1) || fail "$script"
    [[ -z $words ]] || fail "$script: $words"
done
expect_message 0 "0 differ" "$UTFALL" verify sv

# the coordinators: all 21 at once
expect_message 4 "Samtliga 21 regioner" "$UTFALL" run "$UTFALL_SOURCE_DIR/datasets/digitaliseringskoordinatorer/study.yaml" --output refused
for alternative in dos avbruten utländska; do grep -q "$alternative" "$err" || fail "the alternative '$alternative' is not named"; done
[[ -s refused/report.html ]] || fail "no report of the refusal"
if compgen -G "refused/tables/*estimates*" >/dev/null; then fail "a refused analysis has an estimate"; fi
finish
