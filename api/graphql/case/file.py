"""The file of a case at the GraphQL edge: what each step of the procedure said, part by part."""

from datetime import datetime
from uuid import UUID

import strawberry

from api.graphql.case.parts import Said, part, sealed, unit, when
from api.graphql.context import Info
from api.graphql.unit.unit import Unit
from api.graphql.words import (
    CaseState,
    Channel,
    Correctable,
    Delivery,
    DocumentKind,
    Explanation,
    NoDecisionGround,
    VehicleGroup,
    ViolatorBasis,
)
from domain.case.guards import check_view
from domain.case.inputs import DONG
from projections.case_queue import CaseRow

CURRENCY = strawberry.field(default=DONG, description="Đơn vị tiền · Currency: đồng")
DONG_OF = "đồng · in đồng"


@strawberry.type(description="Một lần chuyển hồ sơ · A transfer of the case from one unit to another")
class Transfer:
    """Who sent it to whom, how, under which reference, and when."""

    said: strawberry.Private[Said]

    event: str = part("event", "Sự kiện, chẳng hạn case:approved · Event, such as case:approved")
    at: datetime = when("at", "Lúc · When")
    sender: Unit | None = unit("Đơn vị chuyển · The unit that sent it", "unit_id")
    recipient: Unit | None = unit("Đơn vị nhận · The unit it went to", "recipient_unit_id", "to_unit_id")
    channel: Channel | None = part("channel", "Cách chuyển · How it went", Channel)
    reference: str | None = part("reference", "Số hiệu văn bản · Reference")
    receiver: str | None = sealed(
        "receiver", "Người nhận, khi chuyển tay · Who took it, where it went by hand"
    )
    outside: str | None = part("outside", "Nơi nhận ngoài hệ thống · A body outside of the system")
    text: str | None = sealed("text", "Lý do · Why")


@strawberry.type(
    description="Chủ phương tiện theo đăng ký · The owner of the vehicle, as a register answered"
)
class Owner:
    """Whose vehicle it is."""

    said: strawberry.Private[Said]

    name: str = sealed("owner_name", "Tên · Name")
    address: str = sealed("owner_address", "Địa chỉ · Address")
    organisation: bool = part("owner_is_organisation", "Là tổ chức · Whether it is an organisation")
    plate: str = sealed("plate", "Biển số đăng ký · Plate as registered")
    plate_colour: str = part("plate_colour", "Màu biển · Colour of the plate")
    vehicle_group: VehicleGroup = part("vehicle_group", "Nhóm phương tiện · Group of vehicle", VehicleGroup)
    source: str = part("source", "Nguồn tra cứu · Which register answered, under which reference")
    at: datetime = when("at", "Xác định lúc · When it was found out")


@strawberry.type(description="Thông báo vi phạm · The notice to the owner")
class ViolationNotice:
    """That the owner was told and invited."""

    said: strawberry.Private[Said]

    reference: str = part("reference", "Số thông báo · Reference")
    appear_at: str | None = sealed("appear_at", "Hẹn đến giải quyết · Where and when to appear")
    at: datetime = when("at", "Gửi lúc · When it was sent")


@strawberry.type(
    description="Cảnh báo đăng kiểm, đăng ký · The warning to inspection and registration bodies"
)
class InspectionWarning:
    """Who was told not to process the vehicle."""

    said: strawberry.Private[Said]

    recipients: list[str] = part("recipients", "Nơi nhận · Who was warned")
    reference: str = part("reference", "Số hiệu · Reference")
    at: datetime = when("at", "Gửi lúc · When it was sent")


@strawberry.type(description="Đối tượng vi phạm · The violator")
class Violator:
    """Who committed the violation, or answers for it."""

    said: strawberry.Private[Said]

    name: str = sealed("name", "Họ tên · Name")
    address: str = sealed("address", "Địa chỉ · Address")
    identity_number: str | None = sealed("identity_number", "Số định danh · Identity number")
    organisation: bool = part("is_organisation", "Là tổ chức · Whether it is an organisation")
    basis: ViolatorBasis = part("basis", "Căn cứ xác định · On what they were determined", ViolatorBasis)
    text: str = sealed("text", "Diễn giải · In words")
    at: datetime = when("at", "Xác định lúc · When they were determined")


