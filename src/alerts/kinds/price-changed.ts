import { sql } from 'kysely';
import { z } from 'zod';
import type { FalAccount } from '../../accounts/accounts.ts';
import { priceChanges } from '../../history/model-prices.ts';
import { slotOf } from '../../history/slots.ts';
import { divideNano, NANO_PER_UNIT, type Nano } from '../../money.ts';
import { sameUnit } from '../../planner/output-price.ts';
import { digits } from '../../store/big-numbers.ts';
import { momentFact, moneyFact } from '../facts.ts';
import type { Evaluation, Finding } from '../finding.ts';
import type { AlertKind, Round } from '../kind.ts';
import { numberParam } from '../param-fields.ts';

const params = z.object({ percent: numberParam(0.1, 1_000).default(5) });
type Params = z.infer<typeof params>;

/** A price of a model that an account uses, before and after. */
export interface PriceLook {
  endpointId: string;
  unit: string;
  currency: string;
  before: Nano;
  after: Nano;
  /** When the new one was first seen. */
  at: Temporal.Instant;
  /** How many units were billed in the 30 days before, in 1e-9; `null` where they are of other units. */
  monthlyUnits: Nano | null;
}

export type PriceReading = readonly PriceLook[];

/** What is older is no news, also where the account or the rule is new. */
const NEWS_DAYS = 7;
/** A model is in use that was used in so many days. */
const USED_DAYS = 30;

/** fal lists another price for a model that the account uses. */
export const priceChanged: AlertKind<Params, PriceReading> = {
  kind: 'price_changed',
  params,
  fields: [{ name: 'percent', type: 'number', min: 0.1, max: 1_000, unit: 'percent' }],
  isOnce: true,
  defaults: [{ params: { percent: 5 }, severity: 'warning' }],

  async read(round, account) {
    const since = round.now.subtract({ hours: NEWS_DAYS * 24 });
    return readSince(round, account, since, 'news');
  },

  judge(looks, { percent }): Evaluation {
    return {
      isKnown: true,
      findings: looks.flatMap((look) => {
        const change = changeOf(look);
        return Math.abs(change) >= percent ? [findingOf(look, change)] : [];
      }),
    };
  },

  async past(round, account, _, { start }) {
    const looks = await readSince(round, account, start, 'past');
    return looks.map((look) => ({ at: look.at, reading: [look] }));
  },
};

/** In per cent; from nothing to something it is 100. */
function changeOf({ before, after }: PriceLook): number {
  if (before === 0n) return after === 0n ? 0 : 100;
  return (Number(after - before) / Number(before)) * 100;
}

function findingOf(look: PriceLook, change: number): Finding {
  const { endpointId, unit, currency, before, after, at, monthlyUnits } = look;
  const more = monthlyUnits === null ? null : monthlyUnits * (after - before);
  return {
    subject: [endpointId, unit, at.toString({ smallestUnit: 'millisecond' })].join(' '),
    nature: 'moment',
    cause: 'price',
    ...(after < before ? { severity: 'info' } : {}),
    facts: {
      model: { as: 'model', value: endpointId },
      unit: { as: 'text', value: unit },
      old_price: moneyFact(before, currency),
      new_price: moneyFact(after, currency),
      change: { as: 'percent', value: Math.round(change * 10) / 10 },
      at: momentFact(at),
      ...(more !== null && {
        monthly_change: moneyFact(divideNano(more, NANO_PER_UNIT), currency),
      }),
    },
  };
}

async function readSince(
  round: Round,
  account: FalAccount,
  since: Temporal.Instant,
  name: string,
): Promise<PriceReading> {
  const looks = await round.once(`prices ${name}`, () => readAll(round, since));
  return looks.get(account.id) ?? [];
}

/** By account id: the changed prices of the models that each uses. */
async function readAll(round: Round, since: Temporal.Instant): Promise<Map<string, PriceLook[]>> {
  const { reader } = round.services.store;
  const from = slotOf(round.now.subtract({ hours: USED_DAYS * 24 }), 60);
  return reader.snapshot(async (db) => {
    const changes = (await priceChanges(db, since)).filter(
      ({ before, after }) =>
        before.unitPrice !== after.unitPrice &&
        before.currency === after.currency &&
        sameUnit(before.unit, after.unit),
    );
    if (changes.length === 0) return new Map();
    const ids = [...new Set(changes.map(({ endpointId }) => endpointId))];
    const rows = await db
      .selectFrom('usage_series')
      .innerJoin('usage_slots', 'usage_slots.series_id', 'usage_series.id')
      .select(['account_id', 'endpoint_id', 'unit'])
      .select(digits(sql`sum(usage_slots.units)`).as('units'))
      .select(digits(sql`sum(usage_slots.unit_nanos)`).as('nanos'))
      .where('scope', '=', 'account')
      .where('endpoint_id', 'in', ids)
      .where('slot', '>=', from)
      .groupBy(['account_id', 'endpoint_id', 'unit'])
      .execute();
    const looks = new Map<string, PriceLook[]>();
    for (const [accountId, used] of Map.groupBy(rows, ({ account_id: id }) => id ?? '')) {
      const own = changes.flatMap(({ endpointId, before, after }): PriceLook[] => {
        const ofModel = used.filter(({ endpoint_id: id }) => id === endpointId);
        if (ofModel.length === 0) return [];
        const ofUnit = ofModel.filter(({ unit }) => unit !== null && sameUnit(unit, after.unit));
        const units = ofUnit.reduce(
          (sum, each) => sum + BigInt(each.units) * NANO_PER_UNIT + BigInt(each.nanos),
          0n,
        );
        return [
          {
            ...{ endpointId, unit: after.unit, currency: after.currency, at: after.from },
            ...{ before: before.unitPrice, after: after.unitPrice },
            monthlyUnits: ofUnit.length === 0 ? null : units,
          },
        ];
      });
      if (own.length > 0) looks.set(accountId, own);
    }
    return looks;
  });
}
