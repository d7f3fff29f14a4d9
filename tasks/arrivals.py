"""From what a source holds to what can be read: containers opened, and what in them is a submission of its own.

An archive or mail with one report, or with one report and its annexed tables, is one submission; an archive with the
reports of several townships is several. Stands between the stages (fetch stores, parse tells the kinds, identify reads
names) and the Prefect tasks.
"""

import hashlib
import json
import os
import re
from collections.abc import Sequence
from dataclasses import replace

from tasks import fetch, identify, parse, plan
from tasks.domain.county import County
from tasks.domain.documents import Document
from tasks.domain.errors import Place, SourceMalformed, Text
from tasks.domain.limits import ParseLimits
from tasks.domain.submissions import SourceFile, StoredFile
from tasks.fetch.containers import Budget, Member, archive_members, mail_members
from tasks.parse import FileKind
from tasks.parse.joining import joined
from tasks.parse.page_picture import PagePicture
from tasks.parse.workers import WorkerPool

__all__ = ["PASSWORDS", "draw_pages", "expand", "file_passwords", "may_be_container", "open_container", "read_document"]

PASSWORDS = "XIANBAO_FILE_PASSWORDS"

_VERSION = 3  # of the way containers are opened; another one opens them again
# Documents are zip archives too, and begin with one of these members; opening each to see would cost time on every run.
_DOCUMENT_BEGINS = (b"[Content_Types].xml", b"_rels/.rels", b"docProps/", b"mimetype", b"OFD.xml")
_RECORD = "members.json"
_BEGIN = 256  # bytes that tell a container from what is none
_LOCAL_HEADER = 30  # bytes before the name of a zip's first member (APPNOTE 4.3.7)
_MAIL_BEGINS = re.compile(rb"(?:\xef\xbb\xbf)?[A-Za-z][A-Za-z0-9-]{1,40}:[ \t]")


_TABLES = {kind.value for kind in (FileKind.XLSX, FileKind.XLS, FileKind.ODS)} | {"text/csv"}
_IMAGES = {FileKind.IMAGE.value}


def file_passwords() -> tuple[str, ...]:
    """Return the passwords that the operator has put into the environment, one a line; they are kept nowhere."""
    return tuple(line for line in os.environ.get(PASSWORDS, "").splitlines() if line.strip())


def expand(stored: StoredFile, county: County, pool: WorkerPool, passwords: Sequence[str]) -> tuple[StoredFile, ...]:
    """Return the submissions in `stored`: the files of a container that is several, else `stored` itself.

    Every member is stored under its own sha256 and has an address that shows its container (`….zip!/附件/表.xlsx`). It
    inherits the container's time of arrival and what the register says of it. A container that cannot be opened
    comes back itself, with the reason in `refused`; so does every member that is refused.

    Raises:
        WarehouseError: a member cannot be stored.
    """
    if stored.refused is not None:
        return (stored,)
    if not may_be_container(fetch.raw_head(county.raw, stored.sha256, _BEGIN)):
        return (stored,)
    # Beside the raw bytes: what is known of a container, so that an unchanged one is not opened in every run.
    known = None if stored.is_new else _read_record(stored.sha256, county)
    if known is not None:
        if not known:
            return (stored,)
        return tuple(_member(stored, path, sha256, size, is_new=False) for path, sha256, size in known)
    data = fetch.read_raw(county.raw, stored.sha256)
    try:
        members = pool.run(stored.file_name, open_container, data, stored.file_name, county.limits, tuple(passwords))
    except SourceMalformed as error:
        return (replace(stored, refused=error),)
    if not members or _is_one_submission(members, stored, county):
        _write_record(stored.sha256, county, [])
        return (stored,)
    files = []
    for member in members:
        if member.refused is not None:
            sha256 = hashlib.sha256(f"{stored.sha256}!{member.path}".encode()).hexdigest()
            files.append(replace(_member(stored, member.path, sha256, 0, is_new=True), refused=member.refused))
        else:
            sha256, is_new = fetch.store_bytes(member.data, member.path, county)
            files.append(_member(stored, member.path, sha256, len(member.data), is_new=is_new))
    if not any(one.refused for one in files):
        _write_record(
            stored.sha256,
            county,
            [
                (path, one.sha256, one.source_file.size)
                for path, one in zip((m.path for m in members), files, strict=True)
            ],
        )
    return tuple(files)


