"""`python -m flows.cli.serving`: Prefect's own server, which knows this project's notification block as well.

Takes the options of `prefect server start`. It runs in the foreground: the server's --background mode writes into a
pipe nobody reads and stops answering once a log line does not fit.
"""

import sys

import flows.notifying  # noqa: F401 - registers the block in the server's process


def main() -> None:
    """Run the server until it is stopped."""
    from prefect.cli import app

    sys.argv = ["prefect", "server", "start", *sys.argv[1:]]
    app()


if __name__ == "__main__":
    main()
