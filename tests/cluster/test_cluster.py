"""``--cluster`` with a real scheduler and two worker processes, one of which is killed in the middle:
nothing is lost, nothing doubled, and every byte is that of one machine."""

import csv
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time

import dask
import distributed
import forked_workers
import psutil
import pytest
from desk_books import DAY, book, clean, number, numbers_in, put, rendered
from member_files import as_csv
from sample_rows import short_sample
from shikaku import cli
from shikaku.cluster import connection
from shikaku.cluster.connection import Cluster, TaskFailed
from shikaku.jobs import letters
from shikaku.jobs.case import session_for
from shikaku.system import extras
from shikaku.system.errors import ShikakuError, UsageError
from shikaku.workbook.closed_file import ClosedBook

KILL = getattr(signal, "SIGKILL", signal.SIGTERM)


@pytest.fixture(autouse=True)
def log(tmp_path, monkeypatch):
    monkeypatch.setenv("SHIKAKU_LOG_DIR", str(tmp_path / "log"))


@pytest.fixture(scope="module", autouse=True)
def forked():
    """Dask's workers are forked, as in Dask's own tests, from a server with its imports and ours."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("distributed.utils._forkserver_preload_set", True)
        forked_workers.anew("distributed", "shikaku.cluster.tasks")
        with dask.config.set({"distributed.worker.multiprocessing-method": "forkserver"}):
            yield
    forked_workers.anew()


@pytest.fixture(scope="module")
def scheduler(forked):
    with distributed.LocalCluster(
        n_workers=2,
        threads_per_worker=1,
        processes=True,
        host="127.0.0.1",
        dashboard_address=None,
        silence_logs=50,
    ) as running:
        yield running.scheduler_address


@pytest.fixture(scope="module")
def workbook(tmp_path_factory):
    """40 members of four 記号 and 16 joiners, two of whom share a number; some things are wrong."""
    members = [row for seed in range(1, 5) for row in clean(10, seed)]
    joiners = [row for seed in range(5, 9) for row in clean(4, seed)]
    for i, row in enumerate((*members, *joiners)):
        row["number"] = str(i + 1)
    joiners[3]["individual_number"] = joiners[9]["individual_number"] = number(7)
    joiners[5]["filed"] = ""
    members[7]["postal_code"] = "12"
    path = tmp_path_factory.mktemp("cluster") / "b.xlsx"
    return put(path, book(members=members, acquisition=joiners))


@pytest.fixture
def copies(tmp_path):
    """The beginning of the sample, twice under one name: one for each way."""
    data = rendered(short_sample(16))
    return put(tmp_path / "one" / "b.xlsx", data), put(tmp_path / "many" / "b.xlsx", data)


def command(capsys, *words):
    status = cli.main([*map(str, words), "--as-of", DAY.isoformat(), "--json"])
    said = capsys.readouterr()
    assert numbers_in(said.out + said.err) == []
    return status, said.out


class Killer:
    """Kills one worker process when it is called for the so manieth time."""

    def __init__(self, address, at):
        with distributed.Client(address, set_as_default=False) as client:
            self.pid = min(client.run(os.getpid).values())
        self.left, self.lock = at, threading.Lock()

    def __call__(self, *_):
        with self.lock:
            self.left -= 1
            if self.left == 0:
                os.kill(self.pid, KILL)


def gone(pid):
    """Whether a process has ended; its parent may not have looked after it yet."""
    try:
        psutil.Process(pid).wait(20)
    except psutil.NoSuchProcess:
        return True
    except psutil.TimeoutExpired:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    return True


@pytest.mark.parametrize("name", ["check", "decide"])
def test_one_worker_dies(name, scheduler, workbook, capsys, monkeypatch):
    wanted = command(capsys, name, workbook)
    monkeypatch.setattr("shikaku.cluster.partitions._LEAST", 2)
    killer = Killer(scheduler, at=5)
    submit = Cluster.submit

    def then_kill(self, task, work):
        future = submit(self, task, work)
        killer()
        return future

    monkeypatch.setattr(Cluster, "submit", then_kill)
    assert command(capsys, name, workbook, "--cluster", scheduler) == wanted
    assert killer.left < 0 and gone(killer.pid)


def everything(folder):
    """File → bytes of an output folder; of the journal only what is the same in any order."""
    found = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not path.name.startswith(".shikaku")
    }
    lines = (folder / ".shikaku-journal.jsonl").read_text("utf-8").splitlines()
    entries = [entry for line in lines if "key" in (entry := json.loads(line))]
    return found, sorted((e["at"], e["key"], e["content"], e["digest"]) for e in entries)


def issued(path):
    return [{k: c.value for k, c in row.cells.items()} for row in ClosedBook(path).read().tables["history"]]  # fmt: skip


def test_letters_while_one_worker_dies(scheduler, copies, tmp_path):
    one, many = copies
    killer = Killer(scheduler, at=8)
    out = tmp_path / "out"
    results = {}
    kinds = ["notice", "certificate-cover", "return-loss"]  # by employer, by person, a ledger's
    for path, options in ((one, {}), (many, {"cluster": scheduler, "progress": killer})):
        shutil.rmtree(out, ignore_errors=True)
        done = letters.letters(
            session_for(path), out, kinds=kinds, as_of=DAY, quiet=True, **options
        )
        results[path] = done.to_json(), everything(out), issued(path)
    assert killer.left < 0 and gone(killer.pid)
    assert results[many] == results[one]
    data, (files, entries), history = results[many]
    assert data["failed"] == [] and len(entries) == sum(data["letters"].values()) > 20
    assert sum(name.endswith(".pdf") for name in files) > 20 and history
    with (out / "index.csv").open(encoding="utf-8-sig", newline="") as file:
        assert {row["状態"] for row in csv.DictReader(file)} <= {"作成", "保留"}


def test_run_on_processes_of_our_own(copies, tmp_path, capsys):
    """``local:2``, members from a file; a second run on one machine issues nothing twice."""
    one, many = copies
    register = as_csv(ClosedBook(one).read(), tmp_path / "m.csv")
    common = ["--members", register, "--format", "docx"]
    whole = command(capsys, "run", one, "--out", tmp_path / "a", *common)
    found = command(capsys, "run", many, "--out", tmp_path / "b", *common, "--cluster", "local:2")
    assert found == whole
    files = [everything(tmp_path / name)[0] for name in "ab"]
    assert files[0] == files[1] and issued(one) == issued(many)
    _, again = command(capsys, "run", many, "--out", tmp_path / "b", *common)
    assert json.loads(again)["letters"] == {}


def refused(address, capsys, book, *more):
    began = time.monotonic()
    status = cli.main(["check", str(book), "--cluster", address, *more])
    said = capsys.readouterr()
    assert (status, said.out) == (2, "") and "→" in said.err and "Traceback" not in said.err
    assert time.monotonic() - began < 20
    return said.err


@pytest.fixture
def impatient(monkeypatch):
    """What isn't there answers no later than in a second, either."""
    monkeypatch.setattr(connection, "_SECONDS", 1.0)


