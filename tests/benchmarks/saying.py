"""How benchmarks that print many figures print one."""

__all__ = ["say"]


def say(what: str, value: str) -> None:
    """Write one line of the result at once: what was measured, and what came out."""
    print(f"{what:<72}{value:>32}", flush=True)
