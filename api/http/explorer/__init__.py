"""The explorer of the installation."""

from api.http.explorer.page import Explorer

__all__ = ["Explorer"]
