import { expect, test } from "vitest";
import { DerFault, readTime } from "./der-reader.ts";

const utcTime = (text: string) => readTime({ tag: 0x17, content: Buffer.from(text) } as Parameters<typeof readTime>[0]);

test("a time of a day or an hour that does not exist is no time, and is not taken for the day after", () => {
  expect(utcTime("280229235959Z")).toBe(Date.UTC(2028, 1, 29, 23, 59, 59) / 1000);
  for (const none of ["270229000000Z", "270431000000Z", "270131240000Z", "271301000000Z"])
    expect(() => utcTime(none), none).toThrow(DerFault);
});
