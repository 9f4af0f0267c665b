"""Quarantine and restore leave a message as it was, seen through Microsoft's own Python client.

Usage: restore.py INNERWARD, where INNERWARD is the program. Starts a sandbox tenant and delivers mail that people flag, read,
categorise and file; starts the server, which quarantines it; releases it through the console; compares before and after.
Prints a table of what was compared and "N passed, N failed"; exit code 1 when something failed.
"""

import asyncio
import base64
import hashlib
import http.cookiejar
import json
import queue
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import urllib.request
import uuid
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from conformance import Report, Tenant, with_immutable
from msgraph.generated.models.message_rule import MessageRule
from msgraph.generated.models.message_rule_actions import MessageRuleActions
from msgraph.generated.users.item.messages.messages_request_builder import MessagesRequestBuilder

CORPUS = Path(__file__).resolve().parents[3] / "corpus"
STARTS_WITHIN_S = 120
SETTLES_WITHIN_S = 90
# Sweeps come every second here; what is still so after this is not taken back.
A_FEW_SWEEPS_S = 4
QUARANTINE = "Innerward Quarantine"
VENDOR_ROLES = ["Mail.ReadWrite", "MailboxSettings.ReadWrite", "User.Read.All"]
MALWARE, CLEAN = "malware/executable-named-pdf.eml", "partners"


@dataclass
class Case:
    """How a message stands before anybody protects the mailbox, and who quarantines it."""

    what: str
    by: str = "policy"
    folder: str | None = None
    rule: bool = False
    marks: dict = field(default_factory=dict)
    # Whose mailbox, which item, and how it was: filled on the way.
    who: str = ""
    item: str = ""
    before: dict = field(default_factory=dict)


def due(day):
    return {"dateTime": f"{day}T00:00:00.0000000", "timeZone": "UTC"}


CASES = [
    Case("as it came"),
    Case("read", marks={"isRead": True}),
    Case(
        "flagged, two categories",
        marks={
            "flag": {"flagStatus": "flagged", "startDateTime": due("2026-11-30"), "dueDateTime": due("2026-12-01")},
            "categories": ["Red category", "Clients"],
        },
    ),
    Case("flag complete, moved to Clients/Acme", folder="Clients/Acme", marks={"flag": {"flagStatus": "complete"}}),
    Case("filed, read and categorised by a rule", folder="Clients/Acme", rule=True),
    Case("by hand, from the archive", by="hand", folder="archive", marks={"isRead": True}),
    Case("by hand, from junk", by="hand", folder="junkemail"),
    Case("by hand, from the inbox", by="hand", marks={"isRead": True, "categories": ["Clients"]}),
]


class Program:
    """A command that runs until the end of a `with`, and the lines it prints."""

    def __init__(self, arguments, log):
        self.log = log
        with open(log, "ab") as err:
            self.process = subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=err, text=True)
        self.lines = queue.Queue()
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.process.stdout:
            self.lines.put(line.rstrip("\n"))
        self.lines.put(None)

    def line(self):
        line = self.lines.get(timeout=STARTS_WITHIN_S)
        if line is None:
            raise RuntimeError(f"ended before it said what it should:\n{Path(self.log).read_text()}")
        return line

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()


class Console:
    """The console's API, after making the first account as a person does."""

    def __init__(self, url, token):
        self.url = url
        self.cookies = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))
        self.open("GET", f"/setup?token={token}")
        door = next(cookie.value for cookie in self.cookies if cookie.name == "innerward-door")
        password = "a passphrase for tests"
        form = {"csrf": door, "token": token, "name": "admin", "password": password, "again": password}
        self.open("POST", "/setup", urllib.parse.urlencode(form).encode())
        self.csrf = json.loads(self.open("GET", "/api/v1/session"))["csrf"]

    def open(self, method, path, data=None, **headers):
        request = urllib.request.Request(f"{self.url}{path}", data, method=method, headers=headers)
        with self.opener.open(request) as answer:
            return answer.read()

    def copies(self):
        """The names of all copies on record that are judged, by item."""
        rows = json.loads(self.open("GET", "/api/v1/messages?limit=100"))["messages"]
        return {row["item"]: row["copy"] for row in rows if row["verdict"]}

    def act(self, action, copy):
        body = json.dumps({"action": action, "copies": [copy]}).encode()
        headers = {"Content-Type": "application/json", "X-CSRF-Token": self.csrf}
        return json.loads(self.open("POST", "/api/v1/actions", body, **headers))


