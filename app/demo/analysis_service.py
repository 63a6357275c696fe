"""The analyser of the demo: an HTTP service that measures a text and lists its faults."""

from pathlib import Path

import msgspec
from litestar import Litestar, post
from litestar.exceptions import HTTPException
from litestar.params import JSONBody
from litestar.status_codes import HTTP_200_OK, HTTP_413_REQUEST_ENTITY_TOO_LARGE

from app.demo.analysis import DetailLevel, build_report
from app.demo.confined_folder import ConfinedFolder
from app.demo.http_edge import BODY_FAULT_ANSWERS, report_health

MAX_CHARACTERS = 2 * 1024 * 1024
# JSON may spend six bytes on one character.
_LARGEST_BODY_BYTES = 6 * MAX_CHARACTERS + 1024


class AnalyzeRequest(msgspec.Struct):
    """A text, and how much to say about it."""

    content: str
    type: DetailLevel


def create_analysis_service(documents: Path | None) -> Litestar:
    """Build the analysis service: `POST /analyze` with `{"content", "type"}`; `GET /health`.

    `type` is basic, comprehensive or detailed; the answer is that of `analysis.build_report`. A text
    arrives without its address, so its relative links are looked up from the `documents` folder itself;
    with None they are not checked.

    Errors are `{"status_code", "detail"}`: 400 malformed JSON, 413 more than 2,097,152 characters,
    422 a missing field or an unknown type. Raises NotADirectoryError for a missing folder.
    """
    link_exists = None if documents is None else ConfinedFolder(documents).contains

    @post("/analyze", status_code=HTTP_200_OK, sync_to_thread=True)
    def analyze(data: JSONBody[AnalyzeRequest]) -> dict[str, object]:
        if len(data.content) > MAX_CHARACTERS:
            raise HTTPException(
                f"content: longer than {MAX_CHARACTERS} characters",
                status_code=HTTP_413_REQUEST_ENTITY_TOO_LARGE,
            )
        return build_report(data.content, data.type, link_exists)

    return Litestar(
        [analyze, report_health],
        exception_handlers=BODY_FAULT_ANSWERS,
        openapi_config=None,
        logging_config=None,
        request_max_body_size=_LARGEST_BODY_BYTES,
    )
