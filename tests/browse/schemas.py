"""JSON schemas of the Reconciliation Service API 0.2, written from the text of the specification."""

from __future__ import annotations

from typing import Any

_URL = {"type": "string", "pattern": "^https?://"}
_TEMPLATE = {"type": "string", "pattern": r"^https?://.*\{\{id\}\}"}
_NAMED = {
    "type": "object",
    "required": ["id", "name"],
    "properties": {"id": {"type": "string", "minLength": 1}, "name": {"type": "string"}},
}
_PATH = {
    "type": "object",
    "required": ["service_url", "service_path"],
    "properties": {
        "service_url": _URL,
        "service_path": {"type": "string", "pattern": "^/"},
        "flyout_service_url": _URL,
        "flyout_service_path": {"type": "string", "pattern": r"^/.*\$\{id\}"},
    },
    "additionalProperties": False,
}

MANIFEST: dict[str, Any] = {
    "type": "object",
    "required": ["versions", "name", "identifierSpace", "schemaSpace"],
    "properties": {
        "versions": {"type": "array", "items": {"type": "string"}, "contains": {"const": "0.2"}},
        "name": {"type": "string", "minLength": 1},
        "identifierSpace": _URL,
        "schemaSpace": _URL,
        "documentation": _URL,
        "serviceVersion": {"type": "string"},
        "logo": _URL,
        "defaultTypes": {"type": "array", "items": _NAMED},
        "view": {"type": "object", "required": ["url"], "properties": {"url": _TEMPLATE}},
        "preview": {
            "type": "object",
            "required": ["url", "width", "height"],
            "properties": {
                "url": _TEMPLATE,
                "width": {"type": "integer", "minimum": 1},
                "height": {"type": "integer", "minimum": 1},
            },
        },
        "suggest": {
            "type": "object",
            "properties": {"entity": _PATH, "type": _PATH, "property": _PATH},
            "additionalProperties": False,
        },
        "extend": {
            "type": "object",
            "properties": {
                "propose_properties": _PATH,
                "property_settings": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "required": ["name", "label", "type", "default"],
                        "properties": {
                            "name": {"type": "string"},
                            "label": {"type": "string"},
                            "type": {"enum": ["number", "text", "checkbox", "select"]},
                            "help_text": {"type": "string"},
                        },
                    },
                },
            },
        },
    },
}

_CANDIDATE = {
    "type": "object",
    "required": ["id", "name", "score"],
    "properties": {
        "id": {"type": "string", "minLength": 1},
        "name": {"type": "string", "minLength": 1},
        "description": {"type": "string"},
        "score": {"type": "number"},
        "match": {"type": "boolean"},
        "type": {"type": "array", "items": _NAMED},
        "features": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["id", "value"],
                "properties": {"id": {"type": "string"}, "value": {"type": ["number", "boolean"]}},
            },
        },
    },
    "additionalProperties": False,
}
RESULTS: dict[str, Any] = {
    "type": "object",
    "additionalProperties": {
        "type": "object",
        "required": ["result"],
        "properties": {"result": {"type": "array", "items": _CANDIDATE}},
        "additionalProperties": False,
    },
}

SUGGESTIONS: dict[str, Any] = {
    "type": "object",
    "required": ["result"],
    "properties": {
        "result": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["id", "name"],
                "properties": {
                    "id": {"type": "string"},
                    "name": {"type": "string"},
                    "description": {"type": "string"},
                    "notable": {"type": "array", "items": {"anyOf": [_NAMED, {"type": "string"}]}},
                    "broader": {"type": "array", "items": _NAMED},
                },
                "additionalProperties": False,
            },
        }
    },
}

PROPOSED: dict[str, Any] = {
    "type": "object",
    "required": ["properties"],
    "properties": {
        "type": {"type": "string"},
        "limit": {"type": "integer", "minimum": 1},
        "properties": {"type": "array", "items": _NAMED},
    },
}

_CELL = {
    "oneOf": [
        {
            "type": "object",
            "required": [key],
            "properties": {key: {"type": of}},
            "additionalProperties": False,
        }
        for key, of in (("str", "string"), ("float", "number"), ("int", "integer"), ("bool", "boolean"))
    ]
    + [
        {
            "type": "object",
            "required": ["date"],
            "properties": {"date": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"}},
            "additionalProperties": False,
        },
        {
            "type": "object",
            "required": ["id", "name"],
            "properties": {"id": {"type": "string"}, "name": {"type": "string"}},
            "additionalProperties": False,
        },
    ]
}
EXTENDED: dict[str, Any] = {
    "type": "object",
    "required": ["meta", "rows"],
    "properties": {
        "meta": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["id", "name"],
                "properties": {"id": {"type": "string"}, "name": {"type": "string"}, "type": _NAMED},
                "additionalProperties": False,
            },
        },
        "rows": {
            "type": "object",
            "additionalProperties": {
                "type": "object",
                "additionalProperties": {"type": "array", "items": _CELL},
            },
        },
    },
}

FLYOUT: dict[str, Any] = {
    "type": "object",
    "required": ["id", "html"],
    "properties": {"id": {"type": "string"}, "html": {"type": "string", "minLength": 1}},
    "additionalProperties": False,
}
