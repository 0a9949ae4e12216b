import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const BINDING = fileURLToPath(new URL("../../../../apps/agent/hsm/node_modules/pkcs11js", import.meta.url));
const MODULES = [
  "/usr/lib/softhsm/libsofthsm2.so",
  "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
  "/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so",
  "/usr/lib64/pkcs11/libsofthsm2.so",
];
const MODULE = MODULES.find((path) => existsSync(path));

/**
 * Whether SoftHSM2 and the binding are here. Where they must be (HOLDFAST_HSM=required, as `.ci/run` says) tests run and
 * fail without them.
 */
export const hasSoftHsm: boolean =
  (MODULE !== undefined && existsSync(join(BINDING, "build/Release/pkcs11.node"))) ||
  process.env.HOLDFAST_HSM === "required";

/** A folder of SoftHSM2 tokens of this process alone. */
export class SoftHsm {
  static readonly pin = "8421-pin";
  readonly module: string = MODULE ?? "/missing/libsofthsm2.so";
  readonly binding: string = BINDING;
  readonly folder: string;

  constructor() {
    this.folder = mkdtempSync(join(tmpdir(), "holdfast-softhsm-"));
    mkdirSync(this.tokens);
    const config = join(this.folder, "softhsm2.conf");
    writeFileSync(config, `directories.tokendir = ${this.tokens}\nobjectstore.backend = file\nlog.level = ERROR\n`);
    process.env.SOFTHSM2_CONF = config;
  }

  private get tokens(): string {
    return join(this.folder, "tokens");
  }

  /** Makes a token. */
  make(label: string): void {
    const words = ["--init-token", "--free", "--label", label, "--so-pin", "so-pin-1", "--pin", SoftHsm.pin];
    execFileSync("softhsm2-util", words, { stdio: "ignore", env: { ...process.env } });
  }

  /** Takes every token away, as one pulls a card out. */
  pullOut(): void {
    renameSync(this.tokens, `${this.tokens}.away`);
  }

  /** Puts them back, if they are away. */
  putBack(): void {
    if (!existsSync(`${this.tokens}.away`)) return;
    rmSync(this.tokens, { recursive: true, force: true });
    renameSync(`${this.tokens}.away`, this.tokens);
  }

  /** Puts an empty folder in the place of the tokens, as if another card were in the reader. */
  swap(): void {
    this.pullOut();
    mkdirSync(this.tokens);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
