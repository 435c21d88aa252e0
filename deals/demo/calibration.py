"""The study's figures, by the claims that they stand for, and what they leave open.

Claims are numbered as in the study of WANG and XIAO (2020), DOI 10.12142/ZTETJ.202006009: L on listed companies, V on
venture events, I on investors. Where the study publishes a number, that number stands here; where it publishes an order
or a bound, the numbers here are this module's own and keep it. Counts include the study's real companies.
"""

from datetime import date

FIRST, LAST = date(2020, 1, 1), date(2020, 9, 30)

# V1
EVENTS, COMPANIES = 318, 302
# V2: over 31 billion CNY as a lower bound. The sum aimed at.
TOTAL = 31_240_000_000
# V3: Jan–May down over 30%, recovery from July, still below the year before. 2019 has one round more, known to the year.
EVENTS_2020 = (30, 14, 27, 34, 33, 36, 44, 48, 52)
EVENTS_2019 = (44, 30, 45, 41, 40, 42, 48, 51, 55, 45, 46, 48)
# V4: 53.5% at A+ or earlier, 170 of 318.
ROUNDS = {
    "seed": 6, "angel": 44, "pre_a": 34, "a": 68, "a_plus": 18,
    "pre_b": 8, "b": 48, "b_plus": 14, "c": 22, "c_plus": 5, "d": 8, "e": 3, "pre_ipo": 4, "strategic": 36,
}  # fmt: skip
EARLY = ("seed", "angel", "pre_a", "a", "a_plus")
# V5, V6: companies by sub-category. Software 19 of 302; only network lower; services most, led by the first two.
CATEGORIES = {
    "devices-robots": 16, "devices-machine-tools": 12, "devices-vision": 16, "devices-additive": 5,
    "devices-logistics": 9,
    "automation-control": 14, "automation-sensors": 16, "automation-drives": 9, "automation-edge": 14,
    "network-connectivity": 6, "network-5g": 4, "network-identifiers": 4,
    "platform-general": 8, "platform-vertical": 13, "platform-data": 11, "platform-supply": 9,
    "software-design": 7, "software-production": 7, "software-operations": 5,
    "security-control": 11, "security-data": 8, "security-awareness": 6,
    "services-solutions": 40, "services-technical": 34, "services-consulting": 5, "services-aftermarket": 13,
}  # fmt: skip
# V7 to V11: companies by province.
PROVINCES = {
    "CN-BJ": 72, "CN-GD": 58, "CN-SH": 32, "CN-JS": 30, "CN-ZJ": 27, "CN-SD": 9, "CN-FJ": 6, "CN-TJ": 4, "CN-HE": 2,
    "CN-AH": 20, "CN-HB": 8, "CN-HN": 5, "CN-HA": 3, "CN-JX": 1, "CN-SC": 10, "CN-CQ": 7, "CN-SN": 3, "CN-GX": 1,
    "CN-GZ": 1, "CN-LN": 3,
}  # fmt: skip
# V12: the four companies of Table 1 have two rounds each. 318 − 302 leaves 12 further rounds: ten invented companies
# with two and one with three.
SEVERAL_ROUNDS = [
    ("angel", "pre_a"), ("pre_a", "a"), ("pre_a", "a"), ("a", "a_plus"), ("a", "a_plus"), ("a", "strategic"),
    ("b", "b_plus"), ("b", "b_plus"), ("b", "strategic"), ("c", "c_plus"), ("pre_a", "a", "a_plus"),
]  # fmt: skip
# V12: where those eleven are, so that the order of V7 and V9 holds for events as for companies.
SEVERAL_PLACES = ("CN-BJ", "CN-GD", "CN-SH", "CN-JS", "CN-BJ", "CN-GD", "CN-ZJ", "CN-SH", "CN-BJ", "CN-GD", "CN-JS")
# V14: no round before 2020 reaches Rootcloud's 500 million; no A round reaches COSMOPlat's 950 million.
CAP_BEFORE_2020 = 460_000_000
CAP_ROUND_A = 600_000_000

