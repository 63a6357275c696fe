"""Pure text analysis: a document goes in as text, a deterministic report comes out."""

from app.demo.analysis.report import DETAIL_LEVELS, DetailLevel, build_report

__all__ = ["DETAIL_LEVELS", "DetailLevel", "build_report"]
