# SPDX-License-Identifier: GPL-3.0-or-later
"""datasets/reference: regions, their aliases, neighbours and tiles, and the sectors of SNI 2007."""

import os
import shutil

from . import history, names, scoreboard
from .package import EUROSTAT_LICENCE, SCB_LICENCE, field, read, resource, write, write_package
from .programmes import FACTS

SCB_CODES = {"title": "SCB, Län och kommuner i kodnummerordning",
             "path": "https://www.scb.se/hitta-statistik/regional-statistik-och-kartor/regionala-indelningar/lan-och-kommuner/"}
SCB_SNI = {"title": "SCB, SNI 2007", "path": "https://www.scb.se/dokumentation/klassifikationer-och-standarder/"}
SCB_BORDERS = {"title": "SCB, digitala gränser (län, SWEREF 99 TM)",
               "path": "https://www.scb.se/hitta-statistik/regional-statistik-och-kartor/regionala-indelningar/digitala-granser/"}
NUTS = {"title": "Eurostat, NUTS 2021 and its history", "path": "https://ec.europa.eu/eurostat/web/nuts"}
FA = {"title": "Tillväxtverket and Tillväxtanalys, FA-regioner 2015", "path": "https://tillvaxtverket.se/"}
STRATEGY = {"title": "Nationell strategi för hållbar regional utveckling i hela landet 2021–2030 (skr. 2020/21:133)",
            "path": "https://www.regeringen.se/"}


def build(figures, folder):
    source = lambda name: read(os.path.join(figures, name))
    counties = source("counties.csv")
    nuts3 = {row["lan"]: row["nuts3"] for row in counties}
    municipalities = source("municipalities.csv")

    write(os.path.join(folder, "regions.csv"), [f["name"] for f in REGION_FIELDS],
          regions(counties, municipalities, source))
    write(os.path.join(folder, "region_aliases.csv"), [f["name"] for f in ALIAS_FIELDS],
          aliases(counties, source("nuts_history_se.csv")))
    write(os.path.join(folder, "sectors.csv"), [f["name"] for f in SECTOR_FIELDS],
          sectors(source("sni2007_sections.csv"), source("sni2007_divisions.csv")))
    write(os.path.join(folder, "tile_grid.csv"), [f["name"] for f in TILE_FIELDS],
          [(nuts3[r["lan"]], r["short"], r["letter"], r["row"], r["col"]) for r in source("county_tile_grid.csv")])
    write(os.path.join(folder, "contiguity.csv"), [f["name"] for f in CONTIGUITY_FIELDS],
          [(nuts3[r["lan_a"]], nuts3[r["lan_b"]], r["name_a"], r["name_b"], r["contact"], r["shared_km_generalised"],
            r["rook"], r["queen"], r["source"]) for r in source("county_contiguity.csv")])
    write(os.path.join(folder, "municipality_fa.csv"), [f["name"] for f in MUNICIPALITY_FA_FIELDS],
          [(r["kommun"], "FA" + r["fa15"]) for r in municipalities])
    write(os.path.join(folder, "region_links.csv"), [f["name"] for f in LINK_FIELDS], history.LINKS)
    write(os.path.join(folder, "scoreboard.csv"), scoreboard.FIELDS, scoreboard.ROWS)
    shutil.copyfile(os.path.join(figures, "region_changes.csv"), os.path.join(folder, "region_changes.csv"))
    shutil.copyfile(os.path.join(figures, "nuts_history_se.csv"), os.path.join(folder, "nuts_history.csv"))
    describe(folder)


def regions(counties, municipalities, source):
    rows = [("SE", "country", "", *names.COUNTRIES["SE"], "", "", "")]
    rows += [(r["nuts1"], "nuts1", "SE", r["name_sv"], r["name_en"], "", "", "") for r in source("nuts1.csv")]
    rows += [(r["nuts2"], "nuts2", r["nuts1"], r["name_sv"], r["name_en"], "", "", "") for r in source("nuts2.csv")]
    rows += [(r["nuts3"], "nuts3", r["nuts2"], r["name_sv"], r["name_en_scb"], r["short"], "", "") for r in counties]
    rows += history.ENDED
    # A municipality begins with the split that made it. One that only got another number (Heby) is as old as its territory.
    since = {after: year for year, kind, level, _, after, *_ in history.LINKS if kind == "split"}
    rows += [(r["kommun"], "municipality", r["nuts3"], r["name"], r["name"], "", since.get(r["kommun"], ""), "")
             for r in municipalities]
    rows += [("FA" + r["fa15"], "fa", "SE", r["name"], r["name"], "", "", "") for r in source("fa_regions_2015.csv")]
    rows += [(code, "country", "", *name, "", "", "") for code, name in names.COUNTRIES.items() if code != "SE"]
    known = {row[0] for row in rows}
    for r in source("eu_nuts2_regions.csv"):
        if r["geo"] in known:
            continue
        # Extra-regio (embassies, platforms at sea) is territory of no region: it gets no parent, so that it is never
        # listed, ranked or summed as one of a country's regions.
        parent = "" if r["geo"].endswith("ZZ") else r["country"]
        short = names.SHORT_NAMES.get(r["geo"], "")
        name = f"Extra-regio ({r['country']})" if r["geo"].endswith("ZZ") else r["name"]
        rows.append((r["geo"], "nuts2", parent, name, name, short, "", ""))
    return rows


