"""The words of the map's scripts."""

from __future__ import annotations

from typing import Final

from liandong.kernel.refusal import marked

MAP_WORDS: Final = {
    "counted": marked("视野内 {cases} 件，其中超时 {late} 件"),
    "counted_single": marked("视野内 {cases} 件，逐件显示；超时 {late} 件"),
    "counted_in_all": marked("共 {cases} 件，其中超时 {late} 件"),
    "failed": marked("没有取到数据：{why}"),
    "length": marked("长度 {value}"),
    "surface": marked("面积 {value}"),
    "draw_more": marked("单击加点，双击结束；Esc 取消"),
    "too_many_corners": marked("圈选的顶点太多（最多 {most} 个），请画得简单些"),
    "selected": marked("已圈选，列表与统计只看范围内的案件"),
    "copied": marked("已复制本页链接"),
    "near": marked("距 {lon}, {lat} 最近的单位"),
    "near_none": marked("附近没有单位"),
    "metres": marked("{value} 米"),
    "kilometres": marked("{value} 公里"),
    "square_metres": marked("{value} 平方米"),
    "square_kilometres": marked("{value} 平方公里"),
    "duty": marked("值班 {names}"),
    "replay_at": marked("{time}：已上报 {reported} 件，未结 {open} 件"),
    "replay_part": marked("当天共 {cases} 件，回放前 {shown} 件"),
    "replay_none": marked("这一天没有已定位的案件"),
    "play": marked("播放"),
    "pause": marked("暂停"),
    "pick_point": marked("单击地图上的一点，或按回车选中心"),
    "share": marked("{name}：{cases} 件，超时 {late} 件"),
    "heat": marked("{cases} 件，超时 {late} 件"),
    "layer_part": marked("图层“{name}”在此范围内太多，只画出 {shown} 处，请放大地图"),
    "layer_failed": marked("图层“{name}”没有取到"),
    "saved": marked("地图图片已保存"),
}
