"""How much the tickets of late differ from those of long: the first sign that a model has grown old, or that much is amiss."""

from collections import defaultdict

# Tickets until one counts half: a busy day against a few weeks of a mid-sized support desk.
LATELY, LONG = 200, 5_000
# Fewer tell nothing.
LEAST = 50


class Drift:
    """The shares of labels, decaying: late ones count more."""

    def __init__(self) -> None:
        self._lately: defaultdict[str, defaultdict[str, float]] = defaultdict(lambda: defaultdict(float))
        self._long: defaultdict[str, defaultdict[str, float]] = defaultdict(lambda: defaultdict(float))
        self._seen: defaultdict[str, int] = defaultdict(int)
        self._unknown: float | None = None

    def seen(self, head: str, label: str) -> float:
        """Adds a label; the drift of its head since the worker's start: 0 as ever, 1 all labels changed.

        The total variation distance of the two distributions: the share of tickets that would need another label.
        """
        self._seen[head] += 1
        lately = _added(self._lately[head], label, LATELY)
        long = _added(self._long[head], label, LONG)
        if self._seen[head] < LEAST:
            return 0.0
        return sum(abs(lately[name] - long[name]) for name in long) / 2

    def unknown(self, share: float) -> float:
        """Adds the share of a ticket's words that the model does not know; their mean of late."""
        fade = 0.5 ** (1 / LATELY)
        self._unknown = share if self._unknown is None else self._unknown * fade + share * (1 - fade)
        return self._unknown


def _added(counts: defaultdict[str, float], label: str, half_life: int) -> dict[str, float]:
    fade = 0.5 ** (1 / half_life)
    for name in counts:
        counts[name] *= fade
    counts[label] += 1
    total = sum(counts.values())
    return {name: count / total for name, count in counts.items()}
