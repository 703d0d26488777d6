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


def _sentence(problem: ValidationError) -> str:
    where = "/".join(str(part) for part in problem.absolute_path)
    return f"#/{where}: {problem.message}"
