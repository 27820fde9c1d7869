"""Covers and portraits: plain geometry in two colours that follow from the id."""

import hashlib

_SVG = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"
 width="{size}" height="{size}">
<rect width="16" height="16" fill="hsl({hue} 30% 32%)"/>
<circle cx="{x}" cy="{y}" r="{r}" fill="hsl({other} 45% 68%)"/>
</svg>
"""


def cover(key: str, size: int) -> str:
    """A square SVG; the same one for the same id."""
    hue, shift, x, y, r = hashlib.sha256(key.encode()).digest()[:5]
    return _SVG.format(
        size=size,
        hue=hue * 360 // 256,
        other=(hue * 360 // 256 + 90 + shift * 180 // 256) % 360,
        x=x * 16 // 256,
        y=y * 16 // 256,
        r=3 + r * 6 // 256,
    )
