// Keeps the page of the round and the files it is made of on the phone. The network comes first, always.
"use strict";
const NAME = "plein-round";
self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("message", (event) => {
  if (event.data === "forget") event.waitUntil(caches.delete(NAME));
});
self.addEventListener("fetch", (event) => {
  const request = event.request;
  if (request.method !== "GET" || new URL(request.url).origin !== location.origin) return;
  event.respondWith(fresh(request));
});

async function fresh(request) {
  const kept = await caches.open(NAME);
  try {
    const answer = await fetch(request);
    if (answer.ok && !answer.redirected) await kept.put(request, answer.clone());
    if (answer.redirected && request.mode === "navigate") await caches.delete(NAME); // logged out: nothing stays behind
    return answer;
  } catch (error) {
    const held = await kept.match(request, { ignoreVary: true });
    if (held) return held;
    throw error;
  }
}
