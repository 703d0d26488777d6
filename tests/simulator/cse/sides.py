"""Which side answers for which releases: the one place that knows all of them."""

from __future__ import annotations

from .extension import Cse, Side
from .first import FirstSide
from .native import NativeSide
from .polled import PolledSide
from .releases import FIRST, NATIVE, POLLED, SECOND
from .second import SecondSide

SIDES: dict[str, type[Side]] = {NATIVE: NativeSide, FIRST: FirstSide, SECOND: SecondSide, POLLED: PolledSide}
"""By the names of releases.py: FIRST (1.2, 2.0), SECOND (2.6, legacy mode), NATIVE (3.x), POLLED (4.x). Each is made
with the server: `SIDES[kind](cse)`."""


def side_for(cse: Cse) -> Side | None:
    """The side of a server; None for a release that nobody simulates."""
    made = SIDES.get(cse.kind)
    return made(cse) if made is not None else None
