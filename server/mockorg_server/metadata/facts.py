"""One element of a metadata file as its members by name, with the file and line of each for messages.

Hostile files are refused by the parser's settings: no entities, no network, no huge trees. What lxml gives is turned
into plain values at once: thousands of its elements, kept, would cost more than all the rest of the reading.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from lxml import etree

from mockorg_server.metadata.namespace_token import without_tokens
from mockorg_server.metadata.note import SchemaSourceError

NAMESPACE: Final = "http://soap.sforce.com/2006/04/metadata"
_PREFIX: Final = "{" + NAMESPACE + "}"
_CUT: Final = len(_PREFIX)
_NIL: Final = "{http://www.w3.org/2001/XMLSchema-instance}nil"


class Facts:
    """An element of a metadata file: texts, flags, numbers and nested elements by the names of the Metadata API.

    ``own_text`` is the text of the element itself, ``line`` where it stands. A member is kept as its text when it holds
    no other elements, else as facts; several of one name as a list of such.
    """

    __slots__ = ("_members", "is_nil", "line", "own_text", "path")

    def __init__(self, members: dict[str, Any], path: str, line: int, own_text: str, is_nil: bool = False) -> None:
        self._members = members
        self.path = path
        self.line = line
        self.own_text = own_text
        self.is_nil = is_nil

    def names(self) -> Iterable[str]:
        """Give the names of the members, each once, in the order of the file."""
        return self._members

    def has(self, name: str) -> bool:
        """Tell whether there is a member of that name."""
        return name in self._members

    def text(self, name: str) -> str | None:
        """Give the text of a member, None when it is absent or empty."""
        found = self._members.get(name)
        if found is None:
            return None
        if type(found) is list:
            found = found[0]
        text: str = found if type(found) is str else found.own_text
        return text or None

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
        path, line = self.path, self.line
        return [each if type(each) is Facts else Facts({}, path, line, each) for each in self._entries(name)]

    def one(self, name: str) -> Facts | None:
        """Give the first member of that name, or None."""
        return next(iter(self.all(name)), None) if name in self._members else None

    def texts(self, name: str) -> tuple[str, ...]:
        """Give the texts of every member of that name."""
        return tuple(each.own_text if type(each) is Facts else each for each in self._entries(name))

    def error(self, message: str, name: str | None = None) -> SchemaSourceError:
        """Make the error that says what is wrong here, or with a member."""
        line = self.line if name is None else _line_of(self.path, self.line, name)
        return SchemaSourceError(self.path, line, message)

    def _entries(self, name: str) -> Iterator[Any]:
        found = self._members.get(name)
        if found is None:
            return iter(())
        return iter(found) if type(found) is list else iter((found,))


def _line_of(path: str, line: int, name: str) -> int:
    """Give the line of a member of the element that begins at a line: looked up when there is an error to tell."""
    elements: Any = etree.parse(path, etree.XMLParser(**_PARSER_OPTIONS)).iter()
    lines = (
        child.sourceline
        for parent in elements
        if parent.sourceline == line
        for child in parent
        if etree.QName(child).localname == name
    )
    return next(lines, line)


def _facts_of(element: Any, path: str, has_nil: bool) -> Facts:  # an lxml element
    """Turn an element and what is in it into facts. ``has_nil`` tells whether members may be nil: few files do."""
    members: dict[str, Any] = {}
    for child in element:
        tag = child.tag
        if tag.startswith(_PREFIX):
            tag = tag[_CUT:]
        entry: Any
        if len(child) or (has_nil and child.get(_NIL)):
            entry = _facts_of(child, path, has_nil)
        else:
            text = child.text
            entry = without_tokens(text.strip()) if text else ""
        if tag not in members:
            members[tag] = entry
        elif type(members[tag]) is list:
            members[tag].append(entry)
        else:
            members[tag] = [members[tag], entry]
    is_nil = has_nil and element.get(_NIL) == "true"
    return Facts(members, path, element.sourceline, (element.text or "").strip(), is_nil)


_PARSER_OPTIONS: Final[dict[str, Any]] = {
    "resolve_entities": False, "no_network": True, "remove_comments": True, "remove_pis": True,
}  # fmt: skip
_WITH_NIL: Final = "CustomMetadata"
"""The root element of the files whose members may be nil."""


class FactsReader:
    """Reads files with one parser, which is what costs most of all in reading many small ones. For one thread."""

    def __init__(self) -> None:
        self._parser = etree.XMLParser(**_PARSER_OPTIONS)

    def read(self, path: str, root: str) -> Facts:
        """Read a file whose root element must be ``root``. Raises SchemaSourceError."""
        try:
            tree: Any = etree.parse(path, self._parser)
        except etree.XMLSyntaxError as error:
            raise SchemaSourceError(path, error.lineno or None, f"no XML: {error.msg}") from None
        except OSError as error:
            raise SchemaSourceError(path, None, error.strerror or str(error)) from None
        if tree.docinfo.doctype:
            raise SchemaSourceError(path, None, "a document type is not allowed")
        element = tree.getroot()
        facts = _facts_of(element, path, root == _WITH_NIL)
        if element.tag not in (root, _PREFIX + root):
            raise facts.error(f"<{root}> expected, found <{element.tag}>")
        return facts
