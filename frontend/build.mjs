// Makes src/plein/foundation/ui/static/vendor/ from the npm packages: copies what can be served as it is, bundles the rest.
import { build } from "esbuild";
import { copyFile, mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const from = (...parts) => join(here, "node_modules", ...parts);
const out = join(here, "..", "src", "plein", "foundation", "ui", "static", "vendor");
const to = (...parts) => join(out, ...parts);

// The parts of the Utrecht library that Plein's forms use; the whole is 400 kB.
const UTRECHT = /\.utrecht-(textbox|textarea|select|form-(field|label|fieldset)[a-z-]*|checkbox|radio-button|custom-checkbox|custom-radio-button)(?![a-z])/;
const CANDIDATES = ["button", "code", "data-badge", "heading", "link", "paragraph", "skip-link"];

function* topLevelRules(css) {
  let depth = 0;
  let start = 0;
  for (let at = 0; at < css.length; at += 1) {
    if (css[at] === "{") depth += 1;
    if (css[at] === "}") {
      depth -= 1;
      if (depth === 0) {
        yield css.slice(start, at + 1).trim();
        start = at + 1;
      }
    }
  }
}

async function designSystem() {
  const utrecht = await readFile(from("@utrecht", "component-library-css", "dist", "index.css"), "utf8");
  const plain = utrecht.replace(/\/\*[\s\S]*?\*\//g, "");
  const kept = [...topLevelRules(plain)].filter((rule) => UTRECHT.test(rule.slice(0, rule.indexOf("{"))));
  const candidates = await Promise.all(
    CANDIDATES.map((name) => readFile(from("@nl-design-system-candidate", `${name}-css`, "dist", `${name}.css`), "utf8")),
  );
  const text = [...candidates, ...kept].join("\n").replace(/\/\*# sourceMappingURL=.*?\*\//g, "");
  await build({
    stdin: { contents: text, loader: "css", resolveDir: here },
    minify: true,
    outfile: to("nl-design-system.css"),
    logLevel: "warning",
  });
}

async function scripts() {
  await build({
    entryPoints: [join(here, "vega.mjs")],
    bundle: true,
    minify: true,
    format: "iife",
    globalName: "pleinVega",
    target: "es2021",
    outfile: to("vega.js"),
    legalComments: "linked",
    logLevel: "warning",
  });
  await copyFile(from("htmx.org", "dist", "htmx.min.js"), to("htmx.js"));
  await copyFile(from("maplibre-gl", "dist", "maplibre-gl-csp.js"), to("maplibre-gl.js"));
  await copyFile(from("maplibre-gl", "dist", "maplibre-gl-csp-worker.js"), to("maplibre-gl-worker.js"));
  await copyFile(from("maplibre-gl", "dist", "maplibre-gl.css"), to("maplibre-gl.css"));
}

async function fonts() {
  await mkdir(to("fonts"), { recursive: true });
  for (const family of ["atkinson-hyperlegible-next", "atkinson-hyperlegible-mono"]) {
    const folder = from("@fontsource-variable", family, "files");
    const files = (await readdir(folder)).filter((name) => /-latin(-ext)?-wght-(normal|italic)\.woff2$/.test(name));
    for (const name of files) await copyFile(join(folder, name), to("fonts", name));
  }
}

async function icons() {
  const names = (await readFile(join(here, "icons.txt"), "utf8")).split(/\s+/).filter(Boolean);
  const shapes = {};
  for (const name of names) {
    const svg = await readFile(from("lucide-static", "icons", `${name}.svg`), "utf8");
    shapes[name] = svg.slice(svg.indexOf(">", svg.indexOf("<svg")) + 1, svg.lastIndexOf("</svg>")).replace(/\s+/g, " ").trim();
  }
  await writeFile(to("icons.json"), JSON.stringify(shapes));
}

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
await Promise.all([designSystem(), scripts(), fonts(), icons()]);
