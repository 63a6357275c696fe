"""Shows the characters of others' text that would move or hide what stands around them."""

import re

HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
"""Controls other than the tab and the line break, marks that turn the direction of text, and what has no width."""


def visible(text: str) -> str:
    """The text with each such character spelled out, as `\\u202e`."""
    return HIDDEN.sub(lambda found: f"\\u{ord(found.group()):04x}", text.replace("\r\n", "\n"))
