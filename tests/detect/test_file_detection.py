"""Rules on files: what holds for one and the same file, when it is known, and what is stored because of it."""

import hashlib

import pytest
from test_stream_detection import CLIENT, SERVER, Talk

from vids.engine.batch import batch_of
from vids.engine.detect.transactions import TransactionRules
from vids.engine.engine import Engine
from vids.engine.event import Alert, FileBytes, FileDropped, FileInfo
from vids.engine.filereport import FileReports
from vids.engine.flow.flow import Flow
from vids.engine.packet.packet import Packet
from vids.engine.proto.conversation import Conversation
from vids.engine.proto.dialogue import Dialogue
from vids.engine.proto.file import CLOSED, MAX_DATA, TRUNCATED, Magic
from vids.engine.proto.files import Files
from vids.engine.proto.http.transaction import HttpTransaction
from vids.engine.proto.table import BY_NAME
from vids.engine.rule.filetest import WITHOUT_MAGIC
from vids.engine.rule.resource import Resources
from vids.engine.rule.ruleset import RuleSet
from vids.engine.settings import Settings

EXE = b"MZ" + bytes(range(256)) * 2
GIF = b"GIF89a" + b"." * 94


class Kinds(Magic):
    def kind(self, data: bytes) -> str:
        return "PE32 executable" if data.startswith(b"MZ") else "something else"


def get(path: bytes = b"/a/setup.EXE") -> tuple[tuple[bytes, int], bytes]:
    return CLIENT, b"GET " + path + b" HTTP/1.1\r\nHost: h\r\n\r\n"


def post(data: bytes, path: bytes = b"/up") -> tuple[tuple[bytes, int], bytes]:
    return CLIENT, b"POST %s HTTP/1.1\r\nHost: h\r\nContent-Length: %d\r\n\r\n" % (path, len(data)) + data


def put(*files: tuple[bytes, bytes]) -> tuple[tuple[bytes, int], bytes]:
    """Return a form with these files."""
    body = b"".join(
        b'--B\r\nContent-Disposition: form-data; name="f"; filename="%s"\r\n\r\n%s\r\n' % file for file in files
    )
    body += b"--B--\r\n"
    head = b"POST /form HTTP/1.1\r\nHost: h\r\nContent-Type: multipart/form-data; boundary=B\r\n"
    return CLIENT, head + b"Content-Length: %d\r\n\r\n" % len(body) + body


def answer(data: bytes = EXE, extra: bytes = b"") -> tuple[tuple[bytes, int], bytes]:
    return SERVER, b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n%s\r\n" % (len(data), extra) + data


def in_segments(data: bytes, size: int = 1000) -> list[tuple[tuple[bytes, int], bytes]]:
    who, whole = answer(data)
    return [(who, whole[at : at + size]) for at in range(0, len(whole), size)]


DOWNLOAD = (get(), answer())
FORM = (put((b"a", EXE), (b"b", GIF)), answer(b""))


def ruleset_of(*options: str, magic: Magic | None = None, header: str = "http any any -> any any") -> RuleSet:
    resources = Resources()
    resources.magic = magic
    ruleset = RuleSet({}, {}, {}, {}, resources)
    for sid, option in enumerate(options, 1):
        ruleset.add("test.rules", f"alert {header} ({option} sid:{sid};)")
    assert not ruleset.problems, [str(p) for p in ruleset.problems]
    for kind, data in (("md5", EXE), ("sha1", EXE), ("sha256", EXE)):
        for values in ruleset.resources.datasets.by_name.values():
            if values.kind == kind:
                values.add(hashlib.new(kind, data).digest())
    ruleset.order()
    return ruleset


def events_of(ruleset: RuleSet, *said, stores: bool = False, stores_all: bool = False, limit: int = 102_400):
    settings = Settings()
    settings.stores_files, settings.stores_all_files = stores, stores_all
    settings.http_response_body_limit = settings.http_request_body_limit = limit
    engine = Engine(ruleset, settings)
    events = engine.feed(batch_of(Talk(*said).frames)) + engine.close()
    return events, engine.counters()


