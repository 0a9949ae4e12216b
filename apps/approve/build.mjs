// Writes the built pages to dist/, and beside each the hashes of its parts.
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildPage } from "./build-page.mjs";

const dist = join(dirname(fileURLToPath(import.meta.url)), "dist");
await mkdir(dist, { recursive: true });
for (const name of ["hosted", "page"]) {
  const { html, hashes } = await buildPage(name);
  await writeFile(join(dist, `${name}.html`), html);
  await writeFile(join(dist, `${name}.json`), `${JSON.stringify(hashes, null, 2)}\n`);
}