def _is_one_submission(members: Sequence[Member], container: StoredFile, county: County) -> bool:
    """Return whether all `members` together are one report: names of one unit and period, at most one of them text.

    With two texts and no names nothing says that they belong together; then each stands for itself. An annex that
    stood for itself would take the place of the report it belongs to, as its newest version.
    """
    if len(members) == 1 or any(one.refused for one in members):
        return False
    texts = [one for one in members if one.media_type not in _TABLES | _IMAGES]
    guesses = [identify.guess_identity(_member(container, one.path, "", 0, is_new=True).source_file, county)
               for one in members]  # fmt: skip
    # A township that units.csv does not have (yet) is another one all the same.
    units = {guess.unit_code or identify.unknown_township(one.path, county.gazetteer)
             for guess, one in zip(guesses, members, strict=True)}  # fmt: skip
    periods = {one.period for one in guesses}
    if len(units - {""}) > 1 or len(periods - {""}) > 1:
        return False
    return len(texts) == 1 or (len(texts) > 1 and "" not in units | periods)


def read_document(data: bytes, file_name: str, limits: ParseLimits, passwords: tuple[str, ...]) -> Document:
    """Return the Document of a stored file; of a container that is one submission, its texts and then its tables.

    Pictures beside a text (photographs of the meeting, the seal) are not read. Runs in a worker.

    Raises:
        SourceMalformed: what `parse_report` raises, naming the member it is about.
    """
    chosen = _read_members(data, file_name, limits, passwords)
    if not chosen:
        return parse.parse_report(data, file_name, limits, passwords)
    return joined([(one.path, parse.parse_report(one.data, one.path, limits, passwords)) for one in chosen])


def draw_pages(
    data: bytes, file_name: str, numbers: Sequence[int], limits: ParseLimits, passwords: tuple[str, ...]
) -> tuple[PagePicture, ...]:
    """Return the pages `numbers` of a stored file as pictures; none where it has no pages. Runs in a worker.

    Of a container that is one submission, the pages of its one file that has pages: where two have, a page number
    alone does not say which file it is of, and nothing is drawn.

    Raises:
        SourceMalformed: the file cannot be opened.
    """
    from tasks.parse import page_images  # loads every reader of pages, which only workers need

    chosen = _read_members(data, file_name, limits, passwords)
    if not chosen:
        return page_images.draw_pages(data, file_name, numbers, limits, passwords)
    drawn = [page_images.draw_pages(one.data, one.path, numbers, limits, passwords) for one in chosen]
    with_pages = [one for one in drawn if one]
    return with_pages[0] if len(with_pages) == 1 else ()


def _read_members(data: bytes, file_name: str, limits: ParseLimits, passwords: tuple[str, ...]) -> Sequence[Member]:
    """Return the members of a container that are read, in their order; none where `data` is no container."""
    members = open_container(data, file_name, limits, passwords) if may_be_container(data) else ()
    for one in members:
        if one.refused is not None:
            raise one.refused
    texts = [one for one in members if one.media_type not in _TABLES | _IMAGES]
    tables = [one for one in members if one.media_type in _TABLES]
    return [*texts, *tables] or members


def open_container(data: bytes, file_name: str, limits: ParseLimits, passwords: tuple[str, ...]) -> tuple[Member, ...]:
    """Return every file in an archive or mail, those of inner containers too (`内.zip!/表.xlsx`); runs in a worker.

    A document, or a mail without attachments, is no container: nothing is returned. A container in one of its members
    that cannot be opened is a refused member; the outermost one's failure is raised.

    Raises:
        SourceMalformed: see `tasks.fetch.containers`.
    """
    members = _opened(data, file_name, Budget(limits, file_name), limits, passwords, depth=1)
    return tuple(replace(one, media_type=_media_type(one, limits)) for one in members)


