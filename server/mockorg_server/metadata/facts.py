"""One element of a metadata file as its members by name: a thin face of lxml, with the file and line for messages.

Hostile files are refused by the parser's settings: no entities, no network, no huge trees.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from lxml import etree

from mockorg_server.metadata.note import SchemaSourceError

NAMESPACE: Final = "http://soap.sforce.com/2006/04/metadata"
_CUT: Final = len(NAMESPACE) + 2


class Facts:
    """An element of a metadata file: texts, flags, numbers and nested elements by the names of the Metadata API."""

    __slots__ = ("_element", "_members", "path")

    def __init__(self, element: Any, path: Path) -> None:  # an lxml element
        self.path = path
        self._element = element
        members: dict[str, list[Any]] = {}
        for child in element:
            tag = child.tag
            if type(tag) is str:  # comments have none
                members.setdefault(tag[_CUT:] if tag.startswith("{" + NAMESPACE) else tag, []).append(child)
        self._members = members

    @property
    def line(self) -> int | None:
        """The line of the element in its file."""
        line: int | None = self._element.sourceline
        return line

    def names(self) -> Iterable[str]:
        """Give the names of the members, each once, in the order of the file."""
        return self._members

    def text(self, name: str) -> str | None:
        """Give the text of a member, None when it is absent or empty."""
        found = self._members.get(name)
        if found is None:
            return None
        text: str | None = found[0].text
        return text.strip() or None if text else None

    def required(self, name: str) -> str:
        """Give the text of a member. Raises SchemaSourceError when there is none."""
        text = self.text(name)
        if text is None:
            raise self.error(f"<{name}> is missing")
        return text

    def flag(self, name: str, default: bool = False) -> bool:
        """Give a truth value. Raises SchemaSourceError for any other text."""
        text = self.text(name)
        if text is None:
            return default
        if text not in {"true", "false"}:
            raise self.error(f"<{name}> must be true or false, not {text!r}", name)
        return text == "true"

    def number(self, name: str, default: int = 0) -> int:
        """Give a whole number. Raises SchemaSourceError for any other text."""
        text = self.text(name)
        if text is None:
            return default
        if not (text.isascii() and text.isdigit() and len(text) < 10):
            raise self.error(f"<{name}> must be a whole number, not {text!r}", name)
        return int(text)

    def all(self, name: str) -> list[Facts]:
        """Give every member of that name as facts of its own."""
        return [Facts(element, self.path) for element in self._members.get(name, ())]

    def one(self, name: str) -> Facts | None:
        """Give the first member of that name, or None."""
        found = self._members.get(name)
        return Facts(found[0], self.path) if found else None

    def texts(self, name: str) -> tuple[str, ...]:
        """Give the texts of every member of that name."""
        return tuple((element.text or "").strip() for element in self._members.get(name, ()))

    def attribute(self, name: str) -> str | None:
        """Give an XML attribute of the element itself, by its name in Clark notation."""
        value: str | None = self._element.get(name)
        return value

    @property
    def own_text(self) -> str:
        """The text of the element itself."""
        return (self._element.text or "").strip()

    def error(self, message: str, name: str | None = None) -> SchemaSourceError:
        """Make the error that says what is wrong here, or with a member."""
        found = self._members.get(name, ()) if name else ()
        return SchemaSourceError(self.path, found[0].sourceline if found else self.line, message)


_PARSER_OPTIONS: Final[dict[str, Any]] = {
    "resolve_entities": False, "no_network": True, "remove_comments": True, "remove_pis": True,
}  # fmt: skip


class FactsReader:
    """Reads files with one parser, which is what costs most of all in reading many small ones. For one thread."""

    def __init__(self) -> None:
        self._parser = etree.XMLParser(**_PARSER_OPTIONS)

    def read(self, path: Path, root: str) -> Facts:
        """Read a file whose root element must be ``root``. Raises SchemaSourceError."""
        try:
            with open(path, "rb") as file:
                element = etree.fromstring(file.read(), self._parser)
        except etree.XMLSyntaxError as error:
            raise SchemaSourceError(path, error.lineno or None, f"no XML: {error.msg}") from None
        except OSError as error:
            raise SchemaSourceError(path, None, error.strerror or str(error)) from None
        document: Any = element.getroottree().docinfo
        if document.doctype:
            raise SchemaSourceError(path, None, "a document type is not allowed")
        if etree.QName(element).localname != root:
            raise Facts(element, path).error(f"<{root}> expected, found <{element.tag}>")
        return Facts(element, path)
