"""What `rulebook.yaml` says of accounts, and the same as the domain asks for it."""

from collections.abc import Iterable
from types import MappingProxyType
from typing import Literal, Self

from pydantic import Field, PositiveInt, model_validator

from domain.rules import AccountRules, AccountStep, Duty, Stage, Unreviewed
from policies.files import Strict
from policies.values import Cited, Named, Text, Value


class Password(Strict):
    """What a password must be made of."""

    min_length: PositiveInt
    kinds: tuple[Literal["upper", "lower", "digit", "special"], ...]


class Taken(Strict):
    """A step on the way to an account: by the unit it is for, by other kinds of unit, or by either."""

    step: AccountStep
    own_unit: bool = True
    unit_kinds: tuple[str, ...] = ()
    rule: str | None = None
    chosen: Text | None = None

    @model_validator(mode="after")
    def _why(self) -> Self:
        if not (self.rule or self.chosen):
            raise ValueError("expected a citation: the `rule`, or why it was `chosen`")
        if not (self.own_unit or self.unit_kinds):
            raise ValueError("expected somebody who takes it: `own_unit`, or `unit_kinds`")
        return self


class Way(Strict):
    """The way to an account in units of these kinds, step by step."""

    unit_kinds: tuple[str, ...] = Field(min_length=1)
    steps: tuple[Taken, ...] = Field(min_length=2)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        steps = [one.step for one in self.steps]
        ordered = [step for step in AccountStep if step in steps]
        if steps != ordered or not {AccountStep.NOMINATE, AccountStep.ISSUE} <= set(steps):
            listed = ", ".join(AccountStep)
            raise ValueError(
                f"steps: expected in the order {listed}, each once, the first and last among them"
            )
        return self


class Functions(Strict):
    """The functions that people of a kind of unit may have."""

    unit_kind: str
    roles: tuple[str, ...] = Field(min_length=1)


class Fitting(Strict):
    """Which functions fit which kind of unit."""

    of: tuple[Functions, ...]
    rule: str


class Administered(Strict):
    """Kinds of unit of which each has somebody in charge of system administration."""

    unit_kinds: tuple[str, ...]
    rule: str


class DutyText(Cited):
    """A task that units of these kinds give to named people."""

    unit_kinds: tuple[str, ...] = Field(min_length=1)


class Accounts(Strict):
    """How accounts are given and kept."""

    password: Value[Password]
    password_history: Value[PositiveInt]
    second_factor: Value[bool]
    admin_password_max_age_days: Value[PositiveInt]
    review_interval_days: Value[PositiveInt]
    training_required: Value[bool]
    delegation_in_writing: Value[bool]
    delegation_days: Value[PositiveInt]
    unreviewed: Value[Unreviewed]
    roles: Fitting
    ways: tuple[Way, ...] = ()
    """None where the regulation names nobody who gives accounts: then it is done at the machine."""
    administered: Administered | None = None
    duties: Named[DutyText] = Field(default_factory=dict)


def account_rules(
    section: Accounts | None, *, consent_kinds: Iterable[str] = (), consent_rule: str | None = None
) -> AccountRules:
    """Return how a regulation has accounts given, kept and looked through, and whose consent opens more."""
    if section is None:
        return AccountRules()
    administered = section.administered
    return AccountRules(
        paths=MappingProxyType(
            {
                kind: tuple(
                    Stage(
                        step=taken.step,
                        own_unit=taken.own_unit,
                        unit_kinds=frozenset(taken.unit_kinds),
                        rule=taken.rule,
                    )
                    for taken in way.steps
                )
                for way in section.ways
                for kind in way.unit_kinds
            }
        ),
        roles=MappingProxyType({one.unit_kind: frozenset(one.roles) for one in section.roles.of}),
        roles_rule=section.roles.rule,
        administered=frozenset(administered.unit_kinds if administered else ()),
        administered_rule=administered.rule if administered else None,
        duties=MappingProxyType(
            {
                name: Duty(unit_kinds=frozenset(duty.unit_kinds), rule=duty.rule, vi=duty.vi, en=duty.en)
                for name, duty in section.duties.items()
            }
        ),
        training_required=section.training_required.value,
        training_rule=section.training_required.rule,
        review_interval_days=section.review_interval_days.value,
        review_rule=section.review_interval_days.rule,
        unreviewed=section.unreviewed.value,
        delegation_rule=section.delegation_in_writing.rule,
        delegation_days=section.delegation_days.value,
        consent_kinds=frozenset(consent_kinds),
        consent_rule=consent_rule,
    )
