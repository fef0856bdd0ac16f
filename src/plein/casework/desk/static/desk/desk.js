// Walk along the work with the arrow keys, j and k while the focus is in the list; x ticks a case. Pages work without.
(() => {
  "use strict";
  document.addEventListener("keydown", (event) => {
    const row = event.target.closest("[data-walk] > li");
    if (!row || event.altKey || event.ctrlKey || event.metaKey) return;
    const steps = { ArrowDown: "nextElementSibling", j: "nextElementSibling", ArrowUp: "previousElementSibling", k: "previousElementSibling" };
    if (steps[event.key]) {
      const other = row[steps[event.key]];
      if (other) {
        event.preventDefault();
        other.querySelector("a").focus();
      }
    } else if (event.key === "x" && event.target.matches("a")) {
      const box = row.querySelector("input[type=checkbox]");
      if (box) box.checked = !box.checked;
    }
  });

  // A form that came in its place gets the focus, and its refusal is shown in place too.
  document.addEventListener("htmx:beforeSwap", (event) => {
    if ([409, 422].includes(event.detail.xhr.status)) {
      event.detail.shouldSwap = true;
      event.detail.isError = false;
    }
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id !== "deed") return;
    const first = event.detail.target.querySelector("[data-problems], input:not([type=hidden]), textarea, select");
    if (first) first.focus();
  });
})();
