// How long a pair has been looked at: time counts only while the page is visible.

export class VisibleClock {
  constructor() {
    this.kept = 0;
    this.since = performance.now();
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) this.kept += performance.now() - this.since;
      this.since = performance.now();
    });
  }

  restart() {
    this.kept = 0;
    this.since = performance.now();
  }

  /** @returns {number} seconds, to a hundredth */
  seconds() {
    const running = document.hidden ? 0 : performance.now() - this.since;
    return Math.round((this.kept + running) / 10) / 100;
  }
}