RULES = [
    # options                                                        alerts  what is said
    ('filename:"setup";',                                            1, DOWNLOAD),
    ('filename:"/A/SETUP";',                                         1, DOWNLOAD),
    ('filename:!"setup";',                                           0, DOWNLOAD),
    ('filename:!"other";',                                           1, DOWNLOAD),
    ('fileext:"exe";',                                               1, DOWNLOAD),
    ('fileext:"setup";',                                             0, DOWNLOAD),
    ('filename:"setup"; fileext:"exe";',                             1, DOWNLOAD),
    ('file.name; content:"setup.EXE"; endswith;',                    1, DOWNLOAD),
    ('file.name; content:"f.txt"; bsize:5;',                         1,
     (get(), answer(extra=b"Content-Disposition: attachment; filename=f.txt\r\n"))),
    ('filemagic:"pe32";',                                            1, DOWNLOAD),
    ('filemagic:"pe32";',                                            0, (get(), answer(GIF))),
    ('file.magic; content:"PE32"; startswith;',                      1, DOWNLOAD),
    ('filesize:514;',                                                1, DOWNLOAD),
    ('filesize:>513;',                                               1, DOWNLOAD),
    ('filesize:<514;',                                               0, DOWNLOAD),
    ('filesize:500<>600;',                                           1, DOWNLOAD),
    ('filemd5:l;',                                                   1, DOWNLOAD),
    ('filesha1:l;',                                                  1, DOWNLOAD),
    ('filesha256:l;',                                                1, DOWNLOAD),
    ('filemd5:!l;',                                                  0, DOWNLOAD),
    ('filemd5:!l;',                                                  1, (get(), answer(GIF))),
    ('file.data; content:"MZ"; startswith;',                         1, DOWNLOAD),
    ('file_data; content:"|01 02 03|";',                             1, DOWNLOAD),
    ('file.data; content:"MZ"; startswith;',                         1, (post(EXE), answer(b""))),
    ('file.data; content:"MZ"; flow:to_server;',                     0, DOWNLOAD),
    ('file.data; content:"MZ"; filesize:>500; fileext:"exe";',       1, DOWNLOAD),
    ('file.data; content:"MZ"; filesize:>600; fileext:"exe";',       0, DOWNLOAD),
    ('http.stat_code; content:"200"; filesize:514;',                 1, DOWNLOAD),
    # files of one side: each test of its own file is not enough
    ('filesize:514; filemd5:l;',                                     1, FORM),
    ('filesize:100; filemd5:l;',                                     0, FORM),
    ('filename:"b"; flow:to_server;',                                1, FORM),
    # there is no file
    ('filesize:>=0;',                                                0, (get(), answer(b""))),
    ('filestore;',                                                   0, (get(), answer(b""))),
    ('filestore;',                                                   1, DOWNLOAD),
    ('http.uri; content:"setup"; filestore;',                        0, DOWNLOAD),
    # a file that is cut short
    ('filesize:>100;',                                               1, (get(), (SERVER, answer()[1][:-100]))),
    ('filesize:<1000;',                                              0, (get(), (SERVER, answer()[1][:-100]))),
    ('filemd5:!l;',                                                  0, (get(), (SERVER, answer()[1][:-100]))),
]  # fmt: skip


@pytest.mark.parametrize(("options", "n", "said"), RULES, ids=[f"{n}:{r[0]}" for n, r in enumerate(RULES)])
def test_rules_on_files(options, n, said):
    ruleset = ruleset_of(options, magic=Kinds())
    assert len(ruleset.rules) == 1
    events, _ = events_of(ruleset, *said)
    assert sum(isinstance(event, Alert) for event in events) == n


def test_a_rule_on_kinds_waits_while_nobody_knows_them():
    ruleset = ruleset_of('filemagic:"PE32";', 'file.magic; content:"PE32";')
    assert [rule.waiting for rule in ruleset.waiting] == [[WITHOUT_MAGIC]] * 2


def test_the_name_is_judged_before_the_file_is_there():
    said = [get(), *in_segments(bytes(30_000))]
    events, _ = events_of(ruleset_of('fileext:"exe";', "filesize:30000;"), *said)
    early, late = [event for event in events if isinstance(event, Alert)]
    assert early.number > 0
    assert late.number == 0  # with the end of the flow: the server sent no packet more
    assert (early.files[0].state, late.files[0].state) == ("UNKNOWN", CLOSED)
    assert early.files[0].size < late.files[0].size == 30_000


