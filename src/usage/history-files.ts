import type { Request, RequestHandler } from 'express';
import type { UsageHistory } from '../history/answer.ts';
import { type CsvCell, type ExactNumber, sendCsv } from '../http/csv.ts';
import { sendXlsx, type XlsxCell, type XlsxSheet } from '../http/xlsx.ts';
import type { Translate } from '../i18n/index.ts';
import { type Nano, toDecimal } from '../money.ts';
import { zoned } from './answer.ts';
import { FOCUS_COLUMNS, focusCharges } from './focus.ts';
import type { NamedQuestion } from './history-request.ts';
import { type HistoryTable, historyTable, type TableRow } from './history-table.ts';

/** What a file is made from. */
export interface HistoryFileSource {
  history: UsageHistory;
  now: () => Temporal.Instant;
  /** What the request asks for. @throws RequestError */
  question(req: Request): Promise<NamedQuestion>;
  /** Whether files are opened in a spreadsheet by whoever downloads them. */
  forPeople: boolean;
}

/** `usage.csv`: a line a bucket and group. */
export function sendUsageCsv(source: HistoryFileSource): RequestHandler {
  return async function sendUsageCsv(req, res) {
    const { rows } = historyTable(source.history, await source.question(req), source.now());
    await sendCsv(res, {
      name: 'usage.csv',
      header: ['bucket', 'state', 'key', 'name', 'cost', 'count', 'failures'],
      rows: mapRows(rows, csvCells),
      forExcel: source.forPeople,
    });
  };
}

/** `usage.xlsx`: the same table, its totals by group, and what was asked. */
export function sendUsageXlsx(source: HistoryFileSource): RequestHandler {
  return async function sendUsageXlsx(req, res) {
    const question = await source.question(req);
    const table = historyTable(source.history, question, source.now());
    const { t } = res.locals;
    await sendXlsx(res, {
      name: 'usage.xlsx',
      sheets: [usageSheet(table, t), totalsSheet(table, t), aboutSheet(table, question, t)],
    });
  };
}

/** `focus.csv`: every row as fal cut it, as FOCUS has it. */
export function sendFocusCsv(source: HistoryFileSource): RequestHandler {
  return async function sendFocusCsv(req, res) {
    const rows = source.history.rows(await source.question(req));
    await sendCsv(res, {
      name: 'focus.csv',
      header: FOCUS_COLUMNS,
      rows: mapRows(rows, focusCharges()),
      forExcel: source.forPeople,
    });
  };
}

async function* mapRows<T, Cells>(
  rows: AsyncIterable<T>,
  cells: (row: T) => Cells,
): AsyncGenerator<Cells> {
  for await (const row of rows) yield cells(row);
}

function csvCells({ bucket, state, key, name, cost, count, failures }: TableRow): CsvCell[] {
  return [
    bucket.toString({ timeZoneName: 'never' }),
    state,
    key,
    name,
    exact(cost),
    count,
    failures,
  ];
}

function usageSheet({ rows }: HistoryTable, t: Translate): XlsxSheet {
  return {
    name: t('export.usage'),
    columns: [
      { header: t('export.bucket'), kind: 'time' },
      { header: t('export.offset'), kind: 'text' },
      { header: t('export.state'), kind: 'text' },
      { header: t('export.key'), kind: 'text' },
      { header: t('export.name'), kind: 'text' },
      { header: t('export.cost'), kind: 'money' },
      { header: t('export.count'), kind: 'count' },
      { header: t('export.failures'), kind: 'count' },
    ],
    rows: mapRows(rows, ({ bucket, state, key, name, cost, count, failures }): XlsxCell[] => [
      bucket.toPlainDateTime(),
      bucket.offset,
      t(`export.state.${state}`),
      key,
      name,
      exact(cost),
      count,
      failures,
    ]),
  };
}

function totalsSheet({ summary }: HistoryTable, t: Translate): XlsxSheet {
  async function* rows(): AsyncGenerator<XlsxCell[]> {
    const { totals, total, state } = summary();
    for (const { key, name, cost, count, failures } of totals) {
      yield [key, name, exact(cost), count, failures, share(cost, total.cost)];
    }
    const cost = state === 'unknown' ? null : exact(total.cost);
    yield [t('export.total'), null, cost, total.count, total.failures, null];
  }
  return {
    name: t('export.totals'),
    columns: [
      { header: t('export.key'), kind: 'text' },
      { header: t('export.name'), kind: 'text' },
      { header: t('export.cost'), kind: 'money' },
      { header: t('export.count'), kind: 'count' },
      { header: t('export.failures'), kind: 'count' },
      { header: t('export.share'), kind: 'share' },
    ],
    rows: rows(),
  };
}

function aboutSheet({ summary }: HistoryTable, question: NamedQuestion, t: Translate): XlsxSheet {
  const { timezone } = question;
  const local = (instant: Temporal.Instant) => zoned(instant, timezone);
  async function* rows(): AsyncGenerator<XlsxCell[]> {
    const { state, asOf, partial, otherCurrencies } = summary();
    yield [t('export.start'), local(question.start)];
    yield [t('export.end'), local(question.end)];
    yield [t('export.timezone'), timezone];
    yield [t('export.timeframe'), t(`export.timeframe.${question.resolution}`)];
    yield [t('export.group_by'), t(`export.group_by.${question.groupBy}`)];
    yield [t('export.account'), question.accountName ?? t('export.all')];
    yield [t('export.endpoints'), question.endpointIds.join(', ') || t('export.all')];
    yield [t('export.api_keys'), question.apiKeyIds.join(', ') || t('export.all')];
    yield [t('export.currency'), 'USD'];
    yield [t('export.state'), t(`export.state.${state}`)];
    yield [t('export.as_of'), asOf ? local(asOf) : t('export.never')];
    for (const reason of partial) yield [t('export.partial'), t(`export.partial.${reason}`)];
    for (const { currency, cost } of otherCurrencies) {
      yield [t('export.other_currency'), `${toDecimal(cost)} ${currency}`];
    }
  }
  return {
    name: t('export.about'),
    columns: [
      { header: t('export.fact'), kind: 'text' },
      { header: t('export.value'), kind: 'text' },
    ],
    rows: rows(),
  };
}

function exact(cost: Nano): ExactNumber;
function exact(cost: Nano | null): ExactNumber | null;
function exact(cost: Nano | null): ExactNumber | null {
  return cost === null ? null : { digits: toDecimal(cost) };
}

function share(cost: Nano, total: Nano): number | null {
  return total === 0n ? null : Number(cost) / Number(total);
}
