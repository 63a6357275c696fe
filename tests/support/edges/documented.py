"""What the documentation sends and shows, and short ways to ask for it."""

from typing import Any

import httpx

from tests.support.calls import (
    Json,
)

ANALYSED: Json = {"quality_score": 0.85, "issues": []}
SET_UP: Json = {"scenario": "document_analysis", "user_id": "test-user-123", "cleanup_existing": True}
CLEAN_UP: Json = {"user_id": "test-user-123", "cleanup_all": False}
MOCK_SERVICE: Json = {
    "service_name": "analysis_service",
    "endpoint": "/analyze",
    "response": {"status": "success", "data": {"quality_score": 0.85, "issues": []}},
    "delay_ms": 100,
}


async def succeeded(client: httpx.AsyncClient, path: str, body: Any) -> Json:
    """The body of a POST that must be answered with 200."""
    answered = await client.post(path, json=body)
    assert answered.status_code == 200, answered.text
    return dict(answered.json())


# --- statistics ----------------------------------------------------------------------------------


async def statistics(client: httpx.AsyncClient, **headers: str) -> Json:
    """The tenant's statistics."""
    found = await client.get("/workflows/statistics", headers=headers)
    assert found.status_code == 200, found.text
    return dict(found.json())
