import type { CsvCell, CsvFile } from '../http/csv.ts';
import { type Nano, toDecimal } from '../money.ts';
import type { Report } from './report.ts';

const HEADER = ['part', 'name', 'calls', 'failures', 'cost', 'currency'] as const;

/** A report as a file: its total, then the parts it is made of. Each kind of parts adds up to it. */
export function reportFile(report: Report): CsvFile {
  const { cadence, firstDay } = report.period;
  const slug = report.account ? `-${report.account.slug}` : '';
  return {
    name: `fal-${cadence}-report${slug}-${firstDay}.csv`,
    header: HEADER,
    rows: rowsOf(report),
  };
}

async function* rowsOf({ total, models, otherModels, accounts, ...report }: Report) {
  yield row('total', '', {
    cost: total.cost.value,
    calls: total.calls.value,
    failures: total.failures.value,
  });
  for (const { endpointId, ...part } of models) yield row('model', endpointId, part);
  if (otherModels) yield row('other_models', String(otherModels.number), otherModels);
  for (const { slug, ...part } of accounts?.listed ?? []) yield row('account', slug, part);
  if (accounts?.others) {
    yield row('other_accounts', String(accounts.others.number), accounts.others);
  }
  for (const { currency, cost } of report.otherCurrencies) {
    yield row('other_currency', '', { cost, calls: null, failures: null }, currency);
  }
}

function row(
  part: string,
  name: string,
  { cost, calls, failures }: { cost: Nano | null; calls: number | null; failures: number | null },
  currency = 'USD',
): CsvCell[] {
  const exact = cost === null ? null : { digits: toDecimal(cost) };
  return [part, name, calls, failures, exact, currency];
}
