"""The parts of a text as the analysis of the demo tells them, in short."""

from app.demo.analysis.document import Document


def kinds_and_texts(document: Document) -> list[tuple[str, str]]:
    return [(block.kind.value, " ".join(block.text.split())) for block in document.blocks]
