"""The county's settings (`county.toml`) and its folder, read once at the edge.

Secrets never stand in county.toml: sources that need them take them from the environment of their fsspec library.
"""

import datetime as dt
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from expectations.catalogue import load_catalogue
from tasks.domain.county_figures import read_county_figures
from tasks.domain.errors import ConfigurationError, Language, Place, Text
from tasks.domain.gazetteer import Gazetteer, read_gazetteer
from tasks.domain.letters import REMINDERS
from tasks.domain.limits import ParseLimits
from tasks.domain.periods import ReportPeriod
from tasks.domain.settings_limits import Limits, Section
from tasks.domain.settings_values import (
    cron_schedule,
    indicator_codes,
    known_timezone,
    period_code,
    plausible_day,
    refuse_twice,
    storage_address,
)
from tasks.domain.settings_words import settings_problems

__all__ = ["County", "CountySettings", "Form", "Roster", "RosterEntry", "Source", "known_timezone", "read_county"]

SETTINGS_FILE = "county.toml"
UNITS_FILE = "units.csv"


class CountyName(Section):
    """Who collects."""

    code: Annotated[str, Field(pattern=r"^[0-9]{12}$")]
    name: Annotated[str, Field(min_length=1)]


class Calendar(Section):
    """When: the time zone of due dates, and the cron schedule of `collect`."""

    timezone: Annotated[str, AfterValidator(known_timezone)] = "Asia/Shanghai"
    schedule: Annotated[str, AfterValidator(cron_schedule)] = "30 6 * * 1-5"


class Source(Section):
    """Where reports arrive: any fsspec address; a relative one is a folder inside the county's folder."""

    name: Annotated[str, Field(min_length=1)]
    url: Annotated[str, Field(min_length=1)]
    options: dict[str, Any] = Field(default_factory=dict)


class Form(Section):
    """What is owed (报表): for which periods, when it is due, which indicators every report must state.

    With `period_type` every period must be of that kind: one that was mistyped (2023Q1 among years) is told.
    """

    code: Annotated[str, Field(pattern=r"^[a-z0-9-]+$")]
    name: Annotated[str, Field(min_length=1)]
    period_type: Literal["year", "half", "quarter", "month", "cumulative"] | None = None
    periods: tuple[Annotated[str, AfterValidator(period_code)], ...]
    due_days: Annotated[int, Field(ge=0, le=3_650)] = 15
    grace_days: Annotated[int, Field(ge=0, le=3_650)] = 0
    mandatory: Annotated[tuple[str, ...], AfterValidator(indicator_codes)] = ()

    @model_validator(mode="after")
    def _periods_are_of_one_kind_and_each_once(self) -> Self:
        refuse_twice("period", self.periods)
        other = [one for one in self.periods if self.period_type not in {None, ReportPeriod.parse(one).kind}]
        if other:
            raise ValueError(f"{', '.join(other)}: no period of the form's period_type {self.period_type!r}")
        return self


class Letter(Section):
    """Letters (核实函, 催报函; [letter]): number, who signs, days to reply, days until somebody is reminded again."""

    number: str = "〔    〕    号"
    office: str = "统计局"
    reply_days: Annotated[int, Field(ge=1, le=365)] = 10
    remind_days: Annotated[int, Field(ge=1, le=365)] = 6


class Storage(Section):
    """Where tables and received files lie ([storage]): a folder (relative: in the county's), or s3://bucket/path."""

    warehouse: Annotated[str, Field(min_length=1), AfterValidator(storage_address)] = "warehouse"
    raw: Annotated[str, Field(min_length=1), AfterValidator(storage_address)] = "raw"


class Policy(Section):
    """What becomes of later versions and of late files ([policy]).

    `replace`: a version takes the place of the live one when it has no open error (`when_checks_pass`), when a person
    accepts it (`after_approval`), or at once (`always`). `lock_days` after the grace days are over a period is locked:
    a file received later waits until it is accepted or the unit's time is extended; without it nothing is locked.
    What was received before the day `since` is asked nothing: set it when a stricter policy begins.
    """

    replace: Literal["when_checks_pass", "after_approval", "always"] = "when_checks_pass"
    lock_days: Annotated[int, Field(ge=0, le=3_650)] | None = None
    since: Annotated[dt.date, AfterValidator(plausible_day)] | None = None


