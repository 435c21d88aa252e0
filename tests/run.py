"""The whole suite on SQLite and, where they answer, all of it that can touch a database once more on PostgreSQL and
Redis. What touches no database (pytest-django keeps it shut without a mark) gives the same on both and runs once, and
so do looks at pages in a browser.

REQUIRE_ALL=1: a service or a browser that is missing is a failure, and so is any skipped test.
"""

import os
import subprocess
import sys

from tests.services import POSTGRES_URL, REDIS_URL, chromium, postgres_answers, redis_answers


def suite(title: str, *arguments: str, **environment: str) -> int:
    print(f"\n=== {title}", flush=True)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments]
    return subprocess.run(command, env={**os.environ, **environment}, check=False).returncode


def main() -> int:
    postgres, redis, browser = postgres_answers(), redis_answers(), chromium()
    missing = [name for name, there in (("PostgreSQL", postgres), ("Redis", redis), ("Chromium", browser)) if not there]
    if missing and os.environ.get("REQUIRE_ALL"):
        print(f"Missing: {', '.join(missing)}. All are required here.")
        return 1
    # Files as `tests/conftest.py` orders them, the long ones first.
    parallel = ["-n", os.environ.get("PYTEST_WORKERS", "2"), "--dist", "loadfile", "--no-loadscope-reorder"]
    failed = suite("SQLite", *parallel, DATABASE_URL="", REDIS_URL="")
    if postgres and redis:
        title = "PostgreSQL and Redis: every test that may touch the database, but for looks at pages"
        services = {"DATABASE_URL": POSTGRES_URL, "REDIS_URL": REDIS_URL}
        failed |= suite(title, *parallel, "--database-only", **services)
    if missing:
        print(f"\nLeft out because it does not answer here: {', '.join(missing)}.")
    return failed


if __name__ == "__main__":
    sys.exit(main())
