import { describe, expect, test } from "vitest";
import { MemoryStorage } from "../testing/memory-storage.ts";
import { drawQuestion, isAnswer } from "./compare-words.ts";
import { keepQuestion } from "./keep-question.ts";

const TID = "a".repeat(26);
const WORDS = ["one", "two", "three", "four", "five", "six", "seven", "eight"];

describe("the question about three words", () => {
  test("asks for three different places in order, each as often as the others", () => {
    const seen = new Array(8).fill(0);
    for (let draw = 0; draw < 4000; draw += 1) {
      const { positions } = drawQuestion(TID);
      expect([...new Set(positions)]).toEqual([...positions].sort((a, b) => a - b));
      expect(positions).toHaveLength(3);
      for (const position of positions) seen[position] += 1;
    }
    for (const count of seen) expect(Math.abs(count - 1500)).toBeLessThan(200);
  });

  test("takes the right words in any case and nothing else", () => {
    const question = { tid: TID, positions: [0, 3, 7] };
    expect(isAnswer(question, WORDS, [" One ", "FOUR", "eight"])).toBe(true);
    expect(isAnswer(question, WORDS, ["one", "four", "seven"])).toBe(false);
    expect(isAnswer(question, WORDS, ["four", "one", "eight"])).toBe(false);
    expect(isAnswer(question, WORDS, ["one", "four"])).toBe(false);
    expect(isAnswer({ tid: TID, positions: [0, 3, 9] }, WORDS, ["one", "four", "undefined"])).toBe(false);
  });

  test("row 166: stays the same for the same bytes after a reload or a miss, and is drawn anew for other bytes", () => {
    const storage = new MemoryStorage();
    const first = keepQuestion("e", TID, storage);
    for (let again = 0; again < 20; again += 1) expect(keepQuestion("e", TID, storage)).toEqual(first);
    const other = keepQuestion("e", "b".repeat(26), storage);
    expect(other.tid).toBe("b".repeat(26));
    expect(keepQuestion("e", "b".repeat(26), storage)).toEqual(other);
  });

  test.each(["", "[]", "{}", `{"tid":"${TID}","positions":[1,1,1]}`, `{"tid":"${TID}","positions":[1,2,8]}`])(
    "is drawn anew where storage holds %s",
    (text) => {
      const storage = new MemoryStorage();
      storage.setItem("holdfast.question.e", text);
      expect(new Set(keepQuestion("e", TID, storage).positions).size).toBe(3);
    },
  );
});
