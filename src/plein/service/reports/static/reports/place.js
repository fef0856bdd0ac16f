// Pointing out a place: a press on the map or one's own position fills in the numbers that the form sends.
(() => {
  "use strict";
  const pick = document.querySelector("[data-pick]");
  if (!pick) return;
  const form = pick.closest("form");
  const [lon, lat, how] = ["lon", "lat", "how"].map((name) => form.querySelector(`input[name="${name}"]`));
  const told = pick.querySelector("[data-pick-told]");
  const box = pick.querySelector("[data-map]");
  let marker = null;

  const draw = (at) => {
    const map = box?.pleinMap?.map;
    if (!map || !window.maplibregl) return;
    marker ??= new window.maplibregl.Marker().setLngLat(at).addTo(map);
    marker.setLngLat(at);
  };
  const choose = (x, y, way, words) => {
    lon.value = x.toFixed(6);
    lat.value = y.toFixed(6);
    how.value = way;
    for (const radio of form.querySelectorAll('input[name="place"]')) radio.checked = false;
    told.textContent = words;
    draw([x, y]);
  };

  box?.addEventListener("plein:map", () => {
    const map = box.pleinMap.map;
    map.getCanvas().style.cursor = "crosshair";
    map.on("click", (event) => choose(event.lngLat.lng, event.lngLat.lat, "map", told.dataset.picked));
    if (lon.value && lat.value) {
      const at = [Number(lon.value), Number(lat.value)];
      draw(at);
      map.jumpTo({ center: at, zoom: 15 });
    }
  });
  form.addEventListener("change", (event) => {
    const radio = event.target.closest('input[name="place"]');
    if (!radio?.checked) return;
    lon.value = lat.value = how.value = "";
    const at = [Number(radio.dataset.lon), Number(radio.dataset.lat)];
    draw(at);
    box?.pleinMap?.map.jumpTo({ center: at, zoom: 15 });
  });

  const here = pick.querySelector("[data-pick-here]");
  if (here && navigator.geolocation) {
    pick.querySelector("[data-pick-tools]").hidden = false;
    here.addEventListener("click", () => {
      told.textContent = here.dataset.busy;
      navigator.geolocation.getCurrentPosition(
        ({ coords }) => {
          choose(coords.longitude, coords.latitude, "position", told.dataset.picked);
          box?.pleinMap?.map.jumpTo({ center: [coords.longitude, coords.latitude], zoom: 16 });
        },
        () => { told.textContent = here.dataset.denied; },
        { enableHighAccuracy: true, timeout: 10000 },
      );
    });
  }
})();
