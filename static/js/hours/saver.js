// Saving, cell by cell: at most four at once, never two for one cell, again and again while the network is away.

const AT_ONCE = 4;
const DELAYS = [2, 5, 10, 30];
const TIMEOUT = 20_000;

/**
 * `post(cell)` sends cell.wanted and resolves to {status, data}; it rejects when the server cannot be reached.
 * `on.saved(cell, data)`, `on.conflict(cell, data)`, `on.refused(cell, message)`, `on.change()` tell the grid.
 */
export class Saver {
  constructor(post, on) {
    this.post = post;
    this.on = on;
    this.queue = new Set();
    this.sending = new Set();
    this.failures = 0;
    this.timer = null;
  }

  get pending() {
    return this.queue.size + this.sending.size;
  }

  get offline() {
    return this.failures > 0;
  }

  add(cell) {
    this.queue.add(cell);
    if (!this.sending.has(cell)) cell.setState(this.offline ? "offline" : "waiting");
    this.pump();
  }

  drop(cell) {
    this.queue.delete(cell);
  }

  /** Try now: the network is said to be back, or the person asks. */
  retry() {
    clearTimeout(this.timer);
    this.timer = null;
    this.pump();
  }

  pump() {
    const limit = this.offline ? 1 : AT_ONCE;
    for (const cell of this.queue) {
      if (this.timer || this.sending.size >= limit) break;
      if (!this.sending.has(cell)) this.send(cell);
    }
    this.on.change();
  }

  async send(cell) {
    const value = cell.wanted;
    this.queue.delete(cell);
    this.sending.add(cell);
    cell.setState("sending");
    let answer = null;
    try {
      answer = await this.post(cell, AbortSignal.timeout(TIMEOUT));
    } catch {
      answer = null;
    }
    this.sending.delete(cell);
    if (answer === null || answer.status >= 500 || answer.status === 429) this.wait(cell);
    else this.settle(cell, value, answer);
    this.pump();
  }

  wait(cell) {
    const delay = DELAYS[Math.min(this.failures, DELAYS.length - 1)];
    this.failures += 1;
    this.queue.add(cell);
    for (const waiting of this.queue) waiting.setState("offline");
    this.timer ??= setTimeout(() => this.retry(), delay * 1000);
  }

  settle(cell, value, { status, data }) {
    this.failures = 0;
    if (status === 200) {
      cell.saved = value;
      cell.version = String(data.version ?? "");
      if (data.status) cell.setStatus(data.status);
      if (!this.queue.has(cell)) cell.setState("saved");
      this.on.saved(cell, data);
    } else if (status === 409) {
      this.queue.delete(cell);
      this.on.conflict(cell, data);
    } else {
      this.queue.delete(cell);
      this.on.refused(cell, data.error);
    }
  }
}
