// The console in a real browser: nothing hostile runs, everything works from the keyboard, nothing overflows a phone, and
// everybody can read it. One check after the other, each with its name; the exit code says whether all held.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import path from "node:path";

import AxeBuilder from "@axe-core/playwright";

import { NAME, PASSWORD, PICTURES, startBrowser, startDesk, watchedPage } from "./desk.mjs";

const WIDE = { width: 1360, height: 860 };
const PHONE = { width: 375, height: 760 };
const THEMES = ["light", "dark"];

mkdirSync(PICTURES, { recursive: true });
const desk = await startDesk();
const browser = await startBrowser();
const context = await browser.newContext({ viewport: WIDE, colorScheme: "light" });
const wrongs = [];
const page = await watchedPage(context, desk.origin, wrongs);
let failed = 0;

async function check(name, body) {
  wrongs.length = 0;
  try {
    await body();
    assert.deepEqual(wrongs, []);
    console.log(`ok    ${name}`);
  } catch (error) {
    failed += 1;
    console.log(`FAIL  ${name}\n      ${String(error.message).replaceAll("\n", "\n      ")}`);
    await page.screenshot({ path: path.join(PICTURES, `failed-${failed}.png`) }).catch(() => {});
  }
}

// Pages never rest while they listen for news, so waiting for the network to be idle would wait forever.
const go = async (where) => { await page.goto(desk.origin + where, { waitUntil: "load" }); };
const where = () => new URL(page.url()).pathname;
const focused = (selector) => page.evaluate((selector) => document.activeElement?.closest(selector)?.dataset.row ?? null, selector);
const picture = (name, fullPage = true) => page.screenshot({ path: path.join(PICTURES, `${name}.png`), fullPage });

