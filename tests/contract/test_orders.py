"""Order of arrival does not matter: every permutation of small conversations ends on one ticket, live and in history."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime

import pytest

from mailbridge.history import Found, import_messages
from tests.desks import Desk, mail

EMMA, LEO = "Emma Clark <emma{}@example.com>", "Leo Brandt <leo{}@example.net>"
NOW = datetime(2026, 11, 23, tzinfo=UTC)
GRAPHS = {
    # mail: (who wrote it, whom it answers, whom else its References name)
    "chain": {"a": (EMMA, "", ""), "b": (LEO, "a", "a"), "c": (EMMA, "b", "ab"), "d": (LEO, "c", "abc")},
    "chain by In-Reply-To alone": {"a": (EMMA, "", ""), "b": (LEO, "a", ""), "c": (EMMA, "b", ""), "d": (LEO, "c", "")},
    "fork": {"a": (EMMA, "", ""), "b": (LEO, "a", "a"), "c": (EMMA, "a", "a"), "d": (LEO, "c", "ac")},
    "two forks": {"a": (EMMA, "", ""), "b": (LEO, "a", ""), "c": (EMMA, "a", ""), "d": (EMMA, "b", "")},
    "missing parent": {"b": (LEO, "a", "a"), "c": (EMMA, "a", "a"), "d": (LEO, "b", "ab")},
    "missing in the middle": {"a": (EMMA, "", ""), "c": (EMMA, "b", "ab"), "d": (LEO, "b", "ab")},
}


def letter(graph: str, name: str, round_number: int, proof: str) -> str:
    """A mail of a conversation; every round has people and ids of its own."""
    sender, answers, refs = GRAPHS[graph][name]
    who, other = (one.format(round_number) for one in ((EMMA, LEO) if sender == EMMA else (LEO, EMMA)))
    domain = who.partition("@")[2].strip("<> ")
    head = {"authentication_results": f"mx.example.org; dmarc=pass header.from={domain}"} if proof == "proven" else {}
    head |= {"in_reply_to": f"<{answers}{round_number}@x>"} if answers else {}
    head |= {"references": " ".join(f"<{one}{round_number}@x>" for one in refs)} if refs else {}
    words = f"Words of {name} in round {round_number}, unlike all others."
    return mail(f"Matter {name}", words, who, message_id=f"<{name}{round_number}@x>", cc=other.partition("<")[2].strip(">"), **head)


def places(desk: Desk) -> dict[str, int]:
    return {one["message_id"]: one["ticket"] for one in desk.export("message") if one["direction"] == "inbound"}


@pytest.mark.parametrize("graph", GRAPHS)
def test_proven_people_end_on_one_ticket_whatever_comes_first(desk, graph):
    orders = list(itertools.permutations(GRAPHS[graph]))
    for names in zip(*orders, strict=True):  # the first mail of each order, then the second one …
        for number, name in enumerate(names):
            desk.put(letter(graph, name, number, "proven"), believed=True)
        desk.work()
    found = places(desk)
    for number, order in enumerate(orders):
        assert len({found[f"{name}{number}@x"] for name in order}) == 1, order
    assert len(set(found.values())) == len(orders), "and no two conversations on one"
    merged = [one for one in desk.export("ticket") if one["state"] == "merged"]
    told = [one for one in desk.export("event") if one["what"] == "merged"]
    assert len(merged) == len(told), "each by a merge on record"
    desk.audit()


@pytest.mark.parametrize("graph", ["chain by In-Reply-To alone", "missing in the middle"])
def test_one_batch_is_no_different_from_many(small_desk, graph):
    orders = list(itertools.permutations(GRAPHS[graph]))
    for number, order in enumerate(orders):
        for name in order:
            small_desk.put(letter(graph, name, number, "proven"), believed=True)
    small_desk.work()
    found = places(small_desk)
    for number, order in enumerate(orders):
        assert len({found[f"{name}{number}@x"] for name in order}) == 1, order
    small_desk.audit()


@pytest.mark.parametrize("graph", GRAPHS)
def test_history_ends_whole_whatever_stands_first_in_the_files(desk, graph):
    orders = list(itertools.permutations(GRAPHS[graph]))
    files = [
        Found(f"{number}{name}", letter(graph, name, number, "bare").encode()) for number, order in enumerate(orders) for name in order
    ]
    assert all(one.outcome in ("new", "appended") for one in import_messages(desk.app, files, None, lambda: NOW))
    found = places(desk)
    for number, order in enumerate(orders):
        assert len({found[f"{name}{number}@x"] for name in order}) == 1, order
    assert len(set(found.values())) == len(orders)
    assert not desk.sent
    desk.audit()


@pytest.mark.parametrize("graph", ["chain by In-Reply-To alone", "two forks"])
def test_one_persons_unproven_mails_end_on_one_ticket(small_desk, graph):
    """A bare sender joins by ids alone, and no address of his is known better."""
    orders = list(itertools.permutations(GRAPHS[graph]))
    for names in zip(*orders, strict=True):
        for number, name in enumerate(names):
            written = letter(graph, name, number, "bare").replace("Leo Brandt <leo", "Emma Clark <emma")
            small_desk.put(written.replace("example.net", "example.com"))
        small_desk.work()
    found = places(small_desk)
    for number, order in enumerate(orders):
        assert len({found[f"{name}{number}@x"] for name in order}) == 1, order
