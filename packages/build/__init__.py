"""Builds the packages of npm, PyPI and Debian, and the archives, around a binary. `scripts/package` starts it."""