def test_an_alert_shows_the_files_of_its_side():
    ruleset = ruleset_of('filename:"/up"; flow:to_server;', 'fileext:"up"; flow:to_client;')
    events, _ = events_of(ruleset, post(EXE), answer(GIF))
    (alert,) = [event for event in events if isinstance(event, Alert)]
    assert [(file.name, file.size) for file in alert.files] == [(b"/up", len(EXE))]


def stored(events) -> dict[str, bytes]:
    """Return the bytes of the files that are kept, by their SHA-256."""
    parts: dict[int, bytes] = {}
    kept = {}
    for event in events:
        if isinstance(event, FileBytes):
            parts[event.handle] = parts.get(event.handle, b"") + event.data
        elif isinstance(event, FileDropped):
            del parts[event.handle]
        elif isinstance(event, FileInfo) and event.handle:
            data = parts.pop(event.handle)
            if event.facts.is_stored:
                kept[event.facts.sha256.hex()] = data
    assert not parts, "bytes of a file that did not end"
    return kept


BIG = bytes(range(256)) * 200
BOTH = (post(EXE), answer(GIF))
MORE = (*BOTH, get(), answer(BIG))
LONG = (get(), *in_segments(BIG))
STORES = [
    # options                                                    files that are stored          what is said
    ('filestore;',                                               [EXE],                         DOWNLOAD),
    ('fileext:"exe"; filestore;',                                [EXE],                         DOWNLOAD),
    ('fileext:"gif"; filestore;',                                [],                            DOWNLOAD),
    ('filesize:>600; filestore;',                                [],                            DOWNLOAD),
    ('filemd5:l; filestore;',                                    [EXE],                         DOWNLOAD),
    ('file.data; content:"MZ"; filestore;',                      [EXE],                         DOWNLOAD),
    ('filestore;',                                               [EXE, GIF],                    BOTH),
    ('filestore:to_client;',                                     [GIF],                         BOTH),
    ('filestore:request;',                                       [EXE],                         BOTH),
    ('filesize:514; filestore:both,tx;',                         [EXE, GIF],                    BOTH),
    ('filesize:514; filestore:response,tx;',                     [GIF],                         BOTH),
    ('filesize:514; filestore:both,flow;',                       [EXE, GIF, BIG],               MORE),
    ('filesize:514; filestore:both,tx;',                         [EXE, GIF],                    MORE),
    ('filestore;',                                               [BIG],                         LONG),
    ('filesize:>40000; filestore;',                              [BIG],                         LONG),
    ('filesize:51200; filestore;',                               [BIG],                         LONG),
    ('filesize:51201; filestore;',                               [],                            LONG),
    ('filesize:514; filestore;',                                 [EXE],                         FORM),
]  # fmt: skip


@pytest.mark.parametrize(("options", "files", "said"), STORES, ids=range(len(STORES)))
def test_what_is_stored(options, files, said):
    events, counters = events_of(ruleset_of(options), *said, stores=True)
    assert stored(events) == {hashlib.sha256(data).hexdigest(): data for data in files}
    assert counters["file_store.stored"] == len(files)
    numbers = [event.facts.number for event in events if isinstance(event, FileInfo) and event.facts.is_stored]
    assert numbers == list(range(1, len(files) + 1))
    assert all(event.facts.sids == [1] for event in events if isinstance(event, FileInfo) and event.facts.is_stored)


def test_without_a_store_nothing_is_told_of_bytes():
    events, _ = events_of(ruleset_of("filestore;"), get(), *in_segments(BIG))
    assert not [event for event in events if isinstance(event, FileBytes)]
    (info,) = [event for event in events if isinstance(event, FileInfo)]
    assert (info.facts.is_stored, info.facts.sids, info.facts.sha256) == (False, [], b"")


def test_every_file_can_be_stored():
    events, _ = events_of(ruleset_of(), post(EXE), answer(BIG), stores=True, stores_all=True)
    assert set(stored(events).values()) == {EXE, BIG}


def test_a_file_ends_with_its_flow():
    events, _ = events_of(ruleset_of("filestore;"), get(), *in_segments(BIG)[:20], stores=True)
    (info,) = [event for event in events if isinstance(event, FileInfo)]
    assert info.facts.state == TRUNCATED
    assert stored(events) == {info.facts.sha256.hex(): BIG[: info.facts.size]}


