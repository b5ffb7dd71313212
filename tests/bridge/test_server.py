"""What a server refuses and answers, over a plain HTTP client."""

import http.client
import json
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from vivavoce.bridge.addresses import ServerAddress

from .conftest import COMMAND, ENVIRONMENT, is_running, wait_until

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="POSIX processes")


def ask(
    address: ServerAddress, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
) -> tuple[int, Any]:
    """Status and JSON of an answer; the right token goes along unless `headers` say otherwise."""
    connection = http.client.HTTPConnection(address.host, address.port, timeout=20)
    try:
        connection.request(method, path, body, {"Authorization": f"Bearer {address.token}", **(headers or {})})
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()


def submit(address: ServerAddress, kind: str = "trial", path: str | None = None, **options: object) -> tuple[int, Any]:
    content = {"options": options} if path is None else {"options": options, "path": path}
    return ask(address, "POST", f"/v1/jobs/{kind}", json.dumps(content).encode(), {"Content-Type": "application/json"})


def started(address: ServerAddress, kind: str = "trial", **options: object) -> str:
    status, job = submit(address, kind, **options)
    assert status == 202, job
    return job["id"]


def job(address: ServerAddress, job_id: str) -> dict[str, Any]:
    return ask(address, "GET", f"/v1/jobs/{job_id}")[1]


def assert_refused(answer: tuple[int, Any], status: int, words: str) -> None:
    assert answer[0] == status, answer
    assert answer[1]["code"] == "invalid_input"
    assert words in answer[1]["message"]


REFUSALS = {
    "no token": ({"Authorization": ""}, 401, "token"),
    "wrong token": ({"Authorization": "Bearer wrong"}, 401, "token"),
    "token that is no text": ({"Authorization": "Bearer \xff"}, 401, "token"),
    "token in another scheme": ({"Authorization": "Basic wrong"}, 401, "token"),
    "foreign host": ({"Host": "evil.example"}, 403, "evil.example"),
    "host that begins like ours": ({"Host": "127.0.0.1.evil.example"}, 403, "evil.example"),
    "foreign origin": ({"Origin": "http://evil.example"}, 403, "evil.example"),
    "no origin at all": ({"Origin": "null"}, 403, "null"),
    "newer client": ({"vivavoce-protocol": "99"}, 409, "Update Vivavoce on the server"),
    "older client": ({"vivavoce-protocol": "0"}, 409, "Update the Vivavoce that sent"),
    "protocol that is no number": ({"vivavoce-protocol": "one"}, 400, "whole number"),
    "two gigabytes claimed": ({"Content-Length": str(2 << 30)}, 413, "larger"),
}


@pytest.mark.parametrize(("headers", "status", "words"), REFUSALS.values(), ids=REFUSALS)
def test_a_request_that_must_not_come_in_is_refused(address: ServerAddress, headers: dict[str, str], status: int, words: str):
    assert_refused(ask(address, "POST", "/v1/jobs/trial", None, headers), status, words)


def test_every_path_but_the_description_wants_the_token(address: ServerAddress):
    description = ask(address, "GET", "/openapi.json", None, {"Authorization": ""})[1]
    for path, methods in description["paths"].items():
        for method in methods:
            assert_refused(ask(address, method.upper(), path, None, {"Authorization": ""}), 401, "token")