# I1: over 100 institutions active; new entrants by year, with a surge in 2018 and 2019.
ACTIVE = 112
ENTRANTS = {
    2015: 13, 2016: 9, 2017: 12, 2018: 34, 2019: 40, 2020: 12, 2021: 10, 2022: 7, 2023: 6, 2024: 4, 2025: 3,
}  # fmt: skip

# Events by year outside the period that the study covers: the market's own, within the study's story of a young sector.
EVENTS_BEFORE = {2015: 48, 2016: 74, 2017: 120, 2018: 238}
EVENTS_AFTER = {2020: 34 * 12, 2021: 240, 2022: 170, 2023: 135, 2024: 112, 2025: 108}
EVENTS_A_YEAR_SINCE = 104
# January to December: little is signed around the Spring Festival, much before the year ends.
SEASON = (0.95, 0.6, 1.05, 1.0, 0.95, 1.15, 1.1, 1.0, 1.15, 0.8, 1.1, 1.15)

# L1, L3, L4: listings by year and board; 146 in all, 82 on ChiNext and STAR, with the study's two real companies.
LISTINGS = {
    "szse_main": {1996: 2, 1997: 3, 1998: 1, 1999: 1, 2000: 2},
    "sse_main": {
        2000: 1, 2001: 1, 2003: 2, 2010: 2, 2011: 2, 2012: 2, 2014: 2, 2015: 3, 2016: 2, 2017: 3, 2018: 2,
        2019: 2,
    },
    "sme": {
        2004: 2, 2006: 1, 2007: 4, 2008: 2, 2009: 1, 2010: 5, 2011: 3, 2012: 1, 2014: 1, 2015: 2, 2016: 2,
        2017: 4, 2018: 1, 2019: 2,
    },
    "chinext": {
        2009: 2, 2010: 7, 2011: 6, 2012: 3, 2014: 2, 2015: 3, 2016: 5, 2017: 7, 2018: 3, 2019: 4, 2020: 3,
    },
    "star": {2019: 15, 2020: 22},
}  # fmt: skip
# L8: services 36, automation 34, devices 25, the other four 51.
LISTED_CATEGORIES = {
    "services": 36, "automation": 34, "devices": 25, "software": 20, "security": 14, "platform": 9, "network": 8,
}  # fmt: skip
# L9, V8
LISTED_PROVINCES = {
    "CN-BJ": 30, "CN-GD": 27, "CN-JS": 18, "CN-ZJ": 15, "CN-SH": 13, "CN-SD": 5, "CN-FJ": 4, "CN-TJ": 2, "CN-HE": 1,
    "CN-HB": 5, "CN-HN": 4, "CN-AH": 4, "CN-SC": 4, "CN-HA": 3, "CN-LN": 3, "CN-SN": 2, "CN-JX": 1, "CN-CQ": 2,
    "CN-JL": 1, "CN-HL": 1, "CN-GZ": 1,
}  # fmt: skip
# L5: 35 companies raise over 44 billion CNY in the period: 25 by their offering, ten by placements and rights issues.
RAISED_COMPANIES = 35
RAISED_TOTAL = 44_300_000_000
# L7: over 20 billion CNY raised on STAR, over 400 billion CNY of market value.
STAR_RAISED = 20_650_000_000
STAR_VALUE = 412_000_000_000
# Listings of start-ups since: the market's own.
LISTINGS_AFTER = {2020: 3, 2021: 8, 2022: 7, 2023: 6, 2024: 3, 2025: 4, 2026: 3}

# What the demonstration shows of the present.
RAISING = 90
ACQUISITIONS = 14
INTRODUCTIONS = 64
# P3: start-ups and institutions that asked to meet in the study's period. That it was so is the study's, how often this
# market's own.
ASKED_THEN = {"company": 60, "investor": 16}
