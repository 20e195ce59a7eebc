"""Every act on a case with its guard, in the order of the procedure: what `availableActions` shows."""

from typing import Final

from domain.camera.guards import CameraOnFile
from domain.case import (
    documents,
    execution,
    explanation,
    lateness,
    proposal,
    publication,
    receipt,
    record,
    review,
    sanction,
    verification,
    violator,
)
from domain.case.evidence import BARRED, SHARING, with_camera
from domain.case.guards import Guard

GUARDS: Final[dict[str, Guard]] = {
    "approveCase": proposal.check_approve,
    "discardCase": proposal.check_discard,
    "receiveCase": receipt.check_receive,
    "assignCase": receipt.check_assign,
    "returnCase": receipt.check_return,
    "forwardCase": receipt.check_forward,
    "handleCase": receipt.check_handle,
    "keepCase": proposal.check_keep,
    "mergeCase": proposal.check_merge,
    "startVerification": verification.check_verify,
    "extendVerification": verification.check_extend,
    "concludeCase": verification.check_conclude,
    "referCase": verification.check_refer,
    "resumeCase": verification.check_resume,
    "notifyResult": verification.check_notify,
    "identifyOwner": violator.check_identify,
    "sendNotice": violator.check_notice,
    "sendInspectionWarning": violator.check_warn,
    "determineViolator": violator.check_determine,
    "drawRecord": record.check_draw,
    "transferRecord": record.check_transfer_record,
    "requestExplanation": explanation.check_request_explanation,
    "extendExplanation": explanation.check_extend_explanation,
    "announceSession": explanation.check_announce,
    "recordExplanation": explanation.check_record_explanation,
    "verifyFacts": explanation.check_verify_facts,
    "declareComplex": explanation.check_declare_complex,
    "decidePenalty": sanction.check_decide,
    "decideNoPenalty": sanction.check_decide_none,
    "sendDecision": execution.check_send,
    "confirmDelivery": execution.check_deliver,
    "recordPayment": execution.check_execute,
    "enforceDecision": execution.check_enforce,
    "executeDecision": execution.check_execute,
    "resolveCase": execution.check_resolve,
    "endEvasion": execution.check_evasion,
    "publishCase": publication.check_publish,
    "withdrawPublication": publication.check_withdraw,
    "fileComplaint": review.check_complain,
    "answerComplaint": review.check_answer,
    "correctCase": review.check_correct,
    "reopenCase": review.check_reopen,
    "voidAct": review.check_void,
    "explainDelay": lateness.check_explain_delay,
    "issueDocument": documents.check_issue,
}


def guards_on(camera: CameraOnFile | None) -> dict[str, Guard]:
    """The guards of all acts, with what the camera has on record; a camera that is not shown yet has nothing."""
    if camera is None:
        return dict(GUARDS)
    return {**GUARDS, **{act: with_camera(act, GUARDS[act], camera) for act in {*SHARING, *BARRED}}}
