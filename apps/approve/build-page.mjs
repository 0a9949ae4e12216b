// Each page: script and style inline, and their hashes for the content security policy of whoever serves it.
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";

const here = dirname(fileURLToPath(import.meta.url));
const sha256 = (text) => `sha256-${createHash("sha256").update(text).digest("base64")}`;

/** The agent's page, and the one that the operator serves. */
const SOURCES = { page: ["main.ts", "page.html"], hosted: ["hosted/main.ts", "hosted/page.html"] };

/**
 * Builds a page in memory. The same sources give the same bytes.
 *
 * @param {"page" | "hosted"} name
 * @returns {Promise<{ html: string, hashes: { script: string, style: string, page: string } }>}
 */
export async function buildPage(name = "page") {
  const [main, template] = SOURCES[name];
  const [script, style, page] = await Promise.all([
    buildScript(main),
    buildStyle(),
    readFile(join(here, "src", template), "utf8"),
  ]);
  const html = page.replace("/*STYLE*/", () => style).replace("/*SCRIPT*/", () => script);
  return { html, hashes: { script: sha256(script), style: sha256(style), page: sha256(html) } };
}

async function buildScript(main) {
  const bundle = await rolldown({ input: join(here, "src", main), platform: "browser", logLevel: "warn" });
  const { output } = await bundle.generate({ format: "esm", minify: true, codeSplitting: false });
  await bundle.close();
  return output[0].code.replaceAll("</script", "<\\/script").trim();
}

async function buildStyle() {
  const fonts = dirname(createRequire(import.meta.url).resolve("geist/font/sans"));
  const face = async (family, file) => {
    const font = await readFile(join(fonts, "fonts", file));
    return `@font-face{font-family:"${family}";font-weight:100 900;src:url(data:font/woff2;base64,${font.toString("base64")}) format("woff2")}`;
  };
  const faces = [
    await face("Geist", "geist-sans/Geist-Variable.woff2"),
    await face("Geist Mono", "geist-mono/GeistMono-Variable.woff2"),
  ];
  const style = await readFile(join(here, "src/style.css"), "utf8");
  return [...faces, style.replace(/\s*\n\s*/g, " ")].join("\n").trim();
}
