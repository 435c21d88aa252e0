// Before the first paint: the reader's choice, else what the device prefers; paper is white.
(() => {
  const root = document.documentElement;
  const device = window.matchMedia("(prefers-color-scheme: dark)");
  const chosen = () => {
    try { return localStorage.getItem("theme"); } catch { return null; }
  };
  const show = () => root.setAttribute("data-bs-theme", chosen() || (device.matches ? "dark" : "light"));
  show();
  device.addEventListener("change", show);
  window.addEventListener("beforeprint", () => root.setAttribute("data-bs-theme", "light"));
  window.addEventListener("afterprint", show);
  document.addEventListener("DOMContentLoaded", () => {
    for (const button of document.querySelectorAll("[data-theme-switch]")) {
      button.hidden = false;
      button.addEventListener("click", () => {
        const next = root.getAttribute("data-bs-theme") === "dark" ? "light" : "dark";
        try { localStorage.setItem("theme", next); } catch { /* the choice lasts for this page */ }
        root.setAttribute("data-bs-theme", next);
      });
    }
  });
})();
