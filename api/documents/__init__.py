"""Documents as they are signed: a template and the facts of a case become the bytes of a PDF.

Pure: nothing is read but what is handed in and the fonts beside this module, nothing is written, nothing is logged.
The same input gives the same bytes, so the hash of a document is a fact about what it says.
"""

from api.documents.render import FieldsMissing, render
from api.documents.values import FieldInvalid

__all__ = ["FieldInvalid", "FieldsMissing", "render"]
