"""The systems that the examples call: a shop, mail, slow jobs and the like, each a function that answers one call."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

WAREHOUSE_TOKEN = "warehouse-token-of-the-examples"  # noqa: S105 - it opens nothing but this
ASKS_UNTIL_DONE = 3
PAGES = {1: (("tea", 4), ("mug", 9)), 2: (("pot", 20),), 3: (("tin", 6), ("jar", 5))}
IMPORTS = {"": (40, "c2"), "c2": (40, "c3"), "c3": (7, None)}
PEOPLE = {"": (["Ada", "Bob"], "p2"), "p2": (["Cleo", "Dan"], "p3"), "p3": (["Eve"], None)}
PRICES = {"north": 12.5, "south": 11.9, "east": 13.0}


class Call(msgspec.Struct, frozen=True):
    """What a system was asked: `path` is below the system, `data` is the query of a GET or DELETE, else the body."""

    system: str
    method: str
    path: str
    data: Mapping[str, Any]
    headers: Mapping[str, str]

    @property
    def line(self) -> str:
        """`stock DELETE /reservations/R1`."""
        return f"{self.system} {self.method} {self.path}"

    def part(self, position: int) -> str:
        """A segment of the path, from 0."""
        return self.path.strip("/").split("/")[position]


class Refused(Exception):
    """What a system answers where it does not do what it is asked: a status, and the reason as `{"reason"}`."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


class Systems:
    """All the systems; they remember each call, and give numbers in the order in which they are asked for."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self._numbers = 0

    def number(self, letter: str) -> str:
        """`R1`, and so on."""
        self._numbers += 1
        return f"{letter}{self._numbers}"

    def lines(self) -> list[str]:
        """The calls so far, each as `system METHOD /path`."""
        return [call.line for call in self.calls]

    def sent(self, line: str) -> list[Mapping[str, Any]]:
        """What was sent with the calls of this line."""
        return [call.data for call in self.calls if call.line == line]

    def answer(self, call: Call) -> Any:
        """The JSON that a system answers. Raises `Refused`."""
        self.calls.append(call)
        try:
            handle = SYSTEMS[call.system]
        except KeyError:
            raise Refused(404, f"there is no system '{call.system}'") from None
        return handle(self, call)


# --- a shop ---------------------------------------------------------------------------------------


def stock(systems: Systems, call: Call) -> Any:
    """Reservations of goods; of `sold-out` there is nothing."""
    if call.method == "DELETE":
        return {"released": call.part(1)}
    if call.data["sku"] == "sold-out":
        raise Refused(409, "nothing is left of it")
    return {"id": systems.number("R"), "sku": call.data["sku"]}


def payments(systems: Systems, call: Call) -> Any:
    """Charges and refunds; the card `declined` pays nothing."""
    if call.data.get("card") == "declined":
        raise Refused(402, "the card is declined")
    return {"id": systems.number("P"), **call.data}


def shipping(systems: Systems, call: Call) -> Any:
    """Parcels; none goes to `nowhere`."""
    if call.data["address"] == "nowhere":
        raise Refused(422, "no carrier goes there")
    return {"tracking": systems.number("T")}


def supplier(_systems: Systems, call: Call) -> Any:
    """A quote."""
    return {"supplier": call.system, "sku": call.data["sku"], "price": PRICES[call.system]}


# --- data -----------------------------------------------------------------------------------------


def catalogue(_systems: Systems, call: Call) -> Any:
    """The list of its pages, and each page."""
    if call.path == "/pages":
        return {"pages": list(PAGES)}
    return {"items": [{"name": name, "price": price} for name, price in PAGES[int(call.part(1))]]}


def reports(_systems: Systems, call: Call) -> Any:
    """Keeps what it is given."""
    return {"stored": call.part(0)}


def documents(_systems: Systems, call: Call) -> Any:
    """Reads scans; what is blurred cannot be read."""
    name = str(call.data["document"])
    if name.startswith("blurred"):
        raise Refused(422, "it is too blurred to be read")
    return {"document": name, "words": 100 * len(name)}


def importer(_systems: Systems, call: Call) -> Any:
    """Takes over one page of customers, and says where the next begins; null: that was the last."""
    rows, following = IMPORTS[call.data["cursor"]]
    return {"imported": call.data["imported_so_far"] + rows, "next_cursor": following}


def directory(_systems: Systems, call: Call) -> Any:
    """A page of people, and where the next begins; null: that was the last."""
    people, following = PEOPLE[call.data.get("cursor", "")]
    return {"people": people, "next": following}


def orders(_systems: Systems, call: Call) -> Any:
    """The orders of a day."""
    rows = [
        {"id": 1, "total": 30, "paid": True},
        {"id": 2, "total": 5, "paid": False},
        {"id": 3, "total": 12, "paid": True},
    ]
    return {"day": call.data["day"], "orders": rows}


def warehouse(_systems: Systems, call: Call) -> Any:
    """Takes a partition of a table from whoever has the token."""
    if call.headers.get("authorization") != f"Bearer {WAREHOUSE_TOKEN}":
        raise Refused(401, "who is asking?")
    return {"loaded": len(call.data["rows"])}


def jobs(systems: Systems, call: Call) -> Any:
    """Slow jobs: done when they are asked about for the third time; one of the kind `doomed` fails then."""
    if call.method == "POST":
        return {"id": systems.number("doomed-" if call.data["kind"] == "doomed" else "J")}
    if call.path.endswith("/result"):
        return {"rows": 1_204}
    if systems.lines().count(call.line) < ASKS_UNTIL_DONE:
        return {"state": "running"}
    if call.part(1).startswith("doomed"):
        return {"state": "failed", "reason": "out of memory"}
    return {"state": "done"}


# --- operations -----------------------------------------------------------------------------------


def ci(_systems: Systems, call: Call) -> Any:
    """Builds and tests."""
    return {"image": f"shop@{call.data['commit']}"} if call.path == "/builds" else {"passed": 312}


def deployer(_systems: Systems, call: Call) -> Any:
    """Releases of applications, and their canaries."""
    return {"application": call.part(1), **call.data}


def metrics(_systems: Systems, call: Call) -> Any:
    """How many of a version's requests fail, in percent; most of those of a version with `bad` in its name."""
    return {"error_percentage": 31.0 if "bad" in call.data["version"] else 0.2}


