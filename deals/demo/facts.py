"""What the study itself reports: companies, rounds, listings and institutions. Nothing here is invented.

Places and full names are public knowledge; amounts and dates are the study's, as exact as it gives them.
"""

from datetime import date

from deals.demo import calibration as study
from deals.demo.spec import STUDY, Company, Deal, Investor, Listing, Thesis
from taxonomy.amounts import Amount, parse_amount

# reference, category, province, city, Chinese, English, further spellings, parent
_COMPANIES = [
    ("cosmoplat", "platform", "CN-SD", "青岛", "卡奥斯", "COSMOPlat", ("卡奥斯物联",), "haier"),
    ("inspur-cloud", "platform", "CN-SD", "济南", "浪潮云", "Inspur Cloud", (), ""),
    ("changyang", "security", "CN-BJ", "北京", "长扬科技", "Changyang Technology", (), ""),
    ("liufangyun", "security", "CN-BJ", "北京", "六方云", "Liufangyun", (), ""),
    ("rootcloud", "platform", "CN-GD", "广州", "树根互联", "Rootcloud", (), "sany"),
    ("qi-an-xin", "security", "CN-BJ", "北京", "奇安信", "Qi An Xin", (), ""),
    ("foxconn-ii", "devices", "CN-GD", "深圳", "工业富联", "Foxconn Industrial Internet", ("富士康工业互联网",), ""),
    ("haier", "devices", "CN-SD", "青岛", "海尔", "Haier", ("海尔集团",), ""),
    ("sany", "devices", "CN-HN", "长沙", "三一集团", "SANY", ("三一",), ""),
]  # fmt: skip
_WORDS = {
    "cosmoplat": (
        "海尔孵化的工业互联网平台企业",
        "Industrial internet platform incubated by Haier",
        "海尔孵化的平台企业。据研究记载，2020年4月完成A轮融资9.5亿元，创下当时工业互联网企业A轮融资纪录，同年7月完成A+轮融资2亿元。",
        "A platform company incubated by Haier. The study records an A round of 950 million yuan in April 2020, then the "
        "largest A round of the sector, and an A+ round of 200 million yuan in July.",
    ),
    "inspur-cloud": (
        "平台企业",
        "Platform company",
        "平台企业。据研究记载，2020年3月完成亿元及以上C轮融资，8月完成1.5亿元C+轮融资。",
        "A platform company. The study records a C round of 100 million yuan or more in March 2020 and a C+ round of 150 "
        "million yuan in August.",
    ),
    "changyang": (
        "工业互联网安全企业",
        "Industrial internet security company",
        "安全企业。据研究记载，2020年4月完成B轮融资，8月完成1.5亿元C轮融资。",
        "A security company. The study records a B round in April 2020 and a C round of 150 million yuan in August.",
    ),
    "liufangyun": (
        "工业互联网安全企业",
        "Industrial internet security company",
        "安全企业。据研究记载，2020年4月完成数千万元B轮融资，7月完成B+轮融资。",
        "A security company. The study records a B round of tens of millions of yuan in April 2020 and a B+ round in July.",
    ),
    "rootcloud": (
        "三一集团孵化的工业互联网平台企业",
        "Industrial internet platform incubated by SANY",
        "三一集团孵化的平台企业。据研究记载，2019年完成5亿元B轮融资，为当时工业互联网企业单轮融资的最高金额。",
        "A platform company incubated by SANY. The study records a B round of 500 million yuan in 2019, then the largest "
        "round of the sector.",
    ),
    "qi-an-xin": (
        "工业互联网安全领域的上市企业",
        "Listed company in industrial internet security",
        "安全企业。据研究记载，2020年7月22日在科创板首次公开募股，募集资金超过50亿元。",
        "A security company. The study records its initial public offering on the STAR Market on 22 July 2020, raising "
        "over 5 billion yuan.",
    ),
    "foxconn-ii": (
        "工业互联网领域的上市企业",
        "Listed company of the industrial internet",
        "据研究记载，2018年其30多天快速上市的事件让更多资本方关注并进入工业互联网领域。",
        "The study records how its fast listing of 2018, within 30-odd days, drew more capital into the sector.",
    ),
    "haier": (
        "孵化卡奥斯的制造集团",
        "Manufacturing group that incubated COSMOPlat",
        "制造集团，孵化了工业互联网平台企业卡奥斯。",
        "A manufacturing group; it incubated the platform company COSMOPlat.",
    ),
    "sany": (
        "孵化树根互联的装备制造集团",
        "Equipment group that incubated Rootcloud",
        "装备制造集团，孵化了工业互联网平台企业树根互联。",
        "An equipment manufacturing group; it incubated the platform company Rootcloud.",
    ),
}
# Table 1, row by row; B+ of 六方云 is blank there, perhaps merged with the row above.
_TABLE_1 = [
    ("cosmoplat", "a", date(2020, 4, 1), "9.5亿元", ""),
    ("cosmoplat", "a_plus", date(2020, 7, 28), "2亿元", ""),
    ("inspur-cloud", "c", date(2020, 3, 17), "亿元及以上", ""),
    ("inspur-cloud", "c_plus", date(2020, 8, 31), "1.5亿元", ""),
    ("changyang", "b", date(2020, 4, 15), "/", ""),
    ("changyang", "c", date(2020, 8, 6), "1.5亿元", ""),
    ("liufangyun", "b", date(2020, 4, 21), "数千万元", ""),
    (
        "liufangyun", "b_plus", date(2020, 7, 17), "",
        "表1中此格为空，可能与上一行合并。 The cell is blank in Table 1, perhaps merged with the row above.",
    ),
]  # fmt: skip
_FILING = (
    "研究记“30多天”：自2018-02-01申报至2018-03-08过会计35天，2018-06-08上市交易（日期据交易所与证监会公告）。 "
    "The study's 30-odd days run from filing on 1 February 2018 to clearance on 8 March 2018, 35 days; trading began on "
    "8 June 2018 (dates from the announcements of the exchange and the regulator)."
)


