"""The settings of HTTP/1, by the reference engine's names."""

from __future__ import annotations

from typing import Annotated

from vids.engine.settings import Settings
from vids.setting import KIB, MIB, Part, number, seconds, size, switch


class HttpDefaults(Part, frozen=True):
    request_body_limit: Annotated[int, size("of a request's body, decoded, that rules look into; 0 is all")] = 100 * KIB
    response_body_limit: Annotated[int, size("of a response's body, decoded, that rules look into; 0 is all")] = (
        100 * KIB
    )
    request_body_minimal_inspect_size: Annotated[
        int, size("that a request's body grows by before rules look into it again", 1)
    ] = 32 * KIB
    response_body_minimal_inspect_size: Annotated[
        int, size("that a response's body grows by before rules look into it again", 1)
    ] = 40 * KIB
    response_body_decompress_layer_limit: Annotated[
        int, number("content codings, one inside the other, that are undone; 0 undoes none", "codings", 0, 16)
    ] = 2
    lzma_enabled: Annotated[bool, switch("LZMA is undone, too")] = True
    lzma_memlimit: Annotated[int, size("of a dictionary of LZMA", 4 * KIB)] = MIB
    compression_bomb_limit: Annotated[int, size("that may come of a coded body, whatever its ratio", 1)] = MIB
    compression_bomb_count: Annotated[
        int, number("compression bombs of one connection before its bodies are not decoded any more", "bombs")
    ] = 3
    double_decode_path: Annotated[bool, switch("percent signs in the path are decoded twice")] = False
    double_decode_query: Annotated[bool, switch("percent signs in the query are decoded twice")] = False
    query_plusspace_decode: Annotated[bool, switch("a plus sign in the query is a space")] = False
    uri_include_all: Annotated[bool, switch("http.uri begins with scheme, user and host of the target")] = False
    max_tx: Annotated[int, number("requests of one connection that wait for their response", "transactions")] = 512
    headers_limit: Annotated[int, number("headers of one request or response", "headers")] = 1024


class Libhtp(Part, frozen=True):
    default_config: HttpDefaults = HttpDefaults()


class Byterange(Part, frozen=True):
    memcap: Annotated[int, size("memory for files that come in parts; those used longest ago give way")] = 100 * MIB
    timeout: Annotated[int, seconds("a file of which no part came for this time is given up")] = 60


class Http(Part, frozen=True):
    byterange: Byterange = Byterange()
    libhtp: Libhtp = Libhtp()

    def fill(self, settings: Settings) -> None:
        """Tell the engine."""
        given = self.libhtp.default_config
        settings.http_request_body_limit = given.request_body_limit
        settings.http_response_body_limit = given.response_body_limit
        settings.http_request_look = given.request_body_minimal_inspect_size
        settings.http_response_look = given.response_body_minimal_inspect_size
        settings.http_decompress_layers = given.response_body_decompress_layer_limit
        settings.http_lzma_enabled = given.lzma_enabled
        settings.http_lzma_memory = given.lzma_memlimit
        settings.http_bomb_limit = given.compression_bomb_limit
        settings.http_bomb_count = given.compression_bomb_count
        settings.http_double_decode_path = given.double_decode_path
        settings.http_double_decode_query = given.double_decode_query
        settings.http_query_plus_decode = given.query_plusspace_decode
        settings.http_uri_include_all = given.uri_include_all
        settings.http_max_transactions = given.max_tx
        settings.http_max_headers = given.headers_limit
        settings.range_memcap = self.byterange.memcap
        settings.range_timeout_s = self.byterange.timeout
