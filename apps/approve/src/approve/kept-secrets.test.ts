import { beforeEach, describe, expect, it } from "vitest";
import { keepSecret, keptSecrets, wipeSecret } from "./kept-secrets.ts";

const secret = (letter: string) => letter.repeat(42).concat("A");
const NOW = Date.now();
const later = NOW + 600_000;

/** The browser's storage of one tab, as far as it is used; `broken` where the browser gives none. */
function useTab({ broken = false } = {}): Map<string, string> {
  const tab = new Map<string, string>();
  const value = {
    getItem: (name: string) => tab.get(name) ?? null,
    removeItem: (name: string) => void tab.delete(name),
    setItem: (name: string, text: string) => void tab.set(name, text),
  };
  const get = () => {
    if (broken) throw new TypeError("denied");
    return value;
  };
  Object.defineProperty(globalThis, "sessionStorage", { configurable: true, get });
  return tab;
}

let tab: Map<string, string>;
beforeEach(() => {
  tab = useTab();
});

describe("the right to a new client's files", () => {
  it("is there when the tab loads the page anew, with what was saved", () => {
    keepSecret({ secret: secret("a"), until: later, saved: [] });
    keepSecret({ secret: secret("b"), until: later, saved: [] });
    keepSecret({ secret: secret("a"), until: later, saved: ["h client.key"] });
    expect(keptSecrets()).toEqual([
      { secret: secret("b"), until: later, saved: [] },
      { secret: secret("a"), until: later, saved: ["h client.key"] },
    ]);
  });

  it("is not kept once its time is over", () => {
    keepSecret({ secret: secret("a"), until: NOW - 1, saved: [] });
    expect([...tab]).toEqual([]);
  });

  it("is wiped from the browser when its time is over", () => {
    keepSecret({ secret: secret("a"), until: later, saved: [] });
    expect(keptSecrets(later)).toEqual([]);
    expect([...tab]).toEqual([]);
  });

  it("is wiped when it was used up, and others stay", () => {
    keepSecret({ secret: secret("a"), until: later, saved: [] });
    keepSecret({ secret: secret("b"), until: later, saved: [] });
    wipeSecret(secret("a"));
    expect(keptSecrets()).toEqual([{ secret: secret("b"), until: later, saved: [] }]);
    wipeSecret(secret("b"));
    expect([...tab]).toEqual([]);
  });

  it.each(["no JSON", "7", "null", '[{"secret":"AA","until":9e15,"saved":[]}]', '[{"secret":1}]', "[null]"])(
    "is not %s, which somebody else put there",
    (text) => {
      tab.set("holdfast-handover", text);
      expect(keptSecrets()).toEqual([]);
    },
  );

  it("stays in the page's memory where the browser keeps nothing", () => {
    useTab({ broken: true });
    keepSecret({ secret: secret("a"), until: later, saved: [] });
    wipeSecret(secret("a"));
    expect(keptSecrets()).toEqual([]);
  });
});
