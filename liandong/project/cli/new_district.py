"""`liandong new-district`: write the first files of a district, to be filled in and then imported."""

from __future__ import annotations

import argparse
from pathlib import Path

from liandong.project.cli import Failed
from liandong.project.cli.surroundings import set_up_django
from liandong.project.words import say


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where, which district, and what is known of it."""
    parser.add_argument("folder", type=Path, help=say("新区县的数据目录，须不存在或为空"))
    parser.add_argument("--code", required=True, help=say("六位区划代码，例如 310112"))
    parser.add_argument("--name", required=True, help=say("区县名称"))
    parser.add_argument("--name-en", default="", help=say("英文名称"))
    parser.add_argument("--prefix", default="LD", help=say("案件编号前缀，一至八个大写字母"))
    parser.add_argument("--datum", default="WGS-84", help=say("以下文件的坐标系：WGS-84、CGCS2000、GCJ-02 或 BD-09"))
    parser.add_argument("--outline", type=Path, action="append", default=[], help=say("轮廓 GeoJSON，可给多个"))
    parser.add_argument("--towns", type=Path, help=say("街镇表 CSV：code、name、lon、lat"))


def run(arguments: argparse.Namespace) -> int:
    """Write the folder."""
    set_up_django()
    from shapely.geometry import shape

    from liandong.kernel.area_codes import AreaLevel, level_of
    from liandong.kernel.datum import Datum
    from liandong.project.new_district import SOMEWHERE, Plan, read_outlines, read_towns, write_new_district

    if level_of(arguments.code) is not AreaLevel.DISTRICT:
        raise Failed(say("%(code)s 不是六位区划代码。", code=arguments.code))
    if arguments.datum not in set(Datum):
        raise Failed(say("%(datum)s 不是已知的坐标系。", datum=arguments.datum))
    outlines = {code: outline for file in arguments.outline for code, outline in read_outlines(file).items()}
    centre = SOMEWHERE
    if arguments.code in outlines:
        inside = shape(outlines[arguments.code]).representative_point()
        centre = (round(inside.x, 6), round(inside.y, 6))
    plan = Plan(
        code=arguments.code,
        name=arguments.name,
        name_en=arguments.name_en or arguments.name,
        prefix=arguments.prefix,
        datum=Datum(arguments.datum),
        centre=centre,
        towns=read_towns(arguments.towns, district=arguments.code) if arguments.towns else (),
        outlines=outlines,
    )
    write_new_district(arguments.folder, plan)
    print(say("已写入 %(folder)s。补全后先运行 liandong import --check %(folder)s 检查。", folder=arguments.folder))
    return 0
