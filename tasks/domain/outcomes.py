"""What became of one report in one run, and of the run as a whole."""

from dataclasses import dataclass

from tasks.domain.documents import Document
from tasks.domain.errors import Language
from tasks.domain.facts import Extraction
from tasks.domain.submissions import Identity, StoredFile, Submission

__all__ = ["CarriedReport", "OtherPeriod", "ReadReport", "RefusedReport", "ReportOutcome", "RunSummary"]


@dataclass(frozen=True, slots=True)
class ReadReport:
    """A report that was identified, parsed and read; not yet judged or loaded."""

    stored: StoredFile
    identity: Identity
    document: Document
    extraction: Extraction


@dataclass(frozen=True, slots=True)
class RefusedReport:
    """A report that could not go on, with the reason in both languages.

    `identity` says whose it is, as far as known (from its names alone when identification itself failed).
    """

    stored: StoredFile
    identity: Identity
    code: str
    reason_zh: str
    reason_en: str


@dataclass(frozen=True, slots=True)
class OtherPeriod:
    """A report of a period that this run was not asked for; it stays for a later run."""

    stored: StoredFile
    identity: Identity


@dataclass(frozen=True, slots=True)
class CarriedReport:
    """A submission that newer stages would read as it was read: only the versions it is true for change."""

    submission_id: str
    stage_versions: str


ReportOutcome = ReadReport | RefusedReport | OtherPeriod


@dataclass(frozen=True, slots=True)
class RunSummary:
    """What one collect run did, in counts.

    `quarantined` are the submissions this run put into quarantine, `held` those it read that may not be live yet.
    `findings` are all that wait for an answer, also those of earlier runs. `read` counts the reports that were opened;
    `seconds` is how long the run took, `orchestration_seconds` how much of that none of its steps was at work.
    """

    received: int
    unchanged: int
    duplicates: int
    loaded: int
    quarantined: tuple[Submission, ...]
    facts: int
    findings: int
    committed_tables: tuple[str, ...]
    unavailable: tuple[str, ...] = ()
    read: int = 0
    seconds: float = 0.0
    orchestration_seconds: float = 0.0
    held: tuple[Submission, ...] = ()

    @property
    def needs_attention(self) -> bool:
        """Whether an operator must look: a report went into quarantine or a source could not be read."""
        return bool(self.quarantined or self.unavailable or self.held)

    def message(self, language: Language) -> str:
        """Return the counts as one sentence, the run's closing message."""
        if language == "zh":
            parts = [
                f"收到{self.received}件：入库{self.loaded}件，隔离{len(self.quarantined)}件，"
                f"未变{self.unchanged}件，重复{self.duplicates}件",
                f"新读出指标值{self.facts}个，待处理审核问题{self.findings}个",
            ]
            parts += [f"{len(self.held)}件待定"] if self.held else []
            parts += [f"{len(self.unavailable)}个来源或文件读取失败"] if self.unavailable else []
            return "；".join(parts)
        parts = [
            f"{self.received} files: {self.loaded} loaded, {len(self.quarantined)} quarantined, "
            f"{self.unchanged} unchanged, {self.duplicates} duplicates",
            f"{self.facts} figures read, {self.findings} findings open",
        ]
        parts += [f"{len(self.held)} held"] if self.held else []
        parts += [f"{len(self.unavailable)} sources or files could not be read"] if self.unavailable else []
        return "; ".join(parts)

    def time_message(self, language: Language) -> str:
        """Return how long the run took and how much of that was orchestration, also per report."""
        share = self.orchestration_seconds / self.seconds if self.seconds else 0.0
        each = f"{1000 * self.orchestration_seconds / self.read:.1f}" if self.read else ""
        if language == "zh":
            per_report = f"，每份报告{each}毫秒" if each else ""
            return f"用时{self.seconds:.1f}秒，其中调度{self.orchestration_seconds:.1f}秒（{share:.0%}{per_report}）"
        per_report = f", {each} ms per report" if each else ""
        return (
            f"{self.seconds:.1f} s, of which orchestration {self.orchestration_seconds:.1f} s ({share:.0%}{per_report})"
        )
