// Fetches the page again and puts its changed regions in place. Focus, selection, open details and scroll stay.
import { refreshTimes } from "./times.js";

let running = false;

export async function refreshRegions() {
  if (running || document.querySelector("dialog[open]")) return;
  running = true;
  try {
    const answer = await fetch(location.href, { headers: { accept: "text/html" }, redirect: "manual" });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const region of document.querySelectorAll("[data-region]")) {
      const next = page.getElementById(region.id);
      if (next) replace(region, next);
    }
    refreshTimes(document);
  } catch {
    // The server is away; the page shows what it has, and the stream tells when it is back.
  } finally {
    running = false;
  }
}

function replace(region, next) {
  if (region.innerHTML === next.innerHTML && region.className === next.className) return;
  const kept = remember(region);
  const known = new Set([...region.querySelectorAll("[data-row]")].map((row) => row.dataset.row));
  region.className = next.className;
  region.replaceChildren(...next.childNodes);
  for (const row of region.querySelectorAll("[data-row]")) {
    if (known.size && !known.has(row.dataset.row)) row.classList.add("fresh");
  }
  restore(region, kept);
}

function remember(region) {
  const focused = region.contains(document.activeElement) ? document.activeElement : null;
  return {
    row: focused?.closest("[data-row]")?.dataset.row,
    part: focused?.matches("[data-select]") ? "[data-select]" : "[data-row-link]",
    ticked: [...region.querySelectorAll("[data-select]:checked")].map((box) => box.value),
    open: [...region.querySelectorAll("details")].map((details) => details.open),
  };
}

function restore(region, kept) {
  for (const box of region.querySelectorAll("[data-select]")) box.checked = kept.ticked.includes(box.value);
  [...region.querySelectorAll("details")].forEach((details, index) => {
    if (index < kept.open.length) details.open = kept.open[index];
  });
  if (kept.row) {
    const row = [...region.querySelectorAll("[data-row]")].find((each) => each.dataset.row === kept.row);
    row?.querySelector(kept.part)?.focus({ preventScroll: true });
  }
  region.dispatchEvent(new Event("refreshed", { bubbles: true }));
}
