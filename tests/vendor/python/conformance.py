"""Drives a sandbox tenant with Microsoft's own Python clients (azure-identity, msgraph-sdk).

Usage: conformance.py FACTS CA_PEM, where FACTS is the JSON line that the example tenant prints.
Prints a table of the calls checked and "N passed, N failed"; exit code 1 when something failed.
"""

import asyncio
import json
import logging
import ssl
import sys
import threading
import urllib.parse
import urllib.request
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import version

import httpx
from azure.core.exceptions import ClientAuthenticationError
from azure.identity import CertificateCredential, ClientSecretCredential
from kiota_abstractions.base_request_configuration import RequestConfiguration
from kiota_abstractions.method import Method
from kiota_abstractions.request_information import RequestInformation
from kiota_authentication_azure.azure_identity_authentication_provider import (
    AzureIdentityAuthenticationProvider,
)
from kiota_http.middleware.options import RetryHandlerOption
from msgraph import GraphRequestAdapter, GraphServiceClient
from msgraph.generated.models.followup_flag import FollowupFlag
from msgraph.generated.models.followup_flag_status import FollowupFlagStatus
from msgraph.generated.models.mail_folder import MailFolder
from msgraph.generated.models.message import Message
from msgraph.generated.models.message_rule import MessageRule
from msgraph.generated.models.message_rule_actions import MessageRuleActions
from msgraph.generated.models.o_data_errors.o_data_error import ODataError
from msgraph.generated.models.subscription import Subscription
from msgraph.generated.models.user import User
from msgraph.generated.users.item.messages.item.copy.copy_post_request_body import CopyPostRequestBody
from msgraph.generated.users.item.messages.item.move.move_post_request_body import MovePostRequestBody
from msgraph.generated.users.item.messages.messages_request_builder import MessagesRequestBuilder
from msgraph.generated.users.item.translate_exchange_ids.translate_exchange_ids_post_request_body import (
    TranslateExchangeIdsPostRequestBody,
)
from msgraph.generated.models.exchange_id_format import ExchangeIdFormat
from msgraph_core import GraphClientFactory
from msgraph_core.requests.batch_request_builder import BatchRequestBuilder
from msgraph_core.requests.batch_request_content import BatchRequestContent

SCOPE = "https://graph.microsoft.com/.default"
ANN, BO = "ann@tenant.example", "bo@tenant.example"
IMMUTABLE = ("Prefer", 'IdType="ImmutableId"')


class Report:
    """What was checked, and what came of it."""

    def __init__(self):
        self.rows = []

    def check(self, call, holds, seen=""):
        self.rows.append((call, bool(holds), seen))

    def show(self):
        width = max(len(call) for call, _, _ in self.rows)
        for call, holds, seen in self.rows:
            print(f"{call:<{width}}  {'ok' if holds else 'FAILED ' + str(seen)}")
        failed = sum(not holds for _, holds, _ in self.rows)
        print(f"{len(self.rows) - failed} passed, {failed} failed")
        return failed


class Receiver(BaseHTTPRequestHandler):
    """A receiver of notices: gives the validation token back, keeps everything else."""

    notices, handshakes = [], []

    def do_POST(self):
        query = urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        token = query.get("validationToken", [None])[0]
        if token is None:
            self.notices.extend(json.loads(body)["value"])
            self.send_response(202)
            self.end_headers()
            return
        self.handshakes.append(token)
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        self.end_headers()
        self.wfile.write(token.encode())

    def log_message(self, *_):
        pass


