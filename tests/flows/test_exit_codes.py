"""With what a command ends: 0 done, 1 look at it, 2 asked wrongly, 3 failed; and never with a traceback of ours."""

import pytest

from flows.cli import main


@pytest.fixture
def run(monkeypatch, capsys):
    """Run `county` with these words; return its exit code and what it says of errors."""

    def county(*words):
        monkeypatch.setattr("sys.argv", ["county", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            main.main()
        return ended.value.code, capsys.readouterr().err

    return county


@pytest.mark.parametrize("command", ["status", "collect", "findings"])
@pytest.mark.parametrize("folder", ["nope", "county.toml"])
def test_a_county_that_is_none_is_wrong_usage(run, tmp_path, command, folder):
    (tmp_path / "county.toml").write_text("", encoding="utf-8")
    code, said = run(command, "-c", tmp_path / folder)
    assert (code, "no_county" in said, "Traceback" in said) == (2, True, False)


def test_settings_that_are_wrong_are_no_failure_of_the_run(run, county):
    (county.folder / "county.toml").write_text("[county]\ncode = 1", encoding="utf-8")
    assert run("status", "-c", county.folder)[0] == 2


def test_an_unknown_source_is_wrong_usage_before_a_server_is_started(run, county):
    code, said = run("collect", "--source", "别处", "-c", county.folder)
    assert (code, "source_unknown" in said) == (2, True)
    assert not county.prefect_home.exists()


def test_a_folder_that_is_not_there_is_said_in_words(run, tmp_path):
    target = tmp_path / "nodir" / "f.csv"
    code, said = run("extract", "--text", "全镇总人口11876人。", "--facts", target)
    assert (code, "no_such_path" in said, str(target) in said, "Traceback" in said) == (3, True, True, False)


@pytest.mark.parametrize("name", ["past.xlsx", "past.parquet", "past.csv"])
def test_a_broken_history_is_named(run, tmp_path, name):
    past, report = tmp_path / name, tmp_path / "青山镇2023年工作总结.txt"
    past.write_bytes(b"PK\x03\x04 nothing")
    report.write_text("全镇总人口11876人。", encoding="utf-8")
    code, said = run("check", report, "--history", past)
    assert (code, "history_unreadable" in said, "Traceback" in said) == (3, True, False)


def test_a_restore_over_a_file_is_refused(run, tmp_path):
    taken = tmp_path / "taken"
    taken.write_text("mine", encoding="utf-8")
    code, said = run("restore", tmp_path / "b.tar", taken)
    assert (code, "exists" in said, "Traceback" in said) == (3, True, False)
    assert taken.read_text(encoding="utf-8") == "mine"


def test_what_nobody_expected_is_a_failure_with_its_traceback(run, monkeypatch):
    def broken():
        raise RuntimeError("a bug")

    monkeypatch.setattr(main, "app", broken)
    code, said = run("status")
    assert (code, "a bug" in said) == (3, True)


def test_a_series_of_backups_makes_its_folder_and_keeps_to_its_number(run, county, tmp_path):
    """The first run wrote a file called like the folder, the second failed on it."""
    folder = tmp_path / "备份"
    words = ("backup", folder, "--keep", "2", "-c", county.folder)
    assert run(*words)[0] == 0
    (first,) = folder.iterdir()
    for day in ("20000101", "20000102"):
        first.with_name(f"{county.name}-{day}-021000.tar").write_bytes(first.read_bytes())
    first.unlink()
    assert run(*words)[0] == 0
    assert min(folder.iterdir()).name.startswith(f"{county.name}-20000102")
    assert len(list(folder.iterdir())) == 2
    code, said = run("backup", tmp_path / "one.tar", "--keep", "2", "-c", county.folder)
    assert (code, "--keep" in said) == (2, True)
