"""The browser and the system that a program names itself by, in words for its owner."""

from ua_parser import parse

UNKNOWN = "Other"


def device(user_agent: str) -> str:
    """Firefox · Windows; empty where nothing is recognised."""
    found = parse(user_agent)
    families = [part.family for part in (found.user_agent, found.os) if part and part.family != UNKNOWN]
    return " · ".join(families)
