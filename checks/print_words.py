"""The words of the printed report: titles, columns and sentences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from agent.core.printed import Tone
from agent.core.text import Text
from checks.compared import Change

Column = tuple[Text, int]  # head, and share of the width


@dataclass(frozen=True, slots=True)
class Heading:
    """Of one table; `empty` is said where it has no rows."""

    title: Text
    columns: tuple[Column, ...]
    empty: Text


TITLE = Text("六方面安全检查报告", "Six-area security checklist: report")
NUMBER, CENTER = Text("报告编号", "Report"), Text("中心", "Centre")
JUDGED, MADE = Text("检查时间", "Judged at"), Text("生成时间", "Made at")
LEVEL, BEFORE = Text("等级保护", "Protection level"), Text("上一份报告", "Report before")
LEVELS: Mapping[int, Text] = {
    2: Text("第二级(三级项为建议,不计分)", "2 (items of level 3 are advice)"),
    3: Text("第三级", "3"),
}
NONE_BEFORE = Text("无", "none")
PAGES = Text("第 {page} 页 共 {pages} 页", "page {page} of {pages}")
HEAD = Text("台账末条哈希", "ledger head")
NO_HEAD = Text("(台账还没有记录)", "(the ledger has no record yet)")
SIGN, OPINION, DATE = Text("签字", "Signature"), Text("意见", "Opinion"), Text("日期", "Date")

COUNTS = Text(
    "共检查 {total} 项：不合格 {fail}，预警 {warn}，合格 {pass}，无数据 {unknown}，未接入 {not_connected}，"
    "不适用 {not_applicable}。",
    "{total} items: {fail} fail, {warn} warn, {pass} pass, {unknown} unknown, {not_connected} not connected, "
    "{not_applicable} not applicable.",
)
RED = Text("评定为红的方面：{areas}。", "Red: {areas}.")
WORSE = Text("比 {before} 新增或变差 {count} 处。", "{count} new or worse since {before}.")
LATE = Text("整改逾期 {count} 单。", "{count} tickets are overdue.")
LIMITS = Text("本中心改过 {count} 处阈值。", "This centre changed {count} limits.")
MORE = Text("另有 {count} 处，见后页", "{count} more on the pages after this")
AND_MORE = Text("{names}等 {count} 个", "{names} … {count} in all")
OURS = Text("本中心", "the centre")
ALL = Text("{names}，共 {count} 个", "{names}; {count} in all")
IN_ANNEX = Text("{names}等 {count} 个（见附表）", "{names} …; {count} in all, see the annex")
CUT = Text("另有 {count} 行没有列出", "{count} more rows are left out")
MARK = "※"  # at a score that rests on less than half of the items
FEW = Text("※ 有结果的不到应查项的一半：{areas}", "※ less than half of the items have a result: {areas}")
ADVICE, CHANGED = Text("【建议】", " [advice]"), Text("【阈值已改】", " [changed limit]")

SEVERITY: Mapping[str, Text] = {
    "critical": Text("严重", "critical"),
    "high": Text("高", "high"),
    "medium": Text("中", "medium"),
    "low": Text("低", "low"),
}
CHANGES: Mapping[Change, tuple[Text, Tone]] = {
    "worse": (Text("变差", "worse"), "bad"),
    "new": (Text("新增", "new"), "bad"),
    "better": (Text("好转", "better"), "good"),
    "gone": (Text("不再检查", "no longer judged"), "quiet"),
}

RESULT: Column = (Text("结果", "Result"), 11)
OF: tuple[Column, ...] = (
    RESULT,
    (Text("等级", "Severity"), 12),
    (Text("检查项", "Item"), 20),
    (Text("对象", "Subject"), 22),
)
OBSERVED: Column = (Text("现状", "Observed"), 24)
EXPECTED: Column = (Text("应为", "Expected"), 16)
REMEDY: Column = (Text("处置", "Remedy"), 22)

AREAS = Heading(
    Text("各方面评定", "Areas"),
    (
        (Text("评定", "Colour"), 8),
        (Text("方面", "Area"), 22),
        (Text("得分", "Score"), 9),
        (Text("不合格", "Fail"), 10),
        (Text("预警", "Warn"), 8),
        (Text("合格", "Pass"), 8),
        (Text("无数据", "Unknown"), 10),
        (Text("未接入", "Not conn."), 10),
        (Text("已接入/应接入,人工登记", "Sources, attested"), 24),
    ),
    Text("没有检查项", "no items"),
)
WORST = Heading(Text("首先要处理", "First to be put right"), (*OF, REMEDY), Text("没有不合格、无数据或预警", "nothing"))
FOUND = Heading(
    Text("一、不合格与预警", "1. What fails or warns"),
    (*OF, OBSERVED, EXPECTED, REMEDY),
    Text("没有不合格或预警", "nothing fails or warns"),
)
WITHOUT = Heading(
    Text("二、无数据与未接入", "2. Unknown, and not connected"),
    (*OF, (Text("原因", "Why"), 24), (Text("怎样接入或恢复", "What would connect it"), 30)),
    Text("所有来源都已接入并有读数", "every source is connected and read"),
)
WAIVED = Heading(
    Text("三、豁免", "3. Waived"),
    (*OF, (Text("豁免", "Waiver"), 30), (Text("替代措施", "Instead"), 20)),
    Text("没有生效的豁免", "no waiver holds"),
)
OVERDUE = Heading(
    Text("四、逾期整改单", "4. Overdue tickets"),
    (
        (Text("编号", "Ticket"), 12),
        (Text("检查项", "Item"), 28),
        (Text("对象", "Subject"), 20),
        (Text("首问责任人", "Owner"), 14),
        (Text("开单", "Opened"), 13),
        (Text("时限", "Due"), 13),
    ),
    Text("没有逾期的整改单", "no ticket is overdue"),
)
COMPARED = Heading(
    Text("五、与上一份报告({before})比较", "5. Compared with {before}"),
    (
        (Text("变化", "Change"), 12),
        (Text("检查项", "Item"), 34),
        (Text("对象", "Subject"), 24),
        (Text("上次", "Before"), 10),
        (Text("本次", "Now"), 10),
    ),
    Text("没有变化", "nothing changed"),
)
FIRST_REPORT = Heading(
    Text("五、与上一份报告比较", "5. Compared with the report before"),
    COMPARED.columns,
    Text("没有上一份报告", "there is no report before this one"),
)
LIMITS_CHANGED = Heading(
    Text("六、本中心改过的阈值", "6. Limits that this centre changed"),
    ((Text("阈值", "Limit"), 100),),
    Text("没有改过阈值", "none"),
)
REST = Heading(
    Text("七、合格与不适用", "7. What passes, and what does not apply"),
    (*OF, OBSERVED, EXPECTED),
    Text("没有", "none"),
)
ANNEX = Heading(
    Text("附表：对象全名", "Annex: all subjects"),
    ((Text("检查项", "Item"), 25), (Text("对象", "Subjects"), 75)),
    Text("没有", "none"),
)
