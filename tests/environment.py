"""Loaded before the settings: every test process keeps its files, its broker, its cache and one core to itself."""

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
# As many test processes as cores: threads of the linear algebra and of the trees would only wait for each other. The
# product does the same (`matching.runs`).
for _threads in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_threads, "1")
# A page is whole at once, however busy the machine.
os.environ["STATISTICS_PAGE_SECONDS"] = "600"
os.environ.pop("ALLOWED_HOSTS", None)
os.environ.pop("BIND", None)
