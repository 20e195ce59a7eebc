"""What of a case is shown to the public: only what was verified, and what the catalogue allows."""

from dataclasses import dataclass

from domain.case.body import CaseBody
from domain.case.events import Event, Moved
from domain.case.guards import CaseFacts, check_begin, check_mark, check_no_mark, facts_of
from domain.case.inputs import words
from domain.case.review import STANDING
from domain.case.state import CaseState, Finding, Mark
from domain.context import Context
from domain.envelope import acting
from domain.errors import Refusal, WrongState, refuse
from domain.personal import Personal

# -- events -------------------------------------------------------------------------


@dataclass(frozen=True)
class CasePublished(Event):
    """The Centre published what the catalogue allows of a verified case (R-DHV-1.4.a, R-DH-14.2.0)."""

    TOPIC = "case:published"
    app: str
    fields: tuple[str, ...]

    def change(self, case: Moved) -> None:
        """People can look it up."""
        case.marks.add(Mark.PUBLISHED)


@dataclass(frozen=True)
class PublicationWithdrawn(Event):
    """What was published is no longer shown."""

    TOPIC = "case:publication-withdrawn"
    text: Personal[str]

    def change(self, case: Moved) -> None:
        """People no longer find it."""
        case.marks.discard(Mark.PUBLISHED)


# -- guards -------------------------------------------------------------------------


def check_publish(case: CaseFacts, context: Context) -> Refusal | None:
    """Only what was found to be a violation, of a domain in the catalogue, in the app the regulation names (C4)."""
    action = "case.publish"
    publication = context.rulebook.settings.publication
    if publication is None:
        return context.check_may(action, facts=facts_of(case, context)) or WrongState(
            "Quy định này không đặt việc công bố hồ sơ vi phạm",
            "Publishing cases is not set by this regulation",
            rule=context.rule_of(action),
        )
    refusal = context.check_may(action, facts=facts_of(case, context))
    if refusal is None and case.domain not in publication.domains:
        return WrongState(
            f"Danh mục dữ liệu được chia sẻ không có hồ sơ lĩnh vực {case.domain}",
            f"The catalogue of data allowed for sharing has no cases of the domain {case.domain}",
            rule=publication.catalogue_rule,
        )
    refusal = (
        refusal
        or check_begin(case, context, action, *STANDING, by_holder=False)
        or check_no_mark(
            case, Mark.PUBLISHED, "Hồ sơ đã được công bố", "The case is published already", publication.rule
        )
    )
    if refusal is None and publication.verified_only and case.finding != Finding.VIOLATION:
        return WrongState(
            "Chỉ công bố sau khi xác minh, kết luận có vi phạm",
            "Only what was verified and concluded as a violation is published",
            rule=publication.rule,
        )
    return refusal


def check_withdraw(case: CaseFacts, context: Context) -> Refusal | None:
    """What is published can be withdrawn by whoever publishes."""
    return check_begin(case, context, "case.publish", *CaseState, by_holder=False) or check_mark(
        case,
        Mark.PUBLISHED,
        "Hồ sơ chưa được công bố",
        "The case is not published",
        context.rule_of("case.publish"),
    )


# -- decisions ----------------------------------------------------------------------


def publish(case: CaseBody, context: Context) -> None:
    """Publish what the catalogue allows."""
    refuse(check_publish(case, context))
    publication = context.rulebook.settings.publication
    if publication is not None:
        with acting(context.envelope("case.publish", rule=publication.rule)):
            case.trigger_event(CasePublished, app=publication.app, fields=publication.fields)


def withdraw(case: CaseBody, context: Context, *, text: str) -> None:
    """Show it no longer."""
    refuse(check_withdraw(case, context))
    words("text", text)
    with acting(context.envelope("case.publish")):
        case.trigger_event(PublicationWithdrawn, text=Personal.said(case.id, text))