try {
  await check("the first account is made under the printed address, and weak passwords are refused", async () => {
    await page.goto(desk.setup);
    await picture("setup");
    await page.fill("#password", "aaaaaaaaaaaaaaaa");
    await page.fill("#again", "aaaaaaaaaaaaaaaa");
    await page.fill("#name", NAME);
    await page.click("button.primary");
    await page.getByRole("alert").waitFor();
    wrongs.length = 0; // Chromium reports the 422 on its console.
    await page.fill("#password", PASSWORD);
    await page.fill("#again", PASSWORD);
    await page.click("button.primary");
    await page.waitForURL(desk.origin + "/");
  });

  await check("signing out and in goes back to where one was", async () => {
    await page.click("[aria-label='Sign out']");
    await page.waitForURL("**/sign-in");
    await picture("sign-in");
    await go("/messages?verdict=phishing");
    assert.equal(where(), "/sign-in");
    await page.fill("#name", NAME);
    await page.fill("#password", PASSWORD);
    await page.keyboard.press("Enter");
    await page.waitForURL("**/messages?verdict=phishing");
  });

  await check("g and a letter go to every page", async () => {
    await go("/audit");
    for (const [key, place] of [["m", "/messages"], ["q", "/quarantine"], ["h", "/health"], ["o", "/"], ["a", "/audit"]]) {
      await page.keyboard.press("g");
      await page.keyboard.press(key);
      await page.waitForURL((url) => url.pathname === place);
    }
  });

  await check("j and k move, Enter opens", async () => {
    await go("/messages");
    await page.keyboard.press("j");
    const first = await focused("[data-row]");
    await page.keyboard.press("j");
    const second = await focused("[data-row]");
    assert.ok(first && second && first !== second);
    await page.keyboard.press("k");
    assert.equal(await focused("[data-row]"), first);
    await page.keyboard.press("Enter");
    await page.waitForURL((url) => url.pathname === `/messages/${first.split(".")[0]}`);
  });

  await check("/ searches, Escape leaves the field, ? helps", async () => {
    await page.keyboard.press("/");
    await page.keyboard.type("mailbox");
    await page.keyboard.press("Enter");
    await page.waitForURL("**/messages?anything=mailbox");
    await page.keyboard.press("/");
    await page.keyboard.press("Escape");
    await page.keyboard.press("?");
    assert.ok(await page.locator("#help").isVisible());
    await picture("help");
    await page.keyboard.press("Escape");
    assert.ok(!(await page.locator("#help").isVisible()));
  });

  await check("filters stand in the address as soon as they are ticked", async () => {
    await go("/messages");
    await page.locator("label.tick", { hasText: "Malware" }).click();
    await page.waitForURL("**/messages?verdict=malware");
    const chips = await page.locator(".rows .chip").allTextContents();
    assert.ok(chips.length > 0 && chips.every((chip) => chip === "Malware"));
  });

  await check("r asks, and a release is carried out and can be undone", async () => {
    await go("/quarantine");
    await page.keyboard.press("j");
    const copy = await focused("[data-row]");
    await page.keyboard.press("r");
    assert.ok(await page.locator("#confirm").isVisible());
    await picture("release");
    await page.keyboard.press("Escape");
    assert.equal(where(), "/quarantine");
    await page.keyboard.press("r");
    await page.fill("#confirm-because", "asked for by phone");
    await page.click("[data-confirm-yes]");
    await page.getByText("Releasing 1 copy.").waitFor();
    assert.ok(await page.locator("[data-note] button", { hasText: "Undo" }).isVisible());
    assert.equal(new URL(page.url()).search, "");
    await page.locator(`[data-row="${copy}"]`).waitFor({ state: "detached", timeout: 15000 });

    await go(`/messages/${copy.split(".")[0]}`);
    await page.getByText("asked for by phone").first().waitFor();
    await page.keyboard.press("u");
    await page.click("[data-confirm-yes]");
    await page.getByText("Undoing the last action on 1 copy.").waitFor();
    await page.locator(".deeds [data-deed=release]").waitFor({ timeout: 15000 });
  });

  await check("new mail shows by itself, and lists say how much is new", async () => {
    await go("/");
    const first = page.locator("#latest [data-row]").first();
    const before = await first.getAttribute("data-row");
    await page.waitForFunction((before) => document.querySelector("#latest [data-row]").dataset.row !== before, before, { timeout: 20000 });
    await go("/messages");
    await page.locator("[data-news]:not([hidden])").waitFor({ timeout: 20000 });
    assert.match(await page.locator("[data-news]").textContent(), /^\d+\+? new message/);
  });

  const messages = await hostileMessages();
  await check(`${messages.length} hostile messages and their previews run nothing`, async () => {
    for (const message of messages) {
      await go(message);
      await page.locator("details").evaluateAll((all) => all.forEach((details) => { details.open = true; }));
      await page.locator(".rendered iframe").scrollIntoViewIfNeeded();
      const frame = await (await page.locator(".rendered iframe").elementHandle()).contentFrame();
      await frame.waitForLoadState("load");
      if (message === messages[0]) await picture("hostile");
      assert.equal(await frame.locator("a[href], form, script, base, meta[http-equiv]").count(), 0);
    }
    for (const list of ["/", "/messages", "/quarantine", "/audit"]) await go(list);
    await go("/messages?anything=" + encodeURIComponent("\"><img src=x onerror=alert(9)>"));
  });

  await check("the switch of colours is kept", async () => {
    await go("/");
    await page.click("[data-theme-switch]");
    assert.equal(await page.locator("html").getAttribute("data-theme"), "dark");
    await go("/messages");
    assert.equal(await page.locator("html").getAttribute("data-theme"), "dark");
    await page.click("[data-theme-switch]");
    await page.click("[data-theme-switch]");
    assert.equal(await page.locator("html").getAttribute("data-theme"), "system");
  });

  const pages = {
    overview: "/",
    messages: "/messages",
    message: await showpiece(),
    quarantine: "/quarantine",
    health: "/health",
    audit: "/audit",
    nowhere: "/messages?anything=nothing-is-like-this",
  };
  for (const theme of THEMES) {
    for (const [name, address] of Object.entries(pages)) {
      await check(`${name} can be read by everybody, ${theme}`, async () => {
        await page.emulateMedia({ colorScheme: theme });
        await page.setViewportSize(WIDE);
        await go(address);
        await picture(`${name}-${theme}`);
        await accessible();
      });
      await check(`${name} fits a phone, ${theme}`, async () => {
        await page.setViewportSize(PHONE);
        await go(address);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth);
        assert.ok(wide <= PHONE.width, `the page is ${wide} px wide`);
        await picture(`${name}-${theme}-phone`, false);
        await accessible();
      });
    }
  }
  await page.setViewportSize(WIDE);
} finally {
  await browser.close();
  desk.stop();
}

console.log(failed ? `${failed} failed; pictures in ${PICTURES}` : `all held; pictures in ${PICTURES}`);
process.exit(failed ? 1 : 0);

// Addresses of the messages whose subjects are scripts.
async function hostileMessages() {
  await go("/messages?sender=mallory&verdict=phishing&direction=inbound");
  const links = await page.locator("[data-row-link]").evaluateAll((links) => links.filter((link) => /alert/.test(link.textContent)).map((link) => link.getAttribute("href")));
  assert.ok(links.length >= 8);
  return links;
}

// A message with a bit of everything: rewritten links on their way through two firms.
async function showpiece() {
  await go("/messages?verdict=phishing&subject=" + encodeURIComponent(process.env.SHOWPIECE ?? "Payslip correction"));
  return page.locator("[data-row-link]").first().getAttribute("href");
}

async function accessible() {
  const found = await new AxeBuilder({ page }).exclude("iframe").withTags(["wcag2a", "wcag2aa", "wcag21aa"]).analyze();
  const told = found.violations.flatMap((violation) => violation.nodes.slice(0, 3).map((node) => `${violation.id} ${node.target} ${node.any[0]?.message ?? node.failureSummary ?? ""}`));
  assert.deepEqual(told, []);
}
