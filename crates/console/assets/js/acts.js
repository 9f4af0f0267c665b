// Forms that act on messages ask once, with room for a reason. Without this file they act at once.
const ASKED = {
  release: { title: "Release", text: (what) => `${what} goes back where it was taken from.`, yes: "Release" },
  quarantine: { title: "Quarantine", text: (what) => `${what} leaves the mailbox's folders; nothing is deleted.`, yes: "Quarantine" },
  undo: { title: "Undo", text: (what) => `The last action on ${what} is taken back.`, yes: "Undo" },
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

// Opens the dialog for `button` of `form`; `copies` names rows when they are not ticked (the row under the keyboard).
export function ask(form, button) {
  const copies = [...form.querySelectorAll("[name=copy]")].filter((box) => box.type !== "checkbox" || box.checked);
  if (!copies.length || !button) return;
  const asked = ASKED[button.dataset.deed];
  const dialog = document.getElementById("confirm");
  const what = copies.length === 1 ? "One copy" : `${copies.length} copies`;
  dialog.querySelector("[data-confirm-title]").textContent = asked.title;
  dialog.querySelector("[data-confirm-text]").textContent = asked.text(button.dataset.deed === "undo" ? what.toLowerCase() : copies.length === 1 ? what : what.replace("copies", "copies each"));
  dialog.querySelector("[data-confirm-yes]").textContent = asked.yes;
  dialog.querySelector("[data-confirm-because]").value = "";
  dialog.returnValue = "";
  waiting = { form, button };
  dialog.showModal();
  dialog.querySelector("[data-confirm-yes]").focus();
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
  history.replaceState(null, "", address);
  setTimeout(() => note.classList.add("gone"), 5000);
}
