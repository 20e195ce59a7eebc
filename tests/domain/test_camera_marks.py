"""Secrecy, publication, transfer, custody and change: each on record with who, why and by which rule."""

from dataclasses import replace
from typing import Any

import pytest

from domain.camera import Camera
from domain.camera.guards import check_watch
from domain.errors import Forbidden, InvalidInput, WrongState
from tests.support.cameras import DB, LEVEL_1, LEVEL_3, QT, administrator, at_work, consent, registered
from tests.support.spec import APPROVER, CENTRE, COMMITTEE, HANDLER, POLICE, Given, actor, context, fact


class TestSecrecy:
    """What may be a state secret is shared with nobody."""

    @pytest.mark.rule("R-DH-1.2.0")
    def test_shared_no_more(self) -> None:
        """From the mark on only its own system sees it, and it is published no more."""
        who = administrator()
        camera = at_work(who)
        camera.set_publication(context(APPROVER), published=True)
        camera.collect_events()
        assert check_watch(camera, context(HANDLER)) is None
        Given(camera).when(lambda one: one.mark_secret(who, secret=True, reason="Trụ sở quân sự")).then(
            fact(Camera.MarkedSecret, secret=True).under(reason="Trụ sở quân sự")
        )
        assert (camera.secret, camera.published) == (True, False)
        assert isinstance(check_watch(camera, context(HANDLER)), Forbidden)
        assert check_watch(camera, context(APPROVER)) is None
        refused = Given(camera).when(lambda one: one.set_publication(context(APPROVER), published=True))
        assert isinstance(refused.refusal, WrongState)
        Given(camera).when(lambda one: one.mark_secret(who, secret=True, reason="Như trên")).then_nothing()

    @pytest.mark.rule("R-DB-1.2.0")
    def test_not_published(self) -> None:
        """In Điện Biên the refusal to publish it cites the rule on secrecy."""
        camera = at_work(administrator("dien-bien"), DB)
        camera.mark_secret(administrator("dien-bien"), secret=True, reason="Trụ sở quân sự")
        camera.collect_events()
        who = context(actor(30, LEVEL_1, "APPROVER"), profile="dien-bien")
        Given(camera).when(lambda one: one.set_publication(who, published=True)).then_refused(
            Forbidden, rule="R-DB-1.2.0"
        )


class TestPublication:
    """Selected cameras are open to the public."""

    @pytest.mark.rule("R-DH-11.3.a3")
    def test_selected(self) -> None:
        """The Centre selects a camera; from then on other bodies see it too, and after it is closed none."""
        camera = at_work(administrator())
        other = context(actor(11, CENTRE, "APPROVER"))
        Given(camera).when(lambda one: one.set_publication(other, published=True)).then(
            fact(Camera.PublicationSet, published=True, place=None).under(rule="R-DH-11.3.a3")
        )
        Given(camera).when(lambda one: one.set_publication(other, published=False)).then(
            fact(Camera.PublicationSet, published=False, place=None)
        )

    @pytest.mark.rule("R-DB-9.2.0")
    def test_catalogue(self) -> None:
        """In Điện Biên only views of places in the catalogue are published."""
        who = context(actor(30, LEVEL_1, "APPROVER"), profile="dien-bien")
        camera = at_work(administrator("dien-bien"), DB)
        refused = Given(camera).when(lambda one: one.set_publication(who, published=True, place="SCHOOL"))
        assert refused.then_refused(InvalidInput, rule="R-DB-9.2.0").path == "place"
        Given(camera).when(lambda one: one.set_publication(who, published=True, place="JUNCTION")).then(
            fact(Camera.PublicationSet, published=True, place="JUNCTION")
        )

    def test_not_linked(self) -> None:
        """What shows nothing yet is not published."""
        refused = Given(registered(administrator())).when(
            lambda one: one.set_publication(context(APPROVER), published=True)
        )
        assert isinstance(refused.refusal, WrongState)


