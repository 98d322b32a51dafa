"""The worker, `python -m jobs`."""

import sys


def main() -> int:
    """Says what is scheduled."""
    sys.stdout.write("Nothing is scheduled yet.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
