"""Replay a capture through the command line, and count what it alerts on."""

import json
from collections import Counter
from pathlib import Path

from vids.cli.main import exit_code

ROOT = Path(__file__).resolve().parent.parent.parent
RULES = ROOT / "rules"
PCAPS = ROOT / "pcaps"


def replay(tmp_path: Path, *arguments: str | Path) -> tuple[int, Counter[int]]:
    """Return the exit code, and how often each sid of rules/ alerted."""
    eve = tmp_path / "eve.json"
    code = exit_code(["replay", "--rules", str(RULES), "--eve", str(eve), "--events", "alert", *map(str, arguments)])
    records = [json.loads(line) for line in eve.read_text().splitlines()] if eve.exists() else []
    return code, Counter(record["alert"]["signature_id"] for record in records if record["event_type"] == "alert")
