// Drives a sandbox tenant with Microsoft's own JavaScript clients (msal-node, microsoft-graph-client).
//
// Usage: NODE_EXTRA_CA_CERTS=CA_PEM node conformance.mjs FACTS, where FACTS is the JSON line that the example tenant
// prints. Prints a table of the calls checked and "N passed, N failed"; exit code 1 when something failed.

import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { ConfidentialClientApplication } from "@azure/msal-node";
import { BatchRequestContent, BatchResponseContent, Client, PageIterator } from "@microsoft/microsoft-graph-client";

const facts = JSON.parse(process.argv[2]);
const SCOPES = ["https://graph.microsoft.com/.default"];
const ANN = "ann@tenant.example";
const CY = "cy@tenant.example";
const IMMUTABLE = ["Prefer", 'IdType="ImmutableId"'];
const rows = [];

function check(call, holds, seen = "") {
  rows.push({ call, holds: Boolean(holds), seen });
}

async function part(name, work) {
  try {
    return await work();
  } catch (error) {
    check(`${name} ran to its end`, false, error);
  }
}

/** Status and code of a call that must fail. */
async function refusal(call) {
  try {
    await call;
    return "no error";
  } catch (error) {
    return `${error.statusCode} ${error.code}`;
  }
}

async function control(method, path, body) {
  const answer = await fetch(`${facts.https_url}/sandbox${path}`, {
    method,
    headers: { "Content-Type": "application/json" },
    body: body && JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${path}: ${await answer.text()}`);
  return answer.json();
}

async function deliver(subject, to = ANN) {
  const raw =
    `From: Carl <carl@sender.example>\r\nTo: <${to}>\r\nSubject: ${subject}\r\n` +
    `Message-ID: <${subject}@sender.example>\r\n\r\nHello ${subject}\r\n`;
  const answer = await control("POST", "/mail", { raw, from: "carl@sender.example", to: [to] });
  return answer.filed[0];
}

function application(clientId = facts.client_id, clientSecret = facts.client_secret) {
  const authority = `${facts.https_url}/${facts.tenant_id}`;
  return new ConfidentialClientApplication({
    auth: { clientId, clientSecret, authority, knownAuthorities: [new URL(facts.https_url).host] },
  });
}

async function token(app = application()) {
  const result = await app.acquireTokenByClientCredential({ scopes: SCOPES });
  return result.accessToken;
}

function client(authProvider) {
  const hosts = new Set([new URL(facts.https_url).hostname]);
  return Client.initWithMiddleware({ authProvider, baseUrl: `${facts.https_url}/`, defaultVersion: "v1.0", customHosts: hosts });
}

async function signIn() {
  check("token by client secret", (await token()).split(".").length === 3);
  const wrong = await token(application(facts.client_id, "wrong")).then(() => "a token", String);
  check("wrong secret: AADSTS7000215", wrong.includes("7000215"), wrong);
  const bare = await token(application(facts.client_without_rights));
  const seen = await refusal(client({ getAccessToken: async () => bare }).api(`/users/${ANN}/messages`).get());
  check("no Mail.Read: 403 ErrorAccessDenied", seen === "403 ErrorAccessDenied", seen);
  const forged = await refusal(client({ getAccessToken: async () => "a.b.c" }).api("/users").get());
  check("forged token: 401 InvalidAuthenticationToken", forged === "401 InvalidAuthenticationToken", forged);
}

async function directory(graph) {
  const organization = await graph.api("/organization").get();
  check("organization", organization.value[0].id === facts.tenant_id);
  const names = [];
  const first = await graph.api("/users").select("id,displayName").top(1).get();
  const pages = new PageIterator(graph, first, (user) => names.push(user.displayName) > 0);
  await pages.iterate();
  check("users by PageIterator", names.length === 3, names);
  const delta = await graph.api("/users/delta").query({ $deltatoken: "latest" }).get();
  check("users/delta latest is empty", delta.value.length === 0 && delta["@odata.deltaLink"]);
}

async function folders(graph) {
  const made = await graph.api(`/users/${CY}/mailFolders`).post({ displayName: "Quarantine", isHidden: true });
  check("POST mailFolders isHidden", made.isHidden === true);
  const shown = await graph.api(`/users/${CY}/mailFolders`).top(100).get();
  check("mailFolders without hidden", !shown.value.some((one) => one.displayName === "Quarantine"));
  const twice = await refusal(graph.api(`/users/${CY}/mailFolders`).post({ displayName: "Quarantine" }));
  check("twice: 409 ErrorFolderExists", twice === "409 ErrorFolderExists", twice);
  const delta = await graph.api(`/users/${CY}/mailFolders/delta`).get();
  check("mailFolders/delta", delta.value.some((one) => one.displayName === "Quarantine"));
  return made;
}

async function messages(graph, quarantine) {
  const filed = await deliver("by-script", CY);
  const path = `/users/${CY}/messages`;
  const found = await graph.api(path).header(...IMMUTABLE).filter("internetMessageId eq '<by-script@sender.example>'").count(true).get();
  check("messages $filter internetMessageId $count", found["@odata.count"] === 1 && found.value[0].id === filed.immutable_id);
  const complex = await refusal(graph.api(path).filter("isRead eq false").orderby("receivedDateTime desc").get());
  check("$orderby not in $filter: InefficientFilter", complex === "400 InefficientFilter", complex);
  const item = `${path}/${filed.immutable_id}`;
  const before = await graph.api(item).header(...IMMUTABLE).get();
  const mime = await graph.api(`${item}/$value`).responseType("text").get();
  check("$value is the MIME", mime.endsWith("\r\n\r\nHello by-script\r\n"), mime);
  await graph.api(`${item}/move`).header(...IMMUTABLE).post({ destinationId: quarantine.id });
  const back = await graph.api(`${item}/move`).header(...IMMUTABLE).post({ destinationId: "inbox" });
  const kept = ["id", "receivedDateTime", "isRead", "parentFolderId", "subject", "internetMessageId"];
  check("move to quarantine and back changes nothing", kept.every((name) => back[name] === before[name]), back);
  check("bytes are the same after it", (await graph.api(`${item}/$value`).responseType("text").get()) === mime);
  const patched = await graph.api(item).patch({ categories: ["Red"], isRead: true });
  check("PATCH categories, isRead", patched.categories[0] === "Red" && patched.isRead);
  const draft = await graph.api(path).header("Content-Type", "text/plain").post(Buffer.from("Subject: Mime\r\n\r\nHi").toString("base64"));
  check("POST messages as MIME", draft.subject === "Mime" && draft.isDraft);
  await graph.api(`/users/${CY}/sendMail`).post({ message: { subject: "Sent", toRecipients: [{ emailAddress: { address: ANN } }] } });
  const arrived = await graph.api(`/users/${ANN}/messages`).filter("subject eq 'Sent'").get();
  check("sendMail inside the organisation", arrived.value.length === 1);
  await graph.api(item).delete();
  const missing = await refusal(graph.api(`${path}/nonsense`).get());
  check("malformed id: 400 ErrorInvalidIdMalformed", missing === "400 ErrorInvalidIdMalformed", missing);
}

async function deltas(graph) {
  const path = `/users/${CY}/mailFolders('inbox')/messages/delta()`;
  await deliver("delta-old", CY);
  let page = await graph.api(path).header("Prefer", "odata.maxpagesize=1").select("subject").get();
  while (page["@odata.nextLink"]) page = await graph.api(page["@odata.nextLink"]).get();
  const link = page["@odata.deltaLink"];
  const filed = await deliver("delta-new", CY);
  page = await graph.api(link).get();
  check("messages/delta new row", page.value.length === 1 && page.value[0].subject === "delta-new", page);
  await graph.api(`/users/${CY}/messages/${filed.id}/move`).post({ destinationId: "archive" });
  const after = await graph.api(page["@odata.deltaLink"]).get();
  check("messages/delta @removed row", after.value[0]?.["@removed"]?.reason === "deleted" && after.value[0].id === filed.id, after);
  await control("POST", "/delta/lose", { mailbox: CY });
  const lost = await refusal(graph.api(link).get());
  check("lost token: 410 syncStateNotFound", lost === "410 syncStateNotFound", lost);
}

async function subscriptions(graph) {
  const notices = [];
  const server = createServer((request, response) => {
    const validation = new URL(request.url, "http://localhost").searchParams.get("validationToken");
    let body = "";
    request.on("data", (chunk) => (body += chunk));
    request.on("end", () => {
      if (validation === null) notices.push(...JSON.parse(body).value);
      response.writeHead(validation === null ? 202 : 200, { "Content-Type": "text/plain" }).end(validation ?? "");
    });
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  const notificationUrl = `http://127.0.0.1:${server.address().port}/notices`;
  const expirationDateTime = new Date(Date.now() + 3600_000).toISOString();
  const made = await graph.api("/subscriptions").header(...IMMUTABLE).post({
    changeType: "created,deleted", notificationUrl, resource: `/users/${CY}/mailFolders('inbox')/messages`, expirationDateTime, clientState: "ours",
  });
  check("POST subscriptions", made.id);
  const filed = await deliver("announced", CY);
  await graph.api(`/users/${CY}/messages/${filed.immutable_id}/move`).post({ destinationId: "archive" });
  for (let waits = 0; notices.length < 2 && waits < 100; waits++) await new Promise((resolve) => setTimeout(resolve, 50));
  const kinds = notices.map((notice) => notice.changeType).join();
  check("notices of arrival and departure", kinds === "created,deleted", kinds);
  check("notice names the item", notices.every((notice) => notice.resourceData.id === filed.immutable_id && notice.clientState === "ours"));
  const renewed = await graph.api(`/subscriptions/${made.id}`).patch({ expirationDateTime: new Date(Date.now() + 7200_000).toISOString() });
  check("PATCH subscriptions", renewed.expirationDateTime > made.expirationDateTime);
  await graph.api(`/subscriptions/${made.id}`).delete();
  const far = await refusal(graph.api("/subscriptions").post({ changeType: "created", notificationUrl, resource: `/users/${CY}/messages`, expirationDateTime: "2099-01-01T00:00:00Z" }));
  check("too long a life: 400", far.startsWith("400"), far);
  server.close();
}

async function batches(graph) {
  const step = (id, url, dependsOn) => ({ id, request: new Request(`${facts.https_url}${url}`, { method: "GET" }), dependsOn });
  const content = new BatchRequestContent([step("1", `/users/${CY}`), step("2", "/users/nobody@tenant.example"), step("3", "/organization")]);
  const answer = new BatchResponseContent(await graph.api("/$batch").post(await content.getContent()));
  const codes = ["1", "2", "3"].map((id) => answer.getResponseById(id)?.status).join();
  check("$batch: each item has its own status", codes === "200,404,200", codes);
  await control("PUT", "/faults", { storms: [{ status: 429, retry_after_s: 7, path: "organization" }] });
  const stormy = await graph.api("/$batch").post({ requests: [{ id: "1", method: "GET", url: "/organization" }, { id: "2", method: "GET", url: `/users/${CY}` }] });
  await control("DELETE", "/faults");
  const byId = Object.fromEntries(stormy.responses.map((one) => [one.id, one]));
  check("$batch: 429 in one item alone, with Retry-After", byId[1].status === 429 && byId[1].headers["Retry-After"] === "7" && byId[2].status === 200, stormy);
  const failing = await graph.api("/$batch").post({ requests: [{ id: "1", method: "GET", url: "/users/nobody@tenant.example" }, { id: "2", method: "GET", url: "/users", dependsOn: ["1"] }] });
  check("$batch: 424 after a failed dependency", failing.responses.find((one) => one.id === "2").status === 424, failing);
  const many = Array.from({ length: 21 }, (_, at) => ({ id: `${at}`, method: "GET", url: "/users" }));
  const seen = await refusal(graph.api("/$batch").post({ requests: many }));
  check("$batch of 21: 400", seen.startsWith("400"), seen);
}

async function traces(graph) {
  const since = new Date(Date.now() - 3600_000).toISOString();
  const found = await graph.api("/admin/exchange/tracing/messageTraces").filter(`receivedDateTime ge ${since} and recipientAddress eq '${CY}'`).get();
  check("messageTraces", found.value.length > 0 && found.value.every((one) => one.status === "delivered"), found);
}

const require = createRequire(import.meta.url);
const versionOf = (name) => JSON.parse(readFileSync(require.resolve(`${name}/package.json`))).version;
console.log(["@microsoft/microsoft-graph-client", "@azure/msal-node"].map((name) => `${name} ${versionOf(name)}`).join(", "), `node ${process.version}`);
const app = application();
const graph = client({ getAccessToken: () => token(app) });
await part("sign-in", signIn);
await part("directory", () => directory(graph));
const quarantine = await part("folders", () => folders(graph));
await part("messages", () => messages(graph, quarantine));
await part("deltas", () => deltas(graph));
await part("subscriptions", () => subscriptions(graph));
await part("batches", () => batches(graph));
await part("traces", () => traces(graph));
const width = Math.max(...rows.map((row) => row.call.length));
for (const { call, holds, seen } of rows) {
  console.log(call.padEnd(width), holds ? " ok" : ` FAILED ${typeof seen === "string" ? seen : JSON.stringify(seen)} ${seen?.stack ?? ""}`);
}
const failed = rows.filter((row) => !row.holds).length;
console.log(`${rows.length - failed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
