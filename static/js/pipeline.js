// The board: a card is moved by its menu; here also by dragging it, and by Shift and the arrow keys on its name.
(() => {
  let moved = null;
  const columns = () => [...document.querySelectorAll("[data-drop]")];
  const move = (card, stage) => {
    const form = card.querySelector(".move-panel");
    if (!form || card.dataset.stage === stage) return;
    form.elements.stage.value = stage;
    if (stage === "passed") {
      // To pass wants a reason: the menu asks for it.
      form.closest("details").open = true;
      form.elements.reason.focus();
      return;
    }
    moved = card.id;
    form.requestSubmit();
  };
  document.addEventListener("dragstart", (event) => {
    const card = event.target.closest?.(".board-card");
    if (!card) return;
    event.dataTransfer.setData("text/plain", card.id);
    event.dataTransfer.effectAllowed = "move";
    card.classList.add("is-dragged");
  });
  document.addEventListener("dragend", () => {
    for (const marked of document.querySelectorAll(".is-dragged, .is-target")) marked.classList.remove("is-dragged", "is-target");
  });
  document.addEventListener("dragover", (event) => {
    const column = event.target.closest?.("[data-drop]");
    if (!column || !document.querySelector(".is-dragged")) return;
    event.preventDefault();
    for (const other of columns()) other.classList.toggle("is-target", other === column);
  });
  document.addEventListener("drop", (event) => {
    const column = event.target.closest?.("[data-drop]");
    const card = document.querySelector(".is-dragged");
    if (!column || !card) return;
    event.preventDefault();
    move(card, column.dataset.drop);
  });
  document.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const card = event.target.closest?.(".board-name")?.closest(".board-card");
    if (!step || !event.shiftKey || !card) return;
    const stages = columns().map((column) => column.dataset.drop);
    const stage = stages[stages.indexOf(card.dataset.stage) + step];
    event.preventDefault();
    if (stage) move(card, stage);
  });
  document.addEventListener("submit", (event) => {
    if (event.target.matches(".move-panel")) moved = event.target.closest(".board-card").id;
  }, true);
  // The board was made anew: the reader is still at the card that was moved.
  document.addEventListener("htmx:afterSettle", () => {
    if (!moved) return;
    const card = document.getElementById(moved);
    moved = null;
    (card?.querySelector("details[open] select") ?? card?.querySelector(".board-name a"))?.focus();
  });
})();
