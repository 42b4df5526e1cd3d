"""Compares what a client wrote again with the answer that it read.

A client may leave out what the contract does not know, a null, and an empty list. Everything else must come back: each
field, each item, each text, and each amount with all its digits.
"""

import json
import re
from datetime import datetime
from decimal import Decimal, InvalidOperation

DATE = re.compile(r"\d{4}-\d\d-\d\d")


def read(text):
    return json.loads(text, parse_float=Decimal, parse_int=Decimal)


def known_fields(document):
    """The names of all fields in the contract. Drift adds others, which a client may forget."""
    found = set()

    def walk(value):
        if isinstance(value, dict):
            found.update(value.get("properties", {}))
            for item in value.values():
                walk(item)
        elif isinstance(value, list):
            for item in value:
                walk(item)

    walk(document["components"]["schemas"])
    return found


def empty(value, known):
    if isinstance(value, dict):
        return all(empty(item, known) for key, item in value.items() if key in known)
    return value is None or value == []


def moment(text):
    try:
        return datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", text.replace("Z", "+00:00")))
    except ValueError:
        return None


def same_text(before, after):
    if before == after:
        return True
    if not (DATE.match(before) and isinstance(after, str)):
        return False
    if len(before) == 10:
        return after[:10] == before and re.fullmatch(r"(T00:00:00(\.0+)?(Z|\+00:00)?)?", after[10:]) is not None
    first, second = moment(before), moment(after)
    return first is not None and second is not None and (first.tzinfo is None) == (second.tzinfo is None) and first == second


def difference(before, after, known, place=""):
    """The first thing that is lost or changed, or None."""
    if isinstance(before, dict):
        if not isinstance(after, dict):
            return f"{place}: an object became {after!r}"[:200]
        for key, value in before.items():
            if key not in known:
                continue
            where = f"{place}.{key}".lstrip(".")
            if after.get(key) is None:
                if not empty(value, known):
                    return f"{where}: lost"
                continue
            told = difference(value, after[key], known, where)
            if told:
                return told
        return None
    if isinstance(before, list):
        if not isinstance(after, list) or len(before) != len(after):
            return f"{place}: a list of {len(before)} became {str(after)[:80]}"
        return next(filter(None, (difference(a, b, known, f"{place}[{i}]") for i, (a, b) in enumerate(zip(before, after)))), None)
    if isinstance(before, Decimal):
        if isinstance(after, Decimal) and before == after:
            return None
        try:
            if isinstance(after, str) and Decimal(after) == before:
                return f"{place}: the number {before} is written as a text"
        except InvalidOperation:
            pass
        return f"{place}: {before} became {after}"
    if isinstance(before, str):
        return None if same_text(before, after) else f"{place}: {before!r} became {after!r}"
    return None if before == after else f"{place}: {before!r} became {after!r}"
