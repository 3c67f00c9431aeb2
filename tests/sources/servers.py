"""Real servers on loopback, each on a free port, for the time of the tests."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

PASSWORD = "geheim'\"\\ x"  # noqa: S105 - what must be quoted on its way
READER = "reader"
PATIENCE_SECONDS = 30


@dataclass(frozen=True)
class Server:
    port: int
    folder: Path
    execute: Callable[[str], None]


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@contextmanager
def running(command: Sequence[str | Path], port: int, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server while the block runs; it is ready when its port answers."""
    with log.open("wb") as output:
        process = subprocess.Popen([str(part) for part in command], stdout=output, stderr=output)
    try:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not answers(port):
            if process.poll() is not None or time.monotonic() > deadline:
                pytest.fail(f"the server did not start: {log.read_text(errors='replace')[-2000:]}")
            time.sleep(0.05)
        yield process
    finally:
        process.terminate()
        process.wait(PATIENCE_SECONDS)


def answers(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def binary(*places: str) -> Path:
    """Return the first program that is there; the test is skipped when none is."""
    for place in places:
        found = sorted(Path("/").glob(place.lstrip("/"))) if "*" in place else [shutil.which(place)]
        if found and found[-1]:
            return Path(str(found[-1]))
    pytest.skip(f"{places[-1]} is not installed (tests/services_install.sh installs it)")


def as_user(name: str) -> list[str]:
    """PostgreSQL refuses to run as root: become another user when we are."""
    return ["runuser", "-u", name, "--"] if os.getuid() == 0 else []


@contextmanager
def postgresql(folder: Path) -> Iterator[Server]:
    programs = binary("/usr/lib/postgresql/*/bin/initdb", "initdb").parent
    user = as_user("postgres")
    secret = folder / "password"
    secret.write_text(PASSWORD)
    for path in (folder, secret):
        if user:
            shutil.chown(path, "postgres")
    data, port = folder / "data", free_port()
    make = [programs / "initdb", "-D", data, "-U", READER, f"--pwfile={secret}", "-A", "scram-sha-256", "-N"]
    subprocess.run([*user, *make], check=True, capture_output=True, cwd=folder)
    options = ["-c", "fsync=off", "-c", "listen_addresses=127.0.0.1", "-c", f"port={port}", "-k", folder]
    client = binary(f"{programs}/psql")
    environment = os.environ | {"PGPASSWORD": PASSWORD}

    def execute(sql: str) -> None:
        login = ["-h", "127.0.0.1", "-p", str(port), "-U", READER, "-d", "postgres"]
        command = [str(client), *login, "-v", "ON_ERROR_STOP=1", "-q", "-c", sql]
        subprocess.run(command, check=True, env=environment, capture_output=True)

    with running([*user, programs / "postgres", "-D", data, *options], port, folder / "log"):
        wait_for(execute, "SELECT 1")
        yield Server(port, folder, execute)
        execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")


@contextmanager
def mariadb(folder: Path) -> Iterator[Server]:
    install, server = binary("mariadb-install-db"), binary("/usr/sbin/mariadbd", "mariadbd")
    client = binary("mariadb", "mysql")
    data, port, user = folder / "data", free_port(), ["--user=root"] if os.getuid() == 0 else []
    make = [install, "--no-defaults", f"--datadir={data}", "--auth-root-authentication-method=normal", *user]
    subprocess.run([*make, "--skip-test-db"], check=True, capture_output=True)
    places = [f"--socket={folder / 'socket'}", f"--pid-file={folder / 'pid'}", f"--datadir={data}"]
    network = ["--bind-address=127.0.0.1", f"--port={port}", "--skip-name-resolve"]

    def execute(sql: str) -> None:
        command = [str(client), "--no-defaults", f"--socket={folder / 'socket'}", "-u", "root", "-e", sql]
        subprocess.run(command, check=True, capture_output=True)

    with running([server, "--no-defaults", *places, *network, *user], port, folder / "log"):
        wait_for(execute, "SELECT 1")
        escaped = PASSWORD.replace("\\", "\\\\").replace("'", "\\'")
        execute(
            "DROP USER IF EXISTS ''@'localhost'; CREATE DATABASE bank; "
            f"CREATE USER '{READER}'@'127.0.0.1' IDENTIFIED BY '{escaped}'; "
            f"GRANT ALL ON bank.* TO '{READER}'@'127.0.0.1'"
        )
        yield Server(port, folder, execute)


@contextmanager
def object_store(folder: Path) -> Iterator[Server]:
    beside_python = Path(sys.executable).with_name("rclone")
    program = beside_python if beside_python.exists() else binary("rclone")
    port, root = free_port(), folder / "buckets"
    root.mkdir()
    address = ["--addr", f"127.0.0.1:{port}", "--auth-key", "KEY,SECRET", "--config", folder / "none"]
    with running(
        [program, "serve", "s3", *address, "--vfs-cache-mode", "off", "--dir-cache-time", "0s", root],
        port,
        folder / "log",
    ):
        yield Server(port, root, lambda _: None)


def wait_for(execute: Callable[[str], None], sql: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            execute(sql)
        except subprocess.CalledProcessError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return
