// Follow-up questions appear as soon as the answer that brings them is given. Without this file the button does it.
// What somebody is typing stays as it is: only questions that come or go are touched.
(() => {
  "use strict";
  const form = document.querySelector("form[data-asks]");
  const shown = document.getElementById("questions");
  if (!form || !shown) return;
  const asks = new Set(form.dataset.asks.split(" "));
  const named = (root) => new Map([...root.querySelectorAll("[data-q]")].map((one) => [one.dataset.q, one]));

  const settle = (fresh) => {
    const [wanted, present] = [named(fresh), named(shown)];
    for (const [name, one] of present) if (!wanted.has(name)) one.remove();
    for (const [name, one] of wanted) {
      if (present.has(name)) continue;
      const before = one.previousElementSibling?.closest("[data-q]");
      const place = before && named(shown).get(before.dataset.q);
      const inside = one.parentElement.closest("[data-q]");
      if (place) place.after(one);
      else if (inside && !present.has(inside.dataset.q)) continue;  // comes along with the group it stands in
      else shown.prepend(one);
    }
  };

  let asked = 0;
  form.addEventListener("change", async (event) => {
    const key = (event.target.name || "").split(".").pop();
    if (!asks.has(key)) return;
    const turn = ++asked;
    const data = new FormData(form);
    for (const [name, value] of [...data]) if (value instanceof File) data.delete(name);
    data.set("do", "refresh");
    const answer = await fetch(form.action, { method: "POST", body: data, headers: { "HX-Request": "true" } }).catch(() => null);
    if (!answer?.ok || turn !== asked) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("questions");
    if (fresh) settle(fresh);
  });
})();