def companies() -> list[Company]:
    found = []
    for ref, category, province, city, zh, en, aliases, parent in _COMPANIES:
        summary_zh, summary_en, description_zh, description_en = _WORDS[ref]
        found.append(
            Company(
                ref=ref, category=category, province=province, city=city, founded_on=None, short_zh=zh, short_en=en,
                aliases=aliases, parent=parent, summary_zh=summary_zh, summary_en=summary_en,
                description_zh=description_zh, description_en=description_en, keywords=("工业互联网",),
                known_on=date(2018, 12, 31), source=STUDY,
            )
        )  # fmt: skip
    return found


def rounds() -> list[Deal]:
    """The eight rounds of Table 1, and Rootcloud's, known to the year."""
    found = [
        Deal(f"table-1-{row}", company, "venture", day, day, parse_amount(text, "CNY"), round_, note=note, source=STUDY)
        for row, (company, round_, day, text, note) in enumerate(_TABLE_1, start=1)
    ]
    found.append(
        Deal(
            "rootcloud-b", "rootcloud", "venture", date(2019, 1, 1), date(2019, 12, 31), parse_amount("5亿元", "CNY"),
            "b", precision="year", source=STUDY,
        )
    )  # fmt: skip
    return found


def listings() -> tuple[list[Listing], list[Deal]]:
    """Both listings that the study names, with their offerings."""
    qi_an_xin, foxconn = date(2020, 7, 22), date(2018, 6, 8)
    offerings = [
        Deal(
            "qi-an-xin-ipo", "qi-an-xin", "ipo", qi_an_xin, qi_an_xin, parse_amount("超过50亿元", "CNY"), source=STUDY
        ),
        Deal(
            "foxconn-ii-ipo", "foxconn-ii", "ipo", foxconn, foxconn, Amount("undisclosed"), note=_FILING, source=STUDY
        ),
    ]
    return [
        Listing("qi-an-xin", "qi-an-xin", "star", "688561", qi_an_xin, offering="qi-an-xin-ipo", source=STUDY),
        Listing(
            "foxconn-ii", "foxconn-ii", "sse_main", "601138", foxconn, filed_on=date(2018, 2, 1),
            cleared_on=date(2018, 3, 8), offering="foxconn-ii-ipo", source=STUDY,
        ),
    ], offerings  # fmt: skip


