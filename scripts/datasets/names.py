# SPDX-License-Identifier: GPL-3.0-or-later
"""Names that the source figures lack: countries, and the NACE aggregates that Eurostat publishes."""

COUNTRIES = {
    "AL": ("Albanien", "Albania"),
    "AT": ("Österrike", "Austria"),
    "BE": ("Belgien", "Belgium"),
    "BG": ("Bulgarien", "Bulgaria"),
    "CH": ("Schweiz", "Switzerland"),
    "CY": ("Cypern", "Cyprus"),
    "CZ": ("Tjeckien", "Czechia"),
    "DE": ("Tyskland", "Germany"),
    "DK": ("Danmark", "Denmark"),
    "EE": ("Estland", "Estonia"),
    "EL": ("Grekland", "Greece"),
    "ES": ("Spanien", "Spain"),
    "FI": ("Finland", "Finland"),
    "FR": ("Frankrike", "France"),
    "HR": ("Kroatien", "Croatia"),
    "HU": ("Ungern", "Hungary"),
    "IE": ("Irland", "Ireland"),
    "IT": ("Italien", "Italy"),
    "LT": ("Litauen", "Lithuania"),
    "LU": ("Luxemburg", "Luxembourg"),
    "LV": ("Lettland", "Latvia"),
    "ME": ("Montenegro", "Montenegro"),
    "MK": ("Nordmakedonien", "North Macedonia"),
    "MT": ("Malta", "Malta"),
    "NL": ("Nederländerna", "Netherlands"),
    "NO": ("Norge", "Norway"),
    "PL": ("Polen", "Poland"),
    "PT": ("Portugal", "Portugal"),
    "RO": ("Rumänien", "Romania"),
    "RS": ("Serbien", "Serbia"),
    "SE": ("Sverige", "Sweden"),
    "SI": ("Slovenien", "Slovenia"),
    "SK": ("Slovakien", "Slovakia"),
    "TR": ("Turkiet", "Türkiye"),
}

# The 27 member states of 2020: the reference of a location quotient "in the EU".
EU27 = set("AT BE BG CY CZ DE DK EE EL ES FI FR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split())

# Names too long for an axis.
SHORT_NAMES = {
    "BE10": "Bruxelles/Brussel",
    "ITC2": "Valle d’Aosta",
    "ITH1": "Bolzano/Bozen",
    "ITH2": "Trento",
    "LT02": "Vidurio ir vakarų Lietuva",
}

# code, parent, Swedish, English. The parent is given for the aggregates that partition the total (Eurostat's A*10), so that
# a sum down the tree counts each sector once; an aggregate that overlaps them has no parent.
AGGREGATES = [
    ("TOTAL", "", "Samtliga näringsgrenar", "All industries"),
    ("B-E", "TOTAL", "Industri utom byggverksamhet", "Industry except construction"),
    ("G-I", "TOTAL", "Handel, transport, hotell och restaurang", "Trade, transport, accommodation and food services"),
    ("M_N", "TOTAL", "Företagstjänster", "Professional and administrative services"),
    ("O-Q", "TOTAL", "Offentlig förvaltning, utbildning, vård och omsorg",
     "Public administration, education, health and social work"),
    ("R-U", "TOTAL", "Kultur, nöje och övriga tjänster", "Arts, entertainment and other services"),
    ("B_D_E", "", "Utvinning, energi, vatten och avfall", "Mining, energy, water and waste"),
    ("G-J", "", "Handel, transport, hotell och restaurang, information och kommunikation",
     "Trade, transport, accommodation and food services, information and communication"),
    ("J-N_U", "", "Information, finans, fastigheter, företagstjänster och internationella organisationer",
     "Information, finance, real estate, business services and extraterritorial bodies"),
    ("K-N", "", "Finans, fastigheter och företagstjänster", "Finance, real estate and business services"),
    ("O-U", "", "Offentlig förvaltning, utbildning, vård, kultur och övriga tjänster",
     "Public administration, education, health, arts and other services"),
    ("R-T", "", "Kultur, nöje, övriga tjänster och förvärvsarbete i hushåll",
     "Arts, entertainment, other services and activities of households"),
]
