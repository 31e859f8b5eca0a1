"""A reliability curve as a small self-contained SVG: how often the system is right where it says it is sure."""

import math
from collections.abc import Iterator, Mapping
from typing import Any
from xml.sax.saxutils import escape

# The drawing's own units; text of 14 to 17 units is readable at 480 px of width.
WIDTH, HEIGHT = 480, 506
LEFT, TOP, SIDE = 76, 60, 370
# The largest and the smallest radius of a point; its area grows with its share of the tickets.
LARGEST, SMALLEST = 18.0, 4.0
# Custom properties would be shorter, but not every viewer of SVG knows them.
_STYLE = """
.reliability{font-family:system-ui,"Noto Sans","Noto Sans CJK SC",sans-serif;font-size:14px}
.reliability .ground{fill:#ffffff}.reliability text{fill:#1f2328}.reliability .soft{fill:#59636e}
.reliability .grid{stroke:#d8dee4;fill:none}.reliability .axis{stroke:#59636e;fill:none}
.reliability .even{stroke:#59636e;stroke-dasharray:5 5;fill:none}.reliability .gap{stroke:#0969da;stroke-width:2}
.reliability .point{fill:#0969da;fill-opacity:.55;stroke:#0969da}.reliability .title{font-size:17px;font-weight:600}
@media (prefers-color-scheme:dark){
.reliability .ground{fill:#0d1117}.reliability text{fill:#f0f6fc}.reliability .soft{fill:#9198a1}
.reliability .grid{stroke:#30363d}.reliability .axis,.reliability .even{stroke:#9198a1}
.reliability .gap,.reliability .point{stroke:#58a6ff}.reliability .point{fill:#58a6ff}}
""".replace("\n", "")


def reliability_svg(curve: Mapping[str, Any], *, title: str) -> str:
    """The curve {ece, count, bins}, as ``evaluate_predictions`` gives it for a head, drawn in light and dark.

    Each point is a bin of confidence: its area tells how many tickets it holds, the line to the diagonal how far
    confidence and accuracy lie apart. Points under the diagonal are overconfident. A curve without bins is empty axes.
    """
    told = "-" if curve["ece"] is None else f"{curve['ece']:.3f}"
    summary = f"ECE {told}, {curve['count']:,} tickets"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="reliability" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" '
        f'height="{HEIGHT}" role="img">',
        f"<title>{escape(title)}: {summary}</title>",
        f"<style>{_STYLE}</style>",
        f'<rect class="ground" width="{WIDTH}" height="{HEIGHT}"/>',
        f'<text class="title" x="{LEFT}" y="26">{escape(title)}</text>',
        f'<text class="soft" x="{LEFT}" y="46">{summary}</text>',
        *_axes(),
        *_points(curve),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _axes() -> Iterator[str]:
    end, bottom = LEFT + SIDE, TOP + SIDE
    for tenths in range(0, 11, 2):
        x, y = _place(tenths / 10, tenths / 10)
        yield f'<path class="grid" d="M{x} {TOP}V{bottom}M{LEFT} {y}H{end}"/>'
        yield f'<text class="soft" x="{x}" y="{bottom + 20}" text-anchor="middle">{tenths / 10:.1f}</text>'
        yield f'<text class="soft" x="{LEFT - 8}" y="{y + 5}" text-anchor="end">{tenths / 10:.1f}</text>'
    yield f'<path class="axis" d="M{LEFT} {TOP}V{bottom}H{end}"/>'
    yield f'<path class="even" d="M{LEFT} {bottom}L{end} {TOP}"/>'
    middle = TOP + SIDE // 2
    yield f'<text x="{LEFT + SIDE // 2}" y="{bottom + 40}" text-anchor="middle">confidence of the label</text>'
    yield f'<text class="soft" x="{LEFT - 8}" y="{bottom + 64}" text-anchor="end">tickets</text>'
    yield f'<text transform="translate(22 {middle}) rotate(-90)" text-anchor="middle">share that is right</text>'


def _points(curve: Mapping[str, Any]) -> Iterator[str]:
    most = max((one["count"] for one in curve["bins"]), default=1)
    for one in curve["bins"]:
        x, y = _place(one["confidence"], one["accuracy"])
        even = _place(one["confidence"], one["confidence"])[1]
        radius = round(max(LARGEST * math.sqrt(one["count"] / most), SMALLEST), 1)
        told = f"{one['confidence']:.2f} sure, {one['accuracy']:.2f} right, {one['count']:,} tickets"
        yield f'<path class="gap" d="M{x} {even}V{y}"/>'
        yield f'<circle class="point" cx="{x}" cy="{y}" r="{radius}"><title>{told}</title></circle>'
        # In a row of their own: beside the points, numbers ran into the next point.
        middle = _place((one["low"] + one["high"]) / 2, 0)[0]
        yield f'<text class="soft" x="{middle}" y="{TOP + SIDE + 64}" text-anchor="middle">{_short(one["count"])}</text>'


def _short(count: int) -> str:
    """A count that fits a tenth of the axis: 728, 3.7k, 42k."""
    if count < 1000:
        return str(count)
    return f"{count / 1000:.1f}k" if count < 9950 else f"{count / 1000:.0f}k"


def _place(right: float, up: float) -> tuple[float, float]:
    return round(LEFT + SIDE * right, 1), round(TOP + SIDE * (1 - up), 1)