@pytest.mark.usefixtures("impatient")
def test_nobody_there(workbook, capsys):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    assert str(port) in refused(f"tcp://127.0.0.1:{port}", capsys, workbook)
    assert "no-such-host.invalid" in refused("no-such-host.invalid:8786", capsys, workbook)


@pytest.mark.usefixtures("impatient")
def test_somebody_else_there(workbook, capsys):
    """A port where another program answers, and one where it says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        refused(f"127.0.0.1:{silent.getsockname()[1]}", capsys, workbook)


@pytest.mark.parametrize("address", ["", "local", "local:0", "local:-1", "local:x", "somewhere", "http://a:1", "a:b"])  # fmt: skip
def test_no_address(address, workbook, capsys):
    refused(address, capsys, workbook)


@pytest.mark.usefixtures("impatient")
def test_no_workers(workbook, capsys):
    with distributed.LocalCluster(
        n_workers=0, host="127.0.0.1", dashboard_address=None, silence_logs=50
    ) as empty:
        assert empty.scheduler_address in refused(empty.scheduler_address, capsys, workbook)


def test_without_dask(workbook, monkeypatch):
    monkeypatch.setattr(extras, "find_spec", lambda name: None)
    with pytest.raises(UsageError) as caught, Cluster("local:1"):
        pass
    assert "shikaku[cluster]" in caught.value.hint


def test_another_version_there(scheduler, monkeypatch):
    monkeypatch.setattr(connection.shikaku, "__version__", "9.9.9")
    with pytest.raises(UsageError) as caught, Cluster(scheduler):
        pass
    assert "9.9.9" in caught.value.message


def test_a_folder_that_the_workers_do_not_see(scheduler, tmp_path):
    with Cluster(scheduler) as cluster:
        cluster.require_folder(tmp_path)
        with pytest.raises(UsageError):
            cluster.require_folder(tmp_path / "nowhere")


def fails(work):
    if work == "ours":
        raise ShikakuError("だめです。", "こうします。")
    if work == "dies":
        os._exit(1)
    raise ValueError("000000000019")


def test_what_goes_wrong_in_a_task(scheduler):
    """The cluster's logs get no text of an error, since it may quote a cell."""
    with Cluster(scheduler) as cluster:
        for work, kind in (("ours", ShikakuError), ("else", TaskFailed)):
            with pytest.raises(kind) as caught:
                list(cluster.start(fails, [work]).results())
            assert numbers_in(str(caught.value)) == []
        assert caught.value.kind == "ValueError"


def test_the_sample_from_a_shell(tmp_path):
    """As a user starts it: nothing but the JSON on stdout, nothing at all on stderr."""
    env = {**os.environ, "SHIKAKU_LOG_DIR": str(tmp_path / "log")}
    start = [sys.executable, "-m", "shikaku"]
    subprocess.run([*start, "new", "s.xlsx", "--sample"], cwd=tmp_path, env=env, check=True)
    words = [*start, "check", "s.xlsx", "--json", "--as-of", DAY.isoformat()]
    whole, parts = (
        subprocess.run([*words, *more], cwd=tmp_path, env=env, capture_output=True)
        for more in ([], ["--cluster", "local:2"])
    )
    assert (parts.returncode, parts.stdout, parts.stderr) == (1, whole.stdout, b"")
