// Draws the maps of a page from the JSON in their <template>. Under it lie our own water, roads and neighbourhoods.
// A map is `box.pleinMap`: { map, show(drawing) }; it sends "plein:picked" with the id of what was pressed.
(() => {
  "use strict";
  const maplibregl = window.maplibregl;

  const probe = document.createElement("span");
  probe.hidden = true;
  document.body.append(probe);
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 1;
  const brush = canvas.getContext("2d", { willReadFrequently: true });
  const token = (name) => {
    probe.style.color = `var(--plein-${name})`;
    const colour = getComputedStyle(probe).color;
    brush.clearRect(0, 0, 1, 1);
    brush.fillStyle = colour;
    brush.fillRect(0, 0, 1, 1);
    const [red, green, blue] = brush.getImageData(0, 0, 1, 1).data;
    return `rgb(${red},${green},${blue})`;
  };
  const TOKENS = ["amount", "better", "kind"].flatMap((scale) => [1, 2, 3, 4, 5, 6, 7].map((n) => `${scale}-${n}`));
  const byToken = () => {
    const known = TOKENS.filter((name) => !/^(amount|better)-[67]$/.test(name));
    return ["match", ["get", "step"], ...known.flatMap((name) => [name, token(name)]), token("no-data")];
  };
  const sized = (base) => ["interpolate", ["linear"], ["zoom"], 9, ["*", base, ["get", "size"]], 14, ["*", base * 2.2, ["get", "size"]]];
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const collection = (features) => ({ type: "FeatureCollection", features });

  function groundLayers(drawing) {
    const dark = token("paper") !== "rgb(251,250,246)" && getComputedStyle(probe).colorScheme.includes("dark");
    const line = token("line-strong");
    const layers = [{ id: "paper", type: "background", paint: { "background-color": token("sunken") } }];
    if (drawing.pdok) {
      layers.push({ id: "pdok", type: "raster", source: "pdok", paint: { "raster-opacity": dark ? 0.35 : 0.8, "raster-saturation": -0.4 } });
      return layers;
    }
    layers.push(
      { id: "ground", type: "fill", source: "areas", paint: { "fill-color": token("surface") } },
      { id: "green", type: "fill", source: "background", filter: ["in", ["get", "kind"], ["literal", ["park", "green"]]], paint: { "fill-color": token("linde-soft") } },
      { id: "water", type: "fill", source: "background", filter: ["all", ["==", ["get", "kind"], "water"], ["==", ["geometry-type"], "Polygon"]], paint: { "fill-color": token("gracht-soft") } },
      { id: "stream", type: "line", source: "background", filter: ["all", ["==", ["get", "kind"], "water"], ["==", ["geometry-type"], "LineString"]], paint: { "line-color": token("amount-2"), "line-width": ["interpolate", ["linear"], ["zoom"], 10, 2, 15, 9] } },
      { id: "road", type: "line", source: "background", filter: ["==", ["get", "kind"], "road"], paint: { "line-color": token("line"), "line-width": ["interpolate", ["linear"], ["zoom"], 10, 1, 15, 5] } },
      { id: "border", type: "line", source: "areas", paint: { "line-color": line, "line-opacity": 0.55, "line-width": ["interpolate", ["linear"], ["zoom"], 9, 0.4, 14, 1.4] } },
    );
    return layers;
  }

  function topLayers(drawing) {
    const rim = token("surface");
    const ink = token("ink");
    if (drawing.kind === "areas") {
      return [
        { id: "fill", type: "fill", source: "shown", paint: { "fill-color": byToken(), "fill-opacity": 0.88 } },
        { id: "edge", type: "line", source: "shown", paint: { "line-color": rim, "line-width": 1 } },
        { id: "picked", type: "line", source: "shown", filter: ["==", ["get", "code"], ""], paint: { "line-color": token("klinker"), "line-width": 3.5 } },
      ];
    }
    const paint = { "circle-color": byToken(), "circle-radius": sized(5), "circle-stroke-color": ink, "circle-stroke-width": 1.25 };
    if (drawing.kind === "tiles") {
      const steps = ["step", ["get", "value"], token(drawing.steps[0]), ...drawing.breaks.flatMap((cut, at) => [cut, token(drawing.steps[at + 1])])];
      const colour = ["case", ["has", "value"], steps, token("no-data")];
      const many = ["case", ["has", "count"], ["min", 12, ["+", 3, ["ln", ["max", 1, ["get", "count"]]]]], 4];
      return [{ id: "dots", type: "circle", source: "shown", "source-layer": drawing.layer, paint: { "circle-color": colour, "circle-radius": many, "circle-stroke-color": ink, "circle-stroke-width": 0.75 } }];
    }
    return [
      { id: "crowd", type: "circle", source: "shown", filter: ["has", "point_count"], paint: { "circle-color": token("gracht"), "circle-radius": ["interpolate", ["linear"], ["get", "point_count"], 2, 13, 100, 22, 2000, 34], "circle-stroke-color": rim, "circle-stroke-width": 2 } },
      { id: "crowd-number", type: "symbol", source: "shown", filter: ["has", "point_count"], layout: { "text-field": ["get", "point_count_abbreviated"], "text-size": 14, "text-font": ["Bold", "Atkinson Hyperlegible Next"], "text-allow-overlap": true }, paint: { "text-color": token("on-gracht") } },
      { id: "dots", type: "circle", source: "shown", filter: ["!", ["has", "point_count"]], paint },
      { id: "picked", type: "circle", source: "shown", filter: ["==", ["get", "id"], ""], paint: { ...paint, "circle-radius": sized(8), "circle-stroke-color": token("klinker"), "circle-stroke-width": 4 } },
    ];
  }

  const FONT = "'Atkinson Hyperlegible Next', sans-serif";
  const names = (under) => ({
    id: "names", type: "symbol", source: "names", minzoom: 10,
    layout: { "text-field": ["get", "name"], "text-size": ["interpolate", ["linear"], ["zoom"], 10, 11, 14, 15], "text-font": ["Semibold", "Atkinson Hyperlegible Next"], "text-max-width": 7, "text-padding": 4, ...(under ? { "text-anchor": "top", "text-offset": [0, 0.9] } : {}) },
    paint: { "text-color": token(under ? "ink-soft" : "ink"), "text-halo-color": token("surface"), "text-halo-width": 1.75 },
  });

  const centres = (areas) => collection(areas.features.filter((one) => "lon" in one.properties).map((one) => ({
    type: "Feature", properties: one.properties, geometry: { type: "Point", coordinates: [one.properties.lon, one.properties.lat] },
  })));

  function shownFeatures(drawing, shapes) {
    if (drawing.kind === "areas") {
      const features = shapes.features.filter((one) => one.properties.code in drawing.fill);
      return collection(features.map((one) => {
        const [step, label, href] = drawing.fill[one.properties.code];
        return { ...one, properties: { ...one.properties, id: one.properties.code, step, label, href } };
      }));
    }
    const size = (step) => (/^(amount|better)-/.test(step) ? 0.75 + 0.14 * Number(step.split("-")[1]) : 1);
    return collection(drawing.spots.map(([id, lon, lat, step, name, label, href]) => ({
      type: "Feature", properties: { id, step, name, label, href, size: size(step) }, geometry: { type: "Point", coordinates: [lon, lat] },
    })));
  }

  function boundsOf(features) {
    const bounds = new maplibregl.LngLatBounds();
    const walk = (part) => (typeof part[0] === "number" ? bounds.extend(part) : part.forEach(walk));
    for (const one of features) walk(one.geometry.coordinates);
    return bounds;
  }

  const fetched = new Map();
  const load = (address) => {
    if (!fetched.has(address)) {
      fetched.set(address, fetch(address).then((answer) => (answer.ok ? answer.json() : collection([]))));
    }
    return fetched.get(address);
  };

  async function draw(box) {
    let drawing = JSON.parse(box.querySelector("template").content.textContent);
    const view = box.querySelector("[data-view]");
    maplibregl.setWorkerUrl(drawing.worker);
    const [areas, background, shapes] = await Promise.all([
      load(drawing.areas), load(drawing.background), drawing.kind === "areas" ? load(drawing.shapes) : null,
      ...[400, 600, 700].map((weight) => document.fonts.load(`${weight} 16px ${FONT}`)),
    ]);
    const sources = () => ({
      areas: { type: "geojson", data: areas },
      background: { type: "geojson", data: background },
      names: { type: "geojson", data: centres(drawing.kind === "areas" ? shapes : areas) },
      shown: drawing.kind === "tiles"
        ? { type: "vector", tiles: [new URL(drawing.tiles, location.href).href.replaceAll("%7B", "{").replaceAll("%7D", "}")], minzoom: drawing.zooms[0], maxzoom: drawing.zooms[1] }
        : { type: "geojson", data: shownFeatures(drawing, shapes), ...(drawing.clustered ? { cluster: true, clusterRadius: 44, clusterMaxZoom: 13 } : {}) },
      ...(drawing.pdok ? { pdok: { type: "raster", tiles: [drawing.pdok], tileSize: 256, attribution: "Kaartgegevens © Kadaster" } } : {}),
    });
    const style = () => ({ version: 8, sources: sources(), layers: drawing.kind === "areas" ? [...groundLayers(drawing), ...topLayers(drawing), names(false)] : [...groundLayers(drawing), names(true), ...topLayers(drawing)] });
    const features = drawing.kind === "tiles" ? [] : shownFeatures(drawing, shapes).features;
    const bounds = boundsOf(features.length ? features : areas.features);
    view.replaceChildren();
    const map = new maplibregl.Map({
      container: view,
      style: style(),
      ...(bounds.isEmpty() ? { center: [5.3, 52.2], zoom: 7 } : { bounds, fitBoundsOptions: { padding: 40, maxZoom: 14 } }),
      attributionControl: drawing.pdok ? { compact: false } : false,
      localIdeographFontFamily: FONT,
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
      cooperativeGestures: false,
      fadeDuration: still ? 0 : 200,
      locale: { "Map.Title": box.querySelector("[data-view]").dataset.summary + " " + drawing.words.title, "NavigationControl.ZoomIn": drawing.words.zoomIn, "NavigationControl.ZoomOut": drawing.words.zoomOut, "Popup.Close": drawing.words.close },
    });
    map.touchZoomRotate.disableRotation();
    map.addControl(new maplibregl.NavigationControl({ showCompass: false }), "top-right");
    const shown = { map, popup: null };

    // Where PDOK cannot be reached from the start, our own water, roads and borders take its place.
    if (drawing.pdok) {
      let reached = false;
      map.on("sourcedata", (event) => { reached ||= event.sourceId === "pdok" && event.tile?.state === "loaded"; });
      map.on("error", (event) => {
        if (event.sourceId !== "pdok" || reached || !drawing.pdok) return;
        drawing = { ...drawing, pdok: "" };
        map.setStyle(style());
      });
    }

    const say = (properties, at) => {
      const content = document.createElement("div");
      const name = document.createElement("p");
      const strong = document.createElement(properties.href ? "a" : "strong");
      strong.textContent = properties.name;
      if (properties.href) strong.href = properties.href;
      name.append(strong);
      content.append(name);
      if (properties.label) {
        const label = document.createElement("p");
        label.textContent = properties.label;
        content.append(label);
      }
      if (shown.popup) shown.popup.remove();
      shown.popup = new maplibregl.Popup({ maxWidth: "18rem", focusAfterOpen: false }).setLngLat(at).setDOMContent(content).addTo(map);
    };
    const pick = (id) => {
      if (map.getLayer("picked")) map.setFilter("picked", ["==", ["get", drawing.kind === "areas" ? "code" : "id"], id]);
    };
    const solid = () => ["fill", "dots", "crowd"].filter((id) => map.getLayer(id));
    map.on("click", async (event) => {
      const [hit] = map.queryRenderedFeatures(event.point, { layers: solid() });
      if (!hit) return;
      if (hit.properties.point_count && hit.layer.id === "crowd") {
        const zoom = await map.getSource("shown").getClusterExpansionZoom(hit.properties.cluster_id);
        map.easeTo({ center: hit.geometry.coordinates, zoom, animate: !still });
        return;
      }
      const id = hit.properties.id ?? hit.properties.code;
      pick(id);
      say(hit.properties, event.lngLat);
      box.dispatchEvent(new CustomEvent("plein:picked", { bubbles: true, detail: { id, properties: hit.properties } }));
    });
    map.on("mousemove", (event) => {
      map.getCanvas().style.cursor = map.queryRenderedFeatures(event.point, { layers: solid() }).length ? "pointer" : "";
    });

    // The list beside: what has the pointer or the focus there is ringed on the map.
    for (const list of document.querySelectorAll("[data-map-list]")) {
      for (const kind of ["mouseover", "focusin"]) {
        list.addEventListener(kind, (event) => pick(event.target.closest("[data-id]")?.dataset.id ?? ""));
      }
    }

    // New numbers on the same map: for a slider through time.
    shown.show = async (next) => {
      drawing = { ...drawing, ...next };
      const data = drawing.kind === "areas" ? await load(drawing.shapes) : null;
      if (drawing.kind === "tiles") map.getSource("shown").setTiles([new URL(drawing.tiles, location.href).href.replaceAll("%7B", "{").replaceAll("%7D", "}")]);
      else map.getSource("shown").setData(shownFeatures(drawing, data));
    };
    const drawn = () => map.once("idle", () => box.setAttribute("data-drawn", ""));
    shown.recolour = () => { box.removeAttribute("data-drawn"); map.setStyle(style()); drawn(); };
    box.pleinMap = shown;
    box.dispatchEvent(new CustomEvent("plein:map", { bubbles: true }));
    drawn();
  }

  const boxes = [...document.querySelectorAll("[data-map]")];
  const seen = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (entry.isIntersecting) {
        seen.unobserve(entry.target);
        draw(entry.target).catch((error) => console.error("map", error));
      }
    }
  }, { rootMargin: "300px" });
  for (const box of boxes) seen.observe(box);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => boxes.forEach((box) => box.pleinMap?.recolour()));
})();
