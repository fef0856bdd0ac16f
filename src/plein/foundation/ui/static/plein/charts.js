// Draws the charts of a page from the JSON in their <template>, in the colours and fonts of the theme.
// Expressions run in vega-interpreter: the security policy forbids eval. Without this file the table is the chart.
(() => {
  "use strict";
  const { View, parse, compile, expressionInterpreter, logger, Error: ERRORS } = window.pleinVega;

  const LOCALES = {
    nl: {
      number: { decimal: ",", thousands: ".", grouping: [3], currency: ["€ ", ""] },
      time: {
        dateTime: "%a %e %B %Y %X", date: "%d-%m-%Y", time: "%H:%M:%S", periods: ["AM", "PM"],
        days: ["zondag", "maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag"],
        shortDays: ["zo", "ma", "di", "wo", "do", "vr", "za"],
        months: ["januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september", "oktober", "november", "december"],
        shortMonths: ["jan", "feb", "mrt", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec"],
      },
    },
    en: undefined,
  };
  const TIME_AXIS = {
    en: 'timeFormat(datum.value, hours(datum.value) === 0 ? (month(datum.value) === 0 && date(datum.value) === 1 ? "%Y" : date(datum.value) === 1 ? "%b" : "%e %b") : "%H:%M")',
  };
  TIME_AXIS.nl = TIME_AXIS.en;

  // A token may be light-dark(...): let the browser work it out.
  const probe = document.createElement("span");
  probe.hidden = true;
  document.body.append(probe);
  const token = (name) => {
    probe.style.color = `var(--plein-${name})`;
    return getComputedStyle(probe).color;
  };

  const config = (language) => {
    const font = getComputedStyle(document.body).fontFamily;
    const soft = token("ink-soft");
    const line = token("line");
    const kinds = [1, 2, 3, 4, 5, 6, 7].map((n) => token(`kind-${n}`));
    return {
      background: "transparent",
      font,
      locale: LOCALES[language],
      view: { stroke: null },
      padding: { left: 4, right: 12, top: 8, bottom: 4 },
      line: { color: token("gracht") },
      bar: { color: token("gracht") },
      point: { color: token("gracht") },
      range: { category: kinds, ramp: [1, 2, 3, 4, 5].map((n) => token(`amount-${n}`)), diverging: [1, 2, 3, 4, 5].map((n) => token(`better-${n}`)) },
      axis: { labelColor: soft, labelFontSize: 14, domainColor: token("line-strong"), tickColor: line, gridColor: line, titleColor: soft, domainWidth: 1 },
      axisY: { domain: false, ticks: false, labelPadding: 6 },
      axisX: { grid: false },
      axisTemporal: { labelExpr: TIME_AXIS[language] },
      legend: { labelColor: token("ink"), labelFontSize: 14, symbolStrokeWidth: 3, labelLimit: 220, rowPadding: 4, columnPadding: 18 },
      style: { limit: { color: token("klinker") }, "limit-label": { color: token("klinker"), fontSize: 13, fontWeight: 600 }, pointer: { color: token("line-strong") } },
    };
  };

  const written = (drawing) => {
    const places = drawing.decimals;
    return new Intl.NumberFormat(drawing.language, places === null ? { maximumSignificantDigits: 4 } : { minimumFractionDigits: places, maximumFractionDigits: places });
  };

  const whenWords = (language, rows) => {
    const midnight = rows.every((row) => new Date(row.x).getHours() === 0);
    return new Intl.DateTimeFormat(language, midnight ? { dateStyle: "long" } : { dateStyle: "medium", timeStyle: "short" });
  };

  function specOf(drawing, width) {
    const temporal = drawing.kind === "line";
    const rows = drawing.rows.map(([x, y, s]) => ({ x: temporal ? Date.parse(x) : x, y, ...(s === undefined ? {} : { s }) }));
    const spec = structuredClone(drawing.spec);
    spec.datasets = { rows, limits: drawing.limits.map(([y, label]) => ({ y, label })) };
    spec.width = Math.max(160, width);
    spec.autosize = { type: "fit-x", contains: "padding" };
    if (drawing.kind === "bars") spec.layer[0].encoding.y.axis.labelLimit = Math.min(220, width * 0.42);
    if (temporal) spec.layer[0].encoding.x.axis.tickCount = Math.max(2, Math.round(width / 95));
    for (const channel of ["color", "strokeDash"]) {
      const legend = spec.layer[0].encoding[channel]?.legend;
      if (legend) legend.columns = Math.max(1, Math.floor(width / 190));
    }
    return { spec, rows };
  }

  async function draw(box) {
    const drawing = JSON.parse(box.querySelector("template").content.textContent);
    const target = box.querySelector("[data-view]");
    const readout = box.querySelector("[data-readout]");
    const { spec, rows } = specOf(drawing, target.clientWidth);
    const vega = compile(spec, { config: config(drawing.language), logger: logger(ERRORS) }).spec;
    const view = new View(parse(vega, null, { ast: true }), {
      expr: expressionInterpreter, renderer: "svg", logLevel: ERRORS, container: target, hover: false,
    });
    target.setAttribute("role", "application");
    target.setAttribute("aria-label", `${target.dataset.summary} ${target.dataset.hint}`);
    target.tabIndex = 0;
    await view.runAsync();
    const svg = target.querySelector("svg");
    if (svg) {
      svg.setAttribute("aria-hidden", "true");
      svg.removeAttribute("role");
      svg.removeAttribute("aria-roledescription");
    }
    point(box, { drawing, rows, view, target, readout });
  }

  // Pointing: by mouse, by finger or by arrow key; what is pointed at is drawn and said.
  function point(box, { drawing, rows, view, target, readout }) {
    const places = [...new Set(rows.map((row) => row.x))];
    const numbers = written(drawing);
    const when = drawing.kind === "line" ? whenWords(drawing.language, rows) : null;
    let place = -1;

    const show = (next) => {
      place = Math.max(0, Math.min(places.length - 1, next));
      const x = places[place];
      const here = rows.filter((row) => row.x === x);
      const values = here.map((row) => `${row.s === undefined ? "" : `${row.s} `}${row.y === null ? "–" : numbers.format(row.y)}`);
      readout.textContent = `${when ? when.format(x) : x}: ${values.join(" · ")} ${drawing.unit}`;
      view.signal("at", x).runAsync();
    };
    const clear = () => {
      place = -1;
      readout.textContent = "";
      view.signal("at", null).runAsync();
    };

    const steps = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1, PageDown: 10, PageUp: -10 };
    target.addEventListener("keydown", (event) => {
      if (event.key === "Escape") return clear();
      if (event.key === "Home" || event.key === "End") show(event.key === "Home" ? 0 : places.length - 1);
      else if (event.key in steps) show(place < 0 ? (steps[event.key] > 0 ? 0 : places.length - 1) : place + steps[event.key]);
      else return undefined;
      event.preventDefault();
      return undefined;
    });
    view.addEventListener("pointermove", (event, item) => {
      if (drawing.kind !== "line") {
        const at = item && item.datum ? places.indexOf(item.datum.x) : -1;
        return at < 0 ? clear() : show(at);
      }
      const [left] = view.origin();
      const box = target.getBoundingClientRect();
      const x = Number(view.scale("x").invert(event.clientX - box.left - left - view.padding().left));
      if (!Number.isFinite(x)) return clear();
      let low = 0;
      let high = places.length - 1;
      while (low < high) {
        const middle = (low + high) >> 1;
        if (places[middle] < x) low = middle + 1;
        else high = middle;
      }
      return show(low > 0 && x - places[low - 1] < places[low] - x ? low - 1 : low);
    });
    target.addEventListener("pointerleave", clear);
    box.pleinView = view;
  }

  const boxes = [...document.querySelectorAll("[data-chart]")];
  const redraw = (box) => {
    if (box.pleinView) box.pleinView.finalize();
    const view = box.querySelector("[data-view]");
    view.replaceWith(view.cloneNode(false));
    draw(box).catch((error) => {
      console.error("chart", error);
      box.querySelector("[data-table]").setAttribute("open", "");
    });
  };
  const seen = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (entry.isIntersecting) {
        seen.unobserve(entry.target);
        redraw(entry.target);
      }
    }
  }, { rootMargin: "400px" });
  const start = () => boxes.forEach((box) => seen.observe(box));
  (document.fonts ? document.fonts.ready : Promise.resolve()).then(start);
  document.body.addEventListener("htmx:load", (event) => {
    for (const box of event.target.querySelectorAll("[data-chart]")) if (!boxes.includes(box)) { boxes.push(box); seen.observe(box); }
  });

  let waiting;
  let width = innerWidth;
  addEventListener("resize", () => {
    if (innerWidth === width) return;
    width = innerWidth;
    clearTimeout(waiting);
    waiting = setTimeout(() => boxes.filter((box) => box.pleinView).forEach(redraw), 200);
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => boxes.filter((box) => box.pleinView).forEach(redraw));
  addEventListener("beforeprint", () => boxes.filter((box) => !box.pleinView).forEach(redraw));
})();