_ALL = ("devices", "automation", "network", "platform", "software", "security", "services")
# reference, type, Chinese, English, further spellings, place, what the study says of its focus
_INSTITUTIONS = [
    ("sequoia", "large_venture", "红杉资本中国", "Sequoia China", ("红杉资本中国基金",), "CN-BJ", _ALL),
    ("tencent", "large_venture", "腾讯投资", "Tencent Investment", (), "CN-GD", _ALL),
    ("idg", "large_venture", "IDG资本", "IDG Capital", ("国际数据集团（IDG）资本",), "CN-BJ", _ALL),
    ("gsr", "venture", "金沙江创投", "GSR Ventures", ("金沙江资本",), "CN-BJ", ("devices", "automation")),
    ("fortune", "venture", "达晨", "Fortune Capital", ("达晨资本",), "CN-GD", ("software",)),
    ("source-code", "venture", "源码资本", "Source Code Capital", ("源码",), "CN-BJ", ()),
    ("ii-fund", "government", "中国工业互联网产业基金", "China Industrial Internet Industry Fund", (), "CN-BJ", ()),
    ("state-venture", "government", "中国国有资本风险投资基金", "China State-owned Capital Venture Investment Fund", (), "CN-GD", ()),
]  # fmt: skip
_SAID = {
    "large_venture": (
        "研究列举的大型投资机构，在工业互联网全领域布局。",
        "Named by the study among the large institutions that invest in every field of the industrial internet.",
    ),
    "venture": (
        "研究列举的中小型投资机构，从智能制造延伸到工业互联网领域。",
        "Named by the study among the small and mid-sized institutions that came from smart manufacturing to the "
        "industrial internet.",
    ),
    "government": (
        "研究列举的布局工业互联网的政府投资产业基金。",
        "Named by the study among the government industry funds that invest in the industrial internet.",
    ),
}
_FOCUS = {
    "gsr": ("主要偏向智能制造。", " It leans towards smart manufacturing."),
    "fortune": ("重点投资工业软件。", " It invests mainly in industrial software."),
}
# What the simulation needs to let them act: first day, appetite beyond the focus, activity. Not the study's. They
# act in the study's period and before, where its claims I2 and I3 speak of them, and not after.
_CONDUCT = {
    "sequoia": (date(2019, 2, 18), 0.3, 1.5),
    "tencent": (date(2019, 5, 6), 0.3, 1.2),
    "idg": (date(2019, 3, 11), 0.3, 1.3),
    "gsr": (date(2016, 4, 11), 0.0, 0.45),
    "fortune": (date(2017, 6, 5), 0.004, 1.4),
    "source-code": (date(2018, 9, 3), 0.12, 0.8),
    "ii-fund": (date(2019, 11, 4), 0.3, 0.9),
    "state-venture": (date(2019, 8, 5), 0.3, 0.9),
}


def institutions(categories: tuple[str, ...]) -> list[Investor]:
    """The study's named institutions. A thesis stands where the study states a focus; nobody's tickets are guessed."""
    found = []
    for ref, type_, zh, en, aliases, province, focus in _INSTITUTIONS:
        since, beyond, activity = _CONDUCT[ref]
        wanted = focus if focus != _ALL else ()
        appetite = {code: 1.0 if code.split("-")[0] in wanted else beyond for code in categories}
        early, late = ("pre_a", "a", "a_plus", "b"), ("a_plus", "b", "b_plus", "c", "c_plus", "d", "strategic")
        said_zh, said_en = (a + b for a, b in zip(_SAID[type_], _FOCUS.get(ref, ("", "")), strict=True))
        thesis = Thesis(ref, "工业互联网", focus, text=f"{said_zh} {said_en}", source=STUDY)
        found.append(
            Investor(
                ref=ref, type=type_, name_zh=zh, name_en=en, province=province, city="", focus=appetite,
                rounds=late if type_ == "government" else (*early, "b_plus", "c", "strategic"), since=since, until=study.LAST,
                activity=activity, leads=0.5, ticket=(10_000_000, 150_000_000), aliases=aliases,
                description_zh=said_zh, description_en=said_en, theses=[thesis] if focus else [], source=STUDY,
            )
        )  # fmt: skip
    return found
