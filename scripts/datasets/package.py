# SPDX-License-Identifier: GPL-3.0-or-later
"""CSV files and the Frictionless data package (tabular-data-package, version 1) that describes a folder of them."""

import csv
import hashlib
import json
import os

EUROSTAT_LICENCE = {  # no "name": it is none of the Open Definition's licences, which is what a name must be
    "title": "Eurostat: reuse with acknowledgement (Commission Decision 2011/833/EU)",
    "path": "https://ec.europa.eu/eurostat/about-us/policies/copyright",
}
SCB_LICENCE = {
    "name": "CC0-1.0",
    "title": "Statistics Sweden (SCB): open data, CC0 1.0",
    "path": "https://creativecommons.org/publicdomain/zero/1.0/",
}


def field(name, kind, description, **constraints):
    out = {"name": name, "type": kind, "description": description}
    if constraints:
        out["constraints"] = constraints
    return out


def read(path):
    with open(path, encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def write(path, names, rows):
    """Writes rows (sequences in the order of names). UTF-8 without BOM, comma, LF, quotes only where needed."""
    with open(path, "w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(names)
        writer.writerows(rows)


def resource(path, title, fields, key, sources, licences, foreign_keys=()):
    schema = {"fields": fields, "missingValues": [""]}
    if key:
        schema["primaryKey"] = list(key)
    if foreign_keys:
        schema["foreignKeys"] = [
            {"fields": own, "reference": {"resource": other, "fields": theirs}} for own, other, theirs in foreign_keys
        ]
    return {
        "name": os.path.splitext(path)[0].replace("_", "-"),
        "path": path,
        "title": title,
        "profile": "tabular-data-resource",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": {"delimiter": ",", "lineTerminator": "\n", "header": True},
        "schema": schema,
        "sources": list(sources),
        "licenses": list(licences),
    }


def write_package(folder, name, title, description, resources):
    """Adds size and SHA-256 of each file, so that a copy can be checked without Utfall."""
    for item in resources:
        with open(os.path.join(folder, item["path"]), "rb") as stream:
            content = stream.read()
        item["bytes"] = len(content)
        item["hash"] = "sha256:" + hashlib.sha256(content).hexdigest()
    package = {
        "profile": "tabular-data-package",
        "name": name,
        "title": title,
        "description": description,
        "version": "1.0.0",
        "licenses": unique(item for entry in resources for item in entry["licenses"]),
        "sources": unique(item for entry in resources for item in entry["sources"]),
        "resources": resources,
    }
    with open(os.path.join(folder, "datapackage.json"), "w", encoding="utf-8", newline="\n") as stream:
        json.dump(package, stream, ensure_ascii=False, indent=2)
        stream.write("\n")


def unique(items):
    out = []
    for item in items:
        if item not in out:
            out.append(item)
    return out
