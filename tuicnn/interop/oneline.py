"""Text of a document on one line, so that no format takes it for layout.

It never escapes what one format alone minds: `markdown`, `mermaid` and `table` do.
"""

from __future__ import annotations


def one_line(text: str) -> str:
    """Return a text without line breaks and control characters.

    White space becomes one space; what cannot be printed becomes its picture (␛), or �.
    """
    words = " ".join(text.split())
    if words.isprintable():
        return words
    return "".join(map(_visible, words))


def _visible(character: str) -> str:
    if character.isprintable():
        return character
    code = ord(character)
    return chr(0x2400 + code) if code < 0x20 else "�"
