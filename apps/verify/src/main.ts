import { readFileSync } from "node:fs";
import { readCommandLine, USAGE } from "./command-line.ts";
import { EXIT, judge } from "./verdict.ts";
import { verdictJson, verdictText } from "./verdict-text.ts";

/** Reads one file, checks it, says what it checked. It opens no connection and writes nothing. */
async function main(args: readonly string[]): Promise<number> {
  const request = readCommandLine(args);
  if (request === "help") {
    process.stdout.write(USAGE);
    return 0;
  }
  if (request === null) {
    process.stderr.write(USAGE);
    return EXIT.usage;
  }
  const bytes = readFile(request.file);
  if (bytes === null) {
    process.stderr.write(`${request.file} cannot be read.\n`);
    return EXIT.usage;
  }
  const heads: string[] = [];
  for (const path of request.heads) {
    const head = readFile(path);
    if (head === null) {
      process.stderr.write(`${path} cannot be read.\n`);
      return EXIT.usage;
    }
    heads.push(new TextDecoder().decode(head));
  }
  const verdict = await judge(bytes, { ...request, heads });
  const written = request.json ? verdictJson(verdict) : verdictText(verdict);
  (verdict.kind === "refused" && !request.json ? process.stderr : process.stdout).write(written);
  return EXIT[verdict.kind];
}

function readFile(path: string): Uint8Array | null {
  try {
    return readFileSync(path);
  } catch {
    return null;
  }
}

// Nobody may read what it says, as behind `head`: its exit code says it still.
for (const stream of [process.stdout, process.stderr])
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
process.exitCode = await main(process.argv.slice(2));
