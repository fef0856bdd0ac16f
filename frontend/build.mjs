// Makes src/plein/foundation/ui/static/vendor/ from the npm packages: copies what can be served as it is, bundles the rest.
import { build } from "esbuild";
import { copyFile, mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { inflateSync } from "node:zlib";

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

// Fonts of letters: Typst reads no WOFF, which is the tables of a font one by one in zlib (W3C WOFF 1.0, section 4).
// The letters of other languages come in a file of their own under the same name; Typst needs a name for each.
function unpacked(woff, named = (table) => table) {
  const count = woff.readUInt16BE(12);
  const head = Buffer.alloc(12 + 16 * count);
  const power = Math.floor(Math.log2(count));
  woff.copy(head, 0, 4, 8);
  head.writeUInt16BE(count, 4);
  head.writeUInt16BE(16 << power, 6);
  head.writeUInt16BE(power, 8);
  head.writeUInt16BE(16 * count - (16 << power), 10);
  const tables = [];
  let end = head.length;
  for (let place = 0; place < count; place++) {
    const entry = woff.subarray(44 + 20 * place, 64 + 20 * place);
    const [offset, packed, length] = [4, 8, 12].map((at) => entry.readUInt32BE(at));
    const raw = woff.subarray(offset, offset + packed);
    const whole = packed < length ? inflateSync(raw) : raw;
    const table = entry.toString("latin1", 0, 4) === "name" ? named(whole) : whole;
    const line = head.subarray(12 + 16 * place, 28 + 16 * place);
    entry.copy(line, 0, 0, 4);
    entry.copy(line, 4, 16, 20);
    line.writeUInt32BE(end, 8);
    line.writeUInt32BE(length, 12);
    const padded = Buffer.concat([table, Buffer.alloc((4 - (length % 4)) % 4)]);
    tables.push(padded);
    end += padded.length;
  }
  return Buffer.concat([head, ...tables]);
}

function renamed(table) {
  const inPlace = (text, encoding) => Buffer.from(table.toString("latin1").replaceAll(text("Next"), text("More")), encoding);
  table = inPlace((text) => text, "latin1");
  return inPlace((text) => [...text].map((sign) => `\0${sign}`).join(""), "latin1");
}

async function printFonts() {
  await mkdir(to("print"), { recursive: true });
  for (const name of ["latin-400", "latin-700", "latin-ext-400", "latin-ext-700"]) {
    const file = `atkinson-hyperlegible-next-${name}-normal`;
    const woff = await readFile(from("@fontsource/atkinson-hyperlegible-next", "files", `${file}.woff`));
    await writeFile(to("print", `${file}.ttf`), unpacked(woff, name.includes("ext") ? renamed : undefined));
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
await Promise.all([designSystem(), scripts(), fonts(), printFonts(), icons()]);
