"""The reference rows that the platform ships with, kept in `taxonomy/data/*.csv`.

Loading again changes only what differs, so that it can run after every migration.
"""

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path

from django.db import transaction
from django.utils.translation import override
from django_countries import Countries

from taxonomy.dates import parse_date
from taxonomy.facts import Source
from taxonomy.models import (
    Board,
    Category,
    Currency,
    ExchangeRate,
    GrossProduct,
    Milestone,
    Region,
    Round,
    Scheme,
)

FOLDER = Path(__file__).parent / "data"


def _rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as handle:
        return [{key: value.strip() for key, value in row.items()} for row in csv.DictReader(handle)]


def _split(cell: str) -> list[str]:
    return [part for part in cell.split("|") if part]


def _sync(model, key: tuple[str, ...], wanted: list) -> dict:
    """Make the rows of `model` equal to `wanted`; return them by key."""
    fields = [field for field in model._meta.concrete_fields if field.name != "id" and field.attname not in key]
    have = {tuple(getattr(row, part) for part in key): row for row in model.objects.all()}
    fresh, stale = [], []
    for row in wanted:
        old = have.get(tuple(getattr(row, part) for part in key))
        if old is None:
            fresh.append(row)
        elif any(getattr(old, field.attname) != getattr(row, field.attname) for field in fields):
            row.pk = old.pk
            stale.append(row)
    model.objects.bulk_create(fresh, batch_size=500)
    if stale:
        model.objects.bulk_update(stale, [field.name for field in fields], batch_size=500)
    return {tuple(getattr(row, part) for part in key): row for row in model.objects.all()}


def _named(row: dict) -> dict:
    return {"name_zh": row["name_zh"], "name_en": row["name_en"], "aliases": _split(row.get("aliases", ""))}


def _load_rounds():
    _sync(
        Round,
        ("code",),
        [
            Round(
                code=row["code"],
                order=int(row["order"]) if row["order"] else None,
                position=position,
                **_named(row),
            )
            for position, row in enumerate(_rows("rounds"))
        ],
    )


def _load_boards():
    _sync(
        Board,
        ("code",),
        [
            Board(
                code=row["code"],
                exchange_zh=row["exchange_zh"],
                exchange_en=row["exchange_en"],
                opened_on=date.fromisoformat(row["opened_on"]) if row["opened_on"] else None,
                position=position,
                **_named(row),
            )
            for position, row in enumerate(_rows("boards"))
        ],
    )


def _load_currencies():
    _sync(
        Currency,
        ("code",),
        [
            Currency(code=row["code"], symbol=row["symbol"], position=position, **_named(row))
            for position, row in enumerate(_rows("currencies"))
        ],
    )
    _sync(
        ExchangeRate,
        ("currency_id", "date"),
        [
            ExchangeRate(
                currency_id=row["currency"],
                date=date.fromisoformat(row["date"]),
                cny=Decimal(row["cny"]).quantize(Decimal("0.000001")),
                note=row["note"],
            )
            for row in _rows("rates")
        ],
    )


# Names that the library writes wrongly, by an old name, or twice.
_CHINESE = {
    "AS": "美属萨摩亚", "BA": "波斯尼亚和黑塞哥维那", "GG": "根西岛", "KG": "吉尔吉斯斯坦", "KM": "科摩罗", "LR": "利比里亚",
    "MK": "北马其顿", "ML": "马里", "NP": "尼泊尔", "SR": "苏里南", "TJ": "塔吉克斯坦", "TT": "特立尼达和多巴哥", "WS": "萨摩亚",
}  # fmt: skip
# Of these the library's name is another country's.
_TWICE = {"WS"}


def _load_regions():
    countries = Countries()
    with override("en"):
        english = {code: str(name) for code, name in countries}
    with override("zh-hans"):
        chinese = {code: str(name) for code, name in countries}
    wanted = []
    for position, code in enumerate(sorted(english)):
        alpha3 = countries.alpha3(code)
        wanted.append(
            Region(
                code=alpha3,
                kind=Region.Kind.COUNTRY,
                country=alpha3,
                name_zh=_CHINESE.get(code, chinese[code].strip()),
                name_en=english[code],
                # Sources may write the other name.
                aliases=[chinese[code].strip()] if code in _CHINESE and code not in _TWICE else [],
                order=0 if alpha3 == "CHN" else 100 + position,
            )
        )
    rows = _rows("regions")
    wanted += [
        Region(
            code=row["code"],
            kind=row["kind"],
            country=row["country"],
            gb_code=row["gb_code"],
            order=int(row["order"]),
            **_named(row),
        )
        for row in rows
    ]
    # A parent is another row: it is set once all rows have a key.
    parents = {row["code"]: row["parent"] for row in rows}
    ids = dict(Region.objects.values_list("code", "pk"))
    for region in wanted:
        region.parent_id = ids.get(parents.get(region.code, ""))
    regions = _sync(Region, ("code",), wanted)
    for code, parent in parents.items():
        region = regions[(code,)]
        if parent and region.parent_id != regions[(parent,)].pk:
            Region.objects.filter(pk=region.pk).update(parent=regions[(parent,)])
    for row in rows:
        if members := _split(row["members"]):
            group = regions[(row["code"],)]
            wanted_ids = {regions[(code,)].pk for code in members}
            if set(group.members.values_list("pk", flat=True)) != wanted_ids:
                group.members.set(wanted_ids)


