// The box in the header: / leads there, arrows walk through what is offered, Enter opens it, Escape closes the list.
for (const form of document.querySelectorAll("form[data-find]")) {
  const box = form.querySelector("[role=combobox]");
  const list = document.getElementById(box.getAttribute("aria-controls"));
  const options = () => [...list.querySelectorAll("a[role=option]")];
  let at = -1;

  const mark = (next) => {
    const all = options();
    at = all.length ? (next + all.length + 1) % (all.length + 1) : -1;
    // One step past the last is the box itself.
    if (at === all.length) at = -1;
    all.forEach((option, number) => option.setAttribute("aria-selected", String(number === at)));
    if (at < 0) return box.removeAttribute("aria-activedescendant");
    box.setAttribute("aria-activedescendant", all[at].id);
    all[at].scrollIntoView({ block: "nearest" });
  };
  const show = (open) => {
    list.hidden = !open;
    box.setAttribute("aria-expanded", String(open));
    if (!open) mark(-1);
  };

  list.addEventListener("htmx:afterSwap", () => {
    show(box.value.trim() !== "" && document.activeElement === box);
    mark(-1);
  });
  box.addEventListener("input", () => { if (!box.value.trim()) show(false); });
  box.addEventListener("focus", () => show(box.value.trim() !== "" && list.childElementCount > 0));
  form.addEventListener("focusout", (event) => { if (!form.contains(event.relatedTarget)) show(false); });
  // A press would take the focus away, and with it the list, before the click arrives.
  list.addEventListener("mousedown", (event) => event.preventDefault());
  box.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "Escape") {
      if (!list.hidden) event.preventDefault();
      show(false);
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (!options().length) return;
      event.preventDefault();
      if (list.hidden) show(true);
      mark(at + (event.key === "ArrowDown" ? 1 : at < 0 ? 0 : -1));
    } else if (event.key === "Enter" && at >= 0) {
      event.preventDefault();
      options()[at].click();
    }
  });
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey || !box.offsetParent) return;
    event.preventDefault();
    box.focus();
    box.select();
  });
}