def start_sandbox(program, home):
    """The tenant, and the facts it prints."""
    ca = home / "ca.pem"
    running = Program([program, "sandbox", "--https-port", "0", "--smtp-port", "0", "--ca", ca], home / "sandbox.log")
    told = {}
    while "client secret" not in told:
        label, _, value = running.line().partition("  ")
        told[label] = value.strip()
    facts = {
        "https_url": told["Entra, Graph"],
        "tenant_id": told["tenant"].split()[0],
        "client_id": told["client id"],
        "client_secret": told["client secret"],
    }
    return running, facts, ca


def start_server(program, home, facts, ca):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    (home / "secret").write_text(facts["client_secret"])
    (home / "innerward.toml").write_text(
        f"""
data = "{home / 'data'}"
listen = "{address}"
notice_url = "http://{address}"
dns = false
sweep_s = 1

[[tenant]]
provider = "microsoft"
tenant = "{facts['tenant_id']}"
client_id = "{facts['client_id']}"
client_secret_file = "{home / 'secret'}"
login_url = "{facts['https_url']}"
graph_url = "{facts['https_url']}"
ca = "{ca}"
"""
    )
    running = Program([program, "serve", "--config", home / "innerward.toml"], home / "serve.log")
    return running, f"http://{address}"


def setup_token(running):
    while "/setup?token=" not in (line := running.line()):
        pass
    return line.split("token=")[1].strip()


def vendor_app(tenant):
    """An app of its own for the vendor's client, so that ours and its limits are not touched."""
    app = {"client_id": str(uuid.uuid4()), "name": "Witness", "secret": "the witness's secret", "roles": VENDOR_ROLES}
    tenant.control("POST", "/apps", app | {"consented": True})
    tenant.control("POST", "/consent", {"client_id": app["client_id"]})
    return tenant.client(tenant.credential(app["client_id"], app["secret"]))[0]


def make_folder(tenant, who, path):
    parent = {}
    for name in path.split("/"):
        made = tenant.control("POST", f"/people/{who}/folder", {"name": name} | parent)
        parent = {"parent": made["id"]}
    return made["id"]


async def file_by_rule(client, who, folder_id):
    rules = client.users.by_user_id(who).mail_folders.by_mail_folder_id("inbox").message_rules
    actions = MessageRuleActions(move_to_folder=folder_id, assign_categories=["Acme"], mark_as_read=True)
    await rules.post(MessageRule(display_name="Acme", sequence=1, is_enabled=True, actions=actions))


async def arrange(case, client, tenant):
    """Delivers a message of an hour ago, and does to it what its owner did."""
    folder_id = make_folder(tenant, case.who, case.folder) if case.folder and "/" in case.folder else case.folder
    if case.rule:
        await file_by_rule(client, case.who, folder_id)
    now = datetime.fromisoformat(tenant.control("GET", "/clock")["now"][:19])
    sample = CORPUS / MALWARE if case.by == "policy" else sorted((CORPUS / CLEAN).glob("*.eml"))[0]
    mail = {
        "raw_base64": base64.b64encode(sample.read_bytes()).decode(),
        "from": "sender@sender.example",
        "to": [case.who],
        "verdict": "SCL=1;SFV=NSPM;CAT=NONE;DEST=I",
        "received": (now - timedelta(hours=1)).isoformat() + "Z",
    }
    case.item = tenant.control("POST", "/mail", mail)["filed"][0]["immutable_id"]
    if folder_id and not case.rule:
        tenant.control("POST", f"/people/{case.who}/move", {"id": case.item, "folder": folder_id})
    if case.marks:
        tenant.control("POST", f"/people/{case.who}/mark", {"id": case.item} | case.marks)
    case.before = await seen(client, case)


