"""Reasons of recommendations, found in the records when a page is shown."""


def attach(subject, side, entries):
    return entries
