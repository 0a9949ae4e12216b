import { type AgentPage, type HandedFile, type PageCommands, PageRefusal } from "../agent-page.ts";
import { decodeShown } from "../show/command.ts";
import { HandOver } from "./hand-over.ts";
import { showFiles } from "./show-files.ts";

/** New clients' files that this tab was handed before it was loaded anew, as long as the key server keeps them. */
export async function keptFiles(page: AgentPage): Promise<HTMLElement[]> {
  const made: HTMLElement[] = [];
  for (const handOver of HandOver.kept()) {
    handOver.keep();
    const files = await filesOf(page, handOver);
    if (files.size === 0) continue;
    const titles = await titlesOf(page, [...files.keys()]);
    const shown = showFiles({ page, handOver, files, titleOf: (hash) => titles.get(hash) ?? hash });
    if (shown) made.push(shown);
  }
  return made;
}

/** None where the key server has none (yet: the approval may still be on its way) or cannot say. */
async function filesOf(page: AgentPage, handOver: HandOver): Promise<ReadonlyMap<string, readonly HandedFile[]>> {
  try {
    return await handOver.again(page);
  } catch (error) {
    if (error instanceof PageRefusal) return new Map();
    throw error;
  }
}

async function titlesOf(page: AgentPage, hashes: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const { commands } = await page.get<PageCommands>(`/page/commands?hashes=${hashes.join(".")}`);
  return new Map(commands.map((command) => [command.hash, decodeShown(command).plain.title]));
}
