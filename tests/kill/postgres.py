"""A PostgreSQL cluster of its own, for a test that takes it away from the product and gives it back."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.processes import ROOT, free_port


def find_programs() -> Path:
    """Where the newest installed `initdb` and `pg_ctl` are; Debian keeps them off the PATH."""
    found = [folder for folder in Path("/usr/lib/postgresql").glob("*/bin") if (folder / "initdb").exists()]
    if found:
        return max(found, key=lambda folder: float(folder.parent.name))
    on_path = shutil.which("initdb")
    assert on_path is not None, "PostgreSQL's initdb is installed"
    return Path(on_path).resolve().parent


def find_owner() -> str:
    """Whose the cluster is: PostgreSQL refuses to run as root."""
    return "postgres" if "postgres" in {user.pw_name for user in pwd.getpwall()} else "nobody"


class Postgres:
    """Made and started at once, with the product's tables; `discard` leaves nothing behind."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"postgres://switchboard@127.0.0.1:{self.port}/postgres"
        self._programs = find_programs()
        self._folder = Path(tempfile.mkdtemp(prefix="switchboard-"))
        self._owner = find_owner() if os.getuid() == 0 else None
        if self._owner:
            shutil.chown(self._folder, self._owner)
        self._run("initdb", "--username=switchboard", "--auth=trust", "--encoding=UTF8", "--no-sync")
        self.start()
        self._migrate()

    def start(self) -> None:
        """Returns when it answers."""
        options = f"-c listen_addresses=127.0.0.1 -p {self.port} -k {self._folder}"
        self._run("pg_ctl", "start", "--wait", f"--log={self._folder}/log", f"--options={options}")

    def stop(self, mode: str = "fast") -> None:
        """As an operator's restart does it: every connection is cut; returns when it has ended."""
        self._run("pg_ctl", "stop", "--wait", f"--mode={mode}")

    def discard(self) -> None:
        if (self._folder / "data" / "postmaster.pid").exists():
            self.stop("immediate")
        shutil.rmtree(self._folder)

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self._programs / program), f"--pgdata={self._folder}/data", *arguments]
        subprocess.run(
            command,
            check=True,
            cwd=self._folder,
            user=self._owner,
            group=pwd.getpwnam(self._owner).pw_gid if self._owner else None,
            extra_groups=[] if self._owner else None,
            # Silent, or the server that it leaves running would keep a pipe open.
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def _migrate(self) -> None:
        subprocess.run(
            [sys.executable, "manage.py", "migrate", "--verbosity=0"],
            check=True,
            cwd=ROOT,
            env={**os.environ, "DATABASE_URL": self.url},
        )
