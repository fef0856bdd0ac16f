// A place by pointing: a press on the map, or one's own position, fills in the two numbers that the form sends anyway.
// The box may be drawn anew while somebody answers, so everything is looked up when it is needed.
(() => {
  "use strict";
  const markers = new WeakMap();
  const box = (place) => place.querySelector("[data-map]");
  const part = (place, name) => place.querySelector(`[data-place-${name}]`);

  const mark = (place, at, zoom) => {
    const map = box(place)?.pleinMap?.map;
    if (!map || !window.maplibregl) return;
    if (!markers.has(map)) markers.set(map, new window.maplibregl.Marker().setLngLat(at).addTo(map));
    markers.get(map).setLngLat(at);
    if (zoom) map.jumpTo({ center: at, zoom });
  };
  const choose = (place, lon, lat, how, zoom) => {
    part(place, "lon").value = lon.toFixed(6);
    part(place, "lat").value = lat.toFixed(6);
    part(place, "how").value = how;
    const told = part(place, "told");
    told.textContent = told.dataset.picked;
    mark(place, [lon, lat], zoom);
  };
  const ready = (place) => {
    const map = box(place)?.pleinMap?.map;
    if (!map) return;
    map.getCanvas().style.cursor = "crosshair";
    map.on("click", (event) => choose(place, event.lngLat.lng, event.lngLat.lat, "map"));
    const [lon, lat] = ["lon", "lat"].map((name) => Number(part(place, name).value));
    if (lon && lat) mark(place, [lon, lat], 15);
  };

  document.addEventListener("plein:map", (event) => {
    const place = event.target.closest("[data-place]");
    if (place) ready(place);
  }, true);

  const offer = () => {
    if (navigator.geolocation) for (const tools of document.querySelectorAll("[data-place-tools]")) tools.hidden = false;
  };
  offer();
  document.addEventListener("click", (event) => {
    const here = event.target.closest("[data-place-here]");
    if (!here) return;
    const place = here.closest("[data-place]");
    const told = part(place, "told");
    told.textContent = told.dataset.busy;
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => choose(place, coords.longitude, coords.latitude, "own", 16),
      () => { told.textContent = told.dataset.denied; },
      { enableHighAccuracy: true, timeout: 10000 },
    );
  });
})();
