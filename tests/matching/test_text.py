import pickle
from datetime import date

import numpy as np
import pytest

from matching import glossary
from matching.market import Market
from matching.text import TextVectors
from taxonomy.text import segmented, words

AS_OF = date(2020, 1, 1)

# Each subject is told in either language by different companies; no profile has both.
CHINESE = {
    "vision": ["机器视觉缺陷检测设备", "工业相机与三维检测", "玻璃瑕疵的视觉检测", "晶圆缺陷的光学检测"],
    "security": ["工控防火墙与入侵检测", "面向工厂的零信任与网络安全", "漏洞与威胁监测", "防火墙与数据安全审计"],
    "logistics": ["无人叉车与仓储", "仓库自动分拣", "托盘与输送的物流设备", "仓储物流调度"],
}
ENGLISH = {
    "vision": [
        "machine vision for defects",
        "industrial cameras for optical inspection",
        "vision inspection of glass flaws",
    ],
    "security": ["firewalls against intrusion", "cyber security and zero trust", "vulnerability and threat audit"],
    "logistics": ["driverless forklifts in warehouses", "sorting in the warehouse", "pallets, conveyors and logistics"],
}


def market(*texts: str) -> Market:
    return Market.build(AS_OF, companies=[{"text": segmented(text)} for text in texts])


@pytest.fixture(scope="module")
def vectors() -> TextVectors:
    told = [text for side in (CHINESE, ENGLISH) for texts in side.values() for text in texts]
    return TextVectors(dimensions=6).fit(market(*told))


@pytest.mark.parametrize(
    ("profile", "thesis", "other"),
    [
        ("用视觉检测屏幕缺陷", "Vision systems that find defects", "Firewalls for control networks"),
        ("工厂网络安全与防火墙", "We back cyber security", "Warehouse logistics and forklifts"),
        ("无人叉车与仓库分拣", "Forklifts for the warehouse", "Machine vision"),
        ("Cameras for inspection", "机器视觉与工业相机", "仓储物流与叉车"),
    ],
)
def test_a_profile_and_a_thesis_meet_across_languages_though_no_text_has_both(vectors, profile, thesis, other):
    profile, thesis, other = vectors.transform(map(segmented, (profile, thesis, other)))
    assert profile @ thesis > 0.5
    assert profile @ thesis > profile @ other + 0.3


def test_without_the_glossary_they_would_not_meet():
    told = [text for side in (CHINESE, ENGLISH) for texts in side.values() for text in texts]
    bare = TextVectors(dimensions=6, concepts=0.0).fit(market(*told))
    profile, thesis = bare.transform([segmented("用视觉检测屏幕缺陷"), segmented("Vision systems that find defects")])
    assert abs(profile @ thesis) < 0.2


def test_profiles_in_both_languages_teach_what_the_glossary_lacks():
    pairs = [
        "咖啡 coffee roaster 烘焙",
        "咖啡 烘焙 coffee roaster shop",
        "蜂蜜 honey bees 养蜂",
        "养蜂 蜂蜜 honey bees farm",
    ]
    vectors = TextVectors(dimensions=2).fit(market(*pairs))
    coffee, honey, roaster = vectors.transform(map(segmented, ["咖啡烘焙", "蜂蜜", "coffee roaster"]))
    assert coffee @ roaster > 0.9 > 0.3 > honey @ roaster


def test_spellings_of_a_word_meet_by_their_letters():
    texts = ["weldings of hulls", "welding of hulls", "bakery bread", "bakery breads", "welding hulls", "bread"]
    vectors = TextVectors(dimensions=2, concepts=0.0).fit(market(*texts))
    welder, welding, bread = vectors.transform(map(segmented, ["weldingg", "welding", "bread"]))
    assert welder @ welding > 0.8 > 0.2 > welder @ bread


def test_numbers_are_no_subject():
    vectors = TextVectors(dimensions=4).fit(market("plc 2018 350", "plc 2018", "firewall 99", "firewall 99 2018"))
    assert not vectors.transform([segmented("2018 350 99")]).any()


