"""Charts as SVG: bars of one figure, and dots of ratios on a logarithmic scale. Light and dark as the reader's page is."""

import html
import math

WIDTH = 760
LEFT = 190
RIGHT = 70
ROW = 26
TOP = 62
BOTTOM = 40

STYLE = """
  text { font: 13px system-ui, 'Segoe UI', sans-serif; fill: #24292f }
  .title { font-size: 16px; font-weight: 600 }
  .note, .tick { font-size: 11px; fill: #57606a }
  .grid { stroke: #d0d7de; stroke-width: 1 }
  .one { stroke: #24292f; stroke-width: 1.5 }
  .bar { fill: #8c959f } .own { fill: #bf3989 }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 } .note, .tick { fill: #9198a1 }
    .grid { stroke: #30363d } .one { stroke: #e6edf3 }
    .bar { fill: #6e7681 } .own { fill: #f778ba }
  }
"""

COLOURS = ["#0969da", "#1a7f37", "#bc4c00", "#8250df", "#cf222e", "#9a6700", "#1b7c83", "#6e7781"]


def bars(title, note, unit, rows):
    """rows: (name, value, whether it is ours), shown in their order."""
    most = max(value for _, value, _ in rows)
    scale = (WIDTH - LEFT - RIGHT) / most
    body = []
    for index, (name, value, own) in enumerate(rows):
        y = TOP + index * ROW
        body.append(text(LEFT - 8, y + 15, name, anchor="end"))
        body.append(f'<rect class="{"own" if own else "bar"}" x="{LEFT}" y="{y + 3}" width="{value * scale:.1f}" height="{ROW - 8}" rx="2"/>')
        body.append(text(LEFT + value * scale + 6, y + 15, figure(value), "tick"))
    body.append(text(LEFT, TOP + len(rows) * ROW + 16, unit, "note"))
    return document(title, note, len(rows), body)


def dots(title, note, rows):
    """rows: (name, [(peer, ratio)]); a peer has one colour throughout. Right of 1: the peer costs more."""
    peers = list(dict.fromkeys(peer for _, found in rows for peer, _ in found))
    colours = {peer: COLOURS[index % len(COLOURS)] for index, peer in enumerate(peers)}
    ratios = [ratio for _, found in rows for _, ratio in found]
    low, high = math.floor(math.log10(min(ratios + [0.5]))), math.ceil(math.log10(max(ratios + [2])))

    def place(ratio):
        return LEFT + (math.log10(ratio) - low) / (high - low) * (WIDTH - LEFT - RIGHT)

    end = TOP + len(rows) * ROW
    body = []
    for power in range(low, high + 1):
        x = place(10.0**power)
        body.append(f'<line class="{"one" if power == 0 else "grid"}" x1="{x:.1f}" x2="{x:.1f}" y1="{TOP - 4}" y2="{end}"/>')
        body.append(text(x, end + 16, f"{10.0**power:g}×", "tick", "middle"))
    for index, (name, found) in enumerate(rows):
        y = TOP + index * ROW + ROW / 2
        body.append(text(LEFT - 8, y + 4, name, anchor="end"))
        for peer, ratio in found:
            label = html.escape(f"{peer}: {ratio:.2f}×")
            body.append(f'<circle cx="{place(ratio):.1f}" cy="{y}" r="5" fill="{colours[peer]}"><title>{label}</title></circle>')
    x = LEFT
    for peer in peers:
        body.append(f'<circle cx="{x + 5}" cy="{end + 34}" r="5" fill="{colours[peer]}"/>')
        body.append(text(x + 15, end + 38, peer, "tick"))
        x += 28 + 7 * len(peer)
    return document(title, note, len(rows) + 1, body)


def document(title, note, rows, body):
    height = TOP + rows * ROW + BOTTOM
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" role="img">'
    return "\n".join([
        head, f"<title>{html.escape(title)}</title>", f"<style>{STYLE}</style>",
        text(12, 24, title, "title"), text(12, 44, note, "note"), *body, "</svg>", ""])


def text(x, y, content, kind=None, anchor=None):
    attributes = (f' class="{kind}"' if kind else "") + (f' text-anchor="{anchor}"' if anchor else "")
    return f'<text x="{x:.1f}" y="{y:.1f}"{attributes}>{html.escape(str(content))}</text>'


def figure(value):
    return f"{value:,.0f}" if value >= 100 else f"{value:.2f}" if value < 10 else f"{value:.1f}"
