"""What is kept of many values, and what is forgotten."""

import threading

from models.latest import Latest


def test_what_was_put_in_the_longest_ago_goes_first() -> None:
    kept: Latest[str, int] = Latest(2)
    for number, name in enumerate("abc"):
        kept.put(name, number)
    assert [kept.get(name) for name in "abc"] == [None, 1, 2]
    assert len(kept) == 2


def test_what_was_asked_for_or_put_in_again_stays() -> None:
    kept: Latest[str, int] = Latest(2)
    kept.put("a", 0)
    kept.put("b", 1)
    assert kept.get("a") == 0
    kept.put("c", 2)
    assert "a" in kept and "b" not in kept
    kept.put("a", 3)
    kept.put("d", 4)
    assert (kept.get("a"), "c" in kept) == (3, False)


def test_what_is_to_be_forgotten_is() -> None:
    kept: Latest[str, int] = Latest(2)
    kept.put("a", 0)
    kept.forget("a")
    kept.forget("never")
    assert kept.get("a") is None
    kept.put("b", 1)
    kept.clear()
    assert len(kept) == 0


def test_threads_may_use_it_at_once() -> None:
    kept: Latest[int, int] = Latest(3)

    def work(first: int) -> None:
        for number in range(first, first + 3_000):
            kept.put(number % 7, number)
            kept.get((number + 3) % 7)

    threads = [threading.Thread(target=work, args=[first]) for first in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(kept) <= 3
