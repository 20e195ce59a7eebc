"""The house stands as drawn: what imports what, what is committed, what is locked."""

import ast
import os
import pkgutil
import re
import subprocess
import sys
import tomllib
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import psycopg
import pytest
from graphql import specified_scalar_types
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from api.graphql.schema import build
from projections.all import read_models

ROOT = Path(__file__).parents[2]
PACKAGES = ("domain", "policies", "store", "projections", "api", "detection", "cli", "bench", "migrations")

LONGEST = 400
LONG = {
    "tests/support/api.py": "one installation for every test of the API, with its sample world",
}
"""Files that are longer than a file should be, and why; a file that grows past the limit is two things."""

HOSTS = {
    "www.apache.org",
    "keepachangelog.com",
    "semver.org",
    "www.w3.org",
    "docs.oasis-open.org",
    "www.onvif.org",
}
"""Hosts that committed text may name: licences, conventions, names of XML. What is fetched is named by nobody."""

FORBIDDEN = {
    "an index of packages": r"py[p]i\.(org|python)|pythonh[o]sted|registry\.npm[j]s|proxy\.gol[a]ng",
    "an option that names an index": r"--(extra-)?index-u[r]l[ =]|--find-l[i]nks|--trusted-h[o]st",
    "a path of somebody's machine": r"(?<![\w.{}/-])/([w]ork|[r]oot|[h]ome|[U]sers)/",
}
"""What no committed text says; written so that it does not say it itself."""


@cache
def committed() -> tuple[Path, ...]:
    """Every file that is committed or would be."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a checkout")
    listed = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "-z", "-co", "--exclude-standard"],  # noqa: S607 — whichever git there is
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    )
    return tuple(path for name in listed.stdout.split("\0") if name and (path := ROOT / name).is_file())


@cache
def texts() -> dict[str, str]:
    """Every committed text, by its path in the repository."""
    found = {}
    for path in committed():
        raw = path.read_bytes()
        if b"\0" not in raw[:8192]:
            found[str(path.relative_to(ROOT))] = raw.decode(errors="replace")
    return found


@pytest.mark.parametrize(
    "package, foreign",
    [
        (
            "domain",
            {"psycopg", "psycopg_pool", "nats", "strawberry", "starlette", "casbin", "cv2", "av", "store"},
        ),
        (
            "policies",
            {"psycopg", "psycopg_pool", "nats", "strawberry", "starlette", "cv2", "av", "store", "api"},
        ),
        (
            "detection",
            {"eventsourcing", "psycopg", "strawberry", "casbin", "domain", "store", "policies", "api"},
        ),
    ],
)
def test_imports(package: str, foreign: set[str]) -> None:
    """Importing all of a package loads nothing of what it must not know: no transport, database or image library."""
    spec = find_spec(package)
    assert spec is not None
    modules = [
        package,
        *(
            module.name
            for module in pkgutil.walk_packages(spec.submodule_search_locations, f"{package}.")
            # training needs torch, which only a trainer installs
            if not module.name.startswith("detection.training") and not module.name.endswith("__main__")
        ),
    ]
    code = (
        "import importlib, sys\n"
        "for name in sys.argv[1].split(): importlib.import_module(name)\n"
        "print(*sorted({name.split('.')[0] for name in sys.modules}))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code, " ".join(modules)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=False,
        text=True,
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    assert foreign & set(ran.stdout.split()) == set()


def test_schema_is_current() -> None:
    """The committed schema is the schema; `minhchung schema > schema.graphql` writes it."""
    assert (ROOT / "schema.graphql").read_text(encoding="utf-8") == build().as_str() + "\n"


class TestReadModels:
    """What is shown can be cut to its reader."""

    def test_scope_columns(self, database: str) -> None:
        """Every table a projector fills carries the columns that a reader's scope is cut by, and always has them."""
        with psycopg.connect(database) as conn:
            rows = conn.execute(
                "SELECT c.relname, a.attname FROM pg_class AS c LEFT JOIN pg_attribute AS a ON a.attrelid = c.oid"
                " AND a.attname IN ('area_path', 'owner_unit', 'tier') AND a.attnotnull"
                " WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')"
                " AND has_table_privilege('minhchung_project', c.oid, 'INSERT') AND c.relname <> 'positions'"
            ).fetchall()
        found: dict[str, set[str]] = {}
        for table, column in rows:
            found.setdefault(table, set()).add(column)
        assert found == {model.table: {"area_path", "owner_unit", "tier"} for model in read_models()}

    def test_names(self) -> None:
        """A read model has one name: its module, its table and its position."""
        for model in read_models():
            module = f"projections.{model.name}"
            assert model.table == model.name
            assert type(model).__module__ == module or vars(import_module(module))["LOG"] is model