def test_a_text_has_one_vector_whether_it_was_there_when_it_was_fitted_or_not(vectors):
    text = segmented(CHINESE["vision"][0])
    known = vectors.transform([text])
    forgetful = pickle.loads(pickle.dumps(vectors))
    forgetful.known_, forgetful.vectors_ = {}, forgetful.vectors_[:0]
    assert np.array_equal(forgetful.transform([text, text])[1:], known)
    both = vectors.transform(["firewall", text, "firewall"])
    assert np.array_equal(both[1:2], known) and np.array_equal(both[0], both[2])
    assert np.linalg.norm(both, axis=1) == pytest.approx(1, abs=1e-6)


def test_a_strange_text_is_read_once_and_has_one_vector(vectors, monkeypatch):
    read = []
    project = TextVectors._project
    monkeypatch.setattr(
        TextVectors, "_project", lambda self, matrix: read.append(matrix.shape[0]) or project(self, matrix)
    )
    monkeypatch.setattr("matching.text._KEPT_LATELY", 4)
    first = vectors.transform(["zero trust for plants", "oddly", "vision of glass", "zero trust for plants"])
    again = vectors.transform(["vision of glass", "forklifts and pallets", "zero trust for plants"])
    assert read == [3, 1]
    assert (first[0] == first[3]).all() and (again[[0, 2]] == first[[2, 0]]).all()
    # A text by itself has the vector that it has among others; what was kept stays in the process.
    alone = pickle.loads(pickle.dumps(vectors)).transform(["zero trust for plants"])
    assert read == [3, 1, 1] and (alone[0] == first[0]).all()
    # Where more would be kept than may be, it begins anew.
    vectors.transform(["a fifth", "a sixth"])
    assert len(vectors.lately_) == 2


@pytest.mark.parametrize(
    "texts",
    [[], [""], ["", "", ""], ["😀 🏭", "🏭"], ["1 2 3", "4 5"], ["plc"] * 50, ["alone"], ["one word", "another"]],
    ids=["none", "empty", "empties", "emoji", "numbers", "all the same", "single", "nothing shared"],
)
def test_where_nothing_can_be_learned_there_are_no_columns(texts):
    vectors = TextVectors().fit(Market.build(AS_OF, companies=[{"text": text} for text in texts]))
    assert vectors.transform([*texts, "plc", ""]).shape == (len(texts) + 2, 0)
    assert vectors.transform([]).shape == (0, 0)


def test_odd_texts_beside_good_ones_do_no_harm(vectors):
    odd = ["😀 🏭 🚀", "", "x" * 100_000, "工业 防火墙 " * 10_000, "\x00 \u202e ...", "ｆｉｒｅｗａｌｌ"]
    found = vectors.transform(odd)
    assert found.shape == (len(odd), 6) and np.isfinite(found).all()
    assert not found[0].any() and not found[1].any()
    again = TextVectors(dimensions=8).fit(market(*CHINESE["vision"], *ENGLISH["vision"], *odd))
    assert np.isfinite(again.transform([segmented(text) for text in odd])).all()


def test_a_long_text_is_read_to_its_limit(vectors):
    limited = TextVectors(dimensions=4, max_words=3).fit(market("plc plc firewall", "plc firewall", "camera plc"))
    assert np.array_equal(*limited.transform(["firewall plc camera", "firewall plc camera vision vision vision"]))


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("工业机器人", {"industrial robot", "robot", "industrial"}),
        ("two industrial robots", {"industrial robot", "robot", "industrial"}),
        ("数据采集与监控系统", {"scada", "data"}),
        ("time-sensitive networking", {"tsn"}),
        ("中国产品", set()),
        ("batteries", {"battery"}),
    ],
)
def test_terms_are_found_in_either_language(text, names):
    found = set(glossary.default().find(words(text)))
    for name in names:
        assert set(glossary.default().find(words(name))) <= found, name
    if not names:
        assert not found


def test_no_term_of_the_glossary_is_lost():
    """Each spelling names its concept, or that of the line above which claimed it first."""
    known = glossary.default()
    assert known.size > 400
    missed = [spelling for row in glossary.rows() for spelling in row if not known.find(words(spelling))]
    assert not missed
