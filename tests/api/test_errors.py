"""What goes wrong inside is told to clients by a number only; what waiting cures is told as such."""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from tests.support.api import Installation
from tests.support.people import POLICE, mutation_of
from tests.support.servers import as_superuser
from tests.support.serving import until

MASKED = "Lỗi không lường trước · Unexpected error"
AWAY = (
    "Cơ sở dữ liệu chưa sẵn sàng, hãy gửi lại với cùng commandId · "
    "The database cannot be reached, send it again with the same commandId"
)
INSIDE = re.compile(
    r"\brelation\b|psycopg|SELECT|INSERT|Traceback|permission|camera_registry|/\w+/\w+\.py", re.IGNORECASE
)


def break_record(installation: Installation, postgres: str, statement: str) -> None:
    """Do something to the record that nobody foresaw."""
    with psycopg.connect(
        as_superuser(installation.endpoints.database_url, postgres), autocommit=True
    ) as conn:
        conn.execute(statement)


class TestUnforeseen:
    """The text of an exception stays inside."""

    def test_query(self, apart: Installation, postgres: str, caplog: pytest.LogCaptureFixture) -> None:
        """A query that fails answers with the id under which the log tells why; its neighbours are answered."""
        break_record(apart, postgres, "ALTER TABLE camera_registry RENAME TO elsewhere")
        case = apart.detected(project=False)
        reference = str(uuid4())
        person = apart.signed_in("centre.approve")
        response = apart.client.post(
            "/graphql",
            json={
                "query": "query($id: ID) { me { name } case(id: $id, purpose: AUDIT) { number camera { name } } }",
                "variables": {"id": str(case.id)},
            },
            headers={"authorization": f"Bearer {person.token}", "x-correlation-id": reference},
        )
        assert response.json()["data"] == {"me": {"name": "centre.approve"}, "case": None}
        with caplog.at_level(logging.ERROR):
            response = apart.client.post(
                "/graphql",
                json={"query": "{ cameras { totalCount } }"},
                headers={"authorization": f"Bearer {person.token}", "x-correlation-id": reference},
            )
        [error] = response.json()["errors"]
        assert error["message"] == MASKED
        assert error["extensions"] == {"code": "UNEXPECTED", "correlationId": reference}
        assert response.headers["x-correlation-id"] == reference
        assert INSIDE.search(response.text) is None
        [record] = [record for record in caplog.records if record.name.startswith("api")]
        assert record.getMessage() == f"unexpected error at cameras, correlation {reference}"
        assert record.exc_info is not None
        assert isinstance(record.exc_info[1], psycopg.errors.UndefinedTable)

    def test_before_anything(
        self, apart: Installation, postgres: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        """Where even who asks cannot be found out, the answer is as masked, and is 500."""
        break_record(apart, postgres, "ALTER TABLE sessions RENAME TO elsewhere")
        with caplog.at_level(logging.ERROR):
            response = apart.client.post(
                "/graphql", json={"query": "{ me { name } }"}, headers={"authorization": "Bearer x"}
            )
        reference = response.headers["x-correlation-id"]
        assert response.status_code == 500
        assert response.json() == {
            "errors": [{"message": MASKED, "extensions": {"code": "UNEXPECTED", "correlationId": reference}}]
        }
        assert [record.getMessage() for record in caplog.records if record.name.startswith("api")] == [
            f"unexpected error before execution, correlation {reference}"
        ]

    def test_command(self, apart: Installation, postgres: str) -> None:
        """A command that cannot be recorded is not half recorded."""
        case = apart.detected()
        break_record(apart, postgres, "REVOKE INSERT ON commands FROM minhchung_serve")
        before = apart.head()
        body = apart.signed_in("centre.approve").answer(
            mutation_of("discardCase"),
            input={"caseId": str(case.id), "commandId": "1", "reasonCode": "TEST"},
        )
        assert [error["message"] for error in body["errors"]] == [MASKED]
        assert body["data"] is None
        assert INSIDE.search(str(body)) is None
        assert (apart.head(), apart.topics(case.id)) == (before, ["case:detected"])

    def test_lost_key(self, apart: Installation) -> None:
        """With another key in the folder names cannot be opened: it is said inside, and masked outside."""
        (Path(apart.endpoints.keys) / "personal.key").write_bytes(b"k" * 32)
        body = apart.signed_in("auditor").answer("{ me { name fullName } }")
        assert body["data"] == {"me": {"name": "auditor", "fullName": None}}
        assert [error["message"] for error in body["errors"]] == [MASKED]


class TestAway:
    """A database that cannot be reached is one clear answer, and no memory of it stays."""

    def test_and_back(self, apart: Installation, postgres: str, caplog: pytest.LogCaptureFixture) -> None:
        """Nothing hangs while it is away; once it is back the same command is carried out once."""
        case = apart.detected()
        person = apart.signed_in("centre.approve")
        document = mutation_of("approveCase")
        facts = {
            "caseId": str(case.id),
            "commandId": "once",
            "plate": "73A-123.45",
            "recipientUnitId": str(POLICE),
        }
        assert person.ask("{ me { name } }") == {"me": {"name": "centre.approve"}}
        with _away(apart, postgres), caplog.at_level(logging.WARNING):
            # whoever was known a moment ago is so until the connection that hears the log is found lost
            assert until(lambda: "data" not in person.answer("{ __typename }"))
            for query, given in (("{ me { name } }", {}), (document, {"input": facts})):
                response = apart.client.post(
                    "/graphql",
                    json={"query": query, "variables": given},
                    headers={"authorization": f"Bearer {person.token}"},
                )
                assert response.status_code == 503
                assert response.json() == {
                    "errors": [{"message": AWAY, "extensions": {"code": "UNAVAILABLE"}}]
                }
            login = 'mutation { login(input: {name: "auditor", password: "x"}) { __typename } }'
            error = apart.anonymous.error(login)
            assert error == {"message": AWAY, "code": "UNAVAILABLE", "retryable": True}
            assert apart.client.get("/readyz").status_code == 503
        assert "Traceback" not in caplog.text
        assert until(lambda: "data" in person.answer("{ me { name } }"))
        assert person.ask(document, input=facts)["approveCase"]["__typename"] == "CaseApproved"
        assert apart.topics(case.id) == ["case:detected", "case:approved"]


@contextmanager
def _away(installation: Installation, postgres: str) -> Iterator[None]:
    """Let the database of an installation take no connection, and end those there are."""
    name = str(conninfo_to_dict(installation.endpoints.database_url)["dbname"])
    with psycopg.connect(postgres, autocommit=True) as conn:

        def allow(allowed: str) -> None:
            conn.execute(
                sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS {}").format(
                    sql.Identifier(name), sql.SQL(allowed)
                )
            )

        allow("false")
        conn.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))
        try:
            yield
        finally:
            allow("true")
