import { isNumberOrNull, isObject, isPlainAuth, isTextOrNull } from './plain.ts';
import {
  type BillingEventRow,
  type BillingEventsPage,
  billingEventsPage,
  readAnswer,
} from './schemas.ts';

/**
 * Reads a page of charges. A period may have a million of them, and checking each by its schema
 * takes several times as long as parsing them: rows that are plainly as they should be are taken as
 * they are, and only a page with any other goes to the schema, which decides and says what is wrong.
 * @throws FalError `fal_bad_response`
 */
export function readBillingEventsPage(json: unknown, path: string): BillingEventsPage {
  return isPlainPage(json) ? json : readAnswer(billingEventsPage, json, path);
}

function isPlainPage(json: unknown): json is BillingEventsPage {
  if (!isObject(json)) return false;
  const { billing_events: rows, has_more, next_cursor } = json;
  return (
    typeof has_more === 'boolean' &&
    isTextOrNull(next_cursor) &&
    Array.isArray(rows) &&
    rows.every(isPlainRow)
  );
}

function isPlainRow(row: unknown): row is BillingEventRow {
  return (
    isObject(row) &&
    typeof row.request_id === 'string' &&
    typeof row.endpoint_id === 'string' &&
    typeof row.timestamp === 'string' &&
    isNumberOrNull(row.output_units) &&
    isNumberOrNull(row.unit_price) &&
    isNumberOrNull(row.percent_discount) &&
    isNumberOrNull(row.cost_total) &&
    isNumberOrNull(row.cost_estimate_nano_usd) &&
    isPlainAuth(row.auth_method_structured)
  );
}
