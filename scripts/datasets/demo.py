# SPDX-License-Identifier: GPL-3.0-or-later
"""datasets/norra-mellansverige: the figures of the demo study."""

import collections
import os

from . import names
from .package import EUROSTAT_LICENCE, SCB_LICENCE, field, read, resource, write, write_package


def eurostat(table, title):
    return {"title": f"Eurostat {table}: {title}", "path": f"https://ec.europa.eu/eurostat/databrowser/view/{table}"}


EMPLOYMENT = eurostat("nama_10r_3empers", "employment by NUTS 3 region and NACE activity")
GVA = eurostat("nama_10r_3gva", "gross value added by region and NACE activity")
GDP = eurostat("nama_10r_3gdp", "gross domestic product by NUTS 3 region")
INTERNET = eurostat("isoc_r_iuse_i", "individuals who used the internet, by frequency and region")
BROADBAND = eurostat("tgs00049", "households with broadband access, by NUTS 2 region")
# The county table was compiled from both publishers and does not say which table of theirs a column is from.
COMPILED = {"title": "Eurostat and SCB, official statistics in one compilation that does not name the table of each column"}
EDUCATION = {"title": "SCB UF0506, Befolkningens utbildning (16–74 år)", "path": "https://www.scb.se/UF0506"}

LEVELS = [
    ("sun_lt9", "compulsory_under_9_years", "Persons with compulsory schooling shorter than 9 years"),
    ("sun_9_10", "compulsory_9_years", "Persons with compulsory schooling of 9 (10) years"),
    ("sun_gy2", "upper_secondary_under_3_years", "Persons with upper secondary schooling of at most 2 years"),
    ("sun_gy3", "upper_secondary_3_years", "Persons with upper secondary schooling of 3 years"),
    ("sun_post_lt3", "post_secondary_under_3_years", "Persons with post-secondary education shorter than 3 years"),
    ("sun_post_3plus", "post_secondary_3_years_or_more", "Persons with post-secondary education of 3 years or more"),
    ("sun_phd", "doctoral", "Persons with a doctoral education"),
    ("unknown", "unknown", "Persons whose education is not known"),
]
POST_SECONDARY = [source for source, _, _ in LEVELS[4:7]]
KNOWN = [source for source, _, _ in LEVELS[:7]]

REGION = field("region", "string", "NUTS 2021 code, or SE for the nation", required=True)
YEAR = field("year", "year", "Year", required=True)
SECTOR = field("sector", "string", "NACE Rev. 2 section or aggregate; TOTAL is the published total", required=True)


def build(figures, folder):
    source = lambda name: read(os.path.join(figures, name))
    out = lambda name, fields, rows: write(os.path.join(folder, name), [f["name"] for f in fields], rows)
    education = source("se_county_education_1985_2018.csv")
    counties = source("se_county_panel_2000_2022.csv")
    gva = [r for r in source("eu_nuts2_gva_by_sector_2008_2023.csv") if not r["geo"].endswith("ZZ")]

    out("county_employment.csv", EMPLOYMENT_FIELDS,
        [(r["nuts3"], r["year"], r["nace"], r["employed"]) for r in source("se_county_employment_nace_2000_2017.csv")])
    out("county_education.csv", EDUCATION_FIELDS,
        [(r["nuts3"], r["year"], *(r[name] for name, _, _ in LEVELS)) for r in education])
    out("post_secondary_share.csv", SHARE_FIELDS, shares(education))
    out("county_gdp.csv", GDP_FIELDS,
        [(r["nuts3"], r["year"], r["gdp_mio_sek"], r["gdp_mio_eur"], whole(r["gdp_eur_hab"]))
         for r in counties if r["gdp_mio_sek"]])
    for name, fields, columns in (("county_population.csv", POPULATION_FIELDS, ["pop_jan1"]),
                                  ("county_business_rnd.csv", BUSINESS_RND_FIELDS, ["berd_msek"]),
                                  ("county_unemployment.csv", UNEMPLOYMENT_FIELDS, ["unemployment_20_64_pct"]),
                                  ("county_occupations.csv", OCCUPATION_FIELDS, ["occ_all", "occ_eng", "occ_ict"])):
        out(name, fields, [(r["nuts3"], r["year"], *(r[c] for c in columns)) for r in counties if r[columns[0]]])
    out("population_change.csv", POPULATION_CHANGE_FIELDS, population_changes(counties))
    out("eu_gva_sectors_2008_2017.csv", GVA_FIELDS,
        [(r["geo"], r["year"], r["nace"], r["gva_mio_eur"]) for r in gva
         if r["year"] in ("2008", "2017") and r["geo"][:2] in names.EU27])
    out("eu_gva_manufacturing_2008_2023.csv", GVA_FIELDS,
        [(r["geo"], r["year"], r["nace"], r["gva_mio_eur"]) for r in gva if r["nace"] in ("C", "TOTAL")])
    out("daily_internet_use.csv", INTERNET_FIELDS,
        [(r["geo"], r["year"], r["percent_of_individuals"]) for r in source("se_nuts2_daily_internet_use_2011_2019.csv")])
    out("broadband_households.csv", BROADBAND_FIELDS,
        [(r["geo"], r["year"], r["percent_of_households"]) for r in source("se_nuts2_broadband_households_2008_2019.csv")
         if r["percent_of_households"]])
    describe(folder)


