import { askInBatches, batchIds } from './batches.ts';
import { bucketInWindow } from './buckets.ts';
import { FalError, isFalError } from './errors.ts';
import { readPages } from './pages.ts';
import { analyticsPage, readAnswer } from './schemas.ts';
import type { FalTransport, Question } from './transport.ts';
import { bucketSearch } from './usage.ts';
import { askInWindows, splitPeriod, type Timeframe, type Window } from './windows.ts';

const PATH = '/models/analytics';
/** How often one answer may ask again: halving down to each culprit must not become a flood. */
const MAX_FURTHER_QUESTIONS = 100;

/** A metric of `/models/analytics`: counts of requests, durations in seconds. */
export type Metric =
  | 'request_count'
  | 'success_count'
  | 'user_error_count'
  | 'error_count'
  | `p${25 | 50 | 75 | 90 | 95 | 99}_duration`
  | `p${50 | 75 | 90}_cold_boot_duration`;

export interface AnalyticsRow {
  bucket: Temporal.Instant;
  endpointId: string;
  /** A metric that fal left out is absent: unknown, not zero. */
  metrics: Partial<Record<Metric, number>>;
}

export interface AnalyticsQuery extends Window {
  timeframe: Timeframe;
  timezone: string;
  endpointIds: readonly string[];
  metrics: readonly Metric[];
}

export interface AnalyticsAnswer {
  rows: AnalyticsRow[];
  /** Endpoints for which something could not be read: their counts are unknown. */
  unanswered: string[];
  /** Endpoints that fal has no analytics for (404), such as ids that are billed but never called. */
  notFound: string[];
}

/**
 * How often endpoints were called and how that went. Where fal answers 500 it is asked again
 * without the metrics known to cause that, and where one id spoils its batch that id is left out.
 */
export async function readAnalytics(
  transport: FalTransport,
  question: Question,
  query: AnalyticsQuery,
): Promise<AnalyticsAnswer> {
  const windows = splitPeriod(query, query.timeframe, query.timezone);
  const safeMetrics = query.metrics.filter((metric) => !metric.endsWith('cold_boot_duration'));

  let questionsLeft = windows.length * batchIds(query.endpointIds).length + MAX_FURTHER_QUESTIONS;

  async function read(batch: string[], window: Window, metrics: readonly Metric[]) {
    questionsLeft -= 1;
    if (questionsLeft < 0) {
      throw new FalError('fal_unavailable', `${PATH}: refuses too many endpoints to find each`);
    }
    const rows = new Map<string, AnalyticsRow>();
    const stop = await readPages(
      async (cursor) => {
        const search = bucketSearch(query, window, batch, cursor);
        for (const name of ['time_series', ...metrics]) search.append('expand', name);
        const json = await transport.send(question, { path: PATH, query: search });
        return readAnswer(analyticsPage, json, PATH);
      },
      (page) => {
        const before = rows.size;
        for (const { bucket, results } of page.time_series) {
          const at = bucketInWindow(bucket, query, window, PATH);
          for (const result of results) {
            // One record a bucket and endpoint: a second one is the same, read on two pages.
            rows.set(`${at.epochMilliseconds} ${result.endpoint_id}`, {
              bucket: at,
              endpointId: result.endpoint_id,
              metrics: readMetrics(result, metrics),
            });
          }
        }
        return rows.size - before;
      },
    );
    return { rows: [...rows.values()], unanswered: stop ? batch : [] };
  }

  async function readOrDropSuspects(batch: string[], window: Window) {
    try {
      return await read(batch, window, query.metrics);
    } catch (error) {
      const mayHelp = safeMetrics.length > 0 && safeMetrics.length < query.metrics.length;
      if (!mayHelp || !isFalError(error) || !isServerFault(error)) throw error;
      return read(batch, window, safeMetrics);
    }
  }

  const { answers, failed } = await askInWindows(windows, (window) =>
    askInBatches(query.endpointIds, (batch) => readOrDropSuspects(batch, window), blamesOneId),
  );
  const parts = answers.flatMap((answer) => answer.answers);
  const refused = answers.flatMap((answer) => answer.refused);
  const isNotFound = ({ error }: { error: FalError }) => error.code === 'not_found';
  return {
    rows: parts.flatMap((part) => part.rows),
    unanswered: unique([
      ...parts.flatMap((part) => part.unanswered),
      ...refused.filter((refusal) => !isNotFound(refusal)).map(({ id }) => id),
      ...(failed.length > 0 ? query.endpointIds : []),
    ]),
    notFound: unique(refused.filter(isNotFound).map(({ id }) => id)),
  };
}

function unique(ids: readonly string[]): string[] {
  return [...new Set(ids)];
}

function blamesOneId(error: FalError): boolean {
  return isServerFault(error) || error.code === 'not_found';
}

function isServerFault(error: FalError): boolean {
  return error.code === 'fal_unavailable' && error.status === 500;
}

function readMetrics(result: Record<string, unknown>, metrics: readonly Metric[]) {
  const read: AnalyticsRow['metrics'] = {};
  for (const metric of metrics) {
    const value = result[metric];
    if (typeof value === 'number') read[metric] = value;
  }
  return read;
}
