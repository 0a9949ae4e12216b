import { expect, test } from "vitest";
import { welcomeText } from "./console-text.ts";
import { readOptions } from "./options.ts";

const ports = {
  web: 3000,
  gateway: 3001,
  hosted: 3002,
  page: 7400,
  rest: 7443,
  kmip: 5696,
  metrics: 7499,
  database: 1,
};
const ready = { tid: "t", aid: "a", rest: null, page: null, metrics: null };
const welcome = (refuses: { code: string; what: string; next: string } | null) =>
  welcomeText(readOptions([], "/checkout", {}), ports as never, { ...ready, refuses });

test("who starts everything is told first that the key server takes no changes, and what to do about it", () => {
  const refuses = { code: "E_LOG_ROLLBACK", what: "The store was put back.", next: "Do what mends it." };
  expect(welcome(refuses)).toMatch(
    /^ {2}Holdfast is running, but the key server takes no changes\. {2}\[E_LOG_ROLLBACK\]\n {2}The store was put back\.\n {2}Do what mends it\.\n/,
  );
  expect(welcome(null)).toMatch(/^ {2}Holdfast is running\.\n/);
});
