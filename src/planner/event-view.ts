import type { FalAccount } from '../accounts/accounts.ts';
import type { Format } from '../i18n/format.ts';
import { isTextKey, type Translate } from '../i18n/index.ts';
import { apportion, displayStep, NANO_PER_UNIT, type Nano, sumNano } from '../money.ts';
import { type ModelName, modelName } from '../usage/model-name.ts';
import { unitsText as billedText } from '../usage/units.ts';
import type { PricedModel } from './check.ts';
import { reasonsOf } from './check-answer.ts';
import { participantsText, shortMoney, type Tone, type Words } from './events-view.ts';
import type { KeepingUp } from './keeping-up.ts';
import type { PlannedEvent } from './planned-event.ts';
import type { EventCheck } from './read-check.ts';

const CENT = NANO_PER_UNIT / 100n;

/** Why a verdict is as it is. */
export interface WhyView {
  decides: string | null;
  reasons: string[];
  balance: string | null;
  weights: { text: string; amount: string }[];
}

export function whyView(
  checked: EventCheck,
  { timezone }: PlannedEvent,
  { format, t, now }: Words,
): WhyView {
  const { check, statement, account } = checked;
  const assumption = check.decidedBy && t(`events.assumption_${check.decidedBy}`);
  const amount = statement?.balance.amount ?? null;
  return {
    decides:
      assumption &&
      t(check.verdict === 'enough' ? 'events.weighs_most' : 'events.decides', { assumption }),
    reasons: reasonsOf(checked, now).flatMap((code) => {
      const key = `events.reason_${code}`;
      return isTextKey(key) ? [t(key)] : [];
    }),
    balance:
      statement && account && amount !== null
        ? t(`events.balance_${statement.balance.source}`, {
            account: account.name,
            amount: format.money(amount, CENT),
            time: format.dateTime(statement.balance.asOf ?? now, timezone),
          })
        : null,
    // Of an event worth a dollar no fraction of a cent weighs anything.
    weights: check.weights
      .filter((weight) => weight.amount >= CENT || check.cost.high < NANO_PER_UNIT)
      .map((weight) => ({
        text: t(`events.assumption_${weight.assumption}`),
        amount: shortMoney(weight.amount, format),
      })),
  };
}

/** The models of an event, with what each costs. */
export interface ModelsView {
  rows: {
    model: ModelName | null;
    share: string;
    price: string;
    source: string;
    units: string | null;
    cost: string;
  }[];
  total: string;
}

export function modelsView({ check, models }: EventCheck, words: Words): ModelsView {
  const { format, t } = words;
  const expected = check.costs.map((cost) => cost.expected);
  const total = sumNano(expected);
  const step = displayStep(total);
  const shown = apportion(expected, step);
  return {
    rows: models.map(({ endpointId, share, output }, index) => ({
      model: endpointId === null ? null : modelName(endpointId),
      share: `${format.quantity(share)} %`,
      price: format.money(output.price.expected),
      source: t(`events.source_${output.source}`),
      units: unitsText(output, format, t),
      cost: partText(shown[index] ?? 0n, expected[index] ?? 0n, step, words),
    })),
    total: format.money(total, step),
  };
}

/** Something is never shown as nothing. */
function partText(shown: Nano, amount: Nano, step: Nano, { format, t }: Words): string {
  return shown === 0n && amount > 0n
    ? t('events.less_than', { amount: format.money(step, step) })
    : format.money(shown, step);
}

function unitsText({ units }: PricedModel['output'], format: Format, t: Translate): string | null {
  if (!units) return null;
  const { unit, unitPrice, perOutput: quantity, from } = units;
  return t(`events.units_${from}`, { units: billedText({ unit, quantity, unitPrice }, format, t) });
}

/** Whether guests will queue. */
export interface KeepingUpView {
  tone: Tone | null;
  sentence: string;
  basis: string | null;
}

export function keepingUpView(
  keeping: KeepingUp,
  { concurrency }: PlannedEvent,
  { format, t }: Words,
): KeepingUpView {
  const { throughput, secondsPerRequest, concurrencyNeeded } = keeping;
  const demand = format.count(Math.ceil(keeping.peakCallsPerHour));
  if (secondsPerRequest === null) {
    return { tone: null, sentence: t('events.pace_no_timing', { demand }), basis: null };
  }
  if (!throughput || concurrency === null) {
    const needed = format.count(concurrencyNeeded ?? 1);
    return { tone: null, sentence: t('events.pace_no_concurrency', { needed }), basis: null };
  }
  const { pace } = throughput;
  const capacity = format.count(Math.floor(throughput.capacity));
  return {
    tone: pace === 'spare' ? 'ok' : pace === 'tight' ? 'warn' : 'danger',
    sentence: t(`events.pace_${pace}`, { demand, capacity }),
    basis: t('events.pace_basis', {
      concurrency: format.count(concurrency),
      seconds: format.milliseconds(secondsPerRequest * 1_000),
    }),
  };
}

/** What was planned, as the sheet lists it. */
export interface PlanFact {
  label: string;
  text: string;
}

export function planFacts(
  event: PlannedEvent,
  account: FalAccount,
  { format, t }: Words,
): PlanFact[] {
  const fact = (label: string, text: string | null) => (text ? [{ label, text }] : []);
  const percent = (nano: Nano) => `${format.quantity(nano)} %`;
  const { peakParticipants, concurrency, apiKeyIds } = event;
  return [
    ...fact(t('field.label.venue'), event.venue),
    ...fact(t('field.label.client'), event.client),
    ...fact(t('events.account'), account.name),
    ...fact(t('field.label.participants'), format.count(event.participants)),
    ...fact(
      t('field.label.outputs_per_participant'),
      format.quantity(event.outputsPerParticipant, 9),
    ),
    ...fact(t('field.label.allowance_percent'), percent(event.allowancePercent)),
    ...fact(t('field.label.margin_percent'), percent(event.marginPercent)),
    ...fact(
      t('events.peak'),
      peakParticipants === null
        ? t('events.evenly')
        : participantsText(peakParticipants, format, t),
    ),
    ...fact(
      t('field.label.concurrency'),
      concurrency === null ? t('events.unknown') : format.count(concurrency),
    ),
    ...fact(
      t('events.keys'),
      apiKeyIds === null ? t('events.all_keys') : format.count(apiKeyIds.length),
    ),
  ];
}
