"""Đồng Hới: Quyết định 790/QĐ-UBND and Công văn 704/UBND-VP of 18 March 2022."""
