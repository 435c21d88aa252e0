"""A simulated industrial-internet market, drawn from a seed and calibrated to the study's published figures.

`market.build(seed, today)` draws the whole market in memory and touches no database; `store.save` writes it. What the
study itself reports of named companies and institutions is in `facts`; all else is invented and carries a source that
says so.
"""
