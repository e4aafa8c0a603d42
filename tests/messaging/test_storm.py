"""Random steps, requests, rules and sessions: at every instant the counts add up and the lists match them."""

from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.messaging.conftest import COUNTS, Desk

from mockorg_server.core.calls.operation import Delete

PARTS = ("Pending", "InProgress", "Success", "Failed")
ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("send"), st.integers(1, 14), st.sampled_from(["Any", "NonActive", "Closed"])),
        st.tuples(st.just("step"), st.integers(1, 3)),
        st.tuples(st.just("advance"), st.sampled_from([0.5, 1, 3, 3600, 48 * 3600])),
        st.tuples(st.just("session"), st.integers(0, 13), st.sampled_from(["Active", "Ended", "Waiting"])),
        st.tuples(st.just("fail"), st.integers(1, 4)),
        st.tuples(st.just("down"), st.sampled_from([1, 60])),
        st.tuples(st.just("delete"), st.integers(0, 13)),
        st.tuples(st.just("purge")),
        st.tuples(st.just("capacity"), st.sampled_from([None, 1, 4])),
    ),
    max_size=14,
)


def check(desk: Desk, totals: dict[str, int]) -> None:
    lists = [f"{part}MessageIdentifiers" for part in PARTS] + [
        "PendingMessagingEndUserIds",
        "InProgressMessagingEndUserIds",
    ]
    fields = ["Id", "RequestStatus", *COUNTS, *lists, "CompletedDate", "FailedMessageErrorReasons"]
    for row in desk.rows(f"SELECT {', '.join(fields)} FROM ConvMessageSendRequest"):
        record = dict(zip(fields, row, strict=True))
        counts = [record[name] for name in COUNTS]
        assert counts[0] == sum(counts[1:]) == totals[record["Id"]]
        entries = [len(record[name].split(",")) if record[name] else 0 for name in lists]
        assert entries == [*counts[1:], counts[1], counts[2]]
        identifiers = [each for name in lists[:4] for each in (record[name] or "").split(",") if each]
        assert len(set(identifiers)) == counts[0]
        assert counts[2] <= 5
        expected = "Completed" if counts[1] + counts[2] == 0 else "In Progress" if counts[2] else "Pending"
        assert record["RequestStatus"] == expected
        assert (record["CompletedDate"] is not None) == (expected == "Completed")
        assert bool(record["FailedMessageErrorReasons"]) == (counts[4] > 0)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ACTS)
def test_the_invariant_holds_at_every_instant(desk: Desk, acts: list[tuple]) -> None:
    desk.org.reset()
    people = desk.people(14, desk.channel())
    totals: dict[str, int] = {}
    for act, *values in acts:
        match act:
            case "send":
                totals[desk.request(people[: values[0]], allowedSessionStatus=values[1])] = values[0]
            case "step":
                desk.org.messaging.step(values[0])
            case "advance":
                desk.org.clock.advance(values[0])
            case "session":
                desk.session(people[values[0]], values[1])
            case "fail":
                desk.org.messaging.fail(every=values[0], reason=f"Every{values[0]}")
            case "down":
                desk.org.messaging.channel_down("WhatsApp", desk.org.clock.now() + timedelta(seconds=values[0]))
            case "delete":
                desk.run(Delete((people[values[0]],)))
            case "purge":
                desk.org.messaging.purge()
            case "capacity":
                desk.org.messaging.configure(channel_capacity=values[0])
        check(desk, totals)
    desk.org.clock.advance(200 * 3600)
    check(desk, totals)
