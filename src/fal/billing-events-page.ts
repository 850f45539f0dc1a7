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

function isPlainAuth(auth: unknown): boolean {
  return (
    isAbsent(auth) ||
    (isObject(auth) &&
      isTextOrNull(auth.detail) &&
      isTextOrNull(auth.api_key_id) &&
      isTextOrNull(auth.login_username))
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isAbsent(value: unknown): value is null | undefined {
  return value === null || value === undefined;
}

function isTextOrNull(value: unknown): boolean {
  return typeof value === 'string' || isAbsent(value);
}

/** JSON has no infinities, but a number with many digits becomes one. */
function isNumberOrNull(value: unknown): boolean {
  return Number.isFinite(value) || isAbsent(value);
}
