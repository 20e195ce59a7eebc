"""Điện Biên: Quyết định 25/2024/QĐ-UBND of 30 June 2024."""