def database(systems: Systems, call: Call) -> Any:
    """Snapshots."""
    return {"dropped": call.part(1)} if call.method == "DELETE" else {"id": systems.number("S"), "checksum": "5f3c"}


def storage(_systems: Systems, call: Call) -> Any:
    """Keeps objects, and reads them again to check them."""
    return {"object": call.part(1), "checksum": "5f3c"}


def desk(systems: Systems, call: Call) -> Any:
    """What only takes a message: chat, mail, a pager, a status page, tickets, a telephone."""
    return {"id": systems.number("M"), "taken": dict(call.data)}


def accounts(systems: Systems, call: Call) -> Any:
    """Accounts of users."""
    if call.method == "POST":
        return {"id": systems.number("U"), "state": "new"}
    return {"id": call.part(1), "state": "closed" if call.method == "DELETE" else call.data["state"]}


SYSTEMS: Mapping[str, Callable[[Systems, Call], Any]] = {
    "stock": stock,
    "payments": payments,
    "shipping": shipping,
    **dict.fromkeys(PRICES, supplier),
    "catalogue": catalogue,
    "reports": reports,
    "documents": documents,
    "importer": importer,
    "directory": directory,
    "orders": orders,
    "warehouse": warehouse,
    "jobs": jobs,
    "ci": ci,
    "deployer": deployer,
    "metrics": metrics,
    "database": database,
    "storage": storage,
    "accounts": accounts,
    **dict.fromkeys(("chat", "mail", "pager", "status_page", "tickets", "telephone"), desk),
}
"""Each system by the name by which the workflows call it."""
