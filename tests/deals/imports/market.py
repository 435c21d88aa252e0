"""A tiny market as files, to be spoiled in one place by each test."""

from pathlib import Path

FILES = {
    "companies.csv": """\
company_id,name,description,categories,keywords,country,region,city,founded_on,website
C1,云杉智能(云杉科技),机床联网与预测性维护,工业软件|物联网,预测性维护|机床,CHN,江苏,苏州,2014-03,yunshan.example
C2,Quiet Robotics (formerly Loud Robotics),Arms that listen,robots,cobots|arms,USA,SF Bay,Oakland,2011,https://quiet.example/
C3,Plain Sensors,,robots|sensors,,USA,Sf Bay,,,
C4,无地,,,,,,,,
""",
    "investors.csv": """\
investor_id,name,type,description,categories,stages,regions,country
I1,南岭资本(南岭基金),venture,专注早期,工业软件|先进材料,种子天使轮|C轮及以后|退出期,广东|长三角|极地,CHN
I2,Bay Bridge Ventures,corporate,,robots,early stage,SF Bay|United States,USA
I3,Nameless Family,wizard,,,,,
""",
    "deals.csv": """\
deal_id,company_id,announced_on,round,amount_text,amount,currency
D1,C1,2015-05-04,A轮,数千万人民币,,CNY
D2,C2,2013-Q2,series-c+,,12500000,USD
D3,C2,2014-02-10,IPO上市,1.2亿美元,120000000,USD
D4,C1,2016-01-20,新三板,未透露,,
D5,C2,2015,post-ipo,,,
D6,C3,2012-07,moonshot,,,
D7,C3,2013-08-09,,,500000,EUR
""",
    "participations.csv": """\
deal_id,investor_id
D1,I1
D2,I2
D2,I3
D7,I2
""",
    "raises.csv": """\
company_id,opened_on,round,amount_text,amount,currency
C1,2017-02-01,B轮,5000万-8000万人民币,,
C3,2017-03-01,series-a,,3000000,USD
""",
}


def write_market(folder: Path, **changes) -> Path:
    """Write the market; `companies="…"` replaces a file, `deals=("old", "new")` a piece of it, `raises=None` drops it.

    `bytes` are written as they are.
    """
    folder.mkdir(exist_ok=True)
    for file, text in FILES.items():
        change = changes.get(file.removesuffix(".csv"), text)
        if isinstance(change, tuple):
            old, new = change
            assert text.count(old) == 1, f"{old!r} is not once in {file}"
            change = text.replace(old, new)
        path = folder / file
        if change is None:
            path.unlink(missing_ok=True)
        else:
            path.write_bytes(change if isinstance(change, bytes) else change.encode())
    return folder
