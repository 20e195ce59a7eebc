"""What `rulebook.yaml` says of cameras: classes, kinds, the consents they need, and the rule of each act."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from domain import rules
from domain.camera import ConsentKind, OwnerKind, Placement, Transmission
from domain.camera.state import Measure
from policies.files import Strict
from policies.values import Cited, Given, Named, Stated


class CameraClass(Cited):
    """A class of camera: the level of its system, who manages such a system, by which way its images come."""

    tier: Annotated[int, Field(ge=0, le=3)] = 0
    unit_kinds: tuple[str, ...] = ()
    channel: Transmission | None = None
    channel_by: Stated | None = None

    def as_rules(self) -> rules.CameraClass:
        """The same as the domain asks for it."""
        return rules.CameraClass(
            rule=self.rule,
            tier=self.tier,
            unit_kinds=self.unit_kinds,
            channel=self.channel,
            channel_rule=self.channel_by.rule if self.channel_by else None,
        )


class CameraKind(Cited):
    """What a camera is for, and what it measures if it does."""

    measures: Measure | None = None


class ConsentNeed(Stated):
    """A consent that has to be on file before a camera is connected, or activated."""

    kind: ConsentKind
    before: Literal["CONNECTED", "ACTIVE"] = "ACTIVE"
    placements: tuple[Placement, ...] = ()
    classes: tuple[str, ...] = ()
    owners: tuple[OwnerKind, ...] = ()


CameraAct = Literal[
    "register",
    "client",
    "own",
    "install",
    "connect",
    "activate",
    "measure",
    "calibrate",
    "maintain",
    "fault",
    "link",
    "change",
    "consent_to_change",
    "custody",
    "transfer",
]


class CamerasSection(Strict):
    """What a camera needs, what is out of scope, and the rule that each act stands on."""

    kinds: Named[CameraKind]
    consents: tuple[ConsentNeed, ...] = ()
    excluded: Annotated[Mapping[Placement, Stated], AfterValidator(MappingProxyType), Given]
    acts: Annotated[Mapping[CameraAct, Stated], AfterValidator(MappingProxyType), Given]


def as_rules(
    said: CamerasSection | None, classes: Mapping[str, CameraClass], domains: Mapping[str, Cited]
) -> rules.CameraRules:
    """The same as the domain asks for it, with the *classes* and *domains* that stand beside it."""
    known: Mapping[str, CameraKind] = said.kinds if said else {}
    return rules.CameraRules(
        classes=MappingProxyType({name: one.as_rules() for name, one in classes.items()}),
        kinds=MappingProxyType(
            {name: rules.CameraKind(rule=one.rule, measures=one.measures) for name, one in known.items()}
        ),
        domains=MappingProxyType({name: one.rule for name, one in domains.items()}),
        consents=tuple(rules.ConsentNeed(**dict(one)) for one in said.consents) if said else (),
        excluded=_rules(said.excluded if said else {}),
        acts=_rules(said.acts if said else {}),
    )


def _rules(stated: Mapping[Any, Stated]) -> Mapping[str, str]:
    return MappingProxyType({str(name): one.rule for name, one in stated.items()})
