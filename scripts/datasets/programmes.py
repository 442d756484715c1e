# SPDX-License-Identifier: GPL-3.0-or-later
"""datasets/programmes: the CSV files there are written by hand from the documents they name; this only describes them."""

from .package import field, resource, write_package

DECISION = {"title": "Regeringsbeslut N2018/00532/FÖF, 2018-01-25: Smart industri på regional nivå", "path": "https://www.regeringen.se/"}
COORDINATORS = {"title": "Regeringsbeslut N2018/04129/D, 2018-07-12: Regional digitaliseringskoordinator", "path": "https://www.regeringen.se/"}
AGENCY = {"title": "Tillväxtverket, Smart industri i regionerna",
          "path": "https://tillvaxtverket.se/amnesomraden/digitalisering/smartindustri/smart-industri-i-regionerna.html"}
BROADBAND = {"title": "Regeringskansliet, pressmeddelanden om bredbandskoordinatorer",
             "path": "https://www.regeringen.se/pressmeddelanden/2016/01/utokad-satsning-pa-bredbandskoordinatorer/"}
FUND = {"title": "Strukturfondspartnerskapet Norra Mellansverige, pressmeddelanden", "path": "https://sfpnorramellansverige.se/"}
FACTS = {"name": "CC0-1.0", "title": "Facts, arranged for Utfall; no right is claimed in them",
         "path": "https://creativecommons.org/publicdomain/zero/1.0/"}

PROGRAMME = field("intervention", "string", "Code of the intervention", required=True)
SOURCE = field("source", "string", "Document or page the row is from", required=True)

FILES = [
    ("interventions.csv", "Interventions", ["code"], [DECISION, COORDINATORS, AGENCY, BROADBAND], [
        field("code", "string", "Code of the intervention", required=True, unique=True),
        field("name_sv", "string", "Name in Swedish", required=True),
        field("name_en", "string", "Name in English", required=True),
        field("start", "year", "First year", required=True),
        field("end", "year", "Last year; empty: open"),
        field("regions_exposed", "integer", "How many regions took part, as the source counts them"),
        field("regions_total", "integer", "Of how many regions"),
        field("cost", "number", "Total cost, where one number is known for the whole"),
        field("currency", "string", "Currency of the cost"),
        SOURCE]),
    ("exposures.csv", "Which region got what", ["intervention", "region"], [COORDINATORS, AGENCY, BROADBAND, FUND], [
        PROGRAMME,
        field("region", "string", "NUTS 3 code of the county", required=True),
        field("status", "string", "exposed, not-exposed, or unknown where the source gives a count and no list", required=True,
              enum=["exposed", "not-exposed", "unknown"]),
        field("start", "year", "First year"),
        field("end", "year", "Last year"),
        field("amount", "number", "SEK to the region over the period, at most; empty: not known"),
        SOURCE]),
    ("phases.csv", "Phases: how many projects in how many regions", ["intervention", "phase", "kind"], [AGENCY], [
        PROGRAMME,
        field("phase", "integer", "Phase", required=True),
        field("start", "year", "First year", required=True),
        field("end", "year", "Last year", required=True),
        field("kind", "string", "Kind of project", enum=["pre-study", "implementation", "project"]),
        field("projects", "integer", "Number of projects"),
        field("regions", "integer", "Number of regions they are in"),
        SOURCE]),
    ("payments.csv", "Money", ["intervention", "period", "kind", "per"], [DECISION, COORDINATORS, BROADBAND, FUND], [
        PROGRAMME,
        field("period", "string", "Year or span of years", required=True),
        field("kind", "string", "Kind of payment", enum=["appropriation", "grant", "eruf-grant", "co-financing"]),
        field("amount_sek", "integer", "SEK", required=True),
        field("per", "string", "What the amount is for: the whole programme or project, or each actor",
              enum=["programme", "project", "actor"]),
        field("recipients", "integer", "Number of actors that get the amount, where it is per actor"),
        field("certainty", "string", "decided, at-most (a ceiling), or intended", enum=["decided", "at-most", "intended"]),
        SOURCE]),
    ("milestones.csv", "Dates", ["intervention", "date", "kind"], [DECISION, COORDINATORS, FUND], [
        PROGRAMME, field("date", "date", "Date", required=True), field("kind", "string", "Kind of date", required=True),
        field("name_sv", "string", "What, in Swedish", required=True),
        field("name_en", "string", "What, in English", required=True), SOURCE]),
    ("conditions.csv", "Conditions of the money", ["intervention", "condition"], [DECISION], [
        PROGRAMME, field("condition", "string", "Condition", required=True),
        field("value", "string", "Value", required=True), field("unit", "string", "Unit of the value", required=True),
        field("name_sv", "string", "In words, Swedish", required=True),
        field("name_en", "string", "In words, English", required=True), SOURCE]),
    ("focus_areas.csv", "Focus areas", ["intervention", "number"], [DECISION], [
        PROGRAMME, field("number", "integer", "Order", required=True),
        field("name_sv", "string", "Name in Swedish", required=True),
        field("name_en", "string", "Name in English", required=True), SOURCE]),
    ("eu_fund_projects.csv", "Some projects of the EU funds in Norra Mellansverige (not all)",
     ["decided", "applicant", "project"], [FUND], [
        field("decided", "date", "Date of the decision or its release", required=True),
        field("region", "string", "NUTS 3 code of the county", required=True),
        field("applicant", "string", "Organisation", required=True),
        field("project", "string", "Project", required=True),
        field("fund", "string", "Fund", enum=["ERUF", "ESF+"]),
        field("priority", "string", "Priority, in the words of the release; empty: not said"),
        field("eu_sek", "integer", "SEK from the fund", required=True),
        field("total_sek", "integer", "Total cost, SEK; empty: not said"),
        field("date_certainty", "string", "Whether the year is stated or inferred", enum=["stated", "inferred"]),
        SOURCE]),
    ("eu_fund_rounds.csv", "Decision rounds of the EU funds in Norra Mellansverige (not all)", ["decided"], [FUND], [
        field("decided", "date", "Date of the decision or its release", required=True),
        field("amount_sek", "integer", "SEK from the funds", required=True),
        field("projects", "integer", "Number of projects"),
        field("note", "string", "What to know"),
        SOURCE]),
]


def describe(folder):
    items = []
    for path, title, key, sources, fields in FILES:
        keys = [("intervention", "interventions", "code")] if fields[0] is PROGRAMME else []
        items.append(resource(path, title, fields, key, sources, [FACTS], keys))
    write_package(folder, "utfall-programmes", "Facts about Swedish regional programmes",
                  "Interventions, who was exposed to them, money, dates and conditions. See PROVENANCE.md.", items)
