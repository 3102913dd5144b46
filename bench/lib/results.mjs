import { median, spread } from './statistics.mjs';

/** The samples of a run, and the figures derived from them. */
export class Results {
  /** @param {Record<string, Record<string, import('./rounds.mjs').Sample[]>>} samples */
  constructor(samples) {
    this.samples = samples;
  }

  /**
   * @param {string} scenario
   * @param {string} contestant
   * @param {string} figure
   * @returns {number[]} one for each round in which it succeeded
   */
  values(scenario, contestant, figure) {
    const samples = this.samples[scenario]?.[contestant] ?? [];
    return samples.map((/** @type {any} */ sample) => sample[figure]);
  }

  /**
   * @param {string} scenario
   * @param {string} contestant
   * @param {string} figure
   */
  median(scenario, contestant, figure) {
    return median(this.values(scenario, contestant, figure));
  }

  /**
   * The median of the ratios of two contestants, each ratio taken within one round, because a machine
   * that is slow for a while slows both.
   *
   * @param {string} scenario
   * @param {string} figure
   * @param {string} contestant
   * @param {string} other
   */
  ratio(scenario, figure, contestant, other) {
    const others = this.values(scenario, other, figure);
    return median(this.values(scenario, contestant, figure).map((value, at) => value / others[at]));
  }

  /**
   * @param {string} contestant
   * @returns {{ sent: number, lost: number, doubled: number }} over all scenarios
   */
  losses(contestant) {
    const all = Object.values(this.samples).flatMap((scenario) => scenario[contestant] ?? []);
    const known = all.filter(({ sent, arrived }) => sent !== undefined && arrived !== undefined);
    const sum = (/** @type {(sample: any) => number} */ of) => known.reduce((s, x) => s + of(x), 0);
    return {
      sent: sum(({ sent }) => sent),
      lost: sum(({ sent, arrived }) => Math.max(0, sent - arrived)),
      doubled: sum(({ sent, arrived }) => Math.max(0, arrived - sent)),
    };
  }

  /** @param {string} contestant */
  threads(contestant) {
    const all = Object.values(this.samples).flatMap((scenario) => scenario[contestant] ?? []);
    return Math.max(...all.map(({ threads = Number.NaN }) => threads).filter(Number.isFinite));
  }

  /** @returns {string[]} one line for each failure */
  failures() {
    const lines = [];
    for (const [id, contestants] of Object.entries(this.samples)) {
      for (const [name, samples] of Object.entries(contestants)) {
        for (const { error } of samples) if (error) lines.push(`${id}, ${name}: ${error}`);
      }
    }
    return lines;
  }

  /**
   * How much rounds differ: the median spread of all contestants and scenarios.
   *
   * @param {string} figure
   */
  noise(figure) {
    const spreads = Object.entries(this.samples).flatMap(([id, contestants]) =>
      Object.keys(contestants).map((name) => spread(this.values(id, name, figure))),
    );
    return median(spreads);
  }
}
