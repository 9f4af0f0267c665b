// Starts the console of `crates/console/examples/desk` on a free port, and a Chromium to look at it with.
import { execFileSync, spawn } from "node:child_process";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { chromium } from "playwright-core";

export const NAME = "ann";
export const PASSWORD = "four words will do";

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
const START_MS = 120000;

function targetFolder() {
  const metadata = execFileSync("cargo", ["metadata", "--format-version=1", "--no-deps"], { cwd: ROOT, maxBuffer: 1 << 26 });
  return JSON.parse(metadata).target_directory;
}

export const TARGET = targetFolder();
export const PICTURES = path.join(TARGET, "browser");

// Gives `{ setup, origin, stop }`.
export async function startDesk() {
  const server = spawn(path.join(TARGET, "debug/examples/desk"), ["127.0.0.1:0", "--stream"], { cwd: ROOT, stdio: ["ignore", "pipe", "inherit"] });
  const setup = await new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("the console did not start")), START_MS);
    server.stdout.once("data", (text) => { clearTimeout(timer); resolve(String(text).trim()); });
    server.once("exit", (code) => reject(new Error(`the console ended with ${code}`)));
  });
  return { setup, origin: new URL(setup).origin, stop: () => server.kill() };
}

export function startBrowser() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"],
  });
}

// A page that reports everything that must never happen.
export async function watchedPage(context, origin, wrongs) {
  const page = await context.newPage();
  const wrong = (what) => wrongs.push(`${new URL(page.url(), origin).pathname}: ${what}`);
  page.on("dialog", async (dialog) => { wrong(`a dialog: ${dialog.message()}`); await dialog.dismiss(); });
  page.on("pageerror", (error) => wrong(`a script failed: ${error.message}`));
  page.on("console", (message) => { if (["error", "warning"].includes(message.type())) wrong(`the console says: ${message.text()}`); });
  page.on("request", (request) => { if (!request.url().startsWith(origin) && !request.url().startsWith("data:")) wrong(`a request left: ${request.url()}`); });
  return page;
}