def whole(text):
    """26600.0 → 26600: the publisher gives whole hundreds."""
    if not text.endswith(".0"):
        raise ValueError(f"{text} is not a whole number of euro")
    return text[:-2]


def shares(education):
    """Per cent with post-secondary education of those whose education is known, for counties, NUTS 2 and the nation.

    The counts are exact, so the larger regions are sums of their counties, and no mean of percentages."""
    sums = collections.defaultdict(lambda: [0, 0])
    for r in education:
        high, known = sum(int(r[n]) for n in POST_SECONDARY), sum(int(r[n]) for n in KNOWN)
        if abs(100 * high / known - float(r["postsec_pct_16_74"])) > 0.0005001:
            raise ValueError(f"{r['nuts3']} {r['year']}: the share in the figures is not the one that its counts give")
        for region in ("SE", r["nuts3"][:4], r["nuts3"]):
            sums[region, r["year"]][0] += high
            sums[region, r["year"]][1] += known
    return [(region, year, f"{100 * high / known:.4f}") for (region, year), (high, known) in smallest_last(sums)]


def population_changes(counties):
    """Per cent by which the population grew from 1 January of the year to that of the next: counties, NUTS 2 and the nation.

    Sums of the counties' counts here too; a year without the next one's count has no row."""
    sums = collections.Counter()
    for r in counties:
        for region in ("SE", r["nuts3"][:4], r["nuts3"]) if r["pop_jan1"] else ():
            sums[region, int(r["year"])] += int(r["pop_jan1"])
    return [(region, year, f"{100 * (sums[region, year + 1] / count - 1):.4f}")
            for (region, year), count in smallest_last(sums) if (region, year + 1) in sums]


def smallest_last(sums):
    """The nation, then the NUTS 2 regions, then the counties; each by code and year."""
    return sorted(sums.items(), key=lambda item: (len(item[0][0]), item[0]))


EMPLOYMENT_FIELDS = [REGION, YEAR, SECTOR,
                     field("persons_employed", "integer", "Persons employed, rounded by the publisher to whole thousands")]
EDUCATION_FIELDS = [REGION, YEAR, *(field(name, "integer", text + ", aged 16–74") for _, name, text in LEVELS)]
SHARE_FIELDS = [REGION, YEAR, field("post_secondary_percent", "number",
                                    "Per cent of those aged 16–74 with known education who have a post-secondary one (computed)")]
GDP_FIELDS = [REGION, YEAR, field("gdp_million_sek", "number", "Gross domestic product, million SEK at current prices"),
              field("gdp_million_euro", "number", "Gross domestic product, million euro at current prices"),
              field("gdp_euro_per_inhabitant", "integer", "Gross domestic product per inhabitant, euro, in whole hundreds")]
