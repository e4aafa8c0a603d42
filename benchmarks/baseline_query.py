"""A page of a query without a server around it: rows that are in memory already, as elements of lxml."""

from collections.abc import Iterable, Sequence

from lxml import etree


def render(names: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """Give a document with one element per row and one per value."""
    result = etree.Element("result")
    for row in rows:
        record = etree.SubElement(result, "records")
        for name, value in zip(names, row, strict=True):
            etree.SubElement(record, name).text = str(value)
    return etree.tostring(result)
