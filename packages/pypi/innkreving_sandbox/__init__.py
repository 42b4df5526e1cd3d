"""A stand-in for the collection services of Skatteetaten, to start from a test.

    with Sandbox(now="2026-03-01") as sandbox:
        print(sandbox.base_url)
"""

from ._binary import find_binary
from ._http import ControlError
from ._operations import Operations as ControlClient
from ._sandbox import Sandbox, SandboxError, Session

__all__ = ["ControlClient", "ControlError", "Sandbox", "SandboxError", "Session", "find_binary"]
