"""The demo district's responsibility matrix: class × area → lead, assisting and fallback units, with the reason.

Written as rules of several classes each and spread into rows. The most specific class wins, then the most specific
area; ``*`` catches the rest, so that no combination is uncovered (职责最相近、处置最有利, 属地兜底).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from liandong.demo import words

RURAL_TOWNS = tuple(
    f"{words.DISTRICT_CODE}{number:03d}" for number, town in enumerate(words.TOWNS, start=1) if town.kind == "rural"
)
EVERYWHERE = ("*",)


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """One row of ``matrix.csv``; ``assisting`` holds unit codes."""

    case_class: str
    area: str
    lead: str
    assisting: tuple[str, ...]
    fallback: str
    reason: str


@dataclass(frozen=True, slots=True)
class _Rule:
    classes: str
    lead: str
    reason: str
    assisting: str = ""
    fallback: str = "DC"
    areas: tuple[str, ...] = EVERYWHERE


# Components and their abnormal states have the same owner: each of these codes stands for C… and M….
_OWNED = (
    _Rule("01", "D47", "市政设施由市政养护中心养护"),
    _Rule("01001 01024 01025 01063 01068", "D43", "供水设施由供水企业负责"),
    _Rule("01002 01003 01004 01019 01026 01072 01073", "D44", "排水设施由排水管理所负责", fallback="D08"),
    _Rule("01005 01017 01028 01029 01030 01047 01048", "D41", "电力设施由供电公司负责"),
    _Rule("01006 01037 01038 01039 01060 01077", "D47", "照明设施由市政养护中心养护", fallback="D06"),
    _Rule("01007 01008 01009 01027 01031 01041 01062", "D45", "通信设施由通信设施管理处协调权属企业", fallback="D24"),
    _Rule("01011 01021 01036 01049 01057", "D42", "燃气和油气设施由燃气公司抢修，应急部门配合", "D10", "D06"),
    _Rule("01012 01050 01051 01066", "D01", "公安设施由公安分局负责"),
    _Rule("01013", "D14", "消防设施由消防救援支队负责，供水企业配合", "D43"),
    _Rule("01014", "D09", "园林设施由绿化市容局负责"),
    _Rule("01015", "D01", "交通信号设施由公安交警负责"),
    _Rule("01020 01032", "D46", "公交设施由公交公司负责", fallback="D07"),
    _Rule("01018", "D48", "化粪池由环卫中心负责", fallback="D09"),
    _Rule("01022 01023 01033 01034", "D37", "权属不明的设施由网格中心先行处置再查权属", "D47"),
    _Rule("01035 01058 01064 01065", "town", "属地街镇管理"),
    _Rule("01040 01042 01075", "D40", "邮政快递设施由邮政管理局负责"),
    _Rule("01043 01044 01045 01052 01053 01059", "bureau:城管中队", "街面亭棚柜机由城管中队管理", fallback="D02"),
    _Rule("01046", "D19", "健身设施由体育局负责"),
    _Rule("01054", "D24", "充电设施由经信委负责，供电公司配合", "D41"),
    _Rule("01055", "D04", "病媒防制设施由卫健委负责"),
    _Rule("01056 01067 01069 01070 01071", "D08", "水利设施由水务局负责"),
    _Rule("01076", "D03", "电梯属特种设备，由市场监管局负责"),
    _Rule("02", "D07", "交通设施由交通委负责"),
    _Rule("02004", "D46", "公交站由公交公司负责", fallback="D07"),
    _Rule("02006 02007 02008 02009 02043 02044", "D47", "桥梁道路由市政养护中心养护", fallback="D07"),
    _Rule("02010 02014 02015 02016 02017 02018 02019 02020 02022 02033", "D01", "交通管理设施由公安交警负责"),
    _Rule("02012 02013 02036", "D13", "地名和救助设施由民政局负责"),
    _Rule("02021 02025 02026 02027", "bureau:城管中队", "非机动车停放由城管中队管理", fallback="D02"),
    _Rule("02034", "D47", "无障碍设施由市政养护中心维修，残联参与验收", "D51"),
    _Rule("02035", "D36", "避难标志由民防办负责"),
    _Rule("02037 02040", "D18", "文物和景区标识由文旅局负责"),
    _Rule("02038 02039", "D01", "门牌和公安标志由公安分局负责"),
    _Rule("03", "D09", "市容环卫设施由绿化市容局负责"),
    _Rule("03001 03002 03003 03004 03005 03014 03015 03016", "D48", "环卫设施由环卫中心养护", fallback="D09"),
    _Rule("03001 03004 03005", "town", "村镇环卫设施由镇管理", fallback="D48", areas=RURAL_TOWNS),
    _Rule("03009", "D39", "气象站由气象局负责"),
    _Rule("03010 03011 03012 03013", "D05", "环境监测设施由生态环境局负责"),
    _Rule("04", "D09", "园林绿化由绿化市容局负责"),
    _Rule("04006", "D16", "雕塑由规划资源局负责"),
    _Rule("04014", "D17", "林地由农业农村委负责", areas=RURAL_TOWNS),
    _Rule("05002", "D36", "地下室由民防办负责，房管局配合", "D15"),
    _Rule("05003", "D10", "加油加气站由应急局负责，市场监管局配合", "D03"),
    _Rule("05009", "D18", "文物由文旅局负责"),
)

_MATTERS = (
    _Rule("M06", "bureau:城管中队", "市容环境由城管中队执法管理", fallback="D02"),
    _Rule("M06001", "bureau:城管中队", "违法搭建由城管中队查处，规划资源局认定", "D16", "D02"),
    _Rule("M06010 M06011 M06012 M06014 M06037 M06042", "D48", "清扫保洁由环卫中心负责", fallback="D09"),
    _Rule("M06010 M06011 M06012 M06042", "station", "村庄保洁由村负责", fallback="town", areas=RURAL_TOWNS),
    _Rule("M06013 M06016 M06048 M06049 M06050 M06051 M06052", "D47", "道路由市政养护中心养护", fallback="D07"),
    _Rule("M06013", "bureau:规建办", "乡村道路由镇规建办养护", fallback="D07", areas=RURAL_TOWNS),
    _Rule("M06017 M06018 M06021 M06022 M06045 M06047", "D09", "绿化由绿化市容局管理"),
    _Rule("M06015 M06023 M06024 M06025 M06046", "D08", "河道由水务局管理"),
    _Rule("M06026 M06030", "D05", "水污染由生态环境局查处，水务局配合", "D08"),
    _Rule("M06027", "D05", "油烟由生态环境局检测，市场监管局配合", "D03"),
    _Rule("M06028", "bureau:城管中队", "社会生活噪声由城管中队劝止，公安分局配合", "D01", "D05"),
    _Rule("M06032", "D05", "非正规填埋由生态环境局查处"),
    _Rule("M06033", "D04", "医疗废物由卫健委查处，生态环境局配合", "D05"),
    _Rule("M06034", "D01", "废弃车辆由公安交警清理"),
    _Rule("M06035 M06036 M06041", "station", "小区堆物和分类由居村先行劝导", fallback="town"),
    _Rule("M06038", "station", "村庄散养由村先行劝导", fallback="D17", areas=RURAL_TOWNS),
    _Rule("M06040", "bureau:规建办", "地锁由规建办协调物业拆除", fallback="D15"),
    _Rule("M07", "bureau:城管中队", "宣传广告由城管中队管理", fallback="D02"),
    _Rule("M07001", "station", "零星小广告由居村先行清除", fallback="bureau:城管中队"),
    _Rule("M07004", "D12", "语言文字由教育局（语委）负责"),
    _Rule("M07008", "town", "公益宣传品由属地街镇维护"),
    _Rule("M08", "D06", "施工由住建委管理"),
    _Rule("M08001", "bureau:城管中队", "施工扰民由城管中队查处，住建委配合", "D06", "D02"),
    _Rule("M08002 M08003", "D07", "占道掘路由交通委许可和查处"),
    _Rule("M08004 M08012", "D06", "工地扬尘由住建委查处，生态环境局配合", "D05"),
    _Rule("M08011", "bureau:城管中队", "渣土运输由城管中队查处，公安分局配合", "D01", "D02"),
    _Rule("M08013", "D10", "高空作业由应急局查处"),
    _Rule("M08016", "bureau:规建办", "无证建设由规建办查处，规划资源局配合", "D16", "D06"),
    _Rule("M09", "bureau:城管中队", "街面秩序由城管中队执法管理", fallback="D02"),
    _Rule("M09003", "D13", "救助由民政局负责，公安分局配合", "D01"),
    _Rule("M09008", "D18", "出版物由文旅局查处"),
    _Rule("M09009 M09014 M09018", "D01", "道路交通秩序由公安交警管理"),
    _Rule("M09012", "D14", "消防通道由消防救援支队查处，公安分局配合", "D01"),
    _Rule("M09013 M09015 M09020", "bureau:市场监管所", "市场经营由市场监管所监管", fallback="D03"),
    _Rule("M09016", "D07", "停车场由交通委管理"),
    _Rule("M10001", "D47", "道路除雪由市政养护中心负责，环卫中心配合", "D48"),
    _Rule("M10001", "town", "乡村道路除雪由镇组织", fallback="D47", areas=RURAL_TOWNS),
    _Rule("M10002", "D45", "架空线由通信设施管理处协调，供电公司配合", "D41"),
)

_APPEALS = (
    _Rule("A01", "D12", "教育由教育局负责"),
    _Rule("A0105", "bureau:综治办", "校园周边由综治办牵头，公安分局配合", "D01", "D12"),
    _Rule("A02", "D04", "医疗卫生由卫健委负责"),
    _Rule("A0203 A0204", "bureau:计生办", "非法行医由街镇计生办牵头查处，市场监管局配合", "D03", "D04"),
    _Rule("A0205 A0206", "bureau:计生办", "生育事项由街镇计生办负责", fallback="D04"),
    _Rule("A0209", "station", "除害由居村组织", fallback="D04"),
    _Rule("A03", "D11", "劳动社保由人社局负责"),
    _Rule("A0307", "bureau:社区事务中心", "就业援助由社区事务中心办理", fallback="D11"),
    _Rule("A04", "bureau:规建办", "住房物业由街镇规建办牵头", fallback="D15"),
    _Rule("A0404 A0411 A0413 A0414", "D15", "房屋管理由房管局负责"),
    _Rule("A0406", "D03", "电梯属特种设备，由市场监管局负责"),
    _Rule("A0407", "bureau:综治办", "群租由综治办牵头整治，房管局配合", "D15"),
    _Rule("A0408 A0409", "D15", "房屋安全由房管局负责"),
    _Rule("A0410", "D43", "二次供水由供水企业负责，房管局配合", "D15"),
    _Rule("A05", "D07", "交通出行由交通委负责"),
    _Rule("A0501 A0502", "D46", "公交由公交公司答复", fallback="D07"),
    _Rule("A0504", "D07", "非法营运由交通委查处，公安分局配合", "D01"),
    _Rule("A0505 A0506 A0508 A0509", "D01", "道路交通由公安交警负责"),
    _Rule("A06", "D05", "环境保护由生态环境局负责"),
    _Rule("A0608", "D17", "养殖污染由农业农村委负责，生态环境局配合", "D05", areas=RURAL_TOWNS),
    _Rule("A07", "D06", "公用事业由住建委协调"),
    _Rule("A0701 A0702 A0706", "D43", "供水由供水企业负责", fallback="D08"),
    _Rule("A0703", "D41", "供电由供电公司负责"),
    _Rule("A0704", "D42", "燃气泄漏由燃气公司抢修，应急局和消防支队配合", "D10 D14", "D06"),
    _Rule("A0705", "D42", "供气由燃气公司负责", fallback="D06"),
    _Rule("A0707 A0708", "D44", "排水由排水管理所负责", fallback="D08"),
    _Rule("A0709", "D45", "通信由通信设施管理处协调"),
    _Rule("A0711", "D40", "邮政快递由邮政管理局负责"),
    _Rule("A08 A09", "bureau:市场监管所", "消费和食品安全由市场监管所受理", fallback="D03"),
    _Rule("A0902", "D03", "食物中毒由市场监管局调查，卫健委配合", "D04"),
    _Rule("A10", "bureau:综治办", "公共安全由综治办牵头", fallback="D10"),
    _Rule("A1001 A1002", "D14", "消防隐患由消防救援支队查处"),
    _Rule("A1003", "D10", "安全生产由应急局负责"),
    _Rule("A1004", "D10", "危险化学品由应急局查处，公安分局和消防支队配合", "D01 D14"),
    _Rule("A1006 A1007 A1009", "D01", "治安事项由公安分局负责"),
    _Rule("A1008", "D03", "特种设备由市场监管局负责"),
    _Rule("A11", "station", "纠纷由居村调解组织先行调解", fallback="D20"),
    _Rule("A1106", "D20", "医疗纠纷由区级调解组织调解，卫健委配合", "D04"),
    _Rule("A12", "bureau:社区事务中心", "社会服务由社区事务中心办理", fallback="D13"),
    _Rule("A1204", "D13", "殡葬由民政局负责"),
    _Rule("A1206", "D27", "退役军人事项由退役军人局负责"),
    _Rule("A1207", "D26", "医保由医保局负责"),
    _Rule("A13", "D17", "农业农村由农业农村委负责"),
    _Rule("A1301 A1306", "D16", "征地动迁由规划资源局负责，房管局配合", "D15"),
    _Rule("A1302", "D16", "耕地保护由规划资源局查处，农业农村委配合", "D17"),
    _Rule("A1303", "town", "村务公开由镇督促"),
    _Rule("A1304", "D08", "农田水利由水务局负责"),
    _Rule("A14", "D18", "文化旅游由文旅局负责"),
    _Rule("A1401 A1405", "D19", "体育活动由体育局负责"),
    _Rule("A15", "D35", "行政效能由政务服务办督办"),
    _Rule("A1504", "D20", "执法行为由司法局监督"),
    _Rule("A16", "D35", "咨询建议由政务服务办答复"),
    _Rule("A1605", "town", "其他诉求由属地街镇先行联系"),
)

_DEFAULT = _Rule("*", "town", "没有更具体的规定，属地街镇先行处置，区中心兜底")


def demo_matrix() -> tuple[MatrixRow, ...]:
    """All rows, each class and area once."""
    return tuple(_rows())


def _rows() -> Iterator[MatrixRow]:
    yield from _spread(_DEFAULT, ["*"])
    for rule in _OWNED:
        yield from _spread(rule, [letter + code for code in rule.classes.split() for letter in "CM"])
    for rule in (*_MATTERS, *_APPEALS):
        yield from _spread(rule, rule.classes.split())


def _spread(rule: _Rule, classes: Iterable[str]) -> Iterator[MatrixRow]:
    for case_class in classes:
        for area in rule.areas:
            yield MatrixRow(
                case_class=case_class,
                area=area,
                lead=rule.lead,
                assisting=tuple(rule.assisting.split()),
                fallback=rule.fallback,
                reason=rule.reason,
            )
