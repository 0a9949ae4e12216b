/** Why the product cannot start or go on here, and what the person at the console can do about it. */
export class StartError extends Error {
  override readonly name = "StartError";
  readonly next: string;

  constructor(what: string, next: string) {
    super(what);
    this.next = next;
  }
}
