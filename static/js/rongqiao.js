// A form is sent once, and only after a yes where `data-confirm` asks.
document.addEventListener("submit", (event) => {
  const form = event.target;
  const question = event.submitter?.dataset.confirm;
  if (question && !window.confirm(question)) {
    event.preventDefault();
    return;
  }
  // The address may have changed since the page was made: filters write into it.
  if (form.matches(".language-form")) form.elements.next.value = location.pathname + location.search;
  if (form.matches(".search-form")) form.elements.query.value = location.search;
  if (form.method !== "post" || form.hasAttribute("hx-post")) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "1";
});
// A button that fills a field: what is suggested is taken over with one click.
document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-fill]");
  if (!button) return;
  const field = document.getElementById(button.dataset.fill);
  field.value = button.value;
  field.dispatchEvent(new Event("change", { bubbles: true }));
});
// The suggestion that the field shows is marked, however it came there.
document.addEventListener("change", (event) => {
  for (const button of document.querySelectorAll(`button[data-fill="${CSS.escape(event.target.id)}"]`)) {
    button.setAttribute("aria-pressed", String(button.value === event.target.value));
  }
});
// Back to a page that the browser kept: it may be sent again.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});
// A menu closes when something else is clicked, or on Escape.
const closeMenus = (except) => {
  for (const menu of document.querySelectorAll("details.account-menu[open], details.menu[open], details[data-several][open]")) {
    if (menu !== except) menu.open = false;
  }
};
document.addEventListener("click", (event) => closeMenus(event.target.closest("details")));
document.addEventListener("keydown", (event) => { if (event.key === "Escape") closeMenus(null); });
// A list from which several are chosen names them at once, closed again or not.
document.addEventListener("change", (event) => {
  const list = event.target.closest("details[data-several]");
  if (!list) return;
  const shown = list.querySelector("summary > span");
  const chosen = [...list.querySelectorAll("input:checked")].map((box) => box.parentElement.textContent.trim());
  shown.textContent = chosen.join(shown.dataset.comma) || shown.dataset.empty;
});
// A long list of boxes is narrowed by what is typed; what is ticked stays in sight.
for (const field of document.querySelectorAll("[data-narrowed]")) {
  const typed = field.querySelector(".checks-filter");
  const nothing = field.querySelector(".checks-none");
  typed.hidden = false;
  typed.addEventListener("input", () => {
    const wanted = typed.value.trim().toLowerCase();
    let shown = 0;
    for (const group of field.querySelectorAll(".checks-group")) {
      const whole = group.querySelector(".checks-heading")?.textContent.toLowerCase().includes(wanted);
      let inside = 0;
      for (const one of group.querySelectorAll(".form-check")) {
        const kept = whole || one.textContent.toLowerCase().includes(wanted) || one.querySelector("input").checked;
        one.hidden = !kept;
        inside += kept;
      }
      group.hidden = !inside;
      shown += inside;
    }
    nothing.hidden = shown > 0;
  });
  // Enter would send the form.
  typed.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
}
// On a narrow screen the list comes first; the filters open on demand, or where one of them is wrong.
if (window.matchMedia("(max-width: 991.98px)").matches) {
  for (const filters of document.querySelectorAll("details.filters")) filters.open = Boolean(filters.querySelector(".is-invalid, .invalid-feedback"));
}
// Printing has a button where a script can open the printer's window; what is folded is unfolded on paper.
for (const button of document.querySelectorAll("button[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
window.addEventListener("beforeprint", () => {
  for (const rows of document.querySelectorAll("details.figure-rows")) rows.open = true;
});
// What is wider than its place is scrolled by the keyboard, too.
const scrolled = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    if (target.scrollWidth > target.clientWidth) target.tabIndex = 0;
    else target.removeAttribute("tabindex");
  }
});
document.addEventListener("htmx:load", (event) => {
  for (const wrap of event.detail.elt.querySelectorAll(".table-wrap")) scrolled.observe(wrap);
});
