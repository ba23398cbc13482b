"""Run the command line as `python -m vids`."""

from vids.cli.main import main

if __name__ == "__main__":
    main()
