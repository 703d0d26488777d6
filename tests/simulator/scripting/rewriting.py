"""Makes the JavaScript of an orchestrator (Rhino 1.7) fit for the engine, line by line: no line moves.

Three things are rewritten, found by a scanner that knows strings, comments and regular expressions:

for each (var x in xs)   Rhino's own loop over values     for (var x of __each(xs))
throw thing              the engine forgets where it was  throw __thrown().value = thing
eval(text)               text is rewritten as well        eval(__source(text))
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_TOKEN = re.compile(
    r"""
    (?P<space>\s+)
  | (?P<comment>//[^\n\r\u2028\u2029]*|/\*.*?\*/)
  | (?P<text>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`)
  | (?P<word>[A-Za-z_$][\w$]*)
  | (?P<number>\.?\d(?:[eE][+-]|[\w.])*)
  | (?P<regex>/(?![*/])(?:[^\\/\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/\w*)
  | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
# After these a slash begins a regular expression; after any other word, a number or a closing bracket it divides.
_BEFORE_REGEX = frozenset("return typeof case in of delete void throw new else do instanceof".split())
_CLOSING = frozenset(")]}")


@dataclass
class _Token:
    kind: str
    text: str

    @property
    def counts(self) -> bool:
        """Whether it is more than space and comments."""
        return self.kind not in ("space", "comment")


def _tokens(script: str) -> list[_Token]:
    found: list[_Token] = []
    place, last = 0, _Token("other", "")
    while place < len(script):
        match = _TOKEN.match(script, place)
        if match is None:  # pragma: no cover (the last alternative takes anything)
            break
        kind = match.lastgroup or "other"
        if kind == "regex" and not _may_begin_regex(last):
            match = re.compile("/").match(script, place)
            assert match is not None
            kind = "other"
        token = _Token(kind, match[0])
        found.append(token)
        if token.counts:
            last = token
        place = match.end()
    return found


def _may_begin_regex(last: _Token) -> bool:
    if last.kind == "word":
        return last.text in _BEFORE_REGEX
    return last.kind == "other" and last.text not in _CLOSING


def _next(tokens: list[_Token], place: int) -> int:
    """The index of the next token that counts, at or after a place; the length when there is none."""
    while place < len(tokens) and not tokens[place].counts:
        place += 1
    return place


def _close(tokens: list[_Token], opening: int) -> int | None:
    """The index of the bracket that closes the one at `opening`."""
    depth = 0
    for place in range(opening, len(tokens)):
        if tokens[place].kind == "other":
            depth += (tokens[place].text in "([{") - (tokens[place].text in ")]}")
            if depth == 0:
                return place
    return None


def rewrite(script: str) -> str:
    """The script for the engine. What cannot be understood is left as it is: the engine tells the syntax error."""
    tokens = _tokens(script)
    before = ""
    for place, token in enumerate(tokens):
        if not token.counts:
            continue
        # `thing.throw`, `{throw: 1}` and the like are names.
        if token.kind == "word" and before != ".":
            if token.text == "throw":
                _mark_throw(tokens, place)
            elif token.text == "for":
                _loop(tokens, place)
            elif token.text == "eval" and before != "function":
                _wrap_eval(tokens, place)
        before = token.text
    return "".join(token.text for token in tokens)


def _mark_throw(tokens: list[_Token], place: int) -> None:
    following = _next(tokens, place + 1)
    if following < len(tokens) and tokens[following].text != ":":
        tokens[place].text = "throw __thrown().value ="


def _loop(tokens: list[_Token], place: int) -> None:
    each = _next(tokens, place + 1)
    if each >= len(tokens) or tokens[each].text != "each":
        return
    opening = _next(tokens, each + 1)
    if opening >= len(tokens) or tokens[opening].text != "(":
        return
    closing = _close(tokens, opening)
    depth = 0
    for index in range(opening, closing or 0):
        token = tokens[index]
        if token.kind == "other":
            depth += (token.text in "([{") - (token.text in ")]}")
        elif token.kind == "word" and token.text == "in" and depth == 1 and closing is not None:
            tokens[each].text = ""
            token.text = "of __each("
            tokens[closing].text = "))"
            return


def _wrap_eval(tokens: list[_Token], place: int) -> None:
    opening = _next(tokens, place + 1)
    if opening >= len(tokens) or tokens[opening].text != "(":
        return
    closing = _close(tokens, opening)
    if closing is not None and _next(tokens, opening + 1) != closing:
        tokens[opening].text = "(__source("
        tokens[closing].text = "))"
