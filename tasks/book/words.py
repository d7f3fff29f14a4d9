"""The words of the book in both languages, and how figures are written."""

from collections.abc import Mapping
from types import MappingProxyType

from tasks.domain.errors import Language, Text
from tasks.domain.periods import ReportPeriod
from tasks.publish.labels import STATES

__all__ = ["WORDS", "period_name", "words", "written"]

WORDS: Mapping[str, Text] = MappingProxyType(
    {
        "book": Text("县情册", "county book"),
        "skip": Text("跳到正文", "skip to content"),
        "menu": Text("页面导航", "pages"),
        "glance": Text("全县一览", "At a glance"),
        "townships": Text("乡镇", "Townships"),
        "indicators": Text("指标", "Indicators"),
        "findings": Text("审核问题", "Findings"),
        "roster": Text("报送名册", "Roster"),
        "changes": Text("变动", "Changes"),
        "method": Text("方法与数据字典", "Method and data dictionary"),
        "search": Text("检索", "Search"),
        "theme": Text("深浅配色", "light or dark"),
        "period": Text("报告期", "period"),
        "unit": Text("报送单位", "township"),
        "indicator": Text("指标", "indicator"),
        "item": Text("项目", "item"),
        "measure": Text("口径", "measure"),
        "value": Text("数值", "value"),
        "state": Text("状态", "state"),
        "report": Text("报告", "report"),
        "reports": Text("报告", "reports"),
        "facts": Text("指标值", "figures"),
        "errors": Text("错误", "errors"),
        "questions": Text("疑问", "questions"),
        "notes": Text("提示", "notes"),
        "quality": Text("数据质量", "data quality"),
        "owed": Text("应报", "owed"),
        "completeness": Text("必报完整率", "completeness"),
        "received": Text("收到", "received"),
        "due": Text("截止", "due"),
        "days_late": Text("逾期天数", "days late"),
        "approval": Text("审定", "approval"),
        "version": Text("版本", "version"),
        "file": Text("文件", "file"),
        "sums": Text("全县合计", "County sums"),
        "sum": Text("合计", "sum"),
        "sum_note": Text(
            "只合计已读出的本期数；缺的单位逐一列出，不作估算。比率类指标不合计。",
            "Sums hold only levels that were read; townships without one are named and nothing is estimated. "
            "Rates are not summed.",
        ),
        "coverage": Text("已报单位", "townships"),
        "lacking": Text("缺", "missing"),
        "none_missing": Text("无", "none"),
        "change": Text("变化", "change"),
        "largest_changes": Text("变化最大的指标值", "Largest changes"),
        "largest_changes_note": Text(
            "与上年同期相比，按倍数排列；两期均已读出才比较。",
            "Against the same period of the year before, by ratio; only where both were read.",
        ),
        "before": Text("上年", "before"),
        "after": Text("本期", "now"),
        "no_changes": Text("没有可比的变化", "nothing to compare"),
        "who_reported": Text("谁报了", "Who reported"),
        "text": Text("正文", "Text"),
        "pages": Text("页面图像", "Page images"),
        "page": Text("第{}页", "page {}"),
        "figures_here": Text("本报告的数字", "Figures of this report"),
        "rule": Text("取数规则", "reading rule"),
        "confidence": Text("可信度", "confidence"),
        "place": Text("位置", "place"),
        "stated": Text("原文写作", "as stated"),
        "quote": Text("原文", "quote"),
        "checks": Text("审核", "checks"),
        "check_passed": Text("未见问题", "nothing found"),
        "versions": Text("各版本", "versions"),
        "decisions": Text("决定", "decisions"),
        "to_text": Text("看原文", "in the text"),
        "to_page": Text("看页面图像", "on the page image"),
        "to_township": Text("看本单位各年", "this township"),
        "to_indicator": Text("看本指标", "this indicator"),
        "copy_address": Text("永久地址", "permanent address"),
        "evidence": Text("证据包", "evidence pack"),
        "original": Text("原件", "original file"),
        "superseded": Text(
            "此件已被后来的版本取代，仅供查阅。", "A later version replaced this report; it is kept for reference."
        ),
        "live_version": Text("现行版本", "the live version"),
        "no_longer": Text("现行版本不再写明的数字", "Figures that the live version no longer states"),
        "none": Text("没有", "none"),
        "all": Text("全部", "all"),
        "severity": Text("严重程度", "severity"),
        "status": Text("处理状态", "status"),
        "audit_rule": Text("审核规则", "rule"),
        "observed": Text("实际", "observed"),
        "expected": Text("应为", "expected"),
        "how": Text("请这样处理", "what to do"),
        "shown": Text("显示", "shown"),
        "compare": Text("并排对照", "side by side"),
        "history": Text("各期", "all periods"),
        "ranking": Text("排名", "ranking"),
        "trend": Text("走势", "trend"),
        "distribution": Text("分布", "distribution"),
        "definition": Text("定义", "definition"),
        "range": Text("合理范围", "plausible range"),
        "group": Text("分组", "group"),
        "kind": Text("性质", "kind"),
        "stock": Text("时点数", "stock"),
        "flow": Text("时期数", "flow"),
        "rate": Text("比率", "rate"),
        "median": Text("中位数", "median"),
        "outlier": Text("离群", "outlier"),
        "outlier_note": Text(
            "离群：修正 z 值（0.6745·|x−中位数|/MAD）大于 3.5，至少 8 个单位才判断。",
            "Outlier: modified z (0.6745·|x−median|/MAD) above 3.5, told only of 8 townships or more.",
        ),
        "other_measures": Text("其他口径", "other measures"),
        "no_figures": Text("没有读出的数字", "no figures were read"),
        "code": Text("代码", "code"),
        "spark": Text("走势图", "trend"),
        "waiting": Text("隔离待处理的文件", "Files in quarantine"),
        "reason": Text("原因", "reason"),
        "nothing_yet": Text(
            "仓库里还没有报告：先运行 county collect", "The warehouse holds no report yet: run county collect first"
        ),
        "data_version": Text("数据版本", "data version"),
        "published": Text("发布于", "published"),
        "filter": Text("筛选", "filter"),
        "words": Text("文字", "words"),
        "legend": Text("图例", "legend"),
        "unread": Text("读到但没有对应指标", "read, no indicator"),
        "ocr": Text("识别可信度", "OCR confidence"),
        "parser": Text("读取程序", "reader"),
        "text_quality": Text("文本质量", "text quality"),
        "offsets": Text("字符 {}–{}", "characters {}–{}"),
        "paragraph": Text("第{}段", "paragraph {}"),
        "on_time": Text("按时", "on time"),
        "downloads": Text("下载", "Downloads"),
        "rules": Text("审核规则", "rules"),
        "dictionary": Text("数据字典", "Data dictionary"),
        "table": Text("表", "table"),
        "column": Text("列", "column"),
        "type": Text("类型", "type"),
        "meaning": Text("含义", "meaning"),
        "not_yet": Text("未报（含待报）", "missing or expected"),
        "source": Text("出处", "source"),
        "threshold": Text("界限", "thresholds"),
        "formula": Text("条件", "condition"),
        "results": Text("结果", "results"),
        "sentences": Text("句子", "sentences"),
        "search_hint": Text("乡镇、指标、句子或数字", "townships, indicators, sentences or figures"),
        "needs_script": Text("检索需要浏览器允许脚本", "searching needs scripts to be allowed"),
        "changes_since": Text("与上次发布相比", "Since the last publication"),
        "publication": Text("第{}次发布", "publication {}"),
        "all_publications": Text("历次发布", "all publications"),
        "first_publication": Text("这是第一次发布，没有可比的上次。", "The first publication: nothing to compare."),
        "new_reports": Text("新到或换了版本的报告", "new reports and versions"),
        "changed_figures": Text("有变化的数", "changed figures"),
        "added_figures": Text("新增的数", "new figures"),
        "gone_figures": Text("不再有的数", "figures that are gone"),
        "changed_findings": Text("新的或处理状态有变的问题", "new findings and answers"),
        "before_publication": Text("上次", "before"),
        "now_publication": Text("这次", "now"),
        "trend_note": Text("细线为各单位，橙线为中位数；右图为各期分布", "thin: townships; orange: median"),
        "map_note": Text("灰色为没有读出", "grey: nothing was read"),
        "not_on_map": Text("地图上没有", "not on the map"),
        "colon": Text("：", ": "),
        "comma": Text("、", ", "),
        "semicolon": Text("；", "; "),
        "open_bracket": Text("（", " ("),
        "close_bracket": Text("）", ")"),
        "map": Text("地图", "map"),
        "heat_map": Text("热力图：指标 × 乡镇", "heat map: indicators × townships"),
        "heat_map_note": Text("颜色为在全县的位次，空白为未报或存疑", "place in the county; blank: not stated"),
        "timeliness": Text("报送时间", "timeliness"),
        "timeliness_note": Text("数字为距截止日天数，负数为提前", "days from the due day, negative: early"),
        "of_copy": Text("相同的文字有底色，点击跳到对面", "what is the same is marked; a click leads to its twin"),
        "of_versions": Text("两个版本，不同处有底色", "two versions, differences marked"),
        "held_back": Text("此版本尚未采用：", "This version is held: "),
        "workbooks": Text("Excel 汇总表", "Excel workbooks"),
        "letters": Text("核实函", "question letters"),
        "data_docs_note": Text("在县文件夹中，不随册携带", "in the county's folder; not taken along with the book"),
        "prefect_ui": Text("在 Prefect 界面中", "In the Prefect UI"),
        "unstated": Text("报告未写明", "not stated"),
        "relations": Text("勾稽关系", "relations"),
        "catalogue": Text("指标目录", "catalogue"),
        "hard_failures": Text("硬性不通过", "hard failures"),
        "soft_failures": Text("存疑不通过", "soft failures"),
        "explained": Text("已说明", "explained"),
        "mean_revision": Text("平均修订幅度", "mean revision"),
        "outlier_free": Text("无异常占比", "outlier-free"),
        "withdrawn": Text("此页的报告已撤回", "The report of this page was withdrawn"),
    }
)


def words(language: Language) -> dict[str, str]:
    """Return every word of the book in `language`: its own, and those of states and codes."""
    own = {key: text.within(language) for key, text in WORDS.items()}
    return {**{key: text.within(language) for key, text in STATES.items()}, **own}


def period_name(code: str, language: Language) -> str:
    """Return a period as readers write it.

    >>> period_name("2023H1", "zh")
    '2023年上半年'
    """
    return ReportPeriod.parse(code).name_zh if language == "zh" else code


def written(value: float | None) -> str:
    """Return a figure with thousands separated and no more than six decimals.

    >>> written(214500000.0), written(4.82), written(None)
    ('214,500,000', '4.82', '')
    """
    if value is None:
        return ""
    return f"{value:,.6f}".rstrip("0").rstrip(".") if value != int(value) else f"{int(value):,}"
