import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** A company's certificate authority, by openssl. */
export class CompanyAuthority {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
    const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30"];
    openssl(
      "req",
      "-x509",
      ...curve,
      "-subj",
      "/CN=Northwind CA",
      "-keyout",
      this.#path("ca.key"),
      "-out",
      this.#path("ca.crt"),
    );
  }

  /** Signs a request as it is. @returns the path of the chain */
  sign(request: string, name: string): string {
    const made = this.#path(`${name}.crt`);
    const ca = ["-CA", this.#path("ca.crt"), "-CAkey", this.#path("ca.key"), "-CAcreateserial"];
    const text = openssl("x509", "-req", "-in", request, ...ca, "-days", "20", "-copy_extensions", "copy");
    writeFileSync(made, text + readFileSync(this.#path("ca.crt"), "utf8"));
    return made;
  }

  #path(name: string): string {
    return join(this.#folder, name);
  }
}

function openssl(...words: string[]): string {
  const { status, stdout, stderr } = spawnSync("openssl", words, { encoding: "utf8" });
  if (status !== 0) throw new TypeError(`openssl: ${stderr}`);
  return stdout;
}
