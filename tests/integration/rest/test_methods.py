"""HEAD is answered wherever GET is, and whoever sends another method is told which ones a path takes."""

from pathlib import Path

import httpx
import pytest
from litestar import Litestar
from litestar.routes import HTTPRoute

from app.api_routes import api_routes
from app.asgi import create_app
from app.routing import Routing
from app.server.serving import serving
from app.settings.settings import Environment, Settings
from tests.support.calls import JWT_SECRET, NO_TLS, create, notify, start, token

pytestmark = pytest.mark.asyncio

OF_THE_MOMENT = {"date", "x-request-id", "last-modified"}
VARYING_LENGTH = {"/metrics", "/workflows/health", "/workflows/statistics"}


@pytest.mark.parametrize("environment", list(Environment))
async def test_every_path_answers_head_as_get_and_names_its_methods(data_dir: Path, environment: Environment) -> None:
    settings = Settings(data_dir=data_dir, environment=environment, jwt_secret=JWT_SECRET, rate_limit=0)
    routes = [
        route
        for route in Litestar(api_routes(Routing.of(settings)), openapi_config=None, logging_config=None).routes
        if isinstance(route, HTTPRoute)
    ]
    paths = {route.path_format: {method for method in route.methods if method != "OPTIONS"} for route in routes}
    assert {"/", "/graphql", "/docs", "/openapi.json", "/healthz", "/readyz", "/metrics"} <= set(paths)
    async with (
        serving(create_app(settings)) as url,
        httpx.AsyncClient(base_url=url, headers=token("ada", "default", "admin"), verify=NO_TLS) as client,
    ):
        workflow = await create(client, "w", notify("a"))
        ids = {"workflow_id": workflow["workflow_id"], "execution_id": await start(client, workflow["workflow_id"])}
        for path, methods in paths.items():
            filled = path.format_map({name: ids.get(name, "nothing") for name in (*ids, "name", "token", "place")})
            named = ", ".join(sorted(methods | {"OPTIONS"} | ({"HEAD"} if "GET" in methods else set())))
            assert (path, (await client.options(filled)).headers["allow"]) == (path, named)
            refusable = "PUT" if "PATCH" in methods else "PATCH"
            refused = await client.request(refusable, filled)
            assert (path, refused.status_code, refused.headers["allow"]) == (path, 405, named)
            assert refused.json()["detail"] == f"This path takes {named}, not {refusable}"
            head = await client.head(filled)
            assert (path, head.content) == (path, b"")
            if "GET" not in methods:
                assert (path, head.status_code, head.headers["allow"]) == (path, 405, named)
                continue
            read = await client.get(filled)
            assert (path, head.status_code) == (path, read.status_code)
            without = OF_THE_MOMENT | ({"content-length"} if path in VARYING_LENGTH else set())
            told, read_told = ({n: v for n, v in a.headers.items() if n not in without} for a in (head, read))
            assert (path, told) == (path, read_told)
        counted = (await client.get("/metrics", headers={"Accept": "text/plain"})).text
        assert 'method="HEAD",route="/workflows/{workflow_id}"' in counted.replace(", ", ",")
