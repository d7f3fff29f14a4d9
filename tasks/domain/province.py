"""A province (省, or any office above the counties): the counties that it looks at, from province.toml."""

import tomllib
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from tasks.domain.errors import ConfigurationError, Language, Place, Text
from tasks.domain.settings_values import cron_schedule, known_timezone
from tasks.domain.settings_words import settings_problems

__all__ = ["PROVINCE_FILE", "Province", "province_path", "read_province"]

PROVINCE_FILE = "province.toml"


class Province(BaseModel):
    """The name shown, and the counties' folders; a relative one lies beside province.toml, `*` stands for any name.

    `schedule` (cron, in `timezone`) is when a server that has the deployment looks at them.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, Field(min_length=1)]
    code: Annotated[str, Field(pattern=r"^[0-9]{12}$")]
    counties: Annotated[tuple[Annotated[str, Field(min_length=1)], ...], Field(min_length=1)]
    language: Language = "zh"
    schedule: Annotated[str, AfterValidator(cron_schedule)] = "0 9 * * *"
    timezone: Annotated[str, AfterValidator(known_timezone)] = "Asia/Shanghai"
    folder: Path = Path()

    @property
    def county_folders(self) -> tuple[Path, ...]:
        """The folders in the order of the file, each once; one named without `*` is there even if it does not exist."""
        found: dict[Path, None] = {}
        for one in self.counties:
            if "*" in one:
                base = Path(Path(one).anchor) if Path(one).is_absolute() else self.folder
                pattern = str(Path(one).relative_to(base)) if Path(one).is_absolute() else one
                found |= {path.parent: None for path in sorted(base.glob(f"{pattern}/county.toml"))}
            else:
                found[self.folder / one] = None
        return tuple(found)


def province_path(path: Path) -> Path:
    """Return the full address of the province.toml that `path` is, or is the folder of."""
    return (path / PROVINCE_FILE if path.is_dir() else path).resolve()


def read_province(path: Path) -> Province:
    """Return the province of `path`, a province.toml or the folder it is in.

    Raises:
        ConfigurationError: it is not there or malformed; names file, place and remedy.
    """
    file = province_path(path)
    try:
        data = tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise ConfigurationError(
            "no_province", Place(str(file)),
            Text(f"读不到 {PROVINCE_FILE}", f"there is no {PROVINCE_FILE} that can be read"),
            Text(
                '新建一个：name = "某省"，code = "12位代码"，counties = ["县文件夹", "…/*"]',
                'make one: name = "…", code = "12 digits", counties = ["folder of a county", "…/*"]',
            ),
        ) from error  # fmt: skip
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise _wrong(file, Text(str(error), str(error))) from error
    try:
        province = Province.model_validate({**data, "folder": file.parent})
    except ValidationError as error:
        raise _wrong(file, settings_problems(error)) from error
    if not province.county_folders:
        wanted = "、".join(province.counties)
        raise _wrong(
            file, Text(f"counties：{wanted}：没有这样的县文件夹", f"counties: {wanted}: no folder with a county.toml")
        )
    return province


def _wrong(file: Path, problems: Text) -> ConfigurationError:
    return ConfigurationError(
        "province_toml", Place(str(file)),
        Text(f"设置有误：{problems.zh}", f"settings are wrong: {problems.en}"),
        Text("请改正后重试", "correct it and run again"),
    )  # fmt: skip
