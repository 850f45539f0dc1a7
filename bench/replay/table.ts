import { markdownTable } from '../support/markdown-table.ts';
import type { Replay, Told } from './run.ts';
import { DAYS, type Situation } from './world.ts';

/** What became of something that was planted. */
export interface Outcome {
  situation: Situation;
  /** The first message of it; `null`: nobody was told. */
  first: Told | null;
  /** From its beginning to the first message, in minutes. */
  delay: number | null;
  /** Openings told of it. */
  openings: number;
  /** Whether somebody was told that it is over, or a moment never is. */
  isResolved: boolean;
}

export interface ReplayFigures {
  outcomes: Outcome[];
  /** Not told, or too late. */
  missed: Outcome[];
  /** Told to be open more than once for the same thing. */
  repeated: Outcome[];
  /** Ids that came twice although nothing failed on the way. */
  repeatedIds: string[];
  /** Of ordinary accounts: openings that nothing is behind. */
  falseAlarms: Told[];
  /** The same of the others. */
  unexplained: Told[];
  perAccountAndMonth: number;
}

/** Of one account each, kinds that find something when it happens and never say that it is over. */
const MOMENTS = new Set(['costly_request', 'price_changed']);

export function figuresOf({ world, told }: Replay): ReplayFigures {
  const openings = told.filter(({ type }) => type === 'incident.opened');
  const outcomes = world.situations.map((situation): Outcome => {
    const own = openings.filter((each) => isOf(each, situation));
    const [first = null] = own;
    const slug = situation.slug ?? first?.slug;
    const ofOne = own.filter((each) => each.slug === slug);
    const isOver = (one: Told) =>
      told.some(
        ({ type, incidentId }) => type === 'incident.resolved' && incidentId === one.incidentId,
      );
    return {
      situation,
      first,
      delay: first && situation.begins.until(first.at).total('minutes'),
      openings: situation.isShared ? own.length : Math.max(0, ...timesEach(ofOne)),
      isResolved: MOMENTS.has(situation.kind) || (first !== null && isOver(first)),
    };
  });
  const isExplained = (each: Told) =>
    world.situations.some(
      (situation) =>
        isOf(each, situation) || (isDuring(each, situation) && leadsTo(situation, each)),
    );
  const stray = openings.filter((each) => !isExplained(each));
  const ordinary = new Set(world.accounts.flatMap((a) => (a.isOrdinary ? [a.slug] : [])));
  const falseAlarms = stray.filter(({ slug }) => ordinary.has(slug));
  const ids = told.map(({ id }) => id);
  return {
    outcomes,
    missed: outcomes.filter(({ delay, situation }) => delay === null || delay > situation.within),
    repeated: outcomes.filter((one) => one.openings > 1),
    repeatedIds: ids.filter((id, index) => ids.indexOf(id) !== index),
    falseAlarms,
    unexplained: stray.filter(({ slug }) => !ordinary.has(slug)),
    perAccountAndMonth: falseAlarms.length / ordinary.size / (DAYS / 30),
  };
}

/** How often each thing was told to be open. */
function timesEach(openings: readonly Told[]): number[] {
  const things = Map.groupBy(openings, ({ ruleId, slug, subject }) =>
    JSON.stringify([ruleId, slug, subject]),
  );
  return [...things.values()].map((same) => same.length);
}

function isOf(each: Told, situation: Situation): boolean {
  return each.kind === situation.kind && isDuring(each, situation);
}

function leadsTo(situation: Situation, { kind }: Told): boolean {
  return situation.leadsTo.includes(kind);
}

function isDuring({ at, slug }: Told, { slug: whose, begins, ends }: Situation): boolean {
  return (
    (whose === null || whose === slug) &&
    Temporal.Instant.compare(begins, at) <= 0 &&
    Temporal.Instant.compare(at, ends) <= 0
  );
}

/** How it went, as Markdown; `isGood`: everything that has to hold does. */
export function replayTable(replay: Replay): { text: string; isGood: boolean } {
  const figures = figuresOf(replay);
  const { outcomes, missed, repeated, repeatedIds, falseAlarms, unexplained } = figures;
  const planted = outcomes.map((one) => [
    one.situation.name,
    one.situation.kind,
    one.delay === null ? 'never' : inSteps(one.delay, replay.busyMinutes),
    inWords(one.situation.within),
    String(one.openings),
    one.isResolved ? 'yes' : 'no',
    missed.includes(one) || repeated.includes(one) ? 'FAIL' : 'pass',
  ]);
  const perMonth = figures.perAccountAndMonth;
  const sums = [
    row('planted situations told in time', outcomes.length - missed.length, outcomes.length),
    row('situations told twice', repeated.length, 0),
    row('messages of the same id', repeatedIds.length, 0),
    [
      'false alarms of an ordinary account in a month',
      perMonth.toFixed(2),
      'below 1',
      perMonth < 1 ? 'pass' : 'FAIL',
    ],
    row('alarms of the other accounts that nothing planted explains', unexplained.length, 0),
  ];
  const alarms = falseAlarms.concat(unexplained);
  const listed = alarms.map(({ at, slug, kind, subject }) => [String(at), slug, kind, subject]);
  const text = [
    markdownTable(
      ['what happens', 'rule', 'told after', 'within', 'openings told', 'over told', ''],
      planted,
    ),
    markdownTable(['what', 'measured', 'target', ''], sums),
    ...(alarms.length > 0
      ? [markdownTable(['alarm at', 'account', 'rule', 'subject'], listed)]
      : []),
  ].join('\n');
  return {
    text,
    isGood:
      missed.length + repeated.length + repeatedIds.length + unexplained.length === 0 &&
      perMonth < 1,
  };
}

function row(what: string, measured: number, target: number): string[] {
  return [what, String(measured), String(target), measured === target ? 'pass' : 'FAIL'];
}

/** It was looked each so many minutes. */
function inSteps(minutes: number, step: number): string {
  return minutes < step ? `${step} min at most` : inWords(minutes);
}

function inWords(minutes: number): string {
  if (minutes < 120) return `${Math.round(minutes)} min`;
  const hours = minutes / 60;
  return hours < 72 ? `${Number(hours.toFixed(1))} h` : `${Number((hours / 24).toFixed(1))} days`;
}
