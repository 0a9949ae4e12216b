import { readXml, writeXml } from "@holdfast/kmip";
import { openChannel } from "./case-channel.ts";
import { CaseMemory } from "./case-memory.ts";
import { firstDifference } from "./compare-answers.ts";
import type { PublishedCase } from "./published-cases.ts";
import type { Subject } from "./start-subject.ts";
import { readItems } from "./xml-item.ts";

/** Plays one case on one connection. @returns the first difference, or null when there is none */
export async function playCase(subject: Subject, played: PublishedCase): Promise<string | null> {
  const channel = await openChannel(subject, played.profile);
  const memory = new CaseMemory(subject.made);
  try {
    for (const [step, { request, response }] of played.exchanges.entries()) {
      const filled = memory.fill(request, Math.floor(Date.now() / 1000));
      const answer = await channel.ask(readXml(filled));
      if (answer === null) return `step ${step}: the connection ended`;
      const difference = firstDifference(response, readItems(writeXml(answer))[0], memory);
      if (difference !== null) return `step ${step}: ${difference}`;
    }
    return null;
  } catch (cause) {
    return `could not be played: ${cause instanceof Error ? cause.message : String(cause)}`;
  } finally {
    channel.close();
  }
}