class Upkeep(Section):
    """How the warehouse is kept ([upkeep]): when small files are joined, how far back it can be read.

    A partition with more than `small_files` files below `small_file_mib` is compacted by `county warehouse maintain`.
    Files that only versions older than `keep_days` need are removed; published versions are kept for good.
    """

    small_files: Annotated[int, Field(ge=2)] = 20
    small_file_mib: Annotated[int, Field(ge=1)] = 16
    target_file_mib: Annotated[int, Field(ge=1)] = 128
    keep_days: Annotated[int, Field(ge=0)] = 400


# Without its scheme a browser takes an address for a file beside the page that links to it.
_Address = Annotated[str, Field(pattern=r"^((https?|file)://\S+)?$")]


class Book(Section):
    """The county book (县情册, [book]).

    `images` draws the pages of PDFs and scans; `originals` puts the files that were sent into the evidence packs;
    `geojson` is a map of the townships in the county's folder; `url` the address under which the book can be opened by
    others, for links from the Prefect UI, Data Docs, exports and letters. `data_docs` and `ui` are those of the Data
    Docs and the Prefect UI, for links from the book.
    """

    images: bool = True
    originals: bool = True
    geojson: str = ""
    url: _Address = ""
    data_docs: _Address = ""
    ui: _Address = ""


class Reading(Section):
    """Where reports are read ([reading]): in threads or processes of this machine, or on a Dask cluster.

    `workers` is how many at once (0: as many as this machine has cores); with `scheduler`, the address of a running
    Dask scheduler, that cluster says how many. Without one, `dask` starts a cluster on this machine for the run.
    """

    where: Literal["threads", "processes", "dask"] = "threads"
    workers: Annotated[int, Field(ge=0, le=1024)] = 0
    scheduler: Annotated[str, Field(pattern=r"^((tcp|tls|ws|wss)://.+)?$")] = ""

    @model_validator(mode="after")
    def _only_dask_has_a_scheduler(self) -> Self:
        if self.scheduler and self.where != "dask":
            raise ValueError('scheduler is only for where = "dask"')
        return self


class Alerts(Section):
    """When somebody is told ([alerts]): so many open errors and questions, so little room on the disk."""

    findings: Annotated[int, Field(ge=1)] = 50
    free_disk_mib: Annotated[int, Field(ge=1)] = 2048


class Store(Section):
    """The stage store ([store]): how large results of stages may grow before the oldest are removed."""

    limit_mib: Annotated[int, Field(ge=1)] = 10_240