class Tenant:
    """The sandbox and its control API."""

    def __init__(self, facts, ca_path):
        self.facts, self.ca_path = facts, ca_path
        self.context = ssl.create_default_context(cafile=ca_path)

    def control(self, method, path, body=None):
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(f"{self.facts['https_url']}/sandbox{path}", data, method=method)
        request.add_header("Content-Type", "application/json")
        with urllib.request.urlopen(request, context=self.context) as answer:
            return json.load(answer)

    def deliver(self, subject, to=ANN, extra=""):
        raw = (
            f"From: Carl <carl@sender.example>\r\nTo: <{to}>\r\nSubject: {subject}\r\n"
            f"Date: Fri, 20 Nov 2026 08:00:00 +0000\r\nMessage-ID: <{subject}@sender.example>\r\n{extra}\r\nHello {subject}\r\n"
        )
        return self.control("POST", "/mail", {"raw": raw, "from": "carl@sender.example", "to": [to]})["filed"][0]

    def credential(self, client_id=None, secret=None, **more):
        facts = self.facts
        return ClientSecretCredential(
            facts["tenant_id"],
            client_id or facts["client_id"],
            secret or facts["client_secret"],
            **self.sign_in_options(),
            **more,
        )

    def sign_in_options(self):
        return {
            "authority": self.facts["https_url"],
            "disable_instance_discovery": True,
            "connection_verify": self.ca_path,
        }

    def client(self, credential):
        provider = AzureIdentityAuthenticationProvider(
            credential, scopes=[SCOPE], allowed_hosts=["127.0.0.1", "localhost"]
        )
        http = httpx.AsyncClient(verify=self.context, timeout=30)
        options = {RetryHandlerOption.get_key(): RetryHandlerOption(max_retries=3, delay=0.1)}
        http = GraphClientFactory.create_with_default_middleware(options=options, client=http)
        adapter = GraphRequestAdapter(provider, client=http)
        adapter.base_url = f"{self.facts['https_url']}/v1.0"
        return GraphServiceClient(request_adapter=adapter), adapter


async def refusal(call):
    """Status and code of a call that must fail."""
    try:
        await call
    except ODataError as error:
        return error.response_status_code, error.error.code
    return None, None


async def sign_in(tenant, report):
    token = tenant.credential().get_token(SCOPE)
    report.check("token by client secret", token.token.count(".") == 2)
    try:
        tenant.credential(secret="wrong").get_token(SCOPE)
        report.check("wrong secret: AADSTS7000215", False, "a token was issued")
    except ClientAuthenticationError as error:
        report.check("wrong secret: AADSTS7000215", "AADSTS7000215" in str(error), error)
    try:
        tenant.credential(client_id="00000000-0000-0000-0000-00000000dead").get_token(SCOPE)
        report.check("unknown app: AADSTS700016", False, "a token was issued")
    except ClientAuthenticationError as error:
        report.check("unknown app: AADSTS700016", "AADSTS700016" in str(error), error)
    await by_certificate(tenant, report)
    bare, _ = tenant.client(tenant.credential(client_id=tenant.facts["client_without_rights"]))
    seen = await refusal(bare.users.by_user_id(ANN).messages.get())
    report.check("no Mail.Read: 403 ErrorAccessDenied", seen == (403, "ErrorAccessDenied"), seen)
    seen = await refusal(bare.users.get())
    report.check("no User.Read.All: 403", seen == (403, "Authorization_RequestDenied"), seen)


