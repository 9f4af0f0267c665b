// Times told as "3 min" stay true while the page is open, and their tooltips speak the reader's own time.
const EVERY_MS = 15000;

export function startTimes() {
  refreshTimes(document);
  setInterval(() => refreshTimes(document), EVERY_MS);
}

export function refreshTimes(root) {
  const now = Date.now();
  for (const time of root.querySelectorAll("time[data-ago]")) {
    const at = new Date(time.dateTime);
    time.title = at.toLocaleString(undefined, { dateStyle: "full", timeStyle: "medium" });
    const told = ago((now - at) / 1000);
    if (told) time.textContent = told;
  }
}

// The same words as view::ago; null leaves a date that the server wrote.
function ago(seconds) {
  if (seconds < -60) return null;
  if (seconds < 5) return "now";
  if (seconds < 60) return `${Math.floor(seconds)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86400) return `${Math.floor(seconds / 3600)} h`;
  if (seconds < 604800) return `${Math.floor(seconds / 86400)} d`;
  return null;
}
