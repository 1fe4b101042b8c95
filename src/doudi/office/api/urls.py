"""The API's addresses and its description at ``/api/openapi.json``.

There is no interactive page: those that exist load scripts from other hosts or carry their own
inside, which the content security policy forbids.
"""

from __future__ import annotations

from typing import Any

from ninja import NinjaAPI
from ninja.errors import ValidationError, ValidationErrorContext
from ninja.openapi.schema import OpenAPISchema

from doudi.office.api import estimating, people, statements, stays
from doudi.office.api.problems import PROBLEM, answer_problems

_FIRST_PROBLEM = 400


class _Api(NinjaAPI):
    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None
    ) -> OpenAPISchema:
        schema = super().get_openapi_schema(path_prefix=path_prefix, path_params=path_params)
        for operations in schema["paths"].values():
            for operation in operations.values():
                _name_problems(operation)
        return schema

    def validation_error_from_error_contexts(
        self, error_contexts: list[ValidationErrorContext[Any]]
    ) -> ValidationError:
        # Ninja leaves out what stood in the field.
        inputs = [
            found.get("input")
            for context in error_contexts
            for found in context.pydantic_validation_error.errors(include_url=False)
        ]
        error = super().validation_error_from_error_contexts(error_contexts)
        for found, value in zip(error.errors, inputs, strict=True):
            found["input"] = value
        return error


def _name_problems(operation: dict[str, Any]) -> None:
    """Problems come as a type of their own, which Ninja has no way to say; 401 only by token."""
    if "security" not in operation:
        for status in (401, 403, 404, 409):
            operation["responses"].pop(status, None)
    for status, response in operation["responses"].items():
        if status >= _FIRST_PROBLEM and "application/json" in response.get("content", {}):
            response["content"] = {PROBLEM: response["content"].pop("application/json")}


api = _Api(
    title="兜底 Doudi",
    version="1",
    description="一站式结算接口：金额以分计 · the window's services; money in fen",
    docs_url=None,
    urls_namespace="api",
)
answer_problems(api)
for _part in (estimating, people, stays, statements):
    api.add_router("", _part.router)