async def seen(client, case):
    """Everything a person or a program could notice of the message."""
    user = client.users.by_user_id(case.who)
    item = user.messages.by_message_id(case.item)
    message = await item.get(with_immutable())
    folder = await user.mail_folders.by_mail_folder_id(message.parent_folder_id).get()
    query = MessagesRequestBuilder.MessagesRequestBuilderGetQueryParameters(
        filter=f"internetMessageId eq '{message.internet_message_id}'", select=["id"]
    )
    found = await user.messages.get(with_immutable(query))
    day = lambda moment: moment and (moment.date_time, moment.time_zone)
    flag = message.flag
    return {
        "bytes": hashlib.sha256(await item.content.get()).hexdigest(),
        "id": message.id,
        "receivedDateTime": message.received_date_time,
        "sentDateTime": message.sent_date_time,
        "createdDateTime": message.created_date_time,
        "isRead": message.is_read,
        "flag": (flag.flag_status, day(flag.start_date_time), day(flag.due_date_time), day(flag.completed_date_time)),
        "categories": message.categories,
        "importance": message.importance,
        "conversationId": message.conversation_id,
        "subject, sender": (message.subject, message.sender and message.sender.email_address.address),
        "other copies": [other.id for other in found.value if other.id != message.id],
        "folder": (message.parent_folder_id, folder.display_name),
    }


def is_quarantined(state):
    return state["folder"][1].startswith(QUARANTINE)


async def wait_for(client, case, is_so):
    """The state once `is_so` holds, or the last one."""
    until = time.monotonic() + SETTLES_WITHIN_S
    while True:
        state = await seen(client, case)
        if is_so(state) or time.monotonic() > until:
            return state
        await asyncio.sleep(0.2)


async def wait_for_copies(console, cases):
    until = time.monotonic() + SETTLES_WITHIN_S
    while time.monotonic() < until:
        copies = console.copies()
        if all(case.item in copies for case in cases):
            return copies
        await asyncio.sleep(0.2)
    raise RuntimeError("not every message was judged")


def compare(report, case, stage, now, leave_out=()):
    for name, before in case.before.items():
        if name not in leave_out:
            report.check(f"{case.what}: {stage}: {name}", now[name] == before, (before, now[name]))


async def journey(program, home, report, stack):
    running, facts, ca = start_sandbox(program, home)
    stack.enter_context(running)
    tenant = Tenant(facts, str(ca))
    client = vendor_app(tenant)
    people = [person["address"] for person in tenant.control("GET", "/")["people"]]
    for case, case.who in zip(CASES, people):
        await arrange(case, client, tenant)
    server, url = start_server(program, home, facts, ca)
    stack.enter_context(server)
    console = Console(url, setup_token(server))
    copies = await wait_for_copies(console, CASES)
    for case in CASES:
        if case.by == "hand":
            console.act("quarantine", copies[case.item])
    for case in CASES:
        state = await wait_for(client, case, is_quarantined)
        report.check(f"{case.what}: in quarantine", is_quarantined(state), state["folder"])
        compare(report, case, "in quarantine", state, ["folder"])
    for case in CASES:
        answer = console.act("release", copies[case.item])
        report.check(f"{case.what}: release is on record", answer == {"recorded": 1, "unchanged": 0}, answer)
    for case in CASES:
        compare(report, case, "restored", await wait_for(client, case, lambda state: not is_quarantined(state)))
    await asyncio.sleep(A_FEW_SWEEPS_S)
    for case in CASES:
        report.check(f"{case.what}: it stays", await seen(client, case) == case.before)


async def main(program):
    report = Report()
    with tempfile.TemporaryDirectory() as home, ExitStack() as stack:
        try:
            await journey(program, Path(home), report, stack)
        except Exception as error:  # the report must tell how far it went
            report.check("the journey ran to its end", False, f"{type(error).__name__}: {error}")
    return report.show()


if __name__ == "__main__":
    sys.exit(1 if asyncio.run(main(sys.argv[1])) else 0)
