/** Commands by their name, as they work where the key server runs. */
let known: Readonly<Record<string, string>> = {};

/** Takes the commands that the key server spelled out, with its own data folder. */
export function useConsoleCommands(commands: Readonly<Record<string, string>> = {}): void {
  known = commands;
}

/** A command of the key server's console as it works there, where the key server spelled it out. */
export function consoleCommand(name: string): string {
  return known[name] ?? `holdfast-agent ${name}`;
}

/** The same for a text that may be a command. */
export function spelledOut(text: string): string {
  return text.startsWith("holdfast-agent ") ? consoleCommand(text.slice("holdfast-agent ".length)) : text;
}
