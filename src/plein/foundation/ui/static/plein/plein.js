// Small comforts on top of pages that work without: no page needs this file.
(() => {
  "use strict";

  // A form that was refused: take the reader to the summary.
  const problems = document.querySelector("[data-problems]");
  if (problems) problems.focus();

  // Say whether the connection stands, where people work outside.
  const line = document.querySelector("[data-connection]");
  if (line) {
    const standing = line.innerHTML;
    const show = () => {
      line.classList.toggle("pocket__line--off", !navigator.onLine);
      if (navigator.onLine) line.innerHTML = standing;
      else line.textContent = line.dataset.off;
    };
    addEventListener("online", show);
    addEventListener("offline", show);
    show();
  }

  // A choice that acts at once when scripts run; its button stays for when they do not.
  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-at-once]");
    if (form) form.requestSubmit();
  });

  // The folded menu closes on Escape and when the focus leaves it.
  for (const fold of document.querySelectorAll("details.fold")) {
    fold.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && fold.open) {
        fold.open = false;
        fold.querySelector("summary").focus();
      }
    });
    fold.addEventListener("focusout", (event) => {
      if (event.relatedTarget && !fold.contains(event.relatedTarget)) fold.open = false;
    });
  }

  // Copy buttons: <button data-copy="text">.
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy]");
    if (button && navigator.clipboard) navigator.clipboard.writeText(button.dataset.copy);
  });
})();
