"""`python -m innkreving_sandbox`: hands over to the binary."""

import os
import subprocess
import sys

from ._binary import find_binary

binary = str(find_binary())
if sys.platform == "win32":
    sys.exit(subprocess.run([binary, *sys.argv[1:]]).returncode)
os.execv(binary, [binary, *sys.argv[1:]])
