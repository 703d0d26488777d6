"""Permissions of objects and of the server (contract section 14)."""

from __future__ import annotations

from typing import Any

from ..wire import Reply
from .exchange import Exchange, bad_request, not_found
from .listing import link
from .routes import ADMIN, Route, Routes
from .server import Room
from .store import Category, Element, Package, Rule, new_hex_id

_LETTERS = "rxica"
_SERVER = ("Server", "server")


class Permissions(Room):
    """`/{workflows|actions|configurations|resources|packages|categories}/{id}/permissions`, `/server/permissions`."""

    def register(self, routes: Routes) -> None:
        """Adds its calls: whoever sees an object sees its rules, changing them takes the right `a` on it."""
        for family in ("workflows", "actions", "configurations", "resources", "packages", "categories"):

            def bound(handler: Any, family: str = family) -> Any:
                return lambda exchange, *parts: handler(exchange, family, *parts)

            routes.add("GET", f"{family}/*/permissions", Route(bound(self.list_rules)))
            routes.add("POST", f"{family}/*/permissions", Route(bound(self.add_rules), writes=True))
            routes.add("DELETE", f"{family}/*/permissions", Route(bound(self.remove_all), writes=True))
            routes.add("GET", f"{family}/*/permissions/*", Route(bound(self.read_rule)))
            routes.add("DELETE", f"{family}/*/permissions/*", Route(bound(self.remove_rule), writes=True))
        routes.add("GET", "server/permissions", Route(self.server_rules))

    def _thing(self, exchange: Exchange, family: str, identity: str, letter: str = "r") -> tuple[str, str]:
        store = self.server.store
        tables: dict[str, dict[str, Any]] = {
            "workflows": store.workflows,
            "actions": store.actions,
            "configurations": store.configurations,
            "resources": store.resources,
            "packages": store.packages,
            "categories": store.categories,
        }
        found: Element | Category | Package = exchange.pick(tables[family], identity, family[:-1].capitalize())
        self.server.demand(exchange, letter, found)
        if isinstance(found, Package):
            return "Package", found.name
        return (found.type, found.id) if isinstance(found, Category) else (found.kind, found.id)

    def _view(self, exchange: Exchange, rule: Rule, *place: str) -> dict[str, Any]:
        href = self.server.href(exchange, *place, "permissions", rule.id)
        above = self.server.href(exchange, *place, "permissions")
        return {
            "permission": {
                "principal": rule.principal,
                "rights": rule.rights,
                "href": href,
                "relations": {"link": [link(above, rel="up"), link(href, rel="remove")]},
            }
        }

    def list_rules(self, exchange: Exchange, family: str, identity: str) -> Reply:
        """All rules of an object."""
        key = self._thing(exchange, family, identity)
        rules = self.server.store.rules.get(key, [])
        return exchange.json({"permissions": [self._view(exchange, one, family, key[1]) for one in rules]})

    def read_rule(self, exchange: Exchange, family: str, identity: str, rule_id: str) -> Reply:
        """One of them."""
        key = self._thing(exchange, family, identity)
        rule = self._rule(key, rule_id)
        return exchange.json(self._view(exchange, rule, family, key[1])["permission"])

    def _rule(self, key: tuple[str, str], rule_id: str) -> Rule:
        rule = next((one for one in self.server.store.rules.get(key, []) if one.id == rule_id), None)
        if rule is None:
            raise not_found(f"Permission with ID '{rule_id}' not found")
        return rule

    def add_rules(self, exchange: Exchange, family: str, identity: str) -> Reply:
        """`POST`: adds rules; of a principal that has one the rights are replaced (INFERRED)."""
        key = self._thing(exchange, family, identity, ADMIN)
        made = [self._read(one) for one in self._listed(exchange.body())]
        rules = self.server.store.rules.setdefault(key, [])
        for rule in made:
            rules[:] = [one for one in rules if one.principal.lower() != rule.principal.lower()]
            rules.append(rule)
        return exchange.json({"permissions": [self._view(exchange, one, family, key[1]) for one in made]}, 201)

    @staticmethod
    def _listed(body: dict[str, Any]) -> list[Any]:
        listed = body.get("permissions")
        if not isinstance(listed, list) or not listed:
            raise bad_request("permissions must be a list that is not empty")
        return listed

    @staticmethod
    def _read(item: Any) -> Rule:
        given = item.get("permission") if isinstance(item, dict) else None
        principal = given.get("principal") if isinstance(given, dict) else None
        rights = given.get("rights") if isinstance(given, dict) else None
        if not isinstance(principal, str) or not principal or not isinstance(rights, str) or not rights:
            raise bad_request("A permission has a principal and rights")
        if set(rights) - set(_LETTERS):
            raise bad_request(f"Unknown rights '{rights}'; they are letters of {_LETTERS}")
        return Rule(new_hex_id(), principal, "".join(one for one in _LETTERS if one in rights))

    def remove_all(self, exchange: Exchange, family: str, identity: str) -> Reply:
        """`DELETE …/permissions`."""
        self.server.store.rules.pop(self._thing(exchange, family, identity, ADMIN), None)
        return exchange.nothing()

    def remove_rule(self, exchange: Exchange, family: str, identity: str, rule_id: str) -> Reply:
        """`DELETE …/permissions/{rule}`."""
        key = self._thing(exchange, family, identity, ADMIN)
        rule = self._rule(key, rule_id)
        self.server.store.rules[key].remove(rule)
        return exchange.nothing()

    def server_rules(self, exchange: Exchange) -> Reply:
        """`GET /server/permissions`: what the people of the server may do on all of it."""
        rules = [
            Rule(f"{number:032x}", one.principal, one.rights)
            for number, one in enumerate(self.server.people.everybody())
        ]
        return exchange.json({"permissions": [self._view(exchange, one, _SERVER[1]) for one in rules]})
