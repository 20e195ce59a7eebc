"""Yên Bái: the coordination regulation of three agencies, known from a press report."""
