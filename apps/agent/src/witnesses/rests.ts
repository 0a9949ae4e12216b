/** Pauses that end early when something has happened. */
export class Rests {
  readonly #wakes = new Set<() => void>();

  /** Resolves after so many milliseconds, or at the next {@link wake}. */
  rest(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#wakes.delete(done);
        resolve();
      };
      const timer = setTimeout(done, milliseconds).unref();
      this.#wakes.add(done);
    });
  }

  /** Ends all that are under way. */
  wake(): void {
    for (const wake of [...this.#wakes]) wake();
  }
}
