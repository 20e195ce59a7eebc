"""An invented jurisdiction to measure in: two units, a camera, people, and as many proposals as are wanted."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from uuid import UUID, uuid4

from domain.camera import Camera
from domain.case import Case
from domain.client import ClientKind, Model, Registration
from domain.commands.application import CaseSystem
from domain.commands.case import Proposal, propose
from domain.commands.client import entered
from domain.context import Actor, Context
from domain.envelope import Envelope, acting
from domain.unit import Unit
from policies.rulebook import Rulebook, load

PROFILE = "dong-hoi"
AREA = "bench/dong-hoi"
MODEL = "b" * 64
NUMBERS = 100_000
KINDS = (("FRAME_BEFORE", "jpg"), ("FRAME_AT", "jpg"), ("FRAME_AFTER", "jpg"), ("CLIP", "mp4"))


@dataclass(frozen=True)
class Sample:
    """Who acts, on what."""

    rulebook: Rulebook
    centre: Unit
    police: Unit
    camera: Camera
    numbers: Iterator[int]

    def propose(self) -> Case:
        """A new case, not saved; its number was drawn before, as intake draws them by the batch."""
        return propose(self.rulebook, proposal(), self.camera, number=next(self.numbers))

    def at_centre(self) -> Context:
        """An act of the Centre's approving officer, now."""
        return self._context(self.centre, "APPROVER")

    def at_police(self) -> Context:
        """An act of the handler of the police, now."""
        return self._context(self.police, "HANDLER")

    def _context(self, unit: Unit, role: str) -> Context:
        actor = Actor(
            account_id=UUID(int=len(role)),
            unit_id=unit.id,
            unit_kind=unit.kind,
            area_path=unit.area_path,
            role=role,
        )
        return Context(
            actor=actor, now=datetime.now(UTC), rulebook=self.rulebook, authority=self.rulebook.authority
        )


def found(app: CaseSystem) -> Sample:
    """Put the units and a camera of this run on record."""
    rulebook = load(PROFILE)
    mark = uuid4().hex[:6].upper()
    founding = Envelope(
        by="system:bench",
        unit_id=None,
        took_place_at=datetime.now(UTC),
        rulebook=rulebook.version,
        correlation_id=uuid4(),
    )
    with acting(founding):
        centre = Unit(code=f"TT-{mark}", name="Trung tâm", kind="OPERATIONS_CENTRE", area_path=AREA)
        police = Unit(code=f"CA-{mark}", name="Công an", kind="CITY_POLICE", area_path=AREA)
        camera = Camera.in_use(
            code=f"DH-{mark}",
            name="Ngã tư",
            camera_class="SMART_CITY",
            domain="TRAFFIC",
            area_path=f"{AREA}/nam-ly",
            operating_unit_id=centre.id,
        )
        worker = Registration(
            code=f"PM-{mark}",
            kind=ClientKind.DETECTION_WORKER,
            name="Phần mềm phát hiện",
            release="1",
            maker="Minh Chứng",
            area_path=AREA,
            operating_unit_id=centre.id,
            document="01/QĐ-MAU",
            permitted_on=rulebook.effective_from,
            models=(MODEL,),
        )
        known = Model.create_id(MODEL) in app.repository
        clients = () if known else entered(worker)
    app.record_all([centre, police, camera, *clients])
    first = int(mark, 16) * NUMBERS  # no two runs share one
    return Sample(rulebook, centre, police, camera, iter(range(first, first + NUMBERS)))


def proposal(camera: str = "DH-BENCH") -> Proposal:
    """A proposal as a worker makes it: three frames and a clip."""
    seen = datetime.now(UTC) - timedelta(minutes=1)
    proposal_id = uuid4()
    digests = [
        (kind, suffix, sha256(proposal_id.bytes + kind.encode()).hexdigest()) for kind, suffix in KINDS
    ]
    return Proposal(
        proposal_id=proposal_id,
        camera_code=camera,
        rule="RED_LIGHT",
        occurred_at=seen,
        detected_at=seen,
        confidence=0.91,
        model="scenes-nano",
        model_sha256=MODEL,
        source_sha256="c" * 64,
        evidence=tuple(
            {
                "kind": kind,
                "name": f"{digest[:2]}/{digest}.{suffix}",
                "sha256": digest,
                "size": 150_000,
                "media_type": "video/mp4" if suffix == "mp4" else "image/jpeg",
                "captured_at": seen,
            }
            for kind, suffix, digest in digests
        ),
    )
