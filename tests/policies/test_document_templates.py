"""Templates are data: read strictly, each fact with its law, and a profile's own before the national."""

import re
from hashlib import sha256
from pathlib import Path

import pytest

from policies.document_form import Need
from policies.documents import Template, missing_fields, read_templates, templates
from policies.files import RulebookInvalid
from policies.rulebook import PROFILES

KINDS = {"decision", "handover_minutes", "monthly_report", "notice", "record", "transfer_minutes"}
FOLDER = Path(__file__).parents[2] / "policies" / "national" / "documents"

SMALL = """\
kind: small
name: {vi: Mẫu nhỏ, en: Small}
title: MẪU
symbol: MN
dated: signed_on
fields:
  parent_unit_name: {type: text, need: optional, label: Chủ quản, law: Đ1}
  unit_name: {type: text, need: law, label: Cơ quan, law: Đ1}
  issued_place: {type: text, need: hand, label: Địa danh, law: Đ1}
  signed_on: {type: date, need: law, label: Ngày ký, law: Đ2}
  urgent: {type: flag, need: optional, label: Gấp, law: Đ3}
  reason: {type: text, need: law, if: urgent, unless: bases, label: Lý do, law: Đ4}
  bases: {type: list, need: optional, label: Căn cứ, law: Đ5}
  files: {type: rows, need: law, label: Tệp, law: Đ6, columns: {name: text, size: count}}
body:
  - {law: Đ1, paragraph: "{unit_name} <b>{signed_on}</b>: {reason}"}
  - {law: Đ5, each: bases, item: "{each}"}
  - {law: Đ6, each: files, point: "{name}: {size}"}
  - {law: Đ6, table: {rows: files, columns: [{title: Tên, field: name, width: 1}]}}
signatures:
  - - {title: NGƯỜI KÝ, hint: (Ký), law: Đ7}
recipients: [Lưu]
"""


def small(root: Path, text: str = SMALL, profile: str = "national", kind: str = "small") -> Template:
    """Load a template of the tests' own."""
    for folder in {"national", profile}:
        (root / folder / "documents").mkdir(parents=True, exist_ok=True)
    (root / profile / "documents" / f"{kind}.yaml").write_text(text, encoding="utf-8")
    return read_templates(profile, root)[kind]


@pytest.mark.parametrize("profile", PROFILES)
def test_every_kind_of_every_profile(profile: str) -> None:
    """Each profile has the six kinds of document, its own or the national ones it inherits."""
    assert set(templates(profile)) >= KINDS
    assert {template.kind for template in templates(profile).values()} == set(templates(profile))


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_digest(kind: str) -> None:
    """A template is known by the SHA-256 of its file."""
    assert templates("national")[kind].digest == sha256((FOLDER / f"{kind}.yaml").read_bytes()).hexdigest()


def test_record_holds_what_article_58_asks_for() -> None:
    """Of a record without any facts, each point of Đ58.3 that a system can know is missing, and is cited."""
    missing = {one.name: one.law for one in missing_fields(templates("national")["record"], {})}
    asked = {
        "a": ["drawn_at", "drawn_place"],
        "b": ["record_maker", "record_maker_title", "violator_name", "violator_address"],
        "c": ["occurred_at", "place", "violation_name", "violation_description"],
        "e": ["explanation_right"],
    }
    for point, names in asked.items():
        for name in names:
            assert f"Luật XLVPHC Đ58.3.{point}" in missing[name]
    completed = {
        spec.law
        for spec in templates("national")["record"].fields.values()
        if spec.need is Need.HAND and "Đ58.3" in spec.law
    }
    assert completed == {"Luật XLVPHC Đ58.3.d", "Luật XLVPHC Đ58.3.đ"}


def test_record_without_a_signature() -> None:
    """Where the violator does not sign, a witness confirms it or the reason stands in the record (Đ58.4)."""
    template = templates("national")["record"]

    def asks(**fields: object) -> bool:
        return "signature_refusal_reason" in {one.name for one in missing_fields(template, fields)}

    witness = [{"name": "Phạm Thị Chứng", "occupation": "", "address": ""}]
    assert asks(violator_signed=False)
    assert not asks(violator_signed=True)
    assert not asks(violator_signed=False, witnesses=witness)
    assert not asks(violator_signed=False, signature_refusal_reason="vắng mặt")


def test_decision_holds_what_article_68_asks_for() -> None:
    """Each of the twelve points of Đ68.1 stands somewhere in the decision, in a fact or in its text."""
    says = templates("national")["decision"].says
    cited = " ".join(
        [
            *(spec.law for spec in says.fields.values()),
            *(block.law for block in says.body),
            *(one.law for row in says.signatures for one in row),
        ]
    )
    assert set(re.findall(r"Đ68\.1\.(\w)", cited)) == set("abcdđeghiklm")


def test_fine_or_warning() -> None:
    """A decision names the fine and where to pay it, unless it is a warning."""
    template = templates("national")["decision"]
    fined = {one.name for one in missing_fields(template, {})}
    warned = {one.name for one in missing_fields(template, {"warning": True})}
    assert fined - warned == {"fine", "pay_to"}
    assert {one.name for one in missing_fields(template, {"warning": False})} == fined