def test_a_body_that_grows_beyond_the_limit_is_refused_while_it_comes():
    process = subprocess.Popen(
        [*COMMAND, json.dumps({"max_body_bytes": 1 << 20})], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        env={**ENVIRONMENT, "VIVAVOCE_TOKEN": "secret"},
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    port = json.loads(process.stdout.readline())["port"]
    head = "POST /v1/jobs/trial HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer secret\r\nTransfer-Encoding: chunked\r\n"
    form = "Content-Type: multipart/form-data; boundary=b\r\n\r\n"
    part = b'--b\r\nContent-Disposition: form-data; name="input"\r\n\r\n'
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall((head + form).encode() + b"%x\r\n%b\r\n" % (len(part), part))
        for _ in range(20):
            connection.sendall(b"%x\r\n%b\r\n" % (1 << 16, bytes(1 << 16)))
        assert connection.recv(100).startswith(b"HTTP/1.1 413")
    process.stdin.close()
    assert process.wait(10) == 0


@pytest.mark.parametrize("path", ["/etc/passwd", "../../etc/passwd", "{exchange}/../lock", "{exchange}/link", "{exchange}", "\0"])
def test_a_path_outside_the_roots_is_refused(address: ServerAddress, path: str):
    assert address.exchange is not None
    link = address.exchange / "link"
    if not link.is_symlink():
        link.symlink_to("/etc/passwd")
    assert_refused(submit(address, path=path.format(exchange=address.exchange)), 422, "path")


@pytest.mark.parametrize(
    ("options", "words"),
    [({"secnds": 1}, "secnds"), ({"seconds": "long"}, "seconds"), ({"seconds": -1}, "cannot take"), ({"factor": None}, "factor")],
)
def test_options_that_do_not_fit_are_named(address: ServerAddress, options: dict[str, object], words: str):
    assert_refused(submit(address, **options), 422, words)


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"options": 3}', b'{"path": 3}', b'{"more": 3}', b"\xff", b"[" * 100_000])
def test_a_request_that_is_no_request_is_told_so(address: ServerAddress, body: bytes):
    assert_refused(ask(address, "POST", "/v1/jobs/trial", body, {"Content-Type": "application/json"}), 422, "request")


FORM = "multipart/form-data; boundary=b"
PART = b'--b\r\nContent-Disposition: form-data; name="%b"\r\n\r\n{}\r\n'


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("multipart/form-data", b""), (FORM, b""), (FORM, PART % b"input"), (FORM, PART % b"more" + b"--b--\r\n"),
        (FORM, PART % b"options" * 2 + b"--b--\r\n"), (FORM, PART % b"input" * 2 + b"--b--\r\n"), ("text/html", b"<p>"),
        (FORM, PART % b"path" + b"--b--\r\n"),
    ],
)  # fmt: skip
def test_a_form_that_is_no_form_is_told_so(address: ServerAddress, content_type: str, body: bytes):
    answer = ask(address, "POST", "/v1/jobs/trial", body, {"Content-Type": content_type})
    assert_refused(answer, 422, "")


def test_a_refused_request_leaves_no_folder(address: ServerAddress):
    assert address.exchange is not None
    folder = address.exchange.parent
    before = set(folder.iterdir())
    submit(address, seconds=-1)
    ask(address, "POST", "/v1/jobs/trial", PART % b"input", {"Content-Type": FORM})
    assert set(folder.iterdir()) == before


def test_a_kind_that_is_not_offered_is_told_with_those_that_are(address: ServerAddress):
    assert_refused(submit(address, "paint"), 404, "trial")


def test_unknown_paths_jobs_and_methods_have_the_same_form_of_answer(address: ServerAddress):
    assert_refused(ask(address, "GET", "/v1/nothing"), 404, "")
    assert_refused(ask(address, "GET", "/v1/jobs/nothing/events"), 404, "No job")
    assert_refused(ask(address, "DELETE", "/v1/jobs/nothing"), 404, "No job")
    assert_refused(ask(address, "PUT", "/v1/health"), 405, "")


def test_health_and_models_tell_what_the_server_is(address: ServerAddress):
    health = ask(address, "GET", "/v1/health")[1]
    assert {"version", "protocol", "pid", "jobs"} <= set(health)
    models = ask(address, "GET", "/v1/models")[1]
    assert [model["kind"] for model in models] == ["trial", "other", "hungry"]
    assert "seconds" in models[0]["options"]["properties"]


def test_the_description_holds_the_options_of_every_kind(address: ServerAddress):
    description = ask(address, "GET", "/openapi.json")[1]
    assert description["components"]["schemas"]["trial_options"]["properties"]["factor"]["type"] == "number"


