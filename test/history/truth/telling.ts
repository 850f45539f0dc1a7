import type { Kysely } from 'kysely';
import { madeUpKey } from '../../../src/demo/accounts.ts';
import { FalError } from '../../../src/fal/errors.ts';
import type { HistoryAnswer, HistoryQuestion } from '../../../src/history/answer.ts';
import { restartSync } from '../../../src/history/change-sync.ts';
import { utcDayOf, utcDayStart } from '../../../src/history/slots.ts';
import { readKnownDays } from '../../../src/history/sync-queries.ts';
import { RequestError } from '../../../src/http/failure.ts';
import { LeaseLostError } from '../../../src/jobs/leases.ts';
import { NotBeforeError } from '../../../src/jobs/not-before.ts';
import { PartlyDoneError } from '../../../src/jobs/partly-done.ts';
import type { Engine } from '../../../src/store/engine.ts';
import type { Tables } from '../../../src/store/tables.ts';
import { stoppedClock } from '../../support/clock.ts';
import { type Panel, startPanel } from '../../support/panel.ts';
import { storeAccount } from '../../support/stored-account.ts';
import { syncOnce, testLease } from '../synced.ts';
import { type Asked, type AskedAccount, questionOf } from './questions.ts';
import type { Charge } from './shown.ts';
import { DAYS, FAULTS, type Step, type Story } from './story.ts';

const ACTOR = { kind: 'person', name: 'ana@example.com', address: null } as const;

export type Question = HistoryQuestion & { slug: string | null };

interface Answered {
  question: Question;
  answer: HistoryAnswer;
}

/** A panel in the middle of a story. */
export interface Telling {
  panel: Panel;
  /** Goes on with the story; @returns what was shown then. */
  perform(step: Step): Promise<Answered[]>;
  /** Lets time pass until all days of the story are final. */
  settle(): Promise<void>;
  /** Has every day read once more. */
  readAgain(): Promise<void>;
  question(asked: Asked): Promise<Question>;
  /** In which an overview of the account, or of all of them, is cut. */
  overviewZone(slug: string | null): Promise<string>;
  /** All of the story, day by day in each account's own zone and in UTC. */
  everything(): Promise<Question[]>;
  /** Everything that was charged, as fal knows it by now. */
  charges(): Charge[];
}

class LostDatabase extends Error {}

