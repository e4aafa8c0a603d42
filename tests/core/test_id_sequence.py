"""The sequence of ids."""

from mockorg_server.core.id_sequence import IdSequence


def test_each_prefix_counts_for_itself() -> None:
    ids = IdSequence()
    assert [ids.next_id("001"), ids.next_id("003"), ids.next_id("001")] == [
        "001000000000001AAA",
        "003000000000001AAA",
        "001000000000002AAA",
    ]


def test_an_id_that_was_brought_along_is_never_given_out() -> None:
    ids = IdSequence()
    ids.skip_past("001000000000005AAA")
    assert ids.next_id("001") == "001000000000006AAA"
    ids.skip_past("0012x000007RqnHAAS")
    assert ids.next_id("001") == "001000000000007AAA"
