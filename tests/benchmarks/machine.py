"""The machine and the versions with which something was measured."""

import os
import platform
from importlib.metadata import version
from pathlib import Path

PACKAGES = ("slack-bolt", "slack-sdk", "sqlalchemy", "uvicorn", "uvloop", "httptools", "aiohttp", "asyncpg")


def machine() -> dict[str, str]:
    return {
        "machine": f"{_processor()}, {platform.system()} {platform.release()} {platform.machine()}",
        "cores": f"{os.cpu_count()}, load {os.getloadavg()[0]:.1f}",
        "python": platform.python_version(),
        "packages": ", ".join(f"{name} {version(name)}" for name in PACKAGES),
    }


def _processor() -> str:
    names = (line.partition(":")[2] for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line)
    return next(names, platform.machine()).strip()