/** Begins a story on a panel of its own, which ends with the test. */
export async function tell(story: Story, engine: Engine): Promise<Telling> {
  const { start } = story;
  const clock = stoppedClock(start.add({ hours: story.firstLook }));
  const { now } = clock;
  const accounts = story.accounts.map((account, index) => ({
    ...account,
    slug: `account-${index + 1}`,
    key: madeUpKey(`f${index}`),
  }));
  const panel = await startPanel(
    {
      BACKFILL_DAYS: '14',
      DEFAULT_TIMEZONE: story.timezone,
      SETTLE_HOURS: '72',
      LOG_LEVEL: 'silent',
    },
    {
      engine,
      parts: { now },
      simulator: {
        now,
        pageSize: story.pageSize,
        accounts: accounts.map(({ slug, key, traffic }) => ({
          username: slug,
          balance: 100,
          traffic,
          keys: [{ key, alias: 'Panel', scope: 'ADMIN', createdAt: '2025-01-15T12:00:00Z' }],
        })),
      },
    },
  );
  const { services, fal } = panel;
  const { db } = services.store;
  for (const { slug, key, timezone } of accounts) {
    await storeAccount(services, { slug, name: slug, key, timezone });
  }
  // Nobody else's failures keep it from being read.
  await services.catalogue.load();
  const lastDay = utcDayOf(start) + DAYS;
  /** Even an account that is read for the first time then is read back to the day before the start. */
  const latest = start.add({ hours: 24 * (DAYS + 4) + 1 });

  const stored = (): Promise<AskedAccount[]> =>
    db.selectFrom('fal_accounts').select(['id', 'slug', 'timezone']).orderBy('slug').execute();

  async function question(asked: Asked): Promise<Question> {
    const { timezone } = services.settings.current();
    return questionOf(asked, { start, days: DAYS, timezone }, await stored());
  }

  async function everything(): Promise<Question[]> {
    const whole = { fromMinute: 0, hours: (DAYS + 1) * 24, endpointIds: [], apiKeyIds: [] };
    const daily = { ...whole, resolution: 'day', groupBy: 'endpoint' } as const;
    const { length } = await stored();
    const own = Array.from({ length }, (_, account) =>
      question({ ...daily, account, zone: 'account' }),
    );
    return Promise.all([...own, question({ ...daily, account: length, zone: 'UTC' })]);
  }

  async function answerIfKept(asked: Question): Promise<Answered[]> {
    try {
      return [{ question: asked, answer: await services.history.usage(asked) }];
    } catch (error) {
      // Somebody moved since it was read last.
      if (!(error instanceof RequestError)) throw error;
      return [];
    }
  }

  async function act(step: Step, account: AskedAccount): Promise<void> {
    const { deed } = step;
    if (deed.kind === 'moves') {
      const { timezone: home = '', awayTimezone: away = '' } =
        accounts.find(({ slug }) => slug === account.slug) ?? {};
      const timezone = account.timezone === home ? away : home;
      await db.updateTable('fal_accounts').set({ timezone }).where('id', '=', account.id).execute();
    }
    if (deed.kind === 'read again') {
      const from = start.toZonedDateTimeISO('UTC').toPlainDate().add({ days: deed.from });
      const range = { start: from, end: from.add({ days: deed.days }) };
      await restartSync(services, ACTOR, account.id, range);
    }
  }

  /** A round, or two at once, with what goes wrong in it. */
  async function round({ trouble }: Step, slug: string): Promise<void> {
    if (trouble.kind === 'fal fails') fal.fault(trouble.path, FAULTS[trouble.how](), trouble.times);
    if (trouble.kind === 'pages') Object.assign(fal.quirks, trouble.quirk);
    const lease = trouble.kind === 'lease is lost' ? testLease(trouble.after) : testLease();
    const sync = () =>
      trouble.kind === 'database is lost'
        ? syncOnce(losingDatabase(trouble.after, panel), slug, lease)
        : syncOnce(panel, slug, lease);
    const rounds = trouble.kind === 'two at once' ? [sync(), sync()] : [sync()];
    for (const end of await Promise.allSettled(rounds)) {
      if (end.status === 'rejected' && !isTrouble(end.reason)) throw end.reason;
    }
    fal.reset();
  }

  async function isSettled(): Promise<boolean> {
    for (const { id } of await stored()) {
      const days = await readKnownDays(db, id);
      const ofStory = days.filter(({ day }) => day <= lastDay);
      if (!ofStory.every(({ isFinal, isStale }) => isFinal && !isStale)) return false;
      if (ofStory.filter(({ day }) => day >= utcDayOf(start) - 1).length < DAYS + 2) return false;
    }
    return true;
  }

  async function settle(): Promise<void> {
    for (let turn = 0; turn < 8; turn += 1) {
      for (const { slug } of await stored()) await syncOnce(panel, slug);
      if (await isSettled()) return;
      clock.forward({ hours: 25 });
    }
    throw new Error('days of long ago are still not final');
  }

  return {
    panel,
    question,
    everything,
    async overviewZone(slug) {
      const list = (await stored()).filter((account) => slug === null || account.slug === slug);
      const [zone = '', ...others] = new Set(list.map(({ timezone }) => timezone));
      return others.length === 0 ? zone : services.settings.current().timezone;
    },
    async perform(step) {
      const next = now().add({ minutes: step.minutes });
      if (Temporal.Instant.compare(next, latest) < 0) clock.forward({ minutes: step.minutes });
      const list = await stored();
      const account = list[step.account % list.length];
      if (!account) throw new Error('a story has accounts');
      await act(step, account);
      await round(step, account.slug);
      const asked = [await question(step.asked), ...(await everything())];
      return (await Promise.all(asked.map(answerIfKept))).flat();
    },
    async settle() {
      clock.forward(now().until(latest));
      await settle();
    },
    async readAgain() {
      const from = utcDayStart(utcDayOf(start) - 2).toZonedDateTimeISO('UTC');
      const range = { start: from.toPlainDate(), end: from.add({ days: DAYS + 4 }).toPlainDate() };
      for (const { id } of await stored()) await restartSync(services, ACTOR, id, range);
      await settle();
    },
    charges: () =>
      accounts.flatMap(({ slug }) =>
        fal.charges(slug, { start, end: now() }).map((charge) => ({ ...charge, slug })),
      ),
  };
}

/** The same panel with a database whose connection is lost after so many statements that wrote. */
function losingDatabase(writes: number, panel: Panel): Panel {
  const { services } = panel;
  let left = writes;
  const db: Kysely<Tables> = services.store.db.withPlugin({
    transformQuery({ node }) {
      if (left < 0) throw new LostDatabase();
      return node;
    },
    async transformResult({ result }) {
      if (result.numAffectedRows) left -= 1;
      if (left < 0) throw new LostDatabase();
      return result;
    },
  });
  return { ...panel, services: { ...services, store: { ...services.store, db } } };
}

function isTrouble(error: unknown): boolean {
  if (error instanceof NotBeforeError || error instanceof PartlyDoneError) {
    return isTrouble(error.cause);
  }
  return (
    error instanceof FalError || error instanceof LeaseLostError || error instanceof LostDatabase
  );
}
