#!/usr/bin/env python3
"""A sample application: a meeting service that asks Carillon before it lets anyone host or join.

    python3 examples/meetings.py host ada@example.org    asks once, prints yes or no and why
    python3 examples/meetings.py serve                    a small site on http://127.0.0.1:8090

It needs nothing but Python 3. Where Carillon is and who is asking come from data/demo.json, which
`make run` writes; elsewhere, use --url and --token. See docs/authzen.md for the questions and answers.
"""

import argparse
import html
import json
import os
import sys
import urllib.error
import urllib.parse
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

DEMO = os.path.join(os.environ.get("CARILLON_DATA", "data"), "demo.json")
DEEDS = {"host": "meetings.host", "join": "meetings.join"}  # what people do here, and the feature each needs


class Carillon:
    """Carillon's AuthZEN door, as this application sees it."""

    def __init__(self, url, token):
        self.evaluation = url.rstrip("/") + "/access/v1/evaluation"
        self.token = token

    def may(self, user, feature):
        """Asks whether `user` (an id or an address) may use `feature`. Nothing is kept: every act is a new question,
        so what an administrator changes holds from the next act on."""
        question = {
            "subject": {"type": "user", "id": user},
            "action": {"name": "use"},
            "resource": {"type": "feature", "id": feature},
        }
        request = urllib.request.Request(
            self.evaluation,
            data=json.dumps(question).encode(),
            headers={"Authorization": "Bearer " + self.token, "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=5) as answer:
            return json.load(answer)


def ask(carillon, deed, user):
    """(allowed, one sentence). An application that cannot ask must not let anyone in."""
    try:
        answer = carillon.may(user, DEEDS[deed])
    except urllib.error.HTTPError as error:
        return False, f"no: Carillon did not accept the question ({error.code} {error.read().decode(errors='replace')})"
    except OSError as error:
        return False, f"no: Carillon cannot be asked ({error})"
    context = answer.get("context", {})
    facts = [f"license {context['license']}"] if context.get("license") else []
    facts += context.get("reasons", [])
    said = f"{user} may {deed}" if answer["decision"] else f"{user} may not {deed}"
    return answer["decision"], f"{'yes' if answer['decision'] else 'no'}: {said} ({', '.join(facts) or 'no reason given'})"


class Site(BaseHTTPRequestHandler):
    """GET /, /host?user=... and /join?user=... A real application knows its user from signing in, not from the URL."""

    carillon = None

    def do_GET(self):
        url = urllib.parse.urlsplit(self.path)
        deed = url.path.strip("/")
        user = urllib.parse.parse_qs(url.query).get("user", [""])[0]
        if deed == "":
            self.answer(200, "Who are you, and what do you want to do?")
        elif deed not in DEEDS or not user:
            self.answer(404, "Try /host?user=ada@example.org or /join?user=ada@example.org")
        else:
            allowed, sentence = ask(self.carillon, deed, user)
            self.answer(200 if allowed else 403, sentence)

    def answer(self, status, sentence):
        page = f"""<!doctype html><meta charset="utf-8"><title>Meetings</title>
<body style="font: 1.1rem system-ui; margin: 3rem auto; max-width: 40rem">
<h1>Meetings</h1><p>{html.escape(sentence)}</p>
<form><input name="user" placeholder="ada@example.org" aria-label="Your address" required>
<button formaction="/join">Join a meeting</button> <button formaction="/host">Host a meeting</button></form>"""
        self.send_response(status)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(page.encode())

    def log_message(self, *_):
        """Addresses of people do not belong in a log."""


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["serve", *DEEDS])
    parser.add_argument("user", nargs="?", help="who wants to; an address or an id")
    parser.add_argument("--demo", default=DEMO, help="the file with the URL and the token")
    parser.add_argument("--url", help="where Carillon is")
    parser.add_argument("--token", help="this application's own token at Carillon")
    parser.add_argument("--port", type=int, default=8090)
    options = parser.parse_args()

    if not (options.url and options.token):
        try:
            with open(options.demo, encoding="utf-8") as file:
                demo = json.load(file)
        except OSError as error:
            sys.exit(f"{error}\nStart Carillon with `make run` first, or give --url and --token.")
        options.url = options.url or demo["url"]
        options.token = options.token or demo["application"]["credential"]
    carillon = Carillon(options.url, options.token)

    if options.what == "serve":
        Site.carillon = carillon
        print(f"Meetings on http://127.0.0.1:{options.port}/ (end it with Ctrl-C)")
        try:
            ThreadingHTTPServer(("127.0.0.1", options.port), Site).serve_forever()
        except KeyboardInterrupt:
            return
    elif not options.user:
        parser.error(f"who wants to {options.what}?")
    else:
        allowed, sentence = ask(carillon, options.what, options.user)
        print(sentence)
        sys.exit(0 if allowed else 1)


if __name__ == "__main__":
    main()
