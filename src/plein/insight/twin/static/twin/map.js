// Turns the picture of the server into a map to move through. Without this file the page still says everything.
(() => {
  "use strict";
  const box = document.querySelector("[data-twin-map]");
  if (!box) return;
  const view = box.querySelector("[data-twin-view]");
  const form = document.querySelector("[data-twin-form]");
  const told = () => JSON.parse(document.getElementById("results").dataset.twinData);
  document.documentElement.classList.add("twin-scripted");

  // ---- Time: a slider over the same days as the list ------------------------------------------------------------

  const slide = document.querySelector("[data-twin-slide]");
  if (slide && form) {
    const range = slide.querySelector("input");
    const select = form.elements.dag;
    const days = JSON.parse(range.dataset.days);
    range.max = Math.max(0, days.length - 1);
    range.value = days.indexOf(select.value);
    slide.hidden = days.length < 2;
    const show = () => {
      select.value = days[range.value];
      range.setAttribute("aria-valuetext", select.selectedOptions[0]?.textContent ?? "");
    };
    let waiting = 0;
    range.addEventListener("input", () => {
      show();
      clearTimeout(waiting);
      waiting = setTimeout(() => form.requestSubmit(), 180);
    });
    range.addEventListener("change", (event) => event.stopPropagation());
    select.addEventListener("change", () => { range.value = days.indexOf(select.value); show(); });
    for (const button of slide.querySelectorAll("[data-twin-step]")) {
      button.addEventListener("click", () => {
        range.value = Number(range.value) + Number(button.dataset.twinStep);
        show();
        form.requestSubmit();
      });
    }
    show();
  }

  // ---- The map -------------------------------------------------------------------------------------------------

  if (!window.maplibregl) return;
  const gl = window.maplibregl;
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const palette = () => Object.fromEntries(
    [...box.querySelectorAll("[data-twin-palette] [data-colour]")].map((one) => [one.dataset.colour, opaque(getComputedStyle(one).backgroundColor)]),
  );

  // Colours come out of the style sheet in forms that MapLibre cannot read: paint them once and read the pixels.
  const pixel = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  function opaque(colour) {
    pixel.clearRect(0, 0, 1, 1);
    pixel.fillStyle = colour;
    pixel.fillRect(0, 0, 1, 1);
    const [red, green, blue] = pixel.getImageData(0, 0, 1, 1).data;
    return `rgb(${red},${green},${blue})`;
  }

  let colours = palette();
  const absolute = (address) => new URL(address, location.href).href.replaceAll("%7B", "{").replaceAll("%7D", "}");
  const stepped = (input, limits, used, name) => {
    const shades = used.map((number) => colours[`${name}-${number}`]);
    if (!shades.length) return colours[`${name}-3`];
    const steps = ["step", input, shades[0]];
    limits.forEach((limit, at) => steps.push(limit, shades[at + 1] ?? shades.at(-1)));
    return ["case", ["==", input, null], colours[`${name}-0`], steps];
  };

  gl.setWorkerUrl(box.dataset.worker);
  const first = told();
  if (!first.bounds) return;
  const room = () => (box.clientWidth < 700 ? { top: 20, left: 20, right: 20, bottom: 100 } : 48);
  const canvas = document.createElement("div");
  canvas.className = "mapbox__view";
  let map;
  try {
    map = new gl.Map({
      container: view,
      style: {
        version: 8,
        sources: {},
        layers: [{ id: "paper", type: "background", paint: { "background-color": colours.paper } }],
      },
      bounds: first.bounds,
      fitBoundsOptions: { padding: room() },
      attributionControl: false,
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
      fadeDuration: still ? 0 : 150,
      maxZoom: 18,
      cooperativeGestures: box.clientWidth < 700,
      locale: {
        "NavigationControl.ZoomIn": view.dataset.in,
        "NavigationControl.ZoomOut": view.dataset.out,
      },
    });
  } catch {
    return; // No WebGL: the picture of the server stays.
  }
  map.touchZoomRotate.disableRotation();
  map.addControl(new gl.NavigationControl({ showCompass: false }), "top-right");

  const empty = { type: "FeatureCollection", features: [] };
  let shown = {};
  let chosen = null;

  map.on("load", () => {
    view.querySelector("[data-twin-plate]")?.remove();
    map.addSource("background", { type: "geojson", data: absolute(first.background) });
    map.addSource("areas", { type: "geojson", data: empty, promoteId: "code" });
    map.addLayer({ id: "areas", type: "fill", source: "areas", paint: { "fill-color": colours.land } });
    const kind = (name) => ["==", ["get", "kind"], name];
    map.addLayer({ id: "parks", type: "fill", source: "background", filter: kind("park"), paint: { "fill-color": colours.park, "fill-opacity": 0.6 } });
    map.addLayer({ id: "water", type: "fill", source: "background", filter: ["all", kind("water"), ["==", ["geometry-type"], "Polygon"]], paint: { "fill-color": colours.water } });
    map.addLayer({ id: "streams", type: "line", source: "background", filter: kind("water"), paint: { "line-color": colours.water, "line-width": 2 } });
    map.addLayer({ id: "roads", type: "line", source: "background", filter: kind("road"), paint: { "line-color": colours.road, "line-width": ["interpolate", ["linear"], ["zoom"], 10, 1, 16, 5] } });
    map.addLayer({ id: "borders", type: "line", source: "areas", paint: { "line-color": colours.land, "line-width": ["interpolate", ["linear"], ["zoom"], 9, 0.5, 13, 1.5] } });
    map.addLayer({
      id: "chosen", type: "line", source: "areas",
      paint: { "line-color": colours.ink, "line-width": ["case", ["boolean", ["feature-state", "chosen"], false], 3, ["boolean", ["feature-state", "over"], false], 1.5, 0] },
    });
    update();
  });

  function paint() {
    const data = shown;
    if (!map.getLayer("areas")) return;
    for (const [layer, property, colour] of [
      ["paper", "background-color", "paper"], ["parks", "fill-color", "park"], ["water", "fill-color", "water"], ["streams", "line-color", "water"],
      ["roads", "line-color", "road"], ["borders", "line-color", data.areas ? "land" : "line"], ["chosen", "line-color", "ink"],
    ]) map.setPaintProperty(layer, property, colours[colour]);
    const value = ["feature-state", "value"];
    map.setPaintProperty("areas", "fill-color", data.areas ? stepped(value, data.areas.limits, data.areas.colours, data.areas.ramp) : colours.land);
    for (const layer of ["parks", "streams", "roads"]) map.setLayoutProperty(layer, "visibility", data.areas ? "none" : "visible");
    map.setPaintProperty("water", "fill-opacity", data.areas ? 0.75 : 1);
  }

  async function update() {
    const data = told();
    const before = shown;
    shown = data;
    if (before.shapes !== data.shapes) map.getSource("areas").setData(absolute(data.shapes));
    paint();
    await values(data);
    points(data, before);
    drawn();
  }

  function drawn() {
    map.once("idle", () => box.setAttribute("data-drawn", ""));
  }

  async function values(data) {
    if (!data.areas) { map.removeFeatureState({ source: "areas" }); return; }
    const answer = await fetch(data.areas.values);
    if (!answer.ok || shown !== data) return;
    const found = (await answer.json()).values;
    map.removeFeatureState({ source: "areas" });
    for (const [code, value] of Object.entries(found)) map.setFeatureState({ source: "areas", id: code }, { value });
    if (chosen) map.setFeatureState({ source: "areas", id: chosen }, { chosen: true });
  }

  function points(data, before) {
    const key = (one) => JSON.stringify([one.points, Boolean(one.areas)]);
    if (key(data) === key(before)) return;
    for (const layer of ["cells", "cell-edges", "points"]) if (map.getLayer(layer)) map.removeLayer(layer);
    if (map.getSource("points")) map.removeSource("points");
    if (!data.points) return;
    const value = ["get", "value"];
    const shade = data.points.colours.length ? stepped(value, data.points.limits, data.points.colours, "point") : null;
    const amount = ["interpolate", ["linear"], ["ln", ["max", 1, ["get", "count"]]], 0, colours["point-1"], 2, colours["point-2"], 4, colours["point-3"], 6, colours["point-5"]];
    map.addSource("points", { type: "vector", tiles: [absolute(data.points.tiles)], minzoom: 0, maxzoom: 16 });
    if (data.areas) {
      // Over coloured areas cells become dots, so that both can be read.
      map.addLayer({
        id: "cells", type: "circle", source: "points", "source-layer": "middles",
        paint: {
          "circle-color": shade ?? colours["point-5"], "circle-opacity": 0.92,
          "circle-radius": ["+", 3, ["*", 11, ["sqrt", ["get", "share"]]]],
          "circle-stroke-color": colours.land, "circle-stroke-width": 1,
        },
      });
    } else {
      map.addLayer({ id: "cells", type: "fill", source: "points", "source-layer": "cells", paint: { "fill-color": shade ?? amount, "fill-opacity": 0.82 } });
      map.addLayer({ id: "cell-edges", type: "line", source: "points", "source-layer": "cells", paint: { "line-color": colours.land, "line-width": 0.75 } });
    }
    map.addLayer({
      id: "points", type: "circle", source: "points", "source-layer": "points",
      paint: {
        "circle-color": shade ?? colours["point-5"],
        "circle-radius": ["interpolate", ["linear"], ["zoom"], 9, 4, 13, 6, 17, 10],
        "circle-stroke-color": colours.ink, "circle-stroke-width": 1.25,
      },
    });
  }

  // ---- Names of areas, as text of the page, where there is room for them ---------------------------------------

  let labels = [];
  function name() {
    for (const label of labels) label.remove();
    labels = [];
    if (!map.getSource("areas") || map.getZoom() < (shown.level === "wijk" ? 10.5 : 12.6)) return;
    const seen = new Map();
    const view = map.getBounds();
    for (const one of map.querySourceFeatures("areas")) {
      const { code, lon, lat } = one.properties;
      if (!seen.has(code) && view.contains([lon, lat])) seen.set(code, one.properties);
    }
    // The largest areas first; a name that would cover another stays away.
    const taken = [];
    for (const { name: text, lon, lat } of [...seen.values()].sort((one, two) => two.areaKm2 - one.areaKm2)) {
      const spot = map.project([lon, lat]);
      const half = Math.min(64, text.length * 3.6 + 4);
      const high = text.length > 18 ? 18 : 10;
      if (taken.some((other) => Math.abs(other.x - spot.x) < other.half + half && Math.abs(other.y - spot.y) < other.high + high)) continue;
      taken.push({ x: spot.x, y: spot.y, half, high });
      if (taken.length > 60) break;
      const element = document.createElement("div");
      element.className = "maplabel";
      element.textContent = text;
      labels.push(new gl.Marker({ element, opacityWhenCovered: 1 }).setLngLat([lon, lat]).addTo(map));
    }
  }
  map.on("moveend", name);
  map.on("sourcedata", (event) => { if (event.sourceId === "areas" && event.isSourceLoaded) name(); });

  // ---- To know more: the part beside the map --------------------------------------------------------------------

  const detail = document.getElementById("detail");
  const open = (address) => window.htmx.ajax("GET", address, { target: "#detail", swap: "innerHTML" });
  const choose = (code) => {
    if (chosen) map.setFeatureState({ source: "areas", id: chosen }, { chosen: false });
    chosen = code;
    if (code) map.setFeatureState({ source: "areas", id: code }, { chosen: true });
  };
  const withDay = (address, extra) => `${address}?${new URLSearchParams(extra)}`;

  map.on("click", (event) => {
    const near = [[event.point.x - 6, event.point.y - 6], [event.point.x + 6, event.point.y + 6]];
    const layers = ["points", "cells", "areas"].filter((layer) => map.getLayer(layer));
    const found = map.queryRenderedFeatures(near, { layers: layers.filter((layer) => layer === "points") });
    if (found.length) return open(withDay(shown.points.point, { id: found[0].properties.point, dag: shown.points.day }));
    const cell = map.queryRenderedFeatures(event.point, { layers: layers.filter((layer) => layer === "cells") });
    if (cell.length) return map.easeTo({ center: event.lngLat, zoom: Math.min(18, map.getZoom() + 2), duration: still ? 0 : 500 });
    const area = map.queryRenderedFeatures(event.point, { layers: ["areas"] });
    if (!area.length) return undefined;
    choose(area[0].id ?? area[0].properties.code);
    return open(withDay(shown.area.replace("TEGEL", chosen), shown.day ? { dag: shown.day } : {}));
  });

  let over = null;
  map.on("mousemove", (event) => {
    if (!map.getLayer("areas")) return;
    const layers = ["points", "cells", "areas"].filter((layer) => map.getLayer(layer));
    const found = map.queryRenderedFeatures(event.point, { layers });
    map.getCanvas().classList.toggle("maplibregl-pointer", found.length > 0);
    const code = found.find((one) => one.layer.id === "areas")?.properties.code ?? null;
    if (code === over) return;
    if (over) map.setFeatureState({ source: "areas", id: over }, { over: false });
    over = code;
    if (over) map.setFeatureState({ source: "areas", id: over }, { over: true });
  });

  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-twin-close]")) return;
    detail.replaceChildren();
    choose(null);
    view.focus();
  });
  document.body.addEventListener("htmx:afterSwap", (event) => {
    if (event.target.id === "detail" && detail.firstElementChild) detail.scrollIntoView({ block: "nearest", behavior: still ? "auto" : "smooth" });
  });
  document.body.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.target?.id === "results" && map.getSource("areas")) update();
  });

  // Light and dark, as the reader chooses.
  const repaint = () => { box.removeAttribute("data-drawn"); colours = palette(); paint(); const data = shown; points(data, {}); drawn(); };
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaint);
  new MutationObserver(repaint).observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
})();
