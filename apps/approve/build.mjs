// Writes the built page to dist/, and beside it the hashes of its parts.
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildPage } from "./build-page.mjs";

const dist = join(dirname(fileURLToPath(import.meta.url)), "dist");
const { html, hashes } = await buildPage();
await mkdir(dist, { recursive: true });
await writeFile(join(dist, "page.html"), html);
await writeFile(join(dist, "page.json"), `${JSON.stringify(hashes, null, 2)}\n`);