GVA_FIELDS = [REGION, YEAR, SECTOR, field("gva_million_euro", "number", "Gross value added, million euro at current prices")]
INTERNET_FIELDS = [REGION, YEAR, field("daily_internet_percent", "integer",
                                       "Per cent of individuals who use the internet daily (sample survey)")]

POPULATION_FIELDS = [REGION, YEAR, field("population", "integer", "Inhabitants on 1 January")]
POPULATION_CHANGE_FIELDS = [REGION, YEAR, field("population_change_percent", "number", "Per cent by which the population grew from "
                                                "1 January of the year to 1 January of the next (computed)")]
BUSINESS_RND_FIELDS = [REGION, YEAR, field("business_rnd_million_sek", "integer",
                                           "Business expenditure on research and development, million SEK at current prices")]
UNEMPLOYMENT_FIELDS = [REGION, YEAR, field("unemployment_percent", "number", "Unemployment, aged 20–64, per cent")]
OCCUPATION_FIELDS = [REGION, YEAR, field("employees", "integer", "Employees in all occupations"),
                     field("engineers", "integer", "Employees in engineering occupations"),
                     field("ict_specialists", "integer", "Employees in ICT specialist occupations")]
BROADBAND_FIELDS = [REGION, YEAR, field("broadband_percent", "integer", "Per cent of households with broadband (sample survey)")]


def describe(folder):
    both = (SCB_LICENCE, EUROSTAT_LICENCE)

    def item(path, title, fields, source, *licences):
        key = [f["name"] for f in fields if f["name"] in ("region", "year", "sector")]
        return resource(path, title, fields, key, [source], list(licences) or [EUROSTAT_LICENCE])

    write_package(folder, "utfall-norra-mellansverige", "Smart industri i Norra Mellansverige: the figures of the demo study",
                  "Employment, occupations, education, population, gross domestic product, value added, business research and "
                  "development, unemployment, internet use and broadband. See PROVENANCE.md.", [
        item("county_employment.csv", "Persons employed by county and sector, 2000–2017", EMPLOYMENT_FIELDS, EMPLOYMENT),
        item("county_education.csv", "Population 16–74 by county and level of education, 1985–2018", EDUCATION_FIELDS, EDUCATION,
             SCB_LICENCE),
        item("post_secondary_share.csv", "Share with post-secondary education: counties, NUTS 2, nation, 1985–2018",
             SHARE_FIELDS, EDUCATION, SCB_LICENCE),
        item("county_gdp.csv", "Gross domestic product by county, 2000–2020", GDP_FIELDS, GDP),
        item("eu_gva_sectors_2008_2017.csv", "Value added by sector, NUTS 2 regions of the EU, 2008 and 2017", GVA_FIELDS, GVA),
        item("eu_gva_manufacturing_2008_2023.csv", "Value added in manufacturing and in all, NUTS 2 regions of Europe, 2008–2023",
             GVA_FIELDS, GVA),
        item("daily_internet_use.csv", "Daily internet use: NUTS 2, NUTS 1, nation, 2006–2019", INTERNET_FIELDS, INTERNET),
        item("county_population.csv", "Population on 1 January by county, 2000–2019", POPULATION_FIELDS, COMPILED, *both),
        item("population_change.csv", "Change in population: counties, NUTS 2, nation, 2000–2018", POPULATION_CHANGE_FIELDS, COMPILED,
             *both),
        item("county_business_rnd.csv", "Business research and development by county, odd years 2007–2017", BUSINESS_RND_FIELDS,
             COMPILED, *both),
        item("county_unemployment.csv", "Unemployment by county, 2020–2022", UNEMPLOYMENT_FIELDS, COMPILED, *both),
        item("county_occupations.csv", "Employees in all, engineers and ICT specialists by county, 2014–2017", OCCUPATION_FIELDS,
             COMPILED, *both),
        item("broadband_households.csv", "Households with broadband: NUTS 2, 2009–2019", BROADBAND_FIELDS, BROADBAND),
    ])
