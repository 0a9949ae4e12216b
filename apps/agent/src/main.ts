/**
 * The agent's program: reads its surroundings, runs one command line, and exits with its code.
 *
 * Together with `agent.ts` this is the composition root; no other file reads the environment.
 */
import { outliveReaders } from "./cli/closed-output.ts";
import { runCommandLine } from "./cli/command-line.ts";

outliveReaders();
process.exitCode = await runCommandLine(process.argv.slice(2), { dataDirectory: process.env.HOLDFAST_DATA });
