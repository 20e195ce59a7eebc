"""A client: software or a device that connects to the system, and the document that permits it."""

from domain.client.client import CODE, Client, Registration
from domain.client.kinds import ClientKind, ClientState
from domain.client.model import Model

__all__ = ["CODE", "Client", "ClientKind", "ClientState", "Model", "Registration"]
