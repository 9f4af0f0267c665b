// The switch of colours: as the system, dark, light. Kept in a cookie, so the server paints the next page right.
const ORDER = ["system", "dark", "light"];
const NAMES = { system: "as the system", dark: "dark", light: "light" };
const YEAR_S = 31536000;

export function startTheme() {
  const button = document.querySelector("[data-theme-switch]");
  if (!button) return;
  label(button, document.documentElement.dataset.theme);
  button.addEventListener("click", () => {
    const root = document.documentElement;
    const next = ORDER[(ORDER.indexOf(root.dataset.theme) + 1) % ORDER.length];
    root.dataset.theme = next;
    const secure = location.protocol === "https:" ? "; Secure" : "";
    document.cookie = `theme=${next}; Path=/; Max-Age=${YEAR_S}; SameSite=Lax${secure}`;
    label(button, next);
  });
}

function label(button, theme) {
  button.setAttribute("aria-label", `Colours: ${NAMES[theme]}`);
  button.title = `Colours: ${NAMES[theme]}`;
}
