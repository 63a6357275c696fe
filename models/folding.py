"""How searches see a text: whatever its case, its composition and its invisible characters are, it is folded alike."""

import unicodedata

INVISIBLE = {
    code: None
    for first, last in (
        (0xAD, 0xAD),
        (0x34F, 0x34F),
        (0x61C, 0x61C),
        (0x115F, 0x1160),
        (0x17B4, 0x17B5),
        (0x180B, 0x180F),
        (0x200B, 0x200F),
        (0x202A, 0x202E),
        (0x2060, 0x206F),
        (0x3164, 0x3164),
        (0xFE00, 0xFE0F),
        (0xFEFF, 0xFEFF),
        (0xFFA0, 0xFFA0),
        (0xE0000, 0xE0FFF),
    )
    for code in range(first, last + 1)
}
"""What joins emoji, chooses a picture or breaks a line: Unicode's Default_Ignorable_Code_Point."""


def folded(text: str) -> str:
    """The text as it is compared: by Unicode's compatibility caseless matching, and without what is invisible."""
    if text.isascii():
        return text.lower()
    once = unicodedata.normalize("NFKD", unicodedata.normalize("NFD", text).casefold())
    return unicodedata.normalize("NFKC", once.casefold()).translate(INVISIBLE)
