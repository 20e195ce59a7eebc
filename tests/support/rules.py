"""The rule of every field and the meaning of every input, as they are kept beside the tests of the matrix."""

import csv
from functools import cache
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parents[1] / "api"
RULES: Final = {
    "anybody": "asked by whoever comes, signed in or not",
    "signed-in": "answered to whoever is signed in",
    "known": "one of what whoever is signed in knows, by id or code, alike to all but in what they may do",
    "law": "what a regulation says, alike to whoever is signed in",
    "self": "one's own account and session, and nobody else's",
    "administered": "one's own account, or one that one leads or administers; any other is as one that never was",
    "list": "the nouns of one's scope, page by page",
    "rows": "what the nouns of one's scope are made of, page by page, and nothing of any other",
    "count": "how much of it there is in one's scope, and no more",
    "owed": "what a unit of one's scope owes and has not done yet; of any other unit there is nothing",
    "area": "numbers of one's area and the cases of one's queue behind them, for whoever may run reports",
    "look": "one noun of one's scope, by id or number; what is outside is absent",
    "search": "nouns of one's scope that are searched by what stands in them, or taken out; on record with a purpose",
    "audit": "who looked at what and who could, for whoever may replay the audit, in their area; to others nothing",
    "flags": "what is held against a vehicle, for whoever inspects vehicles, and nothing else of any case",
    "told": "changes of the nouns of one's scope, each cut to its reader when it is told",
    "act": "done or refused by the guards; outside of one's scope there is nothing to act on",
    "make": "something new of one's own unit, which names nothing that is outside of one's scope",
    "open": "the files of what one is shown, within one's function",
    "staff": "accounts and their reviews: to each person what `test_account_access.py` says",
    "library": "guidance, and who confirmed it: to each person what `test_guidance_access.py` says",
    "shown": "shown alike to everybody who is shown what it hangs on",
    "with": "shown with what it belongs to, also where a list of its own would not have it",
    "watch": "shown to whoever may watch the camera",
    "administer": "shown to whoever administers the camera",
    "on-file": "shown to whoever sees the camera otherwise than as one of the public, and to the audit; else nothing",
    "decide": "shown to whoever decides on it and the audit, and to nobody it is about",
    "may": "what the guards say to the person who asks",
    "total": "as many as there are in one's scope, and no more",
    "refusal": "says as much of what one may not see as of what never was",
}
"""What each rule says; a rule may name the noun it is about after a colon."""
MEANINGS: Final = {
    "case": "a case, by id or number",
    "camera": "a camera, by id or code",
    "extraction": "an extraction, by id or number",
    "report": "a report, by id or number",
    "recommendation": "a recommendation, by id or number",
    "obstacle": "an obstacle, by id or number",
    "use": "a use of cameras, by id",
    "incident": "an incident, by id or number",
    "work_order": "a work order, by id or number",
    "shift": "a shift, by id or number",
    "roster": "a roster, by id or number",
    "breach": "a breach of the regulation, by id or number",
    "guidance": "an edition of guidance, by id or number",
    "client": "software or a device of the register, by id or code",
    "group": "a key that a group of statistics gave",
    "file": "a file, by id",
    "document": "a document made of a case, an extraction or a report, by id",
    "unit": "a unit, by id or code",
    "account": "an account, by id",
    "session": "a session, by id",
    "of-staff": "an account, a review, a unit or a camera, named where accounts are given",
    "anything": "whatever was looked at, by id",
    "area": "an area, by its path",
    "command": "one's own key of a command",
    "narrow": "an input of its own",
    "page": "how many rows, after which cursor",
    "position": "a place in the log",
    "version": "the version one looked at",
    "instant": "a time",
    "word": "a word of a closed list",
    "said": "what is written down",
}
"""What an input may name."""


@cache
def fields() -> dict[str, str]:
    """The rule of each field, by `Type.field`."""
    return _read("rules_of_fields.csv")


@cache
def inputs() -> dict[str, str]:
    """What each argument and each field of an input names, by `Query.field.argument` or `Input.field`."""
    return _read("rules_of_inputs.csv")


def _read(name: str) -> dict[str, str]:
    found: dict[str, str] = {}
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        for where, rule, names in list(csv.reader(file))[1:]:
            for field in names.split():
                key = f"{where}.{field}"
                assert key not in found, f"{name}: {key} has two rules"
                found[key] = rule
    return found


def under(rule: str, type_name: str) -> dict[str, str]:
    """The fields of a type under a rule, each with the noun that the rule is about."""
    return {
        key.partition(".")[2]: what.partition(":")[2]
        for key, what in fields().items()
        if key.startswith(f"{type_name}.") and what.partition(":")[0] == rule
    }