def aliases(counties, nuts_history):
    rows = [("00", "scb-nation", "SE"), ("0000", "kolada", "SE"), ("GR", "iso-3166", "EL")]
    rows += [(r["lan"], "scb-county", r["nuts3"]) for r in counties]
    rows += [(r["kolada_id"], "kolada", r["nuts3"]) for r in counties]
    taken = {row[0] for row in rows}
    for r in nuts_history:
        now, moved = r["code_2021"], "boundary shift" in r["changes"] or "split" in r["changes"]
        if not now or moved or now.endswith("Z"):
            continue
        # The oldest version first: a code that lived through 1999 and 2003 is one alias.
        for version in ("1999", "2003"):
            old = r["code_" + version]
            if old and old != now and " " not in old and old not in taken:
                rows.append((old, "nuts-" + version, now))
                taken.add(old)
    return rows + history.old_codes()


def sectors(sections, divisions):
    aggregates = {code for code, *_ in names.AGGREGATES}
    rows = [(code, "nace-aggregate", parent, sv, en) for code, parent, sv, en in names.AGGREGATES]
    for r in sections:
        parent = r["nace_a10"] if r["nace_a10"] in aggregates else "TOTAL"
        rows.append((r["section"], "sni2007", parent, r["name_sv"], r["name_en"]))
    rows += [(r["division"], "sni2007", r["section"], r["name_sv"], r["name_en"]) for r in divisions]
    return rows


REGION_FIELDS = [
    field("code", "string", "Canonical code: NUTS 2021, or the SCB number of a municipality, or FA and the number of an FA region",
          required=True, unique=True),
    field("level", "string", "Level", required=True, enum=["country", "nuts1", "nuts2", "nuts3", "municipality", "fa"]),
    field("parent", "string", "Code of the region it lies in; empty for countries and extra-regio"),
    field("name_sv", "string", "Name in Swedish texts", required=True),
    field("name_en", "string", "Name in English texts", required=True),
    field("short_name", "string", "Name for charts; empty: the name itself"),
    field("valid_from", "integer", "First year of the region; empty: open"),
    field("valid_to", "integer", "Last year of the region; empty: open"),
]
ALIAS_FIELDS = [
    field("alias", "string", "Another code of the same territory", required=True, unique=True),
    field("scheme", "string", "Whose code it is", required=True,
          enum=["scb-nation", "scb-county", "kolada", "iso-3166", "nuts-1999", "nuts-2003", "scb-1996", "scb-1997", "scb-2006"]),
    field("code", "string", "Canonical code", required=True),
]
SECTOR_FIELDS = [
    field("code", "string", "SNI 2007 section or division, or a NACE aggregate as Eurostat writes it", required=True, unique=True),
    field("scheme", "string", "sni2007 or nace-aggregate", required=True, enum=["sni2007", "nace-aggregate"]),
    field("parent", "string", "The sector it is part of; empty for the total and for aggregates that overlap the partition"),
    field("name_sv", "string", "Name in Swedish", required=True),
    field("name_en", "string", "Name in English", required=True),
]
TILE_FIELDS = [
    field("code", "string", "NUTS 3 code of the county", required=True, unique=True),
    field("short", "string", "Short name", required=True),
    field("letter", "string", "County letter", required=True),
    field("row", "integer", "Row of the tile, 0 is the northernmost", required=True, minimum=0),
    field("col", "integer", "Column of the tile, counted from the west", required=True, minimum=0),
]
CONTIGUITY_FIELDS = [
    field("code_a", "string", "NUTS 3 code of one county", required=True),
    field("code_b", "string", "NUTS 3 code of its neighbour", required=True),
    field("name_a", "string", "Short name of the one"),
    field("name_b", "string", "Short name of the other"),
    field("contact", "string", "How they meet", enum=["land", "point", "water"]),
    field("shared_km_generalised", "number", "Length of the shared border in the generalised geometry, km"),
    field("rook", "integer", "1: they share a border of some length", enum=[0, 1]),
    field("queen", "integer", "1: they share at least a point", enum=[0, 1]),
    field("source", "string", "Where the contact was found"),
]
MUNICIPALITY_FA_FIELDS = [
    field("municipality", "string", "Municipality code", required=True, unique=True),
    field("fa", "string", "Code of its FA region (2015 division)", required=True),
]
CHANGE_FIELDS = [
    field("date", "date", "Date of the change", required=True),
    field("type", "string", "Kind of change", required=True),
    field("name", "string", "Region", required=True),
    field("code_after", "string", "SCB code after the change"),
    field("description", "string", "What happened"),
    field("code_before", "string", "SCB code or codes before"),
    field("verification", "string", "Whether a source in hand verifies the row", required=True),
]
LINK_FIELDS = [
    field("year", "integer", "The first year of the new division", required=True),
    field("type", "string", "merger: `before` goes up in `after`; split: `after` was a part of `before`; transfer: a part of `before` came to "
          "`after`; recode: the same territory; name: another name", required=True, enum=["merger", "split", "transfer", "recode", "name"]),
    field("level", "string", "Level", required=True, enum=["nuts3", "municipality"]),
    field("before", "string", "Code of the region until the year before", required=True),
    field("after", "string", "Code of the region from the year on", required=True),
    field("share", "number", "The part of `before` that came to `after`, 0 to 1; empty: not known"),
    field("verification", "string", "What the row rests on; see region_changes.csv", required=True),
]
SCOREBOARD_FIELDS = [
    field("indicator", "string", "Code of the indicator in the data", required=True, unique=True),
    field("priority", "string", "National priority of regional growth work", required=True,
          enum=["innovation-enterprise", "environment-accessibility", "competence", "international"]),
    field("direction", "string", "Which way is good", required=True, enum=["higher", "lower", "neither"]),
    field("target", "number", "Target; empty: none is set for this definition"),
    field("target_period", "integer", "Year the target is for"),
    field("target_source", "string", "Who set the target"),
    field("unit_sv", "string", "Unit in Swedish"),
    field("unit_en", "string", "Unit in English"),
    field("name_sv", "string", "Name in Swedish", required=True),
    field("name_en", "string", "Name in English", required=True),
    field("source", "string", "Where figures are published", required=True),
    field("missing_sv", "string", "Why there may be no figures, in Swedish"),
    field("missing_en", "string", "Why there may be no figures, in English"),
]
HISTORY_FIELDS = [
    field("level", "string", "Level"),
    *[field(f"code_{v}", "string", f"Code in NUTS {v}") for v in (1999, 2003, 2006, 2010, 2013, 2016, 2021)],
    field("name", "string", "Name"),
    field("changes", "string", "Changes as Eurostat lists them"),
    field("start_year", "integer", "First version's year, where given"),
    field("end_year", "integer", "Last version's year, where given"),
]