class CountySettings(Section):
    """county.toml as a whole."""

    county: CountyName
    language: Language = "zh"
    calendar: Calendar = Calendar()
    limits: Limits = Limits()
    reading: Reading = Reading()
    letter: Letter = Letter()
    alerts: Alerts = Alerts()
    store: Store = Store()
    storage: Storage = Storage()
    policy: Policy = Policy()
    upkeep: Upkeep = Upkeep()
    book: Book = Book()
    sources: tuple[Source, ...]
    forms: Annotated[tuple[Form, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _names_are_given_once(self) -> Self:
        refuse_twice("source", (one.name for one in self.sources))
        refuse_twice("form", (one.code for one in self.forms))
        return self


class RosterEntry(BaseModel):
    """One thing owed: a unit owes a form for a period by `due_at` (UTC); after `late_after` it is late."""

    model_config = ConfigDict(frozen=True)

    unit_code: str
    unit_name: str
    form: str
    period: str
    due_at: dt.datetime
    late_after: dt.datetime


Roster = tuple[RosterEntry, ...]


class County(BaseModel):
    """A county's folder: its settings, its reporting units, and where everything it owns lies."""

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)

    folder: Path
    settings: CountySettings
    gazetteer: Gazetteer

    @property
    def name(self) -> str:
        """The county's name."""
        return self.settings.county.name

    @property
    def language(self) -> Language:
        """The language of messages, tables and artifacts."""
        return self.settings.language

    @property
    def limits(self) -> ParseLimits:
        """What reading one file may cost."""
        return self.settings.limits.for_parsing()

    @property
    def raw(self) -> str:
        """The address of the raw store: every received file, untouched, named by its sha256."""
        return self._address(self.settings.storage.raw)

    @property
    def store(self) -> Path:
        """The stage store: results of stages that can be computed again from the raw store at any time."""
        return self.folder / "store"

    @property
    def quarantine(self) -> Path:
        """Copies of files that could not be loaded, under their own names, each with its reason."""
        return self.folder / "quarantine"

    @property
    def warehouse(self) -> str:
        """The address of the Delta tables."""
        return self._address(self.settings.storage.warehouse)

    def _address(self, place: str) -> str:
        return place if "://" in place else str(self.folder / place)

    @property
    def data_docs(self) -> Path:
        """The folder of the Great Expectations Data Docs."""
        return self.folder / "data_docs"

    @property
    def book(self) -> Path:
        """The folder of the county book."""
        return self.folder / "book"

    @property
    def reminders(self) -> Path:
        """The folder that reminders (催报函) are written to; it is, with `earlier_reminders`, the record of them."""
        return self.folder / REMINDERS[self.language]

    @property
    def earlier_reminders(self) -> tuple[Path, ...]:
        """The folders of the reminders written when the county's language was another one."""
        return tuple(self.folder / name for language, name in REMINDERS.items() if language != self.language)

    @property
    def prefect_home(self) -> Path:
        """The folder of the embedded Prefect server: its SQLite database and logs."""
        return self.folder / ".prefect"

    @property
    def timezone(self) -> ZoneInfo:
        """The time zone of due dates."""
        return ZoneInfo(self.settings.calendar.timezone)

    def sources(self, name: str | None = None) -> tuple[Source, ...]:
        """Return the sources of county.toml, or the one called `name`.

        Raises:
            ConfigurationError: no source has this name.
        """
        chosen = tuple(one for one in self.settings.sources if name is None or one.name == name)
        if chosen:
            return chosen
        names = "、".join(one.name for one in self.settings.sources)
        raise ConfigurationError(
            "source_unknown",
            Place("county.toml"),
            Text(f"没有名为 {name} 的来源（有：{names}）", f"no source is called {name!r} (there are: {names})"),
            Text("请核对 --source 或 county.toml 的 sources", "check --source, or sources in county.toml"),
        )

    def form_for(self, period: str) -> Form | None:
        """Return the form that is owed for `period`, or None when nothing is."""
        return next((form for form in self.settings.forms if period in form.periods), None)

    def roster(self) -> Roster:
        """Return everything owed, by form, period and unit; a unit owes nothing outside its validity."""
        entries = []
        for form in self.settings.forms:
            for code in form.periods:
                period = ReportPeriod.parse(code)
                due_on = period.end + dt.timedelta(days=form.due_days)
                due_at = self.end_of_day(due_on)
                late_after = self.end_of_day(due_on + dt.timedelta(days=form.grace_days))
                entries += [
                    RosterEntry(
                        unit_code=unit.unit_code,
                        unit_name=unit.name,
                        form=form.code,
                        period=code,
                        due_at=due_at,
                        late_after=late_after,
                    )
                    for unit in self.gazetteer
                    if unit.exists_in(period.end, period.end)
                ]
        return tuple(entries)

    def start_of_day(self, day: dt.date) -> dt.datetime:
        """Return the first moment of `day` in the county's time zone, in UTC."""
        return self.end_of_day(day - dt.timedelta(days=1))

    def end_of_day(self, day: dt.date) -> dt.datetime:
        """Return the first moment after `day` in the county's time zone, in UTC."""
        midnight = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), tzinfo=self.timezone)
        return midnight.astimezone(dt.UTC)


def read_county(folder: Path) -> County:
    """Return the county in `folder`.

    Raises:
        ConfigurationError: there is no county.toml, or it, units.csv or county_figures.csv is malformed; names file,
            place and remedy.
    """
    path = folder / SETTINGS_FILE
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (FileNotFoundError, NotADirectoryError) as error:
        raise ConfigurationError(
            "no_county",
            Place(str(path)),
            Text("此文件夹不是县文件夹：没有 county.toml", "this folder is no county: it has no county.toml"),
            Text(
                "用 county init 文件夹 新建，或用 --county 指明县文件夹",
                "make one with `county init DIR`, or name the county's folder with --county",
            ),
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise _settings_wrong(path, Text(str(error), str(error))) from error
    try:
        settings = CountySettings.model_validate(data)
    except ValidationError as error:
        raise _settings_wrong(path, settings_problems(error)) from error
    # Compared with the townships when they are judged; an error in it is known before anything runs.
    read_county_figures(folder, load_catalogue())
    return County(folder=folder.resolve(), settings=settings, gazetteer=read_gazetteer(folder / UNITS_FILE))


def _settings_wrong(path: Path, problems: Text) -> ConfigurationError:
    return ConfigurationError(
        "county_toml",
        Place(path.name),
        Text(f"设置有误：{problems.zh}", f"settings are wrong: {problems.en}"),
        Text(f"请改正 {path} 后重试", f"correct {path} and run again"),
    )