def test_the_record_has_the_transaction_as_it_was():
    events, _ = events_of(ruleset_of(), *DOWNLOAD)
    (info,) = [event for event in events if isinstance(event, FileInfo)]
    name, fields = info.application
    assert (name, fields["status"], fields["length"], info.app_names[0]) == ("http", 200, len(EXE), "http")
    assert (info.source_port, info.destination_port) == (80, 40000)


def reports(options: str, limit: int = 10):
    """Return a conversation with a transaction, and what makes events of its files."""
    settings = Settings()
    settings.stores_files = True
    ruleset = ruleset_of(options)
    rules = TransactionRules(ruleset.rules, settings)
    files = Files(settings)
    files.needs = ruleset.rules[0].file_needs
    dialogue = Dialogue(settings, [], 6, 40000, 80, files)
    dialogue.name, dialogue.protocol = "http", BY_NAME["http"]
    conversation = dialogue.conversation = Conversation(settings)
    conversation.files = files
    transaction = HttpTransaction(0)
    conversation.begin(transaction)
    flow = Flow(b"", b"", b"\x0a\0\0\1", b"\x0a\0\0\2")
    made = FileReports(files, rules, settings)

    def report():
        events = []
        if conversation.news:
            rules.collect(dialogue.protocol, transaction, False)
            conversation.unlook()
        made.report(Packet(), flow, dialogue, events)
        return events

    return conversation, transaction, conversation.open_file(transaction, b"f", False, limit), report


def test_bytes_beyond_the_beginning_are_told_while_a_rule_may_want_the_file():
    conversation, transaction, file, report = reports("filemd5:l; filestore;")
    file.add(b"0123")
    assert report() == []
    file.add(b"456789abc")
    file.add(b"d")
    (told,) = report()
    assert (told.handle, told.data) == (file.handle, b"0123456789abcd")
    file.add(b"e")
    (told,) = report()
    assert told.data == b"e"
    file.want(1)
    file.add(b"f")
    conversation.end_file(transaction, file, CLOSED)
    told, info = report()
    assert told.data == b"f"
    assert (info.handle, info.facts.is_stored, info.facts.number) == (file.handle, True, 1)


def test_a_file_that_no_rule_wanted_in_the_end_is_not_kept():
    conversation, transaction, file, report = reports("filemd5:l; filestore;")
    file.add(b"x" * 20)
    assert len(report()) == 1
    conversation.end_file(transaction, file, CLOSED)
    (info,) = report()
    assert (info.handle, info.facts.is_stored) == (file.handle, False)


def test_bytes_beyond_the_beginning_are_gone_where_no_rule_in_question_stores():
    conversation, transaction, file, report = reports('http.stat_code; content:"200"; filestore;')
    file.add(b"x" * 20)
    assert report() == []
    file.add(b"x" * 20)
    file.want(1)
    conversation.end_file(transaction, file, CLOSED)
    (info,) = report()
    assert (info.handle, info.facts.is_stored) == (0, False)
    assert conversation.files.counters()["file_store.too_late"] == 1


def test_what_was_told_of_a_file_is_dropped_with_its_flow():
    conversation, _, file, report = reports("filemd5:l; filestore;")
    file.add(b"x" * 20)
    assert len(report()) == 1
    events = []
    dialogue = Dialogue(Settings(), [], 6, 40000, 80)
    dialogue.conversation = conversation
    FileReports(conversation.files, TransactionRules([], Settings()), Settings()).abandon(dialogue, events)
    assert [(type(event), event.handle) for event in events] == [(FileDropped, file.handle)]


def test_a_connection_is_followed_further_for_a_file_that_is_stored():
    settings = Settings()
    settings.stores_files = settings.stores_all_files = True
    settings.stream_depth, settings.file_store_depth = MAX_DATA + 2000, 0
    settings.http_response_body_limit = 0
    data = bytes(MAX_DATA + 50_000)
    engine = Engine(ruleset_of(), settings)
    events = engine.feed(batch_of(Talk(get(), *in_segments(data, 30_000)).frames)) + engine.close()
    assert stored(events) == {hashlib.sha256(data).hexdigest(): data}
