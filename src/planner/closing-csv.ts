import type { HistoryAnswer, UsageSums } from '../history/answer.ts';
import type { CsvCell, CsvFile } from '../http/csv.ts';
import { type Nano, toDecimal } from '../money.ts';
import { zoned } from '../usage/answer.ts';
import { closingOf } from './closing-figures.ts';
import { isRead } from './learnt.ts';
import type { PlannedEvent } from './planned-event.ts';

const HEADER = [
  'row',
  'event',
  'venue',
  'client',
  'starts_at',
  'ends_at',
  'timezone',
  'endpoint_id',
  'calls',
  'outputs',
  'failures',
  'cost_usd',
  'participants_planned',
  'participants_came',
  'price_charged_usd',
  'margin_usd',
  'cost_per_participant_usd',
  'cost_per_output_usd',
  'state',
];

/** An event's ledger: a line a model, and one of the whole, which alone has what was charged. */
export function closingFile(event: PlannedEvent, usage: HistoryAnswer): CsvFile {
  return { name: 'closing.csv', header: HEADER, rows: rowsOf(event, usage), forExcel: true };
}

async function* rowsOf(
  event: PlannedEvent,
  usage: HistoryAnswer,
): AsyncGenerator<readonly CsvCell[]> {
  const { timezone, participants, participantsCame, priceCharged } = event;
  const about = [
    event.name,
    event.venue,
    event.client,
    zoned(event.start, timezone),
    zoned(event.end, timezone),
    timezone,
  ];
  for (const group of usage.groups) {
    yield ['model', ...about, group.key, ...sums(group), ...Array(6).fill(null), usage.state];
  }
  const total = isRead(usage) ? usage.total : null;
  const closing = total && closingOf({ event, actual: total }, null);
  yield [
    ...['total', ...about, null],
    ...(total ? sums(total) : [null, null, null, null]),
    ...[participants, participantsCame, exact(priceCharged), exact(closing?.margin)],
    ...[exact(closing?.costPerParticipant), exact(closing?.costPerOutput), usage.state],
  ];
}

function sums({ count, successes, failures, cost }: UsageSums): CsvCell[] {
  return [count, successes, failures, exact(cost)];
}

function exact(amount: Nano | null | undefined): CsvCell {
  return amount == null ? null : { digits: toDecimal(amount) };
}
