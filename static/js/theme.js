// Loaded in the head before anything is drawn, so that a dark page never flashes white. Not a module on purpose.
(() => {
  const KEY = "spotid-theme";
  const system = matchMedia("(prefers-color-scheme: dark)");
  const read = () => {
    try {
      return localStorage.getItem(KEY);
    } catch {
      return null; // private windows may refuse; the system's choice is used then
    }
  };
  const apply = () => {
    const kept = read();
    const theme = kept === "light" || kept === "dark" ? kept : system.matches ? "dark" : "light";
    document.documentElement.dataset.theme = theme;
    const button = document.getElementById("theme");
    const other = theme === "dark" ? "light" : "dark";
    const says = button?.dataset[other] ?? "";
    button?.setAttribute("aria-label", says);
    button?.setAttribute("title", says);
  };
  apply();
  system.addEventListener("change", apply);
  addEventListener("DOMContentLoaded", () => {
    apply();
    document.getElementById("theme")?.addEventListener("click", () => {
      const next = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
      document.documentElement.dataset.theme = next;
      try {
        localStorage.setItem(KEY, next);
      } catch {
        return; // the change still holds for this page
      }
      apply();
    });
  });
})();
