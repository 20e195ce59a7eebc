"""What stands against the evidence of a case, at the GraphQL edge."""

import strawberry

from api.graphql.common import Language, Rule, Speech, rule
from api.graphql.context import Info
from domain.case.evidence import EvidenceFlag as FlagKind
from domain.case.evidence import Flag

strawberry.enum(
    FlagKind,
    name="EvidenceFlagKind",
    description="Điều chống lại chứng cứ · What stands against evidence: the camera was known to be at fault at the"
    " time, or measured without a valid verification",
)


@strawberry.type(
    description="Vì sao không xử phạt trên chứng cứ này · Why nobody is sanctioned on this evidence"
)
class EvidenceFlag:
    """What stands against the evidence of a case, by which rule."""

    flag: strawberry.Private[Flag]

    @strawberry.field(description="Loại · Kind")
    def kind(self) -> FlagKind:
        """Which it is."""
        return self.flag.kind

    @strawberry.field(description="Nội dung, một dòng · What it is, in one line")
    def message(self, language: Speech = Language.VI) -> str:
        """What it is, in the language asked for."""
        return self.flag.vi if language is Language.VI else self.flag.en

    @strawberry.field(description="Căn cứ · The rule it stands on")
    def rule(self, info: Info) -> Rule | None:
        """The rule that wants it so."""
        return rule(info, self.flag.rule)
