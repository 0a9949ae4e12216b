import { expect, test } from "vitest";
import { deviceOf } from "./device.ts";

const MOZILLA = "Mozilla/5.0";

test.each([
  [
    `${MOZILLA} (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/156.0.0.0 Safari/537.36 Edg/156.0`,
    "Edge on Windows",
  ],
  [`${MOZILLA} (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/156.0.0.0 Safari/537.36`, "Chromium on Linux"],
  [`${MOZILLA} (Linux; Android 16) AppleWebKit/537.36 Chrome/156.0.0.0 Mobile Safari/537.36`, "Chromium on Android"],
  [`${MOZILLA} (X11; Linux x86_64; rv:149.0) Gecko/20100101 Firefox/149.0`, "Firefox on Linux"],
  [`${MOZILLA} (iPhone; CPU iPhone OS 26_0 like Mac OS X) AppleWebKit/605 Version/26.0 Safari/604.1`, "Safari on iOS"],
  [`${MOZILLA} (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605 Version/26.0 Safari/605.1`, "Safari on macOS"],
  ["curl/8.5.0", "Another program"],
  [null, "Another program"],
])("%s is known as %s", (userAgent, device) => {
  expect(deviceOf(userAgent)).toBe(device);
});

test("keeps nothing of a header that somebody made up", () => {
  expect(deviceOf("<script>alert(1)</script> secret")).toBe("Another program");
});
