"""How well messages were put into tickets: whole tickets, and pairs that are together rightly and wrongly."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Score:
    """Sums over one or more inboxes."""

    tickets: int = 0
    whole: int = 0
    right: int = 0
    made: int = 0
    wanted: int = 0

    def __add__(self, other: Score) -> Score:
        return Score(
            self.tickets + other.tickets,
            self.whole + other.whole,
            self.right + other.right,
            self.made + other.made,
            self.wanted + other.wanted,
        )

    @property
    def precision(self) -> float:
        return self.right / self.made if self.made else 1.0

    @property
    def recall(self) -> float:
        return self.right / self.wanted if self.wanted else 1.0


def score(wanted: Sequence[Hashable], got: Sequence[Hashable]) -> Score:
    """Compare two groupings of the same messages, of one inbox."""
    gold, made, both = Counter(wanted), Counter(got), Counter(zip(wanted, got, strict=True))
    whole = sum(count == gold[group] == made[ticket] for (group, ticket), count in both.items())
    return Score(len(gold), whole, _pairs(both), _pairs(made), _pairs(gold))


def _pairs(groups: Counter[Hashable]) -> int:
    return sum(count * (count - 1) // 2 for count in groups.values())
