# SPDX-License-Identifier: GPL-3.0-or-later
"""The list of indicators of regional growth work by national priority. Which ones, is a choice of ours; the targets are those of the
source named beside them, and a target is left empty where the official one is about another age group or definition."""

FIELDS = ["indicator", "priority", "direction", "target", "target_period", "target_source", "unit_sv", "unit_en", "name_sv", "name_en",
          "source", "missing_sv", "missing_en"]


def no(source, source_en=None):
    return ("Ingår inte i de medföljande uppgifterna; hämtas från " + source,
            "Not among the figures that ship; to be fetched from " + (source_en or source))


NO_FIGURES = "Inga uppgifter för dessa regioner i underlaget", "No figures for these regions in the data"
SURVEY_OF_NUTS2 = ("Publiceras för riksområden (NUTS 2), inte för län; urvalsundersökning",
                   "Published for NUTS 2, not for counties; a sample survey")

ROWS = [
    ("gdp_per_inhabitant_sek", "innovation-enterprise", "higher", "", "", "", "tusen kronor", "SEK thousand",
     "BRP per invånare, löpande priser", "GDP per inhabitant, current prices", "Eurostat nama_10r_3gdp", *NO_FIGURES),
    ("business_rnd_share", "innovation-enterprise", "higher", "", "", "", "%", "%",
     "Näringslivets forskning och utveckling, andel av BRP", "Business research and development, share of GDP", "SCB UF0302",
     *NO_FIGURES),
    ("rnd_share", "innovation-enterprise", "higher", "3", "", "Europeiska rådet 2002 (Barcelona), gemensamt mål för EU", "%", "%",
     "Utgifter för forskning och utveckling, andel av BRP", "Expenditure on research and development, share of GDP",
     "Eurostat rd_e_gerdreg", *no("Eurostat, rd_e_gerdreg (NUTS 2)")),
    ("new_firms", "innovation-enterprise", "higher", "", "", "", "per 1 000 invånare", "per 1,000 inhabitants", "Nystartade företag",
     "New firms", "Tillväxtanalys, nystartade företag", *no("Tillväxtanalys")),
    ("internet_use", "environment-accessibility", "higher", "", "", "", "%", "%", "Använder internet dagligen", "Uses the internet daily",
     "Eurostat isoc_r_iuse_i", *SURVEY_OF_NUTS2),
    ("broadband", "environment-accessibility", "higher", "", "", "", "%", "%", "Hushåll med bredband", "Households with broadband",
     "Eurostat tgs00049", *SURVEY_OF_NUTS2),
    ("population_change", "environment-accessibility", "higher", "", "", "", "% per år", "% a year", "Befolkningens förändring",
     "Change in population", "SCB BE0101", *NO_FIGURES),
    ("post_secondary", "competence", "higher", "", "", "", "%", "%", "Eftergymnasial utbildning, 16–74 år",
     "Post-secondary education, aged 16–74", "SCB UF0506", *NO_FIGURES),
    ("ict_specialists", "competence", "higher", "", "", "", "per 1 000 anställda", "per 1,000 employees", "IT-specialister",
     "ICT specialists", "SCB AM0208", *NO_FIGURES),
    ("engineers", "competence", "higher", "", "", "", "per 1 000 anställda", "per 1,000 employees", "Ingenjörer", "Engineers",
     "SCB AM0208", *NO_FIGURES),
    ("tertiary_25_34", "competence", "higher", "45", "2030", "Rådets resolution 2021/C 66/01, EU-mål för 25–34 år", "%", "%",
     "Eftergymnasial examen, 25–34 år", "Tertiary attainment, aged 25–34", "Eurostat edat_lfse_04",
     *no("Eurostat, edat_lfse_04 (NUTS 2, andra åldrar)", "Eurostat, edat_lfse_04 (NUTS 2, other ages)")),
    ("employment_rate", "competence", "higher", "78", "2030", "Europeiska pelaren för sociala rättigheter, handlingsplan 2021", "%", "%",
     "Sysselsättningsgrad, 20–64 år", "Employment rate, aged 20–64", "Eurostat lfst_r_lfe2emprt",
     *no("Eurostat, lfst_r_lfe2emprt (NUTS 2)")),
    ("unemployment", "competence", "lower", "", "", "", "%", "%", "Arbetslöshet, 20–64 år", "Unemployment, aged 20–64",
     "Eurostat; SCB", "Ingår bara för län i de medföljande uppgifterna; andelar läggs inte ihop till större regioner",
     "By county only among the figures that ship; percentages are not added up to larger regions"),
    ("exports_share", "international", "higher", "", "", "", "%", "%", "Export, andel av BRP", "Exports, share of GDP", "SCB HA0201",
     "Publiceras inte per län i de medföljande uppgifterna; länsfördelning efter företagens säte vilseleder",
     "Not by county among the figures that ship; an allocation by the firms' seat misleads"),
    ("foreign_owned", "international", "higher", "", "", "", "%", "%", "Anställda i utlandsägda företag",
     "Employees in foreign-owned firms", "Tillväxtanalys, utländska företag", *no("Tillväxtanalys")),
]
