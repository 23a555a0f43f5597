"""Property tests draw the same examples every time, so that a failure is about the change that is tested."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("house", derandomize=True, deadline=None)
settings.load_profile("house")
