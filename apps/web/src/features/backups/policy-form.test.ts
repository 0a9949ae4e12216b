import { expect, test } from "vitest";
import { policyOf, readPlace } from "./policy-form.ts";

const SFTP = {
  name: "vault",
  host: "backup.example",
  user: "holdfast",
  path: "/srv/holdfast",
  hostKey: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ0SbnYnhzE3YGSFvZQXnGxyDOSSvC1ZEhlvMiYBhQhB",
  identity: "/etc/holdfast/backup.key",
};

test("a destination is read as it is signed, the usual port and what is left out included", () => {
  expect(readPlace("sftp", SFTP, [])).toEqual({ place: { kind: "sftp", ...SFTP, port: 22 } });
  const s3 = {
    name: "store",
    endpoint: "https://s3.example",
    region: "r1",
    bucket: "backups",
    credentials: "/a/b",
    prefix: "",
  };
  const { place } = readPlace("s3", { ...s3, lockDays: "30" }, []);
  expect(place).toMatchObject({ kind: "s3", bucket: "backups", lockDays: 30 });
  expect(JSON.stringify(place)).not.toContain("prefix");
});

test("what is wrong is said at its field", () => {
  expect(readPlace("sftp", { ...SFTP, host: "-oProxyCommand=x" }, []).errors).toEqual({
    host: "It is not a host name or address.",
  });
  expect(readPlace("directory", { name: "disk", path: "relative" }, []).errors).toHaveProperty("path");
  expect(readPlace("directory", { name: "disk" }, []).errors).toEqual({ path: "It is missing." });
  expect(readPlace("directory", { name: "disk", path: "/mnt" }, ["disk"]).errors).toHaveProperty("name");
});

test("a policy needs a destination, a day at least, and a backup to keep", () => {
  const { place } = readPlace("directory", { name: "disk", path: "/mnt/backup" }, []);
  if (place === undefined) throw new TypeError("it was not read");
  expect(policyOf([place], { every: "1", last: "30", days: "90" })).toMatchObject({ intervalSec: 86_400 });
  expect(policyOf([], { every: "1", last: "30", days: "90" })).toBeNull();
  expect(policyOf([place], { every: "0", last: "30", days: "90" })).toBeNull();
  expect(policyOf([place], { every: "1", last: "0", days: "90" })).toBeNull();
});
