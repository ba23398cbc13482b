"""Settings of TLS: what is read of it, and what its records say."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Literal

from vids.engine.settings import TLS_ALL, TLS_BASIC, TLS_EXTENDED, Settings
from vids.errors import ConfigError
from vids.setting import Part, switch, word, words


class TlsProtocol(Part, frozen=True):
    encryption_handling: Annotated[
        Literal["track-only", "bypass", "full"],
        word("encrypted bytes are not inspected, only followed for oddities; not followed either; inspected"),
    ] = "track-only"
    ja3_fingerprints: Annotated[
        Literal["auto", "yes", "no"], word("tls records carry JA3 and JA3S; auto: when a rule asks for one of them")
    ] = "auto"
    ja4_fingerprints: Annotated[Literal["auto", "yes", "no"], word("tls records carry JA4; auto: they do")] = "auto"


class TlsOutput(Part, frozen=True):
    extended: Annotated[bool, switch("a tls record carries more than subject, issuer and alternative names")] = True
    session_resumption: Annotated[bool, switch("records of connections that go on with an earlier session")] = True
    custom: Annotated[str, words("the fields of a tls record, in place of those: any of " + ", ".join(TLS_ALL))] = "[]"


def set_tls(settings: Settings, tls: TlsProtocol, logged: TlsOutput, origins: Mapping[str, str]) -> None:
    """Tell the engine. Raises ConfigError."""
    settings.tls_encryption_handling = tls.encryption_handling
    settings.tls_ja3_fingerprints = tls.ja3_fingerprints
    settings.tls_ja4 = tls.ja4_fingerprints != "no"
    settings.tls_session_resumption = logged.session_resumption
    settings.tls_fields = tls_fields(logged, origins)


def tls_fields(logged: TlsOutput, origins: Mapping[str, str]) -> list[str]:
    """Return the fields of tls records, by the names of the setting `custom`. Raises ConfigError."""
    fields = [part for part in re.split(r"[\s,\"']+", logged.custom.strip("[]")) if part]
    if unknown := [field for field in fields if field not in TLS_ALL]:
        name = "outputs.eve-log.types.tls.custom"
        place = origins.get(name, "default")
        raise ConfigError(f"{place}: {name}: {unknown[0]} is no field; expected any of {', '.join(TLS_ALL)}")
    if fields:
        return fields
    fields = list(TLS_EXTENDED if logged.extended else TLS_BASIC)
    return [field for field in fields if field != "session_resumed" or logged.session_resumption]
