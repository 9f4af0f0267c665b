// Word of changes from the server. A list with a bar for news says how many came; other pages refresh their regions.
// Nothing listens while the tab is hidden, so that forgotten tabs cost nothing.
import { refreshRegions } from "./region.js";

// Several changes in a row make one refresh.
const SETTLE_MS = 250;

export function startLive() {
  const address = document.querySelector("[data-live]")?.dataset.live;
  if (!address) return;
  const news = document.querySelector("[data-news]");
  let source = null;
  let hidden = false;

  const open = () => {
    source = new EventSource(address);
    source.addEventListener("pulse", (event) => heard(JSON.parse(event.data)));
  };
  const heard = (pulse) => {
    if (news) tell(news, pulse);
    else if (!pulse.first || hidden) settle();
    hidden = false;
  };
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) {
      source?.close();
      source = null;
      hidden = true;
    } else if (!source) {
      open();
    }
  });
  window.addEventListener("pagehide", () => source?.close());
  open();
}

function tell(news, pulse) {
  news.hidden = pulse.new === 0;
  const count = pulse.more ? `${pulse.new}+` : pulse.new;
  news.textContent = `${count} new ${pulse.new === 1 ? "message" : "messages"}: show`;
}

let timer;
function settle() {
  clearTimeout(timer);
  timer = setTimeout(refreshRegions, SETTLE_MS);
}
