"""The environment: what is read, what is refused, and that no refusal shows a secret."""

import dataclasses
from pathlib import Path

import pytest

from cli.console import Stop
from cli.settings import EXPECTED, load, resolve
from cli.up import endpoints
from cli.up.endpoints import Endpoints
from cli.wiring import identity_provider

URLS = {
    "DATABASE_URL": "postgresql://owner:pw@db1,db2:5433/minhchung?sslmode=verify-full&target_session_attrs=read-write",
    "NATS_URL": "tls://token@n1:4222,tls://token@n2:4222",
    "EVIDENCE_URL": "s3://evidence/dong-hoi",
}


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """No variable is set but by the test."""
    for name in EXPECTED:
        monkeypatch.delenv(name, raising=False)


class TestLoad:
    """The variables and their defaults."""

    def test_defaults(self) -> None:
        """Nothing set means ./var, port 8000 and embedded servers."""
        found = load()
        assert found.model_dump() == {
            "data": Path("var"),
            "port": 8000,
            "database_url": None,
            "nats_url": None,
            "evidence_url": None,
            "keys": None,
            "gateway_url": None,
            "analytics_url": None,
            "session": None,
            "oidc_issuer": None,
            "oidc_client_id": None,
            "oidc_client_secret_file": None,
            "trusted_proxies": (),
            "profile": "dong-hoi",
        }

    def test_options_win(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """An option wins over its variable, one that was not given does not."""
        monkeypatch.setenv("MINHCHUNG_PORT", "8001")
        monkeypatch.setenv("MINHCHUNG_DATA", "/srv/minhchung")
        found = load({"MINHCHUNG_PORT": 8002, "MINHCHUNG_DATA": None})
        assert (found.port, found.data) == (8002, Path("/srv/minhchung"))

    def test_proxies(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Proxies are named one by one."""
        monkeypatch.setenv("MINHCHUNG_TRUSTED_PROXY", "127.0.0.1, 2001:DB8::1")
        assert load().trusted_proxies == ("127.0.0.1", "2001:db8::1")

    def test_empty_is_unset(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A variable that is set to nothing is not set."""
        monkeypatch.setenv("DATABASE_URL", "")
        assert load().database_url is None

    @pytest.mark.parametrize(
        "name, value",
        [
            ("MINHCHUNG_PORT", "canary"),
            ("MINHCHUNG_PROFILE", "canary"),
            ("MINHCHUNG_PROFILE", "national"),
            ("MINHCHUNG_PORT", "0"),
            ("MINHCHUNG_PORT", "65536"),
            ("DATABASE_URL", "mysql://user:canary@host/x"),
            ("DATABASE_URL", "canary"),
            ("DATABASE_URL", "postgresql://user:canary@host:port/x"),
            ("DATABASE_URL", "postgresql://user:canary@host/x?unheard_of=1"),
            ("NATS_URL", "http://canary@host:4222"),
            ("NATS_URL", "nats://canary@"),
            ("NATS_URL", "nats://canary@host:port"),
            ("NATS_URL", "nats://canary@host:4222,canary"),
            ("MINHCHUNG_OIDC_ISSUER", "http://canary.example"),
            ("MINHCHUNG_OIDC_ISSUER", "canary"),
            ("MINHCHUNG_TRUSTED_PROXY", "*"),
            ("MINHCHUNG_TRUSTED_PROXY", "canary.example"),
            ("MINHCHUNG_TRUSTED_PROXY", "10.0.0.0/8"),
            ("MINHCHUNG_TRUSTED_PROXY", "127.0.0.1,"),
            ("MINHCHUNG_OIDC_ISSUER", "https://id.example/?canary"),
            ("EVIDENCE_URL", "/canary"),
            ("EVIDENCE_URL", "file://canary/x"),
            ("EVIDENCE_URL", "s3:///canary"),
            ("EVIDENCE_URL", "ftp://canary/x"),
            ("MINHCHUNG_GATEWAY_URL", "canary"),
            ("MINHCHUNG_GATEWAY_URL", "ftp://canary.example"),
            ("MINHCHUNG_GATEWAY_URL", "https://user:canary@media.example"),
            ("MINHCHUNG_GATEWAY_URL", "https://media.example/?token=canary"),
            ("MINHCHUNG_GATEWAY_URL", "https://media.example:0"),
            ("MINHCHUNG_ANALYTICS_URL", "rtsp://canary.example"),
            ("MINHCHUNG_ANALYTICS_URL", "https:///canary"),
        ],
    )
    def test_wrong(self, monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
        """A wrong value ends in usage, naming the variable and what was expected, and not what was given."""
        monkeypatch.setenv(name, value)
        with pytest.raises(Stop) as caught:
            load()
        assert (str(caught.value), caught.value.status) == (f"{name}: expected {EXPECTED[name]}", 2)

    def test_shows_no_secret(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Neither the settings nor the endpoints show a password when printed."""
        for name, value in URLS.items():
            monkeypatch.setenv(name, value)
        found = load()
        shown = f"{found!r} {found} {resolve(found)!r}"
        assert "pw@" not in shown
        assert "token" not in shown


class TestResolve:
    """Where the servers are."""

    def test_given(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        """The URLs that were given are used as they are, whole."""
        for name, value in URLS.items():
            monkeypatch.setenv(name, value)
        found = resolve(load({"MINHCHUNG_DATA": tmp_path}))
        assert dataclasses.asdict(found) == {
            "database_url": URLS["DATABASE_URL"],
            "nats_url": URLS["NATS_URL"],
            "evidence_url": URLS["EVIDENCE_URL"],
            "keys": tmp_path / "keys",
        }

    def test_keys_elsewhere(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        """The keys may lie in a folder of their own."""
        for name, value in {**URLS, "MINHCHUNG_KEYS": str(tmp_path / "safe")}.items():
            monkeypatch.setenv(name, value)
        assert resolve(load()).keys == tmp_path / "safe"

    def test_not_needed(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        """A process that needs no database asks for none: a worker beside a camera has broker and store only."""
        for name in ("NATS_URL", "EVIDENCE_URL"):
            monkeypatch.setenv(name, URLS[name])
        found = resolve(load({"MINHCHUNG_DATA": tmp_path}), database=False)
        assert (found.database_url, found.nats_url) == ("", URLS["NATS_URL"])

    def test_not_running(self, tmp_path: Path) -> None:
        """Without URLs and without running servers it says how to get either."""
        with pytest.raises(Stop) as caught:
            resolve(load({"MINHCHUNG_DATA": tmp_path}))
        expected = "start `minhchung up`, or set DATABASE_URL, NATS_URL and EVIDENCE_URL"
        assert str(caught.value) == f"embedded servers are not running in {tmp_path}: {expected}"
        assert caught.value.status == 1

    def test_record_of_a_killed_run(self, tmp_path: Path) -> None:
        """A record that a killed run left is not taken for running servers."""
        left = Endpoints(
            database_url=f"postgresql://minhchung:pw@/minhchung?host={tmp_path}",
            nats_url="nats://token@127.0.0.1:1",
            evidence_url=(tmp_path / "evidence").as_uri(),
            keys=tmp_path / "keys",
        )
        endpoints.write(tmp_path, left, url="http://127.0.0.1:8000")
        with pytest.raises(Stop, match="are not running in"):
            resolve(load({"MINHCHUNG_DATA": tmp_path}))

    def test_one_given(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, database: str, nats_url: str
    ) -> None:
        """One URL that was given stands beside the embedded servers of the others."""
        running = Endpoints(
            database_url=database,
            nats_url=nats_url,
            evidence_url=(tmp_path / "evidence").as_uri(),
            keys=tmp_path / "keys",
        )
        endpoints.write(tmp_path, running, url="http://127.0.0.1:8000")
        assert resolve(load({"MINHCHUNG_DATA": tmp_path})) == running
        monkeypatch.setenv("NATS_URL", URLS["NATS_URL"])
        found = resolve(load({"MINHCHUNG_DATA": tmp_path}))
        assert found == dataclasses.replace(running, nats_url=URLS["NATS_URL"])


class TestIdentityProvider:
    """An identity provider is configured whole, or not at all."""

    def test_none(self) -> None:
        """Without an issuer there is none."""
        assert identity_provider(load()) is None

    def test_whole(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        """The secret is read from its file; nothing is asked of the provider, and nothing shows the secret."""
        (tmp_path / "secret").write_text("canary\n", encoding="utf-8")
        monkeypatch.setenv("MINHCHUNG_OIDC_ISSUER", "https://id.example")
        monkeypatch.setenv("MINHCHUNG_OIDC_CLIENT_ID", "minhchung")
        monkeypatch.setenv("MINHCHUNG_OIDC_CLIENT_SECRET_FILE", str(tmp_path / "secret"))
        found = identity_provider(load())
        assert found is not None
        assert (found.issuer, found.client_id, found.client_secret) == (
            "https://id.example",
            "minhchung",
            "canary",
        )
        assert "canary" not in repr(found)

    @pytest.mark.parametrize("lacks", ["MINHCHUNG_OIDC_CLIENT_ID", "MINHCHUNG_OIDC_CLIENT_SECRET_FILE"])
    def test_in_part(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, lacks: str) -> None:
        """What lacks, or is empty, ends in usage, naming the variable."""
        (tmp_path / "secret").write_text("\n", encoding="utf-8")
        monkeypatch.setenv("MINHCHUNG_OIDC_ISSUER", "https://id.example")
        if lacks.endswith("FILE"):
            monkeypatch.setenv("MINHCHUNG_OIDC_CLIENT_ID", "minhchung")
            monkeypatch.setenv(lacks, str(tmp_path / "secret"))
        with pytest.raises(Stop) as caught:
            identity_provider(load())
        assert (str(caught.value), caught.value.status) == (f"{lacks}: expected {EXPECTED[lacks]}", 2)
