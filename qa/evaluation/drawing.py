"""Curves as SVG, readable on light and dark pages: how sure is right, how soon it is found.

Knows numbers and names. A picture stands alone, with its own colours, or in a page whose style
sheet has rules for the same classes.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from math import ceil

COLOURS = ("one", "two", "three", "four", "five", "six")
STYLE = """
  text { font: 13px system-ui, 'Segoe UI', Helvetica, Arial, sans-serif; fill: #3b3a36 }
  .title { font-size: 15px; font-weight: 600; fill: #1d1c19 }
  .quiet { fill: #77746b }
  .page { fill: #fcfbf7; stroke: #dedbd0 }
  .grid { stroke: #e7e4da }
  .axis { stroke: #a5a297 }
  .curve { fill: none; stroke-width: 2.2; stroke-linejoin: round; stroke-linecap: round }
  .chance { fill: none; stroke-width: 1.2; stroke-dasharray: 4 4; opacity: .7 }
  .s-one { stroke: #1f6f8b } .f-one { fill: #1f6f8b }
  .s-two { stroke: #b4552d } .f-two { fill: #b4552d }
  .s-three { stroke: #6a5aa8 } .f-three { fill: #6a5aa8 }
  .s-four { stroke: #4d7a3a } .f-four { fill: #4d7a3a }
  .s-five { stroke: #a8417f } .f-five { fill: #a8417f }
  .s-six { stroke: #85701f } .f-six { fill: #85701f }
  @media (prefers-color-scheme: dark) {
    text { fill: #d6d2c4 } .title { fill: #f2eee2 } .quiet { fill: #9b978a }
    .page { fill: #1b1a17; stroke: #37352f } .grid { stroke: #2e2c27 } .axis { stroke: #6d6a60 }
    .s-one { stroke: #6fc3de } .f-one { fill: #6fc3de }
    .s-two { stroke: #ee9a6f } .f-two { fill: #ee9a6f }
    .s-three { stroke: #b3a4ef } .f-three { fill: #b3a4ef }
    .s-four { stroke: #9ccf86 } .f-four { fill: #9ccf86 }
    .s-five { stroke: #ec9bcb } .f-five { fill: #ec9bcb }
    .s-six { stroke: #d9c168 } .f-six { fill: #d9c168 }
  }
"""
_LEFT, _RIGHT, _BOTTOM = 58, 24, 52  # room beside the field
_HEAD, _LINE = 58, 19  # room above it, and for each curve's name

Curve = tuple[Sequence[float], Sequence[float]]  # coverages and risks, ascending in coverage


@dataclass(frozen=True, slots=True)
class Frame:
    """A picture's size in units, and whether it brings its own colours."""

    width: int = 640
    height: int = 430
    alone: bool = True


ALONE = Frame()


@dataclass(frozen=True, slots=True)
class _Field:
    """Where values lie: x from `low` to `high`, y from 0 to `top`."""

    frame: Frame
    curves: int
    low: float
    high: float
    top: float

    def x(self, value: float) -> float:
        share = (value - self.low) / ((self.high - self.low) or 1)  # one passage deep: no width
        return round(_LEFT + share * (self.frame.width - _LEFT - _RIGHT), 1)

    def y(self, value: float) -> float:
        above = _HEAD + _LINE * self.curves
        height = self.frame.height
        return round(height - _BOTTOM - value / self.top * (height - above - _BOTTOM), 1)


def risk_coverage_svg(curves: Mapping[str, Curve], mark: float, frame: Frame = ALONE) -> str:
    """Return the share of wrong answers by the share of the questions answered, surest first.

    Args:
        curves: By name, at most as many as there are colours; one without points is left out.
        mark: Coverage at which each curve's risk is written.
        frame: See there.
    """
    curves = {name: curve for name, curve in curves.items() if curve[0]}
    highest = max((risk for _, risks in curves.values() for risk in risks), default=1.0)
    top = min(1.0, max(0.2, ceil(highest * 10 + 0.5) / 10))
    field = _Field(frame, len(curves), 0, 1, top)
    ticks = {share: f"{share:.0%}" for share in (0, 0.2, 0.4, 0.6, 0.8, 1)}
    drawn = []
    for number, (name, (coverages, risks)) in enumerate(curves.items()):
        reached = (n for n, coverage in enumerate(coverages) if coverage >= mark - 1e-9)
        at = next(reached, len(coverages) - 1)
        colour, last = COLOURS[number], field.y(risks[-1])
        said = f"{name}: {risks[at]:.0%} wrong at {mark:.0%}, {risks[-1]:.0%} at 100%"
        drawn += [
            f'<line class="chance s-{colour}" x1="{field.x(0)}" x2="{field.x(1)}" y1="{last}" '
            f'y2="{last}"/>',
            *_curve(field, number, said, zip(coverages, risks, strict=True)),
            f'<circle class="f-{colour}" cx="{field.x(coverages[at])}" cy="{field.y(risks[at])}" r="4.5"/>',
        ]
    title = "Wrong answers among the surest ones"
    return _picture(field, title, "share of the questions answered", ticks, drawn)


def recall_svg(curves: Mapping[str, Sequence[float]], frame: Frame = ALONE) -> str:
    """Return the share of questions with a right passage among the first k, for k from 1.

    Args:
        curves: Shares by name, at most as many as there are colours; entry i is for k = i + 1.
            One without any is left out.
        frame: See there.
    """
    curves = {name: shares for name, shares in curves.items() if shares}
    depth = max((len(shares) for shares in curves.values()), default=1)
    field = _Field(frame, len(curves), 1, depth, 1.0)
    drawn = []
    for number, (name, shares) in enumerate(curves.items()):
        said = f"{name}: {shares[0]:.0%} first, {shares[-1]:.0%} among {depth}"
        drawn += _curve(field, number, said, enumerate(shares, start=1))
        drawn += [
            f'<circle class="f-{COLOURS[number]}" cx="{field.x(k)}" cy="{field.y(share)}" r="3"/>'
            for k, share in enumerate(shares, start=1)
        ]
    ticks = {float(k): str(k) for k in range(1, depth + 1)}
    title = "Questions with a right passage"
    return _picture(field, title, "among the first … passages", ticks, drawn)


def _picture(
    field: _Field, title: str, below: str, ticks: Mapping[float, str], drawn: Iterable[str]
) -> str:
    width, height = field.frame.width, field.frame.height
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" role="img" aria-label="{escape(title)}">'
    ]
    if field.frame.alone:
        parts.append(f"<style>{STYLE}</style>")
    parts += [
        f'<rect class="page" x=".5" y=".5" width="{width - 1}" height="{height - 1}" rx="10"/>',
        f'<text class="title" x="{_LEFT - 34}" y="28">{escape(title)}</text>',
    ]
    left, right = field.x(field.low), field.x(field.high)
    for tenth in range(0, round(field.top * 10) + 1, 1 if field.top <= 0.6 else 2):
        y = field.y(tenth / 10)
        parts.append(
            f'<line class="grid" x1="{left}" x2="{right}" y1="{y}" y2="{y}"/>'
            f'<text class="quiet" x="{_LEFT - 10}" y="{y + 4}" text-anchor="end">'
            f"{tenth / 10:.0%}</text>"
        )
    parts += [
        f'<text class="quiet" x="{field.x(value)}" y="{height - _BOTTOM + 20}" '
        f'text-anchor="middle">{said}</text>'
        for value, said in ticks.items()
    ]
    parts += [
        f'<line class="axis" x1="{left}" x2="{right}" y1="{field.y(0)}" y2="{field.y(0)}"/>',
        f'<text class="quiet" x="{round((left + right) / 2, 1)}" y="{height - 12}" '
        f'text-anchor="middle">{below}</text>',
    ]
    return "\n".join([*parts, *drawn, "</svg>", ""])


def _curve(
    field: _Field, number: int, said: str, points: Iterable[tuple[float, float]]
) -> list[str]:
    """Return a curve, and its line above the field."""
    colour = COLOURS[number]
    line = " ".join(f"{field.x(x)},{field.y(y)}" for x, y in points)
    row = 50 + _LINE * number
    return [
        f'<polyline class="curve s-{colour}" points="{line}"/>',
        f'<rect class="f-{colour}" x="{_LEFT - 34}" y="{row - 6}" width="16" height="3.5" rx="1.5"/>',
        f'<text x="{_LEFT - 10}" y="{row}">{escape(said)}</text>',
    ]
