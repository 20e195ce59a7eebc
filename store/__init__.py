"""How bytes are kept: the event recorder, keys and sealed personal data, evidence, credentials."""
