import type { Ending } from '../support/project.js';

/** Takes away what was made in a block, the last first. */
export class Endings implements Ending, AsyncDisposable {
  readonly #hooks: (() => void | Promise<void>)[] = [];

  after(hook: () => void | Promise<void>): void {
    this.#hooks.push(hook);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const hook of this.#hooks.reverse()) await hook();
  }
}
