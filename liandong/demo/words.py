"""Names for the demo district: towns, communities, roads, landmarks, people. All of them invented.

Place names are composed from the syllables below; the English name is the romanised name with an English
noun, as on street signs. Nothing here is drawn from a map: where a name also exists somewhere, that is chance.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

DISTRICT_CODE = "310199"
DISTRICT_NAME = "临江区"
DISTRICT_NAME_EN = "Linjiang District"


@dataclass(frozen=True, slots=True)
class TownName:
    """A town of the demo district; ``east`` and ``north`` place its seat in kilometres from the district's centre."""

    name: str
    name_en: str
    kind: str
    east: float
    north: float
    grids: int


# The five subdistricts in the middle, three towns already built up, five still villages.
TOWNS = (
    TownName("望江路街道", "Wangjiang Road Subdistrict", "urban", 0.2, 0.3, 62),
    TownName("文昌街道", "Wenchang Subdistrict", "urban", 3.1, 1.4, 60),
    TownName("东渡街道", "Dongdu Subdistrict", "urban", 2.2, -2.2, 56),
    TownName("金塘街道", "Jintang Subdistrict", "urban", -2.9, 1.8, 55),
    TownName("学士街道", "Xueshi Subdistrict", "urban", -2.4, -1.9, 52),
    TownName("临湖镇", "Linhu Town", "urban", 0.8, 5.0, 66),
    TownName("双溪镇", "Shuangxi Town", "urban", 6.6, -0.9, 60),
    TownName("石桥镇", "Shiqiao Town", "urban", -0.2, -5.6, 58),
    TownName("青墩镇", "Qingdun Town", "rural", 7.6, 5.6, 50),
    TownName("柳港镇", "Liugang Town", "rural", 6.9, -6.6, 48),
    TownName("南汀镇", "Nanting Town", "rural", -7.3, -6.5, 47),
    TownName("芦泾镇", "Lujing Town", "rural", -9.6, -0.4, 46),
    TownName("云台镇", "Yuntai Town", "rural", -6.3, 6.6, 46),
)

Syllables = dict[str, str]

_URBAN_FIRST: Syllables = {
    "春": "chun", "秋": "qiu", "金": "jin", "银": "yin", "玉": "yu", "锦": "jin", "文": "wen", "华": "hua",
    "明": "ming", "清": "qing", "云": "yun", "星": "xing", "海": "hai", "景": "jing", "康": "kang", "永": "yong",
    "长": "chang", "福": "fu", "瑞": "rui", "祥": "xiang", "和": "he", "兴": "xing", "荣": "rong", "翠": "cui",
}  # fmt: skip
_URBAN_SECOND: Syllables = {
    "安": "an", "苑": "yuan", "泰": "tai", "宁": "ning", "庭": "ting", "辉": "hui", "馨": "xin", "城": "cheng",
    "阳": "yang", "波": "bo", "谊": "yi", "园": "yuan", "湖": "hu", "丰": "feng", "平": "ping", "昌": "chang",
    "德": "de", "业": "ye",
}  # fmt: skip
_RURAL_FIRST: Syllables = {
    "柳": "liu", "陆": "lu", "沈": "shen", "张": "zhang", "王": "wang", "李": "li", "赵": "zhao", "周": "zhou",
    "吴": "wu", "徐": "xu", "朱": "zhu", "高": "gao", "唐": "tang", "顾": "gu", "杨": "yang", "曹": "cao",
    "金": "jin", "蒋": "jiang", "范": "fan", "潘": "pan", "严": "yan", "诸": "zhu",
}  # fmt: skip
_RURAL_SECOND: Syllables = {
    "家浜": "jiabang", "家宅": "jiazhai", "家桥": "jiaqiao", "家塘": "jiatang", "泾": "jing", "塘": "tang",
    "浜": "bang", "渡": "du", "墩": "dun", "巷": "xiang", "更": "geng", "楼": "lou", "湾": "wan", "汇": "hui",
}  # fmt: skip
_ROAD_FIRST: Syllables = {
    "望": "wang", "临": "lin", "文": "wen", "学": "xue", "东": "dong", "西": "xi", "南": "nan", "北": "bei",
    "金": "jin", "双": "shuang", "石": "shi", "青": "qing", "柳": "liu", "芦": "lu", "云": "yun", "红": "hong",
    "白": "bai", "紫": "zi", "春": "chun", "秋": "qiu",
}  # fmt: skip
_ROAD_SECOND: Syllables = {
    "江": "jiang", "湖": "hu", "山": "shan", "桥": "qiao", "溪": "xi", "港": "gang", "塘": "tang", "泾": "jing",
    "松": "song", "竹": "zhu", "梅": "mei", "兰": "lan", "枫": "feng", "桂": "gui", "安": "an", "平": "ping",
}  # fmt: skip

_SURNAMES = (
    "王李张刘陈杨黄赵周吴徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁"
    "蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖"
)
_GIVEN_FIRST = "建国志文晓春秋海明永嘉思雨子佳俊雅静丽慧立宏伟振新玉秀美家承"
_GIVEN_SECOND = "华平军芳敏强磊洋艳勇杰娟涛霞超兰刚玲桂燕斌辉峰琴宁彬颖瑶琳"


@dataclass(frozen=True, slots=True)
class PlaceName:
    """A name in both languages, without the noun that says what kind of place it is."""

    name: str
    name_en: str


def urban_stems(random: Random) -> list[PlaceName]:
    """Every stem for a residents' committee, shuffled; 432 of them."""
    return _stems(_URBAN_FIRST, _URBAN_SECOND, random)


def rural_stems(random: Random) -> list[PlaceName]:
    """Every stem for a village, shuffled; 308 of them."""
    return _stems(_RURAL_FIRST, _RURAL_SECOND, random)


def road_stems(random: Random) -> list[PlaceName]:
    """Every stem for a road or landmark, shuffled; 320 of them."""
    return _stems(_ROAD_FIRST, _ROAD_SECOND, random)


def people_names(random: Random) -> list[str]:
    """Invented full names, each once, shuffled; more than fifty thousand of them."""
    names = [
        surname + first + second
        for surname in _SURNAMES
        for first in _GIVEN_FIRST
        for second in _GIVEN_SECOND
        if first != second
    ]
    random.shuffle(names)
    return names


def _stems(first: Syllables, second: Syllables, random: Random) -> list[PlaceName]:
    stems = [
        PlaceName(head + tail, _romanised(head_sound, tail_sound))
        for head, head_sound in first.items()
        for tail, tail_sound in second.items()
        if head != tail
    ]
    random.shuffle(stems)
    return stems


def _romanised(head: str, tail: str) -> str:
    # Scheme for the Chinese Phonetic Alphabet (1958): an apostrophe before a syllable that begins with a, o or e.
    joint = "'" if tail[0] in "aeo" else ""
    return (head + joint + tail).capitalize()
