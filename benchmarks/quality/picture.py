"""The risk-coverage curve as an SVG, readable on light and dark pages."""

from collections.abc import Mapping, Sequence
from html import escape
from math import ceil

WIDTH, HEIGHT = 640, 430
LEFT, RIGHT, TOP, BOTTOM = 58, 24, 96, 52
COLOURS = ("one", "two", "three")
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
  @media (prefers-color-scheme: dark) {
    text { fill: #d6d2c4 } .title { fill: #f2eee2 } .quiet { fill: #9b978a }
    .page { fill: #1b1a17; stroke: #37352f } .grid { stroke: #2e2c27 } .axis { stroke: #6d6a60 }
    .s-one { stroke: #6fc3de } .f-one { fill: #6fc3de }
    .s-two { stroke: #ee9a6f } .f-two { fill: #ee9a6f }
    .s-three { stroke: #b3a4ef } .f-three { fill: #b3a4ef }
  }
"""

Curve = tuple[Sequence[float], Sequence[float]]  # coverages and risks, ascending in coverage


def risk_coverage_svg(curves: Mapping[str, Curve], mark: float) -> str:
    """Return the picture.

    Args:
        curves: By name, at most as many as there are colours.
        mark: Coverage at which each curve's risk is written.
    """
    highest = max((risk for _, risks in curves.values() for risk in risks), default=1.0)
    top = min(1.0, max(0.2, ceil(highest * 10 + 0.5) / 10))

    def x(coverage: float) -> float:
        return round(LEFT + coverage * (WIDTH - LEFT - RIGHT), 1)

    def y(risk: float) -> float:
        return round(HEIGHT - BOTTOM - risk / top * (HEIGHT - TOP - BOTTOM), 1)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'width="{WIDTH}" height="{HEIGHT}" role="img" aria-labelledby="t">',
        '<title id="t">Share of wrong answers by share of questions answered</title>',
        f"<style>{STYLE}</style>",
        f'<rect class="page" x=".5" y=".5" width="{WIDTH - 1}" height="{HEIGHT - 1}" rx="10"/>',
        f'<text class="title" x="{LEFT - 34}" y="28">Wrong answers among the surest ones</text>',
    ]
    for tenth in range(0, round(top * 10) + 1, 1 if top <= 0.6 else 2):
        risk = tenth / 10
        parts.append(
            f'<line class="grid" x1="{x(0)}" x2="{x(1)}" y1="{y(risk)}" y2="{y(risk)}"/>'
            f'<text class="quiet" x="{LEFT - 10}" y="{y(risk) + 4}" text-anchor="end">'
            f"{risk:.0%}</text>"
        )
    for coverage in (0, 0.2, 0.4, 0.6, 0.8, 1):
        parts.append(
            f'<text class="quiet" x="{x(coverage)}" y="{HEIGHT - BOTTOM + 20}" '
            f'text-anchor="middle">{coverage:.0%}</text>'
        )
    parts += [
        f'<line class="axis" x1="{x(0)}" x2="{x(1)}" y1="{y(0)}" y2="{y(0)}"/>',
        f'<text class="quiet" x="{x(0.5)}" y="{HEIGHT - 12}" text-anchor="middle">'
        "share of the questions answered</text>",
    ]
    for number, (name, curve) in enumerate(curves.items()):
        parts += _curve(number, name, curve, mark, x, y)
    return "\n".join([*parts, "</svg>", ""])


def _curve(number: int, name: str, curve: Curve, mark: float, x, y) -> list[str]:
    colour = COLOURS[number]
    coverages, risks = curve
    line = " ".join(f"{x(c)},{y(r)}" for c, r in zip(coverages, risks, strict=True))
    at = next(n for n, coverage in enumerate(coverages) if coverage >= mark - 1e-9)
    row = 50 + 19 * number
    return [
        f'<line class="chance s-{colour}" x1="{x(0)}" x2="{x(1)}" y1="{y(risks[-1])}" '
        f'y2="{y(risks[-1])}"/>',
        f'<polyline class="curve s-{colour}" points="{line}"/>',
        f'<circle class="f-{colour}" cx="{x(coverages[at])}" cy="{y(risks[at])}" r="4.5"/>',
        f'<rect class="f-{colour}" x="{LEFT - 34}" y="{row - 6}" width="16" height="3.5" rx="1.5"/>',
        f'<text x="{LEFT - 10}" y="{row}">{escape(name)}: {risks[at]:.0%} wrong at {mark:.0%}, '
        f"{risks[-1]:.0%} at 100%</text>",
    ]
