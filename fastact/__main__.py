"""``python -m fastact``: demo, list, plot, warmup, info."""

from fastact.commands.line import main

if __name__ == "__main__":
    raise SystemExit(main())
