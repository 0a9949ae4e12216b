import { decodeTtlv, encodeTtlv, readXml, writeXml } from "@holdfast/kmip";
import { KmipTestConnection } from "../../src/endpoints/kmip/testing/kmip-client.ts";
import { CaseMemory } from "./case-memory.ts";
import { firstDifference } from "./compare-answers.ts";
import type { PublishedCase } from "./published-cases.ts";
import type { Subject } from "./start-subject.ts";
import { readItems } from "./xml-item.ts";

/** Plays one case on one connection. @returns the first difference, or null when there is none */
export async function playCase({ url, client, made }: Subject, played: PublishedCase): Promise<string | null> {
  const connection = await KmipTestConnection.open(url, client);
  const memory = new CaseMemory(made);
  try {
    for (const [step, { request, response }] of played.exchanges.entries()) {
      const filled = memory.fill(request, Math.floor(Date.now() / 1000));
      const answer = await connection.ask(encodeTtlv(readXml(filled)));
      if (answer === null) return `step ${step}: the connection ended`;
      const [actual] = readItems(writeXml(decodeTtlv(answer)));
      const difference = firstDifference(response, actual, memory);
      if (difference !== null) return `step ${step}: ${difference}`;
    }
    return null;
  } catch (cause) {
    return `could not be played: ${cause instanceof Error ? cause.message : String(cause)}`;
  } finally {
    connection.close();
  }
}
