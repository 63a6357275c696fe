"""Puts the measurements of one document together into the answer for a level of detail."""

from collections import Counter
from typing import Literal, get_args

from app.demo.analysis.document import Document, one_line
from app.demo.analysis.finding import Issue, LinkCheck, Severity
from app.demo.analysis.issues import find_issues
from app.demo.analysis.outline import describe_sections, describe_structure
from app.demo.analysis.parsing import parse_document
from app.demo.analysis.quality import quality_score
from app.demo.analysis.readability import Readability, measure_readability
from app.demo.analysis.sentences import Sentence, sentences_of, words_of
from app.demo.analysis.vocabulary import describe_vocabulary

DetailLevel = Literal["basic", "comprehensive", "detailed"]
DETAIL_LEVELS: tuple[DetailLevel, ...] = get_args(DetailLevel)

# The mean silent reading speed for English non-fiction.
_WORDS_PER_MINUTE = 238
_LISTED_ISSUES = 200
_LISTED_SENTENCES = 5
_TITLE_CHARACTERS = 200
_SENTENCE_CHARACTERS = 400


def build_report(text: str, detail: DetailLevel = "basic", link_exists: LinkCheck | None = None) -> dict[str, object]:
    """Analyse any text in linear time and return a JSON-ready report; the same text gives the same report.

    basic: `type`, `format`, `title`, `sizes`, `reading_time_minutes`, `quality_score`, `issue_counts` and
    `issues` (the first 200 by line). comprehensive adds `readability`, `vocabulary` and `structure`;
    detailed adds `sections` and `longest_sentences`. `link_exists` is asked about relative links.
    """
    document = parse_document(text)
    words = words_of(document.blocks)
    sentences = sentences_of(document.blocks)
    readability = measure_readability(sentences)
    issues = find_issues(document, sentences, link_exists)
    report: dict[str, object] = {
        "type": detail,
        "format": document.format.value,
        "title": None if document.title is None else one_line(document.title, _TITLE_CHARACTERS),
        "sizes": _sizes(document, len(words), len(sentences)),
        "reading_time_minutes": round(len(words) / _WORDS_PER_MINUTE, 1),
        "quality_score": quality_score(issues, len(words), readability),
        "issue_counts": _issue_counts(issues),
        "issues": [_issue(issue) for issue in issues[:_LISTED_ISSUES]],
    }
    if detail != "basic":
        report["readability"] = None if readability is None else _readability(readability)
        report["vocabulary"] = describe_vocabulary(words)
        report["structure"] = describe_structure(document)
    if detail == "detailed":
        report["sections"] = describe_sections(document.blocks)
        report["longest_sentences"] = _longest(sentences)
    return report


def _sizes(document: Document, words: int, sentences: int) -> dict[str, int]:
    return {
        "characters": document.characters,
        "words": words,
        "sentences": sentences,
        "paragraphs": document.paragraphs,
        "lines": document.lines,
    }


def _issue_counts(issues: list[Issue]) -> dict[str, int]:
    counts = Counter(issue.severity for issue in issues)
    return {"total": len(issues)} | {severity.value: counts[severity] for severity in Severity}


def _issue(issue: Issue) -> dict[str, object]:
    return {
        "kind": issue.kind,
        "line": issue.line,
        "message": issue.message,
        "severity": issue.severity.value,
    }


def _readability(readability: Readability) -> dict[str, object]:
    return {
        "flesch_reading_ease": round(readability.reading_ease, 1),
        "flesch_kincaid_grade": round(readability.grade, 1),
        "level": readability.level,
        "words_per_sentence": round(readability.words_per_sentence, 1),
        "syllables_per_word": round(readability.syllables_per_word, 2),
    }


def _longest(sentences: list[Sentence]) -> list[dict[str, object]]:
    ordered = sorted(sentences, key=lambda sentence: (-len(sentence.words), sentence.line))
    return [
        {
            "line": sentence.line,
            "words": len(sentence.words),
            "text": one_line(sentence.text, _SENTENCE_CHARACTERS),
        }
        for sentence in ordered[:_LISTED_SENTENCES]
    ]