class TestChange:
    """Nobody changes what a camera looks at unseen."""

    @pytest.mark.rule("R-DH-5.6.0")
    def test_reason(self) -> None:
        """A change of its view, position, channel or settings is on record with its reason, and without one refused."""
        who = administrator()
        camera = at_work(who)
        Given(camera).when(lambda one: one.reconfigure(who, reason="", view="Hướng Nam")).then_refused(
            InvalidInput, rule="R-DH-5.6.0"
        )
        Given(camera).when(
            lambda one: one.reconfigure(who, reason="Cây che", view="Hướng Nam", settings="720p")
        ).then(
            fact(
                Camera.Reconfigured,
                longitude=106.6,
                latitude=17.48,
                view="Hướng Nam",
                channel="PRIVATE_CHANNEL",
                settings="720p",
                document=None,
            ).under(reason="Cây che", rule="R-DH-5.6.0")
        )
        Given(camera).when(lambda one: one.reconfigure(who, reason="Như cũ", view="Hướng Nam")).then_nothing()

    @pytest.mark.rule("R-DH-5.9.0")
    def test_consent_of_the_operator(self) -> None:
        """Whoever is not of the operating unit changes it with that unit's consent in writing only."""
        who = administrator()
        camera = at_work(who, replace(registered_by_others(), manager_unit_id=CENTRE.id))
        refused = Given(camera).when(lambda one: one.reconfigure(who, reason="Xoay", view="Hướng Nam"))
        assert refused.then_refused(InvalidInput, rule="R-DH-5.9.0").path == "document"
        camera.reconfigure(who, reason="Xoay", view="Hướng Nam", document="21/CV")
        assert camera.view == "Hướng Nam"

    @pytest.mark.rule("R-DB-5.6.0", "R-DB-3.7.0", "R-DB-1.3.0")
    def test_placement(self) -> None:
        """That it looks at another kind of place is on record; what is out of scope may not be linked."""
        who = administrator("dien-bien")
        camera = at_work(who, DB)
        camera.file_consent(who, consent("MANAGING_BODY_OF_AREA"))
        camera.collect_events()
        Given(camera).when(
            lambda one: one.change_placement(who, placement="STATE_AREA", reason="Trong trụ sở")
        ).then(
            fact(Camera.PlacementChanged, placement="STATE_AREA").under(
                reason="Trong trụ sở", rule="R-DB-5.6.0"
            )
        )
        Given(camera).when(
            lambda one: one.change_placement(who, placement="INTERNAL", reason="Phòng họp")
        ).then_refused(WrongState, rule="R-DB-1.3.0")
        odd = Given(camera).when(lambda one: one.change_placement(who, placement="ROOF", reason="x"))
        assert isinstance(odd.refusal, InvalidInput)


def registered_by_others() -> Any:
    """A camera that the police operate."""
    from tests.support.cameras import DH

    return replace(DH, operating_unit_id=POLICE.id)


@pytest.mark.rule("R-DH-6.1.b")
def test_custodian() -> None:
    """With which unit the device stands is on record; nobody again is as well, the same is not."""
    who = administrator()
    camera = at_work(who)
    Given(camera).when(lambda one: one.name_custodian(who, custodian_unit_id=COMMITTEE.id)).then(
        fact(Camera.CustodianNamed, custodian_unit_id=COMMITTEE.id).under(rule="R-DH-6.1.b")
    )
    Given(camera).when(lambda one: one.name_custodian(who, custodian_unit_id=COMMITTEE.id)).then_nothing()
    Given(camera).when(lambda one: one.name_custodian(who, custodian_unit_id=None)).then(
        fact(Camera.CustodianNamed, custodian_unit_id=None)
    )


@pytest.mark.rule("R-DB-3.4.0", "R-DB-3.5.0")
def test_transferred() -> None:
    """By a document another unit operates it and another body manages it, and whose it was administers it no more."""
    who = administrator("dien-bien")
    camera = at_work(who, DB)
    to = {"operating_unit_id": LEVEL_3.id, "manager_unit_id": LEVEL_3.id}
    Given(camera).when(lambda one: one.transfer(who, document="", **to)).then_refused(
        InvalidInput, rule="R-DB-3.4.0"
    )
    Given(camera).when(lambda one: one.transfer(who, document="18/QĐ", **to)).then(
        fact(Camera.Transferred, document="18/QĐ", **to).under(rule="R-DB-3.4.0")
    )
    Given(camera).when(lambda one: one.retire(who, reason="x")).then_refused(Forbidden, rule="R-DB-7.4.0")


def test_quang_tri_publishes_nothing() -> None:
    """Where the regulation names no app nobody publishes what cameras show."""
    camera = at_work(administrator("quang-tri"), QT)
    refused = Given(camera).when(lambda one: one.set_publication(administrator("quang-tri"), published=True))
    assert isinstance(refused.refusal, Forbidden)
