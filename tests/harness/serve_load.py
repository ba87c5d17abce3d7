"""The load for test_serve_load.py: calm clients, whose latencies are measured, and hostile ones, each kind in turn.

usage: serve_load.py calm|hostile PORT TLS-PORT CLIENTS SECONDS SEED     a line of JSON at the end
Each in a process of its own, so that the hostile ones' work is not in the calm ones' latency. 127.0.0.1 alone.
"""
import asyncio, json, os, random, ssl, sys, time

HOST = "127.0.0.1"
PAUSE = 0.3  # s between a calm client's commands, on average


class Gone(Exception):
    pass


class Client:
    """One connection that waits for its replies."""

    def __init__(self, world, reader, writer):
        self.world, self.reader, self.writer, self.n = world, reader, writer, 0

    @classmethod
    async def connect(cls, world, tls=False):
        port = world.tls if tls else world.port
        reader, writer = await asyncio.open_connection(HOST, port, ssl=world.context if tls else None, limit=1 << 22)
        c = cls(world, reader, writer)
        await c.line()
        return c

    async def line(self):
        line = await asyncio.wait_for(self.reader.readline(), 120)
        if not line:
            raise Gone("the connection ended")
        return line

    async def until(self, tag):
        """The tagged reply; what comes before is read, literals too."""
        while True:
            line = await self.line()
            while line.endswith(b"}\r\n"):
                await self.reader.readexactly(int(line[line.rindex(b"{") + 1:-3]))
                line = await self.line()
            if line.startswith(tag):
                return line

    async def ask(self, command, what=None):
        self.n += 1
        tag = b"t%d " % self.n
        began = time.monotonic()
        self.writer.write(tag + command + b"\r\n")
        line = await self.until(tag)
        if what:
            self.world.latencies.append(time.monotonic() - began)
            if line[len(tag):].startswith(b"BAD"):
                raise Gone("%r is answered %r" % (command[:80], line))
        return line

    def close(self):
        self.writer.transport.abort()


class World:
    def __init__(self, port, tls, seconds, seed):
        self.port, self.tls, self.end, self.seed = port, tls, time.monotonic() + seconds, seed
        self.context = ssl._create_unverified_context()
        self.latencies, self.wrong, self.counts = [], [], {}

    def left(self):
        return self.end - time.monotonic()


async def calm_session(w, i, draw):
    c = await Client.connect(w, tls=i % 4 == 0)
    own = b"load%d" % i
    try:
        await c.ask(b"LOGIN u%d pw" % (i % 3 + 1))
        await c.ask(b"CREATE " + own)
        await c.ask(b"SELECT " + (own if i % 2 else b"Shared/Team"), "select")
        for _ in range(draw.randint(20, 60)):
            await asyncio.sleep(min(draw.expovariate(1 / PAUSE), 2))
            if w.left() < 0:
                break
            command = draw.choice([
                b"NOOP", b"UID FETCH 1:* (FLAGS)", b"UID SEARCH UNSEEN", b"STATUS INBOX (MESSAGES UIDNEXT)",
                b"LIST \"\" \"*\"", b"UID FETCH 1:* (ENVELOPE BODY.PEEK[])", b"UID STORE 1:* +FLAGS (\\Seen)", b"APPEND", b"IDLE", b"EXPUNGE",
                b"ID (\"name\" \"load\")", b"UID COPY 1 " + own])
            if command == b"APPEND":
                text = b"Subject: load\r\n\r\n" + b"x" * draw.randint(10, 3000) + b"\r\n"
                await c.ask(b"APPEND %s {%d+}\r\n%s" % (own, len(text), text), "append")
            elif command == b"IDLE":
                c.writer.write(b"i IDLE\r\n")
                await asyncio.sleep(0.1)
                c.writer.write(b"DONE\r\n")
                await c.until(b"i ")
            elif command == b"EXPUNGE" and i % 2:
                await c.ask(b"UID STORE 1:* +FLAGS.SILENT (\\Deleted)", "store")
                await c.ask(b"EXPUNGE", "expunge")
            else:
                await c.ask(command, "other")
        await c.ask(b"LOGOUT")
    finally:
        c.close()


async def calm(w, i):
    draw = random.Random("%d calm %d" % (w.seed, i))
    await asyncio.sleep(draw.random() * min(2, w.left() / 4))
    while w.left() > 0:
        try:
            await calm_session(w, i, draw)
        except (Gone, OSError, asyncio.IncompleteReadError, asyncio.TimeoutError) as e:
            w.wrong.append("client %d: %s %s" % (i, type(e).__name__, e))
            return


# ---- hostile: nothing here may hurt the others; the server may cut any of them ----

