#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The shipped data: each folder says where it is from; each CSV file is what its datapackage.json says (columns, types, keys, size, hash);
# nothing that may not be shipped is there; and scripts/make-datasets makes the same bytes again from the figures, where those are at hand.
set -euo pipefail
: "${UTFALL_SOURCE_DIR:=$(cd "$(dirname "$0")/../.." && pwd)}" # by hand, without ctest
: "${UTFALL_SHARED_DIR:=$UTFALL_SOURCE_DIR/../shared}"
export UTFALL_SHARED_DIR
cd "$UTFALL_SOURCE_DIR"
command -v python3 >/dev/null || { echo "datasets: skipped, there is no python3"; exit 77; }
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

python3 - <<'PYTHON'
import csv, hashlib, json, os, re, sys

wrong = []
READERS = {"string": str, "integer": int, "number": float, "year": int,
           "date": lambda text: re.fullmatch(r"\d{4}-\d\d-\d\d", text) or int("not a date")}
for name in sorted(os.listdir("datasets")):
    folder = os.path.join("datasets", name)
    say = lambda path, text: wrong.append(f"{folder}/{path}: {text}")
    if not os.path.isfile(f"{folder}/PROVENANCE.md"):
        say("", "there is no PROVENANCE.md")
        continue
    if not os.path.isfile(f"{folder}/datapackage.json"):
        say("", "there is no datapackage.json")
        continue
    package = json.load(open(f"{folder}/datapackage.json", encoding="utf-8"))
    provenance = open(f"{folder}/PROVENANCE.md", encoding="utf-8").read()
    described = {r["path"] for r in package["resources"]}
    for path in sorted(f for f in os.listdir(folder) if f.endswith(".csv")):
        if path not in described:
            say(path, "is not in datapackage.json")
    tables = {}
    for r in package["resources"]:
        path = r["path"]
        if "schema" not in r:  # a study file: it is no table
            if path not in provenance or not os.path.isfile(f"{folder}/{path}"):
                say(path, "is not there, or PROVENANCE.md does not speak of it")
            continue
        fields = r["schema"]["fields"]
        if not re.fullmatch(r"[a-z0-9._-]+", r["name"]):
            say(path, f"the name {r['name']} is not one that Frictionless allows")
        if not r["licenses"] or not all("name" in l or "path" in l for l in r["licenses"]) or not r["sources"]:
            say(path, "source or licence is missing")
        if path not in provenance:
            say(path, "PROVENANCE.md does not speak of it")
        content = open(f"{folder}/{path}", "rb").read()
        if r["bytes"] != len(content) or r["hash"] != "sha256:" + hashlib.sha256(content).hexdigest():
            say(path, "size or hash is not the described one; run scripts/make-datasets")
        rows = list(csv.reader(content.decode("utf-8").splitlines()))
        header, rows = rows[0], rows[1:]
        if header != [f["name"] for f in fields]:
            say(path, f"the columns are {header}")
            continue
        if any(len(row) != len(header) for row in rows):
            say(path, "is ragged")
            continue
        if b"\r" in content or content.startswith(b"\xef\xbb\xbf"):
            say(path, "has a byte order mark or CR")
        table = tables[r["name"]] = [dict(zip(header, row)) for row in rows]
        for f in fields:
            values, rules = [row[f["name"]] for row in table], f.get("constraints", {})
            for value in filter(None, values):
                try:
                    READERS[f["type"]](value)
                except ValueError:
                    say(path, f"{f['name']}: '{value}' is no {f['type']}")
                    break
            if rules.get("required") and "" in values:
                say(path, f"{f['name']} is empty somewhere")
            if rules.get("unique") and len(set(values)) < len(values):
                say(path, f"{f['name']} repeats")
            if "enum" in rules and set(values) - {""} - {str(v) for v in rules["enum"]}:
                say(path, f"{f['name']} has values that are not listed")
        key = r["schema"].get("primaryKey", [])
        if key and len({tuple(row[k] for k in key) for row in table}) < len(table):
            say(path, f"two rows have the same {', '.join(key)}")
        for word in ("tech_class", "dalarna_group", "reglab"):
            if word in content.decode("utf-8").splitlines()[0].lower():
                say(path, f"the column {word} may not be shipped")
    for r in package["resources"]:
        for foreign in r.get("schema", {}).get("foreignKeys", []):
            other = foreign["reference"]["resource"] or r["name"]
            there = {row[foreign["reference"]["fields"]] for row in tables[other]} | {""}
            lost = {row[foreign["fields"]] for row in tables[r["name"]]} - there
            if lost:
                say(r["path"], f"{foreign['fields']} {sorted(lost)[0]} is not in {other}")

# What crosses the folders: each region and sector of the figures is in the reference.
read = lambda path: list(csv.DictReader(open("datasets/" + path, encoding="utf-8", newline="")))
regions = {row["code"]: row for row in read("reference/regions.csv")}
sectors = {row["code"] for row in read("reference/sectors.csv")}
levels = {}
for row in regions.values():
    if row["valid_to"]:
        continue  # of an older division
    levels[row["level"]] = levels.get(row["level"], 0) + 1
if (levels["nuts1"], levels["nuts3"], levels["municipality"], levels["fa"], levels["nuts2"]) != (3, 21, 290, 60, 303):
    wrong.append(f"datasets/reference/regions.csv: the levels have {levels}")
if {row["alias"] for row in read("reference/region_aliases.csv")} & set(regions):
    wrong.append("datasets/reference/region_aliases.csv: an alias is also a code")
for folder in ("norra-mellansverige", "programmes"):
    for path in sorted(f for f in os.listdir("datasets/" + folder) if f.endswith(".csv")):
        for row in read(f"{folder}/{path}"):
            if row.get("region", "SE") not in regions or row.get("sector", "C") not in sectors:
                wrong.append(f"datasets/{folder}/{path}: unknown region or sector in {row}")
                break

# The national programme: a count, and no list. Nobody may invent one.
national = [row["status"] for row in read("programmes/exposures.csv") if row["intervention"] == "smart-industri-i-regionerna"]
if national != ["unknown"] * 21:
    wrong.append("datasets/programmes/exposures.csv: which regions took part in smart-industri-i-regionerna is not known")

print("\n".join(wrong) or "datasets: every file is what its data package says")
sys.exit(1 if wrong else 0)
PYTHON

if [ ! -d "$UTFALL_SHARED_DIR/figures" ]; then
    echo "datasets: the figures are not at hand, so they were not made anew"
    exit 0
fi
scripts/make-datasets "$scratch/datasets"
for folder in reference programmes norra-mellansverige; do
    while read -r file; do
        cmp "$scratch/datasets/$folder/$file" "datasets/$folder/$file"
    done < <(cd "$scratch/datasets/$folder" && ls)
done
echo "datasets: made anew from the figures, byte for byte"
