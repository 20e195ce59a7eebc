"""Whether the process lives, whether it is of use, and how far the read models are."""

import logging

import psycopg
import pytest
from prometheus_client.parser import text_string_to_metric_families

from domain.unit import Unit
from projections import FOLLOWERS, READ_MODELS
from projections.follower import CannotApplyError
from tests.support.api import Installation
from tests.support.people import POLICE

WITHOUT_TABLE = ("outbox", "scheduler", "links")
"""Followers that nothing is shown from."""


def figures(installation: Installation) -> dict[str, dict[str, float]]:
    """The metrics by name and follower."""
    response = installation.client.get("/metrics")
    assert response.headers["content-type"].startswith("text/plain; version=")
    return {
        family.name: {sample.labels.get("follower", ""): sample.value for sample in family.samples}
        for family in text_string_to_metric_families(response.text)
    }


def test_alive(installation: Installation) -> None:
    """The process answers without asking anything of the database, to whoever asks."""
    response = installation.client.get("/healthz")
    assert (response.status_code, response.json()) == (200, {"alive": True})


def test_ready(installation: Installation) -> None:
    """Ready says where each follower stands; nobody waits for those that never began here."""
    installation.detected()
    head = installation.head()
    response = installation.client.get("/readyz")
    shown = {name: {"position": head, "behind": 0} for name in READ_MODELS}
    assert (response.status_code, response.json()) == (
        200,
        {
            "ready": True,
            "followers": {**shown, **{name: {"position": 0, "behind": head} for name in WITHOUT_TABLE}},
        },
    )


def test_stopped_outbox(installation: Installation) -> None:
    """An outbox that stopped is named, and the API serves as before: what it shows comes from elsewhere."""
    with psycopg.connect(installation.endpoints.database_url, autocommit=True) as conn:
        conn.execute(
            "INSERT INTO positions (name, position, problem) VALUES ('outbox', 1, 'outbox stopped at position 2')"
        )
    response = installation.client.get("/readyz")
    assert response.status_code == 200
    assert (response.json()["ready"], response.json()["problem"]) == (True, "outbox stopped at position 2")
    assert figures(installation)["minhchung_follower_stopped"]["outbox"] == 1.0


def test_behind(installation: Installation) -> None:
    """Being behind is told, and is no reason not to serve."""
    before = installation.head()
    installation.many_detected([installation.now] * 3, project=False)
    response = installation.client.get("/readyz")
    assert response.status_code == 200
    assert response.json()["followers"]["case_queue"] == {"position": before, "behind": 3}
    assert figures(installation)["minhchung_follower_behind"] == {
        **dict.fromkeys(READ_MODELS, 3.0),
        **dict.fromkeys(WITHOUT_TABLE, installation.head()),
    }


def test_metrics(installation: Installation) -> None:
    """Each follower has a position, a distance and a mark; an installation that is up says 1."""
    found = figures(installation)
    assert found["minhchung_up"] == {"": 1.0}
    head = float(installation.head())
    assert found["minhchung_follower_position"] == {
        **dict.fromkeys(READ_MODELS, head),
        **dict.fromkeys(WITHOUT_TABLE, 0.0),
    }
    assert found["minhchung_follower_behind"] == {
        **dict.fromkeys(READ_MODELS, 0.0),
        **dict.fromkeys(WITHOUT_TABLE, head),
    }
    assert found["minhchung_follower_stopped"] == dict.fromkeys(FOLLOWERS, 0.0)


@pytest.mark.rule("R-QT-4.2.0")
def test_stopped_follower(installation: Installation, caplog: pytest.LogCaptureFixture) -> None:
    """A follower that met what it cannot apply makes the installation not ready, and is named with the position."""
    with installation.founding():
        unit = installation.operator.find(Unit, POLICE)
        unit.rename("Công an thành phố mới")
        installation.operator.record(unit)
    installation.project()
    with psycopg.connect(installation.endpoints.database_url, autocommit=True) as conn:
        conn.execute(
            "INSERT INTO events (originator_id, originator_version, topic, state)"
            " SELECT '00000000-0000-0000-0000-000000000007', 2, topic, state FROM events WHERE topic = 'unit:renamed'"
        )
    head = installation.head()
    with caplog.at_level(logging.CRITICAL), pytest.raises(CannotApplyError):
        installation.project()
    problem = f"directory stopped at position {head}: LookupError"
    logged = f"{problem}: 00000000-0000-0000-0000-000000000007 has no first event"
    assert [record.getMessage() for record in caplog.records] == [logged]
    response = installation.client.get("/readyz")
    assert response.status_code == 503
    assert (response.json()["ready"], response.json()["problem"]) == (False, problem)
    assert response.json()["followers"]["directory"]["behind"] == 1
    assert figures(installation)["minhchung_follower_stopped"]["directory"] == 1.0
    assert installation.client.get("/healthz").status_code == 200


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_only_asked(installation: Installation, path: str) -> None:
    """These are asked, not told; and they name no case, no person and no address."""
    installation.detected()
    assert installation.client.post(path).status_code == 405
    text = installation.client.get(path).text
    assert not any(word in text for word in ("DH-2026", "centre.approve", "postgresql:", "password"))


@pytest.mark.parametrize(
    "path", ["/health", "/admin", "/graphql/", "/docs", "/.env", "/explorer/", "/static/../cli"]
)
def test_nothing_else(installation: Installation, path: str) -> None:
    """There is nothing else at this address."""
    response = installation.client.get(path, headers={"accept": "application/json"}, follow_redirects=True)
    assert response.status_code in {404, 405}
