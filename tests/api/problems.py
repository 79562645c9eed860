"""What every problem document has, said once."""

from __future__ import annotations

from typing import Any

FIXED = {"type", "title", "status", "detail", "code", "errors"}


def problem(response: Any, status: int, code: str | None = None) -> dict[str, Any]:
    """The problem document of a response that must be one, of this status and code."""
    assert response.status_code == status, response.content[:500]
    assert response["Content-Type"] == "application/problem+json"
    content: dict[str, Any] = response.json()
    assert content.keys() >= FIXED
    assert content["status"] == status
    assert content["type"] == f"urn:sluice:problem:{content['code']}"
    assert content["detail"][-1] in ".?)"
    if code is not None:
        assert content["code"] == code
    return content


def pointers(content: dict[str, Any]) -> list[str]:
    return [error["pointer"] for error in content["errors"]]
