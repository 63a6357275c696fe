"""Draws the example workflows into their README: `python -m examples.workflows.pictures [--check] README.md`.

The pictures are what `workflow { dag { mermaid } }` answers.
"""

import re
import sys
from pathlib import Path

from resolvers.executions.graphs import graph, mermaid
from resolvers.workflows.sources.source_text import read_source

FOLDER = Path(__file__).parent
PARTS = ("parameters", "actions", "on_failure", "on_exit", "outputs")
PICTURE = re.compile(r"(?<=<!-- picture: )(\w+)( -->\n).*?(?=<!-- end -->)", re.DOTALL)


def picture(name: str) -> str:
    """The Mermaid diagram of an example."""
    workflow = read_source(FOLDER / f"{name}.yaml").value
    return mermaid(graph({"parameters": [], **{part: workflow[part] for part in PARTS if part in workflow}}, {}))


def illustrated(text: str) -> str:
    """The text with each of its pictures drawn anew. Raises `SystemExit` where it leaves an example out."""
    left = {file.stem for file in FOLDER.glob("*.yaml")} - {found[1] for found in PICTURE.finditer(text)}
    if left:
        sys.exit(f"there is no picture of {', '.join(sorted(left))}: write a section about it")
    return PICTURE.sub(lambda found: f"{found[1]}{found[2]}```mermaid\n{picture(found[1])}\n```\n", text)


def main() -> None:
    """Rewrite the file, or with `--check` say whether it is stale."""
    *options, name = sys.argv[1:]
    file = Path(name)
    text = file.read_text()
    if options != ["--check"]:
        file.write_text(illustrated(text))
    elif illustrated(text) != text:
        sys.exit(f"{file} is stale: run make pictures")


if __name__ == "__main__":
    main()
