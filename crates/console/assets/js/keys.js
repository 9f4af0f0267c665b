// The keyboard: j k x Enter in lists, r q u on messages, g then a letter to go somewhere, / and ?.
import { ask } from "./acts.js";

const PLACES = { o: "/", m: "/messages", q: "/quarantine", h: "/health", a: "/audit" };
const PREFIX_MS = 1200;

let goingUntil = 0;

export function startKeys() {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    if (isTyping(event.target)) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    if (press(event.key)) event.preventDefault();
  });
}

function isTyping(element) {
  return element.matches("input:not([type=checkbox]), textarea, select");
}

function press(key) {
  if (Date.now() < goingUntil) {
    goingUntil = 0;
    if (PLACES[key]) location.assign(PLACES[key]);
    return true;
  }
  switch (key) {
    case "g": goingUntil = Date.now() + PREFIX_MS; return true;
    case "j": return move(1);
    case "k": return move(-1);
    case "x": return tick();
    case "r": return deed("release");
    case "q": return deed("quarantine");
    case "u": return deed("undo");
    case "/": return search();
    case "?": document.getElementById("help").showModal(); return true;
    default: return false;
  }
}

function rows() {
  return [...document.querySelectorAll("[data-list] [data-row]")];
}

function current() {
  return document.activeElement?.closest("[data-row]");
}

function move(step) {
  const all = rows();
  if (!all.length) return false;
  const here = all.indexOf(current());
  const next = here < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(Math.max(here + step, 0), all.length - 1);
  const link = all[next].querySelector("[data-row-link]");
  link.focus();
  link.scrollIntoView({ block: "nearest" });
  return true;
}

function tick() {
  const box = current()?.querySelector("[data-select]");
  box?.click();
  return Boolean(box);
}

// On a message: its own button. In a list: the rows ticked, or the one under the keyboard.
function deed(name) {
  const button = document.querySelector(`.deeds [data-deed=${name}]`) ?? document.querySelector(`form[data-act] [data-selection] [data-deed=${name}]`);
  if (!button) return false;
  const form = button.form;
  const boxes = [...form.querySelectorAll("[data-select]")];
  if (boxes.length && !boxes.some((box) => box.checked)) tick();
  ask(form, button);
  return true;
}

function search() {
  const field = document.querySelector("[data-search]");
  field.focus();
  field.select();
  return true;
}
