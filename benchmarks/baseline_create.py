"""A create call without a server around it: parse with lxml, a dict per record, an answer out of strings. No checks."""

from lxml import etree

RECORD = "{urn:partner.soap.sforce.com}sObjects"


def answer(content: bytes) -> bytes:
    """Read the records of a create call and answer as if each had been saved."""
    records = [
        {member.tag.rpartition("}")[2]: member.text for member in record}
        for record in etree.fromstring(content).iter(RECORD)
    ]
    results = [f"<result><id>{record['Name']}</id><success>true</success></result>" for record in records]
    return f"<createResponse>{''.join(results)}</createResponse>".encode()
