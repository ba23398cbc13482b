"""Which single byte a server makes of a character that code page 1252 does not have (Windows' best fit).

A slash can be written in many ways (U+2215, U+2044, U+FF0F); a server that folds them opens the same file.
"""

from __future__ import annotations

from typing import Final

from mypy_extensions import i64

REPLACEMENT: Final = 0x3F  # "?": there is no fit
FULL_WIDTH: Final = 0xFF01  # to U+FF5E: ASCII in full width, in order
FULL_WIDTH_END: Final = 0xFF5E

# First character, and what it and those behind it become ("?" is none): Microsoft's table bestfit1252
ROWS: Final = (
    (
        0x0100, "AaAaAaCcCcCcCcDd?dEeEeEeEeEeGgGgGgGgHhHhIiIiIiIiIi??JjKk?LlLlLl??LlN"
        "nNnNn???OoOoOo??RrRrRrSsSsSs??TtTtTtUuUuUuUuUuUuWwYy?Z?Zz???b",
    ),
    (0x0197, "I??l????OOo"), (0x01AB, "t??TUu?????z"), (0x01C0, "|??!"),
    (0x01CD, "AaIiOoUuUuUuUuUu?Aa????GgGgKkOoOo??j"), (0x0261, "g"), (0x02B9, '\'"?\''), (0x02C4, "^???'??`?_"),
    (0x0300, "`?^~"), (0x030E, '"'), (0x0331, "__"), (0x037E, ";"), (0x0393, "G????T"), (0x03A3, "S??F??O"),
    (0x03B1, "a??de"), (0x03C0, "p??st?f"), (0x04BB, "h"), (0x0589, ":"), (0x066A, "%"), (0x2000, "       "),
    (0x2010, "--"), (0x2017, "="), (0x2032, "'"), (0x2035, "`"), (0x2044, "/"), (0x2074, "45678"), (0x207F, "n"),
    (0x2080, "0123456789"), (0x20A7, "P"), (0x2102, "C????E??gHHHh?IILl?N??PPQRRR"), (0x2124, "Z???Z?K?BCeeEF?Mo"),
    (0x2212, "-??/\\*??v???8????|?????n"), (0x2236, ":?????~"), (0x2261, "=??=="), (0x2303, "^"), (0x2320, "()"),
    (0x2329, "<>"), (0x2500, "-"), (0x250C, "+"), (0x2510, "+"), (0x2514, "+"), (0x2518, "+"), (0x251C, "+"),
    (0x252C, "-"), (0x2534, "-"), (0x253C, "+"), (0x2550, "-"), (0x2552, "++++++++++++"), (0x2564, "------+++"),
    (0x2584, "_"), (0x2758, "|"), (0x3000, " "), (0x3008, "<>"), (0x301A, "[]"),
)  # fmt: skip


def _table() -> dict[int, int]:
    table = {FULL_WIDTH + n: 0x21 + n for n in range(FULL_WIDTH_END - FULL_WIDTH + 1)}
    for first, letters in ROWS:
        table.update((first + n, ord(letter)) for n, letter in enumerate(letters))
    return table


TABLE: Final = _table()


def best_fit(character: i64) -> i64:
    """Return the byte that a character becomes."""
    if character < 0x100:
        return character
    return TABLE.get(character, REPLACEMENT)


def fold_utf8(data: bytes) -> bytes:
    """Return text in UTF-8 as one byte a character; overlong forms count, and what is malformed becomes "?"."""
    if data.isascii():
        return data
    out = bytearray()
    missing: i64 = 0  # continuation bytes of the character that has begun
    seen: i64 = 0  # its bytes so far
    lowest: i64 = 0x80  # of its next byte
    highest: i64 = 0xBF
    character: i64 = 0
    for value in data:
        byte: i64 = value
        if missing > 0:
            if lowest <= byte <= highest:
                character = (character << 6) | (byte & 0x3F)
                missing -= 1
                seen += 1
                lowest, highest = 0x80, 0xBF
                if missing == 0:
                    out.append(best_fit(character))
                continue
            out.append(REPLACEMENT)
            missing = 0
        if byte < 0x80:
            out.append(byte)
            continue
        seen = 1
        if 0xC0 <= byte < 0xE0:
            missing, character = 1, byte & 0x1F
        elif 0xE0 <= byte < 0xF0:
            missing, character = 2, byte & 0x0F
            highest = 0x9F if byte == 0xED else 0xBF  # no surrogates
        elif 0xF0 <= byte < 0xF5:
            missing, character = 3, byte & 0x07
            highest = 0x8F if byte == 0xF4 else 0xBF  # nothing beyond U+10FFFF
        else:
            out.append(REPLACEMENT)
    if missing > 0:
        out.extend(b"?" * (seen - 1))
    return bytes(out)