@strawberry.type(description="Biên bản vi phạm hành chính (Luật XLVPHC Đ58) · The record of the violation")
class ViolationRecord:
    """What the record says."""

    said: strawberry.Private[Said]

    number: str = part("contents.number", "Số biên bản · Number")
    drawn_at: datetime = when("contents.drawn_at", "Lập lúc · When it was drawn")
    place: str = sealed("contents.place", "Nơi lập · Where it was drawn")
    maker_title: str = part("contents.maker_title", "Chức danh người lập · Title of its maker")
    behaviour: str = sealed("contents.behaviour", "Hành vi vi phạm · The violating act in words")
    offence_code: str = part(
        "contents.offence_code", "Điểm, khoản, điều · Article of the decree, such as 6.9.b"
    )
    statement: str = sealed("contents.statement", "Lời khai · What was stated")
    measures: str = sealed("contents.measures", "Biện pháp ngăn chặn, tạm giữ · Preventive measures")
    copies: int = part("contents.copies", "Số bản · Copies")
    signed_by_violator: bool = part(
        "contents.signed_by_violator", "Người vi phạm đã ký · Whether they signed"
    )
    no_signature_reason: str | None = sealed(
        "contents.no_signature_reason", "Lý do không ký · Why they did not sign"
    )
    witnesses: str | None = sealed("contents.witnesses", "Người chứng kiến · Witnesses")
    vehicle_group: VehicleGroup = part("vehicle_group", "Nhóm phương tiện · Group of vehicle", VehicleGroup)
    fine_maximum: int = part(
        "fine_maximum", f"Mức phạt tối đa của khung, {DONG_OF} · Highest fine of the bracket"
    )
    explainable: bool = part("explainable", "Được giải trình (Đ61.1) · Whether the violator may explain")
    competent: bool = part("competent", "Người lập có thẩm quyền xử phạt · Whether its maker may also decide")


@strawberry.type(description="Việc giải trình (Luật XLVPHC Đ61) · What the violator says to the record")
class ViolatorExplanation:
    """What was asked for, announced and said."""

    said: strawberry.Private[Said]

    form: Explanation | None = part("request.form", "Hình thức · In writing or in a session", Explanation)
    requested_at: datetime | None = when("request.received_at", "Nhận yêu cầu lúc · When it was asked for")
    extended: str | None = sealed("extension.text", "Lý do gia hạn · Why it was given more time")
    session_at: datetime | None = when(
        "session.session_at", "Phiên giải trình lúc · When the session takes place"
    )
    session_place: str | None = sealed("session.place", "Nơi giải trình · Where the session takes place")
    text: str | None = sealed("heard.text", "Nội dung giải trình · What was explained")
    minutes: str | None = part("heard.minutes", "Số biên bản phiên giải trình · The minutes of the session")
    at: datetime | None = when("heard.at", "Ghi nhận lúc · When it was put on record")


@strawberry.type(description="Quyết định xử phạt (Luật XLVPHC Đ66-68) · The penalty decision")
class PenaltyDecision:
    """What was decided, and with what power."""

    said: strawberry.Private[Said]

    number: str = part("number", "Số quyết định · Number")
    signer_title: str = part("signer_title", "Chức danh người ký · Title of the signer")
    ceiling: int = part(
        "ceiling", f"Thẩm quyền phạt tối đa của người ký, {DONG_OF} · How high the signer may fine"
    )
    offence_code: str = part("offence_code", "Điểm, khoản, điều · Article of the decree")
    organisation: bool = part("organisation", "Đối với tổ chức · Whether against an organisation")
    fine: int = part("fine", f"Mức phạt, {DONG_OF} · Fine")
    currency: str = CURRENCY
    points: int = part("points", "Điểm giấy phép bị trừ · Points taken")
    suspension_months: int = part(
        "suspension_months", "Tháng tước giấy phép · Months the licence is suspended"
    )
    remedies: list[str] = part("remedies", "Biện pháp khắc phục · Remedies")
    circumstances: str | None = sealed(
        "circumstances", "Tình tiết tăng nặng, giảm nhẹ · Circumstances weighed"
    )
    execute_within_days: int = part("execute_within_days", "Thời hạn thi hành, ngày · Days to execute it")
    refuses_inspection: bool = part(
        "refuses_inspection",
        "Từ chối đăng kiểm đến khi chấp hành · Whether the vehicle is not inspected meanwhile",
    )
    at: datetime = when("at", "Ra quyết định lúc · When it was decided")


