"""The whole way, as a new user goes it: one command, a detected case, four people's acts, a replay, a kill, again."""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from cli.up import lease
from detection import sample

ROOT = Path(__file__).parents[1]
PATIENCE_S = 90


class Installation:
    """`minhchung up` over one data folder, on a port of its own."""

    def __init__(self, data: Path) -> None:
        self.data = data
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        self.environment = {
            **{k: v for k, v in os.environ.items() if not k.endswith("_URL")},
            "MINHCHUNG_DATA": str(data),
        }
        self.passwords: dict[str, str] = {}
        self._up: subprocess.Popen[str] | None = None

    def start(self) -> dict[str, Any]:
        """Start everything; the one line it answers with."""
        with (self.data / "up.err").open("a") as log:
            self._up = subprocess.Popen(
                [sys.executable, "-m", "cli.main", "up", "--json", "--port", str(self.port)],
                cwd=ROOT,
                env=self.environment,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        assert self._up.stdout is not None
        with self._up.stdout as answer:  # the only line there will be
            ready: dict[str, Any] = json.loads(answer.readline() or "{}")
        assert ready.get("ready") is True, (self.data / "up.err").read_text()[-3000:]
        self.passwords |= {account["name"]: account["password"] for account in ready["accounts"]}
        return ready

    def kill_everything(self) -> None:
        """Kill -9 whatever holds a lease of this folder, the supervisor first."""
        assert self._up is not None
        self._up.kill()
        for path in (self.data / "run").glob("*.lock"):
            for pid in lease.holders(path):
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    continue
        self._up.wait(30)

    def stop(self) -> int:
        """Ctrl-C."""
        assert self._up is not None
        self._up.send_signal(signal.SIGINT)
        return self._up.wait(60)

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run another subcommand beside it."""
        return subprocess.run(
            [sys.executable, "-m", "cli.main", *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def ask(self, query: str, variables: dict[str, Any] | None = None, *, token: str | None = None) -> Any:
        """One request, and its data."""
        response = httpx2.post(
            f"http://127.0.0.1:{self.port}/graphql",
            json={"query": query, "variables": variables or {}},
            headers={"Authorization": f"Bearer {token}"} if token else {},
            timeout=20,
        )
        body = response.json()
        assert "errors" not in body, body
        return body["data"]

    def sign_in(self, name: str) -> str:
        """Sign in with the password that was printed."""
        session = self.ask(
            "mutation($i: LoginInput!) { login(input: $i) { ... on Session { token } ... on Refusal { code } } }",
            {"i": {"name": name, "password": self.passwords[name]}},
        )["login"]
        return str(session["token"])

    def cases(self, token: str, wanted: int) -> list[dict[str, Any]]:
        """The queue, once it shows as many cases as are wanted."""
        deadline = time.monotonic() + PATIENCE_S
        while True:
            page = self.ask(
                "{ cases(first: 100) { totalCount nodes { id number state rule due dueRule { id } holder { name }"
                " occurredAt camera { code } evidence { kind sha256 size }"
                " availableActions { action enabled } } } }",
                token=token,
            )["cases"]
            if len(page["nodes"]) >= wanted:  # the total is read a moment later, and may know of one more
                return list(page["nodes"])
            assert time.monotonic() < deadline, f"{page['totalCount']} of {wanted} cases"
            threading.Event().wait(0.2)

    def act(self, token: str, mutation: str, payload: str, given: dict[str, Any]) -> dict[str, Any]:
        """One of the acts on a case."""
        kind = mutation[0].upper() + mutation[1:] + "Input"
        answer = self.ask(
            f"mutation($i: {kind}!) {{ {mutation}(input: $i) {{ __typename"
            f" ... on {payload} {{ position case {{ state version due plate }} }}"
            " ... on Refusal { code message rule { id citation } } } }",
            {"i": given},
            token=token,
        )[mutation]
        return dict(answer)


@pytest.fixture
def installation() -> Iterator[Installation]:
    """An installation in a folder that an unprivileged account may pass through."""
    with tempfile.TemporaryDirectory(prefix="minhchung-spine-") as folder:
        Path(folder).chmod(0o711)
        data = Path(folder, "var")
        data.mkdir(mode=0o711)
        made = Installation(data)
        yield made
        if made._up is not None and made._up.poll() is None:
            made.kill_everything()


@pytest.mark.rule("R-DHV-1.3.0", "R-DH-11.3.b4", "R-QT-3.1.0")
@pytest.mark.timeout(400)
def test_one_case_goes_the_whole_way(installation: Installation) -> None:
    """From the clip to the notified result by four people, replayed, and still there after a kill of everything."""
    truth = json.loads(sample.TRUTH.read_text())
    ready = installation.start()
    assert ready["url"] == f"http://127.0.0.1:{installation.port}"
    assert {account["unit_kind"] for account in ready["accounts"]} >= {"OPERATIONS_CENTRE", "CITY_POLICE"}

    centre = installation.sign_in("centre.approve")
    found = installation.cases(centre, len(truth["violators"]))
    assert len(found) == len(truth["violators"])
    case = found[0]
    assert (case["state"], case["rule"], case["camera"]["code"]) == ("DETECTED", "RED_LIGHT", "DH-NT-01")
    assert [item["kind"] for item in case["evidence"]] == ["FRAME_BEFORE", "FRAME_AT", "FRAME_AFTER", "CLIP"]
    assert case["dueRule"]["id"] == "R-DH-11.3.a1"

    [police] = installation.ask('{ units(filter: {kind: "CITY_POLICE"}) { nodes { id } } }', token=centre)[
        "units"
    ]["nodes"]
    approval = {
        "caseId": case["id"],
        "plate": "73A-123.45",
        "recipientUnitId": police["id"],
        "commandId": "approve-1",
    }
    approved = installation.act(centre, "approveCase", "CaseApproved", approval)
    assert approved["__typename"] == "CaseApproved"
    assert (approved["case"]["state"], approved["case"]["plate"]) == ("APPROVED", "73A-123.45")

    handler = installation.sign_in("police.handle")
    steps = [
        ("receiveCase", "CaseReceived", {}),
        ("startVerification", "VerificationStarted", {}),
        ("concludeCase", "CaseConcluded", {"finding": "VIOLATION", "text": "Xe vượt vạch dừng khi đèn đỏ"}),
        ("notifyResult", "ResultNotified", {}),
    ]
    for mutation, payload, facts in steps:
        given = {"caseId": case["id"], "commandId": f"{mutation}-1", **facts}
        assert installation.act(handler, mutation, payload, given)["__typename"] == payload

    replayed = installation.run("replay", "case", case["number"], "--json")
    assert replayed.returncode == 0, replayed.stderr
    steps_shown = json.loads(replayed.stdout.splitlines()[-1])
    assert [step["event"] for step in steps_shown] == [
        "case:detected",
        "case:approved",
        "case:received",
        "case:verification-started",
        "case:concluded",
        "case:result-notified",
    ]
    assert steps_shown[1]["by"] == "Nguyễn Văn An (centre.approve)"
    assert [step["position"] for step in steps_shown] == sorted(step["position"] for step in steps_shown)

    installation.kill_everything()
    again = installation.start()
    assert again["accounts"] == []
    centre = installation.sign_in("centre.approve")
    kept = {c["id"]: c["state"] for c in installation.cases(centre, len(found))}
    assert kept == {c["id"]: "CONCLUDED" if c["id"] == case["id"] else "DETECTED" for c in found}
    repeated = installation.act(centre, "approveCase", "CaseApproved", approval)
    assert repeated["position"] == approved["position"]
    assert installation.stop() == 0
    assert not any(lease.holders(path) for path in (installation.data / "run").glob("*.lock"))
