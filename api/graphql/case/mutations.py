"""The acts on a case, in the order of the procedure; each phase has a module of its inputs and acts."""

import strawberry

from api.graphql.case.decision_mutations import CaseDecisionMutation
from api.graphql.case.proposal_mutations import CaseProposalMutation
from api.graphql.case.receipt_mutations import CaseReceiptMutation
from api.graphql.case.record_mutations import CaseRecordMutation
from api.graphql.case.review_mutations import CaseReviewMutation
from api.graphql.case.verification_mutations import CaseVerificationMutation


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
