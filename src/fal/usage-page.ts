import { isNumberOrNull, isObject, isPlainAuth, isTextOrNull } from './plain.ts';
import { readAnswer, type UsagePage, type UsagePageRow, usagePage } from './schemas.ts';

/**
 * Reads a page of usage. Two days of a busy account are thousands of rows: a page whose rows are all
 * plainly as they should be is taken as it is, any other goes to the schema, which decides and says
 * what is wrong.
 * @throws FalError `fal_bad_response`
 */
export function readUsagePage(json: unknown, path: string): UsagePage {
  return isPlainPage(json) ? json : readAnswer(usagePage, json, path);
}

function isPlainPage(json: unknown): json is UsagePage {
  if (!isObject(json)) return false;
  const { time_series: buckets, has_more, next_cursor } = json;
  return (
    typeof has_more === 'boolean' &&
    isTextOrNull(next_cursor) &&
    Array.isArray(buckets) &&
    buckets.every(isPlainBucket)
  );
}

function isPlainBucket(bucket: unknown): boolean {
  return (
    isObject(bucket) &&
    typeof bucket.bucket === 'string' &&
    Array.isArray(bucket.results) &&
    bucket.results.every(isPlainRow)
  );
}

function isPlainRow(row: unknown): row is UsagePageRow {
  return (
    isObject(row) &&
    typeof row.endpoint_id === 'string' &&
    isTextOrNull(row.unit) &&
    Number.isFinite(row.quantity) &&
    isNumberOrNull(row.unit_price) &&
    isNumberOrNull(row.percent_discount) &&
    isNumberOrNull(row.cost_total) &&
    isNumberOrNull(row.cost) &&
    isTextOrNull(row.currency) &&
    isPlainAuth(row.auth_method_structured)
  );
}
