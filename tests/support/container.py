"""Reads the Dockerfile, and runs a command as its image would: not as root, on a root file system that is read-only."""

import json
import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]
DATA = "/data"
ENTER = """
set -eu
root=$1 data=$2 installed=$3 interpreter=$4
shift 4
mount -t tmpfs -o mode=0755 tmpfs "$root"
show() {  # a folder of this machine as a folder of the image
  mkdir -p "$root$2"
  mount --rbind "$1" "$root$2"
  mount -o "remount,bind,$3" "$root$2"
}
for folder in /bin /etc /lib /lib64 /sbin /usr; do  # they stand in for the base image
  if [ -L "$folder" ]; then cp -P "$folder" "$root$folder"; elif [ -d "$folder" ]; then show "$folder" "$folder" ro; fi
done
show /dev /dev rw
show /proc /proc rw
show "$interpreter" "$interpreter" ro
show "$installed" /opt/orchestrator ro
show "$data" /data rw
mkdir "$root/left"
mount -o remount,bind,ro "$root"
cd "$root"
pivot_root . left
umount -l /left
exec "$@"
"""


class Instruction:
    """One instruction of a Dockerfile: its word, and the rest of its line."""

    def __init__(self, line: str) -> None:
        self.word, _, self.rest = line.partition(" ")

    @property
    def words(self) -> list[str]:
        """The JSON array of the exec form. Raises `ValueError` where it is in the shell's form."""
        words: list[str] = json.loads(self.rest[self.rest.index("[") :])
        return words

    @property
    def pairs(self) -> dict[str, str]:
        """The `NAME=value` of ENV and LABEL."""
        return {name: value.strip('"') for name, value in re.findall(r'([\w.]+)=("[^"]*"|\S+)', self.rest)}


def stages() -> list[list[Instruction]]:
    """The instructions of each stage, FROM first; the last stage is the image."""
    text = re.sub(r"^#.*\n", "", (ROOT / "Dockerfile").read_text(), flags=re.MULTILINE)
    lines = re.sub(r"\\\n\s*", "", text).splitlines()
    found: list[list[Instruction]] = []
    for instruction in map(Instruction, filter(None, lines)):
        if instruction.word == "FROM":
            found.append([])
        found[-1].append(instruction)
    return found


def the(word: str) -> Instruction:
    """The image's one instruction of a kind."""
    [only] = [instruction for instruction in stages()[-1] if instruction.word == word]
    return only


def in_container(folder: Path, installed: Path, data: Path, command: Sequence[str]) -> list[str]:
    """A command that runs `command` with the installation at /opt/orchestrator and the folder `data` at /data.

    The root file system is put together in `folder` and seen by that command alone, which has the image's user, no
    capability and no way to get any. Where the tests are not run by root, the user is one of a user namespace.
    """
    user, group = the("USER").rest.split(":")
    if os.geteuid() == 0:
        enter = ["unshare", "--mount"]
        leave = ["setpriv", f"--reuid={user}", f"--regid={group}", "--clear-groups", "--bounding-set=-all"]
    else:
        enter = ["unshare", "--mount", "--map-root-user"]
        leave = ["unshare", "--user", f"--map-user={user}", f"--map-group={group}", "setpriv"]
    places = [str(folder), str(data), str(installed), sys.base_prefix]
    return [*enter, "sh", "-c", ENTER, "sh", *places, *leave, "--no-new-privs", *command]
