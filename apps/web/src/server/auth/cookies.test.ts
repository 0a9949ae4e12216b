import { expect, test } from "vitest";
import type { WebEnvironment } from "../env.ts";
import { clearCookie, readCookie, setCookie } from "./cookies.ts";

const TOKEN = "a".repeat(43);
const environment = (secure: boolean) => ({ secure }) as WebEnvironment;

test("over TLS a session's cookie is bound to its host and never sent in clear", () => {
  const headers = new Headers();
  setCookie(headers, { name: "session", value: TOKEN, maxAgeSeconds: 60 }, environment(true));
  expect(headers.getSetCookie()).toEqual([
    `__Host-holdfast-session=${TOKEN}; Path=/; Max-Age=60; HttpOnly; SameSite=Lax; Secure`,
  ]);
});

test("over TLS a plain cookie of the same name is not a session", () => {
  const headers = new Headers({ cookie: `holdfast-session=${TOKEN}` });
  expect(readCookie(headers, "session", environment(true))).toBeNull();
  expect(readCookie(headers, "session", environment(false))).toBe(TOKEN);
});

test("two cookies of one name are none, so that a planted one does not win", () => {
  const headers = new Headers({ cookie: `holdfast-session=${TOKEN}; holdfast-session=${"b".repeat(43)}` });
  expect(readCookie(headers, "session", environment(false))).toBeNull();
});

test("a cleared cookie ends at once", () => {
  const headers = new Headers();
  clearCookie(headers, "ceremony", environment(false));
  expect(headers.get("set-cookie")).toBe("holdfast-ceremony=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict");
});
