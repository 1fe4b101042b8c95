"""The office's own settings, with keys and a folder made for this run of the tests.

Whatever database and keys the environment names are somebody's real ones: they are not used, nor
by the processes that tests start, which get this environment. Which database a test runs on is
decided in `conftest.py`. mypy reads the models through these settings as well.
"""

import atexit
import base64
import os
import secrets
import shutil
import tempfile
from pathlib import Path

_folder = Path(tempfile.gettempdir(), f"doudi-tests-{secrets.token_hex(8)}")
# It comes into being only when a process that a test starts keeps something there.
atexit.register(shutil.rmtree, _folder, ignore_errors=True)

for _name in ("DOUDI_PRODUCTION", "DOUDI_DEBUG", "DOUDI_HOSTS"):
    os.environ.pop(_name, None)
os.environ["DOUDI_DATA"] = str(_folder)
os.environ["DOUDI_SECRET_KEY"] = "only for tests " * 4
os.environ["DOUDI_ID_KEY"] = base64.b64encode(b"only for tests: encrypts numbers").decode()
os.environ["DOUDI_INDEX_KEY"] = base64.b64encode(b"only for tests: blindly indexes.").decode()
os.environ["DATABASE_URL"] = f"sqlite:///{_folder}/nobody-connects-here"

from doudi.office.settings import *  # noqa: E402, F403

del os.environ["DATABASE_URL"]

# Fast, and as good as any other for passwords that are written in the tests.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
