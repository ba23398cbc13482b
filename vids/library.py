"""What rules refer to outside of their files: data sets, reputations, countries, public suffixes, kinds of files."""

from __future__ import annotations

from functools import lru_cache
from importlib import import_module
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any, Final

from vids.config import Config
from vids.datasets import SetFiles
from vids.engine.proto.file import Magic
from vids.engine.rule.dataset import DataSet
from vids.engine.rule.reputation import MAX_CATEGORIES, MOST, Reputations
from vids.engine.rule.resource import Countries, Resources, Suffixes
from vids.errors import ConfigError
from vids.setting_dataset import DeclaredSet

CACHED: Final = 65_536  # addresses whose country is remembered
KINDS: Final = 1_024  # beginnings of files whose kind is: libmagic takes milliseconds


class Library:
    """Brings resources to a ruleset, and keeps what is to be kept of them."""

    def __init__(self, config: Config) -> None:
        """Read what the configuration names. Raises ConfigError."""
        rules = config.datasets.rules
        self.files = SetFiles(Path(config.default_data_dir), rules.allow_absolute_filenames, rules.allow_write)
        self.resources = Resources()
        self._declared = [declare(self.resources, *named) for named in config.datasets.declared.items()]
        self.resources.reputations = reputations(config)
        self.resources.countries = countries(config.geoip_database)
        self.resources.suffixes = suffixes()
        self.resources.magic = magic()
        if config.outputs.eve_log.types.files.force_magic and self.resources.magic is None:
            raise ConfigError("outputs.eve-log.types.files.force-magic: needs libmagic (pip install 'vids[magic]')")

    def fill(self) -> None:
        """Fill the data sets that rules and the configuration have named. Raises ConfigError for one of the latter."""
        self.files.fill(self.resources.datasets)
        for values in self._declared:
            if values.fault:
                raise ConfigError(f"datasets.{values.name}: {values.fault}")

    def keep(self) -> None:
        """Write the data sets that are to be kept. Raises OutputError."""
        self.files.keep(self.resources.datasets)


def declare(resources: Resources, name: str, declared: DeclaredSet) -> DataSet:
    """Return a data set of the configuration, empty. Raises ConfigError."""
    if declared.state and (declared.load or declared.save):
        raise ConfigError(f"datasets.{name}: state is load and save in one: they exclude each other")
    values, _ = resources.datasets.declare(name, declared.type)
    values.load = declared.load or declared.state
    values.save = declared.save or declared.state
    values.is_state = bool(declared.state)
    values.memcap = declared.memcap
    return values


def reputations(config: Config) -> Reputations | None:
    """Return the reputations of all files; None where there are no files. Raises ConfigError."""
    files = [name for name in config.reputation_files.strip("[]").replace('"', "").split(",") if name.strip()]
    if not files:
        return None
    found = Reputations()
    folder = Path(config.default_reputation_path)
    if not config.reputation_categories_file:
        raise ConfigError("reputation-files: needs reputation-categories-file too")
    for place, fields in _rows(Path(config.reputation_categories_file)):
        if len(fields) < 2 or not fields[0].isdecimal() or not 0 < int(fields[0]) <= MAX_CATEGORIES:
            raise ConfigError(f"{place}: expected NUMBER,NAME,DESCRIPTION, the number 1 to {MAX_CATEGORIES}")
        found.categories[fields[1]] = int(fields[0])
    for name in files:
        for place, fields in _rows(folder / name.strip()):
            _add_reputation(found, place, fields)
    return found


def _add_reputation(found: Reputations, place: str, fields: list[str]) -> None:
    """Take one line of a reputation file: address or network, category, score."""
    try:
        text, category, score = fields
        number, points = int(category), int(score)
        if not (0 < number <= MAX_CATEGORIES and 0 <= points <= MOST):
            raise ValueError
        if "/" in text:
            network = ip_network(text, strict=False)
            found.add(network.network_address.packed, network.prefixlen, number, points)
        else:
            address = ip_address(text).packed
            found.add(address, len(address) * 8, number, points)
    except ValueError as error:
        raise ConfigError(f"{place}: expected ADDRESS[/PREFIX],CATEGORY,SCORE, the score 0 to {MOST}") from error


def _rows(path: Path) -> list[tuple[str, list[str]]]:
    """Return the lines of a file that say something, cut at commas, each with its place. Raises ConfigError."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read (reputation files are text): {error}") from error
    rows = []
    for at, line in enumerate(lines, 1):
        if line.strip() and not line.startswith("#"):
            rows.append((f"{path}:{at}", [field.strip() for field in line.split(",")]))
    return rows


def countries(database: str) -> Countries | None:
    """Return the countries of a MaxMind database; None without one. Raises ConfigError."""
    if not database:
        return None
    try:
        import maxminddb  # noqa: PLC0415  optional: few rules ask for countries
    except ImportError as error:
        raise ConfigError("geoip-database: needs the package maxminddb (pip install 'vids[geoip]')") from error
    try:
        return MaxMind(maxminddb.open_database(database))
    except (OSError, ValueError, maxminddb.InvalidDatabaseError) as error:
        raise ConfigError(f"geoip-database: {database}: {error}") from error


class MaxMind(Countries):
    """Countries by a MaxMind database, or another of its format."""

    def __init__(self, reader: Any) -> None:
        self._reader = reader
        self._find = lru_cache(CACHED)(self._look_up)

    def country(self, address: bytes) -> str:
        return self._find(address)

    def _look_up(self, address: bytes) -> str:
        try:
            found = self._reader.get(ip_address(address))
        except ValueError:
            return ""  # an IPv6 address, and the database is of IPv4
        place = (found or {}).get("country") or (found or {}).get("registered_country") or {}
        code = place.get("iso_code", "")
        return code if isinstance(code, str) else ""


def suffixes() -> Suffixes | None:
    """Return the public suffixes of the package that has them; None where it is not installed."""
    try:
        from publicsuffixlist import PublicSuffixList  # noqa: PLC0415  optional: few rules ask for domains
    except ImportError:
        return None
    return PublicSuffixes(PublicSuffixList)


class PublicSuffixes(Suffixes):
    """The Mozilla list (publicsuffix.org), read when it is first asked."""

    def __init__(self, make: Any) -> None:
        self._make = make
        self._list: Any = None

    def suffix(self, name: str) -> str:
        if self._list is None:
            self._list = self._make()
        return self._list.publicsuffix(name) or ""


def magic() -> Magic | None:
    """Return who knows kinds of files; None where python-magic or the libmagic that it needs is not installed."""
    try:
        library = import_module("magic")  # optional: few rules ask for kinds of files
    except ImportError:  # the package, or a libmagic of the system
        try:
            import_module("pylibmagic")  # brings a libmagic along
            library = import_module("magic")
        except ImportError:
            return None
    try:
        return Libmagic(library.Magic())
    except (library.MagicException, OSError, AttributeError):
        return None


class Libmagic(Magic):
    """Kinds of files in the words of libmagic, which rules are written in."""

    def __init__(self, library: Any) -> None:
        self._library = library
        self._find = lru_cache(KINDS)(self._ask)

    def kind(self, data: bytes) -> str:
        return self._find(data)

    def _ask(self, data: bytes) -> str:
        try:
            found = self._library.from_buffer(data)
        except Exception:  # its own exception class is the module's, and may be anything on hostile bytes
            return ""
        return found if isinstance(found, str) else ""
