#!/usr/bin/env python3
"""The HTML report as a browser takes it: one file that needs no other, well nested, every finding with its clauses and its chart.

Where a headless Chromium is installed the page is also rendered. Run it at the top of the sources.
"""
import html.parser
import json
import os
import re
import shutil
import subprocess
import sys

OUT = "build/tests/html"
VOID = {"meta", "br", "hr", "img", "input", "line", "path", "link", "circle", "rect", "col"}
wrong = []


class Page(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.text, self.ids, self.tables, self.headings = [], [], set(), 0, 0

    def handle_starttag(self, tag, attributes):
        for name, value in attributes:
            if name == "id":
                if value in self.ids:
                    wrong.append("id %s twice" % value)
                self.ids.add(value)
            if name in ("src", "href", "action", "data") and value and not value.startswith("#"):
                wrong.append("the page needs %s" % value)
            if name.startswith("on"):
                wrong.append("a handler: %s" % name)
        if tag in ("script", "iframe", "object", "embed"):
            wrong.append("<%s>" % tag)
        self.tables += tag == "table"
        self.headings += tag in ("h1", "h2", "h3")
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        if tag in VOID:
            return
        if not self.open or self.open[-1] != tag:
            wrong.append("</%s> closes %s at line %d" % (tag, self.open[-1:], self.getpos()[0]))
        else:
            self.open.pop()

    def handle_data(self, data):
        self.text.append(data)


def main():
    shutil.rmtree(OUT, ignore_errors=True)
    os.makedirs(OUT)
    done = subprocess.run(["build/san/imapdiff", "check", "model:expunge-in-fetch", "--scenario", "", "--programs", "60", "--report", OUT,
                           "--json=" + OUT + "/check.json", "--quiet"], env=dict(os.environ, IMAPDIFF_LUA="lua"),
                          stdout=subprocess.DEVNULL, timeout=120)
    if done.returncode != 1:
        wrong.append("exit status %d, not 1" % done.returncode)
    source = open(OUT + "/index.html", encoding="utf-8").read()
    page = Page()
    page.feed(source)
    page.close()
    if page.open:
        wrong.append("still open at the end: %s" % page.open)
    text = "".join(page.text)
    run = json.load(open(OUT + "/check.json"))
    if not run["findings"]:
        wrong.append("no finding to show")
    for finding in run["findings"]:
        if finding["id"] not in page.ids and finding["id"] not in text:
            wrong.append("finding %s is not on the page" % finding["id"])
        if finding["verdict"] == "VIOLATES":
            wrong.extend("clause %s is not on the page" % c for c in finding["cites"].split() if c not in text)
    for point in {row["point"] for row in run["profile"]}:
        if point not in text:
            wrong.append("choice point %s is not on the page" % point)
    if "EXPUNGE" not in text or page.tables < 1 or page.headings < 3 or "<svg" not in source:
        wrong.append("the page lacks a grid, headings or charts")
    if re.search(r"url\(|@import", source):
        wrong.append("the style needs other files")

    chromium = shutil.which("chromium")
    if chromium:
        picture = os.path.abspath(OUT + "/page.png")
        profile = os.path.abspath(OUT + "/chromium")
        subprocess.run([chromium, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                        "--disable-background-networking", "--disable-component-update", "--disable-sync",
                        "--user-data-dir=" + profile, "--window-size=1000,1600", "--screenshot=" + picture,
                        "file://" + os.path.abspath(OUT + "/index.html")], timeout=90, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL, check=False)
        if not os.path.exists(picture) or os.path.getsize(picture) < 20000: # an empty page is 6 kB
            wrong.append("Chromium made no picture of the page")
        shutil.rmtree(profile, ignore_errors=True)
    for w in wrong[:20]:
        print("FAILED:", w)
    print("report: %d octets, %d findings, %s: %s" % (len(source), len(run["findings"]), "rendered" if chromium else "no Chromium here",
                                                     "%d wrong" % len(wrong) if wrong else "ok"))
    sys.exit(bool(wrong))


main()
