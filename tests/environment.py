"""Loaded before the settings: every test process keeps its files, its broker and its cache to itself."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

if "TEST_DATA_DIR" not in os.environ:
    os.environ["TEST_DATA_DIR"] = tempfile.mkdtemp(prefix="rongqiao-tests-")
    atexit.register(shutil.rmtree, os.environ["TEST_DATA_DIR"], ignore_errors=True)

_process = os.environ.get("PYTEST_XDIST_WORKER", "main")
_folder = Path(os.environ["TEST_DATA_DIR"])
os.environ["DATA_DIR"] = str(_folder / _process)
os.environ["REDIS_PREFIX"] = f"{_folder.name}-{_process}"
os.environ["STATIC_ROOT"] = str(_folder / "static")
os.environ.pop("ALLOWED_HOSTS", None)
os.environ.pop("BIND", None)
