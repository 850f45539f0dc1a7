import { type Nano, toJsonNumber } from '../../src/money.ts';
import { markdownTable as table } from '../support/markdown-table.ts';
import { median } from '../support/stats.ts';
import type { CheckedEvent, ForecastRunway, SeasonReport, SeenTopUp } from './run.ts';

/** What a season has to show. */
export interface SeasonFigures {
  missed: SeenTopUp[];
  /** Proposals whose bounds the true amount was outside of. */
  wrongBounds: SeenTopUp[];
  /** Of the proposals, those that guessed the amount. */
  guessed: number;
  within: number;
  /** The same of what a program is told. */
  withinSaid: number;
  /** "Enough" although the upper bound is more than there will be. */
  falselyEnough: CheckedEvent[];
  /** "Enough", and it was not. */
  notEnough: CheckedEvent[];
  runwayHours: number[];
  isBalanced: boolean;
}

export function figuresOf(report: SeasonReport): SeasonFigures {
  const { topUps, events, runways, ledger } = report;
  const enough = events.filter(({ verdict }) => verdict === 'enough');
  const alike = (one: SeenTopUp) => topUps.filter(({ proposal }) => proposal === one.proposal);
  const together = (one: SeenTopUp) => alike(one).reduce((sum, { amount }) => sum + amount, 0n);
  return {
    missed: topUps.filter(({ proposal }) => !proposal),
    wrongBounds: topUps.filter((one) => {
      const { proposal } = one;
      return proposal && (together(one) < proposal.low || together(one) > proposal.high);
    }),
    guessed: topUps.filter((one) => one.proposal?.amount === together(one)).length,
    within: events.filter(({ cost, actual }) => cost.low <= actual && actual <= cost.high).length,
    withinSaid: events.filter(({ said, actual }) => said.low <= actual && actual <= said.high)
      .length,
    falselyEnough: enough.filter(({ cost, available }) => cost.high > available),
    notEnough: enough.filter(({ actual, there }) => actual > there),
    runwayHours: runways.map(errorHours).filter((hours) => hours !== null),
    isBalanced:
      ledger.bought === ledger.spent + ledger.expired + ledger.remaining &&
      ledger.charged === ledger.spent + ledger.unfunded,
  };
}

/** How it went, as text; `isGood`: everything that has to hold does. */
export function seasonTable(report: SeasonReport): { text: string; isGood: boolean } {
  const { topUps, events, runways, ledger, rounds, invented } = report;
  const figures = figuresOf(report);
  const hours = figures.runwayHours.map(Math.abs);
  const lines: [name: string, measured: string, target: string, isMet: boolean | null][] = [
    ['rounds of reading', `${rounds.done} done, ${rounds.failed} failed`, '', null],
    [
      'top-ups found',
      `${topUps.length - figures.missed.length} of ${topUps.length}`,
      'all',
      figures.missed.length === 0,
    ],
    ['top-ups invented', String(invented.length), '0', invented.length === 0],
    [
      'amount outside the bounds',
      String(figures.wrongBounds.length),
      '0',
      figures.wrongBounds.length === 0,
    ],
    ['amount guessed to the cent', `${figures.guessed} of ${topUps.length}`, '', null],
    [
      'events that cost what was said, by the form as it is',
      `${figures.within} of ${events.length}`,
      '9 of 10',
      figures.within * 10 >= events.length * 9,
    ],
    [
      'the same as a program is told, which says no allowance and no margin',
      `${figures.withinSaid} of ${events.length}`,
      '9 of 10',
      figures.withinSaid * 10 >= events.length * 9,
    ],
    [
      '"enough" with less than the upper bound',
      String(figures.falselyEnough.length),
      '0',
      figures.falselyEnough.length === 0,
    ],
    ['"enough" that was not', String(figures.notEnough.length), '', null],
    [
      'runway a week ahead, off by',
      hours.length > 0
        ? `median ${Math.round(median(hours))} h, worst ${Math.round(Math.max(...hours))} h, of ${hours.length}`
        : 'never',
      '',
      null,
    ],
    [
      'ends between the earliest and the latest',
      `${runways.filter(({ isWithin }) => isWithin).length} of ${runways.length}`,
      '',
      null,
    ],
    [
      'bought = spent + expired + remaining',
      `${dollars(ledger.bought)} = ${dollars(ledger.spent)} + ${dollars(ledger.expired)} + ${dollars(ledger.remaining)}`,
      'to the nano',
      figures.isBalanced,
    ],
    [
      'unexplained difference at the end',
      ledger.difference === null ? 'none' : dollars(ledger.difference),
      'none',
      ledger.difference === null && ledger.openProposals === 0,
    ],
  ];
  const text = [
    table(['credits that came', 'amount', 'why', 'proposed', 'between'], topUps.map(topUpRow)),
    table(
      ['event', 'low', 'expected', 'high', 'cost', '', 'verdict', 'available', 'there'],
      events.map(eventRow),
    ),
    table(['runway said', 'until', 'truly', 'off by', ''], runways.map(runwayRow)),
    table(
      ['what', 'measured', 'target', ''],
      lines.map(([name, measured, target, isMet]) => [
        name,
        measured,
        target,
        isMet === null ? '' : isMet ? 'pass' : 'MISS',
      ]),
    ),
  ].join('\n');
  return { text, isGood: lines.every(([, , , isMet]) => isMet !== false) };
}

function topUpRow({ at, amount, why, proposal }: SeenTopUp): string[] {
  return [
    minute(at),
    dollars(amount),
    why,
    proposal ? dollars(proposal.amount) : 'MISSED',
    proposal ? `${dollars(proposal.low)} and ${dollars(proposal.high)}` : '',
  ];
}

function eventRow({ name, cost, actual, verdict, available, there }: CheckedEvent): string[] {
  const side = actual < cost.low ? 'below' : actual > cost.high ? 'above' : '';
  const sums = [cost.low, cost.expected, cost.high, actual].map(dollars);
  return [name, ...sums, side, verdict, dollars(available), dollars(there)];
}

function runwayRow(runway: ForecastRunway): string[] {
  const { at, until, truth, isWithin } = runway;
  const hours = errorHours(runway);
  return [
    minute(at),
    until ? minute(until) : 'never',
    minute(truth),
    hours === null ? '' : `${Math.round(hours)} h`,
    isWithin ? '' : 'outside',
  ];
}

/** More than 0: it lasted longer than was said. */
function errorHours({ until, truth }: ForecastRunway): number | null {
  return until && (truth.epochMilliseconds - until.epochMilliseconds) / 3_600_000;
}

function minute(at: Temporal.Instant): string {
  return at.toString({ smallestUnit: 'minute' });
}

function dollars(amount: Nano): string {
  return `$${toJsonNumber(amount).toFixed(2)}`;
}
