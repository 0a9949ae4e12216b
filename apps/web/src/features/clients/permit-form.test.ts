import { describe, expect, test } from "vitest";
import { EMPTY_PERMIT, permitFormError, permitRequest } from "./permit-form.ts";

const FILLED = { ...EMPTY_PERMIT, label: "web", networks: "10.20.0.0/16, 2001:db8:7::/48\n10.20.0.0/16" };

describe("the form for an enrolment secret", () => {
  test("means the command that the key server's own command line would propose", () => {
    expect(permitRequest(FILLED, 1_900_000_000)).toEqual({
      act: "client.permit",
      args: {
        ...{ label: "web", ops: ["decrypt", "encrypt", "locate"], group: "default", most: 10 },
        ...{ networks: ["10.20.0.0/16", "2001:db8:7::/48"], validitySec: 86_400, renewable: false },
        until: 1_900_000_000 + 7 * 86_400,
      },
    });
  });

  test("never asks for a longer life than the key server takes from a browser whose clock is a little behind", () => {
    const request = permitRequest({ ...FILLED, lasts: String(30 * 86_400) }, 1_900_000_000);
    expect(request.args).toHaveProperty("until", 1_900_000_000 + 30 * 86_400 - 60);
  });

  test("says at its field what is wrong, and how an address alone is written", () => {
    expect(permitFormError(FILLED)).toEqual({ label: null, group: null, most: null, networks: null });
    expect(permitFormError({ ...FILLED, networks: "10.20.0.5" }).networks).toContain("write 10.20.0.5/32");
    expect(permitFormError({ ...FILLED, networks: "2001:db8::5" }).networks).toContain("write 2001:db8::5/128");
    for (const networks of ["10.20.0.5/16", "0.0.0.0/0", "10.0.0.0/7", "everywhere", "2001:DB8::/32"])
      expect(permitFormError({ ...FILLED, networks }).networks).toContain(`${networks} is no network`);
    expect(permitFormError({ ...FILLED, networks: " ,\n" }).networks).toMatch(/at least one/);
    const many = Array.from({ length: 17 }, (_, at) => `10.${at}.0.0/16`).join(" ");
    expect(permitFormError({ ...FILLED, networks: many }).networks).toBe("At most 16 networks.");
    for (const most of ["0", "501", "1.5", "", "-3", "1e2"])
      expect(permitFormError({ ...FILLED, most }).most).toBe("A number from 1 to 500.");
  });
});