def test_two_callers_queue_and_are_told_their_place(address: ServerAddress):
    first = started(address, seconds=30)
    wait_until(lambda: job(address, first)["state"] == "running")
    second, third, other = started(address), started(address), started(address, "other", seconds=30)
    assert [job(address, job_id)["place"] for job_id in (first, second, third)] == [0, 1, 2]
    wait_until(lambda: job(address, other)["state"] == "running")
    ask(address, "DELETE", f"/v1/jobs/{first}")
    wait_until(lambda: job(address, third)["state"] == "done")
    assert job(address, second)["state"] == "done"
    ask(address, "DELETE", f"/v1/jobs/{other}")


def test_a_result_is_there_when_the_job_is_done_and_gone_when_it_is_forgotten(address: ServerAddress):
    job_id = started(address, seconds=0.3)
    assert_refused(ask(address, "GET", f"/v1/jobs/{job_id}/result"), 409, "not done")
    wait_until(lambda: job(address, job_id)["state"] == "done")
    ask(address, "DELETE", f"/v1/jobs/{job_id}")
    assert_refused(ask(address, "GET", f"/v1/jobs/{job_id}/result"), 404, "No job")


def test_a_job_that_is_forgotten_takes_no_folder_of_another(address: ServerAddress):
    assert address.exchange is not None
    failed = started(address, error="bug")
    wait_until(lambda: job(address, failed)["state"] == "failed")
    running = started(address, seconds=30)
    folders = set(address.exchange.parent.glob("job-*"))
    ask(address, "DELETE", f"/v1/jobs/{failed}")
    assert set(address.exchange.parent.glob("job-*")) == folders
    ask(address, "DELETE", f"/v1/jobs/{running}")


def test_cancelling_kills_even_what_never_lets_python_run(address: ServerAddress, tmp_path: Path):
    pids = tmp_path / "pids"
    job_id = started(address, holds_lock=True, child=str(pids))
    wait_until(lambda: pids.exists() and len(pids.read_text().split()) == 2)
    start_s = time.perf_counter()
    assert ask(address, "DELETE", f"/v1/jobs/{job_id}")[1]["state"] == "cancelled"
    assert time.perf_counter() - start_s < 0.5
    wait_until(lambda: not any(is_running(int(pid)) for pid in pids.read_text().split()), timeout_s=0.5)


def test_a_client_that_leaves_in_the_middle_of_its_upload_leaves_nothing(address: ServerAddress):
    assert address.exchange is not None
    folder = address.exchange.parent
    before = set(folder.glob("job-*"))
    with socket.create_connection((address.host, address.port)) as connection:
        head = f"POST /v1/jobs/trial HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {address.token}\r\n"
        connection.sendall(f"{head}Content-Type: {FORM}\r\nContent-Length: 1000000\r\n\r\n".encode() + PART % b"input")
        wait_until(lambda: set(folder.glob("job-*")) != before)
    wait_until(lambda: set(folder.glob("job-*")) == before)


@pytest.mark.parametrize("is_locked", [False, True])
def test_a_server_ends_with_its_parent_and_takes_everything_along(is_locked: bool, tmp_path: Path):
    """The parent is killed; its server's standard input ends."""
    code = "import subprocess, sys, time; subprocess.Popen(sys.argv[1:], stdin=subprocess.PIPE); time.sleep(600)"
    parent = subprocess.Popen(
        [sys.executable, "-c", code, *COMMAND], stdout=subprocess.PIPE, env={**ENVIRONMENT, "VIVAVOCE_TOKEN": "secret"}
    )
    assert parent.stdout is not None
    ready = json.loads(parent.stdout.readline())
    address = ServerAddress("127.0.0.1", ready["port"], "secret")
    pids = tmp_path / "pids"
    started(address, holds_lock=is_locked, seconds=600, child=str(pids))
    wait_until(lambda: pids.exists() and len(pids.read_text().split()) == 2)
    parent.kill()
    parent.wait()
    wait_until(lambda: not is_running(ready["pid"]))
    wait_until(lambda: not any(is_running(int(pid)) for pid in pids.read_text().split()))
    wait_until(lambda: not Path(ready["exchange"]).parent.exists())