@strawberry.type(description="Không ra quyết định xử phạt (Luật XLVPHC Đ65.1) · That there is no penalty")
class NoPenalty:
    """Why nobody is punished."""

    said: strawberry.Private[Said]

    ground: NoDecisionGround = part("ground", "Lý do luật định · The law’s ground", NoDecisionGround)
    text: str = sealed("text", "Diễn giải · In words")
    remedies: list[str] = part("remedies", "Biện pháp khắc phục · Remedies all the same")
    at: datetime = when("at", "Lúc · When")


@strawberry.type(description="Việc giao quyết định (Luật XLVPHC Đ70) · How the decision was delivered")
class DecisionDelivery:
    """When it was sent, and when it arrived."""

    said: strawberry.Private[Said]

    sent: Delivery = part("sent.how", "Cách gửi · How it was sent", Delivery)
    reference: str = part("sent.reference", "Số hiệu gửi · Reference")
    sent_at: datetime = when("sent.at", "Gửi lúc · When it was sent")
    received: Delivery | None = part("received.how", "Cách nhận · How it arrived", Delivery)
    proof: str | None = part("received.proof", "Chứng cứ giao nhận · Proof of delivery")
    received_at: datetime | None = when("received.at", "Nhận lúc · When it was received")


@strawberry.type(description="Một lần nộp phạt · A payment")
class Payment:
    """What was paid, and the receipt that shows it."""

    said: strawberry.Private[Said]

    amount: int = part("amount", f"Số tiền, {DONG_OF} · Amount")
    currency: str = CURRENCY
    receipt: str = part("receipt", "Biên lai · Receipt")
    at: datetime = when("at", "Nộp lúc · When it was paid")


@strawberry.type(description="Số tiền còn phải nộp vào một ngày · What is owed on a day")
class Owed:
    """What is unpaid of the fine, and the fee for being late."""

    fine: int = strawberry.field(description=f"Tiền phạt còn thiếu, {DONG_OF} · Unpaid fine")
    late_fee: int = strawberry.field(
        description=f"Tiền chậm nộp 0,05 % mỗi ngày (Luật XLVPHC Đ78.1), {DONG_OF} · Late fee"
    )
    currency: str = CURRENCY


@strawberry.type(description="Quyết định cưỡng chế (Luật XLVPHC Đ86) · The decision to enforce")
class Enforcement:
    """How execution is enforced."""

    said: strawberry.Private[Said]

    number: str = part("number", "Số quyết định · Number")
    measure: str = part("measure", "Biện pháp · Measure")
    at: datetime = when("at", "Lúc · When")


@strawberry.type(description="Việc chấp hành xong · That the decision was executed in full")
class DecisionExecution:
    """What was paid in the end."""

    said: strawberry.Private[Said]

    fine: int = part("fine", f"Tiền phạt, {DONG_OF} · Fine")
    late_fee: int = part("late_fee", f"Tiền chậm nộp, {DONG_OF} · Late fee")
    currency: str = CURRENCY
    receipt: str = part("receipt", "Biên lai · Receipt")
    at: datetime = when("at", "Chấp hành xong lúc · When")


@strawberry.type(
    description="Chuyển cơ quan điều tra (Luật XLVPHC Đ62, Đ63) · The referral to the criminal procedure"
)
class Referral:
    """Where the file went with what, and how it came back."""

    said: strawberry.Private[Said]

    to: str = part("sent.to", "Nơi nhận · To whom")
    documents: list[str] = part("sent.documents", "Hồ sơ kèm theo · What the file holds")
    text: str = sealed("sent.text", "Lý do · Why")
    at: datetime = when("sent.at", "Chuyển lúc · When it was referred")
    returned_with: str | None = part("back.document", "Văn bản chuyển trả · The document it came back with")
    returned_at: datetime | None = when("back.received_at", "Nhận lại lúc · When it came back")


