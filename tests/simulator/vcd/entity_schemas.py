"""JSON schemas of defined entity types: drafts 4, 6 and 7, the first when the schema names none (contract section 5.5).

Kept apart because the genuine thing is done by a library; a schema that refers to another server's is never followed.
"""

from __future__ import annotations

from typing import Any

from jsonschema import Draft4Validator, Draft6Validator, Draft7Validator
from jsonschema.exceptions import SchemaError, ValidationError
from referencing import Registry
from referencing.exceptions import Unresolvable

_DRAFTS = {
    "http://json-schema.org/draft-04/schema": Draft4Validator,
    "http://json-schema.org/draft-06/schema": Draft6Validator,
    "http://json-schema.org/draft-07/schema": Draft7Validator,
}
# No retrieval: the default of the library would ask the network for what a schema refers to.
_NO_NETWORK: Registry[Any] = Registry()


def _validator(schema: dict[str, Any]) -> Any:
    name = schema.get("$schema", "http://json-schema.org/draft-04/schema#")
    return _DRAFTS.get(str(name).rstrip("#"))


def schema_problem(schema: dict[str, Any]) -> str | None:
    """What is wrong with a schema; None when it can be used."""
    validator = _validator(schema)
    if validator is None:
        return f"the JSON schema draft '{schema['$schema']}' is not supported"
    try:
        validator.check_schema(schema)
    except SchemaError as problem:
        return str(problem.message)
    except RecursionError:
        return "the schema is nested too deeply"
    return None


def content_problem(schema: dict[str, Any], content: Any) -> str | None:
    """Why a content does not fit a schema: one sentence for each fault; None when it fits."""
    try:
        found = sorted(
            _validator(schema)(schema, registry=_NO_NETWORK).iter_errors(content),
            key=lambda one: [str(part) for part in one.absolute_path],
        )
    except Unresolvable as problem:
        return f"the schema refers to what cannot be found: {problem}"
    except RecursionError:
        return "the schema refers to itself without end"
    return "; ".join(_sentence(one) for one in found) or None


def _marks(schema: Any) -> tuple[str, ...]:
    """`x-vcloud-restricted` of a property: protected, private, secure, or several of them."""
    mark = schema.get("x-vcloud-restricted") if isinstance(schema, dict) else None
    return (mark,) if isinstance(mark, str) else tuple(mark or ())


def _restricted(schema: Any) -> dict[str, Any]:
    return schema.get("properties") or {} if isinstance(schema, dict) else {}


def shown(schema: dict[str, Any], content: Any, *, full: bool) -> Any:
    """A content as somebody sees it: without what is secure, and without what is private unless he has full control."""
    if not isinstance(content, dict) or not _restricted(schema):
        return content
    found = {}
    for name, value in content.items():
        part = _restricted(schema).get(name, {})
        marks = _marks(part)
        if "secure" not in marks and (full or "private" not in marks):
            found[name] = shown(part, value, full=full)
    return found


def written(schema: dict[str, Any], old: Any, new: Any, *, full: bool) -> Any:
    """What a replaced content becomes: protected members stay as they were for who has no full control, and hidden ones
    that were not sent stay too, because nobody could have sent them (INFERRED)."""
    if not isinstance(old, dict) or not isinstance(new, dict):
        return new
    found = dict(new)
    for name, part in _restricted(schema).items():
        marks = _marks(part)
        fixed = "protected" in marks and not full
        hidden = bool(marks) and "protected" not in marks and name not in new
        if name in old and (fixed or hidden):
            found[name] = old[name]
        elif fixed:
            found.pop(name, None)
        elif name in old and name in new:
            found[name] = written(part, old[name], new[name], full=full)
    return found


def _sentence(problem: ValidationError) -> str:
    where = "/".join(str(part) for part in problem.absolute_path)
    return f"#/{where}: {problem.message}"