def _study() -> Source:
    return _written(
        Source,
        "ztetj-202006009",
        {
            "name": "王欣怡, 肖荣美 (2020): 中国工业互联网投融资现状分析与建议",
            "name_en": "WANG Xinyi, XIAO Rongmei (2020): Status Analysis and Suggestions of Industrial Internet Investment and Financing in China",
            "url": "https://doi.org/10.12142/ZTETJ.202006009",
            "attribution": "王欣怡, 肖荣美, 2020, DOI 10.12142/ZTETJ.202006009",
            "attribution_en": "WANG Xinyi, XIAO Rongmei, 2020, DOI 10.12142/ZTETJ.202006009",
        },
    )


def _written(model, code: str, wanted: dict):
    """Return the row of a code with these values; it is saved only where it had others."""
    row = model.objects.filter(code=code).first() or model(code=code)
    if row.pk is None or any(getattr(row, name) != value for name, value in wanted.items()):
        for name, value in wanted.items():
            setattr(row, name, value)
        row.save()
    return row


def _load_milestones(study: Source):
    rows = [(row, parse_date(row["date"])) for row in _rows("milestones")]
    _sync(
        Milestone,
        ("code",),
        [
            Milestone(
                code=row["code"],
                on=when.first,
                precision=when.precision,
                board_id=row["board"] or None,
                source=study,
                **_named(row),
            )
            for row, when in rows
        ],
    )


def _load_products():
    """Gross regional products, which the file holds in 亿元: 31 provinces, without Hong Kong, Macao and Taiwan."""
    yearbook = _written(
        Source,
        "nbs-yearbook-2020",
        {
            "name": "国家统计局《中国统计年鉴2020》",
            "name_en": "National Bureau of Statistics of China, China Statistical Yearbook 2020",
            "url": "https://www.stats.gov.cn/sj/ndsj/2020/indexch.htm",
            "attribution": "国家统计局《中国统计年鉴2020》",
            "attribution_en": "National Bureau of Statistics of China, China Statistical Yearbook 2020",
        },
    )
    provinces = dict(Region.objects.provinces().values_list("code", "pk"))
    _sync(
        GrossProduct,
        ("province_id", "year"),
        [
            GrossProduct(
                province_id=provinces[row["province"]],
                year=int(row["year"]),
                value=(Decimal(row["value"]) * 10**8).quantize(Decimal("0.01")),
                source=yearbook,
            )
            for row in _rows("products")
        ],
    )


def _load_categories(study: Source):
    scheme = _written(
        Scheme,
        "industrial-internet",
        {
            "name_zh": "工业互联网七类",
            "name_en": "Industrial internet, seven categories",
            "description_zh": "用于监测工业互联网投融资活动的七类划分，二级类目由平台细分。",
            "description_en": "The seven categories by which investment into the industrial internet is monitored; "
            "the second level is this platform's.",
            "source": study,
            "is_default": True,
        },
    )
    parents: dict[str, Category] = {}
    have = {category.code: category for category in scheme.categories.all()}
    for order, row in enumerate(_rows("categories")):
        category = have.get(row["code"]) or Category(scheme=scheme, code=row["code"])
        before = {**category.__dict__}
        category.parent = parents.get(row["parent"])
        category.order = order
        category.definition_zh, category.definition_en = row["definition_zh"], row["definition_en"]
        for name, value in _named(row).items():
            setattr(category, name, value)
        if category.pk is None or any(
            before.get(name) != value for name, value in category.__dict__.items() if not name.startswith("_")
        ):
            category.save()
        parents[category.code] = category


@transaction.atomic
def load() -> None:
    """Load rounds, boards, currencies with rates, regions with products, the study's categories and milestones."""
    study = _study()
    _load_rounds()
    _load_boards()
    _load_currencies()
    _load_regions()
    _load_products()
    _load_categories(study)
    _load_milestones(study)


def load_after_migrate(sender, using, plan=None, **kwargs) -> None:
    if using == "default":
        load()