@strawberry.type(description="Việc công bố · What of the case is shown to the public")
class Publication:
    """Where it was published, and which fields."""

    said: strawberry.Private[Said]

    app: str = part("app", "Ứng dụng · The app")
    fields: list[str] = part("fields", "Các trường công bố · The fields")
    at: datetime = when("at", "Công bố lúc · When")


@strawberry.type(description="Khiếu nại (Luật XLVPHC Đ15) · A complaint, and its answer")
class Complaint:
    """What was complained of, and what was answered."""

    said: strawberry.Private[Said]

    reference: str = part("reference", "Số hiệu · Reference")
    against: str = part("against", "Khiếu nại về · What it is against")
    text: str = sealed("text", "Nội dung · In words")
    at: datetime = when("at", "Nhận lúc · When it was filed")
    answer_reference: str | None = part("answer.reference", "Số văn bản trả lời · Reference of the answer")
    answer: str | None = sealed("answer.text", "Nội dung trả lời · The answer")
    answered_at: datetime | None = when("answer.at", "Trả lời lúc · When it was answered")


@strawberry.type(description="Một lần đính chính; giá trị cũ còn trong lịch sử · A correction")
class Correction:
    """Which value was wrong, what it is instead, and why."""

    said: strawberry.Private[Said]

    field: Correctable = part("field", "Trường · The field", Correctable)
    value: str = sealed("value", "Giá trị đúng · The value it has instead")
    text: str = sealed("text", "Lý do · Why")
    at: datetime = when("at", "Lúc · When")


@strawberry.type(description="Văn bản lập từ hồ sơ · A document made out of the case")
class CaseDocument:
    """Which document, and the hash its bytes must still have."""

    said: strawberry.Private[Said]

    id: strawberry.ID = part("document_id", "Mã định danh · Id")
    kind: DocumentKind = part("kind", "Loại · Kind", DocumentKind)
    number: str = part("number", "Số hiệu · Number")
    edition: int = part("edition", "Lần lập · Edition")
    sha256: str = part("sha256", "SHA-256 của tệp · SHA-256 of its bytes")
    size: int = part("size", "Số byte · Bytes")
    at: datetime = when("at", "Lập lúc · When it was made")


@strawberry.type(description="Việc làm chậm còn nợ lý do · An act that came late, for which a reason is owed")
class LateAct:
    """Which time limit was missed, and who owes the reason."""

    timer: str = strawberry.field(description="Tên thời hạn · Name of the time limit")
    unit: Unit = strawberry.field(description="Đơn vị nợ lý do · The unit that owes the reason")


@strawberry.type(description="Hồ sơ nghi cùng một hành vi · A case that seems to be about the same violation")
class SuspectedDuplicate:
    """Another case; outside of one's scope nothing is shown but the id that `keepCase` names it by."""

    case_id: strawberry.Private[UUID]

    @strawberry.field(
        description="Mã định danh, dùng cho keepCase và mergeCase · Id, for keepCase and mergeCase"
    )
    def id(self) -> strawberry.ID:
        """The id of the other case."""
        return strawberry.ID(str(self.case_id))

    @strawberry.field(description="Số hồ sơ, nếu được xem · Case number, if one may see it")
    async def number(self, info: Info) -> str | None:
        """The number of a case within one's scope."""
        row = await self._seen(info)
        return row.number if row else None

    @strawberry.field(description="Trạng thái, nếu được xem · State, if one may see it")
    async def state(self, info: Info) -> CaseState | None:
        """The state of a case within one's scope."""
        row = await self._seen(info)
        return CaseState(row.state) if row else None

    async def _seen(self, info: Info) -> CaseRow | None:
        row = await info.context.case.load(self.case_id)
        return row if row is not None and check_view(row, info.context.act) is None else None
