// Forms that act on messages ask once, with room for a reason. Without this file they act at once.
const ASKED = {
  release: { title: "Release", text: (what) => `Put ${what} back where it was taken from?`, yes: "Release" },
  quarantine: { title: "Quarantine", text: (what) => `Take ${what} out of sight? Nothing is deleted.`, yes: "Quarantine" },
  undo: { title: "Undo", text: (what) => `Take back the last action on ${what}?`, yes: "Undo" },
};

let waiting = null;

export function startActs() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("[data-act]") || form.dataset.sure) return;
    event.preventDefault();
    ask(form, event.submitter ?? form.querySelector("[data-deed]"));
  });
  document.getElementById("confirm")?.addEventListener("close", (event) => answered(event.target));
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-open]");
    if (opener) document.getElementById(opener.dataset.open)?.showModal();
  });
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-select-all]")) selectAll(event.target.checked);
    if (event.target.matches("[data-select], [data-select-all]")) countSelected();
    const filters = event.target.closest("[data-filters]");
    if (filters && event.target.matches("select, input[type=checkbox]")) submitFilters(filters);
  });
  document.addEventListener("submit", (event) => {
    if (event.target.matches("[data-filters]")) dropEmpty(event.target);
  });
  document.addEventListener("refreshed", countSelected);
  countSelected();
  fadeNote();
}

// Opens the dialog for `button` of `form`.
export function ask(form, button) {
  const copies = [...form.querySelectorAll("[name=copy]")].filter((box) => box.type !== "checkbox" || box.checked);
  if (!copies.length || !button) return;
  const asked = ASKED[button.dataset.deed];
  const dialog = document.getElementById("confirm");
  const what = named(copies);
  dialog.querySelector("[data-confirm-title]").textContent = asked.title;
  dialog.querySelector("[data-confirm-text]").textContent = asked.text(what);
  dialog.querySelector("[data-confirm-yes]").textContent = asked.yes;
  dialog.querySelector("[data-confirm-because]").value = "";
  dialog.returnValue = "";
  waiting = { form, button };
  dialog.showModal();
  dialog.querySelector("[data-confirm-yes]").focus();
}

// One message by its subject, several by their number.
function named(copies) {
  if (copies.length > 1) return `${copies.length} copies`;
  const subject = copies[0].closest("[data-row]")?.querySelector("[data-row-link]") ?? document.querySelector(".message h1");
  return subject ? `“${subject.textContent.trim()}”` : "one copy";
}

function answered(dialog) {
  const { form, button } = waiting ?? {};
  waiting = null;
  if (dialog.returnValue !== "yes" || !form) return;
  form.querySelector("[name=because]").value = dialog.querySelector("[data-confirm-because]").value;
  form.dataset.sure = "yes";
  form.requestSubmit(button.isConnected ? button : form.querySelector(`[data-deed=${button.dataset.deed}]`));
}

function selectAll(ticked) {
  for (const box of document.querySelectorAll("[data-select]")) box.checked = ticked;
}

function countSelected() {
  const label = document.querySelector("[data-selected]");
  if (!label) return;
  const count = document.querySelectorAll("[data-select]:checked").length;
  const all = document.querySelectorAll("[data-select]").length;
  label.textContent = count ? `${count} selected` : "Select all on this page";
  document.querySelector("[data-select-all]").checked = count === all && all > 0;
  document.querySelector("[data-selection] [data-deed]").disabled = count === 0;
}

function submitFilters(form) {
  form.requestSubmit();
}

// Addresses of lists stay short: fields left empty are not sent.
function dropEmpty(form) {
  for (const field of form.elements) {
    if (field.name && !field.value) field.disabled = true;
  }
}

// The note of what was done goes by itself, and does not come back with the address.
function fadeNote() {
  const note = document.querySelector("[data-note]");
  if (!note) return;
  const address = new URL(location.href);
  address.searchParams.delete("note");
  address.searchParams.delete("undo");
  history.replaceState(null, "", address);
  setTimeout(() => note.classList.add("gone"), note.querySelector("form") ? 12000 : 5000);
}
