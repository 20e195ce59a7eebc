"""Quảng Trị: Quyết định 1689/QĐ-UBND of 2 August 2023."""