async def slow_reader(w, draw):
    c = await Client.connect(w)
    await c.ask(b"LOGIN u1 pw")
    await c.ask(b"SELECT INBOX")
    c.writer.write(b"x FETCH 1:* (BODY.PEEK[] ENVELOPE BODYSTRUCTURE)\r\n" * 2000)
    while w.left() > 0 and await c.reader.read(1):
        await asyncio.sleep(0.05)
    c.close()


async def slow_writer(w, draw):
    c = await Client.connect(w, tls=draw.random() < 0.5)
    for octet in b"a LOGIN u1 pw\r\nb SELECT INBOX\r\nc FETCH 1:* (FLAGS)\r\n" * 5:
        c.writer.write(bytes([octet]))
        await asyncio.sleep(0.05)
        if w.left() < 0:
            break
    c.close()


async def huge_literals(w, draw):
    c = await Client.connect(w)
    await c.ask(b"LOGIN u2 pw")
    c.writer.write(b"a APPEND INBOX {9999999999}\r\nb APPEND INBOX {30000000+}\r\n")
    for _ in range(100):
        c.writer.write(b"y" * 65536)
        await c.writer.drain()
        await asyncio.sleep(0.02)
    c.close()


async def garbage(w, draw):
    c = await Client.connect(w)
    for _ in range(20):
        c.writer.write(draw.randbytes(16384))
        await c.writer.drain()
        await asyncio.sleep(0.1)
    c.close()


async def id_flood(w, draw):
    c = await Client.connect(w)
    for i in range(20000):
        pairs = b" ".join(b'"f%d" "%s"' % (k, b"%d-" % draw.randrange(1 << 30) + b"v" * 900) for k in range(30))
        for _ in range(4):
            c.writer.write(b"a ID (" + pairs + b")\r\n")
        await c.writer.drain()
        await asyncio.sleep(0.1)
        while len(c.reader._buffer):  # what has come is thrown away
            await c.reader.read(65536)
        if w.left() < 0:
            break
    c.close()


async def half_open(w, draw):
    """A TLS handshake that is begun and not gone on with: on the port for TLS, or behind STARTTLS."""
    if draw.random() < 0.5:
        _, writer = await asyncio.open_connection(HOST, w.tls)
    else:
        c = await Client.connect(w)
        await c.ask(b"STARTTLS")
        writer = c.writer
    writer.write(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03")
    await asyncio.sleep(draw.uniform(0.2, 5))
    writer.transport.abort()


async def endless_line(w, draw):
    c = await Client.connect(w)
    if draw.random() < 0.5:
        await c.ask(b"LOGIN u3 pw")
    for _ in range(400):
        c.writer.write(b"a SEARCH " + b"x" * 8192)
        await c.writer.drain()
        await asyncio.sleep(0.02)
    c.close()


async def reset(w, draw):
    c = await Client.connect(w)
    await c.ask(b"LOGIN u1 pw")
    c.writer.write(b"a SELECT INBOX\r\n" + b"b FETCH 1:* (BODY.PEEK[])\r\n" * 200)
    await asyncio.sleep(draw.random() / 5)
    c.close()
    await asyncio.sleep(0.2)


HOSTILE = [slow_reader, slow_writer, huge_literals, garbage, id_flood, half_open, endless_line, reset]


async def hostile(w, i):
    kind = HOSTILE[i % len(HOSTILE)]
    draw = random.Random("%d hostile %d" % (w.seed, i))
    while w.left() > 0:
        w.counts[kind.__name__] = w.counts.get(kind.__name__, 0) + 1
        try:
            await kind(w, draw)
        except (Gone, OSError, asyncio.IncompleteReadError, asyncio.TimeoutError, ValueError):
            await asyncio.sleep(0.2)  # cut off: as it should be


async def main():
    what, port, tls, clients, seconds, seed = sys.argv[1], *map(int, sys.argv[2:7])
    w = World(port, tls, seconds, seed)
    each = calm if what == "calm" else hostile
    if what == "hostile":
        os.nice(10)  # in the world they have machines of their own
    tasks = [asyncio.create_task(each(w, i)) for i in range(clients)]
    # What waits for an answer when the time is over may still get it; hostile ones are ended.
    done, pending = await asyncio.wait(tasks, timeout=seconds + (120 if what == "calm" else 1))
    for t in pending:
        t.cancel()
    if pending and what == "calm":
        w.wrong.append("%d clients still wait" % len(pending))
    w.wrong += ["%r" % t.exception() for t in done if t.exception()]
    times = sorted(w.latencies)
    print(json.dumps({"commands": len(times), "median": times[len(times) // 2] if times else None,
                      "p99": times[len(times) * 99 // 100] if times else None, "wrong": w.wrong[:20], "counts": w.counts}))


asyncio.run(main())
