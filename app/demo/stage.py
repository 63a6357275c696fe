"""Sets the demo's stage: a documents server, the two services and the orchestrator, each on a real socket."""

import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
from litestar import Litestar
from litestar.static_files import create_static_files_router

from app.asgi import create_app
from app.demo.analysis_service import create_analysis_service
from app.demo.source_agent import create_source_agent
from app.server.serving import serving
from app.settings.settings import Settings
from engine.services.registry import Service

DOCUMENTS = (
    Path(__file__).parent / "documents",  # where a built wheel carries them
    Path(__file__).parents[2] / "examples" / "documents",
)


class Stage(msgspec.Struct, frozen=True):
    """Where everything is served, and the documents as the workflow's `document_url` names them."""

    orchestrator: str
    document_urls: list[str]


@asynccontextmanager
async def stage(documents: Path | None, port: int, data_dir: Path | None = None) -> AsyncIterator[Stage]:
    """Serve everything for as long as the context is open; files and one URL are there to be analysed.

    The data are kept in `data_dir`, without one nowhere.
    """
    folder = documents or example_documents()
    names = sorted(file.name for file in folder.iterdir() if file.is_file())
    async with AsyncExitStack() as stack:
        web = await stack.enter_async_context(serving(_documents_server(folder)))
        agent = create_source_agent(folder, allowed_origins=frozenset({web}))
        services = {
            "source_agent": await stack.enter_async_context(serving(agent)),
            "analysis_service": await stack.enter_async_context(serving(create_analysis_service(folder))),
        }
        if data_dir is None:
            data_dir = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="orchestrator-demo-")))
        settings = Settings(
            data_dir=data_dir, services={name: Service(name=name, url=url) for name, url in services.items()}
        )
        orchestrator = await stack.enter_async_context(serving(create_app(settings), port))
        yield Stage(orchestrator, [*names, *(f"{web}/{name}" for name in names[:1])])


def example_documents() -> Path:
    """The folder of documents that comes with the project."""
    return next(folder for folder in DOCUMENTS if folder.is_dir())


def _documents_server(folder: Path) -> Any:
    routes = create_static_files_router(path="/", directories=[folder])
    return Litestar(route_handlers=[routes], openapi_config=None, logging_config=None)
