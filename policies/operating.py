"""What a profile says of running the system, as the domain asks for it."""

from types import MappingProxyType

from domain.operating import IncidentKind, Operation
from policies.profile import Profile


def operation_of(says: Profile) -> Operation:
    """Return the rules on incidents, duty and maintenance; a profile without them leaves each unsaid."""
    told, kept = says.incidents, says.operation
    kinds = told.kinds if told else {}
    share = kept.max_share_of_area_down if kept else None
    return Operation(
        incident_rule=told.rule if told else None,
        handler_kind=told.unit_kind if told else None,
        incident_kinds=MappingProxyType(
            {
                name: IncidentKind(rule=one.rule, vi=one.vi, en=one.en, fault=one.fault)
                for name, one in kinds.items()
            }
        ),
        leader_rule=told.leader.rule if told and told.leader else None,
        process_rule=told.process.rule if told and told.process else None,
        told=frozenset(one.unit_kind for one in told.told) if told else frozenset(),
        duty=MappingProxyType({one.unit_kind: one.rule for one in kept.duty} if kept else {}),
        work_rule=share.rule if share else None,
        **({"max_share_down": share.value} if share else {}),
    )
