"""What the rooms of one orchestrator share (`Server`), and what a room is (`Room`)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..world import Site, World
from .exchange import Exchange, forbidden, not_found
from .lifecycle import Lifecycle
from .listing import address
from .routes import VIEW, Routes
from .store import Category, Element, Package, Store
from .versions import Release

if TYPE_CHECKING:
    from .catalog import Catalog
    from .people import People, Person
    from .plugins import Plugins
    from .runs import Runs


@dataclass(frozen=True)
class Account:
    """The administrator that the estate names."""

    user: str
    """`user@domain`, or the bare user."""
    password: str


@dataclass
class Settings:
    """What the control listener can switch; `vro-setting` in README.md."""

    internal_hrefs: bool = False
    """Addresses in answers carry the server's own name and port, as old servers behind a proxy do (section 1)."""
    external_organizations: set[str] = field(default_factory=set)
    """Lower-case names of organizations that are turned away, because they have an orchestrator of their own (9.1)."""


class Server:
    """One orchestrator: its release, its state, its people."""

    def __init__(self, world: World, site: Site, release: Release, login: str, host: str, account: Account) -> None:
        self.world = world
        self.site = site
        self.release = release
        self.login = login
        """How one logs in (versions.py): that of the release, or Basic for a standalone 8.x."""
        self.host = host
        """The estate's name for it, with its port where that is not 443."""
        self.account = account
        self.settings = Settings()
        self.store = Store(world.now_ms)
        self.lifecycle = Lifecycle(self)
        self.installer: Plugins
        self.people: People
        self.catalog: Catalog
        self.runs: Runs

    def base_of(self, exchange: Exchange) -> str:
        """Scheme, host and port of the addresses in an answer."""
        return f"https://{self.host}" if self.settings.internal_hrefs else exchange.request.base_url

    def href(self, exchange: Exchange, *parts: str) -> str:
        """The address of a call below `/vco/api`: each part encoded twice, a slash at the end (listing.py)."""
        return address(self.base_of(exchange), *parts)

    # Rights

    def rights_on(self, person: Person, kind: str, identity: str) -> str:
        """The letters that somebody has on an object: the nearest rules win, from itself up to the root folder; where
        nobody has made any, his rights on the server count."""
        if person.is_administrator:
            return person.rights
        for key in self._line(kind, identity):
            rules = self.store.rules.get(key)
            if rules:
                return "".join(one.rights for one in rules if person.is_called(one.principal))
        return person.rights

    def _line(self, kind: str, identity: str) -> list[tuple[str, str]]:
        store = self.store
        category = store.categories.get(identity)
        line = [(kind, identity)]
        if category is None and kind in ("Workflow", "Action", "ConfigurationElement", "ResourceElement"):
            element = store.of_kind(kind).get(identity)
            category = store.categories.get(element.category_id) if element else None
        if category is not None:
            line += [(one.type, one.id) for one in reversed(store.line_of(category)) if (one.type, one.id) != line[0]]
        return line

    def can_see(self, exchange: Exchange, thing: Element | Category | Package) -> bool:
        """Whether it is in the caller's lists at all."""
        return VIEW in self.rights_on(exchange.person, *_key(thing))

    def demand(self, exchange: Exchange, letter: str, thing: Element | Category | Package) -> None:
        """Raises Refusal 404 for what the caller may not see (section 2), 403 for what he may not do with it."""
        rights = self.rights_on(exchange.person, *_key(thing))
        if VIEW not in rights:
            raise not_found(f"{_key(thing)[0]} with ID '{_key(thing)[1]}' not found")
        if letter not in rights:
            raise forbidden()


def _key(thing: Element | Category | Package) -> tuple[str, str]:
    """Kind and id by which the rules of a thing are kept."""
    if isinstance(thing, Package):
        return "Package", thing.name
    return (thing.type, thing.id) if isinstance(thing, Category) else (thing.kind, thing.id)


class Room:
    """A group of calls. Service.py says how one joins."""

    def __init__(self, server: Server) -> None:
        self.server = server

    def register(self, routes: Routes) -> None:
        """Adds its calls."""
        raise NotImplementedError

    def clear(self) -> None:
        """Back to the start; the store has been cleared and filled with the library before."""

    def restarted(self) -> None:
        """The server comes up again: what lived in its memory only is gone."""
