# SPDX-License-Identifier: GPL-3.0-or-later
"""What became of which code: the links between versions of the regional division, and old codes of unchanged territories.

Written out from region_changes.csv and nuts_history.csv, which say in words what happened and how sure it is.
"""

KNOWN = "general knowledge"
NOTED = "note in an SCB table"
EUROSTAT = "history of NUTS codes"

# Regions that are no more: code, level, parent, Swedish name, English name, short name, first and last year.
ENDED = [
    ("11", "nuts3", "SE22", "Kristianstads län", "Kristianstad county", "Kristianstad", "", "1996"),
    ("15", "nuts3", "SE23", "Älvsborgs län", "Älvsborg county", "Älvsborg", "", "1997"),
    ("16", "nuts3", "SE23", "Skaraborgs län", "Skaraborg county", "Skaraborg", "", "1997"),
    ("SE021", "nuts3", "SE12", "Uppsala län (före 2007)", "Uppsala county (before 2007)", "Uppsala –2006", "", "2006"),
    ("SE025", "nuts3", "SE12", "Västmanlands län (före 2007)", "Västmanland county (before 2007)", "Västmanland –2006", "", "2006"),
]

# year, type, level, before, after, share, verification. The change holds from the year's beginning. `before` had the code until the
# year before, `after` has it from the year on; a region that goes on is not linked to itself. The share is the part of `before` that
# came to `after`, where known.
LINKS = [
    (1995, "split", "municipality", "1490", "1443", "", KNOWN),
    (1995, "split", "municipality", "1880", "1814", "", KNOWN),
    (1997, "merger", "nuts3", "11", "SE224", "", KNOWN),
    (1998, "merger", "nuts3", "15", "SE232", "", KNOWN),
    (1998, "merger", "nuts3", "16", "SE232", "", KNOWN),
    (1998, "transfer", "nuts3", "16", "SE211", "", KNOWN),
    (1999, "split", "municipality", "0181", "0140", "", NOTED),
    (2003, "split", "municipality", "0380", "0330", "", KNOWN),
    (2007, "recode", "nuts3", "SE021", "SE121", "", EUROSTAT),
    (2007, "recode", "nuts3", "SE025", "SE125", "", EUROSTAT),
    (2007, "transfer", "nuts3", "SE125", "SE121", "", NOTED),
    (2008, "name", "municipality", "2023", "2023", "", KNOWN),
]

# Municipalities that got another number when their county did; the territory stayed as it was.
_1997 = ("1121 1256, 1137 1257, 1160 1270, 1162 1272, 1163 1273, 1165 1275, 1166 1276, 1167 1277, 1168 1278, 1180 1290, 1181 1291, "
         "1182 1292, 1183 1293")
_1998 = ("1504 1438, 1507 1439, 1521 1440, 1524 1441, 1527 1442, 1533 1443, 1552 1452, 1560 1460, 1561 1461, 1562 1462, 1563 1463, "
         "1565 1465, 1566 1466, 1580 1487, 1581 1488, 1582 1489, 1583 1490, 1584 1491, 1585 1492, 1602 1444, 1603 1445, 1622 0642, "
         "1623 0643, 1637 1446, 1643 1447, 1660 1470, 1661 1471, 1662 1472, 1663 1473, 1680 1493, 1681 1494, 1682 1495, 1683 1496, "
         "1684 1497, 1685 1498, 1686 1499")


def old_codes():
    """(alias, scheme, code) of territories that only changed their code."""
    rows = [tuple(pair.split()[:1] + ["scb-1996"] + pair.split()[1:]) for pair in _1997.split(", ")]
    rows += [tuple(pair.split()[:1] + ["scb-1997"] + pair.split()[1:]) for pair in _1998.split(", ")]
    return rows + [("1917", "scb-2006", "0331"), ("SE0", "nuts-2003", "SE")]
