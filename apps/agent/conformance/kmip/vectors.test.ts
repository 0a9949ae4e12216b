import { existsSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { playCase } from "./play-case.ts";
import { publishedCases, withPrerequisites } from "./published-cases.ts";
import { type Subject, startSubject } from "./start-subject.ts";
import { vectorFolder } from "./vector-folder.ts";

const folder = vectorFolder();
const present = existsSync(folder);
if (!present) console.info("KMIP conformance skipped: no vectors");

describe.runIf(present)("the published KMIP cases", () => {
  let subject: Subject;
  beforeAll(async () => {
    subject = await startSubject();
  });
  afterAll(() => subject.close());

  for (const each of present ? withPrerequisites(publishedCases(folder)) : [])
    test(`${each.name} passes in KMIP ${each.version}`, async () => {
      expect(await playCase(subject, each)).toBeNull();
    });
});