def _media_type(member: Member, limits: ParseLimits) -> str:
    if member.path.lower().endswith(".csv"):
        return "text/csv"
    try:
        return parse.recognise(member.data, member.path, limits).value if member.refused is None else ""
    except SourceMalformed:
        return ""  # its reader says what is wrong with it


def _opened(
    data: bytes, file_name: str, budget: Budget, limits: ParseLimits, passwords: tuple[str, ...], depth: int
) -> list[Member]:
    kind = parse.recognise(data, file_name, limits) if may_be_container(data) else None
    if kind is parse.FileKind.ARCHIVE:
        members = archive_members(data, file_name, budget, passwords)
    elif kind is parse.FileKind.MAIL:
        members = mail_members(data, file_name, budget)
    else:
        return []
    files: list[Member] = []
    for member in members:
        if member.refused is not None or not may_be_container(member.data):
            files.append(member)
        elif depth >= limits.nesting and _is_container(member, limits):
            files.append(replace(member, data=b"", refused=_too_deep(member.path, limits)))
        else:
            files += _inner(member, budget, limits, passwords, depth)
    return files


def _inner(member: Member, budget: Budget, limits: ParseLimits, passwords: tuple[str, ...], depth: int) -> list[Member]:
    """Return the files in `member` when it is a container itself, else `member`."""
    name = member.path.rsplit("/", 1)[-1]
    try:
        inside = _opened(member.data, name, budget, limits, passwords, depth + 1)
    except SourceMalformed as error:
        if error.code in {"unpacked_too_large", "too_many_members"}:
            raise  # the outermost file is at fault: it holds all of it
        return [replace(member, data=b"", refused=error)] if _is_archive(error) else [member]
    return [replace(one, path=f"{member.path}!/{one.path}") for one in inside] or [member]


def _is_container(member: Member, limits: ParseLimits) -> bool:
    try:
        return parse.recognise(member.data, member.path, limits) in {parse.FileKind.ARCHIVE, parse.FileKind.MAIL}
    except SourceMalformed:
        return False  # a damaged file: its reader says so


def _is_archive(error: SourceMalformed) -> bool:
    return error.code in {"password_protected", "rar_missing"}


def may_be_container(data: bytes) -> bool:
    """Return whether the first bytes are those of an archive that is no document, or of a mail."""
    if data.startswith(b"PK"):
        return not data[_LOCAL_HEADER : _LOCAL_HEADER + 40].startswith(_DOCUMENT_BEGINS)
    return data.startswith((b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07")) or _MAIL_BEGINS.match(data) is not None


def _too_deep(path: str, limits: ParseLimits) -> SourceMalformed:
    return SourceMalformed(
        "too_deep",
        Place(path),
        Text(f"压缩包层层嵌套超过 {limits.nesting} 层", f"archives nest more than {limits.nesting} deep"),
        Text("请乡镇直接报送其中的文件", "ask the township to send the files themselves"),
    )


def _member(container: StoredFile, path: str, sha256: str, size: int, *, is_new: bool) -> StoredFile:
    outer = container.source_file
    inside: SourceFile = replace(outer, uri=f"{outer.uri}!/{path}", path=f"{outer.path}/{path}", size=size)
    return StoredFile(inside, sha256, is_new, container=container.sha256)


def _read_record(container: str, county: County) -> list[tuple[str, str, int]] | None:
    """Return the members noted of a container (none: it is one submission); None when the note does not hold any more.

    It does not when it is not there, of another version, a member is gone from the raw store, or the units or periods
    have changed since: they decide whether the members are one submission.
    """
    try:
        content = json.loads(fetch.read_note(county.raw, container, _RECORD) or b"")
    except ValueError:
        return None  # opened again
    if content.get("version") != _VERSION or content.get("identity") != plan.identity_version(county):
        return None
    members = [(str(path), str(sha256), int(size)) for path, sha256, size in content["members"]]
    return members if all(fetch.has_raw(county.raw, sha256) for _, sha256, _ in members) else None


def _write_record(container: str, county: County, members: list[tuple[str, str, int]]) -> None:
    noted = {"version": _VERSION, "identity": plan.identity_version(county), "members": members}
    content = json.dumps(noted, ensure_ascii=False)
    fetch.write_note(county.raw, container, _RECORD, content.encode())
