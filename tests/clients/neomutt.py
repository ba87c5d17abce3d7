#!/usr/bin/env python3
"""neomutt.py: NeoMutt in a terminal: for some mailboxes a session that reads all mail, copies it to a Maildir, flags it, writes the flags
back, deletes one message of INBOX and quits. What is typed is one line of commands; a shell escape behind it tells that it is done.
What is there in the end is copied by a session for each mailbox, which changes nothing."""
import os, pty, select, shutil, signal, struct, fcntl, sys, termios, time

env = {k: os.environ["IMAPDIFF_" + k] for k in ("HOST", "TLS_PORT", "USER", "PASSWORD", "CA", "DIR")}
HERE = os.path.dirname(env["DIR"])
BOXES = ["INBOX", "Drafts", "Sent", "Sent-2026", "Trash", "Archive", "Archive/2025", "Entwürfe", "Shared/Team"]
RC = f"""
set imap_user = "{env['USER']}" imap_pass = "{env['PASSWORD']}"
set folder = "imaps://{env['HOST']}:{env['TLS_PORT']}/"
set ssl_ca_certificates_file = "{env['CA']}"
set mbox_type = Maildir
unset confirmappend confirmcreate wait_key move mark_old save_empty header_cache imap_idle
set delete = yes quit = yes copy = no beep = no imap_keepalive = 300 mail_check = 600 timeout = 600 read_inc = 0 net_inc = 0
set pager_stop
"""


class Gone(Exception):
    pass


class Session:
    def __init__(self, box):
        self.marks, self.screen = 0, b""
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.environ.update(TERM="xterm", HOME=HERE)
            os.execvp("neomutt", ["neomutt", "-n", "-F", HERE + "/neomuttrc", "-f",
                                  f"imaps://{env['HOST']}:{env['TLS_PORT']}/{box}"])
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))

    def read(self, seconds):
        """What the terminal shows; Gone when NeoMutt has ended."""
        if select.select([self.fd], [], [], seconds)[0]:
            try:
                data = os.read(self.fd, 65536)
            except OSError:
                data = b""
            if not data:
                raise Gone
            self.screen += data

    def do(self, keys):
        """Types what `keys` stands for, and waits until NeoMutt is done with it; an error ends it early."""
        self.marks += 1
        mark = f"{HERE}/mark-{os.getpid()}-{self.pid}-{self.marks}"
        os.write(self.fd, f":push '{keys}'\n!: >{mark}\n".encode())
        until, again = time.monotonic() + 60, time.monotonic() + 2
        while not os.path.exists(mark):
            self.read(0.05)
            if time.monotonic() > until:
                raise TimeoutError(keys)
            if time.monotonic() > again:  # it asks something, or dropped what was typed at an error
                os.write(self.fd, f"\x07!: >{mark}\n".encode())
                again += 2
        os.remove(mark)

    def end(self):
        """Its exit status."""
        until = time.monotonic() + 30
        try:
            os.write(self.fd, b":push '<quit>'\n")
            while time.monotonic() < until:
                self.read(0.2)
        except (Gone, OSError):
            pass
        if time.monotonic() >= until:
            os.kill(self.pid, signal.SIGKILL)
        status = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        os.close(self.fd)
        with open(HERE + "/screens", "ab") as f:
            f.write(b"\n==== %d\n" % status + self.screen)
        return status


def copy_to(folder):
    return f"<tag-pattern>~A<enter><tag-prefix><copy-message><kill-line>{folder}<enter><untag-pattern>~A<enter>"


def session(box, *steps):
    s = Session(box)
    try:
        while b"NeoMutt:" not in s.screen:  # what is typed before is dropped
            s.read(0.1)
        for keys in steps:
            s.do(keys)
    except Gone:
        pass
    except TimeoutError as e:
        print(f"{box}: no end of {e}", flush=True)
        s.end()
        sys.exit(9)
    status = s.end()
    if status:
        print(f"{box}: exit status {status}; see screens", flush=True)
    return status


with open(HERE + "/neomuttrc", "w") as f:
    f.write(RC)
shutil.rmtree(env["DIR"], ignore_errors=True)
os.makedirs(env["DIR"])
read_folder, folder = HERE + "/read", env["DIR"] + "/all"
shutil.rmtree(read_folder, ignore_errors=True)
for box in ("INBOX", "Sent", "Archive/2025", "Shared/Team"):
    delete = "<first-entry><delete-message>" if box == "INBOX" else ""
    session(box, "<display-message><exit>" + copy_to(read_folder),
            f"<tag-pattern>~A<enter><tag-prefix><flag-message><untag-pattern>~A<enter>{delete}<sync-mailbox><imap-fetch-mail>")
bad = [box for box in BOXES if session(box, copy_to(folder)) < 0]  # by a signal; a mailbox that is not there gives 1
if bad:
    os.kill(os.getpid(), signal.SIGABRT)
