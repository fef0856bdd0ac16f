// The round without a connection: what was found waits on the phone and goes as soon as it can. The page works without.
(() => {
  "use strict";
  const list = document.querySelector("[data-round]");
  if (!list || !("indexedDB" in window)) return;
  const words = list.dataset;
  const line = document.querySelector("[data-waiting]");

  const store = new Promise((resolve, reject) => {
    const asked = indexedDB.open("plein-round", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore("found", { keyPath: "key" });
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
  const within = async (mode, act) => {
    const held = await store;
    return new Promise((resolve, reject) => {
      const change = held.transaction("found", mode);
      const asked = act(change.objectStore("found"));
      change.oncomplete = () => resolve(asked.result);
      change.onerror = change.onabort = () => reject(change.error);
    });
  };
  const waiting = () => within("readonly", (found) => found.getAll());

  const mark = (report, state, text) => {
    const item = list.querySelector(`[data-report="${CSS.escape(report)}"]`);
    if (!item) return;
    item.dataset.state = state;
    let said = item.querySelector("[data-said]");
    if (!said) {
      said = document.createElement("p");
      said.dataset.said = "";
      said.className = "notice";
      said.setAttribute("role", "status");
      item.append(said);
    }
    said.textContent = text;
    const fold = item.querySelector("details");
    if (fold) {
      fold.open = false;
      fold.hidden = state !== "refused";
    }
  };
  const tell = async () => {
    const found = await waiting();
    if (line) {
      line.hidden = !found.length;
      line.textContent = found.length ? words.waits.replace("{n}", found.length) : "";
    }
  };

  // One at a time, oldest first; what was refused stays on the phone until a person looked.
  let busy = false;
  const send = async () => {
    if (busy) return;
    busy = true;
    try {
      const found = (await waiting()).filter((one) => !one.refused).sort((a, b) => a.at - b.at);
      for (const one of found) {
        const body = new URLSearchParams({ ...one.told, csrfmiddlewaretoken: token(), done_at: new Date(one.at).toISOString() });
        const answer = await fetch(location.pathname, {
          method: "POST",
          body,
          headers: { Accept: "application/json", "X-CSRFToken": token() },
        });
        if (answer.redirected || answer.status === 403) {
          mark(one.told.report, "waiting", words.login);
          break;
        }
        const said = await answer.json();
        if (answer.ok) {
          await within("readwrite", (held) => held.delete(one.key));
          mark(one.told.report, "sent", said.said);
        } else if (answer.status < 500) {
          await within("readwrite", (held) => held.put({ ...one, refused: said.said }));
          mark(one.told.report, "refused", said.said);
        }
      }
    } catch {
      // no connection: everything still waits
    } finally {
      busy = false;
      await tell();
    }
  };
  const token = () => (document.cookie.match(/(?:^|; )csrftoken=([^;]+)/) || [])[1] || list.querySelector("[name=csrfmiddlewaretoken]").value;

  list.addEventListener("submit", async (event) => {
    const form = event.target;
    if (!form.matches("[data-found]")) return;
    event.preventDefault();
    const told = Object.fromEntries(new FormData(form, event.submitter));
    delete told.csrfmiddlewaretoken;
    await within("readwrite", (found) => found.put({ key: told.key, told, at: Date.now() }));
    mark(told.report, "waiting", words.kept);
    await tell();
    await send();
  });

  const begin = async () => {
    for (const one of await waiting()) mark(one.told.report, one.refused ? "refused" : "waiting", one.refused || words.kept);
    await tell();
    await send();
  };
  addEventListener("online", send);
  setInterval(send, 20000);
  begin();

  // The page itself stays on the phone, until whoever logs out takes it along.
  if ("serviceWorker" in navigator) {
    navigator.serviceWorker.register(words.worker, { scope: location.pathname }).catch(() => {});
    document.addEventListener("click", (event) => {
      const link = event.target.closest("a[href*='uitloggen']");
      if (link && "caches" in window) caches.delete("plein-round");
    });
  }
})();