async def by_certificate(tenant, report):
    """Registers an app with a certificate made here and signs in with it."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "conformance")])
    now = datetime.now(timezone.utc)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(7).not_valid_before(now).not_valid_after(now + timedelta(days=1))
    certificate = builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    client_id = "aaaaaaaa-0000-4000-8000-000000000001"
    app = {"client_id": client_id, "name": "By certificate", "certificate_pem": certificate.decode(), "roles": ["Mail.Read"], "consented": True}
    tenant.control("POST", "/apps", app)
    credential = CertificateCredential(
        tenant.facts["tenant_id"], client_id, certificate_data=private + certificate, **tenant.sign_in_options()
    )
    token = credential.get_token(SCOPE)
    report.check("token by certificate (assertion)", token.token.count(".") == 2)


async def directory(client, adapter, tenant, report):
    organization = await client.organization.get()
    report.check("organization", organization.value[0].id == tenant.facts["tenant_id"])
    report.check("organization.verifiedDomains", organization.value[0].verified_domains[0].name == "tenant.example")
    from msgraph.generated.users.users_request_builder import UsersRequestBuilder

    query = UsersRequestBuilder.UsersRequestBuilderGetQueryParameters(select=["id", "mail", "accountEnabled"], top=2)
    page = await client.users.get(RequestConfiguration(query_parameters=query))
    report.check("users $select $top", len(page.value) == 2 and page.odata_next_link)
    rest = await client.users.with_url(page.odata_next_link).get()
    report.check("users nextLink", len(rest.value) == 1 and rest.odata_next_link is None)
    user = await client.users.by_user_id(ANN).get()
    report.check("users/{upn}", user.user_principal_name == ANN)
    query = UsersRequestBuilder.UsersRequestBuilderGetQueryParameters(filter=f"mail eq '{BO}'")
    found = await client.users.get(RequestConfiguration(query_parameters=query))
    report.check("users $filter mail eq", [one.mail for one in found.value] == [BO])
    seen = await refusal(client.users.by_user_id("nobody@tenant.example").get())
    report.check("users/{unknown}: 404", seen == (404, "Request_ResourceNotFound"), seen)
    delta = await client.users.delta.get()
    report.check("users/delta first round", len(delta.value) == 3 and delta.odata_delta_link)
    await client.users.by_user_id(BO).patch(User(account_enabled=False))
    changes = await client.users.delta.with_url(delta.odata_delta_link).get()
    report.check("users/delta after PATCH", [one.user_principal_name for one in changes.value] == [BO])
    await client.users.by_user_id(BO).patch(User(account_enabled=True))
    revoked = await client.users.by_user_id(BO).revoke_sign_in_sessions.post()
    report.check("revokeSignInSessions", revoked.value is True)
    settings = await client.users.by_user_id(ANN).mailbox_settings.get()
    report.check("mailboxSettings.userPurpose", settings.user_purpose.value == "user")


async def folders(client, report):
    ann = client.users.by_user_id(ANN)
    inbox = await ann.mail_folders.by_mail_folder_id("inbox").get()
    report.check("mailFolders/inbox", inbox.display_name == "Inbox")
    made = await ann.mail_folders.post(MailFolder(display_name="Quarantine", is_hidden=True))
    report.check("POST mailFolders isHidden", made.is_hidden is True)
    seen = await refusal(ann.mail_folders.post(MailFolder(display_name="Quarantine")))
    report.check("twice: 409 ErrorFolderExists", seen == (409, "ErrorFolderExists"), seen)
    from msgraph.generated.users.item.mail_folders.mail_folders_request_builder import MailFoldersRequestBuilder

    query = MailFoldersRequestBuilder.MailFoldersRequestBuilderGetQueryParameters
    shown = await ann.mail_folders.get(RequestConfiguration(query_parameters=query(top=100)))
    report.check("mailFolders without hidden", "Quarantine" not in [one.display_name for one in shown.value])
    everything = await ann.mail_folders.get(
        RequestConfiguration(query_parameters=query(top=100, include_hidden_folders="true"))
    )
    report.check("mailFolders includeHiddenFolders", "Quarantine" in [one.display_name for one in everything.value])
    child = await ann.mail_folders.by_mail_folder_id(inbox.id).child_folders.post(MailFolder(display_name="Child"))
    report.check("POST childFolders", child.parent_folder_id == inbox.id)
    delta = await ann.mail_folders.delta.get()
    report.check("mailFolders/delta", {"Inbox", "Child", "Quarantine"} <= {one.display_name for one in delta.value})
    return made


def with_immutable(query=None):
    configuration = RequestConfiguration(query_parameters=query)
    configuration.headers.add(*IMMUTABLE)
    return configuration


async def messages(client, adapter, tenant, quarantine, report):
    ann = client.users.by_user_id(ANN)
    for number in range(12):
        tenant.deliver(f"bulk{number}")
    filed = tenant.deliver("subject-of-it")
    query = MessagesRequestBuilder.MessagesRequestBuilderGetQueryParameters
    page = await ann.messages.get(RequestConfiguration(query_parameters=query(top=5, select=["subject", "receivedDateTime"])))
    report.check("messages $top $select", len(page.value) == 5 and page.value[0].subject == "subject-of-it")
    total, url = len(page.value), page.odata_next_link
    while url:
        page = await ann.messages.with_url(url).get()
        total, url = total + len(page.value), page.odata_next_link
    report.check("messages nextLink to the end", total == 13, total)
    by_id = query(filter="internetMessageId eq '<subject-of-it@sender.example>'", count=True)
    found = await ann.messages.get(with_immutable(by_id))
    report.check("messages $filter internetMessageId", found.odata_count == 1)
    message = found.value[0]
    report.check("ImmutableId by Prefer", message.id == filed["immutable_id"])
    seen = await refusal(ann.messages.get(RequestConfiguration(query_parameters=query(filter="isRead eq false", orderby=["receivedDateTime desc"]))))
    report.check("$orderby not in $filter: InefficientFilter", seen == (400, "InefficientFilter"), seen)
    item = ann.messages.by_message_id(message.id)
    whole = await item.get(with_immutable())
    report.check("message body and dates", "Hello" in whole.body.content and whole.received_date_time.tzinfo is not None)
    from msgraph.generated.users.item.messages.item.message_item_request_builder import MessageItemRequestBuilder

    select = MessageItemRequestBuilder.MessageItemRequestBuilderGetQueryParameters(select=["internetMessageHeaders"])
    headers = await item.get(RequestConfiguration(query_parameters=select))
    names = {one.name for one in headers.internet_message_headers}
    report.check("internetMessageHeaders on $select", "X-Forefront-Antispam-Report" in names)
    before = await item.content.get()
    report.check("$value is the MIME", before.endswith(b"\r\n\r\nHello subject-of-it\r\n"))
    await quarantine_and_back(item, whole, before, quarantine, report)
    await marks(item, report)
    copied = await item.copy.post(CopyPostRequestBody(destination_id="archive"))
    report.check("copy", copied.id != message.id and copied.subject == "subject-of-it")
    fresh = tenant.deliver("to-translate")
    body = TranslateExchangeIdsPostRequestBody(
        input_ids=[fresh["id"]], source_id_type=ExchangeIdFormat.RestId, target_id_type=ExchangeIdFormat.RestImmutableEntryId
    )
    translated = await ann.translate_exchange_ids.post(body)
    report.check("translateExchangeIds", translated.value[0].target_id == fresh["immutable_id"])
    await ending(ann, tenant, report)


async def quarantine_and_back(item, before, bytes_before, quarantine, report):
    moved = await item.move.post(MovePostRequestBody(destination_id=quarantine.id), with_immutable())
    report.check("move to the hidden folder keeps the immutable id", moved.id == before.id and moved.parent_folder_id == quarantine.id)
    back = await item.move.post(MovePostRequestBody(destination_id="inbox"), with_immutable())
    report.check("move back: folder", back.parent_folder_id == before.parent_folder_id)
    report.check("move back: receivedDateTime", back.received_date_time == before.received_date_time)
    same = (back.is_read, back.flag.flag_status, back.categories) == (before.is_read, before.flag.flag_status, before.categories)
    report.check("move back: isRead, flag, categories", same)
    report.check("move back: bytes", await item.content.get() == bytes_before)


async def marks(item, report):
    flag = FollowupFlag(flag_status=FollowupFlagStatus.Flagged)
    patched = await item.patch(Message(is_read=True, categories=["Red"], flag=flag), with_immutable())
    report.check("PATCH isRead, categories, flag", patched.is_read and patched.categories == ["Red"] and patched.flag.flag_status == FollowupFlagStatus.Flagged)
    configuration = with_immutable()
    configuration.headers.add("If-Match", 'W/"old"')
    seen = await refusal(item.patch(Message(is_read=False), configuration))
    report.check("If-Match of an old etag: 412", seen == (412, "ErrorIrresolvableConflict"), seen)


async def ending(ann, tenant, report):
    rest = tenant.deliver("moves-away")
    old = ann.messages.by_message_id(rest["id"])
    moved = await old.move.post(MovePostRequestBody(destination_id="archive"))
    report.check("move without ImmutableId changes the id", moved.id != rest["id"])
    seen = await refusal(old.get())
    report.check("the old id: 404 ErrorItemNotFound", seen == (404, "ErrorItemNotFound"), seen)
    gone = ann.messages.by_message_id(tenant.deliver("purged")["immutable_id"])
    await gone.delete()
    report.check("DELETE", (await gone.get()).parent_folder_id == (await ann.mail_folders.by_mail_folder_id("deleteditems").get()).id)
    await gone.permanent_delete.post()
    seen = await refusal(gone.get())
    report.check("permanentDelete", seen[0] == 404, seen)
    tenant.deliver("carries", extra='Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\nContent-Type: text/csv; name=a.csv\r\nContent-Disposition: attachment\r\n\r\n1,2\r\n--b--\r\n')
    query = MessagesRequestBuilder.MessagesRequestBuilderGetQueryParameters(filter="internetMessageId eq '<carries@sender.example>'")
    carries = (await ann.messages.get(RequestConfiguration(query_parameters=query))).value[0]
    attachments = await ann.messages.by_message_id(carries.id).attachments.get()
    report.check("attachments", attachments.value[0].name == "a.csv" and attachments.value[0].content_bytes)
    draft = await ann.messages.post(Message(subject="A draft"))
    report.check("POST messages makes a draft", draft.is_draft and draft.subject == "A draft")


async def deltas(client, tenant, report):
    inbox = client.users.by_user_id(BO).mail_folders.by_mail_folder_id("inbox")
    for number in range(3):
        tenant.deliver(f"delta{number}", to=BO)
    from msgraph.generated.users.item.mail_folders.item.messages.delta.delta_request_builder import DeltaRequestBuilder

    query = DeltaRequestBuilder.DeltaRequestBuilderGetQueryParameters(top=2, select=["subject"])
    page = await inbox.messages.delta.get(RequestConfiguration(query_parameters=query))
    report.check("messages/delta pages", len(page.value) == 2 and page.odata_next_link)
    page = await inbox.messages.delta.with_url(page.odata_next_link).get()
    report.check("messages/delta ends in a deltaLink", len(page.value) == 1 and page.odata_delta_link)
    first = page.odata_delta_link
    leaving = page.value[0]
    await client.users.by_user_id(BO).messages.by_message_id(leaving.id).move.post(MovePostRequestBody(destination_id="archive"))
    tenant.deliver("delta-new", to=BO)
    page = await inbox.messages.delta.with_url(first).get()
    removed = [one.id for one in page.value if "@removed" in one.additional_data]
    report.check("messages/delta @removed after a move", removed == [leaving.id], removed)
    report.check("messages/delta new row", [one.subject for one in page.value if one.id not in removed] == ["delta-new"])
    tenant.control("POST", "/delta/lose", {"mailbox": BO, "folders": ["inbox"]})
    seen = await refusal(inbox.messages.delta.with_url(page.odata_delta_link).get())
    report.check("lost token: 410 syncStateNotFound", seen == (410, "syncStateNotFound"), seen)


async def rules(client, quarantine, tenant, report):
    inbox = client.users.by_user_id(ANN).mail_folders.by_mail_folder_id("inbox")
    actions = MessageRuleActions(move_to_folder=quarantine.id, stop_processing_rules=True)
    made = await inbox.message_rules.post(MessageRule(display_name="Hold", sequence=1, is_enabled=True, actions=actions))
    report.check("POST messageRules", made.actions.move_to_folder == quarantine.id)
    report.check("the rule files new mail", tenant.deliver("ruled")["folder"] == "Quarantine")
    rule = inbox.message_rules.by_message_rule_id(made.id)
    patched = await rule.patch(MessageRule(is_enabled=False))
    report.check("PATCH messageRules", patched.is_enabled is False)
    await rule.delete()
    report.check("DELETE messageRules", (await inbox.message_rules.get()).value == [])


async def subscriptions(client, tenant, report):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}/notices"
    expires = datetime.now(timezone.utc) + timedelta(hours=1)
    asked = Subscription(
        change_type="created",
        notification_url=url,
        lifecycle_notification_url=url,
        resource=f"users/{ANN}/messages",
        expiration_date_time=expires,
        client_state="ours",
    )
    made = await client.subscriptions.post(asked, with_immutable())
    report.check("POST subscriptions, both urls validated", made.id and len(Receiver.handshakes) == 2)
    filed = tenant.deliver("announced")
    for _ in range(100):
        if Receiver.notices:
            break
        await asyncio.sleep(0.05)
    notice = Receiver.notices[0] if Receiver.notices else {}
    report.check("a notice comes with clientState", notice.get("clientState") == "ours")
    report.check("its resourceData.id is immutable", notice.get("resourceData", {}).get("id") == filed["immutable_id"])
    one = client.subscriptions.by_subscription_id(made.id)
    renewed = await one.patch(Subscription(expiration_date_time=expires + timedelta(hours=1)))
    report.check("PATCH subscriptions", renewed.expiration_date_time > made.expiration_date_time)
    await one.reauthorize.post()
    report.check("reauthorize", len((await client.subscriptions.get()).value) == 1)
    await one.delete()
    seen = await refusal(one.get())
    report.check("DELETE subscriptions, then 404", seen[0] == 404, seen)
    asked.notification_url = "http://127.0.0.1:9/nobody"
    seen = await refusal(client.subscriptions.post(asked))
    report.check("handshake fails: 400 ValidationError", seen == (400, "ValidationError"), seen)
    server.shutdown()


async def batches(adapter, report):
    def request(path):
        information = RequestInformation()
        information.http_method, information.url = Method.GET, f"{adapter.base_url}{path}"
        return information

    content = BatchRequestContent({})
    for path in (f"/users/{ANN}", "/users/nobody@tenant.example"):
        content.add_request_information(request(path))
    answer = await BatchRequestBuilder(adapter).post(content)
    codes = sorted(answer.get_response_status_codes().values())
    report.check("$batch: each item has its own status", codes == [200, 404], codes)


async def throttling(client, tenant, report):
    tenant.control("PUT", "/faults", {"storms": [{"status": 429, "retry_after_s": 1, "for_ms": 900}]})
    answer = await client.users.by_user_id(ANN).mail_folders.by_mail_folder_id("inbox").get()
    tenant.control("DELETE", "/faults")
    refused = tenant.control("GET", "/counters").get("graph.refused_by_fault", 0)
    report.check("429 with Retry-After is retried by the client", answer.display_name == "Inbox" and refused >= 1)


async def audit(client, tenant, report):
    tenant.control("POST", "/sign-ins", [{"userPrincipalName": ANN, "ipAddress": "192.0.2.9"}])
    sign_ins = await client.audit_logs.sign_ins.get()
    report.check("auditLogs/signIns", sign_ins.value[0].ip_address == "192.0.2.9")


async def main(facts, ca_path):
    logging.getLogger("azure").setLevel(logging.CRITICAL)  # refusals are what we are here for
    tenant, report = Tenant(facts, ca_path), Report()
    client, adapter = tenant.client(tenant.credential())
    print(f"msgraph-sdk {version('msgraph-sdk')}, azure-identity {version('azure-identity')}, msal {version('msal')}")

    async def part(name, work):
        try:
            return await work
        except Exception as error:  # the report must tell of the rest too
            report.check(f"{name} ran to its end", False, f"{type(error).__name__}: {error}")

    await part("sign-in", sign_in(tenant, report))
    await part("directory", directory(client, adapter, tenant, report))
    quarantine = await part("folders", folders(client, report))
    await part("messages", messages(client, adapter, tenant, quarantine, report))
    await part("deltas", deltas(client, tenant, report))
    await part("rules", rules(client, quarantine, tenant, report))
    await part("subscriptions", subscriptions(client, tenant, report))
    await part("batches", batches(adapter, report))
    await part("throttling", throttling(client, tenant, report))
    await part("audit", audit(client, tenant, report))
    return report.show()


if __name__ == "__main__":
    sys.exit(1 if asyncio.run(main(json.loads(sys.argv[1]), sys.argv[2])) else 0)
