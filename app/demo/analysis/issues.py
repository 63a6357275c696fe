"""Collects everything an editor would mark in a document, in the order of its lines."""

from app.demo.analysis.document import Document
from app.demo.analysis.finding import Issue, LinkCheck
from app.demo.analysis.prose_issues import (
    find_leftover_markers,
    find_long_paragraphs,
    find_long_sentences,
    find_repeated_words,
)
from app.demo.analysis.sentences import Sentence
from app.demo.analysis.structure_issues import (
    find_dead_links,
    find_empty_sections,
    find_heading_faults,
    find_missing_prose,
    find_unclosed_code,
    find_undescribed_images,
)


def find_issues(document: Document, sentences: list[Sentence], link_exists: LinkCheck | None) -> list[Issue]:
    """Return all issues ordered by line, then kind.

    Relative links and images are checked only where `link_exists` is given; it gets the relative path,
    percent-decoded and without query or fragment, and says whether something is there.
    """
    issues = [
        *find_missing_prose(document, sentences),
        *find_heading_faults(document),
        *find_empty_sections(document),
        *find_unclosed_code(document),
        *find_undescribed_images(document),
        *find_dead_links(document, link_exists),
        *find_long_sentences(sentences),
        *find_long_paragraphs(document),
        *find_repeated_words(document),
        *find_leftover_markers(document),
    ]
    return sorted(issues, key=lambda issue: (issue.line, issue.kind, issue.message))
