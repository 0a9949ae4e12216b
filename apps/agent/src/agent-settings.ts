import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type AllowedMakers, allowedMakersSchema } from "@holdfast/protocol";
import { StoreError } from "./keystore/errors.ts";

/** Name of the settings file in the data folder. It holds nothing secret. */
export const SETTINGS_FILE = "agent.json";

/** What `init` was told of the agent. */
export interface AgentSettings {
  readonly ver: 1;
  readonly name: string;
  /** Which makers of passkeys the domain takes from its first one on; any, where it is not there. */
  readonly makers?: AllowedMakers;
}

const NAME = /^[^\p{C}\p{Zl}\p{Zp}]{1,64}$/u;

/** Whether a name can be an agent's: 1 to 64 visible characters. */
export function isAgentName(name: string): boolean {
  return NAME.test(name) && name.trim() === name;
}

/** @throws {@link StoreError} `E_STORE` when the folder holds no agent's settings */
export function readSettings(dataDirectory: string): AgentSettings {
  try {
    const value = JSON.parse(readFileSync(join(dataDirectory, SETTINGS_FILE), "utf8")) as AgentSettings;
    if (value.makers !== undefined) allowedMakersSchema.read(value.makers, "makers");
    if (value.ver === 1 && typeof value.name === "string" && isAgentName(value.name)) return value;
  } catch {
    // Missing or unreadable: refused below.
  }
  if (existsSync(join(dataDirectory, SETTINGS_FILE)))
    throw new StoreError("E_STORE", `The file ${SETTINGS_FILE} in ${dataDirectory} cannot be read, or was changed.`);
  throw new StoreError("E_STORE", `The folder ${dataDirectory} holds no agent: make one with \`holdfast-agent init\`.`);
}

/** Writes the settings so that they are there whole or not at all. */
export function writeSettings(dataDirectory: string, settings: AgentSettings | Uint8Array): void {
  const path = join(dataDirectory, SETTINGS_FILE);
  const bytes =
    settings instanceof Uint8Array ? settings : Buffer.from(`${JSON.stringify(settings, null, 2)}\n`, "utf8");
  const file = openSync(`${path}.new`, "w", 0o600);
  try {
    writeFileSync(file, bytes);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(`${path}.new`, path);
}
