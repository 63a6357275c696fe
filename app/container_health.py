"""Asks the service of the same container whether it is alive: `python -m app.container_health`."""

import os
import sys
from http.client import HTTPConnection, HTTPException

PORT = "5080"
PATH = "/healthz"
PATIENCE_SECONDS = 2


def main() -> None:
    """Exit with 0 where it is. This runs every few seconds, so it imports nothing of the service, nor its settings."""
    port = int(os.environ.get("ORCHESTRATOR_PORT", PORT))
    connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
    try:
        connection.request("GET", PATH)
        status = connection.getresponse().status
    except (OSError, HTTPException) as error:
        sys.exit(f"nothing answers on port {port}: {error}")
    if status != 200:
        sys.exit(f"{PATH} on port {port} answers {status}")


if __name__ == "__main__":
    main()
