"""Devices that are told what to do."""
