"""One page of a list, as REST counts pages."""

import msgspec


class Page(msgspec.Struct, frozen=True):
    """The documented pagination block (decision W8)."""

    page: int
    page_size: int
    total_items: int

    @property
    def total_pages(self) -> int:
        """How many pages there are; 0 where there is no item."""
        return -(-self.total_items // self.page_size)
