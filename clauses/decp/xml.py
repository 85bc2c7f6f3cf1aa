"""The XML of both formats: `<marches>` holding `<marche>` and `<contrat-concession>`."""

import io
import re
from collections.abc import Iterator
from html.entities import html5
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from clauses.decp.notice import DecpFileError, DecpNotice, Refusal
from clauses.decp.rows import read_row

_MAX_DEPTH = 32
_UNDEFINED_ENTITY = 11
_INVALID_TOKEN = 4
_OWN_ENTITIES = {"amp", "lt", "gt", "quot", "apos"}
_ENTITY = re.compile(rb"&([A-Za-z][A-Za-z0-9]{1,31});")
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")


def read_rows(content: bytes) -> Iterator[DecpNotice | Refusal]:
    """May raise ParseError or DecpFileError after some rows: use nothing before the end."""
    try:
        yield from _parsed(content)
    except DefusedXmlException:
        raise DecpFileError("Le fichier XML déclare un type de document ou des entités\u202f: il est refusé.") from None
    except (LookupError, ValueError):
        raise DecpFileError("Le fichier XML annonce un codage de caractères inconnu.") from None


def mended(content: bytes, error: ParseError) -> tuple[bytes, str] | None:
    """Two faults of sound files, mended in their encoding only: HTML entity names, bytes that are not UTF-8."""
    if error.code == _UNDEFINED_ENTITY:
        return _ENTITY.sub(_numbered, content), "Des entités HTML ont été décodées."
    if error.code == _INVALID_TOKEN and not _is_utf8(content):
        text = _DECLARATION.sub("", content.decode("cp1252", errors="replace"))
        return text.encode(), "Le fichier n'est pas en UTF-8\u202f: il a été lu en Windows-1252."
    return None


def _parsed(content: bytes) -> Iterator[DecpNotice | Refusal]:
    depth = index = 0
    root: Element | None = None
    for event, element in iterparse(io.BytesIO(content), events=("start", "end"), forbid_dtd=True):
        if event == "start":
            depth += 1
            if depth > _MAX_DEPTH:
                raise DecpFileError("Le fichier est trop imbriqué pour être une publication DECP.")
            if root is None:
                root = element
                if _name(root) != "marches":
                    raise DecpFileError("Le fichier XML ne commence pas par une balise «\u202fmarches\u202f».")
            continue
        depth -= 1
        if depth == 1 and root is not None:
            index += 1
            yield read_row(index, _content(element), concession=_name(element) == "contrat-concession")
            root.clear()


def _content(element: Element) -> Any:
    """The element as JSON would give it: text, or a mapping in which a repeated name becomes a list."""
    if len(element) == 0:
        return element.text or ""
    fields: dict[str, Any] = {}
    for child in element:
        name, value = _name(child), _content(child)
        if name not in fields:
            fields[name] = value
        elif isinstance(fields[name], list):
            fields[name].append(value)
        else:
            fields[name] = [fields[name], value]
    return fields


def _name(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _numbered(match: re.Match[bytes]) -> bytes:
    name = match[1].decode()
    characters = html5.get(name + ";", "")
    if name in _OWN_ENTITIES or not characters:
        return match[0]
    return "".join(f"&#{ord(character)};" for character in characters).encode()


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True
