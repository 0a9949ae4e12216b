import { createInterface } from "node:readline/promises";
import type { Agent } from "../agent.ts";
import { registrationText } from "./registration-text.ts";

const LOOK_MS = 300;

/**
 * The console's part before a domain is founded, where `serve` runs at a terminal: shows who asks and the eight words,
 * and waits for a yes. Elsewhere `holdfast-agent confirm` answers.
 *
 * @returns what ends it
 */
export function converseAtConsole(agent: Agent): () => void {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return () => undefined;
  const reader = createInterface({ input: process.stdin, output: process.stderr });
  // The terminal is the reader's while it is asked: Ctrl-C ends the key server all the same.
  reader.on("SIGINT", () => process.kill(process.pid, "SIGINT"));
  let asked = "";
  const look = async () => {
    const answer = agent.registration.answer();
    const words = answer.words?.join(" ") ?? "";
    if (answer.state === "done") return stop();
    if (answer.state !== "waiting" || words === asked) return;
    asked = words;
    process.stderr.write(`\n${registrationText(answer)}\n`);
    const typed = await reader.question("Found the domain with this passkey? [y/N] ");
    if (/^y(es)?$/i.test(typed.trim())) await agent.registration.confirm(words);
    else agent.registration.refuse();
  };
  const timer = setInterval(
    () => void look().catch((error: Error) => process.stderr.write(`${error.message}\n`)),
    LOOK_MS,
  );
  function stop(): void {
    clearInterval(timer);
    reader.close();
  }
  return stop;
}
