"""The acts on a case, in the order of the procedure; each phase has a module of its inputs and acts."""

import strawberry

from api.graphql.case_decision_mutations import CaseDecisionMutation
from api.graphql.case_proposal_mutations import CaseProposalMutation
from api.graphql.case_receipt_mutations import CaseReceiptMutation
from api.graphql.case_record_mutations import CaseRecordMutation
from api.graphql.case_review_mutations import CaseReviewMutation
from api.graphql.case_verification_mutations import CaseVerificationMutation


@strawberry.type
class CaseMutation(
    CaseProposalMutation,
    CaseReceiptMutation,
    CaseVerificationMutation,
    CaseRecordMutation,
    CaseDecisionMutation,
    CaseReviewMutation,
):
    """Every act on a case."""