def describe(folder):
    scb, eurostat = [SCB_LICENCE], [EUROSTAT_LICENCE]
    own = lambda path, title, fields, key, sources, licences, *keys: resource(path, title, fields, key, sources, licences, keys)
    write_package(folder, "utfall-reference", "Reference codes of Utfall",
                  "Regions, sectors, neighbours and the tile grid; loaded into every new store. See PROVENANCE.md.", [
        own("regions.csv", "Regions of Sweden and the NUTS 2 regions of Europe", REGION_FIELDS, ["code"],
            [SCB_CODES, NUTS, FA], scb + eurostat, ("parent", "", "code")),
        own("region_aliases.csv", "Other codes of the same regions", ALIAS_FIELDS, ["alias"], [SCB_CODES, NUTS],
            scb + eurostat, ("code", "regions", "code")),
        own("sectors.csv", "SNI 2007 and the NACE aggregates", SECTOR_FIELDS, ["code"], [SCB_SNI, NUTS], scb + eurostat,
            ("parent", "", "code")),
        own("tile_grid.csv", "The counties as a grid of tiles", TILE_FIELDS, ["code"], [SCB_CODES], scb,
            ("code", "regions", "code")),
        own("contiguity.csv", "Which counties are neighbours", CONTIGUITY_FIELDS, ["code_a", "code_b"], [SCB_BORDERS], scb,
            ("code_a", "regions", "code"), ("code_b", "regions", "code")),
        own("municipality_fa.csv", "The FA region of each municipality", MUNICIPALITY_FA_FIELDS, ["municipality"],
            [FA, SCB_BORDERS], scb, ("municipality", "regions", "code"), ("fa", "regions", "code")),
        own("scoreboard.csv", "Indicators of regional growth work by national priority", SCOREBOARD_FIELDS, ["indicator"],
            [STRATEGY], [FACTS]),
        own("region_changes.csv", "Changes of the Swedish regional division", CHANGE_FIELDS, ["date", "code_after"],
            [SCB_CODES], scb),
        own("region_links.csv", "What became of which region", LINK_FIELDS, ["year", "before", "after", "type"], [SCB_CODES, NUTS],
            scb + eurostat, ("before", "regions", "code"), ("after", "regions", "code")),
        resource("nuts_history.csv", "Swedish NUTS codes 1999 to 2021", HISTORY_FIELDS, [], [NUTS], eurostat),
    ])
