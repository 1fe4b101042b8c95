"""``python -m doudi`` is the same as the ``doudi`` command."""

from doudi.cli import run

if __name__ == "__main__":
    run()
