"""Incidents: what went wrong, who handles it, until when."""

from domain.incident.guards import IncidentState
from domain.incident.incident import Incident

__all__ = ["Incident", "IncidentState"]
