"""The whole suite, once on SQLite and, where they answer, once more on PostgreSQL and Redis.

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
    parallel = ["-n", os.environ.get("PYTEST_WORKERS", "2"), "--dist", "loadfile"]
    failed = suite("SQLite", *parallel, DATABASE_URL="", REDIS_URL="")
    if postgres and redis:
        failed |= suite("PostgreSQL and Redis", *parallel, DATABASE_URL=POSTGRES_URL, REDIS_URL=REDIS_URL)
    if missing:
        print(f"\nLeft out because it does not answer here: {', '.join(missing)}.")
    return failed


if __name__ == "__main__":
    sys.exit(main())
