#!/usr/bin/env python3
"""imaplib.py: Python's imaplib: reads all mail of all mailboxes by number, flags it, copies, deletes and expunges a message, searches;
in the end what is there now goes into a Maildir. NO is an answer that this program knows of; then it says NOOP and looks again."""
import imaplib, os, re, shutil, ssl, sys

env = {k: os.environ["IMAPDIFF_" + k] for k in ("HOST", "TLS_PORT", "USER", "PASSWORD", "CA", "DIR")}
context = ssl.create_default_context(cafile=env["CA"])


def connect():
    c = imaplib.IMAP4_SSL(env["HOST"], int(env["TLS_PORT"]), ssl_context=context, timeout=15)
    c.login(env["USER"], env["PASSWORD"])
    return c


def mailboxes(c):
    return [re.search(rb'"/" "?([^"]*)"?$', line)[1].decode() for line in c.list()[1]]


def work(c, box):
    """What a user's session does; others may be at work in the same mailbox."""
    if c.select(f'"{box}"')[0] != "OK":
        return
    n = len(c.search(None, "ALL")[1][0].split())
    if not n:
        return
    c.fetch(f"1:{n}", "(UID FLAGS)")
    if c.fetch(f"1:{n}", "(RFC822.SIZE ENVELOPE)")[0] == "NO":
        c.noop()
    if c.store(f"1:{n}", "+FLAGS", r"(\Flagged)")[0] == "NO":
        c.noop()
    c.noop()
    if box == "INBOX":
        seen = c.uid("SEARCH", None, "ALL")[1][0].split()
        if c.uid("COPY", seen[0].decode(), "Trash")[0] == "OK":
            c.uid("STORE", seen[0].decode(), "+FLAGS.SILENT", r"(\Deleted)")
            c.expunge()
    c.status(f'"{box}"', "(MESSAGES UIDNEXT)")
    c.check()
    c.close()


def take(c, folder):
    """All mail as it is now."""
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    for box in mailboxes(c):
        if c.select(f'"{box}"', readonly=True)[0] != "OK":
            raise imaplib.IMAP4.error(f"{box} is listed, but cannot be opened")
        for uid in c.uid("SEARCH", None, "ALL")[1][0].split():
            word, data = c.uid("FETCH", uid.decode(), "(BODY.PEEK[])")
            if word == "OK" and data[0]:
                with open(f"{folder}/{box.replace('/', '_')}.{uid.decode()}", "wb") as f:
                    f.write(data[0][1])


c = connect()
for box in mailboxes(c):
    try:
        work(c, box)
    except imaplib.IMAP4.abort:
        c = connect()  # it was cut off
take(c, env["DIR"] + "/cur")
c.logout()