class TestLocked:
    """What is installed is what was locked, from wherever it is fetched."""

    @staticmethod
    def locked(name: str) -> dict[str, str]:
        """Return each locked package with all that is said of it."""
        found: dict[str, str] = {}
        for block in re.split(r"\n(?=\S)", (ROOT / name).read_text(encoding="utf-8").strip()):
            found[canonicalize_name(re.split(r"[=\[ ;]", block, maxsplit=1)[0])] = block
        return found

    @pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
    def test_pinned(self, name: str) -> None:
        """Every package is pinned to one version with hashes, and nothing says where it comes from."""
        assert [
            block
            for block in self.locked(name).values()
            if not re.fullmatch(
                r"[A-Za-z0-9._\[\],-]+==[^\s;]+( ; [^\\]+)?( \\\n    --hash=sha256:[0-9a-f]{64})+", block
            )
        ] == []
        text = (ROOT / name).read_text(encoding="utf-8")
        assert [word for word in ("://", "--index", "--extra", "--find", "-e ", "git+") if word in text] == []

    def test_complete(self) -> None:
        """Every dependency of the project is locked, and so is every one of its development."""
        says = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
        asked = {canonicalize_name(Requirement(line).name) for line in says["project"]["dependencies"]}
        groups = {
            canonicalize_name(Requirement(line).name)
            for group in says["dependency-groups"].values()
            for line in group
        }
        assert asked - set(self.locked("requirements.txt")) == set()
        assert (asked | groups) - set(self.locked("requirements-dev.txt")) == set()

    def test_same_versions(self) -> None:
        """Development adds packages and changes none."""
        product, development = self.locked("requirements.txt"), self.locked("requirements-dev.txt")
        assert {name: development.get(name) for name in product} == product


class TestCommitted:
    """What is in the repository."""

    @pytest.mark.parametrize("what", list(FORBIDDEN))
    def test_names_no(self, what: str) -> None:
        """No committed text names an index of packages, or a path of the machine it was written on."""
        found = [
            f"{name}: {match[0]}"
            for name, text in texts().items()
            for match in re.finditer(FORBIDDEN[what], text)
        ]
        assert found == []

    def test_hosts(self) -> None:
        """Committed text names no host of the world but those of licences and conventions."""
        named = {
            (name, host)
            for name, text in texts().items()
            for host in re.findall(r"https?://(?:[^/\s@]*@)?([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)", text)
            if not host.endswith(".example") and not host.startswith("127.0.0.")
        }
        assert {(name, host) for name, host in named if host not in HOSTS} == set()

    def test_files_are_short(self) -> None:
        """A file of code fits a few screens, or says here why it does not."""
        long = {
            name: lines
            for name, text in texts().items()
            if name.endswith((".py", ".js", ".sql")) and (lines := text.count("\n")) > LONGEST
        }
        assert {name: lines for name, lines in long.items() if name not in LONG} == {}

    def test_packages_say_what_they_are(self) -> None:
        """Every folder of code is a package whose docstring says what it is."""
        folders = {
            parent
            for name in texts()
            if name.endswith(".py") and name.split("/")[0] in PACKAGES
            for parent in Path(name).parents
            if parent != Path()
        }
        silent = []
        for folder in sorted(folders):
            text = texts().get(str(folder / "__init__.py"))
            if text is None or not ast.get_docstring(ast.parse(text)):
                silent.append(str(folder))
        assert silent == []

    def test_migrations(self) -> None:
        """A migration is one dbmate reads: up first, then down, and its version is of its own."""
        migrations = {name: text for name, text in texts().items() if name.endswith(".sql")}
        assert {Path(name).parent for name in migrations} == {Path("migrations")}
        versions = [Path(name).name.split("_")[0] for name in migrations]
        assert len(set(versions)) == len(versions) > 0
        for name, text in migrations.items():
            assert re.fullmatch(r"\d{14}_[a-z_]+\.sql", Path(name).name)
            assert re.findall(r"^-- migrate:(\w+)", text, re.MULTILINE) == ["up", "down"], name
            assert text.startswith("-- migrate:up\n"), name


class TestSchema:
    """The schema speaks both languages."""

    def test_everything_is_described_twice(self) -> None:
        """Each type, field, argument and input says what it is in Vietnamese and in English."""
        silent: list[str] = []
        # strawberry leaves its own schema where graphql-core's tools can read it
        for name, kind in build()._schema.type_map.items():
            if name.startswith("__") or name in specified_scalar_types or name == "DateTime":
                continue
            parts = {name: kind.description}
            for field, found in getattr(kind, "fields", {}).items():
                parts[f"{name}.{field}"] = found.description
                parts |= {
                    f"{name}.{field}({a})": arg.description for a, arg in getattr(found, "args", {}).items()
                }
            silent += [part for part, said in parts.items() if " · " not in (said or "")]
        assert silent == []