class TestMissing:
    """What the law demands, and whether it was given."""

    def test_named_with_its_law(self, tmp_path: Path) -> None:
        """A fact that is missing is named with its words and its citation."""
        missing = missing_fields(small(tmp_path), {"unit_name": "Cơ quan Mẫu", "files": []})
        assert [(one.name, one.label, one.law) for one in missing] == [
            ("signed_on", "Ngày ký", "Đ2"),
            ("files", "Tệp", "Đ6"),
        ]

    def test_blank_is_missing(self, tmp_path: Path) -> None:
        """White space is no fact."""
        assert "unit_name" in {one.name for one in missing_fields(small(tmp_path), {"unit_name": " \n"})}

    def test_conditions(self, tmp_path: Path) -> None:
        """A fact asked for under a condition is asked for where it holds; no is an answer and not a yes."""
        template = small(tmp_path)

        def asks(**fields: object) -> bool:
            return "reason" in {one.name for one in missing_fields(template, fields)}

        assert asks(urgent=True)
        assert not asks(urgent=False)
        assert not asks()
        assert not asks(urgent=True, bases=["Đ1"])


class TestProfiles:
    """A profile inherits, replaces and adds."""

    def test_replaces(self, tmp_path: Path) -> None:
        """A file of the same name in the folder of the profile replaces the national one."""
        small(tmp_path)
        own = small(tmp_path, SMALL.replace("title: MẪU", "title: MẪU RIÊNG"), "tam_ky")
        assert own.says.title == "MẪU RIÊNG"
        assert read_templates("national", tmp_path)["small"].says.title == "MẪU"

    def test_adds(self, tmp_path: Path) -> None:
        """A file of another name is added beside the national ones."""
        small(tmp_path)
        small(tmp_path, SMALL.replace("kind: small", "kind: other"), "tam_ky", "other")
        assert set(read_templates("tam-ky", tmp_path)) == {"other", "small"}

    def test_unknown(self, tmp_path: Path) -> None:
        """A profile that is not installed has no templates."""
        small(tmp_path)
        with pytest.raises(RulebookInvalid, match="moon: expected a profile with a folder moon"):
            read_templates("moon", tmp_path)


@pytest.mark.parametrize(
    "old,new,line,problem",
    [
        ("title: MẪU", "title: ''", 3, "title: expected a value"),
        ("kind: small", "kind: big", 1, "kind: expected small, as the file is named"),
        ("symbol: MN", "symbol: MN\nsymbol: NM", 5, "symbol: expected once"),
        ("symbol: MN", "symbol: MN\ncolour: đỏ", 5, "colour: Extra inputs are not permitted"),
        ("type: flag", "type: boolean", 11, "fields.urgent.type: expected 'text', 'date'"),
        ("need: hand", "need: maybe", 9, "fields.issued_place.need: expected 'law', 'hand' or 'optional'"),
        ("label: Lý do, law: Đ4", "label: Lý do", 12, "fields.reason.law: expected a value"),
        ("{reason}", "{raeson}", 16, "body.0.paragraph: expected a field of this template, got 'raeson'"),
        ("if: urgent", "if: urgant", 12, "fields.reason: expected a field of this template, got 'urgant'"),
        ("{reason}", "x", 12, "fields.reason: expected to be printed or asked for"),
        ("{reason}", "{reason} {bases}", 16, "body.0.paragraph: expected `each` or a table for bases"),
        ("<b>", "<b><i>", 16, "body.0.paragraph: expected no markup but pairs of <b>…</b>"),
        ("<b>", "<a>", 16, "body.0.paragraph: expected no markup but pairs of <b>…</b>"),
        ("field: name", "field: weight", 19, "body.3: table: expected a column of files, got 'weight'"),
        ("rows: files", "rows: bases", 19, "body.3: table: expected a field of rows, bases is list"),
        ("each: bases", "each: reason", 17, "body.1: each: expected a field of rows or a list"),
        ("{law: Đ1, para", "{law: Đ1, item: x, para", 16, "body.0: expected one of paragraph, section"),
        (
            "{law: Đ1, para",
            "{from: 2025-01-02, to: 2025-01-01, law: Đ1, para",
            16,
            "body.0: expected `to` on or",
        ),
        (", columns: {name: text, size: count}", "", 14, "fields.files: expected `columns` for rows"),
        ("size: count}", "size: list}", 14, "fields.files: columns: expected text, date"),
        ("dated: signed_on", "dated: issued_place", 5, "dated: expected made_at, or a day"),
        (
            "unit_name: {type: text, need: law",
            "unit_name: {type: text, need: hand",
            8,
            "fields.unit_name: expected",
        ),
        ("  issued_place: ", "  issued_plaice: ", 6, "fields: expected issued_place: the letterhead"),
        (
            "hint: (Ký), law: Đ7}",
            "hint: (Ký), law: Đ7}\n    - {title: A, hint: B, law: Đ7}",
            23,
            "recipients:",
        ),
    ],
)
def test_refused(tmp_path: Path, old: str, new: str, line: int, problem: str) -> None:
    """A template that says something wrong is refused whole; the error names file, line and field."""
    assert SMALL.count(old) >= 1
    with pytest.raises(RulebookInvalid) as refused:
        small(tmp_path, SMALL.replace(old, new, 1))
    assert str(refused.value).startswith(f"national/documents/small.yaml, line {line}: {problem}")


def test_unreadable(tmp_path: Path) -> None:
    """A file that is no YAML is refused with the place."""
    with pytest.raises(
        RulebookInvalid, match=r"national/documents/small\.yaml: expected a readable YAML file.*line 4"
    ):
        small(tmp_path, SMALL.replace("symbol: MN", "symbol: [MN"))
