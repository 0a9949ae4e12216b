import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { HsmError, type Pkcs11Uri } from "@holdfast/crypto";

/** Where `npm run hsm:install` puts the native binding. */
const BINDING = fileURLToPath(new URL("../../../hsm/node_modules/pkcs11js", import.meta.url));
/** Folders that systems keep modules in. @see p11-kit; Filesystem Hierarchy Standard */
const FOLDERS = [
  "/usr/lib",
  "/usr/lib64",
  "/usr/lib/pkcs11",
  "/usr/lib64/pkcs11",
  "/usr/lib/softhsm",
  "/usr/local/lib",
  "/usr/local/lib/pkcs11",
  "/usr/lib/x86_64-linux-gnu",
  "/usr/lib/x86_64-linux-gnu/pkcs11",
  "/usr/lib/x86_64-linux-gnu/softhsm",
  "/usr/lib/aarch64-linux-gnu",
  "/usr/lib/aarch64-linux-gnu/pkcs11",
  "/usr/lib/aarch64-linux-gnu/softhsm",
];

/** @throws {@link HsmError} `E_HSM_MODULE` when the binding was not installed */
export function findBinding(): string {
  if (existsSync(join(BINDING, "build/Release/pkcs11.node"))) return BINDING;
  throw new HsmError("E_HSM_MODULE", "The PKCS#11 binding is not installed here.");
}

/**
 * The file of the module that a URI names.
 *
 * @throws {@link HsmError} `E_HSM_URI` when it names none, `E_HSM_MODULE` when there is none of that name
 */
export function findModule({ modulePath, moduleName }: Pkcs11Uri): string {
  if (modulePath !== undefined) {
    if (existsSync(modulePath)) return modulePath;
    throw new HsmError("E_HSM_MODULE", "There is no PKCS#11 module at that path.", { module: modulePath });
  }
  if (moduleName === undefined)
    throw new HsmError("E_HSM_URI", "The PKCS#11 URI names no module: add ?module-path=/…/module.so.");
  const names = [`${moduleName}.so`, `lib${moduleName}.so`];
  const found = FOLDERS.flatMap((folder) => names.map((name) => join(folder, name))).find((path) => existsSync(path));
  if (found !== undefined) return found;
  throw new HsmError("E_HSM_MODULE", "There is no PKCS#11 module of that name.", { module: moduleName });
}
